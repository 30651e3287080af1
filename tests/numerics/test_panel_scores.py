"""The variance of a panel's score, against dense matrices, its exact value and the information.

Pairs of regions, solved for block by block, equal a double loop over dense matrices. For normal
disturbances of any covariance over time the variance of a linear-quadratic form is
L'(I x S)L + tr of products of its symmetric matrix (Kelejian and Prucha 2001): the mean of our
estimates over draws is that, and for white disturbances the expected information.
"""

from __future__ import annotations

import numpy as np
import pytest

from workbench.numerics.likelihoods.quasi_likelihood import Scores, quasi_covariance
from workbench.numerics.panels import likelihood_scores as kernel
from workbench.numerics.panels.forms import form_layers, form_of
from workbench.numerics.panels.layers import Layers, one_layer
from workbench.numerics.panels.likelihood_scores import (
    PanelScores,
    cell_variance,
    disturbance_moments,
    independent_diagonals,
    pair_products,
    period_sums,
    period_variance,
    region_variance,
)
from workbench.numerics.sparse.matrices import as_weights

RHO, LAM = 0.4, -0.3


def ring(n, steps):
    """Row-standardised weights: neighbours up to some steps ahead on a ring, two behind."""
    links = sum(np.roll(np.eye(n), s, axis=1) for s in steps)
    return as_weights(links / links.sum(axis=1, keepdims=True))


def cleared(columns, N, T, effects):
    cube = columns.reshape(N, T, -1)
    if effects[0]:
        cube = cube - cube.mean(axis=1, keepdims=True)
    if effects[1]:
        cube = cube - cube.mean(axis=0, keepdims=True)
    return cube.reshape(columns.shape)


def dense_forms(W, M, effects):
    """P of rho and lambda, periods' means out, and that of sigma2 = 1, as dense matrices."""
    n = W.shape[0]
    w, m, eye = W.toarray(), M.toarray(), np.eye(W.shape[0])
    A, B = eye - RHO * w, eye - LAM * m
    J = eye - 1 / n if effects[1] else eye
    H, G = B @ w @ np.linalg.inv(A) @ np.linalg.inv(B), m @ np.linalg.inv(B)
    return [J @ H, J @ G, J / 2]


class Case:
    """A SAC panel at known parameters, sigma2 = 1."""

    def __init__(self, N, T, effects, seed=0):
        self.N, self.T, self.effects = N, T, effects
        rng = np.random.default_rng(seed)
        self.W, self.M = ring(N, (1, 2, -1)), ring(N, (1, -1, 5))
        self.region, self.period = np.repeat(np.arange(N), T), np.tile(np.arange(T), N)
        self.linear = np.zeros((N * T, 4))
        self.linear[:, :2] = cleared(rng.normal(size=(N * T, 2)), N, T, effects)
        self.layers = form_layers(
            one_layer(self.W, T),
            one_layer(self.M, T),
            at=(RHO, LAM),
            region=self.region,
            centred=effects[1],
        )
        self.forms = [np.zeros((N, N)), *dense_forms(self.W, self.M, effects)]

    def scores(self, e):
        v = cleared(e.reshape(-1, 1), self.N, self.T, self.effects)[:, 0]
        shape = (self.N, self.T)
        return PanelScores(
            self.linear, v, self.layers, self.region, self.period, *shape, 1.0, *self.effects
        )

    def exact(self, over_time):
        """Variance of the score of normal disturbances with this covariance over time."""
        N, T = self.N, self.T
        eye_T = np.eye(T) - 1 / T if self.effects[0] else np.eye(T)
        S = np.kron(np.eye(N), over_time)
        out = self.linear.T @ S @ self.linear
        J = np.eye(N) - 1 / N if self.effects[1] else np.eye(N)
        big = [np.kron(J @ P @ J, eye_T) for P in self.forms]
        big = [0.5 * (P + P.T) for P in big]
        trace = np.array([[2 * np.sum((P @ S) * (S @ R)) for R in big] for P in big])
        return out + trace

    def mean(self, over_time, estimate, draws=120):
        root = np.linalg.cholesky(over_time)
        rng = np.random.default_rng(1)
        sizes = (draws, self.N, self.T)
        return np.mean([estimate(self.scores(e @ root.T)) for e in rng.normal(size=sizes)], axis=0)


NONE, REGIONS, PERIODS, BOTH = (False, False), (True, False), (False, True), (True, True)


@pytest.mark.parametrize("effects", [NONE, REGIONS, PERIODS, BOTH])
def test_sums_over_pairs_equal_a_double_loop(effects, monkeypatch):
    monkeypatch.setattr(kernel, "BLOCK", 4)
    case = Case(11, 3, effects)
    scores = case.scores(np.random.default_rng(2).standard_t(5, size=33))
    v = scores.residuals.reshape(11, 3)
    over_time, cells = np.zeros((4, 4)), np.zeros((4, 4))
    for i in range(11):
        for j in range(i):
            linked = np.array([P[i, j] + P[j, i] for P in case.forms])
            linked[3] = 0.0
            p = linked * (v[i] @ v[j])
            over_time += np.outer(p, p)
            for t in range(3):
                p = linked * v[i, t] * v[j, t]
                cells += np.outer(p, p)
    np.testing.assert_allclose(pair_products(scores, scores.residuals), over_time, rtol=1e-10)
    found = pair_products(scores, scores.residuals, over_time=False)
    np.testing.assert_allclose(found, cells, rtol=1e-10)
    diagonals = np.array([np.diag(P) for P in case.forms]).T
    np.testing.assert_allclose(scores.diagonals(), np.repeat(diagonals, 3, axis=0), atol=1e-12)


