"""A specification curve: one hypothesis, every specification, none dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from textwrap import shorten
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import unknown_name
from workbench.hypotheses.curve.evaluation import ESTIMATED, FAILED, NOT_APPLICABLE
from workbench.hypotheses.curve.plan import DIMENSIONS, Plan
from workbench.hypotheses.curve.rows import benchmark, beyond
from workbench.hypotheses.published import tolerance_of_plan, without_reasons
from workbench.hypotheses.work.store import digest_of
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.curve.attribution import Attribution
    from workbench.hypotheses.curve.inference import CurveTest
    from workbench.hypotheses.curve.influence import CurveInfluence
    from workbench.hypotheses.curve.shares import Shares
    from workbench.hypotheses.statements.hypothesis import Hypothesis
    from workbench.regression.results import RegressionResults
    from workbench.typing import Attributable, CurveEngine, CurveNull

VERDICTS = ("supported", "contradicted", "cannot tell")

LABELS, WIDTH = 6, 48
"""Labels of a dimension that a summary shows, and how much of each."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpecificationCurve:
    """Estimates and verdicts of one hypothesis over all specifications; immutable.

    Attributes
    ----------
    hypothesis : Hypothesis
    plan : Plan
        Samples and choices; enough to fit any specification again.
    table : pandas.DataFrame
        A row a specification, index ``specification`` = its number: the label of each choice
        (`outcome formula weights model method effects covariance sample`), ``estimate std_error
        statistic p_value conf_low conf_high``, ``verdict``, ``status`` (``estimated``,
        ``not applicable`` or ``failed``), ``reason`` and ``nobs``. Estimates are NaN where the
        status is not ``estimated``.
    notes : tuple of str
        What the reader must know: how many specifications do not apply or failed, and why.
    provenance : Provenance
    """

    hypothesis: Hypothesis
    plan: Plan
    table: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def estimated(self) -> pd.DataFrame:
        """The rows of `table` that have an estimate."""
        return self.table[self.table["status"] == ESTIMATED]

    @property
    def digest(self) -> str:
        """First 16 hexadecimal digits of a digest of hypothesis, choices and every number."""
        plain = self.table.astype({"nobs": "float64"})
        return digest_of(self.hypothesis.digest, plain)[:16]

    def fit(self, number: int) -> RegressionResults:
        """Return the whole fit of one specification, estimated anew by :func:`workbench.fit`.

        Parameters
        ----------
        number : int
            Number of the specification, as in the index of `table`.

        Raises
        ------
        UnknownNameError
            If there is no such specification.
        """
        if number not in self.table.index:
            raise unknown_name("number", number, map(str, self.table.index))
        return self.plan.fit(self.plan.choices[number - 1])

    def tidy(self) -> pd.DataFrame:
        """Return a row a specification: its choices, estimate, interval, verdict and status."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: how many specifications of which status, sign, significance, verdict.

        Counts are of those with an estimate, and those of :meth:`shares`: positive above the value
        of the hypothesis, significant at its α, two-sided.
        """
        status, done = self.table["status"], self.estimated
        estimate, value = done["estimate"], benchmark(self)
        above, below = beyond(self, done)
        return one_row(
            hypothesis=self.hypothesis.label,
            restriction=self.hypothesis.restriction,
            specifications=len(status),
            estimated=len(done),
            not_applicable=int((status == NOT_APPLICABLE).sum()),
            failed=int((status == FAILED).sum()),
            median=float(estimate.median()) if len(done) else float("nan"),
            smallest=float(estimate.min()) if len(done) else float("nan"),
            largest=float(estimate.max()) if len(done) else float("nan"),
            positive=int((estimate > value).sum()),
            negative=int((estimate < value).sum()),
            positive_significant=int(above.sum()),
            negative_significant=int(below.sum()),
            **{
                verdict.replace(" ", "_"): int((done["verdict"] == verdict).sum())
                for verdict in VERDICTS
            },
        )

    @property
    def tolerance(self) -> Tolerance:
        """Rule by which published numbers are verified."""
        return tolerance_of_plan(self.plan)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the counts, and a row a specification.

        Of the choices those in which specifications differ; of the reasons those without an
        estimate.
        """
        fixed = [name for name in DIMENSIONS if name not in self.plan.dimensions]
        done = self.table["status"] == ESTIMATED
        rows = without_reasons(self.table.drop(columns=fixed), done)
        return {"": _counted(self), "Specifications": rows}

    def shares(self) -> Shares:
        """Return shares of signs, significance and verdicts, overall and by choice."""
        return cast("Shares", _made("shares:shares_of", self))

    def attribution(self, *, of: Sequence[Attributable] = ("estimate", "statistic")) -> Attribution:
        """Return how much of the variance of the estimates each choice accounts for.

        Arguments are those of :func:`workbench.hypotheses.curve.attribution.attribution_of`.
        """
        return cast("Attribution", _made("attribution:attribution_of", self, of=of))

    def influence(
        self,
        *,
        regions: str | Iterable[Any] | None = None,
        most: int = 10,
        specifications: int | Iterable[int] | None = None,
        engine: CurveEngine = "auto",
        jobs: int | None = None,
        client: Any = None,
        cache: Any = None,
    ) -> CurveInfluence:
        """Return how the curve moves when single regions are left out.

        Arguments are those of :func:`workbench.hypotheses.curve.influence.influence_of`.
        """
        found = _made(
            "influence:influence_of",
            self,
            regions=regions,
            most=most,
            specifications=specifications,
            engine=engine,
            jobs=jobs,
            client=client,
            cache=cache,
        )
        return cast("CurveInfluence", found)

    def test(
        self,
        *,
        draws: int = 499,
        seed: int = 0,
        null: CurveNull = "regions",
        jobs: int | None = None,
        client: Any = None,
    ) -> CurveTest:
        """Return the permutation test of the whole curve.

        Arguments are those of :func:`workbench.hypotheses.curve.inference.curve_test`.
        """
        found = _made(
            "inference:curve_test",
            self,
            draws=draws,
            seed=seed,
            null=null,
            jobs=jobs,
            client=client,
        )
        return cast("CurveTest", found)

    def plot(self, *, title: str | None = None, dimensions: Sequence[str] | None = None) -> Any:
        """Draw the curve with the choices behind each estimate.

        Arguments are those of :func:`workbench.views.curves.curve_chart`.
        """
        return display.picture("specification curve", self, title=title, dimensions=dimensions)

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self._counts()), *self._varied()], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self._counts()), *self._varied()], self.notes)

    def _counts(self) -> pd.DataFrame:
        """Return the counts downwards: a row of so many would leave the page."""
        return self.glance().drop(columns="restriction").T.set_axis([""], axis=1)

    def _heading(self) -> str:
        return f"Specification curve: {self.hypothesis.restriction}"

    def _varied(self) -> list[tuple[str, pd.DataFrame]]:
        """Return a table of the dimensions in which the specifications differ."""
        rows = {
            name: {"choices": self.table[name].nunique(), "labels": _first(self.table[name])}
            for name in self.plan.dimensions
        }
        if not rows:
            return []
        return [("", pd.DataFrame.from_dict(rows, orient="index").rename_axis("dimension"))]


class SpecificationCurves(Mapping[str, SpecificationCurve]):
    """Curves of several hypotheses over the same fits, by name.

    Parameters
    ----------
    curves : mapping of str to SpecificationCurve
    """

    def __init__(self, curves: Mapping[str, SpecificationCurve]) -> None:
        self._curves = dict(curves)

    def __getitem__(self, name: str) -> SpecificationCurve:
        if name not in self._curves:
            raise unknown_name("hypothesis", name, self._curves)
        return self._curves[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._curves)

    def __len__(self) -> int:
        return len(self._curves)

    def tidy(self) -> pd.DataFrame:
        """Return the tables of all curves below each other, index (hypothesis, specification)."""
        tables = {name: curve.tidy() for name, curve in self._curves.items()}
        return pd.concat(tables, names=["hypothesis"])

    def glance(self) -> pd.DataFrame:
        """Return a row a hypothesis: how many specifications of which sign and verdict."""
        rows = pd.concat([curve.glance() for curve in self._curves.values()])
        return rows.set_axis(pd.Index(self._curves, name="name"))

    @property
    def tolerance(self) -> Tolerance:
        """Rule by which published numbers are verified."""
        return next(iter(self._curves.values())).tolerance

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes of the curves, each behind its name."""
        return self._notes()

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: the counts, and a row a specification, of each curve."""
        counts = pd.concat([_counted(curve) for curve in self._curves.values()])
        rows = {name: curve.to_publish()["Specifications"] for name, curve in self._curves.items()}
        return {"": counts, **rows}

    def __str__(self) -> str:
        return display.text("Specification curves", [("", self.glance().T)], self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Specification curves", [("", self.glance().T)], self._notes())

    def _notes(self) -> tuple[str, ...]:
        notes = [(name, note) for name, curve in self._curves.items() for note in curve.notes]
        return tuple(dict.fromkeys(f"{name}: {note}" for name, note in notes))


def _counted(curve: SpecificationCurve) -> pd.DataFrame:
    """Return the counts of a curve, under its restriction."""
    return curve.glance().drop(columns="hypothesis").set_index("restriction")


def _first(labels: pd.Series[str]) -> str:
    """Return some of the labels of a dimension, in their order, and how many more there are."""
    found = list(dict.fromkeys(labels))
    shown = [shorten(label, WIDTH, placeholder=" ...") for label in found[:LABELS]]
    more = [f"{len(found) - LABELS} more"] if len(found) > LABELS else []
    return "; ".join([*shown, *more])


def _made(where: str, curve: SpecificationCurve, **options: Any) -> Any:
    """Call a sibling module's function on the curve; they import the class, so it waits."""
    module, _, name = where.partition(":")
    return getattr(import_module(f"workbench.hypotheses.curve.{module}"), name)(curve, **options)
