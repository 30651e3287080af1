"""A Markov chain with named classes: its tables, what they lead to, and what to know about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.statistics import Answer, NotApplicable, chi2_test
from workbench.errors import listing
from workbench.numerics.dynamics import chains, transitions
from workbench.numerics.dynamics.chains import LongRun, Mobility
from workbench.numerics.scores.chi_square import ChiSquare
from workbench.typing import FloatArray

INDEPENDENT = (
    "regions move independently of each other, and there are many moves in every cell of the table"
)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Counts of moves between named classes and the Markov chain that they estimate.

    Attributes
    ----------
    labels : pandas.Index, length k
        The classes.
    counts : ndarray of shape (k, k)
        n_ij, moves from class i to class j; read-only.
    long_run : LongRun
        Recurrent classes, steady states and first passages as arrays.
    mobility : Mobility
        ``shorrocks determinant second_eigenvalue half_life``.
    """

    labels: pd.Index
    counts: FloatArray
    long_run: LongRun
    mobility: Mobility

    def _square(self, values: FloatArray) -> pd.DataFrame:
        return pd.DataFrame(
            values.copy(), index=self.labels.rename("from"), columns=self.labels.rename("to")
        )

    @property
    def transitions(self) -> pd.DataFrame:
        """Number of moves, from rows to columns, as whole numbers."""
        return self._square(self.counts).astype(np.int64)

    @property
    def probabilities(self) -> pd.DataFrame:
        """Transition probabilities p_ij = n_ij / n_i; a class from which nothing moved is NaN."""
        return self._square(transitions.probabilities(self.counts))

    @property
    def std_errors(self) -> pd.DataFrame:
        """Standard errors of the probabilities, √(p_ij (1 − p_ij) / n_i).

        Zero for probabilities of 0 and 1, which says that every move seen was alike, not that the
        next one is certain; regions that move together make all of them too small.
        """
        return self._square(transitions.standard_errors(self.counts))

    @property
    def steady_states(self) -> pd.DataFrame:
        """Steady states, a row a recurrent class; one row unless the chain falls apart."""
        steady = self.long_run.steady
        rows = pd.RangeIndex(1, len(steady) + 1, name="recurrent_class")
        return pd.DataFrame(steady.copy(), index=rows, columns=self.labels.rename("class"))

    @property
    def steady_state(self) -> pd.Series[float]:
        """The steady state; NaN where there are several or none is determined."""
        steady = self.long_run.steady
        values = steady[0] if len(steady) == 1 else np.full(len(self.labels), np.nan)
        return pd.Series(values, index=self.labels.rename("class"), name="steady_state")

    @property
    def first_passage(self) -> pd.DataFrame:
        """Expected periods until the column's class is first reached from the row's."""
        return self._square(self.long_run.first_passage)

    @property
    def sojourn(self) -> pd.Series[float]:
        """Expected periods in a class once there, 1 / (1 − p_ii)."""
        times = chains.sojourn(transitions.probabilities(self.counts))
        return pd.Series(times, index=self.labels.rename("class"), name="sojourn")

    def tidy(self) -> pd.DataFrame:
        """Return a row a pair of classes: ``transitions estimate std_error``."""
        parts = {
            "transitions": self.transitions,
            "estimate": self.probabilities,
            "std_error": self.std_errors,
        }
        index = pd.MultiIndex.from_product([self.labels, self.labels], names=["from", "to"])
        columns = {name: part.to_numpy().ravel() for name, part in parts.items()}
        return pd.DataFrame(columns, index=index)

    def summary(self) -> pd.DataFrame:
        """Return a row a class: moves from it, steady state, sojourn."""
        return pd.DataFrame(
            {
                "transitions": self.transitions.sum(axis=1).set_axis(self.labels),
                "steady_state": self.steady_state,
                "sojourn": self.sojourn,
            },
            index=self.labels.rename("class"),
        )

    def notes(self, of: str = "") -> tuple[str, ...]:
        """Return sentences on classes without moves, absorbing classes and chains that fall apart.

        Parameters
        ----------
        of : str
            What the chain is of, put before each sentence.
        """
        leaving, arriving = self.counts.sum(axis=1), self.counts.sum(axis=0)
        stay = np.diag(self.counts)
        before = f"{of}: " if of else ""
        said = []
        nobody = self.labels[(leaving == 0) & (arriving == 0)].tolist()
        if nobody:
            said.append(
                f"nobody was ever in class {listing(nobody)}; it is left out of the long run"
            )
        unseen = self.labels[(leaving == 0) & (arriving > 0)].tolist()
        if unseen:
            said.append(
                f"class {listing(unseen)} was entered but no move from it was seen: the steady "
                "state and passage times are not determined"
            )
        absorbing = self.labels[(leaving > 0) & (stay == leaving)].tolist()
        if absorbing:
            said.append(
                f"nobody ever left class {listing(absorbing)}: it is absorbing (of a variable that "
                "grows for all, take classes of relative values: relative=True)"
            )
        if len(self.long_run.recurrent) > 1:
            said.append(
                f"the chain falls apart into {len(self.long_run.recurrent)} recurrent classes: "
                "there is no single steady state, see steady_states"
            )
        return tuple(before + sentence for sentence in said)


def chain(counts: FloatArray, labels: pd.Index) -> Chain:
    """Build the chain of a table of moves, shape (k, k)."""
    table = counts.copy()
    table.setflags(write=False)
    P = transitions.probabilities(table)
    return Chain(labels, table, chains.long_run(P), chains.mobility(P))


def chi_square_answer(name: str, null: str, found: ChiSquare, assumptions: str) -> Answer:
    """Return a chi-square test, or that it has no degree of freedom."""
    if found.df < 1:
        return NotApplicable(
            name, null, "no class has both several destinations and several tables to compare"
        )
    return chi2_test(name, found.statistic, found.df, null=null, assumptions=assumptions)
