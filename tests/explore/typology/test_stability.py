"""Stability: groups that are there come back, groups of noise do not; draws are reproducible."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csgraph
from sklearn.metrics import adjusted_rand_score

from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError, OptionError
from workbench.explore.typology import cluster, regionalize, stability
from workbench.explore.typology.stability import _thinned

BOTH = ["rd", "men"]


def test_planted_quarters_come_back_without_some_links(quarters):
    frame, graph, _ = quarters
    found = stability(regionalize(BOTH, frame, graph, k=4), by="perturbation", draws=20)
    # a cell that loses its links to its own quarter must go with another: one cell of 64 at most
    assert found.rand.min() > 0.95
    assert found.rand.median() == 1.0
    assert (found.tidy()["recovered"] == 1.0).all()


def test_planted_quarters_come_back_on_the_map(quarters):
    frame, graph, _ = quarters
    found = stability(regionalize(BOTH, frame, graph, k=4), by="noise", draws=20)
    assert (found.rand == 1.0).all()
    assert (found.tidy()[["jaccard", "recovered"]] == 1.0).all(axis=None)
    assert (found.augment()["stays"] == 1.0).all()
    assert set(np.unique(found.coassignment)) == {0.0, 1.0}


@pytest.mark.slow
@pytest.mark.parametrize("by", ["seed", "resample", "noise"])
def test_planted_groups_come_back_anywhere(quarters, by):
    frame, _, _ = quarters
    found = stability(cluster(BOTH, frame, k=4), by=by, draws=15)
    assert found.rand.min() == pytest.approx(1.0)
    assert (found.tidy()["dissolved"] == 0.0).all()


@pytest.mark.slow
def test_groups_of_noise_do_not_come_back(noise):
    frame, graph = noise
    apart = stability(cluster(["a", "b", "c"], frame, k=5), by="resample", draws=30)
    assert apart.rand.mean() < 0.75
    assert apart.tidy()["recovered"].mean() < 0.7
    tree = regionalize(["a", "b", "c"], frame, graph, k=5)
    links = stability(tree, by="perturbation", draws=30, share=0.3)
    assert links.rand.mean() < 0.9


def test_indices_are_those_of_the_draws(noise):
    frame, _ = noise
    base = cluster(["a", "b"], frame, k=4, starts=1)
    found = stability(base, by="resample", draws=12)
    for draw in range(12):
        here = found.drawn[draw] >= 0
        expected = adjusted_rand_score(base.membership[here], found.drawn[draw][here])
        assert found.rand[draw] == pytest.approx(expected, rel=1e-12)
    i, j = 3, 20
    both = [d for d in found.drawn if d[i] >= 0 and d[j] >= 0]
    share = np.mean([d[i] == d[j] for d in both])
    assert found.coassignment.iloc[i, j] == pytest.approx(share)
    overlaps = []
    for labels in found.drawn:
        here = set(np.flatnonzero(labels >= 0))
        own = set(np.flatnonzero(base.membership == 0)) & here
        others = [set(np.flatnonzero(labels == g)) for g in np.unique(labels[labels >= 0])]
        overlaps.append(max(len(own & other) / len(own | other) for other in others))
    row = found.tidy().loc[1]
    assert row["jaccard"] == pytest.approx(np.mean(overlaps))
    assert row["recovered"] == np.mean(np.array(overlaps) > 0.75)
    assert row["dissolved"] == np.mean(np.array(overlaps) <= 0.5)


@pytest.mark.slow
def test_samples_leave_out_the_share_that_chance_does(quarters):
    frame, _, _ = quarters
    found = stability(cluster(BOTH, frame, k=4), by="resample", draws=40)
    # a region is in a sample of n from n with probability 1 - (1 - 1/n)^n
    assert (found.drawn >= 0).mean() == pytest.approx(1 - (1 - 1 / 64) ** 64, abs=0.02)
    assert (found.augment()["present"] == (found.drawn >= 0).sum(axis=0)).all()


def test_first_of_more_draws_are_those_of_fewer_and_seeds_differ(noise):
    frame, graph = noise
    base = regionalize(["a", "b"], frame, graph, k=5)
    few, more = (stability(base, by="noise", draws=d, share=0.5) for d in (5, 9))
    np.testing.assert_array_equal(few.drawn, more.drawn[:5])
    other = stability(base, by="noise", draws=5, share=0.5, seed=1)
    assert not np.array_equal(few.drawn, other.drawn)


def test_order_of_rows_changes_no_bit(noise):
    frame, graph = noise
    for by in ("noise", "perturbation"):
        one, other = (
            stability(regionalize(["a", "b"], f, graph, k=5), by=by, draws=6)
            for f in (frame, frame.iloc[::-1])
        )
        np.testing.assert_array_equal(one.drawn, other.drawn)
        pd.testing.assert_frame_equal(one.augment(), other.augment(), check_exact=True)


def test_thinned_map_stays_connected_and_lacks_links(noise):
    frame, graph = noise
    base = regionalize(["a"], frame, graph, k=3)
    full = base.profiles.links.nnz // 2
    restored = 0
    for draw in range(8):
        links, back = _thinned(base, 0.45, seed=0, draw=draw)
        assert csgraph.connected_components(links)[0] == 1
        assert links.nnz // 2 == full - round(0.45 * full) + back
        restored += back
    assert restored > 0
    assert "put back" in stability(base, by="perturbation", draws=4, share=0.45).notes[0]


@pytest.mark.slow
def test_azp_and_max_p_are_asked_with_other_seeds(noise):
    frame, graph = noise
    grown = regionalize(["a", "b"], frame, graph, method="max-p", floor=6, starts=1)
    found = stability(grown, by="seed", draws=4)
    assert found.rand.max() < 1.0
    moved = regionalize(["a", "b"], frame, graph, k=4, method="azp", starts=1)
    assert stability(moved, by="seed", draws=3).drawn.shape == (3, 36)


def test_tables_speak_the_vocabulary_and_say_how(noise):
    frame, graph = noise
    found = stability(regionalize(["a"], frame, graph, k=3), by="noise", draws=5, share=0.2)
    for table in (found.tidy(), found.glance(), found.augment()):
        assert set(table.columns) <= set(GLOSSARY)
    assert found.provenance.options["share"] == "0.2"
    assert found.provenance.seed == 0
    assert "noise added" in str(found)
    assert "Regions that stay least" in found._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        found.drawn[0, 0] = 1


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"by": "seed"}, InputError, "skater has no random step"),
        ({"by": "resample"}, InputError, "leaves holes in the map"),
        ({"by": "bootstrap"}, OptionError, "by: expected one of"),
        ({"by": "noise", "share": 0.0}, InputError, "share: expected a number between 0 and 1"),
        ({"by": "noise", "draws": 0}, InputError, "draws: expected a whole number of at least 1"),
        ({"by": "noise", "seed": 1.5}, InputError, "seed"),
        ({"by": "perturbation", "share": 0.001}, InputError, "nothing would be taken away"),
    ],
)
def test_what_cannot_change_the_groups_is_refused(noise, options, error, text):
    frame, graph = noise
    with pytest.raises(error, match=text):
        stability(regionalize(["a"], frame, graph, k=3), **options)


def test_groups_without_a_map_have_no_links_to_lose(noise):
    frame, _ = noise
    with pytest.raises(InputError, match="made without links"):
        stability(cluster(["a"], frame, k=3), by="perturbation")
    with pytest.raises(InputError, match="ward has no random step"):
        stability(cluster(["a"], frame, k=3, method="ward"), by="seed")
    with pytest.raises(InputError, match="result: expected groups"):
        stability(frame, by="noise")


def test_more_groups_than_a_bootstrap_sample_has_regions_are_refused():
    frame = pd.DataFrame({"x": np.arange(40.0) ** 2})
    groups = cluster(["x"], frame, k=38, method="ward")
    with pytest.raises(InputError, match="38 different profiles") as caught:
        stability(groups, by="resample", draws=2)
    assert 'by="noise"' in caught.value.remedy
    assert stability(groups, by="noise", draws=2).draws == 2
