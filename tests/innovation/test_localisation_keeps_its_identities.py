"""Identities of location quotients, structures, agglomeration and shift-share, and invariances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from libpysal.graph import Graph

from workbench import explore
from workbench.innovation.localisation import (
    coagglomeration,
    concentration,
    ellison_glaeser,
    location_quotients,
    locational_gini,
    shift_share,
    specialisation,
)
from workbench.innovation.localisation.checks import drawn_p
from workbench.weights.adoption import as_weights

FORMS = ("classic", "esteban-marquillas", "arcelus")
# a busy machine draws examples slowly
SEVERAL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
counts = arrays(
    np.int64, st.tuples(st.integers(2, 6), st.integers(2, 5)), elements=st.integers(0, 60)
)


def framed(values):
    n, k = values.shape
    return pd.DataFrame(
        values, index=[f"r{i}" for i in range(n)], columns=[f"a{j}" for j in range(k)]
    )


def filled(values):
    """Return a table without an empty region or activity."""
    return framed(
        values + np.eye(*values.shape, dtype=int) + (np.arange(len(values)) >= 0)[:, None]
    )


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(11)
    return framed(rng.poisson(rng.gamma(1.0, 12.0, (9, 6))) + 1)


@pytest.fixture(scope="module")
def plants():
    rng = np.random.default_rng(3)
    return pd.DataFrame({
        "region": rng.choice([f"r{i}" for i in range(8)], 160),
        "activity": rng.choice(list("abcd"), 160),
        "employment": rng.lognormal(2, 1, 160).round(1) + 0.1,
    })  # fmt: skip


@SEVERAL
@given(counts)
def test_weighted_means_of_quotients_are_one(values):
    """Over regions by their share of everything, and over activities by theirs."""
    x = filled(values)
    found = location_quotients(x, interval="none").quotients
    whole = x.to_numpy().sum()
    np.testing.assert_allclose((x.sum(axis=1) / whole) @ found, 1.0, rtol=1e-12)
    np.testing.assert_allclose(found @ (x.sum(axis=0) / whole), 1.0, rtol=1e-12)


@pytest.mark.slow
@SEVERAL
@given(counts, counts)
def test_parts_of_growth_add_up(values, later):
    before = filled(values)
    after = pd.DataFrame(np.resize(later, before.shape), index=before.index, columns=before.columns)
    after.iloc[0, 0] += 1
    for form in FORMS:
        parts = shift_share(before, after, form=form)
        np.testing.assert_allclose(parts.parts.sum(axis=-1), after - before, atol=1e-9)
    regional = shift_share(before, after).tidy("activity")["regional"]
    np.testing.assert_allclose(regional, 0.0, atol=1e-9)


def test_forms_of_shift_share_refine_the_classic_one(table):
    after = table * 1.5 + np.arange(6)
    parts = {form: shift_share(table, after, form=form).tidy("cell") for form in FORMS}
    classic, esteban, arcelus = (parts[form] for form in FORMS)
    np.testing.assert_allclose(esteban["competitive"] + esteban["allocation"], classic["regional"])
    for name in ("national", "mix"):
        both = arcelus[name] + arcelus[f"{name}_allocation"]
        np.testing.assert_allclose(both, classic[name], atol=1e-10)


def test_neighbours_take_their_part_of_the_regional_one(table):
    """By hand for one cell; a region whose neighbours are all others, and mix as before."""
    after = table * 1.2 + np.arange(6)
    ids = list(table.index)
    graph = Graph.from_dicts({i: [j for j in ids if j != i] for i in ids})
    found = shift_share(table, after, form="spatial", W=as_weights(graph)).tidy("cell")
    classic = shift_share(table, after).tidy("cell")
    np.testing.assert_allclose(found["neighbour"] + found["regional"], classic["regional"])
    np.testing.assert_allclose(found["mix"], classic["mix"])
    others, later = (frame["a2"].drop("r1").sum() for frame in (table, after))
    x, whole = table.loc["r1", "a2"], after["a2"].sum() / table["a2"].sum() - 1
    assert found.loc[("r1", "a2"), "neighbour"] == pytest.approx(x * (later / others - 1 - whole))


def test_dynamic_parts_are_those_of_the_intervals(table):
    middle, after = table * 1.1 + 2, table * 1.3 + np.arange(6)
    found = shift_share(table, after, between=[middle])
    parts = shift_share(table, middle).parts + shift_share(middle, after).parts
    np.testing.assert_allclose(found.parts, parts)
    np.testing.assert_allclose(found.parts.sum(axis=-1), after - table)
    assert found.steps == 2


def test_measures_are_related_as_they_should(table):
    found = specialisation(table, reference="uniform", interval="none").wide()
    np.testing.assert_allclose(found["hoover"], found["krugman"] / 2)
    np.testing.assert_allclose(found["theil"], np.log(6) - found["entropy"])
    np.testing.assert_allclose(found["number_equivalent"] * found["herfindahl"], 1.0)
    whole = specialisation(table, interval="none").wide()
    quotients = location_quotients(table, interval="none").quotients
    shares = table.div(table.sum(axis=1), axis=0)
    np.testing.assert_allclose(1 / whole["hachman"], (shares * quotients).sum(axis=1))
    np.testing.assert_allclose(whole["theil"], (shares * np.log(quotients)).sum(axis=1))


def test_theil_of_specialisation_and_of_concentration_weigh_up_to_one_number(table):
    """Σ_i (N_i/E) T_i = Σ_j (C_j/E) T_j: the mutual information of regions and activities."""
    whole = table.to_numpy().sum()
    regions = specialisation(table, interval="none").wide()["theil"]
    activities = concentration(table, interval="none").wide()["theil"]
    total = (table.sum(axis=1) / whole) @ regions
    assert total == pytest.approx((table.sum(axis=0) / whole) @ activities, rel=1e-12)


def test_concentration_is_specialisation_of_the_turned_table(table):
    turned = specialisation(table.T, interval="none").wide()
    np.testing.assert_array_equal(concentration(table, interval="none").wide(), turned)


def test_gini_is_that_of_explore_where_both_apply(table):
    """Absolute: of the figures themselves; ``equal``: of the quotients; else weighted by size."""
    absolute = locational_gini(table, reference="uniform", interval="none").gini
    equal = locational_gini(table, counting="equal", interval="none").gini
    relative = locational_gini(table, interval="none").gini
    quotients = location_quotients(table, interval="none").quotients
    for name in table.columns:

        def of(values, **weights):
            return explore.gini(values, **weights).tidy()["gini"].iloc[0]

        weighted = pd.DataFrame({"lq": quotients[name], "size": table.sum(axis=1)})
        assert absolute[name] == pytest.approx(of(table[name].astype(float)))
        assert equal[name] == pytest.approx(of(quotients[name]))
        assert relative[name] == pytest.approx(of("lq", table=weighted, population="size"))


def test_area_under_the_lorenz_curve_is_the_gini(table):
    found = locational_gini(table, interval="none")
    for name in table.columns:
        curve = found.lorenz(name)
        x, y = (np.append(0.0, curve[c]) for c in ("reference", "share"))
        assert 1 - 2 * np.trapezoid(y, x) == pytest.approx(found.gini[name], abs=1e-12)
        assert (np.diff(y) * np.diff(x)[::-1] >= 0).all()


def test_group_is_ellison_and_glaesers_formula_with_plants(plants):
    """Equation of section VI, with H and γ of every activity: plants cancel."""
    single = ellison_glaeser(plants).tidy()
    table = plants.pivot_table(
        index="region", columns="activity", values="employment", aggfunc="sum", fill_value=0
    )
    x = table.sum(axis=1) / table.to_numpy().sum()
    group = ["a", "b", "c"]
    w = table[group].sum() / table[group].to_numpy().sum()
    s = table[group].sum(axis=1) / table[group].to_numpy().sum()
    H, gamma = single["herfindahl"][group], single["gamma"][group]
    G = ((s - x) ** 2).sum() / (1 - (x**2).sum())
    expected = (G - w**2 @ H - (w**2 * (1 - H)) @ gamma) / (1 - (w**2).sum())
    found = coagglomeration(plants, group=group)
    assert found.gamma == pytest.approx(expected, rel=1e-10)
    assert coagglomeration(table, group=group).gamma == pytest.approx(expected, rel=1e-10)
    pair = coagglomeration(plants, group=["a", "b"])
    assert pair.gamma == pytest.approx(pair.matrix.loc["a", "b"], rel=1e-12)


def test_order_of_rows_and_columns_changes_no_bit(table, plants):
    mixed = table.iloc[::-1, [3, 0, 5, 1, 4, 2]]
    pd.testing.assert_frame_equal(
        specialisation(table, draws=39).tidy(), specialisation(mixed, draws=39).tidy(),
        check_exact=True,
    )  # fmt: skip
    pd.testing.assert_frame_equal(
        location_quotients(table).tidy(), location_quotients(mixed).tidy(), check_exact=True
    )
    shuffled = plants.sample(frac=1.0, random_state=1)
    for call in (ellison_glaeser, coagglomeration):
        pd.testing.assert_frame_equal(call(plants).tidy(), call(shuffled).tidy(), check_exact=True)


def test_nothing_of_the_callers_changes(table, plants):
    kept = table.copy(), plants.copy()
    results = (
        location_quotients(table),
        specialisation(table, draws=39),
        shift_share(table, table + 1),
        ellison_glaeser(plants),
    )
    for result in results:
        handed = result.tidy()
        before = handed.copy()
        handed.iloc[:, 0] = 0.0
        pd.testing.assert_frame_equal(result.tidy(), before)
    pd.testing.assert_frame_equal(table, kept[0])
    pd.testing.assert_frame_equal(plants, kept[1])


def test_units_do_not_matter_where_nothing_is_counted(table):
    for call in (specialisation, concentration, locational_gini):
        one, thousand = (call(t, interval="none").tidy() for t in (table, table / 1000))
        np.testing.assert_allclose(one, thousand, rtol=1e-12)


def test_scale_of_a_country_is_no_obstacle():
    """1,000 regions × 400 activities at once, without a loop over cells."""
    rng = np.random.default_rng(0)
    values = rng.poisson(3.0, (1000, 400))
    big = pd.DataFrame(values, index=[f"r{i:04d}" for i in range(1000)]).add_prefix("a")
    found = location_quotients(big)
    assert found.glance().iloc[0]["regions"] == 1000
    expected = values[7, 11] * values.sum() / values[7].sum() / values[:, 11].sum()
    assert found.quotients.loc["r0007", "a11"] == pytest.approx(expected)
    assert len(specialisation(big, measures=["krugman", "gini"], interval="none").wide()) == 1000


@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_draws_that_differ_from_the_value_by_rounding_are_ties(alternative):
    assert drawn_p(0.3, np.full(19, 0.1 + 0.2), alternative) == 1.0
    assert drawn_p(0.1 + 0.2, np.full(19, 0.3), alternative) == 1.0
