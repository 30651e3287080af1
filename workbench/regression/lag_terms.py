"""Spatial lags that a formula names, ``W(log(rd))``: told apart from the row's own terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core.expressions import Evaluated, evaluate, unreadable
from workbench.errors import FormulaError

LAG = "W"
QUOTES = "\"'`"
OPENING, CLOSING = "([{", ")]}"
OPERATORS = frozenset("+-*/%^~|&,<>=!@;")
_CALL = re.compile(rf"(?<![\w.]){LAG}\s*\(")


@dataclass(frozen=True, slots=True)
class SplitFormula:
    """A formula without its spatial lags, and what they are taken of.

    Attributes
    ----------
    formula : str
        As the caller wrote it.
    own : str
        A formula of the other terms, outcome and intercept as they were.
    lags : tuple of str
        What stands inside each ``W(...)``, each once, in order.
    """

    formula: str
    own: str
    lags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula with spatial lags evaluated on a table.

    Attributes
    ----------
    own : Evaluated
        Outcome and terms of a row's own values.
    lagged : tuple of str
        Terms whose lags the formula names: first those of `own`, in its order, then the others.
    outside : pandas.DataFrame
        Values of the lagged terms that are not among `own`, a column a term.
    variables : tuple of str
        Columns of the table that the formula uses, those of the lags among them.
    """

    own: Evaluated
    lagged: tuple[str, ...]
    outside: pd.DataFrame
    variables: tuple[str, ...]


def has_lags(formula: object) -> bool:
    """Return whether a formula calls ``W(...)``.

    Examples
    --------
    >>> has_lags("y ~ x + W(x)"), has_lags("y ~ W + NEW(x)")
    (True, False)
    """
    return isinstance(formula, str) and next(_calls(formula), None) is not None


def split_lags(formula: str) -> SplitFormula:
    """Take the terms ``W(...)`` out of a formula.

    Parameters
    ----------
    formula : str
        With an outcome or without. A lag is a term of its own, of one term that the formula
        could have: ``W(log(rd))``, ``W(a:b)``, ``W(C(type))``.

    Returns
    -------
    SplitFormula

    Raises
    ------
    FormulaError
        If a lag stands in an interaction, in a function or on the left, or holds nothing, a
        constant, another lag or more than one term.

    Examples
    --------
    >>> split_lags("y ~ x + W(log(z))").lags
    ('log(z)',)
    """
    calls = list(_calls(formula))
    if not calls:
        return SplitFormula(formula, formula, ())
    lags: list[str] = []
    pieces, at = [], 0
    for start, end in calls:
        inner = " ".join(formula[start + len(LAG) : end].strip()[1:-1].split())
        _check_inner(formula, inner)
        if inner not in lags:
            lags.append(inner)
        pieces += [formula[at:start], _stand_in(lags.index(inner))]
        at = end
    replaced = "".join([*pieces, formula[at:]])
    stand_ins = {_stand_in(i): f"W({lag})" for i, lag in enumerate(lags)}
    _check_alone(formula, replaced, stand_ins)
    return SplitFormula(formula, " - ".join([replaced, *stand_ins]), tuple(lags))


def read_formula(formula: str, table: pd.DataFrame) -> Reading:
    """Evaluate a formula that may name spatial lags; nothing is lagged yet.

    Raises
    ------
    FormulaError
        As :func:`split_lags` and :func:`workbench.core.expressions.evaluate`; if the outcome is
        lagged, or the table has a column called W.
    """
    split = split_lags(formula)
    own = evaluate(split.own, table, shown=formula)
    if not split.lags:
        return Reading(own, (), own.regressors.iloc[:, :0], own.variables)
    if LAG in map(str, table.columns):
        raise FormulaError(
            "formula",
            expected="a table without a column called W beside W(...)",
            found=f"both in {formula!r}",
            why="W(...) is the spatial lag, and could be that column too",
            remedy='table.rename(columns={"W": "w"})',
        )
    return _read_lags(split, own, table)


def _read_lags(split: SplitFormula, own: Evaluated, table: pd.DataFrame) -> Reading:
    """Find each lagged term among those of a row's own, or evaluate it."""
    mine = [str(column) for column in own.regressors.columns]
    inside: set[str] = set()
    outside: dict[str, pd.Series] = {}
    used = set(own.variables)
    for lag in split.lags:
        if lag in mine:  # one column of a categorical, as the table of estimates names it
            inside.add(lag)
            continue
        found = evaluate(f"1 + {lag}", table, shown=split.formula)
        _refuse_outcome(split, lag, found, own)
        used |= set(found.variables)
        factors = next(key for key in found.columns_of if key != frozenset({"1"}))
        columns = own.columns_of.get(factors, ())
        inside |= set(columns)
        if not columns:
            values = found.regressors.drop(columns="Intercept")
            outside |= {str(name): values[name] for name in values.columns}
    lagged = (*(term for term in mine if term in inside), *outside)
    variables = tuple(str(column) for column in table.columns if str(column) in used)
    return Reading(own, lagged, pd.DataFrame(outside, index=table.index), variables)


def refuse_formula_lags(formula: str, *, remedy: str) -> None:
    """Refuse a formula with ``W(...)`` where models with and without WX are compared."""
    if has_lags(formula):
        raise FormulaError(
            "formula",
            expected="a formula without spatial lags",
            found=f"W(...) in {formula!r}",
            why="models with and without WX are fitted to it",
            remedy=remedy,
        )


def regressors_on(formula: str, table: pd.DataFrame) -> Evaluated:
    """Evaluate the right-hand side on another table, which need not have the outcome.

    Returns
    -------
    Evaluated
        ``regressors`` holds the row's own terms, then the terms of which only the lag is in the
        formula (not lagged).
    """
    reading = read_formula(formula.split("~", 1)[1], table)
    both = pd.concat([reading.own.regressors, reading.outside], axis=1)
    return Evaluated(None, both, reading.variables)


