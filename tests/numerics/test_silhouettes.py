"""Promise: silhouettes are scikit-learn's, and need no square of distances."""

import tracemalloc

import numpy as np
import pytest

from workbench.numerics.partitions import agreement as partitions
from workbench.numerics.partitions.agreement import silhouettes


@pytest.mark.parametrize("block", [1, 700, 10**9])
def test_silhouettes_are_those_of_scikit_learn(block, monkeypatch):
    from sklearn.metrics import silhouette_samples

    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(90, 3)), rng.integers(4, size=90)
    X[7], X[50:53] = X[8], X[50]
    labels[89] = 4
    monkeypatch.setattr(partitions, "MOST_DISTANCES", block)
    np.testing.assert_allclose(silhouettes(X, labels), silhouette_samples(X, labels), atol=1e-12)


def test_memory_does_not_grow_with_the_square_of_regions():
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(8000, 1)), rng.integers(3, size=8000)
    tracemalloc.start()
    silhouettes(X, labels)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # all distances would take 512 MB
    assert peak < 100e6
