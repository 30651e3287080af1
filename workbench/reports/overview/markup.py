"""The entry of a study on the index page, as HTML; every text of a report is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from workbench.core.language import said_word, say, speaking
from workbench.reports.overview.answers import Answer, sentences_of
from workbench.reports.overview.entry import Check, Entry
from workbench.reports.parameters import told

FEW = 3
"""Sentences that are shown; more than so many are folded, but for the first."""


def study_html(entries: list[Entry]) -> str:
    """Return the entry of a study: its report with the defaults, others below it."""
    first, *others = entries
    with speaking("ru" if first.lang == "ru" else "en"):
        body = "\n".join([*_body(first), *_others(others, first)])
        picture = _picture(first)
    shown = ' class="pictured"' if picture else ""
    return f"<li{shown}{_lang(first)}>{picture}<div>\n{body}\n</div></li>"


def _picture(entry: Entry) -> str:
    if not entry.picture:
        return ""
    page, alt = escape(f"{entry.folder}/index.html"), escape(entry.alt or entry.ledger.title)
    return f'<a class="picture" href="{page}"><img src="{entry.picture}" alt="{alt}"></a>'


def _body(entry: Entry) -> Iterator[str]:
    ledger, page = entry.ledger, escape(f"{entry.folder}/index.html")
    yield f'<h2><a href="{page}">{escape(ledger.title)}</a></h2>'
    if ledger.question:
        yield f'<p class="question">{escape(ledger.question)}</p>'
    if entry.folder != ledger.study:
        yield _note(say("Parameters: {given}.", given=told(ledger.parameters)))
    yield from _answers(entry)
    yield _links(entry)
    yield _note(_counts(entry))
    if ledger.datasets:
        yield _note(say("Data: {data}.", data=_data(entry)))
    yield _check(entry.check)
    yield f'<p class="notes"><code>workbench verify reports/{escape(entry.folder)}</code></p>'


def _answers(entry: Entry) -> Iterator[str]:
    if entry.answers:
        yield f'<ul class="answers">{"".join(map(_answer, entry.answers))}</ul>'
    sentences = [f"<p>{escape(sentence)}</p>" for sentence in sentences_of(entry.ledger)]
    if not sentences:
        return
    shown = len(sentences) if len(sentences) <= FEW else 1
    yield f'<div class="answers">{"".join(sentences[:shown])}</div>'
    if sentences[shown:]:
        more = escape(say("Further answers: {n}", n=len(sentences) - shown))
        yield f"<details><summary>{more}</summary>{''.join(sentences[shown:])}</details>"


def _answer(answer: Answer) -> str:
    words = " ".join(
        f'<span class="answer {word.replace(" ", "-")}">{escape(said_word(word))}'
        f"{f' × {n}' if n > 1 or len(answer.verdicts) > 1 else ''}</span>"
        for word, n in answer.verdicts.items()
    )
    stated = f"{answer.name}: {answer.statement}" if answer.statement else answer.name
    return f"<li>{escape(stated)} {words}</li>"


def _links(entry: Entry) -> str:
    links = " ".join(
        f'<a href="{escape(f"{entry.folder}/{path}")}">{escape(say(name))}</a>'
        for path, name in entry.links.items()
    )
    return f'<p class="notes links">{links}</p>'


def _counts(entry: Entry) -> str:
    counts = entry.counts
    return say(
        "Tables: {tables}; figures: {figures}; sentences: {sentences}; numbers: {numbers}.",
        tables=counts["table"],
        figures=counts["figure"],
        sentences=counts[""],
        numbers=len(entry.ledger.numbers),
    )


def _data(entry: Entry) -> str:
    """Return the data sets with the licence of each, as far as it is stated."""
    named = []
    for dataset in entry.ledger.datasets:
        licence = entry.licences.get(dataset.name, "")
        russian = entry.titles.get(dataset.name, "") if entry.lang == "ru" else ""
        title = russian or dataset.title
        named.append(f"{title} ({licence})" if licence else title)
    return "; ".join(named)


OUTCOMES = ("holds", "partly", "differs", "absent")


def _check(check: Check | None) -> str:
    outcome = check.outcome if check and check.outcome in OUTCOMES else "not"
    return f'<p class="notes check {outcome}">{escape(_checked(check))}</p>'


def _checked(check: Check | None) -> str:
    if check is None:
        return say("Not re-checked since it was rendered.")
    who = "".join(f", {part}" for part in (check.by, check.on) if part)
    if check.outcome == "absent":
        return say("At the last check{who} its data were not here.", who=who)
    if check.outcome == "holds":
        return say(
            "Re-checked{who}: it holds. Of {numbers} numbers {identical} are identical, {within} "
            "within tolerance.",
            who=who,
            numbers=check.numbers,
            identical=check.identical,
            within=check.within,
        )
    if check.outcome == "partly":
        files = ", ".join(check.not_compared)
        return say(
            "Re-checked{who}: its numbers hold; not compared: {files}.", who=who, files=files
        )
    return say("Re-checked{who}: it differs in {n} places.", who=who, n=check.different)


def _others(others: list[Entry], first: Entry) -> Iterator[str]:
    if not others:
        return
    links = "".join(
        f'<li{_lang(other)}><a href="{escape(f"{other.folder}/index.html")}">'
        f"{escape(_beside(other, first))}</a></li>"
        for other in others
    )
    yield f"{_note(say('With other parameters:'))}<ul>{links}</ul>"


def _beside(other: Entry, first: Entry) -> str:
    """Return how a report differs from the first of its study; in another language, its title."""
    known = {name: repr(value) for name, value in first.ledger.parameters.items()}
    given = other.ledger.parameters
    differing = {n: v for n, v in given.items() if known.get(n) != repr(v)}
    parameters = told(differing or given) or other.folder
    return parameters if other.lang == first.lang else f"{other.ledger.title} ({parameters})"


def _note(text: str) -> str:
    return f'<p class="notes">{escape(text)}</p>'


def _lang(entry: Entry) -> str:
    return ' lang="ru"' if entry.lang == "ru" else ""
