"""In Russian pictures have Russian labels and decimal commas and fit; the English stays."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.views.test_curve_pictures import made
from workbench.core.language import speaking
from workbench.errors import InputError
from workbench.views.permutations import permutation_histogram


@pytest.fixture(scope="module")
def states():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def W(states):
    return wb.weights.queen(states)


@pytest.fixture(scope="module")
def table(states):
    return wb.join(states, wb.load("munnell-1990").xs(1986, level="year"))


def shown(figure):
    figure.draw_without_rendering()
    found = figure.findobj(lambda o: hasattr(o, "get_text") and o.get_visible())
    return [t.get_text() for t in found if t.get_text()]


def english(figure, *names):
    """Return what is left in English: words of four letters that no caller gave."""
    left = " ".join([*shown(figure), figure.alt])
    for name in names:
        left = left.replace(name, "")
    return re.findall(r"\b[A-Za-z]{4,}\b", left)


def decimals(figure):
    return [text for text in shown(figure) if re.search(r"\d\.\d", text)]


def within(figure):
    """Say whether the legends of a picture are inside of it."""
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    boxes = [legend.get_window_extent() for legend in figure.legends]
    boxes += [a.get_legend().get_window_extent() for a in figure.axes if a.get_legend()]
    return all(b.x0 > -2 and b.y0 > -2 and b.x1 < width + 2 and b.y1 < height + 2 for b in boxes)


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(
    "kind", ["lisa", "moran", "permutations", "impacts", "choropleth", "curve"]
)
def test_labels_are_russian_and_decimals_commas(table, W, states, kind):
    drawn = {
        "lisa": lambda: wb.lisa("log(gsp)", table, W, permutations=199).plot(),
        "moran": lambda: wb.moran("log(gsp)", table, W, permutations=99).plot(),
        "permutations": lambda: permutation_histogram(
            wb.moran("log(gsp)", table, W, permutations=99)
        ),
        "impacts": lambda: wb.fit("log(gsp) ~ log(pcap)", table, W, model="sdm").impacts().plot(),
        "choropleth": lambda: wb.choropleth(table["unemp"], states, legend_title="%"),
        "curve": lambda: made().plot(),
    }[kind]
    callers = (
        "LISA", "log(gsp)", "log(pcap)", "log(rd)", "log(students", "log(grp", "population)",
        "R&D next door raises patenting", "queen", "unemp", "gsp", "patents",
    )  # fmt: skip
    with speaking("ru"):
        figure = drawn()
        assert english(figure, *callers) == []
        assert decimals(figure) == []
        assert within(figure)
        assert re.search("[а-я]", figure.alt)


def test_a_title_may_be_in_both_languages(table, states):
    title = {"en": "Unemployment", "ru": "Безработица"}
    assert "Unemployment" in shown(wb.choropleth(table["unemp"], states, title=title))
    with speaking("ru"):
        figure = wb.choropleth(table["unemp"], states, title=title, legend_title=title)
        assert shown(figure).count("Безработица") >= 2
        assert "Карта: Безработица" in figure.alt
    with pytest.raises(InputError, match="title"):
        wb.choropleth(table["unemp"], states, title={"en": "only"})


def test_intervals_of_classes_have_semicolons_where_commas_are_decimal(table, states):
    with speaking("ru"):
        texts = [t for t in shown(wb.choropleth(table["unemp"], states)) if "]" in t]
    assert texts
    assert all("; " in text and ", " not in text for text in texts)


def test_having_spoken_russian_changes_no_english_picture(table, W):
    first = wb.lisa("log(gsp)", table, W, permutations=99).plot().to_svg()
    with speaking("ru"):
        wb.lisa("log(gsp)", table, W, permutations=99).plot()
    assert wb.lisa("log(gsp)", table, W, permutations=99).plot().to_svg() == first


def test_axes_of_panels_that_share_a_scale_have_commas_too(table, W):
    with speaking("ru"):
        figure = wb.fit("log(gsp) ~ log(pcap)", table, W, model="sdm").impacts().plot()
        figure.draw_without_rendering()
        ticks = [t.get_text() for a in figure.axes for t in a.get_xticklabels() if t.get_text()]
    assert any("," in tick for tick in ticks)
    assert not any("." in tick for tick in ticks)


def test_a_table_in_a_notebook_says_its_classes_and_keeps_its_columns(table, W):
    lisa = wb.lisa("log(gsp)", table, W, permutations=99)
    plain = lisa._repr_html_()
    with speaking("ru"):
        html = lisa._repr_html_()
        text = str(lisa)
    assert "незначимо" in html
    assert "<th>cluster</th>" in html
    assert not re.search(r"<td>-?\d+\.\d", html)
    assert text.splitlines()[1:] == str(lisa).splitlines()[1:]
    assert lisa._repr_html_() == plain


def test_published_tables_say_words_and_record_english(table):
    frame = pd.DataFrame(
        {"cluster": ["High-High", "not significant"], "estimate": [0.25, 0.5]},
        index=pd.Index(["US-TX", "US-NY"], name="region"),
    )
    with speaking("ru"):
        published = wb.publish(frame, "words")
        html = published._repr_mimebundle_()["text/html"]
    assert "Высокий–Высокий" in html
    assert "кластер</th>" in html
    assert "оценка</th>" in html
    assert [text.text for text in published.texts] == ["High-High", "not significant"]
    assert np.allclose([number.value for number in published.numbers], [0.25, 0.5])
