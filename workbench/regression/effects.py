"""What follows from a fit with W: effects by order and by region, an impulse, elasticities."""

from __future__ import annotations

from workbench.regression.elasticities import Elasticities, elasticities_of
from workbench.regression.orders import ImpactsByOrder, impacts_by_order_of
from workbench.regression.regional import (
    ImpactsByRegion,
    Impulse,
    impacts_by_region_of,
    impulse_of,
)
from workbench.regression.results import RegressionResults
from workbench.typing import DiagonalRoute, ElasticityAt, ImpactMethod


class SpatialEffects(RegressionResults):
    """Results of a cross-section or panel model: its effects in depth."""

    def impacts_by_order(
        self,
        q: int = 4,
        *,
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> ImpactsByOrder:
        """Return direct, indirect and total impacts split by order of neighbours.

        Parameters
        ----------
        q : int, default 4
            Highest order that has rows of its own, 0 to 100; the others are ``"beyond"``.
        method, draws, seed, level
            As in :meth:`impacts`. Beyond 1,500 regions `seed` also decides the probes from
            which traces of high orders come.

        Returns
        -------
        ImpactsByOrder
            Table with index (term, order, effect); see
            :class:`~workbench.regression.orders.ImpactsByOrder`.

        Raises
        ------
        InputError
            If the model has neither Wy nor WX, or `q` is not an order.

        Notes
        -----
        Order p takes p steps: (ρᵖβ + ρᵖ⁻¹θ)Wᵖ of (I − ρW)⁻¹(βI + θW). LeSage and Pace (2009),
        section 2.7.2.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> orders = wb.fit("log(gsp) ~ log(emp)", y, W, model="sdm").impacts_by_order(2)
        >>> orders.table.index.unique("order").tolist()
        [0, 1, 2, 'beyond']
        """
        return impacts_by_order_of(
            self._impact_parts(), q, method=method, draws=draws, seed=seed, level=level
        )

    def impacts_by_region(
        self,
        term: str,
        *,
        method: ImpactMethod = "monte-carlo",
        draws: int = 2_000,
        seed: int = 0,
        level: float = 0.95,
        diagonal: DiagonalRoute = "auto",
    ) -> ImpactsByRegion:
        """Return what a unit of a term does in each region, what it receives and what it gives.

        Parameters
        ----------
        term : str
            A regressor as the formula writes it.
        method, draws, seed, level
            As in :meth:`impacts`; intervals are of each region alone.
        diagonal : {"auto", "exact", "probes"}
            How the diagonal of (I − ρW)⁻¹ is found: ``"auto"`` exactly at any number of regions,
            but from 128 random probes beyond 1,500 where a directed W leaves a factor to choose
            its pivots; always exactly; or always from probes. The error that probes leave is
            said in the notes.

        Returns
        -------
        ImpactsByRegion
            Table with index (region, effect), effects ``own received given``.

        Raises
        ------
        OptionError
            If the term is not in the model.
        InputError
            If the model has neither Wy nor WX.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> fit = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
        >>> by_region = fit.impacts_by_region("log(emp)", method="delta")
        >>> bool(abs(by_region.effect("given").mean() - fit.impacts().indirect.iloc[0]) < 1e-12)
        True
        """
        return impacts_by_region_of(
            self._impact_parts(),
            term,
            method=method,
            draws=draws,
            seed=seed,
            level=level,
            diagonal=diagonal,
        )

    def impulse(
        self,
        term: str,
        region: object,
        size: float = 1.0,
        *,
        method: ImpactMethod = "monte-carlo",
        draws: int = 2_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> Impulse:
        """Return what a change of a term in one region does to every region.

        Parameters
        ----------
        term : str
            A regressor as the formula writes it.
        region : id
            Where it changes.
        size : float, default 1
            By how much, in units of the term: 0.1 of ``log(rd)`` is about 10 % more rd.
        method, draws, seed, level
            As in :meth:`impacts`; intervals are of each region alone.

        Returns
        -------
        Impulse
            A row a region, in units of the outcome, and their total; ``plot(regions)`` maps it.

        Raises
        ------
        IdError
            If the region is not in the sample.
        OptionError
            If the term is not in the model.
        InputError
            If the model has neither Wy nor WX, or `size` is not a number.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> fit = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
        >>> fit.impulse("log(emp)", y.index[0], 0.1).table.shape
        (48, 6)
        """
        return impulse_of(
            self._impact_parts(),
            term,
            region,
            size=size,
            method=method,
            draws=draws,
            seed=seed,
            level=level,
        )

    def elasticities(
        self,
        *,
        at: ElasticityAt = "formula",
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
        level: float = 0.95,
    ) -> Elasticities:
        """Return impacts in the units that the logarithms of the formula make of them.

        Parameters
        ----------
        at : {"formula", "means"}
            ``"formula"``: per cent per per cent, per cent per unit, units per per cent or units
            per unit, as the formula says; ``"means"``: per cent per per cent for all, variables
            without a logarithm at their means over regions (taken as known).
        method, draws, seed, level
            As in :meth:`impacts`.

        Returns
        -------
        Elasticities
            Table with index (term, effect), whose column ``reads`` says what each estimate is.

        Raises
        ------
        ValuesError
            If a mean is zero under ``at="means"``.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> fit = wb.fit("log(gsp) ~ log(emp) + unemp", y)
        >>> fit.elasticities().table["reads"].iloc[[0, 3]].tolist()
        ['1 % more emp: % of gsp', '1 more unemp: % of gsp']
        """
        impacts = self.impacts(method=method, draws=draws, seed=seed, level=level)
        return elasticities_of(impacts, self.design, at=at)
