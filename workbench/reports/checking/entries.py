"""Two ledgers of one study, entry by entry: numbers, intervals, texts, and what came or went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from workbench.reports.checking.findings import Finding, Kind, from_difference
from workbench.reports.datasets import Dataset
from workbench.reports.formats import LEVELS
from workbench.reports.ledger import Ledger, inconsistencies
from workbench.reports.tolerances import Difference, difference
from workbench.typing import Cluster, RefereeAnswer, Tolerance, VerdictWord

DECIDING = frozenset(
    {"answer", "class", "class_sure", "cluster", "decision", "quadrant", "reading", "significant",
     "stars", "status", "verdict"}
)  # fmt: skip
"""Columns and keys whose texts are what a number was read as."""

DECISIONS = frozenset(
    {*get_args(VerdictWord), *get_args(RefereeAnswer), *get_args(Cluster), "significant",
     "rejected", "not rejected", "supports", "contradicts"}
)  # fmt: skip
"""Words that are a decision wherever they stand."""

RULE = ("tolerance", "format", "permutations", "p_value")
"""What of a number decides how it is compared and printed."""

HEAD = ("title", "question", "picture")
PLACE = ("thing", "cell", "word", "number", "files")
"""What is recorded of a report and of a published thing beside numbers and texts."""

LOW, HIGH = "conf_low", "conf_high"

_REPEATED = re.compile(r"#\d+$")


def compared_numbers(old: Ledger, new: Ledger) -> tuple[int, list[Finding]]:
    """Return how many numbers both ledgers hold, and a finding for each that is not identical."""
    same_numpy = old.versions.get("numpy") == new.versions.get("numpy")
    both = [key for key in old.numbers if key in new.numbers]
    pairs = ((old.numbers[key], new.numbers[key]) for key in both)
    found = [difference(a, b, same_numpy=same_numpy) for a, b in pairs]
    return len(both), [
        from_difference(d, interval=_interval(d, old, new)) for d in found if d is not None
    ]


def kinds_of(old: Ledger, new: Ledger) -> dict[Tolerance, int]:
    """Return how many of the numbers in both ledgers are of each kind, as the new run says."""
    counts = Counter(n.tolerance for key, n in new.numbers.items() if key in old.numbers)
    return {kind: counts[kind] for kind in get_args(Tolerance) if counts[kind]}


def compared_rules(old: Ledger, new: Ledger, differing: Iterable[Finding]) -> list[Finding]:
    """Return a finding for each number that the ledger has under another rule than the new run.

    A format follows from the values of a column: it is compared where none came out different.
    """
    failing = any(f.kind != "within tolerance" for f in differing)
    names = [name for name in RULE if name != "format" or not failing]
    return [
        Finding(key, "kind", f"its {name} was {was!r}, is {now!r}", str(was), str(now))
        for key, number in old.numbers.items()
        if (again := new.numbers.get(key)) is not None
        for name in names
        if (was := getattr(number, name)) != (now := getattr(again, name))
    ]


def widened(old: Ledger, new: Ledger, within: Iterable[Finding]) -> list[str]:
    """Return a note that names the numbers that only the rule for another numpy lets pass."""
    before, now = (ledger.versions.get("numpy", "absent") for ledger in (old, new))
    drawn = [f.id for f in within if old.numbers[f.id].tolerance in ("simulation", "permutation")]
    if before == now or not drawn:
        return []
    return [f"within the wider tolerance of numpy {now} beside {before}: {', '.join(drawn)}"]


def _interval(d: Difference, old: Ledger, new: Ledger) -> str:
    """Return what became of an interval of which this number is an end, if 0 went in or out."""
    ends = ends_of(d.id)
    if ends is None or not all(end in ledger.numbers for end in ends for ledger in (old, new)):
        return ""
    before, now = (
        _holds_zero([ledger.numbers[end].value for end in ends]) for ledger in (old, new)
    )
    if before == now:
        return ""
    return "; the interval held 0 and does not now" if before else "; the interval holds 0 now"


def ends_of(key: str) -> tuple[str, str] | None:
    """Return the ids of both ends of the interval that a number is an end of, if it is one."""
    head, slash, column = key.rpartition("/")
    for end in (LOW, HIGH):
        if _measured(column) == end:
            return (
                head + slash + column.replace(end, LOW),
                head + slash + column.replace(end, HIGH),
            )
    return None


def _measured(column: str) -> str:
    return _REPEATED.sub("", column.rpartition(LEVELS)[2])


def _holds_zero(ends: list[float]) -> bool:
    return min(ends) <= 0 <= max(ends)


def compared_texts(old: Ledger, new: Ledger) -> list[Finding]:
    """Return a finding for each text, caption and kind of entry that is not as it was."""
    return [*_texts(old, new), *_kinds(old, new), *_places(old, new), *_came_and_went(old, new)]


def compared_head(old: Ledger, new: Ledger) -> list[Finding]:
    """Return a finding for each part of a ledger's head, and of a place, that is not as it was."""
    heads = [(old.report, name, getattr(old, name), getattr(new, name)) for name in HEAD]
    named = {one.name: one for one in new.datasets}
    heads += [
        (one.name, name, getattr(one, name), getattr(named[one.name], name))
        for one in old.datasets
        if one.name in named
        for name in ("title", "marks")
        if name == "title" or (not one.marks and _same_data(one, named[one.name], old, new))
    ]
    again = {place.name: place for place in new.published}
    heads += [
        (place.name, name, getattr(place, name), getattr(again[place.name], name))
        for place in old.published
        if place.name in again
        for name in PLACE
    ]
    heads += [
        (key, name, getattr(number, name), getattr(new.numbers[key], name))
        for key, number in old.numbers.items()
        if key in new.numbers
        for name in ("row", "column")
    ]
    return [
        Finding(key, "record", f"its {name} was {was!r}, is {now!r}", str(was), str(now))
        for key, name, was, now in heads
        if was != now
    ]


