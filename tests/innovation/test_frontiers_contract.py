"""Frontiers refuse bad figures by name, speak the house's vocabulary and show themselves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.core.glossary import GLOSSARY
from workbench.core.vocabulary import COEFFICIENT_COLUMNS
from workbench.errors import (
    CollinearityError,
    IdError,
    InputError,
    OptionError,
    PanelError,
    ValuesError,
)
from workbench.innovation.frontiers import data_envelopment, malmquist, stochastic_frontier

FIRMS = pd.read_csv(
    Path(__file__).parents[1] / "reference" / "data" / "frontier41.csv", index_col="firm"
)


def tables(n=30):
    rng = np.random.default_rng(0)
    ids = [f"R{i:02}" for i in range(n)]
    used = pd.DataFrame(np.exp(rng.normal(0, 1, (n, 1))), index=ids, columns=["rd"])
    made = (used["rd"] ** 0.6 * np.exp(-np.abs(rng.normal(0, 0.5, n)))).rename("patents")
    return used, made


@pytest.fixture(scope="module")
def results():
    used, made = tables()
    z = pd.DataFrame({"z": np.random.default_rng(1).normal(size=30)}, index=used.index)
    envelope = data_envelopment(used, made, returns="vrs", bootstrap=100, super_efficiency=True)
    noisy = made * np.exp(np.random.default_rng(2).normal(0, 0.3, 30))
    return {
        "envelope": envelope,
        "hull": data_envelopment(used, made, returns="fdh"),
        "determinants": envelope.determinants(z, algorithm=1, draws=99),
        "productivity": malmquist((used, used), (made, noisy)),
        "stochastic": stochastic_frontier("log(output) ~ log(capital) + log(labour)", FIRMS),
    }


NAMES = ["envelope", "hull", "determinants", "productivity", "stochastic"]


@pytest.mark.parametrize("name", NAMES)
def test_tables_use_words_of_the_glossary(results, name):
    result = results[name]
    found = [result.tidy(), result.glance()]
    if hasattr(result, "augment"):
        found.append(result.augment())
    if name == "envelope":
        found += [result.influence(), result.peers(), result.returns_to_scale_test(draws=19).tidy()]
    if name == "stochastic":
        found += [result.ranks(draws=100), result.regions(), result.tests.tidy()]
        assert tuple(result.tidy().columns) == COEFFICIENT_COLUMNS
    for table in found:
        assert set(table.columns) <= set(GLOSSARY)


@pytest.mark.parametrize("name", NAMES)
def test_results_show_themselves_and_say_what_made_them(results, name):
    result = results[name]
    assert result.heading in str(result)
    assert str(result) == repr(result)
    assert "<table" in result._repr_html_()
    json.dumps(result.provenance.to_dict())
    assert result.provenance.options
    with pytest.raises((AttributeError, TypeError)):
        result.notes = ()


def test_handed_out_tables_are_copies(results):
    result = results["envelope"]
    table = result.tidy()
    table.loc[:, "efficiency"] = 0.0
    assert result.efficiency.max() == 1.0


@pytest.mark.slow
def test_pictures_show_regions_and_say_so(results):
    picture = results["envelope"].plot(most=10)
    assert "10 of 30 regions" in picture.alt
    assert len(picture.axes[0].get_yticks()) == 10
    names = pd.Series({"R00": "Zero"})
    labels = [t.get_text() for t in results["hull"].plot(names=names).axes[0].get_yticklabels()]
    assert "Zero" in labels
    for name in ("envelope", "hull"):
        axes = results[name].plot_frontier().axes[0]
        assert len(axes.collections[0].get_offsets()) == 30
        x, y = axes.lines[0].get_data()
        reach = np.interp(results[name].inputs["rd"], x, y)
        # nobody makes more than the frontier; the hull has steps, which are drawn as slopes
        assert (results[name].outputs["patents"] <= reach * (1 + 1e-6)).all()
    assert len(results["productivity"].plot().axes[0].collections[0].get_offsets()) == 30
    assert results["stochastic"].plot().alt.endswith(".")
    used, made = tables()
    wide = data_envelopment(used.assign(staff=1.0 + np.arange(30)), made)
    with pytest.raises(InputError, match="one input and one output"):
        wide.plot_frontier()


def test_figures_that_no_efficiency_may_come_from_are_named():
    used, made = tables()
    zero, missing, negative = used.copy(), used.copy(), used.copy()
    zero.iloc[3], missing.iloc[4], negative.iloc[5] = 0.0, np.nan, -1.0
    for bad, words in ((zero, "R03 / rd"), (missing, "R04 / rd"), (negative, "R05 / rd")):
        with pytest.raises(ValuesError, match=words):
            data_envelopment(bad, made)
    idle = made.copy()
    idle.iloc[6] = 0.0
    with pytest.raises(ValuesError, match="R06"):
        data_envelopment(used, idle)
    with pytest.raises(ValuesError, match=r"some region makes(.|\n)*models"):
        data_envelopment(used, made.to_frame().assign(models=0.0))
    with pytest.raises(InputError, match="at least 2 regions"):
        data_envelopment(used.iloc[:1], made.iloc[:1])
    with pytest.raises(ValuesError, match="same figures in every region"):
        data_envelopment(used * 0 + 1, made * 0 + 2)
    with pytest.raises(InputError, match=r"both sides(.|\n)*rd = copy"):
        data_envelopment(used, used["rd"].rename("copy"))
    with pytest.raises(InputError, match="both sides"):
        data_envelopment(used, made.rename("rd"))


def test_regions_that_do_not_match_are_named():
    used, made = tables()
    with pytest.raises(IdError, match="R29"):
        data_envelopment(used, made.iloc[:-1])
    mixed = pd.DataFrame({"rd": [1.0, 2, 3]}, index=["RU-ARK", "RU-NEN", "RU-TYU"])
    parts = pd.Series([1.0, 2, 3], index=["RU-ARK", "RU-TYU", "RU-TOM"], name="patents")
    with pytest.raises(IdError, match=r"RU-"):
        data_envelopment(mixed, parts)


def test_options_are_checked_and_what_a_hull_cannot_do_is_refused():
    used, made = tables()
    with pytest.raises(OptionError, match="crs"):
        data_envelopment(used, made, returns="constant")
    with pytest.raises(OptionError):
        data_envelopment(used, made, orientation="both")
    for wrong in (True, -5, 2.5, 10):
        with pytest.raises(InputError):
            data_envelopment(used, made, bootstrap=wrong)
    with pytest.raises(InputError, match="bandwidth"):
        data_envelopment(used, made, bootstrap=100, bandwidth=-1)
    with pytest.raises(InputError, match="not consistent"):
        data_envelopment(used, made, returns="fdh", bootstrap=100)
    hull = data_envelopment(used, made, returns="fdh")
    for question in (hull.influence, lambda: hull.determinants(used), lambda: hull.weights):
        with pytest.raises(InputError):
            question()
    with pytest.raises(InputError, match="second_stage_slacks"):
        _ = data_envelopment(used, made, second_stage_slacks=False).targets
    with pytest.raises(IdError, match="R99"):
        hull.peers("R99")


def test_too_many_dimensions_are_said():
    used, made = tables(8)
    notes = data_envelopment(used.assign(a=1.0 + np.arange(8)), made).notes
    assert any("3(m + s)) = 9" in note for note in notes)
    assert data_envelopment(used, made).notes == ()


def test_determinants_of_other_regions_or_in_combination_are_refused():
    used, made = tables()
    result = data_envelopment(used, made)
    z = pd.DataFrame({"a": np.arange(30.0), "b": 2 * np.arange(30.0)}, index=used.index)
    with pytest.raises(CollinearityError):
        result.determinants(z)
    with pytest.raises(IdError, match="R00"):
        result.determinants(z[["a"]].drop("R00"))
    with pytest.raises(InputError, match="right-hand side"):
        result.determinants(z, "a ~ b")


def test_stochastic_frontiers_refuse_what_they_cannot_use():
    used, made = tables()
    table = used.join(made)
    with pytest.raises(ValuesError, match="R03"):
        stochastic_frontier("log(patents) ~ log(rd)", table.assign(rd=table["rd"].where(
            table.index != "R03", -1.0)))  # fmt: skip
    gap = table.assign(rd=table["rd"].where(table.index != "R07"))
    with pytest.raises(ValuesError, match="R07"):
        stochastic_frontier("log(patents) ~ log(rd)", gap)
    kept = stochastic_frontier("log(patents) ~ log(rd)", gap, missing="drop", wrong_skew="ols")
    assert "R07" in kept.notes[0]
    assert kept.nobs == 29
    with pytest.raises(PanelError, match="cross-section"):
        stochastic_frontier("log(patents) ~ log(rd)", table, effects="decay")
    with pytest.raises(InputError, match="determinants"):
        stochastic_frontier("log(patents) ~ log(rd)", table, determinants="rd")
    with pytest.raises(InputError, match="exponential"):
        stochastic_frontier("y ~ x", table, distribution="exponential", effects="decay")
    with pytest.raises(OptionError):
        stochastic_frontier("log(patents) ~ log(rd)", table, distribution="gamma")
    with pytest.raises(InputError, match="parameters of inefficiency"):
        stochastic_frontier("log(patents) ~ gamma", table.assign(gamma=table["rd"]))


def test_an_outcome_in_levels_is_said():
    used, made = tables(60)
    fit = stochastic_frontier("patents ~ rd", used.join(made), wrong_skew="ols")
    assert any("not written as a logarithm" in note for note in fit.notes)


def test_nothing_of_the_callers_is_changed():
    used, made = tables()
    before = used.copy(), made.copy()
    data_envelopment(used, made, bootstrap=100)
    pd.testing.assert_frame_equal(used, before[0])
    pd.testing.assert_series_equal(made, before[1])
