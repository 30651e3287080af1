"""What a repetition may fail with, and how its record says so."""

from __future__ import annotations

import numpy as np

from workbench.errors import WorkbenchError

FAULTS = (WorkbenchError, ArithmeticError, ValueError, np.linalg.LinAlgError)
"""What is the fault of one draw, map or scale: it is recorded, and the others go on."""


def in_one_line(fault: BaseException) -> str:
    """Return what an error says; of those that are not ours with their kind.

    Examples
    --------
    >>> in_one_line(ZeroDivisionError("float division by zero"))
    'ZeroDivisionError: float division by zero'
    """
    told = " ".join(str(fault).split())
    if isinstance(fault, WorkbenchError):
        return told
    return f"{type(fault).__name__}: {told}" if told else type(fault).__name__
