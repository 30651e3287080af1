"""Parameters of a study: plain values of a tagged cell, read and never executed to be found.

A code cell tagged ``parameters`` assigns literals to names. A run may give other values; they are
assigned in a cell of their own after it, so that the notebook stays the source of the report.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from workbench.errors import InputError, ReportError, check_option, nearest
from workbench.reports.report_names import report_name
from workbench.reports.values import Value, equal, fault, read, shortened, written
from workbench.typing import Language, words

TAG = "parameters"
INJECTED = "injected-parameters"
LANG = "lang"


@dataclass(frozen=True, slots=True)
class Setting:
    """With which parameters a report is made.

    Attributes
    ----------
    study : str
        Name of the study.
    defaults, values : mapping of str to str, int, float, bool, None or list of these
        What the notebook assigns, and what holds for this report; the same names.
    """

    study: str
    defaults: Mapping[str, Value]
    values: Mapping[str, Value]

    @property
    def changed(self) -> dict[str, Value]:
        """The values that are not the default, by name in order."""
        return {
            name: self.values[name]
            for name in sorted(self.values)
            if not equal(self.values[name], self.defaults[name])
        }

    @property
    def lang(self) -> Language:
        """The language of the report: that of the parameter ``lang``, else English."""
        return "ru" if self.values.get(LANG) == "ru" else "en"

    @property
    def report(self) -> str:
        """Name of the report's folder: that of the study, then what is not the default."""
        texts = {name: self._text(name) for name in self.changed}
        return report_name(self.study, self.changed, texts)

    @property
    def command(self) -> str:
        """The command that makes the report."""
        given = [f"-p {shlex.quote(f'{name}={self._text(name)}')}" for name in self.changed]
        return " ".join([f"workbench run {self.study}", *given])

    def _text(self, name: str) -> str:
        return written(self.values[name], self.defaults[name])


def told(values: Mapping[str, Value]) -> str:
    """Return parameters as they would be assigned, in one line.

    Examples
    --------
    >>> told({"region": "RU-TOM", "lang": "ru"})
    "lang = 'ru', region = 'RU-TOM'"
    """
    return ", ".join(f"{name} = {values[name]!r}" for name in sorted(values))


def defaults_of(notebook: Any, *, study: str) -> dict[str, Value]:
    """Return what the cell tagged ``parameters`` assigns; nothing where there is no such cell.

    Parameters
    ----------
    notebook : NotebookNode
        Read, not executed.
    study : str
        Its name, for messages.

    Raises
    ------
    ReportError
        If there are two such cells, one holds anything but assignments of literals, or a run of
        another program has left its cell ``injected-parameters``.
    """
    tagged = [cell for cell in notebook.cells if TAG in _tags(cell)]
    if any(INJECTED in _tags(cell) for cell in notebook.cells):
        raise _refusal(study, f"a cell tagged {INJECTED}", "delete that cell")
    if len(tagged) > 1:
        raise _refusal(study, f"{len(tagged)} cells tagged {TAG}", "bring them into one")
    if tagged and tagged[0].cell_type != "code":
        raise _refusal(study, f"a {tagged[0].cell_type} cell tagged {TAG}", "tag a code cell")
    defaults: dict[str, Value] = {}
    for name, value in _assigned(tagged[0].source, study) if tagged else ():
        if name.lower() in {known.lower() for known in defaults}:
            raise _refusal(study, f"{name} assigned twice", "give each parameter a name of its own")
        defaults[name] = value
    if LANG in defaults and defaults[LANG] not in words(Language):
        raise _refusal(study, told({LANG: defaults[LANG]}), "write lang = 'en'")
    return defaults


def setting_of(notebook: Any, *, study: str, given: Mapping[str, object]) -> Setting:
    """Return the setting of a run: the defaults, with what was given put in their place.

    Parameters
    ----------
    notebook : NotebookNode
        With or without a cell of parameters.
    study : str
        Its name.
    given : mapping of str to object
        Values by name; texts are read as values of the default's type.

    Raises
    ------
    InputError
        If a name is unknown, or a value is not of the default's type.
    ReportError
        If the cell of parameters is none.
    """
    if "--" in study:
        raise ReportError(
            f"study {shortened(study)!r}",
            expected="a name without two hyphens in a row",
            found="two hyphens, which hold the parameters apart in names of reports",
            remedy="rename the notebook",
        )
    defaults = defaults_of(notebook, study=study)
    values = dict(defaults)
    for name, value in given.items():
        if name not in defaults:
            raise _unknown(name, defaults, study)
        values[name] = read(name, value, defaults[name])
    if LANG in values:
        check_option(LANG, values[LANG], Language)
    return Setting(study, defaults, values)


