"""The sample of a cross-section model: table and weights in one order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.errors import InputError
from workbench.regression.case_weights import case_weights_digest
from workbench.regression.specification import Specification
from workbench.weights import Weights


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Table and weights with the same regions in sorted order.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a region.
    weights : Weights or None
        W in the order of the table.
    notes : tuple of str
        What the policies left out.
    error_weights : Weights or None
        W of the disturbance where the caller gave another one, in the same order.
    x_weights : Weights or None
        W of the lagged regressors where the caller gave another one, in the same order.
    case_weights : pandas.Series or None
        Case weights in the order of the table, named as their column.
    """

    table: pd.DataFrame
    weights: Weights | None
    notes: tuple[str, ...]
    error_weights: Weights | None = None
    x_weights: Weights | None = None
    case_weights: pd.Series[Any] | None = None

    def weights_of_error(self) -> Weights:
        """Return the weights of the disturbance: its own, or those of the lag."""
        return self.error_weights or self.require_weights()

    def weights_of_x(self) -> Weights:
        """Return the weights of lagged regressors: their own, or those of the lag."""
        return self.x_weights or self.require_weights()

    def require_weights(self) -> Weights:
        """Return the weights; refuse where there are none."""
        if self.weights is None:
            raise InputError("W", expected="spatial weights", found="None")
        return self.weights

    def provenance(self, specification: Specification, method: str) -> Provenance:
        """Return what produced a fit on this sample."""
        return Provenance(
            method=method,
            formula=specification.formula,
            nobs=len(self.table),
            ids_digest=ids_digest(self.table.index),
            weights=self.weights.described if self.weights is not None else None,
            notes=self.notes,
            options={
                **self._of_others(),
                **({"durbin": ", ".join(specification.durbin)} if specification.durbin else {}),
                **specification.estimation,
                "model": specification.model,
                "covariance": specification.covariance_name,
                "align": specification.align,
                "missing": specification.missing,
            },
        )

    def _of_others(self) -> dict[str, str]:
        """Name the other weights that decide the numbers."""
        others = {"W_error": self.error_weights, "W_x": self.x_weights}
        named = {name: f"{W.recipe} {W.digest}" for name, W in others.items() if W is not None}
        if self.case_weights is not None:
            digest = case_weights_digest(self.case_weights.to_numpy(dtype=float))
            named["case_weights"] = f"{self.case_weights.name} {digest}"
        return named
