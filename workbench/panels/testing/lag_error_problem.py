"""A panel of least squares as the likelihoods with a spatial lag and error see it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from workbench.errors import PanelError
from workbench.numerics.panels.layers import Layers
from workbench.numerics.panels.likelihood import PanelProblem
from workbench.panels.effects import BY_ENTITY, BY_TIME, FIXED, Cells, without_effects
from workbench.regression.design import Design
from workbench.typing import Effects

if TYPE_CHECKING:
    from workbench.panels.results import PanelResults


def is_plain(fit: PanelResults) -> bool:
    """Return whether a fit has no instruments and absorbs no categories."""
    basis = fit.basis
    return basis is None or not (basis.absorbed or basis.specification.endogenous)


def transformed_problem(fit: PanelResults) -> PanelProblem:
    """Return the problem with Wy and Wu beside the regressors of a fit, effects transformed out.

    Parameters
    ----------
    fit : PanelResults
        Of least squares with one W.

    Raises
    ------
    PanelError
        If the fit is another model or has no W, or W does not let effects be transformed out.
    """
    effects, cells = fit.effects, fit.cells
    wrong = {
        f"model={fit.model!r}": fit.model not in ("ols", "slx"),
        f"effects={effects!r}": effects not in ("none", *FIXED),
        "instruments or absorbed categories": not is_plain(fit),
        "lags in time": "dynamic" in fit.extras,
        "no W": fit.spatial is None,
        "a W that changes over time": fit.spatial is not None and fit.spatial.one is None,
        "a panel with gaps": not cells.balanced,
        "counts or common shocks": fit.family != "gaussian" or fit.factors != "none",
    }
    found = [name for name, is_so in wrong.items() if is_so]
    if found or fit.spatial is None:
        raise PanelError(
            "fit",
            expected="a balanced panel of least squares with one W, pooled or with fixed effects",
            found=", ".join(found),
            remedy='fit(formula, data, W, effects="entity")',
        )
    layers = fit.spatial.layers(cells)
    if effects in BY_TIME and layers.row_sums() is None:
        raise PanelError(
            "W",
            expected=f"rows that have one sum, with effects={effects!r}",
            found="rows with different sums",
            why="effects of periods cannot be transformed out",
            remedy='W.normalize("row") and no region without neighbours, or effects="entity"',
        )
    return problem_without_effects(fit.design, cells, effects, layers)


def problem_without_effects(
    design: Design, cells: Cells, effects: Effects, layers: Layers
) -> PanelProblem:
    """Return the problem with Wy and Wu beside the regressors, fixed effects transformed out.

    Parameters
    ----------
    design : Design
        Rows sorted by region, then period; balanced.
    cells : Cells
    effects : {"none", "entity", "time", "two-way"}
    layers : Layers
        Of one W, whose rows have one sum where there are effects of periods.
    """
    return PanelProblem(
        y=design.y,
        X=design.X,
        lag=layers,
        error=layers,
        clear=partial(without_effects, cells=cells, effects=effects),
        n_eff=design.nobs - cells.count(effects),
        share=(cells.T - 1) / cells.T if effects in BY_ENTITY else 1.0,
        deflated=effects in BY_TIME,
    )
