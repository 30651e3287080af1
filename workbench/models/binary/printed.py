"""A published table of univariate logits, asked whether its numbers agree with each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.vocabulary import one_row
from workbench.errors import InputError
from workbench.models.binary import printed_rows as rows
from workbench.numerics.binary import published as kernel
from workbench.numerics.binary.published import Bounds
from workbench.typing import Digits, Said

NOBS = range(20, 201)
"""Sample sizes that are tried where none is given."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PrintedLogits:
    """What a printed table of univariate logits implies; immutable.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a model: ``z_low z_high p_low p_high`` of the coefficient, ``stars stars_implied
        const_stars const_stars_implied``, ``turning_point turning_low turning_high``,
        ``deviance_low deviance_high`` (−2 log-likelihood), ``null_low null_high`` (that of a
        constant alone), ``ratio_low`` (likelihood ratio, at least), ``wald_high`` (Wald's
        statistic, at most), ``consistent`` with `nobs` and `events`, ``events`` that the row
        allows.
    pairs : pandas.DataFrame
        Index (nobs, events), events the rarer outcome; ``consistent``, rows whose criteria agree
        with them, and ``null_deviance``. Those with most rows first, then the closest.
    flags : pandas.DataFrame
        Columns ``row`` and ``flag``: what does not agree, and signs of separation (these end in
        ``(separation?)``); the numbers behind them are in `table`.
    exchanged : pandas.DataFrame
        Columns ``first second``: rows that agree with `nobs` and `events` once their R-squareds, or
        their criteria (these numbers cannot tell which), are exchanged.
    nobs, events : int
        The pair that the table was read with: as given, or the first of `pairs`.
    notes : tuple of str
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    flags: pd.DataFrame
    exchanged: pd.DataFrame
    nobs: int
    events: int
    notes: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """What was read, and with which sample."""
        return f"{len(self.table)} printed logits, read with n = {self.nobs}, {self.events} events"

    def tidy(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``nobs events consistent null_deviance flagged``."""
        return one_row(
            nobs=self.nobs,
            events=self.events,
            consistent=int(self.table["consistent"].sum()),
            null_deviance=float(kernel.null_deviance(self.nobs, self.events)),
            flagged=int(self.flags["row"].nunique()),
        )

    def plot(self, *, title: Said | None = None) -> Any:
        """Draw the implied null deviances of the rows; options in ``views.logits``."""
        return display.picture("printed logits", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        shown = ["stars", "stars_implied", "turning_point", "null_low", "null_high", "events"]
        return [
            ("", self.table[shown]),
            ("Samples that agree with most rows", self.pairs.head(5)),
            ("Flags", self.flags),
            *([("R-squareds exchanged", self.exchanged)] if len(self.exchanged) else []),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def printed_logits(
    table: pd.DataFrame,
    *,
    nobs: int | Sequence[int] | None = None,
    events: int | Sequence[int] | None = None,
    decimals: Mapping[str, int | Digits] | None = None,
    stars: tuple[float, ...] = (0.1, 0.05, 0.01),
) -> PrintedLogits:
    """Recompute what a published table of univariate logits implies, within its rounding.

    From a coefficient and its standard error follow z, p and the stars; from Schwarz's criterion
    −2l = BIC − 2 log n, and from McFadden's R² = 1 − l/l₀ the log-likelihood l₀ of a constant
    alone, which n regions and m events determine: −2l₀ = 2 [n log n − m log m − (n − m)
    log(n − m)]. All numbers are taken as intervals of what rounds to the one printed.

    Parameters
    ----------
    table : DataFrame
        A row a model: columns ``const const_se coef coef_se pseudo_r2 bic``, ``const_sig`` and
        ``coef_sig`` (stars; blank for none) where the table has them; ``regressor`` names rows, the
        index without.
    nobs, events : int or sequence of int, optional
        Sample sizes and numbers of the rarer outcome to try; 20 to 200, and all, without.
    decimals : mapping of str to int or {"aligned", "shown"}, optional
        Decimals that a column is rounded to; ``"aligned"``: all as many as the longest of the
        column, ``"shown"``: each up to its last digit that is not 0, the widest reading, because
        zeros at the end may be filling. Without, ``pseudo_r2`` and ``bic`` are aligned, the others
        as shown. What is found should not depend on it: try both.
    stars : tuple of float
        Levels of one, two and three stars.

    Returns
    -------
    PrintedLogits

    Raises
    ------
    InputError
        If columns are missing, numbers are none, rows have one name twice, or no sample is left.

    References
    ----------
    Schwarz, G. (1978). Annals of Statistics 6, 461-464. McFadden, D. (1974). In Frontiers in
    Econometrics, 105-142. Hauck, W. W. and Donner, A. (1977). Journal of the American Statistical
    Association 72, 851-853: Wald's statistic falls where an estimate runs away.

    Examples
    --------
    >>> row = {"const": -4.1, "const_se": 0.85, "coef": 0.53, "coef_se": 0.12}
    >>> row |= {"pseudo_r2": 0.49, "bic": 28.2}
    >>> found = printed_logits(pd.DataFrame([row]), nobs=85)
    >>> found.events, round(float(found.table["turning_point"].iloc[0]), 1)
    (5, 7.7)
    """
    read = rows.read_rows(table, decimals=decimals or {}, stars=stars)
    candidates = _candidates(nobs, events)
    pairs = _pairs(read, candidates)
    n, m = (int(number) for number in pairs.index[0])
    found = rows.implied_table(read, n, m, tried=range(1, n // 2 + 1))
    exchanged = _exchanged(read, found, n, m)
    flags = rows.flags_of(read, found)
    return PrintedLogits(
        found, pairs, flags, exchanged, n, m, _notes(read, pairs, len(candidates), exchanged)
    )


def _candidates(
    nobs: int | Sequence[int] | None, events: int | Sequence[int] | None
) -> list[tuple[int, int]]:
    sizes = _numbers("nobs", nobs) or list(NOBS)
    wanted = _numbers("events", events)
    found = [(n, m) for n in sizes for m in (wanted or range(1, n // 2 + 1)) if 0 < m <= n // 2]
    if not found:
        raise InputError(
            "events",
            expected="from 1 to half the observations: the rarer of both outcomes",
            found=f"{events!r} with nobs={nobs!r}",
            remedy="nobs=85, events=5",
        )
    return found


def _numbers(argument: str, given: int | Sequence[int] | None) -> list[int]:
    if given is None:
        return []
    listed = list(given) if isinstance(given, Iterable) else [given]
    if not listed or any(
        isinstance(v, bool) or not isinstance(v, int | np.integer) or v < 1 for v in listed
    ):
        raise InputError(
            argument,
            expected="a positive whole number, or several",
            found=repr(given),
            remedy=f"{argument}=85, or {argument}=range(80, 90)",
        )
    return sorted({int(v) for v in listed})


def _pairs(read: rows.Rows, candidates: list[tuple[int, int]]) -> pd.DataFrame:
    """Return the samples by how many rows agree with them, then by how closely."""
    nobs, events = (np.array(column) for column in zip(*candidates, strict=True))
    expected = kernel.null_deviance(nobs, events)
    agree, misses = np.zeros(len(nobs), dtype=int), np.zeros(len(nobs))
    for at in range(len(read.names)):
        bic, r2 = (Bounds(b.low[at], b.high[at]) for b in (read.bic, read.pseudo_r2))
        deviance = kernel.deviances(bic, nobs)
        null = kernel.null_deviances(deviance, r2)
        possible = deviance.high > 0.0
        agree += null.holds(expected) & possible
        misses += null.misses(expected)
    index = pd.MultiIndex.from_arrays([nobs, events], names=["nobs", "events"])
    found = pd.DataFrame({"consistent": agree, "null_deviance": expected, "misses": misses}, index)
    order = np.lexsort((events, nobs, misses, -agree))
    return found.iloc[order].drop(columns="misses")


def _exchanged(read: rows.Rows, found: pd.DataFrame, nobs: int, events: int) -> pd.DataFrame:
    """Return pairs of rows that agree with the sample when their R-squareds change places."""
    wrong = [at for at, fits in enumerate(found["consistent"]) if not fits]
    expected = kernel.null_deviance(nobs, events)
    kept = []
    for first, second in combinations(wrong, 2):
        both = [first, second]
        bic = Bounds(read.bic.low[both], read.bic.high[both])
        r2 = Bounds(read.pseudo_r2.low[both[::-1]], read.pseudo_r2.high[both[::-1]])
        null = kernel.null_deviances(kernel.deviances(bic, nobs), r2)
        if null.holds(expected).all():
            kept.append((read.names[first], read.names[second]))
    return pd.DataFrame(kept, columns=["first", "second"])


def _notes(
    read: rows.Rows, pairs: pd.DataFrame, tried: int, exchanged: pd.DataFrame
) -> tuple[str, ...]:
    best = int(pairs["consistent"].iloc[0])
    as_good = int((pairs["consistent"] == best).sum())
    notes = [
        f"Of {tried} samples tried {as_good} agree{'s' if as_good == 1 else ''} with "
        f"{best} of {len(read.names)} rows, the most."
    ]
    if as_good > 1:
        notes.append("Of these the table is read with the one whose null deviances are closest.")
    notes += [
        f"With the R-squareds of {first} and {second} exchanged (or their criteria, which comes to "
        "the same) both rows agree with the sample: two numbers seem to have changed places."
        for first, second in exchanged.itertuples(index=False)
    ]
    return tuple(notes)
