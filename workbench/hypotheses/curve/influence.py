"""How a whole curve moves when a single region is left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.display import number
from workbench.core.provenance import Provenance
from workbench.errors import IdError, InputError, listing
from workbench.hypotheses.curve.rows import SAME, benchmark, check_curve, estimated, numbers
from workbench.hypotheses.curve.without import Without, lasting, regions_of_plan, rerun, told
from workbench.hypotheses.work.running import each
from workbench.hypotheses.work.store import store_of
from workbench.typing import CurveEngine, FloatArray, IntArray, Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.curve.result import SpecificationCurve

SCREENED = 6
"""Specifications, spread over the curve, by which all regions are screened."""

MOST = 10
"""Regions for which the whole curve is estimated again, where none are named."""

ANSWERS = ("supported", "contradicted", "cannot tell")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CurveInfluence:
    """A curve without each of several regions.

    Attributes
    ----------
    table : pandas.DataFrame
        Index region id, the largest change of the median first. ``median`` of the estimates
        without the region; ``change``: the median with all regions less it; both over the ``of``
        specifications that are estimated with and without it. ``supported contradicted
        cannot_tell`` of these without the region, ``share_supported``; ``flipped``: how many
        verdicts differ; ``failed``: specifications with an estimate only with the region.
    flips : pandas.DataFrame
        Index (region, from, to): ``count`` of verdicts that turn.
    runs : pandas.DataFrame
        Index (region, specification): ``estimate std_error conf_low conf_high verdict status
        reason`` without the region, and ``with_all``, the estimate with it.
    screen : pandas.Series
        By region: mean absolute move over the specifications of the screen, in standard errors;
        empty where regions were named.
    median, share_supported : float
        With all regions, over the same specifications.
    statement : str
    notes : tuple of str
    provenance : Provenance
    """

    table: pd.DataFrame
    flips: pd.DataFrame
    runs: pd.DataFrame
    screen: pd.Series[Any]
    median: float
    share_supported: float
    statement: str
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "maximum likelihood"

    def tidy(self) -> pd.DataFrame:
        """Return a row a region and specification."""
        return self.runs.reset_index()

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: a row a region; not every specification without it."""
        return {"": self.table}

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the median and the share supported without each region."""
        return display.picture("curve influence", self, title=title)

    def _heading(self) -> str:
        return f"The curve without single regions: {self.statement}"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        caption = (
            f"With all: median {number(self.median)}, supported in {self.share_supported:.0%} of "
            f"the specifications"
        )
        return [(caption, self.table)]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self.notes)


def influence_of(
    curve: SpecificationCurve,
    *,
    regions: str | Iterable[Any] | None = None,
    most: int = MOST,
    specifications: int | Iterable[int] | None = None,
    engine: CurveEngine = "auto",
    jobs: int | None = None,
    client: Any = None,
    cache: Any = None,
) -> CurveInfluence:
    """Estimate a curve again without single regions.

    Parameters
    ----------
    curve : SpecificationCurve
    regions : iterable of ids or "all", optional
        Which regions to leave out, one at a time. Without, every region is screened on six
        specifications spread over the curve, and the `most` influential ones are left out of all.
    most : int, default 10
        How many regions follow the screen.
    specifications : int or iterable of int, optional
        Numbers of the specifications to estimate again, or how many of them, evenly spread from
        the smallest estimate to the largest; all that have an estimate by default.
    engine : {"auto", "fit", "batch"}
        As for :func:`specification_curve`.
    jobs, client, cache
        Processes, a ``dask.distributed`` client, and a folder from which an interrupted run goes
        on: a region that is done is not done again.

    Returns
    -------
    CurveInfluence

    Raises
    ------
    IdError
        If a region is in no sample.
    InputError
        If a number names no specification with an estimate.

    Notes
    -----
    The region leaves the data and W, whose rows are normalised anew. A region whose only
    neighbours it was leaves with it, because W without neighbours says nothing about it; a note
    names such regions. This differs from leaving out a row (Belsley, Kuh and Welsch 1980), where
    neighbours keep the region's values in their lags.

    The screen is exact for its six specifications and may miss a region that matters elsewhere:
    ``regions="all"`` leaves nothing to it.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.curve.engine import specification_curve
    >>> from workbench.hypotheses.statements.hypothesis import Hypothesis
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> curve = specification_curve(
    ...     Hypothesis("Capital next door matters", "indirect(log(pc)) > 0"),
    ...     y,
    ...     formulas=["log(gsp) ~ log(pc)", "log(gsp) ~ log(pc) + log(emp)"],
    ...     weights=W,
    ...     models=["slx", "sdm"],
    ... )
    >>> influence_of(curve, regions=["US-TX", "US-NY"]).table["of"].tolist()
    [4, 4]
    """
    check_curve(curve)
    numbers_of = _numbers(curve, specifications)
    known = regions_of_plan(curve.plan)
    run = _Run(curve, engine, jobs, client, cache)
    screen = pd.Series(dtype=float)
    if regions is None:
        screen = _screened(run, known, curve)
        chosen = screen.index[: max(1, min(most, len(screen)))].tolist()
    elif isinstance(regions, str) and regions == "all":
        chosen = known
    else:
        chosen = _named(regions, known)
    runs = run.of(chosen, numbers_of, title="curve without single regions")
    return _made(curve, runs, screen, numbers_of, known)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """Where regions are left out: by which engine, on what."""

    curve: SpecificationCurve
    engine: CurveEngine
    jobs: int | None
    client: Any
    cache: Any

    def of(self, regions: Sequence[Any], chosen: IntArray, *, title: str) -> pd.DataFrame:
        """Return a row a region and specification."""
        shared = Without(self.curve.plan, tuple(int(i) for i in chosen), self.engine)
        store = store_of(self.cache)
        keys = None if store is None else told(shared, regions)
        records = each(
            rerun, shared, list(regions), jobs=self.jobs, client=self.client, title=title,
            keys=keys, store=store, lasting=lasting,
        )  # fmt: skip
        frames = {
            region: pd.DataFrame(record["rows"], index=pd.Index(chosen, name="specification"))
            for region, record in zip(regions, records, strict=True)
        }
        runs = pd.concat(frames, names=["region"])
        for name in ("estimate", "std_error", "conf_low", "conf_high"):
            runs[name] = runs[name].astype(float) if name in runs else np.nan
        if "verdict" not in runs:
            runs["verdict"] = ""
        runs["verdict"] = runs["verdict"].fillna("")
        every = self.curve.table["estimate"].astype(float)
        runs["with_all"] = every.reindex(runs.index.get_level_values("specification")).to_numpy()
        columns = ["estimate", "with_all", "std_error", "conf_low", "conf_high", "verdict"]
        return pd.DataFrame(runs[[*columns, "status", "reason", "also_left"]])


def spread(estimates: FloatArray, count: int) -> IntArray:
    """Return positions of `count` estimates, evenly from the smallest to the largest.

    Examples
    --------
    >>> spread(np.array([0.3, 0.1, 0.2, 0.5, 0.4]), 3).tolist()
    [1, 0, 3]
    """
    order = np.argsort(estimates, kind="stable")
    at = np.unique(np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int))
    return np.asarray(order[at], dtype=np.int64)


def _numbers(curve: SpecificationCurve, wanted: int | Iterable[int] | None) -> IntArray:
    used = estimated(curve)
    every = used.index.to_numpy(dtype=np.int64)
    if wanted is None:
        return every
    if isinstance(wanted, int | np.integer) and not isinstance(wanted, bool):
        if wanted < 1:
            raise InputError("specifications", expected="a whole number from 1", found=repr(wanted))
        return np.sort(every[spread(numbers(used, "estimate"), int(wanted))])
    chosen = np.array(sorted({int(i) for i in wanted}), dtype=np.int64)  # type: ignore[union-attr]
    lost = [int(i) for i in chosen if i not in set(every.tolist())]
    if lost or chosen.size == 0:
        raise InputError(
            "specifications",
            expected="numbers of specifications that have an estimate",
            found=f"{len(lost)} that have none" if lost else "none",
            offenders=lost,
            remedy="curve.estimated.index says which have one",
        )
    return chosen


def _named(regions: Any, known: Sequence[Any]) -> list[Any]:
    named = [regions] if isinstance(regions, str) else list(dict.fromkeys(regions))
    lost = [region for region in named if region not in set(known)]
    if lost or not named:
        raise IdError(
            "regions",
            expected='region ids of the samples, or "all"',
            found=f"{len(lost)} others" if lost else "none",
            offenders=lost,
            remedy=f"ids look like {listing(known)}",
        )
    return sorted(named)


def _screened(run: _Run, known: Sequence[Any], curve: SpecificationCurve) -> pd.Series[Any]:
    """Return the mean absolute move of a few estimates without each region, largest first."""
    used = estimated(curve)
    ordered = used.iloc[np.argsort(numbers(used, "estimate"), kind="stable")]
    values = numbers(ordered, "estimate")
    new = np.diff(values, prepend=-np.inf) > SAME * np.abs(values)
    unlike = ordered[new]
    few = unlike.iloc[np.sort(spread(numbers(unlike, "estimate"), SCREENED))]
    runs = run.of(known, np.sort(few.index.to_numpy(dtype=np.int64)), title="screen of regions")
    scale = used["std_error"].astype(float)
    scale = scale.where(scale > 0).fillna(float(np.ptp(values)) or 1.0)
    by_row = scale.reindex(runs.index.get_level_values("specification")).to_numpy()
    moved = ((runs["with_all"] - runs["estimate"]).abs() / by_row).groupby(level="region").mean()
    moved = moved.fillna(np.inf).rename("moved")  # nothing is estimable without it: look closer
    return moved.iloc[np.argsort(-moved.to_numpy(), kind="stable")]


def _made(
    curve: SpecificationCurve,
    runs: pd.DataFrame,
    screen: pd.Series[Any],
    chosen: IntArray,
    known: Sequence[Any],
) -> CurveInfluence:
    before = curve.table["verdict"].astype(str)
    runs = runs.assign(
        before=before.reindex(runs.index.get_level_values("specification")).to_numpy()
    )
    both = runs[runs["status"] == "estimated"]
    table = pd.DataFrame([_row(part, len(chosen)) for _, part in _by_region(runs)])
    table.index = pd.Index([region for region, _ in _by_region(runs)], name="region")
    order = np.lexsort((-table["flipped"].to_numpy(), -table["change"].abs().fillna(-1).to_numpy()))
    table = table.iloc[order]
    turned = both[both["verdict"] != both["before"]]
    flips = turned.groupby(["region", "before", "verdict"]).size().rename("count").to_frame()
    flips.index = flips.index.set_names(["region", "from", "to"])
    used = curve.table.loc[chosen]
    return CurveInfluence(
        table=table,
        flips=flips,
        runs=runs.drop(columns=["before", "also_left"]),
        screen=screen,
        median=float(used["estimate"].median()),
        share_supported=float((used["verdict"] == "supported").mean()),
        statement=str(curve.hypothesis.statement),
        notes=_notes(curve, runs, table, screen, chosen, known),
        provenance=curve.provenance,
    )


def _by_region(runs: pd.DataFrame) -> list[tuple[Any, pd.DataFrame]]:
    return list(runs.groupby(level="region", sort=False))


def _row(part: pd.DataFrame, count: int) -> dict[str, Any]:
    both = part[part["status"] == "estimated"]
    answers = {word.replace(" ", "_"): int((both["verdict"] == word).sum()) for word in ANSWERS}
    median = float(both["estimate"].median()) if len(both) else float("nan")
    return {
        "median": median,
        "change": float(both["with_all"].median()) - median if len(both) else float("nan"),
        "share_supported": answers["supported"] / len(both) if len(both) else float("nan"),
        **answers,
        "flipped": int((both["verdict"] != both["before"]).sum()),
        "of": len(both),
        "failed": count - len(both),
    }


def _notes(
    curve: SpecificationCurve,
    runs: pd.DataFrame,
    table: pd.DataFrame,
    screen: pd.Series[Any],
    chosen: IntArray,
    known: Sequence[Any],
) -> tuple[str, ...]:
    total = len(estimated(curve))
    notes = [
        f"{len(table)} of {len(known)} regions left out one at a time, "
        f"{len(chosen)} of {total} specifications each; W restricted and normalised anew."
    ]
    if len(screen):
        notes.append(
            f"The {len(table)} regions are those that move {min(SCREENED, total)} specifications "
            f"spread over the curve most; a region that matters elsewhere may be missed."
        )
    also = {
        str(region): part["also_left"].iloc[0]
        for region, part in _by_region(runs[runs["also_left"] != ""])
    }
    notes += [
        f"Without {region} its only neighbours leave too: {who}." for region, who in also.items()
    ]
    lost = runs[runs["status"] != "estimated"]
    for region, part in _by_region(lost):
        notes.append(f"Without {region} {len(part)} specifications have no estimate: "
                     f"{part['reason'].iloc[0]}")  # fmt: skip
    return (*notes, *_turns(curve, table, chosen))


def _turns(curve: SpecificationCurve, table: pd.DataFrame, chosen: IntArray) -> list[str]:
    """Say without which regions the median changes its side, or most verdicts are others."""
    used = curve.table.loc[chosen]
    value = benchmark(curve)
    side = float(used["estimate"].median()) > value
    answers = used["verdict"].value_counts()
    usual = str(answers.index[0])
    crossing = [str(r) for r in table.index[(table["median"] > value) != side]]
    counts = table[[word.replace(" ", "_") for word in ANSWERS]].to_numpy()
    now = [ANSWERS[i] for i in counts.argmax(axis=1)]
    turned = [
        f"{region} ({word})" for region, word in zip(table.index, now, strict=True) if word != usual
    ]
    notes = []
    if crossing:
        notes.append(f"The median crosses {number(value)} without {listing(crossing)}.")
    if turned:
        notes.append(f"Most verdicts are no longer {usual!r} without {listing(turned)}.")
    if not crossing and not turned:
        notes.append(
            f"Leaving out any one of these regions neither moves the median across {number(value)} "
            f"nor changes the most frequent verdict ({usual})."
        )
    return notes
