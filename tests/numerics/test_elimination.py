"""Promise: factors of I − ρW on one order of elimination equal dense algebra, for any pattern."""

import numpy as np
import pytest
from scipy import sparse

from workbench.numerics.sparse import factors as module
from workbench.numerics.sparse.elimination import copied, eliminate_pattern
from workbench.numerics.sparse.factors import factors_of
from workbench.numerics.sparse.matrices import as_weights
from workbench.numerics.sparse.recent import Recent, fingerprint, forget


def _random(n, density, *, symmetric):
    random = np.random.default_rng(n)
    W = sparse.random_array((n, n), density=density, rng=random, format="csr")
    return as_weights(W + W.T if symmetric else W)


def _grid(side):
    """Queen contiguity with a weight of its own on every link."""
    line = np.diag(np.ones(side - 1), 1) + np.diag(np.ones(side - 1), -1) + np.eye(side)
    A = np.kron(line, line) - np.eye(side**2)
    return as_weights(A * np.random.default_rng(side).random(A.shape))


PATTERNS = {
    "sparse, symmetric": (_random(150, 0.02, symmetric=True), True),
    "sparse, directed": (_random(151, 0.02, symmetric=False), False),
    "nearly dense": (_random(40, 0.7, symmetric=False), False),
    # 26 x 26: separators wider than the panel of columns eliminated together.
    "grid": (_grid(26), False),
    "no links at all": (as_weights(np.zeros((5, 5))), True),
}


@pytest.fixture(params=[pytest.param("compiled", marks=pytest.mark.slow), "plain"])
def engine(request):
    forget()
    if request.param == "plain":
        request.getfixturevalue("plain_kernels")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("kind", [np.float64, np.complex128])
def test_determinant_inverse_and_solution_equal_the_dense_ones(name, kind):
    W, symmetric = PATTERNS[name]
    n = W.shape[0]
    E = eliminate_pattern(W)
    rho = 0.9 / max(float(abs(W).sum(axis=1).max()), 1.0)
    values = np.zeros(E.indices.size, kind)
    values[E.diagonal] = 1.0
    values[E.places(W)] -= rho * W.data
    A = np.eye(n) - rho * W.toarray()
    pivots, entries = E.inverse(values, symmetric=symmetric)
    np.testing.assert_allclose(np.log(pivots).sum(), np.linalg.slogdet(A)[1], atol=1e-11)
    np.testing.assert_array_equal(pivots, E.pivots(values, symmetric=symmetric))
    row = E.order[np.repeat(np.arange(n), np.diff(E.indptr))]
    expected = np.linalg.inv(A)
    np.testing.assert_allclose(entries, expected[row, E.order[E.indices]], atol=1e-12)
    if kind is np.float64:
        right = np.arange(n, dtype=float)
        found = E.solve(values, right, symmetric=symmetric)
        np.testing.assert_allclose(found, expected @ right, rtol=1e-10, atol=1e-10)
        assert right[-1] == n - 1  # the caller's vector is left alone


@pytest.mark.usefixtures("engine")
def test_two_blocks_of_one_pattern_are_factored_on_its_order():
    W, _ = PATTERNS["sparse, directed"]
    n, E = W.shape[0], eliminate_pattern(W)
    two = copied(E, 2)
    whole, places = two.elimination, [two.place(a, b) for a in (0, 1) for b in (0, 1)]
    random = np.random.default_rng(3)
    blocks = random.uniform(-0.05, 0.05, size=(4, E.indices.size))
    blocks[0][E.diagonal] += 1.0
    blocks[3][E.diagonal] += 1.0
    values = np.empty(whole.indices.size)
    dense = []
    for at, block in zip(places, blocks, strict=True):
        values[at] = block
        dense.append(sparse.csr_array((block, E.indices, E.indptr), shape=(n, n)).toarray())
    expected = np.linalg.slogdet(np.block([dense[:2], dense[2:]]))[1]
    pivots, inverse = whole.inverse(values, symmetric=False)
    assert np.log(np.abs(pivots)).sum() == pytest.approx(expected, abs=1e-11)
    corner = np.linalg.inv(np.block([dense[:2], dense[2:]]))[:n, n:]
    row = np.repeat(np.arange(n), np.diff(E.indptr))
    np.testing.assert_allclose(inverse[places[1]], corner[row, E.indices], atol=1e-12)


@pytest.mark.usefixtures("engine")
@pytest.mark.quick_cases(15)
@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("share", [-0.9, 0.8])
def test_solutions_with_the_lag_equal_the_dense_ones(any_weights, by_inverse, share, transpose):
    W = as_weights(any_weights)
    rho = share / float(np.abs(np.linalg.eigvals(W.toarray())).max())
    _, M, _ = by_inverse(W, rho)
    right = np.random.default_rng(2).normal(size=W.shape[0])
    found = factors_of(W).solve(rho, right, transpose=transpose)
    np.testing.assert_allclose(found, (M.T if transpose else M) @ right, rtol=1e-9, atol=1e-10)


@pytest.mark.usefixtures("engine")
def test_pivots_are_left_out_only_where_none_are_needed(any_weights):
    factors = factors_of(as_weights(any_weights))
    if factors.symmetric:
        assert factors.safe(1e3)
        return
    radius = float(np.abs(np.linalg.eigvals(any_weights.toarray())).max())
    # The bound is from above, within a few per cent after fifty powers.
    assert 0.9 / radius <= factors.safe_radius <= 1.0 / radius * (1 + 1e-12)


@pytest.mark.usefixtures("engine")
def test_a_column_that_needs_pivots_gets_them():
    # Diagonal 1 against 3 ρ: without pivots the growth ruins the sum at n = 60.
    W = as_weights(np.triu(np.ones((60, 60)), 1) * 0.4 + np.diag(np.ones(59), -1) * 3.0)
    rho = 0.9
    factors = factors_of(W)
    assert not factors.safe(rho)
    expected = np.linalg.slogdet(np.eye(60) - rho * W.toarray())[1]
    assert factors.logdet(rho) == pytest.approx(expected, rel=1e-11)


@pytest.mark.usefixtures("engine")
def test_what_was_prepared_is_found_by_content(monkeypatch):
    forget()
    calls = []
    original = module._prepared

    def counted(*args):
        calls.append(args)
        return original(*args)

    monkeypatch.setattr(module, "_prepared", counted)
    W = as_weights(PATTERNS["grid"][0])
    assert factors_of(W) is factors_of(W.copy())
    changed = W.copy()
    changed.data[0] = np.nextafter(changed.data[0], 2.0)
    assert fingerprint(changed) != fingerprint(W)
    assert factors_of(changed) is not factors_of(W)
    assert len(calls) == 2
    forget()
    assert factors_of(W) is not None
    assert len(calls) == 3


def test_only_a_few_are_held():
    recent = Recent()
    for key in range(20):
        recent.get(key, lambda key=key: key, size=1)
    assert recent.get(19, lambda: "new", size=1) == 19
    assert recent.get(0, lambda: "new", size=1) == "new"
    recent.get("large", lambda: "large", size=10**9)
    assert recent.get(19, lambda: "again", size=1) == "again"
