"""Permutation p-values agree with esda's within Monte-Carlo error (one-sided there, folded)."""

from __future__ import annotations

import esda
import numpy as np
import pytest

from workbench.explore import bivariate_moran, geary, getis_ord

R = 1999


def folded(result) -> float:
    """Return (min(M≥, M≤) + 1) / (R + 1), esda's one-sided p, of our two-sided one."""
    return result.p_permutation / 2


@pytest.fixture
def case(overall):
    return overall("ncsids")


@pytest.mark.parametrize("variable", ["rate79", "NWBIR"])
def test_geary_g_and_bivariate(case, variable):
    table = case.table.assign(NWBIR=case.table["ft.NWBIR74"] % 1.0)  # noise, not negative
    x, y = table[variable].to_numpy(), table["rate74"].to_numpy()
    ids = list(table.index)
    # esda changes the transform of its W: one fresh object a call
    W = {style: case.graphs[style].to_W() for style in ("B", "W")}
    assert list(W["W"].id_order) == ids
    np.random.seed(0)  # noqa: NPY002 (esda's only seed)
    theirs = esda.Geary(x, case.graphs["W"].to_W(), permutations=R)
    ours = geary(variable, table, case.graphs["W"], permutations=R)
    assert ours.statistic == pytest.approx(theirs.C, rel=1e-10)
    close(folded(ours), theirs.p_sim)
    theirs = esda.G(x, case.graphs["B"].to_W(), permutations=R)
    ours = getis_ord(variable, table, case.graphs["B"], permutations=R)
    assert ours.statistic == pytest.approx(theirs.G, rel=1e-10)
    close(folded(ours), theirs.p_sim)
    theirs = esda.Moran_BV(x, y, case.graphs["W"].to_W(), permutations=R)
    ours = bivariate_moran(variable, "rate74", table, case.graphs["W"], permutations=R)
    assert ours.statistic == pytest.approx(theirs.I, rel=1e-10)
    close(folded(ours), theirs.p_sim)


def close(ours: float, theirs: float) -> None:
    """Two shares of R draws: four standard errors of their difference, and one draw."""
    error = np.sqrt(2 * max(ours * (1 - ours), 1e-4) / R)
    assert abs(ours - theirs) < 4 * error + 1 / R
