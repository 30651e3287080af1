"""What each specification is estimated from, evaluated once for all that share it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import pandas as pd
from scipy import sparse

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.errors import WorkbenchError
from workbench.hypotheses.curve.plan import Choice, Plan
from workbench.models.estimation.cross_section import designed as designed_cross_section
from workbench.numerics.likelihoods.many.ground import Ground
from workbench.numerics.panels.layers import Layers, one_layer
from workbench.panels.effects import FIXED, Cells, estimable_design
from workbench.panels.effects import without_effects as taken_out
from workbench.panels.fit import designed as designed_panel
from workbench.panels.sample import PanelSample
from workbench.panels.spatial.likelihood import DEFAULT, problem_of
from workbench.regression.design import Design, lag_name
from workbench.regression.formula_lags import named_lags, with_formula_lags
from workbench.regression.specification import LAGS_ERROR, LAGS_X, LAGS_Y, Specification
from workbench.typing import FloatArray
from workbench.weights import Weights

Kind: TypeAlias = Literal["least squares", "lag", "error"]

OWN = (
    "model",
    "effects",
    "covariance",
    "align",
    "missing",
    "durbin",
    "lee_yu",
)
"""Arguments of ``fit`` that the fast way knows; of the others it knows what stands for nothing."""

NOTHING: dict[str, Any] = {
    "W_error": None,
    "method": "ml",
    "endogenous": None,
    "instruments": None,
    "W_x": None,
    "case_weights": None,
    "family": "gaussian",
    "factors": "none",
    "random": None,
    "absorb": None,
    "random_method": "swar",
    "dynamic": "none",
    "exposure": None,
}

Memory: TypeAlias = "dict[tuple[object, ...], Any]"


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """One specification, ready to be estimated.

    Attributes
    ----------
    number : int
        Of the choice.
    specification : Specification
        With the model that the formula makes of it.
    design : Design
        With what the effects can estimate; spatial lags of regressors are columns.
    weights : Weights or None
    cells : Cells or None
        Region and period of each row of a panel.
    ground : Ground
    digest : str
        Of the rows of the sample.
    told : callable
        Returns the provenance.
    """

    number: int
    specification: Specification
    design: Design
    weights: Weights | None
    cells: Cells | None
    ground: Ground
    digest: str
    told: Callable[[], Provenance]

    @property
    def kind(self) -> Kind:
        """What estimates it."""
        return kind_of(self.specification.model)

    @property
    def place(self) -> tuple[object, ...]:
        """What specifications must share to be estimated together."""
        used = self.specification.model != "ols" and self.weights is not None
        W = self.weights.digest if used and self.weights else None
        ground = self.ground
        return self.kind, self.digest, W, self.specification.effects, ground.n_eff, ground.share

    @property
    def course(self) -> tuple[object, ...]:
        """What traces along rho follow from."""
        W = None if self.weights is None else self.weights.digest
        return W, self.ground.layers.T, self.ground.share, self.ground.deflated

    @property
    def absorbed(self) -> int:
        """Degrees of freedom that effects use."""
        return self.cells.count(self.specification.effects) if self.cells else 0

    @property
    def lags(self) -> frozenset[str]:
        """Names of the columns that are spatial lags."""
        return frozenset(lag_name(term) for term in self.design.lagged)


def kind_of(model: str) -> Kind:
    """Return what estimates a model."""
    return "lag" if model in LAGS_Y else "error" if model in LAGS_ERROR else "least squares"


def known_arguments(choice: Choice) -> bool:
    """Return whether nothing is asked of a specification that the fast way does not know."""
    told = dict(choice.arguments)
    for name in ("formula", "W", *OWN):
        told.pop(name, None)
    return all(
        name in NOTHING and (value is NOTHING[name] or _same(value, NOTHING[name]))
        for name, value in told.items()
    )


def _same(value: object, other: object) -> bool:
    return isinstance(value, str) and value == other


def prepared(plan: Plan, choice: Choice, memory: Memory) -> Prepared | None:
    """Return a specification ready to be estimated; None where :func:`workbench.fit` refuses it.

    Parameters
    ----------
    plan : Plan
    choice : Choice
    memory : dict
        What other choices share; filled as it goes.
    """
    arguments = {**choice.arguments}
    formula, W = arguments.pop("formula"), arguments.pop("W", None)
    kept = {name: arguments[name] for name in OWN if arguments.get(name) is not None}
    if kept.get("durbin") is not None:
        kept["durbin"] = tuple(kept["durbin"])
    try:
        specification = Specification(formula, **kept)
        data = plan.samples[choice.sample]
        if isinstance(data.index, pd.MultiIndex):
            return _of_panel(choice, specification, data, W, memory)
        return _of_cross_section(choice, specification, data, W, memory)
    except WorkbenchError:
        return None


def _lagged(specification: Specification) -> tuple[object, ...]:
    model = specification.model
    return model in LAGS_X, specification.durbin, specification.align, specification.missing


def _recalled(memory: Memory, key: tuple[object, ...], build: Callable[[], Any]) -> Any:
    """Return what is held under a key; a refusal is held too, and raised again."""
    if key not in memory:
        try:
            memory[key] = build()
        except WorkbenchError as error:
            memory[key] = error
    if isinstance(memory[key], WorkbenchError):
        raise memory[key]
    return memory[key]


def _of_cross_section(
    choice: Choice, asked: Specification, data: pd.DataFrame, W: Any, memory: Memory
) -> Prepared:
    key = ("designed", choice.sample, id(W), asked.formula, asked.model == "ols", *_lagged(asked))
    _, design, sample = _recalled(memory, key, lambda: designed_cross_section(asked, data, W))
    specification = _with_model(asked, design)
    ground = _recalled(
        memory,
        ("ground", id(sample.weights), design.nobs),
        lambda: Ground(_layer(sample.weights, design.nobs, 1), _kept, design.nobs),
    )
    method = f"{specification.model}, with others of its sample and weights"
    return Prepared(
        choice.number,
        specification,
        design,
        sample.weights,
        None,
        ground,
        ids_digest(design.index),
        partial(sample.provenance, specification, method),
    )


def _of_panel(
    choice: Choice, asked: Specification, data: pd.DataFrame, W: Any, memory: Memory
) -> Prepared | None:
    key = ("designed", choice.sample, id(W), asked.formula, asked.model == "ols", *_lagged(asked))
    _, design, sample = _recalled(memory, key, lambda: designed_panel(asked, data, W))
    specification = _with_model(asked, design)
    effects, cells = specification.effects, sample.cells
    if not cells.balanced or (sample.spatial is not None and sample.weights is None):
        return None
    design = _recalled(memory, (*key, effects), lambda: estimable_design(design, cells, effects))
    clear = partial(taken_out, cells=cells, effects=effects)
    if kind_of(specification.model) == "least squares":
        ground = Ground(_layer(sample.weights, cells.N, cells.T), clear, design.nobs)
    else:
        at = ("ground", id(sample), kind_of(specification.model), effects)
        build = partial(_ground, specification, design, sample, clear)
        ground = _recalled(memory, at, build)
    method = f"{specification.model}, with others of its sample and weights"
    return Prepared(
        choice.number,
        specification,
        design,
        sample.weights,
        cells,
        ground,
        sample.panel.digest,
        partial(sample.provenance, specification, method, {}),
    )


def _ground(
    specification: Specification,
    design: Design,
    sample: PanelSample,
    clear: Callable[[FloatArray], FloatArray],
) -> Ground:
    lee_yu = DEFAULT if specification.effects in FIXED else "none"
    problem = problem_of(specification, design, sample, lee_yu)
    layers = problem.lag or problem.error
    if layers is None:
        raise AssertionError
    return Ground(layers, clear, problem.n_eff, problem.share, problem.deflated)


def _with_model(asked: Specification, design: Design) -> Specification:
    specification = with_formula_lags(asked, object())
    return named_lags(asked, specification, design)[0] if design.asked else specification


def _layer(weights: Weights | None, n: int, T: int) -> Layers:
    W = sparse.csr_array((n, n)) if weights is None else weights.sparse
    return one_layer(W, T)


def _kept(columns: FloatArray) -> FloatArray:
    return columns


def by_place(found: Iterable[Prepared]) -> list[list[Prepared]]:
    """Return specifications in groups that are estimated together, in the order of numbers."""
    groups: dict[tuple[object, ...], list[Prepared]] = {}
    for one in found:
        groups.setdefault(one.place, []).append(one)
    return list(groups.values())
