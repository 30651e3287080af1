"""Hypotheses as one table, to be published before any of them is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import pandas as pd

from workbench.errors import InputError
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.hypothesis import Hypothesis

Stated: TypeAlias = Hypothesis | Expectation
"""What a verdict can be about."""


def stated(hypotheses: Stated | Sequence[Stated]) -> pd.DataFrame:
    """Return what a study claims, as a table to publish before any model.

    Parameters
    ----------
    hypotheses : Hypothesis, Expectation, or sequence of these

    Returns
    -------
    DataFrame
        Index ``hypothesis``, its name; columns ``statement``, ``restriction`` (what is claimed),
        ``null`` (what it is tested against: of a hypothesis its estimand at the value, of
        equivalence as far from it as the margin or farther), ``alpha``, ``kind``, and
        ``mechanism`` where one is given.

    Raises
    ------
    InputError
        If there is none, one is neither, or two share a name.

    Examples
    --------
    >>> H1 = Hypothesis("R&D next door raises patenting", "indirect(log(rd)) > 0", name="H1")
    >>> H2 = Expectation("AI stands beside IT", "colocation quotient", ">",
    ...     null="labels dealt out at random", name="H2")
    >>> table = stated([H1, H2])
    >>> table["null"].tolist()
    ['indirect(log(rd)) = 0', 'labels dealt out at random']
    """
    several = [hypotheses] if isinstance(hypotheses, Hypothesis | Expectation) else list(hypotheses)
    refuse_unnamed(several)
    rows = [
        {
            "statement": one.statement,
            "restriction": one.restriction,
            "null": null_of(one),
            "alpha": one.alpha,
            "kind": one.kind,
            "mechanism": one.mechanism,
        }
        for one in several
    ]
    table = pd.DataFrame(rows, index=pd.Index([one.label for one in several], name="hypothesis"))
    return table if table["mechanism"].any() else table.drop(columns="mechanism")


def null_of(one: Stated) -> str:
    """Return what a statement is tested against.

    Examples
    --------
    >>> null_of(Hypothesis("Constant returns", "total(x)", "=", 1, margin=0.1))
    '|total(x) - 1| >= 0.1'
    """
    if isinstance(one, Expectation):
        return one.null
    estimand = one.estimand.text
    if one.relation != "=":
        return f"{estimand} = {one.value:.10g}"
    distance = f"{estimand} - {one.value:.10g}" if one.value else estimand
    return f"|{distance}| >= {one.margin:.10g}"


def refuse_unnamed(several: Sequence[object]) -> None:
    """Refuse nothing at all, what is no hypothesis, and names that occur twice.

    Raises
    ------
    InputError
        With the names.
    """
    if not several:
        raise InputError("hypotheses", expected="one or more", found="none")
    labels = []
    for one in several:
        if not isinstance(one, Hypothesis | Expectation):
            raise InputError(
                "hypotheses",
                expected="hypotheses, or expectations",
                found=type(one).__name__,
                remedy="[wb.Hypothesis(statement, 'indirect(log(rd)) > 0')]",
            )
        labels.append(one.label)
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise InputError(
            "hypotheses",
            expected="a name of its own for each",
            found="names that occur twice",
            offenders=twice,
            remedy="wb.Hypothesis(..., name='H1')",
        )
