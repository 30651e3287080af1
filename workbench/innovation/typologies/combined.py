"""Types by the levels of two or more scores, such as the potential to create and to adopt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.errors import InputError, check_number, listing, nearest
from workbench.innovation.typologies.result import RegionTypes, frozen, with_shares
from workbench.innovation.typologies.rules import (
    ON_BOUND,
    CombinedRule,
    Cut,
    LeaderRule,
    replayed,
    shares_of_draws,
)
from workbench.innovation.typologies.scores import (
    check_near,
    ordered_table,
    read_draws,
    read_score,
    read_shares,
    roman,
)
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import FloatArray, IntArray, ThresholdWord, words

LEVELS: Mapping[int, tuple[str, ...]] = {2: ("low", "high"), 3: ("low", "middle", "high")}
"""Names of two or three levels; more are numbered from the lowest."""


def combined_types(
    scores: pd.DataFrame,
    types: Mapping[tuple[str, ...], str],
    *,
    cuts: Any = "median",
    ordered: bool = False,
    near: float = 0.05,
    draws: Mapping[str, Any] | None = None,
) -> RegionTypes:
    """Put regions into named types by the levels of two or more scores.

    Each score is cut into levels, and every combination of levels has a name: **a region on a cut
    is of the higher level**. Every region is of exactly one type; combinations without a name are
    refused, whether a region has them or not, because the next year's may.

    Parameters
    ----------
    scores : pandas.DataFrame
        A row a region, a column a score, higher is more; two columns at least. Missing values and
        columns of equal values are refused.
    types : mapping of tuple of str to str
        Name of each combination of levels, levels in the order of the columns: two levels are
        ``"low" "high"``, three ``"low" "middle" "high"``, more ``"1" "2" ...`` from the lowest.
        Several combinations may share a name. Types have the order in which names first occur.
    cuts : str, number, sequence or mapping, default "median"
        Where scores are cut: ``"median"``, ``"mean"``, a number, several ascending numbers, or
        ``("leader", 0.2, 0.4)`` for shares below the largest score; the same for all columns, or a
        mapping of column to one of these.
    ordered : bool, default False
        Whether the types are steps of one ladder, the best first (then kappa is weighted).
    near : float, default 0.05
        Regions within this many standard deviations of a score from a cut are named.
    draws : mapping of column to DataFrame or uncertainty of an index, optional
        Draws of each score, a row a region and a column a draw, equally many, the same draw in the
        same place; ``{"create": index.uncertainty(), ...}``. Medians, means and leaders are those
        of each draw.

    Returns
    -------
    RegionTypes
        ``.labels``, ``.probabilities``, ``.tidy()``, ``.augment()``, ``.plot()``,
        ``.map(regions)``.

    Raises
    ------
    InputError, IdError, ValuesError
        If scores, cuts, names or draws cannot be used.

    References
    ----------
    Baburin, V. L. and Zemtsov, S. P. (2017). Innovation potential of regions of Russia. Moscow: KDU
    (in Russian), on the potentials to create and to adopt.

    Examples
    --------
    >>> potential = pd.DataFrame(
    ...     {"create": [9.0, 8.0, 2.0, 1.0], "adopt": [7.0, 3.0, 8.0, 2.0]}, index=list("abcd"))
    >>> found = combined_types(potential, {
    ...     ("high", "high"): "creative core", ("high", "low"): "creator",
    ...     ("low", "high"): "acceptor", ("low", "low"): "periphery"})
    >>> found.labels.astype(str).to_dict()
    {'a': 'creative core', 'b': 'creator', 'c': 'acceptor', 'd': 'periphery'}
    """
    table = _scores(scores)
    chosen = _all_cuts(cuts, table)
    names, codes = _named(types, table.columns, [_levels(cut) for cut in chosen])
    check_near(near, remedy="near=0.05")
    rule = CombinedRule(tuple(chosen), codes)
    membership = replayed(rule, table.to_numpy())
    regions = _regions(table, rule, names, near)
    drawn = None if draws is None else _drawn(draws, table)
    chances = None
    if drawn is not None:
        chances = shares_of_draws(rule, drawn, len(names))
        with_shares(regions, chances, membership, names)
    notes = tuple(_notes(regions, membership, names, near))
    return RegionTypes(
        scores=table,
        names=names,
        ordered=bool(ordered),
        membership=frozen(membership),
        rule=rule,
        rows=_rows(types, membership, names),
        regions=regions,
        shares=chances,
        draws=drawn,
        tolerance="closed form" if drawn is None else "simulation",
        heading=say("Types by the levels of {columns}", columns=", ".join(table.columns)),
        notes=notes,
        provenance=Provenance(
            method="types by combined levels",
            formula=" + ".join(table.columns),
            nobs=len(table),
            ids_digest=ids_digest(table.index),
            notes=notes,
            options=_options(table, chosen, near, drawn),
        ),
    )


def _options(
    table: pd.DataFrame, chosen: list[Cut | LeaderRule], near: float, drawn: FloatArray | None
) -> dict[str, str]:
    cuts = {
        f"cut of {name}": _cut_text(cut) for name, cut in zip(table.columns, chosen, strict=True)
    }
    return {**cuts, "near": f"{near:g}", "draws": "0" if drawn is None else str(len(drawn))}


def _regions(
    table: pd.DataFrame, rule: CombinedRule, names: tuple[str, ...], near: float
) -> pd.DataFrame:
    X = table.to_numpy()
    bounds = rule.bounds(X, X)
    away = rule.distances(X, bounds)
    return pd.DataFrame(
        {
            "type": [names[t] for t in rule.place(X, bounds)],
            "levels": _told_levels(rule.levels(X, bounds), table.columns, list(rule.cuts)),
            "to_bound": away,
            "near_bound": away <= near + ON_BOUND,
        },
        index=table.index,
    )


def _scores(scores: Any) -> pd.DataFrame:
    table = ordered_table(scores, argument="scores")
    if table.shape[1] < 2 or table.columns.has_duplicates:
        raise InputError(
            "scores",
            expected="at least two columns, each name once",
            found=listing([str(column) for column in table.columns]) or "none",
            why="types of one score are classes of it",
            remedy="leader_types(score), or classify(score, None) for natural breaks",
        )
    columns = {str(name): read_score(table[name], argument=str(name)) for name in table}
    return pd.DataFrame(columns)


def _all_cuts(cuts: Any, table: pd.DataFrame) -> list[Cut | LeaderRule]:
    names = [str(name) for name in table.columns]
    if not isinstance(cuts, Mapping):
        return [_cut(cuts, name) for name in names]
    unknown = [str(name) for name in cuts if str(name) not in names]
    lacking = [name for name in names if name not in {str(key) for key in cuts}]
    if unknown or lacking:
        raise InputError(
            "cuts",
            expected=f"a cut for each score: {', '.join(names)}",
            found=f"none for {listing(lacking)}" if lacking else f"one for {listing(unknown)}",
            offenders=[*lacking, *unknown],
            remedy="cuts={" + ", ".join(f"{name!r}: 'median'" for name in names) + "}",
        )
    given = {str(name): cut for name, cut in cuts.items()}
    return [_cut(given[name], name) for name in names]


def _cut(cut: Any, name: str) -> Cut | LeaderRule:
    argument, remedy = f"cuts[{name!r}]", 'cuts="median", a number, or ("leader", 0.2, 0.4)'
    if isinstance(cut, str):
        if cut in words(ThresholdWord):
            return cut
        raise InputError(
            argument,
            expected='"median", "mean", numbers, or ("leader", shares ...)',
            found=repr(cut),
            remedy=nearest(cut, words(ThresholdWord)) or remedy,
        )
    several = isinstance(cut, Sequence | np.ndarray)
    listed = list(cut) if several else [cut]
    if listed and isinstance(listed[0], str) and listed[0] == "leader":
        return LeaderRule(read_shares(listed[1:], argument=argument))
    found = tuple(check_number(argument, value, remedy=remedy) for value in listed)
    if not found or sorted(set(found)) != list(found):
        raise InputError(
            argument, expected="ascending numbers", found=repr(cut),
            remedy=f"{argument.split('[')[0]}={sorted(set(found)) or [0.5]}",
        )  # fmt: skip
    return found


def _levels(cut: Cut | LeaderRule) -> tuple[str, ...]:
    number = 1
    if isinstance(cut, LeaderRule):
        number = len(cut.shares)
    elif not isinstance(cut, str):
        number = len(cut)
    return LEVELS.get(number + 1, tuple(str(i) for i in range(1, number + 2)))


def _named(
    types: Any, columns: pd.Index, levels: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], IntArray]:
    """Return the types in order of first mention, and the type of each combination of levels."""
    needed = list(product(*levels))
    order = " x ".join(columns)
    if not isinstance(types, Mapping):
        raise InputError(
            "types",
            expected=f"a mapping of levels ({order}) to names",
            found=type(types).__name__,
            remedy=_to_be_named(needed),
        )
    given = {tuple(map(str, key)) if isinstance(key, tuple) else (str(key),): name
             for key, name in types.items()}  # fmt: skip
    lacking = [combination for combination in needed if combination not in given]
    beyond = [combination for combination in given if combination not in set(needed)]
    if lacking or beyond:
        raise InputError(
            "types",
            expected=f"a name for each of the {len(needed)} combinations of levels ({order})",
            found=f"{len(lacking)} without a name"
            + (f", {len(beyond)} that do not exist" if beyond else ""),
            offenders=[" & ".join(combination) for combination in [*lacking, *beyond]],
            why="every region has to be of exactly one type",
            remedy=_to_be_named(needed),
        )
    blank = [key for key, name in given.items() if not isinstance(name, str) or not name.strip()]
    if blank:
        raise InputError(
            "types", expected="names that are text", found=repr(given[blank[0]]),
            offenders=[" & ".join(combination) for combination in blank],
            remedy=f"a name such as {roman(1)[0]!r}",
        )  # fmt: skip
    names = tuple(dict.fromkeys(given.values()))
    if len(names) < 2:
        raise InputError(
            "types", expected="at least two different names", found=repr(names[0]),
            remedy="name the combinations apart",
        )  # fmt: skip
    codes = np.array([names.index(given[combination]) for combination in needed], dtype=np.int64)
    return names, np.asarray(freeze(codes.reshape([len(level) for level in levels])))


def _to_be_named(needed: list[tuple[str, ...]]) -> str:
    """Return the argument `types` with all combinations, to be pasted and filled in."""
    told = [f"{combination!r}: '{'-'.join(combination)}'" for combination in needed]
    return "with names of your own, types={" + ", ".join(told) + "}"


def _drawn(draws: Any, table: pd.DataFrame) -> FloatArray:
    names = [str(name) for name in table.columns]
    if not isinstance(draws, Mapping) or {str(key) for key in draws} != set(names):
        raise InputError(
            "draws",
            expected=f"a mapping with draws of each score: {', '.join(names)}",
            found=listing(list(draws)) if isinstance(draws, Mapping) else type(draws).__name__,
            remedy="draws={" + ", ".join(f"{name!r}: ..." for name in names) + "}",
        )
    given = {str(key): value for key, value in draws.items()}
    read = [read_draws(given[name], table.index, argument=f"draws[{name!r}]") for name in names]
    counts = {len(one) for one in read}
    if len(counts) > 1:
        raise InputError(
            "draws",
            expected="equally many draws of each score",
            found=", ".join(str(len(one)) for one in read),
            why="a draw is one state of all scores",
            remedy="draw them together",
        )
    return np.asarray(freeze(np.stack(read, axis=2)))


def _told_levels(levels: IntArray, columns: pd.Index, chosen: list[Any]) -> list[str]:
    names = [_levels(cut) for cut in chosen]
    return [
        ", ".join(f"{column} {names[j][row[j]]}" for j, column in enumerate(columns))
        for row in levels
    ]


def _cut_text(cut: Cut | LeaderRule) -> str:
    if isinstance(cut, LeaderRule):
        return "leader, " + ", ".join(f"{share:g}" for share in cut.shares)
    return cut if isinstance(cut, str) else ", ".join(f"{value:g}" for value in cut)


def _rows(types: Mapping[Any, str], membership: IntArray, names: tuple[str, ...]) -> pd.DataFrame:
    told = [
        "; ".join(" & ".join(map(str, key)) for key, name in types.items() if name == one)
        for one in names
    ]
    sizes = np.bincount(membership, minlength=len(names))
    return pd.DataFrame({"size": sizes, "levels": told}, index=pd.Index(names, name="type"))


def _notes(
    regions: pd.DataFrame, membership: IntArray, names: tuple[str, ...], near: float
) -> list[str]:
    notes = ["A region on a cut is of the higher level."]
    close = regions.index[regions["near_bound"]].tolist()
    if close:
        notes.append(
            f"{len(close)} regions within {near:g} standard deviations of a score from a cut: "
            f"{listing(close)}"
        )
    empty = [name for t, name in enumerate(names) if not (membership == t).any()]
    if empty:
        notes.append(f"types without a region: {', '.join(empty)}")
    return notes
