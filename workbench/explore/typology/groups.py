"""Groups of alike regions: wherever they are, or connected on the map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.errors import InputError, ValuesError, check_option, check_whole
from workbench.explore.typology.partition import Plan, partition
from workbench.explore.typology.profiles import Profiles, check_k, read_profiles
from workbench.explore.typology.result import Typology
from workbench.explore.variable import REMEDY, read_column
from workbench.numerics.partitions.agreement import silhouettes
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import Align, ClusterMethod, RegionMethod, Standardization, TreeCriterion


def cluster(
    variables: str | Sequence[str],
    table: pd.DataFrame,
    *,
    k: int,
    method: ClusterMethod = "k-means",
    standardize: Standardization = "z",
    starts: int = 150,
    seed: int = 0,
) -> Typology:
    """Put regions that are alike into groups, wherever on the map they are.

    Parameters
    ----------
    variables : sequence of str
        Columns of `table`, or expressions such as ``"log(rd / population)"``. Missing, infinite
        and constant values are refused.
    table : DataFrame or GeoDataFrame
        Indexed by region id, in any order; its geometry is kept for ``plot()``.
    k : int
        Number of groups, from 2 to n − 1; see :func:`choose_k`.
    method : {"k-means", "ward", "average", "complete"}
        k-means lowers the sum of squares within groups from k-means++ starts; the others merge
        the two nearest groups again and again, near by Ward's increase of that sum, by the average
        or by the largest distance between their members; they hold the distances of all pairs, up
        to n = 20,000.
    standardize : {"z", "robust", "none"}
        ``(x − mean) / sd``, ``(x − median) / (1.4826 MAD)``, or as it is (one common unit).
    starts : int, default 150
        Starts of k-means of which the best is kept. With few, another seed may end in another
        local minimum; ``group_stability(result, by="seed")`` tells. 150 is GeoDa's default too.
    seed : int, default 0
        Of the starts.

    Returns
    -------
    Typology
        ``.labels``, ``.means``, ``.profile``, ``.tidy()`` (a row a group), ``.augment()`` (a row a
        region), ``.plot()``, ``.plot_profiles()``. Groups are numbered from 1 by size.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If a variable cannot be read or has no valid values, or ids cannot be used.
    InputError
        If `k`, `starts` or `seed` cannot be used.

    References
    ----------
    Arthur, D. and Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding. SODA
    2007, 1027-1035. Ward, J. H. (1963). Hierarchical grouping to optimize an objective function.
    JASA 58, 236-244.

    Examples
    --------
    >>> table = pd.DataFrame({"rd": [1.0, 1.2, 5.0, 5.1]}, index=list("abcd"))
    >>> cluster(["rd"], table, k=2).labels.to_dict()
    {'a': 1, 'b': 1, 'c': 2, 'd': 2}
    """
    check_option("method", method, ClusterMethod)
    profiles = read_profiles(variables, table, standardize=standardize)
    plan = Plan(method, check_k(k, profiles), False, check_count(starts, "starts"))
    return _typology(profiles, plan, seed=check_seed(seed))


def regionalize(
    variables: str | Sequence[str],
    table: pd.DataFrame,
    W: Any,
    *,
    k: int | None = None,
    method: RegionMethod = "skater",
    floor: float | None = None,
    floor_variable: str | None = None,
    criterion: TreeCriterion = "squares",
    standardize: Standardization = "z",
    starts: int = 10,
    seed: int = 0,
    align: Align = "strict",
) -> Typology:
    """Put neighbouring regions that are alike into groups that are connected on the map.

    Parameters
    ----------
    variables : sequence of str
        Columns of `table`, or expressions such as ``"log(rd / population)"``. Missing, infinite
        and constant values are refused.
    table : DataFrame or GeoDataFrame
        Indexed by region id, in any order; its geometry is kept for ``plot()``.
    W : Weights, Graph or libpysal W
        Who is whose neighbour; values do not matter, a link one way is a link. One connected part.
    k : int, optional
        Number of groups, from 2 to n − 1; needed but under ``"max-p"``, which finds it.
    method : {"skater", "ward", "azp", "max-p"}
        Cut the minimum spanning tree of neighbours; merge neighbours by Ward's increase of squares;
        move regions between neighbouring groups while the squares within do not grow; grow as many
        groups as reach the floor (the paper's construction), then move regions as AZP does, but
        none that takes its group below the floor.
    floor : float, optional
        What `floor_variable` must add up to in each group, under ``"max-p"``.
    floor_variable : str, optional
        Column or expression, not negative, e.g. ``"population"``; without it regions are counted.
    criterion : {"squares", "distances"}
        What SKATER's cuts lower: the sum of squared distances from group means (the paper), or of
        distances (R's spdep).
    standardize : {"z", "robust", "none"}
        As for :func:`cluster`.
    starts : int, default 10
        Seeded starts of AZP and max-p of which the best is kept; AZP's first is SKATER's groups,
        so that it is never worse.
    seed : int, default 0
        Of the random steps of AZP and max-p.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    Typology
        As :func:`cluster` returns; every group has been checked to be connected.

    Raises
    ------
    WeightsError
        If `W` is not connected: regions outside the largest part are named.
    FormulaError, ValuesError, IdError
        If a variable cannot be read, has no valid values, or does not match the weights.
    InputError
        If `k`, `floor`, `starts` or `seed` cannot be used, or the floor cannot be reached.
    ConvergenceError
        If a heuristic gives groups that are not connected, or finds no second group.

    References
    ----------
    Assunção, R. M. et al. (2006). Efficient regionalization techniques for socio-economic
    geographical units using minimum spanning trees. IJGIS 20(7), 797-811. Openshaw, S. and Rao, L.
    (1995). Algorithms for reengineering 1991 census geography. Environment and Planning A 27,
    425-446. Wei, R., Rey, S. and Knaap, E. (2021). Efficient regionalization for spatially
    explicit neighborhood delineation. IJGIS 35(1), 135-151.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> chain = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    >>> table = pd.DataFrame({"rd": [1.0, 5.0, 5.2, 1.1]}, index=list("abcd"))
    >>> regionalize(["rd"], table, chain, k=3).labels.to_dict()
    {'a': 2, 'b': 1, 'c': 1, 'd': 3}
    """
    check_option("method", method, RegionMethod)
    check_option("criterion", criterion, TreeCriterion)
    profiles = read_profiles(variables, table, W, standardize=standardize, align=align)
    plan = Plan(method, 0, True, check_count(starts, "starts"), criterion)
    if method == "max-p":
        plan = _floored(plan, profiles, table, k=k, floor=floor, floor_variable=floor_variable)
    else:
        _refuse_floor(method, floor, floor_variable)
        plan = Plan(method, check_k(k, profiles), True, plan.starts, criterion)
    return _typology(profiles, plan, seed=check_seed(seed))


def check_count(value: Any, argument: str) -> int:
    """Return a whole number from 1 as a plain integer, or refuse it."""
    return check_whole(argument, value, remedy=f"{argument}=10")


def _refuse_floor(method: str, floor: float | None, floor_variable: str | None) -> None:
    if floor is not None or floor_variable is not None:
        raise InputError(
            "floor",
            expected='a floor only with method="max-p"',
            found=f"floor={floor!r}, floor_variable={floor_variable!r} with method={method!r}",
            why="the method would not heed it",
            remedy='method="max-p" without k, or leave the floor out',
        )


def _floored(
    plan: Plan,
    profiles: Profiles,
    table: pd.DataFrame,
    *,
    k: int | None,
    floor: float | None,
    floor_variable: str | None,
) -> Plan:
    if k is not None:
        raise InputError(
            "k",
            expected='no number of groups with method="max-p"',
            found=repr(k),
            why="the method finds as many groups as reach the floor",
            remedy="leave k out and choose floor=, or another method",
        )
    number = isinstance(floor, int | float | np.number) and not isinstance(floor, bool)
    if floor is None or not number or not (math.isfinite(floor) and floor > 0):
        raise InputError(
            "floor",
            expected="a positive number that each group must reach",
            found=repr(floor),
            remedy='floor=5 for five regions a group, or floor_variable="population", floor=1e6',
        )
    size = np.ones(profiles.n)
    if floor_variable is not None:
        sizes = read_column(floor_variable, table.loc[profiles.ids], remedy=REMEDY)
        if (sizes < 0).any():
            raise ValuesError(
                floor_variable,
                expected="values that add up: zero or more",
                found=f"{int((sizes < 0).sum())} negative ones",
                offenders=sizes.index[sizes < 0],
                remedy="take a variable such as the population, or its absolute value",
            )
        size = sizes.to_numpy(dtype=np.float64)
    _refuse_unreachable(float(floor), size, floor_variable)
    return Plan("max-p", 0, True, plan.starts, plan.criterion, float(floor), freeze(size))


def _refuse_unreachable(floor: float, size: Any, name: str | None) -> None:
    what, total = name or "number of regions", float(size.sum())
    if floor > total / 2:
        raise InputError(
            "floor",
            expected=f"at most half of the total {what}, {total / 2:g}",
            found=f"{floor:g}",
            why="two groups cannot both reach it",
            remedy=f"a floor of {total / 4:g} or less leaves room for several groups",
        )
    if floor <= float(size.min()):
        raise InputError(
            "floor",
            expected=f"more than the smallest region's {what}, {float(size.min()):g}",
            found=f"{floor:g}",
            why="every region would be a group of its own",
            remedy="raise the floor",
        )


def _typology(profiles: Profiles, plan: Plan, *, seed: int) -> Typology:
    membership = partition(plan, profiles.X, profiles.links, seed=seed)
    options = {"standardize": profiles.standardize, "k": str(int(membership.max()) + 1)}
    if plan.seeded:
        options["starts"] = str(plan.starts)
    if plan.method == "skater":
        options["criterion"] = plan.criterion
    if plan.size is not None:
        options["floor"] = f"{plan.floor:g}"
    W = profiles.weights
    alone = np.flatnonzero(np.bincount(membership) == 1) + 1
    single = f"groups of a single region: {', '.join(map(str, alone))}" if alone.size else ""
    return Typology(
        profiles=profiles,
        plan=plan,
        membership=freeze(membership),
        silhouette=freeze(silhouettes(profiles.X, membership)),
        seed=seed,
        notes=(*profiles.notes, *([single] if single else [])),
        provenance=Provenance(
            method=f"{'contiguous groups' if plan.contiguous else 'groups'} by {plan.method}",
            formula=" + ".join(profiles.names),
            nobs=profiles.n,
            ids_digest=ids_digest(profiles.ids),
            weights=None if W is None else W.described,
            seed=seed if plan.seeded else None,
            notes=profiles.notes,
            options=options,
        ),
        tolerance="simulation" if plan.seeded else "closed form",
    )
