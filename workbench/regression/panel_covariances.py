"""Covariances that are made for panels, as values that check themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.errors import InputError, OptionError, check_option
from workbench.typing import CorrelatedCells


@dataclass(frozen=True, slots=True)
class DriscollKraay:
    """Any dependence between regions, and dependence over time that fades.

    S₀ + Σ_l (1 − l/(L + 1))(S_l + S_l′) of the influences summed over the regions of each period;
    many periods are needed.

    Attributes
    ----------
    lags : int or None
        L ≥ 0; None for ⌊4 (T/100)^(2/9)⌋, which ``covariance="driscoll-kraay"`` takes.
    debiased : bool
        Whether to multiply by n/(n − k − effects), as linearmodels does; plm's ``vcovSCC`` does
        not, and takes ⌊T^(1/4)⌋ lags.

    References
    ----------
    Driscoll, J. and Kraay, A. (1998). Consistent covariance matrix estimation with spatially
    dependent panel data. Review of Economics and Statistics 80, 549–560.

    Examples
    --------
    >>> DriscollKraay(lags=3).label
    'Driscoll-Kraay, 3 lags'
    """

    lags: int | None = None
    debiased: bool = True

    def __post_init__(self) -> None:
        whole = isinstance(self.lags, int | np.integer) and not isinstance(self.lags, bool)
        if self.lags is not None and not (whole and self.lags >= 0):
            raise InputError(
                "lags", expected="a whole number from 0, or None", found=repr(self.lags)
            )
        _check_switch("debiased", self.debiased)

    @property
    def label(self) -> str:
        """A short name for columns of tables."""
        return "Driscoll-Kraay" if self.lags is None else f"Driscoll-Kraay, {self.lags} lags"


@dataclass(frozen=True, slots=True)
class PanelCorrected:
    """One covariance of the disturbances that repeats itself (Beck and Katz 1995).

    ``between="regions"``: regions have variances of their own and correlate within a period, in
    every period alike; Σ̂ = EE′/T of the residuals E, shape (N, T), and the covariance is
    Σ_t H_t′Σ̂H_t with H = X(X′X)⁻¹: panel-corrected standard errors. ``between="periods"``: the
    same the other way about, periods of a region correlate in every region alike. The panel must
    be balanced.

    Attributes
    ----------
    between : {"regions", "periods"}
        plm's ``vcovBK(cluster = "time")`` and ``vcovBK(cluster = "group")``.
    debiased : bool
        Whether to multiply by n/(n − k − effects).

    References
    ----------
    Beck, N. and Katz, J. N. (1995). What to do (and not to do) with time-series cross-section
    data. American Political Science Review 89, 634–647.

    Examples
    --------
    >>> PanelCorrected().label
    'panel-corrected'
    """

    between: CorrelatedCells = "regions"
    debiased: bool = True

    def __post_init__(self) -> None:
        check_option("between", self.between, CorrelatedCells)
        _check_switch("debiased", self.debiased)

    @property
    def label(self) -> str:
        """A short name for columns of tables."""
        return "panel-corrected" + (" over time" if self.between == "periods" else "")


def _check_switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise InputError(name, expected="True or False", found=repr(value))


def refuse_for_cross_section(option: object) -> None:
    """Raise :class:`~workbench.errors.OptionError` for an object that is made for panels."""
    if isinstance(option, DriscollKraay | PanelCorrected):
        raise OptionError(
            "covariance",
            expected="a covariance of one cross-section",
            found=repr(option),
            why="it sums over periods",
            remedy="fit.with_covariance(wb.Conley(regions, distance=300))",
        )
