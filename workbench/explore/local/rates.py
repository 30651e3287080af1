"""Local Moran's I of rates whose populations differ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.explore.local.moran import of_variable
from workbench.explore.local.plan import plan
from workbench.explore.local.result import LocalResult
from workbench.explore.overall.rates import read_rates
from workbench.typing import Align, Alternative, Correction, LocalInference


def local_moran_rates(
    events: str | pd.Series[Any],
    population: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int | None = None,
    seed: int = 0,
    fdr: float | None = None,
    alpha: float | None = None,
    correction: Correction | None = None,
    alternative: Alternative = "two-sided",
    inference: LocalInference = "permutation",
    stop_after: int | None = None,
    align: Align = "strict",
) -> LocalResult:
    """Compute local Moran statistics of rates, allowing for unequal populations.

    The rate of a small population is far from the mean more often, so that plain rates put
    outliers and clusters where few people live. Each rate p_i is first standardised by its own
    variance, ``(p_i − b) / sqrt(a + b / population_i)``, b the rate of all regions together and a
    the variance of the underlying rates by moments (b / population_i alone where the sum is
    negative); then as :func:`workbench.lisa`.

    Parameters
    ----------
    events : str or pandas.Series
        Numbers of events, e.g. patents: whole, not negative, not all zero. Columns, expressions or
        values by region id.
    population : str or pandas.Series
        Population at risk, positive; its unit does not matter.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when both are series.
    W, permutations, seed, fdr, alpha, correction, alternative, inference, stop_after, align
        As for :func:`workbench.lisa`. Without permutations p-values are those of ``spdep``'s
        ``localmoran`` (``"conditional"``, ``"total"``) and ``localmoran.exact``,
        ``localmoran.sad`` on the standardised rates.

    Returns
    -------
    LocalResult
        ``value`` is the standardised rate, again with mean 0 and variance 1. A note names regions
        with more events than population.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If events are no counts, a population is not positive, all rates are the same, or the
        variables do not match the weights.
    InputError
        If a level, the seed or the number of permutations cannot be used.

    References
    ----------
    Assunção, R. M. and Reis, E. A. (1999). A new proposal to adjust Moran's I for population
    density. Statistics in Medicine 18, 2147–2162.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> table = pd.DataFrame({"patents": range(25), "population": 100}, index=range(25))
    >>> found = local_moran_rates("patents", "population", table, W, permutations=999, alpha=0.05)
    >>> bool(found.counts["Low-Low"] > 0)
    True
    """
    chosen = plan(
        permutations=permutations,
        seed=seed,
        fdr=fdr,
        alpha=alpha,
        correction=correction,
        alternative=alternative,
        inference=inference,
        stop_after=stop_after,
    )
    read, options = read_rates(events, population, table, W, align=align)
    return of_variable(read, chosen, method="empirical Bayes local Moran's I", options=options)
