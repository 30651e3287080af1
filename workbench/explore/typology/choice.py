"""How many groups: the elbow, the silhouette, and the gap statistic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.explore.typology.groups import check_count
from workbench.explore.typology.partition import Plan, partition
from workbench.explore.typology.profiles import Profiles, check_k, read_profiles
from workbench.explore.typology.result import TITLES
from workbench.numerics.partitions.agreement import silhouettes, squares
from workbench.typing import (
    Align,
    ClusterMethod,
    FloatArray,
    RegionMethod,
    Standardization,
    Tolerance,
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChoiceOfK:
    """What several numbers of groups explain, and which each rule would take; immutable.

    Attributes
    ----------
    method : str
        How groups were made.
    variables : tuple of str
        As the caller wrote them.
    rows : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    draws : int
        Reference data sets of the gap statistic.
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
        What produced the result.
    """

    method: str
    variables: tuple[str, ...]
    rows: pd.DataFrame
    draws: int
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    @property
    def elbow(self) -> int:
        """K at which the squares within lie farthest below the straight line between the ends."""
        table = self.rows
        k = table.index.to_numpy(dtype=float)
        within = table["within"].to_numpy()
        line = within[0] + (within[-1] - within[0]) * (k - k[0]) / (k[-1] - k[0])
        return int(k[np.argmax(line - within)])

    @property
    def silhouette(self) -> int:
        """K with the largest mean silhouette, the smallest of equal ones."""
        best = int(np.nanargmax(self.rows["silhouette"].to_numpy()))
        return best + 1

    @property
    def gap(self) -> int | None:
        """Smallest k whose gap is at least the next one less its standard error; 1: no groups.

        None if no k of the range qualifies: the gap still grows at its end.
        """
        return _first_gap(self.rows)

    @property
    def heading(self) -> str:
        """Method and variables in one line."""
        name = TITLES.get(self.method, self.method)
        return say(
            "Number of groups by {name}: {variables}",
            name=say(name),
            variables=", ".join(self.variables),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a number of groups from 1: ``within explained silhouette gap gap_se``."""
        return self.rows.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, draws, and the k of each rule."""
        return one_row(
            nobs=self.provenance.nobs,
            draws=self.draws,
            k_elbow=self.elbow,
            k_silhouette=self.silhouette,
            k_gap=self.gap,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return the three curves with the k of each rule marked."""
        return display.picture("number of groups", self, title=title)

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance().set_axis([""])), ("", self.rows)]


def choose_k(
    variables: str | Sequence[str],
    table: pd.DataFrame,
    W: Any = None,
    *,
    k: Iterable[int] = range(2, 11),
    method: ClusterMethod | RegionMethod | None = None,
    standardize: Standardization = "z",
    draws: int = 50,
    starts: int = 10,
    seed: int = 0,
    align: Align = "strict",
) -> ChoiceOfK:
    """Show what each number of groups explains, beside data without groups.

    The gap of k is ``mean_b log W*_kb − log W_k`` with ``W_k`` the sum of squares within k groups
    and ``W*_kb`` the same of values drawn evenly over a box along the principal axes of the data
    (Tibshirani et al. 2001, section 3, choice b); its standard error is
    ``sd_b(log W*_kb) sqrt(1 + 1/B)``. Under contiguity the drawn values are scattered over the same
    map: the gap then also counts that neighbours are alike, groups or not.

    Parameters
    ----------
    variables, table, W, standardize, starts, align
        As for :func:`cluster` (without `W`) and :func:`regionalize` (with it).
    k : iterable of int, default range(2, 11)
        Numbers of groups, without a hole, from 2.
    method : str, optional
        ``"k-means"`` without, ``"skater"`` with `W` unless another one is named; max-p is not one
        of them, because it finds k.
    draws : int, default 50
        Reference data sets B, at least 2.
    seed : int, default 0
        Of reference data sets and starts.

    Returns
    -------
    ChoiceOfK
        ``.tidy()``, ``.elbow``, ``.silhouette``, ``.gap`` and ``.plot()``. The rules may differ:
        they are aids, not tests.

    Raises
    ------
    InputError
        If `k`, `draws`, `starts` or `seed` cannot be used; otherwise as :func:`regionalize`.

    References
    ----------
    Tibshirani, R., Walther, G. and Hastie, T. (2001). Estimating the number of clusters in a data
    set via the gap statistic. JRSS B 63, 411-423. Rousseeuw, P. J. (1987). Silhouettes. Journal
    of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> table = pd.DataFrame({"rd": [1.0, 1.1, 1.2, 5.0, 5.1, 9.0, 9.1, 9.3]}, index=range(8))
    >>> choose_k(["rd"], table, k=range(2, 6), method="ward").silhouette
    3
    """
    name = _method(method, W)
    profiles = read_profiles(variables, table, W, standardize=standardize, align=align)
    numbers = _numbers(k, profiles)
    if check_count(draws, "draws") < 2:
        raise InputError(
            "draws", expected="at least 2 reference data sets", found=repr(draws), remedy="draws=50"
        )
    starts, seed = check_count(starts, "starts"), check_seed(seed)
    plans = [Plan(name, number, W is not None, starts) for number in numbers]
    rows = _rows(profiles, plans, draws=draws, seed=seed)
    weights = profiles.weights
    return ChoiceOfK(
        method=name,
        variables=profiles.names,
        rows=rows,
        draws=int(draws),
        notes=(*profiles.notes, *_gap_note(rows)),
        provenance=Provenance(
            method=f"number of groups by {name}",
            formula=" + ".join(profiles.names),
            nobs=profiles.n,
            ids_digest=ids_digest(profiles.ids),
            weights=None if weights is None else weights.described,
            seed=seed,
            notes=profiles.notes,
            options={"standardize": standardize, "draws": str(draws), "starts": str(starts)},
        ),
    )


