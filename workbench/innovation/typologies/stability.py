"""Would a region be of the same type under other samples, scores, indicators, or in other years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_number, check_option
from workbench.explore.typology.classes import Classes
from workbench.explore.typology.groups import check_count
from workbench.explore.typology.result import Typology
from workbench.explore.typology.stability import DISSOLVED, RECOVERED, WORDS
from workbench.explore.typology.stability import stability as group_stability
from workbench.innovation.typologies import replays
from workbench.innovation.typologies.labels import Labels, read_labels
from workbench.innovation.typologies.moves import TypologyMoves, typology_moves
from workbench.innovation.typologies.result import RegionTypes
from workbench.numerics.partitions.agreement import (
    adjusted_rand,
    jaccard,
    kept_company,
    numbered,
)
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import BoolArray, IntArray, Tolerance, TypologyStabilityBy

SAID = {
    **WORDS,
    "noise": "noise added to the scores or variables",
    "draws": "draws of the scores",
}
REPEATED: Mapping[str, tuple[str, ...]] = {
    "groups": ("seed", "resample", "perturbation", "noise", "indicators"),
    "types": ("noise", "resample", "draws"),
    "classes": ("noise", "resample"),
    "function": ("noise", "resample", "indicators"),
}
"""What can be changed of each kind of typology."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TypologyStability:
    """How often the types of a typology come back; immutable.

    Attributes
    ----------
    base : Labels
        Types of the regions.
    by : str
        What was changed from draw to draw.
    by_name : bool
        Whether a name means the same type in every draw; groups are matched instead.
    drawn : ndarray of int, shape (R, n)
        Type of each region in each draw, −1 where it was not in the sample; read-only.
    names : tuple of str, length R
        Of the draws: the variable left out, or numbers from 1.
    notes : tuple of str
    provenance : Provenance
    """

    base: Labels
    by: TypologyStabilityBy
    by_name: bool
    drawn: IntArray
    names: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Provenance
    tolerance: Tolerance = "simulation"

    @property
    def heading(self) -> str:
        """What was changed, how often, and of what."""
        return say(
            "Stability under {change}, {n} draws. {title}",
            change=say(SAID[self.by]),
            n=len(self.drawn),
            title=self.base.title,
        )

    @property
    def by_draw(self) -> pd.DataFrame:
        """A row a draw: ``rand`` with the base, and how many regions ``changed`` their type.

        Under ``by="indicators"`` draws are named by the variable left out.
        """
        rand, changed = [], []
        for own, other, stays in self._each():
            rand.append(adjusted_rand(numbered(own), numbered(other)))
            changed.append(int((~stays).sum()))
        index = pd.Index(self.names, name="draw")
        return pd.DataFrame({"rand": rand, "changed": changed}, index=index)

    @property
    def probabilities(self) -> pd.DataFrame:
        """Share of the draws with a region in which it is of each type; only of named types.

        Types that the base does not have are left out, so that rows may sum to less than one.
        """
        if not self.by_name:
            raise InputError(
                "probabilities",
                expected="types whose names mean the same in every draw",
                found="groups that are numbered anew",
                remedy="augment()['stays'] gives the share of draws in the matching group",
            )
        there = np.maximum((self.drawn >= 0).sum(axis=0), 1)
        shares = [(self.drawn == code).sum(axis=0) / there for code in range(self.base.k)]
        columns = pd.Index(self.base.names, name="type")
        return pd.DataFrame(np.column_stack(shares), index=self.base.ids, columns=columns)

    def tidy(self) -> pd.DataFrame:
        """Return a row a type: ``size jaccard recovered dissolved``.

        ``jaccard`` is Hennig's mean over draws of the largest overlap with a type of the draw;
        ``recovered`` and ``dissolved`` are the shares of draws with an overlap above 0.75, and of
        at most 0.5. Draws without any region of the type do not count.
        """
        k = self.base.k
        overlap = np.full((len(self.drawn), k), np.nan)
        for draw, (own, other, _) in enumerate(self._each()):
            found = jaccard(own, numbered(other))
            overlap[draw, : len(found)] = found
        table = pd.DataFrame(overlap)
        there = table.count().to_numpy().astype(float)
        there[there == 0] = np.nan
        return pd.DataFrame(
            {
                "size": self.base.sizes,
                "jaccard": table.mean().to_numpy(),
                "recovered": (table > RECOVERED).sum().to_numpy() / there,
                "dissolved": (table <= DISSOLVED).sum().to_numpy() / there,
            },
            index=pd.Index(self.base.names, name="type"),
        )

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, types, draws, mean and quantiles of the adjusted Rand index."""
        rand = self.by_draw["rand"]
        return one_row(
            nobs=len(self.base.ids),
            types=self.base.k,
            draws=len(self.drawn),
            rand=float(rand.mean()),
            rand_low=float(rand.quantile(0.05)),
            rand_high=float(rand.quantile(0.95)),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``type stays present``.

        ``stays`` is the share of the draws that have the region in which it is of its own type: of
        the same name, or of the group that matches its own when groups are matched one to one so
        that most regions stay. ``present`` is the number of those draws.
        """
        kept = np.zeros(len(self.base.ids))
        for draw, (_, _, stays) in enumerate(self._each()):
            kept[self.drawn[draw] >= 0] += stays
        present = (self.drawn >= 0).sum(axis=0)
        share = np.where(present > 0, kept / np.maximum(present, 1), np.nan)
        columns = {"type": self.base.named, "stays": share, "present": present}
        return pd.DataFrame(columns, index=self.base.ids)

    def plot(self, *, title: str | None = None) -> Any:
        """Return how often each region stays with its type, the least sure named."""
        return display.picture("typology stability", self, title=title)

    def _each(self) -> list[tuple[IntArray, IntArray, BoolArray]]:
        """Return, of each draw, base types and drawn types of its regions, and who stays."""
        out: list[Any] = []
        for row in self.drawn:
            here = row >= 0
            own, other = self.base.codes[here], row[here]
            stays = own == other if self.by_name else kept_company(own, numbered(other))
            out.append((own, other, stays))
        return out

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        loose = self.augment().sort_values("stays", kind="stable").head(5)
        parts = [("", self.glance().set_axis([""])), ("Types", self.tidy())]
        if self.by == "indicators":
            parts.append(("Without each variable", self.by_draw))
        return [*parts, ("Regions that stay least", loose)]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def typology_stability(
    typology: Any,
    table: pd.DataFrame | None = None,
    *,
    by: TypologyStabilityBy = "noise",
    draws: int = 100,
    share: float = 0.1,
    seed: int = 0,
) -> TypologyStability | TypologyMoves:
    """Make a typology again from slightly other input, and count what comes back.

    Parameters
    ----------
    typology : result, function, or mapping of period to typology
        Groups (``cluster``, ``regionalize``), classes (``classify``), types (``leader_types``,
        ``combined_types``): each knows how it was made. A function of `table` that returns any of
        these, or types by region id, for whole constructions: an index and its types, say. A
        mapping of period to typology, or a table of types with a row a region and a column a
        period, is :func:`typology_moves`: who moved from year to year.
    table : pandas.DataFrame, optional
        Of the function; a row a region.
    by : str, default "noise"
        ``"noise"``: normal noise of `share` of each variable's standard deviation. ``"resample"``:
        bounds or groups from as many regions drawn with replacement (a function gets the different
        regions of the sample, because ids are unique). ``"indicators"``: one variable left out at a
        time (groups; numeric columns of a function's table). ``"seed"`` and ``"perturbation"``
        (groups only) as in :func:`workbench.explore.group_stability`. ``"draws"``: the draws that
        types were made with.
    draws : int, default 100
        How often; of ``"indicators"`` once a variable, of ``"draws"`` as many as there are.
    share : float, default 0.1
        Between 0 and 1.
    seed : int, default 0
        Each draw has its own random stream.

    Returns
    -------
    TypologyStability, or TypologyMoves over periods
        ``.tidy()`` (a row a type), ``.augment()`` (a row a region), ``.by_draw``, ``.plot()``.

    Raises
    ------
    InputError, IdError, ValuesError
        If the typology cannot be made again in that way.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. Computational Statistics & Data
    Analysis 52, 258-271.

    Examples
    --------
    >>> from workbench.innovation.typologies import leader_types
    >>> score = pd.Series([1.0, 0.95, 0.5, 0.45, 0.1, 0.05], index=list("abcdef"))
    >>> typology_stability(leader_types(score), by="noise", share=0.02, draws=20).glance()[
    ...     "rand"].item()
    1.0
    """
    if isinstance(typology, Mapping | pd.DataFrame):
        return typology_moves(typology)
    check_option("by", by, TypologyStabilityBy)
    number, seed = check_count(draws, "draws"), check_seed(seed)
    check_number("share", share, above=0.0, below=1.0, remedy="share=0.1")
    kind = _kind(typology)
    _refuse_unfit(kind, by, table)
    notes: tuple[str, ...] = ()
    named = True
    if kind == "function":
        frame = replays.sorted_table(table)
        made = typology(frame)
        base = replays.read_made(made)
        named = replays.same_from_draw_to_draw(made)
        drawn = replays.by_function(
            typology, frame, base, by=by, draws=number, share=share, seed=seed, by_name=named
        )
    else:
        base = read_labels(typology, argument="typology")
        drawn, notes = _drawn(typology, base, by, draws=number, share=share, seed=seed)
        named = kind != "groups"
    return TypologyStability(
        base=base,
        by=by,
        by_name=named,
        drawn=np.asarray(freeze(drawn)),
        names=_names(typology, table, by, len(drawn)),
        notes=notes,
        provenance=Provenance(
            method="stability of a typology",
            formula=base.title,
            nobs=len(base.ids),
            ids_digest=ids_digest(base.ids),
            seed=None if by in ("draws", "indicators") else seed,
            notes=notes,
            options={"by": by, "draws": str(len(drawn)), "share": f"{share:g}"},
        ),
    )


