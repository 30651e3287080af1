"""Complexity and fitness agree with EconGeo, PyPI packages, closed forms and hand computation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.innovation.test_relatedness import PEER
from workbench.errors import ConvergenceError, InputError, ValuesError
from workbench.innovation.activity_space import complexity, fitness
from workbench.numerics.networks import incidence, spectra

# PyPI's ecomplexity 0.5.3 on the table PEER.
ECI = [-1.012053371584348, 1.33153383052498, -0.40572985608295137, 1.0942136472669686,
       -1.0776304535349899, 0.9505654110934049, -0.8808992076830643]  # fmt: skip
PCI = [-0.8808992076830643, 1.3815101196140962, 1.2815575414358635, -0.9558636413167361,
       -1.1993972657532437, 0.6195732807509462]  # fmt: skip
# PyPI's economic-complexity 0.3.0 with iterations=20: regions after 18, activities after 19 steps,
# both over the standard deviation with divisor n - 1.
STEPS_18 = [0.9386362116448271, -1.2314856160038392, 0.37397258952643225, -1.012826886518664,
            1.0035853543943596, -0.880619579188994, 0.8087379261458203]  # fmt: skip
STEPS_19 = [0.7727737924324859, -1.127800179715166, -1.0441497155476627, 0.8402545508407306,
            1.0470591185666063, -0.4881375665769338]  # fmt: skip


def nested(n: int) -> pd.DataFrame:
    """Region i has the first n − i activities; the first is everybody's, the last but one's."""
    values = np.tril(np.ones((n, n), dtype=int))[::-1]
    names = [f"a{i:02}" for i in range(n)]
    return pd.DataFrame(values, index=[f"r{i:02}" for i in range(n)], columns=names)


def rescaled(values: pd.Series) -> np.ndarray:
    return ((values - values.min()) / (values.max() - values.min()) * 100).to_numpy()


def test_diversity_and_ubiquity_of_counts_are_those_of_econgeo(econgeo_table, econgeo):
    found = complexity(econgeo_table, presence="weighted")
    for own, theirs in (
        (found.regions["diversity"], econgeo["diversity"]),
        (found.activities["ubiquity"], econgeo["ubiquity"]),
    ):
        assert own.tolist() == theirs[own.index].tolist()


def test_reflections_are_those_of_econgeo_to_the_digit(econgeo_table, econgeo):
    found = complexity(econgeo_table, method="reflections", iterations=20)
    for own, theirs in (
        (found.regions["complexity"], econgeo["morc"]),
        (found.activities["complexity"], econgeo["mort"]),
    ):
        np.testing.assert_allclose(rescaled(own), theirs[own.index], atol=1e-10)


def test_eigenvectors_are_those_of_econgeo_but_for_its_rounding(econgeo_table, econgeo):
    """EconGeo rounds the matrix of the walk to four decimals, divides the vector by its sum, and
    may turn its sign: the rounded matrix gives its digits, the exact one ours."""
    M = incidence.reaches(incidence.quotients(econgeo_table.to_numpy(float)), 1.0).astype(float)
    forth, back = M / M.sum(axis=1, keepdims=True), (M / M.sum(axis=0)).T
    for walk, theirs, ours in (
        (forth @ back, econgeo["kci"], complexity(econgeo_table).regions["complexity"]),
        (back @ forth, econgeo["tci"], complexity(econgeo_table).activities["complexity"]),
    ):
        given = theirs[ours.index].to_numpy()
        for exact in (False, True):
            values, vectors = np.linalg.eig(walk if exact else np.round(walk, 4))
            second = vectors[:, np.argsort(-values.real)[1]].real
            second = second / second.sum()
            if not exact:
                sign = np.sign(second @ given)
                np.testing.assert_allclose(sign * second, given, atol=1e-10)
        standard = (second - second.mean()) / second.std()
        own = (ours - ours.mean()) / ours.std(ddof=0)
        np.testing.assert_allclose(abs(own @ standard) / len(own), 1.0, atol=1e-12)


def test_eigenvector_is_that_of_the_harvard_package():
    found = complexity(PEER)
    np.testing.assert_allclose(found.regions["complexity"], ECI, atol=1e-10)
    np.testing.assert_allclose(found.activities["complexity"], PCI, atol=1e-10)


def test_reflections_are_those_of_economic_complexity():
    regions = complexity(PEER, method="reflections", iterations=18).regions["complexity"]
    np.testing.assert_allclose(regions * np.sqrt(6 / 7), STEPS_18, atol=1e-10)
    activities = complexity(PEER, method="reflections", iterations=20).activities["complexity"]
    np.testing.assert_allclose(activities * np.sqrt(5 / 6), STEPS_19, atol=1e-10)


def test_few_reflections_are_their_definition():
    """k_r,2 = mean over a region's activities of the mean diversity of those that have them."""
    M = nested(4).to_numpy(float)
    d, u = M.sum(axis=1), M.sum(axis=0)
    k1 = M.T @ d / u
    k2 = M @ k1 / d
    found = complexity(nested(4), method="reflections", iterations=2, presence="binary")
    np.testing.assert_allclose(found.regions["complexity"], (k2 - k2.mean()) / k2.std())
    np.testing.assert_allclose(found.activities["complexity"], (k1 - k1.mean()) / k1.std())


