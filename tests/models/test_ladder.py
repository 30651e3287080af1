"""Promise: the ladder tests every nested pair, and its strategies lead where their rules say."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.statistics import NotApplicable, Tests, chi2_test
from workbench.errors import ConvergenceError, IdError, InputError, OptionError
from workbench.models.comparison.criteria import criteria_table
from workbench.models.comparison.searches import follow
from workbench.models.testing.nesting import restrictions
from workbench.numerics.sparse.logdet import log_determinant
from workbench.typing import Model, Strategy, words

FILE = Path(__file__).parents[1] / "reference" / "cross_section_two_parameters.csv"
LOGLIK = {"ols": "ols/logLik", "slx": "slx/LL", "sar": "lag/LL", "sem": "err/LL",
          "sdm": "sdm/LL", "sdem": "sdem/LL"}  # fmt: skip


@pytest.fixture(scope="module")
def states():
    regions = wb.load("us-states")
    return wb.load("munnell-1990").xs(1986, level="year"), wb.weights.queen(regions)


def two_parameters(case):
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["case"] == case]
    return {row["quantity"]: float(row["value"]) for row in rows}


def test_nested_pairs_are_those_of_the_family():
    """Nineteen pairs of subsets of {rho, theta, lambda}, and the common factor."""
    pairs = {(pair.small, pair.large) for pair in restrictions(words(Model))}
    assert len(pairs) == 20
    assert ("sem", "sdm") in pairs
    assert not {("sac", "sdm"), ("sdm", "sdem"), ("sar", "sdem"), ("sar", "sem")} & pairs
    rough = {pair.small for pair in restrictions(words(Model)) if "rough" in pair.assumptions}
    assert rough == {"ols", "sem"}


@pytest.mark.quick_cases(1)
def test_every_likelihood_ratio_is_that_of_spatialreg(case):
    """Twice differences of log-likelihoods of lm, lmSLX, lagsarlm, errorsarlm and sacsarlm."""
    steps = wb.ladder(case.formula, case.table, case.W)
    other = two_parameters(case.name)
    loglik = {m: case.numbers[path] for m, path in LOGLIK.items()}
    loglik |= {"sac": other["sac/LL"], "gns": other["gns/LL"]}
    slopes = len(case.names) - 1
    added = {"rho": 1, "lambda": 1, "theta": slopes}
    own = {"ols": "", "slx": "theta", "sar": "rho", "sem": "lambda", "sac": "rho lambda",
           "sdm": "rho theta", "sdem": "theta lambda", "gns": "rho theta lambda"}  # fmt: skip
    count = {m: sum(added[word] for word in text.split()) for m, text in own.items()}
    ratios = [name for name in steps.tests if name.startswith("LR")]
    assert len(ratios) == 20
    for name in ratios:
        large, small = re.fullmatch(r"LR (\w+) vs (\w+)", name).groups()
        expected = 2 * (loglik[large] - loglik[small])
        df = count[large] - count[small]
        # R's optimisers stop about 1e-6 short of the maximum of each likelihood.
        assert steps.tests[name].statistic == pytest.approx(expected, abs=1e-5)
        assert steps.tests[name].df == (df,)
        assert steps.tests[name].p_value == pytest.approx(stats.chi2.sf(expected, df), rel=1e-4)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(("small", "large"), [("ols", "sar"), ("ols", "sem"), ("slx", "sdm")])
def test_likelihood_ratios_spatialreg_prints(case, small, large):
    steps = wb.ladder(case.formula, case.table, case.W, models=(small, large))
    section = {"sar": "lag", "sem": "err", "sdm": "sdm"}[large]
    expected = case.numbers[f"{section}/LR/stat"]
    assert steps.tests[f"LR {large} vs {small}"].statistic == pytest.approx(expected, abs=1e-5)


def test_lagrange_decisions_are_those_of_the_stored_tests(case):
    """Steps of the classic path carry spdep's statistics; each decision is p against the level."""
    path = wb.ladder(case.formula, case.table, case.W, models=("ols",)).recommend("classic")
    keys = {"LM lag": "RSlag", "LM error": "RSerr", "Robust LM lag": "adjRSlag",
            "Robust LM error": "adjRSerr"}  # fmt: skip
    stored = {name: case.numbers[f"ols/RS/{key}/stat"] for name, key in keys.items()}
    reject = {name: stats.chi2.sf(value, 1) <= 0.05 for name, value in stored.items()}
    for row in path.tidy().itertuples():
        assert row.statistic == pytest.approx(stored[row.test], rel=1e-6)
        assert row.decision.startswith("rejected") == reject[row.test]
    lag, error = reject["LM lag"], reject["LM error"]
    if lag and error:
        lag, error = reject["Robust LM lag"], reject["Robust LM error"]
        larger = "sar" if stored["Robust LM lag"] > stored["Robust LM error"] else "sem"
        expected = {(1, 0): "sar", (0, 1): "sem", (1, 1): larger}.get((lag, error))
    else:
        expected = {(0, 0): "ols", (1, 0): "sar", (0, 1): "sem"}[lag, error]
    assert path.model == expected


