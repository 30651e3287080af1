"""Tables of a paper, compiled and read back: nothing lies over anything, no row is lost."""

from __future__ import annotations

import io
import re

import numpy as np
import pypdf
import pytest
import typst
from pypdf.generic import ContentStream

import workbench as wb
from workbench.reports.entries import Published
from workbench.reports.formats import shown_row

FORMULA = "log(gsp) ~ log(pcap) + log(emp)"
A_HAIR = 0.5
"""Points by which boxes of letters may touch: sides of neighbouring letters do."""


@pytest.fixture(scope="module")
def things():
    year, states = wb.load("munnell-1990").xs(1986, level="year"), wb.load("us-states")
    W = wb.weights.queen(states)
    ols, sdm = (wb.fit(FORMULA, year, W, model=word) for word in ("ols", "sdm"))
    spills = wb.Hypothesis("Capital spills over", "indirect(log(pcap)) > 0")
    return {
        "diagnostics": ols.diagnostics(),
        "verdict": spills.test(sdm),
        "lisa": wb.lisa("unemp", year, W, permutations=19, seed=1),
    }


def widths_of(font):
    """Return the widths of the glyphs of a font by their codes, in thousandths (PDF 9.7.4.3)."""
    told, found = iter(font["/DescendantFonts"][0].get_object()["/W"]), {}
    for first in told:
        second = next(told)
        if isinstance(second, list):
            found |= {int(first) + at: float(width) for at, width in enumerate(second)}
        else:
            width = float(next(told))
            found |= dict.fromkeys(range(int(first), int(second) + 1), width)
    return found


def advance(shown, widths, size):
    total = 0.0
    for part in shown:
        if hasattr(part, "original_bytes"):
            codes = part.original_bytes
            total += sum(
                widths.get(int.from_bytes(codes[at : at + 2]), 1000.0)
                for at in range(0, len(codes), 2)
            )
        else:
            total -= float(part)
    return total * size / 1000


def boxes(page, reader):
    """Return left, right, base line and size of every run of letters of a page."""
    fonts = {key: font.get_object() for key, font in page["/Resources"]["/Font"].items()}
    widths = {key: widths_of(font) for key, font in fonts.items()}
    found, kept, matrix = [], [], np.eye(3)
    text, font, size = np.eye(3), "", 0.0
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"q":
            kept.append(matrix)
        elif operator == b"Q":
            matrix = kept.pop()
        elif operator in (b"cm", b"Tm"):
            a, b, c, d, e, f = map(float, operands)
            given = np.array([[a, b, 0], [c, d, 0], [e, f, 1]])
            if operator == b"cm":
                matrix = given @ matrix
            else:
                text = given
        elif operator == b"Tf":
            font, size = operands[0], float(operands[1])
        elif operator in (b"Tj", b"TJ"):
            wide = advance(operands[0] if operator == b"TJ" else operands, widths[font], size)
            (x, y, _), (end, _, _) = (np.array([at, 0, 1]) @ text @ matrix for at in (0, wide))
            found.append((x, end, y, size))
            text = np.array([[1, 0, 0], [0, 1, 0], [wide, 0, 1]]) @ text
    return found


def faults(source):
    """Return runs of letters that lie over others or beyond their page, and the text of all."""
    reader = pypdf.PdfReader(io.BytesIO(typst.compile(source.encode())))
    found, said = [], []
    for number, page in enumerate(reader.pages, start=1):
        said.append(page.extract_text())
        runs = boxes(page, reader)
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        for at, (left, right, base, size) in enumerate(runs):
            if left < 0 or right > width or not 0 < base < height:
                found.append((number, "beyond the page", left, right, base))
            for other_left, other_right, other_base, other in runs[at + 1 :]:
                level = abs(base - other_base) < 0.5 * min(size, other)
                if level and min(right, other_right) - max(left, other_left) > A_HAIR:
                    found.append((number, "over each other", left, right, base))
    return found, "\n".join(said)


def letters(text):
    return "".join(re.findall(r"[^\W_]+", text))


CASES = [
    ("diagnostics", "en", {}), ("diagnostics", "ru", {}), ("diagnostics", "ru", {"wide": True}),
    ("diagnostics", "en", {"long": True}), ("verdict", "en", {}), ("verdict", "ru", {}),
    ("lisa", "en", {}), ("lisa", "ru", {}), ("lisa", "ru", {"long": True}),
    ("lisa", "en", {"wide": True}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "lang", "asked"), CASES)
def test_nothing_lies_over_anything_and_no_row_is_lost(things, name, lang, asked):
    """Boxes of letters by the widths in the fonts of the file, rows by their labels."""
    table = wb.table(things[name], caption="c", notes="n", lang=lang)
    source = f'#set page(paper: "a4")\n#set text(10pt)\n{table.to_typst(**asked)}'
    found, said = faults(source)
    assert found == []
    left = letters(said)
    for label in labels(table.published):
        assert letters(label) in left, label
        left = left.replace(letters(label), "", 1)


def labels(published: Published):
    """Return the labels of rows, the longest first, for one may stand inside another."""
    rows = [shown_row(row) for grid in published.grids for row in grid.rows]
    return sorted((row.label for row in rows), key=len, reverse=True)


def test_overlapping_texts_are_seen():
    narrow = "#table(columns: (8pt, 40pt), inset: 0pt, [overlapping], [texts])"
    assert faults(narrow)[0]
    assert faults("#place(dx: 18cm)[beyond]")[0]


@pytest.mark.parametrize("name", ["diagnostics", "verdict", "lisa"])
def test_latex_shares_the_line_among_broken_texts(things, name):
    """Shares of the line sum to less than it; a table of more than a page is a longtable."""
    source = wb.table(things[name], lang="ru").to_latex()
    for columns in re.findall(r"\\begin\{(?:tabular|longtable)\}\{(.*)\}", source):
        shares = [float(share) for share in re.findall(r"\\dimexpr([\d.]+)\\linewidth", columns)]
        assert sum(shares) <= 1
        assert not shares or "l" not in re.sub(r"\\\w+|\{[^{}]*\}", "", columns)
    if name != "verdict":
        assert r"\begin{longtable}" in source
        assert r"\selectfont" in source