def _first_gap(rows: pd.DataFrame) -> int | None:
    gap, error = rows["gap"].to_numpy(), rows["gap_se"].to_numpy()
    reached = np.flatnonzero(gap[:-1] >= gap[1:] - error[1:])
    return int(reached[0]) + 1 if reached.size else None


def _gap_note(rows: pd.DataFrame) -> tuple[str, ...]:
    if _first_gap(rows) is not None:
        return ()
    return (f"no k by the gap statistic: it still grows at k = {rows.index[-1]}; try larger k=",)


def _method(method: str | None, W: Any) -> str:
    if W is None:
        name = "k-means" if method is None else method
        check_option("method", name, ClusterMethod)
        return name
    name = "skater" if method is None else method
    check_option("method", name, RegionMethod)
    if name == "max-p":
        raise InputError(
            "method",
            expected='"skater", "ward" or "azp"',
            found='"max-p"',
            why="max-p finds the number of groups by itself",
            remedy='regionalize(..., method="max-p", floor=...)',
        )
    return name


def _numbers(k: Iterable[int], profiles: Profiles) -> list[int]:
    numbers = list(k) if isinstance(k, Iterable) else [k]
    if numbers != list(range(2, len(numbers) + 2)) or len(numbers) < 2:
        raise InputError(
            "k",
            expected="whole numbers from 2 on without a hole, at least 2 and 3",
            found=repr(k),
            why="the gap statistic compares each k with the next",
            remedy="k=range(2, 11)",
        )
    check_k(numbers[-1], profiles)
    if numbers[-1] >= profiles.distinct:
        raise InputError(
            "k",
            expected=f"fewer groups than different profiles, {profiles.distinct}",
            found=repr(k),
            why="with as many nothing varies within groups, and the gap takes its logarithm",
            remedy=f"k=range(2, {profiles.distinct})"
            if profiles.distinct > 3
            else "more regions or variables",
        )
    return numbers


def _rows(profiles: Profiles, plans: list[Plan], *, draws: int, seed: int) -> pd.DataFrame:
    X, links = profiles.X, profiles.links
    labels = [partition(plan, X, links, seed=seed) for plan in plans]
    parts = [squares(X, one) for one in labels]
    within = np.array([parts[0].total, *(float(part.within.sum()) for part in parts)])
    reference = np.empty((draws, len(within)))
    for draw in range(draws):
        Z = _evenly(X, generator(seed, "gap", draw))
        shares = [squares(Z, partition(plan, Z, links, seed=seed)) for plan in plans]
        reference[draw] = [shares[0].total, *(float(part.within.sum()) for part in shares)]
    logs = np.log(reference)
    return pd.DataFrame(
        {
            "within": within,
            "explained": 1 - within / within[0],
            "silhouette": [np.nan, *(float(silhouettes(X, one).mean()) for one in labels)],
            "gap": logs.mean(axis=0) - np.log(within),
            "gap_se": logs.std(axis=0) * np.sqrt(1 + 1 / draws),
        },
        index=pd.RangeIndex(1, len(within) + 1, name="k"),
    )


def _evenly(X: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw values evenly over the box that bounds the data along their principal axes."""
    centre = X.mean(axis=0)
    axes = np.linalg.svd(X - centre, full_matrices=False)[2]
    # the sign of an axis is arbitrary: fix it, so that draws are the same everywhere
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
    turned = (X - centre) @ axes.T
    drawn = rng.uniform(turned.min(axis=0), turned.max(axis=0), size=turned.shape)
    return np.asarray(drawn @ axes + centre)
