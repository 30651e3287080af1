"""The whole curve tested at once: what it would look like were there nothing to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.hypotheses.curve.batch import benches_of
from workbench.hypotheses.curve.joint import (
    STATISTICS,
    Work,
    compared,
    drawn_curves,
    statistics_of,
    work_of,
    z_of_p,
)
from workbench.hypotheses.curve.nulls import about_dependence
from workbench.hypotheses.curve.twins import Twins, about_twins, kinds_of, twins_of
from workbench.typing import CurveNull, FloatArray, Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.curve.plan import Choice
    from workbench.hypotheses.curve.result import SpecificationCurve
    from workbench.hypotheses.statements.hypothesis import Hypothesis

JOINT = "all three"

FEWEST = 19
"""Draws below which no p-value is as small as 0.05."""

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
        their p-values against the smallest under the null. Columns ``observed``, ``published``
        (the same of all estimates of the curve with their own standard errors), ``expected``
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
    replaced : dict of int to str
        By number, the covariance that a specification takes part with in the place of its own.
    notes : tuple of str
    provenance : Provenance
    """

    hypothesis: Hypothesis
    table: pd.DataFrame
    curves: pd.DataFrame
    draws: pd.DataFrame
    null: CurveNull
    left_out: tuple[int, ...]
    replaced: dict[int, str]
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    @property
    def p_value(self) -> float:
        """The joint p-value, of all three statistics."""
        return float(self.table["p_value"].to_numpy()[-1])

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

    @property
    def permutations(self) -> int:
        """Number of curves drawn, behind every p-value."""
        return len(self.draws)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: a row a statistic."""
        return {"": self.table.rename(columns={"p_value": "p_permutation"})}

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the observed curve inside the envelope of the curves under the null."""
        return display.picture("curve test", self, title=title)

    def _heading(self) -> str:
        return f"Test of the whole curve: {self.hypothesis.restriction}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self._shown())], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self._shown())], self.notes)

    def _shown(self) -> pd.DataFrame:
        """Return the table, what was published only where that is something else."""
        same = not self.replaced and not self.left_out
        return self.table.drop(columns="published") if same else self.table


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

    A specification whose estimator can be repeated but whose covariance cannot takes part with its
    estimate and with the standard error of another covariance, clustered by region where the model
    has it, else robust or classical, of the data and of all draws alike: any statistic serves that
    is computed in the same way. Each specification counts, those that become the same too: the
    median is that of the curve. Others (see :func:`workbench.hypotheses.curve.batch.supports`) are
    left out, and named.

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
    twins = twins_of(curve.plan, (c for c in curve.plan.choices if c.number in done))
    benches = benches_of(curve.plan, twins.choices)
    work = work_of(benches, hypothesis, null, seed=seed, draws=draws, numbers=twins.numbers)
    return _result(curve, twins, work, drawn_curves(work, jobs=jobs, client=client))


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


ALTERNATIVES: dict[str, str] = {">": "greater", "<": "less", "!=": "two-sided"}


def _result(
    curve: SpecificationCurve, twins: Twins, work: Work, drawn: tuple[FloatArray, FloatArray]
) -> CurveTest:
    hypothesis = curve.hypothesis
    relation = hypothesis.relation
    found, p, joint = compared(work, drawn)
    kept = np.isfinite(work.observed[0])
    values = np.vstack([work.observed[:1], drawn[0]])[:, kept]
    low, middle, high = np.nanquantile(found[1:], [0.025, 0.5, 0.975], axis=0)
    table = pd.DataFrame(
        {
            "observed": [*found[0], np.nan],
            "published": [*_published(curve), np.nan],
            "expected": [*middle, np.nan],
            "conf_low": [*low, np.nan],
            "conf_high": [*high, np.nan],
            "p_value": [*p[0], joint],
            "alternative": [ALTERNATIVES[relation], "greater", ALTERNATIVES[relation], ""],
        },
        index=pd.Index([*STATISTICS, JOINT], name="statistic"),
    )
    numbers = np.array(work.numbers)[kept]
    tested = set(numbers.tolist())
    left = [c for c in curve.plan.choices if c.number in set(curve.estimated.index) - tested]
    return CurveTest(
        hypothesis,
        table,
        _curves(values, numbers),
        pd.DataFrame(found[1:], columns=list(STATISTICS)).rename_axis("draw"),
        work.null,
        tuple(choice.number for choice in left),
        {number: new for number, (_, new) in twins.replaced.items() if number in tested},
        (
            *_notes(work, drawn[0][:, kept], hypothesis),
            *about_twins(twins, numbers.tolist()),
            *_about(left),
        ),
        Provenance(
            method="permutation test of a specification curve",
            formula=hypothesis.restriction,
            nobs=int(max(len(bench.columns) for bench in work.benches)),
            seed=work.seed,
            options={"null": work.null, "draws": str(work.draws), "alpha": str(hypothesis.alpha)},
        ),
    )


def _published(curve: SpecificationCurve) -> FloatArray:
    """Return the three statistics of all estimates of a curve, each by its own covariance."""
    table, hypothesis = curve.estimated, curve.hypothesis
    values = table["estimate"].to_numpy(dtype=float)[None, :]
    z = z_of_p(values, table["p_value"].to_numpy(dtype=float)[None, :])
    found = statistics_of(values, z, relation=hypothesis.relation, alpha=hypothesis.alpha)
    return np.asarray(found[0])


def _about(left: Sequence[Choice]) -> tuple[str, ...]:
    """Return a note on what is left out, by kind."""
    if not left:
        return ()
    return (
        f"{len(left)} estimated specifications are left out, as they cannot be estimated hundreds "
        f"of times: {kinds_of(left)}.",
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


def _notes(work: Work, drawn: FloatArray, hypothesis: Hypothesis) -> tuple[str, ...]:
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
    missing = int((~np.isfinite(drawn)).sum())
    if missing:
        notes.append(
            f"{missing} of {drawn.size} estimates under the null were at an end of their interval "
            "or could not be had; each curve is summarised over the others."
        )
    return tuple(notes)
