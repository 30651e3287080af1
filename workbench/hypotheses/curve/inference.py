"""The whole curve tested at once: would it look like this, were there nothing to find?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, WorkbenchError, check_option
from workbench.hypotheses.curve.batch import benches_of
from workbench.hypotheses.curve.benches import Bench, Estimates
from workbench.hypotheses.curve.nulls import (
    Labels,
    NullModel,
    about_dependence,
    labels_of,
    null_models,
    relabelling,
)
from workbench.hypotheses.work.running import each
from workbench.typing import CurveNull, FloatArray, Relation

if TYPE_CHECKING:
    from workbench.hypotheses.curve.result import SpecificationCurve
    from workbench.hypotheses.statements.hypothesis import Hypothesis

MEDIAN, SHARE, AVERAGE = "median estimate", "share significant", "average z"
STATISTICS = (MEDIAN, SHARE, AVERAGE)
JOINT = "all three"

FEWEST = 19
"""Draws below which no p-value is as small as 0.05."""

BLOCK = 25
"""Draws a task."""

FEW_PERIODS = 10
"""Periods below which so few signs tell little."""

LARGEST = 38.0
"""|z| beyond which the normal distribution has no probability in double precision."""

IN_WORDS = {
    "regions": "the estimand is zero; what regions are left with, once the dependence between them "
    "is filtered out, has either sign",
    "periods": "the estimand is zero; what a period is left with has either sign in all regions",
    "relabelled": "who is whose neighbour has nothing to do with the data",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CurveTest:
    """A joint test of all specifications of a curve; immutable.

    Attributes
    ----------
    hypothesis : Hypothesis
    table : pandas.DataFrame
        Index ``statistic``: ``median estimate``, ``share significant`` (of the estimates, in the
        hypothesised direction, at α), ``average z`` (Stouffer) and ``all three``, the smallest of
        their p-values against the smallest under the null. Columns ``observed``, ``expected``
        (median of the draws), ``conf_low conf_high`` (their 2.5 and 97.5 per cent quantiles),
        ``p_value`` and ``alternative``.
    curves : pandas.DataFrame
        A row a specification in the order of the observed estimates: ``specification``,
        ``estimate``, and the null curves, each sorted by itself, at this rank: ``conf_low
        expected conf_high`` (2.5, 50 and 97.5 per cent).
    draws : pandas.DataFrame
        The three statistics of each draw.
    null : {"regions", "periods", "relabelled"}
    left_out : tuple of int
        Numbers of estimated specifications that the test leaves out.
    notes : tuple of str
    provenance : Provenance
    """

    hypothesis: Hypothesis
    table: pd.DataFrame
    curves: pd.DataFrame
    draws: pd.DataFrame
    null: CurveNull
    left_out: tuple[int, ...]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def p_value(self) -> float:
        """The joint p-value, of all three statistics."""
        return float(self.table.loc[JOINT, "p_value"])

    def tidy(self) -> pd.DataFrame:
        """Return a row a statistic: observed, expected under the null, p-value."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: specifications, draws, null and the joint p-value."""
        return one_row(
            specifications=len(self.curves),
            draws=len(self.draws),
            null=self.null,
            p_value=self.p_value,
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the observed curve inside the envelope of the curves under the null."""
        return display.picture("curve test", self, title=title)

    def _heading(self) -> str:
        return f"Test of the whole curve: {self.hypothesis.restriction}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.table)], self.notes)


def curve_test(
    curve: SpecificationCurve,
    *,
    draws: int = 499,
    seed: int = 0,
    null: CurveNull = "regions",
    jobs: int | None = None,
    client: Any = None,
) -> CurveTest:
    """Test all specifications of a curve at once against curves drawn under the null.

    Parameters
    ----------
    curve : SpecificationCurve
        Of a hypothesis that an estimand is above, below or other than zero.
    draws : int
        Curves drawn under the null.
    seed : int
    null : {"regions", "periods", "relabelled"}
        How outcomes are drawn where there is nothing to find. ``"regions"`` (default): from the
        specification without the term of the estimand, its disturbances filtered by I − λW, given
        the sign + or − by region, the same in all periods and all specifications, and spread
        again: dependence between regions (as the likeliest W of the curve has it), over time
        within a region and different variances stay as they are. ``"periods"`` (panels): signs by
        period; any dependence between regions stays, none over time. ``"relabelled"``: regions
        exchange their data, W stays: a placebo for the geography, not a test of an effect, for the
        dependence that regressors and outcomes have is destroyed along with what it tests.
    jobs, client
        As of :func:`workbench.hypotheses.specification_curve`.

    Returns
    -------
    CurveTest

    Raises
    ------
    InputError
        If the hypothesis does not compare with zero, the panel has no periods to exchange, or no
        specification can be tested.

    Notes
    -----
    Simonsohn, Simmons and Nelson force the null on the data of each specification and resample
    rows. Rows of a map are no sample of independent ones: here the regressors stay as they are and
    only innovations are drawn, jointly for all specifications. Of an indirect impact the null model
    leaves out the lag of the term, but keeps the term: dependence of the outcome is then in the
    disturbances, and what models with Wy make of it is part of what is expected. p = (M + 1) / (R +
    1) in the direction of the hypothesis; two-sided ones double the smaller tail.

    Specifications that cannot be estimated together (see
    :func:`workbench.hypotheses.curve.batch.supports`) are left out, and named.

    References
    ----------
    Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nature
    Human Behaviour 4, 1208-1214. Davidson, R. and Flachaire, E. (2008). The wild bootstrap, tamed
    at last. Journal of Econometrics 146, 162-169. Westfall, P. H. and Young, S. S. (1993).
    Resampling-based multiple testing (the joint p-value).
    """
    check_option("null", null, CurveNull)
    check_seed(seed)
    hypothesis = curve.hypothesis
    _refuse(hypothesis, draws)
    done = set(curve.estimated.index)
    chosen = [choice for choice in curve.plan.choices if choice.number in done]
    work = work_of(benches_of(curve.plan, chosen), hypothesis, null, seed=seed, draws=draws)
    return _result(curve, work, drawn_curves(work, jobs=jobs, client=client))


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What every draw needs.

    Attributes
    ----------
    hypothesis : Hypothesis
    benches : tuple of Bench
    models, which : tuple
        Null models, and that of each entry of each bench; empty where regions are relabelled.
    labels : Labels
    null : {"regions", "periods", "relabelled"}
    seed, draws : int
    observed : ndarray of shape (2, S)
        Estimates and z of the data.
    numbers : tuple of int, length S
    """

    hypothesis: Hypothesis
    benches: tuple[Bench, ...]
    models: tuple[NullModel, ...]
    which: tuple[tuple[int, ...], ...]
    labels: Labels
    null: CurveNull
    seed: int
    draws: int
    observed: FloatArray
    numbers: tuple[int, ...]


def _refuse(hypothesis: Hypothesis, draws: int) -> None:
    if hypothesis.relation == "=" or hypothesis.value != 0.0:
        raise InputError(
            "curve",
            expected="a hypothesis that an estimand is above, below or other than 0",
            found=hypothesis.restriction,
            why="the null is imposed by leaving out the term",
            remedy="curve.shares() says how many specifications support it",
        )
    if not isinstance(draws, int) or draws < FEWEST:
        raise InputError(
            "draws",
            expected=f"{FEWEST} or more",
            found=repr(draws),
            why="the smallest p-value is 1 / (draws + 1)",
            remedy="draws=499",
        )


def work_of(
    benches: Sequence[Bench], hypothesis: Hypothesis, null: CurveNull, *, seed: int, draws: int
) -> Work:
    """Return what every draw needs; refuse a curve of which nothing can be tested."""
    found = [bench.estimates() for bench in benches]
    if not any(one.sound.any() for one in found):
        raise InputError(
            "curve",
            expected="specifications by least squares, or by maximum likelihood with one spatial "
            "parameter, and an estimand made of impacts and coefficients",
            found="none of them",
            why="each has to be estimated hundreds of times",
            remedy="curve.shares()",
        )
    _refuse_periods(benches, null)
    models: list[NullModel] = []
    which: list[list[int]] = []
    if null != "relabelled":
        models, which = null_models(benches, hypothesis.estimand, null)
    observed = np.array([np.concatenate([_value(f) for f in found]), _all_z(found)])
    numbers = [entry.number for bench in benches for entry in bench.entries]
    return Work(
        hypothesis,
        tuple(benches),
        tuple(models),
        tuple(map(tuple, which)),
        labels_of(benches, null),
        null,
        seed,
        draws,
        observed,
        tuple(numbers),
    )


def _refuse_periods(benches: Sequence[Bench], null: CurveNull) -> None:
    if null != "periods":
        return
    shortest = min(1 if b.entries[0].cells is None else b.entries[0].cells.T for b in benches)
    if shortest < FEW_PERIODS:
        raise InputError(
            "null",
            expected=f"{FEW_PERIODS} periods or more in every sample, for null='periods'",
            found=str(shortest),
            why="so few signs have too few arrangements",
            remedy='null="regions"',
        )


def _value(found: Estimates) -> FloatArray:
    return np.where(found.sound, found.value, np.nan)


def _all_z(found: Sequence[Estimates]) -> FloatArray:
    return np.concatenate([z_of(one) for one in found])


def z_of(found: Estimates) -> FloatArray:
    """Return normal quantiles of the p-values of estimates, with their sign; NaN if not sound."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(found.sound, found.value / found.std_error, np.nan)
    student = ~np.isnan(found.df)
    tail = stats.t.sf(np.abs(t[student]), found.df[student])
    z = t.copy()
    z[student] = np.sign(t[student]) * stats.norm.isf(tail)
    return np.clip(z, -LARGEST, LARGEST)


def drawn_curves(
    work: Work, *, jobs: int | None = None, client: Any = None
) -> tuple[FloatArray, FloatArray]:
    """Return estimates and z of every specification in curves under the null, (draws, S) each."""
    starts = list(range(0, work.draws, BLOCK))
    parts = each(_drawn, work, starts, jobs=jobs, client=client, title="Curves under the null")
    values, z = (np.concatenate([np.array(part[name]) for part in parts]) for name in ("value", "z"))
    return values, z


def _drawn(work: Work, start: int) -> dict[str, list[list[float]]]:
    """Return estimates and z of a block of curves under the null, a row a draw."""
    stop = min(start + BLOCK, work.draws)
    draws = range(start, stop)
    random = np.stack(
        [generator(work.seed, "curve test", d).random(len(work.labels.places)) for d in draws]
    )
    one = _relabelled if work.null == "relabelled" else _from_models
    values, scores = [], []
    for place, bench in enumerate(work.benches):
        keys = random[:, work.labels.of(bench.entries[0], work.null)]
        try:
            found = one(work, place, keys)
        except (WorkbenchError, np.linalg.LinAlgError):
            nothing = np.full((len(draws), len(bench.entries)), np.nan)
            values.append(nothing)
            scores.append(nothing)
            continue
        values.append(_value(found).reshape(len(draws), -1))
        scores.append(z_of(found).reshape(len(draws), -1))
    return {"value": np.hstack(values).tolist(), "z": np.hstack(scores).tolist()}


def _from_models(work: Work, place: int, keys: FloatArray) -> Estimates:
    """Estimate a bench with outcomes of its null models, keys of shape (R, n)."""
    R = len(keys)
    signs = np.where(keys < 0.5, -1.0, 1.0).T
    needed = sorted(set(work.which[place]))
    Y = np.hstack([work.models[model].outcomes(signs) for model in needed])
    entries = np.arange(len(work.which[place]))
    first = np.array([needed.index(model) * R for model in work.which[place]])
    entry, outcome = np.tile(entries, R), (first[None, :] + np.arange(R)[:, None]).ravel()
    return work.benches[place].estimates(Y, entry, outcome)


def _relabelled(work: Work, place: int, keys: FloatArray) -> Estimates:
    lay = relabelling(work.benches[place])
    found = [lay(key).estimates() for key in keys]
    return Estimates(
        *(
            np.concatenate([getattr(one, name) for one in found])
            for name in ("value", "std_error", "df", "sound")
        )
    )


def statistics_of(
    values: FloatArray, z: FloatArray, *, relation: Relation, alpha: float
) -> FloatArray:
    """Return the statistics of curves, shape (curves, 3): median, share significant, average z.

    Parameters
    ----------
    values, z : ndarray of shape (curves, S)
        NaN where a specification could not be estimated: it is left out of that curve.
    relation : {">", "<", "!="}
        Whose direction counts for the share.
    alpha : float
        Two-sided level of significance.

    Examples
    --------
    >>> z = np.array([[2.5, 1.0, -3.0, 2.0]])
    >>> statistics_of(0.1 * z, z, relation=">", alpha=0.05).round(3).tolist()
    [[0.15, 0.5, 1.25]]
    """
    bound = float(stats.norm.isf(alpha / 2.0))
    toward = {">": z, "<": -z, "!=": np.abs(z)}[relation]
    known = np.isfinite(z)
    count = np.maximum(known.sum(axis=1), 1)
    share = ((toward > bound) & known).sum(axis=1) / count
    # Stouffer: the sum over the root of the number
    average = np.where(known, z, 0.0).sum(axis=1) / np.sqrt(count)
    return np.column_stack([np.nanmedian(values, axis=1), share, average])


def p_values(found: FloatArray, *, relation: Relation) -> FloatArray:
    """Return the p-value of each row among all rows, shape (1 + R, 3): the first is the data's.

    Each row counts among those as extreme as itself, so that p = (M + 1) / (R + 1).

    Parameters
    ----------
    found : ndarray of shape (1 + R, 3)
    relation : {">", "<", "!="}
        The share is against larger ones whatever the relation.
    """
    greater, less = _tail(found), _tail(-found)
    out = {">": greater, "<": less, "!=": np.minimum(1.0, 2.0 * np.minimum(greater, less))}[
        relation
    ].copy()
    out[:, STATISTICS.index(SHARE)] = greater[:, STATISTICS.index(SHARE)]
    return out


def _tail(found: FloatArray) -> FloatArray:
    """Return the share of rows that are at least as large, column by column."""
    columns = []
    for column in found.T:
        ordered = np.sort(column)
        columns.append(1.0 - np.searchsorted(ordered, column, side="left") / len(column))
    return np.column_stack(columns)


ALTERNATIVES: dict[str, str] = {">": "greater", "<": "less", "!=": "two-sided"}


def compared(
    work: Work, drawn: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray, float]:
    """Return statistics of the data and of all draws, (1 + R, 3), their p-values, and the joint."""
    kept = np.isfinite(work.observed[0])
    values = np.vstack([work.observed[:1], drawn[0]])[:, kept]
    z = np.vstack([work.observed[1:], drawn[1]])[:, kept]
    relation, alpha = work.hypothesis.relation, work.hypothesis.alpha
    found = statistics_of(values, z, relation=relation, alpha=alpha)
    p = p_values(found, relation=relation)
    smallest = p.min(axis=1)
    # the smallest p-value of the data among the smallest of every draw, its own among them
    return found, p, float((smallest <= smallest[0]).mean())


def _result(
    curve: SpecificationCurve, work: Work, drawn: tuple[FloatArray, FloatArray]
) -> CurveTest:
    hypothesis = curve.hypothesis
    relation = hypothesis.relation
    found, p, joint = compared(work, drawn)
    kept = np.isfinite(work.observed[0])
    values = np.vstack([work.observed[:1], drawn[0]])[:, kept]
    low, middle, high = np.quantile(found[1:], [0.025, 0.5, 0.975], axis=0)
    table = pd.DataFrame(
        {
            "observed": [*found[0], np.nan],
            "expected": [*middle, np.nan],
            "conf_low": [*low, np.nan],
            "conf_high": [*high, np.nan],
            "p_value": [*p[0], joint],
            "alternative": [ALTERNATIVES[relation], "greater", ALTERNATIVES[relation], ""],
        },
        index=pd.Index([*STATISTICS, JOINT], name="statistic"),
    )
    numbers = np.array(work.numbers)[kept]
    left = sorted(set(curve.estimated.index) - set(numbers.tolist()))
    return CurveTest(
        hypothesis,
        table,
        _curves(values, numbers),
        pd.DataFrame(found[1:], columns=list(STATISTICS)).rename_axis("draw"),
        work.null,
        tuple(int(number) for number in left),
        _notes(work, left, drawn[0][:, kept], hypothesis),
        Provenance(
            method="permutation test of a specification curve",
            formula=hypothesis.restriction,
            nobs=int(max(len(bench.columns) for bench in work.benches)),
            seed=work.seed,
            options={"null": work.null, "draws": str(work.draws), "alpha": str(hypothesis.alpha)},
        ),
    )


def _curves(values: FloatArray, numbers: np.ndarray) -> pd.DataFrame:
    """Return the observed curve beside the quantiles of the null curves at each rank."""
    order = np.argsort(values[0], kind="stable")
    drawn = np.sort(values[1:], axis=1)  # what could not be estimated comes last
    with_all = drawn[np.isfinite(drawn).all(axis=1)]
    source = with_all if len(with_all) else drawn
    low, middle, high = np.nanquantile(source, [0.025, 0.5, 0.975], axis=0)
    return pd.DataFrame(
        {
            "specification": numbers[order],
            "estimate": values[0][order],
            "conf_low": low,
            "expected": middle,
            "conf_high": high,
        },
        index=pd.RangeIndex(1, len(order) + 1, name="rank"),
    )


def _notes(
    work: Work, left: Sequence[int], drawn: FloatArray, hypothesis: Hypothesis
) -> tuple[str, ...]:
    notes = [f"Null: {IN_WORDS[work.null]}. {work.draws} draws, seed {work.seed}."]
    told = {model.weights.digest for model in work.models if model.weights is not None}
    if work.null == "regions" and about_dependence(hypothesis.estimand):
        notes.append("The estimand is spatial dependence itself: nothing is filtered.")
    elif work.null == "regions" and not told:
        notes.append("No specification has weights: nothing is filtered.")
    elif told:
        lams = [model.lambda_ for model in work.models if model.weights is not None]
        notes.append(
            f"Disturbances are filtered with lambda from {min(lams):.3g} to {max(lams):.3g}."
        )
    if left:
        shown = ", ".join(map(str, left[:10])) + (" ..." if len(left) > 10 else "")
        notes.append(
            f"{len(left)} estimated specifications are not of a kind that can be estimated "
            f"hundreds of times, and are left out: {shown}."
        )
    missing = int((~np.isfinite(drawn)).sum())
    if missing:
        notes.append(
            f"{missing} of {drawn.size} estimates under the null were at an end of their interval "
            "or could not be had; each curve is summarised over the others."
        )
    return tuple(notes)


__all__: list[str] = ["CurveTest", "curve_test", "p_values", "statistics_of", "z_of"]
