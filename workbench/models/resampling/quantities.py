"""What is computed of every bootstrap draw: parameters, impacts, or whatever the caller wants."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from workbench.core.statistics import NotApplicable
from workbench.errors import InputError, ValuesError, unknown_option
from workbench.models.resampling.process import covariance_word, process_of, refitted
from workbench.numerics.likelihoods.refits import Refit, Refitter
from workbench.numerics.responses.impacts import lag_sums_at
from workbench.numerics.responses.regional import averages
from workbench.numerics.responses.traces import lag_traces
from workbench.numerics.sparse.logdet import LogDeterminant
from workbench.numerics.sparse.matrices import CsrArray
from workbench.regression.impacts import EFFECTS, ImpactParts
from workbench.regression.parameters import picked, require_spatial
from workbench.regression.results import LAMBDA, RHO
from workbench.typing import FloatArray

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

COEFFICIENT = "coefficient"
PARAMS, IMPACTS = "params", "impacts"
Evaluate = Callable[[FloatArray], FloatArray]


class Quantity(Protocol):
    """A vector computed of an outcome."""

    @property
    def label(self) -> str:
        """What it is, in words."""
        ...

    def observed(self, fit: CrossSectionResults) -> pd.Series[Any]:
        """Return it for the fit itself, named."""
        ...

    def prepared(self, fit: CrossSectionResults) -> Evaluate:
        """Return the function that computes it of an outcome of shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """Parameters, impacts, or both; with their standard errors after them where wanted.

    Attributes
    ----------
    params, impacts : bool
        Which of the two.
    std_errors : bool
        Whether standard errors are computed of every draw, which takes a whole fit.
    """

    params: bool
    impacts: bool
    std_errors: bool = False

    @property
    def label(self) -> str:
        """What it is, in words."""
        return " and ".join(
            name for name, on in ((PARAMS, self.params), (IMPACTS, self.impacts)) if on
        )

    def observed(self, fit: CrossSectionResults) -> pd.Series[Any]:
        """Return estimates by (term, effect)."""
        return pd.Series(self._whole(fit)[0], index=self._index(fit), name="estimate")

    def errors(self, fit: CrossSectionResults) -> pd.Series[Any]:
        """Return standard errors by (term, effect); of impacts by the delta method."""
        return pd.Series(self._whole(fit)[1], index=self._index(fit), name="std_error")

    def prepared(self, fit: CrossSectionResults) -> Evaluate:
        """Return the function from an outcome to the estimates (and standard errors)."""
        if self.std_errors:
            return lambda y: np.concatenate(self._whole(refitted(fit, y)))
        refitter = Refitter(process_of(fit))
        spatial = [term for term in (RHO, LAMBDA) if term in fit.estimates.terms]
        rule = impact_rule(fit._impact_parts(), refitter.lag) if self.impacts else None

        def evaluate(y: FloatArray) -> FloatArray:
            values = _values(refitter.fit(y), spatial)
            found = [values] if self.params else []
            if rule is not None:
                found.append(rule(values).ravel())
            return np.concatenate(found)

        return evaluate

    def _index(self, fit: CrossSectionResults) -> pd.MultiIndex:
        keys = [(term, COEFFICIENT) for term in fit.estimates.terms] if self.params else []
        if self.impacts:
            keys += [(term, effect) for term in fit.design.slopes for effect in EFFECTS]
        return pd.MultiIndex.from_tuples(keys, names=["term", "effect"])

    def _whole(self, fit: CrossSectionResults) -> tuple[FloatArray, FloatArray]:
        values, errors = [], []
        if self.params:
            values.append(fit.estimates.values)
            errors.append(np.sqrt(np.diag(fit.estimates.cov)))
        if self.impacts:
            table = fit.impacts().table
            values.append(table["estimate"].to_numpy())
            # an impact that is zero by the form of the model has no standard error
            errors.append(table["std_error"].fillna(0.0).to_numpy())
        return np.concatenate(values), np.concatenate(errors)


def _values(found: Refit, spatial: list[str]) -> FloatArray:
    both = {RHO: found.rho, LAMBDA: found.lambda_}
    return np.concatenate([found.beta, [both[term] for term in spatial]])


