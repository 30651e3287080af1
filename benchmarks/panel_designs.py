"""Known truths for the study of panels: designs, samples, and impacts by dense inverses.

As in ``interval_designs.py``, nothing here calls an estimator: weights are taken from the
workbench, everything after that is a dense matrix of NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from interval_designs import BETA, EFFECTS, TERMS, THETA, WITH_LAMBDA, WITH_RHO, Place, place

from workbench.core.seeds import generator

DURBIN = ("slx", "sdm", "sdem")
SPATIAL = (0.2, 0.5, -0.2)
STRONG = 0.8
BOTH = (0.5, 0.3)
# rho and lambda of SAC.

PLACES = ("russia", "lattice-81")
LONG, SHORT = 20, 5
FEEDBACK, LASTING = (0.4, 0.1, 0.3), (0.7, -0.15, 0.3)
# tau, eta, rho: of what all regions share 0.71 and 0.79 are left after a period.

BURN = 60
# Periods before the first of a dynamic sample: 0.79 to the 60th is 1e-6.

WHITE, UNEVEN = "white", "uneven"
PERSISTENCE, SPREAD = 0.5, 0.5
# Of uneven errors and their regressors: autoregressive parameter, and standard deviation of the
# logarithm of a region's scale.

TRANSFORMED, CORRECTED, DIRECT = "transformation", "bias-correction", "none"
LEE_YU = (TRANSFORMED, CORRECTED, DIRECT)
COVARIANCES = ("classical", "robust", "clustered", "clustered-two-way", "driscoll-kraay")
DEFACTORED = "defactored"
CLUSTERS = ("clustered", "clustered-two-way")


@dataclass(frozen=True, slots=True)
class PanelDesign:
    """A panel to draw, and the estimators that all its samples go to.

    Attributes
    ----------
    place, model : str
        ``model`` is also what is fitted.
    T : int
        Periods; those after the first, which is given, in a dynamic design.
    rho, lam, tau, eta : float
        0 for what the design does not have.
    errors : str
        ``white``, or ``uneven``: a scale of its own in each region, which regressor ``a`` shares,
        and serial correlation within regions, which both regressors share.
    estimators : tuple of str
        ``lee_yu`` of the likelihood, covariances of ``slx`` or of the transformed likelihood, or
        ``defactored``.
    """

    place: str
    T: int
    model: str
    rho: float = 0.0
    lam: float = 0.0
    tau: float = 0.0
    eta: float = 0.0
    errors: str = WHITE
    estimators: tuple[str, ...] = (TRANSFORMED, DIRECT)

    @property
    def dynamic(self) -> bool:
        """Whether yesterday's outcome is among the regressors."""
        return bool(self.tau or self.eta)

    @property
    def name(self) -> str:
        """Words that name the design and its streams, e.g. ``russia T=20 sac rho 0.5 lambda 0.3``.

        The estimators are not among them: all of them are given the same samples.
        """
        values = {"tau": self.tau, "eta": self.eta, "rho": self.rho, "lambda": self.lam}
        told = [f"{key} {value:g}" for key, value in values.items() if value]
        uneven = [self.errors] if self.errors != WHITE else []
        return " ".join([self.place, f"T={self.T}", self.model, *told, *uneven])


def _spatial(where: str, T: int, model: str, value: float) -> PanelDesign:
    if model in WITH_RHO:
        return PanelDesign(where, T, model, rho=value)
    return PanelDesign(where, T, model, lam=value)


def panel_designs() -> list[PanelDesign]:
    """Return every design of the study, in the order of its tables."""
    rho, lam = BOTH
    listed = []
    for where in PLACES:
        for model in ("sar", "sem", "sdm", "sdem"):
            strong = (STRONG,) if model == "sdm" else ()
            listed += [_spatial(where, LONG, model, value) for value in (*SPATIAL, *strong)]
        listed.append(PanelDesign(where, LONG, "sac", rho, lam))
    # Away from home the direct approach is asked for one value of each model.
    listed = [
        design
        if design.place == PLACES[0] or 0.5 in (design.rho, design.lam)
        else replace(design, estimators=(TRANSFORMED,))
        for design in listed
    ]
    for model, value in (("sar", 0.5), ("sar", -0.2), ("sem", 0.5), ("sdm", 0.5), ("sdem", 0.5)):
        listed.append(replace(_spatial(PLACES[0], SHORT, model, value), estimators=LEE_YU))
    listed.append(PanelDesign(PLACES[0], SHORT, "sac", rho, lam, estimators=LEE_YU))
    for model, values in (("sar", FEEDBACK), ("sdm", FEEDBACK), ("sdm", LASTING)):
        for T in (20, 10):
            tau, eta, rho = values
            asked = LEE_YU if model == "sdm" and values == FEEDBACK else (TRANSFORMED, DIRECT)
            listed.append(PanelDesign(PLACES[0], T, model, rho, tau=tau, eta=eta, estimators=asked))
    uneven = PanelDesign(PLACES[0], LONG, "slx", errors=UNEVEN, estimators=COVARIANCES)
    listed += [
        *(uneven, replace(uneven, lam=0.5)),
        replace(uneven, lam=0.5, T=60, estimators=COVARIANCES[2:]),
        replace(uneven, model="sar", rho=0.5, estimators=(TRANSFORMED, *CLUSTERS, DEFACTORED)),
        replace(uneven, model="sdm", rho=0.5, estimators=(TRANSFORMED, *CLUSTERS, DEFACTORED)),
        replace(uneven, model="sem", lam=0.5, estimators=(TRANSFORMED, *CLUSTERS)),
    ]
    return listed


