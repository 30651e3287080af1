"""The test of no spillover, whose decay does not exist under the null."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.seeds import generator
from workbench.core.statistics import Statistic
from workbench.innovation.knowledge.rows import Rows
from workbench.numerics.distance_decay.concentrated import Concentrated, grid_between
from workbench.numerics.distance_decay.suprema import supremum_test
from workbench.typing import FloatArray, Resampling

WORDS = {
    "parametric": "independent normal disturbances of equal variance, for which the p-value is "
    "exact",
    "residual": "disturbances that are exchangeable between regions",
    "wild": "disturbances that are independent between regions and symmetric",
}


def null_test(
    problem: Concentrated,
    ends: tuple[float, float],
    rows: Rows,
    *,
    null: Resampling,
    draws: int,
    seed: int,
) -> tuple[Statistic, pd.Series[float]]:
    """Return the test of γ = 0 by the largest F along the decay, and F along it."""
    rng = generator(seed, "spillover decay", null)
    left = problem.null_residuals
    n = len(left)

    def draw(size: int) -> FloatArray:
        if null == "parametric":
            return np.asarray(rng.standard_normal((size, n)).T)
        if null == "residual":
            return np.asarray(rng.permuted(np.tile(left, (size, 1)), axis=1).T)
        signs = rng.choice(np.array([-1.0, 1.0]), size=(size, len(rows.regions)))
        return np.asarray(left[:, None] * signs.T[rows.region])

    grid = grid_between(*ends)
    found = supremum_test(problem, grid, draw, draws)
    test = Statistic(
        name="largest F of the spillover along the decay",
        statistic=found.statistic,
        null="no spillover: its coefficient is 0 and its decay does not exist",
        p_value=found.p_value,
        alternative="greater",
        distribution="permutation" if null == "residual" else "simulation",
        p_permutation=found.p_value,
        permutations=draws,
        assumptions=WORDS[null],
    )
    return test, pd.Series(found.curve, index=pd.Index(grid, name="decay"), name="statistic")
