"""Models whose spatially lagged regressors the formula names: ``y ~ x + z + W(x)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from workbench.errors import InputError
from workbench.regression.design import Design, lag_name
from workbench.regression.lag_terms import has_lags, split_lags
from workbench.regression.results import MODEL_TITLES
from workbench.regression.specification import Specification
from workbench.typing import Model

WITH_LAGS: Mapping[Model, Model] = MappingProxyType(
    {"ols": "slx", "sar": "sdm", "sem": "sdem", "sac": "gns"}
)
"""What a model becomes with spatially lagged regressors."""


def with_formula_lags(specification: Specification, W: object) -> Specification:
    """Return the specification of the model that the formula makes of it.

    Raises
    ------
    FormulaError
        If the formula names a lag that cannot be had.
    InputError
        If it names one and there are no weights.
    """
    if not has_lags(specification.formula):
        return specification
    lags = split_lags(specification.formula).lags
    if W is None:
        raise InputError(
            "W",
            expected=f"spatial weights for {', '.join(f'W({lag})' for lag in lags)}",
            found="None",
            remedy="pass weights as the third argument, e.g. wb.weights.queen(regions)",
        )
    model = specification.model
    return replace(specification, model=WITH_LAGS.get(model, model))


def named_lags(
    asked: Specification, specification: Specification, design: Design
) -> tuple[Specification, str]:
    """Return the specification with the lags that the formula names, and what to say of it.

    ``durbin=`` beside them must name the same terms.

    Raises
    ------
    InputError
        If it names others.
    """
    lags = ", ".join(lag_name(term) for term in design.asked)
    if asked.durbin is not None and set(asked.durbin) != set(design.asked):
        raise InputError(
            "durbin",
            expected=f"nothing, or the terms that the formula lags: {', '.join(design.asked)}",
            found=", ".join(asked.durbin),
            why=f"the formula names its lags, {lags}, and durbin others",
            remedy="leave durbin out and write W(...) for each, or take W(...) out of the formula",
        )
    model = specification.model
    said = f"{lags} in the formula: {MODEL_TITLES[model]} with these lags alone"
    if not design.lag_only:
        said += f", as model={model!r} with durbin={list(design.asked)}"
    else:
        said += f"; impacts of {', '.join(design.lag_only)} come from the lag alone"
    if asked.model != model:
        said += f" (asked for as {asked.model!r})"
    return replace(specification, durbin=design.asked), f"{said}."
