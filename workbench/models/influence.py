"""Influence of each region on coefficients and impacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.errors import unknown_option
from workbench.models.results import CrossSectionResults
from workbench.models.testing.answers import (
    even_rows,
    require_likelihood,
    weights_of,
)
from workbench.numerics.regression.influence import leave_one_out, one_step
from workbench.numerics.responses.regional import RegionalWeights, averages
from workbench.regression.impacts import EFFECTS, ImpactParts
from workbench.regression.parameters import picked, require_spatial
from workbench.regression.results import LAMBDA, RHO, require_linear
from workbench.regression.specification import LEAST_SQUARES
from workbench.typing import FloatArray

COEFFICIENT = "coefficient"
EXACT = (
    "Exact: each region's equation is left out; its neighbours keep its values in their spatial "
    "lags."
)
ONE_STEP = (
    "One Newton step of the spatial parameters, not a new fit: each region's share of the "
    "likelihood is left out; its neighbours keep its values in their spatial lags."
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Influence:
    """What leaving each region out does.

    Attributes
    ----------
    table : pandas.DataFrame
        Index region id: ``residual cook``, and for least squares ``leverage studentized``;
        the most influential first.
    changes : pandas.DataFrame
        Index region id (sorted), columns (term, effect): estimate less the estimate without the
        region, in units of the estimate. ``effect`` is ``coefficient``, ``direct``, ``indirect``
        or ``total``.
    estimates : pandas.Series
        By (term, effect), with all regions.
    std_errors : pandas.Series
        By (term, effect); of impacts by the delta method.
    exact : bool
        Whether the changes are those of a new fit; else they are one Newton step.
    notes : tuple of str
    provenance : Provenance
    """

    table: pd.DataFrame
    changes: pd.DataFrame
    estimates: pd.Series[Any]
    std_errors: pd.Series[Any]
    exact: bool
    notes: tuple[str, ...]
    provenance: Provenance

    def of(self, term: str, effect: str = COEFFICIENT) -> pd.DataFrame:
        """Return a row a region for one estimate: ``without change moved``, largest move first.

        Parameters
        ----------
        term : str
            As the table of coefficients names it, e.g. ``"log(rd)"`` or ``"rho"``.
        effect : {"coefficient", "direct", "indirect", "total"}

        Returns
        -------
        pandas.DataFrame
            ``without``: the estimate without the region; ``change``: with less without;
            ``moved``: the change in standard errors (DFBETAS with the standard error of all
            regions).
        """
        key = self._key(term, effect)
        change = self.changes[key]
        table = pd.DataFrame(
            {
                "without": self.estimates[key] - change,
                "change": change,
                "moved": change / self.std_errors[key],
            }
        )
        order = np.argsort(-table["moved"].abs().to_numpy(), kind="stable")
        return table.iloc[order]

    def tidy(self) -> pd.DataFrame:
        """Return a row a region, term and effect: ``estimate without change moved``."""
        frames = []
        for key in self.changes.columns:
            part = self.of(*key).sort_index()
            part.insert(0, "estimate", self.estimates[key])
            part.index = pd.MultiIndex.from_product(
                [part.index, [key[0]], [key[1]]], names=["region", "term", "effect"]
            )
            frames.append(part)
        return pd.concat(frames)

    def plot(
        self,
        regions: Any = None,
        *,
        term: str = "",
        effect: str = COEFFICIENT,
        title: str | None = None,
    ) -> Any:
        """Draw Cook's distances, or how one estimate moves; on a map where `regions` are given.

        Parameters
        ----------
        regions : GeoDataFrame or GeoSeries, optional
            Polygons by region id.
        term, effect : str
            The estimate whose move is drawn; Cook's distance without a term.
        title : str, optional
            Heading.

        Returns
        -------
        Picture
        """
        if term:
            self._key(term, effect)
        kind = "influence" if regions is None else "influence map"
        subjects = (self,) if regions is None else (self, regions)
        return display.picture(kind, *subjects, term=term, effect=effect, title=title)

    def _key(self, term: str, effect: str) -> tuple[str, str]:
        terms = list(dict.fromkeys(self.changes.columns.get_level_values("term")))
        if term not in terms:
            raise unknown_option("term", term, terms)
        known = [str(key[1]) for key in self.changes.columns if key[0] == term]
        if effect not in known:
            raise unknown_option("effect", effect, known)
        return term, effect

    def _heading(self) -> str:
        return f"Influence of regions: {self.provenance.formula}"

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("The ten most influential regions", self.table.head(10))]

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self.notes)


def influence(fit: CrossSectionResults) -> Influence:
    """Find how each region moves the coefficients and the impacts of a fit.

    Parameters
    ----------
    fit : CrossSectionResults
        Of any model, with any number of regions.

    Returns
    -------
    Influence
        Exact leave-one-out for least squares, from the leverages; for maximum likelihood one
        Newton step of ρ and λ with the coefficients following, which the notes say. Impacts move
        with the estimates to first order (exactly, for least squares).

    Notes
    -----
    W stays as it is: leaving a region out of W too is another experiment, a new fit on
    ``W.restrict(...)``. Cook's distance is d′V⁻¹d/p with d the change of the p estimates and V
    their covariance.

    References
    ----------
    Belsley, D., Kuh, E. and Welsch, R. (1980). Regression Diagnostics, chapter 2. Cook, R. D.
    (1977). Detection of influential observation in linear regression. Technometrics 19, 15-18.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import influence
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> found = influence(wb.fit("log(gsp) ~ log(emp)", y, W, model="sar"))
    >>> found.of("log(emp)", "total").columns.tolist()
    ['without', 'change', 'moved']
    """
    require_linear(fit, what="influence")
    require_likelihood(fit, "influence")
    change, more = _changes(fit)
    terms = fit.estimates.terms
    columns = [(term, COEFFICIENT) for term in terms]
    estimates, errors = [*fit.estimates.values], [*np.sqrt(np.diag(fit.estimates.cov))]
    moved = [change]
    if fit.design.impact_terms:
        moved.append(_impact_changes(fit, change))
        impacts = fit.impacts().tidy()
        columns += [(term, effect) for term in fit.design.impact_terms for effect in EFFECTS]
        estimates += impacts["estimate"].tolist()
        errors += impacts["std_error"].tolist()
    index = pd.MultiIndex.from_tuples(columns, names=["term", "effect"])
    changes = pd.DataFrame(np.hstack(moved), index=fit.design.index, columns=index)
    exact = fit.model in LEAST_SQUARES
    return Influence(
        table=_table(fit, change, more),
        changes=changes,
        estimates=pd.Series(estimates, index=index, name="estimate"),
        std_errors=pd.Series(errors, index=index, name="std_error"),
        exact=exact,
        notes=(EXACT if exact else ONE_STEP, *_alone(fit, change)),
        provenance=fit.provenance,
    )


def _changes(fit: CrossSectionResults) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return estimates less those without each region, shape (n, p), and further columns."""
    rows, terms = even_rows(fit), fit.estimates.terms
    y, X = rows.y, rows.X
    if fit.model in LEAST_SQUARES:
        found = leave_one_out(y, X)
        return found.change, {"leverage": found.leverage, "studentized": found.studentized}
    at = {term: float(fit.estimates.values[terms.index(term)]) for term in terms[X.shape[1] :]}
    W = rows.weights(weights_of(fit, RHO)) if RHO in at else None
    M = rows.weights(weights_of(fit, LAMBDA)) if LAMBDA in at else None
    return one_step(y, X, W=W, M=M, rho=at.get(RHO, 0.0), lam=at.get(LAMBDA, 0.0)), {}


