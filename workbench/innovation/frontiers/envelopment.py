"""Data envelopment analysis: who uses least for what is made, with bias and intervals by bootstrap.

The libraries of the field hold no smoothed bootstrap, no free disposal hull or no labels, so linear
programs are solved here: scores by a compiled simplex, slacks by SciPy's HiGHS.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, ValuesError, check_option
from workbench.innovation.frontiers.envelopment_result import DataEnvelopment
from workbench.innovation.frontiers.reading import Sides, read_sides, whole_draws
from workbench.numerics.frontiers import disposal, envelopment, smoothing
from workbench.typing import FloatArray, FrontierOrientation, ReturnsToScale

CLASSES = {1: "increasing", 0: "constant", -1: "decreasing"}
FEWEST_BELOW = 3
"""Inefficient regions that the density of distances is estimated from, at least."""


def data_envelopment(
    inputs: pd.DataFrame | pd.Series[Any],
    outputs: pd.DataFrame | pd.Series[Any],
    *,
    returns: ReturnsToScale = "crs",
    orientation: FrontierOrientation = "input",
    second_stage_slacks: bool = True,
    super_efficiency: bool = False,
    bootstrap: int = 0,
    bandwidth: float | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> DataEnvelopment:
    """Measure the efficiency of regions against the frontier that the best of them span.

    Parameters
    ----------
    inputs : DataFrame or Series
        Indexed by region id, a column an input (R&D spending, researchers), in any units and any
        order of rows; positive. Missing values are refused.
    outputs : DataFrame or Series
        The same regions, a column an output (patents, new products); not negative, something in
        every region.
    returns : {"crs", "vrs", "nirs", "ndrs", "fdh"}
        Constant, variable, non-increasing or non-decreasing returns to scale; ``fdh`` compares
        with regions that exist only, without mixing them.
    orientation : {"input", "output"}
        Whether inputs are to be saved or outputs to be added.
    second_stage_slacks : bool
        Whether to look for what remains after the proportional movement. Without it there are no
        slacks and targets, and peers are those of the first stage.
    super_efficiency : bool
        Whether to add the efficiency against all other regions (Andersen and Petersen 1993).
    bootstrap : int
        Draws of the smoothed bootstrap; 0 for none, 2,000 are customary.
    bandwidth : float, optional
        Of the density that draws come from, in distances; by the normal reference rule otherwise.
    seed : int
        Of the draws.
    level : float
        Confidence level.

    Returns
    -------
    DataEnvelopment
        ``tidy() glance() augment() peers() plot()``, ``slacks targets weights``, and the questions
        ``returns_to_scale_test() influence() order_m() determinants()``.

    Raises
    ------
    IdError, ValuesError, InputError
        If regions differ between the tables, figures are missing, negative or zero where they may
        not be, or an output is an input; regions are named.

    Notes
    -----
    Of inputs, θ = min{θ : Xλ <= θx, Yλ >= y, λ >= 0}, with Σλ = 1 for ``vrs``, <= 1 for ``nirs``,
    >= 1 for ``ndrs``; of outputs φ = max{φ : Xλ <= x, Yλ >= φy}. ``efficiency`` is θ or 1/φ, so
    that 1 is best either way. Slacks are the largest sum, each in units of the variable's mean, so
    that no number depends on units. Peers, slacks and weights need not be unique; efficiency is.

    The bootstrap is Simar and Wilson's (1998), homogeneous: draws of distances δ (1/θ or φ) from
    their density reflected at one, with the correction of its variance of Simar and Wilson (2008);
    bandwidth by the normal reference rule over those above one (Daraio and Simar 2007).
    Intervals are Simar and Wilson's (2000), made for δ and turned over: quantiles of 1/(2δ − δ*)
    over the draws δ*, whose standard deviation is ``std_error``. They presume that inefficiency
    is distributed alike whatever a region makes and uses. Simulated with 60 regions,
    intervals of 95 % held the truth of 95 % of regions with one input and output and constant
    returns, of 84 % with two inputs or variable returns: fewer regions a dimension, less coverage.

    References
    ----------
    Charnes, A., Cooper, W. and Rhodes, E. (1978). Measuring the efficiency of decision making
    units. European Journal of Operational Research 2(6), 429-444.

    Banker, R., Charnes, A. and Cooper, W. (1984). Some models for estimating technical and scale
    inefficiencies in data envelopment analysis. Management Science 30(9), 1078-1092.

    Simar, L. and Wilson, P. (1998). Sensitivity analysis of efficiency scores: how to bootstrap in
    nonparametric frontier models. Management Science 44(1), 49-61.

    Simar, L. and Wilson, P. (2000). A general methodology for bootstrapping in non-parametric
    frontier models. Journal of Applied Statistics 27(6), 779-802.

    Examples
    --------
    >>> used = pd.DataFrame({"staff": [2.0, 4.0, 3.0, 5.0, 6.0]}, index=list("abcde"))
    >>> made = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0], index=list("abcde"), name="patents")
    >>> result = data_envelopment(used, made, returns="vrs")
    >>> result.efficiency.round(3).tolist()
    [1.0, 0.625, 1.0, 0.9, 1.0]
    >>> result.tidy()["returns"].tolist()
    ['increasing', 'increasing', 'constant', 'decreasing', 'decreasing']
    """
    check_option("returns", returns, ReturnsToScale)
    check_option("orientation", orientation, FrontierOrientation)
    check_level(level)
    check_seed(seed)
    draws = whole_draws(bootstrap, argument="bootstrap", level=level) if bootstrap != 0 else 0
    sides = read_sides(inputs, outputs)
    outward = orientation == "output"
    scores, first = _scores(sides, returns, outward)
    table = pd.DataFrame({"efficiency": efficiency_of(scores, outward)}, index=sides.ids)
    notes = list(sides.notes)
    replicates, width = None, float("nan")
    if draws:
        distances = distances_of(scores, outward)
        width = _width(distances, bandwidth, returns)
        replicates = _replicates(sides, distances, width, returns, outward, draws, seed)
        found = _with_intervals(table, distances, replicates, level)
        table = table.join(found)
        notes += _doubts(distances, replicates)
    if returns != "fdh":
        table = table.join(_scale(sides, outward))
    if super_efficiency:
        table["super_efficiency"], told = _super(sides, returns, outward)
        notes += told
    second = None
    if second_stage_slacks:
        second = _second_stage(sides, scores, first, returns, outward)
    return DataEnvelopment(
        inputs=sides.inputs.frame,
        outputs=sides.outputs.frame,
        returns=returns,
        orientation=orientation,
        level=level,
        table=table,
        intensities=first.peers if second is None else second.peers,
        multipliers=first.weights,
        remaining=None if second is None else (second.inputs, second.outputs),
        replicates=replicates,
        bandwidth=width,
        notes=tuple(notes),
        provenance=Provenance(
            method="data envelopment",
            formula=f"{' + '.join(map(str, sides.outputs.activities))} from "
            f"{' + '.join(map(str, sides.inputs.activities))}",
            nobs=len(sides.ids),
            ids_digest=ids_digest(sides.ids),
            seed=seed if draws else None,
            notes=tuple(notes),
            options={
                "returns": returns, "orientation": orientation, "bootstrap": str(draws),
                "bandwidth": "" if not draws else f"{width:.6g}", "level": str(level),
            },
        ),
    )  # fmt: skip


def efficiency_of(scores: FloatArray, outward: bool) -> FloatArray:
    """Return efficiency, 1 the best, from scores of inputs (θ) or of outputs (φ)."""
    return 1.0 / scores if outward else scores


def distances_of(scores: FloatArray, outward: bool) -> FloatArray:
    """Return distances, 1 the best and more the worse."""
    return scores if outward else 1.0 / scores


def _scores(
    sides: Sides, returns: ReturnsToScale, outward: bool
) -> tuple[FloatArray, envelopment.Radial]:
    if returns != "fdh":
        found = envelopment.radial(sides.X, sides.Y, returns=returns, outward=outward)
        return found.scores, found
    scores, setters = disposal.free_disposal(sides.X, sides.Y, outward=outward)
    n = len(scores)
    peers = np.zeros((n, n))
    peers[np.arange(n), setters] = 1.0
    return scores, envelopment.Radial(scores, peers, np.empty((n, 0)))


def _second_stage(
    sides: Sides, scores: FloatArray, first: envelopment.Radial, returns: str, outward: bool
) -> envelopment.Slacks:
    if returns != "fdh":
        return envelopment.slacks(sides.X, sides.Y, scores, returns=returns, outward=outward)
    own = scores[:, None]
    over = (sides.X if outward else sides.X * own) - first.peers @ sides.X
    short = first.peers @ sides.Y - (sides.Y * own if outward else sides.Y)
    tiny_x, tiny_y = (envelopment.ONE * side.mean(axis=0) for side in (sides.X, sides.Y))
    return envelopment.Slacks(
        first.peers, np.where(over < tiny_x, 0.0, over), np.where(short < tiny_y, 0.0, short)
    )


def _scale(sides: Sides, outward: bool) -> pd.DataFrame:
    """Return efficiency under constant and variable returns, their ratio, and where they stand."""
    constant, variable, not_increasing = (
        efficiency_of(
            envelopment.radial(sides.X, sides.Y, returns=word, outward=outward).scores, outward
        )
        for word in ("crs", "vrs", "nirs")
    )
    where = envelopment.returns_of(constant, variable, not_increasing)
    return pd.DataFrame(
        {
            "crs": constant,
            "vrs": variable,
            "scale_efficiency": np.minimum(constant / variable, 1.0),
            "returns": [CLASSES[int(code)] for code in where],
        },
        index=sides.ids,
    )


def _super(
    sides: Sides, returns: ReturnsToScale, outward: bool
) -> tuple[FloatArray, tuple[str, ...]]:
    if returns == "fdh":
        raise InputError(
            "super_efficiency",
            expected="returns to scale of a convex frontier",
            found="returns='fdh'",
            remedy='super_efficiency=False, or returns="vrs"',
        )
    alone = np.arange(len(sides.ids))
    found = envelopment.radial(sides.X, sides.Y, returns=returns, outward=outward, skip=alone)
    bounded = np.isfinite(found.scores) & (found.scores > 0.0)
    values = np.full(len(alone), np.nan)
    values[bounded] = efficiency_of(found.scores[bounded], outward)
    if bounded.all():
        return values, ()
    named = ", ".join(map(str, sides.ids[~bounded]))
    return values, (
        f"No other regions reach where {named} stands: super-efficiency has no value there "
        "(Seiford and Zhu 1999).",
    )


def _width(distances: FloatArray, asked: float | None, returns: str) -> float:
    if returns == "fdh":
        raise InputError(
            "bootstrap",
            expected="returns to scale of a convex frontier",
            found="returns='fdh'",
            why="the smoothed bootstrap is not consistent for the free disposal hull",
            remedy='bootstrap=0 with returns="fdh", or result.order_m()',
        )
    below = int((distances > 1.0).sum())
    if below < FEWEST_BELOW:
        raise ValuesError(
            "bootstrap",
            expected=f"at least {FEWEST_BELOW} regions below the frontier",
            found=str(below),
            why="their distances are what is drawn from",
            remedy="fewer inputs and outputs, or bootstrap=0",
        )
    if asked is None:
        return smoothing.bandwidth(distances)
    if not isinstance(asked, int | float) or isinstance(asked, bool) or not 0 < asked < np.inf:
        raise InputError(
            "bandwidth", expected="a positive number", found=repr(asked),
            remedy="leave it out for the normal reference rule",
        )  # fmt: skip
    return float(asked)


def _replicates(
    sides: Sides, distances: FloatArray, width: float, returns: str, outward: bool,
    draws: int, seed: int,
) -> FloatArray:  # fmt: skip
    drawn = smoothing.smoothed(distances, width, draws, generator(seed, "data envelopment"))
    return replicated_distances(sides.X, sides.Y, distances, drawn, returns, outward)


def replicated_distances(
    X: FloatArray,
    Y: FloatArray,
    distances: FloatArray,
    drawn: FloatArray,
    returns: str,
    outward: bool,
) -> FloatArray:
    """Return distances of regions to frontiers of regions that were moved to drawn distances."""
    # a region at distance d is brought to the frontier, and away from it to the drawn distance
    factors = distances / drawn if outward else drawn / distances
    found = envelopment.replicated(X, Y, factors, returns=returns, outward=outward)
    return distances_of(found, outward)


def _with_intervals(
    table: pd.DataFrame, distances: FloatArray, replicates: FloatArray, level: float
) -> pd.DataFrame:
    found = smoothing.corrected(distances, replicates, level=level)
    corrected = 1.0 / found.corrected
    return pd.DataFrame(
        {
            "corrected": corrected,
            "bias": table["efficiency"].to_numpy() - corrected,
            # of 1/(2δ̂ − δ*), whose quantiles are the interval: 1/δ* has no bound
            "std_error": (1.0 / (2.0 * distances - replicates)).std(axis=0, ddof=1),
            "conf_low": 1.0 / found.high,
            "conf_high": 1.0 / found.low,
        },
        index=table.index,
    )


def _doubts(distances: FloatArray, replicates: FloatArray) -> tuple[str, ...]:
    found = smoothing.corrected(distances, replicates, level=0.95)
    noisy = int((found.bias**2 < 3.0 * found.std_error**2).sum())
    if not noisy:
        return ()
    return (
        f"In {noisy} of {len(distances)} regions the bias is small beside its noise, less than the "
        "root of 3 standard errors: there the corrected efficiency may have a larger mean squared "
        "error than the uncorrected one (Simar and Wilson 2000).",
    )
