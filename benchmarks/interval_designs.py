"""Known truths for the study of coverage: places, models, samples, and impacts by dense inverse.

Nothing here calls an estimator, a trace or a determinant of the workbench: weights are taken from
it, everything after that is a dense matrix of NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from autocorrelation import lattice

import workbench as wb
from workbench.core.seeds import generator

TERMS = ("a", "b")
EFFECTS = ("direct", "indirect", "total")
INTERCEPT = 1.0
BETA, THETA = (1.0, 0.5), (0.4, -0.6)
# The lag of a helps and that of b harms, so that the total impact of b is small and negative.

CORRELATED = 0.7
# Spatial parameter of regressor b itself; a is white noise.

WITH_RHO, WITH_LAMBDA, WITH_THETA = (
    ("sar", "sdm", "sac"),
    ("sem", "sdem", "sac"),
    ("sdm", "sdem"),
)
SPATIAL = (-0.3, 0.3, 0.6, 0.8)
PAIRS = ((0.4, 0.3), (0.3, 0.6), (0.6, -0.3), (-0.3, 0.4))
MODELS = ("sar", "sem", "sdm", "sdem", "sac")
PLACES = ("russia", "lattice-225")
GROWTH = ("lattice-81", "lattice-225", "lattice-900")
GROWING = (
    ("sar", 0.6, 0.0),
    ("sem", 0.0, 0.6),
    ("sdm", 0.6, 0.0),
    ("sdem", 0.0, 0.6),
    ("sac", 0.4, 0.3),
)


@dataclass(frozen=True, slots=True)
class Design:
    """A place, a model, and its spatial parameters; 0 for one that the model does not have."""

    place: str
    model: str
    rho: float = 0.0
    lam: float = 0.0

    @property
    def name(self) -> str:
        """Place, model and parameters, e.g. ``russia sac 0.4 0.3``; also names the stream."""
        values = [
            f"{value:g}"
            for value, models in ((self.rho, WITH_RHO), (self.lam, WITH_LAMBDA))
            if self.model in models
        ]
        return " ".join([self.place, self.model, *values])


def designs() -> list[Design]:
    """Return every design of the study, in the order of its tables."""
    listed = []
    for place in PLACES:
        for model in MODELS[:-1]:
            for value in SPATIAL:
                rho, lam = (value, 0.0) if model in WITH_RHO else (0.0, value)
                listed.append(Design(place, model, rho, lam))
        listed += [Design(place, "sac", *pair) for pair in PAIRS]
    grown = [Design(place, *what) for place in GROWTH for what in GROWING]
    return listed + [design for design in grown if design not in listed]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Weights as the workbench takes them and as a dense matrix, with ids in its order."""

    weights: Any
    dense: np.ndarray
    ids: list[Any]
    smooth: np.ndarray
    """Turns white noise into a spatially correlated regressor with unit mean variance."""


