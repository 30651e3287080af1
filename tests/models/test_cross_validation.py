"""Promise: blocks are predicted by the conditional normal distribution that the model implies."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.errors import ConvergenceError, IdError, InputError, OptionError


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("model", ["ols", "slx", "sar", "sem", "sac", "sdm", "sdem"])
def test_scores_are_those_of_dense_conditional_normals(columbus, model):
    """By hand: fits without the block through wb.fit; mean and covariance by dense inverses."""
    table = columbus.table.sort_index()
    W = columbus.W
    blocks = pd.Series(np.arange(len(table)) // 17, index=table.index)
    steps = wb.ladder(columbus.formula, table, W, models=(model,))
    found = steps.cross_validate(blocks.sample(frac=1, random_state=1)).table.loc[model]
    M, eye = W.sparse.toarray(), np.eye(len(table))
    X = np.column_stack([np.ones(len(table)), table[["INC", "HOVAL"]]])
    Z = np.column_stack([X, M @ X[:, 1:]]) if model in ("slx", "sdm", "sdem") else X
    y, squares, density = table["CRIME"].to_numpy(), 0.0, 0.0
    for block in range(3):
        h = (blocks == block).to_numpy()
        kept = table[~h]
        fit = wb.fit(columbus.formula, kept, W.restrict(kept.index), model=model)
        B = np.linalg.inv(eye - fit.params.get("rho", 0.0) * M)
        root = B @ np.linalg.inv(eye - fit.params.get("lambda", 0.0) * M)
        mean = B @ Z @ fit.params.to_numpy()[: Z.shape[1]]
        V = fit.sigma2 * root @ root.T
        gain = V[np.ix_(h, ~h)] @ np.linalg.inv(V[np.ix_(~h, ~h)])
        predicted = mean[h] + gain @ (y - mean)[~h]
        conditional = V[np.ix_(h, h)] - gain @ V[np.ix_(~h, h)]
        squares += np.sum((y[h] - predicted) ** 2)
        spread = (conditional + conditional.T) / 2
        density += stats.multivariate_normal(predicted, spread).logpdf(y[h])
    assert found["rmse"] == pytest.approx(np.sqrt(squares / len(y)), rel=1e-8)
    assert found["log_score"] == pytest.approx(density / len(y), rel=1e-8)
    assert found["regions"] == len(y)


def test_blocks_are_checked(columbus):
    steps = wb.ladder(columbus.formula, columbus.table, columbus.W, models=("ols", "sar"))
    blocks = pd.Series(0, index=columbus.table.index)
    with pytest.raises(InputError, match="two blocks"):
        steps.cross_validate(blocks)
    with pytest.raises(InputError, match="without one"):
        steps.cross_validate(blocks.iloc[1:])
    with pytest.raises(InputError, match="Series"):
        steps.cross_validate([1, 2])
    for given, match in (({"buffer": -1}, "buffer"), ({"k": 1}, "2 to 49"), ({"k": 50}, "2 to 49")):
        with pytest.raises(InputError, match=match):
            steps.cross_validate(**given)
    with pytest.raises(InputError, match="not both"):
        steps.cross_validate(blocks, k=3)
    with pytest.raises(InputError, match="smaller buffer"):
        steps.cross_validate(k=2, buffer=9)
    with pytest.raises(OptionError):
        steps.cross_validate(predictor="trend")
    found = steps.cross_validate(blocks.where(np.arange(49) < 25, 1))
    assert set(found.table.columns) | set(found.by_block.columns) <= set(GLOSSARY)


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize("predictor", ["BP", "TC"])
@pytest.mark.parametrize("model", ["slx", "sar", "sem", "gns"])
def test_a_buffer_is_neither_estimated_from_nor_known(columbus, model, predictor):
    """By hand: block and buffer out of the fit; their normal law given the rest, block alone."""
    table, W = columbus.table.sort_index(), columbus.W
    blocks = pd.Series(np.arange(len(table)) // 17, index=table.index)
    steps = wb.ladder(columbus.formula, table, W, models=(model,))
    found = steps.cross_validate(blocks, buffer=1, predictor=predictor)
    M, eye = W.sparse.toarray(), np.eye(len(table))
    X = np.column_stack([np.ones(len(table)), table[["INC", "HOVAL"]]])
    Z = np.column_stack([X, M @ X[:, 1:]]) if model in ("slx", "gns") else X
    y = table["CRIME"].to_numpy()
    for block in range(3):
        h = (blocks == block).to_numpy()
        near = ((M + M.T)[h].sum(axis=0) > 0) & ~h
        assert near.any()
        t = ~(h | near)
        fit = wb.fit(columbus.formula, table[t], W.restrict(table.index[t]), model=model)
        B = np.linalg.inv(eye - fit.params.get("rho", 0.0) * M)
        root = B @ np.linalg.inv(eye - fit.params.get("lambda", 0.0) * M)
        mean = B @ Z @ fit.params.to_numpy()[: Z.shape[1]]
        V = fit.sigma2 * root @ root.T
        predicted, spread = mean[h], V[np.ix_(h, h)]
        if predictor == "BP":
            gain = V[np.ix_(h, t)] @ np.linalg.inv(V[np.ix_(t, t)])
            predicted = predicted + gain @ (y - mean)[t]
            spread = spread - gain @ V[np.ix_(t, h)]
        row = found.by_block.loc[(model, block)]
        assert row["rmse"] == pytest.approx(np.sqrt(np.mean((y[h] - predicted) ** 2)), rel=1e-8)
        density = stats.multivariate_normal(predicted, (spread + spread.T) / 2).logpdf(y[h])
        assert row["log_score"] == pytest.approx(density / h.sum(), rel=1e-8)


def test_other_weights_and_case_weights_are_those_of_the_fits(columbus):
    """By hand as above, with W_x, W_error and case weights: precision A'CA over sigma squared."""
    table, W = columbus.table.sort_index(), columbus.W
    table = table.assign(c=np.linspace(0.5, 2.0, 49))
    second = ((W.sparse @ W.sparse).toarray() > 0).astype(float)
    np.fill_diagonal(second, 0.0)
    K = wb.weights.from_matrix(second, ids=list(W.ids), normalize="row")
    blocks = pd.Series(np.arange(49) // 17, index=table.index)
    given = {"W_x": K, "W_error": K}
    steps = wb.ladder(columbus.formula, table, W, models=("gns",), case_weights="c", **given)
    found = steps.cross_validate(blocks).by_block
    M, N, eye = W.sparse.toarray(), K.sparse.toarray(), np.eye(49)
    X = np.column_stack([np.ones(49), table[["INC", "HOVAL"]]])
    Z, y = np.column_stack([X, N @ X[:, 1:]]), table["CRIME"].to_numpy()
    for block in range(3):
        h = (blocks == block).to_numpy()
        ids = table.index[~h]
        part = {name: weights.restrict(ids) for name, weights in given.items()}
        fit = wb.fit(
            columbus.formula, table[~h], W.restrict(ids), model="gns", case_weights="c", **part
        )
        B = np.linalg.inv(eye - fit.params["rho"] * M)
        root = B @ np.linalg.inv(eye - fit.params["lambda"] * N)
        V = fit.sigma2 * root @ np.diag(1 / table["c"]) @ root.T
        mean = B @ Z @ fit.params.to_numpy()[: Z.shape[1]]
        gain = V[np.ix_(h, ~h)] @ np.linalg.inv(V[np.ix_(~h, ~h)])
        predicted = mean[h] + gain @ (y - mean)[~h]
        spread = V[np.ix_(h, h)] - gain @ V[np.ix_(~h, h)]
        row = found.loc[("gns", block)]
        assert row["rmse"] == pytest.approx(np.sqrt(np.mean((y[h] - predicted) ** 2)), rel=1e-7)
        density = stats.multivariate_normal(predicted, (spread + spread.T) / 2).logpdf(y[h])
        assert row["log_score"] == pytest.approx(density / h.sum(), rel=1e-7)


def _by_block(found, column):
    """A row a model, a column a block."""
    return found.by_block.reset_index().pivot_table(index="model", columns="block", values=column)


def test_standard_errors_are_those_over_blocks(columbus):
    """Equal blocks of seven: the ordinary standard error of seven block means."""
    table = columbus.table.sort_index()
    blocks = pd.Series(np.arange(49) % 7, index=table.index)
    steps = wb.ladder(columbus.formula, table, columbus.W, models=("ols", "sar"))
    found = steps.cross_validate(blocks)
    scores = _by_block(found, "log_score")
    own = found.table
    np.testing.assert_allclose(own["log_score_se"], scores.sem(axis=1)[own.index], rtol=1e-10)
    best = own["log_score"].idxmax()
    behind = scores.loc[best] - scores
    np.testing.assert_allclose(own["behind"], behind.mean(axis=1)[own.index], atol=1e-12)
    np.testing.assert_allclose(own["behind_se"], behind.sem(axis=1)[own.index], atol=1e-12)
    squares = _by_block(found, "rmse") ** 2
    expected = (squares.sem(axis=1) / (2 * np.sqrt(squares.mean(axis=1))))[own.index]
    np.testing.assert_allclose(own["rmse_se"], expected, rtol=1e-10)


def test_the_mean_is_a_model_and_its_scores_are_by_hand(columbus):
    table = columbus.table.sort_index()
    blocks = pd.Series(np.arange(49) % 7, index=table.index)
    steps = wb.ladder(columbus.formula, table, columbus.W, models=("ols", "sar"))
    found = steps.cross_validate(blocks).table.loc["mean"]
    y = table["CRIME"].to_numpy()
    errors = [y[blocks == b] - y[blocks != b].mean() for b in range(7)]
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean(np.concatenate(errors) ** 2)))
    assert found["predictor"] == "trend"