def impact_rule(
    parts: ImpactParts, logdet: LogDeterminant | None
) -> Callable[[FloatArray], FloatArray]:
    """Return the function from parameters to direct, indirect and total impacts, shape (K, 3).

    Of one draw at a time: what several share would be interpolated, and then depend on the others.
    """
    if not parts.spatial:
        return lambda values: _plain(picked(values, parts.own))
    W, V = require_spatial(parts, "impacts").sparse, parts.lagged_by
    fixed = _at(W, V, 0.0, None) if parts.rho < 0 else None

    def impacts(values: FloatArray) -> FloatArray:
        beta, theta = picked(values, parts.own), picked(values, parts.lagged)
        a, b = fixed if fixed is not None else _at(W, V, float(values[parts.rho]), logdet)
        return np.asarray(np.multiply.outer(beta, a) + np.multiply.outer(theta, b))

    return impacts


def _plain(beta: FloatArray) -> FloatArray:
    return np.stack([beta, np.zeros_like(beta), beta], axis=-1)


def _at(
    W: CsrArray, V: CsrArray | None, rho: float, logdet: LogDeterminant | None
) -> tuple[FloatArray, FloatArray]:
    """Return what multiplies β and θ in direct, indirect and total impacts."""
    if V is not None:
        both = averages(W, rho, lagged_by=V).with_difference()
        return both.a, both.b
    if logdet is None:
        traces = lag_traces(W, rho=rho)
        tr_g, sums = traces.tr_mw, (traces.sum_m, traces.sum_mw)
    else:
        m, mw = lag_sums_at(W, np.array([rho]), logdet=logdet)
        tr_g, sums = -float(logdet.derivative(rho)), (float(m[0]), float(mw[0]))
    n = W.shape[0]
    direct, total = ((n + rho * tr_g) / n, tr_g / n), (sums[0] / n, sums[1] / n)
    a, b = (np.array([d, t - d, t]) for d, t in zip(direct, total, strict=True))
    return a, b


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """What a function of the caller makes of the fit of every draw.

    Attributes
    ----------
    function : callable
        From a fit to a number, a Series, a mapping of numbers, or an object with ``statistic``.
    name : str
        What it is called; the name of the function without.
    """

    function: Callable[[Any], object]
    name: str = ""

    @property
    def label(self) -> str:
        """What it is, in words."""
        own = getattr(self.function, "__name__", type(self.function).__name__)
        return self.name or ("statistic" if own == "<lambda>" else str(own))

    def observed(self, fit: CrossSectionResults) -> pd.Series[Any]:
        """Return the numbers, named; refuse what is none."""
        found = self._numbers(self.function(fit))
        bad = found.index[~np.isfinite(found.to_numpy())].tolist()
        if bad:
            raise ValuesError(
                "statistic",
                expected="finite numbers for the fit itself",
                found=f"{len(bad)} missing or infinite",
                offenders=bad,
                why="there is no estimate that draws could be compared with",
                remedy="return only what the model defines, e.g. lambda fit: fit.rsquared",
            )
        return found

    def prepared(self, fit: CrossSectionResults) -> Evaluate:
        """Return the function from an outcome to the numbers."""
        names = self.observed(fit).index

        def evaluate(y: FloatArray) -> FloatArray:
            answer = self.function(refitted(fit, y))
            if isinstance(answer, NotApplicable):
                raise ValuesError("statistic", expected="a test that applies", found=answer.reason)
            found = self._numbers(answer)
            if not found.index.equals(names):
                raise ShapeError(names, found.index)
            return found.to_numpy(dtype=np.float64)

        return evaluate

    def _numbers(self, answer: object) -> pd.Series[Any]:
        held = getattr(answer, "statistic", answer)
        if _is_number(held):
            found = pd.Series({self.label: held})
        elif isinstance(held, pd.Series):
            found = held
        elif isinstance(held, Mapping):
            found = pd.Series(dict(held), dtype=object)
        else:
            raise _no_numbers(type(answer).__name__)
        wrong = [name for name, value in found.items() if not _is_number(value)]
        if wrong or found.empty or not found.index.is_unique:
            raise _no_numbers("an answer with other parts, or names that repeat", wrong)
        named = found.astype(float).rename("estimate")
        return named if isinstance(named.index, pd.MultiIndex) else named.rename_axis("quantity")


