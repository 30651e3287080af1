"""How a moment estimator is asked for: its options, and the names of instruments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.errors import FormulaError, InputError, check_option
from workbench.typing import ErrorMoments

HIGHEST_ORDER = 6
"""Powers of W beyond which instruments are combinations of the earlier ones for rounding."""

_BRACKET = re.compile(r"\[([^\[\]~]+)~([^\[\]~]+)\]")


@dataclass(frozen=True, slots=True)
class GMM:
    """How the generalised method of moments is to estimate a model.

    Attributes
    ----------
    errors : {"het", "hom", "kp99"}
        Moments of the disturbance of ``sem``, ``sdem``, ``sac`` and ``gns``: right under
        variances that differ between regions (Kelejian and Prucha 2010; Arraiz and others 2010),
        for one variance (Drukker, Egger and Prucha 2013), or the three moments of 1999, whose
        lambda has no standard error. Models without a disturbance take a covariance instead.
    instrument_orders : int
        Powers of W up to which exogenous regressors instrument Wy, 1 to 6; 2: WX and W²X. In
        models with WX they count from WX.
    lag_instruments : bool
        Whether the instruments of endogenous regressors are lagged as exogenous regressors are.
    weighted_first : bool
        Whether the first-stage lambda weights its moments too (step 1c of Arraiz and others).

    Raises
    ------
    InputError
        If `instrument_orders` is not such a number, or a switch is neither True nor False.
    OptionError
        If `errors` is unknown.

    Examples
    --------
    >>> GMM(errors="hom").instrument_orders
    2
    """

    errors: ErrorMoments = "het"
    instrument_orders: int = 2
    lag_instruments: bool = True
    weighted_first: bool = False

    def __post_init__(self) -> None:
        check_option("errors", self.errors, ErrorMoments)
        orders = self.instrument_orders
        if type(orders) is not int or not 1 <= orders <= HIGHEST_ORDER:
            raise InputError(
                "instrument_orders",
                expected=f"a whole number from 1 to {HIGHEST_ORDER}",
                found=repr(orders),
                remedy="instrument_orders=2",
            )
        for name in ("lag_instruments", "weighted_first"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(name, expected="True or False", found=repr(getattr(self, name)))


def names_of(argument: str, value: object) -> tuple[str, ...]:
    """Return names given as a word or a sequence of words; refuse anything else."""
    if value is None:
        return ()
    given = (value,) if isinstance(value, str) else value
    if not isinstance(given, Sequence) or not all(isinstance(name, str) for name in given):
        raise InputError(
            argument,
            expected="names, e.g. ['log(rd)']",
            found=repr(value),
        )
    names = tuple(given)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InputError(
            argument, expected="different names", found="a name twice", offenders=repeated
        )
    return names


def structural(
    formula: str, endogenous: object, instruments: object
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return formula, endogenous terms and instruments, from names or from brackets.

    ``y ~ x1 + [x2 ~ h1 + h2]`` is ``y ~ x1 + x2`` with endogenous x2 and instruments h1, h2.

    Raises
    ------
    FormulaError
        If the formula has two brackets, or one beside names.

    Examples
    --------
    >>> structural("y ~ x1 + [x2 ~ h1 + log(h2)]", None, None)
    ('y ~ x1 + x2', ('x2',), ('h1', 'log(h2)'))
    """
    given = names_of("endogenous", endogenous), names_of("instruments", instruments)
    found = _BRACKET.findall(formula) if isinstance(formula, str) else []
    if not found:
        return (formula, *given)
    if len(found) > 1 or any(given):
        raise FormulaError(
            "formula",
            expected="one bracket [x2 ~ h1 + h2], without endogenous= and instruments= beside it",
            found=repr(formula),
            remedy='"y ~ x1 + [x2 + x3 ~ h1 + h2]"',
        )
    left, right = (tuple(_summands(part)) for part in found[0])
    return _BRACKET.sub(" + ".join(left), formula), left, right


def _summands(text: str) -> list[str]:
    """Split at plus signs outside parentheses."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "+" and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]
