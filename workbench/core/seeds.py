"""Random streams that depend on a seed and on names, never on order or on threads; enough draws."""

from __future__ import annotations

import hashlib
import math

import numpy as np

from workbench.errors import InputError


def check_seed(seed: int) -> int:
    """Return the seed as a plain integer, or refuse it.

    Raises
    ------
    InputError
        If the seed is not an integer from 0 to 2**63 − 1.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        raise InputError(
            "seed",
            expected="an integer from 0 to 2**63 - 1",
            found=repr(seed),
            why="every random step must be repeatable",
            remedy="pass seed=0 (the default) or any other whole number",
        )
    return int(seed)


def enough_draws(draws: int, level: float, *, argument: str = "draws") -> int:
    """Return the number of draws, or refuse one with which an end of an interval is none of them.

    Parameters
    ----------
    draws : int
    level : float
        Of the interval, between 0 and 1.
    argument : str
        Name of the caller's argument, for messages.

    Raises
    ------
    InputError
        If (draws + 1)(1 − level)/2 is below 1.

    Examples
    --------
    >>> enough_draws(39, 0.95)
    39
    """
    least = math.ceil(2.0 / (1.0 - level) - 1.0 - 1e-9)
    if draws < least:
        raise InputError(
            argument,
            expected=f"at least {least} for intervals of level {level:g}",
            found=repr(draws),
            why="the ends of the interval would lie beyond all draws",
            remedy=f"{argument}={max(999, least)}",
        )
    return draws


def generator(seed: int, *names: object) -> np.random.Generator:
    """Return a counter-based generator keyed by a seed and by what it is for.

    Parameters
    ----------
    seed : int
        The caller's seed.
    *names : object
        What the stream is for, e.g. ``"impacts", "log(rd)"``; other names, other stream.

    Returns
    -------
    numpy.random.Generator
        Philox; equal arguments give equal streams on every machine.

    Examples
    --------
    >>> a, b = generator(0, "impacts"), generator(0, "impacts")
    >>> bool(a.standard_normal() == b.standard_normal())
    True
    """
    text = "\x1f".join([str(check_seed(seed)), *(str(name) for name in names)])
    key = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))
