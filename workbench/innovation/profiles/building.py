"""The profile of a region: its indicators and components against country, peers and best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.panel_frame import period_text
from workbench.core.provenance import Provenance
from workbench.errors import InputError
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.profiles.candidates import named_peers
from workbench.innovation.profiles.components import component_rows, placebo_p_values, standings
from workbench.innovation.profiles.likeness import Peers
from workbench.innovation.profiles.paths import paths_of, read_breaks
from workbench.innovation.profiles.profile import RegionProfile
from workbench.innovation.profiles.regions import require_region
from workbench.innovation.profiles.source import ProfileSource, read_profile_source

LEVEL = 0.05
SAME_ORDER = 0.95
"""Rank correlation from which an indicator is a variable of likeness, in other units or years."""


def region_profile(
    data: pd.DataFrame,
    indicators: Indicators | pd.DataFrame | Mapping[str, Any],
    region: Any,
    *,
    peers: Peers | Sequence[Any] | None = None,
    at: Any = None,
    periods: Sequence[Any] | None = None,
    weights: pd.Series[Any] | None = None,
    breaks: Mapping[str, Sequence[Any]] | None = None,
) -> RegionProfile:
    """Describe one region by indicators and their components, against country, peers and best.

    Parameters
    ----------
    data : DataFrame or GeoDataFrame
        Indexed by region id, or by (region, period); columns are the indicators, and others that
        are left aside. Rows in any order. Not changed.
    indicators : Indicators, DataFrame or mapping
        Metadata: ``direction``, ``group`` (the component), and perhaps ``weight``, ``unit``,
        ``label``. Without groups the indicators are one component, ``"index"``.
    region : id
        The region; a name is refused, and the message says whose it is.
    peers : Peers or sequence of ids, optional
        From :func:`peers`, or named. Without them there is no comparison with peers.
    at : period or sequence of periods, optional
        Of a panel: the period that the profile is of, or periods whose mean it is of (a region
        without a figure in one of them has none). By default the last period in which the region
        has every figure.
    periods : sequence, optional
        Of a panel: periods of :meth:`RegionProfile.dynamics`; all by default.
    weights : Series, optional
        Weights of regions in the country's mean, positive, by region id: the denominators of the
        indicators (population) make it the country's own figure. Equal weights by default.
    breaks : mapping of str to sequence of periods, optional
        Of a panel: first periods of a new method, by indicator: ``{"GRP a head": [2016]}``. Changes
        and growth leave the step into such a period out.

    Returns
    -------
    RegionProfile
        ``.tidy()``, ``.components``, ``.dynamics()``, ``.paths``, ``.gaps()``, ``.plot()``,
        ``.plot_dynamics()``.

    Raises
    ------
    IdError, InputError, ValuesError, PanelError
        If the region or a peer is not in the data, peers include the region, the region or a peer
        lacks a figure, an indicator is the same everywhere, weights or breaks cannot be used.

    Notes
    -----
    With x turned so that more is better: ``rank`` is 1 for the best, ties sharing the best place;
    ``index`` = 100 (x − min) / (max − min) over regions with
    a figure, which one outlying region decides; ``percentile`` = per cent of other regions that are
    worse, ties half, which it does not; ``z`` = (x − mean) / standard deviation (n − 1). The score
    of a component is the weighted mean of the indices of its indicators, for regions that have all;
    that of the whole is the weighted mean of components, as in :func:`composite` with its usual
    recipe and no treatment of outliers.

    ``p_place`` is exact where the region and its k peers are exchangeable, that is, where it
    is one of k + 1 alike: the two-sided p-value of its place among them, no smaller than
    2 / (k + 1); 39 peers are the fewest that can bring it to 0.05. It is not given where peers were
    chosen by an indicator of the component itself (a rank correlation of 0.95 or more with a
    variable of likeness), because likeness was then asked for.

    ``p_placebo`` gives every other region peers chosen in the same way, and places the region's
    distance from the median of its peers among those of all regions: is it farther from its like
    than others are from theirs? Two-sided, no smaller than 2 over the number of regions. It needs
    peers from :func:`peers` without ``among``; distances of regions with common peers are
    dependent, and regions that are extreme in the variables of likeness have none that are alike.

    Examples
    --------
    >>> import workbench as wb
    >>> year = wb.load("russia-innovation").xs(2019, level="year")
    >>> table = year.assign(
    ...     rd_share=100 * year["rd"] / year["grp"], income=year["grp"] / year["population"]
    ... )
    >>> told = {
    ...     "rd_share": {"direction": "higher", "group": "science base"},
    ...     "income": {"direction": "higher", "group": "production"},
    ... }
    >>> profile = region_profile(table, told, "RU-KEM", peers=["RU-TOM", "RU-NVS", "RU-IRK"])
    >>> profile.components["rank"].astype(int).to_dict()
    {'production': 44, 'science base': 65}
    """
    told = indicators if isinstance(indicators, Indicators) else Indicators(indicators)
    _require_components(told)
    source = read_profile_source(data, told, region, at=at, periods=periods, weights=weights)
    named = _peers(peers, source, region)
    source.require_figures([region, *named])
    used = _used_for_likeness(peers, source)
    cuts = read_breaks(breaks, told.names, source.periods)
    rows = standings(source, region, named)
    components, whole, scores = component_rows(source, rows, region, named, used)
    if isinstance(peers, Peers) and not peers.restricted:
        found = placebo_p_values(scores, peers, named)
        components["p_placebo"], whole["p_placebo"] = (
            found.reindex(table.index) for table in (components, whole)
        )
    notes = _notes(source, named, used, peers, cuts)
    return RegionProfile(
        region=region,
        peers=tuple(named),
        indicators=told,
        rows=rows,
        component_rows=components,
        whole=whole,
        scores=scores,
        paths_rows=paths_of(source, region, named),
        breaks=cuts,
        when=source.when,
        notes=notes,
        provenance=Provenance(
            method="profile of a region",
            formula=" + ".join(told.names),
            nobs=len(source.values),
            ids_digest=ids_digest(source.values.index),
            notes=notes,
            options={
                "region": str(region),
                "at": source.when or "cross-section",
                "peers": ", ".join(map(str, named)) or "none",
                "weights": "given" if weights is not None else "equal",
                "breaks": str({k: [period_text(p) for p in v] for k, v in cuts.items()}),
            },
        ),
    )


def _require_components(told: Indicators) -> None:
    if len(told.levels) > 2:
        raise InputError(
            "indicators",
            expected="one level of groups, the components",
            found=f"{len(told.levels) - 1}: {', '.join(told.levels[:-1])}",
            remedy='leave the upper ones out: indicators.table.drop(columns="parent")',
        )


def _peers(peers: Peers | Sequence[Any] | None, source: ProfileSource, region: Any) -> list[Any]:
    require_region(region, source.values.index)
    if peers is None:
        return []
    if isinstance(peers, Peers):
        if peers.region != region:
            raise InputError(
                "peers",
                expected=f"peers of {region}",
                found=f"those of {peers.region}",
                remedy=f"wb.innovation.peers(data, {region!r}, ...)",
            )
        return named_peers(list(peers.ids), source.values.index, region, argument="peers")
    return named_peers(peers, source.values.index, region, argument="peers")


def _used_for_likeness(peers: Any, source: ProfileSource) -> tuple[str, ...]:
    """Return the indicators by which peers were chosen: those that order regions alike."""
    if not isinstance(peers, Peers):
        return ()
    both = source.values.index.intersection(peers.values.index)
    likeness = peers.values.loc[both]
    return tuple(
        str(name)
        for name, column in source.values.loc[both].items()
        if likeness.corrwith(column, method="spearman").abs().max() >= SAME_ORDER
    )


def _notes(
    source: ProfileSource,
    named: list[Any],
    used: tuple[str, ...],
    peers: Any,
    cuts: Mapping[str, tuple[Any, ...]],
) -> tuple[str, ...]:
    notes = [f"Figures of {source.when}."] if source.when else []
    notes.append(
        f"{len(source.values)} regions; the country's mean "
        + ("is weighted." if source.weighted else "counts every region once.")
    )
    if named:
        floor = 2 / (len(named) + 1)
        told = f"With {len(named)} peers no p_place is below {min(floor, 1.0):.2g}"
        notes.append(told + (", so that none says much." if floor > LEVEL else "."))
        if isinstance(peers, Peers):
            notes.append(
                f"Peers: {peers.metric} distance by {', '.join(map(str, peers.variables.index))}."
            )
    if used:
        notes.append(f"Peers were chosen by {', '.join(used)}: no p-value is given there.")
    for name, when in cuts.items():
        years = ", ".join(map(period_text, when))
        notes.append(f"{name}: a new method from {years}; changes leave the step out.")
    return tuple(notes)
