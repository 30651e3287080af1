"""Locks: what was decided before outcomes were seen, and what changed afterwards."""

from workbench.hypotheses.locks.changes import Changes
from workbench.hypotheses.locks.lock import Lock
from workbench.hypotheses.locks.making import lock
from workbench.hypotheses.locks.marking import Marked

__all__ = ["Changes", "Lock", "Marked", "lock"]
