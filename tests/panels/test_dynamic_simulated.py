"""Dynamic spatial panels in simulations with known truth: N = 50, T = 10 and 20.

Seeds are fixed. Bounds are three Monte-Carlo standard errors of a mean or share, beside a bias of
order 1/T² that no correction of order 1/T takes out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb

ROWS, COLUMNS, REPETITIONS = 5, 10, 25
N = ROWS * COLUMNS
IDS = [f"r{i:02d}" for i in range(N)]
TRUTH = {"x": 1.0, "W(x)": -0.4, "tau": 0.4, "eta": 0.1, "rho": 0.3, "lambda": 0.3}


def lattice():
    """Rook neighbours on five by ten squares, row-standardised."""
    row, column = np.divmod(np.arange(N), COLUMNS)
    near = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    return near / near.sum(axis=1, keepdims=True)


MATRIX = lattice()
W = wb.weights.from_matrix(MATRIX, ids=IDS)


def draw(rng, T, *, periods=False, durbin=False, lam=0.0):
    """A panel of T + 1 periods after 30 that are thrown away."""
    S = np.linalg.inv(np.eye(N) - TRUTH["rho"] * MATRIX)
    B = np.linalg.inv(np.eye(N) - lam * MATRIX)
    alpha, y, rows = rng.normal(size=N), np.zeros(N), []
    for t in range(31 + T):
        x = rng.normal(size=N)
        mean = TRUTH["x"] * x + durbin * TRUTH["W(x)"] * MATRIX @ x + alpha
        mean += periods * rng.normal() + B @ rng.normal(size=N)
        y = S @ (TRUTH["tau"] * y + TRUTH["eta"] * MATRIX @ y + mean)
        if t >= 30:
            rows.append(pd.DataFrame({"y": y, "x": x, "region": IDS, "year": 2000 + t}))
    return pd.concat(rows).set_index(["region", "year"])


def repeated(T, words, *, process, **options):
    """Errors of estimates and standard errors by word of lee_yu: arrays (R, p)."""
    rng = np.random.default_rng(T)
    found = {word: [] for word in words}
    for _ in range(REPETITIONS):
        data = draw(rng, T, **process)
        for word in words:
            fit = wb.fit("y ~ x", data, W, dynamic="both", lee_yu=word, **options)
            gap = fit.params - pd.Series(TRUTH).reindex(fit.params.index)
            found[word].append([gap, fit.std_errors, fit.sigma2 - 1.0])
    return fit.params.index, {
        word: tuple(np.array(part) for part in zip(*rows, strict=True))
        for word, rows in found.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(("T", "word"), [(10, "transformation"), (20, "bias-correction")])
def test_correction_takes_out_the_bias_and_intervals_hold_the_truth(T, word):
    terms, found = repeated(
        T,
        ("none", word),
        model="sdm",
        effects="two-way",
        process={"periods": True, "durbin": True},
    )
    at = list(terms).index("tau")
    before, errors, variance = found["none"]
    # Nickell's bias of tau, -(1 + tau)/T without space, is of this size
    assert -1.3 / T < before[:, at].mean() < -0.5 / T
    assert variance.mean() < -0.7 / T
    assert (np.abs(before[:, at]) < 1.96 * errors[:, at]).mean() < 0.75
    gaps, errors, variance = found[word]
    noise = gaps.std(axis=0, ddof=1) / np.sqrt(REPETITIONS)
    assert (np.abs(gaps.mean(axis=0)) < 3 * noise + 1.0 / T**2).all()
    spread = variance.std(ddof=1) / np.sqrt(REPETITIONS)
    assert abs(variance.mean()) < 3 * spread + 1.5 / T**2
    covered = (np.abs(gaps) < 1.96 * errors).mean(axis=0)
    # 25 draws of 95 % know the share to 4.4 points
    assert (covered > 0.95 - 3 * 0.044 - 0.02).all()
    ratio = errors.mean(axis=0) / gaps.std(axis=0, ddof=1)
    # the standard deviation of 25 draws is known to 14 %
    assert ((ratio > 0.65) & (ratio < 1.5)).all()


@pytest.mark.slow
def test_correction_with_a_spatial_disturbance_and_effects_of_regions():
    terms, found = repeated(
        10,
        ("none", "bias-correction"),
        model="sac",
        effects="entity",
        process={"lam": TRUTH["lambda"]},
    )
    at = list(terms).index("tau")
    assert found["none"][0][:, at].mean() < -0.05
    gaps, errors, variance = found["bias-correction"]
    noise = gaps.std(axis=0, ddof=1) / np.sqrt(REPETITIONS)
    # lambda and rho are told apart with difficulty: a bias of order 1/N beside
    slack = np.array([0.02 + 0.03 * (term in ("rho", "lambda", "eta")) for term in terms])
    assert (np.abs(gaps.mean(axis=0)) < 3 * noise + slack).all()
    assert abs(variance.mean()) < 3 * variance.std(ddof=1) / np.sqrt(REPETITIONS) + 0.02
    ratio = errors.mean(axis=0) / gaps.std(axis=0, ddof=1)
    assert ((ratio > 0.65) & (ratio < 1.5)).all()


@pytest.mark.slow
def test_intervals_of_long_run_impacts_hold_the_truth():
    rng = np.random.default_rng(2)
    total = 1.0 / (1 - TRUTH["tau"] - TRUTH["eta"] - TRUTH["rho"])
    held = []
    for _ in range(REPETITIONS):
        fit = wb.fit(
            "y ~ x", draw(rng, 20, periods=True), W, model="sar", effects="two-way", dynamic="both"
        )
        row = fit.impacts(horizon="long-run", method="monte-carlo", draws=200)["x", "total"]
        held.append(row["conf_low"] < total < row["conf_high"])
    assert np.mean(held) > 0.95 - 3 * 0.044 - 0.02
