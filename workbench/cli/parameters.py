"""Parameters as they are given on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.errors import InputError

SHOWN = 60


def values_by_name(given: Sequence[str]) -> dict[str, str]:
    """Return the texts of ``NAME=VALUE`` by name; a value may hold further signs of equality.

    Raises
    ------
    InputError
        If one is not of that form, or a name is given twice.

    Examples
    --------
    >>> values_by_name(["region=RU-TOM", "lang=ru"])
    {'region': 'RU-TOM', 'lang': 'ru'}
    """
    values: dict[str, str] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not name.isidentifier():
            raise InputError(
                "parameter",
                expected="NAME=VALUE, e.g. -p region=RU-TOM",
                found=repr(pair[:SHOWN]),
                remedy="write the sign of equality without spaces around it",
            )
        if name in values:
            raise InputError(
                "parameter",
                expected="each parameter once",
                found=f"{name[:SHOWN]!r} twice",
                remedy="leave one of the two out",
            )
        values[name] = value
    return values
