"""Promise: blocks are predicted by the conditional normal distribution that the model implies."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import workbench as wb
from workbench.core.vocabulary import GLOSSARY
from workbench.errors import InputError


@pytest.mark.parametrize("model", ["ols", "slx", "sar", "sem", "sac", "sdm", "sdem"])
def test_scores_are_those_of_dense_conditional_normals(columbus, model):
    """By hand: fits without the block through wb.fit; mean and covariance by dense inverses."""
    table = columbus.table.sort_index()
    W = columbus.W
    blocks = pd.Series(np.arange(len(table)) // 17, index=table.index)
    steps = wb.ladder(columbus.formula, table, W, models=(model,))
    found = steps.cross_validate(blocks.sample(frac=1, random_state=1)).loc[model]
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
    assert set(steps.cross_validate(blocks.where(np.arange(49) < 25, 1)).columns) <= set(GLOSSARY)