@pytest.mark.slow
def test_noise_is_not_told_apart(columbus):
    """An outcome that is random numbers: no model is clearly better than the mean."""
    table = columbus.table.assign(CRIME=np.random.default_rng(1).standard_normal(49))
    found = wb.ladder(columbus.formula, table, columbus.W).cross_validate(k=5)
    assert found.model in (None, "mean")
    if found.model is None:
        assert "mean" in found.candidates
        assert "cannot tell" in found.answer
    assert "better than the mean" in str(found)


@pytest.mark.slow
def test_blocks_of_their_own_are_connected_equal_and_the_same_for_any_order():
    states = wb.load("us-states")
    W = wb.weights.queen(states)
    y = wb.load("munnell-1990").xs(1986, level="year")
    steps = wb.ladder("log(gsp) ~ log(emp)", y, W, models=("ols", "sar"))
    for given in (None, states, states.sample(frac=1, random_state=2).geometry):
        found = steps.cross_validate(given, k=6)
        labels = found.blocks
        assert set(labels) == {1, 2, 3, 4, 5, 6}
        assert labels.value_counts().between(5, 12).all()
        for block in range(1, 7):
            part = labels.index[labels == block]
            assert len(set(W.restrict(part).components)) == 1
        assert "each is connected" in str(found)
    with_shapes = states.join(y)
    own = wb.ladder("log(gsp) ~ log(emp)", with_shapes, W, models=("ols", "sar"))
    shuffled = wb.ladder(
        "log(gsp) ~ log(emp)", with_shapes.sample(frac=1, random_state=2), W, models=("ols", "sar")
    )
    one, two = own.cross_validate(k=6), shuffled.cross_validate(k=6)
    pd.testing.assert_series_equal(one.blocks, steps.cross_validate(states, k=6).blocks)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    with pytest.raises(IdError, match="US-TX"):
        steps.cross_validate(states.drop("US-TX"))


def test_a_model_that_cannot_be_estimated_without_a_block_says_why(columbus, monkeypatch):
    import workbench.models.comparison.validation as room

    def fails(*_):
        raise ConvergenceError("rho", expected="a maximum", found="the end of the interval")

    steps = wb.ladder(columbus.formula, columbus.table, columbus.W, models=("ols", "sar"))
    monkeypatch.setattr(room, "ESTIMATORS", {**room.ESTIMATORS, "sar": fails})
    found = steps.cross_validate(k=4)
    assert np.isnan(found.table.loc["sar", "log_score"])
    assert "sar: not estimated without block 1" in str(found)
    assert "sar" not in found.candidates
