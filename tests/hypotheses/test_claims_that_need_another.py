"""Promise: a spillover counts only where the true map stands out, however small its p-value."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import workbench as wb
from workbench.errors import InputError
from workbench.hypotheses.statements import Expectation, family, only_where
from workbench.reports.ledger import read_ledger

ROOT = Path(__file__).parents[2]
SPILLOVER = Expectation("Neighbours matter", "statistic", ">", null="chance", name="spillover")
MAP = Expectation("True neighbours matter", "place", ">", null="other maps", name="map")
TOLD = {
    "supported": {"test": 3.0, "expected": 0.0, "p_value": 1e-9},
    "contradicted": {"test": -3.0, "expected": 0.0, "p_value": 1e-9},
    "cannot tell": {"test": 3.0, "expected": 0.0, "p_value": 0.5},
}


@pytest.mark.parametrize(("claim", "needed"), list(product(TOLD, TOLD)))
def test_a_claim_counts_only_where_the_other_is_answered_alike(claim, needed):
    given = family([SPILLOVER.judge(**TOLD[claim]), MAP.judge(**TOLD[needed])])
    assert [verdict.answer for verdict in given] == [claim, needed]
    found = only_where(given, {"spillover": "map"})
    assert found[0].answer == (claim if claim == needed else "cannot tell")
    assert found[1] is given[1]
    numbers = ["estimate", "p_value", "p_adjusted"]
    assert found.tidy()[numbers].equals(given.tidy()[numbers])
    if claim not in (needed, "cannot tell"):
        assert found[0].reason.startswith(f"{claim} by itself, but map is: {needed}; ")


def test_a_map_that_could_not_be_asked_supports_nothing():
    from workbench.core.statistics import NotApplicable

    absent = MAP.judge(NotApplicable("map", "other maps", "there is one map"))
    found = only_where(family([SPILLOVER.judge(**TOLD["supported"]), absent]), {"spillover": "map"})
    assert [verdict.answer for verdict in found] == ["cannot tell", "not applicable"]


@pytest.mark.slow
def test_a_significant_spillover_that_any_map_shows_is_not_supported():
    """US states in 1986: capital next door is significant, and so it is on turned maps."""
    states = wb.load("us-states")
    fit = wb.fit(
        "log(gsp) ~ log(pc) + log(emp)",
        wb.load("munnell-1990").xs(1986, level="year"),
        wb.weights.queen(states),
        model="slx",
    )
    claim = wb.Hypothesis("Capital next door lowers output", "indirect(log(pc)) < 0", name="near")
    needed = Expectation("So for true neighbours", "t", "<", null="turned maps", name="map")
    turned = wb.placebo_geography(
        claim, fit, how="displaced", points=states, draws=39, seed=1, jobs=1
    )
    row = turned.glance().loc["displaced"]
    assert row["position"] == "does not stand out"
    on_map = needed.judge(float(row["statistic"]), expected=0.0, p_value=row["p_permutation"])
    told = family([claim.test(fit), on_map])
    assert told.tidy()["p_adjusted"][0] < 0.05
    assert told[0].answer == "supported"
    table = only_where(told, {"near": "map"}).tidy().set_index("hypothesis")
    assert table["verdict"].to_dict() == {"near": "cannot tell", "map": "cannot tell"}


def test_the_table_of_the_study_of_ai_geography_keeps_the_rule():
    """Each spillover of the published table has its map beside it: ``X`` and ``map of X``."""
    texts = read_ledger(ROOT / "reports" / "ai-geography").texts
    verdicts = {
        key.split("/")[1]: said.text
        for key, said in texts.items()
        if key.startswith("verdicts/") and key.endswith("/verdict")
    }
    pairs = {name: f"map of {name}" for name in verdicts if f"map of {name}" in verdicts}
    assert {"neighbours", "neighbours' investment"} <= set(pairs)
    for spillover, map_of in pairs.items():
        assert verdicts[spillover] in ("cannot tell", verdicts[map_of]), spillover


def test_the_notebook_asks_the_library_for_the_rule():
    source = (ROOT / "notebooks" / "ai-geography.py").read_text(encoding="utf-8")
    assert "wb.hypotheses.only_where(" in source
    assert '"verdict"] = ' not in source


def test_refusals():
    told = family([SPILLOVER.judge(**TOLD["supported"]), MAP.judge(**TOLD["supported"])])
    with pytest.raises(InputError, match="atlas"):
        only_where(told, {"spillover": "atlas"})
    with pytest.raises(InputError, match="the claim itself"):
        only_where(told, {"spillover": "spillover"})
    twice = family([told[0], told[0], told[1]])
    with pytest.raises(InputError, match="once"):
        only_where(twice, {"spillover": "map"})
