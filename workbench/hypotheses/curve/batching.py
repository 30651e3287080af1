"""Specifications that are estimated many at once, where the batch engine supports them."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.hypotheses.curve.evaluation import Record, Work
from workbench.hypotheses.curve.plan import Choice
from workbench.typing import CurveEngine


def batched(work: Work, choices: Sequence[Choice], engine: CurveEngine) -> dict[int, Record]:
    """Return the records of those choices that the batch engine estimates, by number.

    Parameters
    ----------
    work : Work
    choices : sequence of Choice
    engine : {"auto", "fit", "batch"}
        ``"fit"``: none.
    """
    return {}
