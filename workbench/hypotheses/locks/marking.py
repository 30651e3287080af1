"""Verdicts with their status: confirmatory, exploratory, or changed after the lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError
from workbench.hypotheses.locks.changes import hypothesis_changes
from workbench.hypotheses.locks.covariances import unlocked_covariance
from workbench.hypotheses.locks.records import Content, squeezed
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.verdicts import Verdict
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.locks.lock import Lock
    from workbench.hypotheses.statements.families import Verdicts

CONFIRMATORY, EXPLORATORY, CHANGED = "confirmatory", "exploratory", "changed after the lock"
UNTOLD = ("adopted(", "from_matrix(")
"""Recipes that do not say how to build the weights again."""

SHOWN = 8
"""Digits of a lock's digest beside a verdict."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Marked:
    """Verdicts beside what was locked.

    Attributes
    ----------
    table : pandas.DataFrame
        That of the verdicts, with ``status``: ``"confirmatory (lock 1a2b3c4d)"``,
        ``"exploratory"`` or ``"changed after the lock: ..."``.
    lock : str
        Digest of the lock.
    notes : tuple of str
    tolerance : str
    """

    table: pd.DataFrame
    lock: str
    notes: tuple[str, ...]
    tolerance: Tolerance = "maximum likelihood"

    def tidy(self) -> pd.DataFrame:
        """Return the table: a row a verdict."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: the lock, and how many verdicts have each status."""
        counts = {
            word: int(self.table["status"].str.startswith(word).sum())
            for word in (CONFIRMATORY, EXPLORATORY, CHANGED)
        }
        return one_row(lock=self.lock, **{w.replace(" ", "_"): n for w, n in counts.items()})

    def __str__(self) -> str:
        return display.text("Verdicts", [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Verdicts", [("", self.table)], self.notes)


def marked(lock: Lock, verdicts: Verdict | Verdicts | Iterable[Verdict]) -> Marked:
    """Return verdicts with their status; see :meth:`Lock.mark`."""
    several = [verdicts] if isinstance(verdicts, Verdict) else list(verdicts)
    strange = next((one for one in several if not isinstance(one, Verdict)), None)
    if strange is not None or not several:
        raise InputError(
            "verdicts",
            expected="verdicts of hypotheses",
            found="none" if strange is None else type(strange).__name__,
            remedy="lock.mark(hypothesis.test(fit))",
        )
    whole: Any = verdicts
    table = whole.tidy() if hasattr(whole, "tidy") else pd.DataFrame([v.row() for v in several])
    table = table.assign(status=[status_of(lock.content, one) for one in several])
    told = list(lock.notes)
    if hasattr(whole, "notes") and not isinstance(verdicts, Verdict):
        told = [*whole.notes, *told]
    tested = {one.hypothesis.label for one in several}
    missing = [
        one.label
        for one in lock.content.hypotheses
        if one.kind == CONFIRMATORY and one.label not in tested
    ]
    if missing:
        told.append(f"Locked as confirmatory and not tested here: {', '.join(missing)}.")
    behind = [one.provenance for one in several if one.provenance is not None]
    restricted = [restriction_of(lock.content, one) for one in behind]
    told += [note for note in dict.fromkeys(restricted) if note]
    return Marked(table, lock.digest, tuple(told))


def status_of(content: Content, verdict: Verdict) -> str:
    """Return the status of one verdict under the content of a lock."""
    asked = verdict.hypothesis
    known = {one.label: one for one in content.hypotheses}
    locked = known.get(asked.label)
    if locked is None:
        # another name for the same claim is the same claim
        locked = next((one for one in content.hypotheses if _same_claim(one, asked)), None)
        found = [] if locked is None else [f"name: {locked.label} -> {asked.label}"]
    else:
        found = [
            change.text.removeprefix(f"hypothesis {asked.label!r}").lstrip(",: ")
            for change in hypothesis_changes(locked, asked)
            if not change.item.endswith((", mechanism", ", reference"))
        ]
    if locked is None or (locked.kind == EXPLORATORY and not found):
        return EXPLORATORY
    if verdict.provenance is not None:
        # a test has no model, formula or errors; weights it may have
        fitted = not isinstance(asked, Expectation)
        found += unlocked_choices(content, verdict.provenance) if fitted else []
        found += unlocked_weights(content, verdict.provenance)
    if found:
        return f"{CHANGED}: {'; '.join(found)}"
    return f"{CONFIRMATORY} (lock {content.digest[:SHOWN]})"


def _same_claim(locked: Any, asked: Any) -> bool:
    return bool(locked.kind == CONFIRMATORY and locked.digest == asked.digest)


def unlocked_choices(content: Content, provenance: Provenance) -> list[str]:
    """Return which choices of a fit the lock does not name; nothing where it names none."""
    options = provenance.options
    pairs = (
        ("model", options.get("model", ""), content.models),
        ("effects", options.get("effects", "none"), content.effects),
    )
    found = [f"{word} {value} not locked" for word, value, own in pairs if own and value not in own]
    found += unlocked_covariance(content.covariances, provenance)
    known = {squeezed(formula) for formula in content.formulas.values()}
    if known and squeezed(provenance.formula) not in known:
        found.append(f"formula {squeezed(provenance.formula)} not locked")
    return found


def unlocked_weights(content: Content, provenance: Provenance) -> list[str]:
    """Return which W behind a fit or test the lock does not name; nothing where it names none."""
    if not content.weights:
        return []
    if provenance.weights is not None:
        digest = str(provenance.weights["digest"])
        own = any(W.digest == digest for W in content.weights.values())
        return [] if own or restriction_of(content, provenance) else [f"W {digest} not locked"]
    options = provenance.options
    return [f"W {options['W']} not locked"] if "W" in options else []


def restriction_of(content: Content, provenance: Provenance) -> str:
    """Return how the W of a fit is a locked one among fewer regions; empty where it is not.

    A sample that leaves out regions restricts W and normalises it anew, which its digest cannot
    survive. Recipe and notes tell; of weights whose recipe does not say how to build them again
    nothing is told.
    """
    used: Any = provenance.weights  # the card in plain values
    if used is None or any(W.digest == used["digest"] for W in content.weights.values()):
        return ""
    for name, W in content.weights.items():
        same = (W.recipe, W.normalization) == (used["recipe"], used["normalization"])
        left = f"restricted from {W.regions} to {used['n']} regions"
        told = any(left in note for note in used["notes"])
        if same and told and not W.recipe.startswith(UNTOLD):
            return (
                f"W {name!r} is {left} of the sample and normalised anew; its recipe is the "
                "locked one, its digest cannot be."
            )
    return ""
