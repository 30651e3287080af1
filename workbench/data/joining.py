"""The keyed join of regions and a table: by id, never by the order of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from workbench.core.ids import region_ids
from workbench.errors import IdError, InputError, PanelError, check_option, listing
from workbench.typing import Join

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

WHY_STRICT = "a region without figures, or figures without a region, would be lost unnoticed"


class JoinReport(NamedTuple):
    """What a join matched and what it did not.

    A tuple rather than a dataclass: pandas writes ``.attrs`` to Parquet as JSON, which holds
    tuples.

    Attributes
    ----------
    how : str
        The policy: ``strict``, ``inner`` or ``left``.
    matched : int
        Number of ids that both sides have.
    regions_only, table_only : tuple
        Ids that one side has alone, in that side's order.
    """

    how: str
    matched: int
    regions_only: tuple[Any, ...]
    table_only: tuple[Any, ...]

    @property
    def complete(self) -> bool:
        """Whether every id of each side was matched."""
        return not self.regions_only and not self.table_only

    def __str__(self) -> str:
        parts = [f"{self.matched} regions matched ({self.how})"]
        if self.regions_only:
            fate = "without figures" if self.how == "left" else "left out"
            parts.append(
                f"{len(self.regions_only)} only in regions, {fate}: {listing(self.regions_only)}"
            )
        if self.table_only:
            parts.append(
                f"{len(self.table_only)} only in the table, left out: {listing(self.table_only)}"
            )
        return "; ".join(parts)


def join(regions: GeoDataFrame, table: pd.DataFrame, *, how: Join = "strict") -> GeoDataFrame:
    """Join regions and a table by region id.

    Parameters
    ----------
    regions : GeoDataFrame, n rows
        Indexed by region id, unique.
    table : DataFrame, m rows
        Indexed by the same kind of id, unique; one row a region. Take one cross-section of a
        panel first. Missing cells are kept as they are.
    how : {"strict", "inner", "left"}
        What to do with ids that only one side has. ``"strict"``: refuse, naming them.
        ``"inner"``: keep the regions that both have. ``"left"``: keep all regions, with
        missing figures where the table has none. Ids that only the table has are never kept:
        they have no geometry.

    Returns
    -------
    GeoDataFrame
        Columns of `regions`, then those of `table`; rows in the order of `regions`, whatever
        the order of `table`. ``.attrs["join"]`` is the :class:`JoinReport`;
        ``.attrs["provenance"]`` is a dict with the provenance of ``regions`` and of ``table``,
        where they have one. Under ``"left"``, integer columns become float64 when figures
        are missing. The inputs are not changed.

    Raises
    ------
    InputError
        If `regions` is no GeoDataFrame, `table` no DataFrame, or a column is in both.
    PanelError
        If `table` or `regions` has an index of several levels.
    IdError
        If ids are missing, repeated, of different kinds, have nothing in common, or do not
        match both ways under ``"strict"``.
    OptionError
        If `how` is no policy.

    Examples
    --------
    >>> from workbench.data import load
    >>> panel = load("russia-innovation")
    >>> y2014 = join(load("russia-regions"), panel.xs(2014, level="year"))
    >>> str(y2014.attrs["join"])
    '80 regions matched (strict)'
    """
    check_option("how", how, Join)
    _check_frames(regions, table)
    ids, keys = _ids(regions, "regions"), _ids(table, "table")
    _check_kinds(ids, keys, table)
    _check_columns(regions, table)
    report = JoinReport(
        how=how,
        matched=int(ids.isin(keys).sum()),
        regions_only=tuple(ids[~ids.isin(keys)].tolist()),
        table_only=tuple(keys[~keys.isin(ids)].tolist()),
    )
    _check_match(report, ids, table)
    left = regions if how == "left" else regions[ids.isin(keys)]
    joined = left.join(table.reindex(left.index))
    joined.attrs = {**regions.attrs, "join": report, "provenance": _provenance(regions, table)}
    return joined


def _check_frames(regions: object, table: object) -> None:
    import geopandas as gpd  # heavy

    if not isinstance(regions, gpd.GeoDataFrame):
        raise InputError(
            "regions",
            expected="a GeoDataFrame indexed by region id",
            found=type(regions).__name__,
            remedy='load one, e.g. load("russia-regions") or geopandas.read_file(...)',
        )
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "table",
            expected="a DataFrame indexed by region id",
            found=type(table).__name__,
            remedy="pass table.to_frame()" if isinstance(table, pd.Series) else "make it a frame",
        )


def _ids(frame: pd.DataFrame, argument: str) -> pd.Index:
    index = frame.index
    if isinstance(index, pd.MultiIndex):
        # the last period, as the one most likely to be wanted
        level = index.names[-1] if index.names[-1] is not None else index.nlevels - 1
        period = max(index.get_level_values(-1).tolist(), default="...")
        raise PanelError(
            argument,
            expected="one row a region, indexed by region id",
            found=f"an index of {index.nlevels} levels {list(index.names)}",
            why="a region would be repeated once a period",
            remedy=f"take one cross-section: panel.xs({period!r}, level={level!r})",
        )
    return region_ids(index, argument=argument)


def _check_kinds(ids: pd.Index, keys: pd.Index, table: pd.DataFrame) -> None:
    texts = [isinstance(index[0], str) for index in (ids, keys)]
    if texts[0] == texts[1]:
        return
    words = ["text" if text else "numbers" for text in texts]
    raise IdError(
        "table",
        expected=f"ids of the same kind as those of regions ({words[0]}, e.g. {ids.tolist()[0]!r})",
        found=f"{words[1]}, e.g. {keys.tolist()[0]!r}",
        why="numbers and text never match, so nothing would be joined",
        remedy=_column_of_ids(ids, table) or _conversion(ids, keys),
    )


def _conversion(ids: pd.Index, keys: pd.Index) -> str:
    if not isinstance(ids[0], str):
        if all(str(key).strip().isdigit() for key in keys):
            return "table.index = table.index.astype(int)"
        return "give both the same ids, e.g. regions.index = regions.index.astype(str)"
    widths = {len(label) for label in ids}
    if len(widths) == 1 and min(len(str(key)) for key in keys) < max(widths):
        # codes such as FIPS lose their leading zeros when they are read as numbers
        return f"table.index = table.index.astype(str).str.zfill({max(widths)})"
    return "table.index = table.index.astype(str)"


def _column_of_ids(ids: pd.Index, table: pd.DataFrame) -> str:
    for column in table.columns:
        values = table[column]
        if values.dtype != "geometry" and values.isin(ids).any() and values.is_unique:
            return f"table = table.set_index({column!r})"
    return ""


def _check_columns(regions: pd.DataFrame, table: pd.DataFrame) -> None:
    shared = [column for column in table.columns if column in regions.columns]
    if shared:
        raise InputError(
            "table",
            expected="columns that regions does not have",
            found=f"{len(shared)} columns in both",
            offenders=shared,
            why="which of the two a formula means would be a guess",
            remedy=f"table.drop(columns={shared!r}), or rename them",
        )


def _check_match(report: JoinReport, ids: pd.Index, table: pd.DataFrame) -> None:
    if report.matched == 0:
        raise IdError(
            "table",
            expected=f"ids like those of regions ({listing(ids.tolist())})",
            found=f"{listing(report.table_only)}: no id in common",
            remedy=_column_of_ids(ids, table) or "set the index to the region id",
        )
    if report.how != "strict" or report.complete:
        return
    found = []
    if report.regions_only:
        found.append(f"{len(report.regions_only)} only in regions: {listing(report.regions_only)}")
    if report.table_only:
        found.append(f"{len(report.table_only)} only in the table: {listing(report.table_only)}")
    raise IdError(
        "table",
        expected="the same region ids as regions",
        found="; ".join(found),
        offenders=[*report.regions_only, *report.table_only],
        why=WHY_STRICT,
        remedy='complete the table, or say how="inner" (regions that both have) or '
        'how="left" (all regions, missing figures where the table has none)',
    )


def _provenance(regions: pd.DataFrame, table: pd.DataFrame) -> dict[str, object]:
    sides = {"regions": regions, "table": table}
    return {
        side: frame.attrs["provenance"]
        for side, frame in sides.items()
        if "provenance" in frame.attrs
    }