@dataclass(frozen=True, slots=True, eq=False)
class PanelWorld:
    """A design with its dense matrices: (I − ρW)⁻¹ and (I − λW)⁻¹."""

    design: PanelDesign
    place: Place
    to_outcome: np.ndarray
    to_disturbance: np.ndarray

    @property
    def N(self) -> int:
        """Number of regions."""
        return len(self.to_outcome)

    def theta(self) -> tuple[float, ...]:
        """Return the coefficients of WX; zeros where the design has none."""
        return THETA if self.design.model in DURBIN else (0.0,) * len(TERMS)

    def sample(self, replication: int, seed: int) -> pd.DataFrame:
        """Draw ``y a b`` by (region, period); the stream is that of design and replication."""
        design, N = self.design, self.N
        stream = generator(seed, "panel coverage", design.name, replication)
        before = BURN + 1 if design.dynamic else 0
        noise = stream.standard_normal((3, before + design.T, N))
        regions, periods = stream.standard_normal(N), stream.standard_normal(before + design.T)
        if design.errors == UNEVEN:
            noise = _persistent(noise)
            scale = np.exp(SPREAD * stream.standard_normal(N))
            noise[[0, 2]] *= scale / np.sqrt(np.mean(scale**2))
        # Effects are in the regressors too, so that they must be taken out.
        a = noise[0] + regions
        b = noise[1] @ self.place.smooth.T + periods[:, None]
        W = self.place.dense
        mean = regions + periods[:, None] + noise[2] @ self.to_disturbance.T
        for x, own, lagged in zip((a, b), BETA, self.theta(), strict=True):
            mean = mean + own * x + lagged * x @ W.T
        y = np.empty_like(mean)
        last = np.zeros(N)
        for t, level in enumerate(mean):
            carried = design.tau * last + design.eta * (W @ last)
            last = y[t] = self.to_outcome @ (carried + level)
        kept = slice(max(before - 1, 0), None)
        index = pd.MultiIndex.from_product(
            [self.place.ids, range(len(y[kept]))], names=["region", "period"]
        )
        return pd.DataFrame(
            {name: x[kept].T.ravel() for name, x in (("y", y), ("a", a), ("b", b))}, index=index
        )


def _persistent(noise: np.ndarray) -> np.ndarray:
    """Return stationary first-order autoregressions with unit variance, along the second axis."""
    made = noise.copy()
    for t in range(1, noise.shape[1]):
        made[:, t] = PERSISTENCE * made[:, t - 1] + np.sqrt(1 - PERSISTENCE**2) * noise[:, t]
    return made


def panel_world(design: PanelDesign) -> PanelWorld:
    """Return the dense matrices of a design."""
    where = place(design.place)
    eye = np.eye(len(where.dense))
    to_outcome = np.linalg.inv(eye - design.rho * where.dense)
    return PanelWorld(design, where, to_outcome, np.linalg.inv(eye - design.lam * where.dense))


def panel_truth(known: PanelWorld) -> dict[tuple[str, str], float]:
    """Return true values: coefficients by term, impacts by term and effect.

    Effects of the long run are ``long-run direct`` and so on: of ((1 − τ)I − (ρ + η)W)⁻¹(βI + θW)
    (Elhorst 2014, table 4.1).
    """
    design, W = known.design, known.place.dense
    values = dict(zip(TERMS, BETA, strict=True)) | {"sigma2": 1.0}
    if design.model in DURBIN:
        values |= {f"W({term})": value for term, value in zip(TERMS, THETA, strict=True)}
    if design.dynamic:
        values |= {"tau": design.tau, "eta": design.eta}
    if design.model in WITH_RHO:
        values["rho"] = design.rho
    if design.model in WITH_LAMBDA:
        values["lambda"] = design.lam
    found = {(term, "coefficient"): value for term, value in values.items()}
    if design.model == "sem":
        return found  # its impacts are its coefficients
    horizons = {"": known.to_outcome}
    if design.dynamic:
        eye = np.eye(known.N)
        horizons["long-run "] = np.linalg.inv(
            (1 - design.tau) * eye - (design.rho + design.eta) * W
        )
    for word, inverse in horizons.items():
        for term, own, lagged in zip(TERMS, BETA, known.theta(), strict=True):
            S = inverse @ (own * np.eye(known.N) + lagged * W)
            direct, total = np.trace(S) / known.N, S.sum() / known.N
            three = (direct, total - direct, total)
            for effect, value in zip(EFFECTS, three, strict=True):
                found[term, word + effect] = float(value)
    return found
