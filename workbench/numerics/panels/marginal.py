"""Marginal likelihoods of static spatial panels once fixed effects are transformed out."""

from __future__ import annotations

import numpy as np

from workbench.numerics.likelihoods.marginal import Density, Prior, log_integral_of, squares_of
from workbench.numerics.panels.likelihood import PanelProblem
from workbench.typing import FloatArray


def log_panel_marginal(problem: PanelProblem, *, prior: Prior, constant: bool) -> float:
    """Integrate β, σ, ρ and λ out of a static panel whose effects are transformed out.

    Parameters
    ----------
    problem : PanelProblem
        With the weights of Wy and of the disturbance that the model has; either may be missing.
        Weights leave the effects alone: with effects of periods their rows have one sum.
    prior : Prior
    constant : bool
        Whether the first column is the constant, which has no g; not under fixed effects.

    Returns
    -------
    float
        log p(y) up to a constant that models of one y and one set of effects share; see
        :func:`workbench.numerics.likelihoods.marginal.log_marginal`.

    Notes
    -----
    As there, with the observations that effects leave, n_eff = N(T − 1) with effects of regions,
    in the place of n, and T − 1 log-determinants, less those of the constant with effects of
    periods (Lee and Yu 2010). The prior of the effects is flat and common to all models.

    References
    ----------
    LeSage, J. P. (2014). Spatial econometric panel data model specification: a Bayesian approach.
    Spatial Statistics 9, 122–145.

    Examples
    --------
    >>> from scipy import sparse
    >>> from workbench.numerics.panels.layers import one_layer
    >>> W = sparse.csr_array(np.diag(np.ones(9), 1) + np.diag(np.ones(9), -1))
    >>> rng = np.random.default_rng(0)
    >>> X, layers = rng.normal(size=(50, 1)), one_layer(W, 5)
    >>> y = layers.solve(X + rng.normal(size=(50, 1)), 0.4)[:, 0]
    >>> lag, none = (PanelProblem(y, X, L, None, lambda x: x, 50) for L in (layers, None))
    >>> lag, none = (log_panel_marginal(p, prior=Prior(50), constant=False) for p in (lag, none))
    >>> lag > none
    True
    """
    columns = problem.clear(np.column_stack([problem.y, problem.X]))
    y, Z = columns[:, 0], columns[:, 1:]
    lag, error = problem.lag, problem.error
    lagged = None if lag is None else problem.clear(lag.lag(problem.y[:, None]))[:, 0]

    def of_error(basis: FloatArray) -> FloatArray:
        return basis if error is None else problem.clear(error.lag(basis))

    density = Density(
        squares_of(y, Z, lagged=lagged, error=None if error is None else of_error),
        (problem.n_eff, Z.shape[1]),
        prior=prior,
        constant=constant,
        lag=None if lag is None else problem.determinant(lag),
        error=None if error is None else problem.determinant(error),
    )
    return log_integral_of(density)
