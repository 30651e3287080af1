"""The ready set states what it says, with a mechanism and a reference; verdicts are drawn."""

from __future__ import annotations

import pytest

import workbench as wb
from workbench.errors import InputError
from workbench.hypotheses.statements import ready
from workbench.hypotheses.statements.families import test_hypotheses
from workbench.hypotheses.statements.hypothesis import Hypothesis

RESTRICTIONS = {
    "localised_spillovers": (("log(rd)",), "indirect(log(rd)) > 0"),
    "distance_decay": (("near", "far"), "coefficient(near) - coefficient(far) > 0"),
    "human_capital_over_rd": (("s", "rd"), "total(s) - total(rd) > 0"),
    "agglomeration": (("log(density)",), "direct(log(density)) > 0"),
    "potential_links": (("p", "b"), "coefficient(p) - coefficient(b) > 0"),
    "convergence": (("log(y0)",), "total(log(y0)) < 0"),
    "digital_divide": (("internet",), "total(internet) > 0"),
}


@pytest.mark.parametrize("name", RESTRICTIONS)
def test_each_is_a_hypothesis_with_its_reasons(name):
    terms, restriction = RESTRICTIONS[name]
    made = getattr(ready, name)(*terms, alpha=0.1, kind="confirmatory")
    assert made.restriction == restriction
    assert made.mechanism
    assert made.reference
    assert made.alpha == 0.1
    assert made.kind == "confirmatory"
    assert Hypothesis.from_dict(made.to_dict()) == made


def test_distance_decay_is_of_rings_or_of_a_length(states):
    reach = ready.distance_decay("log(emp)", points=states, within=600)
    assert reach.relation == "<"
    assert reach.value == 600
    for wrong in ({}, {"far": "x", "points": states}, {"points": states}):
        with pytest.raises(InputError, match="near one"):
            ready.distance_decay("x", **wrong)


def test_verdicts_are_drawn_with_words(sdm):
    asked = [
        ready.localised_spillovers("log(pc)"),
        ready.agglomeration("log(water)"),
        Hypothesis("constant", "|total(log(emp)) - 1| < 0.5"),
        Hypothesis("wide", "1000*indirect(log(emp)) > 0"),
        Hypothesis("residuals", "moran_index(residuals) > 0"),
    ]
    told = test_hypotheses(asked, sdm, adjust="fdr_bh")
    picture = told.plot(title="Verdicts")
    words = [text.get_text() for axes in picture.axes for text in axes.texts]
    for verdict in told:
        assert any(word.startswith(verdict.answer) for word in words)
        assert verdict.hypothesis.label in picture.alt
    assert "halves" in picture.axes[0].get_xlabel()
    assert "halves" not in told[0].plot().axes[0].get_xlabel()


def test_a_hypothesis_shows_itself():
    made = ready.convergence()
    assert "Barro" in str(made)
    assert "Diminish" in made._repr_html_() or "diminish" in made._repr_html_()
    assert isinstance(made, wb.hypotheses.statements.hypothesis.Hypothesis)
