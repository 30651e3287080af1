"""Studies: notebook pairs, the percent script as the source and the notebook kept in step."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from workbench.core.language import language
from workbench.errors import InputError, ReportError, check_option, nearest
from workbench.reports.parameters import defaults_of
from workbench.reports.plain_json import TooDeepError, parsed

Source: TypeAlias = Literal["py", "ipynb"]

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
JUPYTEXT = {
    "formats": "ipynb,py:percent",
    "notebook_metadata_filter": "workbench,-jupytext.text_representation.jupytext_version",
    "cell_metadata_filter": "tags,-all",
}
CELL_METADATA = ("tags",)
_HEADER = re.compile(r"# ---\n((?:# [^\n]*\n)+?)# ---\n")
WORDS = ("title", "question", "title_ru", "question_ru")
"""What a header says in words."""

BIBLIOGRAPHY = "bibliography"
PICTURE = "picture"
WORKS = "references.bib"
"""The bibliography of all studies of a folder."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a study says of itself: title, question, and the data sets that it uses.

    ``title_ru`` and ``question_ru`` are the Russian ones, empty where the study has none;
    ``bibliography`` names a BibTeX file beside the notebook, empty for that of all studies;
    ``picture`` the published figure that stands for the study on the index page; where it is empty,
    or not among what a run published, the first map, else the first figure.
    """

    title: str
    question: str = ""
    datasets: tuple[str, ...] = ()
    title_ru: str = ""
    question_ru: str = ""
    bibliography: str = ""
    picture: str = ""

    def told(self) -> tuple[str, str]:
        """Return title and question in the language in use; English where there is no other."""
        russian = language() == "ru"
        title = self.title_ru if russian and self.title_ru else self.title
        return title, self.question_ru if russian and self.question_ru else self.question


@dataclass(frozen=True, slots=True)
class Study:
    """A study: its name and the folder of its notebook pair."""

    name: str
    folder: Path

    @property
    def notebook(self) -> Path:
        """The notebook."""
        return self.folder / f"{self.name}.ipynb"

    @property
    def script(self) -> Path:
        """The percent script: the source."""
        return self.folder / f"{self.name}.py"


def studies(folder: Path) -> list[Study]:
    """Return the studies of a folder, sorted by name; files that begin with ``_`` are none."""
    found = {path.stem for pattern in ("*.ipynb", "*.py") for path in folder.glob(pattern)}
    return [Study(name, folder) for name in sorted(found) if not name.startswith(("_", "."))]


def find_study(folder: Path, name: str) -> Study:
    """Return a study by name, or refuse it, naming the nearest one."""
    names = [study.name for study in studies(folder)]
    name = Path(name).name.removesuffix(".ipynb").removesuffix(".py")
    if name in names:
        return Study(name, folder)
    raise InputError(
        "study",
        expected="one of " + ", ".join(names) if names else "a notebook in " + folder.name + "/",
        found=repr(name),
        remedy=nearest(name, names) or "see them: workbench list",
    )


def clean(notebook: Any) -> Any:
    """Return a copy with nothing but sources: no outputs, no counts, ids that follow from text."""
    from workbench.reports.via_nbformat import v4

    cells, seen = [], Counter[str]()
    for cell in notebook.cells:
        source = cell.source.rstrip("\n")
        key = hashlib.sha256(f"{cell.cell_type}\n{source}".encode()).hexdigest()[:12]
        seen[key] += 1
        makers: dict[str, Any] = {
            "code": v4.new_code_cell,
            "markdown": v4.new_markdown_cell,
            "raw": v4.new_raw_cell,
        }
        fresh = makers[cell.cell_type](source)
        fresh["id"] = key if seen[key] == 1 else f"{key}-{seen[key]}"
        kept = {k: cell.metadata[k] for k in CELL_METADATA if cell.metadata.get(k)}
        fresh["metadata"] = v4.new_notebook(metadata=kept).metadata
        cells.append(fresh)
    metadata = {"jupytext": dict(JUPYTEXT), "kernelspec": dict(KERNELSPEC)}
    if "workbench" in notebook.metadata:
        metadata["workbench"] = json.loads(json.dumps(notebook.metadata["workbench"]))
    return v4.new_notebook(cells=cells, metadata=metadata)


def notebook_text(notebook: Any) -> str:
    """Return the text of a notebook file: stable key order, LF, ends with a line break."""
    plain = {**notebook, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def script_text(notebook: Any) -> str:
    """Return the percent script of a notebook."""
    from workbench.reports.via_nbformat import jupytext

    text = str(jupytext.writes(clean(notebook), fmt="py:percent"))
    return _readable(text).rstrip("\n") + "\n"


def _readable(script: str) -> str:
    """Return a script with the letters of its header written out, not as numbers of characters."""
    import yaml

    found = _HEADER.match(script)
    if found is None or "\\" not in found[1]:
        return script
    plain = yaml.safe_load("".join(line[2:] for line in found[1].splitlines(keepends=True)))
    lines = yaml.safe_dump(plain, allow_unicode=True).splitlines(keepends=True)
    return (
        script[: found.start(1)] + "".join(f"# {line}" for line in lines) + script[found.end(1) :]
    )


def read_notebook(path: Path) -> Any:
    """Read a notebook or percent script as it is on disk.

    Raises
    ------
    ReportError
        If it cannot be read.
    """
    from workbench.reports.via_nbformat import jupytext, nbformat

    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            return jupytext.reads(text, fmt="py:percent")
        return _shaped(nbformat.from_dict(nbformat.v4.upgrade(_nodes(text))))
    except (OSError, ValueError, TypeError, AttributeError, KeyError,
            nbformat.reader.NotJSONError, nbformat.ValidationError) as error:  # fmt: skip
        raise ReportError(
            path.name,
            expected="a Jupyter notebook or percent script",
            found=f"{type(error).__name__}: {str(error)[:120]}",
        ) from error


def _shaped(notebook: Any) -> Any:
    """Return a notebook if its cells are cells, whose sources are texts."""
    for place, cell in enumerate(notebook.cells):
        if cell.get("cell_type") not in ("code", "markdown", "raw"):
            raise ValueError(f"cell {place} is of type {cell.get('cell_type')!r}")
        if not isinstance(cell.get("source"), str) or not isinstance(cell.get("metadata"), dict):
            raise ValueError(f"cell {place} has no text as its source, or no metadata")
    return notebook


def _nodes(text: str) -> Any:
    """Return the notebook of a text in which no key occurs twice and no nesting is without end."""
    from workbench.reports.via_nbformat import nbformat

    try:
        found = nbformat.reads(text, as_version=4)
    except RecursionError as error:
        raise TooDeepError from error
    parsed(text)
    return found


def load_study(study: Study) -> Any:
    """Return the clean notebook of a study; a pair that disagrees is refused.

    Raises
    ------
    ReportError
        If script and notebook hold different sources.
    """
    if not study.script.exists():
        return clean(read_notebook(study.notebook))
    notebook = clean(read_notebook(study.script))
    if study.notebook.exists() and clean(read_notebook(study.notebook)) != notebook:
        raise ReportError(
            f"study {study.name!r}",
            expected="a notebook and a script that hold the same",
            found=f"{study.notebook.name} and {study.script.name} disagree",
            why="it is not clear which of them to run",
            remedy="keep the script: workbench notebooks sync; "
            "keep the notebook: workbench notebooks sync --from ipynb",
        )
    return notebook


def header_of(notebook: Any, *, study: str) -> Header:
    """Return the title, question and data sets of a study.

    They stand under ``workbench`` in the notebook's metadata (the YAML header of the script);
    without a title there, the first heading is the title.

    Raises
    ------
    ReportError
        If one of them is of another type.
    """
    plain = notebook.metadata.get("workbench", {})
    heading = next(
        (
            line[2:].strip()
            for cell in notebook.cells[:1]
            for line in cell.source.splitlines()
            if cell.cell_type == "markdown" and line.startswith("# ")
        ),
        study,
    )
    datasets = plain.get("datasets", ())
    if isinstance(datasets, str) or not all(isinstance(name, str) for name in datasets):
        raise ReportError(
            f"study {study!r}",
            expected="a list of names under workbench: datasets: in its header",
            found=repr(datasets),
        )
    said = {word: plain.get(word) or "" for word in (*WORDS, BIBLIOGRAPHY, PICTURE)}
    for word, text in said.items():
        if not isinstance(text, str):
            raise ReportError(
                f"study {study!r}",
                expected=f"a text under workbench: {word}: in its header",
                found=repr(text),
                remedy="set it in quotation marks",
            )
    said["title"] = said["title"] or heading
    return Header(**said, datasets=tuple(datasets))


def bibliography_of(header: Header, folder: Path) -> str:
    """Return the text of the BibTeX file that a study cites from; empty where there is none.

    Parameters
    ----------
    header : Header
        Names the study's own file, if it has one.
    folder : pathlib.Path
        Of the notebooks.

    Raises
    ------
    ReportError
        If the file that the header names is not there, or cannot be read.
    """
    name = header.bibliography or WORKS
    path = folder / name
    if not header.bibliography and not path.exists():
        return ""
    try:
        if Path(name).name != name:
            raise FileNotFoundError(0, "not beside the notebook")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "not UTF-8"
        raise ReportError(
            f"bibliography {name!r}",
            expected="a BibTeX file in UTF-8 beside the notebook",
            found=str(told),
            remedy=f"name a file of that folder, or leave it out to cite from {WORKS}",
        ) from error


def disagreement(study: Study) -> str:
    """Return what is wrong with a pair, or an empty string."""
    for path in (study.script, study.notebook):
        if not path.exists():
            return f"{path.name} is missing"
    notebook = read_notebook(study.notebook)
    wanted, found = clean(read_notebook(study.script)), clean(notebook)
    return (
        _left_over(notebook, study.notebook.name)
        or _difference(wanted, found, study)
        or _changing_ids(notebook, found, study.notebook.name)
        or _unreadable(found, study.name)
    )


def _left_over(notebook: Any, name: str) -> str:
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.get("outputs"):
            return f"{name} has outputs (cell {number})"
        if cell.get("execution_count") is not None:
            return f"{name} has execution counts (cell {number})"
    return ""


def _difference(wanted: Any, found: Any, study: Study) -> str:
    both = f"{study.script.name} and {study.notebook.name}"
    for number, (a, b) in enumerate(zip(wanted.cells, found.cells, strict=False), start=1):
        if a != b:
            return f"{both} differ in cell {number}"
    if len(wanted.cells) != len(found.cells):
        return f"{both} differ: {len(wanted.cells)} and {len(found.cells)} cells"
    return f"{both} differ in their header" if wanted.metadata != found.metadata else ""


def _changing_ids(notebook: Any, found: Any, name: str) -> str:
    same = [cell.get("id") for cell in notebook.cells] == [cell.id for cell in found.cells]
    return "" if same else f"{name} has cell ids that change"


def _unreadable(notebook: Any, name: str) -> str:
    """Return what is wrong with the header or the parameters of a study."""
    try:
        picture = header_of(notebook, study=name).picture
        defaults_of(notebook, study=name)
    except ReportError as error:
        return f"{name}: {error.found}; expected {error.expected}"
    family = f'f"{picture.rpartition("-")[0]}-{{'  # one name of several that a loop publishes
    sources = [cell.source for cell in notebook.cells]
    if picture and not any(f'"{picture}"' in text or family in text for text in sources):
        return f"{name}: its header names the picture {picture!r}, which no cell publishes"
    return ""


def sync(study: Study, *, source: Source = "py") -> list[Path]:
    """Bring a pair in step and clean; return the files that were written.

    Parameters
    ----------
    study : Study
        The pair.
    source : {"py", "ipynb"}
        Which file is right where they disagree.

    Raises
    ------
    ReportError
        If the file that is to be the source is missing.
    """
    check_option("from", source, Source)
    path = study.script if source == "py" else study.notebook
    if not path.exists():
        other = "ipynb" if source == "py" else "py"
        raise ReportError(
            f"study {study.name!r}",
            expected=f"{path.name} as the source",
            found="no such file",
            remedy=f"workbench notebooks sync {study.name} --from {other}",
        )
    notebook = clean(read_notebook(path))
    texts = {study.notebook: notebook_text(notebook), study.script: script_text(notebook)}
    return [path for path, text in texts.items() if _write_if_other(path, text)]


def _write_if_other(path: Path, text: str) -> bool:
    if path.exists() and path.read_bytes() == text.encode():
        return False
    path.write_text(text, encoding="utf-8", newline="\n")
    return True
