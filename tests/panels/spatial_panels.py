"""Small panels on a lattice that several modules of tests draw from."""

import numpy as np
import pandas as pd
from scipy import sparse

import workbench as wb


def lattice(side):
    """Rook neighbours on a square, row-standardised, as weights of regions r00, r01, ..."""
    i = np.arange(side * side)
    row, column = i // side, i % side
    links = np.abs(row[:, None] - row) + np.abs(column[:, None] - column) == 1
    ids = [f"r{k:03d}" for k in i]
    return wb.weights.from_matrix(sparse.csr_array(links.astype(float)), ids=ids, normalize="row")


def drawn(W, T, seed, *, rho=0.0, theta=0.0, lam=0.0, mu=0.0, psi=0.0, years=0.0, tied=0.0):
    """y = rho Wy + x + theta Wx + mu_i + year_t + u, u = lam Wu + e, e = psi e(-1) + noise."""
    random = np.random.default_rng(seed)
    N, dense = W.n, W.sparse.toarray()
    eye = np.eye(N)
    effects = random.standard_normal(N)
    x = random.standard_normal((N, T)) + tied * effects[:, None]
    e = random.standard_normal((N, T))
    e[:, 0] /= np.sqrt(1 - psi**2)
    for t in range(1, T):
        e[:, t] += psi * e[:, t - 1]
    u = np.linalg.solve(eye - lam * dense, e)
    common = years * random.standard_normal(T)
    right = 1 + x + theta * dense @ x + mu * effects[:, None] + common + u
    y = np.linalg.solve(eye - rho * dense, right)
    index = pd.MultiIndex.from_product([W.ids, range(2000, 2000 + T)], names=["region", "year"])
    return pd.DataFrame({"y": y.ravel(), "x": x.ravel()}, index=index)


def drawn_dynamic(W, T, seed, *, tau=0.4, eta=0.0, rho=0.0, years=0.0, spread=1.0, slope=1.0):
    """y = tau y(-1) + eta Wy(-1) + rho Wy + slope x + mu_i + year_t + e, after 30 periods.

    x is correlated with mu, e has another variance in each region.
    """
    random = np.random.default_rng(seed)
    N, dense = W.n, W.sparse.toarray()
    A = np.linalg.inv(np.eye(N) - rho * dense)
    effects = spread * random.standard_normal(N)
    scale = random.uniform(0.5, 1.5, N)
    y, kept = A @ effects / (1 - tau), []
    for t in range(30 + T):
        x = random.standard_normal(N) + 0.5 * effects
        year = years * random.standard_normal()
        e = scale * random.standard_normal(N)
        y = A @ (tau * y + eta * dense @ y + slope * x + effects + year + e)
        if t >= 30:
            kept.append((y, x))
    values = np.array(kept).transpose(2, 0, 1).reshape(-1, 2)
    index = pd.MultiIndex.from_product([W.ids, range(2000, 2000 + T)], names=["region", "year"])
    return pd.DataFrame(values, columns=["y", "x"], index=index)


def contrasts(n):
    """Orthonormal contrasts, shape (n - 1, n): what is left where a mean is taken out."""
    return np.linalg.svd(np.eye(n) - 1 / n)[2][:-1]


def transformed(data, W, T, effects):
    """y, X and W of the panel as one cross-section whose effects are transformed out, dense."""
    N, dense = W.n, W.sparse.toarray()
    over_time = contrasts(T) if effects in ("entity", "two-way") else np.eye(T)
    over_space = contrasts(N) if effects in ("time", "two-way") else np.eye(N)
    F = np.kron(over_space, over_time)
    big = np.kron(over_space @ dense @ over_space.T, np.eye(len(over_time)))
    return F @ data["y"].to_numpy(), F @ data[["x"]].to_numpy(), big
