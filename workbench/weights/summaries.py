"""Several cards side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from workbench.core import display
from workbench.errors import InputError
from workbench.weights.adoption import as_weights
from workbench.weights.card import Card
from workbench.weights.weights import WeightsLike

TITLE = "Spatial weights side by side"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summary:
    """Cards of several weights; immutable.

    Attributes
    ----------
    cards : mapping of str to Card
        By name of the candidate.
    """

    cards: Mapping[str, Card]

    @property
    def table(self) -> pd.DataFrame:
        """A row a property of :class:`Card`, a column a candidate; text."""
        return pd.DataFrame({name: card.table()["value"] for name, card in self.cards.items()})

    def to_frame(self) -> pd.DataFrame:
        """Return the numbers: a row a candidate, columns of the glossary.

        ``nobs links mean_neighbors islands components rho_low rho_high weights``; rho is missing
        where it is not bounded.
        """
        rows = {
            name: {
                "nobs": card.n,
                "links": card.links,
                "mean_neighbors": card.links / card.n,
                "islands": len(card.islands),
                "components": len(card.component_sizes),
                "rho_low": card.rho_low,
                "rho_high": card.rho_high,
                "weights": card.digest,
            }
            for name, card in self.cards.items()
        }
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("candidate")
        return table.astype({"rho_low": float, "rho_high": float})

    def __repr__(self) -> str:
        return f"<Summary of {len(self.cards)} weights: {', '.join(self.cards)}>"

    def __str__(self) -> str:
        return display.text(TITLE, [("", self.table)])

    def _repr_html_(self) -> str:
        return display.html(TITLE, [("", self.table)])


def summary(candidates: Mapping[str, WeightsLike]) -> Summary:
    """Put the cards of several weights side by side.

    Parameters
    ----------
    candidates : mapping of str to Weights, libpysal Graph or W
        Of the same regions or not.

    Returns
    -------
    Summary
        Shown as a table in a notebook; ``.table`` is a DataFrame of text, ``.to_frame()`` one of
        numbers.

    Raises
    ------
    InputError
        If candidates are no mapping, or none.

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
    return Summary(
        MappingProxyType(
            {str(name): as_weights(W, argument=str(name)).card() for name, W in candidates.items()}
        )
    )
