"""Tables of the study of coverage, as Markdown, from the rows of its file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from interval_counts import ADJUSTED, JOINT, LEVEL, NORMAL, PUBLIC, RATIO, largest_by_chance
from interval_designs import EFFECTS, GROWING, GROWTH, MODELS, PLACES, TERMS, Design

KINDS = (*PUBLIC, "normal" + ADJUSTED, "delta" + ADJUSTED, RATIO)
SIZES = (*PLACES, *(place for place in GROWTH if place not in PLACES))


def pages(table: pd.DataFrame) -> list[str]:
    """Return every table with its heading; bold is beyond what chance allows (Bonferroni)."""
    table = table.assign(coverage=table["coverage"].astype(float))
    sections: list[tuple[str, Callable[[pd.DataFrame], list[str]]]] = [
        ("Settings", settings),
        ("By kind of interval", by_interval),
        ("By effect", by_effect),
        ("Impacts by model", by_model),
        ("Spatial parameters", spatial),
        ("Other coefficients", coefficients),
        *((f"Impacts, {place}", _impacts_of(place)) for place in PLACES),
        ("As n grows", growth),
        ("Fits", fits),
    ]
    lines: list[str] = []
    for title, made in sections:
        lines += [f"### {title}", "", *made(table), ""]
    return lines


def public(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of intervals that a caller is given; "sem" repeats its coefficients."""
    repeated = (table["model"] == "sem") & (table["effect"] != "coefficient")
    return table[table["interval"].isin(PUBLIC) & ~repeated]


def bound(table: pd.DataFrame) -> float:
    """Return the |z| that the largest of all public cells exceeds in 5 studies of 100."""
    return largest_by_chance(len(public(table)))


def settings(table: pd.DataFrame) -> list[str]:
    """Return what was run."""
    R, cells = int(table["replications"].max()), len(public(table))
    error = 100 * np.sqrt(LEVEL * (1 - LEVEL) / R)
    limit = bound(table)
    rows = [
        ("designs", len(table.drop_duplicates(["place", "model", "rho", "lambda"]))),
        ("replications of each", R),
        ("draws of each Monte-Carlo interval", int(table["draws"].max())),
        ("seed", int(table["seed"].max())),
        ("Monte-Carlo error of a coverage of 95 %, points", f"{error:.2f}"),
        ("within ±1.96 of it", span(error * NORMAL)),
        ("cells: intervals that the workbench gives", cells),
        ("largest absolute z of so many by chance (Bonferroni)", f"{limit:.2f}"),
        ("within that bound", span(error * limit)),
    ]
    return markdown(["", ""], rows)


def span(half: float) -> str:
    """Return 95 % less and plus some points."""
    return f"{100 * LEVEL - half:.1f} to {100 * LEVEL + half:.1f} %"


def by_interval(table: pd.DataFrame) -> list[str]:
    """Return how many cells lie outside, a row a place and kind of interval."""
    rows = [
        (f"{place}", kind, *counts(part, bound(table)))
        for place in SIZES
        for kind in KINDS
        if len(part := _picked(table, place=place, interval=kind))
    ]
    total = public(table)
    rows.append(("all", "that the workbench gives", *counts(total, bound(table))))
    return markdown(["place", "interval", *COUNTED], rows)


COUNTED = ("cells", "mean %", "lowest %", "highest %", "outside ±1.96", "beyond the bound")


def counts(part: pd.DataFrame, limit: float) -> tuple[object, ...]:
    """Return what :data:`COUNTED` names; ``limit`` is the |z| that chance allows."""
    share, z = 100 * part["coverage"], part["z"].abs()
    return (
        len(part),
        *(f"{value:.1f}" for value in (share.mean(), share.min(), share.max())),
        int((z > NORMAL).sum()),
        int((z > limit).sum()),
    )


def by_effect(table: pd.DataFrame) -> list[str]:
    """Return coverage and the sides of misses, a row a place, effect and kind of interval."""
    rows = []
    for place in SIZES:
        for effect in EFFECTS:
            for kind in ("delta", "monte-carlo", "delta" + ADJUSTED):
                part = _picked(table, place=place, effect=effect, interval=kind)
                if part.empty:
                    continue
                sides = (f"{100 * part[side].mean():.1f}" for side in ("below", "above"))
                rows.append((place, effect, kind, *counts(part, bound(table))[:4], *sides))
    heads = ["place", "effect", "interval", *COUNTED[:4], "below %", "above %"]
    return markdown(heads, rows)


def by_model(table: pd.DataFrame) -> list[str]:
    """Return coverage of impacts, a row a place, model and kind of interval."""
    rows = [
        (place, model, kind, *counts(part, bound(table)))
        for place in PLACES
        for model in MODELS
        for kind in ("delta", "monte-carlo")
        if len(part := _picked(table, place=place, model=model, interval=kind))
    ]
    return markdown(["place", "model", "interval", *COUNTED], rows)


def spatial(table: pd.DataFrame) -> list[str]:
    """Return rho and lambda: coverage of three kinds, bias, errors, a row a design."""
    rows = []
    for key, part in designs_of(table):
        for term in ("rho", "lambda", JOINT):
            own = part[part["term"] == term].set_index("interval")
            if own.empty:
                continue
            kinds = [_share(own, kind, table) for kind in ("normal", "normal" + ADJUSTED, RATIO)]
            first = own.iloc[0]
            moments = [number(first[name], 3) for name in ("bias", "sd", "std_error")]
            sides = [number(100 * first[name], 1) for name in ("below", "above")]
            if term == JOINT:
                moments, sides = ["–"] * 3, ["–"] * 2
            rows.append((key, term, *kinds, *sides, *moments))
    heads = ["design", "", "normal %", "n-k %", "LR %", "below %", "above %"]
    return markdown([*heads, "bias", "sd", "mean s.e."], rows)


