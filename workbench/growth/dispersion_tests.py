"""Tests that dispersion changed: its trend and drift, and equality of its two ends."""

from __future__ import annotations

import numpy as np
from scipy import stats

from workbench.core.statistics import (
    Answer,
    NotApplicable,
    Statistic,
    Tests,
    chi2_test,
    normal_p,
)
from workbench.numerics.dynamics import convergence as kernel
from workbench.typing import Alternative, Dispersion, FloatArray

INDICES: tuple[Dispersion, ...] = ("theil", "gini")
NULLS = {"trend": "no trend in dispersion", "drift": "dispersion does not change on average"}
OF_ENDS = ("Carree-Klomp T2", "Carree-Klomp T3", "Pitman-Morgan")
EQUAL = "the first and the last period have the same variance"
FLIPPED: dict[Alternative, Alternative] = {
    "two-sided": "two-sided", "greater": "less", "less": "greater",
}  # fmt: skip


def change_tests(
    ends: FloatArray,
    measure: Dispersion,
    *,
    trend: kernel.Trend,
    drift: kernel.Trend,
    alternative: Alternative,
) -> tuple[Tests, tuple[str, ...]]:
    """Return the tests, and what the reader must know of them.

    Parameters
    ----------
    ends : ndarray, shape (n, 2)
        The variable in the first and the last period.
    measure : str
        Of dispersion: ``cv`` compares values over their mean, the others logarithms.
    trend, drift : Trend
        Of log dispersion.
    alternative : {"two-sided", "greater", "less"}
        Of dispersion: ``"less"`` is that it fell.
    """
    tests, told = _ends(ends, measure, alternative)
    rates = {
        "trend": _rate("trend", trend, alternative),
        "drift": _rate("drift", drift, alternative),
    }
    return Tests("Has dispersion changed?", {**rates, **tests}), told


def _rate(name: str, found: kernel.Trend, alternative: Alternative) -> Statistic:
    return Statistic(
        name=name,
        statistic=found.statistic,
        null=NULLS[name],
        p_value=student_p(found.statistic, found.df, alternative),
        alternative=alternative,
        distribution="t",
        df=(float(found.df),),
        assumptions="deviations from the line are stationary, with short memory"
        if name == "trend"
        else "log dispersion is a random walk; cautious where it is stationary around a line",
    )


def _ends(
    ends: FloatArray, measure: Dispersion, alternative: Alternative
) -> tuple[dict[str, Answer], tuple[str, ...]]:
    relative = measure == "cv"
    if not relative and (ends <= 0).any():
        reason = "logarithms of values that are not positive"
        return {name: NotApplicable(name, EQUAL, reason) for name in OF_ENDS}, ()
    x = ends / ends.mean(axis=0) if relative else np.log(ends)
    found = kernel.equal_variances(x[:, 0], x[:, 1])
    told = "The tests of both ends compare variances of logarithms."
    return _of_ends(found, FLIPPED[alternative]), (told,) if measure in INDICES else ()


def _of_ends(found: kernel.EqualVariances, alternative: Alternative) -> dict[str, Answer]:
    normal = "normal values, regions independent of each other"
    first, second, third = OF_ENDS
    if np.isnan(found.T3):
        outside = f"the slope of last on first values, {found.slope:.3g}, is not within ±1"
        t3: Answer = NotApplicable(second, EQUAL, outside)
    else:
        t3 = Statistic(
            name=second,
            statistic=found.T3,
            null=EQUAL,
            p_value=normal_p(found.T3, alternative),
            alternative=alternative,
            assumptions=f"{normal}, many of them",
        )
    exact = Statistic(
        name=third,
        statistic=found.t,
        null=EQUAL,
        p_value=student_p(found.t, found.n - 2, alternative),
        alternative=alternative,
        distribution="t",
        df=(float(found.n - 2),),
        assumptions=normal,
    )
    t2 = chi2_test(first, found.T2, 1, null=EQUAL, assumptions=normal)
    return {first: t2, second: t3, third: exact}


def student_p(statistic: float, df: float, alternative: Alternative) -> float:
    """Return the p-value of a Student statistic against the named alternative.

    Examples
    --------
    >>> round(student_p(2.0, 10, "two-sided"), 4), round(student_p(2.0, 10, "greater"), 4)
    (0.0734, 0.0367)
    """
    if alternative == "greater":
        return float(stats.t.sf(statistic, df))
    if alternative == "less":
        return float(stats.t.cdf(statistic, df))
    return float(2 * stats.t.sf(np.abs(statistic), df))
