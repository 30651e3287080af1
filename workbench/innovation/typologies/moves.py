"""The same typology in several periods: who moved, from which type to which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, PanelError, ValuesError
from workbench.explore.typology.classes import Classes
from workbench.explore.typology.result import Typology
from workbench.innovation.reading import same_regions
from workbench.innovation.typologies.labels import Labels, read_labels
from workbench.numerics.partitions.agreement import adjusted_rand, numbered
from workbench.numerics.partitions.concord import agreement_weights, kappa
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import IntArray, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TypologyMoves:
    """Types of the same regions in several periods; immutable.

    Attributes
    ----------
    ids, periods : pandas.Index, length n and T
        Regions in sorted order of ids; periods in increasing order.
    names : tuple of str, length k
        Types, from the lowest where they are ordered.
    ordered : bool
    codes : ndarray of int, shape (n, T)
        Type of each region in each period; read-only.
    notes : tuple of str
    provenance : Provenance
    """

    ids: pd.Index
    periods: pd.Index
    names: tuple[str, ...]
    ordered: bool
    codes: IntArray
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """How many regions over which periods."""
        first, last = (period_text(self.periods[t]) for t in (0, -1))
        return say(
            "Moves of {n} regions between {n_2} types, {first} to {last}",
            n=len(self.ids),
            n_2=len(self.names),
            first=first,
            last=last,
        )

    @property
    def counts(self) -> pd.DataFrame:
        """Number of moves from each type (row) to each (column), one period later, stays among."""
        k = len(self.names)
        pairs = (self.codes[:, :-1] * k + self.codes[:, 1:]).ravel()
        table = np.bincount(pairs, minlength=k * k).reshape(k, k)
        index = pd.Index(self.names, name="from")
        return pd.DataFrame(table, index=index, columns=index.rename("to"))

    @property
    def probabilities(self) -> pd.DataFrame:
        """Shares of the moves out of each type; missing for a type that no region was in."""
        counts = self.counts
        totals = counts.sum(axis=1).replace(0, np.nan)
        return counts.div(totals, axis=0)

    @property
    def by_interval(self) -> pd.DataFrame:
        """A row an interval, by its end: ``changed rand``, and of ordered types ``up down``.

        ``rand`` is the adjusted Rand index of the two periods.
        """
        before, after = self.codes[:, :-1], self.codes[:, 1:]
        columns: dict[str, Any] = {
            "changed": (before != after).sum(axis=0),
            "rand": [
                adjusted_rand(numbered(before[:, t]), numbered(after[:, t]))
                for t in range(before.shape[1])
            ],
        }
        if self.ordered:
            columns["up"] = (after > before).sum(axis=0)
            columns["down"] = (after < before).sum(axis=0)
        return pd.DataFrame(columns, index=self.periods[1:])

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of types: ``transitions probability``, stays among them."""
        counts, shares = self.counts.to_numpy(), self.probabilities.to_numpy()
        index = pd.MultiIndex.from_product([self.names, self.names], names=["from", "to"])
        return pd.DataFrame({"transitions": counts.ravel(), "probability": shares.ravel()}, index)

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, periods, types, regions that moved, share of stays, kappa.

        ``kappa`` compares the first with the last period, weighted where types are ordered.
        """
        moved = (self.codes[:, 1:] != self.codes[:, :-1]).any(axis=1)
        k = len(self.names)
        ends = np.bincount(self.codes[:, 0] * k + self.codes[:, -1], minlength=k * k)
        weights = agreement_weights(k, "quadratic" if self.ordered else None)
        return one_row(
            entities=len(self.ids),
            periods=len(self.periods),
            types=k,
            movers=int(moved.sum()),
            stays=float((self.codes[:, 1:] == self.codes[:, :-1]).mean()),
            kappa=kappa(ends.reshape(k, k).astype(np.int64), weights).kappa,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a (region, end of the interval) of those that moved: ``start from to``."""
        rows = np.argwhere(self.codes[:, 1:] != self.codes[:, :-1])
        index = pd.MultiIndex.from_arrays(
            [self.ids[rows[:, 0]], self.periods[rows[:, 1] + 1]], names=["region", "end"]
        )
        names = np.array(self.names, dtype=object)
        columns = {
            "start": self.periods[rows[:, 1]],
            "from": names[self.codes[rows[:, 0], rows[:, 1]]],
            "to": names[self.codes[rows[:, 0], rows[:, 1] + 1]],
        }
        return pd.DataFrame(columns, index=index)

    def plot(self, *, title: str | None = None) -> Any:
        """Return the table of moves as colours and numbers."""
        return display.picture("typology moves", self, title=title)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("", self.glance().set_axis([""])),
            ("Moves", self.counts),
            ("By interval", self.by_interval),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def typology_moves(typologies: Mapping[Any, Any] | pd.DataFrame) -> TypologyMoves:
    """Follow the types of the same regions over periods.

    Parameters
    ----------
    typologies : mapping of period to typology, or pandas.DataFrame
        Types or classes made in the same way in each period, or series of types; or a table of
        types with a row a region and a column a period. The same regions in all. Classes are
        compared by their places, others by their names. Groups are refused: group 1 of one year is
        not group 1 of the next.

    Returns
    -------
    TypologyMoves
        ``.counts``, ``.probabilities``, ``.by_interval``, ``.tidy()``, ``.augment()`` (who moved),
        ``.plot()``.

    Raises
    ------
    InputError, PanelError, IdError, ValuesError
        If periods or types cannot be used, or regions differ.

    Examples
    --------
    >>> table = pd.DataFrame({2010: ["core", "edge", "edge"], 2020: ["core", "core", "edge"]},
    ...                      index=list("abc"))
    >>> typology_moves(table).augment()[["from", "to"]].to_dict("index")
    {('b', 2020): {'from': 'edge', 'to': 'core'}}
    """
    each = _each(typologies)
    periods = list(each)
    read = [_labels(period, typology) for period, typology in each.items()]
    first = read[0]
    for period, labels in zip(periods[1:], read[1:], strict=True):
        same_regions(labels.ids, first.ids, argument=f"typologies[{period!r}]", totals=False)
    names, ordered = _common(read, periods)
    codes = np.column_stack(
        [np.array([names.index(name) for name in labels.named]) for labels in read]
    )
    unused = [name for t, name in enumerate(names) if not (codes == t).any()]
    notes = (f"types without a region in any period: {', '.join(unused)}",) if unused else ()
    return TypologyMoves(
        ids=first.ids,
        periods=pd.Index(periods, name="period"),
        names=names,
        ordered=ordered,
        codes=np.asarray(freeze(codes.astype(np.int64))),
        notes=notes,
        provenance=Provenance(
            method="moves between types",
            formula=first.title,
            nobs=codes.size,
            ids_digest=ids_digest(first.ids),
            notes=notes,
            options={"periods": ", ".join(map(period_text, periods)), "types": ", ".join(names)},
        ),
    )


