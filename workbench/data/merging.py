"""Tables of Russian regions brought to a scheme with fewer units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import pandas as pd

from workbench.core.expressions import labels
from workbench.core.ids import region_ids
from workbench.data.schemes import OUTSIDE_83, names_of, parents, refuse_mixed, scheme_of
from workbench.errors import IdError, InputError, ValuesError, check_option
from workbench.typing import RegionScheme

Merged = TypeVar("Merged", "pd.DataFrame", "pd.Series[Any]")
Rule = str | tuple[str, str]


def merge_regions(
    table: Merged, scheme: RegionScheme = "80", *, how: Rule | Mapping[Any, Rule]
) -> Merged:
    """Bring a table to a scheme with fewer units: okrugs into their oblasts, or 85 to 83 units.

    Parameters
    ----------
    table : DataFrame or Series
        Indexed by ISO code of the region, or by (region, period). Not changed.
    scheme : {"80", "82", "83", "85"}
        The scheme to reach. Going to 80 or 83 leaves Crimea and Sevastopol out.
    how : str, (str, str) or mapping of column to these
        What becomes of the parts: ``"sum"`` of counts and totals; ``("mean", "population")``, the
        mean weighted by a column, of shares and rates; ``"first"``, the oblast's own, of names.
        One rule for all columns, or one for each.

    Returns
    -------
    DataFrame or Series
        Of the same kind, in sorted order. A part that is missing makes the whole missing.

    Raises
    ------
    IdError
        If a region is unknown or occurs twice, schemes are mixed, or `scheme` has more units than
        the table: the parts of a sum are not in it.
    InputError, ValuesError
        If a column has no rule, or is not numeric where it is to be added up; if weights are
        negative, or none in a unit.

    Examples
    --------
    >>> people = pd.Series({"RU-ARK": 1100.0, "RU-NEN": 44.0, "RU-TOM": 1070.0})
    >>> merge_regions(people, "80", how="sum").to_dict()
    {'RU-ARK': 1144.0, 'RU-TOM': 1070.0}
    """
    check_option("scheme", scheme, RegionScheme)
    frame = table.to_frame("value") if isinstance(table, pd.Series) else table
    if not isinstance(frame, pd.DataFrame) or hasattr(frame, "geometry"):
        raise InputError(
            "table",
            expected="a DataFrame or Series of figures",
            found=type(table).__name__,
            remedy=f'polygons are ready: wb.load("russia-regions", part="regions{scheme}")',
        )
    regions = frame.index.get_level_values(0)
    _refuse_refinement(frame.index, scheme)
    if scheme in ("80", "82"):
        rows = pd.Series(regions, index=frame.index)
        periods = frame.index.get_level_values(1) if frame.index.nlevels > 1 else None
        for period, present in [("", rows)] if periods is None else rows.groupby(periods):
            _refuse_whole_without_parts(present, f" in {period}" if periods is not None else "")
    kept = frame if scheme in ("82", "85") else frame[~regions.isin(OUTSIDE_83)]
    rules = _rules(kept, how)
    keys = kept.index.get_level_values(0).astype(str)
    own = keys if scheme in ("83", "85") else keys.map(lambda region: parents()[region])
    merged = pd.DataFrame({name: _merge(kept, name, rule, own) for name, rule in rules.items()})
    merged.index = merged.index.set_names(frame.index.names)
    if isinstance(table, pd.DataFrame):
        return merged
    one: pd.Series[Any] = merged["value"]
    one.name = table.name
    return one


def _merge(frame: pd.DataFrame, name: Any, rule: Rule, own: pd.Index) -> pd.Series[Any]:
    """Return one column of the merged table: a row a region, or a row a region and period."""
    keys: list[Any] = [
        own,
        *(frame.index.get_level_values(k) for k in range(1, frame.index.nlevels)),
    ]
    column: pd.Series[Any] = frame[name]
    if rule == "first":
        # the oblast's own row, or the only one
        main = own == frame.index.get_level_values(0).astype(str)
        return column[main].groupby([key[main] for key in keys]).first()
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise ValuesError(
            str(name),
            expected=f"numbers, to take the {rule if isinstance(rule, str) else rule[0]} of",
            found=f"values of type {column.dtype}",
            remedy=f'how={{{name!r}: "first"}} keeps the oblast\'s own',
        )
    if rule == "sum":
        return column.groupby(keys).sum(skipna=False)
    weight: pd.Series[Any] = frame[rule[1]]
    total = weight.groupby(keys).transform(lambda held: held.sum(skipna=False))
    if (total == 0).any():
        raise ValuesError(
            str(rule[1]),
            expected="some weight in every unit that is merged",
            found="none",
            offenders=labels(frame.index[total == 0]),
            why=f"the mean of {name} has no value there",
            remedy="leave those rows out",
        )
    # shares first, so that a unit without parts keeps its figure to the last bit
    share = weight / total
    return (column * share).groupby(keys).sum(skipna=False)


def _rules(frame: pd.DataFrame, how: Rule | Mapping[Any, Rule]) -> dict[Any, Rule]:
    given = how if isinstance(how, Mapping) else dict.fromkeys(frame.columns, how)
    lacking = [name for name in frame.columns if name not in given]
    beyond = [name for name in given if name not in frame.columns]
    if lacking or beyond:
        raise InputError(
            "how",
            expected="a rule for every column of the table",
            found=f"{len(lacking)} columns without one, {len(beyond)} rules for no column",
            offenders=[*lacking, *beyond],
            remedy=f'how={{{(lacking or beyond)[0]!r}: "sum", ...}}',
        )
    for name, rule in given.items():
        pair = isinstance(rule, tuple) and len(rule) == 2 and rule[0] == "mean"
        if not (rule in ("sum", "first") or (pair and rule[1] in frame.columns)):
            raise InputError(
                f"how[{name!r}]",
                expected='"sum", "first" or ("mean", a column of weights)',
                found=repr(rule),
                remedy='("mean", "population") for a rate per head' if rule == "mean" else "",
            )
        if pair:
            _refuse_weights(frame, rule[1])
    return {name: given[name] for name in frame.columns}


def _refuse_weights(frame: pd.DataFrame, name: Any) -> None:
    """Refuse weights that are no numbers of at least 0."""
    weights = frame[name]
    numeric = pd.api.types.is_numeric_dtype(weights.dtype)
    bad = weights.index[(weights < 0) | (weights == float("inf"))] if numeric else weights.index
    if len(bad):
        raise ValuesError(
            str(name),
            expected="weights of at least 0",
            found=f"{len(bad)} negative or infinite" if numeric else f"type {weights.dtype}",
            offenders=labels(bad),
            why="a mean is weighted by numbers of people, firms, hectares",
        )


def _refuse_refinement(index: pd.Index, scheme: RegionScheme) -> None:
    refuse_mixed(index, argument="table")
    regions = index.get_level_values(0).unique()
    region_ids(regions if index.nlevels > 1 else index, argument="table")
    repeated = index[index.duplicated()].unique()
    if len(repeated):
        raise IdError(
            "table",
            expected="each (region, period) once",
            found=f"{len(repeated)} that occur more than once",
            offenders=labels(repeated),
            why="a sum would count them twice",
            remedy="drop the repeated rows",
        )
    unknown = sorted({str(region) for region in regions} - set(parents()))
    if unknown:
        raise IdError(
            "table",
            expected="ISO codes of Russian regions",
            found=f"{len(unknown)} other ids",
            offenders=unknown,
            remedy='wb.load("russia-regions") has the codes beside the names',
        )
    own = scheme_of(regions)
    if own in ("80", "82") and scheme in ("83", "85"):
        raise IdError(
            "scheme",
            expected=f"at most the {own} units of the table",
            found=repr(scheme),
            why="the figures of the okrugs are inside those of their oblasts and cannot be told",
            remedy='merge the other table instead: merge_regions(other, "80", how=...)',
        )


def _refuse_whole_without_parts(regions: Iterable[object], periods: str = "") -> None:
    """Refuse to add up an oblast of which a part has no row."""
    present = names_of(regions)
    torn = {own for region, own in parents().items() if region != own and region in present}
    lacking = sorted(
        region for region, own in parents().items() if own in torn and region not in present
    )
    if lacking:
        raise IdError(
            "table",
            expected="every part of a unit that is to be merged",
            found=f"{len(lacking)} parts without a row{periods}",
            offenders=lacking,
            why="a sum without them would pass for the whole",
            remedy="add their rows, or drop those of the parts that are there",
        )
