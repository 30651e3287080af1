"""Agglomeration beyond the sizes of plants: Ellison and Glaeser's γ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.innovation.localisation.checks import check_draws, drawn_p
from workbench.innovation.localisation.plants import Located, read_located
from workbench.numerics.concentration import dartboard as kernel
from workbench.typing import (
    AgglomerationIndex,
    AgglomerationInference,
    Alternative,
    FloatArray,
    Tolerance,
)

LOW, HIGH = 0.02, 0.05
CLASSES = ("not very localised", "localised", "very localised")
"""γ below 0.02, from 0.02 to 0.05, above 0.05 (Ellison and Glaeser 1997, section IV)."""
LARGE = 0.25
"""Share of everything from which a note says that x holds the activity itself."""
SHOWN = 12


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Agglomeration:
    """γ of activities with its test against plants placed by chance; immutable.

    Attributes
    ----------
    index : {"ellison-glaeser", "maurel-sedillot"}
    table : pandas.DataFrame
        A row an activity; what :meth:`tidy` hands out copies of.
    regions : int
        Number of regions.
    inference : {"pearson", "normal", "simulation"}
    level : float
    provenance : Provenance
    notes : tuple of str
    """

    index: AgglomerationIndex
    table: pd.DataFrame
    regions: int
    inference: AgglomerationInference
    level: float
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation" if self.inference == "simulation" else "closed form"

    @property
    def gamma(self) -> pd.Series[Any]:
        """γ by activity."""
        return self.table["gamma"].copy()

    @property
    def heading(self) -> str:
        """What was measured."""
        name = "Ellison-Glaeser" if self.index == "ellison-glaeser" else "Maurel-Sédillot"
        return say(
            "{name} γ of {n} activities in {regions} regions",
            name=name,
            n=len(self.table),
            regions=self.regions,
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row an activity.

        Columns ``plants raw_concentration herfindahl gamma std_error z p_value chance_low
        chance_high localised``; the standard error and the range are those under the null, around
        a γ of 0. `plants` is missing where only Herfindahl indices were given.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities mean median``, of γ."""
        gamma = self.table["gamma"]
        return one_row(
            regions=self.regions,
            activities=len(gamma),
            mean=float(gamma.mean()),
            median=float(gamma.median()),
        )

    def plot(self, *, title: str | None = None) -> Any:
        """Return γ with the range that chance would give; see ``views.localisation``."""
        return display.picture("agglomeration", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        first = self.table.sort_values("gamma", ascending=False, kind="stable").head(SHOWN)
        kept = ["raw_concentration", "herfindahl", "gamma", "std_error", "p_value", "localised"]
        return [("", self.glance()), ("Highest γ", first[kept])]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def ellison_glaeser(
    employment: pd.DataFrame,
    herfindahls: pd.Series[Any] | None = None,
    *,
    totals: pd.Series[Any] | None = None,
    index: AgglomerationIndex = "ellison-glaeser",
    inference: AgglomerationInference | None = None,
    draws: int = 999,
    seed: int = 0,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Agglomeration:
    """Measure how far activities are concentrated beyond what their plants' sizes bring.

    ``γ = (G / (1 − Σ x²) − H) / (1 − H)`` with ``G = Σ (s − x)²``, s the shares of regions in the
    activity, x in everything, and H the Herfindahl index of its plants. γ is 0 on average when
    plants fall on regions by chance, as darts on a map whose regions have areas x.

    Parameters
    ----------
    employment : DataFrame
        Either a row a plant (firm, laboratory) with columns ``region``, ``activity`` and
        ``employment``, positive; or regions × activities, with `herfindahls`.
    herfindahls : Series, optional
        Herfindahl index of plants by activity, above 0 and at most 1.
    totals : Series, optional
        Of everything by region, for x; regions without plants count. Sums of `employment` without.
    index : {"ellison-glaeser", "maurel-sedillot"}
        ``"maurel-sedillot"`` puts Σ s² − Σ x² in the place of G.
    inference : {"simulation", "pearson", "normal"}, optional
        Law of G under the null: plants thrown `draws` times, the default where plants are given;
        Pearson's type III by its exact mean, variance and skewness, the default otherwise; normal,
        as in the paper. Simulated with 25 plants of very unequal sizes in 30 regions, at 5 %
        upwards Pearson's law rejects in 4.7 % of samples and the normal in 6.5 %, two-sided in 7.1
        and 4.7 %.
    draws, seed : int
        Of the simulation.
    level : float
        Of the range by chance.
    alternative : {"two-sided", "greater", "less"}
        ``"greater"`` is agglomeration, ``"less"`` is dispersion.

    Returns
    -------
    Agglomeration
        ``gamma tidy() glance() plot()``; class of γ by 0.02 and 0.05.

    Raises
    ------
    InputError, ValuesError, IdError
        If plants have no region, activity or employment, Herfindahl indices are not above 0 and at
        most 1, or totals are not those of the regions, naming them.

    Notes
    -----
    The moments of G are exact for given plants. From H alone it is that of 1/H plants of one size,
    which is the largest unless a few regions hold almost everything. An activity with a single
    plant has no γ (missing), whatever its place.

    References
    ----------
    Ellison, G. and Glaeser, E. (1997). Geographic concentration in U.S. manufacturing industries: a
    dartboard approach. Journal of Political Economy 105(5), 889-927.

    Maurel, F. and Sédillot, B. (1999). A measure of the geographic concentration in French
    manufacturing industries. Regional Science and Urban Economics 29, 575-604.

    Examples
    --------
    Ten plants of an Austrian example (Farhauer and Kröll 2014, as in the R package REAT):

    >>> plants = pd.DataFrame({
    ...     "region": ["Wien"] * 5 + ["Linz"] * 4 + ["Graz"],
    ...     "activity": "steel",
    ...     "employment": [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000],
    ... })
    >>> totals = pd.Series({"Wien": 500_000, "Linz": 400_000, "Graz": 100_000})
    >>> ellison_glaeser(plants, totals=totals).gamma.round(8).tolist()
    [0.05990628]
    """
    check_option("index", index, AgglomerationIndex)
    if inference is not None:
        check_option("inference", inference, AgglomerationInference)
    check_option("alternative", alternative, Alternative)
    check_seed(seed), check_draws(draws, level)
    located = read_located(employment, herfindahls, totals, plants_needed=True)
    assert located.sums is not None
    if inference is None:
        inference = "pearson" if located.z is None else "simulation"
    if inference == "simulation" and located.z is None:
        raise InputError(
            "inference",
            expected="a table of plants to simulate with",
            found="Herfindahl indices only",
            remedy='inference="pearson"',
        )
    found = kernel.index(located.s, located.x, located.sums, kind=index)
    if inference == "simulation":
        p_value, low, high = _simulated(located, found, index, draws, seed, level, alternative)
    else:
        p_value, low, high = _by_law(found, inference == "normal", level, alternative)
    table = _table(located, found, p_value, low, high)
    notes = _notes(located, table)
    provenance = Provenance(
        method=f"{index} index of agglomeration",
        nobs=located.s.size if located.z is None else len(located.z),
        ids_digest=ids_digest(located.ids),
        seed=seed if inference == "simulation" else None,
        notes=notes,
        options={"inference": inference, "level": f"{level:g}", "alternative": alternative,
                 "totals": "of the table" if totals is None else "given"},
    )  # fmt: skip
    return Agglomeration(index, table, len(located.ids), inference, level, provenance, notes)


def _by_law(
    found: kernel.Index, normal: bool, level: float, alternative: Alternative
) -> tuple[FloatArray, FloatArray, FloatArray]:
    tail = (1 - level) / 2
    out = np.full((3, len(found.gamma)), np.nan)
    known = np.isfinite(found.gamma) & (found.sd > 0)
    if known.any():
        kept = kernel.Index(*(getattr(found, name)[known] for name in kernel.Index.__slots__))
        law = kernel.null_law(kept, normal=normal)
        above, below = law.sf(kept.raw), law.cdf(kept.raw)
        both = np.minimum(1.0, 2 * np.minimum(above, below))
        out[0, known] = {"two-sided": both, "greater": above, "less": below}[alternative]
        out[1, known] = (law.ppf(tail) - kept.mean) / kept.scale
        out[2, known] = (law.isf(tail) - kept.mean) / kept.scale
    return out[0], out[1], out[2]


def _simulated(
    located: Located,
    found: kernel.Index,
    index: AgglomerationIndex,
    draws: int,
    seed: int,
    level: float,
    alternative: Alternative,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    assert located.z is not None
    assert located.activity is not None
    tail = (1 - level) / 2
    out = np.full((3, len(found.gamma)), np.nan)
    bounds = np.searchsorted(located.activity, np.arange(len(found.gamma) + 1))
    for j, name in enumerate(located.activities):
        if not np.isfinite(found.gamma[j]):
            continue
        raw = kernel.throw(
            located.z[bounds[j] : bounds[j + 1]], located.x,
            kind=index, draws=draws, generator=generator(seed, "dartboard", name),
        )  # fmt: skip
        ends = (np.quantile(raw, [tail, 1 - tail]) - found.mean[j]) / found.scale[j]
        out[:, j] = drawn_p(float(found.raw[j]), raw, alternative), *ends
    return out[0], out[1], out[2]


def _table(
    located: Located, found: kernel.Index, p_value: FloatArray, low: FloatArray, high: FloatArray
) -> pd.DataFrame:
    assert located.sums is not None
    k = len(located.activities)
    plants = np.full(k, np.nan)
    if located.activity is not None:
        plants = np.bincount(located.activity, minlength=k).astype(np.float64)
    names = pd.Index(located.activities, name="activity")
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (found.raw - found.mean) / found.sd
    classes = np.array(CLASSES, dtype=object)[
        (found.gamma >= LOW).astype(int) + (found.gamma > HIGH).astype(int)
    ]
    return pd.DataFrame(
        {
            "plants": plants,
            "raw_concentration": found.raw,
            "herfindahl": located.sums.H,
            "gamma": found.gamma,
            "std_error": found.sd / found.scale,
            "z": z,
            "p_value": p_value,
            "chance_low": low,
            "chance_high": high,
            "localised": np.where(np.isfinite(found.gamma), classes, None),
        },
        index=names,
    )


def _notes(located: Located, table: pd.DataFrame) -> tuple[str, ...]:
    notes = ["Standard error and range are those of plants placed by chance, around 0."]
    single = table.index[table["gamma"].isna()]
    if len(single):
        notes.append(
            f"{len(single)} activities have a single plant and therefore no γ: "
            f"{', '.join(map(str, single[:5]))}."
        )
    large = located.activities[located.size > LARGE * located.total]
    if len(large):
        notes.append(
            f"{', '.join(map(str, large[:5]))}: more than {LARGE:.0%} of everything. As x holds "
            "the activity itself, its γ is too low."
        )
    if located.z is None:
        notes.append("Errors are those of 1/H plants of one size, as only H is known.")
    return tuple(notes)
