"""Promise: neither the outcome's level nor anyone's units change an estimate, an error or a test.

With a constant and weights whose rows sum to one, y + c has the same coefficients (but the
constant), standard errors and tests for any c, and so have rescaled regressors in their own units.
The data are simulated; what is compared are two calls of ours that must agree.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.typing import Model, words

FORMULA = "y ~ a + b"


@pytest.fixture(scope="module")
def lattice():
    """A rook lattice of 6 x 6 with a SAR outcome, and its row-standardised weights."""
    n, rng = 36, np.random.default_rng(0)
    row, column = np.divmod(np.arange(n), 6)
    near = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    ids = [f"r{i:02d}" for i in range(n)]
    W = wb.weights.from_matrix(near.astype(float), ids)
    table = pd.DataFrame(rng.normal(size=(n, 2)), index=ids, columns=["a", "b"])
    mean = 1 + 2 * table["a"] - table["b"] + rng.normal(size=n)
    table["y"] = np.linalg.solve(np.eye(n) - 0.4 * W.sparse.toarray(), mean)
    return table, W


def statistics(result):
    return result.diagnostics().tidy()["statistic"]


# y + 1e6 is known to 1e-10, y + 1e9 to 1e-7 of its spread; tests are quadratic in residuals, and
# those of nothing (LR of SDEM: 0.016 as a difference of logarithms of 56) lose what is cancelled.
@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("level", "relative"), [(1e6, 1e-7), (1e9, 2e-4)])
@pytest.mark.parametrize("model", words(Model))
def test_the_level_of_the_outcome_moves_the_constant_alone(lattice, model, level, relative):
    table, W = lattice
    low = wb.fit(FORMULA, table, W, model=model)
    high = wb.fit(FORMULA, table.assign(y=table["y"] + level), W, model=model)
    slopes = low.params.index.drop("Intercept")
    np.testing.assert_allclose(high.params[slopes], low.params[slopes], rtol=0, atol=relative)
    np.testing.assert_allclose(high.std_errors[slopes], low.std_errors[slopes], rtol=relative)
    np.testing.assert_allclose(statistics(high), statistics(low), rtol=relative, atol=relative)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", words(Model))
def test_units_of_regressors_and_outcome_move_nothing_else(lattice, model):
    table, W = lattice
    plain = wb.fit(FORMULA, table, W, model=model)
    for units in ({"a": 1e9, "b": 1e-9, "y": 1.0}, {"a": 1.0, "b": 1.0, "y": 1e-12}):
        other = wb.fit(FORMULA, table * pd.Series(units)[table.columns], W, model=model)
        np.testing.assert_allclose(other.tstats, plain.tstats, rtol=1e-9)
        np.testing.assert_allclose(statistics(other), statistics(plain), rtol=1e-7, atol=1e-9)
