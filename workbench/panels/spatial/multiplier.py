"""Whether an estimated rho has a spatial multiplier, without which there are no impacts."""

from __future__ import annotations

from workbench.errors import PanelError
from workbench.weights import Weights


def inadmissible(rho: float, weights: Weights | None) -> str:
    """Return why rho is no spatial parameter of these weights; empty where it is.

    Parameters
    ----------
    rho : float
    weights : Weights or None
        Those of Wy.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> inadmissible(0.5, W), inadmissible(1.25, W)[:24]
    ('', 'rho = 1.25 lies outside ')
    """
    if weights is None:
        return ""
    # Below the inverse of any norm rho is admissible: the spectrum need not be found.
    if abs(rho) * float(abs(weights.sparse).sum(axis=1).max()) < 1.0:
        return ""
    low, high = weights.spectrum.rho_low, weights.spectrum.rho_high
    if low < rho < high:
        return ""
    return f"rho = {rho:.4g} lies outside ({low:.4g}, {high:.4g}), where (I - rho W) is sound"


def refuse_inadmissible(reason: str, *, remedy: str) -> None:
    """Refuse what follows from (I − ρW)⁻¹ where `reason` says that it is not sound.

    Raises
    ------
    PanelError
        If there is a reason.
    """
    if reason:
        raise PanelError(
            "rho",
            expected="a rho whose spatial multiplier exists, for impacts and predictions",
            found=reason,
            why="outside there is no reduced form: (I - rho W)^-1 is not the sum of its powers",
            remedy=remedy,
        )
