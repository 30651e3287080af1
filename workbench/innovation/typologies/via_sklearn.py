"""scikit-learn's adjusted mutual information, on arrays in sorted order."""

from __future__ import annotations

from workbench.typing import IntArray


def adjusted_mutual_information(a: IntArray, b: IntArray) -> float:
    """Return (I − E[I]) / (mean entropy − E[I]), E by the hypergeometric law of the margins.

    References
    ----------
    Vinh, N., Epps, J. and Bailey, J. (2010). Information theoretic measures for clusterings
    comparison. Journal of Machine Learning Research 11, 2837-2854.
    """
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(a, b))
