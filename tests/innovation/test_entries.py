"""Entries, exits and their models: hand-made moves, dense formulas, simulation with known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from workbench.errors import (
    CollinearityError,
    IdError,
    InputError,
    PanelError,
    ValuesError,
)
from workbench.innovation.activity_space import (
    entries,
    entry_model,
    exits,
    relatedness_density,
)
from workbench.innovation.activity_space.via_statsmodels import conditional_logit

FIRST = pd.DataFrame({"x": [6, 1, 2], "y": [1, 5, 2], "z": [3, 3, 6]}, index=list("abc"))
SECOND = pd.DataFrame({"x": [2, 4, 2], "y": [5, 2, 2], "z": [3, 3, 6]}, index=list("abc"))


def tables(n: int = 30, k: int = 14, seed: int = 0) -> dict[int, pd.DataFrame]:
    """Return three tables in which what goes together follows from two latent kinds."""
    rng = np.random.default_rng(seed)
    rate = np.exp(1.5 + 0.8 * rng.normal(size=(n, 2)) @ rng.normal(size=(2, k)))
    names = {"index": [f"r{i:02}" for i in range(n)], "columns": [f"a{j:02}" for j in range(k)]}
    return {t: pd.DataFrame(rng.poisson(rate) + 1, **names) for t in (2000, 2005, 2010)}


@pytest.fixture(scope="module")
def moves():
    return entries(tables())


@pytest.fixture(scope="module")
def density():
    return relatedness_density(tables())


def drawn(moves, density, seed, *, slope):
    """Return the same rows at risk with events drawn from a known law."""
    rng = np.random.default_rng(seed)
    d = density.values.loc[moves.events.index]
    own = rng.normal(0, 0.06, len(d.index.levels[0]))[d.index.codes[0]][:, None]
    p = np.clip(0.3 + own + rng.normal(0, 0.06, d.shape[1]) + slope * (d - 40), 0.02, 0.98)
    events = (rng.random(d.shape) < p).astype(float).where(moves.events.notna())
    return replace(moves, events=events)


def test_moves_by_hand():
    """Quotients at first: a 1.93 0.36 0.73, b 0.36 2.01 0.81, c 0.64 0.73 1.45; then a has y in
    the place of x, and b the other way round."""
    data = {2010: SECOND, 2005: FIRST}
    came, went = entries(data), exits(data)
    assert came.events.loc[("a", 2005)].fillna(-1).tolist() == [-1, 1, 0]
    assert went.events.loc[("a", 2005)].fillna(-1).tolist() == [1, -1, -1]
    assert came.events.loc[("c", 2005)].fillna(-1).tolist() == [0, 0, -1]
    assert came.events.loc[("b", 2005)].fillna(-1).tolist() == [1, -1, 0]
    assert went.events.loc[("b", 2005)].fillna(-1).tolist() == [-1, 1, -1]
    assert came.ends == {2005: 2010}
    row = came.glance().iloc[0]
    assert (row["at_risk"], row["moves"]) == (6, 2)
    tidy = came.tidy()
    assert tidy.loc[("a", 2005, "y")].tolist() == [2010, 1]


def test_buffer_takes_what_is_undecided_out_of_risk():
    """With 0.3 around 1: a's z at 0.73 is within, hence not at risk of entry."""
    wide = entries({1: FIRST, 2: SECOND}, buffer=0.3)
    assert wide.events.loc[("a", 1)].fillna(-1).tolist() == [-1, 1, -1]
    # a's quotient of y rises from 0.36 to 1.61: enough for a buffer of 0.6, not for one of 0.63
    assert entries({1: FIRST, 2: SECOND}, buffer=0.6).events.loc[("a", 1), "y"] == 1
    assert entries({1: FIRST, 2: SECOND}, buffer=0.63).events.loc[("a", 1), "y"] == 0
    for wrong in (1.0, -0.1):
        with pytest.raises(InputError, match="buffer"):
            entries({1: FIRST, 2: SECOND}, buffer=wrong)