def coefficients(table: pd.DataFrame) -> list[str]:
    """Return coverage of the regressors' coefficients, a row a place and model."""
    part = table[(table["effect"] == "coefficient") & ~table["term"].isin(["rho", "lambda", JOINT])]
    rows = [
        (place, model, kind, *counts(found, bound(table)))
        for place in PLACES
        for model in MODELS
        for kind in ("normal", "normal" + ADJUSTED)
        if len(found := _picked(part, place=place, model=model, interval=kind))
    ]
    return markdown(["place", "model", "interval", *COUNTED], rows)


def _impacts_of(place: str) -> Callable[[pd.DataFrame], list[str]]:
    """Return the table of a place: coverage of each impact in percent, a row a design and kind."""

    def made(table: pd.DataFrame) -> list[str]:
        rows = []
        for key, part in designs_of(table[table["place"] == place]):
            for kind in ("delta", "monte-carlo"):
                own = part[part["interval"] == kind].set_index(["term", "effect"])
                if len(own):
                    cells = [_share(own, (t, e), table) for t in TERMS for e in EFFECTS]
                    rows.append((key.removeprefix(place + " "), kind, *cells))
        heads = [f"{term} {effect}" for term in TERMS for effect in EFFECTS]
        return markdown(["design", "interval", *heads], rows)

    return made


def growth(table: pd.DataFrame) -> list[str]:
    """Return coverage on lattices of growing size, a row a model and size."""
    rows = []
    for model, rho, lam in GROWING:
        for place in GROWTH:
            part = rows_of(table, Design(place, model, rho, lam))
            if part.empty:
                continue
            own = part.set_index(["term", "effect", "interval"])
            name = "lambda" if model in ("sem", "sdem") else "rho"
            effect = "total" if model == "sem" else "indirect"
            rows.append(
                (
                    model,
                    int(part["n"].iloc[0]),
                    _share(own, (name, "coefficient", "normal"), table),
                    *(_share(own, (t, "direct", "delta"), table) for t in TERMS),
                    *(_share(own, (t, effect, "delta"), table) for t in TERMS),
                    *(_share(own, (t, effect, "monte-carlo"), table) for t in TERMS),
                    *_sides(own, ("a", effect, "delta")),
                    f"{own['coverage'].loc[own.index.isin(PUBLIC, level='interval')].min():.1%}"[
                        :-1
                    ],
                )
            )
    heads = ["model", "n", "rho or lambda", "a direct", "b direct", "a indirect", "b indirect"]
    more = ["a indirect, MC", "b indirect, MC", "a: below %", "a: above %", "lowest of all"]
    return markdown([*heads, *more], rows)


def _sides(own: pd.DataFrame, key: tuple[str, ...]) -> list[str]:
    return [f"{100 * own.loc[key, side]:.1f}" for side in ("below", "above")]


def fits(table: pd.DataFrame) -> list[str]:
    """Return failures by name, fits with several maxima, draws left out: where there are any."""
    rows = []
    for key, part in designs_of(table):
        first = part.iloc[0]
        failures = first["failures"] if isinstance(first["failures"], str) else ""
        if failures or first["several_maxima"] or first["left_out"] >= 0.001:
            rows.append(
                (
                    key,
                    int(first["replications"]),
                    int(first["failed"]),
                    failures or "–",
                    int(first["several_maxima"]),
                    f"{100 * first['left_out']:.1f}",
                )
            )
    heads = ["design", "replications", "failed fits", "what failed", "several maxima"]
    total = table.drop_duplicates(["place", "model", "rho", "lambda"])
    rows.append(
        (
            "all designs",
            int(total["replications"].sum()),
            int(total["failed"].sum()),
            "",
            int(total["several_maxima"].sum()),
            f"{100 * total['left_out'].mean():.1f}",
        )
    )
    return markdown([*heads, "draws left out %"], rows)


def rows_of(table: pd.DataFrame, design: Design) -> pd.DataFrame:
    """Return the rows of a design."""
    same = (table["place"] == design.place) & (table["model"] == design.model)
    for column, value in (("rho", design.rho), ("lambda", design.lam)):
        same &= table[column].astype(float).fillna(0.0) == value
    return table[same]


def designs_of(table: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame]]:
    """Return name and rows of every design, in the order of the file."""
    for key, part in table.groupby(["place", "model", "rho", "lambda"], sort=False, dropna=False):
        place, model, *values = key
        yield " ".join([place, model, *(f"{v:g}" for v in values if not pd.isna(v))]), part


def _picked(table: pd.DataFrame, **wanted: str) -> pd.DataFrame:
    """Return rows by column, without what "sem" repeats."""
    kept = ~((table["model"] == "sem") & (table["effect"] != "coefficient"))
    for column, value in wanted.items():
        kept &= table[column] == value
    return table[kept]


def _share(own: pd.DataFrame, key: object, table: pd.DataFrame) -> str:
    """Return a coverage in percent, bold beyond the bound; a dash where there is none."""
    if key not in own.index:
        return "–"
    row = own.loc[key]
    text = f"{100 * row['coverage']:.1f}"
    return f"**{text}**" if abs(row["z"]) > bound(table) else text


def number(value: object, digits: int) -> str:
    """Return a number with some decimals; a dash where there is none."""
    return "–" if pd.isna(value) else f"{float(value):.{digits}f}"  # type: ignore[arg-type]


def markdown(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """Return the lines of a table."""
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
