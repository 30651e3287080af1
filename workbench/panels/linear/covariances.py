"""Panel fits with other standard errors, without estimating the coefficients anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.errors import InputError, OptionError, check_option
from workbench.panels.dynamic.moment_results import DynamicMomentResults
from workbench.panels.fit import fit_basis
from workbench.panels.linear.basis import Basis
from workbench.panels.linear.choices import SUMS, refuse_unfit
from workbench.panels.linear.instrumented import stages_of
from workbench.panels.linear.period_sandwiches import panel_corrected
from workbench.panels.linear.sandwiches import influence_of, panel_sandwich
from workbench.panels.linear.transformed import Problem, problem_of
from workbench.panels.linear.via_linearmodels import random_components
from workbench.panels.spatial.moments import MomentPanelResults
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.panels.spatial.robust_likelihoods import with_likelihood_covariance
from workbench.regression.covariance_sets import Covariances, several_covariances
from workbench.regression.covariances import (
    OBJECTS,
    SCPC,
    Clustered,
    Conley,
    KelejianPrucha,
    options_with,
)
from workbench.regression.design import read_only
from workbench.regression.panel_covariances import DriscollKraay, PanelCorrected
from workbench.regression.specification import LAGS_ERROR
from workbench.typing import Covariance, words

if TYPE_CHECKING:
    from workbench.panels.results import PanelResults

OBJECT = Clustered | Conley | KelejianPrucha | SCPC | DriscollKraay | PanelCorrected


def problem_for(basis: Basis) -> Problem:
    """Return the transformed data of a basis, whichever estimator it has."""
    specification = basis.specification
    if specification.effects == "random" and specification.random_method == "swar":
        found = random_components(basis.design, basis.sample.cells)
        return problem_of(basis, found)
    return problem_of(basis)


def with_covariance(fit: PanelResults, option: Any) -> PanelResults:
    """Return the fit with other standard errors; see :meth:`PanelResults.with_covariance`.

    Raises
    ------
    InputError
        If the covariance cannot be had of this estimator.
    """
    made = _with(fit, option)
    if made is fit or fit.call is None:
        return made
    return replace(made, call=fit.call.with_covariance(option))


def _with(fit: PanelResults, option: Any) -> PanelResults:
    name_of(option)
    if isinstance(fit, SpatialPanelResults) and not isinstance(fit, DynamicMomentResults):
        return with_likelihood_covariance(fit, option)
    basis = fit.basis
    if basis is None:
        return _its_own(fit, option)
    if not isinstance(option, OBJECT):
        specification = replace(basis.specification, covariance=option)
        refuse_unfit(specification)
        return fit_basis(replace(basis, specification=specification))
    if basis.specification.effects == "fama-macbeth":
        raise InputError(
            "covariance",
            expected="'classical' or 'newey-west' for means of regressions a period",
            found=type(option).__name__,
            why="their coefficients vary by period, not by row",
            remedy='with_covariance("newey-west")',
        )
    if basis.specification.effects == "between" and isinstance(option, Conley):
        option = replace(option, time_lags=0)
    problem = problem_for(basis)
    projected = stages_of(basis, problem).projected if basis.specification.endogenous else None
    values = fit.estimates.values
    if isinstance(option, PanelCorrected):
        columns = problem.design.X if projected is None else projected
        resids = problem.design.y - problem.design.X @ values
        made = panel_corrected(option, problem, columns, resids)
    else:
        made = panel_sandwich(option, basis, problem, influence_of(problem, values, projected))
    estimates = replace(
        fit.estimates,
        cov=read_only(made.cov),
        df=made.df,
        covariance=made.title,
        notes=made.notes,
    )
    kept = tuple(note for note in fit.notes if note not in fit.estimates.notes)
    return replace(
        fit,
        estimates=estimates,
        notes=(*kept, *made.notes),
        provenance=replace(
            fit.provenance, options=options_with(fit.provenance.options, made.options, option)
        ),
    )


def _its_own(fit: PanelResults, option: Any) -> PanelResults:
    """Return a fit of moments, common shocks or counts if it has the covariance already."""
    known = _known_to(fit)
    # one that has a single covariance reports it whatever was asked for
    own = known[0] if len(known) == 1 else fit.provenance.options.get("covariance")
    if option == own:
        return fit
    if option in known:
        why, remedy = "scores are not kept with the fit", f'wb.fit(..., covariance="{option}")'
    elif len(known) > 1 or known == ("clustered",):
        why = f"its estimator has {', '.join(known)}"
        remedy = 'wb.fit(..., covariance="clustered")'
    else:
        why = "the moments of the disturbance are those of variances that do not differ"
        remedy = (
            f'wb.fit(..., model="{fit.model}", effects="entity", method="ml", '
            'covariance="clustered")'
        )
    raise InputError(
        "covariance",
        expected="least squares or a spatial likelihood, whose standard errors change after the "
        "fit, or the covariance that the fit has",
        found=f"{name_of(option)!r} for {fit.title}",
        why=why,
        remedy=remedy,
    )


def _known_to(fit: PanelResults) -> tuple[str, ...]:
    """Return the words of :func:`workbench.fitting.fit` that the estimator of a fit takes."""
    if fit.family == "poisson":
        return SUMS
    if fit.factors != "none" or isinstance(fit, DynamicMomentResults):
        return ("clustered",)
    if isinstance(fit, MomentPanelResults) and fit.model not in LAGS_ERROR:
        return SUMS
    return ("classical",)


def covariances(fit: PanelResults, options: Sequence[Any] | Mapping[str, Any]) -> Covariances:
    """Return the fit under several covariances; see :meth:`PanelResults.covariances`."""
    return several_covariances(fit, options, with_covariance, name_of=name_of)


def name_of(option: Any) -> str:
    """Return a short name of a covariance; refuse what is none."""
    if isinstance(option, OBJECT):
        return option.label
    if not isinstance(option, str):
        raise OptionError(
            "covariance",
            expected="one of "
            + ", ".join(map(repr, words(Covariance)))
            + ", or a Clustered, Conley, "
            "DriscollKraay or PanelCorrected object",
            found=type(option).__name__,
            remedy='with_covariance("clustered")',
        )
    if option not in words(Covariance) and option.lower() in OBJECTS:
        raise OptionError(
            "covariance",
            expected="an object that says by which distances",
            found=repr(option),
            remedy=f"with_covariance({OBJECTS[option.lower()]})",
        )
    check_option("covariance", option, Covariance)
    return option