def fake(**p_values):
    """Tests with given p-values; every other test of the family has p = 0.9."""
    names = [pair.name for pair in restrictions(words(Model))]
    names += ["LM lag", "LM error", "Robust LM lag", "Robust LM error"]
    names += ["LM SDM", "Robust LM WX", "Robust LM lag (beside WX)"]
    given = {key.replace("_", " "): p for key, p in p_values.items()}
    assert set(given) <= set(names)
    answers = {n: chi2_test(n, stats.chi2.isf(given.get(n, 0.9), 1), 1, null="") for n in names}
    return Tests("made up", answers)


LAG = {"LM_lag": 0.001, "LM_error": 0.01}
JOINT, ONLY_LAG = {"LM_SDM": 0.01}, "Robust_LM_lag_(beside_WX)"
NO_OLS = {f"LR_{m}_vs_ols": 1e-4 for m in words(Model) if m != "ols"}


@pytest.mark.quick_cases(15)
@pytest.mark.parametrize(
    ("strategy", "p_values", "candidates"),
    [
        ("classic", {}, ("ols",)),
        ("classic", {"LM_error": 0.04}, ("sem",)),
        ("classic", LAG | {"Robust_LM_lag": 0.01}, ("sar",)),
        ("classic", LAG, ("sar", "sem")),
        ("classic", LAG | {"Robust_LM_lag": 0.01, "Robust_LM_error": 0.01}, ("sar", "sem")),
        ("classic", LAG | {"Robust_LM_lag": 0.01, "Robust_LM_error": 0.001}, ("sem",)),
        ("classic", {"Robust_LM_lag": 0.001, "Robust_LM_error": 0.001}, ("ols",)),
        ("florax", {}, ("ols",)),
        ("florax", {"LM_lag": 0.01}, ("sar",)),
        ("florax", {"LM_error": 0.01}, ("sem",)),
        ("florax", {"LM_lag": 0.01, "LM_error": 0.01}, ("sar", "sem")),
        ("koley-bera", {ONLY_LAG: 0.01, "Robust_LM_WX": 0.01}, ("ols",)),
        ("koley-bera", JOINT, ("sar", "slx", "sdm")),
        ("koley-bera", JOINT | {ONLY_LAG: 0.01}, ("sar",)),
        ("koley-bera", JOINT | {"Robust_LM_WX": 0.01}, ("slx",)),
        ("koley-bera", JOINT | {ONLY_LAG: 0.01, "Robust_LM_WX": 0.01}, ("sdm",)),
        ("florax", LAG, ("sar",)),
        ("florax", {"LM_lag": 0.01, "LM_error": 0.001}, ("sem",)),
        ("elhorst", {}, ("ols",)),
        ("elhorst", {"LR_slx_vs_ols": 0.01}, ("slx",)),
        ("elhorst", {"LR_slx_vs_ols": 0.01, "LR_sdm_vs_slx": 0.01}, ("sdm",)),
        ("elhorst", LAG | {"LR_sdm_vs_sar": 0.01, "LR_sdm_vs_sem": 0.01}, ("sdm",)),
        ("elhorst", LAG | {"LR_sdm_vs_sem": 0.01, "Robust_LM_lag": 0.01}, ("sar",)),
        ("elhorst", LAG | {"LR_sdm_vs_sem": 0.01, "Robust_LM_error": 0.01}, ("sdm",)),
        ("elhorst", LAG, ("sar", "sem")),
        ("elhorst", LAG | {"Robust_LM_lag": 0.02, "Robust_LM_error": 0.01}, ("sem",)),
        ("from-sdm", {}, ("ols",)),
        ("from-sdm", NO_OLS, ("sem", "sar", "slx")),
        ("from-sdm", NO_OLS | {"LR_sdm_vs_slx": 0.01, "LR_sdm_vs_sem": 0.01}, ("sar",)),
        ("from-gns", {f"LR_gns_vs_{m}": 0.01 for m in words(Model) if m != "gns"}, ("gns",)),
        ("from-gns", NO_OLS | {"LR_gns_vs_sem": 0.01, "LR_gns_vs_slx": 0.01}, ("sdem", "sar")),
    ],
)  # fmt: skip
def test_paths_follow_their_published_rules(strategy, p_values, candidates):
    found = follow(strategy, fake(**p_values), level=0.05)
    assert found.candidates == candidates
    assert found.model == (candidates[0] if len(candidates) == 1 else None)
    assert ("cannot tell" in found.answer) == (len(candidates) > 1)


