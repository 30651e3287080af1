"""Choices under labels: one value, several, or several that the caller has named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workbench.errors import InputError, check_option, listing
from workbench.hypotheses.curve.plan import NOT_USED
from workbench.panels.linear.covariances import name_of
from workbench.regression.dynamic_moments import DynamicGMM
from workbench.regression.instruments import GMM
from workbench.typing import Effects, Method, Model
from workbench.weights import as_weights

Check = Callable[[Any], str]
"""Refuses what is no choice and returns its label."""


def labelled(argument: str, given: Any, check: Check) -> dict[str, Any]:
    """Return choices by label, in the caller's order.

    Parameters
    ----------
    argument : str
        Name of the caller's argument.
    given : object
        One choice, a list of them, or a mapping from labels to them.
    check : callable
        Refuses what is no choice, and names one that the caller has not named.

    Raises
    ------
    InputError
        If there is none, or two have one label.
    """
    named = isinstance(given, Mapping)
    if not named and not isinstance(given, list | tuple):
        given = [given]
    made: dict[str, Any] = {}
    repeated: list[str] = []
    for key, value in given.items() if named else ((None, value) for value in given):
        told = check(value)
        label = told if key is None else str(key)
        repeated += [label] * (label in made)
        made[label] = value
    if not made:
        raise InputError(argument, expected="at least one choice", found="none")
    if repeated or NOT_USED in made:
        raise InputError(
            argument,
            expected="choices with different labels" + f", none of them {NOT_USED!r}",
            found=f"labels that occur again: {listing(repeated)}" if repeated else repr(NOT_USED),
            remedy=f"name them: {argument}={{'first': ..., 'second': ...}}",
        )
    return made


def formula_choice(value: Any) -> str:
    """Return a formula as its label; refuse what is no text."""
    return _text("formulas", value, "'y ~ x + z'")


def outcome_choice(value: Any) -> str:
    """Return an outcome as its label; refuse what is no text, or a whole formula."""
    text = _text("outcomes", value, "'log(y)'")
    if "~" in text:
        raise InputError(
            "outcomes",
            expected="left-hand sides, e.g. 'log(y)'",
            found=repr(text),
            remedy=f"outcomes=[{text.split('~')[0].strip()!r}]",
        )
    return text


def model_choice(value: Any) -> str:
    """Return the word of a model."""
    check_option("models", value, Model)
    return str(value)


def effects_choice(value: Any) -> str:
    """Return the word of effects."""
    check_option("effects", value, Effects)
    return str(value)


def method_choice(value: Any) -> str:
    """Return the label of an estimator: its word, or that of its options."""
    if isinstance(value, GMM | DynamicGMM):
        return "gmm"
    check_option("methods", value, Method)
    return str(value)


def covariance_choice(value: Any) -> str:
    """Return the label of a covariance: its word, or that of its object."""
    return name_of(value)


def weights_choices(given: Any) -> dict[str, Any]:
    """Return weights by label, adopted once; a mapping by period is one W of a panel.

    Returns
    -------
    dict of str to Weights, to a mapping from period to Weights, or to None
        Only None where there are no weights.

    Raises
    ------
    InputError
        If one is no W, or two have one label.
    """
    if given is None:
        return {NOT_USED: None}
    if isinstance(given, Mapping) and not all(isinstance(key, str) for key in given):
        given = [given]
    found = list(_adopted(given))
    return labelled("weights", dict(found) if isinstance(given, Mapping) else _named(found), str)


def _adopted(given: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(given, Mapping):
        pairs = [(key, value) for key, value in given.items()]
    else:
        many = given if isinstance(given, list | tuple) else [given]
        pairs = [("", value) for value in many]
    for label, value in pairs:
        argument = f"weights[{label!r}]" if label else "weights"
        if isinstance(value, Mapping):
            by_period = {period: as_weights(W, argument=argument) for period, W in value.items()}
            yield label or "one a period", by_period
            continue
        made = as_weights(value, argument=argument)
        yield label or made.recipe.builder, made


def _named(found: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return weights by their builder, with a number where several have one."""
    heads = [label for label, _ in found]
    made: dict[str, Any] = {}
    for label, W in found:
        again = heads.count(label) > 1
        number = sum(other.split(" ")[0] == label for other in made) + 1
        made[f"{label} {number}" if again else label] = W
    return made


def weights_digest(W: Any) -> str:
    """Return what tells weights from others; empty without weights."""
    if W is None:
        return ""
    if isinstance(W, Mapping):
        return " ".join(f"{period}:{one.digest}" for period, one in W.items())
    return str(W.digest)


def _text(argument: str, value: Any, example: str) -> str:
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    raise InputError(
        argument,
        expected=f"text like {example}",
        found=repr(value) if isinstance(value, str) else type(value).__name__,
    )
