"""Covariances of least-squares estimates: from an option and a fitted design to a matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import region_ids
from workbench.core.seeds import generator
from workbench.core.vocabulary import Reference
from workbench.errors import IdError, InputError, ValuesError
from workbench.numerics.geometry import neighbours
from workbench.numerics.regression.conley import (
    PairSums,
    conley_covariance,
    neighbour_covariance,
    spatial_kernel,
)
from workbench.numerics.regression.least_squares import hc1_covariance, least_squares
from workbench.numerics.regression.sandwich import (
    Influence,
    cluster_covariance,
    hc_covariance,
    influence,
    two_way_cluster_covariance,
)
from workbench.numerics.regression.scpc import principal_components, scpc_covariance
from workbench.regression.covariances import SCPC, Clustered, Conley, KelejianPrucha
from workbench.regression.design import Design
from workbench.regression.panel_covariances import refuse_for_cross_section
from workbench.typing import FloatArray, IntArray, LeastSquaresCovariance, Metric, Unit
from workbench.weights.distances import check_k, pairs_within
from workbench.weights.nearest import nearest_rows
from workbench.weights.places import Places, locate, natural_unit
from workbench.weights.sphere import EARTH_RADIUS_KM

FEW_CLUSTERS = 40
# Cameron and Miller (2015, section VI): few may be 20 to 50 and more where clusters are unequal.

VANISHING = 1e-10
# Share of the HC0 variance below which what the pairs leave is rounding of a sum that is zero.

INDEFINITE = -1e-8
# Smallest eigenvalue of a correlation matrix that rounding explains.


@dataclass(frozen=True, slots=True)
class Sandwich:
    """A covariance of estimates with its reference distribution.

    Attributes
    ----------
    cov : ndarray, shape (k, k)
        Covariance, with positive variances.
    df : float, Reference or None
        Of Student's t, or a distribution of its own; None for the normal one.
    title : str
        How it was computed, in words.
    notes : tuple of str
        What the reader must know.
    options : mapping of str to str
        What decides the numbers, for the provenance.
    seed : int or None
        Of random steps.
    """

    cov: FloatArray
    df: float | Reference | None
    title: str
    notes: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None


def word_covariance(word: LeastSquaresCovariance, design: Design, resids: FloatArray) -> FloatArray:
    """Return the covariance that a word names: classical, robust (HC1), HC0 to HC3.

    Raises
    ------
    ValuesError
        If HC2 or HC3 meets regions of leverage 1, named by their ids.
    """
    if word == "classical":
        found = least_squares(design.y, design.X)
        return found.sigma2 * found.xtx_inverse
    if word == "robust" or word == "HC1":
        return hc1_covariance(design.X, resids)
    try:
        return hc_covariance(influence(design.X, resids), word)
    except ValuesError as error:
        raise ValuesError(
            "covariance",
            expected="regions of leverage below 1",
            found=f"{len(error.offenders)} that determine a coefficient alone",
            offenders=[design.index[position] for position in error.offenders],
            why=error.why,
            remedy='with_covariance("HC1"), or leave out the regressor that only they have',
        ) from None


@singledispatch
def sandwich(option: Any, design: Design, resids: FloatArray) -> Sandwich:
    """Compute the covariance that an option asks for.

    Parameters
    ----------
    option : str, Clustered, Conley, KelejianPrucha or SCPC
        A word as in :func:`word_covariance`, or an object.
    design : Design
        n rows in sorted order of ids.
    resids : ndarray, shape (n,)
        Residuals of least squares on it.

    Raises
    ------
    InputError
        If regions have no cluster or place, if no two are within the bandwidth, or if a variance
        is not positive.
    """
    refuse_for_cross_section(option)
    word: LeastSquaresCovariance = "HC1" if option == "robust" else option
    cov = word_covariance(option, design, resids)
    return Sandwich(cov, _df(design), word, options={"covariance": option})


@sandwich.register
def _(option: Clustered, design: Design, resids: FloatArray) -> Sandwich:
    codes = cluster_codes(option, design.index)
    found = influence(design.X, resids)
    counts = [int(code.max()) + 1 for code in codes]
    columns = len(design.terms)
    if len(codes) == 1:
        cov = cluster_covariance(found.scores, codes[0], columns=columns)
    else:
        cov = two_way_cluster_covariance(found.scores, codes[0], codes[1], columns=columns)
    names = [str(name) for name in option.ways.columns]
    told = " and ".join(f"{name} ({c})" for name, c in zip(names, counts, strict=True))
    notes = tuple(
        few_clusters(name, c) for name, c in zip(names, counts, strict=True) if c < FEW_CLUSTERS
    )
    title = f"clustered by {told}"
    return checked(Sandwich(cov, float(min(counts) - 1), title, notes), design, found, option)


@sandwich.register
def _(option: Conley, design: Design, resids: FloatArray) -> Sandwich:
    if option.time_lags is not None:
        raise InputError(
            "time_lags",
            expected="nothing for a cross-section",
            found=repr(option.time_lags),
            remedy="Conley(points, distance=300)",
        )
    places = places_of(option.points, design.index, option.metric, option.unit)
    found = influence(design.X, resids)
    if places.ellipsoid is not None:
        reach = np.inf if option.kernel == "quadratic-spectral" else float(option.distance)
        pairs, distances = pairs_within(places, reach, argument="distance")
        weights = spatial_kernel(option.kernel, distances / option.distance)
        sums = neighbour_covariance(found.scores, pairs.indptr, pairs.indices, weights)
    else:
        width = option.distance / places.scale
        width = width / EARTH_RADIUS_KM if places.lonlat is not None else width
        sums = conley_covariance(found.scores, places.points, bandwidth=width, kernel=option.kernel)
    within = f"within {option.distance:g} {places.unit}"
    if sums.pairs == 0:
        raise _no_pairs(places, within)
    title = f"Conley ({option.kernel} kernel, {option.distance:g} {places.unit})"
    notes = (*_pair_notes(sums, design, within), *place_notes(places))
    cov = _debiased(sums.covariance, design, option.debiased)
    return checked(Sandwich(cov, _df(design), title, notes), design, found, option)


@sandwich.register
def _(option: KelejianPrucha, design: Design, resids: FloatArray) -> Sandwich:
    unit = natural_unit(option.points, option.metric)
    places = places_of(option.points, design.index, option.metric, unit)
    found = influence(design.X, resids)
    indptr, rows, crowded = nearest_rows(places, check_k(option.neighbors, places.n))
    focal = np.repeat(np.arange(places.n), rows.shape[1])
    distances = places.distances(focal, rows.ravel()).reshape(rows.shape)
    widths = distances.max(axis=1)
    if not widths.all():
        raise InputError(
            "neighbors",
            expected="more neighbours than regions that coincide",
            found=f"{int((widths == 0).sum())} regions with {option.neighbors} others or more at "
            "distance 0",
            offenders=list(places.ids[widths == 0]),
            why="their bandwidth would be 0",
            remedy="take more neighbours, or Conley(..., distance=...)",
        )
    weights = spatial_kernel(option.kernel, distances / widths[:, None])
    sums = neighbour_covariance(found.scores, indptr, rows.ravel(), weights.ravel())
    title = f"HAC of {option.neighbors} nearest neighbours ({option.kernel} kernel)"
    notes = (
        f"Bandwidths from {widths.min():.4g} to {widths.max():.4g} {places.unit}, the distance to "
        f"neighbour {option.neighbors}; {places.note()}.",
        *((f"{crowded}.",) if crowded else ()),
    )
    cov = _debiased(sums.covariance, design, option.debiased)
    return checked(Sandwich(cov, _df(design), title, notes), design, found, option)


@sandwich.register
def _(option: SCPC, design: Design, resids: FloatArray) -> Sandwich:
    unit = natural_unit(option.points, option.metric)
    places = places_of(option.points, design.index, option.metric, unit)
    found = influence(design.X, resids)
    chosen, seed = None, None
    if places.n > option.sample:
        drawn = generator(option.seed, "scpc").choice(places.n, option.sample, replace=False)
        chosen, seed = np.sort(drawn), option.seed
    parts = principal_components(
        places.points, rho_bar=option.rho_bar, level=option.level, sample=chosen
    )
    q, reference = parts.reference.q, parts.reference
    notes = [
        f"SCPC with {q} components: t-statistics are compared with "
        f"{reference.critical_value(option.level):.3f} at {option.level:.0%}, right while regions "
        f"correlate by {option.rho_bar:g} on average or less; {places.note()}."
    ]
    if seed is not None:
        notes.append(
            f"Components and critical values come from {option.sample:,} regions drawn at random "
            f"(seed {seed}), extended to all by Nyström's formula."
        )
    cov = scpc_covariance(found.scores, parts.vectors)
    made = Sandwich(
        cov, reference, f"SCPC (rho_bar = {option.rho_bar:g}, q = {q})", tuple(notes), seed=seed
    )
    return checked(made, design, found, option)


def cluster_codes(option: Clustered, index: pd.Index) -> list[IntArray]:
    """Return the clusters of the regions in `index` as codes from 0, one array a way.

    Raises
    ------
    IdError
        If a region has no row.
    InputError
        If a cluster is missing, or if there is one cluster only.
    """
    table = option.ways
    region_ids(table.index, argument="by")
    refuse_absent(index, table.index, argument="by", what="cluster")
    table = table.loc[index]
    out = []
    for position, name in enumerate(table.columns):
        column = table.iloc[:, position]
        gaps = column.index[column.isna()]
        if len(gaps):
            raise ValuesError(
                str(name),
                expected="a cluster for every region",
                found=f"{len(gaps)} missing",
                offenders=gaps,
                remedy="fill them, e.g. with the region's own id where it stands alone",
            )
        codes = pd.factorize(column, sort=False)[0].astype(np.int64)
        if codes.max() == 0:
            raise ValuesError(
                str(name),
                expected="at least two clusters",
                found=f"{column.iloc[0]} in every region",
                why="influences sum to zero over all regions: no variance would be left",
                remedy='with_covariance("HC3")',
            )
        out.append(codes)
    return out


def places_of(points: Any, index: pd.Index, metric: Metric, unit: Unit) -> Places:
    """Find the places of the regions in `index`, in its order; refuse regions without one."""
    if not hasattr(points, "geometry") or not isinstance(points, pd.DataFrame | pd.Series):
        raise InputError(
            "points",
            expected="a GeoDataFrame or GeoSeries indexed by region id",
            found=type(points).__name__,
            remedy="geopandas.GeoSeries(geopandas.points_from_xy(lon, lat), index=ids, "
            'crs="EPSG:4326")',
        )
    region_ids(points.index, argument="points")
    refuse_absent(index, points.index, argument="points", what="place")
    places = locate(points.loc[index], metric=metric, unit=unit)
    if not places.ids.equals(index):  # both are in canonical order
        raise AssertionError
    return places


def refuse_absent(index: pd.Index, given: pd.Index, *, argument: str, what: str) -> None:
    """Refuse regions that have no row in what the caller gave."""
    absent = index.difference(given)
    if len(absent):
        raise IdError(
            argument,
            expected=f"a {what} for every region of the fit",
            found=f"{len(absent)} of {len(index)} regions without",
            offenders=absent,
            remedy=f"complete {argument}, or fit without these regions: "
            'wb.fit(formula, data.drop(index=[...]), W, align="intersection")',
        )


def _df(design: Design) -> float:
    return float(design.nobs - len(design.terms))


def _debiased(cov: FloatArray, design: Design, wanted: bool) -> FloatArray:
    return cov * (design.nobs / _df(design)) if wanted else cov


def few_clusters(name: str, count: int) -> str:
    """Return what a reader must know of few clusters."""
    return (
        f"Only {count} clusters of {name}: with fewer than about {FEW_CLUSTERS}, or very unequal "
        "ones, clustered standard errors tend to be too small."
    )


def _pair_notes(sums: PairSums, design: Design, within: str) -> tuple[str, ...]:
    n = design.nobs
    notes = [f"{2 * sums.pairs / n:.4g} neighbours a region {within}, on average."]
    alone = design.index[sums.alone]
    if len(alone):
        shown = ", ".join(map(str, alone[:5])) + (" ..." if len(alone) > 5 else "")
        notes.append(
            f"{len(alone)} regions have no neighbour {within} and count as independent: {shown}."
        )
    if sums.pairs == n * (n - 1) // 2:
        notes.append(
            "Every pair of regions has a weight: a kernel covariance needs a bandwidth that is "
            "small beside the map, and is too small otherwise."
        )
    return tuple(notes)


def place_notes(places: Places) -> tuple[str, ...]:
    """Return how distances were measured, and which places coincide."""
    order = np.lexsort(places.points.T)
    repeated = (np.diff(places.points[order], axis=0) == 0).all(axis=1)
    told = f"{places.note()[0].upper()}{places.note()[1:]}."
    if not repeated.any():
        return (told,)
    count = int((np.append(repeated, False) | np.append(False, repeated)).sum())
    return (told, f"{count} regions coincide with another: such pairs have full weight.")


def _no_pairs(places: Places, within: str) -> InputError:
    found = neighbours.nearest(places.points, 1, bound=places.bound, measure=places.distances)
    gaps = places.distances(np.arange(places.n), found.neighbors[:, 0])
    return InputError(
        "distance",
        expected="a bandwidth that some pair of regions is within",
        found=f"no two of {places.n} regions {within}",
        why="without pairs the covariance is HC0, which allows for no spatial correlation",
        remedy=f"the nearest two regions are {gaps.min():.4g} {places.unit} apart, and from "
        f'distance={gaps.max() * 1.001:.4g} on each has a neighbour; or with_covariance("HC1")',
    )


def checked(made: Sandwich, design: Design, found: Influence, option: Any) -> Sandwich:
    """Refuse variances that are not positive; note what joint tests cannot rely on."""
    variances = np.diag(made.cov)
    floor = VANISHING * np.sum(found.scores**2, axis=0)
    bad = [t for t, v, f in zip(design.terms, variances, floor, strict=True) if not v > f]
    if bad:
        raise InputError(
            "covariance",
            expected="positive variances",
            found=f"{len(bad)} that are zero or negative, with {option.label}",
            offenders=bad,
            why="influences sum to zero over all regions, so that weights that are nearly equal, "
            "or a difference of clusterings, may leave nothing of their variance",
            remedy="a smaller bandwidth, a kernel that is sure to be positive semi-definite "
            '(kernel="spherical"), other clusters, or SCPC',
        )
    scale = 1.0 / np.sqrt(variances)
    eigenvalues = np.linalg.eigvalsh(made.cov * np.outer(scale, scale))
    notes = list(made.notes)
    rank = int((eigenvalues > -INDEFINITE).sum())
    if eigenvalues[0] < INDEFINITE:
        notes.append(
            "The covariance is not positive semi-definite: standard errors of single coefficients "
            "hold, joint tests and impacts may have no variance."
        )
    elif rank < len(design.terms):
        notes.append(f"The covariance has rank {rank}: no more coefficients can be tested jointly.")
    options = {"covariance": f"{made.title}"}
    return Sandwich(made.cov, made.df, made.title, tuple(notes), options, made.seed)
