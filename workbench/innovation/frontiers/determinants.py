"""What goes with inefficiency: the second stage of Simar and Wilson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.expressions import evaluate, refuse_missing, refuse_nonfinite
from workbench.core.ids import canonical_order, ids_digest, region_ids
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import ConvergenceError, InputError
from workbench.explore.permuted import permutation_p
from workbench.innovation.frontiers.envelopment import replicated_distances
from workbench.innovation.frontiers.envelopment_result import DataEnvelopment
from workbench.innovation.frontiers.reading import whole_draws
from workbench.innovation.frontiers.sample import independent
from workbench.innovation.reading import same_regions
from workbench.numerics.frontiers import truncation
from workbench.typing import FloatArray, Tolerance

SEPARABLE = (
    "Determinants are taken to shift inefficiency, not the frontier itself (separability, Simar "
    "and Wilson 2007): where they also change what can be made, the estimates mean nothing."
)
TAIL = 0.01
"""Share of the normal law above one, in the middle region, below which it is hardly one."""
FAILED_SHARE = 0.1
"""Share of draws without a maximum from which there is no inference."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EfficiencyDeterminants:
    """A truncated regression of distances to the frontier, with bootstrap inference; immutable.

    Attributes
    ----------
    table : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    distances : pandas.Series
        Outcome by region, at least 1: inefficiency.
    draws : pandas.DataFrame
        A row a draw, a column a term.
    algorithm : int
        1 without correction for bias, 2 with.
    loglik : float
    failed : int
        Draws without a maximum, left out.
    level : float
    provenance : Provenance
    notes : tuple of str
    """

    table: pd.DataFrame
    distances: pd.Series[Any]
    draws: pd.DataFrame
    algorithm: int
    loglik: float
    failed: int
    level: float
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def heading(self) -> str:
        """What was estimated."""
        return say(
            "Determinants of inefficiency, {n} regions, Simar and Wilson's algorithm "
            "{algorithm}: distance ~ {formula}",
            n=len(self.distances),
            algorithm=self.algorithm,
            formula=self.provenance.formula,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a term: ``estimate std_error statistic p_bootstrap conf_low conf_high``.

        A positive estimate goes with more inefficiency. ``sigma`` has no test.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: observations, draws, log-likelihood."""
        return one_row(
            nobs=len(self.distances), loglik=self.loglik, draws=len(self.draws),
            failed=self.failed, level=self.level,
        )  # fmt: skip

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.tidy()), ("", self.glance())]

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def efficiency_determinants(
    result: DataEnvelopment,
    z: pd.DataFrame,
    formula: str | None = None,
    *,
    algorithm: int = 2,
    draws: int = 2000,
    correction_draws: int = 100,
    seed: int = 0,
    level: float = 0.95,
) -> EfficiencyDeterminants:
    """Regress distances to the frontier on what lies outside production.

    d = z'b + e >= 1, e normal, by maximum likelihood; d is 1/θ of inputs or φ of outputs. Standard
    errors and intervals come from draws of the fitted regression, since distances depend on each
    other and on an estimated frontier.

    Parameters
    ----------
    result : DataEnvelopment
        With any returns to scale but ``fdh``.
    z : DataFrame
        Indexed by the same regions.
    formula : str, optional
        Right-hand side, e.g. ``"log(density) + students"``; all columns of `z` by default.
    algorithm : {1, 2}
        1 takes regions below the frontier as they are; 2 first corrects every distance for bias.
    draws, correction_draws : int
        Of the regression; of the correction.
    seed : int
    level : float
        Confidence level.

    Returns
    -------
    EfficiencyDeterminants

    Raises
    ------
    IdError, ValuesError, CollinearityError, InputError
        If regions differ, values are missing, or columns depend on each other.
    ConvergenceError
        If distances have no truncated normal law.

    References
    ----------
    Simar, L. and Wilson, P. (2007). Estimation and inference in two-stage, semi-parametric models
    of production processes. Journal of Econometrics 136(1), 31-64, algorithms 1 and 2.

    Examples
    --------
    >>> from workbench.innovation.frontiers import data_envelopment
    >>> rng = np.random.default_rng(1)
    >>> ids = [f"r{i:02}" for i in range(40)]
    >>> z = pd.DataFrame({"remote": rng.normal(size=40)}, index=ids)
    >>> made = pd.Series(np.exp(rng.normal(size=40)), index=ids, name="patents")
    >>> waste = 1.2 + 0.5 * z["remote"].abs() + 0.2 * rng.random(40)
    >>> found = data_envelopment((made * waste).rename("staff"), made)
    >>> told = found.determinants(z, "abs(remote)", algorithm=1, draws=99)
    >>> bool(told.tidy().loc["abs(remote)", "conf_low"] > 0)
    True
    """
    result.convex("determinants")
    if algorithm not in (1, 2):
        raise InputError(
            "algorithm", expected="1 or 2", found=repr(algorithm), remedy="algorithm=2"
        )
    check_level(level)
    check_seed(seed)
    count = whole_draws(draws, argument="draws", level=level)
    corrections = whole_draws(correction_draws, argument="correction_draws")
    text, terms, Z = _read(result, z, formula)
    outward = result.orientation == "output"
    own = distances = 1.0 / result.table["efficiency"].to_numpy()
    below = distances > 1.0
    _require_enough(int(below.sum()), Z.shape[1])
    fitted = truncation.truncated_regression(distances[below], Z[below])
    used = below
    if algorithm == 2:
        X, Y = result.inputs.to_numpy(), result.outputs.to_numpy()
        distances = truncation.bias_corrected(
            distances, Z, fitted, draws=corrections, generator=generator(seed, "correction"),
            score=lambda drawn: replicated_distances(X, Y, own, drawn, result.returns, outward),
        )  # fmt: skip
        used = np.ones(len(distances), dtype=bool)
        fitted = truncation.truncated_regression(distances, Z)
    again = truncation.refitted(
        Z[used], fitted, draws=count, generator=generator(seed, "determinants")
    )
    kept = ~np.isnan(again).any(axis=1)
    _require_draws(kept)
    columns = [*terms, "sigma"]
    drawn = pd.DataFrame(again[kept], columns=columns, index=np.flatnonzero(kept) + 1)
    drawn.index.name = "draw"
    estimate = np.append(fitted.slopes, fitted.sigma)
    notes = (SEPARABLE, *_left_out(result, used), *_far(Z[used], fitted))
    ids = result.table.index[used]
    return EfficiencyDeterminants(
        table=_table(estimate, drawn, level),
        distances=pd.Series(distances[used], index=ids, name="distance"),
        draws=drawn,
        algorithm=algorithm,
        loglik=fitted.loglik,
        failed=int((~kept).sum()),
        level=level,
        notes=notes,
        provenance=Provenance(
            method="truncated regression of distances",
            formula=text,
            nobs=int(used.sum()),
            ids_digest=ids_digest(ids),
            seed=seed,
            notes=notes,
            options={
                **result.provenance.options, "algorithm": str(algorithm), "draws": str(count),
                "correction_draws": str(corrections), "level": str(level),
            },
        ),
    )  # fmt: skip


def _read(
    result: DataEnvelopment, z: pd.DataFrame, formula: str | None
) -> tuple[str, list[str], FloatArray]:
    if not isinstance(z, pd.DataFrame):
        raise InputError(
            "z", expected="a DataFrame indexed by region id", found=type(z).__name__,
            remedy='table[["density"]]',
        )  # fmt: skip
    ids = region_ids(z.index, argument="z")
    same_regions(ids, result.table.index, argument="z", other=("inputs", "outputs"))
    ordered = z.iloc[canonical_order(ids)]
    text = " + ".join(map(str, z.columns)) if formula is None else formula
    found = evaluate(text, ordered)
    if found.outcome is not None:
        raise InputError(
            "formula", expected="a right-hand side: the outcome is the distance",
            found=repr(text), remedy=repr(text.partition("~")[2].strip()),
        )  # fmt: skip
    refuse_missing(ordered, found.variables, remedy="leave those regions out of the frontier too")
    refuse_nonfinite(found.regressors)
    Z = independent(found.regressors, argument="formula")
    return text, [str(name) for name in found.regressors.columns], Z


def _require_enough(below: int, k: int) -> None:
    if below < k + 3:
        raise InputError(
            "formula", expected=f"at least {k + 3} regions below the frontier for {k} terms",
            found=str(below), why="those on it say nothing of how far others lie below",
            remedy="fewer inputs, outputs or determinants",
        )  # fmt: skip


def _require_draws(kept: Any) -> None:
    if kept.mean() < 1.0 - FAILED_SHARE:
        raise ConvergenceError(
            "draws", expected="draws with a maximum of the likelihood",
            found=f"{int((~kept).sum())} of {len(kept)} without",
            why="what is left would not be a sample of the law of the estimates",
            remedy="fewer determinants",
        )  # fmt: skip


def _left_out(result: DataEnvelopment, used: Any) -> tuple[str, ...]:
    if used.all():
        return ()
    named = ", ".join(map(str, result.table.index[~used]))
    return (f"Regions on the frontier are left out by algorithm 1: {named}.",)


def _far(Z: FloatArray, fitted: truncation.Truncated) -> tuple[str, ...]:
    inside = float(np.median(stats.norm.cdf((Z @ fitted.slopes - 1.0) / fitted.sigma)))
    if inside >= TAIL:
        return ()
    return (
        "Only the far tail of the normal law fits the distances, which look exponential: the "
        "estimates are large, and little but their signs can be read.",
    )


def _table(estimate: FloatArray, drawn: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return estimates with intervals that turn the law of the draws about them round."""
    gaps = drawn.to_numpy() - estimate
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(gaps, [tail, 1.0 - tail], axis=0)
    error = gaps.std(axis=0, ddof=1)
    at_least, at_most = (gaps >= estimate).sum(axis=0), (gaps <= estimate).sum(axis=0)
    p = permutation_p(at_least, at_most, len(gaps), "two-sided")
    statistic = estimate / error
    statistic[-1] = p[-1] = np.nan  # sigma is positive
    return pd.DataFrame(
        {
            "estimate": estimate, "std_error": error, "statistic": statistic, "p_bootstrap": p,
            "conf_low": estimate - high, "conf_high": estimate - low,
        },
        index=pd.Index(drawn.columns, name="term"),
    )  # fmt: skip
