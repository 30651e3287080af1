"""What one candidate W sees of a field: its global test, the maps it selects, its statistics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.statistics import normal_p
from workbench.errors import WorkbenchError
from workbench.numerics.autocorrelation.eigenmaps import Eigenmaps, Sign, eigenmaps
from workbench.numerics.autocorrelation.moran import counted, moran
from workbench.numerics.autocorrelation.selection import (
    Selection,
    global_test,
    moran_test,
    select_by_moran,
    select_forward,
)
from workbench.numerics.likelihoods.one_parameter import fit_error
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Autocorrelation, FloatArray, IntArray, MapSelection
from workbench.weights.weights import Weights

RANKED = "ranked"
SILENT = "no significant pattern"
SINGLE = "no map significant on its own"
NO_MAPS = "no map of this sign"
TOO_MANY = "one eigenvalue has more maps than max_vectors"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done with every candidate.

    Attributes
    ----------
    method : MapSelection
    signs : tuple of Sign
        Of the maps; each is tested and selected from alone.
    alpha : float
    most : int or None
        Largest number of maps of a sign.
    orders : ndarray, shape (R, n)
        Permutations, the same for every candidate.
    candidates : int
        How many there are.
    """

    method: MapSelection
    signs: tuple[Sign, ...]
    alpha: float
    most: int | None
    orders: IntArray
    candidates: int

    def adjusted(self, p: float) -> float:
        """Correct the smallest p of a candidate for all tests, by Šidák's formula."""
        return sidak(p, self.candidates * len(self.signs))


@dataclass(frozen=True, slots=True)
class Assessment:
    """A row of the ranking, the maps behind it, and what the reader must know.

    Attributes
    ----------
    row : mapping
        Columns of the table but the ranks.
    maps : DataFrame
        The selected maps, a row a region.
    notes : tuple of str
    """

    row: Mapping[str, Any]
    maps: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """One sign of autocorrelation: its maps, the p of the global test, what was selected."""

    sign: Sign
    maps: Eigenmaps
    p: float
    chosen: Selection | None

    @property
    def selected(self) -> tuple[int, ...]:
        """Columns of the maps selected, none where the global test is not significant."""
        return self.chosen.vectors if self.chosen is not None else ()


def signs_of(autocorrelation: Autocorrelation) -> tuple[Sign, ...]:
    """Return the signs that an option word stands for."""
    return ("positive", "negative") if autocorrelation == "all" else (autocorrelation,)


def sidak(p: float, tests: float) -> float:
    """Return the chance that the smallest of several independent p-values is as small."""
    return 1.0 if p >= 1.0 else -math.expm1(tests * math.log1p(-p))


def assess(y: FloatArray, W: Weights, plan: Plan) -> Assessment:
    """Test one candidate, select its maps and compute what the table says.

    Parameters
    ----------
    y : ndarray, shape (n,) or (n, q)
        In the order of W's ids.
    W : Weights
    plan : Plan
    """
    sides = [_side(y, W.sparse, plan, sign) for sign in plan.signs]
    p = min(side.p for side in sides)
    chosen = [side for side in sides if side.selected]
    maps = _selected_maps(chosen, W)
    error_model, reason = _error_model(y, W)
    notes = [
        f"the {len(side.maps.eigenvalues)} most {side.sign} maps only"
        for side in sides
        if not side.maps.complete and side.maps.eigenvalues.size
    ]
    if reason:
        notes.append(f"no spatial-error model: {reason}")
    row = {
        "status": _status(sides),
        **_fit(y, W.sparse, maps.to_numpy(), chosen),
        "rsquared_adj_all": _adjusted_all(y, sides),
        "vectors_available": sum(side.maps.eigenvalues.size for side in sides),
        "p_value": p,
        "p_adjusted": plan.adjusted(p),
        **_field_moran(y, W.sparse),
        "aicc_error_model": error_model,
        **_properties(W),
    }
    return Assessment(
        row, maps, (*notes, *([f"no spatial-error model: {reason}"] if reason else []))
    )


def _side(y: FloatArray, W: CsrArray, plan: Plan, sign: Sign) -> _Side:
    maps = eigenmaps(W, sign=sign, most=plan.most)
    V, orders = maps.vectors, plan.orders
    if not V.shape[1]:
        return _Side(sign, maps, 1.0, None)
    by_moran = plan.method == "residual-moran"
    p = moran_test(y, W, orders=orders, sign=sign) if by_moran else global_test(y, V, orders=orders)
    if plan.adjusted(p) > plan.alpha:
        return _Side(sign, maps, p, None)
    if by_moran:
        chosen = select_by_moran(y, maps, W, orders=orders, alpha=plan.alpha, sign=sign)
    elif plan.method == "forward":
        chosen = select_forward(y, maps, orders=orders, alpha=plan.alpha)
    else:
        chosen = Selection.of(y, V, tuple(range(V.shape[1])))
    return _Side(sign, maps, p, chosen)


