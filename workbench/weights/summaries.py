"""Several cards side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.core import display
from workbench.errors import InputError
from workbench.weights.adoption import as_weights
from workbench.weights.weights import WeightsLike


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summary:
    """Cards of several weights.

    Attributes
    ----------
    table : DataFrame
        A row a property of :class:`Card`, a column a candidate; text.
    """

    table: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Summary of {len(self.table.columns)} weights: {', '.join(self.table.columns)}>"

    def __str__(self) -> str:
        return display.text("Spatial weights side by side", [("", self.table)])

    def _repr_html_(self) -> str:
        return display.html("Spatial weights side by side", [("", self.table)])


def summary(candidates: Mapping[str, WeightsLike]) -> Summary:
    """Put the cards of several weights side by side.

    Parameters
    ----------
    candidates : mapping of str to Weights, libpysal Graph or W
        Of the same regions or not.

    Returns
    -------
    Summary
        Shown as a table in a notebook; ``.table`` is a DataFrame.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> pair = Graph.from_dicts({"a": ["b"], "b": ["a"]})
    >>> summary({"pair": pair}).table.loc["links", "pair"]
    '2 (100.00% of ordered pairs)'
    """
    if not isinstance(candidates, Mapping) or not candidates:
        raise InputError(
            "candidates",
            expected="weights by name",
            found=type(candidates).__name__,
            remedy='pass a dict: {"queen": W, "six nearest": K}',
        )
    cards = {str(name): as_weights(W).card().table()["value"] for name, W in candidates.items()}
    return Summary(pd.DataFrame(cards))
