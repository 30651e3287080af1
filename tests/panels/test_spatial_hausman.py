"""Fixed against random effects: the number of splm, size where effects are random, power."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from workbench.errors import InputError
from workbench.panels import spatial_hausman
from workbench.panels.testing.hausman import contrast

from .spatial_panels import drawn, lattice

REFERENCE = Path(__file__).parents[1] / "reference" / "panel_spatial_tests.csv"


def test_contrast_is_that_of_splm():
    """Spatial error, effects that spread too, fixed effects by the direct approach."""
    with REFERENCE.open(encoding="utf-8", newline="") as handle:
        numbers = {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}
    W = wb.weights.queen(wb.load("us-states"))
    panel = wb.load("munnell-1990")
    formula = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
    fixed = wb.fit(formula, panel, W, model="sem", effects="entity", lee_yu="none")
    random = wb.fit(formula, panel, W, model="sem", effects="random", random="kkp")
    at, other = (
        [fit.params.index.get_loc(t) for t in fixed.design.terms] for fit in (fixed, random)
    )
    gap = fixed.params.to_numpy()[at] - random.params.to_numpy()[other]
    spread = fixed.estimates.cov[np.ix_(at, at)] - random.estimates.cov[np.ix_(other, other)]
    expected = numbers["Hausman of slopes/sem/kkp"]
    assert gap @ np.linalg.solve(spread, gap) == pytest.approx(expected, rel=1e-6)
    # The direct approach's variances are too small: the difference is no covariance, and ours
    # says so where splm reports the number.
    assert np.linalg.eigvalsh(spread).min() < 0
    assert not contrast("Hausman", fixed, random, fixed.design.terms).applicable
    proper = wb.fit(formula, panel, W, model="sem", effects="entity")
    found = contrast("Hausman", proper, random, fixed.design.terms)
    assert not found.applicable or found.p_value < 0.01


@pytest.mark.slow
@pytest.mark.parametrize(("model", "there"), [("sar", {"rho": 0.4}), ("sem", {"lam": 0.4})])
def test_size_and_power(model, there):
    """20 panels at 5 %: 5 or more rejections have probability 0.3 %."""
    W, rejected = lattice(5), {}
    for seed in range(20):
        tests = spatial_hausman("y ~ x", drawn(W, 4, seed, mu=1.0, **there), W, model=model)
        for name, test in tests.items():
            rejected[name] = rejected.get(name, 0) + (test.p_value < 0.05)
    assert max(rejected.values()) <= 4, rejected
    tied = spatial_hausman("y ~ x", drawn(W, 4, 1, mu=1.0, tied=1.0, **there), W, model=model)
    assert tied["Mundlak"].p_value < 0.01
    assert tied["Hausman of slopes"].p_value < 0.01 or not tied["Hausman of slopes"].applicable


def test_means_that_say_nothing_are_left_out():
    W = lattice(5)
    data = drawn(W, 4, 1, mu=1.0)
    data["trend"] = data.index.get_level_values("year").astype(float)
    assert spatial_hausman("y ~ x + trend", data, W)["Mundlak"].df == (1.0,)


def test_effects_without_variance_and_models_without_space_are_said():
    W = lattice(5)
    none = spatial_hausman("y ~ x", drawn(W, 4, 5, mu=0.0), W)
    without = [test for test in none.values() if not test.applicable]
    assert all(test.reason for test in without)
    with pytest.raises(InputError, match="a spatial model"):
        spatial_hausman("y ~ x", drawn(W, 4, 5), W, model="ols")