def _status(sides: list[_Side]) -> str:
    if any(side.selected for side in sides):
        return RANKED
    if any(side.chosen is not None for side in sides):
        return SINGLE
    if any(side.maps.eigenvalues.size for side in sides):
        return SILENT
    return NO_MAPS if all(side.maps.complete for side in sides) else TOO_MANY


def _selected_maps(sides: list[_Side], W: Weights) -> pd.DataFrame:
    columns = {}
    for side in sides:
        prefix = "mem" if side.sign == "positive" else "mem_negative"
        for column in side.selected:
            columns[f"{prefix}_{column + 1}"] = side.maps.vectors[:, column]
    return pd.DataFrame(columns, index=W.ids, dtype=np.float64)


def _fit(y: FloatArray, W: CsrArray, V: FloatArray, sides: list[_Side]) -> dict[str, float]:
    """Return the statistics of the regression on the selected maps, missing without any."""
    if not sides:
        nothing = dict.fromkeys(("rsquared_adj", "aicc", "moran_residual"), math.nan)
        return {**nothing, "vectors": 0}
    chosen = Selection.of(y, V, tuple(range(V.shape[1])))
    return {
        # Of both signs: each share has its own correction; all maps together leave no residual.
        "rsquared_adj": sum(side.chosen.rsquared_adj for side in sides if side.chosen is not None),
        "aicc": aicc(chosen.loglik, V.shape[1] + 2, y.shape[0]),
        "vectors": V.shape[1],
        "moran_residual": pooled_moran(chosen.residuals, W) if chosen.sse > 0 else math.nan,
    }


def _adjusted_all(y: FloatArray, sides: list[_Side]) -> float:
    parts = [
        Selection.of(y, side.maps.vectors, tuple(range(side.maps.eigenvalues.size))).rsquared_adj
        for side in sides
        if side.maps.eigenvalues.size
    ]
    return sum(parts) if parts else math.nan


def _field_moran(y: FloatArray, W: CsrArray) -> dict[str, float]:
    """Return Moran's I with its z; several columns have no common variance, hence no z."""
    if y.ndim > 1:
        return {"moran": pooled_moran(y, W), "moran_z": math.nan, "moran_p": math.nan}
    moments = moran(y, W)
    variance = moments.variance_randomisation
    # Where all pairs weigh the same, I is -1/(n - 1) for any field; 1e-12: rounding of that.
    if variance <= 1e-12 * moments.expected**2:
        return {"moran": moments.I, "moran_z": math.nan, "moran_p": math.nan}
    z = (moments.I - moments.expected) / math.sqrt(variance)
    return {"moran": moments.I, "moran_z": z, "moran_p": normal_p(z, "two-sided")}


def pooled_moran(values: FloatArray, W: CsrArray) -> float:
    """Return (n / S0) of the sum of z'Wz over the sum of z'z, over the columns of values."""
    z = values - values.mean(axis=0)
    form = float((z * (W @ z)).sum()) / float((z**2).sum())
    return counted(W, "linked") / float(W.data.sum()) * form


def _error_model(y: FloatArray, W: Weights) -> tuple[float, str]:
    """Return the AICc of constant, λ and σ², or why the model cannot be fitted under this W."""
    if y.ndim > 1:
        return math.nan, ""
    try:
        fit = fit_error(y, np.ones((y.size, 1)), W=W.sparse)
    except WorkbenchError as error:
        return math.nan, error.found
    return aicc(fit.loglik, 3, y.size), ""


def aicc(loglik: float, k: int, n: int) -> float:
    """Return -2 loglik + 2k + 2k(k + 1)/(n - k - 1), NaN without room for k parameters."""
    room = n - k - 1
    return math.nan if room <= 0 else -2 * loglik + 2 * k + 2 * k * (k + 1) / room


def _properties(W: Weights) -> dict[str, Any]:
    card = W.card()
    return {
        "links": card.links,
        "mean_neighbors": card.links / card.n,
        "islands": len(card.islands),
        "components": len(card.component_sizes),
        "rho_low": math.nan if card.rho_low is None else card.rho_low,
        "rho_high": math.nan if card.rho_high is None else card.rho_high,
        "weights": card.digest,
    }
