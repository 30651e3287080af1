"""Fitness of regions and complexity of activities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import ConvergenceError, check_whole, listing
from workbench.innovation.activity_space.orders import ends_of, ranks
from workbench.innovation.activity_space.portfolios import check_presence, read_portfolios
from workbench.numerics.networks import fitness as kernel
from workbench.typing import Presence, Tolerance

STABLE = 50
"""Fewest steps for which the order must stand."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fitness:
    """Fitness of regions and complexity of activities; immutable.

    Attributes
    ----------
    regions : pandas.DataFrame
        By region: ``diversity fitness rank``.
    activities : pandas.DataFrame
        By activity: ``ubiquity fitness rank``, the fitness being its complexity Q.
    iterations, last_change : int
        Steps made, and the last at which an order changed.
    vanishing : tuple
        Regions whose fitness still fell: it tends to zero, and only its rank has a meaning.
    provenance : Provenance
    notes : tuple of str
    """

    regions: pd.DataFrame
    activities: pd.DataFrame
    iterations: int
    last_change: int
    vanishing: tuple[Any, ...]
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        return say(
            "Fitness of {n} regions in {n_2} activities",
            n=len(self.regions),
            n_2=len(self.activities),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a region, the fittest first; see ``regions``."""
        return self.regions.sort_values("rank", kind="stable")

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities iterations last_change``."""
        return one_row(
            regions=len(self.regions),
            activities=len(self.activities),
            iterations=self.iterations,
            last_change=self.last_change,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row an activity, the most complex first; see ``activities``."""
        return self.activities.sort_values("rank", kind="stable")

    def plot(self, *, title: str | None = None) -> Any:
        """Return the table in the order of fitness; options in ``views.complexity``."""
        return display.picture("fitness", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("", self.glance()),
            ("Regions", ends_of(self.tidy())),
            ("Activities", ends_of(self.augment())),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def fitness(
    table: pd.DataFrame,
    *,
    presence: Presence = "rca",
    threshold: float = 1.0,
    iterations: int = 2000,
) -> Fitness:
    """Measure the fitness of regions and the complexity of activities.

    Parameters
    ----------
    table : DataFrame, n × k
        Indexed by region id, a column an activity. Non-negative; missing figures are refused. Not
        changed.
    presence : {"rca", "binary", "positive", "weighted"}
        What M holds, see :func:`co_occurrence`.
    threshold : float
        Location quotient from which a region has an activity.
    iterations : int
        Most steps.

    Returns
    -------
    Fitness
        ``regions activities tidy() glance() augment() plot()``; both sides have mean 1.

    Raises
    ------
    InputError, OptionError, IdError, ValuesError
        If the table or an option cannot be used; regions and activities at fault are named.
    ConvergenceError
        If the order of regions or activities still changes, or numbers become too small to go on
        before it is settled.

    Notes
    -----
    F_r = Σ_c M_rc Q_c and Q_c = 1 / Σ_r (M_rc / F_r), each divided by its mean, from ones
    (Tacchella et al. 2012). What is asked of convergence is the order, not the numbers: it must
    stand for 50 steps, and for as many as it took to come about. Whether the numbers settle
    depends on the shape of the table: with a belly inside the diagonal of the ordered table, the
    fitness of some regions tends to zero for any start (Pugliese, Zaccaria and Pietronero 2016).
    The result names them; their ranks can be used, their numbers and logarithms depend on where
    the iteration stopped. Without intervals; :func:`complexity` has them, by redraws of counts.

    References
    ----------
    Tacchella, A., Cristelli, M., Caldarelli, G., Gabrielli, A. and Pietronero, L. (2012). A new
    metrics for countries' fitness and products' complexity. Scientific Reports 2, 723.

    Pugliese, E., Zaccaria, A. and Pietronero, L. (2016). On the convergence of the
    Fitness-Complexity Algorithm. European Physical Journal Special Topics 225, 1893-1911.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"bread": [1, 1, 1], "cars": [1, 1, 0], "chips": [1, 0, 0]}, index=["a", "b", "c"]
    ... )
    >>> fitness(table, presence="binary").tidy()["rank"].to_dict()
    {'a': 1.0, 'b': 2.0, 'c': 3.0}
    """
    check_presence(presence, threshold)
    most = check_whole(
        "iterations",
        iterations,
        least=STABLE,
        why="an order is taken to be settled once it stood for that long",
        remedy="leave it out for 2000",
    )
    read = read_portfolios(table, presence, threshold)
    found = kernel.fitness(read.has, iterations=most, stable=STABLE)
    _refuse_unsettled(found)
    vanishing = tuple(read.ids[found.moving_rows].tolist())
    notes = _notes(vanishing, read.activities[found.moving_columns].tolist())
    activities = pd.Index(read.activities, name="activity")
    return Fitness(
        regions=pd.DataFrame(
            {"diversity": read.has.sum(axis=1), "fitness": found.rows,
             "rank": ranks(np.log(found.rows))},
            index=read.ids,
        ),
        activities=pd.DataFrame(
            {"ubiquity": read.has.sum(axis=0), "fitness": found.columns,
             "rank": ranks(np.log(found.columns))},
            index=activities,
        ),
        iterations=found.iterations,
        last_change=found.last_change,
        vanishing=vanishing,
        provenance=Provenance(
            method="fitness and complexity",
            nobs=read.has.size,
            ids_digest=ids_digest(read.ids),
            notes=notes,
            options={"presence": presence, "threshold": f"{threshold:g}",
                     "iterations": str(found.iterations), "last_change": str(found.last_change)},
        ),
        notes=notes,
    )  # fmt: skip


def _refuse_unsettled(found: kernel.Fitness) -> None:
    if found.settled:
        return
    small = "numbers too small to go on" if found.underflow else "an order that still changes"
    raise ConvergenceError(
        "iterations",
        expected="an order of regions and activities that stands",
        found=f"{small} after {found.iterations} steps, the last change being at "
        f"{found.last_change}",
        why="ranks would depend on where the iteration stops",
        remedy="complexity(table), which is a closed form"
        if found.underflow
        else f"iterations={10 * found.iterations}",
    )


def _notes(regions: tuple[Any, ...], activities: list[Any]) -> tuple[str, ...]:
    notes = []
    for names, what, value in (
        (list(regions), "regions", "Fitness"),
        (activities, "activities", "Complexity"),
    ):
        if names:
            notes.append(
                f"{value} of {len(names)} {what} ({listing(names)}) still falls towards zero: use "
                "their ranks, not their numbers."
            )
    return tuple(notes)