@pytest.mark.slow
def test_many_reflections_lead_to_the_eigenvector():
    far = complexity(nested(6), method="reflections", iterations=400, presence="binary")
    found = complexity(nested(6), presence="binary")
    np.testing.assert_allclose(far.regions["complexity"], found.regions["complexity"], atol=1e-9)


@pytest.mark.parametrize("measure", [complexity, fitness])
def test_nested_tables_are_ordered_by_diversity_and_rarity(measure):
    found = measure(nested(7), presence="binary")
    assert found.tidy().index.tolist() == [f"r{i:02}" for i in range(7)]
    assert found.augment().index.tolist() == [f"a{i:02}" for i in reversed(range(7))]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_what_holds_of_every_table(seed):
    """Σ d K = 0, a region is the mean of its activities, mean 0 and standard deviation 1, and the
    eigenvalue equation itself."""
    rng = np.random.default_rng(seed)
    M = (rng.random((9, 6)) < 0.6).astype(float)
    M[0], M[:, 0] = 1.0, 1.0
    raw = spectra.spectrum(M)
    d, u = M.sum(axis=1), M.sum(axis=0)
    assert abs(d @ raw.rows) < 1e-9
    np.testing.assert_allclose((M / d[:, None]) @ (M / u).T @ raw.rows, raw.second * raw.rows,
                               atol=1e-9)  # fmt: skip
    if raw.second < 1e-9:
        return
    table = pd.DataFrame(M, index=[f"r{i}" for i in range(9)]).rename(columns="a{}".format)
    found = complexity(table, presence="binary")
    K, Q = found.regions["complexity"].to_numpy(), found.activities["complexity"].to_numpy()
    np.testing.assert_allclose(M @ Q / d, K, atol=1e-7)
    assert abs(K.mean()) < 1e-9
    assert K.std() == pytest.approx(1)


def test_large_tables_take_another_way_to_the_same_numbers(monkeypatch):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.poisson(2.0, (60, 40)) + 1, index=[f"r{i:02}" for i in range(60)])
    table.columns = [f"a{j:02}" for j in range(40)]
    whole = complexity(table)
    monkeypatch.setattr(spectra, "DENSE", 10)
    np.testing.assert_allclose(
        complexity(table).regions["complexity"], whole.regions["complexity"], atol=1e-8
    )


def test_parts_are_refused_and_named():
    blocks = pd.DataFrame(
        {"x": [1, 1, 1, 0, 0], "y": [1, 0, 1, 0, 0], "z": [0, 0, 0, 1, 1]}, index=list("abcde")
    )
    with pytest.raises(ValuesError, match=r"2 parts of 3, 2 regions(.|\n)*d, e(.|\n)*z"):
        complexity(blocks, presence="binary")


