"""``provenance.json``: on what a report was made; all of it may differ between two runs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from workbench.reports.entries import DRAWN
from workbench.reports.evidence.facts import Facts
from workbench.reports.ledger import LEDGER, Ledger

SCHEMA = 4
"""From 4 on it has the card of each W, of which 3 had the recipe alone."""


def provenance_json(facts: Facts) -> str:
    """Return the machine, the time, the data and the W of a run as JSON.

    Parameters
    ----------
    facts : Facts
        Of the run.
    """
    ledger = facts.ledger
    plain: dict[str, Any] = {
        "schema": SCHEMA,
        "report": ledger.report,
        "command": facts.command,
        "ledger": {"file": LEDGER, "sha256": facts.digests[LEDGER]},
        "run": {
            "wall_seconds": facts.run.seconds,
            "peak_memory_mib": facts.memory,
        },
        **facts.machine,
        "versions": dict(ledger.versions),
        "tools": dict(ledger.tools),
        "data": [source.plain() for source in facts.sources],
        "weights": {digest: dict(card) for digest, card in sorted(ledger.weights.items())},
        "seeds": seeds(ledger),
        "draws": {"numbers": sum(draws(ledger).values()), "without_seed": unseeded(ledger)},
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def seeds(ledger: Ledger) -> list[dict[str, Any]]:
    """Return each seed that a result records: with which result, method and seed, once each."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    named = [
        *((f"{place.name} {made.label}".strip(), made) for place in ledger.published
          for made in place.made),
        *((made.label, made) for made in ledger.computed),
    ]  # fmt: skip
    for name, made in named:
        if made.seed is not None:
            key = (name, made.method, made.seed)
            found.setdefault(key, {"result": name, "method": made.method, "seed": made.seed})
    return list(found.values())


def draws(ledger: Ledger) -> dict[str, int]:
    """Return how many numbers of each published thing come from draws, where any do."""
    drawn = (n.id for n in ledger.numbers.values() if n.tolerance in DRAWN)
    return dict(Counter(key.partition("/")[0].partition("#")[0] for key in drawn))


def unseeded(ledger: Ledger) -> dict[str, int]:
    """Return the published things with numbers from draws whose seed nobody recorded."""
    known = {p.name for p in ledger.published if any(made.seed is not None for made in p.made)}
    return {name: count for name, count in draws(ledger).items() if name not in known}
