"""The distance at which the correlation of a variable has fallen to a half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.errors import InputError
from workbench.models.testing.distances import (
    Measured,
    check_share,
    measure,
    numeric_columns,
    provenance_of,
)
from workbench.numerics.scores.persistence import frequencies, half_life_pvalues
from workbench.typing import FloatArray, Metric, Unit

GRID = np.concatenate([np.linspace(0.02, 1.0, 50), np.linspace(1.1, 3.0, 20), [100.0]])
"""Half-lives that are tested, as shares of the largest distance; the last stands for infinity."""

ALTERNATIVES = np.linspace(0.02, 1.0, 25)
FEWEST_DRAWS = 199


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class HalfLife:
    """Confidence set for the distance at which correlation has fallen to a half.

    Attributes
    ----------
    low, high : float
        Ends of the set, in `unit`; `high` is infinite where a unit root is in it. NaN where no
        half-life fits.
    level : float
        Confidence level.
    unit : str
        Unit of distance.
    table : pandas.DataFrame
        Index ``half_life``; column ``p_value``: those above 1 − level are in the set.
    notes : tuple of str
    provenance : Provenance
    """

    low: float
    high: float
    level: float
    unit: str
    table: pd.DataFrame
    notes: tuple[str, ...]
    provenance: Provenance

    def tidy(self) -> pd.DataFrame:
        """Return one row: ``conf_low conf_high``."""
        index = pd.Index(["half_life"], name="term")
        return pd.DataFrame({"conf_low": [self.low], "conf_high": [self.high]}, index=index)

    def __str__(self) -> str:
        title = f"Half-life of spatial correlation, {self.level:.0%} confidence set ({self.unit})"
        return display.text(title, [("", self.tidy())], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = f"Half-life of spatial correlation, {self.level:.0%} confidence set ({self.unit})"
        return display.html(title, [("", self.tidy())], self.notes)


def half_life(
    values: pd.Series[Any],
    regions: Any,
    *,
    level: float = 0.95,
    q: int = 15,
    draws: int = 4999,
    seed: int = 0,
    metric: Metric = "auto",
    unit: Unit = "km",
) -> HalfLife:
    """Find the distances at which the correlation of a variable may have fallen to a half.

    Each half-life of an exponential surface is tested against an average of others; those that
    are not rejected form the confidence set, which is valid however persistent the variable is.

    Parameters
    ----------
    values : pandas.Series
        By region id.
    regions, q, metric, unit
        As for :func:`workbench.models.unit_roots`.
    level : float, default 0.95
        Confidence level.
    draws : int, default 4999
        Draws behind each p-value.
    seed : int, default 0
        Of the draws; every half-life is tested on the same ones.

    Returns
    -------
    HalfLife
        Ends of the set in `unit`, from a grid of steps of 2 % of the largest distance.

    Raises
    ------
    ValuesError, IdError, GeometryError, InputError
        As :func:`workbench.models.unit_roots`.

    References
    ----------
    Müller, U. and Watson, M. (2024). Spatial unit roots and spurious regression. Econometrica
    92(5), 1661-1695.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import half_life
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> found = half_life(y["unemp"], wb.load("us-states"), draws=199)
    >>> found.low < found.high
    True
    """
    check_share("level", level)
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < FEWEST_DRAWS:
        raise InputError("draws", expected=f"at least {FEWEST_DRAWS} draws", found=repr(draws))
    columns = numeric_columns(values)
    if columns.shape[1] != 1:
        raise InputError("values", expected="one variable", found=f"{columns.shape[1]} columns")
    place = measure(regions, columns.index, metric=metric, unit=unit)
    found = frequencies(place.distances, np.ones((len(columns), 1)), q=q)
    normal = generator(seed, "half-life").standard_normal((q, draws))
    p = half_life_pvalues(
        columns.iloc[:, 0].to_numpy(), found, grid=GRID, alternatives=ALTERNATIVES, draws=normal
    )
    provenance = provenance_of(
        "half-life of spatial correlation", columns, q=q, draws=draws, seed=seed
    )
    return _set_of(p, place, level, provenance)


def _set_of(p: FloatArray, place: Measured, level: float, provenance: Provenance) -> HalfLife:
    lengths = GRID * place.distances.max()
    lengths[-1] = np.inf
    inside = p > 1.0 - level
    table = pd.DataFrame({"p_value": p}, index=pd.Index(lengths, name="half_life"))
    notes = [f"{place.note}; the largest is {place.distances.max():.4g} {place.unit}."]
    if not inside.any():
        notes.append("No half-life fits: the variable is not an exponential surface.")
        return HalfLife(np.nan, np.nan, level, place.unit, table, tuple(notes), provenance)
    at = np.flatnonzero(inside)
    if not inside[at[0] : at[-1] + 1].all():
        notes.append("The set has gaps: see table.")
    low, high = float(lengths[at[0]]), float(lengths[at[-1]])
    low = 0.0 if at[0] == 0 else low
    return HalfLife(low, high, level, place.unit, table, tuple(notes), provenance)
