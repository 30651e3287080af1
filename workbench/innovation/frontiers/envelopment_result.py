"""Efficiency by envelopment as a result: what it shows, and what it can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import IdError, InputError, nearest
from workbench.typing import FloatArray, FrontierOrientation, ReturnsToScale, Tolerance

if TYPE_CHECKING:
    from workbench.core.statistics import Tests
    from workbench.innovation.frontiers.determinants import EfficiencyDeterminants

WORDS = {
    "crs": "constant returns to scale",
    "vrs": "variable returns to scale",
    "nirs": "non-increasing returns to scale",
    "ndrs": "non-decreasing returns to scale",
    "fdh": "free disposal hull",
}
PEER = 1e-9
"""Intensity from which a region counts as a peer: rounding of a linear program."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DataEnvelopment:
    """Efficiency of regions against a frontier of observed ones; immutable.

    Attributes
    ----------
    inputs, outputs : pandas.DataFrame
        What it was computed from, regions and columns sorted.
    returns, orientation : str
    level : float
        Confidence level.
    table : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    intensities : ndarray, shape (n, n)
        λ of region (row) on region (column).
    multipliers : ndarray, shape (n, m + s + 1)
        Behind :attr:`weights`.
    remaining : (ndarray, ndarray) or None
        Behind :attr:`slacks`.
    replicates : ndarray, shape (draws, n), or None
        Distances (1/θ or φ) of the bootstrap.
    bandwidth : float
        Of the bootstrap; missing without one.
    provenance : Provenance
    notes : tuple of str
    """

    inputs: pd.DataFrame
    outputs: pd.DataFrame
    returns: ReturnsToScale
    orientation: FrontierOrientation
    level: float
    table: pd.DataFrame
    intensities: FloatArray
    multipliers: FloatArray
    remaining: tuple[FloatArray, FloatArray] | None
    replicates: FloatArray | None
    bandwidth: float
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def efficiency(self) -> pd.Series[Any]:
        """θ of inputs or 1/φ of outputs by region, 1 the best."""
        return self.table["efficiency"].copy()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form" if self.replicates is None else "simulation"

    @property
    def heading(self) -> str:
        """What was measured."""
        return say(
            "Efficiency in {orientation}s of {n} regions, {returns}: {formula}",
            orientation=say(self.orientation),
            n=len(self.table),
            returns=say(WORDS[self.returns]),
            formula=self.provenance.formula,
        )

    @property
    def slacks(self) -> pd.DataFrame:
        """Inputs in excess and outputs short after the proportional movement, a row a region."""
        over, short = self._remaining()
        return self._both(over, short)

    @property
    def targets(self) -> pd.DataFrame:
        """Where the frontier is for each region: inputs it would use, outputs it would make."""
        over, short = self._remaining()
        score = self.table["efficiency"].to_numpy()[:, None]
        X, Y = self.inputs.to_numpy(), self.outputs.to_numpy()
        if self.orientation == "input":
            return self._both(X * score - over, Y + short)
        return self._both(X - over, Y / score + short)

    @property
    def weights(self) -> pd.DataFrame:
        """Weights by which a region looks best (multipliers), a row a region; not unique.

        Those of inputs (of outputs, if outputs are scaled) times its own figures add up to one.
        ``("free", "")`` is the price of the bound on Σλ, 0 under constant returns.
        """
        if self.returns == "fdh":
            raise InputError(
                "weights", expected="returns to scale of a convex frontier", found="fdh",
                why="a hull that is not convex has no prices", remedy='returns="vrs"',
            )  # fmt: skip
        columns = [*self._columns(), ("free", "")]
        names = pd.MultiIndex.from_tuples(columns, names=["side", "variable"])
        return pd.DataFrame(self.multipliers.copy(), index=self.table.index, columns=names)

    def peers(self, region: Any = None) -> pd.DataFrame:
        """Return the peers of a region, or of all that have any but themselves.

        Parameters
        ----------
        region : label, optional
            Region id.

        Returns
        -------
        DataFrame
            Index ``(region, peer)``; column ``intensity``, the largest first.
        """
        ids = self.table.index
        if region is not None and region not in ids:
            raise IdError(
                "region", expected="a region of the result", found=repr(region),
                remedy=nearest(region, map(str, ids)) or f"e.g. {ids[0]!r}",
            )  # fmt: skip
        rows = range(len(ids)) if region is None else [ids.get_loc(region)]
        found = []
        for o in rows:
            lam = self.intensities[o]
            own = lam[o] > 1.0 - PEER and region is None  # its own peer
            order = np.argsort(-lam, kind="stable")
            found += [] if own else [(ids[o], ids[j], lam[j]) for j in order if lam[j] > PEER]
        table = pd.DataFrame(found, columns=["region", "peer", "intensity"])
        return table.set_index(["region", "peer"])

    def tidy(self) -> pd.DataFrame:
        """Return a row a region.

        ``efficiency``; of a bootstrap ``corrected bias std_error conf_low conf_high``; ``crs vrs
        scale_efficiency returns`` but for the free disposal hull; ``super_efficiency`` if asked.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, inputs, outputs, mean efficiency, how many are efficient."""
        values = self.table["efficiency"]
        return one_row(
            regions=len(values),
            inputs=self.inputs.shape[1],
            outputs=self.outputs.shape[1],
            orientation=self.orientation,
            mean=float(values.mean()),
            smallest=float(values.min()),
            efficient=int((values == 1.0).sum()),
            draws=0 if self.replicates is None else len(self.replicates),
            bandwidth=self.bandwidth,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region and variable: ``side actual target slack``."""
        actual = self._both(self.inputs.to_numpy(), self.outputs.to_numpy())
        parts = {"actual": actual, "target": self.targets, "slack": self.slacks}
        sides, names = zip(*self._columns(), strict=True)
        ids, k = self.table.index, len(names)
        index = pd.MultiIndex.from_arrays(
            [ids.repeat(k), list(names) * len(ids)], names=["region", "variable"]
        )
        long = {name: part.to_numpy().ravel() for name, part in parts.items()}
        return pd.DataFrame({"side": list(sides) * len(ids), **long}, index=index)

    def plot(
        self, *, title: str | None = None, names: pd.Series[Any] | None = None, most: int = 30
    ) -> Any:
        """Return efficiency by rank with its intervals; `names` by region id replace the ids.

        With one input and one output :meth:`plot_frontier` shows the frontier itself.
        """
        return display.picture("efficiency", self, title=title, names=names, most=most)

    def plot_frontier(
        self, *, title: str | None = None, names: pd.Series[Any] | None = None
    ) -> Any:
        """Return regions and frontier in the plane of one input and one output."""
        return display.picture("frontier", self, title=title, names=names)

    def returns_to_scale_test(self, *, draws: int = 1999, seed: int = 0) -> Tests:
        """Test constant, then non-increasing, against variable returns to scale by bootstrap.

        See :func:`workbench.innovation.frontiers.scale_tests.scale_tests`.
        """
        from workbench.innovation.frontiers.scale_tests import scale_tests

        return scale_tests(self, draws=draws, seed=seed)

    def influence(self) -> pd.DataFrame:
        """Return what each region does to the others, who are held against it.

        See :func:`workbench.innovation.frontiers.robustness.influence`.
        """
        from workbench.innovation.frontiers.robustness import influence

        return influence(self)

    def order_m(self, m: int = 25) -> pd.Series[Any]:
        """Return efficiency against m regions drawn from those that do at least as well.

        See :func:`workbench.innovation.frontiers.robustness.order_m`.
        """
        from workbench.innovation.frontiers.robustness import order_m

        return order_m(self, m)

    def determinants(
        self, z: pd.DataFrame, formula: str | None = None, *, algorithm: int = 2,
        draws: int = 2000, correction_draws: int = 100, seed: int = 0, level: float = 0.95,
    ) -> EfficiencyDeterminants:  # fmt: skip
        """Regress distances to the frontier on what lies outside production.

        See :func:`workbench.innovation.frontiers.determinants.efficiency_determinants`.
        """
        from workbench.innovation.frontiers.determinants import efficiency_determinants

        return efficiency_determinants(
            self, z, formula, algorithm=algorithm, draws=draws,
            correction_draws=correction_draws, seed=seed, level=level,
        )  # fmt: skip

    def convex(self, question: str) -> None:
        """Refuse a question that a free disposal hull has no answer to."""
        if self.returns == "fdh":
            raise InputError(
                "returns",
                expected=f"returns to scale of a convex frontier for {question}",
                found="'fdh'",
                remedy='data_envelopment(inputs, outputs, returns="vrs")',
            )

    def _remaining(self) -> tuple[FloatArray, FloatArray]:
        if self.remaining is None:
            raise InputError(
                "second_stage_slacks", expected="True for slacks and targets", found="False",
                remedy="data_envelopment(inputs, outputs, second_stage_slacks=True)",
            )  # fmt: skip
        return self.remaining

    def _columns(self) -> list[tuple[str, Any]]:
        sides = (("input", self.inputs), ("output", self.outputs))
        return [(side, name) for side, table in sides for name in table.columns]

    def _both(self, left: FloatArray, right: FloatArray) -> pd.DataFrame:
        names = pd.MultiIndex.from_tuples(self._columns(), names=["side", "variable"])
        return pd.DataFrame(np.hstack([left, right]), index=self.table.index, columns=names)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("Regions", self.tidy()), ("All", self.glance())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