def _stand_in(position: int) -> str:
    return f"_spatial_lag_{position}_"


def _calls(formula: str) -> Iterator[tuple[int, int]]:
    """Yield where each outermost ``W(...)`` starts and ends, quoted text left out."""
    at = 0
    while at < len(formula):
        if formula[at] in QUOTES:
            at = _after_quote(formula, at)
            continue
        found = _CALL.match(formula, at)
        if found:
            end = _after_bracket(formula, found.end() - 1)
            yield at, end
            at = end
            continue
        at += 1


def _after_quote(text: str, at: int) -> int:
    end = text.find(text[at], at + 1)
    return len(text) if end < 0 else end + 1


def _after_bracket(text: str, at: int) -> int:
    """Return the position after the bracket that closes the one at `at`."""
    depth, start = 0, at
    while at < len(text):
        if text[at] in QUOTES:
            at = _after_quote(text, at)
            continue
        depth += (text[at] in OPENING) - (text[at] in CLOSING)
        at += 1
        if depth == 0:
            return at
    raise FormulaError(
        "formula",
        expected="a bracket that closes each one opened",
        found=f"{text[start - len(LAG) :]!r} in {text!r}",
    )


def _outermost(text: str) -> Iterator[str]:
    """Yield the characters of a text that no bracket or quote holds."""
    at = 0
    while at < len(text):
        if text[at] in QUOTES:
            at = _after_quote(text, at)
        elif text[at] in OPENING:
            at = _after_bracket(text, at)
        else:
            yield text[at]
            at += 1


def _check_inner(formula: str, inner: str) -> None:
    """Refuse a lag of nothing, of a constant, of a lag, or of several terms."""
    if not inner or re.fullmatch(r"\d[\d.eE+-]*|Intercept", inner):
        raise FormulaError(
            "formula",
            expected="a regressor inside W(...)",
            found=f"W({inner}) in {formula!r}",
            why="the lag of a constant is the row sum of W, which is no regressor's neighbours",
            remedy="take the term out; W.sparse.sum(axis=1) as a column gives row sums",
        )
    if has_lags(inner):
        raise FormulaError(
            "formula",
            expected="the lag of a regressor",
            found=f"W({inner}), a lag of a lag",
            why="its impacts would go two steps, beside (I - rho W)^-1 (I beta + W theta)",
            remedy="W_x=W.higher_order(2) with W(x), or a column of the table: W.lag(W.lag(x))",
        )
    if OPERATORS & set(_outermost(inner)):
        raise FormulaError(
            "formula",
            expected="one term inside W(...)",
            found=f"W({inner})",
            why="outside of functions + and * join terms, inside they reckon",
            remedy=f"W(I({inner})) for the lag of what it reckons; W(a) + W(b) for two lags, "
            "W(a:b) for that of a product of terms",
        )


def _sides(
    formula: str, replaced: str, stand_ins: Mapping[str, str]
) -> tuple[str, list[list[str]]]:
    """Return the left-hand side and the factors of each term of the right-hand side."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    try:
        parsed = Formula(replaced)
    except (FormulaicError, SyntaxError) as error:
        reason = str(error)
        for name, lag in stand_ins.items():
            reason = reason.replace(name, lag)
        raise unreadable(formula, ValueError(reason), "formula") from None
    right = getattr(parsed, "rhs", parsed)
    if isinstance(right, tuple):
        raise FormulaError(
            "formula",
            expected="one right-hand side",
            found=f"several parts in {formula!r}",
            remedy="write + between terms; | has no meaning here",
        )
    left = " ".join(str(term) for term in getattr(parsed, "lhs", ()))
    return left, [[str(factor) for factor in term.factors] for term in right]


def _check_alone(formula: str, replaced: str, stand_ins: Mapping[str, str]) -> None:
    """Refuse lags that are not terms of their own on the right-hand side."""
    outcome, terms = _sides(formula, replaced, stand_ins)
    for name, lag in stand_ins.items():
        if name in outcome:
            raise FormulaError(
                "formula",
                expected="an outcome of the row's own on the left",
                found=f"{lag} on the left of {formula!r}",
                remedy="name the outcome itself; a lag to be explained is a column: W.lag(y)",
            )
        held = [factors for factors in terms if any(name in factor for factor in factors)]
        if not held:
            raise FormulaError(
                "formula",
                expected="lags that the formula adds",
                found=f"{lag} taken out in {formula!r}",
                remedy=f"leave {lag} out",
            )
        if any(factors != [name] for factors in held):
            raise FormulaError(
                "formula",
                expected="W(...) as a term of its own",
                found=f"{lag} inside an interaction or a function in {formula!r}",
                why="impacts are (I - rho W)^-1 (I beta + W theta), which such a term is not",
                remedy="W(a:b) or W(log(x)), the lag of the product or of the function; or make "
                "it a column of the table: W.lag(x)",
            )


def _refuse_outcome(split: SplitFormula, lag: str, found: Evaluated, own: Evaluated) -> None:
    if own.outcome is None:
        return
    from formulaic import Formula

    left = {str(name) for name in Formula(split.own).lhs.required_variables}
    if left and left <= set(found.variables):
        raise FormulaError(
            "formula",
            expected="lags of regressors",
            found=f"W({lag}), of the outcome {own.outcome.name}",
            why="the outcome of the neighbours depends on that of the region: least squares "
            "would be inconsistent",
            remedy='model="sar" (rho is its coefficient), or "sdm" beside lagged regressors',
        )
