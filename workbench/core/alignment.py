"""The one door through which two labelled things meet: by key, never by row order."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import IdError, check_option, listing
from workbench.typing import Align


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two sets of region ids have in common, and what each has alone.

    Attributes
    ----------
    ids : pandas.Index
        The common ids in sorted order.
    only_in_data, only_in_weights : tuple
        Ids that one side has alone; both empty unless ``align="intersection"``.
    """

    ids: pd.Index
    only_in_data: tuple[object, ...] = ()
    only_in_weights: tuple[object, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether both sides hold the same ids."""
        return not self.only_in_data and not self.only_in_weights

    def note(self) -> str:
        """Return one sentence that says what was left out, or an empty string."""
        if self.complete:
            return ""
        parts = []
        if self.only_in_data:
            parts.append(f"{len(self.only_in_data)} without weights ({listing(self.only_in_data)})")
        if self.only_in_weights:
            parts.append(
                f"{len(self.only_in_weights)} without data ({listing(self.only_in_weights)})"
            )
        return f"aligned on the {len(self.ids)} regions in common; left out: {'; '.join(parts)}"


def match(
    data_ids: pd.Index, weight_ids: pd.Index, *, argument: str, align: Align, remedy: str = ""
) -> Alignment:
    """Match the ids of a table with the ids of weights.

    Parameters
    ----------
    data_ids, weight_ids : pandas.Index
        Region ids of the two sides, unique, in any order.
    argument : str
        Name of the data argument, for the message.
    align : {"strict", "intersection"}
        ``"strict"`` refuses ids that only one side has; ``"intersection"`` keeps the common ones.
    remedy : str
        Way out of a caller that has no `align` to offer; see :func:`common_regions`.

    Returns
    -------
    Alignment
        The common ids, sorted, and what was left out.

    Raises
    ------
    IdError
        If ids do not match under ``"strict"``, or nothing is in common.
    """
    check_option("align", align, Align)
    data_ids = region_ids(data_ids, argument=argument)
    only_data = data_ids.difference(weight_ids, sort=None)
    only_weights = weight_ids.difference(data_ids, sort=None)
    common = data_ids.intersection(weight_ids, sort=False)
    if len(common) == 0:
        raise _nothing_in_common(data_ids, weight_ids, argument)
    if align == "strict" and (len(only_data) or len(only_weights)):
        raise _mismatch(only_data, only_weights, argument, remedy)
    ordered = common[canonical_order(common)]
    return Alignment(ordered, tuple(only_data), tuple(only_weights))


def common_regions(table: str, *, panel: bool = False, weights: str = "W") -> str:
    """Return the expressions that bring a table and weights to the regions of both.

    Parameters
    ----------
    table, weights : str
        Arguments of the caller.
    panel : bool
        Whether the table is indexed by (region, period).

    Examples
    --------
    >>> common_regions("table")
    'complete the table, or pass table[table.index.isin(W.ids)] and W.restrict(table.index.inters...
    """
    ids = f"{table}.index.get_level_values(0)" if panel else f"{table}.index"
    return (
        f"complete the table, or pass {table}[{ids}.isin({weights}.ids)] and "
        f"{weights}.restrict({ids}.intersection({weights}.ids))"
    )


def _nothing_in_common(data_ids: pd.Index, weight_ids: pd.Index, argument: str) -> IdError:
    return IdError(
        argument,
        expected=f"ids like those of the weights ({listing(list(weight_ids))})",
        found=f"{listing(list(data_ids))}: no id in common",
        remedy="set the index to the region id, e.g. frame.set_index('region'); "
        "numbers and text do not match each other",
    )


def _mismatch(only_data: pd.Index, only_weights: pd.Index, argument: str, remedy: str) -> IdError:
    found = []
    if len(only_data):
        found.append(f"{len(only_data)} regions without weights: {listing(list(only_data))}")
    if len(only_weights):
        found.append(f"{len(only_weights)} regions without data: {listing(list(only_weights))}")
    return IdError(
        argument,
        expected="the same region ids as the weights",
        found="; ".join(found),
        offenders=[*only_data, *only_weights],
        why="dropping regions silently changes who is whose neighbour",
        remedy=remedy
        or 'complete the table, or pass align="intersection" to keep the common regions '
        "and normalise the weights anew",
    )
