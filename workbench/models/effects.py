"""What follows from a cross-section fit: effects, marginal impacts, predictions."""

from __future__ import annotations

import pandas as pd

from workbench.regression.case_weights import CaseWeights
from workbench.regression.effects import SpatialEffects
from workbench.regression.impacts import Impacts
from workbench.regression.marginal import marginal_impacts_of
from workbench.regression.predictions import Predictions, predictions_of
from workbench.regression.regional import diagonals_of
from workbench.typing import PredictionScale, Predictor, Where
from workbench.weights import WeightsLike


class WithEffects(SpatialEffects):
    """Results of a model of one cross-section: effects in depth, and predictions."""

    def require_multiplier(self) -> None:
        """Refuse a fit whose rho has no spatial multiplier; likelihoods stay where it exists."""

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
