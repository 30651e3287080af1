"""Published things as HTML, plain text and Markdown in which every text is inert."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from itertools import groupby

from workbench.core.language import language
from workbench.reports.entries import Cell, Grid, Published, Row
from workbench.reports.formats import LEVELS, shown_row
from workbench.reports.writers.inert import harmless

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SPACE = re.compile(r"\s+")
_SIGN = re.compile(r"(?<![\w.])-(?=[\d.])")
_EXPONENT = re.compile(r"^([-<]?[\d.,]+)e([-+])0*(\d+)$")

KEPT_TAGS = frozenset(
    [
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "caption",
        "p",
        "div",
        "span",
        "strong",
        "b",
        "em",
        "i",
        "small",
        "sub",
        "sup",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "details",
        "summary",
    ]
)
DROPPED_CONTENT = frozenset({"script", "style", "title", "template", "iframe", "object", "svg"})
KEPT_ATTRIBUTES = frozenset({"colspan", "rowspan", "scope"})
VOID_TAGS = frozenset({"br", "hr"})


def inert_markdown(text: str) -> str:
    r"""Return a text as Markdown that renders as exactly that text.

    Examples
    --------
    >>> print(inert_markdown("*a* <b>"))
    \*a\* \<b\>
    """
    return _PUNCTUATION.sub(r"\\\1", _SPACE.sub(" ", text))


def localised(printed: str) -> str:
    """Return a printed number as the language in use writes it.

    In Russian the decimals follow a comma, groups of thousands are held apart by a narrow no-break
    space where the English text has commas, and the sign of per cent stands apart.

    Examples
    --------
    >>> from workbench.core.language import speaking
    >>> localised("12,345.6")
    '12,345.6'
    >>> with speaking("ru"):
    ...     localised("<0.001"), localised("12,345.6")
    ('<0,001', '12\u202f345,6')
    """
    return printed.translate(_RUSSIAN_MARKS) if language() == "ru" else printed


_RUSSIAN_MARKS = str.maketrans({".": ",", ",": "\u202f", "%": "\u00a0%"})


def typographic(printed: str) -> str:
    """Return a printed number with the minus sign and the power of ten set as in print.

    Examples
    --------
    >>> typographic("-0.12"), typographic("1.5e-07")
    ('−0.12', '1.5×10⁻⁷')
    """
    power = _EXPONENT.match(printed)
    if power:
        exponent = (power[2].replace("+", "") + power[3]).translate(_SUPERSCRIPTS)
        printed = f"{power[1]}×10{exponent}"
    return _SIGN.sub("−", printed)


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def grids_html(published: Published) -> str:
    """Return the tables of a published thing as HTML."""
    return harmless("\n".join(_grid_html(grid) for grid in published.grids))


def _grid_html(grid: Grid) -> str:
    numeric = [_is_numeric(grid, j) for j in range(len(grid.header))]
    body = "\n".join(_row_html(shown_row(row), numeric) for row in grid.rows)
    title = f"<caption>{escape(grid.title)}</caption>" if grid.title else ""
    return (
        f'<div class="wide"><table>{title}\n<thead>{_head_html(grid, numeric)}</thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _head_html(grid: Grid, numeric: list[bool]) -> str:
    """Return the headings; what neighbouring columns have in common stands above them, once."""
    parts = [text.rpartition(LEVELS) for text in grid.header]
    grouped = any(over for over, _, _ in parts)
    span = ' rowspan="2"' if grouped else ""
    upper = [f'<th scope="col"{span}>{escape(grid.corner)}</th>']
    lower: list[str] = []
    for over, run in groupby(range(len(parts)), key=lambda j: parts[j][0]):
        columns = list(run)
        row, tall = (lower, "") if over else (upper, span)
        if over:
            text = f'scope="colgroup" colspan="{len(columns)}"'
            upper.append(f'<th class="over" {text}>{escape(over)}</th>')
        row += [
            f'<th scope="col"{tall}{_class("number" if numeric[j] else "")}>'
            f"{escape(parts[j][2])}</th>"
            for j in columns
        ]
    return "".join(f"<tr>{''.join(row)}</tr>" for row in (upper, lower) if row)


def _is_numeric(grid: Grid, column: int) -> bool:
    cells = [row.cells[column] for row in grid.rows if len(row.cells) > column]
    return any(cell.value for cell in cells)


def _row_html(row: Row, numeric: list[bool]) -> str:
    label = escape(row.label)
    if row.kind == "group":
        span = len(numeric) + 1
        return f'<tr class="group"><th scope="rowgroup" colspan="{span}">{label}</th></tr>'
    cells = "".join(_cell_html(cell, n) for cell, n in zip(row.cells, numeric, strict=True))
    return f'<tr class="{row.kind}"><th scope="row">{label}</th>{cells}</tr>'


def _cell_html(cell: Cell, numeric: bool) -> str:
    identifier = f' data-id="{escape(cell.id)}"' if cell.id else ""
    shown = escape(typographic_in(cell.shown) if cell.value else cell.shown)
    if cell.value:
        shown = f'<data value="{escape(cell.value)}" title="{escape(cell.value)}">{shown}</data>'
    return f"<td{_class('number' if numeric else '')}{identifier}>{shown}</td>"


def typographic_in(shown: str) -> str:
    r"""Set a printed number typographically inside parentheses, an interval, and beside stars.

    Examples
    --------
    >>> typographic_in("(1.5e-07)**"), typographic_in("[-1.6e-04, 0.001]")
    ('(1.5×10⁻⁷)**', '[−1.6×10⁻⁴, 0.001]')
    >>> typographic_in("[-12\u202f345,1; 0,2]")
    '[−12\u202f345,1; 0,2]'
    """
    ends = re.fullmatch(r"\[([^ ]+)([,;] )([^ ]+)\]", shown)
    if ends:
        return f"[{typographic(ends[1])}{ends[2]}{typographic(ends[3])}]"
    match = re.fullmatch(r"(\(?)(.*?)([)*]*)", shown)
    return f"{match[1]}{typographic(match[2])}{match[3]}" if match else shown


_NEGATIVE = re.compile(r"(?<![\w.,)\]-])-(?=\d+[.,]\d)")


def signed(text: str) -> str:
    """Return a text of words whose negative decimal numbers have the minus of print.

    Hyphens of words, codes and whole numbers stay, as they may be names.

    Examples
    --------
    >>> signed("from -0.5194 to -0.02401"), signed("US-10.5 in 2010-2014, -2+3")
    ('from −0.5194 to −0.02401', 'US-10.5 in 2010-2014, -2+3')
    """
    return _NEGATIVE.sub("−", text)


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def with_own_ids(svg: str, own: str) -> str:
    """Return a drawing whose ids begin with what no other drawing of the page has.

    Examples
    --------
    >>> with_own_ids('<path id="a"/><use href="#a"/><g clip-path="url(#a)"/>', "n-")
    '<path id="n-a"/><use href="#n-a"/><g clip-path="url(#n-a)"/>'
    """
    return _TAG.sub(lambda tag: _ID.sub(rf"\g<0>{own}", tag[0]), svg)


_TAG = re.compile("<[^<>]*>")
_ID = re.compile(r"""\sid=["']|\bhref=["']#|\burl\(["']?#""")


