"""Promise: the lattice shows every model, every test between neighbours, and where a path leads."""

import matplotlib.colors
import pytest
from matplotlib.patches import FancyBboxPatch

import workbench as wb
from workbench.errors import ConvergenceError, OptionError
from workbench.views.ladder import EDGES, PLACES
from workbench.views.style import ACCENT


@pytest.fixture(scope="module")
def states():
    return wb.load("munnell-1990").xs(1986, level="year"), wb.weights.queen(wb.load("us-states"))


@pytest.fixture(scope="module")
def steps(states):
    return wb.ladder("log(gsp) ~ log(pc) + log(emp)", *states)


def texts(figure):
    return [t.get_text() for t in figure.findobj(lambda o: hasattr(o, "get_text")) if t.get_text()]


def marked(figure):
    """Nodes with a red edge, by the model whose name stands in them."""
    boxes = [b for b in figure.axes[0].patches if isinstance(b, FancyBboxPatch)]
    red = [b for b in boxes if b.get_edgecolor() == matplotlib.colors.to_rgba(ACCENT)]
    centres = {(b.get_x() + b.get_width() / 2, b.get_y() + b.get_height() / 2): b for b in red}
    return {
        model: "-" if box.get_linestyle() in ("-", "solid") else "--"
        for model, place in PLACES.items()
        for centre, box in centres.items()
        if centre == pytest.approx(place)
    }


def red_lines(figure):
    return sum(line.get_color() == ACCENT for line in figure.axes[0].lines)


def test_an_edge_is_one_parameter_or_the_common_factor():
    from workbench.models.testing.nesting import PARAMETERS

    one_more = {
        (small, large)
        for small in PARAMETERS
        for large in PARAMETERS
        if PARAMETERS[small] < PARAMETERS[large]
        and len(PARAMETERS[large]) == len(PARAMETERS[small]) + 1
    }
    assert set(EDGES) == one_more | {("sem", "sdm")}
    assert all(PLACES[small][1] == len(PARAMETERS[small]) for small in PARAMETERS)


def test_nodes_and_edges_carry_the_numbers_of_the_ladder(steps):
    figure = steps.plot(None)
    shown = texts(figure)
    criteria, impacts = steps.criteria(), steps.impacts()
    for model in steps:
        assert model.upper() in shown
        assert f"BIC {criteria['bic'][model]:.1f}" in shown
    row = impacts.loc[("sdm", "log(pc)", "indirect")]
    assert f"indirect {row['estimate']:.2g} ± {row['std_error']:.2g}" in shown
    assert shown.count("no indirect impact") == 2  # OLS and SEM
    for small, large in EDGES:
        p = steps.tests[f"LR {large} vs {small}"].p_value
        assert (f"p {p:.3f}" if p >= 0.001 else "p < 0.001") in shown
    assert marked(figure) == {}
    assert red_lines(figure) == 0


def test_a_path_is_red_and_its_end_is_framed(steps):
    path = steps.recommend("elhorst")
    figure = steps.plot("elhorst")
    assert marked(figure) == {path.model: "-"}
    # LM lag, LM error; SDM against SAR and SEM.
    assert red_lines(figure) == 4
    assert f"elhorst leads to {path.model.upper()}" in " ".join(texts(figure))
    assert path.reason in figure.alt
    assert steps.plot("elhorst", title="Heading").findobj(
        lambda o: hasattr(o, "get_text") and o.get_text() == "Heading"
    )
    assert red_lines(path.plot(steps)) == 4


def test_models_not_told_apart_are_framed_alike_and_missing_ones_said(states, monkeypatch):
    import workbench.models.estimation.cross_section as room

    def fails(*_):
        raise ConvergenceError("lambda", expected="a maximum", found="the end of the interval")

    monkeypatch.setattr(room, "ESTIMATORS", {**room.ESTIMATORS, "gns": fails})
    steps = wb.ladder("log(gsp) ~ log(pc)", *states)
    figure = steps.plot("from-sdm", level=1e-12)
    assert "not estimated" in texts(figure)
    assert "Not estimated: gns." in figure.alt
    assert marked(figure) == {"ols": "-"}
    candidates = steps.recommend("from-sdm", level=0.5).candidates
    assert set(marked(steps.plot("from-sdm", level=0.5))) == set(candidates)
    assert "cannot be followed" in " ".join(texts(steps.plot("from-gns")))


def test_terms_and_few_models(states):
    steps = wb.ladder("log(gsp) ~ log(pc) + log(emp)", *states, models=["ols", "sar"])
    assert "indirect: impact of log(emp)" in " ".join(texts(steps.plot("florax", term="log(emp)")))
    with pytest.raises(OptionError, match="did you mean 'log\\(emp\\)'"):
        steps.plot("florax", term="log(epm)")
    only = wb.ladder("log(gsp) ~ 1", *states, models=["ols", "sar"]).plot(None)
    assert not any("indirect" in text for text in texts(only))
