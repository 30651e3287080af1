"""How the moments of a panel with lags in time are asked for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

from workbench.errors import InputError, check_option
from workbench.regression.instruments import HIGHEST_ORDER, names_of
from workbench.typing import DynamicEquations, Transform


@dataclass(frozen=True, slots=True)
class DynamicGMM:
    """How moments estimate a panel with lags in time, ``wb.fit(..., dynamic=, method=)``.

    Attributes
    ----------
    equations : {"difference", "system"}
        Effects of regions taken out, earlier levels as instruments (Arellano and Bond 1991); or
        equations in levels too, instrumented by earlier changes (Arellano and Bover 1995; Blundell
        and Bond 1998), which are right where the first outcomes do not stray from where each
        region settles in a way that its effect foretells.
    transform : {"differences", "deviations"}
        What takes the effects out: differences, or orthogonal deviations from later periods
        (Arellano and Bover 1995), which lose less in panels with gaps.
    steps : {2, 1}
        Two: moments weighted by their covariance, standard errors with Windmeijer's (2005)
        correction. One: weighted as if disturbances were alike, standard errors robust.
    lags : (int, int or None)
        First and last lag of y (and Wy) that instrument, counted from the later period of a
        difference; None for all. The first is 2 at least, 3 where disturbances are a moving
        average of order one. Predetermined regressors have lags one less.
    collapse : bool
        One moment a lag, or one a lag and period (Roodman 2009): many instruments fit what they
        should instrument, and the tests of their validity fail to see it.
    predetermined, endogenous : str or tuple of str
        Terms of the formula that earlier disturbances move, or that today's does too; their lags
        instrument them. The others are taken as strictly exogenous and instrument themselves.
    instrument_orders : int
        Powers of W up to which exogenous regressors instrument Wy_t, 1 to 6; in models with WX
        they count from WX.

    Raises
    ------
    InputError, OptionError
        If an option has no such value.

    Examples
    --------
    >>> DynamicGMM("system", lags=(2, 3)).steps
    2
    """

    equations: DynamicEquations = "difference"
    transform: Transform = "differences"
    steps: Literal[1, 2] = 2
    lags: tuple[int, int | None] = (2, 4)
    collapse: bool = True
    predetermined: tuple[str, ...] = ()
    endogenous: tuple[str, ...] = ()
    instrument_orders: int = 2

    def __post_init__(self) -> None:
        check_option("equations", self.equations, DynamicEquations)
        check_option("transform", self.transform, Transform)
        steps: Any = self.steps  # as the caller wrote it
        if type(steps) is not int or steps not in (1, 2):
            raise InputError("steps", expected="1 or 2", found=repr(steps), remedy="steps=2")
        collapse: Any = self.collapse
        if not isinstance(collapse, bool):
            raise InputError("collapse", expected="True or False", found=repr(collapse))
        for name in ("predetermined", "endogenous"):
            object.__setattr__(self, name, names_of(name, getattr(self, name)))
        both = sorted({*self.predetermined} & {*self.endogenous})
        if both:
            raise InputError(
                "predetermined",
                expected="terms that are not among endogenous",
                found="terms that are both",
                offenders=both,
            )
        self._check_lags()
        orders = self.instrument_orders
        if type(orders) is not int or not 1 <= orders <= HIGHEST_ORDER:
            raise InputError(
                "instrument_orders",
                expected=f"a whole number from 1 to {HIGHEST_ORDER}",
                found=repr(orders),
                remedy="instrument_orders=2",
            )

    def _check_lags(self) -> None:
        lags: Any = self.lags
        pair = isinstance(lags, tuple | list) and len(lags) == 2
        whole = pair and type(lags[0]) is int and (lags[1] is None or type(lags[1]) is int)
        if not whole or lags[0] < 2 or (lags[1] is not None and lags[1] < lags[0]):
            raise InputError(
                "lags",
                expected="a first lag of 2 or more and a last one, or None for all",
                found=repr(lags),
                why="y lagged once is correlated with the difference of disturbances",
                remedy="lags=(2, 4)",
            )
        object.__setattr__(self, "lags", tuple(lags))

    @property
    def call(self) -> str:
        """The call that makes these options, those of the default left out."""
        given = [
            f"{each.name}={getattr(self, each.name)!r}"
            for each in fields(self)
            if getattr(self, each.name) != each.default
        ]
        return f"wb.panels.DynamicGMM({', '.join(given)})"

    @property
    def described(self) -> dict[str, str]:
        """The choices as text, for the provenance."""
        last = "all" if self.lags[1] is None else str(self.lags[1])
        return {
            "method": "gmm",
            "equations": self.equations,
            "transform": self.transform,
            "steps": str(self.steps),
            "lags": f"{self.lags[0]} to {last}",
            "collapse": str(self.collapse),
            "instrument_orders": str(self.instrument_orders),
            **({"predetermined": ", ".join(self.predetermined)} if self.predetermined else {}),
            **({"endogenous": ", ".join(self.endogenous)} if self.endogenous else {}),
        }
