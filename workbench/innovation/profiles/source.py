"""The figures of a profile: a cross-section of the level, and the panel that it was taken from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.columns import refuse_unusable
from workbench.core.ids import canonical_order, region_ids
from workbench.core.panel_frame import PanelFrame, panel_frame, period_text
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, PanelError, ValuesError, listing, nearest
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.profiles.regions import require_region
from workbench.innovation.reading import series

FEWEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class ProfileSource:
    """What a profile is computed from.

    Attributes
    ----------
    values : pandas.DataFrame, n × k
        Indicators of the period(s) of the profile: regions and indicators in sorted order.
    panel : pandas.DataFrame or None
        All periods asked for, sorted, columns as in `values`.
    periods : pandas.Index or None
    weights : pandas.Series
        Of regions in the country's mean, ones where none were given.
    weighted : bool
        Whether they were given.
    indicators : Indicators
    when : str
        The period(s) of the profile; empty of a cross-section.
    """

    values: pd.DataFrame
    panel: pd.DataFrame | None
    periods: pd.Index | None
    weights: pd.Series[Any]
    weighted: bool
    indicators: Indicators
    when: str

    @property
    def turned(self) -> pd.DataFrame:
        """The values with signs turned so that more is better."""
        return self.values * self.indicators.direction

    def require_figures(self, ids: Sequence[Any]) -> None:
        """Refuse regions that lack a figure, the first being the one that is described."""
        for place, argument in enumerate(("region", "peers")):
            asked = ids[:1] if place == 0 else ids[1:]
            lost = self.values.loc[list(asked)].isna()
            if not lost.to_numpy().any():
                continue
            bad = lost.index[lost.any(axis=1)]
            raise ValuesError(
                argument,
                expected="a figure for every indicator" + (f", {self.when}" if self.when else ""),
                found=f"none of {listing(list(lost.columns[lost.any()]))} for "
                f"{len(bad)} region{'s' * (len(bad) > 1)}",
                offenders=bad,
                why="a profile with holes would be compared with whole ones",
                remedy="leave those indicators out, or name another period with at="
                if place == 0
                else "name other peers, or leave those indicators out",
            )


def read_profile_source(
    data: Any,
    indicators: Indicators,
    region: Any,
    *,
    at: Any,
    periods: Sequence[Any] | None,
    weights: pd.Series[Any] | None,
) -> ProfileSource:
    """Check the table of a profile and take its level from it."""
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame indexed by region id, or by (region, period)",
            found=type(data).__name__,
            remedy='table.set_index("region")',
        )
    refuse_mixed(data.index)
    names = _columns(data, indicators)
    plain = pd.DataFrame(data)[names]
    if data.index.nlevels == 1:
        _refuse_of_panel(at=at, periods=periods)
        ids = region_ids(plain.index, argument="data")
        values = plain.iloc[canonical_order(ids)].astype(float)
        when, panel, asked = "", None, None
    else:
        frame = panel_frame(plain)
        require_region(region, frame.regions)
        asked = _asked(frame.periods, periods, argument="periods")
        values, when = _level(frame, region, at)
        rows = frame.table.index.get_level_values(1).isin(asked)
        panel = frame.table[rows].astype(float)
    require_region(region, values.index)
    _require_usable(values)
    weighted = weights is not None
    given = pd.Series(1.0, values.index) if weights is None else _weights(weights, values.index)
    return ProfileSource(values, panel, asked, given, weighted, indicators, when)


def _columns(data: pd.DataFrame, indicators: Indicators) -> list[str]:
    names = list(indicators.names)
    absent = [name for name in names if name not in data]
    if absent:
        raise InputError(
            "data",
            expected="a column for every indicator",
            found=f"none for {len(absent)}",
            offenders=absent,
            remedy=nearest(absent[0], map(str, data.columns)) or "add them, or leave them out",
        )
    refuse_unusable(data, names)
    other = [
        name for name in names
        if not pd.api.types.is_numeric_dtype(data[name]) or pd.api.types.is_bool_dtype(data[name])
    ]  # fmt: skip
    if other:
        raise ValuesError(
            "data", expected="numbers", found=f"{len(other)} columns of other types",
            offenders=other, remedy="data[column] = pandas.to_numeric(data[column])",
        )  # fmt: skip
    return names


def _refuse_of_panel(**given: Any) -> None:
    for argument, value in given.items():
        if value is not None:
            raise InputError(
                argument,
                expected="None for a cross-section",
                found=repr(value),
                remedy="pass a panel, indexed by (region, period)",
            )


def _asked(known: pd.Index, periods: Any, *, argument: str) -> pd.Index:
    if periods is None:
        return known
    listed = list(periods) if isinstance(periods, Sequence | pd.Index | range) and not isinstance(
        periods, str
    ) else [periods]  # fmt: skip
    unknown = [one for one in listed if one not in known]
    if unknown or not listed:
        raise PanelError(
            argument,
            expected=f"periods of the data, {period_text(known[0])} to {period_text(known[-1])}",
            found=f"{len(unknown)} others" if listed else "none",
            offenders=[period_text(one) for one in unknown],
        )
    return known[known.isin(listed)]


def _level(frame: PanelFrame, region: Any, at: Any) -> tuple[pd.DataFrame, str]:
    table = frame.table.astype(float)
    if at is None:
        own = table.xs(region, level=0).dropna()
        if own.empty:
            raise ValuesError(
                "region",
                expected="a period in which every indicator is known",
                found=f"none for {region}",
                offenders=[region],
                remedy="leave out the indicators that are never known together",
            )
        at = own.index.max()
    asked = _asked(frame.periods, at, argument="at")
    chosen = table[table.index.get_level_values(1).isin(asked)]
    grouped = chosen.groupby(level=0)
    # a region without a row in one of the periods has no figure, as with a blank in it
    values = grouped.mean().where(grouped.count() == len(asked))
    values = values.reindex(frame.regions)
    first, last = period_text(asked[0]), period_text(asked[-1])
    return values, first if len(asked) == 1 else f"{first} to {last}, mean of {len(asked)}"


def _require_usable(values: pd.DataFrame) -> None:
    infinite = np.isinf(values.to_numpy())
    if infinite.any():
        column = int(infinite.any(axis=0).argmax())
        raise ValuesError(
            str(values.columns[column]), expected="finite values", found="infinite ones",
            offenders=values.index[infinite[:, column]], remedy="look for a division by zero",
        )  # fmt: skip
    few = values.count() < FEWEST
    same = (values.max() - values.min()) <= 1e-12 * values.abs().max()
    if (few | same).any():
        raise ValuesError(
            "data",
            expected=f"indicators that differ between regions, at least {FEWEST} of them",
            found=f"{int((few | same).sum())} without figures or the same in all",
            offenders=values.columns[few | same],
            why="nobody has a place in what is the same everywhere",
            remedy="leave those indicators out",
        )


def _weights(weights: Any, ids: pd.Index) -> pd.Series[Any]:
    known = weights
    if isinstance(weights, pd.Series) and weights.index.is_unique:
        known = weights[weights.index.isin(ids)]
    return series(known, argument="weights", ids=ids, other="data", positive=True)
