"""A user's table against a form: all that differs, told at once, mended where that is safe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.data.descriptor import Descriptor, Field
from workbench.data.files import RawTable, is_missing
from workbench.data.forms import figures, keys, regional
from workbench.data.forms.cells import numbers_of
from workbench.data.forms.headings import Layout, lay_out
from workbench.data.forms.lengthening import lengthen
from workbench.data.forms.own import form_named
from workbench.data.forms.problems import Problem, places, table_of
from workbench.data.forms.source import Source, marks, opened
from workbench.data.forms.words import Words, words_of
from workbench.typing import RegionScheme


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Check:
    """What a check of a table against a form found; immutable.

    Attributes
    ----------
    form, file, sha256 : str
        Name of the form, name of the file without folders, digest of the file.
    rows : int
        Rows of the table that came out, as far as it could be read.
    notes : tuple of str
        What was found while the file was read.
    """

    form: str
    file: str
    sha256: str
    rows: int
    notes: tuple[str, ...]
    _problems: tuple[Problem, ...]
    _frame: pd.DataFrame

    @property
    def passed(self) -> bool:
        """Whether nothing is left that needs the user's word or an edit of the file."""
        return not self.unmended

    @property
    def unmended(self) -> tuple[Problem, ...]:
        """The problems that need the user's word, or an edit of the file."""
        return tuple(problem for problem in self._problems if problem.mended == "no")

    @property
    def mended(self) -> tuple[str, ...]:
        """What was mended, and what the reader should know, a sentence each."""
        return tuple(item.sentence() for item in self._problems if item.mended != "no")

    @property
    def problems(self) -> pd.DataFrame:
        """A row a problem: ``problem where found expected remedy mended``.

        ``mended`` is ``"yes"`` (``remedy`` says what was done), ``"no"`` (``remedy`` is the keyword
        of the call or the edit of the file that mends it), or ``"told"`` (nothing needs to be
        done). Those that need the user's word stand first.
        """
        return table_of(self._problems)

    def tidy(self) -> pd.DataFrame:
        """Return the problems, a row each; see :attr:`problems`."""
        return self.problems

    def glance(self) -> pd.DataFrame:
        """Return one row: ``form file passed rows mended told unmended``."""
        kinds = self.problems["mended"].value_counts()
        return pd.DataFrame(
            {
                "form": [self.form],
                "file": [self.file],
                "passed": [self.passed],
                "rows": [self.rows],
                "mended": [int(kinds.get("yes", 0))],
                "told": [int(kinds.get("told", 0))],
                "unmended": [int(kinds.get("no", 0))],
            }
        )

    def _title(self) -> str:
        verdict = f"passed, {self.rows} rows" if self.passed else (
            f"NOT PASSED, {len(self.unmended)} to mend"
        )  # fmt: skip
        return f"{self.file} against the form {self.form}: {verdict}"

    def __str__(self) -> str:
        lines = [self._title()]
        captions = {"no": "To mend", "told": "To know", "yes": "Mended"}
        for mended, caption in captions.items():
            own = [problem for problem in self._problems if problem.mended == mended]
            lines += [caption] if own else []
            for problem in own:
                expected = f"; expected {problem.expected}" if problem.expected else ""
                lines.append(f"  {problem.problem}, {problem.where}: {problem.found}{expected}")
                lines.append(f"    -> {problem.remedy}")
        return "\n".join([*lines, *self.notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._title(), [("", self.problems)], self.notes)


def check(
    source: str | Path | pd.DataFrame | RawTable,
    form: str,
    *,
    units: Mapping[str, str] | None = None,
    columns: Mapping[Any, str | None] | None = None,
    regions: Mapping[str, str | None] | None = None,
    scheme: RegionScheme | None = None,
    decimal: str | None = None,
    sheet: str | None = None,
) -> Check:
    """Check a table of the user's against a form, and say everything that differs at once.

    Parameters
    ----------
    source : path or DataFrame
        CSV, Excel, Parquet or Stata file, as :func:`workbench.data.files.read_table` reads it, or a
        table in memory. It is not changed.
    form : str
        Name of a form in ``wb.datasets()``, e.g. ``"high-tech-exports"``.
    units : mapping of str to str, optional
        Unit of a column of the form where it is not the form's: ``{"exports": "thousand USD"}``.
        The form's own unit confirms figures that look as if they were in another.
    columns : mapping of str to (str or None), optional
        Column of the form by heading of the table; None leaves a heading out. Headings with
        years may all name one column.
    regions : mapping of str to (str or None), optional
        Id by name as it stands in the table; None leaves its rows out.
    scheme : {"80", "82", "83", "85"}, optional
        Scheme of Russian regions to bring the table to; the form's own when left out.
    decimal : {".", ","}, optional
        Decimal mark, where cells such as ``"1,234"`` do not tell it.
    sheet : str, optional
        Sheet of an Excel file.

    Returns
    -------
    Check
        ``.passed``, ``.problems``; prints what to do.

    Raises
    ------
    OptionError
        If there is no such form, or a keyword names a column that the form does not have.
    InputError
        If a keyword speaks of headings or names that the table does not have, a unit cannot be
        turned into the form's, or the file holds no table.

    Notes
    -----
    Mended without asking, and told: headings that are a column's name or title in English or
    Russian in any case; names and codes of regions; countries, districts and notes among the rows;
    years in headings or as text; decimal commas and grouped digits; units that a heading names;
    okrugs merged into their oblasts by each column's rule; repeated rows that agree in all cells.
    Never mended silently: units that only the size of the figures suggests, names that resemble
    one, keys with several figures. A missing cell stays missing. The result does not depend on the
    order of rows.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {
    ...         "Регион": ["Томская область", "Республика Татарстан"],
    ...         "Год": ["2019 г.", "2019 г."],
    ...         "Экспорт высокотехнологичных товаров, тыс. долл. США": ["51 200,5", "640 000"],
    ...     }
    ... )
    >>> found = check(table, "high-tech-exports")
    >>> found.passed, found.rows
    (True, 2)
    """
    descriptor = form_named(form)
    said = words_of(descriptor, units=units, columns=columns, regions=regions, scheme=scheme,
                    decimal=decimal)  # fmt: skip
    own = opened(source, form=form, sheet=sheet)
    frame, problems = _examined(own, descriptor, said)
    return Check(
        form=form,
        file=own.name,
        sha256=own.sha256,
        rows=len(frame),
        notes=own.notes,
        _problems=tuple(problems),
        _frame=frame,
    )


def _examined(source: Source, form: Descriptor, said: Words) -> tuple[pd.DataFrame, list[Problem]]:
    fields = form.fields_of(form.parts[0])
    key = list(form.resource(form.parts[0].table).primary_key)
    layout = lay_out(source.frame.columns, fields, said.columns)
    if source.frame.empty:
        told = [Problem("no figures", "rows", "none", "figures", "fill them in")]
        return source.frame, [*layout.problems, *told]
    cells, told = lengthen(source.frame, layout.headings, fields)
    problems = [*layout.problems, *told]
    measures = [f.name for f in fields if f.type in figures.FIGURES and f.name in cells]
    gaps = cells[measures].map(is_missing)
    cells, names, told = _keyed(cells, fields, said, gaps.all(axis=1) & bool(measures))
    problems += told
    decimal, thousands = _marks(source, said, cells, measures)
    table, told = numbers_of(cells, fields, decimal=decimal, thousands=thousands,
                             labels=_labels(cells, key, names))  # fmt: skip
    problems += told
    table, told = _emptied(table, gaps.loc[table.index], key)
    problems += told
    given, origin, told = _units(source, layout, said)
    problems += told
    table, told = figures.converted(table, fields, given, origin)
    problems += told
    suspects = figures.suspected(table, fields, given)
    problems += suspects.values()
    doubted = {name for name, problem in suspects.items() if problem.mended == "no"}
    sure = table.drop(columns=[name for name in doubted if name in table])
    problems += figures.out_of_bounds(sure, fields, _labels(table, key, names))
    problems += _words(table, fields, _labels(table, key, names))
    problems += _missing(gaps.loc[table.index], fields, _labels(table, key, names))
    table, told = _finished(table, fields, key, names, said)
    return table, [*problems, *told]


def _keyed(
    cells: pd.DataFrame, fields: tuple[Field, ...], said: Words, empty: pd.Series
) -> tuple[pd.DataFrame, pd.Series, list[Problem]]:
    """Return the cells with ids and years, the names as they stood, and what was found."""
    keyed = cells.copy()
    names = pd.Series("", index=cells.index, dtype=object)
    problems: list[Problem] = []
    out = pd.Series(False, index=cells.index)
    for field in fields:
        if field.name not in cells:
            continue
        if field.crosswalk:
            names = cells[field.name].map(keys.text_of)
            ids, gone, told = keys.regions(names, field, said.regions, empty=empty)
            keyed[field.name] = ids
            out |= gone
            problems += told
        elif field.type == "string":
            keyed[field.name] = cells[field.name].map(keys.text_of)
    kept = keyed[~out]
    for field in fields:
        if field.type == "year" and field.name in cells:
            found, told = keys.years(kept[field.name], field)
            kept = kept.assign(**{field.name: found})
            problems += told
    return kept, names, problems


def _units(
    source: Source, layout: Layout, said: Words
) -> tuple[dict[str, str], dict[str, str], list[Problem]]:
    """Return the unit of each column that has one told, and who tells it.

    Cells that a spreadsheet shows as per cents are shares, whatever else is said of them.
    """
    headed = {h.field: h.unit for h in layout.headings if h.unit}
    origin = dict.fromkeys(headed, ", as its heading says") | dict.fromkeys(said.units, "")
    given = headed | dict(said.units)
    problems = []
    for heading in layout.headings:
        shown = source.percent.get(heading.text, 0)
        if not shown:
            continue
        cells = source.frame[heading.text]
        held = sum(isinstance(cell, int | float) for cell in cells)
        if shown < held:
            problems.append(
                Problem("mixed formats", heading.field, f"{shown} of {held} cells shown as per "
                        "cents", "one format in a column",
                        "give all its cells one format in the spreadsheet")
            )  # fmt: skip
        given[heading.field] = "share"
        origin[heading.field] = ", which the spreadsheet shows as per cents"
    return given, origin, problems


def _marks(
    source: Source, said: Words, cells: pd.DataFrame, measures: list[str]
) -> tuple[str | None, str | None]:
    """Return the marks of the figures: the user's word, else what these columns show."""
    decimal, thousands = marks(cells, measures)
    if said.decimal:
        return said.decimal, None if thousands == said.decimal else thousands or _other(
            said.decimal
        )
    if decimal is None and source.decimal is not None:
        return source.decimal, source.thousands
    return decimal, thousands


def _other(decimal: str) -> str:
    return "," if decimal == "." else "."


def _labels(table: pd.DataFrame, key: list[str], names: pd.Series) -> pd.Series:
    """Return what rows are called: their key, or the name in the table where no id was found."""
    parts = []
    for name in key:
        own = table[name].map(keys.text_of) if name in table else pd.Series(None, table.index)
        parts.append(own.astype(object))
    first = parts[0].where(parts[0].notna(), names[table.index]) if parts else names[table.index]
    rest = parts[1:]
    return pd.Series(
        [" ".join(part for part in row if isinstance(part, str) and part) or "a row without key"
         for row in zip(first, *rest, strict=True)],
        index=table.index, dtype=object,
    )  # fmt: skip


def _emptied(
    table: pd.DataFrame, gaps: pd.DataFrame, key: list[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Leave out rows and columns without any figure, as an empty form has them."""
    measures = list(gaps.columns)
    if not measures:
        return table, []
    empty = gaps.all(axis=1)
    if empty.all():
        return table, [Problem("no figures", places(measures), "no number in any row", "figures",
                               "fill them in")]  # fmt: skip
    bare = [name for name in measures if gaps[name].all()]
    problems = []
    if bare:
        problems.append(Problem("empty columns", places(bare), "no number in any row", "figures",
                                "left out", "yes"))  # fmt: skip
    if empty.any():
        problems.append(Problem("empty rows", ", ".join(key), f"{int(empty.sum())} rows without "
                                "any figure", "figures", "left out", "yes"))  # fmt: skip
    return table.loc[~empty].drop(columns=bare), problems


def _words(table: pd.DataFrame, fields: tuple[Field, ...], labels: pd.Series) -> list[Problem]:
    problems = []
    for field in fields:
        if field.enum and field.name in table:
            odd = table[field.name].notna() & ~table[field.name].isin(field.enum)
            if odd.any():
                problems.append(
                    Problem("unknown word", f"{field.name}: {places(labels[odd])}",
                            places(map(repr, table.loc[odd, field.name])),
                            "one of " + ", ".join(field.enum), "correct these cells of the file")
                )  # fmt: skip
    return problems


def _missing(gaps: pd.DataFrame, fields: tuple[Field, ...], labels: pd.Series) -> list[Problem]:
    """Return the gaps of figures that the form needs in every row."""
    problems = []
    for field in fields:
        if field.required and field.name in gaps:
            gap = gaps[field.name]
            if gap.any() and not gaps.to_numpy().all():
                problems.append(
                    Problem("missing figure", f"{field.name}: {places(labels[gap])}",
                            f"{int(gap.sum())} empty cells", "a figure in every row",
                            "fill them in, or leave these rows out of the file")
                )  # fmt: skip
    return problems


def _finished(
    table: pd.DataFrame, fields: tuple[Field, ...], key: list[str], names: pd.Series, said: Words
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the table by its key in one scheme of regions, as far as its key goes."""
    lacking = [name for name in key if name not in table]
    if lacking:
        return table.iloc[:0], []
    whole = table[table[key].notna().all(axis=1)]
    kept, problems = keys.without_repeats(whole, key, names)
    if any(problem.mended == "no" for problem in problems):
        return kept, problems
    kept = kept.astype({field.name: "int64" for field in fields
                        if field.type == "year" and field.name in kept})  # fmt: skip
    frame = kept.set_index(key).sort_index()
    frame = frame[[field.name for field in fields if field.name in frame]]
    scheme = cast("RegionScheme", said.scheme)
    crosswalk = next((field.name for field in fields if field.crosswalk), "")
    if crosswalk == key[0] and said.scheme:
        frame, told = regional.brought(frame, fields, scheme)
        problems += told
        if len(frame) and not any(problem.mended == "no" for problem in told):
            problems += regional.missing_regions(frame, scheme)
    elif crosswalk in frame and said.scheme:
        frame[crosswalk] = regional.parents_of(frame[crosswalk], said.scheme)
    return _typed(frame, fields), problems


def _typed(frame: pd.DataFrame, fields: tuple[Field, ...]) -> pd.DataFrame:
    kinds = {f.name: np.float64 for f in fields if f.type in figures.FIGURES and f.name in frame}
    return frame.astype(kinds)
