"""What the types of a typology are like, which variables tell them apart, who is typical."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest, region_ids
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option, listing
from workbench.explore.variable import read_column
from workbench.innovation.typologies.labels import (
    Labels,
    common_regions,
    read_labels,
    refuse_single,
)
from workbench.numerics.partitions.contrasts import contrast
from workbench.numerics.permutations.envelopes import holm
from workbench.typing import Align, FloatArray, ProfilePicture, PValueAdjustment, Tolerance

SHOWN = 3


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TypologyProfiles:
    """Types of a typology by variables of the regions; immutable.

    Attributes
    ----------
    labels : Labels
        Types of the regions.
    values : pandas.DataFrame
        The variables, in their own units: a row a region in sorted order of ids.
    rows : pandas.DataFrame
        What :meth:`tidy` hands out copies of.
    contrasts : pandas.DataFrame
        What :attr:`separation` hands out copies of.
    regions : pandas.DataFrame
        What :meth:`augment` hands out copies of.
    adjust : {"holm", "fdr_bh", "none"}
        How p-values are adjusted over the variables.
    notes : tuple of str
    provenance : Provenance
    """

    labels: Labels
    values: pd.DataFrame
    rows: pd.DataFrame
    contrasts: pd.DataFrame
    regions: pd.DataFrame
    adjust: PValueAdjustment
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "closed form"

    @property
    def heading(self) -> str:
        """Which typology, by how many variables."""
        return say(
            "Profiles by {shape} variables: {title}",
            shape=self.values.shape[1],
            title=self.labels.title,
        )

    @property
    def separation(self) -> pd.DataFrame:
        """Which variables tell types apart: a row a variable, the largest share of squares first.

        Columns ``f_statistic p_value p_adjusted kruskal kruskal_p kruskal_p_adjusted eta_squared
        omega_squared rank_eta_squared made_types``; p-values are missing for variables that the
        types were made of.
        """
        return self.contrasts.copy()

    @property
    def standardised(self) -> pd.DataFrame:
        """Mean of each variable in each type, in standard deviations: a row a variable."""
        long = self.rows["z_mean"].reset_index()
        table = long.pivot_table(index="variable", columns="type", values="z_mean", sort=False)
        present = [name for name in self.labels.names if name in table.columns]
        return table.loc[list(self.contrasts.index), present]

    def typical(self, number: int = SHOWN) -> dict[str, list[Any]]:
        """Return the regions nearest to the means of their type, the nearest first."""
        return self._listed(number, ascending=True)

    def farthest(self, number: int = SHOWN) -> dict[str, list[Any]]:
        """Return the regions farthest from the means of their type, the farthest first."""
        return self._listed(number, ascending=False)

    def tidy(self) -> pd.DataFrame:
        """Return a row a (variable, type): ``size mean median z_mean``."""
        return self.rows.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, types, variables, mean share of squares between types."""
        return one_row(
            nobs=len(self.values),
            types=int((self.labels.sizes > 0).sum()),
            variables=self.values.shape[1],
            eta_squared=float(self.contrasts["eta_squared"].mean()),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``type distance typical nearest_type``.

        ``distance`` is the Euclidean one of the standardised variables from the means of the
        region's type, ``typical`` its place in the type by it, ``nearest_type`` the type with the
        nearest means, which may be another one.
        """
        return self.regions.copy()

    def plot(self, *, kind: ProfilePicture = "heat", title: str | None = None) -> Any:
        """Return means by type as colours and numbers, or with ``kind="dots"`` every region."""
        check_option("kind", kind, ProfilePicture)
        name = "type profiles" if kind == "heat" else "type dots"
        return display.picture(name, self, title=title)

    def _listed(self, number: int, *, ascending: bool) -> dict[str, list[Any]]:
        ranked = self.regions.sort_values("typical", ascending=ascending, kind="stable")
        return {
            str(name): list(ranked.index[ranked["type"] == name][:number])
            for name in self.labels.names
            if (ranked["type"] == name).any()
        }

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        near, far = self.typical(), self.farthest()
        members = pd.DataFrame(
            {"typical": [listing(near[name]) for name in near],
             "farthest": [listing(far[name]) for name in near]},
            index=pd.Index(list(near), name="type"),
        )  # fmt: skip
        return [
            ("", self.glance().set_axis([""])),
            ("Means in standard deviations", self.standardised),
            ("What tells types apart", self.contrasts),
            ("Members", members),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def typology_profiles(
    typology: Any,
    table: pd.DataFrame,
    *,
    variables: Sequence[str] | None = None,
    made_from: Sequence[str] = (),
    adjust: PValueAdjustment = "holm",
    align: Align = "strict",
) -> TypologyProfiles:
    """Describe types by variables of the regions, and say which variables tell types apart.

    Parameters
    ----------
    typology : result or pandas.Series
        Classes, groups or types, or a series of types by region id.
    table : DataFrame or GeoDataFrame
        Indexed by region id, in any order.
    variables : sequence of str, optional
        Columns, or expressions such as ``"rd / population"``; all numeric columns by default.
        Missing and constant values are refused.
    made_from : sequence of str, optional
        Variables that the types were made of, beyond those that the typology itself tells (groups
        know theirs, a published list does not). They are described, not tested: groups that were
        made to differ in a variable do, whatever the regions.
    adjust : {"holm", "fdr_bh", "none"}
        How p-values are adjusted over the variables tested: Holm, or Benjamini and Hochberg.
    align : {"strict", "intersection"}
        What to do about regions that only one side has.

    Returns
    -------
    TypologyProfiles
        ``.tidy()``, ``.separation``, ``.standardised``, ``.typical()``, ``.farthest()``,
        ``.augment()``, ``.plot()``.

    Raises
    ------
    InputError, IdError, ValuesError, FormulaError
        If types or variables cannot be read, or regions do not match.

    Notes
    -----
    F takes equal variances and independent regions for granted, H independent regions; neighbours
    are rarely independent, so that p-values are the optimistic end.

    References
    ----------
    Kruskal, W. and Wallis, A. (1952). Use of ranks in one-criterion variance analysis. JASA 47,
    583-621. Hays, W. L. (1963). Statistics for Psychologists. Holt.

    Examples
    --------
    >>> types = pd.Series(["core", "core", "edge", "edge"], index=list("abcd"))
    >>> table = pd.DataFrame({"rd": [4.0, 3.0, 2.0, 1.0]}, index=list("abcd"))
    >>> typology_profiles(types, table).separation.loc["rd", "eta_squared"].item()
    0.8
    """
    check_option("adjust", adjust, PValueAdjustment)
    labels = read_labels(typology, argument="typology")
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "table",
            expected="a DataFrame indexed by region id",
            found=type(table).__name__,
            remedy='series.to_frame("name")',
        )
    ids = region_ids(table.index, argument="table")
    common = common_regions(labels.ids, ids, argument="typology", align=align)
    labels = labels.at(common.ids)
    refuse_single(labels, argument="typology")
    values = _values(table, common.ids, variables)
    Z = ((values - values.mean()) / values.std(ddof=0)).to_numpy()
    used = {*labels.variables, *made_from}
    contrasts = _contrasts(values, labels, used, adjust)
    notes = tuple(_notes(contrasts, labels, len(ids)))
    return TypologyProfiles(
        labels=labels,
        values=values,
        rows=_rows(values, Z, labels),
        contrasts=contrasts,
        regions=_regions(Z, labels),
        adjust=adjust,
        notes=notes,
        provenance=Provenance(
            method="profiles of types",
            formula=" + ".join(values.columns),
            nobs=len(values),
            ids_digest=ids_digest(values.index),
            notes=notes,
            options={"adjust": adjust, "typology": labels.title, "align": align},
        ),
    )


def _values(table: pd.DataFrame, ids: pd.Index, variables: Sequence[str] | None) -> pd.DataFrame:
    if variables is None:
        types = pd.api.types
        names = [
            str(name) for name in table.columns
            if types.is_numeric_dtype(table[name]) and not types.is_bool_dtype(table[name])
        ]  # fmt: skip
    else:
        names = [variables] if isinstance(variables, str) else list(variables)
    if not names or len(set(names)) < len(names):
        raise InputError(
            "variables",
            expected="at least one numeric variable, each once",
            found=listing(names) or "none",
            remedy='variables=["rd", "patents / population"]',
        )
    kept = table.loc[ids]
    return pd.DataFrame({name: read_column(name, kept) for name in names})


def _rows(values: pd.DataFrame, Z: FloatArray, labels: Labels) -> pd.DataFrame:
    present = [code for code in range(labels.k) if labels.sizes[code]]
    rows, index = [], []
    for j, name in enumerate(values.columns):
        x = values[name].to_numpy()
        for code in present:
            own = labels.codes == code
            index.append((name, labels.names[code]))
            rows.append(
                {
                    "size": int(own.sum()),
                    "mean": float(x[own].mean()),
                    "median": float(np.median(x[own])),
                    "z_mean": float(Z[own, j].mean()),
                }
            )
    return pd.DataFrame(rows, index=pd.MultiIndex.from_tuples(index, names=["variable", "type"]))


def _contrasts(
    values: pd.DataFrame, labels: Labels, used: set[str], adjust: PValueAdjustment
) -> pd.DataFrame:
    found = {name: contrast(values[name].to_numpy(), labels.codes) for name in values.columns}
    own = np.array([name in used for name in values.columns])
    F_p = np.where(own, np.nan, [one.p_value for one in found.values()])
    H_p = np.where(own, np.nan, [one.H_p_value for one in found.values()])
    table = pd.DataFrame(
        {
            "f_statistic": [one.F for one in found.values()],
            "p_value": F_p,
            "p_adjusted": adjusted(F_p, adjust),
            "kruskal": [one.H for one in found.values()],
            "kruskal_p": H_p,
            "kruskal_p_adjusted": adjusted(H_p, adjust),
            "eta_squared": [one.eta_squared for one in found.values()],
            "omega_squared": [one.omega_squared for one in found.values()],
            "rank_eta_squared": [one.rank_eta_squared for one in found.values()],
            "made_types": own,
        },
        index=pd.Index(list(found), name="variable"),
    )
    return table.sort_values("eta_squared", ascending=False, kind="stable")


def adjusted(p_values: FloatArray, how: PValueAdjustment) -> FloatArray:
    """Return p-values adjusted for their number; missing ones stay so and are not counted.

    Examples
    --------
    >>> adjusted(np.array([0.01, np.nan, 0.04]), "fdr_bh").tolist()
    [0.02, nan, 0.04]
    """
    if how == "holm":
        return holm(p_values)
    out = np.array(p_values, dtype=np.float64)
    there = ~np.isnan(out)
    if how == "fdr_bh" and there.any():
        from scipy.stats import false_discovery_control

        out[there] = false_discovery_control(out[there])
    return out


def _regions(Z: FloatArray, labels: Labels) -> pd.DataFrame:
    present = [code for code in range(labels.k) if labels.sizes[code]]
    centres = np.vstack([Z[labels.codes == code].mean(axis=0) for code in present])
    away = np.sqrt(((Z[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2))
    place = np.searchsorted(present, labels.codes)
    distance = away[np.arange(len(Z)), place]
    table = pd.DataFrame(
        {
            "type": labels.named,
            "distance": distance,
            "nearest_type": [labels.names[present[j]] for j in away.argmin(axis=1)],
        },
        index=labels.ids,
    )
    # equal distances up to rounding keep the order of ids
    rounded = table["distance"].round(12)
    typical = rounded.groupby(table["type"]).rank(method="first").astype(np.int64)
    table.insert(2, "typical", typical)
    return table


def _notes(contrasts: pd.DataFrame, labels: Labels, rows: int) -> list[str]:
    notes = []
    used = contrasts.index[contrasts["made_types"]].tolist()
    if used:
        notes.append(
            f"No p-value for {listing(used)}: types were made of it, and differ by construction"
        )
    if np.isinf(contrasts["f_statistic"]).any():
        flat = contrasts.index[np.isinf(contrasts["f_statistic"])].tolist()
        notes.append(f"Nothing varies within types: {listing(flat)}")
    alone = [name for name, size in zip(labels.names, labels.sizes, strict=True) if size == 1]
    if alone:
        notes.append(f"types of a single region: {listing(alone)}")
    if rows > len(labels.ids):
        notes.append(f"{rows - len(labels.ids)} regions of the table without a type are left out")
    return notes
