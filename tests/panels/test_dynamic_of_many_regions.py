"""Impacts over time of more regions than eigenvalues are computed for: those of eigenvalues."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.numerics.sparse.matrices import DENSE_LIMIT

SIDE, T = 40, 4


@pytest.fixture(scope="module")
def many():
    """A dynamic Durbin model of 1,600 regions and the eigenvalues of its W."""
    line = sparse.diags_array([np.ones(SIDE - 1)] * 2, offsets=[-1, 1])
    W = sparse.kron(line, sparse.eye_array(SIDE)) + sparse.kron(sparse.eye_array(SIDE), line)
    W = sparse.csr_array(sparse.diags_array(1 / W.sum(axis=1)) @ W)
    n, rng = W.shape[0], np.random.default_rng(0)
    x, y = rng.normal(size=(T + 1, n)), rng.normal(size=(T + 1, n))
    lu = sparse.linalg.splu(sparse.csc_array(sparse.eye_array(n) - 0.4 * W))
    for t in range(1, T + 1):
        y[t] = lu.solve(0.3 * y[t - 1] + 0.1 * (W @ y[t - 1]) + x[t] + rng.normal(size=n))
    index = pd.MultiIndex.from_product([range(T + 1), range(n)]).swaplevel()
    data = pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index.set_names(["id", "year"]))
    weights = wb.weights.from_matrix(W, ids=list(range(n)), normalize="none")
    fit = wb.fit("y ~ x", data, weights, model="sdm", effects="two-way", dynamic="both")
    d = np.sqrt(np.diff(W.indptr))
    twin = sparse.diags_array(d) @ W @ sparse.diags_array(1 / d)  # W = D⁻¹A, so D^½WD^-½
    return fit, np.linalg.eigvalsh(twin.toarray())


def path(values, w, horizon):
    """Impacts as averages over all eigenvalues w; rows of W sum to one, w = 1, for the total."""
    out = []
    for x in (w, np.ones(1)):
        power = (values["x"] + values["W(x)"] * x) / (1 - values["rho"] * x)
        root = (values["tau"] + values["eta"] * x) / (1 - values["rho"] * x)
        out.append(np.cumsum([(power * root**h).mean() for h in range(horizon + 1)]))
    return np.concatenate([out[0], out[1] - out[0], out[1]])


@pytest.mark.slow
def test_paths_and_their_errors_are_sums_over_eigenvalues(many):
    fit, w = many
    assert len(w) > DENSE_LIMIT
    table = fit.impacts_over_time(4).table
    np.testing.assert_allclose(table["estimate"], path(fit.params, w, 4), rtol=1e-9)
    slopes = []
    for term in fit.params.index:
        up, down = fit.params.copy(), fit.params.copy()
        up[term], down[term] = up[term] + 1e-5, down[term] - 1e-5
        slopes.append((path(up, w, 4) - path(down, w, 4)) / 2e-5)
    J = np.array(slopes).T
    errors = np.sqrt(np.einsum("ri,ij,rj->r", J, fit.cov.to_numpy(), J))
    np.testing.assert_allclose(table["std_error"], errors, rtol=1e-6)


@pytest.mark.slow
def test_the_path_starts_at_the_short_run_and_ends_at_the_long(many):
    fit, _ = many
    table = fit.impacts_over_time(120).table
    for horizon, impacts in ((0, fit.impacts()), (120, fit.impacts(horizon="long-run"))):
        for column, rtol in (("estimate", 1e-9), ("std_error", 1e-7)):
            found = table.xs(horizon, level="horizon")[column]
            np.testing.assert_allclose(found, impacts.table[column], rtol=rtol)


@pytest.mark.slow
def test_draws_spread_as_the_delta_method_says(many):
    fit, _ = many
    delta = fit.impacts_over_time(5).table
    drawn = fit.impacts_over_time(5, method="monte-carlo", draws=4000, seed=1).table
    np.testing.assert_allclose(drawn["estimate"], delta["estimate"], rtol=1e-9)
    # 4,000 draws leave 1.1 % in a standard deviation; impacts are smooth in the parameters
    np.testing.assert_allclose(drawn["std_error"], delta["std_error"], rtol=0.06)


def test_roots_that_are_not_known_are_not_called_explosive():
    """Beyond 1,500 regions the roots beside the common one are not computed: what all regions share
    may last alone, and the note once called that explosive."""
    from workbench.numerics.panels.dynamic import Roots
    from workbench.panels.dynamic.results import stability_notes

    (unknown,) = stability_notes(Roots(1.1, 1.1, np.nan, True, 1.0))
    assert "is not known of so many regions" in unknown
    assert "explosive" not in unknown
    (known,) = stability_notes(Roots(1.1, 1.1, 1.05, True, 1.0))
    assert "explosive" in known
    (inner,) = stability_notes(Roots(1.1, 0.5, np.nan, True, 1.0))  # another root is beyond 1
    assert "explosive" in inner
