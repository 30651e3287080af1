"""Places of a region, indicator by indicator and component by component."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.vocabulary import one_row
from workbench.innovation.profiles.likeness import Peers
from workbench.innovation.profiles.source import ProfileSource
from workbench.numerics.standing import places
from workbench.typing import FloatArray, PeerPlace

WHOLE = "index"


def standings(source: ProfileSource, region: Any, peers: list[Any]) -> pd.DataFrame:
    """Return a row an indicator: the region's value and place, beside country, peers and best."""
    values, turned = source.values, source.turned
    ranks = pd.DataFrame(places.places_from_best(turned), values.index, values.columns)
    percentile = pd.DataFrame(places.percentiles(turned), values.index, values.columns)
    index = pd.DataFrame(places.min_max(turned), values.index, values.columns)
    told = source.indicators
    meta = told.table
    known = values.notna()
    best = turned.idxmax()
    rows = pd.DataFrame(
        {
            "component": _groups(source),
            "unit": meta.get("unit", ""),
            "value": values.loc[region],
            "rank": ranks.loc[region].astype(int),
            "regions": known.sum(),
            "percentile": percentile.loc[region],
            "z": (turned.loc[region] - turned.mean()) / turned.std(),
            "index": index.loc[region],
            "country_median": values.median(),
            "country_mean": [_mean(values[name], source.weights) for name in values],
            "best": best,
            "best_value": (told.direction * turned.max()).to_numpy(),
            "missing_share": 1 - known.mean(),
            "weight": _weights(source),
        },
        index=pd.Index(values.columns, name="indicator"),
    )
    if peers:
        near = values.loc[peers]
        at = percentile.loc[peers]
        rows["peers_median"], rows["peers_low"], rows["peers_high"] = (
            near.median(), near.min(), near.max(),
        )  # fmt: skip
        rows["peers_percentile"], rows["peers_percentile_low"], rows["peers_percentile_high"] = (
            at.median(), at.min(), at.max(),
        )  # fmt: skip
        rows["peers_index"] = index.loc[peers].median()
        rows["p_place"] = [
            places.place_p_value(float(own), near_of)
            for own, near_of in zip(turned.loc[region], turned.loc[peers].to_numpy().T, strict=True)
        ]
    rows["country_index"] = index.median()
    return rows


