"""The ladder: the nested models side by side, and the tests between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from workbench.core import display
from workbench.core.statistics import NotApplicable, Statistic, Tests, chi2_test
from workbench.errors import OptionError, check_option, unknown_option
from workbench.models.cross_section import fit_cross_section
from workbench.models.dependence import REMAINING
from workbench.models.results import CrossSectionResults
from workbench.regression.specification import Specification
from workbench.typing import Align, Missing, Model
from workbench.weights import WeightsLike

RUNGS: tuple[Model, ...] = ("ols", "slx", "sar", "sem", "sdm")


@dataclass(frozen=True, slots=True)
class Restriction:
    """A nested pair: which model, restricted how, is which."""

    small: Model
    large: Model
    null: str


RESTRICTIONS: tuple[Restriction, ...] = (
    Restriction("ols", "slx", "the coefficients of WX are zero"),
    Restriction("ols", "sar", "rho = 0"),
    Restriction("ols", "sem", "lambda = 0"),
    Restriction("slx", "sdm", "rho = 0 beside WX"),
    Restriction("sar", "sdm", "the coefficients of WX are zero beside Wy"),
    Restriction("sem", "sdm", "common factor: theta = -rho * beta"),
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ladder(Mapping[str, CrossSectionResults]):
    """Models of one formula on one sample and W, with the tests between them.

    A mapping from model word to result: ``ladder["sdm"].impacts()``.

    Attributes
    ----------
    fits : mapping of str to CrossSectionResults
        In the order of the rungs.
    tests : Tests
        Likelihood-ratio tests between nested models; Lagrange-multiplier tests on the OLS fit.
    """

    fits: Mapping[str, CrossSectionResults]
    tests: Tests

    def __getitem__(self, model: str) -> CrossSectionResults:
        if model not in self.fits:
            raise unknown_option("model", model, self.fits)
        return self.fits[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    @property
    def table(self) -> pd.DataFrame:
        """Estimates side by side: a row a term, a column a model; blank where it has none."""
        columns = {model: fit.params for model, fit in self.fits.items()}
        terms = dict.fromkeys(term for column in columns.values() for term in column.index)
        spatial = [term for term in ("rho", "lambda") if term in terms]
        order = [term for term in terms if term not in spatial] + spatial
        table: pd.DataFrame = pd.DataFrame(columns).reindex(order)
        return table

    def glance(self) -> pd.DataFrame:
        """Return a row a model: sample size, log-likelihood, AIC, BIC, R-squared."""
        rows = pd.concat([fit.glance() for fit in self.fits.values()], ignore_index=True)
        return rows.set_index("model")[["nobs", "loglik", "aic", "bic", "sigma2", "rsquared"]]

    def tidy(self) -> pd.DataFrame:
        """Return every model's tidy table under one another, index (model, term)."""
        return pd.concat({name: fit.tidy() for name, fit in self.fits.items()}, names=["model"])

    def impacts(self) -> pd.DataFrame:
        """Return every model's impacts by the delta method, index (model, term, effect)."""
        frames = {name: fit.impacts().tidy() for name, fit in self.fits.items()}
        return pd.concat(frames, names=["model"])

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("Estimates", self.table),
            ("Fit", self.glance()),
            (self.tests.title, self.tests.tidy()),
        ]

    def _heading(self) -> str:
        return f"Ladder of spatial models: {next(iter(self.fits.values())).formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts())


def ladder(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike,
    *,
    models: tuple[Model, ...] = RUNGS,
    align: Align = "strict",
    missing: Missing = "error",
) -> Ladder:
    """Fit the nested models of one formula and test them against each other.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + x2"``.
    data : DataFrame
        One row a region, indexed by region id.
    W : Weights, Graph or W
        Spatial weights with the same ids.
    models : tuple of str
        Rungs to fit, in order; OLS to SDM by default.
    align, missing : str
        As in :func:`workbench.fitting.fit`.

    Returns
    -------
    Ladder
        Fits by model word, likelihood-ratio tests (chi-square) of each nested pair that was
        fitted, and the Lagrange-multiplier tests on OLS (Anselin, Bera, Florax and Yoon 1996).

    Raises
    ------
    OptionError
        If a model word is unknown, or none or one twice is given.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> steps = wb.ladder("log(gsp) ~ log(emp)", y, wb.weights.queen(states))
    >>> list(steps)
    ['ols', 'slx', 'sar', 'sem', 'sdm']
    """
    if not models or len(set(models)) != len(models):
        raise OptionError("models", expected="different model words", found=repr(models))
    for model in models:
        check_option("models", model, Model)
    specification = Specification(formula, model=models[0], align=align, missing=missing)
    fits: dict[str, CrossSectionResults] = {
        model: fit_cross_section(replace(specification, model=model), data, W) for model in models
    }
    return Ladder(fits, _tests(fits))


def _tests(fits: Mapping[str, CrossSectionResults]) -> Tests:
    answers: dict[str, Statistic | NotApplicable] = {}
    for restriction in RESTRICTIONS:
        if restriction.small in fits and restriction.large in fits:
            name = f"LR {restriction.large} vs {restriction.small}"
            answers[name] = likelihood_ratio(
                fits[restriction.small], fits[restriction.large], null=restriction.null
            )
    if "ols" in fits:
        lagrange = fits["ols"].diagnostics().tests
        answers.update({key: lagrange[key] for key in lagrange if "LM" in key and key != REMAINING})
    return Tests("Tests between the models", answers)


def likelihood_ratio(
    small: CrossSectionResults, large: CrossSectionResults, *, null: str
) -> Statistic:
    """Return the likelihood-ratio test of a nested pair, 2 (l_large − l_small) ~ chi-square."""
    return chi2_test(
        f"LR {large.model} vs {small.model}",
        2 * (large.loglik - small.loglik),
        large.fit.parameters - small.fit.parameters,
        null=null,
        assumptions="normal disturbances",
    )
