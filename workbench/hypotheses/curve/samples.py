"""Samples of a curve: tables made from the data by a mask, a query, a function or region ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.alignment import match
from workbench.core.ids import region_ids
from workbench.errors import FormulaError, IdError, InputError
from workbench.typing import Align
from workbench.weights import Weights

ALL = "all"
"""Label of the sample that is all of the data."""

SampleLike: TypeAlias = Any
"""A mask, a query, a function of the data, a table, a list of region ids, or None for all."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A table of a curve.

    Attributes
    ----------
    table : DataFrame
        A cross-section or a panel.
    part : bool
        Whether it leaves out regions of the data, so that W is restricted to the rest.
    """

    table: pd.DataFrame
    part: bool

    @property
    def regions(self) -> pd.Index:
        """Region ids, each once."""
        return regions_of(self.table)


def regions_of(table: pd.DataFrame) -> pd.Index:
    """Return the region ids of a cross-section or panel, each once."""
    index = table.index
    return index.get_level_values(0).unique() if isinstance(index, pd.MultiIndex) else index


def draw_samples(data: Any, samples: Any) -> dict[str, Drawn]:
    """Return the tables of a curve by label.

    Parameters
    ----------
    data : DataFrame
        A cross-section indexed by region id, or a panel indexed by (region, period).
    samples : mapping of str to sample, one sample, or None
        None is all of the data.

    Raises
    ------
    InputError
        If one is no sample, has an unknown region, or has no row.
    """
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame indexed by region id, or by (region, period)",
            found=type(data).__name__,
        )
    if samples is None:
        return {ALL: Drawn(data, part=False)}
    if not isinstance(samples, Mapping):
        samples = {samples if isinstance(samples, str) else "sample": samples}
    if not samples:
        raise InputError("samples", expected="at least one sample", found="none")
    return {str(label): _drawn(str(label), data, given) for label, given in samples.items()}


def _drawn(label: str, data: pd.DataFrame, given: SampleLike) -> Drawn:
    argument = f"samples[{label!r}]"
    table = _table(argument, data, given)
    if len(table) == 0:
        raise InputError(argument, expected="a sample with rows", found="none")
    regions, every = regions_of(table), regions_of(data)
    return Drawn(table, part=len(regions) < len(every) and bool(regions.isin(every).all()))


def _table(argument: str, data: pd.DataFrame, given: SampleLike) -> pd.DataFrame:
    mask: Any
    if given is None:
        return data
    if callable(given) and not isinstance(given, pd.DataFrame | pd.Series):
        given = given(data)
    if isinstance(given, pd.DataFrame):
        return given
    if isinstance(given, str):
        return _queried(argument, data, given)
    if isinstance(given, pd.Series) and pd.api.types.is_bool_dtype(given):
        mask = _by_label(argument, data, given)
        return pd.DataFrame(data.loc[mask])
    if isinstance(given, np.ndarray) and given.dtype == bool:
        if given.shape != (len(data),):
            raise InputError(
                argument,
                expected=f"a mask of the {len(data)} rows",
                found=f"shape {given.shape}",
            )
        return data.loc[given]
    if isinstance(given, Sequence | pd.Index | np.ndarray | set | frozenset):
        return _of_regions(argument, data, list(given))
    raise InputError(
        argument,
        expected="a mask, a query, a function of the data, a table or a list of region ids",
        found=f"a Series of {given.dtype}"
        if isinstance(given, pd.Series)
        else type(given).__name__,
        remedy='samples={"west": "longitude < 60", "all": None}; a mask holds True and False only',
    )


def _queried(argument: str, data: pd.DataFrame, query: str) -> pd.DataFrame:
    try:
        found = data.query(query)
    except Exception as fault:  # whatever pandas makes of a text that is no query
        raise FormulaError(
            argument,
            expected="a query of columns or index levels",
            found=f"{query!r}: {' '.join(str(fault).split())}",
            remedy='samples={"large": lambda table: table["population"] > least}, for values of '
            "your own"
            if "@" in query
            else 'samples={"recent": "year >= 2010"}',
        ) from fault
    return pd.DataFrame(found)


def _by_label(argument: str, data: pd.DataFrame, mask: pd.Series[Any]) -> Any:
    """Return a mask in the order of the data; of a panel it may be by region."""
    keys = data.index
    if isinstance(keys, pd.MultiIndex) and not isinstance(mask.index, pd.MultiIndex):
        keys = keys.get_level_values(0)
    missing = keys.difference(mask.index)
    if len(missing) or mask.index.has_duplicates:
        raise IdError(
            argument,
            expected="a mask with one value for every row, or every region, of the data",
            found=f"{len(missing)} without one" if len(missing) else "labels that occur again",
            offenders=missing,
        )
    return mask.reindex(keys).to_numpy(dtype=bool)


def _of_regions(argument: str, data: pd.DataFrame, ids: list[Any]) -> pd.DataFrame:
    every = regions_of(data)
    unknown = [region for region in ids if region not in every]
    if unknown:
        raise IdError(
            argument,
            expected="region ids of the data",
            found=f"{len(unknown)} others",
            offenders=unknown,
        )
    keys = data.index
    if isinstance(keys, pd.MultiIndex):
        keys = keys.get_level_values(0)
    return data.loc[keys.isin(ids)]


def refuse_unmatched(
    data: pd.DataFrame,
    samples: Mapping[str, Drawn],
    weights: Mapping[str, Any],
    align: Align | None,
) -> None:
    """Refuse ids that only data or only weights have, before anything is estimated.

    A sample that leaves out regions of the data has W restricted to the rest, so the data match W
    in its place; all others must match W, unless the caller said otherwise.
    """
    for label, drawn in samples.items():
        for name, W in weights.items():
            if not isinstance(W, Weights):
                continue  # one W a period: a fit aligns each
            whole = label == ALL or (drawn.part and align is None)
            argument = "data" if whole else f"samples[{label!r}]"
            ids = regions_of(data if whole else drawn.table)
            regions = region_ids(pd.Index(ids), argument=argument)
            try:
                match(regions, W.ids, argument=f"{argument} with {name}", align=align or "strict")
            except IdError as error:
                raise _of_a_curve(error) from error


def _of_a_curve(error: IdError) -> IdError:
    """Return the refusal with the way out that a curve has: what a fit takes stands in options."""
    remedy = (error.remedy or "").replace(
        'pass align="intersection"', 'pass options={"align": "intersection"}'
    )
    return IdError(
        error.argument,
        expected=error.expected,
        found=error.found,
        offenders=error.offenders,
        why=error.why,
        remedy=remedy,
    )