SIDE, DRAWS = 20, 20
BLIND = {"classic": ("sdm",), "florax": ("sdm",), "koley-bera": ("sem",)}
TRUTHS = {"ols": (0, 0, 0), "sar": (0.5, 0, 0), "sem": (0, 0.6, 0), "sdm": (0.5, 0, 1)}


@pytest.fixture(scope="module")
def lattice():
    i = np.arange(SIDE * SIDE)
    row, column = i // SIDE, i % SIDE
    links = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    return wb.weights.from_matrix(
        sparse.csr_array(links.astype(float)), ids=[f"r{k:03d}" for k in i], normalize="row"
    )


@pytest.mark.slow
@pytest.mark.parametrize("truth", TRUTHS)
def test_strategies_find_the_truth_in_strong_data(lattice, truth, monkeypatch):
    """n = 400, 20 draws, standard normal x and disturbances; BLIND names what a strategy lacks."""
    # One W throughout: its eigenvalues need not be found anew for every fit.
    prepared = log_determinant(lattice.sparse)
    monkeypatch.setattr(
        "workbench.numerics.likelihoods.one_parameter.log_determinant", lambda _: prepared
    )
    rho, lam, theta = TRUTHS[truth]
    M, n = lattice.sparse.toarray(), SIDE * SIDE
    right = Counter()
    for draw in range(DRAWS):
        random = np.random.default_rng([draw, 7])
        x, e = random.standard_normal((2, n))
        u = np.linalg.solve(np.eye(n) - lam * M, e)
        y = np.linalg.solve(np.eye(n) - rho * M, 1 + x + theta * M @ x + u)
        table = pd.DataFrame({"y": y, "x": x}, index=lattice.ids)
        models = ("ols", "slx", "sar", "sem", "sdm")
        paths = wb.ladder("y ~ x", table, lattice, models=models).paths()
        right.update(word for word in paths if paths[word].model == truth)
        assert paths["from-gns"].answer == "cannot be followed"
    known = [word for word in words(Strategy)[:-1] if truth not in BLIND.get(word, ())]
    # At 5 % a test, several tests a path: 15 of 20 leaves room for their sizes.
    assert all(right[word] >= 15 for word in known), right


def test_criteria_by_their_definitions(states):
    y, W = states
    steps = wb.ladder("log(gsp) ~ log(pc)", y, W, models=("ols", "sar", "sdm"))
    table = steps.criteria()
    k, n = table["parameters"], len(y)
    assert k.tolist() == [3, 4, 5]
    np.testing.assert_allclose(
        table["aicc"], -2 * table["loglik"] + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    )
    np.testing.assert_allclose(table["bic"], -2 * table["loglik"] + k * np.log(n))
    odds = np.exp(-0.5 * (table.loc["sar", "bic"] - table.loc["ols", "bic"]))
    share = table["probability_bic"]
    assert share["sar"] / share["ols"] == pytest.approx(odds)
    for column in ("aic_weight", "aicc_weight", "probability_bic"):
        assert table[column].sum() == pytest.approx(1)
    pd.testing.assert_frame_equal(table, criteria_table(steps.fits))


def sunk(monkeypatch, *models):
    """Make models fail as a likelihood without a maximum does."""
    import workbench.models.estimation.cross_section as room

    def fails(*_):
        raise ConvergenceError("lambda", expected="a maximum", found="the end of the interval")

    estimators = {**room.ESTIMATORS, **dict.fromkeys(models, fails)}
    monkeypatch.setattr(room, "ESTIMATORS", estimators)


def test_a_model_that_fails_is_an_answer_with_the_reason(states, monkeypatch):
    y, W = states
    sunk(monkeypatch, "gns", "sdm")
    steps = wb.ladder("log(gsp) ~ log(pc)", y, W)
    assert set(steps.failures) == {"gns", "sdm"}
    assert "end of the interval" in steps.failures["gns"]
    assert "gns could not be estimated" in str(steps)
    assert "gns" not in steps
    for strategy, failed in (("elhorst", "sdm"), ("from-sdm", "sdm"), ("from-gns", "gns")):
        path = steps.recommend(strategy)
        assert path.answer == "cannot be followed"
        assert path.reason == f"{failed} could not be estimated"
    assert "Not followed: elhorst (sdm could not be estimated)" in str(steps)
    with pytest.raises(InputError, match="end of the interval"):
        steps["gns"]
    asked = wb.ladder("log(gsp) ~ log(pc)", y, W, models=["ols", "gns"])
    assert list(asked) == ["ols"]
    assert list(asked.failures) == ["gns"]
    with pytest.raises(ConvergenceError):
        wb.ladder("log(gsp) ~ log(pc)", y, W, models=["gns"])