def test_all_shapes_of_data_say_the_same():
    data = tables()
    wide = pd.concat(data, names=["period", "region"]).swaplevel().sort_index()
    long = wide.melt(ignore_index=False, var_name="activity", value_name="patents").reset_index()
    for other in (
        wide.iloc[::-1],
        long.sample(frac=1, random_state=0),
        dict(reversed(data.items())),
    ):
        pd.testing.assert_frame_equal(
            entries(data).events, entries(other).events, check_exact=True, check_names=False
        )
        pd.testing.assert_frame_equal(
            relatedness_density(data).values,
            relatedness_density(other).values,
            check_exact=True,
            check_names=False,
        )
    some = entries(long[long["patents"] > 1])
    zeros = entries({t: table.where(table > 1, 0) for t, table in data.items()})
    pd.testing.assert_frame_equal(some.events, zeros.events, check_names=False)


def test_density_by_period_is_that_of_each_table(density):
    for period, table in tables().items():
        one = relatedness_density(table).values
        np.testing.assert_array_equal(density.values.xs(period, level="period"), one)


def test_new_activities_are_nobodys_at_first():
    first = FIRST.assign(new=0)
    second = SECOND.assign(new=[0, 4, 0])
    found = entries({1: first, 2: second})
    assert found.events["new"].tolist() == [0, 1, 0]
    assert "new" in found.notes[0]


@pytest.mark.parametrize(
    ("data", "options", "error", "words"),
    [
        ({2005: FIRST}, {}, PanelError, "at least 2 periods"),
        ({"2005": FIRST, "2010": SECOND}, {}, PanelError, "no order in time"),
        ({2005: FIRST, pd.Timestamp("2010"): SECOND}, {}, PanelError, "of one kind"),
        ({2005: FIRST, 2010: SECOND}, {"periods": [2010, 2005]}, PanelError, "increasing"),
        ({2005: FIRST, 2010: SECOND}, {"periods": [2005, 2020]}, PanelError, "2020"),
        ({2005: FIRST, 2010: SECOND.drop(index="b")}, {}, IdError, "b"),
        ({2005: FIRST, 2010: SECOND.drop(columns="z")}, {}, IdError, "z"),
        ({2005: FIRST, 2010: SECOND.mul([1, 0, 1], axis=0)}, {}, ValuesError, "2010(.|\n)*b"),
        ({2005: FIRST, 2010: SECOND}, {"presence": "weighted"}, InputError, "presence"),
        (FIRST, {}, InputError, "one table"),
        ({2005: FIRST, 2010: [1]}, {}, InputError, "2010"),
    ],
)
def test_periods_at_fault_are_named(data, options, error, words):
    with pytest.raises(error, match=words):
        entries(data, **options)


def test_mixed_schemes_are_refused():
    mixed = FIRST.set_axis(["RU-TYU", "RU-KHM", "RU-TOM"])
    with pytest.raises(IdError, match="RU-"):
        entries({1: mixed, 2: mixed})


def dense(found, sample, effects):
    """Least squares on dummies, by statsmodels, with its clustered covariances."""
    y = sample["event"].to_numpy(float)
    columns = [sample["density"].to_numpy()[:, None], np.ones((len(y), 1))]
    for name in effects:
        dummies = pd.get_dummies(sample[name], drop_first=True, dtype=float)
        columns.append(dummies.to_numpy())
    X = np.column_stack(columns)
    n, counted = len(y), 2  # density and the constant: effects lie within clusters
    fit = sm.OLS(y, X).fit()

    def variance(codes):
        G = len(np.unique(codes))
        option = {"groups": codes, "use_correction": False}
        plain = sm.OLS(y, X).fit(cov_type="cluster", cov_kwds=option).cov_params()[0, 0]
        return plain * G / (G - 1) * (n - 1) / (n - counted)

    one, two = (pd.factorize(sample[name])[0] for name in ("region", "activity"))
    both = variance(one) + variance(two) - variance(one * 1000 + two)
    return fit.params[0], both


def rows_of(moves, density):
    sample = moves.tidy().reset_index()
    where = zip(sample["region"], sample["period"], sample["activity"], strict=True)
    values = [density.values.loc[(region, period), name] for region, period, name in where]
    return sample.assign(density=values)


def test_linear_model_is_least_squares_on_dummies_clustered_in_two_ways(moves, density):
    found = entry_model(moves, density, effects=["region", "activity"])
    slope, variance = dense(found, rows_of(moves, density), ["region", "activity"])
    assert found.params["density"] == pytest.approx(slope, rel=1e-6)
    assert found.std_errors["density"] ** 2 == pytest.approx(variance, rel=1e-5)
    assert found.df == 13
    plain = entry_model(moves, density, effects=[], clusters=[])
    sample = rows_of(moves, density)
    fit = sm.OLS(sample["event"], sm.add_constant(sample["density"])).fit(cov_type="HC1")
    np.testing.assert_allclose(plain.params, fit.params, rtol=1e-10)
    np.testing.assert_allclose(plain.std_errors, fit.bse, rtol=1e-10)
    assert plain.rsquared == pytest.approx(fit.rsquared, rel=1e-10)


