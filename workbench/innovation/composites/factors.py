"""What a replay draws: the choices of a construction, and noise on its weights and goalposts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from workbench.core.provenance import Provenance
from workbench.errors import InputError, check_number, unknown_option
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.recipes import USED_BY, details_unused, recipe
from workbench.typing import FloatArray

LEFT_OUT, IMPUTED, NOISE, DIRICHLET, GOALPOSTS = (
    "left_out", "missing_values", "weight_noise", "weight_dirichlet", "goalpost_noise",
)  # fmt: skip
CHOICES = tuple(field.name for field in fields(Construction))
OTHERS = (LEFT_OUT, IMPUTED, NOISE, DIRICHLET, GOALPOSTS)
READY_NOISE = 0.25
"""Weights move by up to a quarter in the ready set, as in Saisana et al. (2005) and COINr."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One uncertain input.

    Attributes
    ----------
    name : str
        A field of the construction, or ``left_out``, ``missing_values``, ``weight_noise``,
        ``weight_dirichlet``, ``goalpost_noise``.
    alternatives : tuple
        Equally likely; empty for noise.
    amount : float
        Of noise: the largest relative change, or the concentration of the Dirichlet distribution.
    inputs : int
        Uniform numbers that a draw takes.
    """

    name: str
    alternatives: tuple[Any, ...] = ()
    amount: float = float("nan")
    inputs: int = 1

    @property
    def discrete(self) -> bool:
        """Whether there are alternatives, not noise."""
        return bool(self.alternatives)

    def code(self, u: float) -> int:
        """Return the number of the alternative that a uniform number stands for."""
        return min(int(u * len(self.alternatives)), len(self.alternatives) - 1)

    def label(self, code: int) -> str:
        """Return an alternative as text."""
        value = self.alternatives[code]
        if value is None:
            return "none"
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    def reads(self) -> str:
        """Return what is drawn, in words."""
        if self.discrete:
            return "; ".join(self.label(code) for code in range(len(self.alternatives)))
        if self.name == IMPUTED:
            return f"{self.inputs} missing values, normal given the observed ones"
        if self.name == DIRICHLET:
            return f"Dirichlet around the weights, concentration {self.amount:g}"
        return f"uniform, up to {self.amount:.0%} more or less"


def read_factors(
    factors: Mapping[str, Any],
    prepared: Prepared,
    construction: Construction,
    indicators: Indicators,
) -> tuple[Factor, ...]:
    """Return the factors of a mapping, each alternative checked.

    Parameters
    ----------
    factors : mapping
        A field of :class:`Construction` to a list of alternatives (words, or mappings of level to
        word as in ``composite()``); ``"left_out"`` to True (each indicator in turn, and none) or a
        list of names and None; ``"missing_values"`` to True (drawn from the normal distribution
        given the observed ones); ``"weight_noise"`` to the largest relative change;
        ``"weight_dirichlet"`` to a concentration; ``"goalpost_noise"`` to the largest change as a
        share of the distance between the goalposts.

    Raises
    ------
    OptionError, InputError
        If a name is no factor, an alternative no option, or there are fewer than two of them.
    """
    if not isinstance(factors, Mapping) or not factors:
        raise InputError(
            "factors",
            expected="a mapping of choices to lists of alternatives",
            found=repr(factors),
            remedy='factors={"normalisation": ["min-max", "z-score"], "weight_noise": 0.25}, or '
            "leave it out for the ready set",
        )
    if NOISE in factors and DIRICHLET in factors:
        raise InputError(
            "factors",
            expected="one kind of noise on weights",
            found="weight_noise and weight_dirichlet",
            remedy="leave one out",
        )
    if IMPUTED in factors and "imputation" in factors:
        raise InputError(
            "factors",
            expected="one way for missing values to vary",
            found="missing_values and imputation",
            why="values that are drawn are not imputed any more",
            remedy="leave one out",
        )
    # in the order of the construction's steps, whatever the order of the mapping
    for name in factors:
        if name not in (*CHOICES, *OTHERS):
            raise unknown_option("factors", name, (*CHOICES, *OTHERS))
    _require_used(factors, construction, indicators)
    ordered = [name for name in (LEFT_OUT, *CHOICES, *OTHERS[1:]) if name in factors]
    return tuple(
        _read(name, factors[name], prepared, (construction, indicators)) for name in ordered
    )


def _read(
    name: str, given: Any, prepared: Prepared, recorded: tuple[Construction, Indicators]
) -> Factor:
    if name == LEFT_OUT:
        return _left_out(given, prepared)
    if name == IMPUTED:
        return _imputed(given, prepared)
    if name in CHOICES:
        return _choice(name, given, *recorded)
    amount = check_number(f"factors[{name!r}]", given, above=0.0)
    if name != DIRICHLET:
        check_number(
            f"factors[{name!r}]", given, below=0.5 if name == GOALPOSTS else 1.0,
            why="a weight below zero, or goalposts that change places, have no meaning",
        )  # fmt: skip
    inputs = 2 * len(prepared.names) if name == GOALPOSTS else weights_that_count(prepared)
    if inputs == 0:
        raise InputError(
            f"factors[{name!r}]", expected="weights that can move", found="one indicator a group"
        )
    return Factor(name, amount=amount, inputs=inputs)


def _require_used(
    factors: Mapping[str, Any], construction: Construction, indicators: Indicators
) -> None:
    """Refuse details that neither the recorded choices nor drawn ones use: they move nothing."""
    absent = set(details_unused(construction))
    for name in CHOICES:
        if name in factors and name not in USED_BY:
            for value in _several(name, factors[name]):
                made = recipe(construction.with_, {name: value}, indicators)
                absent &= set(details_unused(made))
    for name in factors:
        if name in absent:
            choice, users = USED_BY[name]
            raise InputError(
                f"factors[{name!r}]",
                expected=f"{choice} {' or '.join(map(repr, users))}, recorded or drawn",
                found=f"{choice} {getattr(construction, choice)!r}",
                why="it would change nothing",
                remedy=f"leave it out, or rebuild the index, "
                f'index.rebuild({{"{choice}": "{users[0]}"}})',
            )


def _choice(name: str, given: Any, construction: Construction, indicators: Indicators) -> Factor:
    values = _several(name, given)
    made = [recipe(construction.with_, {name: value}, indicators) for value in values]
    read = tuple(getattr(one, name) for one in made)
    if len(set(read)) < len(read):
        raise InputError(
            f"factors[{name!r}]", expected="each alternative once", found=repr(list(values))
        )
    return Factor(name, read)


def _left_out(given: Any, prepared: Prepared) -> Factor:
    if given is True:
        return Factor(LEFT_OUT, (None, *prepared.names))
    values = _several(LEFT_OUT, given)
    for value in values:
        if value is not None and value not in prepared.names:
            raise unknown_option(f"factors[{LEFT_OUT!r}]", value, prepared.names)
    return Factor(LEFT_OUT, tuple(values))


def _imputed(given: Any, prepared: Prepared) -> Factor:
    missing = int(np.isnan(prepared.X).sum())
    if given is not True or not missing:
        raise InputError(
            f"factors[{IMPUTED!r}]",
            expected="True, with data in which values are missing",
            found=f"{given!r}, {missing} missing values",
            remedy="leave it out",
        )
    return Factor(IMPUTED, inputs=missing)


def _several(name: str, given: Any) -> Sequence[Any]:
    if isinstance(given, str) or not isinstance(given, Sequence) or len(given) < 2:
        raise InputError(
            f"factors[{name!r}]",
            expected="a list of at least two alternatives, the recorded choice among them if meant",
            found=repr(given),
        )
    return given


def weights_that_count(prepared: Prepared) -> int:
    """Return how many weights share a group with others, over all levels."""
    return int(sum(mask.sum() for mask in shared_groups(prepared)))


def shared_groups(prepared: Prepared) -> list[np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return for each level which members have company in their group."""
    return [np.bincount(codes)[codes] > 1 for codes in prepared.tree]


