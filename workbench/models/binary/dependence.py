"""Spatial dependence of what a logit leaves unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.core.statistics import Statistic, Tests, normal_p
from workbench.errors import InputError, check_option, check_whole
from workbench.numerics.permutations.global_moran import global_moran
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Alternative, FloatArray

if TYPE_CHECKING:
    from workbench.models.binary.results import BinaryResults

MORAN, KELEJIAN_PRUCHA = "Moran's I of Pearson residuals", "Kelejian-Prucha I"
FEWEST = 19
"""Permutations below which no test could reject at 5 %."""


def dependence_of(
    fit: BinaryResults, permutations: int, *, seed: int, alternative: Alternative
) -> Tests:
    """Return both tests.

    Moran's I is of r = (y − p)/√(p(1 − p)), whose variances are alike, against random permutations
    over the regions; it takes estimated p as known. The test of Kelejian and Prucha standardises
    Q = e′We, e = y − p, by the variance tr(WΣWΣ + W′ΣWΣ), Σ = diag(p(1 − p)), that it has when
    outcomes are independent given the regressors; estimating p does not matter in large samples.

    References
    ----------
    Kelejian, H. H. and Prucha, I. R. (2001). On the asymptotic distribution of the Moran I test
    statistic with applications. Journal of Econometrics 104, 219-257, section 4.3. Amaral, P. V.,
    Anselin, L. and Arribas-Bel, D. (2013). Testing for spatial error dependence in probit models.
    Letters in Spatial and Resource Sciences 6, 91-101.
    """
    check_option("alternative", alternative, Alternative)
    check_whole("permutations", permutations, least=FEWEST, remedy="permutations=999")
    if fit.weights is None:
        raise InputError(
            "W",
            expected="a fit with spatial weights",
            found="a fit without",
            remedy='wb.fit(formula, data, W, family="binomial"): W is for tests only',
        )
    W = fit.weights.sparse
    pearson = fit.augment()["pearson"].to_numpy()
    return Tests(
        f"Spatial dependence: {fit.title}",
        {
            MORAN: _moran(pearson, W, permutations, seed=seed, alternative=alternative),
            KELEJIAN_PRUCHA: kelejian_prucha(
                fit.fit.resids, fit.fit.fitted, W, alternative=alternative
            ),
        },
    )


def _moran(
    values: FloatArray, W: CsrArray, permutations: int, *, seed: int, alternative: Alternative
) -> Statistic:
    found = global_moran(values, W, permutations=permutations, seed=seed)
    upper, lower = ((count + 1) / (permutations + 1) for count in (found.at_least, found.at_most))
    p = {"greater": upper, "less": lower, "two-sided": min(1.0, 2.0 * min(upper, lower))}
    return Statistic(
        MORAN,
        found.observed,
        "residuals are exchangeable between regions",
        p[alternative],
        alternative,
        "permutation",
        p_permutation=p[alternative],
        permutations=permutations,
        assumptions="probabilities are taken as known; with rare events residuals are very skewed",
    )


def kelejian_prucha(
    resids: FloatArray, p: FloatArray, W: CsrArray, *, alternative: Alternative
) -> Statistic:
    """Return the test of Kelejian and Prucha for residuals y − p of a binary model.

    Parameters
    ----------
    resids, p : ndarray, shape (n,)
        y − p, and p.
    W : csr_array, shape (n, n)
    alternative : {"two-sided", "greater", "less"}

    Examples
    --------
    >>> from scipy import sparse
    >>> W = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> e, p = np.array([0.5, 0.5]), np.array([0.5, 0.5])
    >>> kelejian_prucha(e, p, W, alternative="two-sided").statistic  # 0.5 / sqrt(2 * 2 / 16)
    1.0
    """
    variance = p * (1.0 - p)
    symmetric = (W + W.T).tocsr() / 2.0
    Q = float(resids @ (symmetric @ resids))
    squared = symmetric.multiply(symmetric)
    spread = float(2.0 * variance @ (squared @ variance))
    z = Q / np.sqrt(spread)
    return Statistic(
        KELEJIAN_PRUCHA,
        float(z),
        "outcomes are independent given the regressors",
        normal_p(z, alternative),
        alternative,
        z=float(z),
        expected=0.0,
        variance=1.0,
        assumptions="large samples; with few events the normal law is rough",
    )
