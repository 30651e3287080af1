"""Several fits of one formula beside each other: estimates, fit and notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from workbench.models.results import CrossSectionResults
from workbench.regression.side_by_side import estimates

FIT = ["parameters", "loglik", "aic", "aicc", "bic", "probability_bic"]


def side_by_side(
    fits: Mapping[str, CrossSectionResults], criteria: pd.DataFrame, failures: Collection[str]
) -> pd.DataFrame:
    """Estimates above, fit below; a model that could not be estimated has an empty column."""
    both = pd.concat([estimates(fits), criteria[FIT].T.astype(float)])
    return both.reindex(columns=[*fits, *failures])


def notes_of_fits(fits: Mapping[str, CrossSectionResults]) -> Iterator[str]:
    """Yield every note of a fit once, with the models it belongs to unless that is all of them."""
    holders: dict[str, list[str]] = {}
    for model, fit in fits.items():
        for note in fit.notes:
            holders.setdefault(note, []).append(model)
    for note, models in holders.items():
        yield note if len(models) == len(fits) else f"{', '.join(models)}: {note}"
