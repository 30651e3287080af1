"""What few regions or periods do to standard errors that are sums over them."""

from __future__ import annotations

from workbench.regression.sandwiches import FEW_CLUSTERS, few_clusters


def few_of_a_panel(word: str, regions: int, periods: int) -> tuple[str, ...]:
    """Return what a reader must know of a panel's covariance that sums over few regions or periods.

    Parameters
    ----------
    word : str
        The covariance.
    regions, periods : int
        How many there are.
    """
    told = []
    if word in ("clustered", "clustered-two-way") and regions < FEW_CLUSTERS:
        told.append(few_clusters("region", regions))
    if word in ("clustered-time", "clustered-two-way") and periods < FEW_CLUSTERS:
        told.append(few_clusters("period", periods))
    if word == "driscoll-kraay" and periods < FEW_CLUSTERS:
        told.append(
            f"Only {periods} periods: Driscoll and Kraay's standard errors, whose theory is that "
            "of many, tend to be too small."
        )
    return tuple(told)
