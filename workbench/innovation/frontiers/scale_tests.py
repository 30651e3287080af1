"""Whether returns to scale vary, by bootstrap."""

from __future__ import annotations

from workbench.core.seeds import check_seed, generator
from workbench.core.statistics import Statistic, Tests
from workbench.errors import ValuesError
from workbench.explore.permuted import permutation_p
from workbench.innovation.frontiers.envelopment import distances_of, replicated_distances
from workbench.innovation.frontiers.envelopment_result import DataEnvelopment
from workbench.innovation.frontiers.reading import whole_draws
from workbench.numerics.frontiers import envelopment, smoothing
from workbench.typing import FloatArray

NULLS = {
    "crs": "constant returns to scale everywhere",
    "nirs": "non-increasing returns to scale everywhere",
}
NAMES = {"crs": "constant returns", "nirs": "non-increasing returns"}


def scale_tests(result: DataEnvelopment, *, draws: int = 1999, seed: int = 0) -> Tests:
    """Test constant, then non-increasing, against variable returns to scale.

    The statistic is the ratio of mean efficiency under the null to that under variable returns
    (Simar and Wilson 2002, section 3): 1 where the null fits as well. Its law under the null comes
    from the smoothed bootstrap of distances estimated under the null.

    Parameters
    ----------
    result : DataEnvelopment
        Its inputs, outputs and orientation are used, whatever its returns to scale.
    draws : int
        A p-value is (M + 1)/(draws + 1), M the draws with a ratio as small.
    seed : int
        Of the draws.

    Returns
    -------
    Tests
        ``constant returns`` and ``non-increasing returns``; read the second where the first is
        rejected.

    Raises
    ------
    ValuesError
        If too few regions lie below the frontier.

    Notes
    -----
    Simulated with 40 regions, one input and output, constant returns and draws of outputs, tests
    of 10 % rejected in 5 % (constant) and 11 % of samples (non-increasing). That takes efficient
    regions at every size: where the smallest regions are all inefficient in inputs, as when no
    input is below some minimum, the hull ends there, and non-increasing returns were rejected in
    nearly half of the samples with ``orientation="input"``.

    References
    ----------
    Simar, L. and Wilson, P. (2002). Non-parametric tests of returns to scale. European Journal of
    Operational Research 139(1), 115-132.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.innovation.frontiers import data_envelopment
    >>> used = pd.DataFrame({"staff": [2.0, 4.0, 3.0, 5.0, 6.0]}, index=list("abcde"))
    >>> made = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0], index=list("abcde"), name="patents")
    >>> tests = scale_tests(data_envelopment(used, made), draws=99)
    >>> round(tests["constant returns"].statistic, 4)
    0.8029
    """
    count = whole_draws(draws, argument="draws")
    check_seed(seed)
    answers = {NAMES[word]: _test(result, word, count, seed) for word in NULLS}
    return Tests("Returns to scale (Simar and Wilson 2002)", answers)


def _test(result: DataEnvelopment, null: str, draws: int, seed: int) -> Statistic:
    X, Y = result.inputs.to_numpy(), result.outputs.to_numpy()
    outward = result.orientation == "output"

    def distances(returns: str) -> FloatArray:
        found = envelopment.radial(X, Y, returns=returns, outward=outward)
        return distances_of(found.scores, outward)

    restricted, free = distances(null), distances("vrs")
    if (restricted > 1.0).sum() < 3:
        raise ValuesError(
            "inputs", expected="at least 3 regions below the frontier",
            found=str(int((restricted > 1.0).sum())),
            why="their distances are what is drawn from", remedy="fewer inputs and outputs",
        )  # fmt: skip
    width = smoothing.bandwidth(restricted)
    drawn = smoothing.smoothed(restricted, width, draws, generator(seed, "returns", null))
    under, beside = (
        replicated_distances(X, Y, restricted, drawn, returns, outward) for returns in (null, "vrs")
    )
    observed = float((1.0 / restricted).mean() / (1.0 / free).mean())
    ratios = (1.0 / under).mean(axis=1) / (1.0 / beside).mean(axis=1)
    return Statistic(
        name=NAMES[null],
        statistic=observed,
        null=NULLS[null],
        p_value=float(permutation_p(draws, (ratios <= observed + 1e-12).sum(), draws, "less")),
        alternative="less",
        distribution="bootstrap",
        assumptions="inefficiency is distributed alike whatever a region makes and uses",
    )