def _each(typologies: Any) -> dict[Any, Any]:
    if isinstance(typologies, pd.DataFrame):
        if typologies.columns.has_duplicates:
            raise PanelError(
                "typologies",
                expected="one column a period",
                found="periods that occur more than once",
                offenders=typologies.columns[typologies.columns.duplicated()].tolist(),
                remedy="table.loc[:, ~table.columns.duplicated()]",
            )
        each = {period: typologies[period] for period in typologies.columns}
    else:
        if not isinstance(typologies, Mapping):
            raise InputError(
                "typologies",
                expected="a mapping of period to types, or a DataFrame with a column a period",
                found=type(typologies).__name__,
                remedy="typology_moves({2010: types_2010, 2020: types_2020})",
            )
        each = dict(typologies)
    if len(each) < 2:
        raise PanelError(
            "typologies", expected="at least two periods", found=str(len(each)),
            remedy="typology_moves({2010: types_2010, 2020: types_2020})",
        )  # fmt: skip
    try:
        return {period: each[period] for period in sorted(each)}
    except TypeError:
        raise PanelError(
            "typologies",
            expected="periods that have an order in time: numbers or dates",
            found=", ".join(repr(period) for period in each),
            remedy="typology_moves({2010: types_2010, 2020: types_2020})",
        ) from None


def _labels(period: Any, typology: Any) -> Labels:
    if isinstance(typology, Typology):
        raise InputError(
            f"typologies[{period!r}]",
            expected="types whose names mean the same in every period",
            found="groups, numbered anew in each",
            why="group 1 of one year is not group 1 of the next",
            remedy="name them: groups.labels.map({1: 'core', 2: 'periphery'}), or compare two "
            "years by compare_typologies(a, b)",
        )
    labels = read_labels(typology, argument=f"typologies[{period!r}]")
    if isinstance(typology, Classes):
        return labels.by_place
    return labels


def _common(read: list[Labels], periods: list[Any]) -> tuple[tuple[str, ...], bool]:
    """Return all names, in the order that ordered types agree on, and whether they do."""
    ordered = all(labels.ordered for labels in read)
    kinds = {labels.names for labels in read}
    if ordered and len(kinds) > 1:
        sizes = {labels.k for labels in read}
        other = next(t for t, labels in enumerate(read) if labels.names != read[0].names)
        raise ValuesError(
            "typologies",
            expected="the same ordered types in every period",
            found=f"{', '.join(read[0].names)} in {periods[0]} and {', '.join(read[other].names)} "
            f"in {periods[other]}",
            why="a move up or down needs one ladder"
            if len(sizes) == 1
            else "ladders with different numbers of steps cannot be climbed",
            remedy="make the types of each period in the same way",
        )
    if len(kinds) == 1:
        return read[0].names, ordered
    for before, after, period in zip(read, read[1:], periods[1:], strict=False):
        if not set(before.names) & set(after.names):
            raise ValuesError(
                "typologies",
                expected="types of the same names from one period to the next",
                found=f"{', '.join(after.names)} in {period}, {', '.join(before.names)} before",
                why="every region would have moved",
                remedy="make the types of each period in the same way, or compare_typologies(a, b)",
            )
    return tuple(sorted({name for labels in read for name in labels.names})), False
