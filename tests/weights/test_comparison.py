"""Candidates are ranked by what they see of a field, and noise ranks none."""

from __future__ import annotations

import math

import esda
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from libpysal.weights import lat2W
from scipy import stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import IdError, InputError, OptionError, ValuesError, WeightsError
from workbench.numerics.autocorrelation.eigenmaps import eigenmaps


@pytest.fixture(scope="module")
def candidates():
    regions = wb.load("russia-regions")
    capitals = wb.load("russia-regions", part="capitals80")
    return {
        "queen": wb.weights.queen(regions, islands="nearest"),
        "six nearest": wb.weights.knn(capitals, 6),
        "random": wb.weights.random_neighbors(capitals, 6),
    }


def spatial_field(W, rho, rng):
    noise = rng.normal(size=W.n)
    values = np.linalg.solve(np.eye(W.n) - rho * W.sparse.toarray(), noise)
    return pd.Series(values, index=W.ids, name="field")


@pytest.mark.slow
def test_the_weights_that_made_a_field_are_ranked_first(candidates):
    """20 fields of a SAR process with rho = 0.9 under queen against six at random."""
    rng = np.random.default_rng(1)
    pair = {"random": candidates["random"], "queen": candidates["queen"]}
    best = [
        wb.weights.rank(spatial_field(pair["queen"], 0.9, rng), pair, permutations=99).best
        for _ in range(20)
    ]
    assert best.count("random") == 0
    # P(16 or fewer of 20) is below 1 % where each is found with probability 0.95.
    assert best.count("queen") >= 17


@pytest.mark.slow
def test_the_weights_that_made_a_field_are_found_among_others_like_them(candidates):
    """20 fields of a SAR process with rho = 0.8 under queen; six nearest share half its links.

    Bounds are binomial: fewer happen with probability below 1 % where each field shows its W
    with probability 0.95 by the error model, or 0.8 by rank.
    """
    rng = np.random.default_rng(40)
    by_rank = by_model = 0
    for _ in range(20):
        field = spatial_field(candidates["queen"], 0.8, rng)
        ranking = wb.weights.rank(field, candidates, permutations=99)
        by_rank += ranking.best == "queen"
        by_model += ranking.table["aicc_error_model"].idxmin() == "queen"
    assert stats.binom.cdf(15, 20, 0.95) < 0.01
    assert by_model > 15
    assert stats.binom.cdf(11, 20, 0.8) < 0.011
    assert by_rank > 11


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "autocorrelation"), [("residual-moran", "positive"), ("global", "all")]
)
def test_noise_is_not_ranked_by_any_method(candidates, method, autocorrelation):
    """At most 5 % of 400 fields: P(33 or more) is below 1 % (binomial)."""
    rng = np.random.default_rng(7)
    ids = candidates["queen"].ids
    found = sum(
        wb.weights.rank(
            pd.Series(rng.normal(size=80), index=ids),
            candidates,
            method=method,
            autocorrelation=autocorrelation,
            permutations=199,
            seed=k,  # the same few permutations for all fields would have a size of their own
        ).best
        is not None
        for k in range(400)
    )
    assert stats.binom.sf(32, 400, 0.05) < 0.01
    assert 0 < found <= 32


@pytest.mark.slow
def test_noise_is_significant_at_the_nominal_level_for_all_candidates_together(candidates):
    """Šidák over three candidates, which are dependent: at most 5 %, of 200 fields."""
    rng = np.random.default_rng(2)
    ids = candidates["queen"].ids
    found = sum(
        wb.weights.rank(
            pd.Series(rng.normal(size=80), index=ids), candidates, permutations=199, seed=k
        ).best
        is not None
        for k in range(200)
    )
    assert stats.binomtest(found, 200, 0.05, alternative="greater").pvalue > 0.01
    assert found > 0


def test_the_table_says_what_it_compares(candidates):
    field = spatial_field(candidates["queen"], 0.8, np.random.default_rng(3))
    ranking = wb.weights.rank(field, candidates)
    table = ranking.table
    assert set(ranking.tidy().columns) <= set(GLOSSARY)
    for name, W in candidates.items():
        reference = esda.Moran(field.reindex(W.ids).to_numpy(), W.graph, permutations=0)
        assert table.loc[name, "moran"] == pytest.approx(reference.I, rel=1e-10)
        assert table.loc[name, "moran_p"] == pytest.approx(reference.p_rand, rel=1e-8)
        assert table.loc[name, "weights"] == W.digest
        fit = wb.fit("field ~ 1", field.to_frame(), W, model="sem")
        k, n = 3, 80
        aicc = -2 * fit.loglik + 2 * k + 2 * k * (k + 1) / (n - k - 1)
        assert table.loc[name, "aicc_error_model"] == pytest.approx(aicc, rel=1e-8)
    assert ranking.best == table.index[0]
    for shown in (str(ranking), ranking._repr_html_()):
        assert "queen" in shown
        assert "999 permutations" in shown


