"""Economic complexity of regions and activities: by the eigenvector and by reflections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, enough_draws, generator
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import InputError, ValuesError, check_option, listing
from workbench.innovation.activity_space.orders import ends_of, ranks
from workbench.innovation.activity_space.portfolios import (
    Portfolios,
    check_presence,
    read_portfolios,
)
from workbench.innovation.activity_space.redraws import check_draws, redrawn
from workbench.numerics.networks import incidence
from workbench.numerics.networks import spectra as kernel
from workbench.typing import ComplexityMethod, FloatArray, Presence, Tolerance

CLOSE = 0.05
"""Gap of the second and third eigenvalue, relative to the second, below which the order of regions
hangs on little: a small change of the table can turn one eigenvector into the other."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Complexity:
    """Complexity of regions and activities; immutable.

    Attributes
    ----------
    regions : pandas.DataFrame
        By region: ``diversity complexity rank`` and, with draws, ``std_error conf_low conf_high
        rank_low rank_high``.
    activities : pandas.DataFrame
        By activity: ``ubiquity complexity rank``. With the eigenvector complexity is in the units
        of the regions': that of a region is the mean of its activities'.
    method : {"eigenvector", "reflections"}
    iterations : int
        Of reflections; 0 for the eigenvector.
    second_eigenvalue, third_eigenvalue : float
        Of the walk between regions over the activities that they share.
    draws : int
        Tables redrawn for the intervals.
    provenance : Provenance
    notes : tuple of str
    """

    regions: pd.DataFrame
    activities: pd.DataFrame
    method: ComplexityMethod
    iterations: int
    second_eigenvalue: float
    third_eigenvalue: float
    draws: int
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes."""
        return "simulation" if self.draws else "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        how = (
            say("eigenvector")
            if self.method == "eigenvector"
            else say("{iterations} reflections", iterations=self.iterations)
        )
        n, k = len(self.regions), len(self.activities)
        return say("Complexity of {n} regions and {k} activities ({how})", n=n, k=k, how=how)

    def tidy(self) -> pd.DataFrame:
        """Return a row a region, the most complex first; see ``regions``."""
        return self.regions.sort_values("rank", kind="stable")

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities second_eigenvalue third_eigenvalue iterations``."""
        return one_row(
            regions=len(self.regions),
            activities=len(self.activities),
            second_eigenvalue=self.second_eigenvalue,
            third_eigenvalue=self.third_eigenvalue,
            iterations=self.iterations,
            draws=self.draws,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row an activity, the most complex first; see ``activities``."""
        return self.activities.sort_values("rank", kind="stable")

    def plot(self, *, title: str | None = None) -> Any:
        """Return the table in the order of complexity; options in ``views.complexity``."""
        return display.picture("complexity", self, title=title)

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


def complexity(
    table: pd.DataFrame,
    *,
    method: ComplexityMethod = "eigenvector",
    iterations: int | None = None,
    presence: Presence = "rca",
    threshold: float = 1.0,
    draws: int = 0,
    level: float = 0.95,
    seed: int = 0,
) -> Complexity:
    """Measure the complexity of regions (ECI) and of activities (PCI).

    Parameters
    ----------
    table : DataFrame, n × k
        Indexed by region id, a column an activity: patents, exports, firms, employees.
        Non-negative; missing figures are refused. Not changed.
    method : {"eigenvector", "reflections"}
        The second eigenvector of D⁻¹ M U⁻¹ M′, with M who has what, D diversities and U
        ubiquities; or N reflections k_r,N = Σ_c M_rc k_c,N−1 / d_r, which lead to it (Hidalgo and
        Hausmann 2009; Caldarelli et al. 2012; Mealy, Farmer and Teytelboym 2019).
    iterations : int, optional
        N, even, 18 by default. Regions have k_N, a generalised diversity, activities k_{N−1}, the
        same of the regions that have them.
    presence : {"rca", "binary", "positive", "weighted"}
        What M holds, see :func:`co_occurrence`.
    threshold : float
        Location quotient from which a region has an activity.
    draws : int
        Tables redrawn for standard errors and intervals of complexity and of ranks: figures of a
        region are counts, drawn anew from its shares (multinomial), 0 for none.
    level : float
        Of the intervals.
    seed : int
        Of the draws.

    Returns
    -------
    Complexity
        ``regions activities tidy() glance() augment() plot()``. Regions have mean 0 and standard
        deviation 1 (divisor n). So have activities with reflections; with the eigenvector they are
        in the units of the regions, so that a region's complexity is the mean of its activities'.

    Raises
    ------
    InputError, OptionError, IdError, ValuesError
        If the table or an option cannot be used, regions and activities being named; if the
        network falls apart, as its parts then are all that the eigenvector tells; if all regions
        are alike, or with reflections equally diverse.

    Notes
    -----
    An eigenvector has no sign: it is chosen such that complexity is positively correlated with
    diversity (with rarity of activities where regions are equally diverse). The scale says nothing
    either: only differences in standard deviations do. Complexity is orthogonal to diversity
    in the sense Σ_r d_r K_r = 0 of the unstandardised vector: it sorts regions by what they have,
    not by how much (Mealy et al. 2019).

    Percentile intervals come from tables in which the sampling error of counts is doubled rather
    than redrawn around the truth; they show how far ranks can be trusted, and are wide where
    quotients lie near the threshold. Draws in which the network falls apart are left out and
    counted in the notes.

    References
    ----------
    Hidalgo, C. A. and Hausmann, R. (2009). The building blocks of economic complexity. PNAS 106,
    10570-10575.

    Caldarelli, G., Cristelli, M., Gabrielli, A., Pietronero, L., Scala, A. and Tacchella, A.
    (2012). A network analysis of countries' export flows. PLoS ONE 7(10), e47278.

    Mealy, P., Farmer, J. D. and Teytelboym, A. (2019). Interpreting economic complexity. Science
    Advances 5, eaau1705.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"bread": [1, 1, 1], "cars": [1, 1, 0], "chips": [1, 0, 0]}, index=["a", "b", "c"]
    ... )
    >>> found = complexity(table, presence="binary")
    >>> found.tidy().index.tolist(), found.augment().index.tolist()
    (['a', 'b', 'c'], ['chips', 'cars', 'bread'])
    """
    check_option("method", method, ComplexityMethod)
    check_presence(presence, threshold)
    N = _iterations(method, iterations)
    check_seed(seed)
    check_level(level)
    read = read_portfolios(table, presence, threshold)
    _refuse_parts(read)
    spectrum = kernel.spectrum(read.has)
    _refuse_alike(read, spectrum)
    rows, columns = _scores(read.has, method, N, spectrum)
    regions = _table(read.ids, "diversity", read.has.sum(axis=1), rows)
    notes = _doubts(spectrum, read.has)
    R = check_draws(draws, read, presence)
    if R:
        enough_draws(R, level)
        intervals, told = _intervals(read, rows, method, N, presence, threshold, R, level, seed)
        regions, notes = regions.join(intervals), told + notes
    return Complexity(
        regions=regions,
        activities=_table(
            pd.Index(read.activities, name="activity"), "ubiquity", read.has.sum(axis=0), columns
        ),
        method=method,
        iterations=N,
        second_eigenvalue=spectrum.second,
        third_eigenvalue=spectrum.third,
        draws=R,
        provenance=Provenance(
            method="complexity",
            formula=method,
            nobs=read.has.size,
            ids_digest=ids_digest(read.ids),
            seed=seed if R else None,
            notes=notes,
            options={"method": method, "iterations": str(N), "presence": presence,
                     "threshold": f"{threshold:g}", "draws": str(R), "level": f"{level:g}"},
        ),
        notes=notes,
    )  # fmt: skip


def _iterations(method: ComplexityMethod, iterations: int | None) -> int:
    if method == "eigenvector":
        if iterations is not None:
            raise InputError(
                "iterations",
                expected='method="reflections", whose number it is',
                found=f"iterations={iterations!r} with method='eigenvector'",
                remedy="leave iterations out",
            )
        return 0
    if iterations is None:
        return 18
    whole = isinstance(iterations, int | np.integer) and not isinstance(iterations, bool)
    if not whole or iterations < 2 or iterations % 2:
        raise InputError(
            "iterations",
            expected="an even whole number from 2",
            found=repr(iterations),
            why="odd reflections of regions are ubiquities: low where complexity is high",
            remedy="iterations=18",
        )
    return int(iterations)


def _refuse_parts(read: Portfolios) -> None:
    rows, columns = incidence.parts(read.has)
    if rows.max() == 0:
        return
    size = np.bincount(rows)
    small = np.nonzero(rows != size.argmax())[0]
    share = listing(read.activities[columns != size.argmax()].tolist())
    raise ValuesError(
        "table",
        expected="a network in which all regions are connected by what they share",
        found=f"{len(size)} parts of {listing(sorted(size.tolist(), reverse=True))} regions",
        offenders=read.ids[small].tolist(),
        why="each part has an eigenvalue of 1, and the second eigenvector says which part a region "
        f"is in; outside the largest are also the activities {share}",
        remedy="leave the smaller parts out, or take a lower threshold",
    )


def _refuse_alike(read: Portfolios, spectrum: kernel.Spectrum) -> None:
    if spectrum.second <= kernel.NO_SPREAD:
        raise ValuesError(
            "table",
            expected="regions that differ in what they have",
            found="the same activities, in the same proportions, in all of them",
            offenders=read.ids.tolist(),
            why="without differences there is nothing to order",
            remedy='presence="rca" takes what regions have more of than others',
        )


def _scores(
    M: FloatArray, method: ComplexityMethod, N: int, spectrum: kernel.Spectrum
) -> tuple[FloatArray, FloatArray]:
    if method == "eigenvector":
        mean, std = spectrum.rows.mean(), spectrum.rows.std()
        # of this length a region's number is the mean of its activities'
        columns = spectrum.columns / np.sqrt(spectrum.second)
        return (spectrum.rows - mean) / std, (columns - mean) / std
    found = kernel.reflections(M, N)
    if not found.rows.any() or not found.columns.any():
        raise ValuesError(
            "table",
            expected="regions that differ in diversity, from which reflections start",
            found=f"{M.sum(axis=1)[0]:g} in all of them"
            if not kernel.spreads(M.sum(axis=1))
            else "differences that vanish on the way",
            remedy='method="eigenvector"',
        )
    return found.rows, found.columns


def _table(ids: pd.Index, name: str, degree: FloatArray, values: FloatArray) -> pd.DataFrame:
    columns = {name: degree, "complexity": values, "rank": ranks(values)}
    return pd.DataFrame(columns, index=ids)


def _intervals(
    read: Portfolios,
    rows: FloatArray,
    method: ComplexityMethod,
    N: int,
    presence: Presence,
    threshold: float,
    R: int,
    level: float,
    seed: int,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    drawn = []
    for draw in range(R):
        rng = generator(seed, "complexity", draw)
        M = redrawn(read.read.values, presence, threshold, rng)
        used = M[:, M.any(axis=0)]
        if incidence.parts(used)[0].max() > 0:
            continue
        if method == "eigenvector":
            found = kernel.standardised(kernel.spectrum(used).rows)
        else:
            found = kernel.reflections(used, N).rows
        # the sign that agrees with the data, where diversity alone would leave it open
        drawn.append(found if found @ rows >= 0 else -found)
    if len(drawn) < R / 2:
        raise ValuesError(
            "draws",
            expected="redrawn tables whose network holds together",
            found=f"{R - len(drawn)} of {R} that fall apart",
            why="intervals over the few that do not would be those of other tables",
            remedy="draws=0, or leave out activities and regions with few counts",
        )
    values = np.stack(drawn)
    places = np.stack([ranks(one) for one in values])
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(values, tails, axis=0)
    rank_low, rank_high = np.quantile(places, tails, axis=0)
    table = pd.DataFrame(
        {
            "std_error": values.std(axis=0, ddof=1),
            "conf_low": low,
            "conf_high": high,
            "rank_low": rank_low,
            "rank_high": rank_high,
        },
        index=read.ids,
    )
    lost = R - len(drawn)
    return table, ((f"{lost} of {R} redrawn tables fall apart and are left out.",) if lost else ())


def _doubts(spectrum: kernel.Spectrum, M: FloatArray) -> tuple[str, ...]:
    notes = []
    if spectrum.second - spectrum.third < CLOSE * spectrum.second:
        notes.append(
            f"The second and third eigenvalues, {spectrum.second:.4g} and {spectrum.third:.4g}, "
            "are close: the order of regions hangs on little."
        )
    slope = kernel.correlation(spectrum.rows, M.sum(axis=1))
    if abs(slope) < 0.1:
        notes.append(
            f"Complexity and diversity are hardly correlated ({slope:.2f}): the sign is weakly "
            "founded; see that known regions are on the side where they belong."
        )
    return tuple(notes)
