"""One W that changed, by its file or by hand, is named as such."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from workbench.reports.checking.making import compared_making
from workbench.reports.ledger import read_ledger
from workbench.reports.running import run_study
from workbench.reports.verifying import verify_report

SCRIPT = """\
# ---
# jupyter:
#   workbench:
#     title: Neighbours
#     datasets:
#       - toy
# ---

# %%
import os
from pathlib import Path

import pandas as pd

import workbench as wb

table = pd.read_csv(Path(os.environ["WORKBENCH_PROJECT"]) / "geodata/toy/data.csv", index_col="a")
W = wb.weights.from_matrix(table[list(table.index)])
wb.publish(wb.moran("x", table, W, permutations=99, seed=1), "moran")
"""
TABLE = "a,p,q,r,s,t,x\np,0,1,0,0,1,1\nq,1,0,1,0,0,2\nr,0,1,0,1,0,4\ns,0,0,1,0,1,8\nt,1,0,0,1,0,3\n"


@pytest.fixture(scope="module")
def woven(laid_out, tmp_path_factory):
    """A project with a study whose W is read from a file, run once."""
    project = laid_out(tmp_path_factory.mktemp("woven") / "project", SCRIPT)
    (project.geodata / "toy" / "data.csv").write_text(TABLE, encoding="utf-8")
    run_study(project, "small")
    return project


def test_link_that_changed_is_named_with_data_weights_and_numbers(woven):
    path = woven.geodata / "toy" / "data.csv"
    path.write_text(TABLE.replace("r,0,1,0,1,0,4", "r,0,1,0,2,0,4"), encoding="utf-8")
    try:
        outcome = verify_report(woven.reports / "small", woven)
    finally:
        path.write_text(TABLE, encoding="utf-8")
    kinds = {finding.id: finding.kind for finding in outcome.failing}
    assert kinds["toy/data.csv"] == "data"
    assert kinds["moran"] == "weights"
    assert "moran: made with another W, from_matrix(" in outcome.certificate()
    assert kinds["moran/statistic"] in ("minor", "major", "decision")


def test_weights_are_compared_by_digest_seed_and_sample(woven):
    ledger = read_ledger(woven.reports / "small")
    assert compared_making(ledger, ledger) == []
    (digest,) = ledger.weights
    plain = json.loads(json.dumps(ledger.to_json()).replace(digest, "f" * len(digest)))
    path = woven.root / "other" / "ledger.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(plain, encoding="utf-8")
    found = compared_making(read_ledger(path.parent), ledger)
    assert {f.kind for f in found} == {"weights"}
    assert "moran" in {f.id for f in found}
    (place,) = ledger.published
    seeded = replace(place, made=tuple(replace(made, seed=7) for made in place.made))
    (finding,) = compared_making(ledger, replace(ledger, published=(seeded,)))
    assert finding.line == "moran: its seed was 1, is 7"
    built = replace(ledger, weights={**ledger.weights, "abc": {"recipe": "knn(k=4)", "links": 9}})
    (finding,) = compared_making(built, ledger)
    assert finding.line == "W abc: knn(k=4) with 9 links (abc) is not built any more"


CARD = {"links": 99, "recipe": "queen", "min_neighbors": 7}
MADE = {
    "method": "Geary's c",
    "formula": "log(x)",
    "options": {"permutations": "9"},
    "notes": ("one left out",),
    "nobs": 3,
}


@pytest.mark.parametrize("name", CARD)
def test_card_that_tells_of_a_w_what_it_is_not_is_named(woven, name):
    ledger = read_ledger(woven.reports / "small")
    (digest,) = ledger.weights
    other = replace(ledger, weights={digest: {**ledger.weights[digest], name: CARD[name]}})
    (finding,) = compared_making(other, ledger)
    assert (finding.id, finding.kind) == (f"W {digest}", "record")
    assert f"its {name} was {CARD[name]!r}, is " in finding.told
    near = {key: v * (1 + 1e-9) if isinstance(v, float) else v for key, v in
            ledger.weights[digest].items()}  # fmt: skip
    assert compared_making(replace(ledger, weights={digest: near}), ledger) == []


@pytest.mark.parametrize("name", MADE)
def test_each_part_of_how_a_result_was_made_is_compared(woven, name):
    ledger = read_ledger(woven.reports / "small")
    (place,) = ledger.published
    (made,) = place.made
    other = replace(place, made=(replace(made, **{name: MADE[name]}),))
    (finding,) = compared_making(replace(ledger, published=(other,)), ledger)
    assert (finding.id, finding.kind) == ("moran", "record")
    words = "its permutations was '9', is '99'" if name == "options" else f"{MADE[name]!r}, is "
    assert words in finding.told


def test_result_that_a_ledger_hides_or_invents_is_named(woven):
    ledger = read_ledger(woven.reports / "small")
    (place,) = ledger.published
    (made,) = place.made
    hidden = replace(ledger, published=(replace(place, made=()),))
    assert [f.line for f in compared_making(hidden, ledger)] == [
        "moran: the new run tells how it was made, the report does not"
    ]
    invented = replace(ledger, computed=(replace(made, label="fit"),))
    assert [f.id for f in compared_making(invented, ledger)] == ["fit"]
