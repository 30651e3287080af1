"""A verdict follows from the interval; its errors are bounded as promised.

References: the rule in words; two one-sided tests by statsmodels; simulation with known truth.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

import workbench as wb
from workbench.errors import FormulaError, InputError, OptionError
from workbench.hypotheses.statements.estimands import indirect, moran_index, total
from workbench.hypotheses.statements.estimates import Estimate, sampled, wald
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.indices import Permuted

Z = stats.norm.isf(0.025)


def answers(hypothesis, values, error=1.0, df=None):
    return [hypothesis.judge(wald(v, error, df)).answer for v in values]


def test_a_direction_has_three_answers():
    values = (Z + 0.01, Z - 0.01, 0.0, -Z + 0.01, -Z - 0.01)
    told = ["supported", "cannot tell", "cannot tell", "cannot tell", "contradicted"]
    assert answers(Hypothesis("s", "total(x) > 0"), values) == told
    assert answers(Hypothesis("s", "total(x) < 0"), values) == told[::-1]
    either = ["supported", "cannot tell", "cannot tell", "cannot tell", "supported"]
    assert answers(Hypothesis("s", "total(x) != 0"), values) == either
    assert answers(Hypothesis("s", "total(x) > 2"), [v + 2 for v in values]) == told


@pytest.mark.parametrize(("p", "told"), [(0.049, "supported"), (0.06, "cannot tell")])
def test_an_index_is_told_by_its_p_value_at_alpha(p, told):
    found = replace(wald(0.3, np.nan, None), evidence=Permuted(-0.02, p))
    assert Hypothesis("s", "moran_index(residuals) > 0").judge(found).answer == told


def test_the_interval_is_of_the_level_of_the_hypothesis():
    found = wald(1.7, 1.0, None)  # 95 %
    assert Hypothesis("s", "total(x) > 0").judge(found).answer == "cannot tell"
    told = Hypothesis("s", "total(x) > 0", alpha=0.1).judge(found)
    assert told.answer == "supported"
    assert told.level == 0.9
    np.testing.assert_allclose(told.conf_low, 1.7 - stats.norm.isf(0.05))


def test_p_value_and_interval_agree():
    hypothesis = Hypothesis("s", "total(x) > 0")
    for value in np.linspace(-4, 4, 41):
        told = hypothesis.judge(wald(float(value), 1.3, 12.0))
        assert (told.p_value <= 0.05) == (told.answer != "cannot tell")


def test_draws_decide_as_their_quantiles_do():
    rng = np.random.default_rng(1)
    hypothesis = Hypothesis("s", "total(x) > 0")
    for centre in np.linspace(0.2, 0.9, 15):
        draws = rng.lognormal(size=2000) * 0.5 + centre - 0.5
        told = hypothesis.judge(sampled(float(centre), draws))
        assert (told.conf_low > 0) == (told.answer == "supported")
        # the p-value counts the estimate itself: at the edge it is the more careful by 1/2001
        assert abs(told.p_value - 2 * (draws <= 0).mean()) < 2e-3


def test_equivalence_is_two_one_sided_tests():
    """P-values are those of statsmodels' ttost_mean."""
    rng = np.random.default_rng(3)
    for shift in (0.0, 0.05, 0.2):
        x = rng.standard_normal(60) * 0.5 + shift
        reference = DescrStatsW(x).ttost_mean(-0.15, 0.25)[0]
        found = wald(x.mean(), x.std(ddof=1) / np.sqrt(60), 59.0)
        told = Hypothesis("s", "-0.15 < total(x) < 0.25").judge(found)
        np.testing.assert_allclose(told.p_value, reference, rtol=1e-10)
        assert (told.answer == "supported") == (reference < 0.05)


def test_equivalence_has_three_answers():
    hypothesis = Hypothesis("s", "|total(x)| < 1")
    narrow = stats.norm.isf(0.05) * 0.1
    wide = Z * 0.1
    values = (0.0, 1 - narrow - 0.001, 1 - narrow + 0.001, 1 + wide - 0.001, 1 + wide + 0.001)
    assert answers(hypothesis, values, 0.1) == [
        "supported",
        "supported",
        "cannot tell",
        "cannot tell",
        "contradicted",
    ]
    beyond = hypothesis.judge(wald(-1.5, 0.1, None))
    assert beyond.p_value > 0.99
    assert beyond.p_contrary < 1e-6
    assert beyond.level == 0.9


