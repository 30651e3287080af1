"""The same estimates and intervals from the definition of the likelihood, on dense matrices.

y is normal with mean μ = A⁻¹Zβ and covariance Ω = σ²(A′B′BA)⁻¹, A = I − ρW, B = I − λW. The
profile of the likelihood is maximised by SciPy; the information is that of any normal sample,
μᵢ′Ω⁻¹μⱼ + tr(Ω⁻¹ΩᵢΩ⁻¹Ωⱼ)/2, with derivatives by central differences; standard errors of impacts
take the gradient of a dense inverse by central differences. No formula of spatial econometrics
and no code of the workbench enters but the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from interval_counts import fitted
from interval_designs import (
    TERMS,
    WITH_LAMBDA,
    WITH_RHO,
    WITH_THETA,
    Design,
    World,
    impacts,
    world,
)
from scipy import optimize

STEP = 1e-5
GRID = np.linspace(-0.9, 0.95, 24)
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Dense:
    """Estimates (coefficients, then ρ, λ), their standard errors, and those of impacts."""

    estimates: np.ndarray
    std_errors: np.ndarray
    impacts: np.ndarray
    impact_errors: np.ndarray
    loglik: float


def estimated(known: World, data: pd.DataFrame) -> Dense:
    """Maximise the likelihood of a sample and invert its information."""
    y, Z, W = data["y"].to_numpy(), known.regressors(data[list(TERMS)].to_numpy()), _W(known)
    which = (known.design.model in WITH_RHO, known.design.model in WITH_LAMBDA)
    at, covariance, loglik = maximised(y, Z, W, which)
    durbin = known.design.model in WITH_THETA

    def effects(parameters: np.ndarray) -> np.ndarray:
        theta = parameters[3:5] if durbin else np.zeros(len(TERMS))
        rho, _ = pair(parameters[Z.shape[1] : -1], which)
        return impacts(rho, parameters[1:3], theta, W).ravel()

    J = jacobian(effects, at)
    return Dense(
        at[:-1],
        np.sqrt(np.diag(covariance))[:-1],
        effects(at),
        np.sqrt(np.einsum("ip,pq,iq->i", J, covariance, J)),
        loglik,
    )


def maximised(
    y: np.ndarray, Z: np.ndarray, W: np.ndarray, which: tuple[bool, bool]
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return (β, ρ, λ, σ²), those that a model has, their covariance, and the log-likelihood."""
    spatial, loglik = _maximum(lambda at: _profile(pair(at, which), y, Z, W)[0], sum(which))
    _, beta, s2 = _profile(pair(spatial, which), y, Z, W)
    at = np.concatenate([beta, spatial, [s2]])
    return at, np.linalg.inv(_information(at, Z, W, which)), loglik


def _W(known: World) -> np.ndarray:
    return known.place.dense


def pair(at: np.ndarray, which: tuple[bool, bool]) -> tuple[float, float]:
    """Spread the spatial parameters that a model has over ρ and λ."""
    values = iter(at)
    rho, lam = (float(next(values)) if has else 0.0 for has in which)
    return rho, lam


def _profile(
    pair: tuple[float, float], y: np.ndarray, Z: np.ndarray, W: np.ndarray
) -> tuple[float, np.ndarray, float]:
    """Return the profile log-likelihood, with β and σ² at its maximum."""
    eye, n = np.eye(len(y)), len(y)
    A, B = eye - pair[0] * W, eye - pair[1] * W
    BZ, filtered = B @ Z, B @ (A @ y)
    beta = np.linalg.lstsq(BZ, filtered, rcond=None)[0]
    gap = filtered - BZ @ beta
    s2 = float(gap @ gap / n)
    determinant = np.linalg.slogdet(A)[1] + np.linalg.slogdet(B)[1]
    return float(determinant - n / 2 * (np.log(2 * np.pi * s2) + 1)), beta, s2


def _maximum(profile: Callable[[np.ndarray], float], size: int) -> tuple[np.ndarray, float]:
    """Return where a function of one or two parameters is largest: a grid, then simplices."""
    points = np.stack(np.meshgrid(*[GRID] * size), axis=-1).reshape(-1, size)
    values = [profile(point) for point in points]
    starts = points[np.argsort(values)[::-1][: 3 * size]]
    best, height = starts[0], -np.inf
    for start in starts:
        found = optimize.minimize(
            lambda at: -profile(at) if np.abs(at).max() < 1 else np.inf,
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 2000},
        )
        if -found.fun > height:
            best, height = found.x, float(-found.fun)
    return best, height


def _information(
    at: np.ndarray, Z: np.ndarray, W: np.ndarray, which: tuple[bool, bool]
) -> np.ndarray:
    k, n = Z.shape[1], len(W)

    def moments(parameters: np.ndarray) -> np.ndarray:
        rho, lam = pair(parameters[k:-1], which)
        root = np.linalg.inv((np.eye(n) - lam * W) @ (np.eye(n) - rho * W))
        mean = np.linalg.solve(np.eye(n) - rho * W, Z @ parameters[:k])
        return np.concatenate([mean, (parameters[-1] * root @ root.T).ravel()])

    inverse = np.linalg.inv(moments(at)[n:].reshape(n, n))
    slopes = jacobian(moments, at)
    means = slopes[:n]
    weighted = np.stack([inverse @ slopes[n:, i].reshape(n, n) for i in range(at.size)])
    return means.T @ inverse @ means + np.einsum("iab,jba->ij", weighted, weighted) / 2


def jacobian(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Return derivatives by central differences, the parameters along the last axis."""
    columns = []
    for i in range(at.size):
        step = np.zeros(at.size)
        step[i] = STEP
        columns.append((function(at + step) - function(at - step)) / (2 * STEP))
    return np.stack(columns, axis=-1)


def differences(known: World, numbers: Iterable[int], *, seed: int) -> dict[str, float]:
    """Return the largest differences of the public results from the dense ones.

    Estimates in standard errors, standard errors relative, log-likelihoods as they are.
    """
    largest = dict.fromkeys(
        ("estimates", "standard errors", "impacts", "their errors", "loglik"), 0.0
    )
    for number in numbers:
        data = known.sample(number, seed)
        fit, dense = fitted(known, data), estimated(known, data)
        table = fit.impacts().tidy()
        by_form = table["std_error"].isna().to_numpy()
        unit = np.where(by_form, 1.0, dense.impact_errors)
        gaps = (
            np.abs(fit.params.to_numpy() - dense.estimates) / dense.std_errors,
            np.abs(fit.std_errors.to_numpy() / dense.std_errors - 1),
            np.abs(table["estimate"].to_numpy() - dense.impacts) / unit,
            np.abs(table["std_error"].to_numpy()[~by_form] / unit[~by_form] - 1),
            np.array([abs(fit.loglik - dense.loglik)]),
        )
        for name, gap in zip(largest, gaps, strict=True):
            largest[name] = max(largest[name], float(gap.max()))
    return largest


def compared(chosen: list[Design], *, seed: int = 0) -> list[str]:
    """Return a table of the largest differences, a row a place and model."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for design in chosen:
        gaps = differences(world(design), range(SAMPLES), seed=seed)
        before = found.setdefault((design.place, design.model), dict(gaps))
        found[design.place, design.model] = {k: max(v, gaps[k]) for k, v in before.items()}
    names = list(next(iter(found.values())))
    lines = ["| place | model | " + " | ".join(names) + " |", "|---|---|" + "---|" * len(names)]
    for (where, model), gaps in found.items():
        lines.append(f"| {where} | {model} | " + " | ".join(f"{gaps[k]:.0e}" for k in names) + " |")
    return lines
