"""The page of a report: an executed notebook as one self-contained HTML file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from workbench.core.language import language, say, speaking
from workbench.errors import ReportError
from workbench.reports.datasets import Dataset
from workbench.reports.entries import MIME, Published, published_from
from workbench.reports.markup import grids_html, sanitised
from workbench.reports.parameters import LANG, Setting, told
from workbench.reports.studies import Header

THEME = Path(__file__).parent / "theme"
_BACKTICKS = re.compile(r"`{3,}")
_HEADING = re.compile(r"\A\s*# [^\n]*\n?")
READER = "markdown-raw_tex-yaml_metadata_block-auto_identifiers+gfm_auto_identifiers"


class _Numbering:
    """Counts tables and figures in the order of the page."""

    def __init__(self) -> None:
        self.counts = {"Table": 0, "Figure": 0}

    def next(self, word: str) -> str:
        self.counts[word] += 1
        return f"{say(word)} {self.counts[word]}"


def page_html(
    executed: Any,
    header: Header,
    *,
    setting: Setting,
    datasets: list[Dataset],
    versions: Mapping[str, str],
) -> str:
    """Return an executed notebook as a page: same notebook and outputs, same bytes.

    The page speaks the language of the setting; prose stays as it was written.

    Prose and mathematics are set, code is folded away, published things are captioned and
    numbered, other outputs are shown as text. Nothing in the page needs a network or a script.

    Parameters
    ----------
    executed : NotebookNode
        With outputs.
    header : Header
        Title and question.
    setting : Setting
        Its name and parameters, for the commands in the footer.
    datasets : list of Dataset
        Named in the footer with their checksums.
    versions : mapping of str to str
        Libraries, for the footer.

    Raises
    ------
    ReportError
        If pandoc cannot read the prose.
    """
    with speaking(setting.lang):
        return _page(executed, header, setting, datasets=datasets, versions=versions)


def _page(
    executed: Any,
    header: Header,
    setting: Setting,
    *,
    datasets: list[Dataset],
    versions: Mapping[str, str],
) -> str:
    numbering = _Numbering()
    blocks: list[str] = []
    for index, cell in enumerate(executed.cells):
        if cell.cell_type == "markdown":
            blocks.append(_prose(cell.source, first=index == 0))
        elif cell.cell_type == "code":
            blocks.extend(_code_cell(cell, numbering))
    blocks.append(_raw(_footer(setting, datasets, versions)))
    return _set("\n\n".join(blocks), header, setting)


def _prose(source: str, *, first: bool) -> str:
    """Return Markdown; the first heading of the page is its title and stands in the template."""
    text = _HEADING.sub("", source, count=1) if first else source
    if language() == "en":
        return text
    return "\n\n".join([_raw('<div lang="en">'), text, _raw("</div>")])  # written in English


def _code_cell(cell: Any, numbering: _Numbering) -> Iterator[str]:
    if cell.source.strip():
        longest = max((len(run) for run in _BACKTICKS.findall(cell.source)), default=2)
        fence = "`" * max(3, longest + 1)
        yield _raw(f'<details class="code"><summary>{say("Code")}</summary>')
        yield f"{fence}python\n{cell.source}\n{fence}"
        yield _raw("</details>")
    for output in cell.get("outputs", ()):
        yield _output(output, numbering)


def _output(output: Any, numbering: _Numbering) -> str:
    """Return an output as Markdown, one mime type of it."""
    if output.output_type == "stream":
        return _raw(f'<pre class="output">{escape(output.text.rstrip())}</pre>')
    data = output.get("data", {})
    if MIME in data:
        picture = data.get("image/svg+xml") or data.get("image/png") or ""
        return _published(published_from(data[MIME], picture=picture), numbering)
    if "image/svg+xml" in data:
        return _raw(_figure("", "", "", _picture(data["image/svg+xml"], "")))
    if "image/png" in data:
        return _raw(_figure("", "", "", _picture(data["image/png"], "")))
    if "text/html" in data:
        return _raw(f'<div class="wide output">{sanitised(data["text/html"])}</div>')
    if "text/plain" in data:
        return _raw(f'<pre class="output">{escape(data["text/plain"])}</pre>')
    return ""


def _published(published: Published, numbering: _Numbering) -> str:
    if published.sentence:
        return published.sentence
    picture = bool(published.picture)
    word = numbering.next("Figure" if picture else "Table")
    body = (
        _picture(published.picture, published.alt or published.caption)
        if picture
        else grids_html(published)
    )
    caption = f"<strong>{word}.</strong> {escape(published.caption)}"
    return _raw(_figure(published.name, caption, published.notes, body, table=not picture))


def _figure(name: str, caption: str, notes: str, body: str, *, table: bool = False) -> str:
    identifier = f' id="{escape(name)}"' if name else ""
    told = f"<figcaption>{caption}</figcaption>" if caption else ""
    under = f'<p class="notes">{escape(notes)}</p>' if notes else ""
    kind = ' class="table"' if table else ""
    inside = f"{told}\n{body}" if table else f"{body}\n{told}"
    return f"<figure{identifier}{kind}>\n{inside}\n{under}</figure>"


def _picture(picture: str, alt: str) -> str:
    if picture.lstrip().startswith("<"):
        drawing = picture[picture.index("<svg") :]
        return drawing.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1)
    data = picture.replace("\n", "")
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def _footer(setting: Setting, datasets: list[Dataset], versions: Mapping[str, str]) -> str:
    data = "".join(
        f"<li>{escape(d.title)} (<code>{escape(d.name)}</code>): "
        + ", ".join(f"{escape(f)} <code>{s[:12]}</code>" for f, s in d.files.items())
        + _external(d)
        + _yours(d)
        + "</li>"
        for d in datasets
    )
    libraries = ", ".join(f"{escape(name)} {escape(v)}" for name, v in versions.items())
    verify = _code(f"workbench verify reports/{setting.report}")
    check = say(
        "{command} re-executes the notebook and compares every number with the ledger beside this "
        "page.",
        command=verify,
    )
    named = say("Data, with the first digits of each file's SHA-256:")
    return (
        f'<footer><h2 id="check">{say("Check this report")}</h2>'
        f"<p>{check}</p>"
        + _parameters(setting)
        + (f"<p>{named}</p><ul>{data}</ul>" if data else "")
        + f"<p>{say('Made with {libraries}.', libraries=libraries)}</p></footer>"
    )


def _parameters(setting: Setting) -> str:
    if not setting.changed:
        return ""
    text = say(
        "Parameters: {parameters}. Made by {command}.",
        parameters=_code(told(setting.values)),
        command=_code(setting.command),
    )
    return f"<p>{text}</p>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _yours(dataset: Dataset) -> str:
    """Return what a reader needs to know of a table that only the author has."""
    if not dataset.yours:
        return ""
    text = (
        say("A table of the author's own, which the study used. Its columns: {command}.",
            command=_code(f"workbench data form {dataset.name}"))
        if dataset.files
        else say("A table of the author's own: it was not here, and the study ran without it. "
                 "Its columns: {command}.", command=_code(f"workbench data form {dataset.name}"))
    )  # fmt: skip
    return f"{'. ' if dataset.files else ''}{text}"


def _external(dataset: Dataset) -> str:
    """Return what a reader needs to know of data that do not come with the workbench."""
    if not dataset.terms:
        return ""
    lines = (line.strip().partition(": ") for line in dataset.terms.splitlines())
    terms = ". ".join(f"{say(word)}: {rest}" for word, _, rest in lines)
    text = say(
        "checksum of the values. Not distributed with the workbench: {command}.",
        command=_code(f"workbench data fetch {dataset.name}"),
    )
    return f", {text} {escape(terms)}."


def _raw(html: str) -> str:
    """Return HTML as a block that pandoc passes through as it is."""
    longest = max((len(run) for run in _BACKTICKS.findall(html)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{{=html}}\n{html}\n{fence}"


def _set(markdown: str, header: Header, setting: Setting) -> str:
    """Set Markdown with pandoc; its sandbox reads nothing but the theme."""
    import pypandoc

    title, question = header.told()
    subject = told({name: v for name, v in setting.changed.items() if name != LANG})
    given = say("Parameters: {parameters}", parameters=escape(subject)) if subject else ""
    options = [
        "--standalone",
        "--sandbox",
        "--mathml",
        "--toc",
        "--toc-depth=2",
        "--wrap=preserve",
        "--syntax-highlighting=none",
        f"--template={THEME / 'page.html'}",
        f"--variable=lang:{language()}",
        f"--variable=contents:{say('Contents')}",
        f"--variable=pagetitle:{escape(title)}",
        f"--variable=heading:{escape(title)}",
        f"--variable=question:{escape(question)}",
        f"--variable=parameters:{given}",
        f"--variable=style:{(THEME / 'page.css').read_text(encoding='utf-8')}",
    ]
    try:
        text = pypandoc.convert_text(markdown, "html5", format=READER, extra_args=options)
    except (RuntimeError, OSError) as error:
        raise ReportError(
            "report", expected="prose that pandoc reads", found=str(error)[:300]
        ) from error
    return str(text).replace("\r\n", "\n").rstrip("\n") + "\n"
