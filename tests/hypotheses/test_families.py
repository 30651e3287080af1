"""Asked often, a claim takes more: Holm's and Benjamini and Hochberg's adjustments.

Reference: R's p.adjust, whose definitions are written out here in its own steps, and
statsmodels.
"""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

import workbench as wb
from workbench.errors import InputError, OptionError
from workbench.hypotheses.statements.estimates import wald
from workbench.hypotheses.statements.families import adjusted_p, family, test_hypotheses
from workbench.hypotheses.statements.hypothesis import Hypothesis

# Benjamini and Hochberg (1995), section 4.1: the fifteen p-values of the worked example.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
    0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def as_in_r(p, method):
    """R: holm pmin(1, cummax((n - i + 1) p[o]))[ro]; BH pmin(1, cummin(n/i p[o]))[ro], o down."""
    p = np.asarray(p)
    n = p.size
    out = np.empty(n)
    if method == "holm":
        o = np.argsort(p)
        out[o] = np.minimum(1, np.maximum.accumulate((n - np.arange(n)) * p[o]))
    else:
        o = np.argsort(p)[::-1]
        out[o] = np.minimum(1, np.minimum.accumulate(n / np.arange(n, 0, -1) * p[o]))
    return out


@pytest.mark.parametrize("method", ["holm", "fdr_bh"])
def test_adjusted_as_in_r(method):
    shuffled = np.random.default_rng(0).permutation(PUBLISHED)
    np.testing.assert_allclose(adjusted_p(shuffled, method), as_in_r(shuffled, method), rtol=1e-14)
    np.testing.assert_allclose(
        adjusted_p(shuffled, method), multipletests(shuffled, method=method)[1], rtol=1e-14
    )


def test_the_published_example_rejects_four_and_bonferroni_three():
    """Benjamini and Hochberg reject the first four at 0.05, Holm the first three."""
    assert sum(p <= 0.05 for p in adjusted_p(PUBLISHED, "fdr_bh")) == 4
    assert sum(p <= 0.05 for p in adjusted_p(PUBLISHED, "holm")) == 3


def named(restriction, number):
    return Hypothesis("s", restriction, name=f"H{number}")


def test_what_the_family_does_not_bear_out_cannot_be_told():
    alone = [
        named("total(x) > 0", i).judge(wald(v, 1.0, None)) for i, v in enumerate((3.5, 2.1, -2.2))
    ]
    assert [v.answer for v in alone] == ["supported", "supported", "contradicted"]
    together = family(alone)
    assert [v.answer for v in together] == ["supported", "cannot tell", "cannot tell"]
    assert "supported alone" in together[1].reason
    assert together[1].estimate == 2.1
    assert [v.answer for v in family(alone, adjust="none")] == [v.answer for v in alone]


def test_those_not_applicable_are_outside_and_counted(sdm):
    asked = [
        Hypothesis("emp", "total(log(emp)) > 0"),
        Hypothesis("hwy", "total(log(hwy)) > 0"),
        Hypothesis("pc", "indirect(log(pc)) < 0"),
    ]
    told = test_hypotheses(asked, sdm)
    assert np.isnan(told.p_adjusted[1])
    p = [told[0].p_value, told[2].p_value]
    np.testing.assert_allclose([told.p_adjusted[0], told.p_adjusted[2]], as_in_r(p, "holm"))
    counts = told.glance().iloc[0]
    assert counts["not_applicable"] == 1
    assert counts["hypotheses"] == 3
    assert "1 not applicable" in " ".join(told.notes)
    table = told.tidy()
    assert list(table.columns).index("p_adjusted") == list(table.columns).index("p_value") + 1


def test_equivalence_and_its_contrary_share_a_place_in_the_family():
    near = named("|total(x)| < 1", 1).judge(wald(0.0, 0.2, None))
    far = named("|total(x)| < 1", 2).judge(wald(2.0, 0.2, None))
    together = family([near, far])
    assert [v.answer for v in together] == ["supported", "contradicted"]
    np.testing.assert_allclose(together.p_adjusted, as_in_r([near.p_value, far.p_contrary], "holm"))


def test_several_fits_are_one_family(sdm):
    told = test_hypotheses(Hypothesis("emp", "rho > 0"), {"a": sdm, "b": sdm})
    assert told.tidy()["fit"].tolist() == ["a", "b"]
    np.testing.assert_allclose(told.p_adjusted, np.full(2, 2 * told[0].p_value))


@pytest.mark.slow
def test_wrong_claims_of_a_family_are_bounded():
    """Ten directions, all at their boundary, independent: any claim in 5 % of 1,000 families."""
    rng = np.random.default_rng(5)
    asked = [named("total(x) > 0", i) for i in range(10)]
    wrong = 0
    for _ in range(1000):
        z = rng.standard_normal(10)
        p = [h.judge(wald(v, 1.0, None)).p_decision for h, v in zip(asked, z, strict=True)]
        wrong += any(q <= 0.05 for q in adjusted_p(p, "holm"))
    assert abs(wrong / 1000 - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 1000)


def test_families_without_members_are_refused(sdm):
    H = Hypothesis("s", "rho > 0")
    for asked, fit, told in (
        ([], sdm, "hypotheses"),
        ([H], {}, "fit"),
        ([H, H], sdm, "twice"),
        (["rho > 0"], sdm, "str"),
    ):
        with pytest.raises(InputError, match=told):
            test_hypotheses(asked, fit)
    with pytest.raises(OptionError, match="holm"):
        test_hypotheses(H, sdm, adjust="bonferroni")
    with pytest.raises(InputError, match=r"wb\.fit"):
        test_hypotheses(H, "sdm")


def test_the_picture_of_a_family_shows_the_p_values_that_decide():
    y = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    fit = wb.fit("log(gsp) ~ log(pc) + log(emp)", y, W, model="slx")
    asked = [wb.Hypothesis(term, f"indirect({term}) < 0") for term in ("log(pc)", "log(emp)")]
    family = wb.hypotheses.test_hypotheses(asked, fit)
    told = " ".join(text.get_text() for text in family.plot().axes[0].texts)
    # an interval is not adjusted: without it, one beyond 0 stands beside "cannot tell" unexplained
    assert f"adjusted {family.p_adjusted[0]:.3f}" in told
    alone = wb.hypotheses.test_hypotheses(asked, fit, adjust="none")
    assert "adjusted" not in " ".join(text.get_text() for text in alone.plot().axes[0].texts)


def test_those_that_answer_keep_the_p_values_of_the_family():
    panel, W = wb.load("munnell-1990"), wb.weights.queen(wb.load("us-states"))
    y = panel.xs(1986, level="year")
    fits = {
        name: wb.fit("log(gsp) ~ log(emp) + log(pc)", y, W, model=name) for name in ("ols", "slx")
    }
    asked = [named("direct(log(pc)) > 0", 1), named("indirect(log(pc)) > 0", 2)]
    whole = test_hypotheses(asked, fits)
    some = whole.answered
    assert [v.applicable for v in whole] == [True, False, True, True]  # OLS has no indirect effect
    assert len(some) == 3
    assert "not applicable" not in set(some.tidy()["verdict"])
    kept = whole.tidy().query("verdict != 'not applicable'").reset_index(drop=True)
    assert some.tidy()[["fit", "hypothesis", "p_adjusted", "verdict"]].equals(
        kept[["fit", "hypothesis", "p_adjusted", "verdict"]]
    )