@pytest.mark.parametrize("clusters", [[], ["region"]])
def test_effects_that_no_cluster_contains_are_counted_once_as_their_rank(moves, density, clusters):
    # the dummies of two effects have one column less than levels, as statsmodels counts them
    found = entry_model(moves, density, effects=["activity", "period"], clusters=clusters)
    sample = rows_of(moves, density)
    dummies = [pd.get_dummies(sample[n], drop_first=True) for n in ("activity", "period")]
    X = sm.add_constant(pd.concat([sample["density"], *dummies], axis=1).astype(float))
    options = {"cov_type": "HC1"}
    if clusters:
        groups = pd.factorize(sample["region"])[0]
        options = {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
    fit = sm.OLS(sample["event"], X).fit(**options)
    assert found.std_errors["density"] == pytest.approx(fit.bse["density"], rel=1e-7)


def test_change_is_relative_to_the_mean_probability(moves, density):
    found = entry_model(moves, density)
    sample = rows_of(moves, density)
    d, p = sample["density"].mean(), sample["event"].mean()
    table = found.change(0.10)
    expected = 100 * found.params["density"] * 0.1 * d / p
    assert table["estimate"].iloc[0] == pytest.approx(expected)
    assert table["estimate"].iloc[2] == pytest.approx(100 * 10 * found.params["density"] / p)
    share = entry_model(moves, relatedness_density(tables(), scale="share"))
    np.testing.assert_allclose(share.change().to_numpy(), table.to_numpy(), rtol=1e-6)


def test_logit_solves_its_score_and_its_slope_is_the_average_derivative(moves, density):
    found = entry_model(moves, density, model="logit")
    sample = rows_of(moves, density)
    X = np.column_stack([np.ones(len(sample)), sample["density"]])
    beta = found.params.to_numpy()

    def mean_at(b, h=0.0):
        return (1 / (1 + np.exp(-(X @ b + h * b[1])))).mean()

    p = 1 / (1 + np.exp(-(X @ beta)))
    np.testing.assert_allclose(X.T @ (sample["event"] - p), 0, atol=1e-5)
    h = 1e-5

    def slope(b):
        return (mean_at(b, h) - mean_at(b, -h)) / (2 * h)

    assert found.slope == pytest.approx(slope(beta), rel=1e-6)
    steps = np.eye(2) * 1e-4
    gradient = np.array([(slope(beta + s) - slope(beta - s)) / 2e-4 for s in steps])
    variance = gradient @ found.cov.to_numpy() @ gradient
    assert found.slope_se == pytest.approx(np.sqrt(variance), rel=1e-3)


def test_conditional_logit_of_pairs_is_a_logit_of_differences():
    """Chamberlain's case: of two rows one says yes; statsmodels' Logit on differences."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2, 2))
    first = rng.random(80) < 1 / (1 + np.exp(-(x[:, 0] - x[:, 1]) @ [1.0, -0.5]))
    y = np.column_stack([first, ~first]).astype(float)
    groups = np.repeat(np.arange(80), 2)
    found = conditional_logit(y.ravel(), x.reshape(-1, 2), groups)
    fit = sm.Logit(first.astype(float), x[:, 0] - x[:, 1]).fit(disp=0, cov_type="HC0")
    np.testing.assert_allclose(found.params, fit.params, atol=1e-5)
    np.testing.assert_allclose(found.cov, fit.cov_params() * 80 / 79, rtol=1e-3)


def test_known_slope_is_found(moves, density):
    estimates = [
        entry_model(drawn(moves, density, seed, slope=0.006), density).params["density"]
        for seed in range(12)
    ]
    error = np.std(estimates, ddof=1) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - 0.006) < 3 * error + 3e-4


@pytest.mark.slow
def test_no_slope_is_rejected_at_its_level():
    """Simulated without an effect of density, both sides with effects of their own."""
    data = tables(60, 40, seed=1)
    moves, density = entries(data), relatedness_density(data)
    rejected = [
        entry_model(drawn(moves, density, seed, slope=0.0), density).tidy()["p_value"].item() < 0.05
        for seed in range(200)
    ]
    # 200 draws at 5 %: 1 % to 11 % is within four standard errors
    assert 0.01 < np.mean(rejected) < 0.11


@pytest.mark.slow
def test_controls_are_joined_by_their_ids(moves, density):
    regions = moves.events.index.get_level_values("region").unique()
    size = pd.Series(np.arange(len(regions)) ** 1.5, regions, name="size").to_frame()
    kinds = pd.DataFrame({"kind": np.arange(14) % 3.0}, index=moves.events.columns)
    pairs = {"level": tables()[2000]}
    found = entry_model(
        moves, density, effects=["period"], pair_controls=pairs,
        region_controls=size.iloc[::-1], activity_controls=kinds.sample(frac=1, random_state=0),
    )  # fmt: skip
    assert found.params.index.tolist() == ["density", "size", "kind", "level"]
    sample = rows_of(moves, density)
    X = pd.DataFrame(
        {
            "density": sample["density"],
            "size": size["size"].loc[sample["region"]].to_numpy(),
            "kind": kinds["kind"].loc[sample["activity"]].to_numpy(),
            "level": [tables()[2000].loc[r, a] for r, a in
                      zip(sample["region"], sample["activity"], strict=True)],
            "later": (sample["period"] == 2005).astype(float),
        }
    )  # fmt: skip
    fit = sm.OLS(sample["event"], sm.add_constant(X)).fit()
    np.testing.assert_allclose(found.params, fit.params[found.params.index], rtol=1e-6)
    with pytest.raises(CollinearityError, match="size"):
        entry_model(moves, density, region_controls=size)
    with pytest.raises(CollinearityError, match="twice"):
        entry_model(moves, density, effects=[], region_controls=size.assign(twice=2 * size["size"]))
    with pytest.raises(IdError, match="r03"):
        entry_model(moves, density, region_controls=size.drop(index="r03"))
    with pytest.raises(ValuesError, match="r03"):
        entry_model(moves, density, region_controls=size.where(size["size"] != 3**1.5))
    with pytest.raises(InputError, match="more than once"):
        entry_model(moves, density, region_controls=size.rename(columns={"size": "density"}))


def test_separation_is_named(moves, density):
    rows = density.values.loc[moves.events.index]
    split = (rows > np.median(rows)).astype(float).where(moves.events.notna())
    apart = replace(moves, events=split)
    with pytest.raises(ValuesError, match="separation by density"):
        entry_model(apart, density, model="logit")
    with pytest.raises(ValuesError, match="separation by density"):
        entry_model(apart, density, model="conditional-logit")
    events = moves.events.copy()
    had = ~events.groupby(level="region").sum().any(axis=1)
    events.loc["r07"] = events.loc["r07"].where(events.loc["r07"].isna(), 0.0).to_numpy()
    quiet = replace(moves, events=events)
    with pytest.raises(ValuesError, match="r07"):
        entry_model(quiet, density, model="logit", effects=["region"])
    found = entry_model(quiet, density, model="conditional-logit", effects=["region"])
    none = int((had | (had.index == "r07")).sum())
    assert f"{none} of 30 groups" in found.notes[0]
    assert entry_model(quiet, density).nobs == int(events.notna().to_numpy().sum())


def test_what_cannot_be_explained_is_refused(moves, density):
    still = replace(moves, events=moves.events * 0)
    with pytest.raises(ValuesError, match="0 entries"):
        entry_model(still, density)
    flat = replace(density, values=density.values * 0 + 7)
    with pytest.raises(ValuesError, match="7 everywhere"):
        entry_model(moves, flat)
    with pytest.raises(InputError, match="by period"):
        entry_model(moves, relatedness_density(tables()[2000]))
    with pytest.raises(InputError, match="entries or exits"):
        entry_model(moves.events, density)
    with pytest.raises(InputError, match="at most two"):
        entry_model(moves, density, clusters=["region", "activity", "period"])
    with pytest.raises(InputError, match="a list of words"):
        entry_model(moves, density, effects="region")
    with pytest.raises(InputError, match="one group"):
        entry_model(moves, density, model="conditional-logit", effects=["region", "activity"])


def test_order_of_rows_changes_no_estimate(moves, density):
    data = {t: table.iloc[::-1, ::-1] for t, table in tables().items()}
    again = entry_model(entries(data), relatedness_density(data))
    pd.testing.assert_frame_equal(
        entry_model(moves, density).tidy(), again.tidy(), check_exact=True
    )
