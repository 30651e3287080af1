"""Promise: dividing by the largest eigenvalue is exact for every kind of weights, at any n."""

import numpy as np
import pytest

from workbench.numerics.sparse.scaling import scaled
from workbench.numerics.sparse.spectrum import eigenvalues, spectral_radius


def test_spectral_divides_by_the_largest_modulus_of_all_eigenvalues(any_weights):
    dense = any_weights.toarray()
    ours = scaled(any_weights, "spectral").toarray()
    radius = np.abs(np.linalg.eigvals(dense)).max()
    np.testing.assert_allclose(ours, dense / radius, rtol=1e-10)


def test_iterated_radius_equals_the_dense_one(monkeypatch, any_weights):
    exact = np.abs(eigenvalues(any_weights)).max()
    monkeypatch.setattr("workbench.numerics.sparse.spectrum.DENSE_LIMIT", 3)
    # 1e-10: ARPACK to machine precision of the residual.
    assert spectral_radius(any_weights) == pytest.approx(exact, rel=1e-10)
