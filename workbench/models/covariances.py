"""Standard errors of one least-squares fit under several assumptions, without fitting again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core import display
from workbench.core.vocabulary import Reference
from workbench.errors import InputError, unknown_option
from workbench.models.answers import even_rows
from workbench.regression.covariances import CovarianceOption, label_of
from workbench.regression.design import read_only
from workbench.regression.sandwiches import Sandwich, sandwich

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

LEAST_SQUARES = ("ols", "slx")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Covariances(Mapping[str, "CrossSectionResults"]):
    """One fit under several covariances: the estimates are the same, the inference is not.

    A mapping from the name of a covariance to the result with it:
    ``covariances["HC3"].impacts()``.

    Attributes
    ----------
    fits : mapping of str to CrossSectionResults
        In the order in which they were asked for.
    """

    fits: Mapping[str, CrossSectionResults]

    def __getitem__(self, name: str) -> CrossSectionResults:
        if name not in self.fits:
            raise unknown_option("covariance", name, self.fits)
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
        tables = {name: fit.tidy(level) for name, fit in self.fits.items()}
        return pd.concat(tables, names=["covariance"])

    def impacts(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return impacts by the delta method, index (covariance, term, effect)."""
        tables = {name: fit.impacts(level=level).tidy() for name, fit in self.fits.items()}
        return pd.concat(tables, names=["covariance"])

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


def with_covariance(fit: CrossSectionResults, option: CovarianceOption) -> CrossSectionResults:
    """Return the fit with other standard errors; see :meth:`CrossSectionResults.with_covariance`.

    Raises
    ------
    InputError
        If the model is not estimated by least squares, or the covariance cannot be had.
    """
    label_of(option)  # refuses what is no covariance
    if fit.iv is not None:
        return _of_moments(fit, option)
    if fit.model not in LEAST_SQUARES:
        raise InputError(
            "covariance",
            expected="a model estimated by least squares, 'ols' or 'slx'",
            found=f"model={fit.model!r}, {fit.estimates.covariance}",
            why="a likelihood that is wrong about the variance is wrong about rho and lambda too, "
            "which no covariance around them mends",
            remedy='wb.fit(..., model="slx") has local spillovers and any of these covariances',
        )
    made = sandwich(option, fit.design.weighted(), even_rows(fit).e)
    return _with(fit, made, made.df)


def _of_moments(fit: CrossSectionResults, option: CovarianceOption) -> CrossSectionResults:
    from workbench.models.estimators_gmm import law, two_stage_covariance

    if fit.iv is None or fit.iv.transformed is not None:
        raise InputError(
            "covariance",
            expected="a model without a spatial disturbance",
            found=f"model={fit.model!r}, {fit.estimates.covariance}",
            why="the covariance of lambda and of the coefficients is joint",
            remedy='method=GMM(errors="het") allows for variances that differ',
        )
    made = two_stage_covariance(option, fit.design, fit.iv.instruments, fit.iv.stage)
    return _with(fit, made, law(option, made))


def _with(
    fit: CrossSectionResults, made: Sandwich, df: float | Reference | None
) -> CrossSectionResults:
    estimates = replace(
        fit.estimates,
        cov=read_only(made.cov),
        df=df,
        covariance=made.title,
        notes=made.notes,
    )
    kept = tuple(note for note in fit.notes if note not in fit.estimates.notes)
    provenance = replace(
        fit.provenance, options={**fit.provenance.options, **made.options}, seed=made.seed
    )
    return replace(
        fit,
        estimates=estimates,
        notes=(*kept, *made.notes),
        provenance=provenance,
        tolerance="closed form" if made.seed is None else "simulation",
    )


def covariances(
    fit: CrossSectionResults,
    options: Sequence[CovarianceOption] | Mapping[str, CovarianceOption],
) -> Covariances:
    """Return the fit under several covariances; see :meth:`CrossSectionResults.covariances`."""
    if isinstance(options, str) or not isinstance(options, Sequence | Mapping) or not options:
        raise InputError(
            "options",
            expected="a list of covariances, or a mapping from names to them",
            found=repr(options) if isinstance(options, str) else type(options).__name__,
            remedy='fit.covariances(["classical", "HC3"])',
        )
    if isinstance(options, Mapping):
        return Covariances({str(n): with_covariance(fit, o) for n, o in options.items()})
    names = [label_of(option) for option in options]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            "options",
            expected="covariances with different names",
            found=f"{repeated[0]!r} more than once",
            remedy='name them: fit.covariances({"500 km": ..., "500 km, planar": ...})',
        )
    pairs = zip(names, options, strict=True)
    return Covariances({name: with_covariance(fit, option) for name, option in pairs})
