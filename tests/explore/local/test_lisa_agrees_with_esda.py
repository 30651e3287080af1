"""Statistics and p-values of local Moran are esda's, where esda may be relied on."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from workbench.explore import lisa


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variable"), [("boston", "NOX"), ("usa48", "price.1960")])
def test_statistics_and_p_values(explored, name, variable):
    """The directed p of esda is half of a two-sided one; 5 sd of the difference of two draws."""
    case = explored(name)
    ours = lisa(variable, case.table, case.graphs["W"], permutations=9999).table
    with warnings.catch_warnings():
        # pandas and numpy deprecations inside esda and numba are no concern of ours
        warnings.simplefilter("ignore")
        from esda import Moran_Local

        ids = list(ours.index)
        graph = case.graphs["W"].subgraph(ids)
        theirs = Moran_Local(
            case.table.loc[graph.unique_ids, variable].to_numpy(),
            graph,
            permutations=9999,
            seed=1,
            n_jobs=1,
        )
    order = list(graph.unique_ids)
    # esda divides by Σz² / (n − 1), spdep and we by Σz² / n
    n = len(ours)
    statistic = ours.loc[order, "statistic"] * (n - 1) / n
    np.testing.assert_allclose(statistic, theirs.Is, rtol=1e-10, atol=1e-12)
    folded = ours.loc[order, "p_value"].to_numpy() / 2
    middle = np.clip(folded, 1e-3, 0.5)
    error = np.sqrt(2 * middle * (1 - middle) / 9999)
    # near one half the smaller of two noisy tails is biased downwards in both
    away = folded < 0.45
    assert (np.abs(folded - theirs.p_sim)[away] < 5 * error[away]).all()