@cache
def place(name: str) -> Place:
    """Return the Russian regions, or a square queen lattice ``lattice-n``."""
    if name == "russia":
        weights = wb.weights.queen(wb.load("russia-regions"), islands="nearest")
    else:
        n = int(name.removeprefix("lattice-"))
        weights = wb.weights.from_matrix(lattice(n), ids=list(range(n)), normalize="none")
    dense = weights.sparse.toarray()
    smooth = np.linalg.inv(np.eye(len(dense)) - CORRELATED * dense)
    smooth /= np.sqrt(np.mean(np.sum(smooth**2, axis=1)))
    return Place(weights, dense, list(weights.ids), smooth)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A design with its dense matrices.

    Attributes
    ----------
    A, B : ndarray of shape (n, n)
        I − ρW and I − λW.
    to_outcome, to_disturbance : ndarray of shape (n, n)
        Their inverses.
    log_determinant : float
        log|A| + log|B|.
    """

    design: Design
    place: Place
    A: np.ndarray
    B: np.ndarray
    to_outcome: np.ndarray
    to_disturbance: np.ndarray
    log_determinant: float

    @property
    def n(self) -> int:
        """Number of regions."""
        return len(self.A)

    def regressors(self, X: np.ndarray) -> np.ndarray:
        """Return the constant, X and, in a Durbin model, WX."""
        columns = [np.ones(len(X)), X]
        if self.design.model in WITH_THETA:
            columns.append(self.place.dense @ X)
        return np.column_stack(columns)

    def coefficients(self) -> np.ndarray:
        """Return what multiplies the regressors."""
        theta = THETA if self.design.model in WITH_THETA else ()
        return np.array([INTERCEPT, *BETA, *theta])

    def sample(self, replication: int, seed: int) -> pd.DataFrame:
        """Draw ``y a b`` by id; the stream belongs to the design and the replication alone."""
        stream = generator(seed, "coverage", self.design.name, replication)
        noise = stream.standard_normal((self.n, 3))
        X = np.column_stack([noise[:, 0], self.place.smooth @ noise[:, 1]])
        mean = self.regressors(X) @ self.coefficients()
        y = self.to_outcome @ (mean + self.to_disturbance @ noise[:, 2])
        return pd.DataFrame({"y": y, "a": X[:, 0], "b": X[:, 1]}, index=self.place.ids)

    def loglik_at_truth(self, data: pd.DataFrame) -> float:
        """Maximise the likelihood over β, θ and σ² with ρ and λ at their true values."""
        Z = self.regressors(data[list(TERMS)].to_numpy())
        filtered, BZ = self.B @ (self.A @ data["y"].to_numpy()), self.B @ Z
        gap = filtered - BZ @ np.linalg.lstsq(BZ, filtered, rcond=None)[0]
        n = self.n
        return float(self.log_determinant - n / 2 * (np.log(2 * np.pi) + np.log(gap @ gap / n) + 1))


def world(design: Design) -> World:
    """Return the dense matrices of a design."""
    where = place(design.place)
    eye = np.eye(len(where.dense))
    A, B = eye - design.rho * where.dense, eye - design.lam * where.dense
    determinant = np.linalg.slogdet(A)[1] + np.linalg.slogdet(B)[1]
    return World(design, where, A, B, np.linalg.inv(A), np.linalg.inv(B), float(determinant))


def impacts(rho: float, beta: Any, theta: Any, W: np.ndarray) -> np.ndarray:
    """Return direct, indirect and total impacts, shape (K, 3), by inverting I − ρW.

    From the definition: the mean of the diagonal of S = (I − ρW)⁻¹(β I + θ W), the mean of its
    row sums, and their difference (LeSage and Pace 2009, section 2.7).
    """
    n = len(W)
    inverse = np.linalg.inv(np.eye(n) - rho * W)
    rows = []
    for b, t in zip(beta, theta, strict=True):
        S = inverse @ (b * np.eye(n) + t * W)
        direct, total = np.trace(S) / n, S.sum() / n
        rows.append((direct, total - direct, total))
    return np.array(rows)


def truth(known: World) -> dict[tuple[str, str], float]:
    """Return true values: coefficients by term, impacts by term and effect."""
    design, model = known.design, known.design.model
    names = ["Intercept", *TERMS, *(f"W({term})" for term in TERMS)]
    values = {
        (name, "coefficient"): float(value)
        for name, value in zip(names, known.coefficients(), strict=False)
    }
    if model in WITH_RHO:
        values["rho", "coefficient"] = design.rho
    if model in WITH_LAMBDA:
        values["lambda", "coefficient"] = design.lam
    theta = THETA if model in WITH_THETA else (0.0,) * len(TERMS)
    found = impacts(design.rho, BETA, theta, known.place.dense)
    for k, term in enumerate(TERMS):
        for e, effect in enumerate(EFFECTS):
            if effect != "indirect" or model != "sem":  # zero by form: nothing to cover
                values[term, effect] = float(found[k, e])
    return values
