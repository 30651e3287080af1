"""Promise: a result's provenance tells the card of its weights, without asking for it early."""

import copy
import json
import pickle

import pandas as pd

import workbench as wb


def _result(lattice_side=5):
    import libpysal

    graph = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(lattice_side, lattice_side))
    W = wb.weights.as_weights(graph)
    x = pd.Series(range(lattice_side**2), index=W.ids, name="x", dtype=float)
    return wb.moran(x, None, W), W


def test_provenance_tells_the_whole_card():
    result, W = _result()
    assert dict(result.provenance.weights) == W.card().to_dict()
    assert result.provenance.to_dict()["weights"] == W.card().to_dict()
    json.dumps(result.provenance.to_dict())


def test_the_card_is_made_when_it_is_read(monkeypatch):
    asked = []
    honest = wb.weights.Weights.card
    monkeypatch.setattr(wb.weights.Weights, "card", lambda W: asked.append(1) or honest(W))
    result, W = _result()
    assert result.glance()["weights"].item() == W.digest
    assert asked == []
    assert result.provenance.weights["n"] == 25
    assert asked == [1]


def test_copies_and_pickles_are_plain():
    result, W = _result()
    card = result.provenance.weights
    assert type(copy.deepcopy(card)) is dict
    assert pickle.loads(pickle.dumps(card)) == W.card().to_dict()
    assert card == W.card().to_dict()
