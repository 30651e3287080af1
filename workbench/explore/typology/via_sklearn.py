"""scikit-learn's clustering, on arrays in sorted order, seeded and on one thread."""

from __future__ import annotations

from typing import Literal

import numpy as np

from workbench.core.seeds import generator
from workbench.errors import InputError
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import FloatArray, IntArray

Linkage = Literal["ward", "average", "complete"]

MOST_MERGED = 20_000
"""Most regions whose distances from each other are all held (1.6 GB), as merging any two needs."""


def k_means(X: FloatArray, k: int, *, seed: int, starts: int) -> IntArray:
    """Return labels of k-means, the best of several k-means++ starts.

    One thread: scikit-learn adds up chunks of the data in the order in which threads finish.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    state = int(generator(seed, "k-means").integers(2**31))
    with threadpool_limits(1):
        fitted = KMeans(n_clusters=k, n_init=starts, random_state=state, max_iter=1000).fit(X)
    return np.asarray(fitted.labels_, dtype=np.int64)


def agglomerated(
    X: FloatArray, k: int, *, linkage: Linkage, links: CsrArray | None = None
) -> IntArray:
    """Return labels of hierarchical clustering cut at k groups.

    With `links` only groups that are neighbours merge. They have to be connected: scikit-learn
    would add links between parts on its own.
    """
    from scipy import sparse
    from sklearn.cluster import AgglomerativeClustering

    if links is None and len(X) > MOST_MERGED:
        raise InputError(
            "method",
            expected=f"at most {MOST_MERGED:,} regions for {linkage}",
            found=f"{len(X):,}",
            why="it holds the distances of all pairs of regions",
            remedy='method="k-means"',
        )
    # scikit-learn 1.9 takes spmatrix only
    allowed = None if links is None else sparse.csr_matrix(links)
    fitted = AgglomerativeClustering(n_clusters=k, linkage=linkage, connectivity=allowed).fit(X)
    return np.asarray(fitted.labels_, dtype=np.int64)