def _impact_changes(fit: CrossSectionResults, change: FloatArray) -> FloatArray:
    """Return impacts less those without each region, shape (n, 3K): direct, indirect, total."""
    parts = fit._impact_parts()
    w = _averages(parts)
    out = np.empty((len(change), len(parts.terms), 3))
    for k, (b, t) in enumerate(zip(parts.own, parts.lagged, strict=True)):
        out[:, k] = np.outer(change[:, b], w.a) if b >= 0 else 0.0
        if t >= 0:
            out[:, k] += np.outer(change[:, t], w.b)
        if parts.rho >= 0:
            beta, theta = picked(parts.estimates, np.array([b, t]))
            slope = beta * w.slope_a + theta * w.slope_b
            out[:, k] += np.outer(change[:, parts.rho], slope)
    return out.reshape(len(change), -1)


def _averages(parts: ImpactParts) -> RegionalWeights:
    """Return what multiplies β and θ in direct, indirect and total, and the slopes in ρ."""
    if not parts.spatial:
        return RegionalWeights(np.array([1.0, 0.0, 1.0]), *np.zeros((3, 3)))
    W = require_spatial(parts, "impacts").sparse
    rho = float(parts.estimates[parts.rho]) if parts.rho >= 0 else 0.0
    V = W if parts.lagged_by is None else parts.lagged_by
    return averages(W, rho, lagged_by=V).with_difference()


def _table(
    fit: CrossSectionResults, change: FloatArray, more: dict[str, FloatArray]
) -> pd.DataFrame:
    root = linalg.cholesky(fit.estimates.cov, lower=True)
    kept = np.isfinite(change).all(axis=1)
    cook = np.full(len(change), np.nan)
    scaled = linalg.solve_triangular(root, change[kept].T, lower=True)
    cook[kept] = (scaled**2).sum(axis=0) / change.shape[1]
    table = pd.DataFrame({"residual": fit.fit.resids, **more, "cook": cook}, index=fit.design.index)
    return table.iloc[np.argsort(-np.nan_to_num(cook, nan=np.inf), kind="stable")]


def _alone(fit: CrossSectionResults, change: FloatArray) -> tuple[str, ...]:
    alone = fit.design.index[np.flatnonzero(~np.isfinite(change).all(axis=1))]
    if len(alone) == 0:
        return ()
    named = ", ".join(map(str, alone))
    return (f"Alone behind a coefficient, which does not exist without them: {named}.",)
