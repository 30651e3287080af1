"""What became of each name: region, aggregate, ambiguous, or nothing known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.errors import IdError, InputError, check_option, listing
from workbench.typing import Crosswalk, RegionScheme, Unmatched

COLUMNS = ("name", "region", "kind", "how", "nearest")
UNKNOWN = ("ambiguous", "unmatched")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RegionMatch:
    """Names of regions and the ids that they stand for; immutable.

    Attributes
    ----------
    to : str
        The set of regions.
    scheme : {"80", "82", "83", "85"} or None
        Scheme of Russian regions that the names follow, where they tell.
    notes : tuple of str
        What was decided by what else is in the list, and what to look at.
    """

    to: Crosswalk
    scheme: RegionScheme | None
    notes: tuple[str, ...]
    _table: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """A row a different name, in order of names.

        Columns: ``name`` as in the list; ``region``, its id or missing; ``kind``, which is
        ``"region"``, ``"ambiguous"``, ``"unmatched"``, or what it is instead of a region
        (``"country"``, ``"federal district"`` ...); ``how`` it was found, or why not; ``nearest``,
        names that it may mean.
        """
        return self._table.copy()

    @property
    def ids(self) -> pd.Series[Any]:
        """Region id by name, of the names that are regions; others are not in the index."""
        held = self._table.loc[self._table["kind"] == "region"]
        return pd.Series(
            held["region"].to_numpy(), index=pd.Index(held["name"], name="name"), name="region"
        )

    @property
    def unmatched(self) -> pd.DataFrame:
        """Names that are in no list: ``name how nearest``. What is nearest is a suggestion only."""
        return self._of(["unmatched"], ["name", "how", "nearest"])

    @property
    def ambiguous(self) -> pd.DataFrame:
        """Names that may mean several things: ``name how nearest``."""
        return self._of(["ambiguous"], ["name", "how", "nearest"])

    @property
    def left_out(self) -> pd.DataFrame:
        """Names that were understood and are no region: ``name kind how``."""
        rest = set(self._table["kind"]) - {"region", *UNKNOWN}
        return self._of(sorted(rest), ["name", "kind", "how"])

    @property
    def repeated(self) -> pd.Series[Any]:
        """Names that stand for one region under several names: a tuple of names by id."""
        ids = self.ids
        several = ids[ids.duplicated(keep=False)]
        found = {str(one): tuple(names) for one, names in several.groupby(several).groups.items()}
        return pd.Series(found, name="names", dtype=object).rename_axis("region")

    @property
    def complete(self) -> bool:
        """Whether every name was understood."""
        return not self._table["kind"].isin(UNKNOWN).any()

    def apply(
        self,
        frame: pd.DataFrame,
        column: Any,
        *,
        period: Any = None,
        unmatched: Unmatched = "refuse",
    ) -> pd.DataFrame:
        """Return a table keyed by region id, or by region and period.

        Parameters
        ----------
        frame : DataFrame
            The table that the names came from. It is not changed.
        column : label
            Its column of names.
        period : label, optional
            Its column of periods, for a table with a row a region and period.
        unmatched : {"refuse", "drop"}
            What to do with rows whose name is ambiguous or unknown. Rows of countries, districts
            and the like are left out in either case.

        Returns
        -------
        DataFrame
            Other columns as they were, indexed by ``region``, or by (``region``, period), sorted.

        Raises
        ------
        InputError
            If the table has no such column, or periods are missing or of several kinds.
        IdError
            If names are ambiguous, unknown or were not matched here; if a key would occur twice.

        Examples
        --------
        >>> from workbench.data.crosswalk import match_regions
        >>> table = pd.DataFrame({"where": ["Томская обл.", "Россия"], "rd": [1.0, 90.0]})
        >>> match_regions(table["where"]).apply(table, "where")["rd"].to_dict()
        {'RU-TOM': 1.0}
        """
        check_option("unmatched", unmatched, Unmatched)
        _require_columns(frame, column, period)
        kinds = dict(zip(self._table["name"], self._table["kind"], strict=True))
        names = frame[column].map(label)
        found = names.map(lambda name: kinds.get(name, "not matched here"))
        unknown = found.isin([*UNKNOWN, "not matched here"])
        if unmatched == "refuse" and unknown.any():
            self._refuse(sorted(set(names[unknown])), column)
        kept = frame.loc[(found == "region").to_numpy()]
        ids = dict(self.ids.items())
        regions = [ids[name] for name in kept[column].map(label)]
        keys = [pd.Index(regions, name="region")]
        if period is not None:
            keys.append(pd.Index(kept[period], name=period))
        index = keys[0] if len(keys) == 1 else pd.MultiIndex.from_arrays(keys)
        self._refuse_repeated(index, period)
        _refuse_periods(kept, period)
        dropped = [name for name in (column, period) if name is not None]
        keyed: pd.DataFrame = kept.drop(columns=dropped).set_index(index).sort_index()
        return keyed

    def _refuse(self, names: list[str], column: Any) -> None:
        raise IdError(
            f"column {column!r}",
            expected=f"names or codes of {self.to}",
            found=f"{len(names)} that are ambiguous or unknown",
            offenders=names,
            why="their rows would be lost unnoticed",
            remedy='see .ambiguous and .unmatched, rename them, or unmatched="drop" to go '
            "without them",
        )

    def _refuse_repeated(self, index: pd.Index, period: Any) -> None:
        twice = sorted({_shown(key) for key in index[index.duplicated()]})
        if not twice:
            return
        names = self.repeated
        several = [f"{one} as {' and '.join(held)}" for one, held in names.items()]
        raise IdError(
            "frame",
            expected="each region once" if period is None else "each region once in a period",
            found=f"{len(twice)} keys that occur more than once"
            + (f"; {listing(several)}" if several else ""),
            offenders=twice,
            why="of two figures of one region neither may be dropped unseen",
            remedy="keep one of the rows"
            + ("; name the column of periods, period=..." if period is None else ""),
        )

    def _of(self, kinds: list[str], columns: list[str]) -> pd.DataFrame:
        held = self._table.loc[self._table["kind"].isin(kinds), columns]
        return held.reset_index(drop=True)

    def _title(self) -> str:
        counts = self._table["kind"].value_counts()
        regions = int(counts.get("region", 0))
        parts = [f"{len(self._table)} names against {self.to}: {regions} regions"]
        parts += [f"{counts[kind]} {kind}" for kind in sorted(counts.index) if kind != "region"]
        return ", ".join(parts) + (f"; scheme of {self.scheme} units" if self.scheme else "")

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        spelt = self._table[self._table["kind"] == "region"].set_index("name")[["region", "how"]]
        tables = [
            ("Ambiguous", self.ambiguous.set_index("name")),
            ("Not recognised; the nearest names are suggestions", self.unmatched.set_index("name")),
            ("Left out: no region", self.left_out.set_index("name")),
            ("Regions", spelt),
        ]
        return [(caption, table) for caption, table in tables if len(table)]

    def __str__(self) -> str:
        return display.text(self._title(), self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._title(), self._parts(), self.notes)


EMPTY = "(no name)"


def label(value: Any) -> str:
    """Return a cell of names or codes as text; whole numbers without a decimal point."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return EMPTY
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if str(value).strip() else EMPTY


def _shown(key: Any) -> str:
    return " in ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


def _require_columns(frame: Any, column: Any, period: Any) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise InputError("frame", expected="a DataFrame", found=type(frame).__name__)
    for name, held in (("column", column), ("period", period)):
        if held is not None and held not in frame.columns:
            raise InputError(
                name,
                expected="a column of the table",
                found=repr(held),
                remedy=f"one of {listing(list(frame.columns))}",
            )
        if held is not None and list(frame.columns).count(held) > 1:
            raise InputError(name, expected="a column whose name is its own", found=repr(held))


def _refuse_periods(frame: pd.DataFrame, period: Any) -> None:
    """Refuse periods that are missing, or text in one row and a number in another."""
    if period is None:
        return
    periods = frame[period]
    texts = periods.map(lambda value: isinstance(value, str))
    bad = periods.isna() | (texts if not texts.all() else False)
    if bad.any():
        raise InputError(
            "period",
            expected="a period in every row, all of one kind",
            found=f"{int(bad.sum())} rows of {period!r} without, or with another kind",
            offenders=[str(row) for row in frame.index[bad]],
            remedy="turn the column into numbers first",
        )