def plain_text(published: Published) -> str:
    """Return a published thing as plain text."""
    if published.sentence:
        return published.sentence
    heading = published.caption or published.name
    parts = [heading] if heading else []
    for grid in published.grids:
        table = [[grid.corner, *grid.header]]
        table += [[row.label, *(cell.shown for cell in row.cells)] for row in grid.rows]
        widths = [
            max(len(line[j]) for line in table if len(line) > j)
            for j in range(len(grid.header) + 1)
        ]
        parts += ["  ".join(f"{text:>{widths[j]}}" for j, text in enumerate(r)) for r in table]
    return "\n".join([*parts, *([published.notes] if published.notes else [])])


class _Sanitiser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED_CONTENT:
            self._dropping.append(tag)
        if self._dropping or tag not in KEPT_TAGS:
            return
        kept = "".join(
            f' {name}="{escape(value)}"' for name, value in attrs if value and _kept(name, value)
        )
        self.parts.append(f"<{tag}{kept}>")
        if tag not in VOID_TAGS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag == self._dropping[-1]:
                self._dropping.pop()
            return
        if tag in self._open:
            while self._open:
                last = self._open.pop()
                self.parts.append(f"</{last}>")
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self._dropping:
            self.parts.append(escape(data, quote=False))

    def finished(self) -> str:
        self.close()
        return "".join([*self.parts, *(f"</{tag}>" for tag in reversed(self._open))])


def _kept(name: str, value: str) -> bool:
    return name in KEPT_ATTRIBUTES and value.isalnum()


def sanitised(html: str) -> str:
    """Return HTML of which only structure is left: no script, style, link, image or handler.

    Examples
    --------
    >>> sanitised('<p onclick="x()">a<script>b</script></p>')
    '<p>a</p>'
    """
    parser = _Sanitiser()
    parser.feed(html)
    return parser.finished()
