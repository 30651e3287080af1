"""What a check of a user's table found."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core import display
from workbench.data.forms.problems import Problem, table_of


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
