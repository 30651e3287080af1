"""How well a logit fits: pseudo R-squareds, and the table of right and wrong classifications."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.vocabulary import one_row
from workbench.errors import check_number
from workbench.numerics.binary.discrimination import area_under_curve, goodness_of

if TYPE_CHECKING:
    from workbench.models.binary.results import BinaryResults

IN_SAMPLE = "Of the regions that the model was fitted to: of others it classifies fewer right."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Classification:
    """Outcomes against those that a cutoff of the probabilities predicts.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``outcome`` (0, 1), columns ``0`` and ``1``: what is predicted; numbers of regions.
    wrong : pandas.DataFrame
        Regions on the wrong side: ``outcome`` and ``probability``, the farthest first.
    cutoff : float
        Probability from which 1 is predicted.
    auc : float
        Area under the receiver operating characteristic, which needs no cutoff.
    notes : tuple of str
    """

    table: pd.DataFrame
    wrong: pd.DataFrame
    cutoff: float
    auc: float
    notes: tuple[str, ...] = (IN_SAMPLE,)

    def glance(self) -> pd.DataFrame:
        """Return one row: ``cutoff accuracy sensitivity specificity auc``.

        Sensitivity is the share of ones that are predicted, specificity that of zeros.
        """
        counts = self.table.to_numpy(dtype=float)
        right = np.diag(counts)
        return one_row(
            cutoff=self.cutoff,
            accuracy=float(right.sum() / counts.sum()),
            sensitivity=float(right[1] / counts[1].sum()),
            specificity=float(right[0] / counts[0].sum()),
            auc=self.auc,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.tidy()), ("", self.glance()), ("On the wrong side", self.wrong)]

    def __str__(self) -> str:
        return display.text("Outcomes (rows) and predictions (columns)", self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Outcomes (rows) and predictions (columns)", self._parts(), self.notes)


def classification_of(fit: BinaryResults, cutoff: float) -> Classification:
    """Return the classification of the sample at a cutoff."""
    check_number("cutoff", cutoff, above=0.0, below=1.0, remedy="cutoff=0.5")
    y, p = fit.design.y, fit.fit.fitted
    said = (p >= cutoff).astype(float)
    counts = [[int(((y == a) & (said == b)).sum()) for b in (0, 1)] for a in (0, 1)]
    table = pd.DataFrame(counts, index=pd.Index([0, 1], name="outcome"), columns=["0", "1"])
    wrong = pd.DataFrame({"outcome": y.astype(int), "probability": p}, index=fit.design.index)
    wrong = wrong[y != said]
    order = (wrong["probability"] - wrong["outcome"]).abs().sort_values(ascending=False).index
    return Classification(table, wrong.loc[order], float(cutoff), area_under_curve(y, p))


def goodness_table(fit: BinaryResults) -> pd.DataFrame:
    """Return one row with the measures of fit."""
    found = asdict(goodness_of(fit.design.y, fit.fit.fitted, fit.loglik))
    return one_row(
        loglik=fit.loglik, loglik_null=fit.loglik_null, aic=fit.aic, bic=fit.bic, **found
    )
