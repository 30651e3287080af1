"""``provenance.json``: on what a report was made; all of it may differ between two runs."""

from __future__ import annotations

import json
from typing import Any

from workbench.reports.evidence.facts import Facts
from workbench.reports.ledger import LEDGER

SCHEMA = 2


def provenance_json(facts: Facts) -> str:
    """Return the machine, the time and the data of a run as JSON.

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
            "wall_seconds": round(facts.run.seconds, 1),
            "peak_memory_mib": facts.memory,
        },
        **facts.machine,
        "data": [source.plain() for source in facts.sources],
        "weights": {digest: card.get("recipe", "") for digest, card in ledger.weights.items()},
        "seeds": seeds(facts),
    }
    return json.dumps(plain, ensure_ascii=False, indent=1) + "\n"


def seeds(facts: Facts) -> list[dict[str, Any]]:
    """Return each seed that a result records: with which result, method and seed, once each."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    ledger = facts.ledger
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