def _same_data(one: Dataset, other: Dataset, old: Ledger, new: Ledger) -> bool:
    """Say whether a ledger that has no marks of data should have those of the new run."""
    return one.files == other.files and old.schema == new.schema


def _texts(old: Ledger, new: Ledger) -> Iterator[Finding]:
    for key, text in old.texts.items():
        other = new.texts.get(key)
        if other is not None and other.text != text.text:
            yield _text(key, text.text, other.text)


def _text(key: str, was: str, now: str) -> Finding:
    column = _measured(key.rpartition("/")[2])
    decides = column in DECIDING or was in DECISIONS or now in DECISIONS
    kind: Kind = "decision" if decides else "text"
    return Finding(key, kind, f"was {was!r}, is {now!r}", was, now)


def _places(old: Ledger, new: Ledger) -> Iterator[Finding]:
    now = {place.name: place for place in new.published}
    for place in old.published:
        other = now.get(place.name)
        if other is not None and other.caption != place.caption:
            told = f"its caption was {place.caption!r}, is {other.caption!r}"
            yield Finding(place.name, "text", told, place.caption, other.caption)
        elif (
            other is not None
            and other.sentence != place.sentence
            and same_entries(place.name, old, new)
        ):
            told = f"its sentence was {place.sentence!r}, is {other.sentence!r}"
            yield Finding(place.name, "text", told, place.sentence, other.sentence)


def same_entries(name: str, old: Ledger, new: Ledger) -> bool:
    """Say whether a thing prints the same numbers and texts in both ledgers."""
    mine, yours = (
        {key: n.printed for key, n in ledger.numbers.items() if _of(name, key)}
        | {key: text.text for key, text in ledger.texts.items() if _of(name, key)}
        for ledger in (old, new)
    )
    return mine == yours


def _of(name: str, key: str) -> bool:
    return key == name or key.startswith((f"{name}/", f"{name}#"))


def _came_and_went(old: Ledger, new: Ledger) -> Iterator[Finding]:
    before, after = ({**ledger.numbers, **ledger.texts} for ledger in (old, new))
    things, again = ([place.name for place in ledger.published] for ledger in (old, new))
    gone = [key for key in before if key not in after]
    gone += [name for name in things if name not in again and not _has(name, before)]
    fresh = [key for key in after if key not in before]
    fresh += [name for name in again if name not in things and not _has(name, after)]
    yield from (Finding(key, "entry", "published before, not now") for key in gone)
    yield from (Finding(key, "entry", "published now, not before") for key in fresh)


def _has(name: str, entries: dict[str, object]) -> bool:
    """Say whether a published thing has numbers or texts, which are named one by one."""
    return any(_of(name, key) for key in entries)


def _kinds(old: Ledger, new: Ledger) -> Iterator[Finding]:
    for key in {**old.numbers, **old.texts}:
        if key in (new.texts if key in old.numbers else new.numbers):
            yield Finding(key, "entry", "was a number, is a text (or the other way round)")


def misprints(ledger: Ledger) -> list[Finding]:
    """Return a finding for each number whose printed text does not follow from its value."""
    return [
        Finding(
            key,
            "misprint",
            f"the ledger prints {ledger.numbers[key].printed!r}, which is not its value "
            f"{ledger.numbers[key].value!r}",
        )
        for key in inconsistencies(ledger)
    ]
