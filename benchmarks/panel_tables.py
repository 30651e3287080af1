"""Tables of the study of panels, as Markdown, from the rows of its file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from interval_counts import LEVEL, METHODS, NORMAL, PUBLIC, largest_by_chance
from interval_designs import EFFECTS, TERMS, place
from interval_tables import COUNTED, counts, markdown, number, span
from panel_counts import POINT
from panel_designs import (
    DIRECT,
    LEE_YU,
    LONG,
    PLACES,
    SHORT,
    TRANSFORMED,
    UNEVEN,
    PanelDesign,
)
from panel_designs import panel_designs as all_designs
from scipy import stats

SPATIAL = ("tau", "eta", "rho", "lambda")
SAMPLES = tuple((T, where) for T in (LONG, SHORT) for where in PLACES)
HORIZONS = ("", "long-run ")


def panel_pages(table: pd.DataFrame) -> list[str]:
    """Return every table with its heading; bold is beyond what chance allows (Bonferroni)."""
    sections: list[tuple[str, Callable[[pd.DataFrame], list[str]]]] = [
        ("Panels: settings", settings),
        ("Panels: what the direct approach loses", lost),
        ("Panels: the bias of lambda", drift),
        ("Panels: by kind of interval", by_interval),
        ("Panels: impacts by effect", by_effect),
        ("Panels: spatial parameters", spatial),
        ("Panels: coefficients of the regressors", coefficients),
        ("Panels: impacts, effects transformed out", impacts),
        ("Dynamic panels: parameters", feedback),
        ("Dynamic panels: impacts", over_time),
        ("Uneven errors: least squares", uneven_sums),
        ("Uneven errors: models with Wy or Wu", uneven_spatial),
        ("Panels: fits", failures),
    ]
    lines: list[str] = []
    for title, made in sections:
        lines += [f"### {title}", "", *made(table), ""]
    return lines


def rows_of_panel(table: pd.DataFrame, design: PanelDesign) -> pd.DataFrame:
    """Return the rows of a design."""
    same = table["T"] == design.T
    for column in ("place", "model", "errors"):
        same &= table[column] == getattr(design, column)
    values = {"rho": design.rho, "lambda": design.lam, "tau": design.tau, "eta": design.eta}
    for column, value in values.items():
        same &= table[column].astype(float).fillna(0.0) == value
    return table[same]


def parts(
    table: pd.DataFrame, wanted: Callable[[PanelDesign], bool]
) -> Iterator[tuple[PanelDesign, str, pd.DataFrame]]:
    """Return design, estimator and rows by (term, effect, interval), in the study's order."""
    for design in filter(wanted, all_designs()):
        rows = rows_of_panel(table, design)
        for estimator in design.estimators:
            own = rows[rows["estimator"] == estimator]
            yield design, estimator, own.set_index(["term", "effect", "interval"])


