"""The same estimates and intervals of a static panel from the normal density, on dense matrices.

Effects are transformed out by hand: with orthonormal F_N and F_T, whose columns add up to zero,
F_N′YF_T holds (N − 1)(T − 1) observations of a model without effects and with W* = F_N′WF_N, since
rows of W have one sum (Lee and Yu 2010, section 3). The direct approach takes all N·T observations
and a dummy of each region and each later period. Both go to the normal density of
``interval_dense.py`` as one cross-section with T − 1 or T copies of W; no code of the workbench
enters but the data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from interval_dense import jacobian, maximised, pair
from interval_designs import TERMS, WITH_LAMBDA, WITH_RHO, impacts
from panel_counts import fits
from panel_designs import (
    DIRECT,
    DURBIN,
    SHORT,
    TRANSFORMED,
    PanelDesign,
    PanelWorld,
    panel_designs,
    panel_world,
)
from scipy.linalg import null_space

CHECKED = ("estimates", "standard errors", "impacts", "their errors", "sigma2", "loglik")


@dataclass(frozen=True, slots=True)
class DensePanel:
    """Estimates (β, θ, ρ, λ) and impacts with their standard errors."""

    estimates: np.ndarray
    std_errors: np.ndarray
    impacts: np.ndarray
    impact_errors: np.ndarray
    sigma2: float
    loglik: float


def dense_panel(known: PanelWorld, data: pd.DataFrame, estimator: str) -> DensePanel:
    """Maximise the likelihood of a sample as ``estimator`` defines it; invert its information."""
    design, W = known.design, known.place.dense
    columns = [data[name].to_numpy().reshape(known.N, -1) for name in ("y", *TERMS)]
    if design.model in DURBIN:
        columns += [W @ x for x in columns[1:]]
    y, X, big = _stacked(columns, W, estimator)
    which = (design.model in WITH_RHO, design.model in WITH_LAMBDA)
    at, covariance, loglik = maximised(y, X, big, which)
    k = len(columns) - 1
    kept = np.array([*range(k), *range(X.shape[1], len(at) - 1)])

    def effects(parameters: np.ndarray) -> np.ndarray:
        theta = parameters[2:4] if design.model in DURBIN else np.zeros(len(TERMS))
        rho, _ = pair(parameters[k:], which)
        return impacts(rho, parameters[:2], theta, W).ravel()

    V = covariance[np.ix_(kept, kept)]
    J = jacobian(effects, at[kept])
    return DensePanel(
        at[kept],
        np.sqrt(np.diag(V)),
        effects(at[kept]),
        np.sqrt(np.einsum("ip,pq,iq->i", J, V, J)),
        float(at[-1]),
        loglik,
    )


def _stacked(
    columns: list[np.ndarray], W: np.ndarray, estimator: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return y, regressors and W of one cross-section that holds all periods, a block each."""
    N, T = columns[0].shape
    if estimator == TRANSFORMED:
        F, G = null_space(np.ones((1, N))), null_space(np.ones((1, T)))
        y, *X = ((F.T @ x @ G).T.ravel() for x in columns)
        return y, np.column_stack(X), np.kron(np.eye(T - 1), F.T @ W @ F)
    y, *X = (x.T.ravel() for x in columns)
    regions = np.kron(np.ones((T, 1)), np.eye(N))
    periods = np.kron(np.eye(T)[:, 1:], np.ones((N, 1)))
    return y, np.column_stack([*X, regions, periods]), np.kron(np.eye(T), W)


def panel_differences(design: PanelDesign, *, number: int = 0, seed: int = 0) -> pd.DataFrame:
    """Return the largest differences of the public results from the dense ones, by estimator.

    Estimates and impacts in standard errors, standard errors and σ² relative, log-likelihoods as
    they are.
    """
    known = panel_world(replace(design, estimators=(TRANSFORMED, DIRECT)))
    data = known.sample(number, seed)
    rows = {}
    for estimator, fit in fits(known, data):
        dense = dense_panel(known, data, estimator)
        table = fit.impacts().tidy()
        by_form = table["std_error"].isna().to_numpy()
        unit = np.where(by_form, 1.0, dense.impact_errors)
        gaps = (
            np.abs(fit.params.to_numpy() - dense.estimates) / dense.std_errors,
            np.abs(fit.std_errors.to_numpy() / dense.std_errors - 1),
            np.abs(table["estimate"].to_numpy() - dense.impacts) / unit,
            np.abs(table["std_error"].to_numpy()[~by_form] / unit[~by_form] - 1),
            np.array([abs(fit.fit.sigma2 / dense.sigma2 - 1)]),
            np.array([abs(fit.loglik - dense.loglik)]),
        )
        rows[estimator] = [float(gap.max()) for gap in gaps]
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(CHECKED))


def compared() -> list[str]:
    """Return a table of the largest differences on one sample of each short design."""
    lines = ["| design | estimator | " + " | ".join(CHECKED) + " |"]
    lines.append("|---|---|" + "---|" * len(CHECKED))
    for design in panel_designs():
        if design.T == SHORT:
            for estimator, row in panel_differences(design).iterrows():
                told = " | ".join(f"{value:.0e}" for value in row)
                lines.append(f"| {design.name} | {estimator} | {told} |")
    return lines
