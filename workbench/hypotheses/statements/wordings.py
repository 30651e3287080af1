"""What every statement must have: sentences that are text, and a level that can decide."""

from __future__ import annotations

from workbench.errors import InputError, check_number

SENTENCE = "wb.Hypothesis('R&D next door raises patenting', 'indirect(log(rd)) > 0')"


def refuse_no_text(name: str, value: object, *, needed: bool = False, remedy: str = "") -> None:
    """Refuse what is no text, and empty text where a sentence is needed.

    Raises
    ------
    InputError
        With the argument's name.
    """
    if isinstance(value, str) and (value.strip() or not needed):
        return
    raise InputError(
        name,
        expected="a sentence" if needed else "text",
        found=repr(value),
        remedy=remedy or SENTENCE,
    )


def checked_alpha(alpha: object) -> float:
    """Return a level above 0 and up to 0.5.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> checked_alpha(0.05)
    0.05
    """
    level = check_number("alpha", alpha, above=0.0)
    if level > 0.5:
        raise InputError(
            "alpha",
            expected="a number above 0 and up to 0.5",
            found=repr(alpha),
            why="a claim would be wrong more often than not",
            remedy="alpha=0.05",
        )
    return level
