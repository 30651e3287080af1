"""What is not as it was: one finding a thing, with its class and the words that name it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from workbench.reports.tolerances import LEVEL, Difference

Kind: TypeAlias = Literal[
    "file", "data", "weights", "record", "kind", "decision", "major", "minor", "text", "entry",
    "misprint", "figure", "within tolerance",
]  # fmt: skip

KINDS: dict[Kind, str] = {
    "file": "files that are not those of the report",
    "data": "data that changed",
    "weights": "spatial weights that changed",
    "record": "what the report records of itself and of how it was made",
    "kind": "numbers under another rule than the new run gives them",
    "decision": "decisions: significance or a verdict flipped",
    "major": "major: 10 % or more, or another sign",
    "minor": "minor: below 10 %",
    "text": "texts",
    "entry": "published before and not now, or the other way round",
    "misprint": "printed otherwise than the value",
    "figure": "figures",
}
"""The classes that make a report fail, in words, in the order of a certificate."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A thing that is not as it was.

    Attributes
    ----------
    id : str
        Of the number or text; or the name of the figure, file or data set.
    kind : str
        Its class: a key of `KINDS`, or ``"within tolerance"``, which makes no report fail.
    told : str
        What happened, in words, without the id.
    was, now : float, str or None
        Published and found; None where it is not one value.
    relative : float or None
        Of the published value; None for texts, and where the published value is zero.
    allowed : str
        The tolerance, in words.
    """

    id: str
    kind: Kind
    told: str
    was: float | str | None = None
    now: float | str | None = None
    relative: float | None = None
    allowed: str = ""

    @property
    def line(self) -> str:
        """The finding as one line, with nothing in it that a terminal would act upon."""
        return visible(f"{self.id}: {self.told}")

    def plain(self) -> dict[str, Any]:
        """Return it as plain values that JSON can hold; what does not apply is left out."""
        rest = {
            "was": self.was, "is": self.now, "relative": self.relative,
            "allowed": self.allowed or None,
        }  # fmt: skip
        known = {key: value for key, value in rest.items() if value is not None}
        told = {"id": visible(self.id), "class": self.kind, "told": visible(self.told)}
        return {**told, **{k: visible(v) if isinstance(v, str) else v for k, v in known.items()}}


def from_difference(d: Difference, *, interval: str = "") -> Finding:
    """Return the finding of a number that came out different.

    Parameters
    ----------
    d : Difference
        Of the number.
    interval : str
        What became of the interval that it is an end of, if that decides something.
    """
    crosses = f"; it moved across {LEVEL}" if d.crosses else ""
    share = None if math.isinf(d.relative) else d.relative
    size = "" if share is None else f", relative difference {share:.2g}"
    told = f"was {d.old!r}, is {d.new!r}{size} (allowed: {d.allowed}){crosses}{interval}"
    kind: Kind = "decision" if interval else d.degree
    return Finding(d.id, kind, told, d.old, d.new, share, d.allowed)


def visible(text: str) -> str:
    r"""Return a text with what does not print written out, line breaks too.

    Examples
    --------
    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
