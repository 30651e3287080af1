"""Figures of a report are compared with those of a new run without drawing them again."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.figure import Figure

from workbench.reports.checking.pictures import compared_figures, difference
from workbench.reports.ledger import read_ledger
from workbench.reports.via_matplotlib import picture


def drawn(heights=(1, 0, 1), *, label="rate", colour="#1F5A94", salt="s", title=""):
    figure = Figure(figsize=(3, 2))
    axes = figure.subplots()
    axes.plot(range(len(heights)), heights, color=colour, marker="o")
    axes.set_xlabel(label)
    if title:
        axes.set_title(title)
    return picture(figure, salt=salt).encode()


def png(values):
    from PIL import Image

    held = io.BytesIO()
    Image.fromarray(np.asarray(values, dtype=np.uint8)).save(held, format="png")
    return held.getvalue()


def test_same_bytes_are_identical_whatever_stands_before_the_drawing():
    one = drawn()
    assert difference(b'<?xml version="1.0"?>\n' + one, one) == (True, "")


def test_names_of_shapes_do_not_matter():
    a, b = drawn(salt="one"), drawn(salt="two")
    assert a != b
    assert difference(a, b) == (False, "")


def test_rounding_is_within_tolerance_and_displacement_is_not():
    assert difference(drawn((1, 0, 1)), drawn((1, 1e-7, 1)))[1] == ""
    told = difference(drawn((1, 0, 1)), drawn((1, 0.1, 1)))[1]
    assert "shapes moved, by at most" in told
    assert "allowed: 0.1" in told


def test_colour_label_and_number_of_shapes_are_told():
    assert "of another colour" in difference(drawn(), drawn(colour="#D1622B"))[1]
    assert "label 'rate' → 'share'" in difference(drawn(), drawn(label="share"))[1]
    told = difference(drawn(), drawn(title="Россия"))[1]
    assert "label 'Россия' is new" in told
    assert "text: " in told


def test_pictures_in_pixels_may_differ_in_few_of_them():
    plain = np.full((100, 100, 3), 200)
    near, spot, half = plain.copy(), plain.copy(), plain.copy()
    near += 5
    spot[0, :5] = 0
    half[:, :50] = 0
    assert difference(png(plain), png(plain)) == (True, "")
    assert difference(png(plain), png(near)) == (False, "")
    assert difference(png(plain), png(spot))[1] == ""
    assert difference(png(plain), png(half))[1].startswith("50.00% of its pixels differ")
    assert difference(png(plain), png(plain[:50])) == (
        False, "100 × 100 pixels before, 100 × 50 now",
    )  # fmt: skip


@pytest.mark.parametrize("broken", [b"<svg><path", b"\x89PNG\r\n\x1a\nnothing", b"", b"GIF89a"])
def test_pictures_that_cannot_be_read_are_differences(broken):
    other = png([[[0, 0, 0]]]) if not broken.startswith(b"<svg") else drawn()
    same, told = difference(broken, other)
    assert not same
    assert told


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg><text>&a;</text></svg>'
    assert difference(bomb, drawn())[1].startswith("cannot be read")


def test_lines_and_pixels_are_not_compared():
    assert "in lines before and in pixels now" in difference(drawn(), png([[[0, 0, 0]]]))[1]


def kept(folder, name, content):
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / name).write_bytes(content)


def test_figures_of_a_report_are_compared_by_name(project, tmp_path):
    ledger = read_ledger(project.reports / "small")
    figures, findings = compared_figures(tmp_path, ledger, {"picture": drawn()})
    assert (figures.kept, figures.compared, findings) == (False, 0, [])
    kept(tmp_path, "other.svg", drawn())
    figures, findings = compared_figures(tmp_path, ledger, {"picture": drawn()})
    assert [(f.id, f.kind) for f in findings] == [("picture", "figure")]
    assert "no file of it" in findings[0].told
    kept(tmp_path, "picture.svg", drawn())
    figures, findings = compared_figures(tmp_path, ledger, {"picture": drawn()})
    assert (figures.compared, figures.identical, findings) == (1, 1, [])
    figures, findings = compared_figures(tmp_path, ledger, {"picture": drawn(salt="x")})
    assert (figures.compared, figures.identical, figures.within) == (1, 0, 1)
    figures, findings = compared_figures(tmp_path, ledger, {"picture": drawn((1, 2, 3))})
    assert [(f.id, f.kind) for f in findings] == [("picture", "figure")]


def test_attributes_of_another_namespace_are_no_part_of_a_drawing():
    """A reader who takes the last of two by one name sees the old place, a browser the new."""
    one = b'<svg xmlns="http://www.w3.org/2000/svg"><use x="1" style="fill: blue"/></svg>'
    named = one.replace(b"<svg ", b'<svg xmlns:z="urn:z" ')
    moved = named.replace(b' x="1"', b' x="99" z:x="1"')
    painted = named.replace(b' style="', b' style="fill: red" z:style="')
    assert difference(moved, one)[1]
    assert difference(painted, one)[1]


def test_of_two_shapes_by_one_name_the_first_is_drawn():
    head = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink">'
    shapes = b'<path id="a" d="M 0 0"/><path id="%s" d="M 9 9"/><use l:href="#%s"/></svg>'
    assert difference(head + shapes % (b"a", b"a"), head + shapes % (b"b", b"b"))[1]
    assert not difference(head + shapes % (b"b", b"b"), head + shapes % (b"c", b"c"))[1]


def test_a_style_before_the_drawing_is_told():
    one = drawn()
    painted = b'<?xml-stylesheet href="data:text/css,path{fill:red}"?>' + one
    assert difference(painted, one) == (
        False,
        "cannot be read: something stands before the drawing",
    )
