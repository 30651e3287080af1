"""A composite index and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, unknown_name
from workbench.innovation.composites.constructing import Built, Stages, build, stages
from workbench.innovation.composites.construction import INDEX, Construction
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.recipes import described, recipe, told
from workbench.innovation.composites.source import Source, as_table
from workbench.numerics.composites.levels import effective, ranks
from workbench.typing import FloatArray, IntArray, Tolerance

if TYPE_CHECKING:
    from workbench.innovation.composites.checking import IndexChecks
    from workbench.innovation.composites.comparing import IndexComparison
    from workbench.innovation.composites.sensitivity import IndexSensitivity
    from workbench.innovation.composites.uncertainty import IndexUncertainty
    from workbench.typing import IndexOutput


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CompositeIndex:
    """Scores, ranks and how they came about; immutable.

    Regions are rows; of a panel (region, period). Larger scores are better.

    Attributes
    ----------
    source : Source
        Data and metadata before any step.
    construction : Construction
        The recipe; :meth:`rebuild` changes it.
    stages : Stages
        Arrays after imputation, treatment and normalisation.
    built : Built
        Arrays of scores and weights of every level.
    provenance : Provenance
    notes : tuple of str
        What was imputed, treated, left unused.
    """

    source: Source
    construction: Construction
    stages: Stages
    built: Built
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def data(self) -> pd.DataFrame:
        """Indicators as given, rows sorted; a copy."""
        return self.source.data.copy()

    @property
    def indicators(self) -> Indicators:
        """The metadata."""
        return self.source.indicators

    @property
    def prepared(self) -> Prepared:
        """Data and metadata as arrays: what a recipe is replayed on."""
        return self.source.prepared

    @property
    def scores(self) -> pd.Series[Any]:
        """The index by region."""
        return pd.Series(self.built.scores.copy(), index=self.source.data.index, name=INDEX)

    @property
    def ranks(self) -> pd.Series[Any]:
        """1 for the best; equal scores share the better rank. Of a panel within each period."""
        scores, period = self.built.scores, self.prepared.period
        found = np.empty(len(scores), dtype=np.int64)
        for rows in [...] if period is None else [period == t for t in np.unique(period)]:
            found[rows] = ranks(scores[rows])
        return pd.Series(found, index=self.source.data.index, name="rank")

    @property
    def levels(self) -> pd.DataFrame:
        """Scores of every sub-index, from the lowest level up; without the index."""
        parts = [
            pd.DataFrame(values.copy(), index=self.source.data.index, columns=list(names))
            for values, names in zip(self.built.levels, self.indicators.groups, strict=False)
        ]
        empty = pd.DataFrame(index=self.source.data.index)
        return pd.concat(parts, axis=1) if parts else empty

    @property
    def normalised(self) -> pd.DataFrame:
        """Indicators on one scale, more being better."""
        return as_table(self.stages.normalised, self.source)

    @property
    def weights(self) -> pd.Series[Any] | pd.DataFrame:
        """Weight of each indicator in the index: its own times its groups' at every level.

        They sum to one; under ``weighting="bod"`` each region has its own, a table, and they do
        not. Outside a sum they are the exponents or votes that go in, not shares of the result.
        """
        found = self._weights()
        if found.ndim == 2:
            return as_table(found, self.source)
        return pd.Series(found, index=pd.Index(self.indicators.names, name="indicator"))

    @property
    def additive(self) -> bool:
        """Whether the index is a weighted sum of normalised indicators."""
        return set(self.construction.aggregations(len(self.built.tree))) == {"arithmetic"}

    @property
    def contributions(self) -> pd.DataFrame:
        """What each indicator adds to the score: weight times normalised value.

        Raises
        ------
        InputError
            If the index is not a sum, so that no such parts exist.
        """
        if not self.additive:
            raise InputError(
                "contributions",
                expected="an index whose aggregation is arithmetic at every level",
                found=f"aggregation={self.construction.aggregation!r}",
                why="parts of a mean that is not a sum do not add up to it",
                remedy='index.rebuild({"aggregation": "arithmetic"}).contributions',
            )
        return as_table(self._weights() * self.stages.normalised, self.source)

    @property
    def imputed(self) -> pd.DataFrame:
        """Every imputed cell: region (and period), indicator, the value taken."""
        return self._cells(np.isnan(self.prepared.X), {"value": self.stages.filled})

    @property
    def treated(self) -> pd.DataFrame:
        """Every cell that winsorising or trimming moved: region, indicator, from, to."""
        values = {"value": self.stages.filled, "moved_to": self.stages.treated.values}
        return self._cells(self.stages.treated.moved, values)

    @property
    def transformed(self) -> tuple[str, ...]:
        """Indicators of which the logarithm or power was taken."""
        changed = self.stages.treated.transformed
        return tuple(n for n, c in zip(self.indicators.names, changed, strict=True) if c)

    @property
    def coverage(self) -> pd.DataFrame:
        """By indicator: regions with a value, their share, imputed and moved cells."""
        names = pd.Index(self.indicators.names, name="indicator")
        return self._covered(0, names)

    @property
    def coverage_by_region(self) -> pd.DataFrame:
        """By region: indicators with a value, their share, imputed and moved cells."""
        return self._covered(1, self.source.data.index)

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was built."""
        n, k = self.stages.normalised.shape
        periods = self.source.periods
        what = (
            say("{n} regions", n=n)
            if periods is None
            else say("{n} rows in {n_2} periods", n=n, n_2=len(periods))
        )
        return say("Composite index of {k} indicators, {what}", k=k, what=what)

    def rebuild(self, changes: Mapping[str, Any]) -> CompositeIndex:
        """Return the index of the same data by a recipe that differs in some choices.

        Parameters
        ----------
        changes : mapping
            Choice to value: ``{"normalisation": "z-score"}``, ``{"aggregation": {"index":
            "geometric"}}``.

        Raises
        ------
        OptionError
            If a choice or a word is unknown.
        """
        new = recipe(self.construction.with_, changes, self.indicators)
        return assembled(self.source, new, notes=())

    def checks(self) -> IndexChecks:
        """Return correlations, reliability and principal components: is this one phenomenon."""
        from workbench.innovation.composites.checking import checks

        return checks(self)

    def compare(self, other: CompositeIndex | pd.Series[Any]) -> IndexComparison:
        """Return how ranks differ from those of another index of the same regions."""
        from workbench.innovation.composites.comparing import compare

        return compare(self, other)

    def uncertainty(
        self,
        factors: Mapping[str, Any] | None = None,
        *,
        draws: int = 1000,
        top: int = 10,
        seed: int = 0,
    ) -> IndexUncertainty:
        """Replay the construction with its choices drawn at random.

        See :func:`workbench.innovation.composites.uncertainty.uncertainty`.
        """
        from workbench.innovation.composites.uncertainty import uncertainty

        return uncertainty(self, factors, draws=draws, top=top, seed=seed)

    def sensitivity(
        self,
        factors: Mapping[str, Any] | None = None,
        *,
        samples: int = 512,
        output: IndexOutput = "rank",
        resamples: int = 500,
        level: float = 0.95,
        seed: int = 0,
    ) -> IndexSensitivity:
        """Decompose the variance of ranks into the choices that make it: Sobol indices.

        See :func:`workbench.innovation.composites.sensitivity.sensitivity`.
        """
        from workbench.innovation.composites.sensitivity import sensitivity

        return sensitivity(
            self, factors, samples=samples, output=output, resamples=resamples, level=level,
            seed=seed,
        )  # fmt: skip

    def tidy(self) -> pd.DataFrame:
        """Return a row an indicator: group, direction, weight, cells imputed, correlation.

        ``correlation`` is that of the normalised indicator with the index.
        """
        table = self.indicators.table[["direction", *self.indicators.levels[:-1]]]
        weights = self._weights()
        table["weight"] = weights if weights.ndim == 1 else weights.mean(axis=0)
        table["imputed"] = self.coverage["imputed"].to_numpy()
        scores = self.built.scores
        table["correlation"] = [_correlation(z, scores) for z in self.stages.normalised.T]
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, indicators, cells imputed and moved, ends of the scores."""
        scores = self.built.scores
        return one_row(
            nobs=len(scores),
            indicators=len(self.indicators.names),
            imputed=int(np.isnan(self.prepared.X).sum()),
            outlying=int(self.stages.treated.moved.sum()),
            lowest=float(scores.min()),
            highest=float(scores.max()),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: score, rank and every sub-index."""
        table = pd.DataFrame({"score": self.scores, "rank": self.ranks})
        return pd.concat([table, self.levels], axis=1)

    def plot(
        self, *, period: Any = None, most: int = 40, title: str | None = None,
        names: pd.Series[Any] | None = None,
    ) -> Any:  # fmt: skip
        """Return ranked bars of what sub-indices or indicators contribute, where they add up.

        Of a panel in `period`, the last by default; the `most` best regions, with `names` by
        region id in the place of ids.
        """
        options = {"rows": self.rows_of(period), "most": most, "title": title, "names": names}
        return display.picture("index contributions", self, **options)

    def profile(
        self, region: Any, *, peers: Any = None, period: Any = None, title: str | None = None
    ) -> Any:
        """Return a region's sub-indices (indicators without) against peers, leader and median.

        Parameters
        ----------
        region : id
            Whose profile.
        peers : sequence of ids, optional
            Regions drawn beside it; by default the two nearest to it in score.
        period : optional
            Of a panel; the last by default.
        title : str, optional
            Heading.
        """
        rows = self.rows_of(period)
        labels = self.source.data.index[rows].get_level_values(0)
        wanted = [region, *(peers if peers is not None else [])]
        for one in wanted:
            if one not in labels:
                raise unknown_name("region", one, map(str, labels))
        return display.picture("index profile", self, region, rows=rows, peers=peers, title=title)

    def rows_of(self, period: Any = None) -> IntArray:
        """Return which rows are of a period, the last by default; all of a cross-section."""
        periods = self.source.periods
        if periods is None:
            if period is not None:
                raise InputError("period", expected="a panel", found="one cross-section")
            return np.arange(len(self.source.data))
        chosen = periods[-1] if period is None else period
        if chosen not in periods:
            raise unknown_name("period", chosen, map(str, periods))
        return np.flatnonzero(self.source.data.index.get_level_values(1) == chosen)

    def _weights(self) -> FloatArray:
        return effective(self.built.weights, self.built.tree)

    def _cells(self, where: Any, values: Mapping[str, FloatArray]) -> pd.DataFrame:
        rows, columns = np.nonzero(where)
        table = self.source.data.index[rows].to_frame(index=False)
        table["indicator"] = [self.indicators.names[j] for j in columns]
        return table.assign(**{name: array[rows, columns] for name, array in values.items()})

    def _covered(self, axis: int, index: pd.Index) -> pd.DataFrame:
        missing = np.isnan(self.prepared.X)
        present = (~missing).sum(axis=axis)
        return pd.DataFrame(
            {
                "known": present,
                "known_share": present / missing.shape[axis],
                "imputed": missing.sum(axis=axis),
                "outlying": self.stages.treated.moved.sum(axis=axis),
            },
            index=index,
        )

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        rows = self.rows_of()
        table = self.augment().take(rows).sort_values("rank", kind="stable")
        period = self.source.periods
        best = "Best ten" if period is None else f"Best ten in {period[-1]}"
        return [
            (described(self.construction), self.glance()),
            (best, table.head(10)),
            ("Indicators", self.tidy()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def assembled(
    source: Source, construction: Construction, *, notes: tuple[str, ...]
) -> CompositeIndex:
    """Run a recipe on a source."""
    prepared = source.prepared
    steps = stages(prepared, construction)
    built = build(prepared, construction, steps.normalised)
    for array in (steps.filled, steps.treated.values, steps.normalised, *built.levels):
        array.setflags(write=False)
    said = (*notes, *told(source, construction, steps))
    return CompositeIndex(
        source=source,
        construction=construction,
        stages=steps,
        built=built,
        provenance=Provenance(
            method="composite index",
            formula=", ".join(prepared.names),
            nobs=len(prepared.X),
            ids_digest=source.digest,
            notes=said,
            options=construction.to_dict(),
        ),
        notes=said,
    )


def _correlation(first: FloatArray, second: FloatArray) -> float:
    spread = first.std() * second.std()
    if spread == 0:
        return float("nan")
    return float(((first - first.mean()) * (second - second.mean())).mean() / spread)
