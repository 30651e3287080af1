"""Our numbers under R's names: predictions, J tests, weighted SAR, eigenvectors, determinants."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
from scipy import sparse

import workbench as wb
from tests.conftest import REFERENCE, load_case
from tests.models.parity import by_term, case_of, names_of, stored
from workbench.numerics.scores.j_test import Candidate, j_test, regressors
from workbench.numerics.scores.quadratic_forms import residual_eigenvalues
from workbench.numerics.sparse.logdet import log_determinant
from workbench.numerics.sparse.spectrum import eigenvalues, spectrum_of

PREDICTED = {"lag": "sar", "err": "sem", "sdm": "sdm"}


def predictions() -> dict[str, float]:
    """Return predictions of all kinds that are stored, in and out of the sample of Columbus."""
    case, found = case_of("oldcol"), {}
    asked = sorted({tuple(key.split("/")[:3]) for key in stored("predictions")["oldcol"]})
    held = sorted({k.split("/")[3] for k in stored("predictions")["oldcol"] if "/out/TS1/" in k})
    seen, new = case.table.drop(index=held), case.table.loc[held].drop(columns="CRIME")
    W = case.W.restrict(seen.index)
    for section, where, kind in asked:
        model, base = PREDICTED[section], f"{section}/{where}/{kind}"
        if kind == "coef":
            params = wb.fit(case.formula, seen, W, model=model).params
            found |= by_term(base, params, names_of("oldcol"))
            continue
        if where == "in":
            fit = wb.fit(case.formula, case.table, case.W, model=model)
            values = fit.predict(kind=kind).values
        else:
            fit = wb.fit(case.formula, seen, W, model=model)
            values = fit.predict(new, case.W, kind=kind).values
        found |= {f"{base}/{region}": value for region, value in values.items()}
    return found


def j_tests() -> dict[str, float]:
    """Return the augmented regressions behind the J tests of two W of Columbus."""
    case, found = load_case("oldcol"), {}
    queen, knn = (Candidate(case.X, W, case.X[:, 1:]) for W in (case.W, load_case("oldcol_knn6").W))
    terms = ["Intercept", "INC", "HOVAL", "Wy", "prediction"]
    for key in ("queen_null", "knn6_null", "queen_null_robust"):
        null, other = (knn, queen) if key.startswith("knn6") else (queen, knn)
        test = j_test(case.y, null, other, robust=key.endswith("robust"))
        found |= {f"{key}/coef/{t}": v for t, v in zip(terms, test.coefficients, strict=True)}
        for i, a in enumerate(terms):
            found[f"{key}/variance/{a}"] = test.covariance[i, i]
            for j, b in enumerate(terms):
                found[f"{key}/covariance/{a}/{b}"] = test.covariance[i, j]
        found[f"{key}/s2"] = test.sigma2
        fitted = _augmented(case.y, null, other) @ test.coefficients
        for region, y, value in zip(case.ids, case.y, fitted, strict=True):
            found |= {f"{key}/fitted/{region}": value, f"{key}/residual/{region}": y - value}
    return found


def _augmented(y: np.ndarray, null: Candidate, other: Candidate) -> np.ndarray:
    """Return the null's regressors and the other's prediction by dense two-stage least squares."""
    Z, W = regressors(y, other), other.W.toarray()
    H = np.column_stack([other.X, W @ other.Z, W @ W @ other.Z])
    projected = H @ np.linalg.lstsq(H, Z, rcond=None)[0]
    return np.column_stack([regressors(y, null), Z @ np.linalg.lstsq(projected, y, rcond=None)[0]])


def weighted_sar() -> dict[str, float]:
    """Return spautolm's SAR with weights w: an error model in units of the square root of w.

    (I - lambda W)(y - Xb) has variance s2 / w, so that the rescaled data have the error model with
    weights D^(1/2) W D^(-1/2); the density of y has half the sum of log w besides. What
    ``case_weights=`` does is held to the same numbers in test_case_weights.py.
    """
    case, raw = case_of("ncsids"), load_case("ncsids")
    root = np.sqrt(raw.table["BIR74"])
    table = pd.DataFrame(
        {"root": root, "y": root * case.table["sid"], "x": root * case.table["nwbir"]}
    )
    scaled = sparse.diags_array(root) @ raw.B @ sparse.diags_array(1 / root)
    W = wb.weights.from_matrix(scaled.toarray(), raw.ids, normalize="none")
    fit = wb.fit("y ~ root + x - 1", table, W, model="sem")
    jacobian = float(np.log(root).sum())
    plain, empty = (wb.fit(f, table).loglik for f in ("y ~ root + x - 1", "y ~ root - 1"))
    names = {"root": "(Intercept)", "x": "ft.NWBIR74"}
    numbers = by_term("autolm/coef", fit.params[list(names)], names)
    numbers |= by_term("autolm/se", fit.std_errors[list(names)], names)
    found = {"lambda": fit.params["lambda"], "lambda_se": fit.std_errors["lambda"]}
    found |= {"LL": fit.loglik + jacobian, "LL0": plain + jacobian, "LLNull": empty + jacobian}
    found |= {"s2": fit.sigma2, "NK": 1 - np.exp(-2 / fit.nobs * (fit.loglik - empty))}
    return numbers | {f"autolm/{key}": value for key, value in found.items()}


def filtering() -> dict[str, float]:
    """Return regressions on the eigenvectors that R chose, one more at each step."""
    case, raw, numbers = case_of("oldcol"), load_case("oldcol"), stored("further")["oldcol"]
    steps = [1, 2, 3]
    chosen = [f"vec{numbers[f'filtering/{step}/vector']:.0f}" for step in steps]
    spectrum = residual_eigenvalues(raw.X, raw.W)[::-1]
    columns = {
        name: [numbers[f"filtering/vector/{name}/{region}"] for region in raw.ids]
        for name in chosen
    }
    table, found = case.table.assign(**columns), {}
    for step in (0, *steps):
        formula = " + ".join([case.formula, *chosen[:step]])
        fit = wb.fit(formula, table, case.W)
        moran = fit.diagnostics()["Moran's I of residuals"]
        base = f"filtering/{step}"
        found |= {f"{base}/I": moran.statistic, f"{base}/z": moran.z}
        found |= {f"{base}/p_value": moran.p_value, f"{base}/R2": fit.rsquared}
        if step:
            vector = chosen[step - 1]
            found[f"{base}/eigenvalue"] = spectrum[int(vector[3:]) - 1]
            found[f"{base}/gamma"] = fit.params[vector]
    names = {**names_of("oldcol"), **{name: name for name in chosen}}
    return found | by_term("filtering/coef", fit.params, names)


def nearest_of_boston(k: int) -> sparse.csr_array:
    with (REFERENCE / "weights" / "distances_boston_knn.csv").open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["k"] == str(k)]
    i = np.repeat([int(row["focal"]) - 1 for row in rows], k)
    j = np.concatenate([[int(x) - 1 for x in row["neighbors"].split()] for row in rows])
    return sparse.csr_array((np.full(len(i), 1 / k), (i, j)), shape=(len(rows), len(rows)))


def determinants(case: str) -> dict[str, float]:
    """Return log-determinants by eigenvalues, extreme eigenvalues, and traces of powers."""
    W = nearest_of_boston(6) if case == "boston_k6" else load_case(case).W
    logdet, found = log_determinant(W), {}
    for key in stored("further")[case]:
        if key.startswith("logdet/"):
            found[key] = logdet.value(float(key.split("/")[1]))
    values = eigenvalues(W)
    limits = spectrum_of(values)
    found |= {"eigenvalue/smallest": limits.smallest, "eigenvalue/largest": limits.largest}
    found["eigenvalue/complex"] = float(np.sum(np.abs(values.imag) > 1e-10))
    return found | {f"trace/{p}": float(np.sum(values**p).real) for p in range(1, 21)}


def factorised(case: str) -> dict[str, float]:
    """Return the log-determinants by sparse factors, as beyond a few thousand regions."""
    W = nearest_of_boston(6) if case == "boston_k6" else load_case(case).W
    logdet = log_determinant(W, dense_limit=0)
    keys = [key for key in stored("further")[case] if key.startswith("logdet/")]
    return {key: logdet.value(float(key.split("/")[1])) for key in keys}
