"""The pieces of an estimand in one fit: found by name, with values and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.hypotheses.statements.absences import lacking
from workbench.hypotheses.statements.atoms import Atom, Effect, Parameter
from workbench.hypotheses.statements.linear import Parts
from workbench.hypotheses.statements.slopes import EffectSlopes, effect_slopes
from workbench.hypotheses.statements.terms import squeezed
from workbench.panels.dynamic.results import DynamicPanelResults
from workbench.regression.impacts import EFFECTS
from workbench.regression.results import RHO, RegressionResults
from workbench.typing import FloatArray, Horizon


class Pieces:
    """Impacts and coefficients of one fit, computed once a horizon.

    Parameters
    ----------
    fit : RegressionResults
    """

    __slots__ = ("_slopes", "fit")

    def __init__(self, fit: RegressionResults) -> None:
        self.fit = fit
        self._slopes: dict[Horizon | None, EffectSlopes] = {}

    def slopes(self, horizon: Horizon | None) -> EffectSlopes:
        """Return impacts and gradients at a horizon."""
        if horizon not in self._slopes:
            self._slopes[horizon] = effect_slopes(self.fit, horizon)
        return self._slopes[horizon]

    def of(self, parts: Parts) -> tuple[FloatArray, FloatArray]:
        """Return values, shape (m,), and gradients, shape (m, p), of the pieces.

        Raises
        ------
        NotInModelError
            If the fit lacks one.
        """
        found = [self._one(atom) for _, atom in parts]
        return np.array([value for value, _ in found]), np.stack([slope for _, slope in found])

    def place(self, atom: Effect) -> tuple[int, int]:
        """Return where an impact is among those of a fit: its term and its kind."""
        terms = self.slopes(atom.horizon).terms
        return terms.index(self.term(atom)), EFFECTS.index(atom.effect)

    def term(self, atom: Effect | Parameter) -> str:
        """Return the term as the fit writes it, or refuse one that it lacks."""
        if isinstance(atom, Effect):
            return named("term", atom.term, self.slopes(atom.horizon).terms, self.fit)
        return named("parameter", atom.term, self.fit.estimates.terms, self.fit)

    def row(self, atom: Atom, level: float) -> tuple[pd.Series[Any], tuple[str, ...]]:
        """Return the row of a table of the fit, and the notes of that table."""
        fit = self.fit
        if isinstance(atom, Parameter):
            return fit.tidy(level).T[self.term(atom)], ()
        assert isinstance(atom, Effect)
        if atom.horizon is not None and isinstance(fit, DynamicPanelResults):
            made = fit.impacts(horizon=atom.horizon, level=level)
        else:
            made = fit.impacts(level=level)
        return made[self.term(atom), atom.effect], made.notes

    def curved(self, parts: Parts) -> bool:
        """Return whether a piece is not linear in the parameters: an impact with Wy in it."""
        effects = [atom for _, atom in parts if isinstance(atom, Effect)]
        spreads = RHO in self.fit.estimates.terms
        return bool(effects) and (spreads or any(atom.horizon == "long-run" for atom in effects))

    def _one(self, atom: Atom) -> tuple[float, FloatArray]:
        if isinstance(atom, Effect):
            found = self.slopes(atom.horizon)
            at = self.place(atom)
            return float(found.values[at]), found.gradients[at]
        assert isinstance(atom, Parameter)
        at_term = self.fit.estimates.terms.index(self.term(atom))
        unit = np.zeros(len(self.fit.estimates.terms))
        unit[at_term] = 1.0
        return float(self.fit.estimates.values[at_term]), unit


def named(what: str, name: str, names: tuple[str, ...], fit: RegressionResults) -> str:
    """Return a name as a fit spells it: the same, or the same without blanks.

    Raises
    ------
    NotInModelError
        If the fit has none such.
    """
    if name in names:
        return name
    alike = [known for known in names if squeezed(known) == squeezed(name)]
    if len(alike) != 1:
        raise lacking(what, name, names, model=f"{fit.model} of {fit.formula!r}")
    return alike[0]