def multiplied(factor: Factor, u: FloatArray, shares: FloatArray) -> FloatArray:
    """Return weights of one level, shape (m,), moved as uniform numbers say.

    Under ``weight_dirichlet`` the members of a group have a Dirichlet distribution with means
    `shares` (their weights in the group) and variances shares (1 − shares) / (concentration + 1);
    a weight of zero stays zero.
    """
    if factor.name == NOISE:
        return np.asarray(shares * (1.0 + factor.amount * (2.0 * u - 1.0)))
    from scipy.special import gammaincinv

    there = shares > 0
    shape = np.where(there, factor.amount * shares, 1.0)
    # a gamma variate cannot be zero, but its quantile underflows where the shape is small
    drawn = np.maximum(gammaincinv(shape, np.clip(u, 1e-12, 1.0 - 1e-12)), 1e-300)
    return np.asarray(np.where(there, drawn, 0.0))


def redrawn(
    base: Provenance,
    what: str,
    factors: Iterable[Factor],
    drawn: Mapping[str, str],
    *,
    seed: int,
    notes: tuple[str, ...],
) -> Provenance:
    """Return the provenance of an index whose choices were drawn anew."""
    return Provenance(
        method=f"{what} {base.method}",
        formula=base.formula,
        nobs=base.nobs,
        ids_digest=base.ids_digest,
        seed=seed,
        notes=notes,
        options={
            **base.options,
            **drawn,
            **{f"drawn {factor.name}": factor.reads() for factor in factors},
        },
    )