def test_order_of_rows_and_of_candidates_changes_nothing(candidates):
    field = spatial_field(candidates["queen"], 0.8, np.random.default_rng(4))
    one = wb.weights.rank(field, candidates, permutations=199).table
    other = dict(reversed(candidates.items()))
    two = wb.weights.rank(field.sample(frac=1, random_state=1), other, permutations=199).table
    pd.testing.assert_frame_equal(one, two)


def test_a_candidate_without_a_pattern_is_not_ranked(candidates):
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(5))
    ranking = wb.weights.rank(field, candidates)
    unranked = ranking.table.index[ranking.table["rank"].isna()]
    assert list(unranked) == ["random"]
    assert "not ranked" in str(ranking)


def test_correlation_and_overlap_equal_the_dense_formula(candidates):
    off = ~np.eye(80, dtype=bool)
    dense = {name: W.sparse.toarray()[off] for name, W in candidates.items()}
    r = wb.weights.correlation(candidates)
    shared = wb.weights.overlap(candidates)
    for one in dense:
        for two in dense:
            assert r.loc[one, two] == pytest.approx(np.corrcoef(dense[one], dense[two])[0, 1])
            links = dense[one] > 0, dense[two] > 0
            jaccard = (links[0] & links[1]).sum() / (links[0] | links[1]).sum()
            assert shared.loc[one, two] == pytest.approx(jaccard)


def test_weights_that_are_the_same_for_all_pairs_have_no_correlation(candidates):
    everyone = wb.weights.knn(wb.load("russia-regions", part="capitals80"), 79)
    for same in (everyone, everyone.normalize("spectral"), everyone.normalize("binary")):
        r = wb.weights.correlation({"everyone": same, "queen": candidates["queen"]})
        assert r.isna().to_numpy().tolist() == [[True, True], [True, False]]


def test_correlation_takes_a_normalisation_and_knows_constants(candidates):
    off = ~np.eye(80, dtype=bool)
    binary = {name: (W.sparse.toarray() > 0)[off] for name, W in candidates.items()}
    r = wb.weights.correlation(candidates, normalization="binary")
    for one in binary:
        for two in binary:
            expected = np.corrcoef(binary[one], binary[two])[0, 1]
            assert r.loc[one, two] == pytest.approx(expected, rel=1e-10)
    assert (np.diag(r) == 1.0).all()
    everyone = wb.weights.block(pd.Series("one", index=candidates["queen"].ids))
    r = wb.weights.correlation({**candidates, "everyone": everyone})
    assert r["everyone"].isna().all()
    assert r.drop(columns="everyone").drop(index="everyone").notna().all(axis=None)
    with pytest.raises(OptionError):
        wb.weights.correlation(candidates, normalization="rows")


def test_correlation_of_nearly_constant_weights_is_exact(candidates):
    """All pairs linked, weights 1 + 1e-6 u: large sums would cancel to noise."""
    ids = candidates["queen"].ids
    rng = np.random.default_rng(12)
    values = [1 + 1e-6 * rng.random((80, 80)) for _ in range(2)]
    off = ~np.eye(80, dtype=bool)
    pair = {}
    for name, dense in zip("ab", values, strict=True):
        np.fill_diagonal(dense, 0)
        frame = pd.DataFrame(dense, index=ids, columns=ids)
        pair[name] = wb.weights.from_matrix(frame, normalize="none")
    expected = np.corrcoef(values[0][off] - 1, values[1][off] - 1)[0, 1]
    assert wb.weights.correlation(pair).loc["a", "b"] == pytest.approx(expected, abs=1e-8)


def test_cards_stand_side_by_side(candidates):
    side = wb.weights.summary(candidates)
    assert list(side.table.columns) == list(candidates)
    for name, W in candidates.items():
        pd.testing.assert_series_equal(
            side.table[name], W.card().table()["value"], check_names=False
        )
    assert "<table" in side._repr_html_()
    numbers = side.to_frame()
    assert set(numbers.reset_index().columns) <= set(GLOSSARY)
    for name, W in candidates.items():
        card = W.card()
        assert numbers.loc[name, "links"] == card.links
        assert numbers.loc[name, "rho_high"] == card.rho_high
        assert numbers.loc[name, "components"] == W.components.max() + 1


