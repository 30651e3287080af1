"""One door to every model: ``fit`` looks at the data and calls the room that estimates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import InputError, PanelError
from workbench.regression.specification import Specification
from workbench.typing import Align, Covariance, Effects, Missing, Model

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults
    from workbench.weights import WeightsLike


def fit(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike | None = None,
    *,
    model: Model = "ols",
    effects: Effects = "none",
    covariance: Covariance = "classical",
    align: Align = "strict",
    missing: Missing = "error",
    durbin: Sequence[str] | None = None,
    W_error: WeightsLike | None = None,
) -> RegressionResults:
    """Estimate a cross-section or panel regression, spatial or not.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd) + log(students)"``; an intercept is added unless it says ``- 1``.
    data : DataFrame or GeoDataFrame
        Indexed by region id for a cross-section, by (region, period) for a panel; rows in any
        order.
    W : Weights, libpysal Graph or W, optional
        Spatial weights with the same region ids. Without it only ``model="ols"``; with it an
        OLS fit offers spatial diagnostics.
    model : {"ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns"}
        ``slx`` adds WX, ``sar`` adds ρWy, ``sem`` a disturbance u = λWu + ε, ``sac`` both ρWy and
        u = λWu + ε, ``sdm`` ρWy and WX, ``sdem`` WX and the disturbance, ``gns`` all three. All
        but ``slx`` are estimated by maximum likelihood, in cross-sections.
    effects : {"none", "entity", "time", "two-way", "random"}
        Effects of a panel model.
    covariance : {"classical", "robust", "clustered", "clustered-time", "clustered-two-way", \
"driscoll-kraay", "HC0", "HC1", "HC2", "HC3"}
        Standard errors. Cross-sections: classical, robust (HC1) and HC0 to HC3 for ``ols`` and
        ``slx``, which take more by ``with_covariance``.
    align : {"strict", "intersection"}
        ``"strict"`` refuses ids that only one side has; ``"intersection"`` keeps the common ones,
        restricts W to them and normalises it anew, and says so in ``notes``.
    missing : {"error", "drop", "drop-regions"}
        ``"error"`` refuses missing values naming them; ``"drop"`` leaves those rows out;
        ``"drop-regions"`` leaves out every region that misses any value. W is restricted and
        normalised anew.
    durbin : sequence of str, optional
        Terms whose spatial lags ``slx``, ``sdm``, ``sdem`` and ``gns`` take; all without.
    W_error : Weights, libpysal Graph or W, optional
        Weights of the disturbance of ``sem``, ``sac``, ``sdem`` and ``gns`` where they are not W.

    Returns
    -------
    RegressionResults
        Immutable; see :class:`workbench.regression.results.RegressionResults`.

    Raises
    ------
    InputError
        If an option is unknown, an id does not match, a value is missing or not finite, or the
        coefficients cannot be told apart. Each message names what is at fault and the way out.
    ConvergenceError
        If a likelihood has its maximum at the edge of the admissible interval.

    Notes
    -----
    Coefficients of models with Wy are not effects; ``impacts()`` gives direct, indirect and total
    effects with standard errors (LeSage and Pace 2009, chapter 2).

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> W = wb.weights.queen(states)
    >>> panel = wb.load("munnell-1990")
    >>> y1986 = panel.xs(1986, level="year")
    >>> result = wb.fit("log(gsp) ~ log(pc) + log(emp)", y1986, W, model="sar")
    >>> result.impacts().total.index.tolist()
    ['log(pc)', 'log(emp)']
    """
    specification = Specification(
        formula,
        model=model,
        effects=effects,
        covariance=covariance,
        align=align,
        missing=missing,
        durbin=_terms(durbin),
    )
    specification.require_weights(W)
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            "data",
            expected="a DataFrame indexed by region id, or by (region, period)",
            found=type(data).__name__,
        )
    if isinstance(data.index, pd.MultiIndex):
        from workbench.panels import fit_panel

        _refuse_in_panels(durbin, W_error)
        return fit_panel(specification, data, W)
    if effects != "none":
        raise PanelError(
            "effects",
            expected="data indexed by (region, period) for panel effects",
            found=f"effects={effects!r} with an index of one level",
            remedy='frame.set_index(["region", "year"])',
        )
    from workbench.models import fit_cross_section

    return fit_cross_section(specification, data, W, W_error=W_error)


def _terms(durbin: Sequence[str] | None) -> tuple[str, ...] | None:
    if durbin is None:
        return None
    return (durbin,) if isinstance(durbin, str) else tuple(durbin)


def _refuse_in_panels(durbin: object, W_error: object) -> None:
    for name, value in (("durbin", durbin), ("W_error", W_error)):
        if value is not None:
            raise PanelError(
                name,
                expected="nothing for a panel",
                found="a choice for cross-sections",
                remedy=f"leave {name} out, or take one cross-section: panel.xs(2014, level=1)",
            )
