"""Fits that share preparations get what they would make alone, and memory is bounded."""

import numpy as np
import pandas as pd

import workbench as wb
from workbench.regression import preparations
from workbench.regression.preparations import Preparations, prepared, shared_preparations


def test_nothing_is_shared_outside():
    made = [prepared(("a",), (), lambda i=i: i) for i in range(2)]
    assert made == [0, 1]


def test_other_parts_or_names_are_other_values():
    one, two = pd.DataFrame({"x": [1.0]}), pd.DataFrame({"x": [1.0]})
    with shared_preparations(Preparations()):
        calls = [("a", one), ("a", two), ("b", one), ("a", one)]
        made = [prepared((name,), (part,), lambda i=i: i) for i, (name, part) in enumerate(calls)]
    assert made == [0, 1, 2, 0]


def test_the_oldest_go_where_there_are_many_or_they_are_long(monkeypatch):
    monkeypatch.setattr(preparations, "ROWS", 25)
    held = Preparations()
    tables = [pd.DataFrame({"x": np.zeros(10)}) for _ in range(3)]
    for table in tables:
        held.get(("a",), (table,), lambda: "first")
    assert held.get(("a",), (tables[2],), lambda: "again") == "first"
    assert held.get(("a",), (tables[0],), lambda: "again") == "again"


def test_a_cross_section_shares_its_sample_and_design_and_nothing_else():
    y = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    alone = [wb.fit("log(gsp) ~ log(pc) + log(emp)", y, W, model=model) for model in ("slx", "sdm")]
    with shared_preparations(Preparations()):
        both = [
            wb.fit("log(gsp) ~ log(pc) + log(emp)", y, W, model=model) for model in ("slx", "sdm")
        ]
    for one, other in zip(alone, both, strict=True):
        assert one.cov.to_numpy().tobytes() == other.cov.to_numpy().tobytes()
        assert str(one) == str(other)
        assert one.provenance == other.provenance
