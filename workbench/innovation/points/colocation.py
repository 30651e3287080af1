"""Colocation quotients: which kinds of points have which kinds next to them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level
from workbench.errors import (
    GeometryError,
    InputError,
    OptionError,
    check_number,
    check_option,
    check_whole,
)
from workbench.explore.permuted import check_permutations, permutation_p
from workbench.innovation.points.colocation_result import Around, ColocationQuotients, Labelling
from workbench.innovation.points.establishments import Establishments, read_establishments
from workbench.innovation.typologies.profiles import adjusted
from workbench.numerics.points import colocation as kernel
from workbench.typing import (
    Alternative,
    ColocationKernel,
    FloatArray,
    PointMetric,
    PValueAdjustment,
    Unit,
)


def colocation_quotient(
    points: Any,
    kinds: str,
    *,
    neighbours: int | None = None,
    bandwidth: float | None = None,
    kernel: ColocationKernel = "uniform",
    permutations: int = 999,
    alternative: Alternative = "two-sided",
    adjust: PValueAdjustment = "fdr_bh",
    level: float = 0.95,
    metric: PointMetric = "auto",
    unit: Unit = "km",
    seed: int = 0,
) -> ColocationQuotients:
    """Compare the kinds among the nearest neighbours of each kind with random labels.

    ``CLQ(A→B) = (C_AB / N_A) / (N'_B / (N − 1))``: the share of B among the neighbours of A over
    that among all other points; N'_B is N_B, or N_A − 1 for A itself. 1 is no association given
    where the points are; 2, that A have twice as many B beside them. It is not symmetric: every
    start-up may have a university next to it, and few universities a start-up. The global quotient
    is ``Σ_A C_AA / Σ_A N_A (N_A − 1)/(N − 1)``: whether kinds are next to their like.

    Parameters
    ----------
    points : GeoDataFrame
        A row a point, indexed by its id, in any order; several may share a place.
    kinds : str
        Column with the kind of each; missing ones are refused.
    neighbours : int, optional
        k nearest points of each, by default 1 as in Leslie and Kronenfeld (2011). Points equally
        near share the last places among them: with k = 1 and three at the smallest distance each
        counts a third.
    bandwidth : float, optional
        In the place of `neighbours`: all points up to this distance, in `unit`.
    kernel : {"uniform", "gaussian"}, default "uniform"
        Whether neighbours count the same, or less the farther they are:
        ``exp(−(d/b)²/2)`` with b the bandwidth, or the distance of the k-th neighbour (Cromley,
        Hanink and Bentley 2014). Weights of a point add to 1 either way.
    permutations : int, default 999
        Random labellings R: kinds are thrown onto the places.
    alternative : {"two-sided", "greater", "less"}
        ``p = (M + 1)/(R + 1)``, of two sides twice the smaller tail.
    adjust : {"holm", "fdr_bh", "none"}
        Of the p-values over all pairs of kinds (and in ``local`` over all points).
    level : float, default 0.95
        Of the verdicts and of the interval of chance.
    metric : {"auto", "planar", "great-circle"}
        Great-circle for longitude and latitude, planar in a projection.
    unit : {"km", "m", "crs"}, default "km"
        Of `bandwidth`.
    seed : int, default 0
        Of the labellings.

    Returns
    -------
    ColocationQuotients
        ``matrix`` (from A in rows to B in columns), ``tidy()`` a row a pair, ``glance()`` the
        global quotient, ``local(kind)`` a row a point, ``plot()``.

    Raises
    ------
    InputError, GeometryError, IdError, ValuesError, OptionError
        If places or kinds are missing or unusable (ids named), there is one kind only, an option
        is unknown, or points have no neighbour within `bandwidth`.

    Notes
    -----
    A kind of a single point is not next to its like by definition: that cell is missing. Where
    points are towns, most nearest neighbours are ties at distance zero and the quotient tells
    which kinds share a town. Under random labels the expectation of every quotient is 1, exactly.

    References
    ----------
    Leslie, T. and Kronenfeld, B. (2011). The colocation quotient: a new measure of spatial
    association between categorical subsets of points. Geographical Analysis 43(3), 306-326.
    Cromley, R., Hanink, D. and Bentley, G. (2014). Geographically weighted colocation quotients:
    specification and application. The Professional Geographer 66(1), 138-148.

    Examples
    --------
    >>> import geopandas as gpd
    >>> pairs = gpd.GeoDataFrame({"kind": ["lab", "firm"] * 6}, crs=3857,
    ...     geometry=gpd.points_from_xy([i // 2 * 1e4 + i % 2 for i in range(12)], [0] * 12))
    >>> found = colocation_quotient(pairs, "kind", metric="planar")
    >>> found.matrix.loc["lab"].round(3).to_dict()
    {'firm': 1.833, 'lab': 0.0}
    """
    check_option("kernel", kernel, ColocationKernel)
    check_option("alternative", alternative, Alternative)
    check_option("adjust", adjust, PValueAdjustment)
    check_level(level)
    check_seed(seed)
    draws = check_permutations(permutations)
    sites = read_establishments(points, sector=kinds, weight=None, metric=metric, unit=unit)
    _require_kinds(sites)
    nearby, around = _nearby(sites, neighbours, bandwidth, kernel)
    labelling = Labelling(sites, nearby, draws, alternative, adjust, float(level), seed)
    pairs, whole = _tested(labelling)
    notes = (*sites.notes, *_notes(sites))
    return ColocationQuotients(
        labelling=labelling,
        pairs=pairs,
        whole=whole,
        around=around,
        notes=notes,
        provenance=Provenance(
            method="colocation quotient",
            formula=kinds,
            nobs=len(sites.ids),
            ids_digest=ids_digest(sites.ids),
            seed=seed,
            notes=notes,
            options={
                "neighbours": around[0].format(**dict(around[1])),
                "kernel": kernel,
                "permutations": str(draws),
                "alternative": alternative,
                "adjust": adjust,
                "level": f"{level:g}",
                "metric": sites.metric,
            },
        ),
    )


def _require_kinds(sites: Establishments) -> None:
    if len(sites.labels) < 2:
        raise InputError(
            sites.column,
            expected="points of two kinds or more",
            found=f"{len(sites.labels)}",
            why="random labels of one kind are always the same",
        )


def _nearby(
    sites: Establishments, neighbours: int | None, bandwidth: float | None, how: ColocationKernel
) -> tuple[kernel.Nearby, Around]:
    gaussian = how == "gaussian"
    if bandwidth is None:
        k = check_whole("neighbours", 1 if neighbours is None else neighbours)
        if k > len(sites.ids) - 1:
            raise OptionError(
                "neighbours",
                expected=f"at most {len(sites.ids) - 1}, the number of other points",
                found=str(k),
                remedy="neighbours=1, or a few",
            )
        told = "nearest neighbour" if k == 1 else "{k} nearest neighbours"
        around: Around = (told, () if k == 1 else (("k", k),))
        return kernel.nearest(sites.ground, k, gaussian=gaussian), around
    if neighbours is not None:
        raise InputError(
            "bandwidth",
            expected="either neighbours or bandwidth",
            found="both",
            remedy="leave one of them out",
        )
    width = check_number("bandwidth", bandwidth, above=0.0, remedy="bandwidth=50")
    nearby = kernel.within(sites.ground, width, gaussian=gaussian)
    alone = np.diff(nearby.start) == 0
    if alone.any():
        _refuse_alone(sites, alone, width)
    return nearby, ("neighbours up to {width:g} {unit}", (("width", width), ("unit", sites.unit)))


def _refuse_alone(sites: Establishments, alone: Any, width: float) -> None:
    first = kernel.nearest(sites.ground, 1, gaussian=False)
    gaps = np.linalg.norm(sites.ground.lines[:, first.focal] - sites.ground.lines[:, first.other],
                          axis=0)  # fmt: skip
    least = float(sites.ground.distances(gaps.max()))
    raise GeometryError(
        "bandwidth",
        expected="a neighbour of every point within it",
        found=f"{int(alone.sum())} points with none up to {width:g} {sites.unit}",
        offenders=list(sites.ids[alone]),
        why="a share of no neighbours is not defined",
        remedy=f"bandwidth={np.ceil(least * 10) / 10:g} reaches a neighbour of every point, "
        "neighbours=1 always does; or leave those points out",
    )


def _tested(asked: Labelling) -> tuple[pd.DataFrame, pd.DataFrame]:
    sites, nearby = asked.sites, asked.nearby
    k, n = len(sites.labels), len(sites.ids)
    sizes = np.bincount(sites.codes, minlength=k)
    observed = kernel.joins(nearby, sites.codes, k)
    random = generator(asked.seed, "colocation", sites.column)
    drawn = kernel.relabelled(nearby, sites.codes, k, draws=asked.draws, random=random)
    value = kernel.quotients(observed, sizes, sizes, n, same=True)
    chance = kernel.quotients(drawn, sizes, sizes, n, same=True)
    p = np.where(np.isnan(value), np.nan, _p(observed, drawn, asked))
    low, high = np.quantile(chance, [(1 - asked.level) / 2, (1 + asked.level) / 2], axis=0)
    labels = pd.Index(sites.labels)
    index = pd.MultiIndex.from_product([labels, labels], names=["kind", "neighbour_kind"])
    pairs = pd.DataFrame(
        {
            "points": np.repeat(sizes, k),
            "neighbour_points": np.tile(sizes, k),
            "joins": observed.ravel(),
            "colocation": value.ravel(),
            "chance_low": low.ravel(),
            "chance_high": high.ravel(),
            "p_permutation": p.ravel(),
            "p_adjusted": adjusted(p.ravel(), asked.adjust),
        },
        index=index,
    )
    pairs["verdict"] = asked.verdicts(pairs["colocation"], pairs["p_adjusted"])
    return pairs, _whole(asked, observed, drawn, sizes)


def _whole(asked: Labelling, observed: FloatArray, drawn: FloatArray, sizes: Any) -> pd.DataFrame:
    n = len(asked.sites.ids)
    if int((sizes * (sizes - 1)).sum()) == 0:
        raise InputError(
            asked.sites.column,
            expected="a kind with two points or more",
            found="every point of a kind of its own",
            remedy="join kinds",
        )
    like, chance = kernel.alike(observed, sizes, n), kernel.alike(drawn, sizes, n)
    ends = np.quantile(chance, [(1 - asked.level) / 2, (1 + asked.level) / 2])
    p = permutation_p(
        (chance >= like - kernel.SLACK).sum(),
        (chance <= like + kernel.SLACK).sum(),
        asked.draws,
        asked.alternative,
    )
    return pd.DataFrame(
        [
            {
                "points": n,
                "kinds": sizes.size,
                "colocation": float(like),
                "chance_low": float(ends[0]),
                "chance_high": float(ends[1]),
                "p_permutation": float(p),
                "permutations": asked.draws,
            }
        ]
    )


def _p(observed: FloatArray, drawn: FloatArray, asked: Labelling) -> FloatArray:
    # joins are sums of as many weights as there are points: rounding grows with them
    slack = kernel.SLACK * len(asked.sites.ids)
    return permutation_p(
        (drawn >= observed - slack).sum(axis=0),
        (drawn <= observed + slack).sum(axis=0),
        asked.draws,
        asked.alternative,
    )


def _notes(sites: Establishments) -> tuple[str, ...]:
    sizes = np.bincount(sites.codes)
    single: list[Hashable] = [sites.labels[k] for k in np.flatnonzero(sizes == 1)]
    if not single:
        return ()
    named = ", ".join(str(label) for label in single)
    return (f"Kinds of one point cannot be next to their like: {named}.",)
