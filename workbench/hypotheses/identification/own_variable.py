"""Item 3: how much the neighbours' x is a variable of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.hypotheses.identification.claims import Claim
from workbench.hypotheses.identification.lines import (
    OWN_VARIABLE,
    Line,
    Reading,
    Section,
    not_applicable,
    number,
)
from workbench.hypotheses.identification.system import Frame, stream
from workbench.numerics.moments.weak_instruments import beside
from workbench.numerics.sparse.independence import effective_neighborhoods
from workbench.numerics.threads import one_thread
from workbench.regression.design import INTERCEPT, lag_name
from workbench.typing import FloatArray

SERIOUS, NOTABLE = 10.0, 5.0
"""Variance inflation from which collinearity is usually called serious, and notable."""

SMOOTH = 0.5
"""Moran's I of x from which the own value stands in for the neighbours'."""

FEW = 10.0
"""Independent neighbourhoods a lag below which few regions decide; a rule of thumb."""


@one_thread
def own_variable(claims: tuple[Claim, ...], frame: Frame | str, seed: int) -> Section:
    """Measure what is left of W(x) beside x, the model's other columns and its effects."""
    evidence = "share of W(x) left beside the model's other columns"
    if isinstance(frame, str):
        line = not_applicable(OWN_VARIABLE, evidence, frame)
        return Section((line,), {"lag_variable": pd.DataFrame()})
    known = frame.fit.design.impact_terms
    terms = list(dict.fromkeys(t for claim in claims for t in claim.terms if t in known))
    averages = effective_neighborhoods(frame.weights.sparse, seed=stream(seed, "neighborhoods"))
    measured = {term: measure(frame, term) for term in terms}
    rows = {term: {**vars_of(found), "averages": averages} for term, found in measured.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("term")
    lines: list[Line] = []
    for claim in claims:
        for term in claim.terms:
            if term in measured:
                lines += _lines(claim.name, term, measured[term])
    lines.append(_neighborhoods(frame, averages, len(frame.fit.design.lagged) or 1))
    return Section(tuple(lines), {"lag_variable": table})


@dataclass(frozen=True, slots=True)
class Measured:
    """What is left of the lag of a term.

    Attributes
    ----------
    after_effects : float
        Share of the variance of Wx that effects leave.
    partial_r2_own : float
        R² of what they leave on x.
    partial_r2_all : float
        The same on all other exogenous columns of the model.
    vif : float
        1 / (1 − partial_r2_all).
    moran : float
        Moran's I of x, effects taken out.
    """

    after_effects: float
    partial_r2_own: float
    partial_r2_all: float
    vif: float
    moran: float


def vars_of(found: Measured) -> dict[str, float]:
    """Return the measures by column."""
    return {name: getattr(found, name) for name in Measured.__slots__}


def measure(frame: Frame, term: str) -> Measured:
    """Regress the lag of a term on x, and on everything else that the model has."""
    design = frame.fit.design
    x = design.values((term,))
    lag = frame.lag_x(x)
    own, cleared = _centred(frame, x), _centred(frame, lag)
    others = [name for name in design.terms if name not in (INTERCEPT, lag_name(term))]
    rest = _centred(frame, design.values(tuple(others)))
    total = float(np.sum(cleared**2))
    raw = float(np.sum((lag - lag.mean(axis=0)) ** 2))
    r2_own = 1.0 - float(np.sum(beside(cleared, own) ** 2)) / total
    r2_all = 1.0 - float(np.sum(beside(cleared, _present(rest)) ** 2)) / total
    return Measured(
        total / raw,
        r2_own,
        r2_all,
        1.0 / max(1.0 - r2_all, np.finfo(float).tiny),
        _moran(frame, own),
    )


def _centred(frame: Frame, columns: FloatArray) -> FloatArray:
    """Return cleared columns beside the constant, where the model has one."""
    cleared = frame.clear(columns)
    design = frame.fit.design
    if not design.has_intercept:
        return cleared
    one = frame.clear(np.ones((design.nobs, 1)))
    return beside(cleared, one) if np.any(np.abs(one) > 1e-9) else cleared


def _present(columns: FloatArray) -> FloatArray:
    length = np.linalg.norm(columns, axis=0)
    return columns[:, length > 1e-9 * (length.max(initial=0.0) or 1.0)]


def _moran(frame: Frame, z: FloatArray) -> float:
    """Return (n / S₀) z′Wz / z′z over all rows; S₀ the sum of all weights."""
    lagged = frame.lag(z)
    weights = float(frame.lag(np.ones_like(z)).sum())
    if weights == 0.0:
        return float("nan")
    return float(len(z) / weights * np.sum(z * lagged) / np.sum(z**2))


def _lines(claim: str, term: str, found: Measured) -> list[Line]:
    left = 1.0 - found.partial_r2_all
    lag = lag_name(term)
    reading: Reading = (
        "holds" if found.vif < NOTABLE else "in doubt" if found.vif < SERIOUS else "fails"
    )
    rest = f" that effects leave ({found.after_effects:.1%})" if found.after_effects < 0.995 else ""
    first = Line(
        OWN_VARIABLE,
        "share of W(x) left beside the model's other columns",
        reading,
        f"{left:.0%} of the variation of {lag}{rest} is its own beside the other regressors; "
        f"{found.partial_r2_own:.0%} follows from the own {term} (variance inflation "
        f"{number(found.vif)}).",
        left,
        claim=claim,
    )
    smooth = found.moran > SMOOTH
    second = Line(
        OWN_VARIABLE,
        "smoothness of x: Moran's I",
        "in doubt" if smooth else "holds",
        f"Moran's I of {term} is {number(found.moran)}: "
        + (
            "neighbours have nearly the same value, so one's own can stand in for theirs."
            if smooth
            else "neighbours' values differ enough from one's own."
        ),
        found.moran,
        claim=claim,
    )
    return [first, second]


def _neighborhoods(frame: Frame, averages: float, lags: int) -> Line:
    n = frame.weights.n
    enough = averages >= FEW * lags
    return Line(
        OWN_VARIABLE,
        "effective number of independent neighbours' averages",
        "holds" if enough else "in doubt",
        f"The {n} neighbours' averages are worth {averages:.0f} independent ones, because "
        f"neighbourhoods overlap, for {lags} lagged regressor{'s' if lags > 1 else ''}"
        + ("." if enough else ": few regions decide."),
        averages,
    )
