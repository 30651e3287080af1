"""Forms of sentences that results write, English to Russian.

A field is ``{name}``, or ``{name:n}`` for a number, ``{name:any}`` for more than
one sentence, ``{name:one}`` for a part of a list between commas.
The first form that fits is taken: the narrower one comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.core.russian.sentences import (
    cards,
    files,
    findings,
    identification,
    notes,
    panels,
    review,
    stands,
    tests,
)

FORMS: Mapping[str, str] = MappingProxyType(
    cards.FORMS
    | panels.FORMS
    | identification.FORMS
    | findings.FORMS
    | stands.FORMS
    | review.FORMS
    | tests.FORMS
    | notes.FORMS
    | files.FORMS
)
"""The Russian form of each English one."""
