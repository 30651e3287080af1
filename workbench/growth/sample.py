"""The table of a growth regression: growth, the initial level, and what else is held constant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.periods import times, unit_of_time
from workbench.errors import FormulaError, InputError, PanelError, ValuesError
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.growth.reading import refuse_logarithm, require_positive
from workbench.typing import Align
from workbench.weights import Weights

GROWTH, INITIAL = "growth", "initial"


@dataclass(frozen=True, slots=True, eq=False)
class GrowthSample:
    """What a growth regression is estimated from.

    Attributes
    ----------
    variable, formula : str
        What grows, and the regression: ``growth ~ initial + ...``.
    table : pandas.DataFrame
        Indexed by region in sorted order: ``growth``, ``initial``, the panel's columns at `start`.
    weights : Weights or None
        Aligned with the table.
    start, end : object
        First and last period.
    span : float
        Units of time between them; years where periods are dates.
    unit : str
        ``"year"`` or ``"unit of time"``, what growth and speed are per.
    geometry : geopandas.GeoSeries or None
    notes : tuple of str
    """

    variable: str
    formula: str
    table: pd.DataFrame
    weights: Weights | None
    start: Any
    end: Any
    span: float
    unit: str
    geometry: Any
    notes: tuple[str, ...]

    @property
    def when(self) -> str:
        """The two periods in words."""
        return say("{start} to {end}", start=period_text(self.start), end=period_text(self.end))


def growth_sample(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: Any,
    *,
    start: Any,
    end: Any,
    controls: str | Sequence[str],
    align: Align,
) -> GrowthSample:
    """Read two periods of a variable and the controls at the first; see ``beta_convergence``."""
    refuse_logarithm(variable, why="growth is a difference of logarithms, which are taken here")
    read = _read(
        variable, panel, W, *_ends(variable if panel is None else panel, start, end), align
    )
    first, last = read.periods.tolist()
    require_positive(read, why="growth is a difference of logarithms")
    moments = times(read.periods)
    span = float(moments[1] - moments[0])
    logs = np.log(read.values)
    table = pd.DataFrame({GROWTH: (logs[:, 1] - logs[:, 0]) / span, INITIAL: logs[:, 0]}, read.ids)
    held = _controls(controls)
    if held:
        table = table.join(_at_start(panel, read, first))
    return GrowthSample(
        variable=read.name,
        formula=" + ".join([f"{GROWTH} ~ {INITIAL}", *held]),
        table=table,
        weights=read.weights,
        start=first,
        end=last,
        span=span,
        unit=unit_of_time(read.periods),
        geometry=read.geometry,
        notes=read.notes,
    )


def _ends(source: Any, start: Any, end: Any) -> tuple[Any, Any]:
    """Return the two periods, the panel's first and last by default."""
    if not isinstance(source, pd.DataFrame | pd.Series):
        raise InputError(
            "panel",
            expected="a DataFrame indexed by (region, period)",
            found=type(source).__name__,
            remedy="pass the panel that has the columns, or a wide table as the variable",
        )
    if isinstance(source.index, pd.MultiIndex):
        labels = source.index.get_level_values(source.index.nlevels - 1)
    else:
        shapes = getattr(source, "_geometry_column_name", None)
        labels = source.columns[source.columns != shapes] if shapes else source.columns
    if start is None or end is None:
        try:
            ordered = labels.unique().sort_values().tolist()
        except TypeError:
            ordered = labels.tolist()  # labels of mixed kinds: the reader of panels refuses them
        start = ordered[0] if start is None else start
        end = ordered[-1] if end is None else end
    try:
        forward = bool(start < end)
    except TypeError:
        forward = True  # what does not compare is not a period: refused by name below
    if not forward:
        raise PanelError(
            "start",
            expected="a period before the end",
            found=f"start={start!r}, end={end!r}",
            remedy="swap them" if start != end else "pass a panel of two periods or more",
        )
    return start, end


def _read(
    variable: Any, panel: pd.DataFrame | None, W: Any, start: Any, end: Any, align: Align
) -> PanelVariable:
    try:
        return read_panel(variable, panel, W, align=align, periods=[start, end])
    except ValuesError as error:
        if not error.offenders:
            raise
        raise ValuesError(
            error.argument,
            expected=error.expected,
            found=error.found,
            offenders=error.offenders,
            why="growth needs both its ends",
            remedy=f"other ends than start={start!r}, end={end!r}, or leave those regions out: "
            "panel.drop(index=[...], level=0)",
        ) from None


@contextmanager
def controls_at_start(sample: GrowthSample) -> Iterator[None]:
    """Give refusals of missing controls a way out that growth regressions have."""
    try:
        yield
    except ValuesError as error:
        if 'missing="drop"' not in error.remedy:
            raise
        weights = "" if sample.weights is None else ' with align="intersection"'
        raise ValuesError(
            error.argument,
            expected=f"a value for every region in {period_text(sample.start)}",
            found=error.found,
            offenders=error.offenders,
            why="controls are taken in the first period",
            remedy="another start=..., or leave those regions out: panel.drop(index=[...], "
            f"level=0){weights}",
        ) from None


def _controls(controls: str | Sequence[str]) -> list[str]:
    listed = [controls] if isinstance(controls, str) else list(controls)
    wrong = [part for part in listed if not isinstance(part, str) or "~" in part]
    if wrong:
        raise FormulaError(
            "controls",
            expected="terms of the right-hand side, e.g. ['log(investment)', 'unemployment']",
            found=", ".join(map(repr, wrong)),
        )
    return [part for part in listed if part.strip()]


def _at_start(panel: pd.DataFrame | None, read: PanelVariable, start: Any) -> pd.DataFrame:
    if panel is None:
        raise InputError(
            "controls",
            expected="columns of a panel",
            found="controls beside panel=None",
            remedy='pass the panel: beta_convergence("grp / population", panel, controls=...)',
        )
    columns = pd.DataFrame(panel.xs(start, level=1)).reindex(read.ids)
    taken = [name for name in (GROWTH, INITIAL) if name in columns]
    if taken:
        raise InputError(
            "panel",
            expected=f"no columns named {GROWTH!r} or {INITIAL!r} beside controls",
            found=", ".join(map(repr, taken)),
            why="the regression gives these names to growth and to the initial level",
            remedy=f"panel.rename(columns={{{taken[0]!r}: 'my_{taken[0]}'}})",
        )
    return columns
