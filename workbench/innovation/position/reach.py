"""What reaches a region from where: places, tables of distances, or weights, in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import canonical_order
from workbench.errors import GeometryError, IdError, InputError, check_number, listing
from workbench.innovation.position.sites import BLOCK_CELLS, Sites, sites_of
from workbench.numerics.distance_decay.forms import LENGTHS, falling
from workbench.numerics.distance_decay.sums import Sums, sums_over
from workbench.numerics.threads import one_thread
from workbench.typing import DecayForm, FloatArray, Metric, SelfPotential, Unit
from workbench.weights import Weights, as_weights


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Weights f(d_ij) of the pairs of some regions, made block by block.

    Attributes
    ----------
    ids : pandas.Index
        Sorted region ids.
    form : DecayForm
    sites : Sites or None
    weights : Weights or None
        One of both.
    internal : ndarray, shape (n,), or None
        Distances within regions where the own mass counts.
    notes : tuple of str
    """

    ids: pd.Index
    form: DecayForm
    sites: Sites | None
    weights: Weights | None
    internal: FloatArray | None
    notes: tuple[str, ...]

    @property
    def unit(self) -> str:
        """Unit of distances."""
        return "weight" if self.sites is None else self.sites.unit

    def blocks(self, parameter: float) -> Iterator[tuple[slice, FloatArray]]:
        """Yield rows of f(d_ij), shape (b, n), the diagonal 0."""
        if self.sites is not None:
            for rows, d in self.sites.blocks():
                yield rows, _off(falling(_apart(d, rows), self.form, parameter), rows)
            return
        W = as_weights(self.weights).sparse
        n = len(self.ids)
        size = max(1, BLOCK_CELLS // n)
        for start in range(0, n, size):
            rows = slice(start, min(start + size, n))
            yield rows, _off(W[rows].toarray(), rows)

    @one_thread
    def sums(
        self,
        masses: FloatArray,
        parameter: float,
        permuted: FloatArray,
        *,
        demand: FloatArray | None = None,
    ) -> tuple[Sums, FloatArray | None, FloatArray]:
        """Return what reaches each region, its own part, and the masses after competition."""
        own = None if self.internal is None else falling(self.internal, self.form, parameter)
        supply = masses
        if demand is not None:
            D = self._pressure(demand, own, parameter, masses)
            supply = np.divide(masses, D, out=np.zeros_like(masses), where=D > 0)
        sums = sums_over(self.blocks(parameter), supply, permuted)
        return sums, None if own is None else own * supply, supply

    def _pressure(
        self,
        demand: FloatArray,
        own: FloatArray | None,
        parameter: float,
        masses: FloatArray,
    ) -> FloatArray:
        """Return D_j = Σ_k P_k f(d_kj)."""
        D = np.zeros(len(demand)) if own is None else own * demand
        for rows, F in self.blocks(parameter):
            D = D + demand[rows] @ F
        alone = (D <= 0) & (masses > 0)
        if alone.any():
            raise InputError(
                "demand",
                expected="demand within reach of every mass",
                found=f"{int(alone.sum())} regions whose mass none reaches",
                offenders=self.ids[alone].tolist(),
                why="the mass would be divided by zero",
                remedy="a longer length, or self_potential='internal' with areas",
            )
        return D


def _apart(d: FloatArray, rows: slice) -> FloatArray:
    """Set the diagonal to 1, where a power is defined; :func:`_off` takes it out again."""
    d[np.arange(d.shape[0]), np.arange(rows.start, rows.stop)] = 1.0
    return d


def _off(F: FloatArray, rows: slice) -> FloatArray:
    F[np.arange(F.shape[0]), np.arange(rows.start, rows.stop)] = 0.0
    return F


def parameter_of(form: DecayForm, exponent: float | None, length: float | None) -> float:
    """Return the parameter of a form, or refuse one of another form or its absence."""
    if form in LENGTHS:
        if exponent is not None:
            raise InputError(
                "exponent",
                expected=f"none with form={form!r}",
                found=f"{exponent!r}",
                remedy="length=..., in the unit of distances",
            )
        if length is None:
            raise InputError(
                "length",
                expected=f"the length of form={form!r}, in the unit of distances",
                found="none",
                why="how fast weights fall is a hypothesis that must be stated",
                remedy="length=200",
            )
        return check_number("length", length, above=0.0)
    if length is not None:
        raise InputError(
            "length", expected="none with form='power'", found=repr(length), remedy="exponent=1"
        )
    return 1.0 if exponent is None else check_number("exponent", exponent, above=0.0)


def reach_of(
    places: Any,
    ids: pd.Index,
    *,
    form: DecayForm,
    own: SelfPotential | None,
    areas: pd.Series[Any] | None,
    metric: Metric,
    unit: Unit,
) -> Reach:
    """Read places, distances or weights for some regions."""
    if not isinstance(places, pd.DataFrame) and not hasattr(places, "geom_type"):
        return _weighted(places, ids, form, own, areas)
    every = sites_of(places, metric=metric, unit=unit, areas=areas)
    sites = every.of(ids)
    internal = _internal(sites, own)
    if form == "power":
        sites.refuse_coincident(why="a power of distance 0 is infinite")
    return Reach(sites.ids, form, sites, None, internal, _told(every.ids, ids, sites, internal))


def _weighted(
    places: Any, ids: pd.Index, form: DecayForm, own: SelfPotential | None, areas: Any
) -> Reach:
    W = as_weights(places, argument="places")
    lacking = ids.difference(W.ids)
    if len(lacking):
        raise IdError(
            "places",
            expected="weights of every region that has a mass",
            found=f"{len(lacking)} regions without",
            offenders=lacking.tolist(),
        )
    extra = W.ids.difference(ids)
    if len(extra):
        raise IdError(
            "masses",
            expected="a mass for every region of the weights",
            found=f"{len(extra)} regions without",
            offenders=extra.tolist(),
            remedy="W.restrict(masses.index)",
        )
    if own == "internal" or areas is not None:
        raise InputError(
            "self_potential",
            expected="'none' with weights, which have no distance within regions",
            found=repr(own),
            remedy="pass places or a table of distances",
        )
    note = f"weights as given: {W.recipe.builder}, normalised {W.normalization}"
    return Reach(ids[canonical_order(ids)], form, None, W, None, (note,))


def _internal(sites: Sites, own: SelfPotential | None) -> FloatArray | None:
    if own == "none":
        return None
    if sites.own is None:
        raise GeometryError(
            "self_potential",
            expected="areas for the distances within regions",
            found="points without areas"
            if sites.places is not None
            else "a table whose diagonal is 0",
            why="whether and how the own mass counts decides the ranking",
            remedy='areas=..., or self_potential="none" to count the others only',
        )
    return sites.own


def _told(
    every: pd.Index, ids: pd.Index, sites: Sites, internal: FloatArray | None
) -> tuple[str, ...]:
    told = [sites.note]
    extra = every.difference(ids)
    if len(extra):
        told.append(f"{len(extra)} places without a mass are left out: {listing(extra.tolist())}")
    if internal is None:
        told.append("the own mass of a region does not count")
    else:
        inside = f"{np.median(internal):.4g} {sites.unit}"
        told.append(f"the own mass counts at the distance within the region, median {inside}")
    return tuple(told)
