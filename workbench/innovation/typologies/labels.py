"""Types by region id, from whatever holds them: classes, groups, types, or a published list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.alignment import Alignment, match
from workbench.core.ids import canonical_order, region_ids
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, ValuesError
from workbench.innovation.reading import same_regions
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import Align, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Type of each region.

    Attributes
    ----------
    ids : pandas.Index
        Region ids in sorted order.
    names : tuple of str
        Types; from the lowest where they are ordered.
    codes : ndarray of int, shape (n,)
        Type of each region as a place in `names`; read-only.
    ordered : bool
        Whether types are steps of one ladder.
    title : str
        What typology it is.
    variables : tuple of str
        What the types were made of, where that is known.
    """

    ids: pd.Index
    names: tuple[str, ...]
    codes: IntArray
    ordered: bool
    title: str
    variables: tuple[str, ...] = ()

    @property
    def k(self) -> int:
        """Number of types, those without a region among them."""
        return len(self.names)

    @property
    def sizes(self) -> IntArray:
        """Number of regions of each type, shape (k,)."""
        return np.bincount(self.codes, minlength=self.k).astype(np.int64)

    @property
    def named(self) -> list[str]:
        """Name of each region's type."""
        return [self.names[code] for code in self.codes]

    @property
    def by_place(self) -> Labels:
        """The same types named by their places from the lowest: bounds of classes may move."""
        names = tuple(f"class {place}" for place in range(1, self.k + 1))
        return Labels(self.ids, names, self.codes, True, self.title, self.variables)

    def at(self, ids: pd.Index) -> Labels:
        """Return the types of some of the regions, in the order of `ids`."""
        codes = self.codes[self.ids.get_indexer(ids)]
        return Labels(
            ids, self.names, np.asarray(freeze(codes)), self.ordered, self.title, self.variables
        )


def read_labels(typology: Any, *, argument: str) -> Labels:
    """Read types by region id.

    Parameters
    ----------
    typology : result or pandas.Series
        Classes, groups or types that have ``.labels`` by region id; or a series of types: text,
        whole numbers, or a categorical, whose order is kept if it is ordered (lowest first).
    argument : str
        Name of the caller's argument, for messages.

    Raises
    ------
    InputError, IdError, ValuesError
        If there are no types by region id, one is missing, all regions are of one type, or each is
        of its own.
    """
    own = getattr(typology, "labels", None)
    held = isinstance(own, pd.Series) and not isinstance(typology, pd.Series)
    labels = own if held else typology
    if not isinstance(labels, pd.Series):
        raise InputError(
            argument,
            expected="classes, groups or types, or a Series of types by region id",
            found=type(typology).__name__,
            remedy=f"pandas.Series({argument}, index=ids)"
            if isinstance(typology, list | tuple | dict | np.ndarray)
            else 'leader_types(scores), cluster(variables, table, k=4), or table["type"]',
        )
    ids = region_ids(labels.index, argument=argument)
    refuse_mixed(ids, argument=argument)
    labels = labels.iloc[canonical_order(ids)]
    _refuse_missing(labels, argument)
    codes, names, ordered = _coded(labels, argument)
    found = np.unique(codes).size
    if not 2 <= found < len(codes):
        raise ValuesError(
            argument,
            expected="at least two types, and fewer than regions",
            found=f"{found} in {len(codes)} regions",
            why="one type of all regions says nothing" if found < 2 else "every region is its own",
            remedy="pass types, not scores: classify(score, None, k=4) makes them of scores",
        )
    title = str(getattr(typology, "heading", "")) if held else str(labels.name or "types")
    return Labels(
        labels.index.rename(labels.index.name or "region"),
        names, np.asarray(freeze(codes)), ordered, title, _variables(typology) if held else (),
    )  # fmt: skip


def refuse_single(labels: Labels, *, argument: str) -> None:
    """Refuse regions in common that are all of one type, or each of its own."""
    found = int((labels.sizes > 0).sum())
    if not 2 <= found < len(labels.ids):
        raise ValuesError(
            argument,
            expected="at least two types among the regions in common, and fewer than regions",
            found=f"{found} in {len(labels.ids)} regions",
            why="what is left has nothing to compare",
            remedy="pass both for all regions",
        )


def _refuse_missing(labels: pd.Series[Any], argument: str) -> None:
    if labels.isna().any():
        raise ValuesError(
            argument,
            expected="a type for every region",
            found=f"{int(labels.isna().sum())} missing",
            offenders=labels.index[labels.isna()].tolist(),
            remedy=f"{argument}.dropna() leaves those regions out",
        )


def _coded(labels: pd.Series[Any], argument: str) -> tuple[IntArray, tuple[str, ...], bool]:
    if isinstance(labels.dtype, pd.CategoricalDtype):
        kinds = labels.cat.categories
        names = tuple(str(kind) for kind in kinds)
        codes = labels.cat.codes.to_numpy().astype(np.int64)
        return codes, _apart(names, argument), bool(labels.cat.ordered)
    if pd.api.types.is_float_dtype(labels.dtype):
        if (labels != np.round(labels)).any():
            raise ValuesError(
                argument,
                expected="types: names or whole numbers",
                found=f"numbers with a fraction, e.g. {float(labels.iloc[0]):g}",
                why="each score would be a type of its own",
                remedy=f"classify({argument}, None, k=4) makes classes of scores",
            )
        labels = labels.astype(np.int64)
    kinds_of = {isinstance(label, str) for label in labels}
    if len(kinds_of) > 1:
        raise ValuesError(
            argument,
            expected="types of one kind",
            found="text and numbers mixed",
            offenders=[i for i, label in labels.items() if not isinstance(label, str)],
            remedy=f"{argument}.astype(str)",
        )
    codes, found = pd.factorize(labels, sort=True)
    return codes.astype(np.int64), _apart(tuple(str(one) for one in found), argument), False


def _apart(names: tuple[str, ...], argument: str) -> tuple[str, ...]:
    if len({name.strip() for name in names}) < len(names):
        raise ValuesError(
            argument,
            expected="names of types that differ",
            found="names that differ in blanks only, or as text and number",
            offenders=[name for name in names if sum(o.strip() == name.strip() for o in names) > 1],
            remedy=f"{argument}.str.strip()",
        )
    return names


def _variables(typology: Any) -> tuple[str, ...]:
    """Return what types were made of, from those results that say it."""
    profiles = getattr(typology, "profiles", None)
    if profiles is not None and hasattr(profiles, "names"):
        return tuple(profiles.names)
    scores = getattr(typology, "scores", None)
    if isinstance(scores, pd.DataFrame):
        return tuple(str(name) for name in scores.columns)
    variable = getattr(typology, "variable", None)
    return (str(variable),) if isinstance(variable, str) else ()


def common_regions(ids: pd.Index, others: pd.Index, *, argument: str, align: Align) -> Alignment:
    """Return the regions that two tables have in common; all of both unless `align` says other."""
    if align == "strict":
        same_regions(
            ids,
            others,
            argument=argument,
            totals=False,
            otherwise='align="intersection" keeps the common ones',
        )
    return match(ids, others, argument=argument, align=align)
