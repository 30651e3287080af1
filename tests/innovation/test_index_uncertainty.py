"""Replay of a recorded index: same bits unchanged, drawn by seed and number, failures counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError, OptionError, ValuesError
from workbench.innovation.composites.building import composite
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.factors import read_factors
from workbench.innovation.composites.replay import Replay
from workbench.innovation.composites.sensitivity import sensitivity
from workbench.innovation.composites.uncertainty import uncertainty
from workbench.numerics.composites.imputation import normal_em
from workbench.numerics.composites.missing_draws import missing_cells

N, K = 24, 6
NAMES = [f"x{j}" for j in range(K)]
META = pd.DataFrame(
    {
        "direction": ["higher"] * 4 + ["lower"] * 2,
        "group": ["a", "a", "a", "b", "b", "b"],
        "weight": [2.0, 1.0, 1.0, 1.0, 3.0, 1.0],
    },
    index=NAMES,
)
DRAWN = {
    "normalisation": ["min-max", "z-score", "percentile"],
    "weighting": ["expert", "equal", "pca"],
    "aggregation": ["arithmetic", "condorcet"],
    "left_out": True,
    "weight_noise": 0.25,
}


def regions(seed=0):
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((N, 1))
    values = np.exp(0.4 * (common + rng.standard_normal((N, K))))
    values[:, 4:] = 1 / values[:, 4:]
    return pd.DataFrame(values, index=[f"R{i:02d}" for i in range(N)], columns=NAMES)


@pytest.fixture(scope="module")
def index():
    return composite(regions(), META)


@pytest.fixture(scope="module")
def drawn(index):
    return uncertainty(index, DRAWN, draws=200, top=5)


def replay_of(index, factors):
    prepared = index.source.prepared
    read = read_factors(factors, prepared, index.construction, index.indicators)
    return Replay(prepared, index.construction, read)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"normalisation": "z-score", "weighting": "pca"},
        {"aggregation": "condorcet"},
        {"aggregation": {"index": "geometric"}, "span": (1.0, 100.0)},
        pytest.param({"weighting": "bod", "span": (1.0, 100.0)}, marks=pytest.mark.slow),
    ],
)
def test_a_replay_of_the_recorded_choices_is_the_index_to_the_last_bit(index, changes):
    recorded = index.rebuild(changes)
    factors = {"left_out": [None, "x0"], "weighting": [recorded.construction.weighting, "expert"]}
    if recorded.construction.weighting == "expert":
        factors["weighting"] = ["expert", "equal"]
    scores = replay_of(recorded, factors).scores([np.array([0.0]), np.array([0.0])])
    assert scores.tobytes() == recorded.scores.to_numpy().tobytes()


def test_noise_of_nothing_is_the_recorded_index(index):
    # u = 1/2 multiplies by 1; weights are scaled to their sum once more, hence not the same bits
    one = replay_of(index, {"weight_noise": 0.3})
    scores = one.scores([np.full(one.factors[0].inputs, 0.5)])
    np.testing.assert_allclose(scores, index.scores, rtol=1e-14)


@pytest.mark.slow
def test_each_drawn_construction_is_the_index_rebuilt_by_hand(index):
    found = uncertainty(index, {k: v for k, v in DRAWN.items() if k != "weight_noise"}, draws=40)
    for draw in found.scores.columns[:15]:
        words = found.choices.loc[draw].to_dict()
        out = words.pop("left_out")
        kept = [name for name in NAMES if name != out]
        other = composite(regions()[kept], META.loc[kept]).rebuild(words)
        np.testing.assert_allclose(found.scores[draw], other.scores, rtol=1e-12, atol=1e-12)


def test_weights_are_moved_on_every_level_within_their_bounds(index):
    """One draw by hand: Σ_g W_g Σ_i w_i z_i with each weight times 1 + 0.4 (2u − 1)."""
    one = replay_of(index, {"weight_noise": 0.4})
    u = np.random.default_rng(1).random(K + 2)
    w, W = META["weight"].to_numpy() * (1 + 0.4 * (2 * u[:K] - 1)), 1 + 0.4 * (2 * u[K:] - 1)
    Z = index.normalised.to_numpy()
    halves = [Z[:, part] @ (w[part] / w[part].sum()) for part in (slice(0, 3), slice(3, 6))]
    wanted = (W[0] * halves[0] + W[1] * halves[1]) / W.sum()
    np.testing.assert_allclose(one.scores([u]), wanted, rtol=1e-12)


@pytest.mark.slow
def test_dirichlet_weights_have_the_recorded_ones_as_means():
    """E w = w₀ and var w = w₀ (1 − w₀)/(c + 1) of three weights of one group."""
    meta = pd.DataFrame(
        {"direction": ["higher"] * 3, "weight": [1.0, 2.0, 5.0]}, index=["x0", "x1", "x2"]
    )
    data = pd.DataFrame(np.eye(3), index=["a", "b", "c"], columns=meta.index)
    index = composite(data, meta, span=(0.0, 1.0))
    found = uncertainty(index, {"weight_dirichlet": 20.0}, draws=4000).scores.to_numpy()
    share = np.array([0.125, 0.25, 0.625])  # scores of these data are the weights
    variance = share * (1 - share) / 21
    # four standard errors of 4,000 draws
    np.testing.assert_allclose(found.mean(axis=1), share, atol=4 * np.sqrt(variance.max() / 4000))
    np.testing.assert_allclose(found.var(axis=1), variance, rtol=4 * np.sqrt(2 / 4000) * 1.5)


def test_goalposts_move_when_they_are_used():
    meta = META.assign(low=0.0, high=20.0)
    index = composite(regions(), meta, normalisation="goalposts")
    one = replay_of(index, {"goalpost_noise": 0.1})
    u = np.full(2 * K, 0.5)
    np.testing.assert_allclose(one.scores([u]), index.scores, rtol=1e-12)
    u[:K], u[K:] = 0.0, 1.0  # lows down, highs up by a tenth of 20
    wider = composite(regions(), META.assign(low=-2.0, high=22.0), normalisation="goalposts").scores
    np.testing.assert_allclose(one.scores([u]), wider, rtol=1e-12)


def test_a_draw_depends_on_seed_number_and_factor_alone(index, drawn):
    fewer = uncertainty(index, DRAWN, draws=50, top=5)
    pd.testing.assert_frame_equal(fewer.scores, drawn.scores.iloc[:, :50])
    turned = uncertainty(index, dict(reversed(DRAWN.items())), draws=50)
    pd.testing.assert_frame_equal(turned.scores, fewer.scores)
    part = uncertainty(index, {k: DRAWN[k] for k in ("normalisation", "weighting")}, draws=50)
    assert (part.choices == fewer.choices[part.choices.columns]).all(axis=None)
    other = uncertainty(index, DRAWN, draws=50, seed=1)
    assert not other.choices.equals(fewer.choices)


@pytest.mark.slow
def test_rows_in_any_order_and_any_number_of_threads_give_the_same_bits(drawn):
    shuffled = regions().sample(frac=1, random_state=3)[NAMES[::-1]]
    with threadpool_limits(2):
        again = uncertainty(composite(shuffled, META), DRAWN, draws=200, top=5)
    assert again.scores.to_numpy().tobytes() == drawn.scores.to_numpy().tobytes()


def test_nothing_of_the_caller_changes(index):
    data, meta, factors = regions(), META.copy(), {**DRAWN, "left_out": [None, "x1"]}
    before = index.scores.copy()
    uncertainty(composite(data, meta), factors, draws=20)
    uncertainty(index, factors, draws=20)
    pd.testing.assert_frame_equal(data, regions())
    pd.testing.assert_frame_equal(meta, META)
    pd.testing.assert_series_equal(index.scores, before)
    assert factors == {**DRAWN, "left_out": [None, "x1"]}


def test_the_table_counts_ranks_of_the_draws(drawn):
    ranks, table = drawn.ranks, drawn.table
    one = table.index[3]
    own = ranks.loc[one]
    assert table.loc[one, "rank"] == drawn.index.ranks[one]
    assert table.loc[one, "rank_median"] == own.median()
    assert table.loc[one, "rank_low"] == own.quantile(0.05)
    assert table.loc[one, "share_top"] == (own <= 5).mean()
    assert drawn.in_top(N).eq(1).all()
    assert table["rank"].is_monotonic_increasing


def test_dominance_is_the_share_of_draws_in_which_one_stands_above_the_other(drawn):
    shares, ranks = drawn.dominance(), drawn.ranks
    a, b = shares.index[2], shares.index[5]
    assert shares.loc[a, b] == (ranks.loc[a] < ranks.loc[b]).mean()
    ties = (ranks.loc[a] == ranks.loc[b]).mean()
    assert shares.loc[a, b] + shares.loc[b, a] + ties == pytest.approx(1.0)


def test_what_moved_most_is_the_mean_shift_of_the_draws_with_that_alternative(drawn):
    table = drawn.moved()
    for name, word in (("normalisation", "percentile"), ("left_out", "none")):
        draws = drawn.choices.index[drawn.choices[name] == word]
        shift = drawn.ranks[draws].sub(drawn.nominal, axis=0).abs()
        assert table.loc[(name, word), "rank_shift"] == pytest.approx(shift.mean(axis=None))
        assert table.loc[(name, word), "draws"] == len(draws)


def test_draws_that_cannot_be_built_are_counted_and_named(index):
    """Half of the draws are geometric, and a minimum of zero has no geometric mean."""
    found = uncertainty(
        index, {"aggregation": ["arithmetic", "geometric"], "span": [(0.0, 1.0), (1.0, 100.0)]},
        draws=400,
    )  # fmt: skip
    broken = (found.choices["aggregation"] == "geometric") & (found.choices["span"] == "0.0, 1.0")
    assert found.failed == broken.sum() > 50
    assert list(found.scores.columns) == list(found.choices.index[~broken])
    assert found.failures["failed"].sum() == found.failed
    assert found.failures["share"].sum() == pytest.approx(found.failed / 400)
    assert "aggregation=geometric" in found.failures["in_common"].iloc[0]
    assert "above zero" in found.failures.index[0]
    assert any(f"{found.failed} of 400 draws" in note for note in found.notes)
    assert "Draws that failed" in str(found)


def test_only_draws_that_cannot_be_built_are_refused(index):
    with pytest.raises(ValuesError, match="none of 30 draws could be built"):
        uncertainty(index, {"aggregation": ["geometric", "harmonic"]}, draws=30)


def test_the_ready_set_holds_the_recorded_choices_and_nothing_that_fails(index):
    found = uncertainty(index, draws=40)
    assert found.failed == 0
    drawn = {factor.name: factor.alternatives for factor in found.factors}
    for name in ("normalisation", "weighting", "aggregation", "outliers"):
        assert getattr(index.construction, name) in drawn[name]
    assert "geometric" not in drawn["aggregation"]
    assert any("geometric" in note for note in found.notes)
    wider = uncertainty(index.rebuild({"span": (1.0, 100.0), "moments": (100.0, 10.0)}), draws=40)
    assert wider.failed == 0


@pytest.mark.slow
def test_the_ready_set_imputes_in_several_ways_where_values_are_missing():
    data = regions()
    data.iloc[2, 1] = data.iloc[9, 3] = np.nan
    found = uncertainty(composite(data, META, imputation="median"), draws=40)
    assert len(found.choices["imputation"].unique()) > 1
    assert found.failed == 0


@pytest.mark.parametrize(
    ("factors", "error", "says"),
    [
        ({"normalization": ["min-max", "z-score"]}, OptionError, "normalisation"),
        ({"normalisation": ["min-max", "minmax"]}, OptionError, "min-max"),
        ({"normalisation": ["min-max"]}, InputError, "at least two"),
        ({"normalisation": "min-max"}, InputError, "at least two"),
        ({"normalisation": ["min-max", "min-max"]}, InputError, "once"),
        ({"left_out": [None, "x9"]}, OptionError, "x9"),
        ({"weight_noise": 1.5}, InputError, "weight_noise"),
        ({"weight_noise": 0.1, "weight_dirichlet": 5.0}, InputError, "one kind of noise"),
        ({"goalpost_noise": 0.7}, InputError, "goalpost_noise"),
        ({}, InputError, "ready set"),
    ],
)
def test_factors_that_are_none_are_refused_by_name(index, factors, error, says):
    with pytest.raises(error, match=says):
        uncertainty(index, factors, draws=20)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("options", [{"draws": 5}, {"draws": True}, {"top": 0}, {"seed": -1}])
def test_numbers_that_cannot_be_used_are_refused(index, options):
    with pytest.raises(InputError):
        uncertainty(index, DRAWN, **options)


def test_a_panel_is_ranked_in_each_period():
    panel = pd.concat({2019: regions(0), 2020: regions(1)}, names=["year", "region"])
    panel = panel.swaplevel().sort_index()
    found = uncertainty(composite(panel, META), DRAWN, draws=20)
    ranks = found.ranks
    for year in (2019, 2020):
        assert (ranks.xs(year, level="year").min() == 1).all()
        assert ranks.xs(year, level="year").max().max() <= N


@pytest.mark.slow
def test_tables_use_the_glossary_and_pictures_are_drawn(index, drawn):
    found = sensitivity(index, DRAWN, samples=64, resamples=50)
    for result in (drawn, found):
        assert set(result.glance().columns) <= set(GLOSSARY)
        assert set(result.tidy().columns) <= set(GLOSSARY)
        assert result.plot().alt
        assert result.heading in str(result)
        assert "<table" in result._repr_html_()
        assert result.provenance.seed == 0


def test_whole_numbers_of_any_type_will_do(index):
    few = {"normalisation": ["min-max", "z-score"], "weight_noise": 0.25}
    assert sensitivity(index, few, samples=64, resamples=np.int64(50)).evaluations > 0
    assert Construction(neighbours=np.int64(3)).neighbours == 3


# --- sensitivity -------------------------------------------------------------------------------


def test_shares_of_a_region_by_enumeration_of_every_combination(index):
    """All factors discrete: the exact variance decomposition over the product of alternatives."""
    factors = {
        "normalisation": ["min-max", "percentile"],
        "weighting": ["expert", "equal"],
        "aggregation": ["arithmetic", "condorcet"],
    }
    found = sensitivity(index, factors, samples=2048, resamples=50)
    replay = replay_of(index, factors)
    shift = np.empty((2, 2, 2))
    for codes in np.ndindex(2, 2, 2):
        scores = pd.Series(replay.base(codes).built.scores, index.scores.index)
        ranks = scores.round(9).rank(ascending=False, method="min")
        shift[codes] = (ranks - index.ranks).abs().mean()
    V = shift.var()
    table = found.tidy()
    for axis, name in enumerate(factor.name for factor in replay.factors):
        others = tuple(i for i in range(3) if i != axis)
        assert table.loc[name, "first"] == pytest.approx(
            shift.mean(axis=others).var() / V, abs=0.02
        )
        total = shift.var(axis=axis).mean() / V
        assert table.loc[name, "total"] == pytest.approx(total, abs=0.02)
    assert found.glance()["variance"].iloc[0] == pytest.approx(V, rel=0.02)
    assert found.glance()["rank_shift"].iloc[0] == pytest.approx(shift.mean(), rel=0.02)


def test_a_choice_without_effect_has_no_share(index):
    # no indicator has outliers
    assert not index.rebuild({"outliers": "winsorise"}).treated.size
    drawn = {"outliers": ["none", "winsorise"], "weight_noise": 0.3}
    found = sensitivity(index, drawn, samples=64, resamples=50).tidy()
    assert found.loc["outliers", "total"] == 0.0
    assert found.loc["weight_noise", "first"] == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    ("factors", "says"),
    [
        ({"goalpost_noise": 0.1}, "normalisation 'goalposts', recorded or drawn"),
        ({"neighbours": [1, 3]}, "imputation 'nearest', recorded or drawn"),
        ({"bounds": [(0.0, 1.0), (0.1, 0.9)]}, "weighting 'bod', recorded or drawn"),
        ({"span": [(0, 1), (1, 2)], "normalisation": ["rank", "borda"]}, None),
        ({"moments": [(0, 1), (1, 2)], "normalisation": ["min-max", "z-score"]}, None),
    ],
)
def test_details_that_nothing_uses_are_no_factors(index, factors, says):
    """They would have a share of zero for a reason that has nothing to do with the data."""
    if says is None:
        assert replay_of(index, factors).factors
        return
    with pytest.raises(InputError, match=says) as caught:
        uncertainty(index, factors, draws=20)
    assert "change nothing" in str(caught.value)


def test_noise_multiplies_the_weights_that_moved_goalposts_make():
    """Entropy of goalpost scores depends on the goalposts: with hardly any noise on weights the
    draw is the index rebuilt on the goalposts of the draw."""
    meta = META.drop(columns="weight").assign(low=-5.0, high=20.0)
    index = composite(regions(), meta, normalisation="goalposts", weighting="entropy")
    both = replay_of(index, {"goalpost_noise": 0.1, "weight_noise": 1e-13})
    moved = replay_of(index, {"goalpost_noise": 0.1})
    rng = np.random.default_rng(3)
    u = {f.name: rng.random(f.inputs) for f in both.factors}
    np.testing.assert_allclose(
        both.scores([u[f.name] for f in both.factors]),
        moved.scores([u["goalpost_noise"]]),
        rtol=1e-11,
    )


def test_dominance_in_a_panel_compares_scores_across_periods():
    """By definition: the share of draws in which one score is above the other."""
    rng = np.random.default_rng(0)
    rows = pd.MultiIndex.from_product([list("abcd"), [2000, 2001]], names=["region", "year"])
    data = pd.DataFrame(rng.random((8, 3)), index=rows, columns=list("xyz"))
    found = composite(data, dict.fromkeys("xyz", "higher")).uncertainty(
        {"weight_noise": 0.9}, draws=40
    )
    shares = found.dominance()
    drawn = found.scores.loc[shares.index].to_numpy()
    np.testing.assert_array_equal(shares, [(row > drawn).mean(axis=1) for row in drawn])


@pytest.mark.slow
def test_sensitivity_is_the_same_for_any_order_and_threads(index):
    one = sensitivity(index, DRAWN, samples=64, resamples=50).tidy()
    shuffled = composite(regions().sample(frac=1, random_state=1), META)
    with threadpool_limits(2):
        two = sensitivity(shuffled, DRAWN, samples=64, resamples=50).tidy()
    assert one.to_numpy().tobytes() == two.to_numpy().tobytes()


def test_combinations_that_cannot_be_built_are_refused_with_what_mends_them(index):
    with pytest.raises(ValuesError, match="every combination") as caught:
        sensitivity(
            index, {"aggregation": ["arithmetic", "geometric"], "weight_noise": 0.2}, samples=64
        )
    assert "span" in str(caught.value)


def test_one_choice_alone_is_refused(index):
    with pytest.raises(InputError, match="at least two choices"):
        sensitivity(index, {"weight_noise": 0.2})


# --- missing values ----------------------------------------------------------------------------


def with_gaps():
    data = regions()
    data.iloc[2, 1] = data.iloc[2, 2] = data.iloc[9, 3] = np.nan
    return data


def test_drawn_missing_values_have_the_conditional_normal_law():
    """Means, variances and covariance of bivariate normal theory: Σ₁₁ − Σ₁₂ Σ₂₂⁻¹ Σ₂₁."""
    X = np.log(with_gaps().to_numpy())
    filled = normal_em(X)
    cells = missing_cells(X, filled)
    u = np.random.default_rng(0).random((4000, 3))
    drawn = np.array([cells.drawn(one)[2, 1:3] for one in u])
    gone = np.isnan(X[2])
    S = filled.covariance
    inverse = np.linalg.inv(S[np.ix_(~gone, ~gone)])
    across = S[np.ix_(gone, ~gone)]
    law = S[np.ix_(gone, gone)] - across @ inverse @ across.T
    mean = filled.mean[gone] + across @ inverse @ (X[2, ~gone] - filled.mean[~gone])
    # four standard errors of 4,000 draws
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=4 * np.sqrt(law.max() / 4000))
    np.testing.assert_allclose(np.cov(drawn.T), law, atol=4 * law.max() * np.sqrt(2 / 4000))


def test_missing_values_at_their_median_are_those_of_em():
    index = composite(with_gaps(), META, imputation="em")
    one = replay_of(index, {"missing_values": True})
    np.testing.assert_allclose(one.scores([np.full(3, 0.5)]), index.scores, rtol=1e-12)


@pytest.mark.slow
def test_drawn_missing_values_move_the_ranks_and_leave_observed_values():
    index = composite(with_gaps(), META, imputation="em")
    drawn = {"missing_values": True, "left_out": [None, "x1"], "weighting": ["expert", "pca"]}
    found = uncertainty(index, drawn, draws=60)
    assert found.failed == 0
    assert found.scores.loc["R02"].std() > 0
    assert sensitivity(index, drawn, samples=64, resamples=50).tidy()["total"].gt(0).all()


def test_missing_values_are_drawn_only_where_some_are_and_in_one_way(index):
    with pytest.raises(InputError, match="missing"):
        uncertainty(index, {"missing_values": True}, draws=20)
    other = composite(with_gaps(), META, imputation="em")
    with pytest.raises(InputError, match="one way"):
        uncertainty(other, {"missing_values": True, "imputation": ["em", "mean"]}, draws=20)


@pytest.mark.parametrize("samples", [16, 100, 64.0])
def test_points_that_no_sobol_sequence_balances_are_refused(index, samples):
    with pytest.raises(InputError, match="power of two"):
        sensitivity(index, DRAWN, samples=samples)