def test_what_has_no_order_is_refused():
    alike = pd.DataFrame(1, index=list("abc"), columns=list("xyz"))
    with pytest.raises(ValuesError, match="the same activities"):
        complexity(alike, presence="binary")
    ring = pd.DataFrame([[1, 1, 0], [0, 1, 1], [1, 0, 1]], index=list("abc"), columns=list("xyz"))
    with pytest.raises(ValuesError, match="diversity"):
        complexity(ring, method="reflections", presence="binary")
    assert any("hangs on little" in note for note in complexity(ring, presence="binary").notes)
    for wrong in (3, 0, True, 2.0):
        with pytest.raises(InputError, match="even whole number"):
            complexity(PEER, method="reflections", iterations=wrong)
    with pytest.raises(InputError, match="leave iterations out"):
        complexity(PEER, iterations=20)


def test_intervals_need_counts_and_repeat():
    with pytest.raises(ValuesError, match="counts"):
        complexity(PEER + 0.5, draws=99)
    with pytest.raises(InputError, match="zeros and ones"):
        complexity(nested(4), presence="binary", draws=99)
    with pytest.raises(InputError, match="at least 99"):
        complexity(PEER, draws=5)
    found = complexity(PEER * 40, draws=99)
    again = complexity(PEER.iloc[::-1, ::-1] * 40, draws=99)
    pd.testing.assert_frame_equal(found.regions, again.regions, check_exact=True)
    few = complexity(PEER * 4, draws=99)
    assert few.regions["std_error"].mean() > found.regions["std_error"].mean()
    inside = found.regions.eval("rank_low <= rank <= rank_high")
    assert inside.mean() > 0.8


def test_fitness_by_hand():
    """M = (1 1; 1 0): F = (q1 + q2, q1), Q = (1 / (1/f1 + 1/f2), f1), each over its mean."""
    F, Q = np.ones(2), np.ones(2)
    table = pd.DataFrame({"x": [1, 1], "y": [1, 0]}, index=["a", "b"])
    found = fitness(table, presence="binary")
    for _ in range(found.iterations):
        F, Q = np.array([Q[0] + Q[1], Q[0]]), np.array([1 / (1 / F[0] + 1 / F[1]), F[0]])
        F, Q = F / F.mean(), Q / Q.mean()
    np.testing.assert_allclose(found.regions["fitness"], F)
    np.testing.assert_allclose(found.activities["fitness"], Q)
    # q1/q2 and f2/f1 fall towards zero like 1/n: the known trouble of the measure
    assert found.vanishing == ("b",)
    assert "towards zero" in found.notes[0]


def test_settled_fitness_is_a_fixed_point():
    found = fitness(PEER * 3)
    M = np.array(complexity_presence(PEER))
    F, Q = found.regions["fitness"].to_numpy(), found.activities["fitness"].to_numpy()
    if not found.vanishing:
        np.testing.assert_allclose(F, (M @ Q) / (M @ Q).mean(), rtol=1e-5)
        inverse = 1 / (M.T @ (1 / F))
        np.testing.assert_allclose(Q, inverse / inverse.mean(), rtol=1e-5)
    assert found.iterations >= 2 * found.last_change
    assert found.regions["fitness"].mean() == pytest.approx(1)


def complexity_presence(table: pd.DataFrame) -> np.ndarray:
    return incidence.reaches(incidence.quotients(table.to_numpy(float)), 1.0).astype(float)


def test_an_order_that_does_not_settle_is_refused():
    rng = np.random.default_rng(5)
    values = (rng.random((40, 60)) < np.linspace(0.1, 0.9, 40)[:, None]).astype(int)
    values[:, 0] = 1
    values[-1] = 1
    table = pd.DataFrame(values, index=[f"r{i:02}" for i in range(40)]).rename(columns="a{}".format)
    with pytest.raises(ConvergenceError, match="order that still changes"):
        fitness(table, presence="binary", iterations=50)
    with pytest.raises(InputError, match="at least 50"):
        fitness(table, presence="binary", iterations=3)
    done = fitness(table, presence="binary")
    assert done.iterations >= 2 * done.last_change
