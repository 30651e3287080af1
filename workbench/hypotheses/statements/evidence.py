"""What a test brings to an expectation: a statistic, what chance makes of it, and a p-value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from workbench.core.provenance import Provenance
from workbench.errors import InputError, check_number, check_option
from workbench.typing import Alternative, Tolerance

WITHOUT_A_SIDE = ("chi2", "F")
"""Distributions whose tests speak against the null by large values, whatever the direction."""


@runtime_checkable
class Tested(Protocol):
    """What a test must say: :class:`Statistic`, and results such as that of ``wb.moran``."""

    @property
    def statistic(self) -> float:
        """Its value."""

    @property
    def p_value(self) -> float:
        """Against `alternative`."""

    @property
    def alternative(self) -> Alternative:
        """``"two-sided"``, ``"greater"`` or ``"less"``."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One test, as plain numbers.

    Attributes
    ----------
    statistic : float
    expected : float
        Under the null; NaN where it is not known.
    p_value : float
        As the test gave it, against `alternative`.
    alternative : {"two-sided", "greater", "less"}
    omnibus : bool
        Whether the p-value is against any difference although only large values are counted.
    std_error, z, conf_low, conf_high : float
        NaN where there are none.
    method : str
    tolerance : str
    provenance : Provenance or None
    """

    statistic: float
    expected: float
    p_value: float
    alternative: Alternative
    omnibus: bool = False
    std_error: float = math.nan
    z: float = math.nan
    conf_low: float = math.nan
    conf_high: float = math.nan
    method: str = "numbers as given"
    tolerance: Tolerance = "closed form"
    provenance: Provenance | None = None

    @property
    def known(self) -> bool:
        """Whether the test gave a number and a p-value."""
        return math.isfinite(self.statistic) and math.isfinite(self.p_value)

    @property
    def doubled(self) -> bool:
        """Whether the p-value is of one side."""
        return self.alternative != "two-sided"

    @property
    def two_sided(self) -> float:
        """The p-value, a one-sided one doubled; 1 where there is none."""
        if not self.known:
            return 1.0
        return min(1.0, 2.0 * self.p_value) if self.doubled else self.p_value

    @property
    def looked(self) -> int:
        """Side to which the test looked: 1, −1, or 0 for both."""
        return {"greater": 1, "less": -1}.get(self.alternative, 0)

    @property
    def side(self) -> int:
        """Side of the statistic: 1 above what is expected, −1 below, 0 neither or not known."""
        if math.isfinite(self.expected):
            return _sign(self.statistic - self.expected)
        if math.isfinite(self.z):
            return _sign(self.z)
        return self.looked

    @property
    def sided(self) -> bool:
        """Whether anything tells the side."""
        return bool(math.isfinite(self.expected) or math.isfinite(self.z) or self.looked)


def of_test(test: Tested, expected: float | None = None) -> Evidence:
    """Return the evidence of a test; its permutation p-value where there is one.

    Parameters
    ----------
    test : Statistic, or a result with its attributes
    expected : float, optional
        Instead of the test's own.
    """
    permuted, variance = _number_of(test, "p_permutation"), _number_of(test, "variance")
    drawn = math.isfinite(permuted)
    distribution = str(getattr(test, "distribution", "its own distribution"))
    permutations: Any = getattr(test, "permutations", None)
    many = f"{permutations} permutations" if permutations else "permutations"
    own = _number_of(test, "expected")
    return Evidence(
        statistic=float(test.statistic),
        expected=own if expected is None else check_number("expected", expected),
        p_value=permuted if drawn else float(test.p_value),
        alternative=test.alternative,
        omnibus=distribution in WITHOUT_A_SIDE,
        std_error=math.sqrt(variance) if variance > 0 else math.nan,
        z=_number_of(test, "z"),
        method=many if drawn else distribution,
        tolerance="simulation" if drawn else "closed form",
        provenance=getattr(test, "provenance", None),
    )


def _number_of(test: Tested, name: str) -> float:
    found: Any = getattr(test, name, None)
    return math.nan if found is None else float(found)


def of_numbers(
    statistic: object,
    *,
    expected: float | None,
    p_value: float | None,
    alternative: Alternative,
    interval: tuple[float | None, float | None],
) -> Evidence:
    """Return the evidence of plain numbers, each of them checked.

    Raises
    ------
    InputError
        If one is not finite, the p-value is missing or outside 0 to 1, or the interval has one
        end, or its ends the wrong way round.
    OptionError
        If the alternative is none.
    """
    found = check_number("test", statistic)
    check_option("alternative", alternative, Alternative)
    if p_value is None:
        raise InputError(
            "p_value",
            expected="the p-value of the statistic",
            found="None",
            why="a statistic alone decides nothing",
            remedy="H.judge(2.1, expected=1.0, p_value=0.004)",
        )
    p = check_number("p_value", p_value)
    if not 0.0 <= p <= 1.0:
        raise InputError("p_value", expected="a number from 0 to 1", found=repr(p_value))
    low, high = _interval(*interval)
    centre = math.nan if expected is None else check_number("expected", expected)
    return Evidence(found, centre, p, alternative, conf_low=low, conf_high=high)


def _interval(low: float | None, high: float | None) -> tuple[float, float]:
    if low is None and high is None:
        return math.nan, math.nan
    if low is None or high is None:
        missing = "conf_low" if low is None else "conf_high"
        raise InputError(missing, expected="both ends of an interval, or none", found="None")
    ends = check_number("conf_low", low), check_number("conf_high", high)
    if ends[0] > ends[1]:
        raise InputError(
            "conf_low", expected=f"at most conf_high, {ends[1]:g}", found=f"{ends[0]:g}"
        )
    return ends


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
