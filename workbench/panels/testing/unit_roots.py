"""Has a variable of a panel unit roots."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.expressions import evaluate, label, refuse_missing, refuse_nonfinite
from workbench.core.panel_frame import PanelFrame, longer_gaps, panel_frame
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.statistics import Statistic, normal_p
from workbench.errors import InputError, PanelError, ValuesError, check_option
from workbench.numerics.panels.unit_root import (
    dickey_fuller,
    hadri,
    simulated_cips,
    spare_degrees,
    truncated,
)
from workbench.numerics.panels.unit_root_moments import ips_moments
from workbench.typing import Deterministic, FloatArray, UnitRootTest

NAMES = {"ips": "Im-Pesaran-Shin W", "cips": "Pesaran CIPS", "hadri": "Hadri"}
ROOTS, STATIONARY = "every region has a unit root", "every region is stationary"
FEWEST_DRAWS = 199


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnitRoot:
    """A panel unit-root test, with what each region contributes.

    Attributes
    ----------
    variable : str
    answer : Statistic
        The test of the panel.
    table : DataFrame
        Index region; ``statistic``: its t-ratio, or LM of Hadri's test; ``nobs`` of its
        regression.
    critical : Series
        Simulated 1 %, 5 % and 10 % critical values of CIPS; empty for the others.
    notes : tuple of str
    provenance : Provenance
    """

    variable: str
    answer: Statistic
    table: pd.DataFrame
    critical: pd.Series
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def statistic(self) -> float:
        """The statistic of the panel."""
        return self.answer.statistic

    @property
    def p_value(self) -> float:
        """Its p-value."""
        return self.answer.p_value

    def tidy(self) -> pd.DataFrame:
        """Return one row: statistic, reference, p-value, null."""
        return self.answer.tidy()

    def plot(self, *, title: str | None = None) -> Any:
        """Draw the statistic of every region, in order, with the mean and what would reject."""
        return display.picture("unit roots", self, title=title)

    def _heading(self) -> str:
        return f"{self.answer.name}: {self.variable}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.tidy().T)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.tidy())], self.notes)


def unit_root(
    variable: str,
    data: pd.DataFrame,
    *,
    test: UnitRootTest = "cips",
    deterministic: Deterministic = "intercept",
    lags: int | None = None,
    draws: int = 1999,
    seed: int = 0,
) -> UnitRoot:
    """Test whether a variable of a balanced panel has unit roots.

    Parameters
    ----------
    variable : str
        A column, or an expression such as ``"log(gsp)"``.
    data : DataFrame
        Indexed by (region, period), rows in any order; every region in every period.
    test : {"cips", "ips", "hadri"}
        ``"cips"``: mean of t-ratios of Dickey–Fuller regressions with the means of all regions,
        right when regions share common shocks (Pesaran 2007; t-ratios within his bounds).
        ``"ips"``: standardised mean of t-ratios, for independent regions (Im, Pesaran and Shin
        2003). Both: null of a unit root in every region, small values speak for stationary ones.
        ``"hadri"``: the null is stationarity around the deterministic part without serial
        correlation, large values speak for unit roots.
    deterministic : {"intercept", "trend", "none"}
        What every region has besides; ``"none"`` for CIPS only.
    lags : int, optional
        Lagged changes of the regressions; ⌊4 (T/100)^(1/4)⌋ without, fewer if T is too short.
    draws, seed : int
        Of the simulated reference of CIPS, with the N, T and lags at hand.

    Returns
    -------
    UnitRoot

    Raises
    ------
    PanelError
        If the panel is not balanced or too short.
    ValuesError
        If a value is missing or not finite, or a region's does not vary.

    References
    ----------
    Pesaran, M. H. (2007). Journal of Applied Econometrics 22, pp. 265-312. Im, K. S., Pesaran, M.
    H. and Shin, Y. (2003). Journal of Econometrics 115, pp. 53-74. Hadri, K. (2000). Econometrics
    Journal 3, pp. 148-161.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.panels import unit_root
    >>> found = unit_root("log(gsp)", wb.load("munnell-1990"), lags=1, draws=199)
    >>> found.answer.null, found.p_value > 0.05
    ('every region has a unit root', True)
    """
    check_option("test", test, UnitRootTest)
    check_option("deterministic", deterministic, Deterministic)
    check_seed(seed)
    _refuse_choices(test, deterministic, lags, draws)
    panel = panel_frame(data)
    series = _series(variable, panel)
    if test == "hadri":
        each, z = hadri(series, deterministic=deterministic)
        answer = Statistic(
            NAMES[test], z, STATIONARY, normal_p(z, "greater"), alternative="greater", z=z
        )
        return _made(variable, panel, answer, each, series.shape[1], {})
    order = _order(series.shape[1], lags, deterministic, averages=test == "cips")
    options = {"test": test, "deterministic": deterministic, "lags": str(order)}
    observations = series.shape[1] - order - 1
    if test == "ips":
        mean, variance = ips_moments(observations, order, deterministic=deterministic)
        each = dickey_fuller(series, lags=order, deterministic=deterministic)
        z = math.sqrt(len(each)) * (float(each.mean()) - mean) / math.sqrt(variance)
        answer = Statistic(
            NAMES[test],
            z,
            ROOTS,
            normal_p(z, "less"),
            alternative="less",
            z=z,
            assumptions="regions are independent",
        )
        return _made(variable, panel, answer, each, observations, options)
    raw = dickey_fuller(series, lags=order, deterministic=deterministic, averages=True)
    each = truncated(raw, deterministic)
    null = simulated_cips(
        series.shape,
        lags=order,
        deterministic=deterministic,
        draws=draws,
        random=generator(seed, "cips"),
    )
    p = float((np.sum(null <= each.mean()) + 1) / (draws + 1))
    answer = Statistic(
        NAMES[test],
        float(each.mean()),
        ROOTS,
        p,
        alternative="less",
        distribution=f"simulated ({draws} draws)",
    )
    levels = pd.Index([0.01, 0.05, 0.1], name="level")
    critical = pd.Series(np.quantile(null, levels), index=levels, name="critical")
    told = {**options, "draws": str(draws)}
    return _made(variable, panel, answer, each, observations, told, critical=critical, seed=seed)


def _made(
    variable: str,
    panel: PanelFrame,
    answer: Statistic,
    each: FloatArray,
    observations: int,
    options: dict[str, str],
    *,
    critical: pd.Series | None = None,
    seed: int | None = None,
) -> UnitRoot:
    table = pd.DataFrame({"statistic": each, "nobs": observations}, index=panel.regions)
    gaps = longer_gaps(panel.periods)
    notes = tuple([f"Periods are not equally far apart: {', '.join(gaps)}."] if gaps else []) + (
        (f"{options['lags']} lagged changes in each regression.",) if "lags" in options else ()
    )
    provenance = Provenance(
        method=answer.name,
        formula=variable,
        nobs=len(panel.table),
        ids_digest=panel.digest,
        weights=None,
        notes=notes,
        options=options,
        seed=seed,
    )
    empty = pd.Series(dtype=float, name="critical")
    shown = empty if critical is None else critical
    return UnitRoot(variable, answer, table, shown, notes, provenance)


def _series(variable: str, panel: PanelFrame) -> FloatArray:
    """Return the variable as a table of regions by periods; refuse gaps and constants."""
    found = evaluate(f"{variable} - 1", panel.table, argument="variable", shown=variable)
    columns = found.regressors
    if found.outcome is not None or columns.shape[1] != 1:
        raise InputError(
            "variable",
            expected="one column, or an expression of columns",
            found=repr(variable),
            remedy='unit_root("log(gsp)", panel)',
        )
    names = list(found.variables)
    whole = f'data[data[{names}].notna().all(axis=1).groupby(level=0).transform("all")]'
    refuse_missing(panel.table, names, remedy=f"complete them, or keep complete regions: {whole}")
    refuse_nonfinite(columns)
    if not panel.balanced:
        gaps = [label(cell) for cell in panel.gaps]
        raise PanelError(
            "data",
            expected="every region in every period",
            found=f"{len(gaps)} (region, period) cells missing",
            offenders=gaps,
            why="a change over a gap is no change of one period",
            remedy="leave out those regions, or take the periods that all have",
        )
    series = columns.to_numpy(dtype=float).reshape(len(panel.regions), len(panel.periods))
    flat = np.ptp(series, axis=1) <= 1e-12 * np.abs(series).max(axis=1)
    if flat.any():
        raise ValuesError(
            variable,
            expected="values that vary over time in every region",
            found=f"{int(flat.sum())} regions where they do not",
            offenders=[label(region) for region in panel.regions[flat]],
            why="a constant has no t-ratio",
            remedy="leave those regions out",
        )
    return np.asarray(series)


def _order(T: int, lags: int | None, deterministic: Deterministic, *, averages: bool) -> int:
    order = math.floor(4 * (T / 100) ** 0.25) if lags is None else lags
    while lags is None and order > 0 and _spare(T, order, deterministic, averages) < 3:
        order -= 1
    if _spare(T, order, deterministic, averages) < 1:
        raise PanelError(
            "lags" if lags else "data",
            expected="more periods than coefficients of a region's regression",
            found=f"{T} periods with {order} lags",
            remedy="fewer lags, or more periods",
        )
    return order


def _spare(T: int, lags: int, deterministic: Deterministic, averages: bool) -> int:
    return spare_degrees(T, lags=lags, deterministic=deterministic, averages=averages)


def _refuse_choices(test: str, deterministic: str, lags: int | None, draws: int) -> None:
    if deterministic == "none" and test != "cips":
        raise InputError(
            "deterministic",
            expected=f"'intercept' or 'trend' for test={test!r}",
            found="'none'",
            remedy='deterministic="intercept"',
        )
    if lags is not None and (isinstance(lags, bool) or not isinstance(lags, int) or lags < 0):
        raise InputError("lags", expected="a whole number from 0 on", found=repr(lags))
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < FEWEST_DRAWS:
        raise InputError("draws", expected=f"at least {FEWEST_DRAWS}", found=repr(draws))
