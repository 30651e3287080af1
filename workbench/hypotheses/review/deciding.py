"""From a statement under several alternatives to an answer, in the same words everywhere."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.core.display import number
from workbench.errors import listing
from workbench.hypotheses.review.case import Case, Trials
from workbench.hypotheses.review.claims import Reading
from workbench.hypotheses.review.findings import Finding, failed_if, not_known
from workbench.hypotheses.wording import alike, interval_text, p_text


def decide(case: Case, found: Trials, *, under: str, call: str = "", before: str = "") -> Finding:
    """Say whether the statement stands under every alternative that could be estimated.

    Parameters
    ----------
    case : Case
    found : Trials
    under : str
        What was changed, as a noun in the plural: ``"other weights"``.
    call : str
        What mends or deepens it.
    before : str
        A sentence that comes first.

    Returns
    -------
    Finding
        Failed where one alternative says something else, passed where none does, not known where
        none could be estimated.
    """
    if found.made.empty:
        reasons = [str(reason) for reason in found.table["reason"].iloc[1:] if reason]
        said = f": {reasons[0]}" if reasons else ""
        return not_known(
            f"{before}Nothing could be estimated under {under}{said}.",
            evidence=found.table,
            call=call,
        )
    overturned = found.overturned
    worst = float(found.made["p_value"].max())
    return Finding(
        failed_if(bool(overturned)),
        f"{before}{stands_text(case, found, under=under)}",
        found.table,
        number=float(len(overturned)),
        p_value=worst,
        call=call,
    )


def stands_text(case: Case, found: Trials, *, under: str) -> str:
    """Return what the alternatives say, with the range of estimates and p-values."""
    made, overturned = found.made, found.overturned
    names = [str(name) for name in made.index]
    reported = f"{opening(case.claim.subject)} is {case.first.text} ({case.first.says}) as reported"
    if len(made) == 1:
        row = made.iloc[0]
        numbers = interval_text(row["estimate"], row["conf_low"], row["conf_high"])
        text = f"{reported}; {names[0]}: {numbers}, {p_text(row['p_value'])} ({row['says']})."
    else:
        low, high = float(made["estimate"].min()), float(made["estimate"].max())
        text = f"{reported}. Under {len(made)} {under} ({listing(names)}) "
        if np.isclose(low, high, rtol=1e-10) and np.isclose(low, case.first.estimate, rtol=1e-10):
            text += "the estimate is the same"
        else:
            text += "estimates run from {} to {}".format(*alike(low, high))
        least, most = float(made["p_value"].min()), float(made["p_value"].max())
        text += f", p-values from {number(round(least, 4))} to {number(round(most, 4))}; "
        text += _agreement(made, overturned)
    if found.failed:
        text += f" Not to be estimated: {listing(found.failed)} (reasons in the table)."
    return text


def becomes(case: Case, found: Trials) -> str:
    """Say what becomes of the statement: ``"stays"``, ``"changes"`` or ``"cannot tell"``.

    That it changes takes an interval of the alternatives that leaves out the estimate: a blunt
    estimate speaks against nothing.
    """
    made = found.made
    if not found.overturned:
        return "stays"
    if len(found.overturned) < len(made):
        return "cannot tell"
    if _opposite(case.first, made):
        return "changes"
    inside = (made["conf_low"] <= case.first.estimate) & (case.first.estimate <= made["conf_high"])
    return "cannot tell" if bool(inside.any()) else "changes"


def _opposite(first: Reading, made: pd.DataFrame) -> bool:
    sharp = (made["conf_low"] > 0) | (made["conf_high"] < 0)
    other = np.sign(made["estimate"]) != np.sign(first.estimate)
    return bool((sharp & other).all()) and not (first.conf_low <= 0 <= first.conf_high)


def _agreement(made: pd.DataFrame, overturned: list[str]) -> str:
    if not overturned:
        return f"all {len(made)} say the same."
    said = sorted({str(made.loc[name, "says"]) for name in overturned})
    return f"{len(overturned)} of {len(made)} say {' or '.join(said)}: {listing(overturned)}."


def opening(text: str) -> str:
    """Return a text as the opening of a sentence.

    Examples
    --------
    >>> opening("the direct impact of x"), opening("indirect(x) > 0")
    ('The direct impact of x', 'indirect(x) > 0')
    """
    return f"T{text[1:]}" if text.startswith("the ") else text
