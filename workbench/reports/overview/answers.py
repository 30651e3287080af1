"""What a report answers: hypotheses with their verdicts, and sentences that say so."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from workbench.reports.formats import LEVELS
from workbench.reports.ledger import Ledger, Place
from workbench.reports.sentences import read_out
from workbench.typing import VerdictWord

WORDS: tuple[str, ...] = get_args(VerdictWord)
VERDICT, HYPOTHESIS = "verdict", "hypothesis"
STATED = ("claim", "statement", "restriction")
"""Columns that say what a hypothesis claims, the plainest first."""
STATING = ("hypotheses", "hypothesis")
"""Tables in which hypotheses are stated."""

_REPEATED = re.compile(r"#\d+\Z")
_MARKS = re.compile(r"\*\*|(?<!\\)[`$]")


@dataclass(frozen=True, slots=True)
class Answer:
    """A hypothesis and how often each verdict is given, over the rows of its table.

    Attributes
    ----------
    name, statement : str
        Of the hypothesis; what it claims, empty where the report's tables do not say.
    verdicts : mapping of str to int
        In the order of :data:`WORDS`.
    """

    name: str
    statement: str
    verdicts: Mapping[str, int]


def answers_of(ledger: Ledger) -> tuple[Answer, ...]:
    """Return what a report says of its hypotheses.

    These are the tables with a column ``verdict`` of nothing but verdicts; where some of them are
    named for it, only those.

    Parameters
    ----------
    ledger : Ledger
        Of the report. Its texts are English in every language.
    """
    tables = [(place.name, _rows(place, ledger)) for place in ledger.published if place.word]
    told = [(name, rows) for name, rows in tables if _all_verdicts(rows)]
    named = [(name, rows) for name, rows in told if name.startswith("verdict")] or told
    claims = _claims(ledger)
    return tuple(answer for _, rows in named for answer in _answers(rows, claims))


def sentences_of(ledger: Ledger) -> tuple[str, ...]:
    """Return the sentences of a report that are published as answers, without their markup.

    They are the claims named ``answer`` or ``answer-…``, that of the whole study first; what they
    refer to is in words.
    """
    claims = [p for p in ledger.published if p.sentence and p.name.split("-")[0] == "answer"]
    claims.sort(key=lambda place: place.name != "answer")
    return tuple(
        read_out(_MARKS.sub("", place.sentence), ledger.published).strip() for place in claims
    )


def _rows(place: Place, ledger: Ledger) -> dict[tuple[str, str], dict[str, str]]:
    """Return the texts of a table by row and column; a row that is repeated is another one."""
    rows: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for key, text in ledger.texts.items():
        if not key.startswith(f"{place.name}/"):
            continue
        row, _, column = key[len(place.name) + 1 :].rpartition("/")
        again = "".join(_REPEATED.findall(column))
        rows[row, again][_REPEATED.sub("", column)] = text.text
    return rows


def _all_verdicts(rows: Mapping[tuple[str, str], Mapping[str, str]]) -> bool:
    given = [row[VERDICT] for row in rows.values() if VERDICT in row]
    return bool(given) and set(given) <= set(WORDS)


def _claims(ledger: Ledger) -> dict[str, str]:
    """Return what each hypothesis claims, from the tables that state them.

    One whose row has levels above its name, a stage say, is known by the name as well, unless
    several have it.
    """
    places = [place for place in ledger.published if place.name in STATING]
    whole = {
        name: stated
        for place in places
        for (name, _), row in _rows(place, ledger).items()
        if (stated := _stated(row))
    }
    last = {name: name.split(LEVELS)[-1] for name in whole}
    often = Counter(last.values())
    return {short: whole[name] for name, short in last.items() if often[short] == 1} | whole


def _stated(row: Mapping[str, str]) -> str:
    return next((row[column] for column in STATED if row.get(column)), "")


def _answers(
    rows: Mapping[tuple[str, str], Mapping[str, str]], claims: Mapping[str, str]
) -> Iterator[Answer]:
    """Yield an answer for each hypothesis of a table, over the rows that speak of it."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (label, _), row in rows.items():
        if VERDICT in row:
            name = row.get(HYPOTHESIS) or label.split(LEVELS)[0]
            counts[name, claims.get(name) or _stated(row)][row[VERDICT]] += 1
    for (name, statement), given in counts.items():
        yield Answer(name, statement, {word: given[word] for word in WORDS if given[word]})
