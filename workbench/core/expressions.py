"""Formulas and variable expressions evaluated on labelled tables, with refusals by name.

formulaic reads and evaluates; this module makes sure that what comes back is finite, numeric
and named, and that whoever is at fault (a column, a region) is said.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.columns import refuse_unusable
from workbench.errors import FormulaError, ValuesError, listing, nearest

FUNCTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "sqrt": np.sqrt,
        "log1p": np.log1p,
        "expm1": np.expm1,
        "asinh": np.arcsinh,
        "abs": np.abs,
    }
)
"""Functions that formulas know besides formulaic's own log, log10, log2 and exp."""

TERMS = ("name", "python")
"""Kinds of formulaic's tokens that are one term."""

_ANSI = re.compile(r"\x1b\[[0-9;]*m|⧛\[[0-9;]*m|⧚")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A formula evaluated on a table, rows in the table's order, nothing dropped.

    Attributes
    ----------
    outcome : pandas.Series or None
        Left-hand side, named as the formula writes it; None when the formula has none.
    regressors : pandas.DataFrame
        Right-hand side, a column a term, named as the formula writes it.
    variables : tuple of str
        Columns of the table that the formula uses, in the table's order.
    columns_of : mapping of frozenset of str to tuple of str
        Columns of each term of the right-hand side, by the factors that it multiplies.
    """

    outcome: pd.Series[Any] | None
    regressors: pd.DataFrame
    variables: tuple[str, ...]
    columns_of: Mapping[frozenset[str], tuple[str, ...]] = field(default_factory=dict)


def evaluate(
    formula: str, table: pd.DataFrame, *, argument: str = "formula", shown: str = ""
) -> Evaluated:
    """Evaluate a formula on a table without dropping or filling anything.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd) + students"``, or a right-hand side alone. ``log``, ``exp``,
        ``sqrt``, ``log1p``, ``asinh`` and arithmetic are numpy's; ``C(x)`` is categorical.
    table : pandas.DataFrame
        Columns are variables; missing values stay missing.
    argument : str
        Name of the caller's argument, for messages.
    shown : str, optional
        The formula that messages show where `formula` is a part of it.

    Returns
    -------
    Evaluated
        Outcome and regressors; values that are not finite are still in them.

    Raises
    ------
    FormulaError
        If the formula cannot be read, or names something that is neither a column nor a function.
    ValuesError
        If a column is neither numbers nor categories: text that reads as numbers, dates, ...
    """
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    if not isinstance(formula, str) or not formula.strip():
        found = repr(formula) if isinstance(formula, str) else type(formula).__name__
        raise FormulaError(argument, expected="text like 'y ~ x'", found=found)
    try:
        parsed = Formula(formula)
        names = {str(name) for name in parsed.required_variables}
        names |= _in_transforms(parsed) & {str(column) for column in table.columns}
    except (FormulaicError, SyntaxError) as error:
        raise unreadable(shown or formula, error, argument) from None
    formula = shown or formula
    if re.search(r"\blag\s*\(", formula):
        raise FormulaError(
            argument,
            expected="terms of a row's own values",
            found=f"lag(...) in {formula!r}",
            why="it would shift rows, whose order means nothing here",
            remedy='neighbours: model="slx" or "sdm"; earlier periods: '
            'panel.groupby(level="region")["x"].shift() as a column',
        )
    _refuse_powers(formula, argument)
    _check_names(formula, names, table, argument)
    outcome = getattr(getattr(parsed, "lhs", None), "required_variables", ())
    refuse_unusable(table, names, outcome=[str(name) for name in outcome])
    plain = pd.DataFrame(table)  # of a GeoDataFrame formulaic forgets the index
    try:
        with np.errstate(all="ignore"):
            matrices = parsed.get_model_matrix(plain, na_action="ignore", context=dict(FUNCTIONS))
    except (FormulaicError, SyntaxError, TypeError, ValueError, AttributeError) as error:
        raise unreadable(formula, error, argument) from None
    left = getattr(matrices, "lhs", None)
    made = matrices if left is None else matrices.rhs
    right = _plain(made, formula, argument)
    variables = tuple(str(column) for column in table.columns if str(column) in names)
    outcome = _single_outcome(left, argument)
    return Evaluated(outcome, right.astype(float), variables, _columns_of(made))


def _in_transforms(parsed: Any) -> set[str]:
    """Return the names that factors use: of ``center(x)`` formulaic itself tells none."""
    sides = [getattr(parsed, "lhs", ()), getattr(parsed, "rhs", parsed)]
    found: set[str] = set()
    for factor in (f for side in sides for term in side for f in getattr(term, "factors", ())):
        if factor.eval_method is not None and factor.eval_method.value == "python":
            tree = ast.walk(ast.parse(factor.expr, mode="eval"))
            found |= {node.id for node in tree if isinstance(node, ast.Name)}
    return found


def _columns_of(matrix: Any) -> Mapping[frozenset[str], tuple[str, ...]]:
    columns = [str(column) for column in matrix.columns]
    return {
        frozenset(str(factor) for factor in term.factors): tuple(columns[part])
        for term, part in matrix.model_spec.term_slices.items()
    }


def _plain(matrix: Any, formula: str, argument: str) -> pd.DataFrame:
    if not isinstance(matrix, pd.DataFrame):
        raise FormulaError(
            argument,
            expected="one right-hand side",
            found=f"several parts in {formula!r}",
            remedy="write + between terms; | has no meaning here",
        )
    return pd.DataFrame(matrix)


def _single_outcome(left: Any, argument: str) -> pd.Series[Any] | None:
    if left is None:
        return None
    frame = pd.DataFrame(left)
    names = [str(column) for column in frame.columns]
    if len(names) != 1 or names[0].endswith("]"):  # a category: formulaic writes outcome[level]
        raise FormulaError(
            argument,
            expected="one numeric outcome on the left",
            found=f"{len(names)} columns: {listing(names)}",
            remedy="a column that is not numeric makes one column a category; "
            "convert it, e.g. pandas.to_numeric(column)",
        )
    return _as_float(frame.iloc[:, 0])


def _as_float(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return numbers or truth values as floats; what nullable columns lack is not a number."""
    if column.dtype != object and not pd.api.types.is_extension_array_dtype(column.dtype):
        return column.astype(float)
    return column.astype(object).where(column.notna(), np.nan).astype(float)


