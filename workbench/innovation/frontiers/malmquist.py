"""Productivity between two periods: catching up with the frontier, and the frontier's own shift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.innovation.frontiers.envelopment import efficiency_of
from workbench.innovation.frontiers.reading import Sides, read_sides
from workbench.innovation.reading import same_regions
from workbench.numerics.frontiers import envelopment
from workbench.typing import FloatArray, FrontierOrientation, Tolerance


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Productivity:
    """Malmquist indices between two periods by region; immutable.

    Attributes
    ----------
    table : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    orientation : str
    provenance : Provenance
    notes : tuple of str
    """

    table: pd.DataFrame
    orientation: FrontierOrientation
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        return say(
            "Productivity of {n} regions: {formula}",
            n=len(self.table),
            formula=self.provenance.formula,
        )

    def tidy(self) -> pd.DataFrame:
        """Return by region ``productivity_change efficiency_change technical_change``.

        Above 1 is growth. The first is the product of the other two.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return geometric means over regions, one row."""
        means = np.exp(np.log(self.table).mean())
        return one_row(
            regions=len(self.table), **{str(name): float(means[name]) for name in means.index}
        )

    def plot(self, *, title: str | None = None, names: pd.Series[Any] | None = None) -> Any:
        """Return catching up against the shift of the frontier, a point a region."""
        return display.picture("productivity", self, title=title, names=names)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("Regions", self.tidy()), ("Geometric means", self.glance())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def malmquist(
    inputs: tuple[pd.DataFrame, pd.DataFrame],
    outputs: tuple[pd.DataFrame, pd.DataFrame],
    *,
    orientation: FrontierOrientation = "input",
) -> Productivity:
    """Measure how productivity changed between two periods, and why.

    M = (e¹₁/e⁰₀) · sqrt((e⁰₁/e¹₁)(e⁰₀/e¹₀)), eᵗ_p the efficiency of the region's figures of period
    p against the frontier of period t under constant returns to scale: catching up times the shift
    of the frontier.

    Parameters
    ----------
    inputs, outputs : (DataFrame, DataFrame)
        Of the first and of the last period, as :func:`data_envelopment` takes them; the same
        regions and columns in both.
    orientation : {"input", "output"}
        Decides the figures of the periods only, under constant returns not the indices.

    Returns
    -------
    Productivity
        ``tidy() glance() plot()``.

    Raises
    ------
    IdError, ValuesError, InputError
        As :func:`data_envelopment`; if regions or columns of the periods differ.

    Notes
    -----
    Without intervals: the bootstrap of Simar and Wilson (1999), which would give them, is not
    here. An index near 1 may be noise.

    References
    ----------
    Färe, R., Grosskopf, S., Norris, M. and Zhang, Z. (1994). Productivity growth, technical
    progress, and efficiency change in industrialized countries. American Economic Review 84(1),
    66-83.

    Simar, L. and Wilson, P. (1999). Estimating and bootstrapping Malmquist indices. European
    Journal of Operational Research 115(3), 459-471.

    Examples
    --------
    >>> staff = pd.DataFrame({"staff": [2.0, 4.0]}, index=["a", "b"])
    >>> before, after = (pd.DataFrame({"patents": v}, index=["a", "b"]) for v in ([2, 2], [3, 4]))
    >>> malmquist((staff, staff), (before, after)).tidy().round(4).loc["b"].tolist()
    [2.0, 1.3333, 1.5]
    """
    check_option("orientation", orientation, FrontierOrientation)
    for argument, pair in (("inputs", inputs), ("outputs", outputs)):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise InputError(
                argument, expected="two tables, of the first and of the last period",
                found=type(pair).__name__,
                remedy='(panel.xs(2010, level="year"), panel.xs(2020, level="year"))',
            )  # fmt: skip
    first, last = (
        read_sides(inputs[t], outputs[t], names=(f"inputs[{t}]", f"outputs[{t}]")) for t in (0, 1)
    )
    _require_alike(first, last)
    outward = orientation == "output"

    def score(frontier: Sides, points: Sides) -> FloatArray:
        found = envelopment.radial(
            frontier.X, frontier.Y, returns="crs", outward=outward, points=(points.X, points.Y)
        )
        return efficiency_of(found.scores, outward)

    own_first, own_last = score(first, first), score(last, last)
    ahead, behind = score(first, last), score(last, first)
    catching_up = own_last / own_first
    shift = np.sqrt((ahead / own_last) * (own_first / behind))
    table = pd.DataFrame(
        {
            "productivity_change": catching_up * shift,
            "efficiency_change": catching_up,
            "technical_change": shift,
        },
        index=first.ids,
    )
    names = " + ".join(map(str, first.outputs.activities))
    notes = tuple(dict.fromkeys((*first.notes, *last.notes)))
    return Productivity(
        table=table,
        orientation=orientation,
        notes=notes,
        provenance=Provenance(
            method="Malmquist index",
            formula=f"{names} from {' + '.join(map(str, first.inputs.activities))}",
            nobs=2 * len(table),
            ids_digest=ids_digest(first.ids),
            notes=notes,
            options={"orientation": orientation, "returns": "crs"},
        ),
    )


def _require_alike(first: Sides, last: Sides) -> None:
    same_regions(
        last.ids, first.ids, argument="inputs[1]",
        tables=("inputs[1]", "outputs[1]"), other=("inputs[0]", "outputs[0]"),
    )  # fmt: skip
    for argument in ("inputs", "outputs"):
        one, two = (getattr(sides, argument).activities for sides in (first, last))
        if not one.equals(two):
            raise InputError(
                argument, expected=f"the columns of the first period: {', '.join(map(str, one))}",
                found=", ".join(map(str, two)),
                offenders=[*one.difference(two), *two.difference(one)],
                why="a frontier of one set of variables says nothing of another",
                remedy="take the same columns in both periods",
            )  # fmt: skip
