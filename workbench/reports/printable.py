"""What a table can be written as: one object for pages, papers and spreadsheets."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from workbench.core.language import speaking
from workbench.errors import InputError
from workbench.reports.entries import Published
from workbench.reports.markup import grids_html
from workbench.reports.writers.inert import harmless
from workbench.typing import Language

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9:-]*")


class Printable:
    """A table that writes itself as HTML, LaTeX, Typst, Word, CSV and Excel.

    Every text in it is inert in each of them. The same table gives the same bytes.
    """

    __slots__ = ()

    def _language(self) -> Language:
        raise NotImplementedError

    def _published(self) -> Published:
        """Return what is shown, in the language in use."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        with speaking(self._language()):
            published = self._published()
            parts = [grids_html(published)]
        if published.caption:
            parts.insert(0, f"<p><strong>{escape(published.caption)}</strong></p>")
        if published.notes:
            parts.append(f"<p><small>{escape(published.notes)}</small></p>")
        return harmless("\n".join(parts))

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the table as HTML without ids that change; write it to `path` if given."""
        return _written(self._repr_html_(), path)

    def to_latex(
        self,
        path: str | Path | None = None,
        *,
        long: bool = False,
        wide: bool = False,
        label: str = "",
    ) -> str:
        r"""Return the table as LaTeX; write it to `path` if given.

        Parameters
        ----------
        path : str or Path, optional
            File to write.
        long : bool, default False
            Whether it may run over pages: a longtable, its head on each.
        wide : bool, default False
            Whether it is turned by a quarter: a sidewaystable.
        label : str, optional
            For ``\ref``.

        Returns
        -------
        str
            Its first line names the packages that it needs. Numbers stand under each other without
            siunitx; notes need threeparttable. Russian needs a Cyrillic font encoding (T2A).
            Letters and columns are planned for a line of 16 cm as in printed reports: long texts
            are broken and share the line, a table taller than a page is long, one that is wider
            than the line in small letters is turned.
        """
        from workbench.reports.writers.latex import latex

        _check_label(label)
        with speaking(self._language()):
            text = latex(self._published(), long=long, wide=wide, label=label)
        return _written(text, path)

    def to_typst(
        self,
        path: str | Path | None = None,
        *,
        long: bool = False,
        wide: bool = False,
        label: str = "",
    ) -> str:
        """Return the table as a Typst figure of kind ``table``; write it to `path` if given.

        Letters and columns are planned for A4 as in printed reports: long texts are broken, a
        table that does not fit upright gets a page across, and one of more than 9 cm may run over
        pages.

        Parameters
        ----------
        path : str or Path, optional
            File to write.
        long : bool, default False
            Whether it may run over pages, its head on each.
        wide : bool, default False
            Whether it stands on a page turned by a quarter.
        label : str, optional
            For ``@label``.
        """
        from workbench.reports.writers.typst import typst

        _check_label(label)
        with speaking(self._language()):
            text = typst(self._published(), long=long, wide=wide, label=label)
        return _written(text, path)

    def to_docx(self, path: str | Path, *, long: bool = False, wide: bool = False) -> None:
        """Write the table as a Word document: a real table, its caption numbered by Word.

        Parameters
        ----------
        path : str or Path
            File to write.
        long : bool, default False
            Whether it may run over pages, its head on each.
        wide : bool, default False
            Whether the page is turned by a quarter.
        """
        from workbench.reports.writers.word import docx

        with speaking(self._language()):
            document = docx(self._published(), long=long, wide=wide)
        _in_folder(path).write_bytes(document)

    def to_csv(self, path: str | Path | None = None) -> str:
        """Return the table as CSV, numbers at full precision; write it to `path` if given.

        UTF-8 with decimal points. Texts that a spreadsheet would compute get an apostrophe.
        """
        from workbench.reports.writers.comma import comma_separated

        with speaking(self._language()):
            text = comma_separated(self._published())
        return _written(text, path)

    def to_excel(self, path: str | Path) -> None:
        """Write the table as an Excel workbook: numbers at full precision, shown as printed."""
        from workbench.reports.writers.sheets import workbook

        with speaking(self._language()):
            book = workbook(self._published())
        _in_folder(path).write_bytes(book)


def _check_label(label: str) -> None:
    if label and not (isinstance(label, str) and _LABEL.fullmatch(label)):
        raise InputError(
            "label",
            expected="letters, digits, colons and hyphens, e.g. 'tab:models'",
            found=repr(label),
            why="it is written into the text of the document as a name",
        )


def _in_folder(path: str | Path) -> Path:
    if not Path(path).parent.is_dir():
        raise InputError(
            "path",
            expected="a file in a folder that exists",
            found=str(path),
            remedy=f"make the folder first: {Path(path).parent}",
        )
    return Path(path)


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        _in_folder(path).write_text(text, encoding="utf-8", newline="\n")
    return text