def unreadable(formula: str, error: BaseException, argument: str) -> FormulaError:
    """Return the refusal of a formula that formulaic cannot read, with its reason."""
    reason = " ".join(_ANSI.sub("", str(error)).split())
    return FormulaError(
        argument,
        expected="a formula like 'log(patents) ~ log(rd) + log(students)'",
        found=f"{formula!r} ({reason})",
        remedy="columns with spaces have no place within functions: "
        'table.rename(columns={"rd spend": "rd_spend"})'
        if "`" in formula
        else "write + between terms, I(...) around arithmetic, log/exp/sqrt as functions",
    )


def _refuse_powers(formula: str, argument: str) -> None:
    """Refuse ``x**2`` of one term, which is ``x`` in a formula: the square would be left out."""
    from formulaic.parser.algos.tokenize import tokenize

    tokens = list(tokenize(formula))
    for base, power in itertools.pairwise(tokens):
        if power.token in ("**", "^") and base.kind is not None and base.kind.value in TERMS:
            raise FormulaError(
                argument,
                expected="powers as numbers, in I(...)",
                found=f"{base.token}{power.token} in {formula!r}",
                why="** of a formula makes interactions, and one term has none with itself",
                remedy=f"I({base.token}**2)",
            )


def _check_names(formula: str, names: Iterable[str], table: pd.DataFrame, argument: str) -> None:
    columns = [str(column) for column in table.columns]
    repeated = sorted(name for name in names if columns.count(name) > 1)
    if repeated:
        raise FormulaError(
            argument,
            expected="columns whose names occur once",
            found=f"{', '.join(map(repr, repeated))} more than once in the table",
            why="it is not clear which of them is meant",
            remedy="rename or drop the others",
        )
    known = {*columns, *FUNCTIONS}
    unknown = sorted(name for name in names if name not in known)
    if not unknown:
        return
    word = unknown[0]
    if word == "W":
        raise FormulaError(
            argument,
            expected="a formula without spatial lags",
            found=f"W(...) in {formula!r}",
            remedy='model="slx" or model="sdm" adds the neighbours\' regressors, named W(term)',
        )
    if word in map(str, table.index.names):
        raise FormulaError(
            argument,
            expected="columns of the table",
            found=f"{word!r} in {formula!r}, which is a level of its index",
            remedy=f'table.assign({word}=table.index.get_level_values("{word}"))',
        )
    called = re.search(rf"\b{re.escape(word)}\s*\(", formula) is not None
    expected = "functions log, exp, sqrt, ..." if called else "columns of the table"
    raise FormulaError(
        argument,
        expected=expected,
        found=f"{', '.join(map(repr, unknown))} in {formula!r}",
        remedy=nearest(word, ["log", "log10", "log2", "exp", *FUNCTIONS] if called else columns)
        or f"the table has: {', '.join(columns[:12])}{' ...' if len(columns) > 12 else ''}",
    )


