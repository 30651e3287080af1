"""The ledger of numbers: everything that a report publishes, with its place and tolerance."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from workbench.core.language import speaking
from workbench.core.provenance import library_versions
from workbench.errors import ReportError
from workbench.reports.datasets import Dataset
from workbench.reports.entries import MIME, Made, Number, Published, Text, made_from, published_from
from workbench.reports.files import files_of
from workbench.reports.formats import render
from workbench.reports.parameters import Setting
from workbench.reports.plain_json import parsed
from workbench.reports.studies import Header
from workbench.reports.tools import tool_versions
from workbench.reports.values import Value

SCHEMA = 3
READ = (2, SCHEMA)
"""Schemas that are read; one of 2 has no `tools`, and other words stand beside it."""

LEDGER = "ledger.json"
PAGE = "index.html"
NOTEBOOK = "notebook.ipynb"
PROVENANCE = "provenance.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a thing was published, and how it was made.

    Attributes
    ----------
    name, thing, caption : str
        Its name, what it is, and the text above it.
    cell : int
        Of the notebook, counted from 1.
    word : {"table", "figure", ""}
        As which it is numbered; a sentence is not.
    number : int
        Its number in the report, 0 for a sentence.
    files : tuple of str
        Files of the report that hold it alone.
    made : tuple of Made
        How it was made, where the thing knows: for several results, one each.
    sentence : str
        Markdown of a claim.
    """

    name: str
    thing: str
    caption: str
    cell: int
    word: str = ""
    number: int = 0
    files: tuple[str, ...] = ()
    made: tuple[Made, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a report says, in numbers and texts.

    Attributes
    ----------
    study, title, question : str
        Of the study; title and question in the language of the report.
    parameters : mapping of str to str, int, float, bool, None or list of these
        With which values it was executed, defaults and all; empty where the study has none.
    report : str
        Name of the report's folder.
    notebook, page : str
        SHA-256 of the notebook as it was executed and of the page that shows the numbers.
    datasets : tuple of Dataset
        The data sets that the study names, with the SHA-256 of their files.
    versions : mapping of str to str
        Libraries whose version can change a number.
    published : tuple of Place
        In the order of the page.
    numbers, texts : mapping of str to Number or Text
        By id.
    computed : tuple of Made
        How the results were made that the notebook holds in variables, published or not.
    weights : mapping of str to mapping
        Cards of the W that any of them was made with, by digest.
    picture : str
        Name of the published figure that stands for the report; empty where it has none.
    tools : mapping of str to str
        Programs that set the report and whose version can change a byte of it, but no number.
    schema : int
        As which it was written.
    """

    study: str
    title: str
    question: str
    notebook: str
    page: str
    datasets: tuple[Dataset, ...]
    versions: Mapping[str, str]
    published: tuple[Place, ...]
    numbers: Mapping[str, Number]
    texts: Mapping[str, Text]
    parameters: Mapping[str, Value]
    report: str
    computed: tuple[Made, ...] = ()
    weights: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    picture: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    def to_json(self) -> str:
        """Return the ledger as JSON: same content, same bytes."""
        plain = {
            "schema": self.schema,
            "study": self.study,
            **({"report": self.report} if self.report != self.study else {}),
            **({"parameters": dict(self.parameters)} if self.parameters else {}),
            "title": self.title,
            "question": self.question,
            **({"picture": self.picture} if self.picture else {}),
            "notebook": {"file": NOTEBOOK, "sha256": self.notebook},
            "page": {"file": PAGE, "sha256": self.page},
            "datasets": [dataset.plain() for dataset in self.datasets],
            "versions": dict(self.versions),
            **({"tools": dict(self.tools)} if self.tools else {}),
            "published": [_plain_place(place) for place in self.published],
            "computed": [_plain_made(made) for made in self.computed],
            "weights": {digest: dict(self.weights[digest]) for digest in sorted(self.weights)},
            "numbers": [_without_empty(asdict(number)) for number in self.numbers.values()],
            "texts": [asdict(text) for text in self.texts.values()],
        }
        return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


class Collector:
    """Gathers what the cells of a running notebook publish; a name may occur once."""

    def __init__(self, study: str) -> None:
        self.study = study
        self.published: list[tuple[Published, int]] = []
        self.computed: tuple[Made, ...] = ()
        self.weights: dict[str, Mapping[str, Any]] = {}
        self.kernel: dict[str, Any] = {}
        self._cells: dict[str, int] = {}

    def take(self, cell: Any, number: int) -> None:
        """Take in the outputs of a cell.

        Raises
        ------
        ReportError
            If a name was published before.
        """
        for output in cell.get("outputs", ()):
            payload = output.get("data", {}).get(MIME)
            if payload is None:
                continue
            data = output["data"]
            picture = data.get("image/svg+xml") or data.get("image/png") or ""
            published = published_from(payload, picture=picture)
            name = published.name
            if name in self._cells:
                raise ReportError(
                    f"published name {name!r}",
                    expected="a name that occurs once in a study",
                    found=f"cells {self._cells[name]} and {number}"
                    if self._cells[name] != number
                    else f"twice in cell {number}",
                    why="the name is part of the id of every number",
                    remedy="give the second another name",
                )
            self._cells[name] = number
            self.published.append((published, number))
            self.weights.update(published.weights)

    def end(self, answer: Mapping[str, Any]) -> None:
        """Take in what the kernel says after the last cell."""
        self.computed = tuple(made_from(made) for made in answer.get("computed", ()))
        self.weights.update(answer.get("weights", {}))
        self.kernel = dict(answer.get("kernel", {}))


def make_ledger(
    collected: Collector,
    header: Header,
    *,
    setting: Setting,
    notebook: str,
    page: str,
    datasets: list[Dataset],
) -> Ledger:
    """Make the ledger of a run from what its cells published.

    Raises
    ------
    ReportError
        If the picture that the header names is no published figure.
    """
    things = collected.published
    with speaking(setting.lang):
        title, question = header.told()
    return Ledger(
        study=setting.study,
        title=title,
        question=question,
        notebook=notebook,
        page=page,
        datasets=tuple(datasets),
        versions=library_versions(),
        published=_places(things),
        numbers={number.id: number for p, _ in things for number in p.numbers},
        texts={text.id: text for p, _ in things for text in p.texts},
        parameters={name: setting.values[name] for name in sorted(setting.values)},
        report=setting.report,
        computed=collected.computed,
        weights=collected.weights,
        picture=_picture(header.picture, things),
        tools=tool_versions(),
    )


def _picture(named: str, things: list[tuple[Published, int]]) -> str:
    """Return which figure stands for a report: that of the header, a map, or the first.

    What a study publishes may depend on a table of the user's: the figure that its header names
    may be one that this run did not draw.
    """
    figures = [thing.name for thing, _ in things if thing.picture]
    if named in figures:
        return named
    maps = [name for name in figures if "map" in name.split("-")]
    return next(iter([*maps, *figures]), "")


def _places(things: list[tuple[Published, int]]) -> tuple[Place, ...]:
    """Return the place of each thing, tables and figures counted in the order of the page."""
    counts = Counter[str]()
    places = []
    for thing, cell in things:
        word = "" if thing.sentence else "figure" if thing.picture else "table"
        counts[word] += 1
        number = counts[word] if word else 0
        place = Place(thing.name, thing.thing, thing.caption, cell, word, number)
        files = tuple(files_of(thing))
        places.append(replace(place, files=files, made=thing.made, sentence=thing.sentence))
    return tuple(places)


def read_ledger(folder: Path) -> Ledger:
    """Read the ledger of a report.

    Raises
    ------
    ReportError
        If there is none, or it is not a ledger of this schema, or has a key twice.
    """
    path = folder / LEDGER
    try:
        plain = parsed(path.read_text(encoding="utf-8"))
        if plain["schema"] not in READ:
            known = " and ".join(map(str, READ))
            raise ValueError(f"schema {plain['schema']}, this workbench reads {known}")
        return _ledger_from(plain)
    except FileNotFoundError as error:
        raise ReportError(
            str(folder.name),
            expected=f"a rendered report with its {LEDGER}",
            found="none",
            remedy="render it: workbench run STUDY",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise ReportError(
            f"{folder.name}/{LEDGER}",
            expected="a ledger as this workbench writes it",
            found=f"{type(error).__name__}: {error}",
        ) from error


def inconsistencies(ledger: Ledger) -> list[str]:
    """Return the ids of numbers whose printed text does not follow from their value."""
    return [n.id for n in ledger.numbers.values() if not _consistent(n)]


def _consistent(number: Number) -> bool:
    try:
        return render(number.value, number.format) == number.printed
    except (ValueError, TypeError):
        return False


def sha256_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _without_empty(number: dict[str, Any]) -> dict[str, Any]:
    optional = {"permutations": None, "p_value": False, "row": "", "column": ""}
    return {k: v for k, v in number.items() if k not in optional or v != optional[k]}


def _plain_place(place: Place) -> dict[str, Any]:
    told = asdict(place) | {"made": [_plain_made(made) for made in place.made]}
    needed = ("name", "thing", "caption", "cell")
    return {key: value for key, value in told.items() if key in needed or value}


def _plain_made(made: Made) -> dict[str, Any]:
    """Return what is known of how something was made; a seed of 0 is one."""
    return {k: v for k, v in asdict(made).items() if v or (k == "seed" and v is not None)}


def _made_read(plain: list[dict[str, Any]]) -> tuple[Made, ...]:
    return tuple(made_from({"label": "", "method": ""} | _known(Made, one)) for one in plain)


def _place_read(plain: dict[str, Any]) -> Place:
    known = _known(Place, plain)
    made, files = _made_read(known.get("made", [])), tuple(known.get("files", ()))
    return Place(**{**known, "made": made, "files": files})


def _ledger_from(plain: dict[str, Any]) -> Ledger:
    numbers = [Number(**_known(Number, number)) for number in plain["numbers"]]
    texts = [Text(**_known(Text, text)) for text in plain["texts"]]
    ids = [*(number.id for number in numbers), *(text.id for text in texts)]
    if len(set(ids)) != len(ids):
        raise ValueError("an id occurs twice")
    if not all(isinstance(n.value, int | float) for n in numbers):
        raise ValueError("a number whose value is none")
    return Ledger(
        study=plain["study"],
        title=plain["title"],
        question=plain["question"],
        notebook=plain["notebook"]["sha256"],
        page=plain["page"]["sha256"],
        datasets=tuple(Dataset(**dataset) for dataset in plain["datasets"]),
        versions=plain["versions"],
        published=tuple(map(_place_read, plain["published"])),
        numbers={number.id: number for number in numbers},
        texts={text.id: text for text in texts},
        parameters=dict(plain.get("parameters", {})),
        report=str(plain.get("report", plain["study"])),
        computed=_made_read(plain["computed"]),
        weights=dict(plain["weights"]),
        picture=str(plain.get("picture", "")),
        tools=dict(plain.get("tools", {})),
        schema=int(plain["schema"]),
    )


def _known(kind: type, plain: dict[str, Any]) -> dict[str, Any]:
    names = {f.name for f in fields(kind)}
    unknown = sorted(set(plain) - names)
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}")
    return plain
