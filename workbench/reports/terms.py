"""Which terms a comparison shows, in which order and under which headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from workbench.errors import InputError, nearest

LAST = ("tau", "eta", "rho", "lambda", "phi")
"""Parameters that stand below the regressors and their lags, in this order."""

FIRST = "Intercept"
REGRESSORS, LAGS, PARAMETERS = "Regressors", "Lags of regressors", "Parameters of lags"
OTHERS = "Other terms"


def ordered_terms(tables: Iterable[pd.DataFrame]) -> list[str]:
    """Return every term once: constant, regressors, their lags, then parameters of lags."""
    terms = list(dict.fromkeys(str(term) for table in tables for term in table.index))
    return sorted(terms, key=_place)


def _place(term: str) -> int:
    if term in LAST:
        return 2 + LAST.index(term)
    if term == FIRST:
        return -1
    return 1 if term.startswith(("W(", "W_")) else 0


def chosen_terms(
    terms: Sequence[str],
    *,
    keep: Sequence[str] | None,
    drop: Sequence[str],
    order: Sequence[str],
) -> list[str]:
    """Return the terms that are shown, in order.

    Parameters
    ----------
    terms : sequence of str
        What the models have.
    keep, drop, order : sequence of str
        Terms; ``*`` stands for any characters. Those of `order` come first.

    Raises
    ------
    InputError
        If one of them names no term, or none is left.

    Examples
    --------
    >>> chosen_terms(["Intercept", "rd", "C(y)[1]", "C(y)[2]"], keep=None, drop=["C(y)*"],
    ...              order=["rd"])
    ['rd', 'Intercept']
    """
    kept = list(terms) if keep is None else _matching(keep, terms, "keep")
    gone = set(_matching(drop, terms, "drop"))
    first = _matching(order, terms, "order")
    shown = [term for term in terms if term in kept and term not in gone]
    if not shown:
        raise InputError(
            "keep" if keep is not None else "drop",
            expected="at least one term to show",
            found="none left",
            remedy="name fewer terms in drop= or more in keep=",
        )
    before = [term for term in first if term in shown]
    return before + [term for term in shown if term not in before]


def _matching(wanted: Sequence[str], terms: Sequence[str], argument: str) -> list[str]:
    if isinstance(wanted, str):
        raise InputError(
            argument,
            expected="a list of terms",
            found=f"the text {wanted!r}",
            remedy=f"{argument}=[{wanted!r}]",
        )
    found: dict[str, None] = {}
    for word in wanted:
        pattern = re.compile(".*".join(map(re.escape, str(word).split("*"))))
        # a term may have an asterisk of its own
        hits = [t for t in terms if t == word] or [t for t in terms if pattern.fullmatch(t)]
        if not hits:
            raise InputError(
                argument,
                expected="terms of the models: " + ", ".join(terms[:12]),
                found=repr(word),
                remedy=nearest(word, terms) or "write it as the models' tidy() does",
            )
        found |= dict.fromkeys(hits)
    return list(found)


def grouped_terms(
    terms: Sequence[str], groups: bool | Mapping[str, Sequence[str]]
) -> list[tuple[str, list[str]]]:
    """Return headings with the terms under each; one without a heading where there are no groups.

    Raises
    ------
    InputError
        If a group names no term, or a term stands in two.
    """
    if not groups:
        return [("", list(terms))]
    if isinstance(groups, Mapping):
        return _named_groups(terms, groups)
    parts: dict[str, list[str]] = {REGRESSORS: [], LAGS: [], PARAMETERS: []}
    for term in terms:
        place = _place(term)
        parts[PARAMETERS if place > 1 else LAGS if place == 1 else REGRESSORS].append(term)
    return [(heading, found) for heading, found in parts.items() if found]


def _named_groups(
    terms: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> list[tuple[str, list[str]]]:
    parts, taken = [], set[str]()
    for heading, wanted in groups.items():
        found = _matching(wanted, terms, f"groups[{heading!r}]")
        twice = sorted(taken.intersection(found))
        if twice:
            raise InputError(
                "groups", expected="each term in one group", found="twice", offenders=twice
            )
        taken.update(found)
        parts.append((heading, found))
    rest = [term for term in terms if term not in taken]
    return [*parts, (OTHERS, rest)] if rest else parts
