"""The bootstrap of a fit: outcomes drawn from it, estimated again, and what their spread says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import enough_draws
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import InputError, check_option
from workbench.models.resampling.draws import Scheme, Task, failure_note, run, succeeded
from workbench.models.resampling.process import covariance_word
from workbench.models.resampling.quantities import Called, Named, Quantity, quantity_of, with_errors
from workbench.models.resampling.schemes import scheme_notes, scheme_of, scheme_options
from workbench.numerics.likelihoods import resampled
from workbench.regression.specification import LEAST_SQUARES
from workbench.typing import (
    BootstrapInterval,
    FloatArray,
    Leverage,
    Multipliers,
    Resampling,
    Tolerance,
)

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

StatisticLike: TypeAlias = "str | Callable[[Any], object] | None"

JACKKNIFE = 1_000
"""Innovations that are left out one after the other for the acceleration of BCa intervals."""

ZERO_BY_FORM = "Indirect impacts of this model are zero by its form, not by estimate."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bootstrap:
    """Draws of a statistic of a fit, with intervals.

    Attributes
    ----------
    estimate : pandas.Series
        Of the fit itself, by (term, effect), ``effect`` being ``coefficient``, ``direct``,
        ``indirect`` or ``total``; by ``quantity`` for a function of the caller.
    draws : pandas.DataFrame
        A row a draw (by number, from 1), a column a quantity; draws that failed are not there.
    failed : pandas.Series
        Why each draw that is missing failed, by number.
    interval : {"percentile", "basic", "bca", "studentised"}
        How intervals are read off the draws.
    level : float
        Their confidence level.
    notes : tuple of str
        What the reader must know.
    provenance : Provenance
        Of the fit, with kind, number and seed of the draws.
    std_error : pandas.Series or None
        Standard errors of the fit itself, for studentised intervals.
    std_errors : pandas.DataFrame or None
        Those of the draws.
    acceleration : pandas.Series or None
        For BCa intervals.
    tested : bool
        Whether p-values of the null that a quantity is zero are given: for parameters and impacts.
    tolerance : str
        Kind of numbers, for comparison on another machine.
    """

    estimate: pd.Series[Any]
    draws: pd.DataFrame
    failed: pd.Series[Any]
    interval: BootstrapInterval
    level: float
    notes: tuple[str, ...]
    provenance: Provenance
    std_error: pd.Series[Any] | None = None
    std_errors: pd.DataFrame | None = None
    acceleration: pd.Series[Any] | None = None
    tested: bool = True
    tolerance: Tolerance = "simulation"

    @property
    def bias(self) -> pd.Series[Any]:
        """Mean of the draws less the estimate."""
        return (self.draws.mean() - self.estimate).rename("bias")

    @property
    def cov(self) -> pd.DataFrame:
        """Covariance of the draws, quantity by quantity."""
        return self.draws.cov()

    def conf_int(
        self, *, interval: BootstrapInterval | None = None, level: float | None = None
    ) -> pd.DataFrame:
        """Return intervals, columns ``lower upper``, by quantity.

        Parameters
        ----------
        interval : {"percentile", "basic", "bca", "studentised"}, optional
            That of the bootstrap without. ``"bca"`` and ``"studentised"`` must have been asked for
            there, since they need more than the draws.
        level : float, optional

        Raises
        ------
        InputError
            If the draws do not hold what the interval needs, or are too few for the level.
        """
        low, high, _ = self._inference(interval, level)
        return pd.DataFrame({"lower": low, "upper": high}, index=self.estimate.index)

    def tidy(
        self, *, interval: BootstrapInterval | None = None, level: float | None = None
    ) -> pd.DataFrame:
        """Return a row a quantity: ``estimate bias std_error p_value conf_low conf_high``.

        Parameters
        ----------
        interval, level
            As in :meth:`conf_int`.

        Returns
        -------
        pandas.DataFrame
            ``std_error`` is the standard deviation of the draws. ``p_value`` is that of the null
            that the quantity is zero, the level at which the interval ends at 0; missing for
            functions of the caller, whose null is not known.
        """
        low, high, p = self._inference(interval, level)
        table = pd.DataFrame(
            {
                "estimate": self.estimate + 0.0,  # no -0
                "bias": self.bias,
                "std_error": self.draws.std(ddof=1),
                "p_value": p if self.tested else np.nan,
                "conf_low": low,
                "conf_high": high,
            },
            index=self.estimate.index,
        )
        table.loc[self._by_form(), table.columns[1:]] = np.nan
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: ``kind draws failed interval level nobs``."""
        return one_row(
            kind=self.provenance.options["kind"],
            draws=len(self.draws),
            failed=len(self.failed),
            interval=self.interval,
            level=self.level,
            nobs=self.provenance.nobs,
        )

    def plot(self, quantities: Any = None, *, title: str | None = None) -> Any:
        """Draw the distribution of each quantity, with its estimate and interval.

        Parameters
        ----------
        quantities : list, optional
            Which columns of ``draws``, or terms; all without.
        title : str, optional
            Heading.
        """
        return display.picture("bootstrap", self, quantities=quantities, title=title)

    def _by_form(self) -> Any:
        return ((self.estimate == 0.0) & (self.draws == 0.0).all()).to_numpy()

    def _inference(
        self, kind: BootstrapInterval | None, share: float | None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return lower ends, upper ends and p-values, each of shape (q,)."""
        interval = self.interval if kind is None else kind
        level = self.level if share is None else share
        check_option("interval", interval, BootstrapInterval)
        enough_draws(len(self.draws), check_level(level))
        at, draws = self.estimate.to_numpy(), self.draws.to_numpy()
        if interval == "percentile":
            zero = np.zeros_like(at)
            return *resampled.percentile(draws, level=level), resampled.tail_p(draws, zero)
        if interval == "basic":
            return *resampled.basic(draws, at, level=level), resampled.tail_p(draws - at, at)
        if interval == "bca" and self.acceleration is not None:
            a = self.acceleration.to_numpy()
            bounds = resampled.bca(draws, at, a, level=level)
            return *bounds, resampled.bca_p(draws, at, a)
        if interval == "studentised" and self.std_error is not None and self.std_errors is not None:
            return self._studentised(at, draws, level)
        raise InputError(
            "interval",
            expected=f"'percentile', 'basic' or {self.interval!r} of these draws",
            found=repr(interval),
            why="this interval needs more than the draws",
            remedy=f"fit.bootstrap(..., interval={interval!r}), which keeps the draws made already",
        )

    def _studentised(
        self, at: FloatArray, draws: FloatArray, level: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        if self.std_error is None or self.std_errors is None:
            raise AssertionError
        own, errors = self.std_error.to_numpy(), self.std_errors.to_numpy()
        free = np.where(self._by_form(), 1.0, own), np.where(errors > 0.0, errors, 1.0)
        bounds = resampled.studentised(draws, free[1], at, free[0], level=level)
        return *bounds, resampled.tail_p((draws - at) / free[1], at / free[0])

    def _heading(self) -> str:
        how = f"{self.provenance.options['kind']}, {self.level:.0%} {self.interval} intervals"
        return f"Bootstrap ({how}): {self.provenance.formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.tidy())], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.tidy())], self.notes)


def bootstrap(
    fit: CrossSectionResults,
    statistic: StatisticLike = None,
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
    """Draw outcomes from a fit, estimate it again on each; see ``CrossSectionResults.bootstrap``.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import bootstrap
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> bootstrap(wb.fit("log(gsp) ~ log(emp)", y), draws=99).draws.shape
    (99, 2)
    """
    check_option("interval", interval, BootstrapInterval)
    scheme = scheme_of(fit, kind=kind, seed=seed, multipliers=multipliers, leverage=leverage, by=by)
    enough_draws(_whole(draws), check_level(level))
    quantity = quantity_of(statistic, fit)
    if interval == "studentised":
        quantity = with_errors(quantity, fit)
    task = Task(fit, scheme, quantity)
    kept, failed = succeeded(run(task, range(1, draws + 1), jobs=jobs))
    enough_draws(len(kept), level)
    estimate = quantity.observed(fit)
    table = _table(kept, estimate.index)
    a, told = _accelerated(task, estimate.index, jobs) if interval == "bca" else (None, ())
    made = Bootstrap(
        estimate=estimate,
        draws=table.iloc[:, : len(estimate)],
        failed=failed,
        interval=interval,
        level=level,
        notes=(*_notes(fit, scheme, quantity, len(kept)), *told, *failure_note(failed, draws)),
        provenance=_provenance(fit, scheme, quantity, draws, interval),
        acceleration=a,
        tested=not isinstance(quantity, Called),
    )
    made = replace(made, notes=(*made.notes, *_form_notes(made)))
    return _with_errors(made, fit, quantity, kept)


def _with_errors(
    made: Bootstrap, fit: CrossSectionResults, quantity: Quantity, kept: dict[int, FloatArray]
) -> Bootstrap:
    """Add the standard errors of the fit and of the draws, where they were computed."""
    if not isinstance(quantity, Named) or not quantity.std_errors:
        return made
    size = len(made.estimate)
    errors = _table({number: values[size:] for number, values in kept.items()}, made.draws.columns)
    return replace(made, std_error=quantity.errors(fit), std_errors=errors)


def _table(kept: dict[int, FloatArray], columns: pd.Index) -> pd.DataFrame:
    index = pd.Index(list(kept), name="draw", dtype="int64")
    values = np.array(list(kept.values())).reshape(len(kept), -1)
    return pd.DataFrame(values[:, : len(columns)], index=index, columns=columns)


def _accelerated(
    task: Task, index: pd.Index, jobs: int | None
) -> tuple[pd.Series[Any], tuple[str, ...]]:
    """Return the acceleration from estimates without the innovations of one region or cluster."""
    groups = task.scheme.groups
    parts = task.fit.nobs if groups is None else int(groups.max()) + 1
    if parts > JACKKNIFE:
        note = (
            f"BCa intervals are corrected for bias only: the acceleration takes a fit a region, "
            f"which is not made for more than {JACKKNIFE:,}."
        )
        return pd.Series(np.zeros(len(index)), index=index, name="acceleration"), (note,)
    without, failed = succeeded(run(task, [-part - 1 for part in range(parts)], jobs=jobs))
    values = resampled.acceleration(_table(without, index).to_numpy())
    told: tuple[str, ...] = (
        f"Acceleration from {len(without)} fits, each without the innovation of one "
        f"{'region' if groups is None else 'cluster'}.",
    )
    if len(failed):
        told = (*told, f"{len(failed)} of these fits failed and are left out.")
    return pd.Series(values, index=index, name="acceleration"), told


def _whole(draws: Any) -> int:
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer):
        raise InputError("draws", expected="a whole number", found=repr(draws), remedy="draws=999")
    return int(draws)


def _provenance(
    fit: CrossSectionResults,
    scheme: Scheme,
    quantity: Quantity,
    draws: int,
    interval: BootstrapInterval,
) -> Provenance:
    options = {
        **fit.provenance.options,
        **scheme_options(scheme),
        "statistic": quantity.label,
        "draws": str(draws),
        "interval": interval,
    }
    return replace(
        fit.provenance,
        method=f"{scheme.kind} bootstrap of {fit.provenance.method}",
        seed=scheme.seed,
        options=options,
    )


def _notes(
    fit: CrossSectionResults, scheme: Scheme, quantity: Quantity, kept: int
) -> tuple[str, ...]:
    told = [f"{kept} draws, seed {scheme.seed}.", *scheme_notes(scheme)]
    if scheme.kind == "wild" and fit.model not in LEAST_SQUARES:
        told.append(
            "Maximum likelihood takes one variance for all regions: where variances differ, wild "
            "draws show the spread of this estimator, and its bias is not removed."
        )
    if isinstance(quantity, Called) and covariance_word(fit) is None:
        told.append(
            f"Draws are fitted with classical standard errors, the fit with "
            f"{fit.estimates.covariance}: a statistic made of standard errors does not compare."
        )
    return tuple(told)


def _form_notes(made: Bootstrap) -> tuple[str, ...]:
    return (ZERO_BY_FORM,) if made._by_form().any() else ()
