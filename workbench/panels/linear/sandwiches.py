"""Covariances of panel estimates as sums over pairs of rows: clusters, periods, distances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.expressions import label
from workbench.errors import IdError, InputError, OptionError, ValuesError
from workbench.numerics.regression.conley import spatial_kernel
from workbench.numerics.regression.hac import newey_west_lag
from workbench.numerics.regression.sandwich import (
    Influence,
    cluster_covariance,
    influence,
    two_way_cluster_covariance,
)
from workbench.numerics.regression.space_time import period_covariance, space_time_covariance
from workbench.panels.linear.basis import Basis
from workbench.panels.linear.degrees import count_unnested, counted, reference_df
from workbench.panels.linear.period_sandwiches import driscoll_kraay
from workbench.panels.linear.transformed import Problem
from workbench.panels.linear.via_linearmodels import TITLES
from workbench.regression.covariances import Clustered, Conley
from workbench.regression.panel_covariances import DriscollKraay
from workbench.regression.sandwiches import (
    FEW_CLUSTERS,
    Sandwich,
    checked,
    few_clusters,
    place_notes,
    places_of,
)
from workbench.typing import FloatArray, IntArray
from workbench.weights.distances import pairs_within


def influence_of(problem: Problem, params: FloatArray, projected: FloatArray | None) -> Influence:
    """Return what each transformed row contributes to the coefficients.

    Parameters
    ----------
    problem : Problem
    params : ndarray, shape (k,)
    projected : ndarray, shape (m, k), or None
        Regressors projected on the instruments; None without endogenous ones.
    """
    resids = problem.design.y - problem.design.X @ params
    return influence(problem.design.X if projected is None else projected, resids)


def word_covariance(word: str, problem: Problem, found: Influence) -> FloatArray:
    """Return the covariance that a word names, of influences, shape (k, k).

    As those of linearmodels: n/(n − k − effects), effects within clusters not counted, and
    G/(G − 1) (n − 1)/n for G clusters.
    """
    a, k = found.scores, found.scores.shape[1]
    n = len(a)
    if word == "driscoll-kraay":
        lags = newey_west_lag(int(problem.period.max()) + 1)
        return np.asarray(period_covariance(a, problem.period, lags=lags) * n / problem.spare)
    if word == "robust":
        return np.asarray((a.T @ a) * n / problem.spare)
    columns = k + counted(problem, word)
    region, period = _dense(problem.region), _dense(problem.period)
    if word == "clustered-two-way":
        return two_way_cluster_covariance(a, region, period, columns=columns)
    return cluster_covariance(a, region if word == "clustered" else period, columns=columns)


def word_sandwich(word: str, problem: Problem, found: Influence) -> Sandwich:
    """Return the covariance that a word names, with its degrees of freedom."""
    df = reference_df(word, problem.region, problem.period, spare=float(problem.spare))
    cov = word_covariance(word, problem, found)
    return Sandwich(cov, df, TITLES[word], options={"covariance": word})


def panel_sandwich(option: Any, basis: Basis, problem: Problem, found: Influence) -> Sandwich:
    """Compute the covariance that an object asks for.

    Parameters
    ----------
    option : Clustered, Conley or DriscollKraay
    basis : Basis
    problem : Problem
        Transformed rows.
    found : Influence
        Of these rows.

    Raises
    ------
    OptionError
        If the object is for cross-sections only.
    InputError
        If regions have no cluster or place, or a variance is not positive.
    """
    if isinstance(option, Clustered):
        return _clustered(option, problem, found)
    if isinstance(option, Conley):
        return _conley(option, basis, problem, found)
    if isinstance(option, DriscollKraay):
        return driscoll_kraay(option, problem, found)
    raise OptionError(
        "covariance",
        expected="a word, Clustered, Conley, DriscollKraay or PanelCorrected for a panel",
        found=type(option).__name__,
        why="its theory is that of one cross-section",
        remedy="fit.with_covariance(Conley(regions, distance=300))",
    )


def _clustered(option: Clustered, problem: Problem, found: Influence) -> Sandwich:
    codes = _cluster_codes(option, problem)
    counts = [int(code.max()) + 1 for code in codes]
    columns = len(problem.design.terms) + count_unnested(problem, tuple(codes))
    if len(codes) == 1:
        cov = cluster_covariance(found.scores, codes[0], columns=columns)
    else:
        cov = two_way_cluster_covariance(found.scores, codes[0], codes[1], columns=columns)
    names = [str(name) for name in option.ways.columns]
    told = " and ".join(f"{name} ({c})" for name, c in zip(names, counts, strict=True))
    notes = tuple(
        few_clusters(name, c) for name, c in zip(names, counts, strict=True) if c < FEW_CLUSTERS
    )
    made = Sandwich(cov, float(min(counts) - 1), f"clustered by {told}", notes)
    return checked(made, problem.design, found, option)


def _conley(option: Conley, basis: Basis, problem: Problem, found: Influence) -> Sandwich:
    regions = basis.sample.panel.regions
    places = places_of(option.points, regions, option.metric, option.unit)
    reach = np.inf if option.kernel == "quadratic-spectral" else float(option.distance)
    pairs, distances = pairs_within(places, reach, argument="distance")
    N, T = len(regions), len(basis.sample.panel.periods)
    weights = spatial_kernel(option.kernel, distances / option.distance)
    K = sparse.csr_array((weights, pairs.indices, pairs.indptr), shape=(N, N))
    lags = newey_west_lag(T) if option.time_lags is None else option.time_lags
    if lags >= T:
        raise InputError(
            "time_lags",
            expected=f"fewer lags than the {T} periods",
            found=str(lags),
            remedy="Conley(points, distance=300, time_lags=0)",
        )
    cov = space_time_covariance(found.scores, problem.region, problem.period, K=K, lags=lags)
    n, k = problem.design.nobs, len(problem.design.terms)
    cov = cov * (n / (n - problem.absorbed - (k if option.debiased else 0)))
    unit = places.unit
    title = f"Conley ({option.kernel} kernel, {option.distance:g} {unit}; {lags} lags in time)"
    notes = (
        f"{len(distances) / N:.4g} neighbours a region within {option.distance:g} {unit}, on "
        f"average; rows of a region depend up to lag {lags}.",
        *place_notes(places),
    )
    made = Sandwich(cov, float(problem.spare), title, notes)
    return checked(made, problem.design, found, option)


def _cluster_codes(option: Clustered, problem: Problem) -> list[IntArray]:
    """Return clusters of the rows, given by region or by (region, period), as codes from 0."""
    table, index = option.ways, problem.design.index
    keys = index
    if not isinstance(table.index, pd.MultiIndex):
        keys = index.get_level_values(0)
    if table.index.has_duplicates:
        raise IdError(
            "by",
            expected="one cluster a region, or one a (region, period)",
            found="labels that occur more than once",
            offenders=[label(key) for key in table.index[table.index.duplicated()].unique()],
        )
    absent = keys.unique().difference(table.index)
    if len(absent):
        raise IdError(
            "by",
            expected="a cluster for every row of the fit",
            found=f"{len(absent)} without",
            offenders=[label(key) for key in absent],
            remedy='by=panel["district"], or a column indexed by region',
        )
    aligned = table.reindex(keys)
    out = []
    for position, name in enumerate(aligned.columns):
        column = aligned.iloc[:, position]
        if column.isna().any():
            raise ValuesError(
                str(name),
                expected="a cluster in every row",
                found=f"{int(column.isna().sum())} missing",
                offenders=[label(key) for key in column.index[column.isna()]],
            )
        codes = pd.factorize(column, sort=False)[0].astype(np.int64)
        if codes.max() == 0:
            raise ValuesError(
                str(name),
                expected="at least two clusters",
                found="one",
                why="influences sum to zero over all rows: no variance would be left",
                remedy='with_covariance("robust")',
            )
        out.append(codes)
    return out


def _dense(codes: IntArray) -> IntArray:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)