@pytest.mark.slow
@pytest.mark.parametrize(("truth", "n"), [(0.0, 12), (0.0, 60)])
def test_claims_are_wrong_as_often_as_promised(truth, n):
    """Under a null at the boundary each wrong claim is made with probability alpha/2."""
    rng = np.random.default_rng(8)
    runs = 4000
    x = rng.standard_normal((runs, n))
    X = x - x.mean(axis=1, keepdims=True)
    y = truth * x + rng.standard_normal((runs, n))
    b = (X * y).sum(1) / (X**2).sum(1)
    residual = y - y.mean(1, keepdims=True) - b[:, None] * X
    error = np.sqrt((residual**2).sum(1) / (n - 2) / (X**2).sum(1))
    hypothesis = Hypothesis("s", "total(x) > 0")
    told = [
        hypothesis.judge(wald(v, e, float(n - 2))).answer for v, e in zip(b, error, strict=True)
    ]
    for word in ("supported", "contradicted"):
        # 0.025 and four standard errors of 4,000 runs
        assert told.count(word) / runs < 0.025 + 4 * np.sqrt(0.025 * 0.975 / runs)
        assert told.count(word) / runs > 0.025 - 4 * np.sqrt(0.025 * 0.975 / runs)


@pytest.mark.slow
def test_wrong_claims_of_equivalence_are_bounded():
    """At the margin itself, equivalence is claimed with probability alpha, its contrary less."""
    rng = np.random.default_rng(9)
    hypothesis = Hypothesis("s", "|total(x)| < 1")
    told = answers(hypothesis, 1 + 0.2 * rng.standard_normal(4000), 0.2)
    slack = 4 * np.sqrt(0.05 * 0.95 / 4000)
    assert abs(told.count("supported") / 4000 - 0.05) < slack
    assert told.count("contradicted") / 4000 < 0.025 + slack


def test_a_fit_that_lacks_the_term_is_not_applicable(sdm):
    told = Hypothesis("s", "indirect(log(hwy)) > 0").test(sdm)
    assert told.answer == "not applicable"
    assert not told.applicable
    assert "log(hwy)" in told.reason
    assert "log(emp), log(pc)" in told.reason
    assert np.isnan([told.estimate, told.p_value, told.conf_low]).all()
    assert told.provenance is sdm.provenance


def test_spillovers_of_a_model_without_any_are_not_contradicted(year):
    told = Hypothesis("s", "indirect(log(emp)) > 0").test(wb.fit("log(gsp) ~ log(emp)", year))
    assert told.answer == "not applicable"
    assert "by the form of ols" in told.reason


def test_a_verdict_is_a_row(sdm):
    told = Hypothesis("More", "total(log(emp)) > 0", name="H1").test(sdm)
    assert list(told.tidy().columns) == [
        "hypothesis",
        "restriction",
        "estimate",
        "std_error",
        "statistic",
        "p_value",
        "conf_low",
        "conf_high",
        "verdict",
        "reason",
        "kind",
    ]
    row = sdm.impacts()["log(emp)", "total"]
    assert told.estimate == row["estimate"]
    assert told.p_value == row["p_value"]
    assert told.statistic == row["statistic"]
    assert "SUPPORTED: H1" in str(told)
    assert "<script>" not in Hypothesis("<script>", "rho > 0").test(sdm)._repr_html_()


def test_an_index_is_above_or_below_independence(year, queen):
    ols = wb.fit("log(gsp) ~ log(emp)", year, queen)
    told = Hypothesis("s", moran_index("log(gsp/emp)"), ">", alpha=0.2).test(ols)
    assert told.answer == "supported"
    assert told.p_value == wb.moran("log(gsp/emp)", year, queen, permutations=9999).p_permutation
    assert Hypothesis("s", "moran_index(log(gsp/emp)) < 0", alpha=0.2).test(ols).answer == (
        "contradicted"
    )
    for text in ("moran_index(x) > 0.1", "|moran_index(x)| < 0.1"):
        with pytest.raises(InputError, match="independence"):
            Hypothesis("s", text)
    lost = Hypothesis("s", "moran_index(log(nothing)) > 0").test(ols)
    assert lost.answer == "not applicable"


