"""All combinations of choices, each specification once."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from workbench.core.ids import ids_digest
from workbench.errors import InputError, check_option, unknown_option
from workbench.fitting import fit as fit_anew
from workbench.hypotheses.curve.labels import (
    covariance_choice,
    effects_choice,
    formula_choice,
    labelled,
    method_choice,
    model_choice,
    outcome_choice,
    weights_choices,
    weights_digest,
)
from workbench.hypotheses.curve.plan import DIMENSIONS, NOT_USED, Choice
from workbench.hypotheses.curve.samples import Drawn
from workbench.regression.formula_lags import WITH_LAGS
from workbench.regression.lag_terms import has_lags
from workbench.regression.specification import NEEDS_W
from workbench.typing import Align, Missing

VARIED = {
    "formula": "formulas",
    "data": "data",
    "W": "weights",
    "model": "models",
    "effects": "effects",
    "covariance": "covariances",
    "method": "methods",
}
"""Arguments of ``fit`` that a curve varies, and what it calls them."""

WORDS = {"missing": Missing, "align": Align}
"""Arguments of ``fit`` that are words, whatever the model."""


_SPACES = re.compile(r"""(`[^`]*`|"[^"]*"|'[^']*')|\s+""")


@dataclass(frozen=True, slots=True)
class Grid:
    """Choices by dimension and label, as the caller gave them.

    Attributes
    ----------
    outcomes : dict of str to str
        Left-hand sides; empty where formulas have their own.
    formulas, models, methods, effects, covariances, weights : dict of str to object
    samples : dict of str to Drawn
    options : dict of str to object
        Arguments of ``fit`` that are the same in all specifications.
    needs_weights : bool
        Whether the hypothesis itself needs W, whatever the model.
    """

    outcomes: Mapping[str, str]
    formulas: Mapping[str, str]
    weights: Mapping[str, Any]
    models: Mapping[str, Any]
    methods: Mapping[str, Any]
    effects: Mapping[str, Any]
    covariances: Mapping[str, Any]
    samples: Mapping[str, Drawn]
    options: Mapping[str, Any]
    needs_weights: bool = False

    def formula(self, outcome: str, formula: str) -> str:
        """Return the whole formula of two labels."""
        text = self.formulas[formula]
        if not outcome:
            return text
        return f"{self.outcomes[outcome]} ~ {text.rpartition('~')[2].strip()}"

    def outcome_of(self, formula: str) -> str:
        """Return the left-hand side, as the first formula that has it writes it."""
        same = unspaced(formula.partition("~")[0])
        sides = (text.partition("~")[0].strip() for text in self.formulas.values())
        return next((side for side in sides if unspaced(side) == same), formula)

    @property
    def every_formula(self) -> dict[tuple[str, str], str]:
        """Whole formulas by the labels of outcome and formula."""
        pairs = itertools.product(self.outcomes or [""], self.formulas)
        return {(outcome, name): self.formula(outcome, name) for outcome, name in pairs}


def build_grid(
    samples: Mapping[str, Drawn],
    *,
    formulas: Any,
    weights: Any,
    models: Any,
    methods: Any,
    effects: Any,
    covariances: Any,
    outcomes: Any,
    options: Mapping[str, Any] | None,
    needs_weights: bool = False,
) -> Grid:
    """Return the choices by label; refuse words that are no options before any work.

    Raises
    ------
    InputError
        If a word is unknown, two choices have one label, or a formula has no outcome.
    """
    said = _checked(options)
    grid = Grid(
        outcomes={} if outcomes is None else labelled("outcomes", outcomes, outcome_choice),
        formulas=labelled("formulas", formulas, formula_choice),
        weights=weights_choices(weights),
        models=labelled("models", models, model_choice),
        methods=labelled("methods", methods, method_choice),
        effects=labelled("effects", effects, effects_choice),
        covariances=labelled("covariances", _errors(covariances, said), covariance_choice),
        samples=samples,
        options=said,
        needs_weights=needs_weights,
    )
    for name, text in grid.formulas.items():
        if not grid.outcomes and not text.partition("~")[1]:
            raise InputError(
                "formulas",
                expected="formulas with an outcome, or outcomes= beside them",
                found=repr(text),
                offenders=() if name == text else [name],
                remedy=f"formulas=['y ~ {text}'], or outcomes=['y']",
            )
    _refuse_without_weights(grid)
    return grid


def _errors(covariances: Any, options: Mapping[str, Any]) -> Any:
    """Return the covariances, or the one that ``fit`` takes without any."""
    if covariances is not None:
        return covariances
    return "clustered" if options.get("family") == "poisson" else "classical"


def _checked(options: Mapping[str, Any] | None) -> dict[str, Any]:
    known = [name for name in inspect.signature(fit_anew).parameters if name not in VARIED]
    if options is not None and not isinstance(options, Mapping):
        raise InputError(
            "options",
            expected="a mapping from arguments of wb.fit to their values",
            found=type(options).__name__,
            remedy='options={"missing": "drop-regions"}',
        )
    given = dict(options or {})
    for name in given:
        if name in VARIED:
            raise InputError(
                "options",
                expected="arguments that all specifications share",
                found=repr(name),
                remedy=f"{VARIED[name]}=[...]",
            )
        if name not in known:
            raise unknown_option("options", name, known)
    for name, kind in WORDS.items():
        if isinstance(given.get(name), str):
            check_option(f"options[{name!r}]", given[name], kind)
    return given


def _refuse_without_weights(grid: Grid) -> None:
    lags = [text for text in grid.formulas.values() if has_lags(text)]
    need = [name for name, model in grid.models.items() if model in NEEDS_W]
    if list(grid.weights.values()) == [None] and (lags or need):
        raise InputError(
            "weights",
            expected=f"spatial weights for {', '.join(need or lags)}",
            found="None",
            remedy='weights={"queen": wb.weights.queen(regions)}',
        )


def combinations(grid: Grid) -> tuple[tuple[Choice, ...], tuple[str, ...]]:
    """Return every specification once, numbered from 1, and what was the same.

    Two combinations are one specification where they estimate the same to the last bit: an
    ``ols`` under several W, a model whose formula makes another model of it, weights or samples
    that are equal. The first one stands for all.
    """
    kept: dict[tuple[object, ...], Choice] = {}
    repeats: dict[str, int] = {}
    made = 0
    digests = {name: weights_digest(W) for name, W in grid.weights.items()}
    tables = _equal_samples(grid.samples)
    for choice in _product(grid):
        made += 1
        key = _key(choice, digests, tables)
        if key in kept:
            for why in _difference(choice, kept[key]):
                repeats[why] = repeats.get(why, 0) + 1
            continue
        kept[key] = replace(choice, number=len(kept) + 1)
    notes = []
    if made > len(kept):
        told = "; ".join(f"{why} ({count})" for why, count in repeats.items())
        notes.append(
            f"{made} combinations are {len(kept)} specifications; the same ones are estimated "
            f"once: {told}."
        )
    return tuple(kept.values()), tuple(notes)


def _product(grid: Grid) -> Iterator[Choice]:
    for labels in itertools.product(
        grid.outcomes or [""],
        grid.formulas,
        grid.weights,
        grid.models,
        grid.methods,
        grid.effects,
        grid.covariances,
        grid.samples,
    ):
        yield _choice(grid, dict(zip(DIMENSIONS, labels, strict=True)))


def _choice(grid: Grid, labels: dict[str, str]) -> Choice:
    formula = grid.formula(labels["outcome"], labels["formula"])
    drawn = grid.samples[labels["sample"]]
    model, W = grid.models[labels["model"]], grid.weights[labels["weights"]]
    options = dict(grid.options)
    if drawn.part and "align" not in options and W is not None:
        options["align"] = "intersection"
    if has_lags(formula) and model in WITH_LAGS:
        model = WITH_LAGS[model]
        labels["model"] = model
    # with align="intersection" of the caller's the sample of an ols depends on W too
    restricts = grid.needs_weights or grid.options.get("align") == "intersection"
    if model not in NEEDS_W and not restricts:
        W, labels["weights"] = None, NOT_USED
        options.pop("align", None)
    if not labels["outcome"]:
        labels["outcome"] = grid.outcome_of(formula)
    arguments = {
        "formula": formula,
        "W": W,
        "model": model,
        "method": grid.methods[labels["method"]],
        "effects": grid.effects[labels["effects"]],
        "covariance": grid.covariances[labels["covariance"]],
        **options,
    }
    return Choice(0, labels, arguments, labels["sample"])


def _key(
    choice: Choice, digests: Mapping[str, str], tables: Mapping[str, str]
) -> tuple[object, ...]:
    said = choice.arguments
    return (
        unspaced(said["formula"]),
        digests.get(choice.labels["weights"], ""),
        said["model"],
        repr(said["method"]),
        said["effects"],
        choice.labels["covariance"],
        said.get("align"),
        tables[choice.sample],
    )


def _equal_samples(samples: Mapping[str, Drawn]) -> dict[str, str]:
    """Return, for each sample, the label of the first one with the same table."""
    first: dict[str, str] = {}
    for label, drawn in samples.items():
        same = (
            other
            for other in first
            if ids_digest(samples[other].table.index) == ids_digest(drawn.table.index)
            and samples[other].table.equals(drawn.table)
        )
        first[label] = next(same, label)
    return first


def _difference(choice: Choice, kept: Choice) -> Iterator[str]:
    """Say why a combination is one that is there already."""
    apart = [name for name in DIMENSIONS if choice.labels[name] != kept.labels[name]]
    for name in apart:
        yield f"{name} {choice.labels[name]} = {kept.labels[name]}"
    if not apart:
        model = choice.labels["model"]
        unused = choice.labels["weights"] == NOT_USED
        yield f"{model} does not use W" if unused else f"formulas with W(...) make it {model}"


def unspaced(formula: str) -> str:
    """Return a formula without the spaces that mean nothing: those outside names in quotes.

    Examples
    --------
    >>> unspaced("log(1 + y) ~ `R and D`") == unspaced("log(1+y)~`R and D`")
    True
    """
    return _SPACES.sub(lambda found: found[1] or "", formula)


def varying(choices: tuple[Choice, ...]) -> tuple[str, ...]:
    """Return the dimensions in which the choices differ."""
    return tuple(name for name in DIMENSIONS if len({c.labels[name] for c in choices}) > 1)