def component_rows(
    source: ProfileSource,
    rows: pd.DataFrame,
    region: Any,
    peers: list[Any],
    used: tuple[str, ...],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return a row a component, the row of the whole, and scores of all regions by component."""
    index = pd.DataFrame(places.min_max(source.turned), source.values.index, source.values.columns)
    groups = _groups(source)
    inner = pd.Series(source.indicators.expert[0], groups.index)
    scores = pd.DataFrame(
        {
            name: _weighted(index[groups.index[groups == name]], inner[groups == name])
            for name in _names(source)
        }
    )
    outer = pd.Series(_outer(source), scores.columns)
    whole = _weighted(scores, outer).rename(WHOLE)
    every = scores if list(scores.columns) == [WHOLE] else scores.assign(**{WHOLE: whole})
    chosen_by = {str(groups[name]) for name in used}
    table = pd.DataFrame(
        {name: _place(every[name], region, peers, tested=not chosen_by & {name}) for name in every}
    ).T.infer_objects()
    table.insert(0, "indicators", [
        int((groups == name).sum()) if name in set(groups) else len(groups) for name in every
    ])  # fmt: skip
    table.insert(1, "missing_share", [
        float(rows.loc[groups == name, "missing_share"].mean()) if name in set(groups)
        else float(rows["missing_share"].mean()) for name in every
    ])  # fmt: skip
    table.index.name = "component"
    if chosen_by and peers:
        table.loc[WHOLE, "p_place"] = np.nan
    return table.loc[list(scores.columns)], table.loc[[WHOLE]], every


def placebo_p_values(scores: pd.DataFrame, peers: Peers, named: list[Any]) -> pd.Series[Any]:
    """Return the place of the region's distance from its peers among those of all regions.

    Parameters
    ----------
    scores : DataFrame
        Of all regions, a column a component.
    peers : Peers
        How they were chosen; other regions get theirs in the same way, among those with a score.
    named : list of ids
        The peers of the region.
    """
    found = {}
    for name, column in scores.items():
        known = column.dropna()
        others = peers.of_others(known.index)
        others.pop(peers.region, None)
        if len(known) <= len(named) + 1 or not others:
            found[name] = np.nan
            continue
        gaps = [known[one] - known[near].median() for one, near in others.items()]
        own = float(known[peers.region] - known[named].median())
        found[name] = places.place_p_value(own, np.array(gaps))
    return pd.Series(found, dtype=float)


def between_row(scores: pd.DataFrame, region: Any) -> pd.DataFrame:
    """Return the difference of two components' percentiles, and its place among all regions."""
    at = places.percentiles(scores.to_numpy())
    ranks = places.ranks_from_best(scores.to_numpy())
    # differences of ranks are exact, those of percentiles would part what is tied
    gaps = pd.Series(ranks[:, 1] - ranks[:, 0], scores.index)
    others = gaps.drop(region).to_numpy()
    own = int(np.flatnonzero(scores.index == region)[0])
    return one_row(
        lagging=float(at[own, 0]),
        leading=float(at[own, 1]),
        difference=float(at[own, 0] - at[own, 1]),
        regions=len(scores),
        share_lower=float(places.percentiles(gaps.to_numpy())[own]) / 100.0,
        p_place=places.place_p_value(float(gaps[region]), others),
    )


def verdict(own: float, near: FloatArray) -> PeerPlace:
    """Return where a score stands among those of peers: a description, not a test.

    Examples
    --------
    >>> verdict(9.0, np.array([1.0, 2.0, 3.0, 4.0])), verdict(2.5, np.array([1.0, 2.0, 3.0, 4.0]))
    ('above all peers', 'in the middle half of peers')
    """
    if own > near.max():
        return "above all peers"
    if own < near.min():
        return "below all peers"
    low, high = np.quantile(near, (0.25, 0.75))
    if own > high:
        return "above the middle half of peers"
    return "below the middle half of peers" if own < low else "in the middle half of peers"


def _place(
    scores: pd.Series[Any], region: Any, peers: list[Any], *, tested: bool
) -> dict[str, Any]:
    own = float(scores[region])
    row: dict[str, Any] = {
        "score": own,
        "rank": int(places.places_from_best(scores)[scores.index.get_loc(region)]),
        "regions": int(scores.count()),
        "percentile": float(places.percentiles(scores)[scores.index.get_loc(region)]),
        "z": float((own - scores.mean()) / scores.std()),
        "country_median": float(scores.median()),
        "best": scores.idxmax(),
        "best_value": float(scores.max()),
    }
    if peers:
        near = scores[peers].to_numpy(dtype=np.float64)
        row |= {
            "peers_median": float(np.median(near)),
            "peers_low": float(near.min()),
            "peers_high": float(near.max()),
            "against_peers": own - float(np.median(near)),
            "peer_place": verdict(own, near),
            "p_place": places.place_p_value(own, near) if tested else np.nan,
        }
    return row


def _groups(source: ProfileSource) -> pd.Series[Any]:
    """Return the component of each indicator."""
    names = list(source.values.columns)
    table = source.indicators.table
    level = source.indicators.levels[0]
    told = table[level].astype(str).tolist() if level in table else [WHOLE] * len(names)
    return pd.Series(told, index=names, dtype=object)


def _names(source: ProfileSource) -> list[str]:
    return list(dict.fromkeys(_groups(source)))


def _outer(source: ProfileSource) -> FloatArray:
    expert = source.indicators.expert
    if len(expert) == 1:
        return np.ones(1)
    return expert[1]  # groups are sorted by name, as the indicators are by group


def _weights(source: ProfileSource) -> pd.Series[Any]:
    """Return the weight of each indicator in the whole; they add up to 1."""
    groups = _groups(source)
    inner = pd.Series(source.indicators.expert[0], groups.index)
    outer = pd.Series(_outer(source), _names(source))
    share = inner / inner.groupby(groups).transform("sum")
    return share * groups.map(outer / outer.sum()).astype(float)


def _weighted(table: pd.DataFrame, weights: pd.Series[Any]) -> pd.Series[Any]:
    """Return weighted means of rows, missing where a value is."""
    return (table * weights).sum(axis=1, skipna=False) / weights.sum()


def _mean(column: pd.Series[Any], weights: pd.Series[Any]) -> float:
    known = column.notna()
    return float(np.average(column[known], weights=weights[known]))