def static(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of static panels with white errors."""
    return table[table["tau"].isna() & (table["errors"] != UNEVEN)]


def is_static(design: PanelDesign) -> bool:
    """Return whether a design is a static one with white errors."""
    return not design.dynamic and design.errors != UNEVEN


def panel_bound(table: pd.DataFrame) -> float:
    """Return the |z| that the largest of all cells exceeds in 5 studies of 100."""
    return largest_by_chance(int(table["interval"].isin(PUBLIC).sum()))


def settings(table: pd.DataFrame) -> list[str]:
    """Return what was run."""
    R, limit = int(table["replications"].max()), panel_bound(table)
    error = 100 * np.sqrt(LEVEL * (1 - LEVEL) / R)
    heads = ["place", "T", "model", "rho", "lambda", "tau", "eta", "errors"]
    rows = [
        ("designs of panels", len(table.drop_duplicates(heads))),
        ("designs by estimators", len(table.drop_duplicates([*heads, "estimator"]))),
        ("replications of each panel", R),
        ("draws of each Monte-Carlo interval of a panel", int(table["draws"].max())),
        ("seed of panels", int(table["seed"].max())),
        ("Monte-Carlo error of a panel's coverage of 95 %, points", f"{error:.2f}"),
        ("panels: within ±1.96 of it", span(error * NORMAL)),
        ("panels: cells", int(table["interval"].isin(PUBLIC).sum())),
        ("panels: largest absolute z by chance (Bonferroni)", f"{limit:.2f}"),
        ("panels: within that bound", span(error * limit)),
    ]
    return markdown(["", ""], rows)


def lost(table: pd.DataFrame) -> list[str]:
    """Return the factor of the variance in theory, and what is found of it, by estimator."""
    rows = []
    for T, where in SAMPLES:
        for estimator in LEE_YU:
            own = _picked(static(table), T=T, place=where, estimator=estimator)
            if own.empty:
                continue
            N = int(own["N"].iloc[0])
            factor = (T - 1) * (N - 1) / (T * N) if estimator == DIRECT else 1.0
            beta = own[own["term"].isin(TERMS) & (own["effect"] == "coefficient")]
            rows.append(
                (
                    *(T, where, estimator, f"{factor:.3f}"),
                    f"{1 + own.loc[own['interval'] == POINT, 'bias'].mean():.3f}",
                    f"{100 * (2 * stats.norm.cdf(NORMAL * np.sqrt(factor)) - 1):.1f}",
                    f"{100 * beta['coverage'].mean():.1f}",
                )
            )
    heads = ["T", "place", "lee_yu", "variance in theory", "mean variance found"]
    return markdown([*heads, "coverage of beta in theory %", "found %"], rows)


def drift(table: pd.DataFrame) -> list[str]:
    """Return the bias of lambda that estimated effects of periods bring, in theory and as found.

    They give the scores of (λ, σ²) the means −T/(1 − λ) and −T/(2σ²); effects of regions move σ²
    alone. The bias is the inverse information times these (Lee and Yu 2010, equation 35): T, which
    both have, cancels. Whole information or what effects leave of it is the same to first order.
    ``beyond`` is less the bias on the same samples with the effects transformed out.
    """
    rows, others = [], {}
    for design, estimator, own in parts(table, is_static):
        if estimator == TRANSFORMED:
            others = {key: row["bias"] for key, row in own.iterrows()}
        if estimator != DIRECT or design.rho or not design.lam:
            continue
        key = ("lambda", "coefficient", "normal")
        W = place(design.place).dense
        theory = (f"{_bias_of_lambda(W, design.lam, left=left):.3f}" for left in (False, True))
        row = own.loc[key]
        found = (number(x, 3) for x in (row["bias"], row["bias"] - others[key], row["sd"]))
        rows.append((design.name, *theory, *found))
    heads = ["design", "bias of lambda in theory", "by the information left"]
    return markdown([*heads, "found", "beyond", "sd"], rows)


def _bias_of_lambda(W: np.ndarray, lam: float, *, left: bool) -> float:
    """Return the bias of first order; with the whole information, or what effects leave of it."""
    N = len(W)
    G = W @ np.linalg.inv(np.eye(N) - lam * W)
    g = 1 / (1 - lam)  # G1 = g1
    double, trace = np.trace(G @ G) + np.trace(G.T @ G), np.trace(G)
    if left:
        double -= g**2 + np.sum(G.sum(axis=0) ** 2) / N
        trace, N = trace - g, N - 1
    return float(np.linalg.solve([[double, trace], [trace, N / 2]], [-g, -0.5])[0])


def by_interval(table: pd.DataFrame) -> list[str]:
    """Return how many cells lie outside, a row a sample, estimator and kind of interval."""
    rows = [
        (T, where, estimator, kind, *counts(own, panel_bound(table)))
        for T, where in SAMPLES
        for estimator in LEE_YU
        for kind in PUBLIC
        if len(own := _picked(static(table), T=T, place=where, estimator=estimator, interval=kind))
    ]
    return markdown(["T", "place", "lee_yu", "interval", *COUNTED], rows)


def by_effect(table: pd.DataFrame) -> list[str]:
    """Return coverage and the sides of misses, a row a sample, estimator, effect and kind."""
    rows = []
    for T, where in SAMPLES:
        for estimator in LEE_YU:
            for effect in EFFECTS:
                for kind in METHODS:
                    asked = {"estimator": estimator, "effect": effect, "interval": kind}
                    own = _picked(static(table), T=T, place=where, **asked)
                    if len(own):
                        sides = (f"{100 * own[side].mean():.1f}" for side in ("below", "above"))
                        four = counts(own, panel_bound(table))[:4]
                        rows.append((T, where, estimator, effect, kind, *four, *sides))
    heads = ["T", "place", "lee_yu", "effect", "interval", *COUNTED[:4], "below %", "above %"]
    return markdown(heads, rows)


def spatial(table: pd.DataFrame) -> list[str]:
    """Return rho and lambda of static panels, a row a design and estimator."""
    return _parameters(table, is_static)


def feedback(table: pd.DataFrame) -> list[str]:
    """Return tau, eta and rho of dynamic panels."""
    return _parameters(table, lambda design: design.dynamic)


def _parameters(table: pd.DataFrame, wanted: Callable[[PanelDesign], bool]) -> list[str]:
    limit, rows = panel_bound(table), []
    for design, estimator, own in parts(table, wanted):
        for term in SPATIAL:
            key = (term, "coefficient", "normal")
            if key in own.index:
                rows.append(
                    (
                        *(design.name, estimator, term, _share(own, key, limit)),
                        *(number(100 * own.loc[key, side], 1) for side in ("below", "above")),
                        *(number(own.loc[key, what], 3) for what in ("bias", "sd", "std_error")),
                    )
                )
    heads = ["design", "lee_yu", "", "coverage %", "below %", "above %"]
    return markdown([*heads, "bias", "sd", "mean s.e."], rows)


def coefficients(table: pd.DataFrame) -> list[str]:
    """Return coverage of beta and theta, a row a sample, model and estimator."""
    own = static(table)
    own = own[(own["effect"] == "coefficient") & ~own["term"].isin(SPATIAL)]
    rows = [
        (T, where, model, estimator, *counts(found, panel_bound(table)))
        for T, where in SAMPLES
        for model in own["model"].unique()
        for estimator in LEE_YU
        if len(
            found := _picked(
                own, T=T, place=where, model=model, estimator=estimator, interval="normal"
            )
        )
    ]
    return markdown(["T", "place", "model", "lee_yu", *COUNTED], rows)


def impacts(table: pd.DataFrame) -> list[str]:
    """Return coverage of each impact with the effects transformed out."""
    limit = panel_bound(table)
    rows = []
    for design, estimator, own in parts(table, is_static):
        if estimator == TRANSFORMED and design.model != "sem":
            for kind in METHODS:
                cells = [_share(own, (t, e, kind), limit) for t in TERMS for e in EFFECTS]
                rows.append((design.name, kind, *cells))
    return markdown(["design", "interval", *_heads()], rows)


def over_time(table: pd.DataFrame) -> list[str]:
    """Return coverage of impacts of dynamic panels, of the short and of the long run."""
    limit = panel_bound(table)
    rows = [
        (
            *(design.name, estimator, word.strip() or "short-run", kind),
            *(_share(own, (t, word + e, kind), limit) for t in TERMS for e in EFFECTS),
        )
        for design, estimator, own in parts(table, lambda design: design.dynamic)
        for word in HORIZONS
        for kind in METHODS
    ]
    return markdown(["design", "lee_yu", "horizon", "interval", *_heads()], rows)


def uneven_sums(table: pd.DataFrame) -> list[str]:
    """Return coverage by covariance, and how large standard errors are, of models without Wy."""
    limit, rows = panel_bound(table), []
    terms = (*TERMS, *(f"W({term})" for term in TERMS))
    for design, estimator, own in parts(table, lambda design: design.model == "slx"):
        keys = [(term, "coefficient", "normal") for term in terms]
        shares = [_share(own, key, limit) for key in keys]
        shares += [_share(own, (term, "total", "delta"), limit) for term in TERMS]
        ratios = [number(own.loc[k, "std_error"] / own.loc[k, "sd"], 2) for k in keys]
        rows.append((design.name, estimator, *shares, *ratios))
    heads = ["design", "covariance", *terms, *(f"{term} total" for term in TERMS)]
    return markdown([*heads, *(f"s.e./sd {term}" for term in terms)], rows)


def uneven_spatial(table: pd.DataFrame) -> list[str]:
    """Return coverage of likelihoods, and of defactored instruments, under uneven errors."""
    limit, rows = panel_bound(table), []
    names = (*TERMS, "W(a)", "W(b)", "rho", "lambda")
    for design, estimator, own in parts(
        table, lambda design: design.errors == UNEVEN and design.model != "slx"
    ):
        key = ("rho" if design.rho else "lambda", "coefficient", "normal")
        rows.append(
            (
                *(design.name, estimator),
                *(_share(own, (name, "coefficient", "normal"), limit) for name in names),
                *(_share(own, ("a", effect, "delta"), limit) for effect in EFFECTS[:2]),
                *(number(own.loc[key, what], 3) for what in ("bias", "sd", "std_error")),
            )
        )
    heads = ["design", "estimator", *names, "a direct", "a indirect"]
    return markdown([*heads, "bias of rho or lambda", "sd", "mean s.e."], rows)


def failures(table: pd.DataFrame) -> list[str]:
    """Return failures by name and draws left out: where there are any."""
    rows = []
    total = failed = 0
    for design, estimator, own in parts(table, lambda _: True):
        first = own.iloc[0]
        told = first["failures"] if isinstance(first["failures"], str) else ""
        total, failed = total + int(first["replications"]), failed + int(first["failed"])
        if told or first["left_out"] >= 0.001:
            left_out = f"{100 * first['left_out']:.1f}"
            rows.append((design.name, estimator, int(first["failed"]), told or "–", left_out))
    rows.append(("all panels", total, failed, "", ""))
    return markdown(["design", "estimator", "failed fits", "what failed", "draws left out %"], rows)


def _heads() -> list[str]:
    return [f"{term} {effect}" for term in TERMS for effect in EFFECTS]


def _picked(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    kept = pd.Series(True, index=table.index)
    for column, value in wanted.items():
        kept &= table[column] == value
    return table[kept]


def _share(own: pd.DataFrame, key: Iterable[str], limit: float) -> str:
    """Return a coverage in percent, bold beyond the bound; a dash where there is none."""
    if key not in own.index:
        return "–"
    text = f"{100 * own.loc[key, 'coverage']:.1f}"
    return f"**{text}**" if abs(own.loc[key, "z"]) > limit else text