class ShapeError(Exception):
    """A statistic whose parts are not those of the fit itself: no draw can be tabulated."""

    def __init__(self, expected: pd.Index, found: pd.Index) -> None:
        super().__init__(expected, found)
        self.expected, self.found = expected, found

    def told(self, draw: int) -> InputError:
        """Return the refusal, with the draw in which it happened."""
        return InputError(
            "statistic",
            expected=f"the same parts of every draw: {', '.join(map(str, self.expected))}",
            found=f"{', '.join(map(str, self.found))} in draw {draw}",
            offenders=self.expected.symmetric_difference(self.found).tolist(),
            why="parts that come and go have no distribution over all draws",
            remedy="return every part always, 0 or 1 for what may be absent",
        )


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool | np.bool_)


def _no_numbers(found: str, offenders: list[Any] | None = None) -> InputError:
    return InputError(
        "statistic",
        expected="a function from a fit to a number, a Series or a mapping of numbers, or a test",
        found=found,
        offenders=offenders or (),
        remedy='lambda fit: fit.impacts()["x", "indirect"]["estimate"]',
    )


@dataclass(frozen=True, slots=True, eq=False)
class LikelihoodRatio:
    """2(l₁ − l₀) of another model of the same outcome over the fit itself.

    Attributes
    ----------
    alternative : CrossSectionResults
    """

    alternative: CrossSectionResults

    @property
    def label(self) -> str:
        """What it is, in words."""
        return "LR"

    def observed(self, fit: CrossSectionResults) -> pd.Series[Any]:
        """Return the statistic of the fits themselves."""
        value = 2.0 * (self.alternative.loglik - fit.loglik)
        index = pd.Index([self.label], name="quantity")
        return pd.Series([value], index=index, name="estimate")

    def prepared(self, fit: CrossSectionResults) -> Evaluate:
        """Return the function from an outcome to the statistic."""
        small, large = Refitter(process_of(fit)), Refitter(process_of(self.alternative))
        return lambda y: np.array([2.0 * (large.fit(y).loglik - small.fit(y).loglik)])


def quantity_of(statistic: object, fit: CrossSectionResults) -> Quantity:
    """Return what a statistic, as a caller names it, stands for.

    Raises
    ------
    OptionError
        If the word is none of ``"params"`` and ``"impacts"``.
    InputError
        If it is neither a word nor a function, or the model has no impacts.
    """
    if statistic is None:
        parts = fit._impact_parts()
        return Named(params=True, impacts=parts.spatial and bool(parts.terms))
    if isinstance(statistic, str):
        if statistic not in (PARAMS, IMPACTS):
            raise unknown_option("statistic", statistic, (PARAMS, IMPACTS))
        if statistic == IMPACTS and not fit.design.slopes:
            raise InputError(
                "statistic",
                expected="a regressor besides the intercept, for impacts",
                found=f"the formula {fit.formula!r}",
                remedy='statistic="params"',
            )
        return Named(params=statistic == PARAMS, impacts=statistic == IMPACTS)
    if not callable(statistic):
        raise _no_numbers(type(statistic).__name__)
    return Called(statistic)


def with_errors(quantity: Quantity, fit: CrossSectionResults) -> Named:
    """Return the quantity with standard errors of each draw, or refuse one that has none."""
    word = covariance_word(fit)
    if isinstance(quantity, Named) and word is not None:
        return Named(quantity.params, quantity.impacts, std_errors=True)
    found = quantity.label if word is not None else f"a covariance {fit.estimates.covariance}"
    raise InputError(
        "interval",
        expected="'percentile', 'basic' or 'bca'",
        found=f"'studentised' for {found}",
        why="studentised intervals need a standard error of every draw, computed as the fit's is",
        remedy='interval="percentile"',
    )


def finite(values: FloatArray) -> bool:
    """Return whether all numbers of a draw can be used."""
    return all(math.isfinite(value) for value in values.tolist())