def setting_again(
    notebook: Any, *, study: str, recorded: Mapping[str, object], folder: str
) -> Setting:
    """Return the setting that a ledger records, if the notebook of the report can have it.

    A ledger from before there were parameters records none; the defaults hold then.

    Raises
    ------
    ReportError
        If the ledger has a parameter that the notebook does not have, lacks one, or has a value
        of another type.
    """
    defaults = defaults_of(notebook, study=study)
    faults = [
        f"{shortened(name)!r}, which the notebook has not" for name in {*recorded} - {*defaults}
    ]
    if recorded:
        faults += [f"no {name!r}" for name in {*defaults} - {*recorded}]
    for name in {*recorded} & {*defaults}:
        wrong = fault(recorded[name], defaults[name])
        if not wrong and name == LANG and recorded[name] not in words(Language):
            wrong = f"a language among {', '.join(words(Language))}"
        if wrong:
            faults.append(f"{name} = {shortened(recorded[name])!r} instead of {wrong}")
    if faults:
        raise ReportError(
            f"{folder}/ledger.json",
            expected="the parameters of the report's notebook: " + (told(defaults) or "none"),
            found="; ".join(sorted(faults)),
            why="what is executed must be what was reported",
            remedy=f"render the report again: workbench run {study}",
        )
    return Setting(study, defaults, {**defaults, **recorded})  # type: ignore[dict-item]


def with_values(notebook: Any, setting: Setting) -> Any:
    """Return a copy with a cell that assigns what is not the default, after the defaults.

    Without any such value the copy is as the notebook.
    """
    from workbench.reports.via_nbformat import v4

    copy = deepcopy(notebook)
    if not setting.changed:
        return copy
    place = next(i for i, cell in enumerate(copy.cells) if TAG in _tags(cell))
    lines = [f"{name} = {value!r}" for name, value in setting.changed.items()]
    cell = v4.new_code_cell("\n".join(["# Parameters", *lines]), metadata={"tags": [INJECTED]})
    cell["id"] = INJECTED
    copy.cells.insert(place + 1, cell)
    return copy


def is_injected(cell: Any) -> bool:
    """Say whether a cell is none of the notebook's own but assigns the values of a run."""
    return INJECTED in _tags(cell)


def _tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", ()))


def _assigned(source: str, study: str) -> Iterator[tuple[str, Value]]:
    """Yield the names and values that a cell assigns, without executing it."""
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refusal(study, f"{type(error).__name__}: {error}", "write name = value") from error
    for line in lines:
        targets = line.targets if isinstance(line, ast.Assign) else []
        if isinstance(line, ast.AnnAssign) and line.value is not None:
            targets = [line.target]
        if len(targets) != 1 or not isinstance(targets[0], ast.Name):
            raise _other(study, line, source)
        name, written_as = targets[0].id, line.value  # type: ignore[attr-defined]
        try:
            value = ast.literal_eval(written_as)
        except (ValueError, TypeError, RecursionError, MemoryError):
            raise _other(study, line, source) from None
        wrong = fault(value, value if isinstance(value, list) else None)
        if wrong or name.startswith("_") or not name.isascii():
            raise _other(study, line, source)
        yield name, value


def _other(study: str, line: ast.stmt, source: str) -> ReportError:
    text = shortened(ast.get_source_segment(source, line) or "")
    return _refusal(
        study,
        f"line {line.lineno}: {text}",
        "leave the literals of parameters there, and move the rest into the next cell",
    )


def _refusal(study: str, found: str, remedy: str) -> ReportError:
    return ReportError(
        f"study {study!r}",
        expected=f"one code cell tagged {TAG}, of lines name = value with a text, number, "
        "True, False, None or a list of these",
        found=found,
        why="parameters are read without executing anything",
        remedy=remedy,
    )


def _unknown(name: str, defaults: Mapping[str, Value], study: str) -> InputError:
    if not defaults:
        return InputError(
            "parameter",
            expected=f"none: study {study!r} has no cell tagged {TAG}",
            found=repr(shortened(name)),
            remedy=f"run it as it is: workbench run {study}",
        )
    return InputError(
        "parameter",
        expected=f"one of {', '.join(sorted(defaults))}",
        found=repr(shortened(name)),
        remedy=nearest(shortened(name), defaults) or "see them: workbench list",
    )