def test_forms_of_periods_equal_those_of_one_matrix():
    case = Case(9, 4, PERIODS)
    rows = tuple(np.arange(9) * 4 + t for t in range(4))
    varying = form_layers(
        Layers((case.W,) * 4, rows, 4),
        Layers((case.M,) * 4, rows, 4),
        at=(RHO, LAM),
        region=case.region,
        centred=True,
    )
    e = np.random.default_rng(3).normal(size=36)
    one = case.scores(e)
    case.layers = varying
    several = case.scores(e)
    for variance in (region_variance, cell_variance, period_variance):
        np.testing.assert_allclose(variance(several), variance(one), rtol=1e-10)


def test_transposed_forms_are_transposed():
    case = Case(8, 2, BOTH)
    form = form_of(case.W, case.M, rho=RHO, lam=LAM, centred=True)
    eye = np.eye(8)
    np.testing.assert_allclose(form.turned(eye), form.times(eye).T, atol=1e-12)
    np.testing.assert_allclose(form.times(eye), case.forms[1], atol=1e-12)


def test_scores_of_periods_are_the_quadratic_forms():
    case = Case(9, 5, BOTH)
    scores = case.scores(np.random.default_rng(4).normal(size=45))
    v, L = scores.residuals.reshape(9, 5), case.linear.reshape(9, 5, 4)
    dense = np.array([[P_v(P, v[:, t]) for P in case.forms] for t in range(5)])
    dense += np.einsum("itp,it->tp", L, v)
    np.testing.assert_allclose(period_sums(scores), dense - dense.mean(axis=0), atol=1e-12)


def P_v(P, v):
    return v @ P @ v


@pytest.mark.slow
@pytest.mark.parametrize("effects", [NONE, REGIONS, PERIODS, BOTH])
def test_the_mean_over_dependent_draws_is_the_exact_variance(effects):
    """Autoregressive over time and four times the variance at the end.

    9 % covers the simulation (120 draws of 60 regions: 2 to 3 %) and what is left out of order
    1/N (2 % by 1,500 draws); sigma2, of which 4 % are left out, 12 %. The exact variance is 30 %
    above that of white disturbances.
    """
    case = Case(60, 4, effects)
    scale = np.array([1.0, 1.2, 1.5, 2.0])
    over_time = 0.7 ** np.abs(np.subtract.outer(range(4), range(4))) * np.outer(scale, scale)
    exact, found = case.exact(over_time), case.mean(over_time, region_variance)
    size = np.sqrt(np.diag(exact))
    wide = np.full((4, 4), 0.09)
    wide[3, 3] = 0.12
    assert (np.abs(found - exact) < wide * np.outer(size, size)).all()
    white = case.exact(np.eye(4))
    assert exact[1, 1] > 1.3 * white[1, 1]


@pytest.mark.slow
@pytest.mark.parametrize("effects", [NONE, REGIONS, PERIODS, BOTH])
@pytest.mark.parametrize("estimate", [region_variance, cell_variance, period_variance])
def test_the_mean_over_white_draws_is_the_information(effects, estimate):
    """150 draws: 60 regions are known to 2 to 3 %, 8 periods to 4 %."""
    T = 8
    case = Case(40, T, effects)
    exact = case.exact(np.eye(T))
    size = np.sqrt(np.diag(exact))
    found = case.mean(np.eye(T), estimate, draws=150)
    wide = 0.14 if estimate is period_variance else 0.07
    np.testing.assert_allclose(
        found / np.outer(size, size), exact / np.outer(size, size), atol=wide
    )


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", [NONE, REGIONS, PERIODS, BOTH])
def test_moments_of_disturbances_come_back_from_demeaned_residuals(effects):
    """Exponential less 1: variance 1, third moment 2, fourth 9."""
    case = Case(400, 6, effects)
    e = np.random.default_rng(5).exponential(size=(40, 2400)) - 1
    found = [disturbance_moments(case.scores(x)) for x in e]
    assert np.mean([m.third for m in found]) == pytest.approx(2.0, abs=0.1)
    assert np.mean([m.fourth for m in found]) == pytest.approx(9.0, abs=0.8)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("effects", [NONE, PERIODS, BOTH])
def test_the_quasi_covariance_is_the_variance_of_scores_of_skewed_disturbances(effects):
    """Dense scores of 20,000 draws of exponential disturbances: 4 % of simulation."""
    case = Case(12, 3, effects)
    e = np.random.default_rng(6).exponential(size=(20_000, 36)) - 1
    v = np.array([cleared(x[:, None], 12, 3, effects)[:, 0] for x in e])
    cube = v.reshape(-1, 12, 3)
    quadratic = np.stack([np.einsum("dit,ij,djt->d", cube, P, cube) for P in case.forms], axis=1)
    simulated = np.cov((v @ case.linear + quadratic).T)
    inverse = np.linalg.inv(case.exact(np.eye(3)))
    scores = case.scores(e[0])
    forms = Scores(scores.linear, independent_diagonals(scores))
    cov = quasi_covariance(inverse, forms, kernel.Moments(1.0, 2.0, 9.0))
    middle = np.linalg.solve(inverse, np.linalg.solve(inverse, cov).T)
    size = np.sqrt(np.diag(simulated))
    np.testing.assert_allclose(
        middle / np.outer(size, size), simulated / np.outer(size, size), atol=0.05
    )
