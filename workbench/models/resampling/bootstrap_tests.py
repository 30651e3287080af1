"""Tests whose p-value comes from draws of the model that the null describes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.statistics import NotApplicable, Statistic, normal_p
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option, unknown_option
from workbench.models.resampling.draws import Task, failure_note, run, succeeded
from workbench.models.resampling.process import fit_digest, process_of
from workbench.models.resampling.quantities import Called, Evaluate, LikelihoodRatio, Quantity
from workbench.models.resampling.schemes import scheme_notes, scheme_of, scheme_options
from workbench.models.testing.catalogue import CATALOGUE
from workbench.models.testing.dependence import MORAN
from workbench.models.testing.named_tests import answer_of
from workbench.models.testing.nested import nested_tests, refuse_other_sample
from workbench.numerics.likelihoods.refits import Refitter
from workbench.numerics.likelihoods.simulate import Process
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import (
    Alternative,
    FloatArray,
    Leverage,
    Multipliers,
    Resampling,
    Tolerance,
)

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

TestedLike: TypeAlias = "str | Callable[[Any], object] | CrossSectionResults"

FEWEST = 19
"""Draws without which no p-value could reach 0.05."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BootstrapTest:
    """A statistic among its draws under the null.

    Attributes
    ----------
    name : str
    statistic : float
        Of the data.
    null : str
        The null hypothesis in words.
    draws : pandas.Series
        The statistic of outcomes drawn from the model of the null, by number of the draw.
    failed : pandas.Series
        Why each draw that is missing failed.
    alternative : {"two-sided", "greater", "less"}
    asymptotic : Statistic or None
        The same test with its law for large samples, where it has one here.
    notes : tuple of str
    provenance : Provenance
    tolerance : str
        Kind of numbers, for comparison on another machine.
    """

    __test__ = False  # pytest collects names with "Test"

    name: str
    statistic: float
    null: str
    draws: pd.Series[Any]
    failed: pd.Series[Any]
    alternative: Alternative
    asymptotic: Statistic | None
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    @property
    def applicable(self) -> bool:
        """Always true: the test could be computed."""
        return True

    @property
    def p_value(self) -> float:
        """(M + 1)/(R + 1), M draws being as far out as the statistic; two-sided: the doubled tail.

        Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application,
        equation 4.11.
        """
        values, R = self.draws.to_numpy(), len(self.draws)
        # what rounding leaves of equal statistics is a tie
        slack = 1e-12 * max(abs(self.statistic), float(np.abs(values).max()))
        above = (int((values >= self.statistic - slack).sum()) + 1) / (R + 1)
        below = (int((values <= self.statistic + slack).sum()) + 1) / (R + 1)
        if self.alternative == "two-sided":
            return min(1.0, 2.0 * min(above, below))
        return above if self.alternative == "greater" else below

    def critical_value(self, level: float = 0.05) -> float:
        """Return the statistic beyond which the null is rejected at a level, of one-sided tests."""
        if self.alternative == "two-sided":
            raise InputError(
                "alternative",
                expected="'greater' or 'less', for one critical value",
                found="'two-sided'",
                remedy='fit.bootstrap_test(..., alternative="greater")',
            )
        share = 1.0 - level if self.alternative == "greater" else level
        return float(np.quantile(self.draws, share, method="weibull"))

    def tidy(self) -> pd.DataFrame:
        """Return one row: ``statistic p_bootstrap p_value draws alternative null``.

        ``p_value`` is that of the law for large samples, missing where there is none.
        """
        row = {
            "statistic": self.statistic,
            "p_bootstrap": self.p_value,
            "p_value": np.nan if self.asymptotic is None else self.asymptotic.p_value,
            "draws": len(self.draws),
            "alternative": self.alternative,
            "null": self.null,
        }
        return pd.DataFrame([row], index=pd.Index([self.name], name="test"))

    def glance(self) -> pd.DataFrame:
        """Return one row: ``kind draws failed nobs``."""
        return one_row(
            kind=self.provenance.options["kind"],
            draws=len(self.draws),
            failed=len(self.failed),
            nobs=self.provenance.nobs,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the statistic among its draws, with the law for large samples beside them."""
        return display.picture("bootstrap test", self, title=title)

    def _heading(self) -> str:
        return f"Bootstrap test ({self.provenance.options['kind']}): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.tidy().T)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.tidy())], self.notes)


@dataclass(frozen=True, slots=True)
class ResidualMoran:
    """Moran's I of the innovations ε̂ of any model, (n/S₀) ε̂′Wε̂ / ε̂′ε̂."""

    @property
    def label(self) -> str:
        """What it is, in words."""
        return MORAN

    def observed(self, fit: CrossSectionResults) -> pd.Series[Any]:
        """Return the statistic of the fit itself."""
        e = process_of(fit).innovations(fit.design.y)
        index = pd.Index([self.label], name="quantity")
        return pd.Series([_moran(e, _weights(fit))], index=index, name="estimate")

    def prepared(self, fit: CrossSectionResults) -> Evaluate:
        """Return the function from an outcome to the statistic."""
        process, W = process_of(fit), _weights(fit)
        refitter = Refitter(process)

        def evaluate(y: FloatArray) -> FloatArray:
            found = refitter.fit(y)
            at: Process = replace(process, beta=found.beta, rho=found.rho, lambda_=found.lambda_)
            return np.array([_moran(at.innovations(y), W)])

        return evaluate


def _moran(e: FloatArray, W: CsrArray) -> float:
    return float(e.size / W.sum() * (e @ (W @ e)) / (e @ e))


def _weights(fit: CrossSectionResults) -> CsrArray:
    if fit.weights is None:
        raise InputError(
            "fit",
            expected="a fit with weights W",
            found="one without",
            remedy='wb.fit(formula, data, W, model="ols")',
        )
    return fit.weights.sparse


def bootstrap_test(
    fit: CrossSectionResults,
    statistic: TestedLike,
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
    """Test the model of a fit against draws from it; see ``CrossSectionResults.bootstrap_test``.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import bootstrap_test
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> ols = wb.fit("log(gsp) ~ log(emp)", y, W)
    >>> bootstrap_test(ols, "Moran's I of residuals", draws=99).draws.shape
    (99,)
    """
    scheme = scheme_of(fit, kind=kind, seed=seed, multipliers=multipliers, leverage=leverage, by=by)
    _check_draws(draws)
    quantity, asymptotic, null = _tested(fit, statistic)
    side = alternative or (asymptotic.alternative if asymptotic else "two-sided")
    check_option("alternative", side, Alternative)
    asymptotic = _on_side(asymptotic, side)
    observed = quantity.observed(fit)
    if len(observed) != 1:
        raise InputError(
            "statistic",
            expected="one number, or an answer with a statistic",
            found=f"{len(observed)} numbers",
            remedy='name one of them: lambda fit: fit.params["rho"]',
        )
    kept, failed = succeeded(run(Task(fit, scheme, quantity), range(1, draws + 1), jobs=jobs))
    options = {**fit.provenance.options, **scheme_options(scheme), "statistic": quantity.label}
    index = pd.Index(list(kept), name="draw", dtype="int64")
    values = np.array([value[0] for value in kept.values()])
    return BootstrapTest(
        name=quantity.label if asymptotic is None else asymptotic.name,
        statistic=float(observed.iloc[0]),
        null=null,
        draws=pd.Series(values, index=index, name="statistic"),
        failed=failed,
        alternative=side,
        asymptotic=asymptotic,
        notes=(
            f"{len(kept)} draws from the fitted {fit.model}, seed {seed}.",
            *scheme_notes(scheme),
            *failure_note(failed, draws),
        ),
        provenance=replace(
            fit.provenance,
            method=f"{kind} bootstrap test of {fit.provenance.method}",
            seed=seed,
            options={**options, "draws": str(draws)},
        ),
    )


def _on_side(law: Statistic | None, side: Alternative) -> Statistic | None:
    """Return the law for large samples against the same alternative, where it knows it."""
    if law is None or law.alternative == side:
        return law
    if law.distribution != "normal" or law.z is None:
        return None
    return replace(law, p_value=normal_p(law.z, side), alternative=side)


def _check_draws(draws: Any) -> None:
    whole = isinstance(draws, int | np.integer) and not isinstance(draws, bool)
    if not whole or draws < FEWEST:
        raise InputError(
            "draws",
            expected=f"a whole number of at least {FEWEST}",
            found=repr(draws),
            why="with fewer no p-value could reach 0.05",
            remedy="draws=999",
        )


def _tested(fit: CrossSectionResults, statistic: object) -> tuple[Quantity, Statistic | None, str]:
    """Return what is computed of every draw, its law for large samples, and the null in words."""
    from workbench.models.results import CrossSectionResults

    if isinstance(statistic, CrossSectionResults):
        return _against(fit, statistic)
    if isinstance(statistic, str):
        return _by_name(fit, statistic)
    if not callable(statistic):
        raise InputError(
            "statistic",
            expected="the name of a test, a larger fit, or a function of a fit",
            found=type(statistic).__name__,
            remedy='fit.bootstrap_test("Moran\'s I of residuals")',
        )
    answer = statistic(fit)
    law = answer if isinstance(answer, Statistic) else None
    null = law.null if law else f"the model is {fit.model} as estimated"
    return Called(statistic), law, null


def _against(
    fit: CrossSectionResults, large: CrossSectionResults
) -> tuple[Quantity, Statistic | None, str]:
    refuse_other_sample(fit, large)
    if fit_digest(fit) == fit_digest(large) or large.loglik < fit.loglik:
        raise InputError(
            "statistic",
            expected=f"a fit with a higher likelihood than that of {fit.model}",
            found=f"{large.model} with {large.loglik:.6g} against {fit.loglik:.6g}",
            why="the null is the model whose bootstrap_test is called",
            remedy="exchange the two fits",
        )
    null = f"{fit.model} within {large.model}"
    try:
        answer = nested_tests(fit, large)["LR"]
    except InputError:  # not nested: draws need no law
        return LikelihoodRatio(large), None, f"the model is {fit.model}, not {large.model}"
    law = answer if isinstance(answer, Statistic) else None
    return LikelihoodRatio(large), law, law.null if law else null


def _by_name(fit: CrossSectionResults, name: str) -> tuple[Quantity, Statistic | None, str]:
    if name not in CATALOGUE:
        raise unknown_option("statistic", name, CATALOGUE)
    null = CATALOGUE[name].null
    answer = answer_of(fit, name) if name != MORAN or fit.weights is not None else None
    law = answer if isinstance(answer, Statistic) else None
    if name == MORAN:
        return ResidualMoran(), law, null
    if isinstance(answer, NotApplicable):
        raise InputError(
            "statistic",
            expected=f"a test that applies to {fit.model}",
            found=f"{name!r}: {answer.reason}",
            remedy='fit.bootstrap_test("Moran\'s I of residuals"), for any model with W',
        )
    return Called(_Test(name), name), law, null


@dataclass(frozen=True, slots=True)
class _Test:
    """A test of the catalogue as a function of a fit, the same wherever it is called."""

    name: str

    def __call__(self, fit: CrossSectionResults) -> object:
        return answer_of(fit, self.name)
