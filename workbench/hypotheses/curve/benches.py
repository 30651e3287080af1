"""Specifications of one sample, W and kind of model on one bench: estimated together, and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.hypotheses.curve.designs import Kind, Prepared
from workbench.hypotheses.curve.errors import Errors
from workbench.hypotheses.statements.atoms import LAMBDA, RHO, Effect, Parameter
from workbench.numerics.likelihoods.many.along import Course, Spreads, course_of
from workbench.numerics.likelihoods.many.disturbances import error_models_of
from workbench.numerics.likelihoods.many.effects import (
    Combination,
    combined_impacts,
    multiplier_of,
)
from workbench.numerics.likelihoods.many.ground import (
    Regressors,
    outcomes_of,
    regressors_of,
)
from workbench.numerics.likelihoods.many.jobs import Jobs, Many
from workbench.numerics.likelihoods.many.lags import lag_models_of
from workbench.numerics.likelihoods.many.least import least_squares_of
from workbench.regression.design import lag_name
from workbench.typing import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from workbench.hypotheses.statements.estimands import Estimand

BLOCK = 2_000
"""Models a block: their covariances stay within some hundred megabytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Estimates of m models: ``value`` and ``std_error`` of shape (m,), ``df`` of each.

    Where ``sound`` is false the numbers are not to be used.
    """

    value: FloatArray
    std_error: FloatArray
    df: FloatArray
    sound: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """Specifications that are estimated together.

    Attributes
    ----------
    entries : tuple of Prepared
    columns : ndarray of shape (n, p)
        Every regressor that some entry has; effects are still in them.
    designs : tuple of ndarray of int
        Positions of each entry's regressors.
    outcomes : ndarray of shape (n, o)
        Each outcome once.
    outcome : ndarray of int, shape (entries,)
        That of each entry.
    combination : Combination
        What the estimand is made of, of each entry.
    course : Course or None
        Traces along rho, shared by benches of one W; None without W.
    held : dict
        Coordinates and determinants, once they were needed.
    """

    entries: tuple[Prepared, ...]
    columns: FloatArray
    designs: tuple[IntArray, ...]
    outcomes: FloatArray
    outcome: IntArray
    combination: Combination
    course: Course | None
    held: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What estimates the entries."""
        return self.entries[0].kind

    def estimates(
        self,
        outcomes: FloatArray | None = None,
        entry: IntArray | None = None,
        outcome: IntArray | None = None,
    ) -> Estimates:
        """Return the estimand of entries, with the outcomes of the sample or with others.

        Parameters
        ----------
        outcomes : ndarray of shape (n, m), optional
            In the place of the sample's.
        entry, outcome : ndarray of int, shape (jobs,), optional
            Which entry is estimated with which outcome; each with its own without.
        """
        Y = self.outcomes if outcomes is None else outcomes
        which = np.arange(len(self.entries)) if entry is None else entry
        of = self.outcome if outcome is None else outcome
        known = self._known()
        found = outcomes_of(known, Y)
        parts = []
        errors = Errors(self.entries, self.designs, known, Y, self.course)
        for start in range(0, which.size, BLOCK):
            here = slice(start, start + BLOCK)
            # entries that differ in their covariance only are estimated once
            pairs, back = np.unique(
                np.stack([self._alike()[which[here]], of[here]]), axis=1, return_inverse=True
            )
            jobs = Jobs(self.designs, pairs[0], pairs[1])
            made = self._fitted(known, found, jobs)
            parts.append(self._of(*errors.of(made, jobs, which[here], back.ravel())))
        return Estimates(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _known(self) -> Regressors:
        ground = self.entries[0].ground
        if "known" not in self.held:
            filtered = self.kind == "error"
            known = regressors_of(ground, self.columns, filtered=filtered)
            self.held["known"] = known
            if self.kind != "least squares" and "determinant" not in self.held:
                self.held["determinant"] = ground.determinant()
            if self.kind == "lag" and self.course is not None:
                self.held["spreads"] = Spreads(known, self.course)
        known = self.held["known"]
        if not isinstance(known, Regressors):
            raise AssertionError
        return known

    def _fitted(self, known: Regressors, outcomes: Any, jobs: Jobs) -> Many:
        if self.kind == "least squares":
            return least_squares_of(known, outcomes, jobs, absorbed=self.entries[0].absorbed)
        determinant = self.held["determinant"]
        if self.kind == "lag":
            spreads = self.held["spreads"]
            return lag_models_of(known, outcomes, jobs, spreads=spreads, determinant=determinant)
        if self.course is None:
            raise AssertionError
        return error_models_of(known, outcomes, jobs, course=self.course, determinant=determinant)

    def _alike(self) -> IntArray:
        """Return the first entry that has the regressors of each, shape (entries,)."""
        if "alike" not in self.held:
            first: dict[bytes, int] = {}
            told = [columns.tobytes() for columns in self.designs]
            self.held["alike"] = np.array([first.setdefault(t, i) for i, t in enumerate(told)])
        return np.asarray(self.held["alike"])

    def _of(
        self, found: Many, which: IntArray, df: FloatArray, sound: BoolArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
        """Return values, standard errors, degrees of freedom and which are sound."""
        lag = np.full(which.size, self.kind == "lag")
        rho = np.where(lag, found.spatial, 0.0)
        weights = self.entries[0].weights
        W = None if weights is None else weights.sparse
        multiplier = multiplier_of(W, rho, course=self.course, lagged=lag & sound)
        value, error = combined_impacts(found, multiplier, self.combination.of(which))
        return value, error, df, np.asarray(sound & (error > 0.0))


def bench_of(entries: Sequence[Prepared], estimand: Estimand, courses: dict[Any, Course]) -> Bench:
    """Lay specifications of one place on a bench.

    Parameters
    ----------
    entries : sequence of Prepared
    estimand : Estimand
        Every entry has all its parts; see :func:`applies`.
    courses : dict
        Traces along rho by W, shared between benches.
    """
    columns, designs = _each_once([entry.design.X for entry in entries])
    outcomes, outcome = _each_once([entry.design.y[:, None] for entry in entries])
    shape = (len(entries), columns.shape[1])
    combination = Combination(
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape, dtype=bool),
        np.zeros((shape[0], shape[1] + 1)),
    )
    for row, (entry, places) in enumerate(zip(entries, designs, strict=True)):
        _combine(combination, row, entry, places, estimand)
    first = entries[0]
    course = None
    if first.kind != "least squares":
        if first.course not in courses:
            courses[first.course] = course_of(first.ground)
        course = courses[first.course]
    return Bench(
        tuple(entries),
        columns,
        designs,
        outcomes,
        np.array([int(places[0]) for places in outcome]),
        combination,
        course,
    )


def applies(estimand: Estimand, entry: Prepared) -> bool:
    """Return whether an entry has every part of an estimand that is linear in its impacts."""
    return all(_has(entry, atom) for _, atom in estimand.parts)


def _has(entry: Prepared, atom: object) -> bool:
    design = entry.design
    if isinstance(atom, Parameter):
        spatial = {RHO: "lag", LAMBDA: "error"}.get(atom.term)
        return entry.kind == spatial if spatial else atom.term in design.terms
    if not isinstance(atom, Effect) or atom.horizon is not None:
        return False
    spreads = entry.kind == "lag" or atom.term in design.lagged
    return atom.term in design.impact_terms and (atom.effect != "indirect" or spreads)


def _combine(
    combination: Combination, row: int, entry: Prepared, places: IntArray, estimand: Estimand
) -> None:
    """Write the factors of an estimand to the places of an entry's regressors."""
    at = dict(zip(entry.design.terms, places, strict=True))
    lags = [at[name] for name in entry.lags]
    combination.lag[row, lags] = True
    for factor, atom in estimand.parts:
        if isinstance(atom, Parameter):
            combination.plain[row, at.get(atom.term, -1)] += factor
        elif isinstance(atom, Effect):
            for name in (atom.term, lag_name(atom.term)):
                if name not in at or (name != atom.term and atom.term not in entry.design.lagged):
                    continue
                d, t = {"direct": (1.0, 0.0), "indirect": (-1.0, 1.0), "total": (0.0, 1.0)}[
                    atom.effect
                ]
                combination.direct[row, at[name]] += factor * d
                combination.total[row, at[name]] += factor * t


def _each_once(blocks: Sequence[FloatArray]) -> tuple[FloatArray, tuple[IntArray, ...]]:
    """Return each column once, in the order met, and the places of each block's columns."""
    places: dict[bytes, int] = {}
    kept: list[FloatArray] = []
    found = []
    for block in blocks:
        at = []
        for column in block.T:
            key = np.ascontiguousarray(column).tobytes()
            if key not in places:
                places[key] = len(kept)
                kept.append(column)
            at.append(places[key])
        found.append(np.array(at, dtype=np.int64))
    return np.column_stack(kept), tuple(found)
