"""Effects of regions and periods of a panel, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.vocabulary import coefficient_table
from workbench.errors import InputError, PanelError
from workbench.numerics.panels.layers import Layers, solve_columns
from workbench.numerics.panels.strata import inverse_square_diagonal
from workbench.numerics.sparse.matrices import CsrArray
from workbench.panels.effects import BY_ENTITY, BY_TIME, FIXED, group_means, without_effects
from workbench.panels.results import PanelResults
from workbench.panels.spatial.period_weights import PanelWeights
from workbench.panels.spatial.results import FixedParts, RandomParts
from workbench.regression.design import INTERCEPT
from workbench.regression.results import LAMBDA
from workbench.typing import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Effects of one kind.

    Attributes
    ----------
    word : {"entity", "time"}
    labels : list
    codes : ndarray of int, shape (n,)
    noise : ndarray of shape (G,)
        Variance of the mean disturbance of each group less the mean of these means, over σ².
    overall : float
        Variance of the mean of the means, over σ².
    """

    word: str
    labels: list[object]
    codes: IntArray
    noise: FloatArray
    overall: float


def effects_table(fit: PanelResults, level: float) -> pd.DataFrame:
    """Return the table; see :meth:`PanelResults.effects_table`."""
    if fit.effects not in (*FIXED, "random") or (fit.basis and fit.basis.absorbed):
        raise InputError(
            "effects",
            expected="a model with effects of regions or periods and no others",
            found=fit.title,
            remedy='wb.fit(..., effects="entity")',
        )
    if fit.effects == "random":
        effects, errors = _predicted(fit)
        regions = list(pd.unique(fit.design.index.get_level_values(0)))
        return _laid_out([("entity", region) for region in regions], effects, errors, level)
    if fit.effects == "two-way" and not fit.cells.balanced:
        raise PanelError(
            "effects",
            expected="a balanced panel, for the effects of a two-way model",
            found="a panel with gaps",
            why="means of regions are then over different periods",
            remedy='missing="drop-regions"',
        )
    return _fixed(fit, level)


def _predicted(fit: PanelResults) -> tuple[FloatArray, FloatArray]:
    from workbench.panels.linear.random_variances import predicted_effects

    found: RandomParts | None = getattr(fit, "predicted", None)
    if found is not None:
        return found.effects, found.errors
    if fit.basis is None:
        raise _not_estimated(fit)
    return predicted_effects(fit)


def _not_estimated(fit: PanelResults) -> InputError:
    return InputError(
        "effects",
        expected="a linear or a spatial panel by maximum likelihood",
        found=fit.title,
        why="this estimator does not estimate the effects",
        remedy='method="ml", family="gaussian" and factors="none"',
    )


def _parts(fit: PanelResults) -> FixedParts:
    """Return what fixed effects are read from; of a linear fit the residuals' complement."""
    found: FixedParts | None = getattr(fit, "fixed", None)
    if found is not None:
        return found
    X, beta = fit.design.X, fit.estimates.values
    if fit.basis is None or len(beta) != X.shape[1]:
        raise _not_estimated(fit)
    sums = fit.design.y - X @ beta - fit.fit.resids
    return FixedParts(sums, X - without_effects(X, fit.cells, fit.effects), fit.estimates.cov)


def _fixed(fit: PanelResults, level: float) -> pd.DataFrame:
    """Means of the effects' sums: the disturbance's part, and that of the coefficients."""
    parts = _parts(fit)
    sums, columns = parts.sums, parts.columns
    V = parts.covariance[: columns.shape[1], : columns.shape[1]]
    rows: list[tuple[str, object]] = []
    values, variances = [], []
    for group in _groups(fit):
        G = len(group.labels)
        means = group_means(np.column_stack([sums, columns]), group.codes, G)
        middle = means.mean(axis=0)
        if not rows:
            rows.append((INTERCEPT, ""))
            values.append([middle[0]])
            own = middle[1:] @ V @ middle[1:]
            variances.append([fit.sigma2 * group.overall + own])
        apart = means - middle
        rows += [(group.word, name) for name in group.labels]
        values.append(apart[:, 0])
        spread = np.einsum("gi,ij,gj->g", apart[:, 1:], V, apart[:, 1:])
        variances.append(fit.sigma2 * group.noise + spread)
    return _laid_out(rows, np.concatenate(values), np.sqrt(np.concatenate(variances)), level)


def _laid_out(
    rows: list[tuple[str, object]], values: FloatArray, errors: FloatArray, level: float
) -> pd.DataFrame:
    table = coefficient_table([str(row) for row in rows], values, errors, level=level)
    table.index = pd.MultiIndex.from_tuples(rows, names=["effect", "level"])
    return table


def _groups(fit: PanelResults) -> list[_Group]:
    index, cells = fit.design.index, fit.cells
    found = []
    layers = _error_layers(fit)
    lam = float(fit.params[LAMBDA]) if LAMBDA in fit.estimates.terms else 0.0
    if fit.effects in BY_ENTITY:
        labels = list(pd.unique(index.get_level_values(0)))
        counts = np.bincount(cells.region, minlength=cells.N)
        if layers is None:
            noise, overall = _independent(1.0 / counts)
        else:
            noise, overall = _spread(layers.matrices[0], lam, cells.T)
        found.append(_Group("entity", labels, cells.region, noise, overall))
    if fit.effects in BY_TIME:
        labels = sorted(pd.unique(index.get_level_values(1)))
        counts = np.bincount(cells.period, minlength=cells.T).astype(float)
        variance = 1.0 / counts
        if layers is not None:
            # B1 = (1 − λc)1: an effect of a period is a mean of Bu over that.
            sums = layers.row_sums() or ()
            every = sums * (cells.T if layers.constant else 1)
            variance = variance / (1.0 - lam * np.array(every)) ** 2
        noise, overall = _independent(variance)
        found.append(_Group("time", labels, cells.period, noise, overall))
    return found


def _error_layers(fit: PanelResults) -> Layers | None:
    if LAMBDA not in fit.estimates.terms:
        return None
    weights: PanelWeights | None = getattr(fit, "error", None) or fit.spatial
    return weights.layers(fit.cells) if weights else None


def _independent(variance: FloatArray) -> tuple[FloatArray, float]:
    """Return variances of independent means less their mean, and of that mean."""
    G = len(variance)
    overall = float(variance.sum()) / G**2
    return variance * (1.0 - 2.0 / G) + overall, overall


def _turned(M: CsrArray, lam: float) -> FloatArray:
    """Return B′⁻¹1, B = I − λM."""
    ones = np.ones((M.shape[0], 1))
    return solve_columns(M, ones, rho=lam, transpose=True)[:, 0]


def _spread(M: CsrArray, lam: float, T: int) -> tuple[FloatArray, float]:
    """Return the same for means over T periods of disturbances with σ²P, P = (B′B)⁻¹."""
    N = M.shape[0]
    turned = _turned(M, lam)
    P1 = solve_columns(M, turned[:, None], rho=lam)[:, 0]
    overall = float(turned @ turned) / N**2
    diagonal = inverse_square_diagonal(M, lam)
    return (diagonal - 2.0 * P1 / N + overall) / T, overall / T
