"""Equations and instruments of a panel with lags in time, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from workbench.errors import InputError, PanelError
from workbench.numerics.panels.equations import (
    Transformation,
    deviations,
    differences,
    lagged_instruments,
    less_means,
    levels,
    stacked,
)
from workbench.numerics.panels.moments import Equations, sound_instruments
from workbench.panels.dynamic.sample import LAGS, lag_terms
from workbench.panels.effects import BY_TIME
from workbench.panels.sample import PanelSample
from workbench.regression.design import INTERCEPT, Design, lag_name
from workbench.regression.dynamic_moments import DynamicGMM
from workbench.regression.results import RHO
from workbench.regression.specification import LAGS_X, LAGS_Y, Specification
from workbench.typing import BoolArray, FloatArray, IntArray

OWN, POWERS, HISTORY, LEVELS = "exogenous", "spatial lags of regressors", "lags", "levels"
CONSTANT = "constant"


@dataclass(frozen=True, slots=True, eq=False)
class NamedEquations:
    """What moments estimate.

    Attributes
    ----------
    equations : Equations
        Those that are estimated.
    changes : Equations
        The same model in differences, in which disturbances are tested for serial correlation.
    terms : tuple of str, length k
    instruments, kinds : tuple of str, length m
        Name of each instrument, and what it is: exogenous, a spatial lag of a regressor, a lag,
        of the equations in levels, or the constant.
    endogenous : tuple of str
        Terms that other variables instrument.
    transformed : ndarray of bool, shape (r,)
        Equations that are not in levels.
    lost : tuple of str
        Instruments that are combinations of others.
    y, X : ndarray, shapes (n,) and (n, k)
        In levels, of the rows whose predecessor is there.
    kept : ndarray of bool, shape (n₀,)
        Which rows of the sample these are.
    """

    equations: Equations
    changes: Equations
    terms: tuple[str, ...]
    instruments: tuple[str, ...]
    kinds: tuple[str, ...]
    endogenous: tuple[str, ...]
    transformed: BoolArray
    lost: tuple[str, ...]
    y: FloatArray
    X: FloatArray
    kept: BoolArray


@dataclass(slots=True)
class _Collected:
    """Blocks of instruments of one kind of equations, as they are found."""

    columns: list[FloatArray] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def add(self, columns: FloatArray, names: Iterable[str], kind: str) -> None:
        told = list(names)
        self.columns.append(columns)
        self.names += told
        self.kinds += [kind] * len(told)


@dataclass(frozen=True, slots=True, eq=False)
class _Variables:
    """Variables as tables of regions by periods, missing cells not a number.

    Attributes
    ----------
    y, Wy : ndarray of shape (N, T), Wy None without spatial lags
    slopes : dict of str to ndarray
    powers : dict of str to ndarray
        Spatial lags of exogenous regressors that are no regressors themselves.
    exogenous, predetermined, endogenous : tuple of str
        Slopes by what may be correlated with them.
    outcome : str
    """

    y: FloatArray
    Wy: FloatArray | None
    slopes: dict[str, FloatArray]
    powers: dict[str, FloatArray]
    exogenous: tuple[str, ...]
    predetermined: tuple[str, ...]
    endogenous: tuple[str, ...]
    outcome: str

    def histories(self, lags: tuple[int, int]) -> list[tuple[str, FloatArray, tuple[int, int]]]:
        """Return what is instrumented by its past: name, table, first and last lag."""
        found = [(self.outcome, self.y, lags)]
        if self.Wy is not None:
            found.append((lag_name(self.outcome), self.Wy, lags))
        earlier = (lags[0] - 1, lags[1] - 1)
        found += [(name, self.slopes[name], earlier) for name in self.predetermined]
        return found + [(name, self.slopes[name], lags) for name in self.endogenous]


def build_equations(
    specification: Specification, gmm: DynamicGMM, design: Design, sample: PanelSample
) -> NamedEquations:
    """Lay out equations and instruments.

    Parameters
    ----------
    specification : Specification
        Model ols, slx, sar or sdm with effects ``entity`` or ``two-way``.
    gmm : DynamicGMM
    design : Design
        Without intercept, with WX where the model has them.
    sample : PanelSample

    Raises
    ------
    PanelError
        If no equation is left, or periods are too few for the lags.
    InputError
        If a term of `gmm` is not in the formula.
    """
    variables = _variables(specification, gmm, design, sample)
    rows = _sound_rows(variables.y)
    region, period = np.nonzero(rows)
    terms, X = _regressors(specification, variables, (region, period))
    y = variables.y[region, period]
    within = (differences if gmm.transform == "differences" else deviations)(region, period)
    _refuse_short(sample, gmm, within)
    last = variables.y.shape[1] - 1 if gmm.lags[1] is None else gmm.lags[1]
    lags = (gmm.lags[0], last)
    parts, collected = [within], [_transformed(variables, within, (region, period), lags, gmm)]
    system, by_time = gmm.equations == "system", specification.effects in BY_TIME
    constant = system and not by_time
    if system:
        parts.append(levels(region, period))
        collected.append(_in_levels(variables, parts[1], lags, collapse=gmm.collapse))
    at = stacked(tuple(parts))
    transformed = np.arange(len(at.region)) < len(within.region)
    Z, names, kinds = _laid_out(collected, [len(part.region) for part in parts])
    columns = np.asarray(at.L @ np.column_stack([y, X]))
    if constant:
        ones = np.where(transformed, 0.0, 1.0)
        columns = np.column_stack([columns[:, :1], ones, columns[:, 1:]])
        Z = np.column_stack([ones, Z])
        names, kinds, terms = [INTERCEPT, *names], [CONSTANT, *kinds], (INTERCEPT, *terms)
        X = np.column_stack([np.ones(len(y)), X])
    if by_time:
        groups = at.period + np.where(transformed, 0, 1 + int(at.period.max()))
        columns, Z = less_means(columns, groups), less_means(Z, groups)
    sound, places = sound_instruments(Z)
    N = len(sample.panel.regions)
    changes = differences(region, period)
    return NamedEquations(
        Equations(columns[:, 0], columns[:, 1:], sound, at, N),
        _in_changes(changes, y, X, N, by_time=by_time),
        terms,
        tuple(names[i] for i in places),
        tuple(kinds[i] for i in places),
        (*variables.predetermined, *variables.endogenous, *terms[_first_lag(terms) :]),
        transformed,
        tuple(name for i, name in enumerate(names) if i not in set(places)),
        y,
        X,
        rows[sample.cells.region, sample.cells.period],
    )


def _first_lag(terms: tuple[str, ...]) -> int:
    """Return where y_{t−1}, Wy_{t−1} and Wy_t begin."""
    return min(terms.index(name) for name in ("tau", "eta", RHO) if name in terms)


def _sound_rows(y: FloatArray) -> BoolArray:
    """Return which rows and their predecessors are observed, shape (N, T)."""
    seen = ~np.isnan(y)
    rows = np.zeros_like(seen)
    rows[:, 1:] = seen[:, 1:] & seen[:, :-1]
    return rows


def _variables(
    specification: Specification, gmm: DynamicGMM, design: Design, sample: PanelSample
) -> _Variables:
    cells = sample.cells
    predetermined = _with_lags("predetermined", gmm.predetermined, design)
    endogenous = _with_lags("endogenous", gmm.endogenous, design)
    moved = {*predetermined, *endogenous}
    exogenous = tuple(term for term in design.terms if term not in moved)

    def table(column: FloatArray) -> FloatArray:
        cube = np.full((cells.N, cells.T), np.nan)
        cube[cells.region, cells.period] = column
        return cube

    slopes = {term: table(design.X[:, i]) for i, term in enumerate(design.terms)}
    has_rho = specification.model in LAGS_Y
    Wy, powers = None, dict[str, FloatArray]()
    if has_rho or LAGS[specification.dynamic][1]:
        if sample.spatial is None:
            raise InputError(
                "W",
                expected=f"spatial weights for dynamic={specification.dynamic!r}",
                found="None",
                remedy='pass weights as the third argument, or dynamic="lag"',
            )
        Wy = table(sample.spatial.lag(np.asarray(design.y)[:, None], cells)[:, 0])
    if has_rho and sample.spatial is not None:
        own = [term for term in design.slopes if term not in moved]
        lagged = np.asarray(design.X[:, [design.terms.index(term) for term in own]])
        orders = gmm.instrument_orders + (specification.model in LAGS_X)
        for order in range(1, orders + 1):
            lagged = sample.spatial.lag(lagged, cells)
            for j, term in enumerate(own):
                name = lag_name(term) if order == 1 else f"W{order}({term})"
                if name not in slopes or sample.lagged is not None:
                    powers[name if name not in slopes else f"{name} by W"] = table(lagged[:, j])
    return _Variables(
        table(np.asarray(design.y)),
        Wy,
        slopes,
        powers,
        exogenous,
        predetermined,
        endogenous,
        design.outcome,
    )


def _with_lags(argument: str, names: tuple[str, ...], design: Design) -> tuple[str, ...]:
    """Return terms and their spatial lags among the regressors."""
    unknown = [name for name in names if name not in design.slopes]
    if unknown:
        raise InputError(
            argument,
            expected=f"terms of the formula: {', '.join(design.slopes)}",
            found=f"{len(unknown)} others",
            offenders=unknown,
            remedy=f"DynamicGMM({argument}=[{design.slopes[0]!r}])",
        )
    wanted = {*names, *(lag_name(name) for name in names if name in design.lagged)}
    return tuple(term for term in design.terms if term in wanted)


def _regressors(
    specification: Specification, variables: _Variables, rows: tuple[IntArray, IntArray]
) -> tuple[tuple[str, ...], FloatArray]:
    """Return terms and columns in levels: slopes, y_{t−1}, Wy_{t−1}, Wy_t."""
    region, period = rows
    columns = [cube[region, period] for cube in variables.slopes.values()]
    own, spatial = LAGS[specification.dynamic]
    Wy = variables.y if variables.Wy is None else variables.Wy
    columns += [variables.y[region, period - 1]] * own
    columns += [Wy[region, period - 1]] * spatial
    terms = (*variables.slopes, *lag_terms(specification.dynamic))
    if specification.model in LAGS_Y:
        columns.append(Wy[region, period])
        terms = (*terms, RHO)
    return terms, np.column_stack(columns)


def _refuse_short(sample: PanelSample, gmm: DynamicGMM, within: Transformation) -> None:
    T, needed = len(sample.panel.periods), gmm.lags[0] + 1
    if needed > T or not len(within.region):
        raise PanelError(
            "data",
            expected=f"at least {needed} periods in a row of some regions, with lags={gmm.lags}",
            found=f"{T} periods" if needed > T else "gaps that leave no equation",
            why="an equation needs two periods and their predecessors, and y two periods before",
            remedy='more periods, or dynamic="none"',
        )


def _transformed(
    variables: _Variables,
    at: Transformation,
    rows: tuple[IntArray, IntArray],
    lags: tuple[int, int],
    gmm: DynamicGMM,
) -> _Collected:
    """Return the instruments of equations without effects."""
    made = _Collected()
    region, period = rows
    for names, cubes, kind in (
        (variables.exogenous, variables.slopes, OWN),
        (tuple(variables.powers), variables.powers, POWERS),
    ):
        if names:
            columns = np.column_stack([cubes[name][region, period] for name in names])
            made.add(np.asarray(at.L @ columns), names, kind)
    for name, cube, wanted in variables.histories(lags):
        columns, told = lagged_instruments(cube, at, lags=wanted, collapse=gmm.collapse)
        made.add(columns, (_lag_title(name, lag, when) for lag, when in told), HISTORY)
    return made


def _in_levels(
    variables: _Variables, at: Transformation, lags: tuple[int, int], *, collapse: bool
) -> _Collected:
    """Return the instruments of equations in levels: changes that came before their disturbance."""
    made = _Collected()

    def changes(cube: FloatArray) -> FloatArray:
        out = np.full_like(cube, np.nan)
        out[:, 1:] = np.diff(cube, axis=1)
        return out

    for name in variables.exogenous:
        _one_change(made, name, changes(variables.slopes[name]), at)
    for name, cube in variables.powers.items():
        _one_change(made, name, changes(cube), at)
    for name, cube, (first, _) in variables.histories(lags):
        columns, told = lagged_instruments(
            changes(cube), at, lags=(first - 1, first - 1), collapse=collapse
        )
        made.add(columns, (_lag_title(f"change of {name}", *pair) for pair in told), LEVELS)
    return made


def _one_change(made: _Collected, name: str, cube: FloatArray, at: Transformation) -> None:
    columns, _ = lagged_instruments(cube, at, lags=(0, 0), collapse=True)
    made.add(columns, (f"change of {name}",) * columns.shape[1], LEVELS)


def _lag_title(name: str, lag: int, period: int) -> str:
    return f"{name}, lag {lag}" + ("" if period < 0 else f", period {period + 1}")


def _laid_out(
    collected: list[_Collected], sizes: list[int]
) -> tuple[FloatArray, list[str], list[str]]:
    """Return a block of instruments below and beside the other, with names and kinds."""
    total, blocks, above = sum(sizes), [], 0
    for part, size in zip(collected, sizes, strict=True):
        own = np.column_stack(part.columns)
        block = np.zeros((total, own.shape[1]))
        block[above : above + size] = own
        blocks.append(block)
        above += size
    names = [name for part in collected for name in part.names]
    return np.column_stack(blocks), names, [kind for part in collected for kind in part.kinds]


def _in_changes(
    at: Transformation, y: FloatArray, X: FloatArray, regions: int, *, by_time: bool
) -> Equations:
    columns = np.asarray(at.L @ np.column_stack([y, X]))
    if by_time and len(at.period):
        columns = less_means(columns, at.period)
    return Equations(columns[:, 0], columns[:, 1:], np.empty((len(at.period), 0)), at, regions)
