"""Are residuals of different regions correlated: sums of squared correlations, and neighbours'."""

from __future__ import annotations

import numpy as np

from workbench.core.statistics import Answer, NotApplicable, Statistic, chi2_test, normal_p
from workbench.numerics.panels.component_tests import correlations
from workbench.panels.effects import BY_TIME, Cells
from workbench.typing import FloatArray
from workbench.weights import Weights

SQUARES, SCALED = "Breusch-Pagan LM of regions", "Scaled LM of regions"
CORRECTED, LOCAL = "Bias-corrected scaled LM", "Local Pesaran CD"
NULL = "residuals of different regions are uncorrelated"
NEIGHBOURS = "residuals of neighbours are uncorrelated"


def cross_tests(
    resids: FloatArray, cells: Cells, effects: str, weights: Weights | None
) -> dict[str, Answer]:
    """Return tests of correlated residuals of pairs of regions, besides Pesaran's CD.

    With ρ̂ᵢⱼ the correlation of two regions over time: LM = T Σᵢ<ⱼ ρ̂² (Breusch and Pagan 1980; T
    large against N), (1/(N(N − 1)))^½ Σᵢ<ⱼ (T ρ̂² − 1) (Pesaran 2004), the same less N/(2(T − 1))
    for fixed effects of regions (Baltagi, Feng and Kao 2012), and (T/m)^½ Σ ρ̂ over the m pairs
    that W links (Pesaran 2004, section 4).

    Parameters
    ----------
    resids : ndarray, shape (n,)
        Sorted by region, then period.
    cells : Cells
    effects : str
    weights : Weights or None
        W of the regions.

    Examples
    --------
    >>> import workbench as wb
    >>> fit = wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), effects="entity")
    >>> cross_tests(fit.fit.resids, fit.cells, "entity", None)["Local Pesaran CD"].applicable
    False
    """
    nulls = {SQUARES: NULL, SCALED: NULL, CORRECTED: NULL, LOCAL: NEIGHBOURS}
    reason = _why_not(resids, cells)
    if reason:
        return {name: NotApplicable(name, null, reason) for name, null in nulls.items()}
    N, T = cells.N, cells.T
    r = correlations(resids.reshape(N, T))
    pairs = r[np.triu_indices(N, k=1)]
    total = float(T * (pairs @ pairs))
    scaled = (total - len(pairs)) / float(np.sqrt(N * (N - 1)))
    return {
        SQUARES: chi2_test(
            SQUARES, total, len(pairs), null=NULL, assumptions="many periods, few regions"
        ),
        SCALED: _normal(SCALED, scaled, NULL),
        CORRECTED: _normal(CORRECTED, scaled - N / (2 * (T - 1)), NULL)
        if effects in ("entity", "two-way")
        else NotApplicable(CORRECTED, NULL, "it is made for fixed effects of regions"),
        LOCAL: _local(r, T, effects, weights),
    }


def _local(r: FloatArray, T: int, effects: str, weights: Weights | None) -> Answer:
    if weights is None:
        return NotApplicable(LOCAL, NEIGHBOURS, "the model was fitted without weights W")
    if effects in BY_TIME:
        reason = "effects of periods make residuals sum to zero in every period"
        return NotApplicable(LOCAL, NEIGHBOURS, reason)
    first, second = weights.sparse.nonzero()
    codes = np.unique(np.minimum(first, second) * len(r) + np.maximum(first, second))
    i, j = codes // len(r), codes % len(r)
    linked = i != j
    if not linked.any():
        return NotApplicable(LOCAL, NEIGHBOURS, "W links no regions")
    z = float(np.sqrt(T / linked.sum()) * r[i[linked], j[linked]].sum())
    return _normal(LOCAL, z, NEIGHBOURS)


def _why_not(resids: FloatArray, cells: Cells) -> str:
    if not cells.balanced:
        return "the panel is not balanced"
    if cells.N < 2 or cells.T < 3:
        return "it needs two regions and three periods"
    if (np.ptp(resids.reshape(cells.N, cells.T), axis=1) == 0).any():
        return "residuals of a region do not vary"
    return ""


def _normal(name: str, z: float, null: str) -> Statistic:
    p = normal_p(z, "two-sided")
    return Statistic(name, z, null, p, z=z, expected=0.0, variance=1.0)
