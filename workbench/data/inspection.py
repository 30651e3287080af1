"""The quality report: what a user should know about a table before a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.core import display
from workbench.data.descriptor import Anomaly

YEAR = "year"
ALL = "all"
ANOMALY_COLUMNS = ("region", "year", "field", "value", "note", "note_ru")


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Gaps, known oddities and repeated keys of a dataset.

    Attributes
    ----------
    dataset, part : str
        What was inspected.
    rows : int
        Number of rows.
    duplicates : tuple
        Keys that occur more than once; empty in every dataset of the catalogue.
    """

    dataset: str
    part: str
    rows: int
    duplicates: tuple[object, ...]
    _missing: pd.DataFrame
    _anomalies: pd.DataFrame

    @property
    def missing(self) -> pd.DataFrame:
        """Missing cells: a row a year (one row ``all`` without years), a column a field; int64."""
        return self._missing.copy()

    @property
    def anomalies(self) -> pd.DataFrame:
        """Known oddities: ``region``, ``year``, ``field``, ``value``, ``note``, ``note_ru``.

        ``region`` is missing where all are concerned; ``value`` is NaN where a cell is missing.
        """
        return self._anomalies.copy()

    @property
    def complete(self) -> bool:
        """Whether no cell is missing and no key repeated."""
        return not self.duplicates and int(self._missing.to_numpy().sum()) == 0

    def _title(self) -> str:
        cells = int(self._missing.to_numpy().sum())
        return (
            f"{self.dataset}, {self.part}: {self.rows} rows, {cells} missing cells, "
            f"{len(self.duplicates)} repeated keys, {len(self._anomalies)} known anomalies"
        )

    def _tables(self) -> list[tuple[str, pd.DataFrame]]:
        gaps = self._missing.loc[:, self._missing.any()]
        notes = self._anomalies.drop(columns="note_ru").fillna({"region": ALL}).set_index("region")
        notes["value"] = [f"{value:g}" for value in notes["value"]]
        tables = [("Missing cells by year", gaps), ("Known anomalies", notes)]
        return [(caption, table) for caption, table in tables if table.size]

    def __str__(self) -> str:
        return display.text(self._title(), self._tables())

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return display.html(self._title(), self._tables())


def inspect(frame: pd.DataFrame, *, anomalies: Sequence[Anomaly] = ()) -> QualityReport:
    """Count the gaps and repeated keys of a table, and look up its known oddities.

    Parameters
    ----------
    frame : DataFrame
        Table indexed by its key; with a level ``year``, gaps are counted by year. Missing
        is what pandas calls so (NaN, None, a missing geometry).
    anomalies : sequence of Anomaly
        Known oddities; those about fields that the table does not have are left out.

    Returns
    -------
    QualityReport
        The report.

    Examples
    --------
    >>> table = pd.DataFrame({"rd": [1.0, None]}, index=pd.Index(["a", "b"], name="region"))
    >>> inspect(table).missing.loc["all", "rd"].item()
    1
    """
    provenance = frame.attrs.get("provenance", {})
    gaps = pd.DataFrame(frame.isna())
    missing = (
        gaps.groupby(level=YEAR).sum() if YEAR in frame.index.names else gaps.sum().to_frame(ALL).T
    )
    known = [item for item in anomalies if item.field in frame.columns]
    rows = [(a.region, a.year, a.field, _value(frame, a), a.note, a.note_ru) for a in known]
    return QualityReport(
        dataset=str(provenance.get("dataset", "table")),
        part=str(provenance.get("part", ALL)),
        rows=len(frame),
        duplicates=tuple(frame.index[frame.index.duplicated()].unique()),
        _missing=missing.astype("int64"),
        _anomalies=pd.DataFrame(rows, columns=list(ANOMALY_COLUMNS)),
    )


def _value(frame: pd.DataFrame, anomaly: Anomaly) -> object:
    key = (anomaly.region, anomaly.year) if frame.index.nlevels > 1 else anomaly.region
    if key not in frame.index:
        return float("nan")
    return frame.loc[[key], anomaly.field].iloc[0]
