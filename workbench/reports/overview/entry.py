"""What the index says of one report: read from its folder and from its last check."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.reports.checking.certificate import CHECKS
from workbench.reports.datasets import sha256_of
from workbench.reports.ledger import LEDGER, PROVENANCE, Ledger
from workbench.reports.overview.answers import Answer, answers_of
from workbench.reports.overview.pictures import picture_of

FILES = {
    "index.html": "Page",
    "report.pdf": "PDF",
    "report.docx": "Word file",
    LEDGER: "Ledger",
    "replication/README.md": "Replication",
}
"""Files of a report that the index links, where they are there, and their names."""

UNNAMED = ("other-", "notspecified")
"""How a descriptor begins the name of a licence that has none."""

NO_TITLES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Check:
    """What the last verification of a report said.

    ``outcome`` is ``"holds"``, ``"partly"``, ``"differs"`` or ``"absent"``; ``not_compared`` are
    the files because of which it holds in part.
    """

    outcome: str
    numbers: int = 0
    identical: int = 0
    within: int = 0
    different: int = 0
    by: str = ""
    on: str = ""
    not_compared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A report as the index shows it.

    Attributes
    ----------
    folder : str
        Of the report, inside ``reports/``.
    ledger : Ledger
        Its numbers, texts and places.
    picture, alt : str
        Address of the picture (``data:``), empty where there is none, and what it shows.
    answers : tuple of Answer
        Hypotheses and what is said of each.
    licences : mapping of str to str
        By data set; none where nothing is stated.
    titles : mapping of str to str
        Russian titles by data set, as far as there are such.
    links : mapping of str to str
        Name by path inside the folder.
    check : Check or None
        Of this very ledger; None where it was not verified since it was rendered.
    """

    folder: str
    ledger: Ledger
    picture: str
    alt: str
    answers: tuple[Answer, ...]
    licences: Mapping[str, str]
    titles: Mapping[str, str]
    links: Mapping[str, str]
    check: Check | None

    @property
    def lang(self) -> str:
        """Language of the report."""
        return "ru" if self.ledger.parameters.get("lang") == "ru" else "en"

    @property
    def counts(self) -> Counter[str]:
        """How many tables, figures and sentences (an empty word) there are."""
        return Counter(place.word for place in self.ledger.published)


def entry_of(folder: Path, ledger: Ledger, *, titles: Mapping[str, str] = NO_TITLES) -> Entry:
    """Read what the index says of a report.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    ledger : Ledger
        Of it.
    titles : mapping of str to str, optional
        Russian titles by data set: a ledger records the English ones.
    """
    captions = {place.name: place.caption for place in ledger.published}
    return Entry(
        folder=folder.name,
        ledger=ledger,
        picture=picture_of(folder, ledger),
        alt=captions.get(ledger.picture, ""),
        answers=answers_of(ledger),
        licences=_licences(folder / PROVENANCE),
        titles=titles,
        links={path: name for path, name in FILES.items() if (folder / path).is_file()},
        check=check_of(folder),
    )


def check_of(folder: Path) -> Check | None:
    """Return the last check of a report, or None where it was of another ledger.

    Parameters
    ----------
    folder : pathlib.Path
        The report, beside ``checks/``.
    """
    plain = _read(folder.parent / CHECKS / f"{folder.name}.json")
    if plain.get("ledger_sha256") != sha256_of(folder / LEDGER):
        return None
    try:
        return Check(
            str(plain["outcome"]),
            numbers=int(plain["numbers"]),
            identical=int(plain["identical"]),
            within=int(plain["within"]),
            different=int(plain["different"]),
            by=str(plain.get("checked_by", "")),
            on=str(plain.get("checked_on", "")),
            not_compared=tuple(map(str, plain.get("not_compared", ()))),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _licences(provenance: Path) -> dict[str, str]:
    """Return the licences of each data set, as short as they are stated."""
    data = _read(provenance).get("data", ())
    try:
        return {str(one["name"]): ", ".join(map(_licence, one["licences"])) for one in data}
    except (KeyError, TypeError, AttributeError):
        return {}


def _licence(plain: Mapping[str, str]) -> str:
    """Return the name of a licence; its title where the name tells nothing."""
    name = str(plain.get("name") or "")
    return str(plain["title"]) if not name or name.startswith(UNNAMED) else name


def _read(path: Path) -> dict[str, Any]:
    """Return a JSON object; nothing where there is none that can be read."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return plain if isinstance(plain, dict) else {}
