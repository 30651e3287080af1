"""The error tree: every refusal names the argument, the fault, the offenders and the way out.

One root, :class:`WorkbenchError`; under it a class for each kind of refusal, so
that callers can catch what they mean to handle. Messages are assembled in one
place, from parts that are also available as attributes.
"""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Iterable, Sequence
from typing import Any

from workbench.typing import words

SHOWN_OFFENDERS = 5
"""How many offending ids a message spells out before it only counts them."""

SYNONYMS = {
    "per cent": "percent",
    "bh": "benjamini-hochberg",
    "fdr": "benjamini-hochberg",
    "by": "benjamini-yekutieli",
    "jenks": "fisher-jenks",
    "natural": "fisher-jenks",
    "natural-breaks": "fisher-jenks",
    "natural breaks": "fisher-jenks",
    "naturalbreaks": "fisher-jenks",
    "triangular": "bartlett",
    "rectangular": "uniform",
    "qs": "quadratic-spectral",
    "white": "HC0",
    "lag": "sar",
    "error": "sem",
    "durbin": "sdm",
    "sarar": "sac",
    "fe": "entity",
    "fixed": "entity",
    "within": "entity",
    "individual": "entity",
    "region": "entity",
    "period": "time",
    "year": "time",
    "twoways": "two-way",
    "twfe": "two-way",
    "re": "random",
    "fd": "first-difference",
    "pooled": "none",
    "pooling": "none",
}
"""What other software calls an option, where the spelling does not lead to our word."""

ALIKE = 0.6
"""Likeness from which an option is suggested: below, "normal" is taken for "total"."""


class WorkbenchError(Exception):
    """Root of every error that the workbench raises on purpose.

    Parameters
    ----------
    argument : str
        Name of the argument, column or file at fault, as the caller wrote it.
    expected : str
        What would have been accepted.
    found : str
        What came instead.
    offenders : iterable, optional
        Ids (regions, terms, files) at fault. Counted; the first five are shown.
    why : str, optional
        Why it matters: which number would have been wrong.
    remedy : str, optional
        The call or edit that mends it.
    """

    def __init__(
        self,
        argument: str,
        *,
        expected: str,
        found: str,
        offenders: Iterable[Any] = (),
        why: str = "",
        remedy: str = "",
    ) -> None:
        self.argument = argument
        self.expected = expected
        self.found = found
        self.offenders = tuple(offenders)
        self.why = why
        self.remedy = remedy
        super().__init__(self._message())

    def _message(self) -> str:
        found = self.found if self.found.endswith("...") else self.found.removesuffix(".")
        # a caret points at the line above it, and closes the sentence
        stop = "" if found.endswith(" ^") else "."
        parts = [f"{self.argument}: expected {self.expected}; got {found}{stop}"]
        if self.offenders:
            parts.append(f"Where ({len(self.offenders)}): {listing(self.offenders)}.")
        if self.why:
            parts.append(f"Why it matters: {self.why.rstrip('.')}.")
        if self.remedy:
            # "..." stands for what the reader fills in: it is no full stop.
            open_end = self.remedy.endswith("...")
            remedy = self.remedy if open_end else self.remedy.rstrip(".")
            parts.append(f"Way out: {remedy}" + ("" if remedy.endswith(("?", "...")) else "."))
        return "\n  ".join(parts)

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self.argument, self.expected, self.found, self.offenders, self.why, self.remedy)
        return (_rebuild, (type(self), *parts))


def _rebuild(
    kind: type[WorkbenchError],
    argument: str,
    expected: str,
    found: str,
    offenders: tuple[Any, ...],
    why: str,
    remedy: str,
) -> WorkbenchError:
    """Rebuild an error in another process (pickle calls constructors positionally)."""
    return kind(
        argument, expected=expected, found=found, offenders=offenders, why=why, remedy=remedy
    )


class InputError(WorkbenchError, ValueError):
    """An argument that no number may come from."""


class OptionError(InputError):
    """A word that is not among the options."""


class UnknownNameError(OptionError, KeyError):
    """A name that a result does not hold; a ``KeyError`` too, so that ``in`` and ``get`` answer."""

    __str__ = Exception.__str__  # KeyError's shows the message as a literal


class IdError(InputError):
    """Region ids that are duplicated, missing, mixed, or do not match."""


class ValuesError(InputError):
    """Values that are missing, infinite, constant or outside a function's domain."""


class FormulaError(InputError):
    """A formula that cannot be read, or names columns that are not there."""


class CollinearityError(InputError):
    """Regressors that are linear combinations of each other."""


class GeometryError(InputError):
    """Geometries that are missing, empty, invalid, or in an unsuitable CRS."""


class WeightsError(InputError):
    """A weights matrix that cannot serve the purpose (islands, ids, bounds)."""


class PanelError(InputError):
    """A panel whose index or shape does not serve the estimator."""


class DataIntegrityError(WorkbenchError):
    """A file whose content disagrees with its descriptor or checksum."""


