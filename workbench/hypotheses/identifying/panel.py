"""The identification panel: for each spillover claim, what identifies it and how strongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core.seeds import check_seed
from workbench.errors import InputError
from workbench.hypotheses.identifying.claims import claims_of
from workbench.hypotheses.identifying.lines import Section
from workbench.hypotheses.identifying.outside import checked_columns
from workbench.hypotheses.identifying.own_variable import own_variable
from workbench.hypotheses.identifying.regressor import regressor
from workbench.hypotheses.identifying.results import COLUMNS, Identification
from workbench.hypotheses.identifying.shocks import shocks
from workbench.hypotheses.identifying.slx_first import rivals, slx_first
from workbench.hypotheses.identifying.sources import sources
from workbench.hypotheses.identifying.strength import strength
from workbench.hypotheses.identifying.system import frame_of
from workbench.hypotheses.identifying.weights_origin import weights_origin
from workbench.regression.covariances import Conley
from workbench.regression.results import RegressionResults, require_linear
from workbench.weights.candidates import of_same_regions

if TYPE_CHECKING:
    from workbench.hypotheses.statements.estimands import Estimand
    from workbench.hypotheses.statements.hypothesis import Hypothesis
    from workbench.weights import WeightsLike


def identification(
    fit: RegressionResults,
    hypothesis: Hypothesis | Estimand | str | None = None,
    *,
    external: pd.Series | pd.DataFrame | None = None,
    candidates: Mapping[str, WeightsLike] | None = None,
    made_of: pd.Series | pd.DataFrame | None = None,
    conley: Conley | None = None,
    seed: int = 0,
) -> Identification:
    """Say what identifies the spillovers of a fit, and how strongly, line by line.

    Seven questions, each with evidence, a reading and a sentence: what identifies the estimand
    (functional form, exclusion, time; reflection); how strong and valid the instruments of Wy are;
    how much WX is a variable of its own; what the SLX says first; whether W is given from outside;
    whether shared shocks could be it; whether the regressor itself is exogenous.

    Parameters
    ----------
    fit : RegressionResults
        A result of :func:`workbench.fit` with W: cross-section or panel, any model.
    hypothesis : Hypothesis, Estimand or str, optional
        The claim, e.g. ``"indirect(log(rd))"``; by default the indirect impact of every term.
    external : Series or DataFrame, optional
        Instruments from outside for the regressors of the claim, indexed as the data of the fit, in
        any order.
    candidates : mapping of str to Weights, optional
        Other W of the same regions, under which the fit is estimated again.
    made_of : Series or DataFrame, optional
        Variables that W is made of, where it is not geography alone, indexed as the data of the
        fit: for the control function of Qu and Lee (2015).
    conley : Conley, optional
        Places and distance for Conley's standard errors of the SLX, e.g.
        ``wb.Conley(regions, distance=500)``; of a cross-section.
    seed : int
        Of the random signs in the test of remaining dependence, and of random columns beside a W
        of more than 1500 regions.

    Returns
    -------
    Identification

    Raises
    ------
    InputError
        If the fit is no result of :func:`workbench.fit` or has no W, the hypothesis is about terms
        that it does not have, or outside instruments have no number for a row of the fit.

    Notes
    -----
    A line that reads ``holds`` says that this evidence does not speak against the claim, not that
    the claim is proved. Marks (F of 10, variance inflation of 5 and 10, Moran's I of 0.5, ten
    independent neighbourhoods a lag) are rules of thumb; the numbers stand beside them.

    In panels, tests allow for correlation within regions over time, but for the first-stage F,
    Wu–Hausman and the difference of ML and 2SLS, which take one variance for granted. Random
    effects are looked at as fixed ones: what identifies is then what varies within.

    References
    ----------
    Gibbons, S. and Overman, H. G. (2012). Mostly pointless spatial econometrics? Journal of
    Regional Science 52, 172–191. Bramoullé, Y., Djebbari, H. and Fortin, B. (2009). Journal of
    Econometrics 150, 41–55. ``references`` of the result has those of each item.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.identifying.panel import identification
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> slx = wb.fit("log(gsp) ~ log(pc) + log(emp)", y, W, model="slx")
    >>> panel = identification(slx, "indirect(log(emp))")
    >>> panel.item("instruments of Wy")["reading"].unique().tolist()
    ['not applicable']
    """
    seed = check_seed(seed)
    _refuse(fit)
    if conley is not None and not isinstance(conley, Conley):
        raise InputError(
            "conley",
            expected="a wb.Conley",
            found=type(conley).__name__,
            remedy="conley=wb.Conley(regions, distance=...)",
        )
    given = checked_columns(external, argument="external")
    behind = checked_columns(made_of, argument="made_of")
    claims = claims_of(fit, hypothesis)
    frame = frame_of(fit)
    others = rivals(fit)
    several = _candidates(candidates)
    sections = (
        sources(fit, claims, frame, seed),
        strength(fit, frame),
        own_variable(claims, frame, seed),
        slx_first(fit, claims, others),
        weights_origin(fit, claims, frame, candidates=several, made_of=behind),
        shocks(fit, claims, others, conley=conley, seed=seed),
        regressor(claims, frame, external=given),
    )
    tables = {name: table for section in sections for name, table in section.tables.items()}
    provenance = replace(
        fit.provenance,
        method=f"identification of {', '.join(claim.name for claim in claims)}; "
        f"{fit.provenance.method}",
        seed=seed,
    )
    return Identification(
        claims=tuple(claim.name for claim in claims),
        model=fit.model,
        table=_table(sections),
        sources=tables["sources"],
        first_stage=tables["first_stage"],
        rho=tables["rho"],
        lag_variable=tables["lag_variable"],
        models=tables["models"],
        weights=tables["weights"],
        candidates=tables["candidates"],
        shocks=tables["shocks"],
        regressors=tables["regressors"],
        notes=tuple(dict.fromkeys(note for section in sections for note in section.notes)),
        provenance=provenance,
    )


def _refuse(fit: object) -> None:
    if not isinstance(fit, RegressionResults):
        raise InputError(
            "fit",
            expected="a result of wb.fit",
            found=type(fit).__name__,
            remedy="wb.fit(formula, data, W, model=...)",
        )
    require_linear(fit, what="what identifies a spillover")
    if fit.weights is None and getattr(fit, "spatial", None) is None:
        raise InputError(
            "fit",
            expected="a fit with spatial weights",
            found="one without W",
            why="without W there is no spillover to identify",
            remedy='wb.fit(formula, data, W, model="slx")',
        )


def _candidates(candidates: Mapping[str, WeightsLike] | None) -> Mapping[str, Any]:
    if candidates is None:
        return {}
    return of_same_regions(candidates)


def _table(sections: tuple[Section, ...]) -> pd.DataFrame:
    rows = [asdict(line) for section in sections for line in section.lines]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table.index = pd.RangeIndex(1, len(table) + 1, name="line")
    return table
