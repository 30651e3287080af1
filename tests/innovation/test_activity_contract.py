"""Every result about activities speaks the house's vocabulary, shows itself, and cannot change."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.innovation.test_entries import tables
from tests.innovation.test_relatedness import PEER
from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError
from workbench.innovation.activity_space import (
    co_occurrence,
    complexity,
    entries,
    entry_model,
    exits,
    fitness,
    relatedness,
    relatedness_density,
    variety,
)

NAMES = ["co_occurrence", "relatedness", "fixed", "density", "by_period", "entries", "exits",
         "linear", "conditional", "complexity", "fitness", "variety"]  # fmt: skip


@pytest.fixture(scope="module")
def results():
    data = tables()
    came, density = entries(data), relatedness_density(data)
    return {
        "co_occurrence": co_occurrence(PEER),
        "relatedness": relatedness(PEER),
        "fixed": relatedness(PEER, null="fixed-margins", permutations=19),
        "density": relatedness_density(PEER),
        "by_period": density,
        "entries": came,
        "exits": exits(data),
        "linear": entry_model(came, density),
        "conditional": entry_model(came, density, model="conditional-logit"),
        "complexity": complexity(PEER * 30, draws=99),
        "fitness": fitness(PEER),
        "variety": variety(PEER.rename(columns="a{}".format), [1], draws=99),
    }


@pytest.mark.parametrize("name", NAMES)
def test_tables_use_words_of_the_glossary(results, name):
    result = results[name]
    made = [result.tidy(), result.glance()]
    if name != "co_occurrence":
        made.append(result.augment())
    for table in made:
        assert isinstance(table, pd.DataFrame)
        assert set(table.columns) <= set(GLOSSARY)
    assert len(result.glance()) == 1


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("name", NAMES)
def test_results_show_themselves(results, name):
    result = results[name]
    assert result.heading in str(result)
    assert str(result) == repr(result)
    assert "<table" in result._repr_html_()
    assert result.plot().alt.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_provenance_is_plain_and_results_are_fixed(results, name):
    result = results[name]
    plain = result.provenance.to_dict()
    json.dumps(plain)
    assert plain["options"]
    assert plain["notes"] == result.notes
    # slotted dataclasses answer a name that is no field with TypeError (CPython 3.11)
    with pytest.raises((AttributeError, TypeError)):
        result.notes = ()


def test_network_has_a_node_an_activity_and_the_tree(results):
    result = results["relatedness"]
    axes = result.plot().axes[0]
    lines, nodes = axes.collections[:-1], axes.collections[-1]
    assert len(nodes.get_offsets()) == 6
    assert len(lines[-1].get_segments()) == 5
    again = result.plot().axes[0].collections[-1]
    assert (nodes.get_offsets() == again.get_offsets()).all()
    assert "proximity" in result.plot("heatmap").alt
    with pytest.raises(InputError, match="kind"):
        result.plot("map")


def test_pictures_say_their_numbers(results):
    assert "10 % higher" in results["linear"].plot().alt
    shown = results["entries"].plot().axes[0]
    assert len(shown.get_yticks()) == results["entries"].by_activity()["at_risk"].gt(0).sum()
    parts = results["variety"].parts
    axes = results["variety"].plot().axes[0]
    widths = sum(patch.get_width() for patch in axes.patches)
    assert widths == pytest.approx(parts["total_variety"].sum())
