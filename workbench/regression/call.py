"""What a fit was asked, kept so that it can be asked again with something changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import unknown_option
from workbench.regression.case_weights import CaseWeights
from workbench.regression.covariances import CovarianceOption
from workbench.regression.specification import Specification
from workbench.typing import Covariance

if TYPE_CHECKING:
    from workbench.weights import WeightsLike

BESIDE = ("data", "W", "W_error", "W_x", "case_weights")
"""Arguments of ``fit`` that are no part of a specification."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """The arguments of a fit.

    Attributes
    ----------
    specification : Specification
        Formula and choices, as the caller gave them.
    data : pandas.DataFrame
        Those columns of the caller's table that the model can read, rows in the caller's order.
    W, W_error, W_x : Weights, Graph, W, a mapping by period, or None
        As the caller gave them.
    case_weights : str, Series or None
    """

    specification: Specification
    data: pd.DataFrame
    W: WeightsLike | Mapping[Any, WeightsLike] | None = None
    W_error: WeightsLike | Mapping[Any, WeightsLike] | None = None
    W_x: WeightsLike | Mapping[Any, WeightsLike] | None = None
    case_weights: CaseWeights | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """Every argument of ``fit`` by name."""
        chosen = self.specification
        given = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
        return given | {name: getattr(self, name) for name in BESIDE}

    def changed(self, changes: Mapping[str, object]) -> dict[str, Any]:
        """Return the arguments with some of them changed.

        Raises
        ------
        OptionError
            If a name is no argument of ``fit``.
        """
        arguments = self.arguments
        for name in changes:
            if name not in arguments:
                raise unknown_option("changes", name, tuple(arguments))
        return arguments | dict(changes)

    def with_covariance(self, option: Covariance | CovarianceOption) -> Call:
        """Return the call with another covariance."""
        return replace(self, specification=replace(self.specification, covariance=option))


def call_of(
    specification: Specification,
    data: pd.DataFrame,
    W: WeightsLike | Mapping[Any, WeightsLike] | None,
    *,
    W_error: WeightsLike | Mapping[Any, WeightsLike] | None = None,
    W_x: WeightsLike | Mapping[Any, WeightsLike] | None = None,
    case_weights: CaseWeights | None = None,
) -> Call:
    """Return the call of a fit with the columns of the data that its words can mean.

    Parameters
    ----------
    specification : Specification
    data : DataFrame
        As the caller gave it.
    W, W_error, W_x, case_weights
        As the caller gave them.
    """
    told = " ".join(
        (
            specification.reads,
            *specification.endogenous,
            *specification.absorb,
            case_weights if isinstance(case_weights, str) else "",
        )
    )
    # a column whose name occurs anywhere may be meant: one too many costs memory, one too few a fit
    kept = [column for column in data.columns if str(column) in told]
    table = pd.DataFrame(data[kept])
    if "provenance" in data.attrs:  # where the figures are from is asked of a fit, too
        table.attrs["provenance"] = data.attrs["provenance"]
    return Call(specification, table, W, W_error, W_x, case_weights)
