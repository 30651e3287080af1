"""Rates of regions of unequal population: Moran's I that allows for it, and smoothed rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.expressions import labels, refuse_constant
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import IdError, ValuesError, check_option, listing
from workbench.explore.overall.moran import moran_of
from workbench.explore.overall.result import GlobalResult, Plan
from workbench.explore.variable import Variable, read_column, read_pair
from workbench.numerics.autocorrelation import empirical_bayes as kernel
from workbench.typing import Align, Alternative, FloatArray, MoranVariance, Tolerance

ARGUMENTS = ("events", "population")
RATES_ALIKE = "neighbours' rates are alike (positive autocorrelation)"


def moran_rates(
    events: str | pd.Series[Any],
    population: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    permutations: int = 999,
    seed: int = 0,
    alternative: Alternative = "two-sided",
    variance: MoranVariance = "randomization",
    align: Align = "strict",
) -> GlobalResult:
    """Test rates for spatial autocorrelation, allowing for unequal populations.

    Rates of small populations vary more, which a plain Moran's I takes for signal or noise in the
    wrong places. Here each rate p_i is first standardised by its own variance,
    ``(p_i − b) / sqrt(a + b / population_i)``, b the rate of all regions together and a the
    variance of the underlying rates by moments (b / population_i alone where the sum is negative);
    Moran's I is taken of the result.

    Parameters
    ----------
    events : str or pandas.Series
        Numbers of events, e.g. patents: whole, not negative, not all zero. Columns, expressions or
        values by region id.
    population : str or pandas.Series
        Population at risk, positive; its unit does not matter.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when both are series.
    W : Weights, Graph or libpysal W
        Spatial weights. n counts all regions, also those without neighbours (as in spdep's
        ``EBImoran.mc``), so that the moments are exact over permutations of standardised rates.
    permutations, seed, alternative, variance, align
        See :func:`workbench.moran`.

    Returns
    -------
    GlobalResult
        As of :func:`workbench.moran`; ``augment()`` has the standardised rates. A note
        names regions with more events than population.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If events are no counts, a population is not positive, all rates are the same, or the
        variables do not match the weights.
    InputError
        If the seed or the number of permutations cannot be used.

    References
    ----------
    Assunção, R. M. and Reis, E. A. (1999). A new proposal to adjust Moran's I for population
    density. Statistics in Medicine 18, 2147–2162.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> W = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> table = pd.DataFrame({"patents": range(25), "population": 100}, index=range(25))
    >>> bool(moran_rates("patents", "population", table, W).p_permutation < 0.01)
    True
    """
    plan = Plan(permutations, seed, alternative)
    check_option("variance", variance, MoranVariance)
    read, options = read_rates(events, population, table, W, align=align)
    return moran_of(
        read,
        plan,
        variance=variance,
        name="Empirical Bayes Moran's I",
        count="all",
        greater=RATES_ALIKE,
        options=options,
    )


def read_rates(
    events: str | pd.Series[Any],
    population: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    *,
    align: Align,
) -> tuple[Variable, dict[str, str]]:
    """Return standardised rates in the order of the weights, and the names of their parts.

    Parameters
    ----------
    events, population, table, W, align
        See :func:`moran_rates`.

    Raises
    ------
    FormulaError, ValuesError, IdError
        As :func:`moran_rates`.
    """
    first, second = read_pair(
        events, population, table, W, align=align, arguments=ARGUMENTS, varying=False
    )
    ids = first.weights.ids
    notes = check_counts(
        pd.Series(first.values, index=ids, name=first.name),
        pd.Series(second.values, index=ids, name=second.name),
    )
    name = f"{first.name} / {second.name}"
    refuse_constant(pd.Series(first.values / second.values, index=ids, name=name))
    values = kernel.standardised_rates(first.values, second.values)
    read = replace(first, name=name, values=values, notes=(*first.notes, *notes))
    return read, {"events": first.name, "population": second.name}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SmoothedRates:
    """Rates drawn towards a mean by as much as their population leaves them uncertain; immutable.

    Attributes
    ----------
    variable : str
        Events over population, as the caller wrote them.
    rates : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    mean, between : float
        Rate of all regions together, and the variance of the underlying rates by moments.
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
        What produced the result.
    """

    variable: str
    rates: pd.DataFrame
    mean: float
    between: float
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was smoothed."""
        return say("Empirical Bayes rates of {variable}", variable=self.variable)

    def tidy(self) -> pd.DataFrame:
        """Return a row a region: ``events population rate smoothed``.

        With weights also ``smoothed_local``; all rates in events per unit of population.
        """
        return self.rates.copy()

    def augment(self) -> pd.DataFrame:
        """Return :meth:`tidy`: the result has a row a region."""
        return self.tidy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, rate of all together, variance of rates, weights."""
        card = self.provenance.weights or {}
        return one_row(
            nobs=len(self.rates),
            rate=self.mean,
            rate_variance=self.between,
            weights=str(card.get("digest", "")),
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return smoothed against raw rates; see ``views.rates.smoothing_chart``."""
        return display.picture("smoothed rates", self, title=title)

    def __str__(self) -> str:
        return display.text(self.heading, [("", self.glance()), ("", self.rates)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, [("", self.glance()), ("", self.rates)], self.notes)


def smoothed_rates(
    events: str | pd.Series[Any],
    population: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any = None,
    *,
    align: Align = "strict",
) -> SmoothedRates:
    """Smooth rates towards the mean of all regions and, with weights, of each neighbourhood.

    ``m + (p_i − m) a / (a + m / population_i)`` with m the mean and a the variance of the
    underlying rates by moments (0 where that is negative): the smaller a population, the less its
    own rate says.

    Parameters
    ----------
    events : str or pandas.Series
        Numbers of events: whole, not negative, not all zero.
    population : str or pandas.Series
        Population at risk, positive.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when both are series.
    W : Weights, Graph or libpysal W, optional
        Neighbours for the local means, which include the region itself; values of the weights do
        not matter. A region without neighbours keeps its own rate.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    SmoothedRates
        ``tidy()``: ``events population rate smoothed`` and, with weights, ``smoothed_local``.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If events are no counts, a population is not positive, or ids do not match.

    References
    ----------
    Marshall, R. J. (1991). Mapping disease and mortality rates using empirical Bayes estimators.
    Applied Statistics 40, 283–294. Local: as in Bailey, T. C. and Gatrell, A. C. (1995).
    Interactive Spatial Data Analysis, 303–308 (spdep's ``EBlocal``).

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patents": [1, 8], "population": [10, 10]}, index=["a", "b"])
    >>> smoothed_rates("patents", "population", table).tidy()["smoothed"].round(3).tolist()
    [0.229, 0.671]
    """
    check_option("align", align, Align)
    counts, people, weights, notes = _read(events, population, table, W, align)
    notes = (*notes, *check_counts(counts, people))
    x, n = counts.to_numpy(), people.to_numpy()
    overall = kernel.global_estimates(x, n)
    rates = pd.DataFrame(
        {"events": x, "population": n, "rate": overall.rate, "smoothed": overall.estimate},
        index=pd.Index(counts.index, name=counts.index.name or "region"),
    )
    if weights is not None:
        rates["smoothed_local"] = kernel.local_estimates(x, n, weights.sparse).estimate
        if weights.islands:
            alone = list(weights.islands)
            notes = (*notes, f"{len(alone)} regions without neighbours keep their own rate in "
                     f"smoothed_local ({listing(alone)})")  # fmt: skip
    name = f"{counts.name} / {people.name}"
    provenance = Provenance(
        method="empirical Bayes rates",
        formula=name,
        nobs=len(rates),
        ids_digest=ids_digest(rates.index),
        weights=None if weights is None else weights.described,
        notes=notes,
    )
    mean, between = float(overall.mean[0]), float(overall.between[0])
    return SmoothedRates(name, rates, mean, between, notes, provenance)


def _read(
    events: str | pd.Series[Any],
    population: str | pd.Series[Any],
    table: pd.DataFrame | None,
    W: Any,
    align: Align,
) -> tuple[pd.Series[Any], pd.Series[Any], Any, tuple[str, ...]]:
    if W is not None:
        first, second = read_pair(
            events, population, table, W, align=align, arguments=ARGUMENTS, varying=False
        )
        ids = first.weights.ids
        counts = pd.Series(first.values, index=ids, name=first.name)
        people = pd.Series(second.values, index=ids, name=second.name)
        return counts, people, first.weights, first.notes
    counts = read_column(events, table, varying=False).astype(float)
    people = read_column(population, table, varying=False).astype(float)
    apart = counts.index.symmetric_difference(people.index)
    if len(apart):
        raise IdError(
            "population",
            expected="the regions of events",
            found=f"{len(apart)} regions that only one of them has",
            offenders=list(apart),
            remedy="pass them as columns of one table",
        )
    return counts, people, None, ()


def check_counts(events: pd.Series[Any], population: pd.Series[Any]) -> tuple[str, ...]:
    """Refuse events that are no counts and populations that are not positive.

    Returns
    -------
    tuple of str
        A sentence that names regions with more events than population, if there are any.
    """
    x, n = events.to_numpy(dtype=np.float64), population.to_numpy(dtype=np.float64)
    bad = (x < 0) | (x != np.round(x))
    if bad.any():
        raise ValuesError(
            str(events.name),
            expected="numbers of events: whole and not negative",
            found=f"{int(bad.sum())} others, e.g. {x[bad][0]:g}",
            offenders=labels(events.index[bad]),
            why="the variance of a rate is taken from the number of events, not from the rate",
            remedy="pass the counts, not rates; of rates alone moran(rate, table, W) can be had",
        )
    if not x.any():
        raise ValuesError(
            str(events.name),
            expected="at least one event",
            found="zero in every region",
            why="without events every rate is the same",
            remedy="take events of more years, or other events",
        )
    _refuse_not_positive(population, n)
    more = x > n
    if not more.any():
        return ()
    where = listing(labels(events.index[more]))
    return (f"{int(more.sum())} regions have more events than population ({where})",)


def _refuse_not_positive(population: pd.Series[Any], n: FloatArray) -> None:
    bad = n <= 0
    if bad.any():
        raise ValuesError(
            str(population.name),
            expected="a positive population in every region",
            found=f"{int(bad.sum())} zero or negative",
            offenders=labels(population.index[bad]),
            why="without population there is no rate",
            remedy='leave those regions out of the table and pass align="intersection"',
        )
