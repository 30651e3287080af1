"""Which choices make ranks of an index move: variance-based sensitivity by replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import one_row
from workbench.errors import (
    InputError,
    ValuesError,
    WorkbenchError,
    check_number,
    check_option,
    check_whole,
)
from workbench.innovation.composites.drawing import ranks_of, read_or_ready
from workbench.innovation.composites.factors import Factor, redrawn
from workbench.innovation.composites.replay import Replay, reason
from workbench.numerics.composites.sobol import Design, Indices, design, indices
from workbench.numerics.threads import one_thread
from workbench.progress import progress
from workbench.typing import FloatArray, IndexOutput, Tolerance

if TYPE_CHECKING:
    from workbench.innovation.composites.index import CompositeIndex

FEWEST_SAMPLES = 64
"""With fewer points of a Sobol sequence the first binary digits of two inputs can be the same in
both samples, so that a choice between two alternatives seems to do nothing."""
COLUMNS = ("first", "first_low", "first_high", "total", "total_low", "total_high")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IndexSensitivity:
    """Sobol indices of the choices behind an index; immutable.

    Attributes
    ----------
    index : CompositeIndex
        The index as recorded.
    factors : tuple of Factor
        What was drawn.
    overall : numerics.composites.sobol.Indices
        Of the mean absolute shift of ranks.
    by_region : numerics.composites.sobol.Indices
        Of each region's rank or score.
    output : {"rank", "score"}
        What `by_region` is about.
    evaluations : int
        Constructions built: N (factors + 2).
    level : float
        Of intervals.
    seed : int
    notes : tuple of str
    """

    index: CompositeIndex
    factors: tuple[Factor, ...]
    overall: Indices
    by_region: Indices
    output: IndexOutput
    evaluations: int
    level: float
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def regions(self) -> pd.DataFrame:
        """A row a region and choice: ``first total`` with intervals, of the region's output.

        Regions that no choice moves have no indices: NaN.
        """
        index = self.index.scores.index
        names = [factor.name for factor in self.factors]
        stacked = pd.MultiIndex.from_product([index, names])
        stacked = stacked.set_names([*index.names, "choice"])
        parts = {name: getattr(self.by_region, name).T.ravel() for name in COLUMNS}
        return pd.DataFrame(parts, index=stacked)

    @property
    def variances(self) -> pd.Series[Any]:
        """Variance of each region's rank or score over the drawn constructions."""
        found = self.by_region.variance.copy()
        return pd.Series(found, index=self.index.scores.index, name="variance")

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation"

    @property
    def provenance(self) -> Provenance:
        """What produced the index, with what was drawn."""
        drawn = {"evaluations": str(self.evaluations)}
        return redrawn(
            self.index.provenance,
            "Sobol indices of",
            self.factors,
            drawn,
            seed=self.seed,
            notes=self.notes,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a choice: ``first total`` with intervals, of the mean shift of ranks."""
        names = pd.Index([factor.name for factor in self.factors], name="choice")
        parts = {name: getattr(self.overall, name) for name in COLUMNS}
        return pd.DataFrame(parts, index=names).sort_values("total", ascending=False, kind="stable")

    def glance(self) -> pd.DataFrame:
        """Return one row: constructions, mean shift, its variance, shares alone and together."""
        first = float(np.nansum(self.overall.first))
        return one_row(
            nobs=len(self.index.scores),
            evaluations=self.evaluations,
            rank_shift=float(self.overall.mean),
            variance=float(self.overall.variance),
            additive=first,
            interactions=1.0 - first,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: total index of each choice, and the variance of its output."""
        names = [factor.name for factor in self.factors]
        totals = pd.DataFrame(self.by_region.total.T, self.index.scores.index, names)
        return totals.assign(variance=self.variances)

    def plot(self, *, title: str | None = None) -> Any:
        """Return bars of first-order and total indices with intervals."""
        return display.picture("index sensitivity", self, title=title)

    @property
    def heading(self) -> str:
        """What was decomposed, by how many constructions."""
        return say(
            "Sensitivity of ranks to choices: {evaluations} constructions",
            evaluations=self.evaluations,
        )

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        drawn = [{"choice": factor.name, "alternatives": factor.reads()} for factor in self.factors]
        caption = f"Shares of the variance of the mean shift of ranks ({self.level:.0%} intervals)"
        return [
            (caption, self.tidy()),
            ("", self.glance()),
            ("Drawn", pd.DataFrame(drawn).set_index("choice")),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


@one_thread
def sensitivity(
    index: CompositeIndex,
    factors: Mapping[str, Any] | None = None,
    *,
    samples: int = 512,
    output: IndexOutput = "rank",
    resamples: int = 500,
    level: float = 0.95,
    seed: int = 0,
) -> IndexSensitivity:
    """Decompose the variance of ranks over constructions into the choices that make it.

    Parameters
    ----------
    index : CompositeIndex
        From :func:`workbench.innovation.composite`.
    factors : mapping, optional
        As :func:`~workbench.innovation.composites.uncertainty.uncertainty`; at least two.
    samples : int, default 512
        N, a power of two from 64; N (factors + 2) constructions are built.
    output : {"rank", "score"}
        Of each region, for ``regions``; scores of unlike scales can only be compared where
        normalisation and aggregation are not drawn.
    resamples : int, default 500
        Bootstrap samples behind intervals, at least 50.
    level : float, default 0.95
        Of intervals.
    seed : int, default 0

    Returns
    -------
    IndexSensitivity
        ``.tidy()`` for the mean absolute shift of ranks, ``.regions`` for each region.

    Raises
    ------
    ValuesError
        If drawn choices do not go together: shares of variance need every combination.
    OptionError, InputError
        If a factor or a number cannot be used.

    Notes
    -----
    The output is R̄ = Σ |rank(drawn) − rank(recorded)| / n (Saisana, Saltelli and Tarantola 2005,
    equation 2). A choice among m alternatives is read off a uniform number, so that all factors
    are independent; noise on all weights is one factor with many numbers, which change together.
    The first-order index is the share of variance that would go if the choice were fixed, the
    total index what would stay if all others were: see
    :func:`workbench.numerics.composites.sobol.indices` for estimators and intervals.

    References
    ----------
    Saisana, M., Saltelli, A. and Tarantola, S. (2005). Uncertainty and sensitivity analysis
    techniques as tools for the quality assessment of composite indicators. Journal of the Royal
    Statistical Society A 168, 307-323.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.innovation.composites import composite
    >>> data = pd.DataFrame({"a": [1.0, 5, 2, 9], "b": [4.0, 1, 7, 8]}, index=list("wxyz"))
    >>> index = composite(data, {"a": "higher", "b": "higher"})
    >>> drawn = {"weight_noise": 0.9, "normalisation": ["min-max", "z-score"]}
    >>> index.sensitivity(drawn, samples=64).tidy().index[0]
    'weight_noise'
    """
    check_option("output", output, IndexOutput)
    check_number("level", level, above=0.0, below=1.0)
    check_seed(seed)
    resamples = check_whole("resamples", resamples, least=50)
    if not isinstance(samples, int | np.integer) or samples < FEWEST_SAMPLES:
        raise InputError(
            "samples",
            expected=f"a power of two from {FEWEST_SAMPLES}",
            found=repr(samples),
            remedy="samples=512",
        )
    chosen, notes = read_or_ready(index, factors)
    if len(chosen) < 2:
        raise InputError(
            "factors",
            expected="at least two choices",
            found=chosen[0].name,
            why="the variance that one choice makes is all its own",
            remedy="index.uncertainty(factors) for one",
        )
    replay = Replay(index.source.prepared, index.construction, chosen)
    plan = design(replay.sizes, samples, rng=generator(seed, "composite sensitivity", "design"))
    scores = _evaluated(replay, plan)
    ranks = ranks_of(scores.T, index).T.astype(np.float64)
    shift = np.abs(ranks - index.ranks.to_numpy()).mean(axis=1)
    rng = generator(seed, "composite sensitivity", "bootstrap")
    outputs = np.column_stack([shift, ranks if output == "rank" else scores])
    found = indices(outputs, len(chosen), rng=rng, resamples=resamples, level=level)
    overall, by_region = _split(found)
    return IndexSensitivity(
        index=index,
        factors=chosen,
        overall=overall,
        by_region=by_region,
        output=output,
        evaluations=plan.evaluations,
        level=level,
        seed=seed,
        notes=(*notes, *_told(overall, by_region)),
    )


def _evaluated(replay: Replay, plan: Design) -> FloatArray:
    """Return the scores at every point of a design, or refuse naming what failed."""
    scores = np.empty((plan.evaluations, len(replay.prepared.X)))
    failed: dict[str, tuple[int, WorkbenchError]] = {}
    with progress(plan.evaluations, "constructions") as tick:
        for row, point in enumerate(plan.points()):
            try:
                scores[row] = replay.scores([point[part] for part in plan.groups])
            except WorkbenchError as error:
                count = failed.get(reason(error), (0, error))[0]
                failed[reason(error)] = (count + 1, error.with_traceback(None))
            tick(1)
    if not failed:
        return scores
    text, (_, worst) = max(failed.items(), key=lambda item: item[1][0])
    total = sum(count for count, _ in failed.values())
    raise ValuesError(
        "factors",
        expected="choices that go together on these data, whatever is drawn",
        found=f"{total} of {len(scores)} constructions that cannot be built, most because: {text}",
        offenders=sorted(failed),
        why="shares of variance need independent choices, hence every combination of them",
        remedy=worst.remedy
        or "leave an alternative out; index.uncertainty(factors).failures says which",
    )


def _split(found: Indices) -> tuple[Indices, Indices]:
    names = (*COLUMNS, "variance", "mean")
    parts = {name: getattr(found, name) for name in names}
    return (
        Indices(**{name: part[..., 0] for name, part in parts.items()}),
        Indices(**{name: part[..., 1:] for name, part in parts.items()}),
    )


def _told(overall: Indices, by_region: Indices) -> tuple[str, ...]:
    if not overall.variance > 0:
        return ("No drawn choice changes the mean shift of ranks: it has no variance to share.",)
    still = int(np.count_nonzero(by_region.variance == 0))
    if not still:
        return ()
    return (f"{still} regions are moved by no drawn choice; they have no indices of their own.",)
