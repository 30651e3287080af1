"""Classes of a variable over a panel: what a move is a move between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.display import number
from workbench.core.panel_frame import longer_gaps
from workbench.errors import (
    InputError,
    PanelError,
    ValuesError,
    WeightsError,
    check_option,
    listing,
)
from workbench.explore.panel_variable import PanelVariable
from workbench.numerics.dynamics.transitions import assign, quantile_cutoffs
from workbench.typing import Classing, FloatArray, IntArray
from workbench.weights import Weights

MOST = 20
"""More classes than this leave next to no moves a cell in any panel of regions."""


@dataclass(frozen=True, slots=True)
class Classes:
    """How values become classes.

    Parameters
    ----------
    of : int or sequence of float
        Number of classes, at least 2, or the inner cutoffs in increasing order; a value on a
        cutoff belongs to the lower class.
    method : {"quantiles", "equal-interval"}
        How a number of classes becomes cutoffs.
    pooled : bool
        Whether all periods share the cutoffs; otherwise each period has its own.

    Raises
    ------
    InputError
        If there are fewer than two classes, cutoffs do not increase, or cutoffs are given
        together with ``pooled=False`` or another method.
    """

    of: int | Sequence[float]
    method: Classing = "quantiles"
    pooled: bool = True

    def __post_init__(self) -> None:
        check_option("method", self.method, Classing)
        if _is_scalar(self.of):
            _check_number(self.of)
            return
        _check_cutoffs(self.of)
        if not self.pooled or self.method != "quantiles":
            raise InputError(
                "classes",
                expected="a number of classes where `method` or `pooled` says how to find cutoffs",
                found=f"cutoffs {list(self.of)}",  # type: ignore[arg-type]
                remedy="leave out method and pooled, or pass a number, e.g. classes=5",
            )

    @property
    def fixed(self) -> FloatArray | None:
        """The caller's cutoffs, or None."""
        if _is_scalar(self.of):
            return None
        return np.asarray(list(self.of), dtype=np.float64)  # type: ignore[arg-type]

    @property
    def count(self) -> int:
        """Number of classes k."""
        return int(self.of) if self.fixed is None else len(self.fixed) + 1  # type: ignore[arg-type]

    @property
    def text(self) -> str:
        """The choice in words, for provenance."""
        if self.fixed is not None:
            return f"cutoffs {', '.join(number(float(c)) for c in self.fixed)}"
        return f"{self.count} {self.method}, {'pooled' if self.pooled else 'by period'}"


@dataclass(frozen=True, slots=True, eq=False)
class Classified:
    """Classes of a variable.

    Attributes
    ----------
    states : ndarray of int, shape (n, T)
        0 to k − 1.
    k : int
    cutoffs : ndarray of shape (k − 1,) or (T, k − 1)
        Pooled, or a row a period.
    """

    states: IntArray
    k: int
    cutoffs: FloatArray

    def intervals(self) -> pd.Series[str]:
        """Return each class's interval in words, indexed by class from 1."""
        labels = pd.RangeIndex(1, self.k + 1, name="class")
        if self.cutoffs.ndim == 2:
            texts = [f"class {c} of {self.k} within the period" for c in labels]
            return pd.Series(texts, index=labels, name="interval")
        cuts = [number(float(c)) for c in self.cutoffs]
        middle = [f"({low}, {high}]" for low, high in pairwise(cuts)]
        texts = [f"≤ {cuts[0]}", *middle, f"> {cuts[-1]}"]
        return pd.Series(texts, index=labels, name="interval")


def _is_scalar(value: object) -> bool:
    return isinstance(value, str) or not hasattr(value, "__len__")


def _check_cutoffs(value: Any) -> None:
    try:
        cutoffs = np.asarray(list(value), dtype=np.float64)
    except (TypeError, ValueError):
        cutoffs = np.empty(0)
    single = cutoffs.ndim == 1 and len(cutoffs) > 0 and not isinstance(value, set | frozenset)
    if single and np.isfinite(cutoffs).all() and (np.diff(cutoffs) > 0).all():
        return
    raise InputError(
        "classes",
        expected="finite cutoffs in increasing order, at least one",
        found=repr(value),
        remedy="classes=[0.8, 0.9, 1.0, 1.2] makes five classes",
    )


def _check_number(value: object) -> None:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if whole and 2 <= value <= MOST:  # type: ignore[operator]
        return
    raise InputError(
        "classes",
        expected=f"a whole number of classes from 2 to {MOST}, or cutoffs in increasing order",
        found=repr(value),
        why="with one class there is nowhere to move to",
        remedy="classes=5, or classes=[0.8, 0.9, 1.0, 1.2]",
    )


