"""Promise: where a table or a figure is discussed it is named, so that a reader finds it.

On paper tables and figures go where there is room for them. What none of the sentences names
stands there for nobody.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from workbench.reports.ledger import PAGE, read_ledger
from workbench.reports.project import Project
from workbench.reports.studies import studies

PROJECT = Project.at(Path(__file__).parents[2])
NAMES = [study.name for study in studies(PROJECT.notebooks)]
WITHOUT_PROSE = frozenset({"pre", "code", "figure", "nav", "style"})
"""What is no sentence of the study: its code, what it publishes, the contents."""


class Prose(HTMLParser):
    """Collects the sentences of a page, and what they lead to."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.cited = "", set[str]()
        self._aside = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._aside += tag in WITHOUT_PROSE
        target = dict(attrs).get("href") or ""
        if tag == "a" and target.startswith("#") and not self._aside:
            self.cited.add(target[1:])

    def handle_endtag(self, tag: str) -> None:
        self._aside -= tag in WITHOUT_PROSE

    def handle_data(self, data: str) -> None:
        self.text += "" if self._aside else data


@pytest.mark.parametrize("name", NAMES)
def test_every_table_and_figure_is_named_where_it_is_discussed(name):
    folder = PROJECT.reports / name
    numbered = [one.name for one in read_ledger(folder).published if one.word]
    prose = Prose((folder / PAGE).read_text(encoding="utf-8"))
    assert numbered
    assert [thing for thing in numbered if thing not in prose.cited] == []
    assert [thing for thing in numbered if f"@{thing}" in prose.text] == []


def test_contents_code_and_captions_name_nothing():
    page = Prose(
        '<nav><a href="#a">A</a></nav><pre><code>@b</code></pre>'
        '<figure id="c"><figcaption><a href="#c">Table 1</a></figcaption></figure>'
        '<p>So it is (<a href="#d">Table 2</a>), @e.</p>'
    )
    assert page.cited == {"d"}
    assert "@e" in page.text
    assert "@b" not in page.text
