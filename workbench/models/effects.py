"""What follows from a cross-section fit: effects by order and region, elasticities, predictions."""

from __future__ import annotations

import pandas as pd

from workbench.regression.case_weights import CaseWeights
from workbench.regression.elasticities import Elasticities, elasticities_of
from workbench.regression.impacts import Impacts
from workbench.regression.marginal import marginal_impacts_of
from workbench.regression.orders import ImpactsByOrder, impacts_by_order_of
from workbench.regression.predictions import Predictions, predictions_of
from workbench.regression.regional import (
    ImpactsByRegion,
    Impulse,
    diagonals_of,
    impacts_by_region_of,
    impulse_of,
)
from workbench.regression.results import RegressionResults
from workbench.typing import (
    DiagonalRoute,
    ElasticityAt,
    ImpactMethod,
    PredictionScale,
    Predictor,
    Where,
)
from workbench.weights import WeightsLike


class WithEffects(RegressionResults):
    """Results of a model of one cross-section: effects in depth, and predictions."""

    def require_multiplier(self) -> None:
        """Refuse a fit whose rho has no spatial multiplier; likelihoods stay where it exists."""

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

    def marginal_impacts(
        self, variable: str, *, at: Where = "observed", level: float = 0.95
    ) -> Impacts:
        """Return the impacts of a variable that enters several terms, which change together.

        Parameters
        ----------
        variable : str
            A column of the table, e.g. ``"x"`` of ``y ~ x + I(x**2)`` or ``x * z``.
        at : {"observed", "means"}
            Slopes of the terms at each region's values, averaged, or at the means of all numeric
            variables.
        level : float
            Of the intervals (delta method).

        Returns
        -------
        Impacts
            Direct, indirect and total, in units of the outcome per unit of the variable.

        Raises
        ------
        OptionError
            If the variable is not on the right-hand side.
        ValuesError
            If it is not numeric.
        FormulaError
            If a term depends on all rows at once, such as ``center(x)``.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> fit = wb.fit("log(gsp) ~ unemp + I(unemp**2)", y)
        >>> slope = fit.params["unemp"] + 2 * fit.params["I(unemp ** 2)"] * y["unemp"].mean()
        >>> bool(abs(fit.marginal_impacts("unemp").direct.iloc[0] - slope) < 1e-8)
        True
        """
        parts = self._impact_parts()
        return marginal_impacts_of(
            parts,
            self.design,
            variable,
            at=at,
            level=level,
            diagonals=diagonals_of(parts, "auto", 0) if parts.spatial else None,
        )

    def predict(
        self,
        newdata: pd.DataFrame | None = None,
        W_new: WeightsLike | None = None,
        *,
        kind: Predictor | None = None,
        W_error_new: WeightsLike | None = None,
        W_x_new: WeightsLike | None = None,
        case_weights_new: CaseWeights | None = None,
        scale: PredictionScale = "formula",
        level: float = 0.95,
    ) -> Predictions:
        """Predict outcomes in the sample, under other regressors, or of new regions.

        Parameters
        ----------
        newdata : DataFrame, optional
            Regressors by region id, in any order. None: the sample. All of the sample's regions:
            what if their regressors were these. New regions: prediction out of the sample. Not
            changed; the outcome is not needed; missing values are refused by name.
        W_new : Weights, Graph or W, optional
            For new regions of a model with W: weights over the sample and the new regions.
        kind : str, optional
            In the sample (default ``"TS"``): ``"trend"`` Xβ, ``"signal"`` ρWy + λWu, ``"TS"``
            their sum, the fitted values, ``"TC"`` (I − ρW)⁻¹Xβ, ``"BP"`` the expectation given
            the outcomes of all others. Other regressors (default ``"TC"``): ``"trend"``, ``"TC"``.
            New regions (default ``"BP"``): ``"trend"``, ``"TC"``; best given the sample's
            outcomes ``"BP"``, given their sums over W ``"BPW"``, with the neighbours'
            precision ``"BPN"``; ``"TS1"`` and ``"KP5"`` trend and signal; ``"TC1" "BP1" "BPW1"
            "BPN1"`` the same for one new region at a time, W without the other new ones
            normalised anew; ``"KP2"`` and ``"KP3"`` are ``"BPW1"`` and ``"BP1"`` with the
            weights as they are.
        W_error_new, W_x_new : Weights, Graph or W, optional
            For new regions of a fit that has other weights for the disturbance, for WX.
        case_weights_new : str or Series, optional
            For new regions of a fit with case weights: a column of `newdata`, or by region id.
        scale : {"formula", "median", "smearing"}
            Of an outcome that is a logarithm: as the formula writes it, the power of that (the
            median), or the mean by Duan's smearing.
        level : float
            Of the intervals.

        Returns
        -------
        Predictions
            A row a region: ``prediction std_error forecast_error conf_low conf_high``.

        Raises
        ------
        IdError
            If ids are repeated, old and new at once, or missing from `newdata` or `W_new`.
        FormulaError
            If `newdata` lacks a variable, or a term depends on all rows at once.
        ValuesError
            If a value is missing, infinite, or of a category that the sample does not have.
        InputError
            If weights are missing, or the predictor is not one of the case.

        References
        ----------
        Goulard, M., Laurent, T. and Thomas-Agnan, C. (2017). About predictions in spatial
        autoregressive models. Spatial Economic Analysis 12, 304-325. Kelejian, H. H. and
        Prucha, I. R. (2007). Regional Science and Urban Economics 37, 363-374.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> seen, new = y.iloc[1:], y.iloc[:1]
        >>> fit = wb.fit("log(gsp) ~ log(emp)", seen, W.restrict(seen.index), model="sar")
        >>> fit.predict(new, W).table.shape
        (1, 5)
        """
        self.require_multiplier()
        return predictions_of(
            self,
            newdata,
            W_new,
            kind=kind,
            others=(W_error_new, W_x_new),
            scale=scale,
            level=level,
            case_weights_new=case_weights_new,
        )