def test_other_regions_and_unusable_fields_are_refused(candidates):
    field = pd.Series(np.arange(80.0), index=candidates["queen"].ids)
    without = wb.load("russia-regions", part="capitals80").drop(index="RU-TOM")
    fewer = {**candidates, "fewer": wb.weights.knn(without, 6)}
    with pytest.raises(IdError, match="RU-TOM"):
        wb.weights.rank(field, fewer)
    with pytest.raises(ValuesError, match="RU-TOM"):
        wb.weights.rank(field.mask(field.index == "RU-TOM"), candidates)
    with pytest.raises(ValuesError, match="constant"):
        wb.weights.rank(field * 0 + 1, candidates)
    with pytest.raises(IdError, match="RU-TOM"):
        wb.weights.rank(field.drop("RU-TOM"), candidates)
    with pytest.raises(InputError, match="dict"):
        wb.weights.rank(field, [candidates["queen"]])
    with pytest.raises(InputError, match="alpha"):
        wb.weights.rank(field, candidates, alpha=math.nan)
    with pytest.raises(ValuesError, match="to_numeric"):
        wb.weights.rank(field.astype(str), candidates)
    with pytest.raises(ValuesError, match="no column"):
        wb.weights.rank(field.to_frame()[[]], candidates)
    with pytest.raises(InputError, match="one column"):
        wb.weights.rank(
            pd.DataFrame({"a": field, "b": -field}), candidates, method="residual-moran"
        )
    with pytest.raises(OptionError, match="forward"):
        wb.weights.rank(field, candidates, method="foward")
    for wrong in (0, 2.5, True):
        with pytest.raises(InputError, match="max_vectors"):
            wb.weights.rank(field, candidates, max_vectors=wrong)
    lone = pd.DataFrame(0.0, index=field.index, columns=field.index)
    lone.iloc[0, 1] = lone.iloc[1, 0] = 1.0
    pair = wb.weights.from_matrix(lone, islands="keep")
    with pytest.raises(WeightsError, match=r"candidates\['pair'\].*2 of 80"):
        wb.weights.rank(field, {**candidates, "pair": pair})


def test_permutations_too_few_to_find_anything_are_refused(candidates):
    """1 - (1 - 1/100)^6 = 0.0585: with 99 permutations nothing passes six tests at 5 %."""
    field = spatial_field(candidates["queen"], 0.8, np.random.default_rng(3))
    with pytest.raises(InputError, match="at least 117 for 6 tests"):
        wb.weights.rank(field, candidates, permutations=99, autocorrelation="all")
    wb.weights.rank(field, candidates, permutations=199, autocorrelation="all")


def test_selected_maps_give_the_numbers_of_the_table(candidates):
    """statsmodels on the maps handed out; AICc counts the constant and the variance."""
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(21))
    for method in ("forward", "global", "residual-moran"):
        ranking = wb.weights.rank(field, candidates, method=method)
        row, maps = ranking.table.loc["queen"], ranking.maps("queen")
        assert maps.index.equals(candidates["queen"].ids)
        fit = sm.OLS(field.reindex(maps.index), sm.add_constant(maps)).fit()
        assert row["vectors"] == maps.shape[1] > 0
        assert row["rsquared_adj"] == pytest.approx(fit.rsquared_adj, rel=1e-9)
        n, k = 80, maps.shape[1] + 2
        aicc = -2 * fit.llf + 2 * k + 2 * k * (k + 1) / (n - k - 1)
        assert row["aicc"] == pytest.approx(aicc, rel=1e-9)
        left = esda.Moran(fit.resid.to_numpy(), candidates["queen"].graph, permutations=0)
        assert row["moran_residual"] == pytest.approx(left.I, abs=1e-10)
        if method == "global":
            assert row["vectors"] == row["vectors_available"]
            assert row["rsquared_adj"] == row["rsquared_adj_all"]
        if method == "residual-moran":
            assert abs(row["moran_residual"]) < row["moran"] / 3


def test_ranks_follow_what_the_method_asks_for(candidates):
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(22))
    mixed = {
        **candidates,
        "ten nearest": wb.weights.knn(wb.load("russia-regions", part="capitals80"), 10),
    }
    for method in ("forward", "global"):
        table = wb.weights.rank(field, mixed, method=method).table
        ranked = table[table["status"] == "ranked"]
        assert len(ranked) >= 2
        assert ranked["rsquared_adj"].is_monotonic_decreasing
        assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
        by_aicc = ranked["aicc"].rank().astype(int)
        assert ranked["rank_aicc"].tolist() == by_aicc.tolist()
    ranked = wb.weights.rank(field, mixed, method="residual-moran").table.dropna(subset="rank")
    assert len(ranked) >= 2
    assert ranked["vectors"].is_monotonic_increasing


