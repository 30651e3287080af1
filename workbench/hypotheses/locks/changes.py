"""What differs between two locks, item by item, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core import display
from workbench.core.vocabulary import one_row
from workbench.hypotheses.locks.contradictions import reversed_direction
from workbench.hypotheses.locks.records import CHOICES, Content
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.stating import Stated
from workbench.typing import Tolerance

SINGULAR = {"models": "model", "effects": "effects", "covariances": "covariance"}


@dataclass(frozen=True, slots=True)
class Change:
    """One item that differs: what it is, what was locked, what is now, and how it reads."""

    item: str
    locked: str
    now: str
    change: str

    @property
    def text(self) -> str:
        """The change in words."""
        if self.change in ("added", "dropped"):
            return f"{self.item} {self.change}"
        reading = "" if self.change == "changed" else f" ({self.change})"
        return f"{self.item}: {self.locked} -> {self.now}{reading}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Changes:
    """What changed after a lock.

    Attributes
    ----------
    changes : tuple of Change
    locked, now : str
        Digests of both.
    """

    changes: tuple[Change, ...]
    locked: str
    now: str
    tolerance: Tolerance = "exact"

    @property
    def none(self) -> bool:
        """Whether nothing changed."""
        return not self.changes

    @property
    def notes(self) -> tuple[str, ...]:
        """The changes in words."""
        if self.none:
            return (f"Nothing changed after the lock {self.locked}.",)
        count = len(self.changes)
        head = f"{count} {'item' if count == 1 else 'items'} changed after the lock {self.locked}:"
        return (head, *(f"{change.text}." for change in self.changes))

    @property
    def table(self) -> pd.DataFrame:
        """A row an item that differs: index ``item``, columns ``locked now difference``."""
        rows = [(one.locked, one.now, one.change) for one in self.changes]
        index = pd.Index([one.item for one in self.changes], name="item", dtype=object)
        return pd.DataFrame(rows, index=index, columns=["locked", "now", "difference"])

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row: both digests, and how many items differ."""
        return one_row(locked=self.locked, now=self.now, differences=len(self.changes))

    def __str__(self) -> str:
        tables = [] if self.none else [("", self.table)]
        return display.text("After the lock", tables, self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tables = [] if self.none else [("", self.table)]
        return display.html("After the lock", tables, self.notes)


def differences(before: Content, after: Content) -> tuple[Change, ...]:
    """Return what differs between two contents, in the order in which a lock lists it."""
    one = {hypothesis.label: hypothesis for hypothesis in before.hypotheses}
    two = {hypothesis.label: hypothesis for hypothesis in after.hypotheses}
    found: list[Change] = []
    for label in sorted({*one, *two}):
        name = f"hypothesis {label!r}"
        if label in one and label in two:
            found += hypothesis_changes(one[label], two[label])
        else:
            found += _presence(name, one.get(label), two.get(label))
    texts = ({n: w.text for n, w in c.weights.items()} for c in (before, after))
    found += _named("W", *texts)
    found += _named("formula", before.formulas, after.formulas)
    for choice in CHOICES:
        own = (dict.fromkeys(content.listed(choice), "") for content in (before, after))
        found += _named(SINGULAR[choice], *own)
    if before.alpha != after.alpha:
        found.append(Change("alpha", _alpha(before.alpha), _alpha(after.alpha), "changed"))
    outcomes = (dict.fromkeys(content.outcomes, "") for content in (before, after))
    found += _named("outcome", *outcomes)
    return tuple(found)


def hypothesis_changes(before: Stated, after: Stated) -> list[Change]:
    """Return what differs between two hypotheses of one label."""
    name = f"hypothesis {before.label!r}"
    found = []
    if before.restriction != after.restriction:
        word = "direction reversed" if reversed_direction(before, after) else "changed"
        found.append(Change(name, before.restriction, after.restriction, word))
    if before.alpha != after.alpha:
        item = f"{name}, alpha"
        found.append(Change(item, f"{before.alpha:g}", f"{after.alpha:g}", "changed"))
    for part in ("kind", "statement", "mechanism", "reference"):
        old, new = getattr(before, part), getattr(after, part)
        if old != new:
            found.append(Change(f"{name}, {part}", old, new, "changed"))
    return found


def _named(word: str, one: Mapping[str, str], two: Mapping[str, str]) -> list[Change]:
    found: list[Change] = []
    for name in sorted({*one, *two}):
        item = f"{word} {name!r}" if one.get(name, two.get(name)) else f"{word} {name}"
        if name in one and name in two:
            if one[name] != two[name]:
                found.append(Change(item, one[name], two[name], "changed"))
        else:
            found += _presence(item, one.get(name), two.get(name))
    return found


def _presence(item: str, before: object, after: object) -> list[Change]:
    def told(thing: object) -> str:
        if isinstance(thing, Hypothesis | Expectation):
            return thing.restriction
        return str(thing or "")

    if before is None:
        return [Change(item, "", told(after), "added")]
    return [Change(item, told(before), "", "dropped")]


def _alpha(value: float | None) -> str:
    return "each hypothesis its own" if value is None else f"{value:g}"
