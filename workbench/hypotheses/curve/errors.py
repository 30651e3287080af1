"""Standard errors of specifications that are estimated together, each by its own covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError
from workbench.hypotheses.curve.designs import Prepared
from workbench.numerics.likelihoods.many.along import Course
from workbench.numerics.likelihoods.many.ground import Regressors
from workbench.numerics.likelihoods.many.jobs import Jobs, Many
from workbench.numerics.likelihoods.many.sandwiches import (
    Stack,
    grouped_least_squares,
    grouped_likelihoods,
)
from workbench.panels.effects import BY_ENTITY, BY_TIME
from workbench.regression.sandwiches import sandwich
from workbench.typing import BoolArray, FloatArray, IntArray

Found = tuple[Many, IntArray, FloatArray, BoolArray]


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """What standard errors of the entries of one bench are made of.

    Attributes
    ----------
    entries : tuple of Prepared
    designs : tuple of ndarray of int
        Positions of each entry's regressors.
    known : Regressors
    Y : ndarray of shape (n, o)
        Outcomes, effects still in them.
    course : Course or None
    """

    entries: tuple[Prepared, ...]
    designs: tuple[IntArray, ...]
    known: Regressors
    Y: FloatArray
    course: Course | None

    def of(self, made: Many, jobs: Jobs, which: IntArray, back: IntArray) -> Found:
        """Return estimates of entries with their own covariances.

        Parameters
        ----------
        made : Many
            Estimates of `jobs`, classical covariances.
        jobs : Jobs
            Each design with each outcome once.
        which : ndarray of int, shape (m,)
            Entries.
        back : ndarray of int, shape (m,)
            The job of each.

        Returns
        -------
        Many, ndarray of int, ndarray, ndarray of bool
            Estimates, entries, degrees of freedom (NaN for the normal distribution), and which
            are sound.
        """
        covariance, sound = made.covariance[back], made.sound[back].copy()
        df = np.full(which.size, np.nan)
        least = self.entries[0].kind == "least squares"
        if least:
            sizes = np.array([len(columns) for columns in self.designs])
            df = self.known.columns.shape[0] - sizes[which] - float(self.entries[0].absorbed)
        asked = [entry.specification.covariance for entry in self.entries]
        if any(one != "classical" for one in asked):
            fill = self._least_squares if least else self._likelihoods
            fill(made, jobs, which, back, (covariance, sound, df))
        found = Many(
            made.beta[back],
            made.spatial[back],
            made.sigma2[back],
            made.loglik[back],
            covariance,
            made.optima[back],
            sound,
        )
        return found, which, df, sound

    def _stack(self) -> Stack | None:
        first = self.entries[0]
        cells, effects = first.cells, first.specification.effects
        if cells is None:
            return None
        return Stack(cells.N, cells.T, effects in BY_ENTITY, effects in BY_TIME)

    def _likelihoods(
        self,
        made: Many,
        jobs: Jobs,
        which: IntArray,
        back: IntArray,
        out: tuple[FloatArray, BoolArray, FloatArray],
    ) -> None:
        """Put covariances clustered by region, or of Driscoll and Kraay, where they are asked."""
        covariance, sound, _ = out
        stack, ground = self._stack(), self.known.ground
        if stack is None or self.course is None:
            raise AssertionError
        words: list[set[str]] = [set() for _ in self.entries]
        for entry, first in zip(which, jobs.design[back], strict=True):
            words[first] |= {str(self.entries[entry].specification.covariance)} - {"classical"}
        cleared = ground.clear(self.Y)
        others = grouped_likelihoods(
            self.known,
            (cleared, ground.lag(cleared)),
            jobs,
            found=made,
            course=self.course,
            stack=stack,
            words=tuple(tuple(sorted(one)) for one in words),
        )
        for word, found in others.items():
            own = self._asking(which, word)
            covariance[own] = found[back[own]]
            if word == "driscoll-kraay" and 1 + stack.by_region >= stack.T:
                sound[own] = False

    def _asking(self, which: IntArray, word: str) -> IntArray:
        asks = np.array([entry.specification.covariance == word for entry in self.entries])
        return np.flatnonzero(asks[which])

    def _least_squares(
        self,
        made: Many,
        jobs: Jobs,
        which: IntArray,
        back: IntArray,
        out: tuple[FloatArray, BoolArray, FloatArray],
    ) -> None:
        """Put the covariances that entries ask for, and their degrees of freedom."""
        covariance, sound, df = out
        cleared = self.known.ground.clear(self.Y)
        stack = self._stack()
        for one in np.unique(which):
            entry, columns = self.entries[one], self.designs[one]
            word = entry.specification.covariance
            at = np.flatnonzero((which == one) & sound)
            if word == "classical" or not at.size:
                continue
            X = self.known.columns[:, columns]
            E = cleared[:, jobs.outcome[back[at]]] - X @ made.beta[np.ix_(back[at], columns)].T
            try:
                cov, degrees = _sandwiches(entry, X, E, stack)
            except WorkbenchError:
                sound[at] = False
                continue
            covariance[np.ix_(at, columns, columns)] = cov
            df[at] = degrees


def _sandwiches(
    entry: Prepared, X: FloatArray, E: FloatArray, stack: Stack | None
) -> tuple[FloatArray, FloatArray | float]:
    """Return covariances of one design, a residual vector a column of E, and their degrees."""
    word = str(entry.specification.covariance)
    if stack is None:
        option = entry.specification.covariance
        made = [sandwich(option, entry.design, np.ascontiguousarray(e)) for e in E.T]
        df = [one.df if isinstance(one.df, float | int) else np.nan for one in made]
        return np.stack([np.asarray(one.cov) for one in made]), np.array(df, dtype=float)
    # linearmodels and Stata do not count effects of regions that clusters contain
    nested = word == "clustered" and entry.specification.effects in ("none", "entity")
    columns = X.shape[1] + (0 if nested else entry.absorbed)
    cov = grouped_least_squares(X, E, stack=stack, word=word, columns=columns)
    return cov, float(stack.N - 1 if word == "clustered" else X.shape[0] - columns)