def test_weights_that_differ_by_a_factor_share_a_rank(candidates):
    """Maps do not change with the scale of W; the names decide who stands first in the table."""
    queen = candidates["queen"].normalize("binary")
    scaled = {"b": queen, "a": queen.normalize("double"), "c": candidates["random"]}
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(23))
    ranking = wb.weights.rank(field, scaled)
    assert ranking.table.loc[["a", "b"], "rank"].tolist() == [1, 1]
    assert ranking.best == "a"


def test_both_signs_are_tested_apart_and_added(candidates):
    """A field of the broadest and the finest map: both found, adjusted R2 added, two tests.

    Of the ten outer maps of each sign: all maps of both signs share all of R2 between them, so
    that no field has more than chance under both.
    """
    W = candidates["queen"]
    broad, fine = (
        eigenmaps(W.sparse, sign=sign).vectors[:, 0] for sign in ("positive", "negative")
    )
    noise = np.random.default_rng(24).normal(size=80)
    field = pd.Series(broad + fine + 0.04 * noise, index=W.ids, name="both")
    ranking = wb.weights.rank(field, {"queen": W}, autocorrelation="all", max_vectors=10)
    row, maps = ranking.table.loc["queen"], ranking.maps()
    assert {"mem_1", "mem_negative_1"} <= set(maps.columns)
    assert row["p_adjusted"] == pytest.approx(1 - (1 - row["p_value"]) ** 2, rel=1e-9)
    total = sum(
        sm.OLS(field, sm.add_constant(maps.filter(regex=names))).fit().rsquared_adj
        for names in ("mem_[0-9]", "mem_negative")
    )
    assert row["rsquared_adj"] == pytest.approx(total, rel=1e-9)


def test_columns_of_a_frame_count_equally(candidates):
    """In other units, or a column twice: the same ranks and shares as of one column."""
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(25))
    noise = pd.Series(np.random.default_rng(26).normal(size=80), index=field.index)
    one = wb.weights.rank(field.to_frame(), candidates).table
    pd.testing.assert_frame_equal(one, wb.weights.rank(field, candidates).table)
    twice = wb.weights.rank(pd.DataFrame({"a": field, "b": field * 1000 + 5}), candidates).table
    columns = ["rank", "rsquared_adj", "p_value", "vectors", "moran"]
    pd.testing.assert_frame_equal(twice[columns], one[columns], rtol=1e-9)
    assert twice[["aicc", "aicc_error_model", "moran_z", "rank_aicc"]].isna().all(axis=None)
    mixed = wb.weights.rank(pd.DataFrame({"a": field, "b": noise}), candidates).table
    moran = [
        esda.Moran(x.to_numpy(), candidates["queen"].graph, permutations=0).I
        for x in (field, noise)
    ]
    assert mixed.loc["queen", "moran"] == pytest.approx(np.mean(moran), rel=1e-9)


