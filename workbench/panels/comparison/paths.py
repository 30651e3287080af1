"""Elhorst's path: which effects, is there spatial dependence, and of which form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.statistics import Answer, Statistic, Tests
from workbench.errors import ConvergenceError, check_number
from workbench.panels.comparison.nested import COMMON, WALD_WX, nested_tests
from workbench.panels.effects import TITLES
from workbench.panels.fit import fit_panel
from workbench.panels.results import PanelResults
from workbench.panels.spatial.results import SpatialPanelResults
from workbench.panels.testing.dependence import spatial_tests
from workbench.regression.lag_terms import refuse_formula_lags
from workbench.regression.specification import LAGS_X, Specification
from workbench.regression.steps import Step, steps_table
from workbench.typing import Align, Effects, Missing, Model
from workbench.weights import WeightsLike

JOINT, ENTITY, TIME = "LR effects", "LR entity effects", "LR time effects"
LM, ROBUST = ("LM lag", "LM error"), ("Robust LM lag", "Robust LM error")
SAYS = {"LM lag": "sar", "LM error": "sem", "Robust LM lag": "sar", "Robust LM error": "sem"}
EXACT = (
    "normal disturbances; the p-value is that of the F distribution of the same ratio of sums of "
    "squares: with few periods the chi-square would reject far too often"
)
KEPT_OLS = "That no test rejects least squares does not show that there is no spatial dependence."


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PanelPath:
    """Where Elhorst's path leads, and the tests on the way.

    Attributes
    ----------
    effects : str or None
        Fixed effects that the tests keep; None where the data cannot tell.
    model : str or None
        Spatial model; None where the data cannot tell or the path cannot be followed.
    candidates : tuple of str
        Models (or effects, where these are open) that the data cannot tell apart; empty where
        the path cannot be followed.
    reason : str
        Why, in one sentence.
    level : float
        Level of each test; none is adjusted for the number of tests.
    steps : tuple of Step
        The tests in order, with what was made of each.
    tests : Tests
        All tests made, those that decided nothing (Wald) among them.
    provenance : Provenance or None
        Of the sample: that of least squares with the effects chosen.
    """

    effects: Effects | None
    model: str | None
    candidates: tuple[str, ...]
    reason: str
    level: float
    steps: tuple[Step, ...]
    tests: Tests
    provenance: Provenance | None = None

    @property
    def answer(self) -> str:
        """The recommendation in words."""
        if self.model is not None and self.effects is not None:
            return f"{self.model}, {TITLES[self.effects]}"
        if self.candidates:
            return f"the data cannot tell: {' or '.join(self.candidates)}"
        return "cannot be followed"

    def tidy(self) -> pd.DataFrame:
        """Return a row a step: index ``step``; ``test statistic df p_value decision``."""
        return steps_table(self.steps)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [(f"Steps, each at level {self.level:g}", self.tidy())]

    def _notes(self) -> list[str]:
        return [f"{self.reason}.", *([KEPT_OLS] if self.model == "ols" else [])]

    def _heading(self) -> str:
        return f"Path of Elhorst (2014): {self.answer}"

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self._notes())


@dataclass(slots=True)
class _Walk:
    """The tests so far."""

    level: float
    steps: list[Step] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    provenance: Provenance | None = None

    def rejects(self, answer: Answer, *, yes: str, no: str) -> bool:
        """Record a test with its decision and return whether it rejects."""
        rejected = answer.p_value <= self.level
        decision = yes if rejected else no
        if not answer.applicable:
            decision = f"not applicable; {no}"
        self.steps.append(Step(answer.name, answer, decision))
        self.answers[answer.name] = answer
        return rejected

    def end(
        self, effects: Effects | None, model: str | None, candidates: tuple[str, ...], reason: str
    ) -> PanelPath:
        tests = Tests("Tests of the path", dict(self.answers))
        return PanelPath(
            effects,
            model,
            candidates,
            reason,
            self.level,
            tuple(self.steps),
            tests,
            self.provenance,
        )

    def take(self, effects: Effects, model: str, reason: str) -> PanelPath:
        return self.end(effects, model, (model,), reason)


def elhorst_path(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike,
    *,
    effects: Effects | None = None,
    level: float = 0.05,
    durbin: Sequence[str] | None = None,
    align: Align = "strict",
    missing: Missing = "error",
) -> PanelPath:
    """Choose effects and spatial model of a static panel by Elhorst's tests.

    Parameters
    ----------
    formula : str
    data : DataFrame
        Indexed by (region, period).
    W : weights
        One W for all periods.
    effects : {"none", "entity", "time", "two-way"}, optional
        Taken as given; tested without.
    level : float
        Of each test.
    durbin : sequence of str, optional
        Terms that models with WX lag; all without.
    align, missing : str
        As in :func:`workbench.fit`.

    Returns
    -------
    PanelPath

    Raises
    ------
    InputError
        As for the fits, and if the level is not between 0 and 1.

    Notes
    -----
    1. Effects of regions beside those of periods, and the other way round, by likelihood ratio.
    2. LM and robust LM tests against a spatial lag and error, effects taken out.
    3. Where none rejects: WX by the SLX model. Else the spatial Durbin model against the lag
       (θ = 0) and the error model (θ = −ρβ) by likelihood ratio; SDM is taken where both are
       rejected, or where the one that is not is not the one to which the LM tests point.

    References
    ----------
    Elhorst, J. P. (2014). Spatial Econometrics: From Cross-Sectional Data to Spatial Panels,
    sections 2.9 and 3.5. Springer.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> panel, formula = wb.load("munnell-1990"), "log(gsp) ~ log(emp) + unemp"
    >>> wb.panels.elhorst_path(formula, panel, W).effects
    'two-way'
    """
    check_number("level", level, above=0.0, below=1.0, remedy="level=0.05")
    refuse_formula_lags(formula, remedy='durbin=["x"] for the terms to lag in models with WX')
    walk = _Walk(level)
    plain = Specification(formula, align=align, missing=missing)
    lagged = None if durbin is None else (durbin,) if isinstance(durbin, str) else tuple(durbin)
    chosen = effects
    if chosen is None:
        chosen = _effects(walk, plain, data, W)
        if chosen is None:
            why = "effects matter together, but neither those of regions nor of periods alone"
            return walk.end(None, None, ("entity", "time"), why)
    return _model(walk, replace(plain, effects=chosen), data, W, lagged)


def _effects(
    walk: _Walk, plain: Specification, data: pd.DataFrame, W: WeightsLike
) -> Effects | None:
    kinds: tuple[Effects, ...] = ("none", "entity", "time", "two-way")
    fits = {kind: fit_panel(replace(plain, effects=kind), data, W) for kind in kinds}
    whole = fits["two-way"]
    alone: tuple[tuple[str, str, Effects], ...] = (
        (JOINT, "there are no effects of regions or periods", "none"),
        (ENTITY, "beside effects of periods, there are none of regions", "time"),
        (TIME, "beside effects of regions, there are none of periods", "entity"),
    )
    joint, entity, time = (
        _ratio_of_sums(name, null, fits[small], whole) for name, null, small in alone
    )
    if not walk.rejects(joint, yes="effects matter", no="no effects"):
        return "none"
    by_entity = walk.rejects(entity, yes="effects of regions", no="none of regions")
    by_time = walk.rejects(time, yes="effects of periods", no="none of periods")
    if by_entity:
        return "two-way" if by_time else "entity"
    return "time" if by_time else None


def _ratio_of_sums(name: str, null: str, small: PanelResults, large: PanelResults) -> Statistic:
    """Return n log(SSE₀/SSE₁), with the p-value of the F test that it is a function of."""
    before, after = (float(fit.fit.resids @ fit.fit.resids) for fit in (small, large))
    df = large.fit.df_resid
    q = small.fit.df_resid - df
    f = (before - after) / q / (after / df)
    value = float(large.nobs * np.log(before / after))
    return Statistic(
        name,
        value,
        null,
        float(stats.f.sf(f, q, df)),
        alternative="greater",
        distribution="F of the ratio",
        df=(float(q), float(df)),
        assumptions=EXACT,
    )


def _model(
    walk: _Walk,
    plain: Specification,
    data: pd.DataFrame,
    W: WeightsLike,
    lagged: tuple[str, ...] | None,
) -> PanelPath:
    effects = plain.effects
    ols = fit_panel(plain, data, W)
    walk.provenance = ols.provenance
    tests = spatial_tests(ols.design, ols.cells, effects, ols.weights)
    if not all(tests[name].applicable for name in LM):
        walk.answers.update(tests)
        return walk.end(effects, None, (), f"LM tests do not apply: {tests[LM[0]].reason}")  # type: ignore[union-attr]
    found = _speaking(walk, tests, LM)
    models: tuple[Model, ...] = ("sar", "sem", "sdm") if found else ("slx", "sdm")
    fits: dict[str, PanelResults] = {}
    for model in models:
        own = replace(plain, model=model, durbin=lagged if model in LAGS_X else None)
        try:
            fits[model] = fit_panel(own, data, W)
        except ConvergenceError as error:
            return walk.end(effects, None, (), f"{model} could not be estimated: {error.found}")
    if not found:
        return _without_dependence(walk, effects, ols, fits)
    return _with_dependence(walk, effects, tests, found, fits)


def _speaking(walk: _Walk, tests: Mapping[str, Answer], names: tuple[str, str]) -> list[str]:
    """Return the models that a pair of LM tests speaks for."""
    return [
        SAYS[name]
        for name in names
        if walk.rejects(tests[name], yes=f"rejected: for {SAYS[name]}", no="not rejected")
    ]


def _pointed(walk: _Walk, tests: Mapping[str, Answer], found: list[str]) -> str | None:
    """Return which model LM tests point to: robust ones, the larger where both reject."""
    robust = _speaking(walk, tests, ROBUST)
    if len(robust) == 2:
        lag, error = (tests[name].statistic for name in ROBUST)
        return None if lag == error else "sar" if lag > error else "sem"
    if robust:
        return robust[0]
    return found[0] if len(found) == 1 else None


def _ratio(small: str, fits: Mapping[str, PanelResults]) -> Answer:
    large = fits["sdm"]
    if not isinstance(large, SpatialPanelResults):
        raise AssertionError
    return replace(nested_tests(fits[small], large)["LR"], name=f"LR sdm vs {small}")


def _with_dependence(
    walk: _Walk,
    effects: Effects,
    tests: Mapping[str, Answer],
    found: list[str],
    fits: Mapping[str, PanelResults],
) -> PanelPath:
    pointed = _pointed(walk, tests, found)
    wald = fits["sdm"].diagnostics()
    walk.answers |= {name: wald[name] for name in (WALD_WX, COMMON)}
    kept = [
        model
        for model in ("sar", "sem")
        if not walk.rejects(
            _ratio(model, fits), yes=f"{model} rejected", no=f"{model} not rejected"
        )
    ]
    if not kept:
        return walk.take(effects, "sdm", "SDM rejects both SAR and SEM")
    if len(kept) == 2 and pointed is None:
        why = "SDM rejects neither SAR nor SEM, and LM tests do not tell them apart"
        return walk.end(effects, None, ("sar", "sem"), why)
    if pointed in kept:
        why = "SDM does not reject it, and LM tests point to it"
        return walk.take(effects, str(pointed), why)
    why = f"SDM does not reject {kept[0]}, but LM tests do not point to it"
    return walk.take(effects, "sdm", why)


def _without_dependence(
    walk: _Walk, effects: Effects, ols: PanelResults, fits: Mapping[str, PanelResults]
) -> PanelPath:
    null = "the coefficients of WX are zero"
    lagged = _ratio_of_sums("LR slx vs ols", null, ols, fits["slx"])
    if not walk.rejects(lagged, yes="WX matters", no="not rejected"):
        return walk.take(
            effects, "ols", "neither LM test rejects least squares, and SLX does not either"
        )
    if walk.rejects(_ratio("slx", fits), yes="slx rejected", no="slx not rejected"):
        return walk.take(effects, "sdm", "WX matters, and so does Wy beside it")
    return walk.take(effects, "slx", "WX matters, and Wy beside it does not")
