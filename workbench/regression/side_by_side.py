"""Fits of one formula by model word, beside each other; what ladders have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import pandas as pd

from workbench.errors import UnknownNameError, unknown_name
from workbench.regression.results import LAMBDA, RHO, RegressionResults

PHI = "phi"
Fit = TypeVar("Fit", bound=RegressionResults)


def estimates(fits: Mapping[str, Fit]) -> pd.DataFrame:
    """Return a row a term, a column a model, rho, lambda and phi last; NaN where it has none."""
    columns = {model: fit.params for model, fit in fits.items()}
    terms = dict.fromkeys(term for column in columns.values() for term in column.index)
    spatial = [term for term in (RHO, LAMBDA, PHI) if term in terms]
    order = [term for term in terms if term not in spatial] + spatial
    table: pd.DataFrame = pd.DataFrame(columns).reindex(order)
    return table


class FitsByModel(Mapping[str, Fit]):
    """A mapping from model word to fit; subclasses hold ``fits`` and ``failures``."""

    __slots__ = ()
    fits: Mapping[str, Fit]
    failures: Mapping[str, str]

    def __getitem__(self, model: str) -> Fit:
        if model in self.failures:
            raise UnknownNameError(
                "model",
                expected=f"a model that was estimated: {', '.join(self.fits)}",
                found=f"{model!r}, which was not",
                why=self.failures[model],
                remedy=f"ladder[{next(iter(self.fits), 'ols')!r}]",
            )
        if model not in self.fits:
            raise unknown_name("model", model, self.fits)
        return self.fits[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    @property
    def table(self) -> pd.DataFrame:
        """Estimates side by side: a row a term, a column a model; blank where it has none."""
        return estimates(self.fits)

    def tidy(self) -> pd.DataFrame:
        """Return every model's tidy table under one another, index (model, term)."""
        return pd.concat({name: fit.tidy() for name, fit in self.fits.items()}, names=["model"])

    def impacts(self) -> pd.DataFrame:
        """Return every model's impacts by the delta method, index (model, term, effect)."""
        frames = {name: fit.impacts().tidy() for name, fit in self.fits.items()}
        return pd.concat(frames, names=["model"])
