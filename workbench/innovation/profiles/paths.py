"""How a region moves: levels, places, and growth that does not step over a new method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.panel_frame import period_text
from workbench.core.periods import times
from workbench.errors import InputError, PanelError, nearest
from workbench.innovation.profiles.source import ProfileSource
from workbench.numerics.standing import places
from workbench.typing import FloatArray

Breaks = Mapping[str, tuple[Any, ...]]


def read_breaks(
    breaks: Mapping[str, Sequence[Any]] | None, names: Sequence[str], periods: pd.Index | None
) -> Breaks:
    """Return first periods of a new method by indicator, or refuse them."""
    if not breaks:
        return {}
    if periods is None:
        raise InputError(
            "breaks", expected="None for a cross-section", found="breaks",
            remedy="pass a panel, indexed by (region, period)",
        )  # fmt: skip
    unknown = [name for name in breaks if name not in names]
    if unknown:
        raise InputError(
            "breaks",
            expected=f"indicators: {', '.join(names)}",
            found=f"{len(unknown)} others",
            offenders=unknown,
            remedy=nearest(unknown[0], names),
        )
    found = {}
    for name, when in breaks.items():
        listed = [when] if isinstance(when, str) or not isinstance(when, Sequence) else list(when)
        odd = [one for one in listed if one not in periods[1:]]
        if odd or not listed:
            raise PanelError(
                "breaks",
                expected="periods of the data after the first, each the first of a new method",
                found=f"others for {name}",
                offenders=[period_text(one) for one in odd],
            )
        found[name] = tuple(sorted(listed))
    return found


def paths_of(source: ProfileSource, region: Any, peers: list[Any]) -> pd.DataFrame | None:
    """Return a row an indicator and period: values and places; None of a cross-section."""
    if source.panel is None or source.periods is None:
        return None
    parts = {}
    for place, name in enumerate(source.values.columns):
        wide = source.panel[name].unstack().reindex(columns=source.periods)  # noqa: PD010
        turned = wide.to_numpy() * source.indicators.direction[place]
        own = wide.index.get_loc(region)
        near = wide.loc[wide.index.isin(peers)]
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = wide.median().to_numpy()
            table = pd.DataFrame(
                {
                    "value": wide.loc[region],
                    "rank": places.places_from_best(turned)[own],
                    "regions": wide.count(),
                    "percentile": places.percentiles(turned)[own],
                    "country_median": middle,
                    "relative": _ratio(wide.loc[region].to_numpy(), middle),
                },
                index=source.periods,
            )
            if peers:
                at = pd.DataFrame(places.percentiles(turned), wide.index, wide.columns)
                at = at.loc[near.index]
                table["peers_median"] = near.median()
                table["peers_low"], table["peers_high"] = near.min(), near.max()
                table["peers_percentile"] = at.median()
                table["peers_percentile_low"], table["peers_percentile_high"] = at.min(), at.max()
        parts[name] = table
    return pd.concat(parts, names=["indicator", "period"])


def dynamics_table(paths: pd.DataFrame, breaks: Breaks) -> pd.DataFrame:
    """Return a row an indicator: first and last level, change, growth, and places at both ends."""
    rows = {}
    for name, path in paths.groupby(level="indicator", sort=False):
        rows[name] = _ends(path.droplevel("indicator"), breaks.get(str(name), ()))
    return pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), name="indicator"))


def _ends(path: pd.DataFrame, cuts: tuple[Any, ...]) -> dict[str, Any]:
    known = path.index[path["value"].notna()]
    row: dict[str, Any] = {
        "missing_share": float(path["value"].isna().mean()),
        "breaks": len([one for one in cuts if len(known) and known[0] < one <= known[-1]]),
    }
    if len(known) < 2:
        return row
    first, last = path.loc[known[0]], path.loc[known[-1]]
    change = steps(path["value"], cuts)
    row |= {
        "start": known[0],
        "end": known[-1],
        "level_first": float(first["value"]),
        "level_last": float(last["value"]),
        "change": float(np.nansum(change)) if np.isfinite(change).any() else np.nan,
        "growth": growth(path["value"], cuts),
        "country_growth": growth(path["country_median"].where(path["value"].notna()), cuts),
        "rank_first": int(first["rank"]),
        "rank_last": int(last["rank"]),
        "places_gained": int(first["rank"] - last["rank"]),
        "percentile_change": float(last["percentile"] - first["percentile"]),
        "relative_first": float(first["relative"]),
        "relative_last": float(last["relative"]),
    }
    if "peers_median" in path:
        row["peers_growth"] = growth(path["peers_median"].where(path["value"].notna()), cuts)
        row["peers_relative_first"] = _one_ratio(first["value"], first["peers_median"])
        row["peers_relative_last"] = _one_ratio(last["value"], last["peers_median"])
    return row


def steps(column: pd.Series[Any], cuts: tuple[Any, ...]) -> FloatArray:
    """Return differences between one known period and the next, NaN where a new method begins."""
    known = column.dropna()
    gone = np.diff(known.to_numpy(dtype=np.float64))
    return np.where(_crosses(known.index, cuts), np.nan, gone)


def growth(column: pd.Series[Any], cuts: tuple[Any, ...]) -> float:
    """Return mean growth of the logarithm a unit of time, steps into a new method left out.

    Missing where a value is zero or negative, or no step is left.

    Examples
    --------
    >>> path = pd.Series([1.0, 2.0, 40.0, 80.0], index=[2000, 2001, 2002, 2003])
    >>> round(float(growth(path, (2002,)) / np.log(2.0)), 6)
    1.0
    """
    known = column.dropna()
    if len(known) < 2 or (known <= 0).any():
        return float("nan")
    gone = np.diff(np.log(known.to_numpy(dtype=np.float64)))
    took = np.diff(times(known.index))
    kept = ~_crosses(known.index, cuts)
    return float(gone[kept].sum() / took[kept].sum()) if kept.any() else float("nan")


def _crosses(periods: pd.Index, cuts: tuple[Any, ...]) -> Any:
    found = np.zeros(max(len(periods) - 1, 0), dtype=bool)
    for cut in cuts:
        found |= np.asarray((periods[:-1] < cut) & (periods[1:] >= cut))
    return found


def _ratio(value: FloatArray, base: FloatArray) -> FloatArray:
    """Return value / base where the base is above zero and the value not negative."""
    fine = (base > 0) & (value >= 0)
    return np.where(fine, value / np.where(fine, base, 1.0), np.nan)


def _one_ratio(value: float, base: float) -> float:
    return float(_ratio(np.array([value]), np.array([base]))[0])
