"""Models of maximum likelihood have standard errors for disturbances that are not normal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import InputError, OptionError
from workbench.models import SCPC, Clustered, Conley, KelejianPrucha
from workbench.numerics.likelihoods.quasi_likelihood import moments_of

FORMULA = "log(gsp) ~ log(emp) + unemp"
LIKELIHOOD = ("sar", "sem", "sac", "sdm", "sdem", "gns")


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def y1986():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("model", LIKELIHOOD)
def test_only_the_inference_changes(y1986, W, model):
    plain = wb.fit(FORMULA, y1986, W, model=model)
    quasi = wb.fit(FORMULA, y1986, W, model=model, covariance="qml")
    pd.testing.assert_series_equal(quasi.params, plain.params, check_exact=True)
    assert quasi.loglik == plain.loglik
    assert quasi.tolerance == plain.tolerance
    assert quasi.provenance.options["covariance"] == "qml"
    assert quasi.glance()["covariance"].item() == "quasi-maximum likelihood"
    assert any("not normal" in note and "one variance" in note for note in quasi.notes)
    pd.testing.assert_frame_equal(
        plain.with_covariance("qml").tidy(), quasi.tidy(), check_exact=True
    )
    back = quasi.with_covariance("classical")
    pd.testing.assert_frame_equal(back.tidy(), plain.tidy(), check_exact=True)
    assert back.notes == plain.notes


def test_dense_formula_of_a_lag_model(y1986, W):
    """Lee (2004), theorem 3.2, with the n × n matrix G at hand."""
    fit = wb.fit(FORMULA, y1986, W, model="sar", covariance="qml")
    X, k = fit.design.X, len(fit.design.terms)
    e, s2 = fit.fit.resids, float(fit.fit.resids @ fit.fit.resids) / fit.nobs
    w = W.sparse.toarray()
    G = w @ np.linalg.inv(np.eye(len(w)) - fit.params["rho"] * w)
    spread, g = G @ X @ fit.params.iloc[:k].to_numpy(), np.diag(G)
    third, fourth = np.mean(e**3), np.mean(e**4)
    n, p = len(w), k + 2
    info, more = np.zeros((p, p)), np.zeros((p, p))
    info[:k, :k] = X.T @ X / s2
    info[:k, k] = X.T @ spread / s2
    info[k, k] = np.trace(G @ G + G.T @ G) + spread @ spread / s2
    info[k, -1] = np.trace(G) / s2
    info[-1, -1] = n / (2 * s2**2)
    more[:k, k] = third * X.T @ g / s2**2
    more[:k, -1] = third * X.sum(axis=0) / (2 * s2**3)
    more[k, k] = (2 * third * spread @ g + (fourth - 3 * s2**2) * g @ g) / s2**2
    more[k, -1] = (third * spread.sum() + (fourth - 3 * s2**2) * g.sum()) / (2 * s2**3)
    more[-1, -1] = n * (fourth - 3 * s2**2) / (4 * s2**4)
    info, more = (np.triu(a) + np.triu(a, 1).T for a in (info, more))
    V = np.linalg.inv(info)
    np.testing.assert_allclose(
        fit.cov.to_numpy(), (V + V @ more @ V)[: k + 1, : k + 1], rtol=1e-6, atol=1e-12
    )


def test_impacts_follow_by_both_methods(states, y1986, W):
    knn = wb.weights.knn(states, 4)
    plain = wb.fit(FORMULA, y1986, W, model="sac", W_error=knn)
    # one region far off, so that the moments are far from normal
    far = y1986.assign(gsp=y1986["gsp"].where(y1986.index != y1986.index[7], y1986["gsp"] * 3))
    plain = wb.fit(FORMULA, far, W, model="sac", W_error=knn)
    quasi = plain.with_covariance("qml")
    assert moments_of(plain.fit.resids).excess_kurtosis > 5
    changed = quasi.std_errors / plain.std_errors
    assert (changed - 1).abs().max() > 0.01
    delta = quasi.impacts().tidy()["std_error"]
    drawn = quasi.impacts(method="monte-carlo").tidy()["std_error"]
    assert (delta != plain.impacts().tidy()["std_error"]).all()
    total = [(term, "total") for term in ("log(emp)", "unemp")]
    np.testing.assert_allclose(drawn[total], delta[total], rtol=0.1)  # 10,000 draws, ratio of ρ
    several = plain.covariances(["classical", "qml"])
    assert several.std_errors.columns.tolist() == ["estimate", "classical", "qml"]


def test_order_of_rows_changes_no_bit(y1986, W):
    one = wb.fit(FORMULA, y1986, W, model="gns", covariance="qml")
    two = wb.fit(FORMULA, y1986.iloc[::-1], W, model="gns", covariance="qml")
    pd.testing.assert_frame_equal(one.tidy(), two.tidy(), check_exact=True)


@pytest.mark.parametrize("option", ["HC3", "robust", "clustered", "huber", 3])
def test_what_likelihood_cannot_have_is_refused_with_the_reason(y1986, W, option):
    with pytest.raises(InputError) as caught:
        wb.fit(FORMULA, y1986, W, model="sdm", covariance=option)
    if option != 3:
        assert "'classical' or 'qml'" in caught.value.expected
        assert "misses rho and lambda" in caught.value.why
        assert 'with_covariance("qml")' in caught.value.remedy


def test_objects_are_refused_by_their_label(states, y1986, W):
    with pytest.raises(InputError, match="Conley 500 km, bartlett"):
        wb.fit(FORMULA, y1986, W, model="sar", covariance=Conley(states, distance=500))


def test_least_squares_needs_none(y1986):
    with pytest.raises(InputError, match="assumes no normal disturbances"):
        wb.fit(FORMULA, y1986, covariance="qml")


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    "made",
    [
        lambda s: "HC3",
        lambda s: Clustered(s["division"]),
        lambda s: Conley(s, distance=700, kernel="spherical"),
        lambda s: KelejianPrucha(s, neighbors=8),
        lambda s: SCPC(s),
    ],
)
@pytest.mark.parametrize("model", ["ols", "slx"])
def test_the_door_takes_what_with_covariance_takes(states, y1986, W, model, made):
    option = made(states)
    at_once = wb.fit(FORMULA, y1986, W, model=model, covariance=option)
    after = wb.fit(FORMULA, y1986, W, model=model).with_covariance(option)
    pd.testing.assert_frame_equal(at_once.tidy(), after.tidy(), check_exact=True)
    assert at_once.notes == after.notes
    assert at_once.tolerance == after.tolerance
    assert at_once.provenance.options == after.provenance.options


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("conley", "covariance=wb.Conley(regions, distance=300)"),
        ("scpc", "covariance=wb.SCPC(regions)"),
        ("clustered", "covariance=wb.Clustered(by=data['district'])"),
        ("driscoll-kraay", "covariance=wb.Conley(regions, distance=300)"),
        ("hc3", "covariance='HC3'"),
    ],
)
def test_words_that_say_too_little_get_the_call_at_the_door(y1986, word, remedy):
    with pytest.raises(OptionError) as caught:
        wb.fit(FORMULA, y1986, covariance=word)
    assert remedy in caught.value.remedy


def test_panels_refuse_objects_by_name(states):
    with pytest.raises(InputError, match="of one cross-section"):
        wb.fit("log(gsp) ~ log(emp)", wb.load("munnell-1990"), covariance=SCPC(states))
