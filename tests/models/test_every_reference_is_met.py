"""Every number of R that is stored for cross-sections is met by ours, or its exception is written.

The walk goes through the files quantity by quantity, so that none lies idle: what `parity` and
`parity_further` do not produce must be in the table "Stored, not compared" of
tests/reference/README.md, and whatever that table names must be stored.

An error is measured on the scale of the quantity: a coefficient by itself and its standard error,
a covariance by the two standard errors, a residual by the root of s2 ... R's optimisers stop at
about 1e-8 of rho or lambda, which moves the rest by up to 1e-6 on these scales.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache

import numpy as np
import pytest

import workbench as wb
from tests.conftest import REFERENCE
from tests.models import parity, parity_further
from workbench.models import j_test

CASES = ("oldcol", "ncsids", "ncsids_islands", "boston")
# files whose every number is walked here, and those that another test holds
WALKED = (*CASES, "two_parameters", "ols", "predictions", "jtest", "further", "case_weights")
ELSEWHERE = {
    "moran": "tests/numerics/test_moran.py",
    "hac": "tests/models/test_covariances.py",
    "gmm": "tests/models/test_gmm_agrees_with_r.py",
}
RELATIVE = 1e-6
# (case, quantity) -> tolerance: R's own precision where it is worse, or better
PRECISION = {
    # closed forms: no optimiser; 15 digits are stored and sums of squares lose some
    ("*", "ols: *"): 1e-9,
    ("*", "jtest: *"): 1e-9,
    ("*", "further: *"): 1e-10,
    # uniroot() finds the saddlepoint to about 1e-8
    ("*", "ols: morantest_sad/*"): 1e-7,
    # R's line search stops 1.2e-6 of lambda early (tests/numerics/test_likelihood.py: the score at
    # ours is zero); the test and the mixed derivatives are quadratic in it
    ("boston", "boston: err/*"): 3e-6,
    ("boston", "two_parameters: sdem_partial/*"): 3e-6,
    ("*", "*: *LMtest_resid_err"): 1e-5,
    # two parameters: R stops at 1e-7 of each; Boston's rho is 0.85, close to singular
    ("boston", "two_parameters: gns/*"): 1e-5,
    ("*", "two_parameters: */optimum *"): 1e-6,
    # thirty powers of W: 0.85 to the 31st over 0.15 is left
    ("boston", "two_parameters: gns/impacts_traces/*"): 2e-3,
    # 2,000 draws in R, 20,000 here: 1.7 % of error together, and four of these
    ("*", "*: */sim_se_*"): 0.07,
}


@cache
def stored(file: str):
    return parity.stored(file)


@cache
def exceptions() -> list[tuple[str, str, str]]:
    """Return (file, case, pattern) of the table in the README of the references."""
    text = (REFERENCE / "README.md").read_text(encoding="utf-8")
    table = text.split("### Stored, not compared")[1].split("###")[0]
    rows = [line.split("|")[1:4] for line in table.splitlines() if line.startswith("| `")]
    return [
        (file.strip().strip("`"), case.strip(), pattern)
        for file, case, patterns in rows
        for pattern in re.findall(r"`([^`]+)`", patterns)
    ]


def excepted(file: str, case: str, quantity: str) -> bool:
    return any(
        fnmatchcase(file, f) and fnmatchcase(case, c) and fnmatchcase(quantity, q)
        for f, c, q in exceptions()
    )


def tolerance(file: str, case: str, quantity: str) -> float:
    """The last rule that fits."""
    found = RELATIVE
    for (where, pattern), value in PRECISION.items():
        if fnmatchcase(case, where) and fnmatchcase(f"{file}: {quantity}", pattern):
            found = value
    return found


def scale(quantity: str, numbers: dict[str, float]) -> float:
    """Return the unit in which an error of a quantity counts."""
    value = abs(numbers[quantity])
    section, _, rest = quantity.partition("/")
    kind, _, term = rest.partition("/")
    if kind == "coef":
        return value + numbers.get(f"{section}/se/{term}", 0.0)
    if kind == "z" or section == "t":
        return value + 1.0
    if kind in ("p", "p_value") or quantity.endswith(("/p", "/p_value")):
        # log p is about -z^2/2: an error of z counts twice the logarithm
        return value * (1.0 + 2.0 * abs(np.log(value))) if value > 0 else 0.0
    if kind == "vcov":
        a, b = term.split("/", 1) if "/" in term else (term, term)
        return float(
            np.sqrt(numbers[f"{section}/vcov/{a}/{a}"] * numbers[f"{section}/vcov/{b}/{b}"])
        )
    if kind in ("resid_head", "fitted_head"):
        return value + float(np.sqrt(numbers[f"{section}/s2"]))
    if kind.startswith("impacts"):
        effect, _, name = term.partition("/")
        keys = (
            f"{section}/impacts_traces/sim_se_{effect}/{name}",
            f"{section}/impacts_exact/se/{effect}/{name}",
            f"{section}/impacts/se_{effect}/{name}",
        )
        return value + next((numbers[key] for key in keys if key in numbers), 0.0)
    if section in ("trace", "traces"):
        return value + 1.0
    return value


def faults(file: str, case: str, theirs: dict[str, float], ours: parity.Numbers) -> list[str]:
    """Return what is not met: absent without an exception, or different."""
    found = []
    for quantity, value in theirs.items():
        if excepted(file, case, quantity):
            continue
        if quantity not in ours:
            found.append(f"{quantity}: stored, neither compared nor listed as an exception")
            continue
        allowed = tolerance(file, case, quantity) * scale(quantity, theirs)
        # R takes p-values as differences from one: sixteen digits after the point
        rounding = 5e-16 if re.search(r"/p(_value)?(/|$)", quantity) else 0.0
        if not abs(ours[quantity] - value) <= allowed + rounding:
            found.append(f"{quantity}: ours {ours[quantity]:.12g}, R {value:.12g} ({allowed:.1e})")
    return found


def sections(file: str):
    for case, numbers in stored(file).items():
        for section in dict.fromkeys(key.split("/")[0] for key in numbers):
            yield case, section


def part(file: str, case: str, section: str) -> dict[str, float]:
    numbers = stored(file)[case]
    return {key: value for key, value in numbers.items() if key.split("/")[0] == section}


def producer(section: str):
    if section in parity.MODELS:
        return parity.of_model
    return {"LR": parity.ratios, "traces": parity.powers}.get(section, lambda name, section: {})


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    ("file", "case", "section"),
    [(file, *place) for file in (*CASES, "two_parameters") for place in sections(file)],
)
def test_likelihood_models(file, case, section):
    theirs = part(file, case, section)
    if all(excepted(file, case, quantity) for quantity in theirs):
        return
    assert faults(file, case, theirs, producer(section)(case, section)) == []


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("case", CASES)
def test_least_squares_and_its_tests(case):
    assert faults("ols", case, stored("ols")[case], parity.of_least_squares(case)) == []


@pytest.mark.slow
def test_predictions():
    theirs = stored("predictions")["oldcol"]
    root = np.sqrt(stored("oldcol")["oldcol"]["lag/s2"])
    # errors of a prediction near zero count by the residual standard deviation
    ours = parity_further.predictions()
    assert theirs.keys() == ours.keys()
    gaps = {key: abs(ours[key] - value) / (abs(value) + root) for key, value in theirs.items()}
    assert max(gaps.values()) < 1e-6


def test_j_tests(labelled_case, reference_case):
    theirs = stored("jtest")["oldcol"]
    assert faults("jtest", "oldcol", theirs, parity_further.j_tests()) == []
    case, other = labelled_case("oldcol"), reference_case("oldcol_knn6").B
    knn = wb.weights.from_matrix(other.toarray(), case.table.index)
    first, second = (wb.fit(case.formula, case.table, W, model="sar") for W in (case.W, knn))
    for covariance, ending in (("classical", ""), ("robust", "_robust")):
        found = j_test(first, second, covariance=covariance)["J test, null: first"]
        key = f"queen_null{ending}"
        z = theirs[f"{key}/coef/prediction"] / np.sqrt(theirs[f"{key}/variance/prediction"])
        assert found.statistic == pytest.approx(z, rel=1e-9)


def test_weighted_sar_is_an_error_model_in_other_units():
    theirs = stored("case_weights")["ncsids"]
    assert faults("case_weights", "ncsids", theirs, parity_further.weighted_sar()) == []


def test_regressions_on_the_eigenvectors_that_spatial_filtering_chose():
    theirs = stored("further")["oldcol"]
    assert faults("further", "oldcol", theirs, parity_further.filtering()) == []


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("case", ["boston", "boston_k6", "usa48"])
def test_determinants_and_traces(case):
    theirs = stored("further")[case]
    assert faults("further", case, theirs, parity_further.determinants(case)) == []


def test_determinants_by_sparse_factors():
    """As beyond a few thousand regions; directed weights are in tests/numerics/test_logdet.py."""
    ours = parity_further.factorised("usa48")
    theirs = stored("further")["usa48"]
    assert len(ours) == 7
    assert faults("further", "usa48", {key: theirs[key] for key in ours}, ours) == []


def test_every_file_is_walked_or_held_elsewhere():
    found = {path.stem.removeprefix("cross_section_") for path in REFERENCE.glob("cross_section_*")}
    assert found == {*WALKED, *ELSEWHERE}
    for file, test in ELSEWHERE.items():
        text = (REFERENCE.parents[1] / test).read_text(encoding="utf-8")
        assert f"cross_section_{file}" in text or "reference_case" in text


def test_every_exception_is_stored_and_has_a_reason():
    for file, case, pattern in exceptions():
        files = [name for name in WALKED if fnmatchcase(name, file)]
        assert any(
            fnmatchcase(name, case) and fnmatchcase(quantity, pattern)
            for stem in files
            for name, numbers in stored(stem).items()
            for quantity in numbers
        ), f"{file}: {case}: {pattern} matches nothing"
