"""Standard errors that a lock plans: always, or from so many periods on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from workbench.core.provenance import Provenance
from workbench.errors import InputError, OptionError
from workbench.regression.covariances import LABEL, label_of
from workbench.typing import Covariance, words


@dataclass(frozen=True, slots=True, order=True)
class LockedCovariance:
    """A covariance by its word or label, and the numbers of periods for which it is planned.

    Attributes
    ----------
    name : str
        A word of :data:`workbench.typing.Covariance`, or the label of an object.
    fewest, most : int or None
        Periods T with fewest ≤ T ≤ most; None for no bound.

    Examples
    --------
    >>> LockedCovariance("clustered-two-way", fewest=15).text
    'clustered-two-way from 15 periods on'
    """

    name: str
    fewest: int | None = None
    most: int | None = None

    @property
    def text(self) -> str:
        """The covariance and its periods in words."""
        if self.fewest is None:
            return self.name
        if self.most is None:
            return f"{self.name} from {self.fewest} periods on"
        if self.fewest == self.most:
            return f"{self.name} with {self.fewest} periods"
        return f"{self.name} with {self.fewest} to {self.most} periods"

    def is_named(self, name: str) -> bool:
        """Return whether this is the covariance of a name: of objects, their word is the same."""
        return self.name.casefold() == name.casefold()

    def is_for(self, periods: int) -> bool:
        """Return whether it is planned for so many periods."""
        above = self.fewest is None or periods >= self.fewest
        return above and (self.most is None or periods <= self.most)

    def plain(self) -> str | dict[str, Any]:
        """Return plain values: the name alone where periods do not matter."""
        if self.fewest is None:
            return self.name
        return {"covariance": self.name, "fewest": self.fewest, "most": self.most}


def covariance_from(plain: Any) -> LockedCovariance:
    """Return the covariance that :meth:`LockedCovariance.plain` wrote."""
    if isinstance(plain, str):
        return LockedCovariance(plain)
    return LockedCovariance(plain["covariance"], plain["fewest"], plain["most"])


def locked_covariances(given: Any) -> tuple[LockedCovariance, ...]:
    """Return covariances as a lock holds them, each once, by name.

    Parameters
    ----------
    given : covariance, sequence of them, or mapping of int to covariance
        Words of :func:`workbench.fit` or objects; a mapping from the fewest periods for which a
        covariance is planned: ``{1: "clustered", 15: "clustered-two-way"}``.

    Raises
    ------
    OptionError
        If one is no covariance.
    InputError
        If a number of periods is none.

    Examples
    --------
    >>> [one.text for one in locked_covariances({1: "clustered", 15: "clustered-two-way"})]
    ['clustered with 1 to 14 periods', 'clustered-two-way from 15 periods on']
    """
    if isinstance(given, Mapping):
        return _by_periods(given)
    several = given if isinstance(given, list | tuple | set | frozenset) else (given,)
    return tuple(sorted({LockedCovariance(_name(one)) for one in several}, key=_order))


def _by_periods(given: Mapping[Any, Any]) -> tuple[LockedCovariance, ...]:
    wrong = [one for one in given if not isinstance(one, int) or isinstance(one, bool) or one < 1]
    if wrong:
        raise InputError(
            "covariances",
            expected="by the fewest periods for which each is planned, whole numbers from 1",
            found=", ".join(map(repr, wrong)),
            remedy='covariances={1: "clustered", 15: "clustered-two-way"}, or a list where '
            "periods do not matter",
        )
    names = {periods: _name(one) for periods, one in sorted(given.items())}
    steps = list(pairwise([*names, None]))
    made = [
        LockedCovariance(names[start], start, None if following is None else following - 1)
        for start, following in steps
        if start is not None
    ]
    return tuple(sorted(made, key=_order))


def _name(option: Any) -> str:
    if not isinstance(option, str):
        return label_of(option)
    known = words(Covariance)
    if option in known:
        return option
    unknown: Any = option
    try:
        return label_of(unknown)
    except OptionError as fault:
        raise OptionError(
            "covariances",
            expected="words of covariances (" + ", ".join(map(repr, known)) + "), or objects "
            "such as wb.Conley(regions, distance=300)",
            found=repr(option),
            remedy=fault.remedy.replace("covariance=", "covariances="),
        ) from None


def _order(one: LockedCovariance) -> tuple[str, int]:
    return one.name, one.fewest or 0


def unlocked_covariance(
    locked: tuple[LockedCovariance, ...], provenance: Provenance
) -> tuple[str, ...]:
    """Return in what the covariance of a fit departs from the lock; nothing where it does not."""
    options = provenance.options
    name = options.get(LABEL, options.get("covariance", "classical"))
    periods = int(options.get("period_count", 1))
    if not locked or any(one.is_named(name) and one.is_for(periods) for one in locked):
        return ()
    if not any(one.is_named(name) for one in locked):
        return (f"covariance {name} not locked",)
    planned = ", ".join(one.text for one in locked if one.is_for(periods)) or "none"
    count = f"{periods} period{'' if periods == 1 else 's'}"
    return (f"covariance {name} not locked for {count} (planned: {planned})",)
