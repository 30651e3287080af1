"""Exact and saddlepoint inference of LISA come from the kernel of local tails, not another law."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.explore import lisa
from workbench.numerics.autocorrelation.local_exact import local_tails


@pytest.mark.parametrize("inference", ["exact", "saddlepoint"])
@pytest.mark.parametrize("name", ["ncsids", "ncsids_islands"])
def test_p_values_are_those_of_the_kernel(explored, name, inference):
    # the kernel itself is held to dense eigenvalues and to Imhof in tests/numerics
    case = explored(name)
    found = lisa("ft.SID74", case.table, case.graphs["W"], inference=inference, alpha=0.05).table
    ids = sorted(case.table.index)
    x = case.table.loc[ids, "ft.SID74"].to_numpy()
    W = case.graphs["W"].adjacency.unstack(fill_value=0.0).reindex(index=ids, columns=ids)
    kernel = local_tails(
        x - x.mean(), np.ones((len(x), 1)), W.fillna(0.0).to_numpy(), method=inference
    )
    np.testing.assert_allclose(found.loc[ids, "statistic"], kernel.statistic, rtol=1e-10)
    np.testing.assert_allclose(found.loc[ids, "p_value"], kernel.p_value("two-sided"), rtol=1e-9)
    assert int(found["p_value"].isna().sum()) == (2 if "islands" in name else 0)
