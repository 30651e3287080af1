"""Promise: the J test is sphet's, and holds its size."""

import csv
from pathlib import Path

import numpy as np
import pytest

from workbench.errors import CollinearityError, ValuesError
from workbench.numerics.scores.j_test import Candidate, j_test

FILE = Path(__file__).parents[1] / "reference" / "cross_section_jtest.csv"


@pytest.fixture
def numbers():
    with FILE.open(encoding="utf-8") as handle:
        return {row["quantity"]: float(row["value"]) for row in csv.DictReader(handle)}


@pytest.fixture
def pair(reference_case):
    queen, knn = reference_case("oldcol"), reference_case("oldcol_knn6")
    X = queen.X
    return queen.y, Candidate(X, queen.W, X[:, 1:]), Candidate(X, knn.W, X[:, 1:])


@pytest.mark.parametrize("key", ["queen_null", "knn6_null", "queen_null_robust"])
def test_agrees_with_sphet(pair, numbers, key):
    """sphet 2.1-1, kpjtest(model = "lag")."""
    y, queen, knn = pair
    null, other = (knn, queen) if key.startswith("knn6") else (queen, knn)
    found = j_test(y, null, other, robust=key.endswith("robust"))
    names = ["Intercept", "INC", "HOVAL", "Wy", "prediction"]
    expected = [numbers[f"{key}/coef/{name}"] for name in names]
    np.testing.assert_allclose(found.coefficients, expected, rtol=1e-8)
    variances = [numbers[f"{key}/variance/{name}"] for name in names]
    np.testing.assert_allclose(np.diag(found.covariance), variances, rtol=1e-8)
    assert found.sigma2 == pytest.approx(numbers[f"{key}/s2"], rel=1e-9)


def test_the_same_model_twice_is_refused(pair):
    y, queen, _ = pair
    with pytest.raises(CollinearityError, match="predict the same"):
        j_test(y, queen, queen, robust=False)


def test_too_many_instruments_are_refused(pair):
    y, queen, knn = pair
    few = slice(0, 9)
    cut = [Candidate(c.X[few], c.W[few, few], c.Z[few]) for c in (queen, knn)]
    with pytest.raises(ValuesError, match="instruments"):
        j_test(y[few], *cut, robust=False)


@pytest.mark.slow
def test_size_and_power(reference_case):
    """Data from a lag model on one W: its null holds, the other's is rejected."""
    near, far = reference_case("oldcol").W, reference_case("oldcol_knn6").W
    random = np.random.default_rng(11)
    X = np.column_stack([np.ones(49), random.normal(size=(49, 2))])
    A = np.eye(49) - 0.5 * near.toarray()
    one, two = Candidate(X, near, X[:, 1:]), Candidate(X, far, X[:, 1:])
    z = []
    for _ in range(400):
        y = np.linalg.solve(A, X @ [1.0, 2.0, -2.0] + random.normal(size=49))
        for null, other in ((one, two), (two, one)):
            found = j_test(y, null, other, robust=False)
            z.append(found.coefficients[-1] / np.sqrt(found.covariance[-1, -1]))
    rejected = (np.abs(np.array(z).reshape(-1, 2)) > 1.96).mean(axis=0)
    # 400 samples of 49 regions: four standard errors are 4.4 points, and the test is asymptotic.
    assert rejected[0] < 0.11
    assert rejected[1] > 0.5