def test_a_path_past_a_model_that_failed_says_so(states, monkeypatch):
    y, W = states
    sunk(monkeypatch, "sac")
    path = wb.ladder("log(gsp) ~ log(pc)", y, W).recommend("from-gns")
    assert path.candidates
    assert "sac could not be estimated" in path.reason
    assert not any("sac" in step.test for step in path.steps)


def test_ties_and_levels_are_decided_by_the_rule():
    """p equal to the level rejects; equal statistics tell nothing."""
    found = follow(
        "classic", fake(LM_lag=0.05), level=float(stats.chi2.sf(stats.chi2.isf(0.05, 1), 1))
    )
    assert found.model == "sar"
    both = fake(**LAG, Robust_LM_lag=0.01, Robust_LM_error=0.01, LR_sdm_vs_sem=0.9)
    for strategy in ("classic", "elhorst"):
        assert follow(strategy, both, level=0.05).candidates == ("sar", "sem")
    assert follow("florax", fake(**LAG), level=0.0005).model == "ols"


def test_lm_tests_that_do_not_apply_keep_no_model():
    tests = fake()
    none = NotApplicable("LM lag", "rho = 0", "no reason")
    broken = Tests("made up", {**tests.answers, "LM lag": none})
    for strategy in ("classic", "florax", "elhorst"):
        found = follow(strategy, broken, level=0.05)
        assert found.answer == "cannot be followed"
        assert found.reason == "LM lag does not apply: no reason"


def test_every_answer_of_a_rule_is_in_its_table():
    """Every combination of significant tests against the tables as the papers write them."""
    for lag, error, rlag, rerror in itertools.product((True, False), repeat=4):
        p = {"LM_lag": lag, "LM_error": error, "Robust_LM_lag": rlag, "Robust_LM_error": rerror}
        # The lag statistics are the larger ones.
        sizes = {"LM_lag": 0.001, "Robust_LM_lag": 0.001}
        tests = fake(**{name: sizes.get(name, 0.01) if yes else 0.5 for name, yes in p.items()})
        one = {(True, False): "sar", (False, True): "sem", (False, False): "ols"}
        florax = one.get((lag, error), "sar")
        robust = one.get((rlag, rerror), "sar")
        classic = one.get((lag, error), None if robust == "ols" else robust)
        assert follow("florax", tests, level=0.05).model == florax
        assert follow("classic", tests, level=0.05).model == classic
    for lag, error, sar, sem in itertools.product((True, False), repeat=4):
        p = {"LM_lag": lag, "LM_error": error, "LR_sdm_vs_sar": sar, "LR_sdm_vs_sem": sem}
        tests = fake(**{name: 0.01 for name, yes in p.items() if yes})
        found = follow("elhorst", tests, level=0.05)
        if not (lag or error):
            expected = "ols"
        elif lag and error:  # robust tests point nowhere
            expected = None if not (sar or sem) else "sdm"
        elif lag:
            expected = "sdm" if sar else "sar"
        else:
            expected = "sdm" if sem else "sem"
        assert found.model == expected, p


def test_bad_input_is_refused_not_reported(states):
    y, W = states
    with pytest.raises(InputError, match="US-WY"):
        wb.ladder("log(gsp) ~ log(pc)", y.drop("US-WY"), W)
    with pytest.raises(InputError, match="gps"):
        wb.ladder("log(gps) ~ log(pc)", y, W)
    with pytest.raises(InputError, match="durbin"):
        wb.ladder("log(gsp) ~ log(pc)", y, W, durbin=["log(emp)"])
    steps = wb.ladder("log(gsp) ~ log(pc)", y, W, models=("ols", "sar"))
    with pytest.raises(OptionError, match="did you mean 'elhorst'"):
        steps.recommend("elhorts")
    with pytest.raises(InputError, match="level"):
        steps.paths(level=1.5)


