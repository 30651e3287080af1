"""Curves under the null, drawn and estimated together, and the statistics they are compared by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from workbench.core.seeds import generator
from workbench.errors import InputError, WorkbenchError
from workbench.hypotheses.curve.benches import Bench, Estimates
from workbench.hypotheses.curve.nulls import (
    Labels,
    NullModel,
    labels_of,
    null_models,
    relabelling,
)
from workbench.hypotheses.work.running import each
from workbench.typing import CurveNull, FloatArray, Relation

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis

MEDIAN, SHARE, AVERAGE = "median estimate", "share significant", "average z"
STATISTICS = (MEDIAN, SHARE, AVERAGE)

BLOCK = 50
"""Draws a task."""

FEW_PERIODS = 10
"""Periods below which so few signs tell little."""

LARGEST = 38.0
"""|z| beyond which the normal distribution has no probability in double precision."""


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
        Of the specifications, in their order.
    rows : tuple of int, length S
        The entry, of those of all benches in their order, that each specification is: several
        that differ in what is not used here share one.
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
    rows: tuple[int, ...]


def work_of(
    benches: Sequence[Bench],
    hypothesis: Hypothesis,
    null: CurveNull,
    *,
    seed: int,
    draws: int,
    numbers: Mapping[int, Sequence[int]] | None = None,
) -> Work:
    """Return what every draw needs; refuse a curve of which nothing can be tested.

    Parameters
    ----------
    benches : sequence of Bench
    hypothesis : Hypothesis
    null : {"regions", "periods", "relabelled"}
    seed, draws : int
    numbers : mapping of int to sequence of int, optional
        The specifications that an entry stands for, by its number: itself alone if not given.
        Each of them counts.
    """
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
    own = [entry.number for bench in benches for entry in bench.entries]
    places = {n: row for row, one in enumerate(own) for n in (numbers or {}).get(one, (one,))}
    told = tuple(sorted(places))
    rows = [places[number] for number in told]
    observed = np.array([np.concatenate([_value(f) for f in found]), _all_z(found)])
    return Work(
        hypothesis,
        tuple(benches),
        tuple(models),
        tuple(map(tuple, which)),
        labels_of(benches, null),
        null,
        seed,
        draws,
        observed[:, rows],
        told,
        tuple(rows),
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


def z_of_p(values: FloatArray, p: FloatArray) -> FloatArray:
    """Return normal quantiles of two-sided p-values, with the sign of what they are of.

    Examples
    --------
    >>> z_of_p(np.array([-3.0]), np.array([0.05])).round(2).tolist()
    [-1.96]
    """
    with np.errstate(divide="ignore"):
        return np.clip(np.sign(values) * stats.norm.isf(p / 2.0), -LARGEST, LARGEST)


def drawn_curves(
    work: Work, *, jobs: int | None = None, client: Any = None
) -> tuple[FloatArray, FloatArray]:
    """Return estimates and z of every specification in curves under the null, (draws, S) each."""
    starts = list(range(0, work.draws, BLOCK))
    parts = each(_drawn, work, starts, jobs=jobs, client=client, title="Curves under the null")
    values, z = (
        np.concatenate([np.array(part[name]) for part in parts])[:, work.rows]
        for name in ("value", "z")
    )
    return values, z


def _drawn(work: Work, start: int) -> dict[str, list[list[float]]]:
    """Return estimates and z of all entries of a block of curves under the null, a row a draw."""
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
        NaN where a specification could not be estimated: it is left out of that curve. A curve of
        which nothing could be estimated has NaN for all three.
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
    count = known.sum(axis=1)
    some = count > 0
    out = np.full((len(z), len(STATISTICS)), np.nan)
    out[some, 0] = np.nanmedian(values[some], axis=1)
    out[some, 1] = ((toward > bound) & known)[some].sum(axis=1) / count[some]
    # Stouffer: the sum over the root of the number
    out[some, 2] = np.where(known, z, 0.0)[some].sum(axis=1) / np.sqrt(count[some])
    return out


def p_values(found: FloatArray, *, relation: Relation) -> FloatArray:
    """Return the p-value of each row among all rows, shape (1 + R, 3): the first is the data's.

    Each row counts among those as extreme as itself, so that p = (M + 1) / (R + 1); NaN count as
    more extreme than any number, on both sides.

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
        ordered = np.sort(column)  # NaN last
        as_large = len(column) - np.searchsorted(ordered, column, side="left")
        columns.append(as_large / len(column))  # one rounding: 1 of 20 is 0.05, not above it
    return np.column_stack(columns)


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
