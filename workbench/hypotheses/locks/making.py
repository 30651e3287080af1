"""Making a lock: choices are checked, put in one order, and compared with what was loaded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.core.expressions import unreadable
from workbench.data.register import loaded
from workbench.errors import InputError, check_number, check_option
from workbench.hypotheses.locks.contradictions import refuse_contradictions, without_repeats
from workbench.hypotheses.locks.covariances import locked_covariances
from workbench.hypotheses.locks.lock import Lock
from workbench.hypotheses.locks.records import Content, LockedWeights, locked_weights, squeezed
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.stating import Stated
from workbench.regression.instruments import structural
from workbench.typing import Effects, Model
from workbench.weights import as_weights

if TYPE_CHECKING:
    from workbench.hypotheses.locks.lock import Planned
    from workbench.weights import WeightsLike


def lock(
    hypotheses: Stated | Iterable[Stated],
    *,
    weights: Mapping[str, WeightsLike] | Sequence[tuple[str, WeightsLike]] = (),
    models: Sequence[Model] = (),
    formulas: Mapping[str, str] | Sequence[str] = (),
    alpha: float | None = None,
    effects: Sequence[Effects] = (),
    covariances: Planned = (),
    outcomes: Sequence[str] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> Lock:
    """Freeze what is decided before outcomes are seen.

    Parameters
    ----------
    hypotheses : Hypothesis or Expectation, or iterable of these
        Those with ``kind="confirmatory"`` are what the study stands for.
    weights : mapping of str to Weights
        By name; kept as digest and recipe.
    models, effects : sequences of str
        Choices of :func:`workbench.fit` that count as planned. What is left out is free.
    covariances : sequence of covariances, or mapping of int to covariance
        Standard errors that count as planned: words or objects, of panels too. A mapping is a rule
        by the number of periods, from the fewest for which each is planned:
        ``{1: "clustered", 15: "clustered-two-way"}``.
    formulas : mapping of str to str, or sequence of str
        By name, or as they are.
    alpha : float, optional
        Of the whole study; each hypothesis must then have it.
    outcomes : sequence of str, optional
        Datasets of :func:`workbench.load`, or columns, that hold outcomes; without, the columns
        left of the formulas. The lock records which of them this process had loaded.
    path : str or path, optional
        File to write; an existing one with the same decisions is read instead.

    Returns
    -------
    Lock

    Raises
    ------
    InputError
        If hypotheses contradict each other, a name stands for two contents, there is nothing to
        lock, or `path` holds another lock.
    OptionError
        If a word is none of the options.

    Notes
    -----
    The digest is of the canonical JSON of all decisions: restrictions, levels and kinds, digests
    and recipes of weights, models, formulas, effects, covariances and the names of outcomes; not
    of what was loaded, nor of any clock, path or user.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.locks import lock
    >>> from workbench.hypotheses.statements.hypothesis import Hypothesis
    >>> H1 = Hypothesis("Spillovers", "indirect(log(pc)) > 0", kind="confirmatory")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> made = lock(H1, weights={"queen": W}, models=["slx"], formulas=["log(gsp) ~ log(pc)"])
    >>> len(made.digest), made == lock([H1], weights={"queen": W}, models=("slx",),
    ...     formulas=["log(gsp) ~ log(pc)"])
    (16, True)
    """
    given = [hypotheses] if isinstance(hypotheses, Hypothesis | Expectation) else list(hypotheses)
    if not given:
        raise InputError(
            "hypotheses",
            expected="at least one hypothesis",
            found="none",
            remedy="wb.Hypothesis(statement, 'indirect(log(rd)) > 0', kind='confirmatory')",
        )
    own = without_repeats(given)
    refuse_contradictions(own)
    named = _formulas(formulas)
    content = Content(
        hypotheses=own,
        weights=_weights(weights),
        formulas=named,
        models=_words("models", models, Model),
        effects=_words("effects", effects, Effects),
        covariances=locked_covariances(covariances),
        alpha=_alpha(alpha, own),
        outcomes=_outcomes(outcomes, named),
    )
    made = Lock(content, already_loaded(content.outcomes))
    return made if path is None else made.save(path)


def already_loaded(outcomes: Iterable[str]) -> tuple[str, ...]:
    """Return those outcomes that this process has loaded: datasets, or columns of a dataset."""
    seen = loaded()
    columns = {column for own in seen.values() for column in own}
    return tuple(name for name in outcomes if name in seen or name in columns)


def now_content(
    locked: Content,
    *,
    hypotheses: Stated | Iterable[Stated] | None,
    weights: Any,
    models: Any,
    formulas: Any,
    alpha: float | None,
    effects: Any,
    covariances: Any,
) -> Content:
    """Return the content of a lock with those parts in place that are given."""
    changed: dict[str, Any] = {}
    if hypotheses is not None:
        given = [hypotheses] if isinstance(hypotheses, Hypothesis | Expectation) else hypotheses
        changed["hypotheses"] = without_repeats(given)
    if weights is not None:
        changed["weights"] = _weights(weights)
    if formulas is not None:
        changed["formulas"] = _formulas(formulas)
    if models is not None:
        changed["models"] = _words("models", models, Model)
    if effects is not None:
        changed["effects"] = _words("effects", effects, Effects)
    if covariances is not None:
        changed["covariances"] = locked_covariances(covariances)
    if alpha is not None:
        changed["alpha"] = check_number("alpha", alpha, above=0.0, below=1.0)
    return replace(locked, **changed)


def _pairs(argument: str, given: Any) -> list[tuple[str, Any]]:
    pairs = list(given.items()) if isinstance(given, Mapping) else list(given)
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)):
            raise InputError(
                argument,
                expected="a mapping from name to content",
                found=type(pair).__name__,
                remedy=f"{argument}={{'queen': W}}" if argument == "weights" else "",
            )
    return pairs


def _weights(given: Any) -> dict[str, LockedWeights]:
    if not isinstance(given, Mapping | Sequence) or isinstance(given, str):
        given = {"W": given}
    found: dict[str, LockedWeights] = {}
    for name, W in _pairs("weights", given):
        made = locked_weights(as_weights(W, argument=f"weights[{name!r}]"))
        if found.setdefault(name, made) != made:
            raise _twice("weights", name, found[name].text, made.text)
    return dict(sorted(found.items()))


def _formulas(given: Any) -> dict[str, str]:
    if isinstance(given, str):
        given = [given]
    plain = not isinstance(given, Mapping) and all(isinstance(one, str) for one in given)
    pairs = [(squeezed(one), one) for one in given] if plain else _pairs("formulas", given)
    found: dict[str, str] = {}
    for name, formula in pairs:
        if not isinstance(formula, str) or "~" not in formula:
            raise InputError(
                "formulas", expected="formulas such as 'y ~ log(x)'", found=repr(formula)
            )
        _refuse_unreadable(formula)
        text = squeezed(formula)
        if found.setdefault(name, text) != text:
            raise _twice("formulas", name, found[name], text)
    return dict(sorted(found.items()))


def _refuse_unreadable(formula: str) -> None:
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    plain = structural(formula, None, None)[0]  # without the brackets of instruments
    try:
        Formula(plain)
    except (FormulaicError, SyntaxError) as error:
        raise unreadable(formula, error, "formulas") from None


def _twice(argument: str, name: str, first: str, second: str) -> InputError:
    return InputError(
        argument,
        expected="one content for each name",
        found=f"{name!r} twice: {first}, and {second}",
        why="a report could show whichever came out",
        remedy="give each its own name",
    )


def _words(argument: str, given: Any, option: Any) -> tuple[str, ...]:
    several = (given,) if isinstance(given, str) else tuple(given)
    for word in several:
        check_option(argument, word, option)
    return tuple(sorted(set(several)))


def _alpha(alpha: float | None, hypotheses: tuple[Stated, ...]) -> float | None:
    if alpha is None:
        return None
    level = check_number("alpha", alpha, above=0.0, below=1.0)
    other = [one.label for one in hypotheses if one.alpha != level]
    if other:
        raise InputError(
            "alpha",
            expected=f"hypotheses with alpha={level:g}, which the lock has for the study",
            found=f"{len(other)} with another",
            offenders=other,
            why="two levels for one claim: a report could quote whichever came out",
            remedy=f"wb.Hypothesis(..., alpha={level:g}), or leave alpha out",
        )
    return level


def _outcomes(given: Sequence[str] | None, formulas: Mapping[str, str]) -> tuple[str, ...]:
    if given is None:
        left = " ".join(formula.split("~", 1)[0] for formula in formulas.values())
        # a word before a bracket is a function
        given = re.findall(r"[A-Za-z_][\w.]*(?![\w.]*\s*\()", left)
    several = (given,) if isinstance(given, str) else tuple(given)
    wrong = [name for name in several if not isinstance(name, str) or not name]
    if wrong:
        raise InputError(
            "outcomes",
            expected="names of datasets or columns",
            found=f"{len(wrong)} of another kind",
            offenders=wrong,
            remedy='outcomes=["russia-innovation"], or ["patents"]',
        )
    return tuple(sorted(set(several)))
