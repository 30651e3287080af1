"""What growth asks of a panel: values that are positive, and no logarithm taken twice."""

from __future__ import annotations

import ast

from workbench.core.periods import cells
from workbench.errors import FormulaError, ValuesError
from workbench.explore.panel_variable import PanelVariable


def refuse_logarithm(variable: object, *, why: str) -> None:
    """Refuse an expression that is a logarithm where logarithms are taken of it.

    Raises
    ------
    FormulaError

    Examples
    --------
    >>> refuse_logarithm("grp / exp(log(population))", why="")
    """
    if not isinstance(variable, str):
        return
    try:
        outer = ast.parse(variable.strip(), mode="eval").body
    except SyntaxError:
        return  # a column whose name is no expression, or what the reader of panels refuses
    if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name):
        if outer.func.id not in ("log", "log2", "log10", "log1p"):
            return
        inner = ast.unparse(outer.args[0]) if outer.args else "..."
        raise FormulaError(
            "variable",
            expected="a variable in levels",
            found=f"{variable!r}, its logarithm",
            why=why,
            remedy=f"pass the level: {inner!r}",
        )


def require_positive(read: PanelVariable, *, why: str) -> None:
    """Refuse values that are zero or negative, naming the regions and periods."""
    bad = read.values <= 0
    if bad.any():
        raise ValuesError(
            read.name,
            expected="positive values",
            found=f"{int(bad.sum())} that are zero or negative",
            offenders=cells(bad, read.ids, read.periods),
            why=why,
            remedy="leave those regions or periods out: panel.drop(index=[...], level=0)",
        )
