"""Common shocks against spillovers: the same model once factors are taken out, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.statistics import Answer
from workbench.errors import InputError, PanelError, WorkbenchError
from workbench.panels.results import PanelResults
from workbench.panels.testing.dependence import exponent_of, weighted_cd_test
from workbench.regression.design import raw_variables
from workbench.regression.specification import Specification
from workbench.typing import ImpactEffect

COUNTERPART: Mapping[str, str] = MappingProxyType(
    {
        "ols": "ols",
        "sem": "ols",
        "slx": "slx",
        "sdem": "slx",
        "sar": "sar",
        "sac": "sar",
        "sdm": "sdm",
        "gns": "sdm",
    }
)
"""Model with factors beside each model: factors take the place of a spatial disturbance."""

RIVALS: Mapping[str, str] = MappingProxyType(
    {"cce": "common correlated effects", "defactored": "defactored instruments"}
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CommonShocks:
    """A spillover with and without common shocks.

    Attributes
    ----------
    impacts : pandas.DataFrame
        Index (estimator, term, effect), columns of impacts; the fit in question comes first. One
        whose ρ is outside the admissible interval has none.
    dependence : pandas.DataFrame
        A row an estimator: test of dependence that is left in the residuals, and its exponent.
    verdicts : pandas.Series
        For each term, what becomes of its indirect impact: ``"remains"``, ``"goes with the common
        shocks"``, ``"appears once the shocks are out"``, ``"changes sign"``, ``"cannot tell"`` or
        ``"none"``. It goes, or appears, only if the interval of the estimate that is not different
        from zero leaves out the one that is; where it does not, or the estimators do not agree,
        nobody can tell.
    notes : tuple of str
        Estimators that could not be made or have no impacts, with the reason.
    provenance : Provenance
        Of the fit.
    """

    impacts: pd.DataFrame
    dependence: pd.DataFrame
    verdicts: pd.Series[Any]
    notes: tuple[str, ...]
    provenance: Provenance

    def tidy(self) -> pd.DataFrame:
        """Return the impacts, index (estimator, term, effect)."""
        return self.impacts.copy()

    def glance(self) -> pd.DataFrame:
        """Return the dependence that each estimator leaves."""
        return self.dependence.copy()

    def plot(self, *, effect: ImpactEffect = "indirect", title: str = "") -> Any:
        """Draw one impact of each term with and without common shocks.

        Parameters
        ----------
        effect : {"direct", "indirect", "total"}
        title : str
            Heading; by default what is drawn.
        """
        return display.picture("common shocks", self, effect=effect, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        indirect = self.impacts.xs("indirect", level="effect")
        return [
            ("Indirect impacts", pd.DataFrame(indirect)),
            ("Dependence left between regions", self.dependence),
            ("What becomes of the spillover", self.verdicts.to_frame()),
        ]

    def __str__(self) -> str:
        return display.text("Common shocks or spillovers", self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Common shocks or spillovers", self._parts(), self.notes)


def common_shocks(fit: PanelResults, *, alpha: float = 0.05, seed: int = 0) -> CommonShocks:
    """Estimate a panel model again with common shocks taken out, and say what changes.

    Regions that react to the same shocks (prices, sanctions, a technology's wave), each in its own
    way, look like neighbours that learn from each other. Averages over regions (CCE, Pesaran 2006;
    Yang 2021) and principal components (Cui, Sarafidis and Yamagata 2023) take such shocks out.

    Parameters
    ----------
    fit : PanelResults
        Of a balanced panel with W; its model is estimated again without a spatial disturbance.
    alpha : float
        Level at which an indirect impact counts as different from zero.
    seed : int
        Of the random signs in the test of remaining dependence.

    Returns
    -------
    CommonShocks

    Raises
    ------
    InputError
        If the fit is no panel's, has no W, or neither estimator can be made.

    References
    ----------
    Pesaran, M. H. (2006). Econometrica 74, 967–1012. Cui, G., Sarafidis, V. and Yamagata, T.
    (2023). Econometrics Journal 26, 124–146.

    Examples
    --------
    >>> import workbench as wb
    >>> panel, W = wb.load("munnell-1990"), wb.weights.queen(wb.load("us-states"))
    >>> slx = wb.fit("log(gsp) ~ log(pc) + log(emp)", panel, W, model="slx", effects="two-way")
    >>> shocks = wb.panels.common_shocks(slx)
    >>> list(shocks.dependence.index)
    ['slx, two-way effects', 'common correlated effects', 'defactored instruments']
    """
    counts = isinstance(fit, PanelResults) and fit.family != "gaussian"
    if not isinstance(fit, PanelResults) or fit.weights is None or fit.factors != "none" or counts:
        raise InputError(
            "fit",
            expected="a linear panel fit with W and without factors",
            found=getattr(fit, "title", type(fit).__name__),
            remedy='wb.fit(formula, panel, W, model="sdm", effects="two-way")',
        )
    first = f"{fit.model}, {fit.effects} effects"
    fits, tables, notes = {first: fit}, {first: fit.impacts().table}, []
    for word, title in RIVALS.items():
        try:
            fits[title] = _again(fit, word)
        except WorkbenchError as error:
            notes.append(f"{title} could not be estimated: {error.found}")
            continue
        try:
            tables[title] = fits[title].impacts().table
        except PanelError as error:
            notes.append(f"{title} has no impacts: {error.found}")
    if len(fits) == 1:
        raise InputError(
            "fit", expected="a panel from which shocks can be taken out", found="; ".join(notes)
        )
    impacts = pd.concat(tables)
    impacts.index = impacts.index.set_names(["estimator", "term", "effect"])
    dependence = pd.concat([_dependence(name, one, seed) for name, one in fits.items()])
    return CommonShocks(
        impacts,
        dependence,
        _verdicts(impacts, alpha),
        tuple(notes),
        replace(fit.provenance, seed=seed),
    )


def _again(fit: PanelResults, factors: str) -> PanelResults:
    from workbench.panels.fit import fit_panel

    model = COUNTERPART[fit.model]
    lagged = tuple(fit.design.lagged) if model in ("slx", "sdm") else ()
    everything = len(lagged) == len(fit.design.slopes)
    specification = Specification(
        fit.formula,
        model=model,  # type: ignore[arg-type]
        effects="entity",
        factors=factors,  # type: ignore[arg-type]
        durbin=None if everything or not lagged else lagged,
    )
    return fit_panel(specification, raw_variables(fit.design), fit.weights)


def _dependence(name: str, fit: PanelResults, seed: int) -> pd.DataFrame:
    answer: Answer = weighted_cd_test(fit.fit.resids, fit.cells, seed=seed)
    return pd.DataFrame(
        {
            "statistic": answer.statistic,
            "p_value": answer.p_value,
            "exponent": exponent_of(fit.fit.resids, fit.cells),
        },
        index=pd.Index([name], name="estimator"),
    )


def _verdicts(impacts: pd.DataFrame, alpha: float) -> pd.Series[Any]:
    indirect = impacts.xs("indirect", level="effect")
    first = indirect.index.get_level_values("estimator")[0]
    terms = indirect.loc[first].index
    words = {term: _verdict(pd.DataFrame(indirect.xs(term, level="term")), alpha) for term in terms}
    return pd.Series(words, name="verdict").rename_axis("term")


def _verdict(rows: pd.DataFrame, alpha: float) -> str:
    """Say what becomes of a term's impact, that of the fit in the first row.

    That it goes, or appears, takes an interval around the estimate that is not different from zero
    which leaves out the one that is: a blunt estimate speaks against nothing.
    """
    estimate, error = rows["estimate"].to_numpy(), rows["std_error"].to_numpy()
    signs = np.where(rows["p_value"].to_numpy() < alpha, np.sign(estimate), 0.0)
    before, after = signs[0], set(signs[1:].tolist())
    if len(after) != 1:
        return "cannot tell"
    (now,) = after
    if before == now:
        return "remains" if now else "none"
    if before and now:
        return "changes sign"
    reach = norm.isf(alpha / 2) * (error[1:] if before else error[0])
    if (np.abs(estimate[1:] - estimate[0]) <= reach).any():
        return "cannot tell"
    return "goes with the common shocks" if before else "appears once the shocks are out"
