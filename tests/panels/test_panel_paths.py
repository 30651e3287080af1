"""Elhorst's path finds effects and models that are there, and says where it cannot tell."""

from __future__ import annotations

import numpy as np
import pytest

import workbench as wb
from workbench.errors import InputError
from workbench.panels import elhorst_path

from .spatial_panels import drawn, lattice


@pytest.fixture(scope="module")
def W():
    return lattice(8)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("effects", "there"),
    [
        ("none", {}),
        ("entity", {"mu": 1.0}),
        ("time", {"years": 1.0}),
        ("two-way", {"mu": 1.0, "years": 1.0}),
    ],
)
def test_effects_that_are_there_are_kept(W, effects, there):
    assert elhorst_path("y ~ x", drawn(W, 5, 7, **there), W).effects == effects


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("model", "there"),
    [
        ("ols", {}),
        ("slx", {"theta": 1.0}),
        ("sar", {"rho": 0.5}),
        ("sem", {"lam": 0.6}),
        ("sdm", {"rho": 0.5, "theta": 1.0}),
    ],
)
def test_models_that_are_there_are_found(W, model, there):
    found = elhorst_path("y ~ x", drawn(W, 8, 11, mu=1.0, **there), W, effects="entity")
    if model == "slx":  # LM tests reject against a lag of x too: the path goes by the Durbin model
        assert found.model in ("slx", "sdm")
    else:
        assert found.model == model
    assert found.answer == f"{found.model}, fixed effects of regions"
    assert found.tidy()["decision"].notna().all()


def test_published_cigarettes(cigarettes):
    """Elhorst (2014), section 3.5: LR 2315.7 and 473.1, LM 46.90, 54.65, 1.16 and 8.91."""
    found = elhorst_path("logc ~ logp + logy", *cigarettes)
    assert (found.effects, found.model) == ("two-way", "sdm")
    published = {"LR entity effects": 2315.7, "LR time effects": 473.1}
    for name, value in published.items():
        assert found.tests[name].statistic == pytest.approx(value, abs=0.05)


def test_p_values_of_effects_are_those_of_f(W):
    """Poolability of diagnostics is the F test of all effects."""
    data = drawn(W, 3, 5)
    found = elhorst_path("y ~ x", data, W)
    expected = wb.fit("y ~ x", data, effects="two-way").diagnostics()["Poolability F"]
    assert found.tests["LR effects"].p_value == pytest.approx(expected.p_value, rel=1e-8)


@pytest.mark.slow
def test_what_cannot_be_told_or_followed_is_said(W):
    binary = W.normalize("binary")
    stuck = elhorst_path("y ~ x", drawn(W, 4, 1), binary, effects="two-way")
    assert (stuck.model, stuck.candidates) == (None, ())
    assert stuck.answer == "cannot be followed"
    assert "do not sum to one value" in str(stuck)
    # lag and error look alike where x explains next to nothing
    open_ends = []
    for seed in range(12):
        data = drawn(W, 4, seed, lam=0.15)
        data["x"] = np.random.default_rng(seed).standard_normal(len(data))
        open_ends.append(elhorst_path("y ~ x", data, W, effects="none"))
    unsure = [path for path in open_ends if path.model is None]
    assert unsure
    assert all(path.answer == "the data cannot tell: sar or sem" for path in unsure)


def test_levels_are_checked(W):
    with pytest.raises(InputError, match="level"):
        elhorst_path("y ~ x", drawn(W, 3, 1), W, level=5)


def test_degrees_of_freedom_are_whole_numbers(W):
    df = elhorst_path("y ~ x", drawn(W, 5, 7, mu=1.0, rho=0.5), W).tidy()["df"]
    assert str(df.dtype) == "Int64"
    assert df.loc[1] == 64 + 5 - 2  # 64 regions, 5 periods
