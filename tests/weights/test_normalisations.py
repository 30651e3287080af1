"""Each normalisation is the one that the field means, whatever the weights; sparse at any n."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph
from scipy import sparse

from workbench.errors import OptionError, WeightsError
from workbench.numerics.sparse.scaling import scaled
from workbench.typing import Normalization, words
from workbench.weights import as_weights

ISLANDS = {"usa48": 0, "ncCC89": 2}
STYLES = {"row": "W", "global": "C", "double": "U", "variance": "S", "min-max": "minmax"}


@pytest.fixture(scope="module")
def stored():
    path = Path(__file__).parents[1] / "reference" / "weights" / "styles.csv"
    return pd.read_csv(path, dtype={"focal_id": str, "neighbor_id": str})


@pytest.mark.parametrize("case", ["usa48", "ncCC89"])
@pytest.mark.parametrize("normalization", STYLES)
def test_values_equal_spdep(stored, case, normalization):
    """R's spdep 1.4-2, nb2listw and spatialreg's style="minmax"; ncCC89 has two islands."""
    links = stored[stored["case"] == case]
    ids = sorted({*links["focal_id"], *links["neighbor_id"]})
    alone = [f"alone {k}" for k in range(ISLANDS[case])]
    labels = pd.Index(ids + alone)
    at = labels.get_indexer(links["focal_id"]), labels.get_indexer(links["neighbor_id"])
    W = sparse.coo_array((np.ones(len(links)), at), shape=(len(labels), len(labels))).tocsr()
    ours = scaled(sparse.csr_array(W), normalization).toarray()[at]
    # 1e-14: one division apart.
    np.testing.assert_allclose(ours, links[STYLES[normalization]], rtol=1e-14)


def lopsided(n=40, seed=3):
    """Directed weights of any size with two islands and a column that nobody else has."""
    rng = np.random.default_rng(seed)
    dense = np.where(rng.random((n, n)) < 0.15, rng.random((n, n)) * 7, 0.0)
    np.fill_diagonal(dense, 0.0)
    dense[[4, 9]] = 0.0
    return sparse.csr_array(dense)


@pytest.mark.parametrize(
    ("normalization", "libpysal"), [("row", "R"), ("double", "D"), ("variance", "V")]
)
def test_values_equal_libpysal(normalization, libpysal):
    W = as_weights(Graph.from_sparse(lopsided()))
    theirs = W.base.transform(libpysal).sparse.toarray()
    np.testing.assert_allclose(
        W.normalize(normalization).sparse.toarray(), theirs, rtol=1e-12, atol=0
    )


def test_min_max_takes_the_smaller_of_rows_and_columns():
    """Kelejian and Prucha (2010, p. 56), where the largest row and column sums differ."""
    W = lopsided()
    dense = W.toarray()
    rows, columns = dense.sum(axis=1).max(), dense.sum(axis=0).max()
    assert abs(rows - columns) > 0.1
    for matrix in (W, sparse.csr_array(W.T)):
        ours = scaled(matrix, "min-max").toarray()
        np.testing.assert_allclose(ours, matrix.toarray() / min(rows, columns), rtol=1e-14)


def test_min_max_bounds_the_admissible_interval_by_one():
    """Kelejian and Prucha (2010, p. 56): |rho| < 1 is then always admissible."""
    W = as_weights(Graph.from_sparse(lopsided())).normalize("min-max")
    assert W.spectrum.rho_high >= 1 - 1e-12
    assert W.spectrum.rho_low <= -1 + 1e-12


def lattice(rows, columns):
    from libpysal.weights import lat2W

    return sparse.csr_array(lat2W(rows, columns, rook=False).sparse)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("W", [lattice(4, 7), lattice(40, 40)], ids=["small", "large"])
def test_doubly_stochastic_rows_and_columns_sum_to_one(W):
    balanced = scaled(W, "doubly-stochastic")
    np.testing.assert_allclose(balanced.sum(axis=0), 1.0, atol=1e-11)
    np.testing.assert_allclose(balanced.sum(axis=1), 1.0, atol=1e-11)
    # The balance of a symmetric matrix is symmetric (Sinkhorn and Knopp 1967).
    assert abs(balanced - balanced.T).max() < 1e-11


def test_doubly_stochastic_equals_alternating_divisions():
    rng = np.random.default_rng(1)
    dense = rng.random((25, 25)) + 0.1
    np.fill_diagonal(dense, 0.0)
    expected = dense.copy()
    for _ in range(2000):  # Sinkhorn and Knopp's own iteration
        expected /= expected.sum(axis=1, keepdims=True)
        expected /= expected.sum(axis=0, keepdims=True)
    ours = scaled(sparse.csr_array(dense), "doubly-stochastic").toarray()
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("links", "told"),
    [
        ({"hub": ["a", "b"], "a": ["hub"], "b": ["hub"]}, "compete for one neighbour"),
        ({"a": ["b"], "b": ["a"], "c": ["a", "d"], "d": ["c"]}, "would have to become 0"),
    ],
)
def test_weights_without_a_balance_are_refused(links, told):
    W = as_weights(Graph.from_dicts(links))
    with pytest.raises(WeightsError, match=told):
        W.normalize("doubly-stochastic")


def test_acyclic_weights_have_no_spectral_normalisation():
    chain = as_weights(Graph.from_dicts({"a": ["b"], "b": ["c"], "c": []}))
    with pytest.raises(WeightsError, match="cycle"):
        chain.normalize("spectral")


@pytest.mark.parametrize("normalization", words(Normalization))
def test_islands_stay_empty_and_nothing_else_does(normalization):
    W = lattice(3, 4).toarray()
    W = np.block([[W, np.zeros((12, 1))], [np.zeros((1, 13))]])
    out = scaled(sparse.csr_array(W), normalization)
    assert np.array_equal(out.toarray() > 0, W > 0)


def test_an_unknown_word_names_the_nearest():
    W = as_weights(Graph.from_dicts({"a": ["b"], "b": ["a"]}))
    with pytest.raises(OptionError, match="min-max"):
        W.normalize("minmax")
