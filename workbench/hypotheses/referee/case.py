"""What the checks are about: a fit, the statement it carries, and what is given besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, WorkbenchError
from workbench.hypotheses.referee.claims import Claim, Reading
from workbench.panels.results import PanelResults
from workbench.refitting import refit
from workbench.regression.call import Call
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import (
    LAGS_ERROR,
    LAGS_X,
    LEAST_SQUARES,
    Specification,
)
from workbench.typing import Model
from workbench.weights import Weights, as_weights

NOTHING: Mapping[str, object] = MappingProxyType({})

PLAIN: Mapping[str, object] = MappingProxyType(
    {
        "method": "ml",
        "endogenous": None,
        "instruments": None,
        "lee_yu": None,
        "random": None,
        "dynamic": "none",
        "factors": "none",
    }
)
"""Choices of an estimator that a change of estimator leaves behind."""

COLUMNS = (
    "estimate", "std_error", "conf_low", "conf_high", "p_value", "says", "stands", "reason",
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """A fit under review.

    Attributes
    ----------
    fit : RegressionResults
    claim : Claim
        The statement that must stand.
    seed : int
        Of every random step.
    candidates : mapping of str to Weights
        Other weights of the same regions.
    derived : bool
        Whether these are only changes of W itself, nobody having given others or a map.
    regions : GeoDataFrame, GeoSeries or None
        Places of the regions.
    lisa : LocalResult or None
        Local statistics that the study shows.
    scales : mapping of str to RegressionResults, or a table, or None
        The same statement at other aggregations.
    """

    fit: Any
    claim: Claim
    seed: int
    candidates: Mapping[str, Weights] = field(default_factory=dict)
    derived: bool = True
    regions: Any = None
    lisa: Any = None
    scales: Any = None

    @property
    def alpha(self) -> float:
        """Level of tests."""
        return self.claim.alpha

    @cached_property
    def first(self) -> Reading:
        """The statement as the fit has it."""
        return self.claim.read(self.fit)

    @property
    def chosen(self) -> Specification:
        """What the fit was asked."""
        call: Call = self.fit.call
        return call.specification

    @property
    def panel(self) -> bool:
        """Whether regions are observed in several periods."""
        return isinstance(self.fit, PanelResults)

    @property
    def effects(self) -> str:
        """Effects of a panel; ``"none"`` for a cross-section."""
        return str(self.fit.effects) if self.panel else "none"

    @property
    def moments(self) -> bool:
        """Whether the fit is by moments rather than likelihood or least squares."""
        return self.chosen.method != "ml" or self.chosen.factors != "none"

    @property
    def counts(self) -> bool:
        """Whether the model is one of counts."""
        return self.chosen.family == "poisson"

    @property
    def dynamic(self) -> bool:
        """Whether the outcome's own past is in the model."""
        return self.chosen.dynamic != "none"

    @property
    def least_squares(self) -> bool:
        """Whether the fit is of least squares, whose covariance can be any."""
        plain = not (self.moments or self.counts or self.dynamic)
        return self.fit.model in LEAST_SQUARES and plain

    @property
    def has_rho(self) -> bool:
        """Whether the outcome's lag is in the model."""
        return RHO in self.fit.estimates.terms

    @property
    def has_lambda(self) -> bool:
        """Whether the disturbance is spatially correlated in the model."""
        return LAMBDA in self.fit.estimates.terms

    @property
    def slopes(self) -> tuple[str, ...]:
        """Regressors, without intercept and spatial lags."""
        return tuple(self.fit.design.slopes)

    @cached_property
    def used(self) -> pd.Index[Any]:
        """Ids of the regions in the sample, sorted."""
        index = self.fit.design.index
        return index.unique(level=0) if isinstance(index, pd.MultiIndex) else index

    @property
    def data_used(self) -> pd.DataFrame:
        """Rows of the caller's table whose regions are in the sample."""
        call: Call = self.fit.call
        at = call.data.index.get_level_values(0) if self.panel else call.data.index
        return call.data[at.isin(self.used)]

    @cached_property
    def asked_weights(self) -> Weights | None:
        """W as it was given, before any restriction; None without, or with one a period."""
        W = self.fit.call.W
        return None if W is None or isinstance(W, Mapping) else as_weights(W)

    def again(self, changes: Mapping[str, object]) -> Any:
        """Estimate the fit again with something changed."""
        return refit(self.fit, changes)

    def as_model(self, model: Model, changes: Mapping[str, object] = NOTHING) -> Any:
        """Estimate another model on the same formula and sample, plainly.

        Parameters
        ----------
        model : str
        changes : mapping of str to object
            Further arguments of ``wb.fit``.

        Raises
        ------
        InputError
            If the formula names lags that the other model does not have.
        """
        found = refit(self.fit, self.changes_to(model, changes))
        if found.model != model:
            raise InputError(
                "model",
                expected=f"a formula that {model} can have",
                found=f"lags that the formula names: {found.model}",
            )
        return found

    def changes_to(
        self, model: Model, changes: Mapping[str, object] = NOTHING
    ) -> dict[str, object]:
        """Return what must change for another model, without what stays as it is."""
        given: dict[str, object] = {**PLAIN, "model": model}
        if model not in LAGS_X:
            given |= {"durbin": None, "W_x": None}
        if model not in LAGS_ERROR:
            given["W_error"] = None
        covariance = self.chosen.covariance
        keeps = isinstance(covariance, str) and self.panel and covariance.startswith("clustered")
        given["covariance"] = covariance if keeps else None
        given |= changes
        now = self.fit.call.arguments
        same = {name for name, value in given.items() if _is_same(now[name], value)}
        return {name: value for name, value in given.items() if name not in same}

    def trial(self, make: Callable[[], Any], *, claim: Claim | None = None) -> dict[str, object]:
        """Read the statement off another fit; what cannot be made says why."""
        try:
            with np.errstate(invalid="ignore"):  # a variance below zero is said in the row
                found = (claim or self.claim).read(make())
        except (WorkbenchError, ArithmeticError) as error:
            said = getattr(error, "found", "") or str(error)
            return {"stands": None, "reason": said}
        if not np.isfinite([found.estimate, found.conf_low, found.conf_high]).all():
            return {"stands": None, "reason": "an estimate without standard error"}
        return self.row(found)

    def row(self, found: Reading) -> dict[str, object]:
        """Return a reading as a row of evidence, and whether it says what the fit says."""
        return {
            "estimate": found.estimate,
            "std_error": found.std_error,
            "conf_low": found.conf_low,
            "conf_high": found.conf_high,
            "p_value": found.p_value,
            "says": found.says,
            "stands": found.says == self.first.says,
            "reason": "",
        }


