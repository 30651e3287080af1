"""Twins: specifications with a covariance that can be had hundreds of times in the place of theirs.

A test by draws may compare by any statistic that is computed alike of the data and of every draw.
Where an estimator can be repeated but its covariance cannot, the estimate stays and another
covariance makes the statistic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from workbench.hypotheses.curve.batch import supports
from workbench.hypotheses.curve.designs import NOTHING
from workbench.hypotheses.curve.labels import covariance_choice, method_choice

if TYPE_CHECKING:
    from workbench.hypotheses.curve.plan import Choice, Plan

STAND_INS = ("clustered", "robust", "classical")
"""Covariances in the place of others, the first that a specification has: dependence over time
within a region matters most, then variances that differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """What is estimated under the null for which specifications.

    Attributes
    ----------
    choices : tuple of Choice
        Each twin once, with the number of the first specification that it stands for.
    numbers : mapping of int to tuple of int
        Numbers of all specifications that a twin stands for, by its own number.
    replaced : mapping of int to (str, str)
        The covariance of a specification and that of its twin, of those where they differ.
    """

    choices: tuple[Choice, ...]
    numbers: Mapping[int, tuple[int, ...]]
    replaced: Mapping[int, tuple[str, str]]


def twin_of(plan: Plan, choice: Choice) -> Choice | None:
    """Return a specification as it can be estimated hundreds of times; None if it cannot.

    Parameters
    ----------
    plan : Plan
    choice : Choice

    Returns
    -------
    Choice or None
        The specification itself, or one with the first of :data:`STAND_INS` that can be had.
    """
    if supports(plan, choice):
        return choice
    for covariance in STAND_INS:
        twin = replace(choice, arguments={**choice.arguments, "covariance": covariance})
        if supports(plan, twin):
            return twin
    return None


def twins_of(plan: Plan, choices: Iterable[Choice]) -> Twins:
    """Return the twins of specifications, those that are the same once.

    Parameters
    ----------
    plan : Plan
    choices : iterable of Choice
        Those without a twin are left out.
    """
    first: dict[tuple[object, ...], Choice] = {}
    numbers: dict[int, tuple[int, ...]] = {}
    replaced: dict[int, tuple[str, str]] = {}
    for choice in choices:
        twin = twin_of(plan, choice)
        if twin is None:
            continue
        kept = first.setdefault(_told(twin), twin)
        numbers[kept.number] = (*numbers.get(kept.number, ()), choice.number)
        if twin is not choice:
            replaced[choice.number] = (_covariance(choice), _covariance(twin))
    return Twins(tuple(first.values()), numbers, replaced)


def _told(choice: Choice) -> tuple[object, ...]:
    """Return what two specifications share that are the same."""
    arguments = {
        **choice.arguments,
        "covariance": choice.arguments.get("covariance") or "classical",
    }
    pairs = ((name, _key(arguments[name])) for name in sorted(arguments))
    return choice.sample, *pairs


def _key(value: Any) -> object:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return tuple(map(_key, value))
    return id(value)


def _covariance(choice: Choice) -> str:
    return covariance_choice(choice.arguments.get("covariance") or "classical")


def about_twins(twins: Twins, tested: Iterable[int]) -> list[str]:
    """Return a note on how many specifications take part by which covariance in place of which.

    Parameters
    ----------
    twins : Twins
    tested : iterable of int
        Numbers of the specifications that take part.
    """
    counts = Counter(twins.replaced[one] for one in tested if one in twins.replaced)
    if not counts:
        return []
    told = [f"{count} by {new} for {old}" for (old, new), count in counts.items()]
    return [
        f"{counts.total()} specifications take part with their estimates, but with standard errors "
        f"that can be had hundreds of times in the place of their own, in the data and in all "
        f"draws: {'; '.join(told)}. Every specification counts once; what the curve itself says "
        'is in the column "published".'
    ]


def kinds_of(choices: Iterable[Choice]) -> str:
    """Return kinds of specifications in words, with how many there are of each.

    Parameters
    ----------
    choices : iterable of Choice

    Examples
    --------
    >>> from workbench.hypotheses.curve.plan import Choice
    >>> kinds_of(Choice(i, {}, {"model": "sac", "formula": "y ~ x"}, "all") for i in (4, 9))
    '2 of model sac (ml, classical)'
    """
    counts = Counter(map(_kind, choices))
    return "; ".join(f"{count} of {kind}" for kind, count in counts.items())


def _kind(choice: Choice) -> str:
    """Return model, method and covariance, and whatever else it asks that few ask."""
    asked = choice.arguments
    model = asked.get("model") or "ols"
    method = asked.get("method") or "ml"
    told = [] if model in ("ols", "slx") and method == "ml" else [method_choice(method)]
    told.append(_covariance(choice))
    if asked.get("effects") in ("random", "fama-macbeth", "first-difference"):
        told.append(f"effects {asked['effects']}")
    for name, nothing in NOTHING.items():
        value = asked.get(name, nothing)
        if name != "method" and value is not nothing and value != nothing:
            told.append(f"{name} {value}" if isinstance(value, str) else name)
    return f"model {model} ({', '.join(told)})"
