"""Variances of random effects as a table, and predictions of the effects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.numerics.panels.error_components import Components, shares
from workbench.panels.effects import RANDOM
from workbench.panels.linear.covariances import problem_for
from workbench.panels.results import PanelResults
from workbench.typing import FloatArray

HAS = {
    "random": ("region", "own"),
    "random-time": ("period", "own"),
    "random-two-way": ("region", "period", "own"),
}


def components_of(fit: PanelResults) -> Components:
    """Return the variances behind a linear fit with random effects.

    Raises
    ------
    InputError
        If it is no such fit.
    """
    basis = fit.basis
    if basis is None or fit.effects not in RANDOM:
        raise InputError(
            "effects",
            expected="random effects of a linear panel",
            found=fit.title,
            why="only their variances are estimated beforehand",
            remedy="fit.glance() has them"
            if fit.effects in RANDOM
            else 'wb.fit(formula, data, effects="random")',
        )
    found = problem_for(basis).components
    if found is None:
        raise AssertionError
    return found


def variance_table(fit: PanelResults) -> pd.DataFrame:
    """Return the table; see :meth:`PanelResults.variance_components`."""
    found, cells = components_of(fit), fit.cells
    first, second, _ = shares(found, (cells.N, cells.T))
    taken = {"region": first, "period": second, "own": np.nan}
    parts = HAS[fit.effects]
    variances = np.array([getattr(found, part) for part in parts])
    return pd.DataFrame(
        {
            "variance": variances,
            "variance_share": variances / variances.sum(),
            "demeaned": [taken[part] if cells.balanced else np.nan for part in parts],
        },
        index=pd.Index(parts, name="part"),
    )


def predicted_effects(fit: PanelResults) -> tuple[FloatArray, FloatArray]:
    """Return predicted effects of regions, and the standard deviations of their errors.

    T_i σ²_μ/(σ²_ν + T_i σ²_μ) times the mean residual of a region (Goldberger 1962; Baltagi 2021,
    section 2.5); the error has the variance σ²_μ σ²_ν/(σ²_ν + T_i σ²_μ).
    """
    found, cells = components_of(fit), fit.cells
    counts = np.bincount(cells.region, minlength=cells.N)
    sums = np.bincount(cells.region, weights=fit.fit.resids, minlength=cells.N)
    total = found.own + counts * found.region
    errors = np.sqrt(found.region * found.own / total)
    return np.asarray(found.region * sums / total), np.asarray(errors)
