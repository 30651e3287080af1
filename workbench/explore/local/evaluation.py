"""From a local statistic and a plan to a result: moments, p-values, adjustment, classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.errors import listing
from workbench.explore.local.adjustment import adjusted_p, flagged, max_t_p, reach_notes
from workbench.explore.local.plan import Plan, chosen_permutations
from workbench.explore.local.result import ISOLATED, NOT_SIGNIFICANT, NOT_TESTED, LocalResult
from workbench.explore.permuted import sequential_p
from workbench.explore.variable import island_notes
from workbench.numerics.autocorrelation import local_forms
from workbench.numerics.permutations import conditional
from workbench.numerics.sparse.matrices import CsrArray
from workbench.progress import progress
from workbench.typing import Alternative, BoolArray, FloatArray, Tolerance
from workbench.weights import Weights

SMALL = 1e-300


@dataclass(frozen=True, slots=True)
class Subject:
    """What a statistic is about: names, weights, and what the reader must know.

    Attributes
    ----------
    variable : str
    weights : Weights
    geometry : geopandas.GeoSeries or None
    notes : tuple of str
    """

    variable: str
    weights: Weights
    geometry: Any = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """A local statistic, computed but not yet tested.

    Attributes
    ----------
    method : str
    value, lag, statistic : ndarray, shape (n,)
        For the table; lag and statistic missing where isolated.
    form : Local
        The weighted sum T whose conditional law is drawn: statistic = shift + factor T.
    factor, shift : ndarray, shape (n,)
    labels : ndarray of str, shape (n,)
        The class of each region if it is flagged.
    low_labels : ndarray of str, shape (n,), optional
        The class where the statistic is smaller than chance has it, then `labels` are for those
        where it is larger. Which one is told by the tails: beside an outlier the mean can lie
        beyond most of what chance gives.
    classes : tuple of str
        Classes of flagged regions, in the order of the legend.
    tested : ndarray of bool, shape (n,)
    signed : bool
        Whether `labels` follow the sign of the statistic, which its tail may contradict.
    among : ndarray of bool, shape (n,), optional
        Regions that `form` is made of, where the others take no part; default all.
    toward : int
        +1 if a large statistic is positive association, −1 if a small one is (Geary's).
    sampled : callable, optional
        ``sampled(R, seed)`` gives the tails where the statistic is no weighted sum.
    analytic : callable, optional
        ``analytic(inference, alternative)`` gives expected, variance and p of the statistic by
        another route than permutation, or refuses.
    exact : ndarray, optional
        Exact p-values, where they exist: (lower tail, upper tail), shape (2, n).
    notes : tuple of str
    """

    method: str
    value: FloatArray
    lag: FloatArray
    statistic: FloatArray
    form: local_forms.Local
    factor: FloatArray
    shift: FloatArray
    labels: Any
    classes: tuple[str, ...]
    tested: BoolArray
    low_labels: Any = None
    among: BoolArray | None = None
    signed: bool = False
    toward: int = 1
    sampled: Callable[[int, int], conditional.Tails] | None = None
    analytic: Callable[[str, Alternative], tuple[FloatArray, FloatArray, FloatArray]] | None = None
    exact: FloatArray | None = None
    notes: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)

    def part(self, values: Any) -> Any:
        """Return the values of the regions that `form` is made of."""
        return values if self.among is None else values[self.among]

    def whole(self, values: FloatArray) -> FloatArray:
        """Return values of those regions beside missing ones for the others."""
        if self.among is None:
            return values
        out = np.full(self.among.size, np.nan)
        out[self.among] = values
        return out


@dataclass(frozen=True, slots=True)
class _Inference:
    expected: FloatArray
    variance: FloatArray
    p_value: FloatArray
    permutations: int
    tolerance: Tolerance
    high: BoolArray
    rarest: float = 0.0


def evaluate(
    found: Statistics,
    subject: Subject,
    plan: Plan,
    again: Callable[[Weights, int], LocalResult],
) -> LocalResult:
    """Test a local statistic as planned and label every region."""
    drawn = _inferred(found, plan)
    p_value = np.where(found.tested, drawn.p_value, np.nan)
    rule = plan.rule
    if rule.correction == "max-t":
        R = drawn.permutations
        sign = np.nan_to_num(np.sign(found.factor)) * found.toward
        among = (found.part(sign), found.part(found.tested))
        p_adjusted = found.whole(max_t_p(found.form, *among, rule=rule, R=R, seed=plan.seed))
    else:
        p_adjusted = adjusted_p(p_value, rule)
    hits = flagged(p_value, p_adjusted, rule)
    local = _table(found, drawn, p_value, p_adjusted, hits, subject.weights)
    odd = found.signed & hits & ((found.statistic > 0) != drawn.high)
    subject = replace(subject, notes=(*subject.notes, *_contradictions(local.index[odd])))
    return _result(found, subject, plan, drawn, local, again)


def _contradictions(regions: pd.Index) -> tuple[str, ...]:
    if not len(regions):
        return ()
    return (
        f"{len(regions)} flagged regions ({listing(list(regions))}) are called by the sign of I, "
        "but their p-value says that it lies on the other side of what chance gives: beside an "
        "outlier most regions are low and alike; a rank or a log of the variable tells more",
    )


def _inferred(found: Statistics, plan: Plan) -> _Inference:
    if plan.inference != "permutation" and found.analytic is not None:
        expected, variance, p = found.analytic(plan.inference, plan.rule.alternative)
        # where nothing can vary the observed value is the only one there is
        p = np.where(variance > 0.0, p, 1.0)
        high = found.statistic > expected
        return _Inference(expected, variance, p, 0, "closed form", high)
    mean, spread = (found.whole(part) for part in local_forms.moments(found.form))
    rarest = local_forms.rarest_tail(found.form, found.part(found.tested & (found.factor != 0)))
    expected = found.shift + found.factor * mean
    variance = found.factor**2 * spread
    if found.exact is not None and plan.inference == "exact":
        R, below, above = 0, *found.exact
    else:
        R = permutations_for(plan, found.form.W, found.tested)
        below, above = _drawn_tails(found, plan, R)
    high = np.where(above == below, found.statistic > expected, above < below)
    sides = (below, above) if found.toward > 0 else (above, below)
    p = _two_tails(np.array(sides), plan.rule.alternative)
    kind: Tolerance = "permutation" if R else "closed form"
    return _Inference(expected, variance, p, R, kind, high, rarest)


def _drawn_tails(found: Statistics, plan: Plan, R: int) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper tail of the statistic, shape (n,)."""
    if found.sampled is not None:
        tails = found.sampled(R, plan.seed)
    else:
        with progress(R, found.method) as tick:
            tails = conditional.tails(
                found.form, permutations=R, seed=plan.seed, enough=plan.stop_after, tick=tick
            )
    below, above = oriented(tails, found.part(found.factor))
    return found.whole(below), found.whole(above)


def permutations_for(plan: Plan, W: CsrArray, tested: BoolArray) -> int:
    """Return the planned number of permutations, or one that serves this many regions."""
    if plan.permutations is not None:
        return plan.permutations
    return chosen_permutations(plan.rule, int(tested.sum()), W.nnz)


def oriented(tails: conditional.Tails, factor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper tail of shift + factor T from the tails of T.

    A negative factor exchanges the tails; a zero one leaves a statistic that cannot vary: 1.
    """
    upper = sequential_p(tails.at_least, tails.drawn_above, tails.permutations, tails.enough)
    lower = sequential_p(tails.at_most, tails.drawn_below, tails.permutations, tails.enough)
    turned, fixed = factor < 0, factor == 0.0
    below, above = np.where(turned, upper, lower), np.where(turned, lower, upper)
    return np.where(fixed, 1.0, below), np.where(fixed, 1.0, above)


def oriented_p(
    tails: conditional.Tails, factor: FloatArray, alternative: Alternative
) -> FloatArray:
    """Return p-values of shift + factor T from the tails of T."""
    return _two_tails(np.array(oriented(tails, factor)), alternative)


def _two_tails(tails: FloatArray, alternative: Alternative) -> FloatArray:
    below, above = tails
    if alternative == "greater":
        return np.asarray(above)
    if alternative == "less":
        return np.asarray(below)
    return np.asarray(np.minimum(1.0, 2.0 * np.minimum(below, above)))


def _table(
    found: Statistics,
    drawn: _Inference,
    p_value: FloatArray,
    p_adjusted: FloatArray,
    hits: BoolArray,
    weights: Weights,
) -> pd.DataFrame:
    linked = np.diff(weights.sparse.indptr) > 0
    blank = np.where(linked, 1.0, np.nan)
    labels = found.labels
    if found.low_labels is not None:
        labels = np.where(drawn.high, labels, found.low_labels)
    cluster = np.where(hits, labels, NOT_SIGNIFICANT).astype(object)
    cluster[~found.tested] = NOT_TESTED
    cluster[~linked] = ISOLATED
    spread = np.sqrt(np.where(drawn.variance > SMALL, drawn.variance, np.nan))
    ids = weights.ids
    return pd.DataFrame(
        {
            "value": found.value,
            "lag": found.lag * blank,
            "statistic": found.statistic * blank,
            "expected": drawn.expected * blank,
            "variance": drawn.variance * blank,
            "z": (found.statistic - drawn.expected) / spread * blank,
            "p_value": p_value,
            "p_adjusted": p_adjusted,
            "cluster": cluster,
        },
        index=pd.Index(ids, name=ids.name or "region"),
    )


def _result(
    found: Statistics,
    subject: Subject,
    plan: Plan,
    drawn: _Inference,
    local: pd.DataFrame,
    again: Callable[[Weights, int], LocalResult],
) -> LocalResult:
    skipped = bool((local["cluster"] == NOT_TESTED).any())
    classes = (*found.classes, NOT_SIGNIFICANT, *((NOT_TESTED,) if skipped else ()), ISOLATED)
    hits = int(local["cluster"].isin(found.classes).sum())
    R = drawn.permutations
    p = local["p_value"].to_numpy()
    handled = (*subject.notes, *island_notes(subject.weights), *found.notes)
    options = {
        "permutations": str(R),
        "inference": plan.inference,
        "flagged by": str(plan.rule),
        "alternative": plan.rule.alternative,
        **({"stop after": str(plan.stop_after)} if plan.stop_after else {}),
        **found.options,
    }
    return LocalResult(
        method=found.method,
        variable=subject.variable,
        local=local,
        classes=classes,
        rule=plan.rule,
        permutations=R,
        notes=(*handled, *reach_notes(p, hits, R=R or None, rule=plan.rule, rarest=drawn.rarest)),
        provenance=Provenance(
            method=f"{found.method}, {plan.inference} inference",
            formula=subject.variable,
            nobs=len(local),
            ids_digest=subject.weights.ids_digest,
            weights=subject.weights.described,
            seed=plan.seed if R else None,
            notes=handled,
            options=options,
        ),
        weights=subject.weights,
        again=again,
        geometry=subject.geometry,
        tolerance=drawn.tolerance,
    )
