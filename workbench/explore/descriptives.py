"""Table 1 of a paper: what the variables of a sample are like, and whether they cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.expressions import evaluate
from workbench.data import describe
from workbench.errors import InputError, PanelError, WorkbenchError
from workbench.explore.overall.moran import moran
from workbench.typing import Align

COLUMNS = ("nobs", "sample_mean", "sample_sd", "sample_min", "sample_median", "sample_max")


@dataclass(frozen=True, slots=True, repr=False)
class Descriptives:
    """What variables are like; made by :func:`descriptives`.

    Attributes
    ----------
    table : DataFrame
        A row a variable: ``nobs sample_mean sample_sd sample_min sample_median sample_max``, with
        weights ``moran_i p_permutation``, and ``unit`` where the data say it.
    permutations : int or None
        Number of permutations R behind the p-values.
    notes : tuple of str
        What is missing, and what was done on the caller's word.
    """

    table: pd.DataFrame
    permutations: int | None
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows, however many variables there are."""
        return {"": self.table}

    def __str__(self) -> str:
        """Return the table as text."""
        return display.text("Variables of the sample", [("", self.table)], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("Variables of the sample", [("", self.table)], self.notes)


def descriptives(
    variables: Sequence[str] | str,
    table: pd.DataFrame,
    W: Any = None,
    *,
    permutations: int = 999,
    seed: int = 0,
    align: Align = "strict",
) -> Descriptives:
    """Describe variables: number, mean, spread, range, and Moran's I of each if W is given.

    Parameters
    ----------
    variables : sequence of str
        Columns, or expressions such as ``"log(patents / population)"``.
    table : DataFrame or GeoDataFrame
        A row a region, or a region and a period; missing values are left out variable by variable
        and told.
    W : Weights, Graph or libpysal W, optional
        For Moran's I, of one period and of variables without missing values; others get none.
    permutations : int, default 999
        Number of permutations R; 0 for no p-values.
    seed : int, default 0
        Seed of the permutations, the same for every variable.
    align : {"strict", "intersection"}
        What to do about regions that only the table or only the weights have.

    Returns
    -------
    Descriptives
        Standard deviations divide by n − 1. Units are those of the dataset that the table is
        of, or of both that it was joined from.

    Raises
    ------
    InputError
        If no variable is named, one is named twice, or one has fewer than two values.
    FormulaError, ValuesError
        If a variable cannot be read, or is constant where Moran's I is wanted.
    PanelError
        If W is given with a table of several periods.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"x": [1.0, 2.0, 6.0]}, index=list("abc"))
    >>> row = descriptives(["x"], data).table.loc["x"]
    >>> float(row["sample_mean"]), float(row["sample_median"])
    (3.0, 2.0)
    """
    names = _checked([variables] if isinstance(variables, str) else list(variables))
    if W is not None and table.index.nlevels > 1:
        raise PanelError(
            "table",
            expected="one period, as W is given",
            found="a table of regions and periods",
            why="Moran's I compares regions at one time",
            remedy='take one, e.g. table.xs(2014, level="year"), or leave W out',
        )
    values = {name: _values(name, table) for name in names}
    rows = {name: _row(name, found) for name, found in values.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    frame["nobs"] = frame["nobs"].astype(int)
    frame.index.name = "variable"
    gaps = {name: int(found.isna().sum()) for name, found in values.items()}
    notes = [f"{name}: {n} missing values left out." for name, n in gaps.items() if n]
    if W is not None:
        whole = [name for name in names if not gaps[name]]
        tests = {
            name: moran(name, table, W, permutations=permutations, seed=seed, align=align)
            for name in whole
        }
        frame["moran_i"] = pd.Series({n: t.statistic for n, t in tests.items()}, dtype=float)
        if permutations:
            drawn = {n: t.p_permutation for n, t in tests.items()}
            frame["p_permutation"] = pd.Series(drawn, dtype=float)
    units = _units(table)
    if any(name in units for name in names):
        frame["unit"] = [units.get(name, "") for name in names]
    return Descriptives(frame, (permutations or None) if W is not None else None, tuple(notes))


def _checked(names: list[str]) -> list[str]:
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    if not names or twice:
        raise InputError(
            "variables",
            expected="columns or expressions, each once",
            found="none" if not names else "named twice",
            offenders=twice,
        )
    return names


def _values(name: str, table: pd.DataFrame) -> pd.Series[Any]:
    """Return a variable; what is not finite counts as missing only where the data miss it."""
    if isinstance(name, str) and name in table.columns:
        column = table[name]
        if not pd.api.types.is_numeric_dtype(column):
            raise InputError(
                "variables", expected="columns of numbers", found=f"{name!r} of {column.dtype}"
            )
        return column.astype(float)
    found = evaluate(f"I({name})", table, argument="variables", shown=str(name)).regressors
    return pd.Series(found.iloc[:, -1], name=name).astype(float)


def _row(name: str, values: pd.Series[Any]) -> tuple[float, ...]:
    known = values.dropna().to_numpy()
    if len(known) < 2 or not np.isfinite(known).all():
        raise InputError(
            "variables",
            expected="at least two values of each, all finite",
            found=f"{len(known)} of {name!r}" if len(known) < 2 else f"infinite values of {name!r}",
            remedy="leave the variable out, or the rows where it is not defined",
        )
    middle = float(np.median(known))
    spread = float(known.std(ddof=1))
    return (len(known), float(known.mean()), spread, float(known.min()), middle, float(known.max()))


def _units(table: pd.DataFrame) -> dict[str, str]:
    """Return the units of columns of a dataset, by name; of joined ones, those of both sides."""
    about = table.attrs.get("provenance")
    if not isinstance(about, dict):
        return {}
    if "dataset" in about:
        return _units_of(about["dataset"])
    sides = [side for side in (about.get("regions"), about.get("table")) if isinstance(side, dict)]
    return {field: unit for side in sides for field, unit in _units_of(side.get("dataset")).items()}


def _units_of(name: object) -> dict[str, str]:
    """Return the units of the fields of a dataset; none where it is not known."""
    if not isinstance(name, str):
        return {}
    try:
        fields = describe(name)
    except WorkbenchError:  # a table of the user's own
        return {}
    known = fields[fields["unit"].astype(str).str.strip().ne("") & fields["unit"].notna()]
    return {
        str(field): str(unit) for field, unit in zip(known["field"], known["unit"], strict=True)
    }
