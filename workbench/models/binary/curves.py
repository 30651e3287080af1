"""Probabilities of a logit: of regions, and along a regressor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.core import display
from workbench.core.display import number
from workbench.core.vocabulary import critical_value, one_row
from workbench.errors import InputError, ValuesError, check_whole
from workbench.models.binary.results import slope_named
from workbench.regression.design import Design, raw_variables
from workbench.regression.elasticities import terms_with
from workbench.regression.marginal import refuse_row_dependence
from workbench.regression.newdata import lag_weights, new_rows, new_terms
from workbench.typing import FloatArray, Said

if TYPE_CHECKING:
    from workbench.models.binary.results import BinaryResults


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ProbabilityCurve:
    """The probability along a regressor, the other variables held; immutable.

    Attributes
    ----------
    term : str
        The regressor.
    outcome : str
    table : pandas.DataFrame
        Index ``value`` of the regressor; ``probability conf_low conf_high``.
    regions : pandas.DataFrame
        A row a region of the sample: ``value``, ``outcome`` (0 or 1) and ``probability``, the
        fitted one with its own values of all regressors.
    turning_point : float
        Value at which the probability is ½; NaN where the log odds are not linear in the regressor.
    turning_low, turning_high : float
        Its interval by Fieller's theorem, infinite where the slope might be 0.
    held : dict
        The values of the other variables.
    level : float
    notes : tuple of str
    """

    term: str
    outcome: str
    table: pd.DataFrame
    regions: pd.DataFrame
    turning_point: float
    turning_low: float
    turning_high: float
    held: dict[str, Any]
    level: float
    notes: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What the curve is of."""
        return f"Probability of {self.outcome} along {self.term}"

    def tidy(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def augment(self) -> pd.DataFrame:
        """Return a copy of the regions."""
        return self.regions.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``term turning_point turning_low turning_high``."""
        return one_row(
            term=self.term,
            turning_point=self.turning_point,
            turning_low=self.turning_low,
            turning_high=self.turning_high,
        )

    def plot(self, *, title: Said | None = None, names: Any = None) -> Any:
        """Draw curve, band and regions; options in ``views.logits``."""
        return display.picture("probability curve", self, title=title, names=names)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.table.iloc[:: max(1, len(self.table) // 10)]), ("", self.glance())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def probabilities_of(
    fit: BinaryResults, newdata: pd.DataFrame | None, level: float
) -> pd.DataFrame:
    """Return probabilities of regions with intervals."""
    if newdata is None:
        return _with_interval(fit, fit.design.X, level).set_axis(fit.design.index, axis=0)
    rows = new_rows(fit, newdata)
    if fit.design.lagged and not rows.known:
        raise InputError(
            "newdata",
            expected="the regions of the sample, where regressors have spatial lags",
            found=f"{len(rows.ids)} new regions",
            why="the neighbours of new regions are not known",
            remedy="fit without lags, or with all regions in the sample",
        )
    return _with_interval(fit, rows.with_lags(lag_weights(fit)), level).set_axis(rows.ids, axis=0)


def _with_interval(fit: BinaryResults, X: FloatArray, level: float) -> pd.DataFrame:
    """Return Λ(xβ) and Λ(xβ ± c √(x′Vx)), which stay between 0 and 1."""
    eta = X @ fit.estimates.values
    error = np.sqrt(np.einsum("ij,jk,ik->i", X, fit.estimates.cov, X))
    half = critical_value(level, df=None) * error
    return pd.DataFrame(
        {
            "probability": expit(eta),
            "conf_low": expit(eta - half),
            "conf_high": expit(eta + half),
        }
    )


def curve_of(
    fit: BinaryResults, term: str | None, *, points: int, level: float
) -> ProbabilityCurve:
    """Return the curve of a term or variable."""
    check_whole("points", points, least=2, remedy="points=101")
    name, design = slope_named(fit, term), fit.design
    linear = name in design.terms and _alone(design, name)
    base, held = _middle(design)
    if linear:
        values = design.X[:, design.terms.index(name)]
        grid = np.linspace(values.min(), values.max(), points)
        X = np.tile(base, (points, 1))
        X[:, design.terms.index(name)] = grid
    else:
        values = _numbers(design, name)
        grid = np.linspace(values.min(), values.max(), points)
        own = _rows(design, {**held, name: grid}, points)
        X = np.column_stack([own, np.tile(base[own.shape[1] :], (points, 1))])
    table = _with_interval(fit, X, level).set_axis(pd.Index(grid, name="value"), axis=0)
    others = {key: value for key, value in held.items() if not _moves(design, key, name)}
    regions = pd.DataFrame(
        {"value": values, "outcome": design.y.astype(int), "probability": fit.fit.fitted},
        index=design.index,
    )
    turning = _turning(fit, base, name, level) if linear else (float("nan"),) * 3
    notes = (_held_note(others),) if others else ()
    return ProbabilityCurve(name, design.outcome, table, regions, *turning, others, level, notes)


def _alone(design: Design, term: str) -> bool:
    """Return whether a term can change while the others stay: a variable is in no other term."""
    if term not in design.slopes:
        return True  # a spatial lag
    together = [terms_with(str(v), design) for v in raw_variables(design)]
    return any(list(terms) == [term] for terms in together)


def _moves(design: Design, variable: str, name: str) -> bool:
    return variable == name or name in terms_with(variable, design)


def _middle(design: Design) -> tuple[FloatArray, dict[str, Any]]:
    """Return the row of a region with median numbers and the most frequent categories."""
    refuse_row_dependence(design)
    table = raw_variables(design)
    held: dict[str, Any] = {}
    for column in table:
        if terms_with(str(column), design):
            numeric = pd.api.types.is_numeric_dtype(table[column].dtype)
            held[str(column)] = (
                float(table[column].median()) if numeric else table[column].mode().iloc[0]
            )
    own = _rows(design, held, 1)[0]
    lags = np.median(design.X[:, len(own) :], axis=0)
    return np.concatenate([own, lags]), held


def _rows(design: Design, values: dict[str, Any], rows: int) -> FloatArray:
    table = raw_variables(design)
    frame = pd.DataFrame(
        {column: np.broadcast_to(np.asarray(values[column]), rows) for column in values},
        index=pd.RangeIndex(rows),
    )
    for column in frame:
        if isinstance(table[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype(table[column].dtype)
    found = new_terms(design, frame)
    return found[:, : len(design.terms) - len(design.lagged)]


def _numbers(design: Design, variable: str) -> FloatArray:
    table = raw_variables(design)
    if variable not in table:
        raise InputError(
            "term",
            expected="a term that can change while the others stay, or a variable",
            found=f"{variable!r}, all of whose variables are in other terms too",
            remedy=f"fit.curve({str(table.columns[-1])!r}) changes a variable in all its terms",
        )
    column = table[variable]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise ValuesError(
            variable,
            expected="a numeric variable",
            found=f"{column.dtype} values",
            why="categories have no order along which a curve could run",
            remedy="fit.marginal_effects() has a row for each of its categories",
        )
    return column.to_numpy(dtype=float)


def _turning(
    fit: BinaryResults, base: FloatArray, term: str, level: float
) -> tuple[float, float, float]:
    """Return −a/b of log odds a + bx, and its interval by Fieller's theorem."""
    at = fit.design.terms.index(term)
    rest = np.array(base)
    rest[at] = 0.0
    unit = np.zeros_like(rest)
    unit[at] = 1.0
    both = np.stack([rest, unit])
    a, b = both @ fit.estimates.values
    V = both @ fit.estimates.cov @ both.T
    square = critical_value(level, df=None) ** 2
    lead, middle, last = (
        b * b - square * V[1, 1],
        a * b - square * V[0, 1],
        a * a - square * V[0, 0],
    )
    if lead <= 0.0:
        return float(-a / b), float("-inf"), float("inf")
    root = float(np.sqrt(max(middle * middle - lead * last, 0.0)))
    return float(-a / b), float((-middle - root) / lead), float((-middle + root) / lead)


def _held_note(held: dict[str, Any]) -> str:
    said = ", ".join(
        f"{key} = {number(value) if isinstance(value, float) else value}"
        for key, value in held.items()
    )
    return f"Others held at their medians (categories at the most frequent): {said}."
