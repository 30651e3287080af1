"""What a registry answers: counts by region, form and year, rates, members, money by kind."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level, one_row
from workbench.errors import IdError, InputError, ValuesError, check_number, unknown_name
from workbench.innovation.organisations.intervals import rate_interval
from workbench.innovation.reading import series
from workbench.innovation.registries.checks import INVESTMENT, INVESTMENT_KIND, MEMBERS, TOTAL
from workbench.innovation.registries.excess import RegionalExcess, regional_excess
from workbench.typing import PValueAdjustment, Tolerance

SHOWN = 10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Registry:
    """A registry of clusters, checked; immutable.

    Attributes
    ----------
    table : pandas.DataFrame or GeoDataFrame
        What :meth:`augment` hands out copies of, sorted by id.
    shapes : GeoSeries or None
        Polygons of all regions.
    points : GeoSeries or None
        Places of the rows that have one.
    by : tuple of str
        Columns with kinds.
    region : str
    year : str or None
    notes : tuple of str
    provenance : Provenance
    """

    table: pd.DataFrame
    shapes: Any
    points: Any
    by: tuple[str, ...]
    region: str
    year: str | None
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """What is listed."""
        held = self.table[self.region].nunique()
        return say("Registry of {n} clusters in {held} regions", n=len(self.table), held=held)

    def counts(self, by: str) -> pd.Series[Any]:
        """Return the number of clusters by the words of a column.

        Parameters
        ----------
        by : str
            ``"region"`` (every region, if they were given), ``"year"``, or a column with kinds.

        Returns
        -------
        Series of int
            By region id and by year in their order, else the most frequent first. Rows without a
            year are in no count by year.
        """
        column = self._column(by)
        if column == self.year:
            years = self.table[column].dropna().astype(int)
            return years.value_counts().sort_index().rename_axis(by).rename("clusters")
        found = self.table[column].value_counts().rename_axis(by).rename("clusters")
        if column != self.region:
            return found.sort_index().sort_values(ascending=False, kind="stable")
        every = found.index.sort_values() if self.shapes is None else self.shapes.index
        return found.reindex(every, fill_value=0).rename_axis(by)

    def cross(self, rows: str, columns: str) -> pd.DataFrame:
        """Return the number of clusters by the words of two columns; see :meth:`counts`."""
        one, other = self.counts(rows), self.counts(columns)
        table = pd.crosstab(self.table[self._column(rows)], self.table[self._column(columns)])
        filled = table.reindex(index=one.index, columns=other.index, fill_value=0)
        named: pd.DataFrame = filled.rename_axis(index=rows, columns=columns)
        return named

    def cumulative(self, by: str | None = None) -> pd.DataFrame:
        """Return how many there were by the end of each year, in all or by the words of a column.

        Every year from the first to the last has a row. The list shows those that still stood when
        it was made: what was closed before is not in it.
        """
        if self.year is None:
            raise InputError(
                "year", expected="a column of years", found="none",
                remedy='wb.innovation.registry(table, regions, year="year_start")',
            )  # fmt: skip
        dated = self.table.dropna(subset=[self.year])
        years = dated[self.year].astype(int)
        if by is None:
            table = years.value_counts().to_frame("clusters")
        else:
            table = pd.crosstab(years, dated[self._column(by)])
            table = table.reindex(columns=self.counts(by).index, fill_value=0)
        span = range(int(years.min()), int(years.max()) + 1)
        grown: pd.DataFrame = table.reindex(span, fill_value=0).cumsum().rename_axis("year")
        return grown

    def per(
        self, population: pd.Series[Any], *, per: float = 1.0, level: float = 0.95
    ) -> pd.DataFrame:
        """Return clusters per head by region with exact Poisson intervals (Garwood 1936).

        Parameters
        ----------
        population : Series
            Positive, by region id: of every region that is counted, and no other.
        per : float, default 1
            Heads, in the unit of `population`: 1000 of thousands is per million.
        level : float, default 0.95

        Returns
        -------
        DataFrame
            ``clusters population rate conf_low conf_high``, a row a region. The interval is about
            the propensity behind the count, not about clusters that were not listed.
        """
        check_level(level)
        check_number("per", per, above=0.0)
        heads = self._by_region(population, argument="population", positive=True)
        number = self.counts("region").reindex(heads.index, fill_value=0)
        x, m = number.to_numpy(dtype=np.float64), heads.to_numpy(dtype=np.float64) / per
        low, high = rate_interval(x, m, how="poisson", level=level)
        return pd.DataFrame(
            {"clusters": number, "population": heads, "rate": x / m, "conf_low": low,
             "conf_high": high},
            index=heads.index,
        )  # fmt: skip

    def excess(
        self,
        shares: pd.Series[Any],
        *,
        draws: int = 9999,
        adjust: PValueAdjustment = "fdr_bh",
        level: float = 0.95,
        seed: int = 0,
    ) -> RegionalExcess:
        """Test whether clusters are spread over regions as something else is.

        Parameters
        ----------
        shares : Series
            What they would follow, by region id: population, researchers, expenditure on R&D. Not
            negative, of every region that is counted; made to add to 1.
        draws, adjust, level, seed
            See :func:`~workbench.innovation.registries.excess.regional_excess`.

        Returns
        -------
        RegionalExcess
            Test of all regions together, and each region's count against what was expected.
        """
        masses = self._by_region(shares, argument="shares", positive=False)
        number = self.counts("region").reindex(masses.index, fill_value=0)
        return regional_excess(
            number, masses, draws=draws, adjust=adjust, level=level, seed=seed,
            named=str(shares.name or "shares"),
        )  # fmt: skip

    def only(self, column: str, words: Hashable | Sequence[Hashable]) -> Registry:
        """Return the registry of the rows with one of these words in a column."""
        name = self._column(column)
        wanted = [words] if isinstance(words, str) or not isinstance(words, Sequence) else words
        known = set(self.table[name])
        for word in wanted:
            if word not in known:
                raise unknown_name(column, word, sorted(str(one) for one in known))
        kept = self.table[name].isin(list(wanted))
        told = f"Only rows whose {name} is {', '.join(map(str, wanted))}: {int(kept.sum())}."
        rows = self.table[kept]
        notes = (*self.notes, told)
        digest = ids_digest(rows.index)
        points = None if self.points is None else self.points[self.points.index.isin(rows.index)]
        return replace(
            self,
            table=rows,
            points=points if points is not None and len(points) else None,
            notes=notes,
            provenance=replace(self.provenance, nobs=len(rows), ids_digest=digest, notes=notes),
        )

    def members(self) -> pd.DataFrame:
        """Return published numbers of members, a row a cluster and kind: ``cluster kind members``.

        What is not published has no row. Kinds are those of the columns, ``total`` among them.
        """
        kinds = [name for name in (*MEMBERS, TOTAL) if name in self.table.columns]
        parts = pd.DataFrame(self.table[kinds]).rename(columns=lambda name: name.split("_", 1)[1])
        rows = [
            (cluster, kind, int(value))
            for cluster, row in parts.iterrows()
            for kind, value in row.items()
            if pd.notna(value)
        ]
        return pd.DataFrame(rows, columns=["cluster", "kind", "members"])

    def investment(self) -> pd.DataFrame:
        """Return published sums of money by what they are.

        Columns ``clusters smallest_sum largest_sum sum``, a row a kind.
        There is no sum over kinds: a plan, a ceiling of a grant and money spent do not add up.
        """
        held = {INVESTMENT, INVESTMENT_KIND} <= set(self.table.columns)
        rows = self.table.dropna(subset=[INVESTMENT]) if held else self.table.iloc[:0]
        if not len(rows):
            raise ValuesError(
                INVESTMENT, expected="a sum of money in some row", found="none",
                remedy=f"add columns {INVESTMENT} and {INVESTMENT_KIND}",
            )  # fmt: skip
        sums = rows.groupby(INVESTMENT_KIND)[INVESTMENT]
        columns = {
            "clusters": sums.size(),
            "smallest_sum": sums.min(),
            "largest_sum": sums.max(),
            "sum": sums.sum(),
        }
        return pd.DataFrame(columns)

    def tidy(self) -> pd.DataFrame:
        """Return a row a column and word: ``clusters share``."""
        parts = {name: self.counts(name) for name in self.by}
        table = pd.DataFrame({"clusters": pd.concat(parts, names=["column", "word"])})
        return table.assign(share=table["clusters"] / len(self.table))

    def glance(self) -> pd.DataFrame:
        """Return one row: ``clusters regions regions_with places first_year last_year``."""
        years = None if self.year is None else self.table[self.year].dropna()
        dated = years is not None and len(years) > 0
        places = None if self.points is None else len(set(self.points.to_wkb()))
        return one_row(
            clusters=len(self.table),
            regions=None if self.shapes is None else len(self.shapes),
            regions_with=int(self.table[self.region].nunique()),
            places=places,
            first_year=int(years.min()) if dated and years is not None else None,
            last_year=int(years.max()) if dated and years is not None else None,
        )

    def augment(self) -> pd.DataFrame:
        """Return the rows, sorted by id."""
        return self.table.copy()

    def located(self) -> pd.DataFrame:
        """Return the rows that have a place, sorted by id; none where no row has one."""
        there = [] if self.points is None else self.points.index
        return self.table[self.table.index.isin(there)].copy()

    def plot(self, by: str | None = None, *, title: str | None = None, names: Any = None) -> Any:
        """Return the regions with most clusters and their growth over the years, by kind.

        Parameters
        ----------
        by : str, optional
            Column whose words are coloured; the first one that rows are counted by.
        title : str, optional
            Heading; by default what is listed.
        names : Series or mapping, optional
            Names of regions by id.
        """
        return display.picture("registry", self, by=by or self.by[0], title=title, names=names)

    def map(self, regions: Any = None, *, by: str | None = None, title: str | None = None) -> Any:
        """Return a map: regions shaded by their counts, places marked by kind.

        Parameters
        ----------
        regions : GeoDataFrame or GeoSeries, optional
            Polygons; by default those that the registry was read with.
        by : str, optional
            Column whose words are marked; the first one that rows are counted by.
        title : str, optional
            Heading; by default what is listed.
        """
        shapes = self.shapes if regions is None else regions
        if shapes is None or self.points is None:
            raise InputError(
                "regions",
                expected="polygons of regions, and places of the rows",
                found="no polygons" if shapes is None else "rows without places",
                remedy='registry.map(wb.load("russia-regions", part="regions83"))',
            )
        return display.picture("registry map", self, shapes, by=by or self.by[0], title=title)

    def _column(self, by: str) -> str:
        words = {"region": self.region, **({"year": self.year} if self.year else {})}
        name = words.get(by, by)
        known = [*words, *self.by]
        if name not in (self.region, self.year) and name not in self.table.columns:
            raise unknown_name("by", by, known)
        return name

    def _by_region(
        self, values: pd.Series[Any], *, argument: str, positive: bool
    ) -> pd.Series[Any]:
        ids = None if self.shapes is None else self.shapes.index
        read = series(
            values, argument=argument, ids=ids, other="regions", positive=positive,
            non_negative=not positive,
        )  # fmt: skip
        beyond = sorted(set(self.table[self.region]) - set(read.index))
        if beyond:
            raise IdError(
                argument,
                expected="a figure for every region with a cluster",
                found=f"{len(beyond)} without",
                offenders=beyond,
                remedy="bring both to one scheme of regions, see wb.data.merge_regions",
            )
        return read

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        parts = [("", self.glance().set_axis([""])), ("Kinds", self.tidy())]
        regions = self.counts("region").sort_values(ascending=False, kind="stable")
        return [*parts, ("Regions with most", regions[regions > 0].head(SHOWN).to_frame())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)
