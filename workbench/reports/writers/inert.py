"""Texts that no program takes for instructions, and files whose bytes depend on nothing else."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
"""First characters from which spreadsheets take a text for a formula or a command."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every file inside a document: the earliest that the format can say."""

_PRIVATE = 0xE000
_TURNING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
_SPACES = re.compile(r"[ \t\r\n\f\v\u2028\u2029]+")
_DROPPED = frozenset({"Cc", "Cs", "Co", "Cn"})


def plain(text: str) -> str:
    r"""Return a text in one line, without controls, private characters and changes of direction.

    Examples
    --------
    >>> plain("Tomsk\n oblast\x00 \u202eevil")
    'Tomsk oblast evil'
    """
    line = _SPACES.sub(" ", text)
    kept = (c for c in line if c not in _TURNING and unicodedata.category(c) not in _DROPPED)
    return "".join(kept)


def harmless(text: str) -> str:
    r"""Return a text of several lines, or markup, without what controls or turns what is read.

    Nothing that XML forbids is left, nor what lets the letters after it run the other way.

    Examples
    --------
    >>> harmless("Tomsk\x00\n<b>\u202elive</b>\x07")
    'Tomsk\n<b>live</b>'
    """
    return _HARMFUL.sub("", text)


_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
    f"{''.join(sorted(_TURNING))}]"
)


class Disguise:
    """Carries characters through a program that would read them, as private characters.

    Parameters
    ----------
    written : mapping of str to str
        What stands for each character in the end.
    """

    def __init__(self, written: Mapping[str, str]) -> None:
        self._on = {ord(c): chr(_PRIVATE + i) for i, c in enumerate(written)}
        self._off = {_PRIVATE + i: text for i, text in enumerate(written.values())}

    def on(self, text: str) -> str:
        """Return a text in which none of the characters is left."""
        return plain(text).translate(self._on)

    def off(self, text: str) -> str:
        """Return what a program made of such texts, with every character as it is written."""
        return text.translate(self._off)


def packed_again(document: bytes, *, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """Return a zipped document in which no file has a time, and some have other contents."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, (replaced or {}).get(name, old.read(name)))
    return out.getvalue()
