"""What envelopment asks of its two tables: inputs that nobody lacks, outputs that somebody has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.seeds import enough_draws
from workbench.errors import InputError, ValuesError, check_whole
from workbench.innovation.reading import TwoWay, same_regions, two_way
from workbench.typing import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Inputs and outputs of the same n regions, in sorted order of ids.

    Attributes
    ----------
    inputs, outputs : TwoWay
    notes : tuple of str
    """

    inputs: TwoWay
    outputs: TwoWay
    notes: tuple[str, ...]

    @property
    def ids(self) -> pd.Index:
        """Region ids."""
        return self.inputs.ids

    @property
    def X(self) -> FloatArray:
        """Inputs, shape (n, m)."""
        return self.inputs.values

    @property
    def Y(self) -> FloatArray:
        """Outputs, shape (n, s)."""
        return self.outputs.values


def read_sides(
    inputs: Any, outputs: Any, *, names: tuple[str, str] = ("inputs", "outputs")
) -> Sides:
    """Read inputs and outputs, each a table of regions or one figure a region.

    Parameters
    ----------
    inputs, outputs : DataFrame or Series
    names : (str, str)
        What the caller calls the two, for messages.

    Raises
    ------
    InputError, IdError, ValuesError
        If no efficiency may come from them; regions and columns are named.
    """
    used = _side(inputs, names[0])
    made = _side(outputs, names[1])
    same_regions(made.ids, used.ids, argument=names[1], other=names[0])
    _refuse_shared(used, made)
    _refuse_zeros(used, made)
    if not (np.ptp(used.values, axis=0).any() or np.ptp(made.values, axis=0).any()):
        raise ValuesError(
            "inputs",
            expected="regions that differ",
            found="the same figures in every region",
            why="all of them would be efficient by construction",
            remedy="pass figures by region",
        )
    return Sides(used, made, (*_constants(used, "input"), *_constants(made, "output"),
                              *_dimensions(used, made)))  # fmt: skip


def whole_draws(draws: object, *, argument: str, level: float | None = None) -> int:
    """Return a number of draws, enough for an interval of `level`, or refuse it."""
    count = check_whole(argument, draws, remedy=f"{argument}=2000")
    if level is not None:
        enough_draws(count, level, argument=argument)
    return count


def _side(table: Any, argument: str) -> TwoWay:
    if isinstance(table, pd.Series):
        name = table.name if table.name is not None else argument.removesuffix("s")
        table = table.to_frame(name)
    if isinstance(table, pd.DataFrame) and len(table) < 2:
        raise InputError(
            argument,
            expected="at least 2 regions",
            found=str(len(table)),
            why="efficiency is relative to other regions",
            remedy="pass the table of all regions",
        )
    missing = "leave those regions out of inputs and outputs"
    return two_way(table, argument=argument, zero_totals="allow", fewest=(2, 1), missing=missing)


def _refuse_shared(used: TwoWay, made: TwoWay) -> None:
    shared = [str(name) for name in made.activities if name in used.activities]
    for i, name in enumerate(used.activities):
        for r, other in enumerate(made.activities):
            if name != other and np.array_equal(used.values[:, i], made.values[:, r]):
                shared.append(f"{name} = {other}")
    if shared:
        raise InputError(
            "outputs",
            expected="outputs that are no inputs",
            found=f"{len(shared)} that are on both sides",
            offenders=shared,
            why="a region would be as efficient as it is its own measure",
            remedy="leave them on one side: outputs.drop(columns=[...])",
        )


def _refuse_zeros(used: TwoWay, made: TwoWay) -> None:
    nothing = np.argwhere(used.values == 0.0)
    if len(nothing):
        raise ValuesError(
            "inputs",
            expected="positive inputs",
            found=f"{len(nothing)} zeros",
            offenders=[f"{used.ids[i]} / {used.activities[j]}" for i, j in nothing],
            why="no proportion of a zero input can be saved, and nobody else can be its peer",
            remedy="leave the region or the input out, or add it to another input",
        )
    for axis, names, what in ((1, made.ids, "region"), (0, made.activities, "output")):
        empty = made.values.sum(axis=axis) == 0.0
        if empty.any():
            raise ValuesError(
                "outputs",
                expected=f"something made in every {what}"
                if what == "region"
                else "an output that some region makes",
                found=f"{int(empty.sum())} {what}s with zeros only",
                offenders=names[empty],
                why="the score of a region that makes nothing is not defined"
                if what == "region"
                else "it says nothing of anybody",
                remedy="leave them out: outputs[outputs.sum(axis=1) > 0]"
                if what == "region"
                else "outputs.loc[:, outputs.sum() > 0]",
            )


def _constants(side: TwoWay, what: str) -> tuple[str, ...]:
    flat = [
        str(side.activities[j]) for j in np.flatnonzero(np.ptp(side.values, axis=0) == 0.0).tolist()
    ]
    if not flat:
        return ()
    return (f"The {what} {', '.join(flat)} is the same in every region.",)


def _dimensions(used: TwoWay, made: TwoWay) -> tuple[str, ...]:
    n, m, s = len(used.ids), len(used.activities), len(made.activities)
    least = max(m * s, 3 * (m + s))
    if n >= least:
        return ()
    return (
        f"{n} regions are few for {m} inputs and {s} outputs: the rule of thumb is max(ms, "
        f"3(m + s)) = {least} (Cooper, Seiford and Tone 2007), and with fewer most regions look "
        "efficient.",
    )
