"""What follows from outcomes drawn from a fit: bootstrap inference, tests, and the draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.models.effects import WithEffects
from workbench.typing import Alternative, BootstrapInterval, Leverage, Multipliers, Resampling

if TYPE_CHECKING:
    from workbench.models.resampling.bootstrap import Bootstrap
    from workbench.models.resampling.bootstrap_tests import BootstrapTest
    from workbench.models.results import CrossSectionResults


class WithDraws(WithEffects):
    """Results of a model of one cross-section from which outcomes can be drawn."""

    def bootstrap(
        self: Any,
        statistic: str | Callable[[Any], object] | None = None,
        *,
        kind: Resampling = "parametric",
        draws: int = 999,
        seed: int = 0,
        level: float = 0.95,
        interval: BootstrapInterval = "percentile",
        multipliers: Multipliers = "rademacher",
        leverage: Leverage = "HC2",
        by: pd.Series[Any] | None = None,
        jobs: int | None = None,
    ) -> Bootstrap:
        """Draw outcomes from this fit, estimate the model on each, and read off the spread.

        A draw keeps X and W and takes new innovations ε*, which pass both filters:
        y* = (I − ρ̂W)⁻¹(Xβ̂ + (I − λ̂M)⁻¹ε*).

        Parameters
        ----------
        statistic : None, "params", "impacts" or callable
            What is computed of each draw. None: parameters, and impacts where the model has Wy or
            WX. A function of a fit may return a number, a Series, a mapping of numbers or a test
            (its ``statistic`` is taken); it must follow from the fit alone.
        kind : {"parametric", "residual", "wild"}
            ε* normal with the variance of the fit; residuals, centred and multiplied by
            √(n/(n − k)), drawn with replacement; or f(ε̂_i)v_i, each region its own residual times
            a random multiplier, which allows for variances that differ between regions.
        draws : int
            How many. Those of a smaller number are the first of a larger one.
        seed : int
            Draw r depends on the seed and r alone.
        level : float
            Of the intervals.
        interval : {"percentile", "basic", "bca", "studentised"}
            Quantiles of the draws; 2θ̂ less these; quantiles corrected for bias and acceleration
            (a further fit a region, up to 1,000); quantiles of t (a whole fit a draw, and no
            function of the caller). The first two can be had from any draws later.
        multipliers : {"rademacher", "mammen", "webb"}
            v of the wild bootstrap: ±1; two points with third moment 1; six points, for few
            clusters.
        leverage : {"HC0", "HC1", "HC2", "HC3"}
            f of the wild bootstrap: ε̂, √(n/(n − k)) ε̂, ε̂/√(1 − h), ε̂/(1 − h), h the leverages of
            (I − λ̂M)X.
        by : pandas.Series, optional
            Cluster of each region by id; regions of one share the multiplier of the wild bootstrap.
        jobs : int, optional
            Processes. No number depends on it. Without, other processes are started only for more
            than some ten seconds of work.

        Returns
        -------
        Bootstrap
            ``tidy()``: ``estimate bias std_error p_value conf_low conf_high``; ``draws``;
            ``plot()``.

        Raises
        ------
        OptionError
            If a word is not among the options.
        InputError
            If draws are too few for the level, `by` lacks a region, the statistic is no number, or
            it has other parts in a draw than in the fit.
        ValuesError
            If the statistic of the fit itself is not finite.
        ConvergenceError
            If more than a tenth of the draws fail. Fewer are left out and counted in the notes.

        Notes
        -----
        Stopped by Ctrl-C, the same call goes on from the draws that were done; more draws, or
        another interval, cost only what is new. They are kept in memory for the last few fits and
        statistics.

        References
        ----------
        Anselin, L. (1990). Some robust approaches to testing and estimation in spatial
        econometrics. Regional Science and Urban Economics 20, 141-163 (residuals sent through the
        spatial filter). Davidson, R. and Flachaire, E. (2008). The wild bootstrap, tamed at last.
        Journal of Econometrics 146, 162-169. Cameron, A. C., Gelbach, J. B. and Miller, D. L.
        (2008). Bootstrap-based improvements for inference with clustered errors. Review of
        Economics and Statistics 90, 414-427. Efron, B. and Tibshirani, R. J. (1993). An
        Introduction to the Bootstrap, chapters 12 to 14.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> fit = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
        >>> boot = fit.bootstrap(draws=99, kind="wild")
        >>> boot.tidy().loc[("log(emp)", "total")].index.tolist()
        ['estimate', 'bias', 'std_error', 'p_value', 'conf_low', 'conf_high']
        >>> fit.bootstrap(lambda fit: fit.rsquared, draws=39).draws.shape
        (39, 1)
        """
        from workbench.models.resampling.bootstrap import bootstrap

        return bootstrap(
            self,
            statistic,
            kind=kind,
            draws=draws,
            seed=seed,
            level=level,
            interval=interval,
            multipliers=multipliers,
            leverage=leverage,
            by=by,
            jobs=jobs,
        )

    def bootstrap_test(
        self: Any,
        statistic: str | Callable[[Any], object] | CrossSectionResults,
        *,
        kind: Resampling = "parametric",
        draws: int = 999,
        seed: int = 0,
        alternative: Alternative | None = None,
        multipliers: Multipliers = "rademacher",
        leverage: Leverage = "HC2",
        by: pd.Series[Any] | None = None,
        jobs: int | None = None,
    ) -> BootstrapTest:
        """Test this model, the null, by a statistic among its draws from this model.

        Parameters
        ----------
        statistic : str, CrossSectionResults or callable
            A test of ``diagnostics()`` by name (``"Moran's I of residuals"`` for every model);
            another fit of the same outcome, for the likelihood ratio over this one, nested or not;
            or a function of a fit that returns a number or a test.
        alternative : {"two-sided", "greater", "less"}, optional
            That of the test in large samples without, two-sided where it has none.
        kind, draws, seed, multipliers, leverage, by, jobs
            As in :meth:`bootstrap`.

        Returns
        -------
        BootstrapTest
            ``statistic``, ``p_value`` = (M + 1)/(R + 1), ``draws``, ``critical_value(level)``,
            the ``asymptotic`` test where there is one, ``plot()``.

        Raises
        ------
        OptionError
            If there is no test of that name.
        InputError
            If the test does not apply, the other fit has the lower likelihood or another sample,
            or draws are fewer than 19.
        ConvergenceError
            If more than a tenth of the draws fail.

        References
        ----------
        Burridge, P. and Fingleton, B. (2010). Bootstrap inference in spatial econometrics: the
        J-test. Spatial Economic Analysis 5, 93-119. Jin, F. and Lee, L.-F. (2015). On the
        bootstrap for Moran's I test for spatial dependence. Journal of Econometrics 184, 295-314.
        Yang, Z. (2015). LM tests of spatial dependence based on bootstrap critical values.
        Journal of Econometrics 185, 33-59 (residuals of the fit under the null).

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> sar = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
        >>> sdm = wb.fit("log(gsp) ~ log(emp)", y, W, model="sdm")
        >>> sar.bootstrap_test(sdm, draws=99).alternative
        'greater'
        """
        from workbench.models.resampling.bootstrap_tests import bootstrap_test

        return bootstrap_test(
            self,
            statistic,
            kind=kind,
            draws=draws,
            seed=seed,
            alternative=alternative,
            multipliers=multipliers,
            leverage=leverage,
            by=by,
            jobs=jobs,
        )

    def simulate(
        self: Any,
        draws: int = 1,
        *,
        kind: Resampling = "parametric",
        seed: int = 0,
        multipliers: Multipliers = "rademacher",
        leverage: Leverage = "HC2",
        by: pd.Series[Any] | None = None,
    ) -> pd.DataFrame:
        """Draw outcomes from this fit: those that :meth:`bootstrap` estimates on.

        Parameters
        ----------
        draws : int
        kind, seed, multipliers, leverage, by
            As in :meth:`bootstrap`.

        Returns
        -------
        pandas.DataFrame
            A row a region (sorted by id), a column a draw from 1, in units of the outcome as the
            formula writes it.

        Raises
        ------
        InputError
            If `draws` is no whole number of at least 1, or an option is wrong.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> fit = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
        >>> fit.simulate(3).columns.tolist()
        [1, 2, 3]
        """
        from workbench.models.resampling.schemes import simulate

        return simulate(
            self,
            draws,
            kind=kind,
            seed=seed,
            multipliers=multipliers,
            leverage=leverage,
            by=by,
        )