class AbsentDataError(WorkbenchError):
    """An external dataset that is not here: to be downloaded, or read from a mirror."""


class ReportError(WorkbenchError):
    """A study or report that cannot be run, rendered or verified."""


class MissingExtraError(WorkbenchError, ImportError):
    """A package that only some users need is not installed."""


class ConvergenceError(WorkbenchError, ArithmeticError):
    """An iteration that did not converge; no estimate is given."""


def listing(items: Sequence[Any]) -> str:
    """Return the first five items, and how many more there are."""
    shown = ", ".join(str(item) for item in items[:SHOWN_OFFENDERS])
    more = len(items) - SHOWN_OFFENDERS
    return f"{shown} and {more} more" if more > 0 else shown


def nearest(word: object, candidates: Iterable[str], *, alike: float = 0.5) -> str:
    """Return ``"did you mean 'x'?"`` for the closest candidate, or an empty string."""
    known = list(candidates)
    same = [candidate for candidate in known if candidate.lower() == str(word).lower()]
    match = same or difflib.get_close_matches(str(word), known, n=1, cutoff=alike)
    return f"did you mean {match[0]!r}?" if match else ""


def unknown_option(argument: str, value: object, options: Iterable[str]) -> OptionError:
    """Return the error for a word that is not among the options, naming the nearest one."""
    options = tuple(options)
    # doing nothing is no remedy, so "none" is not the example
    example = next((option for option in options if option != "none"), options[0])
    return OptionError(
        argument,
        expected=_one_of(options),
        found=repr(value),
        remedy=_meant(value, options) or f"choose one, e.g. {argument}={example!r}",
    )


def unknown_name(what: str, name: object, names: Iterable[str]) -> UnknownNameError:
    """Return the error for a name that a mapping does not hold, naming the nearest one.

    Parameters
    ----------
    what : str
        What is named: ``"test"``.
    name : object
        As the caller wrote it.
    names : iterable of str
        Those that the mapping holds.
    """
    known = tuple(names)
    if not known:
        return UnknownNameError(what, expected="nothing: there is none", found=repr(name))
    return UnknownNameError(
        what,
        expected=_one_of(known),
        found=repr(name),
        remedy=_meant(name, known) or f"choose one, e.g. [{known[0]!r}]",
    )


def _one_of(options: tuple[str, ...]) -> str:
    return "one of " + ", ".join(repr(option) for option in options)


def _meant(value: object, options: tuple[str, ...]) -> str:
    """Return which option is meant, by its name elsewhere or by its spelling; or nothing."""
    known = SYNONYMS.get(str(value).lower())
    return f"did you mean {known!r}?" if known in options else nearest(value, options, alike=ALIKE)


def check_option(argument: str, value: object, option: Any) -> None:
    """Raise :class:`OptionError` unless `value` is a word of the ``Literal`` type `option`."""
    if value not in words(option):
        raise unknown_option(argument, value, words(option))


def check_number(
    argument: str,
    value: object,
    *,
    above: float = -math.inf,
    below: float = math.inf,
    why: str = "",
    remedy: str = "",
) -> float:
    """Return a finite number strictly between two bounds, or refuse anything else.

    Raises
    ------
    InputError
        If the value is no number (a truth value is none), not finite, or out of bounds.

    Examples
    --------
    >>> check_number("trim", 0.25, above=0.0, below=1.0)
    0.25
    """
    number = isinstance(value, numbers.Real) and type(value).__name__ not in ("bool", "bool_")
    found = float(value) if number else math.nan  # type: ignore[arg-type]
    if math.isfinite(found) and above < found < below:
        return found
    bounds = {
        (False, False): "a number",
        (True, False): f"a number above {above:g}",
        (False, True): f"a number below {below:g}",
        (True, True): f"a number between {above:g} and {below:g}",
    }
    expected = bounds[math.isfinite(above), math.isfinite(below)]
    raise InputError(argument, expected=expected, found=repr(value), why=why, remedy=remedy)


def check_whole(
    argument: str,
    value: object,
    *,
    least: int = 1,
    none_allowed: bool = False,
    why: str = "",
    remedy: str = "",
) -> int:
    """Return a whole number from a lower bound as a plain integer, or refuse anything else.

    Parameters
    ----------
    argument : str
        Name of the caller's argument.
    value : object
        What was passed.
    least : int
        The smallest that will do.
    none_allowed : bool
        Whether 0 will do as well, for none.
    why, remedy : str
        Of the message.

    Raises
    ------
    InputError
        If the value is no whole number (a truth value is none; 3.0 is a measurement) or too small.

    Examples
    --------
    >>> check_whole("draws", 99, least=19)
    99
    """
    if isinstance(value, numbers.Integral) and type(value).__name__ != "bool":
        found = int(value)
        if found >= least or (none_allowed and found == 0):
            return found
    also = "0 for none, or " if none_allowed and least > 0 else ""
    raise InputError(
        argument,
        expected=f"{also}a whole number of at least {least}",
        found=repr(value),
        why=why,
        remedy=remedy,
    )
