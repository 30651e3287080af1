"""Posterior probabilities of models, from marginal likelihoods under several priors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.errors import InputError, OptionError, check_number, check_option
from workbench.numerics.likelihoods.marginal import Prior
from workbench.numerics.threads import one_thread
from workbench.typing import Model
from workbench.weights import WeightsLike

ENOUGH = 0.75
# Three to one against all the others together: Kass and Raftery's (1995) "positive" evidence.


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Probabilities:
    """Posterior probabilities of models, all equally likely beforehand.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``model``, or (weights, model); ``log_marginal``, up to a constant of all rows;
        ``probability``; ``probability_low`` and ``probability_high``, its range over the priors
        of `sensitivity`.
    sensitivity : pandas.DataFrame
        A row a prior, a column a row of `table`: probabilities under other priors.
    g : float
        Of the g-prior of the slopes behind `table`.
    notes : tuple of str
    """

    table: pd.DataFrame
    sensitivity: pd.DataFrame
    g: float
    notes: tuple[str, ...] = ()

    @property
    def model(self) -> Any:
        """The row whose probability is above 0.75 under every prior, or None: cannot tell."""
        sure = self.table.index[self.table["probability_low"] > ENOUGH]
        return sure[0] if len(sure) else None

    @property
    def answer(self) -> str:
        """What the probabilities say, in a sentence."""
        at = int(np.argmax(self.table["probability"].to_numpy()))
        best, (share, low, high) = self.table.index[at], self.table.iloc[at, 1:].to_numpy()
        spread = f"{low:.2f} to {high:.2f} under other priors"
        said = f"{_named(best)} has probability {share:.2f} ({spread})"
        if self.model is not None:
            return f"{said}: the data favour it."
        rest = self.table["probability"].drop(index=[best])
        second = f"; next is {_named(rest.idxmax())} with {rest.max():.2f}" if len(rest) else ""
        return f"The data cannot tell: {said}{second}."

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the probability of each row, with its range over other priors."""
        return display.picture("probabilities", self, title=title)

    def by_weights(self) -> pd.Series[Any]:
        """Return the probability of each W, summed over models; for several weights only.

        Raises
        ------
        InputError
            If only one W was compared.
        """
        return self._summed("weights")

    def by_model(self) -> pd.Series[Any]:
        """Return the probability of each model, summed over weights."""
        return self._summed("model")

    def _summed(self, level: str) -> pd.Series[Any]:
        if level not in self.table.index.names:
            raise InputError(
                level,
                expected="probabilities of several weights",
                found="models of one W",
                remedy='name several weights: {"queen": W, "six": K}',
            )
        summed: pd.Series[Any] = self.table.groupby(level=level, sort=False)["probability"].sum()
        return summed

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.table), ("Under other priors", self.sensitivity)]

    def _heading(self) -> str:
        return "Posterior probabilities, all models equally likely beforehand"

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), (self.answer, *self.notes))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), (self.answer, *self.notes))


class Candidate(Protocol):
    """A model among those compared."""

    @property
    def slopes(self) -> int:
        """Coefficients besides the constant."""
        ...

    def log_marginal(self, prior: Prior) -> float:
        """Return log p(y), up to a constant that all candidates share."""
        ...


def compared(
    candidates: Sequence[Candidate], index: pd.Index, *, n: int, g: float | None
) -> Probabilities:
    """Return the probabilities of candidates, all equally likely beforehand.

    Parameters
    ----------
    candidates : sequence of Candidate
        Of one outcome and sample.
    index : pandas.Index
        Their names.
    n : int
        Observations that count.
    g : float or None
        Of the g-prior of the slopes; max(n, q²) without, q the most slopes of a candidate.
    """
    if g is None:
        g = float(max(n, max(c.slopes for c in candidates) ** 2))
    check_number("g", g, above=0.0, remedy="leave g out: max(n, q**2)")
    priors = {
        f"g = {g:g}": Prior(g),
        f"g = {g / 10:g}": Prior(g / 10),
        f"g = {10 * g:g}": Prior(10 * g),
        f"g = {g:g}, rho and lambda Beta(2, 2)": Prior(g, shape=2.0),
    }
    logs = pd.DataFrame(_logs(candidates, priors), index=index)
    shares = logs.apply(lambda log: weights_of(-2.0 * log))
    own = next(iter(priors))
    table = pd.DataFrame(
        {
            "log_marginal": logs[own],
            "probability": shares[own],
            "probability_low": shares.min(axis=1),
            "probability_high": shares.max(axis=1),
        }
    )
    note = (
        f"Prior: slopes normal around zero with g = {g:g} (Zellner), constant and log sigma flat, "
        "rho and lambda uniform on the admissible interval. Probabilities are of the models listed."
    )
    return Probabilities(table, shares.T.rename_axis("prior"), g, (note,))


@one_thread
def _logs(candidates: Sequence[Candidate], priors: Mapping[str, Prior]) -> dict[str, list[float]]:
    """Return the log marginal likelihoods under each prior."""
    return {name: [c.log_marginal(prior) for c in candidates] for name, prior in priors.items()}


def weights_of(criterion: pd.Series[Any]) -> pd.Series[Any]:
    """Return exp(−Δ/2) over its sum; NaN stays NaN.

    Examples
    --------
    >>> weights_of(pd.Series([10.0, 10.0])).tolist()
    [0.5, 0.5]
    """
    likelihood = np.exp(-0.5 * (criterion - criterion.min()))
    weights: pd.Series[Any] = likelihood / likelihood.sum()
    return weights


def _named(label: Any) -> str:
    return f"{label[1]} with {label[0]}" if isinstance(label, tuple) else str(label)


def check_models(models: Sequence[Model]) -> None:
    """Refuse anything but a list of different model words."""
    listed = [models] if isinstance(models, str) else list(models)
    if not listed or isinstance(models, str) or len(set(listed)) != len(listed):
        raise OptionError("models", expected="different model words", found=repr(models))
    for model in listed:
        check_option("models", model, Model)


def named_weights(weights: Any) -> dict[str, WeightsLike]:
    """Return weights by name: a dict as it is, a list as ``W1``, ``W2`` ..., one as ``W``."""
    if isinstance(weights, Mapping):
        named = {str(name): W for name, W in weights.items()}
    elif isinstance(weights, (list, tuple)):
        named = {f"W{i}": W for i, W in enumerate(weights, start=1)}
    else:
        named = {"W": weights}
    if not named:
        raise InputError(
            "weights",
            expected="one or more weights",
            found="none",
            remedy='pass a dict: {"queen": W, "six nearest": K}',
        )
    return named
