"""What single regions do to the efficiency of the others, and a frontier that few can move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import InputError, check_whole
from workbench.innovation.frontiers.envelopment import efficiency_of
from workbench.innovation.frontiers.envelopment_result import PEER, DataEnvelopment
from workbench.numerics.frontiers import disposal, envelopment


def influence(result: DataEnvelopment) -> pd.DataFrame:
    """Leave each region out and see by how much the others become more efficient.

    A region that moves many others by much is either the best practice that they should learn
    from, or an error in its figures: look at it first (Wilson 1995).

    Parameters
    ----------
    result : DataEnvelopment

    Returns
    -------
    DataFrame
        A row a region, the most influential first: ``peer_of`` (how many others have it as a
        peer), ``others_moved`` (mean change of their efficiency), ``others_most``, ``most_moved``
        (whose changes most; missing where none does).

    References
    ----------
    Wilson, P. (1995). Detecting influential observations in data envelopment analysis. Journal of
    Productivity Analysis 6(1), 27-45.

    Examples
    --------
    >>> from workbench.innovation.frontiers import data_envelopment
    >>> used = pd.DataFrame({"staff": [2.0, 4.0, 3.0]}, index=list("abc"))
    >>> made = pd.Series([1.0, 2.0, 3.0], index=list("abc"), name="patents")
    >>> influence(data_envelopment(used, made))["others_moved"].to_dict()
    {'c': 0.5, 'a': 0.0, 'b': 0.0}
    """
    result.convex("influence")
    ids, n = result.table.index, len(result.table)
    if n < 3:
        raise InputError(
            "result", expected="at least 3 regions", found=str(n),
            why="without one of two nobody is left to compare with",
        )  # fmt: skip
    X, Y = result.inputs.to_numpy(), result.outputs.to_numpy()
    outward = result.orientation == "output"
    base = result.table["efficiency"].to_numpy()
    used = (result.intensities > PEER).sum(axis=0) - (np.diag(result.intensities) > PEER)
    rows = []
    for j in range(n):
        others = np.arange(n) != j
        if base[j] < 1.0:  # nobody's frontier: nothing moves
            rows.append((int(used[j]), 0.0, 0.0, np.nan))
            continue
        # the same units as with it: Y may be left without a column's only maker
        made = Y[others].any(axis=0)
        found = envelopment.radial(
            X[others], Y[others][:, made], returns=result.returns, outward=outward
        )
        if not made.all() and (~Y[others][:, made].any(axis=1)).any():
            rows.append((int(used[j]), np.nan, np.nan, np.nan))
            continue
        gain = efficiency_of(found.scores, outward) - base[others]
        gain[np.abs(gain) < envelopment.ONE] = 0.0
        most = int(gain.argmax())
        who = ids[others][most] if gain[most] > 0.0 else np.nan
        rows.append((int(used[j]), float(gain.mean()), float(gain[most]), who))
    columns = ["peer_of", "others_moved", "others_most", "most_moved"]
    table = pd.DataFrame(rows, index=ids, columns=columns)
    return table.sort_values("others_moved", ascending=False, kind="stable")


def order_m(result: DataEnvelopment, m: int = 25) -> pd.Series[Any]:
    """Return expected efficiency against m regions drawn among those that do at least as well.

    Those who make no less (who use no more, if outputs are scaled) are drawn from with
    replacement. A single extreme region moves it little; it exceeds 1 where a region beats most of
    the m, and falls to that of the free disposal hull as m grows. The expectation is exact, in
    closed form, not simulated.

    Parameters
    ----------
    result : DataEnvelopment
        Its inputs, outputs and orientation are used.
    m : int
        How many are drawn.

    Returns
    -------
    Series
        Named ``efficiency``.

    References
    ----------
    Cazals, C., Florens, J.-P. and Simar, L. (2002). Nonparametric frontier estimation: a robust
    approach. Journal of Econometrics 106(1), 1-25.

    Examples
    --------
    >>> from workbench.innovation.frontiers import data_envelopment
    >>> used = pd.DataFrame({"staff": [2.0, 4.0]}, index=list("ab"))
    >>> made = pd.Series([1.0, 1.5], index=list("ab"), name="patents")
    >>> order_m(data_envelopment(used, made), m=1).tolist()
    [1.5, 1.0]
    """
    size = check_whole("m", m, remedy="m=25")
    outward = result.orientation == "output"
    X, Y = result.inputs.to_numpy(), result.outputs.to_numpy()
    scores = disposal.order_m(X, Y, size, outward=outward)
    with np.errstate(divide="ignore"):
        values = efficiency_of(scores, outward)
    return pd.Series(values, index=result.table.index, name="efficiency")