def _kind(typology: Any) -> str:
    for kind, of in (("groups", Typology), ("classes", Classes), ("types", RegionTypes)):
        if isinstance(typology, of):
            return kind
    if callable(typology):
        return "function"
    raise InputError(
        "typology",
        expected="groups, classes or types that know how they were made, or a function of a table",
        found=type(typology).__name__,
        why="a list of types cannot be made again",
        remedy="typology_stability(lambda table: leader_types(table['score']), table)",
    )


def _refuse_unfit(kind: str, by: str, table: pd.DataFrame | None) -> None:
    if by not in REPEATED[kind]:
        raise InputError(
            "by",
            expected="one of " + ", ".join(f'"{word}"' for word in REPEATED[kind]),
            found=f'"{by}"',
            why={
                "function": "the function is given a table and nothing else",
                "groups": "groups are made of variables, not of draws of scores",
            }.get(kind, "the rule has one score a column, no seed and no links"),
            remedy='by="noise"',
        )
    if kind != "function" and table is not None:
        raise InputError(
            "table",
            expected="no table beside a typology that holds its own data",
            found=type(table).__name__,
            remedy="leave it out",
        )


def _drawn(
    typology: Any, base: Labels, by: Any, *, draws: int, share: float, seed: int
) -> tuple[IntArray, tuple[str, ...]]:
    if isinstance(typology, Typology):
        found = group_stability(typology, by=by, draws=draws, share=share, seed=seed)
        return found.drawn, found.notes
    if isinstance(typology, Classes):
        return replays.by_classes(typology, by, draws=draws, share=share, seed=seed), ()
    rows = replays.by_rule(typology, by, draws=draws, share=share, seed=seed)
    # labels are read from the lowest type, rules count from the best
    turn = np.array([base.names.index(name) for name in typology.names])
    return np.where(rows >= 0, turn[np.maximum(rows, 0)], replays.ABSENT), ()


def _names(typology: Any, table: Any, by: str, number: int) -> tuple[str, ...]:
    if by != "indicators":
        return tuple(str(draw) for draw in range(1, number + 1))
    if isinstance(typology, Typology):
        return typology.profiles.names
    return tuple(str(name) for name in replays.numeric_columns(table))
