"""Random streams that depend on a seed and on names, never on order or on threads."""

from __future__ import annotations

import hashlib

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
