"""Standard errors of one least-squares fit under several assumptions, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from workbench.core import display
from workbench.errors import InputError, unknown_name
from workbench.regression.covariances import CovarianceOption, label_of
from workbench.regression.results import RegressionResults

Result = TypeVar("Result", bound=RegressionResults)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Covariances(Mapping[str, Any]):
    """One fit under several covariances: the estimates are the same, the inference is not.

    A mapping from the name of a covariance to the result with it:
    ``covariances["HC3"].impacts()``.

    Attributes
    ----------
    fits : mapping of str to RegressionResults
        In the order in which they were asked for.
    """

    fits: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        if name not in self.fits:
            raise unknown_name("covariance", name, self.fits)
        return self.fits[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader must know of each covariance, with its name."""
        return tuple(
            f"{name}: {note}" for name, fit in self.fits.items() for note in fit.estimates.notes
        )

    @property
    def std_errors(self) -> pd.DataFrame:
        """Estimates, then standard errors side by side: a row a term, a column a covariance."""
        first = next(iter(self.fits.values()))
        columns = {name: fit.std_errors for name, fit in self.fits.items()}
        return pd.DataFrame({"estimate": first.params, **columns})

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return every tidy table under one another, index (covariance, term)."""
        tables: dict[str, pd.DataFrame] = {name: fit.tidy(level) for name, fit in self.fits.items()}
        return pd.DataFrame(pd.concat(tables, names=["covariance"]))

    def impacts(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return impacts by the delta method, index (covariance, term, effect)."""
        tables: dict[str, pd.DataFrame] = {
            name: fit.impacts(level=level).tidy() for name, fit in self.fits.items()
        }
        return pd.DataFrame(pd.concat(tables, names=["covariance"]))

    def plot(self, *, level: float = 0.95) -> Any:
        """Return a chart of the intervals, a panel a term, a row a covariance."""
        return display.picture("covariances", self, level=level)

    def _heading(self) -> str:
        return f"Standard errors: {next(iter(self.fits.values())).formula}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.std_errors)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.std_errors)], self.notes)


def several_covariances(
    fit: Result,
    options: Sequence[CovarianceOption] | Mapping[str, CovarianceOption],
    change: Callable[[Result, CovarianceOption], Result],
    *,
    name_of: Callable[[Any], str] = label_of,
) -> Covariances:
    """Return a fit under several covariances, named by their labels or by the caller.

    Parameters
    ----------
    fit : RegressionResults
    options : sequence or mapping
        Covariances, or names and covariances.
    change : callable
        From a fit and a covariance to the fit with it.
    name_of : callable
        From a covariance to its name.

    Raises
    ------
    InputError
        If nothing is asked for, or two have the same name.
    """
    if isinstance(options, str) or not isinstance(options, Sequence | Mapping) or not options:
        raise InputError(
            "options",
            expected="a list of covariances, or a mapping from names to them",
            found=repr(options) if isinstance(options, str) else type(options).__name__,
            remedy='fit.covariances(["classical", "HC3"])',
        )
    if isinstance(options, Mapping):
        return Covariances({str(n): change(fit, o) for n, o in options.items()})
    names = [name_of(option) for option in options]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            "options",
            expected="covariances with different names",
            found=f"{repeated[0]!r} more than once",
            remedy='name them: fit.covariances({"500 km": ..., "500 km, planar": ...})',
        )
    pairs = zip(names, options, strict=True)
    return Covariances({name: change(fit, option) for name, option in pairs})
