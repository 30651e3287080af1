"""Names of report folders: the study, then the parameters that are not the default."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

LONGEST_VALUE = 40
LONGEST = 120
"""Characters that parameters may take in a name; file systems allow 255 bytes in all."""

DIGITS = 12

_SIMPLE = re.compile(r"[a-z0-9]+([-.][a-z0-9]+)*")
_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{2,4}")
_DIGEST = re.compile(rf".*-[0-9a-f]{{{DIGITS}}}")
_OTHER = re.compile(r"[^A-Za-z0-9]+")


def report_name(study: str, changed: Mapping[str, object], texts: Mapping[str, str]) -> str:
    """Return the folder of a report, below ``reports/``.

    Two settings of one study never share a folder, not even where file systems take capitals for
    small letters: a value that is not plain is shortened to what is, and a digest of it follows.

    Parameters
    ----------
    study : str
        Without two hyphens in a row.
    changed : mapping of str to value
        Parameters that are not the default.
    texts : mapping of str to str
        Each as a command line would give it.

    Examples
    --------
    >>> report_name("profile", {"region": "RU-TOM"}, {"region": "RU-TOM"})
    'profile--region-RU-TOM'
    """
    parts = [f"{name}-{_safe(changed[name], texts[name])}" for name in sorted(changed)]
    joined = "--".join(parts)
    if len(joined) > LONGEST:
        everything = repr([(name, changed[name]) for name in sorted(changed)])
        joined = f"{len(parts)}-parameters-{_digest(everything)}"
    return f"{study}--{joined}" if parts else study


def _safe(value: object, text: str) -> str:
    """Return a value as part of a name: itself if it is a plain word or a code of a region."""
    if _is_plain(text):
        return text
    slug = _OTHER.sub("-", text)[:LONGEST_VALUE].strip("-").lower()
    digest = _digest(repr(value))
    return f"{slug}-{digest}" if slug else digest


def _is_plain(text: str) -> bool:
    if len(text) > LONGEST_VALUE or _DIGEST.fullmatch(f"-{text}"):
        return False
    if _CODE.fullmatch(text):
        return True
    # in capitals it would be a code, and must not be taken for it
    return bool(_SIMPLE.fullmatch(text)) and not _CODE.fullmatch(text.upper())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
