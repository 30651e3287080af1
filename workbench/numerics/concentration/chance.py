"""What measures of structure would show by chance, and how far counting error moves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.concentration.structure import MEASURES, reference_shares, shares
from workbench.typing import ChanceNull, FloatArray, StructureReference

LARGEST_POPULATION = 10**9
"""From which numpy draws no hypergeometric numbers."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Counts with what every draw of a row needs, computed once.

    Attributes
    ----------
    counts : ndarray of shape (n, k)
        Whole numbers.
    column : ndarray of shape (k,)
        Totals of the classes.
    compared : ndarray of shape (n, k) or (1, k)
        Reference shares of each row.
    reference : {"whole", "rest", "others", "uniform"}
    """

    counts: FloatArray
    column: FloatArray
    compared: FloatArray
    reference: StructureReference

    @classmethod
    def of(cls, counts: FloatArray, reference: StructureReference) -> Frame:
        """Return the frame of a table."""
        return cls(counts, counts.sum(axis=0), reference_shares(counts, reference), reference)

    def against(self, row: int) -> FloatArray:
        """Return the reference shares of a row, shape (1, k)."""
        return self.compared[[row if len(self.compared) > 1 else 0]]


def null_draws(
    frame: Frame,
    row: int,
    measures: tuple[str, ...],
    *,
    null: ChanceNull,
    draws: int,
    generator: np.random.Generator,
) -> dict[str, FloatArray]:
    """Draw what a row of its size would show if it were a random part of the whole.

    Parameters
    ----------
    frame : Frame
    row : int
        Which row.
    measures : tuple of str
        Keys of :data:`~workbench.numerics.concentration.structure.MEASURES`.
    null : {"without-replacement", "multinomial"}
        ``"without-replacement"``: as many units as the row has, drawn from those of the whole table
        (multivariate hypergeometric; the rest keeps what is left). ``"multinomial"``: each unit
        falls by the shares of the whole, independently, and the whole stays as it is.
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    dict of str to ndarray of shape (R,)

    Notes
    -----
    With ``uniform`` as the reference the null is still the structure of the whole: no region is
    expected to hold all activities in equal numbers. With ``others`` the mean of their shares is
    held as it is.
    """
    size = int(frame.counts[row].sum())
    moved = null == "without-replacement"
    if moved:
        whole = frame.column.astype(np.int64)
        x = generator.multivariate_hypergeometric(whole, size, size=draws, method="marginals")
    else:
        x = generator.multinomial(size, frame.column / frame.column.sum(), size=draws)
    drawn = np.asarray(x, dtype=np.float64)
    q = frame.against(row)
    if moved and frame.reference == "rest":
        q = shares(frame.column - drawn)
    return _measured(drawn, q, measures)


def bootstrap_draws(
    frame: Frame,
    row: int,
    measures: tuple[str, ...],
    *,
    draws: int,
    generator: np.random.Generator,
) -> dict[str, FloatArray]:
    """Draw a row anew by its own shares (multinomial), the other rows as they are."""
    own = frame.counts[row]
    size = int(own.sum())
    x = generator.multinomial(size, own / size, size=draws).astype(np.float64)
    q = frame.against(row)
    if frame.reference == "whole":
        q = shares(frame.column - own + x)
    return _measured(x, q, measures)


def _measured(x: FloatArray, q: FloatArray, measures: tuple[str, ...]) -> dict[str, FloatArray]:
    p = shares(x)
    return {name: MEASURES[name](p, q) for name in measures}


def basic_interval(
    estimate: float, values: FloatArray, *, level: float, bounds: tuple[float, float]
) -> tuple[float, float]:
    """Return the reflected percentiles 2 θ̂ − θ*, cut at what the measure cannot leave.

    Percentiles themselves would repeat the upward bias that counting error has in every measure of
    differences; reflected at the estimate they take it away.
    """
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    ends = np.clip([2 * estimate - high, 2 * estimate - low], *bounds)
    return float(ends[0]), float(ends[1])
