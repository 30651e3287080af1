"""Candidates are ranked by what they see of a field, and noise ranks none."""

from __future__ import annotations

import math

import esda
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.core.vocabulary import GLOSSARY
from workbench.errors import IdError, InputError, ValuesError


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


def test_cards_stand_side_by_side(candidates):
    side = wb.weights.summary(candidates)
    assert list(side.table.columns) == list(candidates)
    for name, W in candidates.items():
        pd.testing.assert_series_equal(
            side.table[name], W.card().table()["value"], check_names=False
        )
    assert "<table" in side._repr_html_()


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
