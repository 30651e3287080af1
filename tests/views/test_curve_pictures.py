"""Pictures of curves: everything counted, dense or not, in any script, the same on every run."""

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.hypotheses.curves import curve_of, grid
from workbench.errors import UnknownNameError, ValuesError
from workbench.hypotheses.curve.attribution import attribution_of
from workbench.hypotheses.curve.shares import shares_of
from workbench.hypotheses.scale.ladder import scale_ladder
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.views.curves import curve_chart

LONG = "log(1 + patents) ~ log(rd) + log(students) + log(researchers) + log(grp / population)"


def texts(figure):
    return " ".join(t.get_text() for t in figure.findobj(lambda o: hasattr(o, "get_text")))


def made(count=24):
    table = grid(
        formula=[LONG, "log(1 + patents) ~ log(rd)"],
        weights=["queen", "шесть ближайших столиц"],
        model=["slx", "sdm", "sar"],
        sample=[f"s{i}" for i in range(count // 12)],
    )
    rng = np.random.default_rng(4)
    table["estimate"] = rng.normal(0.2, 0.3, len(table))
    table["std_error"] = rng.uniform(0.05, 0.3, len(table))
    table["status"] = ["not applicable", "failed", *["estimated"] * (len(table) - 2)]
    return curve_of(table)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize("count", [24, 1008])
def test_every_specification_is_counted_under_the_curve(count):
    curve = made(count)
    figure = curve.plot()
    shown = texts(figure)
    verdicts = curve.table["verdict"].value_counts()
    assert f"{count - 2} estimates of {count} specifications" in shown
    for word in ("supported", "contradicted", "cannot tell"):
        assert f"{verdicts[word]} {word}" in shown
    assert "1 not applicable; 1 failed" in shown
    assert "шесть ближайших столиц" in shown
    assert figure.alt


@pytest.mark.slow
def test_the_picture_is_the_same_on_every_run():
    assert made().plot().to_svg() == made().plot().to_svg()


def test_every_choice_shows_how_many_of_its_estimates_support():
    curve = made()
    shown = texts(curve.plot())
    used = curve.table[curve.table["status"] == "estimated"]
    for model, part in used.groupby("model"):
        assert model in shown
        assert f"{(part['verdict'] == 'supported').sum()}/{len(part)}" in shown


def test_long_formulas_lose_their_middle_and_their_common_outcome():
    shown = texts(made().plot())
    assert LONG not in shown
    assert "log(grp / population)" in shown
    assert "log(1 + patents)" not in shown


def test_labels_stay_apart():
    figure = made().plot()
    figure.draw_without_rendering()
    labels = [t for t in figure.axes[1].get_yticklabels() if t.get_text()]
    boxes = [t.get_window_extent() for t in labels]
    assert all(not a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])
    assert min(box.x0 for box in boxes) >= 0


def test_hypotheses_stand_side_by_side():
    figure = curve_chart({"H1": made(), "H2": made()})
    assert len(figure.axes) == 4
    assert "H1" in texts(figure)
    assert "H2" in texts(figure)


def test_one_wild_estimate_does_not_flatten_the_others():
    curve = made()
    wild = curve.table.copy()
    wild.loc[5, ["estimate", "conf_low", "conf_high"]] = [1e6, 9e5, 1.1e6]
    from dataclasses import replace

    figure = replace(curve, table=wild).plot()
    assert figure.axes[0].get_ylim()[1] < 10
    assert "1 estimates beyond the edge" in texts(figure)


def test_refusals_of_the_curve():
    curve = made()
    with pytest.raises(UnknownNameError, match="weights"):
        curve_chart(curve, dimensions=["wieghts"])
    from dataclasses import replace

    with pytest.raises(ValuesError, match="none of"):
        curve_chart(replace(curve, table=curve.table.assign(status="failed")))


def test_shares_show_each_choice_with_its_denominator():
    curve = made()
    figure = shares_of(curve).plot()
    shown = texts(figure)
    assert "22 + 2" in shown
    widths = [patch.get_width() for patch in figure.axes[0].patches]
    assert sum(widths) == pytest.approx(1 + 2 + 2 + 3 + 2)  # every bar is whole
    assert "22 estimated specifications" in figure.alt


def test_attribution_shows_every_share():
    found = attribution_of(made())
    figure = found.plot()
    bars = [p.get_width() for axes in figure.axes for p in axes.patches]
    assert bars == pytest.approx(
        [*found.of("estimate")["variance_share"], *found.of("statistic")["variance_share"]]
    )
    assert "interactions of two" in texts(figure)


@pytest.mark.slow
def test_influence_names_regions_and_marks_all_together():
    data = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    from workbench.hypotheses.curve.engine import specification_curve

    curve = specification_curve(
        Hypothesis("Spill", "indirect(log(pc)) > 0"), data, formulas="log(gsp) ~ log(pc)",
        weights=W, models=["slx", "sdm"],
    )  # fmt: skip
    found = curve.influence(regions=["US-TX", "US-CA"])
    figure = found.plot()
    assert "US-TX" in texts(figure)
    assert found.table.index[0] in figure.alt


def test_the_scale_chart_marks_the_regions_themselves():
    data = wb.load("munnell-1990").xs(1986, level="year")
    states = wb.load("us-states")
    ladder = scale_ladder(
        Hypothesis("Labour", "coefficient(log(emp)) > 0"), data, wb.weights.queen(states),
        formula="log(gsp) ~ log(emp)", aggregate={"gsp": "sum", "emp": "sum"},
        hierarchy={"divisions": states["division"]}, random={"sizes": [30, 15], "draws": 5},
    )  # fmt: skip
    figure = ladder.plot()
    shown = texts(figure)
    for word in ("the regions themselves", "divisions", "90 % of random zones", "48", "30", "9"):
        assert word in shown
    assert figure.axes[0].xaxis_inverted()
    assert isinstance(ladder.tidy(), pd.DataFrame)


def test_verdicts_stay_apart_in_grey_and_look_the_same_in_every_picture():
    """Relative luminance (ITU-R BT.709) of neighbours differs by a tenth or more."""
    from matplotlib.colors import to_rgb

    from workbench.views import curves, identification, referee, shades, verdicts

    looks = [shades.FOR, shades.AGAINST, shades.OPEN, shades.NEITHER]
    grey = sorted(np.dot(to_rgb(color), [0.2126, 0.7152, 0.0722]) for color in looks)
    assert min(np.diff(grey)) > 0.1
    assert verdicts.VERDICT_COLORS is curves.VERDICT_COLORS is shades.VERDICT_COLORS
    assert identification.COLORS["holds"] == referee.LOOK["passed"][0] == shades.FOR
    assert identification.COLORS["fails"] == referee.LOOK["failed"][0] == shades.AGAINST
