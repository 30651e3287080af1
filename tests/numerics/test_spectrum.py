"""Promise: the interval of ρ is the widest around 0 on which I − ρW is nonsingular, for any W."""

import numpy as np
import pytest
from scipy import sparse

from workbench.errors import WeightsError
from workbench.numerics.sparse.matrices import as_weights, symmetrize
from workbench.numerics.sparse.recent import forget
from workbench.numerics.sparse.spectrum import _bounds, _directed, _iterated, extreme_eigenvalues


def test_no_rho_inside_is_singular_and_the_ends_are(any_weights):
    spectrum = extreme_eigenvalues(any_weights)
    w = any_weights.toarray()
    low, high = spectrum.rho_low, spectrum.rho_high
    for rho in low + (high - low) * np.linspace(0.001, 0.999, 200):
        sign, _ = np.linalg.slogdet(np.eye(len(w)) - rho * w)
        assert sign == 1.0
    assert low < 0.0 < high
    # 1e-6: the ends are stepped over by a millionth, the determinant changes sign or is zero there.
    smallest = np.linalg.svd(np.eye(len(w)) - high * w, compute_uv=False)[-1]
    assert smallest < 1e-6


@pytest.mark.parametrize("case", ["oldcol", "ncsids", "ncsids_islands", "boston"])
def test_interval_agrees_with_spatialreg(reference_case, case):
    stored = reference_case(case)
    spectrum = extreme_eigenvalues(stored.W)
    # 1e-10: both are all eigenvalues by LAPACK.
    assert spectrum.rho_low == pytest.approx(stored.numbers["lag/interval/0"], rel=1e-10)
    assert spectrum.rho_high == pytest.approx(stored.numbers["lag/interval/1"], rel=1e-10)
    assert spectrum.exact
    assert spectrum.rho_high < 1.0


def test_iterated_extremes_equal_all_eigenvalues(reference_case):
    stored = reference_case("boston")
    for W in (stored.W, stored.B):
        exact = extreme_eigenvalues(W)
        iterated = _iterated(symmetrize(as_weights(W)).S, None)
        # 1e-8: Lanczos to 1e-10, widened by 1e-9 so that it cannot admit a singular ρ.
        assert iterated.rho_low == pytest.approx(exact.rho_low, rel=1e-8)
        assert iterated.rho_high == pytest.approx(exact.rho_high, rel=1e-8)


def queen_lattice(side):
    line = sparse.diags_array([np.ones(side - 1), np.ones(side - 1)], offsets=[-1, 1])
    path = line + sparse.eye_array(side)
    return sparse.csr_array(sparse.kron(path, path) - sparse.eye_array(side**2))


@pytest.mark.parametrize("side", [120, 260])
def test_bounds_of_large_weights_hold_the_closed_form(side):
    """Queen on a lattice: (1 + 2 cos a)(1 + 2 cos b) − 1 with a, b = π h / (side + 1)."""
    cosines = 1 + 2 * np.cos(np.pi * np.arange(1, side + 1) / (side + 1))
    low, high = cosines.min() * cosines.max() - 1, cosines.max() ** 2 - 1
    bounds = _bounds(queen_lattice(side), None)
    assert bounds.smallest <= low
    assert bounds.largest >= high
    # 0.3 % of the spread: what 300 steps promise at n = 1,000,000 is 0.13 % at either end.
    assert bounds.smallest == pytest.approx(low, abs=0.003 * (high - low))
    assert bounds.largest == pytest.approx(high, abs=0.003 * (high - low))
    assert not bounds.exact


def test_large_directed_weights_get_a_safe_interval(reference_case):
    for W in (reference_case("oldcol_knn6").W, reference_case("oldcol_knn6").B):
        exact, safe = extreme_eigenvalues(W), _directed(as_weights(W))
        assert not safe.exact
        assert exact.rho_low <= safe.rho_low < 0 < safe.rho_high <= exact.rho_high * (1 + 1e-8)
        assert safe.rho_high == pytest.approx(exact.rho_high, rel=1e-8)


def test_complex_eigenvalues_do_not_bound_rho():
    # Eigenvalues of a directed 3-cycle are the cube roots of 1: only 1 is real.
    cycle = np.roll(np.eye(3), 1, axis=1)
    spectrum = extreme_eigenvalues(cycle)
    assert spectrum.rho_high == pytest.approx(1.0)
    assert spectrum.rho_low == pytest.approx(-1.0)


def test_symmetric_twin_is_found_only_where_there_is_one(any_weights, kind):
    twin = symmetrize(as_weights(any_weights))
    if kind[0].startswith("nearest"):
        assert twin is None
        return
    w, scale = any_weights.toarray(), np.sqrt(twin.d)
    # 1e-12: a similarity transform, rounding only.
    np.testing.assert_allclose(twin.S.toarray(), scale[:, None] * w / scale, atol=1e-12)
    np.testing.assert_allclose(twin.S.toarray(), twin.S.toarray().T, atol=0)


def test_nearly_symmetrisable_weights_are_not_taken_for_symmetric():
    W = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.1, 0.0]])
    assert symmetrize(as_weights(W)) is None


def test_weights_without_feedback_are_refused():
    with pytest.raises(WeightsError, match="eigenvalues are all zero"):
        extreme_eigenvalues(sparse.csr_array((4, 4)))


def test_weights_that_are_not_finite_are_refused_with_their_rows():
    with pytest.raises(WeightsError, match=r"Where \(1\): 1"):
        extreme_eigenvalues([[0.0, 1.0], [np.nan, 0.0]])


def made(kind, scale):
    if kind == "groups":  # two distinct eigenvalues a size of group: the iteration ends early
        blocks = [(np.ones((m, m)) - np.eye(m)) / (m - 1) for m in (2, 3, 5, 8, 13, 21)] * 13
        return as_weights(scale * sparse.block_diag(blocks))
    side = 26
    line = sparse.diags_array([np.ones(side - 1)] * 2, offsets=[-1, 1])
    near = sparse.kron(line, sparse.eye_array(side)) + sparse.kron(sparse.eye_array(side), line)
    if kind == "islands":
        near = sparse.block_diag([near, sparse.csr_array((9, 9))])
    return as_weights(scale * near)


@pytest.mark.quick_cases(3)
@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e6])
@pytest.mark.parametrize("kind", ["groups", "rook", "islands"])
def test_iteration_ends_at_the_extremes_of_all_eigenvalues(kind, scale):
    W = made(kind, scale)
    assert W.shape[0] > 600
    values = np.linalg.eigvalsh(W.toarray())
    found = extreme_eigenvalues(W)
    assert found.exact
    assert found.smallest == pytest.approx(values.min(), rel=2e-9)
    assert found.largest == pytest.approx(values.max(), rel=2e-9)
    # widened a little, so that no rho inside is singular
    assert found.smallest <= values.min() * (1 - 1e-12)
    assert found.largest >= values.max() * (1 - 1e-12)


def test_an_iteration_that_does_not_end_gives_a_safe_interval(monkeypatch):
    monkeypatch.setattr("workbench.numerics.sparse.spectrum.LONGEST", 100)
    monkeypatch.setattr("workbench.numerics.sparse.spectrum.RESIDUAL", 0.0)
    W = made("rook", 1.0)
    forget()
    found = extreme_eigenvalues(W)
    forget()
    assert not found.exact
    values = np.linalg.eigvalsh(W.toarray())
    assert 1 / values.min() <= found.rho_low < 0 < found.rho_high <= 1 / values.max()