def test_what_is_not_decidable_is_refused():
    bad = [
        ({"alpha": 0.0}, "alpha"),
        ({"alpha": 0.6}, "up to 0.5"),
        ({"alpha": float("nan")}, "alpha"),
        ({"alpha": True}, "alpha"),
        ({"kind": "confirmed"}, "confirmatory"),
        ({"relation": ">="}, "relation"),
        ({"relation": "="}, "margin"),
        ({"relation": "=", "margin": -0.1}, "margin"),
        ({"relation": "=", "margin": float("inf")}, "margin"),
        ({"relation": ">", "margin": 0.1}, "margin"),
        ({"relation": ">", "value": float("nan")}, "value"),
        ({"relation": None}, "relation"),
        ({"relation": ">", "mechanism": None}, "mechanism"),
    ]
    for options, told in bad:
        with pytest.raises(InputError, match=told):
            Hypothesis("s", total("x"), **({"relation": ">"} | options))
    with pytest.raises(InputError, match="statement"):
        Hypothesis(" ", "rho > 0")
    with pytest.raises(InputError, match="value"):
        Hypothesis("s", "rho > 0", value=1.0)
    with pytest.raises(InputError, match="one margin"):
        Hypothesis("s", "rho > 0", margin=0.1)
    with pytest.raises(InputError, match="one margin"):
        Hypothesis("s", "rho = 0 +- 0.2", margin=0.1)
    with pytest.raises(FormulaError, match="relation"):
        Hypothesis("s", "rho")
    with pytest.raises(InputError, match="estimand"):
        Hypothesis("s", 3, ">")
    assert Hypothesis("s", "rho = 0", margin=0.1) == Hypothesis("s", "rho = 0 +- 0.1")
    assert Hypothesis("s", "rho", ">", 0) == Hypothesis("s", "rho > 0")


def test_the_digest_is_of_what_decides():
    first = Hypothesis("s", "indirect(x) > 0")
    same = Hypothesis("other words", indirect("x"), ">", 0.0, kind="confirmatory", name="H")
    assert first.digest == same.digest
    assert len(first.digest) == 16
    others = ["indirect(x) < 0", "indirect(x) > 0.1", "direct(x) > 0", "|indirect(x)| < 0.1"]
    digests = {Hypothesis("s", text).digest for text in others}
    digests |= {first.digest, Hypothesis("s", "indirect(x) > 0", alpha=0.01).digest}
    assert len(digests) == 6


def test_a_hypothesis_survives_files_and_processes():
    for text in ("|total(x) - 1| < 0.1", "indirect[long-run](C(type)[T.east]) - rho > 0.25"):
        made = Hypothesis("s", text, alpha=0.1, kind="confirmatory", mechanism="m", reference="r")
        assert Hypothesis.from_dict(json.loads(json.dumps(made.to_dict()))) == made
        assert pickle.loads(pickle.dumps(made)) == made
        assert hash(made) == hash(Hypothesis.from_dict(made.to_dict()))
    with pytest.raises(OptionError, match="alpha"):
        Hypothesis.from_dict({"statement": "s", "restriction": "rho > 0", "alfa": 0.1})
    with pytest.raises(InputError, match="restriction"):
        Hypothesis.from_dict({"statement": "s"})


def test_an_estimate_without_uncertainty_decides_nothing():
    nothing = Estimate(np.nan, np.nan, None, np.nan, np.nan, 0.95, "delta", ("no estimate",))
    assert Hypothesis("s", "rho > 0").judge(nothing).answer == "not applicable"
    bare = Estimate(1.0, np.nan, None, np.nan, np.nan, 0.95, "delta")
    assert Hypothesis("s", "rho > 0").judge(bare).answer == "cannot tell"