def classify(
    values: FloatArray,
    classes: Classes,
    *,
    periods: pd.Index,
    argument: str = "classes",
    ties_allowed: bool = False,
) -> Classified:
    """Put every value of a panel into its class.

    Parameters
    ----------
    values : ndarray of shape (n, T)
    classes : Classes
    periods : pandas.Index, length T
        For messages.
    argument : str
        Name of the caller's argument, for messages.
    ties_allowed : bool, default False
        Whether cutoffs may coincide; the class between two equal ones has nobody in it.

    Returns
    -------
    Classified

    Raises
    ------
    ValuesError
        If cutoffs coincide because too many values are equal: a class would have no room.
    """
    if classes.fixed is not None:
        return Classified(assign(values, classes.fixed), classes.count, classes.fixed)
    if classes.pooled:
        cutoffs = _cutoffs(values, classes)
        if not ties_allowed:
            _refuse_ties(cutoffs[None], ["all periods"], classes, argument)
        return Classified(assign(values, cutoffs), classes.count, cutoffs)
    columns = values.T
    cutoffs = np.array([_cutoffs(column, classes) for column in columns])
    if not ties_allowed:
        _refuse_ties(cutoffs, periods.tolist(), classes, argument)
    states = np.column_stack([assign(v, c) for v, c in zip(columns, cutoffs, strict=True)])
    return Classified(states, classes.count, cutoffs)


def _cutoffs(values: FloatArray, classes: Classes) -> FloatArray:
    if classes.method == "quantiles":
        return quantile_cutoffs(values, classes.count)
    low, high = float(values.min()), float(values.max())
    return low + (high - low) * np.arange(1, classes.count) / classes.count


def _refuse_ties(
    cutoffs: FloatArray, where: Sequence[object], classes: Classes, argument: str
) -> None:
    tied = np.asarray((np.diff(cutoffs, axis=1) <= 0).any(axis=1))
    if tied.any():
        raise ValuesError(
            argument,
            expected=f"values spread enough for {classes.count} classes by {classes.method}",
            found="cutoffs that coincide, because many values are equal",
            offenders=[place for place, t in zip(where, tied, strict=True) if t],
            why="a class between two equal cutoffs can have nobody in it",
            remedy="pass fewer classes, or the cutoffs themselves: classes=[...]",
        )


def relative_values(read: PanelVariable) -> FloatArray:
    """Return values over the mean of their period, shape (n, T); means must be positive."""
    mean = read.values.mean(axis=0)
    if (mean <= 0).any():
        raise ValuesError(
            read.name,
            expected="a positive mean in every period for relative=True",
            found=f"{int((mean <= 0).sum())} periods whose mean is zero or negative",
            offenders=read.periods[mean <= 0].tolist(),
            why="over such a mean the order of the regions turns round or is lost",
            remedy="pass relative=False, or pooled=False for classes within each period",
        )
    return np.asarray(read.values / mean)


def check_periods(read: PanelVariable, *, least: int = 2) -> None:
    """Refuse a panel of too few periods for moves."""
    if len(read.periods) < least:
        raise PanelError(
            "panel",
            expected=f"at least {least} periods",
            found=f"{len(read.periods)}: {read.periods[0]}",
            why="a move needs a period to begin in and one to end in",
            remedy="choose more periods, periods=[...]",
        )


def spacing_note(read: PanelVariable) -> tuple[str, ...]:
    """Return a sentence if moves span unequal times."""
    gaps = longer_gaps(read.periods)
    if not gaps:
        return ()
    return (
        f"moves span unequal times and count alike: {listing(gaps)}; probabilities are a move, "
        "not a unit of time",
    )


def needed_weights(read: PanelVariable) -> Weights:
    """Return the weights of a panel variable, or refuse that there are none."""
    if read.weights is None:
        raise WeightsError(
            "W",
            expected="spatial weights",
            found="None",
            remedy="W = workbench.weights.queen(regions)",
        )
    return read.weights


def neighbour_means(values: FloatArray, weights: Weights) -> FloatArray:
    """Return the weighted mean of the neighbours' values, shape (n, T).

    Rows of W that do not sum to one are scaled to do so; W with islands or negative weights is
    refused.

    Raises
    ------
    WeightsError
    """
    if weights.islands:
        raise WeightsError(
            "W",
            expected="at least one neighbour for every region",
            found=f"{len(weights.islands)} regions without neighbours",
            offenders=weights.islands,
            why="without neighbours there is no neighbours' mean, and zero would be one made up",
            remedy='build W with islands="nearest", or leave those regions out and pass '
            'align="intersection"',
        )
    W = weights.sparse
    if (W.data < 0).any():
        raise WeightsError(
            "W",
            expected="weights that are not negative",
            found=f"{int((W.data < 0).sum())} negative ones",
            why="a mean of the neighbours needs weights that add up",
        )
    lag = np.asarray(W @ values)
    sums = np.asarray(W.sum(axis=1)).ravel()
    if np.abs(sums - 1).max() > 1e-12:  # row-standardised up to rounding is left as it is
        lag = lag / sums[:, None]
    return lag
