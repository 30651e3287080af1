"""How things were made, then and now: the W behind each result, its card, seed, options, sample."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.reports.checking.findings import Finding
from workbench.reports.entries import Made
from workbench.reports.ledger import Ledger

COMPARED = ("method", "formula", "nobs", "ids_digest", "seed", "options", "notes")
"""What must be the same beside W, by its name in a ledger."""

ROUNDING = 1e-6
"""How far numbers of a card may differ, as eigenvalues do between BLAS kernels; relative."""

NONE = "none"
GONE = "the report tells how it was made, the new run has no such result"
FRESH = "the new run tells how it was made, the report does not"


def compared_making(old: Ledger, new: Ledger) -> list[Finding]:
    """Return a finding for each result that was made otherwise, and each W that came or went.

    W is compared by its digest: one link or weight that changed makes another one. What its card
    tells is compared beside it.
    """
    before, after = _made(old), _made(new)
    both = [key for key in before if key in after]
    findings = [f for key in both for f in _differences(key, before[key], after[key], old, new)]
    told = {text for f in findings if f.kind == "weights" for text in (f.was, f.now)}
    findings += [
        Finding(key, "record", GONE if key in before else FRESH)
        for key in {**before, **after}
        if (key in before) != (key in after) and key.partition("/")[0] not in _things(old, new)
    ]
    return [*findings, *_cards(old, new), *_came_and_went(old, new, told)]


def _things(old: Ledger, new: Ledger) -> set[str]:
    """Return the published things of one ledger alone, which are told of as such."""
    return {place.name for place in old.published} ^ {place.name for place in new.published}


def _cards(old: Ledger, new: Ledger) -> Iterator[Finding]:
    """Return a finding for each card that tells of a W what it is not."""
    for digest in sorted({*old.weights} & {*new.weights}):
        was, now = old.weights[digest], new.weights[digest]
        told = [
            f"its {key} was {was.get(key)!r}, is {now.get(key)!r}"
            for key in {**was, **now}
            if not _alike(was.get(key), now.get(key))
        ]
        if told:
            yield Finding(f"W {digest}", "record", "; ".join(told))


def _alike(a: object, b: object) -> bool:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_alike(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(_alike, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return a == b


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
            told = "; ".join(_changed(name, mine, yours))
            yield Finding(key, "record", told, str(mine), str(yours))


def _changed(name: str, was: object, now: object) -> Iterator[str]:
    """Return what was and is, in words; of a mapping only what changed in it."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in {**was, **now}:
            if was.get(key) != now.get(key):
                yield f"its {key} was {was.get(key, NONE)!r}, is {now.get(key, NONE)!r}"
    else:
        yield f"its {name} was {was!r}, is {now!r}"


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
