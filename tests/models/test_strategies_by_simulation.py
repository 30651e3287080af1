"""Promise: strategies keep OLS about as often as their levels say, and find strong dependence.

Bounds come from the rules, not from runs. Under OLS a path of k tests at 5 % goes wrong in at most
5k % of draws (Bonferroni): classic and florax look at two LM tests, koley-bera at one joint test,
elhorst at three, from-sdm at five. Five points more are three standard errors of 200 draws. Under
rho, lambda or theta of 0.6 on 196 regions LM and LR tests have power near one, so that what
remains are tests of true restrictions, at 5 % each, and ambiguity of robust tests: half of the
draws is asked for, of 80, whose standard error is 0.06 at most.
"""

import sys
from pathlib import Path

import pytest

import workbench as wb
from workbench.numerics.sparse.logdet import log_determinant

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
DRAWS = 200
WRONG = {"classic": 0.10, "florax": 0.10, "koley-bera": 0.05, "elhorst": 0.15, "from-sdm": 0.25}
KNOWN = {
    "sar": ("classic", "florax", "koley-bera", "elhorst", "from-sdm"),
    "sem": ("classic", "florax", "elhorst", "from-sdm"),
    "sdm": ("koley-bera", "elhorst", "from-sdm"),
}
"""Strategies that can answer with the truth."""


def right(truth, *, side, strength, monkeypatch, draws=DRAWS):
    from strategies import lattice, sample

    W = lattice(side)
    prepared = log_determinant(W.sparse)
    monkeypatch.setattr(
        "workbench.numerics.likelihoods.one_parameter.log_determinant", lambda _: prepared
    )
    counts = dict.fromkeys(WRONG, 0)
    for draw in range(draws):
        table = sample(W, truth, strength=strength, seed=(11, draw))
        steps = wb.ladder("y ~ x", table, W, models=("ols", "slx", "sar", "sem", "sdm"))
        for word in WRONG:
            counts[word] += steps.recommend(word).model == truth
    return {word: count / draws for word, count in counts.items()}


@pytest.mark.slow
def test_strategies_keep_ols_as_often_as_their_levels_say(monkeypatch):
    found = right("ols", side=10, strength=0.0, monkeypatch=monkeypatch)
    assert {word: share for word, share in found.items() if share < 0.95 - WRONG[word]} == {}


@pytest.mark.slow
@pytest.mark.parametrize("truth", KNOWN)
def test_strategies_find_strong_dependence(truth, monkeypatch):
    found = right(truth, side=14, strength=0.6, monkeypatch=monkeypatch, draws=80)
    assert {word: found[word] for word in KNOWN[truth] if found[word] < 0.5} == {}
