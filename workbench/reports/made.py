"""How results were made: method, formula, sample, seed and weights, as a ledger records them."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from workbench.core.provenance import Provenance
from workbench.reports.entries import Made

DEPTH = 3
"""Of mappings and lists in which results are looked for."""

MOST = 2000
"""Results that are recorded of one notebook; a thousand fits in a loop are one computation."""

MOST_CARDS = 100
"""W whose card is made: it asks for eigenvalues, and placebos make W by the hundred."""

Cards = dict[str, dict[str, Any]]
"""What weights are, by their digest."""


def made_of(thing: object) -> tuple[tuple[Made, ...], Cards]:
    """Return how a thing was made, and the cards of its weights by their digest.

    A thing tells it by its ``provenance``, or, if it is made of several results, by
    ``provenances``, a mapping from their names. Anything else gives nothing.

    Parameters
    ----------
    thing : object
        That is published.
    """
    known = provenances_of_one(thing)
    return collected(known.items())


def collected(known: Iterable[tuple[str, Provenance]]) -> tuple[tuple[Made, ...], Cards]:
    """Return how named results were made, and the cards of their weights by digest."""
    cards: Cards = {}
    made = []
    for label, provenance in known:
        digest = ""
        if provenance.weights:
            digest = str(provenance.weights.get("digest", ""))
            if digest and digest not in cards and len(cards) < MOST_CARDS:
                cards[digest] = plain(dict(provenance.weights))
        made.append(
            Made(
                label,
                provenance.method,
                provenance.formula,
                int(provenance.nobs),
                provenance.ids_digest,
                digest,
                None if provenance.seed is None else int(provenance.seed),
                {str(name): str(value) for name, value in provenance.options.items()},
                tuple(map(str, provenance.notes)),
            )
        )
    return tuple(made), cards


def of_names(names: Mapping[str, object]) -> tuple[tuple[Made, ...], Cards]:
    """Return how the results were made that variables hold, and the cards of all weights.

    Looked at are results and weights of the workbench, also in dicts, lists and tuples.

    Parameters
    ----------
    names : mapping of str to object
        Variables of a notebook.
    """
    # without that module no variable holds weights, and its import takes longer than small studies
    Weights = getattr(sys.modules.get("workbench.weights.weights"), "Weights", ())
    found: dict[str, Provenance] = {}
    weights: Cards = {}
    for name, value in names.items():
        if name.startswith("_"):
            continue
        for path, one in _walk(name, value, DEPTH):
            if isinstance(one, Weights):
                if one.digest not in weights and len(weights) < MOST_CARDS:
                    weights[one.digest] = plain(one.card().to_dict())
            elif len(found) < MOST:
                told = provenances_of_one(one).items()
                found.update({f"{path}[{key!r}]" if key else path: own for key, own in told})
    made, cards = collected(found.items())
    return made, {**cards, **weights}


def provenances_of(results: Mapping[str, object]) -> dict[str, Provenance]:
    """Return the provenance of each result that has one, by its name."""
    return {name: own for name, one in results.items() if (own := _own(one)) is not None}


def provenances_of_one(thing: object) -> dict[str, Provenance]:
    """Return the provenance of a thing; by name where it is made of several results."""
    own = _own(thing)
    if own is not None:
        return {"": own}
    several = getattr(thing, "provenances", None)
    if not isinstance(several, Mapping):
        return {}
    return {
        str(_without_numpy(k)): one for k, one in several.items() if isinstance(one, Provenance)
    }


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it; infinite and unknown ones as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    return str(value)


def _own(thing: object) -> Provenance | None:
    found = getattr(thing, "provenance", None)
    return found if isinstance(found, Provenance) else None


def _walk(path: str, value: object, depth: int) -> Iterator[tuple[str, object]]:
    if type(value).__module__.startswith("workbench."):
        yield path, value
    elif depth and isinstance(value, dict):
        for key, one in value.items():
            yield from _walk(f"{path}[{_without_numpy(key)!r}]", one, depth - 1)
    elif depth and isinstance(value, list | tuple):
        for position, one in enumerate(value):
            yield from _walk(f"{path}[{position}]", one, depth - 1)


def _without_numpy(key: object) -> object:
    """Return a key as it is typed, 2000 for ``np.int64(2000)``; of a tuple each part."""
    if isinstance(key, tuple):
        return tuple(map(_without_numpy, key))
    return key.item() if isinstance(key, np.number | np.bool_ | np.str_) else key
