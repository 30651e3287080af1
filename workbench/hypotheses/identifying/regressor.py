"""Item 7: is the regressor itself exogenous; untested is said, and never taken for passed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from workbench.errors import CollinearityError, ValuesError, WorkbenchError
from workbench.hypotheses.identifying.added import AddedColumns, added_columns
from workbench.hypotheses.identifying.claims import Claim
from workbench.hypotheses.identifying.lines import (
    REGRESSOR,
    Line,
    Reading,
    Section,
    number,
    untested,
)
from workbench.hypotheses.identifying.outside import aligned
from workbench.hypotheses.identifying.system import (
    Frame,
    System,
    before_last,
    system_of,
)
from workbench.hypotheses.wording import p_text
from workbench.numerics.moments.instruments import endogeneity, first_stage
from workbench.numerics.moments.two_stage import independent, two_stage
from workbench.panels.effects import Cells
from workbench.regression.design import lag_name
from workbench.typing import FloatArray

ALPHA, WEAK = 0.05, 10.0
REVERSE = "reverse causality: next period's x in this period's equation"
OUTSIDE = "endogeneity of the regressor: Wu–Hausman with outside instruments"
COLUMNS = ("test", "statistic", "p_value", "first_stage_f")


def regressor(
    claims: tuple[Claim, ...], frame: Frame | str, *, external: pd.DataFrame | None
) -> Section:
    """Test leads of the regressor in a panel, and the regressor against outside instruments."""
    if isinstance(frame, str):
        lines = tuple(untested(REGRESSOR, REVERSE, frame, claim=claim.name) for claim in claims)
        return Section(lines, {"regressors": pd.DataFrame()})
    lines_: list[Line] = []
    rows: list[dict[str, object]] = []
    if frame.cells is None:
        reason = "one cross-section has no later period; nothing here says that the outcome does "
        lines_.append(untested(REGRESSOR, REVERSE, f"{reason}not drive the regressors"))
    for claim in claims:
        for term in claim.terms:
            if term in frame.fit.design.impact_terms:
                for line, row in _of_term(frame, claim, term, external):
                    lines_.append(line)
                    rows += [{"term": term, **row}] if row else []
    if external is None and not frame.endogenous:
        reason = (
            "no instrument from outside was named (external=table); that the regressors are "
            "uncorrelated with the disturbance is an assumption"
        )
        lines_.append(untested(REGRESSOR, OUTSIDE, reason))
    table = pd.DataFrame(rows, columns=["term", *COLUMNS]).set_index("term")
    return Section(tuple(lines_), {"regressors": table})


def _of_term(
    frame: Frame, claim: Claim, term: str, external: pd.DataFrame | None
) -> Iterator[tuple[Line, dict[str, object]]]:
    if frame.cells is not None:
        yield _leads(frame, frame.cells, claim, term)
    if term in frame.endogenous:
        yield _named(frame, claim, term)
    elif external is not None:
        yield _outside(frame, claim, term, external)
    elif frame.endogenous:
        reason = "the fit's instruments are for other regressors"
        yield untested(REGRESSOR, OUTSIDE, reason, claim=claim.name), {}


def _leads(frame: Frame, cells: Cells, claim: Claim, term: str) -> tuple[Line, dict[str, object]]:
    if not cells.balanced or cells.T < 3:
        reason = "leads need a balanced panel of three periods or more"
        return untested(REGRESSOR, REVERSE, reason, claim=claim.name), {}
    try:
        found = lead_test(frame, term)
    except WorkbenchError as error:
        reason = f"leads cannot be told from the regressors ({error.found})".rstrip(".")
        return untested(REGRESSOR, REVERSE, reason, claim=claim.name), {}
    low = found.p_value < ALPHA
    own, lag = (number(float(value)) for value in found.estimates[:2])
    sentence = (
        f"Next period's {term} and {lag_name(term)} enter with {own} and {lag} "
        f"({p_text(found.p_value)}): "
        + (
            "what comes later goes with today's outcome, so causes may run the other way or both "
            "follow a trend."
            if low
            else "no sign that today's outcome moves what comes later; other kinds of endogeneity "
            "are not tested by it."
        )
    )
    reading: Reading = "fails" if low else "holds"
    line = Line(REGRESSOR, REVERSE, reading, sentence, found.statistic, found.p_value, claim.name)
    return line, {"test": "leads", "statistic": found.statistic, "p_value": found.p_value}


def lead_test(frame: Frame, term: str) -> AddedColumns:
    """Test x and Wx of the next period in this period's equation, the last period left out.

    Strict exogeneity implies coefficients of zero (Wooldridge 2010, section 10.7.1).

    Raises
    ------
    CollinearityError
        If the leads are combinations of the regressors.
    """
    cut = before_last(frame)
    x = frame.fit.design.values((term,))
    # Rows are sorted by region, then period: the next row is the next period of the region, but
    # for the last period, which goes.
    following = np.roll(np.column_stack([x, frame.lag_x(x)]), -1, axis=0)
    return added_columns(system_of(cut), cut.clear(following))


def _outside(
    frame: Frame, claim: Claim, term: str, external: pd.DataFrame
) -> tuple[Line, dict[str, object]]:
    try:
        f, statistic, p = wu_hausman(frame, term, aligned(frame, external, argument="external"))
    except CollinearityError as error:
        reason = f"the outside instruments cannot be told from the regressors ({error.found})"
        return untested(REGRESSOR, OUTSIDE, reason, claim=claim.name), {}
    return _judged(claim, f, statistic, p), {
        "test": "Wu–Hausman",
        "statistic": statistic,
        "p_value": p,
        "first_stage_f": f,
    }


def _judged(claim: Claim, f: float, statistic: float, p: float) -> Line:
    weak, low = f < WEAK, p < ALPHA
    reading: Reading = "fails" if low else "untested" if weak else "holds"
    end = (
        "the regressor is endogenous, if the instruments are valid"
        if low
        else "the instruments are too weak to tell"
        if weak
        else "no sign of endogeneity, if the instruments are valid"
    )
    sentence = f"First-stage F {number(f)}, Wu–Hausman {number(statistic)} ({p_text(p)}): {end}."
    prefix = "Untested: " if reading == "untested" else ""
    return Line(REGRESSOR, OUTSIDE, reading, f"{prefix}{sentence}", statistic, p, claim.name)


def _named(frame: Frame, claim: Claim, term: str) -> tuple[Line, dict[str, object]]:
    """Test the endogeneity of a term that the fit already instruments."""
    system = system_of(frame)
    names = [name for name in (term, lag_name(term)) if name in system.Y_names]
    if not system.identified:
        reason = "the fit's instruments are too few"
        return untested(REGRESSOR, OUTSIDE, reason, claim=claim.name), {}
    f, statistic, p = _strength_and_test(system, names)
    return _judged(claim, f, statistic, p), {
        "test": "Wu–Hausman",
        "statistic": statistic,
        "p_value": p,
        "first_stage_f": f,
    }


def made_of(term: str, name: str) -> bool:
    """Return whether a term stands in the name of a column, as itself and not within a longer word.

    Examples
    --------
    >>> [made_of("rd", name) for name in ("W(W(rd))", "W(rd:students)", "W(W(rd_share))")]
    [True, True, False]
    """
    return re.search(rf"(?<!\w){re.escape(term)}(?!\w)", name) is not None


def wu_hausman(frame: Frame, term: str, outside: FloatArray) -> tuple[float, float, float]:
    """Test whether a term and its lag may be taken for exogenous, with outside instruments.

    The term, its lag where the model has it, and Wy are instrumented by the outside columns, their
    lags and the lags of the other regressors.

    Parameters
    ----------
    frame : Frame
    term : str
    outside : ndarray of shape (n, m)
        In the rows of the fit.

    Returns
    -------
    f, statistic, p_value : float
        Smallest conditional first-stage F of the term and its lag; Wu–Hausman F and its p-value.
    """
    base = system_of(frame)
    names = [name for name in (term, lag_name(term)) if name in base.X_names]
    if not names:
        raise ValuesError(term, expected="a column that effects leave", found="none of it left")
    at = [base.X_names.index(name) for name in names]
    tools = frame.clear(np.column_stack([outside, frame.lag_x(outside)]))
    X = np.delete(base.X, at, axis=1)
    # Lags of the term itself are no instruments once it is endogenous.
    own = [i for i, name in enumerate(base.H_names) if not made_of(term, name)]
    both = np.column_stack([X, tools, base.H[:, own]])
    kept = [i for i in independent(both, first=X.shape[1]) if i >= X.shape[1]]
    system = System(
        frame,
        base.y,
        X,
        tuple(np.delete(np.array(base.X_names, dtype=object), at)),
        np.column_stack([base.X[:, at], base.Y]),
        (*names, *base.Y_names),
        both[:, kept],
        tuple(f"instrument {i}" for i in kept),
    )
    if not system.identified:
        raise CollinearityError(
            "external",
            expected=f"at least {system.Y.shape[1]} instruments",
            found=f"{system.H.shape[1]} that differ from the regressors",
        )
    return _strength_and_test(system, names)


def _strength_and_test(system: System, names: list[str]) -> tuple[float, float, float]:
    first = first_stage(system.Y, system.X, H=system.H, absorbed=system.frame.absorbed)
    where = [system.Y_names.index(name) for name in names]
    Z = np.column_stack([system.X, system.Y])
    k = system.X.shape[1]
    stage = two_stage(system.y, Z, H=np.column_stack([system.X, system.H]))
    tested = endogeneity(system.y, Z, tested=[k + i for i in where], stage=stage)[1]
    return float(first.conditional_f[where].min()), tested.statistic, tested.pvalue
