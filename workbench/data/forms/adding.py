"""Members of a cluster in a user's table: kinds that their total contradicts."""

from __future__ import annotations

import pandas as pd

from workbench.data.forms.problems import Problem, places

KINDS = ("members_companies", "members_universities", "members_research", "members_other")
TOTAL = "members_total"


def contradicted(table: pd.DataFrame, labels: pd.Series) -> list[Problem]:
    """Return the totals of members that are less than their parts, or unequal to all of them.

    Parameters
    ----------
    table : DataFrame of float, shape (n, k)
        Columns of the form; rows without a total are passed over, and kinds that are missing may
        be what the others leave room for.
    labels : Series of str, shape (n,)
        What a row is called.

    Examples
    --------
    >>> table = pd.DataFrame({"members_companies": [10.0], "members_total": [5.0]}, index=["a"])
    >>> contradicted(table, pd.Series(["alpha"], index=["a"]))[0].found
    'alpha: 5, parts 10'
    """
    kinds = [name for name in KINDS if name in table]
    if TOTAL not in table or not kinds:
        return []
    total, sums = table[TOTAL], table[kinds].sum(axis=1)
    whole = table[kinds].notna().all(axis=1) & (len(kinds) == len(KINDS))
    wrong = total.notna() & ((sums > total) | (whole & (sums != total)))
    if not wrong.any():
        return []
    rows = table.index[wrong]
    found = places(f"{labels[row]}: {total[row]:g}, parts {sums[row]:g}" for row in rows)
    return [
        Problem("members that disagree", f"{TOTAL}: {places(labels[rows])}", found,
                f"a total that {', '.join(kinds)} add up to, or leave room in",
                "correct the parts or the total; leave kinds empty that are not known")
    ]  # fmt: skip
