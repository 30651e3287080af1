"""spopt's heuristics for contiguous groups: AZP and max-p, seeded, leaving global state alone.

Of max-p only the construction is spopt's: its annealing (``_perform_sa``, 0.7) never ends when all
regions that could leave their groups lie inside them, and takes pairs of regions where we take
squares. Its AZP improves what was constructed, under a rule that keeps the floor.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from workbench.core.seeds import generator
from workbench.numerics.partitions.agreement import numbered, squares
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray

CONSTRUCTIONS = 99
"""Feasible partitions that max-p grows (spopt's default)."""
CANDIDATES = 2
"""Best groups among which a leftover region is sent at random (spopt's default)."""

NEGLIGIBLE = 1e-12
"""Relative change of squares that counts as none: spopt searches on while the sum falls, and a
rounding error that falls both ways would keep it searching."""


@contextmanager
def _random_state(seed: int, *names: object) -> Iterator[int]:
    """Seed Python's and numpy's global generators for the block; put back what they were.

    spopt draws from both and seeds only one of them.
    """
    state = int(generator(seed, *names).integers(2**32))
    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(state)
    np.random.seed(state)  # noqa: NPY002
    try:
        yield state
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002


def azp(
    X: FloatArray,
    links: CsrArray,
    k: int,
    *,
    seed: int,
    start: int,
    initial: IntArray | None = None,
) -> IntArray:
    """Return labels of one run of the automatic zoning procedure.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Standardised variables.
    links : csr_array of shape (n, n)
        Symmetric and connected.
    k : int
        Number of groups.
    seed, start : int
        Decide the random start and the order of moves.
    initial : ndarray of int, shape (n,), optional
        Contiguous groups to start from in place of random ones.
    """
    with _random_state(seed, "azp", start) as state:
        return _moved(X, links, k, state=state, initial=initial)


def max_p(
    X: FloatArray, links: CsrArray, size: FloatArray, floor: float, *, seed: int, start: int
) -> IntArray:
    """Return labels of one run of max-p: as many groups as were found, then moves between them.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Standardised variables.
    links : csr_array of shape (n, n)
        Symmetric and connected.
    size : ndarray, shape (n,)
        What has to add up to the floor in each group; not negative.
    floor : float
        At most the sum of `size`.
    seed, start : int
        Decide the random steps.
    """
    from libpysal.weights import W
    from scipy.spatial.distance import pdist, squareform
    from spopt.region.maxp import _construction_phase

    ends = np.split(links.indices, links.indptr[1:-1])
    weights = W({i: ends[i].tolist() for i in range(len(X))}, silence_warnings=True)
    distance = squareform(pdist(X))
    with _random_state(seed, "max-p", start) as state:
        most, grown = _construction_phase(
            np.arange(len(X)), X, size, distance, weights, floor, CANDIDATES, CONSTRUCTIONS
        )
        found = [numbered(np.asarray(labels, dtype=np.int64)) for labels, _, _ in grown]
        best = min(found, key=lambda labels: float(squares(X, labels).within.sum()))
        if most < 2:
            return best
        return _moved(X, links, most, state=state, initial=best, size=size, floor=floor)


def _moved(
    X: FloatArray,
    links: CsrArray,
    k: int,
    *,
    state: int,
    initial: IntArray | None,
    size: FloatArray | None = None,
    floor: float = 0.0,
) -> IntArray:
    """Let spopt's AZP move regions between groups while the squares within do not grow.

    The objective is ours, in place of spopt's sum of distances between all pairs of a group, which
    favours groups of equal size and costs more.
    """
    from scipy import sparse
    from spopt.region.azp import AZPOrig
    from spopt.region.azp_util import AllowMoveAZP
    from spopt.region.objective_function import ObjectiveFunction

    class SumOfSquares(ObjectiveFunction):  # type: ignore[misc]
        def __init__(self) -> None:
            """Need no metric."""

        def __call__(self, labels: Any, attr: Any) -> float:
            parts = (attr[labels == group] for group in np.unique(labels))
            return float(sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts))

        def update(self, moving_area: Any, recipient_region: Any, labels: Any, attr: Any) -> float:
            x = attr[moving_area]
            donor, to = attr[labels == labels[moving_area]], attr[labels == recipient_region]
            lost = len(donor) / (len(donor) - 1) * ((x - donor.mean(axis=0)) ** 2).sum()
            gained = len(to) / (len(to) + 1) * ((x - to.mean(axis=0)) ** 2).sum()
            tied = abs(gained - lost) <= NEGLIGIBLE * (gained + lost)
            return 0.0 if tied else float(gained - lost)

    class FloorKept(AllowMoveAZP):  # type: ignore[misc]
        def __call__(self, moving_area: Any, new_region: Any, labels: Any) -> bool:
            if size is not None:
                left = size[labels == labels[moving_area]].sum() - size[moving_area]
                if left < floor:
                    return False
            return bool(super().__call__(moving_area, new_region, labels))

    model = AZPOrig(FloorKept(), random_state=state)
    model.fit_from_scipy_sparse_matrix(
        sparse.csr_matrix(links),
        np.array(X),
        k,
        initial_labels=None if initial is None else initial.copy(),
        objective_func=SumOfSquares(),
    )
    return np.asarray(model.labels_).astype(np.int64)
