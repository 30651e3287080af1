"""Potential: all that is around a region, the nearer the more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.errors import InputError, check_option, listing
from workbench.explore.permuted import check_permutations, permutation_p
from workbench.innovation.position.arrangements import position_test
from workbench.innovation.position.masses import masses_of
from workbench.innovation.position.potential_result import Potential
from workbench.innovation.position.reach import Reach, parameter_of, reach_of
from workbench.innovation.reading.series import same_regions
from workbench.numerics.distance_decay.sums import Sums, permutation_moments
from workbench.typing import (
    Alternative,
    DecayForm,
    FloatArray,
    Metric,
    SelfPotential,
    Unit,
)

PERMUTED_AT_MOST = 2_000
"""Regions up to which permutations are drawn unasked: their work grows with the square."""
PERMUTATIONS = 999


def potential(
    masses: str | pd.Series[Any],
    places: Any,
    *,
    form: DecayForm = "power",
    exponent: float | None = None,
    length: float | None = None,
    self_potential: SelfPotential | None = None,
    areas: pd.Series[Any] | None = None,
    demand: str | pd.Series[Any] | None = None,
    metric: Metric = "auto",
    unit: Unit = "km",
    permutations: int | None = None,
    alternative: Alternative = "two-sided",
    seed: int = 0,
) -> Potential:
    """Measure the potential of each region, A_i = Σ_j m_j f(d_ij): its position among masses.

    Of people or incomes it is Harris's market potential, of opportunities Hansen's accessibility,
    of patents, researchers or R&D the innovation-geographic position of a region.

    Parameters
    ----------
    masses : str or Series
        Masses of at least 0 by region id, in levels: patents, researchers, gross product; or a
        column or expression of `places`. Missing values are refused.
    places : GeoDataFrame, GeoSeries, DataFrame or Weights
        Points or polygons (at their centroids) by region id; or a square table of distances or
        travel times, whose diagonal, where positive, holds the distances within regions; or
        weights w_ij, for A = Wm. Regions without a mass are left out, and noted.
    form : {"power", "exponential", "gaussian", "binary"}
        f(d) = d^−exponent; exp(−d/length); exp(−d²/2 length²); 1 up to `length` and 0 beyond.
        Not used with weights.
    exponent : float, optional
        Of ``"power"``, without unit; 1 by default.
    length : float, optional
        Of the other forms, in `unit`; half is lost at length · log 2 of ``"exponential"``.
    self_potential : {"internal", "none"}, optional
        ``"internal"``: the own mass counts at the distance within the region, ⅔ √(area/π), the mean
        distance of a disc's points from its centre; default where areas are known (polygons,
        `areas`, a table with a diagonal). ``"none"``: only the others count; default with weights.
    areas : Series, optional
        Areas by region id in the square of `unit`, for points.
    demand : str or Series, optional
        Who competes for the masses (population, firms), at least 0: each mass is divided by the
        demand that reaches it, D_j = Σ_k P_k f(d_kj), before it is summed. Then Σ P_i A_i = Σ m_j;
        with ``form="binary"`` it is the two-step floating catchment area.
    metric, unit
        How distances are measured, as in :func:`workbench.weights.distance_band`: great-circle
        for a geographic CRS.
    permutations : int, optional
        Permutations of the masses over the places; 999 up to 2,000 regions, none beyond, by
        default.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"``: masses are nearer to each other than by chance.
    seed : int
        Of the permutations.

    Returns
    -------
    Potential
        ``values table test tidy() glance() augment() sensitivity() plot() map()``.

    Raises
    ------
    ValuesError, GeometryError, IdError, InputError
        If masses are missing, negative or all zero; if places coincide (power) or cannot be
        measured; if ids do not match; if areas are needed and not known.

    Notes
    -----
    Units are those of the mass over distance to the exponent: numbers of two exponents do not
    compare, shares, ranks and ``relative`` (to the mean) do. The distance within regions decides
    how much of its potential a region is itself (``own_share``); report it (Frost and Spence 1995).

    The test asks whether position adds to the masses: whether Σ_i m_i Σ_{j≠i} f_ij m_j, Getis and
    Ord's G, is more than with the same masses on the same places at random. ``expected`` and ``z``
    say so of each region: what reaches it of the others against the mean and the standard deviation
    over all permutations, both exact.

    Distances are measured block by block: 10,000 regions need no matrix of 10,000².

    References
    ----------
    Harris, C. D. (1954). The market as a factor in the localization of industry in the United
    States. Annals of the Association of American Geographers 44, 315-348. Hansen, W. G. (1959). How
    accessibility shapes land use. Journal of the American Institute of Planners 25, 73-76. Keeble,
    D., Owens, P. L. and Thompson, C. (1982). Regional accessibility and economic potential in the
    European Community. Regional Studies 16, 419-432. Frost, M. and Spence, N. (1995). The
    rediscovery of accessibility and economic potential: the critical issue of self-potential.
    Environment and Planning A 27, 1833-1848. Shen, Q. (1998). Location characteristics of
    inner-city neighborhoods and employment accessibility of low-wage workers. Environment and
    Planning B 25, 345-365. Getis, A. and Ord, J. K. (1992). The analysis of spatial association by
    use of distance statistics. Geographical Analysis 24, 189-206.

    Examples
    --------
    >>> import pandas as pd
    >>> d = pd.DataFrame([[0, 2, 4], [2, 0, 2], [4, 2, 0]], index=list("abc"), columns=list("abc"))
    >>> m = pd.Series([8.0, 2.0, 4.0], index=list("abc"), name="patents")
    >>> potential(m, d, self_potential="none").values.tolist()
    [2.0, 6.0, 3.0]
    """
    check_option("form", form, DecayForm)
    check_option("alternative", alternative, Alternative)
    if self_potential is not None:
        check_option("self_potential", self_potential, SelfPotential)
    parameter = parameter_of(form, exponent, length)
    mass = masses_of(masses, places, argument="masses")
    people = None if demand is None else masses_of(demand, places, argument="demand")
    reach = reach_of(
        places, mass.index, form=form, own=self_potential, areas=areas, metric=metric, unit=unit
    )
    _refuse_unused(reach, {"exponent": exponent, "length": length})
    _refuse_alone(mass)
    if people is not None and not people.index.equals(mass.index):
        people = _same_regions(people, mass.index)
    R = _permutations(permutations, len(mass), competing=people is not None)
    m = mass.to_numpy(dtype=np.float64)
    drawn = _permuted(m, R, seed)
    sums, own, supply = reach.sums(m, parameter, drawn, demand=_array(people))
    table = _table(
        m,
        sums,
        own,
        mass.index,
        alternative,
        supply=supply,
        competing=people is not None,
    )
    notes = (*reach.notes, *_notes(table, R, len(mass), demand=people, own=own))
    return Potential(
        variable=str(mass.name),
        form="weights" if reach.weights is not None else form,
        parameter=parameter,
        unit=reach.unit,
        table=table,
        test=position_test(m, sums, R, alternative, competing=people is not None),
        provenance=Provenance(
            method="potential",
            formula=str(mass.name),
            nobs=len(mass),
            ids_digest=ids_digest(mass.index),
            weights=None if reach.weights is None else reach.weights.described,
            seed=seed if R else None,
            notes=notes,
            options={"form": form, "parameter": f"{parameter:g}", "unit": reach.unit,
                     "self_potential": "internal" if own is not None else "none",
                     "demand": "none" if people is None else str(people.name),
                     "permutations": str(R), "alternative": alternative},
        ),
        notes=notes,
        _again=partial(_again, reach, m, _array(people)),
    )  # fmt: skip


def _refuse_unused(reach: Reach, given: dict[str, object]) -> None:
    """Refuse parameters of distance beside weights, which have none."""
    for name, value in given.items():
        if reach.weights is not None and value is not None:
            raise InputError(
                name,
                expected="none with weights, which say themselves how they fall",
                found=repr(value),
                remedy="pass places or a table of distances",
            )


def _array(series: pd.Series[Any] | None) -> FloatArray | None:
    return None if series is None else series.to_numpy(dtype=np.float64)


def _same_regions(people: pd.Series[Any], ids: pd.Index) -> pd.Series[Any]:
    same_regions(people.index, ids, argument="demand", other="masses")
    return people.reindex(ids)


def _refuse_alone(mass: pd.Series[Any]) -> None:
    if len(mass) < 2:
        raise InputError(
            "masses",
            expected="at least two regions",
            found=f"{len(mass)}: {listing(mass.index.tolist())}",
            why="position is relative to other regions",
        )


def _permutations(asked: int | None, n: int, *, competing: bool) -> int:
    if asked is None:
        return PERMUTATIONS if n <= PERMUTED_AT_MOST and not competing else 0
    wanted = check_permutations(asked, none_allowed=True)
    return 0 if competing else wanted


def _permuted(m: FloatArray, R: int, seed: int) -> FloatArray:
    rng = generator(seed, "potential")
    return np.ascontiguousarray(rng.permuted(np.tile(m, (R, 1)), axis=1).T).reshape(len(m), R)


def _table(
    m: FloatArray,
    sums: Sums,
    own: FloatArray | None,
    ids: pd.Index,
    alternative: Alternative,
    *,
    supply: FloatArray,
    competing: bool,
) -> pd.DataFrame:
    mine = np.zeros(len(m)) if own is None else own
    total = sums.reach + mine
    if not total.any():
        raise InputError(
            "length",
            expected="a length within which some mass reaches some region",
            found="none that does: every potential is 0",
            why="shares and ranks of nothing do not exist",
            remedy="a longer length, or a form that does not end: form='power'",
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        own_share = np.where(total > 0, mine / total, np.nan)
        mean, variance = permutation_moments(sums.links, sums.squares, supply)
        z = np.where(variance > 0, (sums.reach - mean) / np.sqrt(variance), np.nan)
        share = total / total.sum()
    table = pd.DataFrame(
        {
            "mass": m,
            "potential": total,
            "own_share": own_share,
            "potential_share": share,
            "relative": share * len(m),
            "rank": pd.Series(total).rank(ascending=False, method="min").astype(int).to_numpy(),
            "from_others": sums.reach,
        },
        index=ids.rename(ids.name or "region"),
    )
    if not competing:
        table["expected"], table["z"] = mean, z
    if sums.totals.size:
        table["p_permutation"] = permutation_p(
            sums.at_least, sums.at_most, sums.totals.size, alternative
        )
    return table


def _notes(
    table: pd.DataFrame, R: int, n: int, *, demand: pd.Series[Any] | None, own: FloatArray | None
) -> Iterator[str]:
    alone = table.index[table["potential"] == 0].tolist()
    if alone:
        yield f"{len(alone)} regions that nothing reaches: {listing(alone)}."
    if own is not None:
        most = table["own_share"].idxmax()
        yield (
            f"Own mass is {table['own_share'].median():.0%} of the potential of the median region, "
            f"at most {table['own_share'].max():.0%} ({most})."
        )
    if demand is not None:
        yield f"Masses are divided by the {demand.name} that reaches them: no test of position."
    elif not R and n > PERMUTED_AT_MOST:
        yield f"No permutations beyond {PERMUTED_AT_MOST:,} regions unasked: permutations=99."


def _again(
    reach: Reach, m: FloatArray, demand: FloatArray | None, parameter: float
) -> tuple[FloatArray, FloatArray]:
    """Return potential and own part with another parameter, shape (n,) each."""
    sums, own, _ = reach.sums(m, parameter, np.empty((len(m), 0)), demand=demand)
    mine = np.zeros(len(m)) if own is None else own
    return sums.reach + mine, mine
