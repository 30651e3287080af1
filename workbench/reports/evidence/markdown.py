"""Text of users in Markdown files that people read and hosts render: shown, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MEANT = re.compile(r"[\\`*_{}\[\]#|<>~$^@]|&(?=#?\w+;)|(?<=:)(?=//)")
_FIRST = re.compile(r"\A(\d*)([.)](?=\s|\Z)|[-+=:](?=[-=:\s]|\Z))")
_BACKTICKS = re.compile(r"`+")


def inline(text: object) -> str:
    r"""Return a text as one line of Markdown that shows it and means nothing else.

    Examples
    --------
    >>> inline("a <b>*c*</b>\n# d"), inline("1. e"), inline("3.11 R&D")
    ('a \\<b\\>\\*c\\*\\</b\\> \\# d', '1\\. e', '3.11 R&D')
    """
    return _FIRST.sub(r"\1\\\2", _MEANT.sub(r"\\\g<0>", one_line(text)))


def code(text: object) -> str:
    """Return a text as a span of code, whatever backticks are in it.

    Examples
    --------
    >>> code("a`b"), code("x | y")
    ('``a`b``', '`x | y`')
    """
    plain = one_line(text)
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(plain)), default=0) + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") or not plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def one_line(text: object) -> str:
    """Return a text without line breaks or characters that are not printed."""
    spaced = " ".join(str(text).split())
    return "".join(character for character in spaced if character.isprintable())


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table; cells are Markdown already, their bars are escaped.

    Examples
    --------
    >>> table(("a",), [("x | y",)])
    ['| a |', '|---|', '| x &#124; y |']
    """
    lines = [header, *rows]
    told = [f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines]
    return [told[0], f"|{'---|' * len(header)}", *told[1:]]


def _cell(cell: str) -> str:
    return cell.replace("\\|", "|").replace("|", "&#124;")
