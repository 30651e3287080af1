"""How things were made, then and now: the W behind each result, its seed and its sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.reports.checking.findings import Finding
from workbench.reports.entries import Made
from workbench.reports.ledger import Ledger

COMPARED = ("method", "formula", "nobs", "ids_digest", "seed")
"""What must be the same beside W, by its name in a ledger."""

NONE = "none"


def compared_making(old: Ledger, new: Ledger) -> list[Finding]:
    """Return a finding for each result that was made otherwise, and each W that came or went.

    W is compared by its digest: one link or weight that changed makes another one.
    """
    before, after = _made(old), _made(new)
    both = [key for key in before if key in after]
    findings = [f for key in both for f in _differences(key, before[key], after[key], old, new)]
    told = {text for f in findings if f.kind == "weights" for text in (f.was, f.now)}
    return [*findings, *_came_and_went(old, new, told)]


def _made(ledger: Ledger) -> dict[str, Made]:
    """Return how each published thing and each variable was made, by name."""
    found = {made.label: made for made in ledger.computed}
    for place in ledger.published:
        for made in place.made:
            found[f"{place.name}/{made.label}" if made.label else place.name] = made
    return found


def _differences(key: str, a: Made, b: Made, old: Ledger, new: Ledger) -> Iterator[Finding]:
    if a.weights != b.weights:
        was, now = (_described(one.weights, ledger) for one, ledger in ((a, old), (b, new)))
        yield Finding(
            key, "weights", f"made with another W, {was} → {now}", a.weights or NONE,
            b.weights or NONE,
        )  # fmt: skip
    for name in COMPARED:
        mine, yours = getattr(a, name), getattr(b, name)
        if mine != yours:
            told = f"its {name} was {mine!r}, is {yours!r}"
            yield Finding(key, "text", told, str(mine), str(yours))


def _came_and_went(old: Ledger, new: Ledger, told: set[Any]) -> Iterator[Finding]:
    """Return a finding for each W that no result names, as one that was only built."""
    for digest in sorted({*old.weights} ^ {*new.weights}):
        if digest not in told:
            gone = digest in old.weights
            which = _described(digest, old if gone else new)
            what = f"{which} is not built any more" if gone else f"{which} was not built before"
            yield Finding(f"W {digest}", "weights", what)


def _described(digest: str, ledger: Ledger) -> str:
    """Return a W in words: how it was built, its size and digest."""
    if not digest:
        return NONE
    card: Mapping[str, Any] = ledger.weights.get(digest, {})
    known = [str(card["recipe"])] if card.get("recipe") else []
    known += [f"{card[name]} {name}" for name in ("links",) if name in card]
    return f"{' with '.join(known)} ({digest})" if known else digest
