"""One door to the ladders of cross-sections and of panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import PanelError
from workbench.typing import Align, Effects, LeeYu, Missing, Model, RandomStructure

if TYPE_CHECKING:
    from workbench.models import Ladder
    from workbench.panels import PanelLadder
    from workbench.regression.case_weights import CaseWeights
    from workbench.weights import WeightsLike


def ladder(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike | Mapping[Any, WeightsLike],
    *,
    models: Sequence[Model] | None = None,
    effects: Effects | None = None,
    durbin: Sequence[str] | None = None,
    W_error: WeightsLike | None = None,
    W_x: WeightsLike | None = None,
    case_weights: CaseWeights | None = None,
    lee_yu: LeeYu | None = None,
    random: RandomStructure | None = None,
    align: Align = "strict",
    missing: Missing = "error",
) -> Ladder | PanelLadder:
    """Fit the models of one formula and test them against each other.

    Parameters
    ----------
    formula : str
        ``"y ~ x1 + x2"``.
    data : DataFrame or GeoDataFrame
        Indexed by region id for a cross-section, by (region, period) for a panel.
    W : Weights, Graph or W
        Spatial weights with the same region ids; for a panel also a mapping from period to them.
    models : sequence of str, optional
        Rungs to fit, in order; without it the whole family, OLS to GNS.
    effects : str, optional
        Of a panel, as in :func:`workbench.fitting.fit`; ``"two-way"`` without.
    durbin, align, missing
        As in :func:`workbench.fitting.fit`.
    W_error, W_x, case_weights
        As there, of a cross-section.
    lee_yu, random : str, optional
        As there, of a panel.

    Returns
    -------
    Ladder or PanelLadder
        A mapping from model word to fit, with the tests between nested models:
        :class:`workbench.models.Ladder` for a cross-section, with strategies and criteria;
        :class:`workbench.panels.PanelLadder` for a panel.

    Raises
    ------
    PanelError
        If a choice for panels meets a cross-section, or the other way round.
    InputError
        As :func:`workbench.models.ladder` and :func:`workbench.panels.panel_ladder`.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.ladders import ladder
    >>> W, panel = wb.weights.queen(wb.load("us-states")), wb.load("munnell-1990")
    >>> rungs = ladder("log(gsp) ~ log(emp)", panel, W, models=["ols", "sdm"], effects="entity")
    >>> list(rungs.tests)
    ['LR sdm vs ols']
    """
    if isinstance(data, pd.DataFrame) and isinstance(data.index, pd.MultiIndex):
        _refuse(
            {"W_error": W_error, "W_x": W_x, "case_weights": case_weights},
            expected="nothing for the ladder of a panel",
            found="a choice for cross-sections",
            remedy="leave {name} out, or take one cross-section: panel.xs(2014, level=1)",
        )
        from workbench.panels import panel_ladder
        from workbench.panels.comparison.ladder import FAMILY

        return panel_ladder(
            formula,
            data,
            W,
            effects="two-way" if effects is None else effects,
            models=FAMILY if models is None else models,
            lee_yu=lee_yu,
            random=random,
            align=align,
            missing=missing,
            durbin=durbin,
        )
    chosen = None if effects == "none" else effects
    _refuse(
        {
            "effects": chosen,
            "lee_yu": lee_yu,
            "random": random,
            "W": W if isinstance(W, Mapping) else None,
        },
        expected="data indexed by (region, period) for a choice of panels",
        found="an index of one level",
        remedy='frame.set_index(["region", "year"])',
    )
    from workbench.models import ladder as of_cross_section

    return of_cross_section(
        formula,
        data,
        W,
        models=models,
        durbin=durbin,
        W_error=W_error,
        W_x=W_x,
        case_weights=case_weights,
        align=align,
        missing=missing,
    )


def _refuse(given: Mapping[str, object], *, expected: str, found: str, remedy: str) -> None:
    for name, value in given.items():
        if value is not None:
            raise PanelError(name, expected=expected, found=found, remedy=remedy.format(name=name))