def test_candidates_that_cannot_be_ranked_say_why(candidates):
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(27))
    everyone = wb.weights.block(pd.Series("one", index=field.index), normalize="binary")
    pairs = wb.weights.block(pd.Series(np.arange(80) // 2, index=field.index))
    ranking = wb.weights.rank(
        field, {**candidates, "everyone": everyone, "pairs": pairs}, max_vectors=20
    )
    table = ranking.table
    assert table.loc["random", "status"] == "no significant pattern"
    assert table.loc["everyone", "status"] == "no map of this sign"
    assert table.loc["pairs", "status"] == "one eigenvalue has more maps than max_vectors"
    unranked = table.loc[["random", "everyone", "pairs"]]
    assert (
        unranked[["rank", "rank_aicc", "rsquared_adj", "aicc", "moran_residual"]]
        .isna()
        .all(axis=None)
    )
    assert (unranked["vectors"] == 0).all()
    assert math.isnan(table.loc["everyone", "moran_z"])
    assert table.loc["everyone", "moran"] == pytest.approx(-1 / 79)
    assert "everyone (no map of this sign)" in str(ranking)
    assert ranking.maps("random").shape == (80, 0)
    with pytest.raises(OptionError, match="queen"):
        ranking.maps("quen")
    with pytest.raises(InputError, match="none that is ranked"):
        wb.weights.rank(field, {"random": candidates["random"]}).maps()


def test_islands_count_as_elsewhere(candidates):
    """Moran's I of the linked regions, as wb.moran has it."""
    plain = wb.weights.queen(wb.load("russia-regions"), islands="keep")
    assert plain.islands
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(28))
    ranking = wb.weights.rank(field, {"plain": plain})
    row, maps = ranking.table.loc["plain"], ranking.maps()
    elsewhere = wb.moran("field", field.to_frame(), plain)
    assert row["moran"] == pytest.approx(elsewhere.statistic, rel=1e-12)
    assert row["moran_z"] == pytest.approx(elsewhere.z, rel=1e-12)
    assert row["islands"] == len(plain.islands)
    left = sm.OLS(field, sm.add_constant(maps)).fit().resid.rename("left")
    elsewhere = wb.moran("left", left.to_frame(), plain)
    assert row["moran_residual"] == pytest.approx(elsewhere.statistic, rel=1e-9)


def test_lattices_that_see_a_slope_alike_share_its_rank():
    """Rook and queen of a lattice have the same vectors (cell by cell, of its rows and columns).

    A slope lies in eigenspaces of two vectors; their basis would make one of the lattices win.
    """
    lattices = {"rook": lat2W(6, 6), "queen": lat2W(6, 6, rook=False)}
    slope = pd.Series(np.arange(36.0) // 6, index=range(36), name="slope")
    table = wb.weights.rank(slope, lattices).table
    assert table["rank"].tolist() == [1, 1]
    turned = pd.Series(np.arange(36.0) % 6, index=range(36), name="slope")
    columns = ["rsquared_adj", "vectors", "aicc", "moran_residual"]
    other = wb.weights.rank(turned, lattices).table
    pd.testing.assert_frame_equal(table[columns], other[columns], rtol=1e-9)


@pytest.mark.slow
def test_maps_beyond_the_dense_limit_are_the_leading_ones():
    """41 x 41 cells, by iteration; sin(2 pi i / 42) sin(pi j / 42) is a vector, if it sums to 0."""
    W = wb.weights.as_weights(lat2W(41, 41))
    i, j = np.divmod(W.ids.to_numpy(), 41)
    wave = np.sin(2 * np.pi * (i + 1) / 42) * np.sin(np.pi * (j + 1) / 42)
    noise = np.random.default_rng(30).normal(size=1681)
    field = pd.Series(wave / wave.std() + noise / noise.std() / math.sqrt(2), index=W.ids)
    ranking = wb.weights.rank(field, {"rook": W}, permutations=99, max_vectors=12)
    row = ranking.table.loc["rook"]
    assert 2 <= row["vectors"] <= row["vectors_available"] <= 12
    assert f"the {row['vectors_available']} most positive maps only" in str(ranking)
    # The wave holds 2/3 of the variance; 0.02 covers its correlation with the noise, 1/sqrt(n).
    assert row["rsquared_adj"] == pytest.approx(2 / 3, abs=0.02)


def test_rankings_hand_out_copies_and_do_not_follow_names_of_fields(candidates):
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(31))
    ranking = wb.weights.rank(field, candidates)
    table, maps = ranking.table, ranking.maps()
    table.loc[:, "rsquared_adj"] = 1.0
    maps.iloc[:, 0] = 0.0
    again = wb.weights.rank(field.rename("other"), candidates)
    pd.testing.assert_frame_equal(ranking.table, again.table)
    pd.testing.assert_frame_equal(ranking.maps(), again.maps())
    assert ranking.provenance.seed == 0
    assert ranking.provenance.options["candidate queen"] == candidates["queen"].digest
    other = wb.weights.rank(field, candidates, seed=1).table
    assert not other["p_value"].equals(ranking.table["p_value"])


def test_too_few_permutations_for_so_many_candidates_are_refused(candidates):
    field = wb.load("russia-regions", part="capitals80").geometry.x
    many = {f"queen {k}": candidates["queen"] for k in range(6)}
    with pytest.raises(InputError, match="at least 117"):
        wb.weights.rank(field, many, permutations=99)
    assert wb.weights.rank(field, many, permutations=117).best is not None


def test_neighbours_of_all_alike_have_no_moran_p_and_names_change_nothing(candidates):
    field = spatial_field(candidates["queen"], 0.9, np.random.default_rng(7))
    everyone = wb.weights.knn(wb.load("russia-regions", part="capitals80"), 79)
    ranking = wb.weights.rank(field, {"everyone": everyone, "queen": candidates["queen"]})
    assert np.isnan(ranking.table.loc["everyone", "moran_p"])
    again = wb.weights.rank(field.rename("other"), {"everyone": everyone, **candidates})
    assert again.table.loc["queen", "p_value"] == ranking.table.loc["queen", "p_value"]
