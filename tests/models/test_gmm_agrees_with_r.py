"""Fits by moments are those of spatialreg and sphet, number by number."""

from __future__ import annotations

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.models import GMM, KelejianPrucha
from workbench.numerics.moments.disturbances import fit_error_gmm

REFERENCE = Path(__file__).parents[1] / "reference"
LIMITS = (-0.99, 0.99)

# R's optimisers stop at about 1e-7 of lambda; its closed forms are right to the last digits.
CLOSED, SEARCHED = 1e-9, 2e-6


@pytest.fixture(scope="module")
def stored():
    out: dict[str, dict[str, float]] = {}
    with (REFERENCE / "cross_section_gmm.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            out.setdefault(row["case"], {})[row["quantity"]] = float(row["value"])
    return out


def numbers(stored, case, section, names):
    return np.array([stored[case][f"{section}/{name}"] for name in names])


def vcov(stored, case, section, names):
    told = stored[case]
    key = f"{section}/vcov"
    return np.array(
        [[told.get(f"{key}/{a}/{b}", told.get(f"{key}/{b}/{a}")) for b in names] for a in names]
    )


def in_errors(fit, expected):
    """Differences in standard errors."""
    return np.abs(fit.params.to_numpy() - expected) / fit.std_errors.to_numpy()


STSLS = {
    "stsls": {"method": "gmm"},
    "stsls_HC0": {"method": "gmm", "covariance": "HC0"},
    "stsls_HC1": {"method": "gmm", "covariance": "robust"},
    "stsls_W1X": {"method": GMM(instrument_orders=1)},
}


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("section", STSLS)
def test_lag_models_are_those_of_stsls(case, stored, section):
    """spatialreg 1.4-2, ``stsls``: classical divides by n − k, HC1 multiplies by n/(n − k)."""
    names = [*case.names, "Rho"]
    fit = wb.fit(case.formula, case.table, case.W, model="sar", **STSLS[section])
    expected = numbers(stored, case.name, f"{section}/coef", names)
    np.testing.assert_allclose(fit.params, expected, rtol=1e-8)
    errors = numbers(stored, case.name, f"{section}/se", names)
    np.testing.assert_allclose(fit.std_errors, errors, rtol=CLOSED)
    if section == "stsls":
        assert fit.sigma2 == pytest.approx(stored[case.name]["stsls/sigma2"], rel=1e-9)
    found = fit.diagnostics()["Anselin-Kelejian"].statistic
    assert found == pytest.approx(stored[case.name][f"{section}/AK"], rel=1e-8)


def test_impacts_are_those_of_stsls(columbus, stored):
    """Thirty traces there, exact here: 0.454567^30 is 5e-11."""
    fit = wb.fit(columbus.formula, columbus.table, columbus.W, model="sar", method="gmm")
    found = fit.impacts()
    for effect in ("direct", "indirect", "total"):
        expected = numbers(stored, "oldcol", f"stsls/impacts/{effect}", columbus.names[1:])
        np.testing.assert_allclose(getattr(found, effect), expected, rtol=1e-6)


def test_error_models_are_those_of_gmerrorsar(case, stored):
    """``GMerrorsar``; its variance is that of (I − λW)û with û of least squares, over n.

    Ours is of the fitted disturbance, over n − k; with theirs in its place the errors agree.
    """
    fit = wb.fit(case.formula, case.table, case.W, model="sem", method=GMM(errors="kp99"))
    k = len(case.names)
    expected = numbers(stored, case.name, "GMerrorsar/coef", case.names)
    np.testing.assert_allclose(fit.params.iloc[:k], expected, rtol=1e-6)
    lam = stored[case.name]["GMerrorsar/lambda"]
    assert fit.params["lambda"] == pytest.approx(lam, rel=1e-7)
    ratio = np.sqrt(stored[case.name]["GMerrorsar/s2"] / fit.sigma2)
    errors = numbers(stored, case.name, "GMerrorsar/se", case.names)
    np.testing.assert_allclose(fit.std_errors.iloc[:k] * ratio, errors, rtol=1e-7)
    ols = wb.fit(case.formula, case.table).resids
    e = ols - fit.params["lambda"] * case.W.lag(ols)
    assert (e @ e) / len(e) == pytest.approx(stored[case.name]["GMerrorsar/s2"], rel=1e-7)


@pytest.mark.parametrize("name", ["oldcol", "ncsids", "boston"])
def test_lag_and_error_models_are_those_of_gstsls(labelled_case, stored, name):
    """``gstsls``, whose variance divides by n."""
    case = labelled_case(name)
    fit = wb.fit(case.formula, case.table, case.W, model="sac", method=GMM(errors="kp99"))
    names = [*case.names, "Rho_Wy"]
    k = len(names)
    expected = numbers(stored, name, "gstsls/coef", names)
    np.testing.assert_allclose(fit.params.iloc[:k], expected, rtol=1e-7)
    # its search for lambda stops 4e-8 short in Columbus, where lambda is 0.017
    assert fit.params["lambda"] == pytest.approx(stored[name]["gstsls/lambda"], abs=1e-7)
    errors = numbers(stored, name, "gstsls/se", names)
    scale = np.sqrt((fit.nobs - k) / fit.nobs)
    np.testing.assert_allclose(fit.std_errors.iloc[:k] * scale, errors, rtol=1e-7)


def test_with_islands_gstsls_instruments_the_transformed_constant_by_itself(labelled_case, stored):
    """(I − λW)1 is no constant then; ours has W1 among the instruments instead."""
    case = labelled_case("ncsids_islands")
    table, W = case.table.loc[case.W.ids], case.W.sparse
    y, x = table["sid"].to_numpy(), table[["nwbir"]].to_numpy()
    X, once = np.column_stack([np.ones(len(x)), x]), W @ x
    lags = np.column_stack([once, W @ once])
    lam = stored["ncsids_islands"]["gstsls/lambda"]
    found = fit_error_gmm(
        y,
        np.column_stack([X, W @ y]),
        H=np.column_stack([X - lam * (W @ X), lags]),
        H_first=np.column_stack([X, lags]),
        M=W,
        moments="kp99",
        limits=LIMITS,
    )
    names = [*case.names, "Rho_Wy"]
    expected = numbers(stored, "ncsids_islands", "gstsls/coef", names)
    np.testing.assert_allclose(found.delta, expected, rtol=1e-7)
    assert found.lambda_ == pytest.approx(lam, rel=1e-7)


SPHET = {
    "spreg_sarar_het": ("sac", GMM()),
    "spreg_sarar_hom": ("sac", GMM(errors="hom")),
    "spreg_sarar_het_durbin": ("gns", GMM()),
    "spreg_lag": ("sar", "gmm"),
    "spreg_lag_durbin": ("sdm", "gmm"),
    "gstslshet_error": ("sem", GMM(weighted_first=True)),
}


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", ["oldcol", "boston"])
@pytest.mark.parametrize("section", SPHET)
def test_fits_are_those_of_sphet(labelled_case, stored, section, name):
    """sphet 2.1-1, where lambda is on Wy and rho on Wu; lags of Durbin terms up to W³X."""
    case = labelled_case(name)
    model, method = SPHET[section]
    fit = wb.fit(case.formula, case.table, case.W, model=model, method=method)
    names = [*case.names]
    if model in ("gns", "sdm"):
        names += [f"lag_{name}" for name in case.names[1:]]
    names += {"sem": ["rho"], "sar": ["lambda"], "sdm": ["lambda"]}.get(model, ["lambda", "rho"])
    assert (in_errors(fit, numbers(stored, name, f"{section}/coef", names)) < SEARCHED).all()
    if name == "boston":
        errors = numbers(stored, name, f"{section}/se", names)
        np.testing.assert_allclose(fit.std_errors, errors, rtol=SEARCHED)
        return
    expected = vcov(stored, name, section, names)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(fit.cov / scale, expected / scale, atol=SEARCHED)


@pytest.fixture
def endogenous(columbus):
    path = REFERENCE / "data" / "cross_section_oldcol_instrument.csv"
    extra = pd.read_csv(path, index_col="id", dtype={"id": str})
    return columbus.table.join(extra)


@pytest.mark.parametrize(
    ("section", "model", "method", "covariance"),
    [
        ("endog_lag", "sar", GMM(lag_instruments=False), "classical"),
        ("endog_lag_het", "sar", GMM(lag_instruments=False), "HC0"),
        ("endog_sarar_het", "sac", GMM(lag_instruments=False), "classical"),
        ("endog_sarar_hom", "sac", GMM("hom", lag_instruments=False), "classical"),
    ],
)
def test_endogenous_regressors_are_those_of_sphet(
    columbus, endogenous, stored, section, model, method, covariance
):
    """HOVAL endogenous, instrument DISCBD, which sphet does not lag (``lag.instr = FALSE``)."""
    fit = wb.fit(
        "CRIME ~ INC + [HOVAL ~ DISCBD]",
        endogenous,
        columbus.W,
        model=model,
        method=method,
        covariance=covariance,
    )
    names = [*columbus.names, "lambda", *(["rho"] if model == "sac" else [])]
    assert (in_errors(fit, numbers(stored, "oldcol", f"{section}/coef", names)) < SEARCHED).all()
    expected = vcov(stored, "oldcol", section, names)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(fit.cov / scale, expected / scale, atol=SEARCHED)


@pytest.mark.parametrize(
    ("section", "options", "own"),
    [
        ("spreg_error_het", {}, True),
        ("spreg_error_het_step1c", {"weighted_first": True}, True),
        ("spreg_error_hom", {"moments": "hom"}, True),
        ("endog_error_het", {}, False),
        ("endog_error_hom", {"moments": "hom"}, False),
    ],
)
def test_error_models_of_sphet_have_no_lagged_instruments(
    columbus, endogenous, stored, section, options, own
):
    """sphet's ``spreg(model = "error")`` instruments (I − λ̃W)X by X (and h), not by WX too.

    Instrumental variables with fewer instruments than generalised least squares has: right, but
    wider. With X for H our kernel gives its numbers; wb.fit has WX, as ``gstslshet`` does.
    """
    table = endogenous
    X = np.column_stack([np.ones(len(table)), table["INC"], table["HOVAL"]])
    H = X if own else np.column_stack([X[:, :2], table["DISCBD"]])
    order = columbus.W.ids
    place = table.index.get_indexer(order)
    found = fit_error_gmm(
        table["CRIME"].to_numpy()[place],
        X[place],
        H=H[place],
        M=columbus.W.sparse,
        limits=LIMITS,
        **options,
    )
    names = [*columbus.names, "rho"]
    expected = vcov(stored, "oldcol", section, names)
    errors = np.sqrt(np.diag(expected))
    values = numbers(stored, "oldcol", f"{section}/coef", names)
    assert (np.abs(np.append(found.delta, found.lambda_) - values) < SEARCHED * errors).all()
    scale = np.outer(errors, errors)
    np.testing.assert_allclose(found.covariance / scale, expected / scale, atol=SEARCHED)


@pytest.mark.parametrize("name", ["oldcol", "boston"])
def test_gstslshet_takes_the_first_lambda_in_its_covariance(labelled_case, stored, name):
    """Estimates agree. ``gstslshet`` transforms Z by the first-stage lambda in the covariance of
    the coefficients, ours by the final one, as sphet's ``spreg`` does; with the first their block
    is reproduced.
    """
    case = labelled_case(name)
    method = GMM(weighted_first=True)
    fit = wb.fit(case.formula, case.table, case.W, model="sac", method=method)
    names = [*case.names, "lambda", "rho"]
    section = "gstslshet_sarar"
    assert (in_errors(fit, numbers(stored, name, f"{section}/coef", names)) < SEARCHED).all()
    scores = fit.iv.stage.projected @ fit.iv.stage.inverse * fit.fit.resids[:, None]
    errors = (
        np.sqrt(np.diag(vcov(stored, name, section, names)))
        if name == "oldcol"
        else numbers(stored, name, f"{section}/se", names)
    )
    np.testing.assert_allclose(np.sqrt(np.diag(scores.T @ scores)), errors[:-1], rtol=1e-5)


KERNELS = {
    "Triangular": "bartlett",
    "Epanechnikov": "epanechnikov",
    "Parzen": "parzen",
    "TH": "tukey-hanning",
}


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("theirs", KERNELS)
def test_hac_is_that_of_sphet(labelled_case, stored, theirs):
    """Twelve neighbours, each bandwidth the distance of the twelfth.

    ``Rectangular`` is left out: there the twelfth neighbour has weight one, here none, as at the
    end of every kernel; so is ``QS``, which has no end.
    """
    case = labelled_case("boston")
    table = pd.read_csv(REFERENCE / "weights" / "distances_boston_points.csv")
    points = gpd.GeoSeries(
        gpd.points_from_xy(table["x"], table["y"], crs=32619), index=case.table.index
    )
    fit = wb.fit(case.formula, case.table, case.W, model="sar", method="gmm")
    hac = fit.with_covariance(KelejianPrucha(points, neighbors=12, kernel=KERNELS[theirs]))
    expected = numbers(stored, "boston", f"hac_{theirs}/se", [*case.names, "Wy"])
    np.testing.assert_allclose(hac.std_errors, expected, rtol=CLOSED)
    pd.testing.assert_series_equal(hac.params, fit.params)
