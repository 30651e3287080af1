"""Results of cross-section models: the shared vocabulary, and their diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from workbench.core import display
from workbench.core.statistics import Answer, NotApplicable, Tests
from workbench.errors import InputError
from workbench.models.resampling.drawn import WithDraws
from workbench.models.testing.catalogue import entry
from workbench.regression.results import MODEL_TITLES

if TYPE_CHECKING:
    from workbench.models.estimation.instruments import Instrumented
    from workbench.regression.covariance_sets import Covariances
    from workbench.regression.covariances import CovarianceOption
    from workbench.regression.impacts import ImpactParts


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Diagnostics(Mapping[str, Answer]):
    """Specification tests of a fit, and how collinear its regressors are.

    A mapping from the name of a test to its answer: ``diagnostics["LM lag"].p_value``.

    Attributes
    ----------
    tests : Tests
        Spatial dependence, lagged regressors, spatial parameters, omitted variables, functional
        form, normality, heteroskedasticity; tests that do not apply are there with the reason.
    collinearity : pandas.DataFrame
        Index ``term``; column ``vif``, the variance inflation factor.
    condition_number : float
        Of the regressors scaled to unit length (Belsley, Kuh and Welsch 1980); above 30 the data
        hardly tell the coefficients apart.
    belsley : pandas.DataFrame
        Index ``condition_index``, a column a term: which share of its variance belongs to each
        near-dependency. An index above 30 with two shares above a half names the terms at fault.
    first_stage : pandas.DataFrame or None
        Of fits by moments: index ``term``, the endogenous regressors; columns ``partial_r2
        shea_r2 first_stage_f conditional_f p_value``.
    """

    tests: Tests
    collinearity: pd.DataFrame
    condition_number: float
    belsley: pd.DataFrame
    first_stage: pd.DataFrame | None = None

    def __getitem__(self, name: str) -> Answer:
        return self.tests[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tests)

    def __len__(self) -> int:
        return len(self.tests)

    def tidy(self) -> pd.DataFrame:
        """Return a row a test: ``about statistic distribution p_value small_p null reason``.

        ``about`` is what is tested, ``small_p`` how to read a small p-value, ``reason`` why a
        test does not apply (missing where it does).
        """
        table = self.tests.tidy()
        table.insert(0, "about", [entry(name).about for name in table.index])
        table.insert(4, "small_p", [entry(name).small_p for name in table.index])
        return table if "reason" in table else table.assign(reason=None)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        table = self.tidy()
        columns = ["about", "statistic", "distribution", "p_value", "small_p"]
        shown = table.loc[table["statistic"].notna(), columns]
        caption = f"Collinearity (condition number {self.condition_number:.4g})"
        first = [] if self.first_stage is None else [("First stage", self.first_stage)]
        return [("", shown), *first, (caption, self.collinearity)]

    def _notes(self) -> tuple[str, ...]:
        reasons: dict[str, list[str]] = {}
        for name, answer in self.tests.items():
            if isinstance(answer, NotApplicable):
                reasons.setdefault(answer.reason, []).append(name)
        return tuple(
            f"Not applicable ({reason}): {', '.join(names)}." for reason, names in reasons.items()
        )

    def __str__(self) -> str:
        return display.text(self.tests.title, self._parts(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.tests.title, self._parts(), self._notes())


@dataclass(frozen=True, eq=False, repr=False)
class CrossSectionResults(WithDraws):
    """A cross-section fit; see :class:`~workbench.regression.results.RegressionResults`.

    Fits by moments have neither likelihood nor information criteria (NaN, blank in tables);
    their R-squared is the squared correlation of outcome and fitted values, their variance
    divides by n − k with k the columns of the equation (Wy among them, lambda not).

    Attributes
    ----------
    iv : Instrumented or None
        Instruments of a fit by moments.
    """

    iv: Instrumented | None = None

    @property
    def title(self) -> str:
        """Name of the model in words."""
        if self.iv is None:
            return MODEL_TITLES[self.model]
        if self.model == "ols":
            return "Linear regression (2SLS)"
        return f"{MODEL_TITLES[self.model]}, {'2SLS' if self.iv.transformed is None else 'GMM'}"

    def require_multiplier(self) -> None:
        """Refuse a rho outside the interval in which (I - rho W) is sound."""
        if self.iv is not None and self.iv.inadmissible:
            raise InputError(
                "rho",
                expected="a rho whose spatial multiplier exists, for impacts and predictions",
                found=self.iv.inadmissible,
                why="the multiplier (I - rho W)^-1 would not be the sum of its powers",
                remedy='other regressors or instruments, another W, or the likelihood: method="ml"',
            )

    def _impact_parts(self) -> ImpactParts:
        self.require_multiplier()
        return super()._impact_parts()

    def diagnostics(self) -> Diagnostics:
        """Return the specification tests that apply to this model, and those that do not.

        Returns
        -------
        Diagnostics
            For ``ols`` and ``slx`` with weights: Moran's I of residuals (normal, exact,
            saddlepoint), LM and robust LM tests, score tests against WX and the spatial Durbin
            models; RESET and link tests. For models with Wy or a spatial disturbance: Wald and
            likelihood-ratio tests of their spatial terms, of WX (the score test where the model
            is without), of a common factor, the LM test for errors that remain correlated, the
            spatial Hausman test. For all: Jarque–Bera, Breusch–Pagan, Koenker and White tests,
            collinearity. For fits by moments instead: first stage, rank, over-identification,
            endogeneity, the Anselin–Kelejian test of residual correlation, Wald tests. Tests that
            need a second fit:
            :func:`workbench.models.nested_tests`, :func:`workbench.models.j_test`.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> wb.fit("log(gsp) ~ log(emp)", y).diagnostics()["Jarque-Bera"].applicable
        True
        """
        from workbench.models.testing.diagnostics import diagnose

        return diagnose(self)

    def with_covariance(self, option: CovarianceOption) -> CrossSectionResults:
        """Return the same fit with standard errors that allow for something else.

        Nothing is estimated again; tables, intervals and impacts follow the new covariance.

        Parameters
        ----------
        option : str, Clustered, Conley, KelejianPrucha or SCPC
            For least squares ``"classical"``, ``"HC0"``, ``"HC1"`` (also ``"robust"``), ``"HC2"``
            or ``"HC3"``; or an object that holds the clusters or places, see
            :mod:`workbench.regression.covariances`. For maximum likelihood ``"classical"``, the
            information matrix, or ``"qml"``, the sandwich that allows for disturbances that are
            not normal, independent and of one variance (Lee 2004, Econometrica 72, 1899-1925).

        Returns
        -------
        CrossSectionResults
            A new result; this one stays as it is.

        Raises
        ------
        InputError
            If the covariance is not one for this estimator, a region has no cluster or place, no
            two regions are within the bandwidth, or a variance is not positive.

        Examples
        --------
        >>> import workbench as wb
        >>> from workbench.models import Conley
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> fit = wb.fit("log(gsp) ~ log(emp)", y)
        >>> fit.with_covariance(Conley(wb.load("us-states"), distance=600)).estimates.covariance
        'Conley (bartlett kernel, 600 km)'
        """
        from workbench.models.covariances import with_covariance

        return with_covariance(self, option)

    def covariances(
        self, options: Sequence[CovarianceOption] | Mapping[str, CovarianceOption]
    ) -> Covariances:
        """Return this fit under several covariances, with a table of standard errors.

        Parameters
        ----------
        options : list or mapping
            Covariances as :meth:`with_covariance` takes them; a mapping names them.

        Returns
        -------
        Covariances
            A mapping from name to result, with ``std_errors``, ``tidy()`` and ``plot()``.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> several = wb.fit("log(gsp) ~ log(emp)", y).covariances(["classical", "HC3"])
        >>> several.std_errors.columns.tolist()
        ['estimate', 'classical', 'HC3']
        """
        from workbench.models.covariances import covariances

        return covariances(self, options)