def test_a_model_without_slopes_has_no_lags(states):
    y, W = states
    steps = wb.ladder("log(gsp) ~ 1", y, W)
    # Without regressors Wy and Wu cannot be told apart either: rho and lambda may change places.
    assert list(steps) == ["ols", "sar", "sem"]
    assert "besides the intercept" in steps.failures["slx"]
    assert "cannot be told apart" in steps.failures["sac"]


def test_disagreement_is_said_and_tables_use_the_glossary(states):
    y, W = states
    steps = wb.ladder("log(gsp) ~ log(pc) + log(emp)", y, W)
    paths = steps.paths()
    answers = {path.answer for path in paths.values()}
    assert len(answers) > 1
    assert paths.agreed is None
    assert all(word in paths.agreement for word in ("disagree", *paths))
    assert paths.agreement in str(steps)
    for table in (steps.glance(), steps.criteria(), paths.tidy(), paths.glance()):
        assert set(table.columns) <= set(GLOSSARY)
    assert "<table" in paths._repr_html_()
    assert "<table" in paths["elhorst"]._repr_html_()
    shuffled = wb.ladder("log(gsp) ~ log(pc) + log(emp)", y.sample(frac=1, random_state=3), W)
    pd.testing.assert_frame_equal(shuffled.paths().tidy(), paths.tidy(), check_exact=True)


def test_an_inexact_common_factor_is_said(labelled_case):
    """With islands W1 is not 1, so the constant of SEM is no combination of SDM's regressors."""
    for name, inexact in (("ncsids", False), ("ncsids_islands", True)):
        case = labelled_case(name)
        steps = wb.ladder(case.formula, case.table, case.W, models=("sem", "sdm"))
        assert any("not nested" in note for note in steps.notes) == inexact
    case = labelled_case("oldcol")
    part = wb.ladder(case.formula, case.table, case.W, models=("sem", "sdm"), durbin=["INC"])
    assert any("not nested" in note for note in part.notes)


def test_other_weights_of_the_error_reach_the_models_that_have_one(states):
    y, W = states
    K = wb.weights.knn(wb.load("us-states"), 4)
    formula = "log(gsp) ~ log(pc) + log(emp)"
    steps = wb.ladder(formula, y, W, W_error=K, durbin=["log(pc)"])
    for model in ("sem", "sac", "sdem", "gns"):
        durbin = ["log(pc)"] if model in ("sdem", "gns") else None
        alone = wb.fit(formula, y, W, model=model, W_error=K, durbin=durbin)
        pd.testing.assert_series_equal(steps[model].params, alone.params)
    assert steps["sdm"].weights_error is None
    assert "LR sdm vs sem" not in steps.tests.answers
    assert any("Not all weights are W" in note for note in steps.notes)
    assert steps.recommend("elhorst").answer == "cannot be followed"
    part = K.restrict(y.index.drop("US-TX"))
    with pytest.raises(IdError, match="US-TX"):
        wb.ladder(formula, y, W, W_error=part)


def test_weights_of_regressors_and_of_cases_reach_their_models(states):
    y, W = states
    K = wb.weights.knn(wb.load("us-states"), 4)
    steps = wb.ladder("log(gsp) ~ log(pc)", y, W, W_x=K, case_weights="emp")
    for model in steps:
        of_x = K if model in ("slx", "sdm", "sdem", "gns") else None
        alone = wb.fit("log(gsp) ~ log(pc)", y, W, model=model, W_x=of_x, case_weights="emp")
        pd.testing.assert_series_equal(steps[model].params, alone.params)
    assert "LR sdm vs sem" not in steps.tests.answers
    with pytest.raises(InputError, match="one variance"):
        steps.marginal()
    with pytest.raises(InputError, match="durbin"):
        wb.ladder("log(gsp) ~ log(pc) + W(log(pc))", y, W)


def test_what_a_reader_sees(states):
    y, W = states
    steps = wb.ladder("log(gsp) ~ log(pc) + log(emp)", y, W)
    text = str(steps)
    assert "Smallest: " in text
    assert "equally likely beforehand" in text
    assert "rho = 0, lambda = 0 and the coefficients of WX are zero" in text
    path = steps.recommend("from-gns")
    assert str(path).splitlines()[0].startswith("Strategy from-gns, from GNS down by LR tests: ")
    assert str(path).rstrip().endswith(f"Leads to {path.model}: {path.reason}.")
    kept = wb.ladder("log(gsp) ~ log(emp)", y, W, models=["ols"]).recommend("classic", level=1e-9)
    assert "does not show that there is no spatial dependence" in str(kept)
    unknown = follow("classic", fake(**LAG), level=0.05)
    assert "The data cannot tell sar from sem: both LM tests reject OLS" in str(unknown)
