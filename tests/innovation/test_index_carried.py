"""Uncertainty carried on: each draw is what wb.moran, wb.lisa and wb.fit say of its scores."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import FormulaError, IdError, InputError, OptionError, PanelError
from workbench.innovation.composites import composite
from workbench.numerics.composites.pooling import rubin

SIDE = 6
DRAWN = {
    "normalisation": ["min-max", "z-score", "rank"],
    "weighting": ["equal", "entropy"],
    "weight_noise": 0.5,
}


@pytest.fixture(scope="module")
def regions():
    rng = np.random.default_rng(5)
    cells = [box(i, j, i + 1, j + 1) for i in range(SIDE) for j in range(SIDE)]
    ids = [f"R{i:02d}" for i in range(SIDE**2)]
    trend = np.add.outer(np.arange(SIDE), np.arange(SIDE)).ravel() / SIDE
    table = {f"x{j}": np.exp(trend + rng.standard_normal(SIDE**2)) for j in range(4)}
    table["y"] = trend + rng.standard_normal(SIDE**2)
    table["z"] = rng.standard_normal(SIDE**2)
    return gpd.GeoDataFrame(table, index=ids, geometry=cells, crs=3857)


@pytest.fixture(scope="module")
def W(regions):
    return wb.weights.queen(regions)


@pytest.fixture(scope="module")
def found(regions):
    names = [f"x{j}" for j in range(4)]
    index = composite(pd.DataFrame(regions[names]), dict.fromkeys(names, "higher"))
    # entropy cannot weigh z-scores: some draws fail
    return index.uncertainty(DRAWN, draws=60)


def test_morans_i_of_each_draw_is_that_of_its_scores(found, W):
    carried = found.moran(W)
    assert len(carried.table) == found.scores.shape[1] < 60
    for draw in carried.table.index[:5]:
        one = wb.moran(found.scores[draw].rename("s"), None, W, permutations=0)
        row = carried.table.loc[draw]
        assert row["statistic"] == pytest.approx(one.statistic, rel=1e-12)
        assert row["p_value"] == pytest.approx(one.p_value, rel=1e-9)
    row = carried.tidy().iloc[0]
    assert row["recorded"] == pytest.approx(
        wb.moran(found.index.scores, None, W, permutations=0).statistic
    )
    assert row["conf_low"] == pytest.approx(carried.table["statistic"].quantile(0.025))
    assert row["share_significant"] == (carried.table["p_value"] < 0.05).mean()


@pytest.mark.slow
def test_local_clusters_are_counted_over_draws(found, W):
    few = replace(found, scores=found.scores.iloc[:, :12])
    carried = few.lisa(W, alpha=0.1)
    counts = pd.DataFrame(0.0, index=found.scores.index, columns=carried.shares.columns)
    for draw in few.scores:
        one = wb.lisa(
            few.scores[draw].rename("s"), None, W, alpha=0.1, inference="conditional"
        ).table["cluster"]
        for region, word in one.items():
            counts.loc[region, word] += 1
    pd.testing.assert_frame_equal(carried.shares.loc[counts.index], counts / 12, check_names=False)
    table = carried.table
    np.testing.assert_allclose(carried.shares.sum(axis=1), 1.0)
    assert (table["share_stable"] >= table["share"]).all()


def test_local_clusters_by_permutation_use_one_seed(found, W):
    few = replace(found, scores=found.scores.iloc[:, :5])
    one, two = (few.lisa(W, alpha=0.1, permutations=99).shares for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("formula", ["y ~ index + z", "index ~ z"])
def test_fits_are_pooled_by_rubins_rules(found, regions, formula):
    carried = found.fit(formula, regions, draws=6)
    fits = []
    for draw in found.scores.columns[:6]:
        s = found.scores[draw]
        data = regions.assign(index=(s - s.mean()) / s.std())
        fits.append(wb.fit(formula, data))
    estimates = np.array([one.params.to_numpy() for one in fits])
    errors = np.array([one.std_errors.to_numpy() for one in fits])
    df = fits[0].estimates.df
    pooled = rubin(estimates, errors**2, complete_df=np.inf if df is None else df)
    np.testing.assert_allclose(carried.coefficients["estimate"], estimates.mean(axis=0))
    np.testing.assert_allclose(carried.coefficients["std_error"], pooled.std_error)
    np.testing.assert_allclose(carried.coefficients["df"], pooled.df)
    p_values = np.array([one.pvalues.to_numpy() for one in fits])
    np.testing.assert_allclose(
        carried.coefficients["share_significant"], (p_values < 0.05).mean(axis=0)
    )
    assert carried.draws == 6


def test_impacts_of_a_spatial_model_are_pooled_too(found, regions, W):
    carried = found.fit("y ~ index + z", regions, W, draws=6, options={"model": "sar"})
    tables = []
    for draw in found.scores.columns[:6]:
        s = found.scores[draw]
        data = regions.assign(index=(s - s.mean()) / s.std())
        tables.append(wb.fit("y ~ index + z", data, W, model="sar").impacts().tidy()["estimate"])
    wanted = pd.concat(tables, axis=1).mean(axis=1)
    np.testing.assert_allclose(carried.impacts["estimate"], wanted[carried.impacts.index])
    assert ("index", "indirect") in carried.impacts.index


def test_without_uncertainty_the_pooled_fit_is_the_fit(regions):
    """Min–max scores with other ends are the same once standardised: nothing between draws."""
    names = [f"x{j}" for j in range(4)]
    index = composite(pd.DataFrame(regions[names]), dict.fromkeys(names, "higher"))
    same = index.uncertainty({"span": [(0.0, 100.0), (0.0, 1.0)]}, draws=20)
    carried = same.fit("y ~ index", regions, draws=8)
    np.testing.assert_allclose(carried.coefficients["std_error"], carried.recorded.std_errors)
    np.testing.assert_allclose(carried.coefficients["share_between"], 0.0, atol=1e-12)


def test_data_in_any_order_give_the_same_bits_and_are_not_changed(found, regions, W):
    before = regions.copy()
    one = found.fit("y ~ index", regions, draws=5).coefficients
    two = found.fit("y ~ index", regions.sample(frac=1, random_state=0), draws=5).coefficients
    assert one.to_numpy().tobytes() == two.to_numpy().tobytes()
    assert "index" not in regions.columns
    pd.testing.assert_frame_equal(pd.DataFrame(regions), pd.DataFrame(before))


def test_draws_that_make_every_region_equal_are_told(regions, W):
    names = ["x0", "x1"]
    index = composite(pd.DataFrame(regions[names]), dict.fromkeys(names, "higher"))
    found = index.uncertainty({"weight_noise": 0.2}, draws=20)
    scores = found.scores.copy()
    scores[3] = 1.0
    carried = replace(found, scores=scores).moran(W)
    assert len(carried.table) == 19
    assert any("1 draws give every region the same score" in note for note in carried.notes)


def test_what_does_not_fit_is_refused(found, regions, W):
    with pytest.raises(FormulaError, match="index"):
        found.fit("y ~ z", regions)
    with pytest.raises(InputError, match="no column"):
        found.fit("y ~ index", regions.assign(index=1.0))
    with pytest.raises(IdError, match="R00"):
        found.fit("y ~ index", regions.iloc[1:])
    with pytest.raises(InputError, match="at least 5"):
        found.fit("y ~ index", regions, draws=2)
    with pytest.raises(IdError):
        found.moran(wb.weights.queen(regions.iloc[1:]))
    with pytest.raises(InputError, match="alpha"):
        found.moran(W, alpha=2)
    with pytest.raises(InputError, match="polygons"):
        found.lisa(W, alpha=0.1).plot()


def test_statistics_with_a_law_of_their_own_are_not_pooled_as_normal(found, regions):
    """SCPC has critical values above Student's: pooled by Rubin's rules they would be lost."""
    with pytest.raises(InputError, match="ScpcReference") as caught:
        found.fit("y ~ index", regions, draws=5, options={"covariance": wb.SCPC(regions)})
    assert 'options={"covariance": "HC3"}' in str(caught.value)
    found.fit("y ~ index", regions, draws=5, options={"covariance": "HC3"})


def test_options_that_a_fit_lacks_are_named(found, regions):
    with pytest.raises(OptionError, match="'cov'"):
        found.fit("y ~ index", regions, options={"cov": "HC3"})


def test_an_index_of_a_panel_has_no_map(regions):
    names = ["x0", "x1"]
    one = pd.DataFrame(regions[names])
    panel = pd.concat({2019: one, 2020: one * 2}, names=["year", "region"]).swaplevel().sort_index()
    found = composite(panel, dict.fromkeys(names, "higher")).uncertainty(
        {"weight_noise": 0.2}, draws=20
    )
    with pytest.raises(PanelError, match="one period"):
        found.moran(wb.weights.queen(regions))


def test_tables_use_the_glossary_and_pictures_are_drawn(found, regions, W):
    moran, lisa = found.moran(W), found.lisa(W, alpha=0.1)
    fit = found.fit("y ~ index", regions, draws=5)
    for result in (moran, lisa, fit):
        assert set(result.glance().columns) <= set(GLOSSARY)
        assert result.heading in str(result)
        assert "<table" in result._repr_html_()
        assert result.provenance.seed == 0
    assert set(moran.tidy().columns) | set(moran.augment().columns) <= set(GLOSSARY)
    assert set(fit.tidy().columns) <= set(GLOSSARY)
    assert moran.plot().alt
    assert lisa.plot(regions).alt