def label(key: object) -> str:
    """Return a region id, or region and period, as text: ``RU-TOM`` or ``RU-TOM 2014``."""
    return " ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def labels(index: pd.Index) -> list[str]:
    """Return the labels of an index as text."""
    return [label(key) for key in index]


def refuse_missing(table: pd.DataFrame, columns: Sequence[str], *, remedy: str) -> None:
    """Raise :class:`~workbench.errors.ValuesError` if any of the columns has a missing value."""
    missing = table[list(columns)].isna()
    if not missing.to_numpy().any():
        return
    faulty = [column for column in columns if missing[column].any()]
    where = "; ".join(
        f"{column} at {', '.join(labels(table.index[missing[column]])[:5])}"
        + (f" and {int(missing[column].sum()) - 5} more" if missing[column].sum() > 5 else "")
        for column in faulty
    )
    raise ValuesError(
        ", ".join(faulty),
        expected="a value in every row",
        found=f"missing values: {where}",
        offenders=labels(table.index[missing.any(axis=1)]),
        why="a missing value has no neighbours' mean and no residual",
        remedy=remedy,
    )


def refuse_nonfinite(evaluated: pd.DataFrame) -> None:
    """Raise :class:`~workbench.errors.ValuesError` if a term is infinite or not a number."""
    bad = ~np.isfinite(evaluated.to_numpy())
    if not bad.any():
        return
    column = int(np.flatnonzero(bad.any(axis=0))[0])
    term = str(evaluated.columns[column])
    raise ValuesError(
        term,
        expected="finite values",
        found=f"{int(bad[:, column].sum())} infinite or undefined",
        offenders=labels(evaluated.index[bad[:, column]]),
        why="the logarithm of zero or less, a division by zero or infinity is no number",
        remedy="transform so that it is defined, e.g. log(1 + x), or leave those rows out",
    )


def refuse_constant(values: pd.Series[Any]) -> None:
    """Raise :class:`~workbench.errors.ValuesError` if a variable does not vary."""
    spread = float(np.ptp(values.to_numpy()))
    scale = float(np.abs(values.to_numpy()).max())
    if spread <= 1e-12 * max(scale, np.finfo(float).tiny):
        raise ValuesError(
            str(values.name),
            expected="values that vary between regions",
            found=f"the constant {float(values.iloc[0]):.12g}",
            why="with zero variance there is nothing to explain or to correlate",
        )