def refit_text(changes: Mapping[str, object]) -> str:
    """Return the call that makes these changes.

    Examples
    --------
    >>> refit_text({"model": "sar"})
    "wb.refit(fit, {'model': 'sar'})"
    """
    return f"wb.refit(fit, {dict(changes)!r})"


def _is_same(now: object, then: object) -> bool:
    if then is None:
        return now is None or now == () or (isinstance(now, str) and now == "classical")
    return isinstance(then, str) and isinstance(now, str) and now == then


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """The statement under several alternatives.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``alternative``, the fit itself first.
    """

    table: pd.DataFrame

    @property
    def made(self) -> pd.DataFrame:
        """Alternatives that could be estimated, without the fit itself."""
        rest = self.table.iloc[1:]
        return rest[rest["estimate"].notna()]

    @property
    def overturned(self) -> list[str]:
        """Alternatives under which the statement says something else."""
        made = self.made
        return [str(name) for name in made.index[~made["stands"].astype(bool)]]

    @property
    def failed(self) -> list[str]:
        """Alternatives that could not be estimated."""
        rest = self.table.iloc[1:]
        return [str(name) for name in rest.index[rest["estimate"].isna()]]


def trials(case: Case, rows: Mapping[str, Mapping[str, object]]) -> Trials:
    """Put the rows of :meth:`Case.trial` under that of the fit itself."""
    table = pd.DataFrame.from_dict({"as estimated": case.row(case.first), **rows}, orient="index")
    table = table.reindex(columns=list(COLUMNS)).rename_axis("alternative")
    numbers = list(COLUMNS[:5])
    table[numbers] = table[numbers].astype(float)
    return Trials(table)
