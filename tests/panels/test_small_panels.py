"""A handful of regions and periods: every model answers with numbers or refuses by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import workbench as wb
from workbench.errors import PanelError, WorkbenchError

MODELS = ("ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns")
EFFECTS = ("none", "entity", "time", "two-way", "random")
SHAPES = ((4, 3), (5, 2), (3, 6), (2, 8))


def ring(N, T):
    """N regions around a circle over T periods, outcomes by regressors and an own level."""
    draw = np.random.default_rng(0)
    ids = [f"R{i:02d}" for i in range(N)]
    links = np.zeros((N, N))
    for i in range(N):
        links[i, (i + 1) % N] = links[(i + 1) % N, i] = 1.0
    W = wb.weights.from_matrix(sparse.csr_array(links), ids=ids, normalize="row")
    x, z, noise = draw.normal(size=(3, N * T))
    index = pd.MultiIndex.from_product([ids, range(2000, 2000 + T)], names=["region", "year"])
    level = np.repeat(draw.normal(size=N), T)
    return pd.DataFrame({"y": x + 0.5 * z + level + noise, "x": x, "z": z}, index=index), W


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize(
    "model",
    # Both spatial parameters of so few regions take seconds: every corner of their square is tried.
    [pytest.param(m, marks=pytest.mark.slow) if m in ("sac", "gns") else m for m in MODELS],
)
def test_it_answers_or_refuses(model, shape):
    data, W = ring(*shape)
    for effects in EFFECTS:
        for method in ("ml", "gmm"):
            try:
                fit = wb.fit("y ~ x + z", data, W, model=model, effects=effects, method=method)
            except WorkbenchError:
                continue
            estimated = fit.std_errors.drop("lambda", errors="ignore")
            assert np.isfinite(estimated).all()
            assert (estimated > 0).all()
            assert fit.fit.sigma2 > 0
            assert fit.diagnostics().tidy().shape[0] > 0


def test_instruments_as_many_as_regions_are_refused_with_one_order_less():
    """Between five regions instruments as many reproduce Wy: its means instrument themselves."""
    data, W = ring(5, 12)
    with pytest.raises(PanelError) as caught:
        wb.fit("y ~ x + z", data, W, model="sar", effects="random", method="gmm")
    assert caught.value.found == "5, of 5 regions in 12 periods"
    assert 'effects="entity"' in caught.value.remedy
    fit = wb.fit(
        "y ~ x",
        data,
        W,
        model="sar",
        effects="entity",
        method=wb.GMM(instrument_orders=1),
    )
    assert np.isfinite(fit.std_errors).all()


def test_periods_that_leave_nothing_to_vary_are_called_by_their_names():
    data, W = ring(5, 2)
    answer = wb.fit("y ~ x + z", data, W, model="slx", effects="entity").diagnostics()
    assert "2000" in answer["Moran by period"].reason


def test_a_sentence_that_is_quoted_ends_once():
    data, _ = ring(4, 3)
    with pytest.raises(WorkbenchError) as caught:
        wb.fit("y ~ x + z + I(x**2) + I(z**2)", data, effects="random")
    assert ".." not in str(caught.value)
