"""Related and unrelated variety: entropy of activities along their hierarchy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.vocabulary import check_level, critical_value, one_row
from workbench.errors import check_option
from workbench.innovation.activity_space.hierarchies import Levels, read_levels
from workbench.innovation.activity_space.orders import ends_of
from workbench.innovation.activity_space.redraws import refuse_no_counts, whole_draws
from workbench.innovation.reading import TwoWay, refuse_empty, two_way
from workbench.numerics.networks import entropies as kernel
from workbench.typing import EntropyCorrection, FloatArray, Tolerance

BITS = float(np.log(2.0))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Variety:
    """Entropy of the activities of regions and its parts, in bits; immutable.

    Attributes
    ----------
    parts : pandas.DataFrame
        By region: ``total_variety unrelated_variety related_variety`` and, for each level between
        the coarsest and the activities, ``semi-related (level)``. Unrelated, semi-related and
        related variety add up to the total.
    std_errors : pandas.DataFrame or None
        Of the same shape, from draws.
    levels : tuple of str
        Names of the levels, from coarse to fine.
    correction : {"none", "miller-madow", "chao-shen"}
    draws : int
    provenance : Provenance
    notes : tuple of str
    """

    parts: pd.DataFrame
    std_errors: pd.DataFrame | None
    levels: tuple[str, ...]
    correction: EntropyCorrection
    draws: int
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes."""
        return "simulation" if self.draws else "closed form"

    @property
    def heading(self) -> str:
        """What was measured."""
        corrected = "" if self.correction == "none" else f", {say(self.correction)}"
        return say(
            "Variety of {n} regions by {levels}, bits{corrected}",
            n=len(self.parts),
            levels=", ".join(self.levels),
            corrected=corrected,
        )

    @property
    def equivalent(self) -> pd.DataFrame:
        """Number equivalents 2^H: so many equally large activities or groups have that entropy."""
        return self.parts.map(np.exp2)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a region and part: ``estimate equivalent`` and, with draws, an interval.

        The interval is ``estimate`` ± a normal quantile times ``std_error``.
        """
        check_level(level)
        index = pd.MultiIndex.from_product(
            [self.parts.index, self.parts.columns], names=["region", "part"]
        )
        values = self.parts.to_numpy().ravel()
        table = pd.DataFrame({"estimate": values, "equivalent": np.exp2(values)}, index=index)
        if self.std_errors is not None:
            error = self.std_errors.to_numpy().ravel()
            half = critical_value(level, df=None) * error
            table["std_error"] = error
            table["conf_low"] = table["estimate"] - half
            table["conf_high"] = table["estimate"] + half
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions and means of total, unrelated and related variety."""
        means = self.parts.mean()
        return one_row(
            regions=len(self.parts),
            total_variety=float(means["total_variety"]),
            unrelated_variety=float(means["unrelated_variety"]),
            related_variety=float(means["related_variety"]),
            draws=self.draws,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region; see ``parts``."""
        return self.parts.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the parts of the most varied regions; options in ``views.complexity``."""
        return display.picture("variety", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        ordered = self.parts.sort_values("total_variety", ascending=False, kind="stable")
        return [("", self.glance()), ("Regions", ends_of(ordered))]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def variety(
    table: pd.DataFrame,
    hierarchy: pd.Series[Any] | pd.DataFrame | Sequence[int],
    *,
    correction: EntropyCorrection = "none",
    draws: int = 0,
    seed: int = 0,
) -> Variety:
    """Decompose the entropy of regions' activities into related and unrelated variety.

    Parameters
    ----------
    table : DataFrame, n × k
        Indexed by region id, a column an activity at the finest level: employees, firms, patents.
        Non-negative, every region with some; missing figures are refused. Not changed.
    hierarchy : Series, DataFrame or sequence of int
        Group of each activity, indexed by activity; a table with a column a level from coarse to
        fine; or numbers of leading characters of the activities' codes, ``[2]`` or ``[2, 4]``.
        Every finer group must lie in one coarser group.
    correction : {"none", "miller-madow", "chao-shen"}
        Of the bias of entropy in small counts, applied to the entropy of every level; parts are
        differences of levels, so that they add up still, and a corrected part can be negative.
    draws : int
        Tables redrawn for standard errors: counts of a region drawn anew from its shares
        (multinomial), 0 for none.
    seed : int
        Of the draws.

    Returns
    -------
    Variety
        ``parts equivalent tidy() glance() augment() plot()``, in bits.

    Raises
    ------
    InputError, OptionError, IdError, ValuesError
        If the table or an option cannot be used; if an activity has no group, or a group lies in
        two; if figures are no counts with a correction or draws. Offenders are named.

    Notes
    -----
    With shares p_g of groups and p_i of activities, unrelated variety is H_g = Σ p_g log₂(1/p_g),
    related variety Σ_g p_g Σ_{i in g} (p_i/p_g) log₂(p_g/p_i) = H_i − H_g (Frenken, van Oort and
    Verburg 2007, equations 1 to 3). With several levels unrelated variety is that of the coarsest
    groups, related variety that of activities within the finest, and what lies in between is
    semi-related.

    References
    ----------
    Frenken, K., van Oort, F. and Verburg, T. (2007). Related variety, unrelated variety and
    regional economic growth. Regional Studies 41(5), 685-697.

    Miller, G. (1955). Note on the bias of information estimates. In: Quastler, H. (ed.),
    Information Theory in Psychology, 95-100.

    Chao, A. and Shen, T.-J. (2003). Nonparametric estimation of Shannon's index of diversity when
    there are unseen species in sample. Environmental and Ecological Statistics 10, 429-443.

    Examples
    --------
    >>> table = pd.DataFrame({"1011": [2, 4], "1012": [2, 0], "2011": [4, 4]}, index=["a", "b"])
    >>> variety(table, [2]).parts.loc["a"].tolist()
    [1.5, 1.0, 0.5]
    """
    check_option("correction", correction, EntropyCorrection)
    check_seed(seed)
    R = whole_draws(draws)
    read = two_way(table, zero_totals="allow", fewest=(1, 2))
    refuse_empty(read, argument="table", sides=("region",))
    if correction != "none":
        refuse_no_counts(read.values, "correction")
    if R:
        refuse_no_counts(read.values)
    levels = read_levels(hierarchy, read.activities)
    values = _decomposed(read.values, levels, correction)
    names = _names(levels)
    frame = pd.DataFrame(values, index=read.ids, columns=names)
    errors = _errors(read, levels, correction, R, seed) if R else None
    notes = _notes(frame)
    return Variety(
        parts=frame,
        std_errors=None if errors is None else pd.DataFrame(errors, read.ids, columns=names),
        levels=(*levels.names, "activity"),
        correction=correction,
        draws=R,
        provenance=Provenance(
            method="variety",
            nobs=read.values.size,
            ids_digest=ids_digest(read.ids),
            seed=seed if R else None,
            notes=notes,
            options={"levels": ", ".join(levels.names), "correction": correction, "draws": str(R)},
        ),
        notes=notes,
    )


def _names(levels: Levels) -> list[str]:
    middle = [f"semi-related ({name})" for name in levels.names[1:]]
    return ["total_variety", "unrelated_variety", *middle, "related_variety"]


def _decomposed(X: FloatArray, levels: Levels, correction: EntropyCorrection) -> FloatArray:
    """Return total, unrelated, semi-related by level and related variety, shape (n, levels + 2)."""
    H = kernel.levels(X, levels.codes, correction) / BITS
    return np.column_stack([H[:, -1], H[:, 0], np.diff(H, axis=1)])


def _errors(
    read: TwoWay, levels: Levels, correction: EntropyCorrection, R: int, seed: int
) -> FloatArray:
    X = read.values
    totals = X.sum(axis=1)
    shares = X / totals[:, None]
    total, squares = 0.0, 0.0
    for draw in range(R):
        rng = generator(seed, "variety", draw)
        counts = rng.multinomial(totals.astype(np.int64), shares).astype(np.float64)
        found: Any = _decomposed(counts, levels, correction)
        total, squares = total + found, squares + found * found
    variance = np.maximum(np.asarray(squares) - np.asarray(total) ** 2 / R, 0.0) / (R - 1)
    return np.asarray(np.sqrt(variance))


def _notes(parts: pd.DataFrame) -> tuple[str, ...]:
    # of uncorrected parts none is negative but by rounding
    low = parts.columns[(parts < -1e-9).any()].tolist()
    if not low:
        return ()
    return (f"Corrected parts are negative in some regions ({', '.join(low)}): take them for 0.",)
