"""Questions about what carries the statement: single regions, many tests, scale, power."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core.display import number
from workbench.errors import WorkbenchError, listing
from workbench.hypotheses.review.case import Case, trials
from workbench.hypotheses.review.claims import COEFFICIENT, NEITHER
from workbench.hypotheses.review.deciding import decide, opening
from workbench.hypotheses.review.findings import (
    Finding,
    cell,
    failed_if,
    not_applicable,
    not_known,
)
from workbench.hypotheses.statements.families import adjusted_p
from workbench.hypotheses.wording import counted, p_text
from workbench.models import influence as influence_of
from workbench.models.results import CrossSectionResults
from workbench.numerics.regression.least_squares import least_squares
from workbench.panels.effects import without_effects

ALL = 100
"""Regions up to which each is left out: a screen to first order misses some that matter."""

SCREENED = 20
"""Regions that are left out where there are more, those that the screen names."""

POWER = 0.8
"""Probability with which the smallest detectable effect would be found."""

EXAGGERATED = 1.25
"""Factor by which a significant estimate of a true effect is too large on average, from which on
it is said (Gelman and Carlin 2014)."""


def influence(case: Case) -> Finding:
    """Leave out regions one by one from data and W: all, or those that a screen names."""
    if len(case.used) <= len(case.fit.estimates.terms) + 2:
        return not_known("So few regions cannot be left out one by one.", call="fit.tidy()")
    order, how = _screen(case)
    few = len(order) <= ALL
    chosen = order if few else order[:SCREENED]
    rows = {str(i): case.trial(partial(_without, case, i)) for i in chosen}
    found = trials(case, rows)
    if found.made.empty:
        return not_known(
            f"The model cannot be estimated without single regions: "
            f"{found.table['reason'].iloc[1]}.",
            evidence=found.table,
            call="fit.resids.abs().sort_values()",
        )
    moved = (found.made["estimate"] - case.first.estimate) / case.first.std_error
    most = str(moved.abs().idxmax())
    told = (
        (
            f"Each of the {len(case.used)} regions"
            if few
            else f"{how} named {counted(len(chosen), 'region')} of {len(case.used)}; each"
        )
        + " was left out of data and W and the model estimated again. "
        f"The largest move is without {most}, "
        f"{number(abs(float(moved[most])))} standard errors. "
    )
    names = found.overturned
    told += (
        f"{opening(case.claim.text)} says something else without {listing(names)}."
        if names
        else f"It says the same without each of them: estimates from "
        f"{number(float(found.made['estimate'].min()))} to "
        f"{number(float(found.made['estimate'].max()))}."
    )
    if found.failed:
        told += f" Not to be estimated without {listing(found.failed)} (reasons in the table)."
    place = next(i for i in chosen if str(i) == (names[0] if names else most))
    if not names and not few and how.startswith("Cook"):
        return not_known(
            f"{told} The screen is not one of this estimate, so that others may move it more.",
            evidence=found.table,
            number=0.0,
            call=_without_text(case, place),
        )
    return Finding(
        failed_if(bool(names)),
        told,
        found.table,
        number=float(len(names)),
        p_value=float(found.made["p_value"].max()),
        call=_without_text(case, place),
    )


def _without(case: Case, region: Any) -> Any:
    data = case.fit.call.data
    at = data.index.get_level_values(0) if case.panel else data.index
    return case.again({"data": data[np.asarray(at != region)], "align": "intersection"})


def _without_text(case: Case, region: Any) -> str:
    level = ", level=0" if case.panel else ""
    return (
        f'wb.refit(fit, {{"data": fit.call.data.drop({region!r}{level}), "align": "intersection"}})'
    )


def _screen(case: Case) -> tuple[list[Any], str]:
    """Return regions, those first that move the estimate most to first order."""
    key = _key(case)
    if isinstance(case.fit, CrossSectionResults) and not case.moments:
        found = influence_of(case.fit)
        if key is not None and key in found.changes.columns:
            return list(found.of(*key).index), "First-order influence on the estimate"
        return list(found.table.index), "Cook's distance"
    return _by_squares(case), "Cook's distance of the regression without its spatial parameters"


def _key(case: Case) -> tuple[str, str] | None:
    claim = case.claim
    if claim.hypothesis is None:
        return claim.term, claim.effect
    atoms = [atom for _, atom in claim.hypothesis.estimand.parts]
    if len(atoms) != 1 or not hasattr(atoms[0], "term"):
        return None
    return str(atoms[0].term), str(getattr(atoms[0], "effect", COEFFICIENT))


def _by_squares(case: Case) -> list[Any]:
    """Order regions by Cook's distance of all their rows in the regression on X alone."""
    design = case.fit.design
    X, y = design.X, design.y
    cells = getattr(case.fit, "cells", None)
    if cells is not None and len(cells.region) == len(y):
        X = without_effects(X, cells, case.fit.effects)
        y = without_effects(y[:, None], cells, case.fit.effects)[:, 0]
    lags = X[:, np.linalg.norm(X, axis=0) > 1e-9 * np.linalg.norm(design.X, axis=0)]
    e = least_squares(y, lags).residuals
    G = lags.T @ lags
    index = design.index
    region = index.get_level_values(0) if isinstance(index, pd.MultiIndex) else index
    distance = {}
    for i in case.used:
        at = np.asarray(region == i)
        Xi, ei = lags[at], e[at]
        try:
            step = np.linalg.solve(G - Xi.T @ Xi, Xi.T @ ei)
        except np.linalg.LinAlgError:  # alone behind a coefficient
            distance[i] = np.inf
            continue
        distance[i] = float(step @ G @ step)
    return sorted(distance, key=lambda i: -distance[i])


def multiplicity(case: Case) -> Finding:
    """Adjust the statement for its family, and look at how local statistics were flagged."""
    parts = [_of_family(case), _of_lisa(case)]
    made = [part for part in parts if part is not None]
    if not made:
        return not_applicable("One effect is tested, and no local statistics are shown.")
    failed = any(not sound for sound, _, _ in made)
    told = " ".join(text for _, text, _ in made)
    table = pd.concat([frame for _, _, frame in made])
    p = table["p_adjusted"].dropna() if "p_adjusted" in table else pd.Series(dtype=float)
    call = "fit.impacts()" if case.claim.effect != COEFFICIENT else "fit.tidy()"
    return Finding(
        failed_if(failed),
        told,
        table,
        p_value=float(p.iloc[0]) if len(p) else None,
        call=call,
    )


def _of_family(case: Case) -> tuple[bool, str, pd.DataFrame] | None:
    """Return whether the statement stands after Holm's adjustment for all terms' same effect."""
    claim = case.claim
    if claim.hypothesis is not None:
        return None
    try:
        rows = _family(case)
    except WorkbenchError:
        return None
    rows = rows[rows["p_value"].notna()]
    if len(rows) < 2 or claim.term not in rows.index:
        return None
    order = [claim.term, *(term for term in rows.index if term != claim.term)]
    table = rows.loc[order, ["estimate", "std_error", "p_value"]].copy()
    table["p_adjusted"] = adjusted_p(table["p_value"].tolist(), "holm")
    p = cell(table, claim.term, "p_adjusted")
    sound = case.first.says == NEITHER or p < case.alpha
    kind = "coefficients" if claim.effect == COEFFICIENT else f"{claim.effect} impacts"
    text = (
        f"{len(table)} {kind} are tested: Holm's adjustment takes {claim.text} from "
        f"{p_text(cell(table, claim.term, 'p_value'))} to {p_text(p)}"
        + ("." if sound else f", which is no longer below {case.alpha:g}.")
    )
    return sound, text, table


def _family(case: Case) -> pd.DataFrame:
    if case.claim.effect == COEFFICIENT:
        table = case.fit.tidy()
        return pd.DataFrame(table.loc[[t for t in case.slopes if t in table.index]])
    return pd.DataFrame(case.fit.impacts().tidy().xs(case.claim.effect, level="effect"))


def _of_lisa(case: Case) -> tuple[bool, str, pd.DataFrame] | None:
    """Return whether the regions that a map flags stand after the false discovery rate."""
    if case.lisa is None:
        return None
    table = case.lisa.table
    p = table["p_value"].dropna()
    q = pd.Series(adjusted_p(p.tolist(), "fdr_bh"), index=p.index)
    shown, single, kept = (
        int(case.lisa.flagged.sum()), int((p < case.alpha).sum()), int((q < case.alpha).sum()),
    )  # fmt: skip
    sound = shown <= kept
    frame = pd.DataFrame(
        {"regions": [len(p), single, kept, shown], "p_adjusted": np.nan},
        index=pd.Index(
            ["tested", f"p < {case.alpha:g} one by one", "after Benjamini-Hochberg", "flagged"],
            name="term",
        ),
    )
    text = (
        f"Of {len(p)} local statistics {single} are below {case.alpha:g} one by one (about "
        f"{case.alpha * len(p):.0f} would be by chance), {kept} once the false discovery rate is "
        f"held; the map flags {shown}" + ("." if sound else ": more than may be claimed.")
    )
    return sound, text, frame


def scale(case: Case) -> Finding:
    """Read the statement at other aggregations, where they are given."""
    if case.scales is None:
        return not_known(
            f"The data are of one scale, {len(case.used)} regions: what other borders would give "
            "cannot be told from them.",
            call="wb.referee(fit, scales=wb.scale_ladder(hypothesis, data, W, ...))",
        )
    rows = (
        {str(name): case.trial(partial(_itself, fit)) for name, fit in case.scales.items()}
        if isinstance(case.scales, Mapping)
        else _of_ladder(case)
    )
    return decide(case, trials(case, rows), under="other aggregations", call="fit.impacts()")


def _itself(fit: Any) -> Any:
    return fit


def _of_ladder(case: Case) -> dict[str, dict[str, object]]:
    """Return the rows of a scale ladder, by its table."""
    table = case.scales.tidy()
    rows: dict[str, dict[str, object]] = {}
    for at, row in table.iterrows():
        if row.get("scale") == "base":  # the regions themselves are no other borders
            continue
        name = _zones(row) if "scale" in row else str(at)
        if not np.isfinite(row["estimate"]):
            rows[name] = {"stands": None, "reason": str(row.get("reason", ""))}
            continue
        found = case.claim.reading(
            float(row["estimate"]),
            float(row["std_error"]),
            p_value=float(row["p_value"]),
            low=float(row["conf_low"]),
            high=float(row["conf_high"]),
        )
        rows[name] = case.row(found)
        if case.claim.hypothesis is not None and "verdict" in row:
            same = str(row["verdict"]) == case.first.says
            rows[name] |= {"says": str(row["verdict"]), "stands": same}
    return rows


def _zones(row: pd.Series[Any]) -> str:
    """Return the name of one aggregation: ``"24 random zones (3)"``."""
    if row["scale"] == "random":
        return f"{row['regions']} random zones ({row['draw']})"
    return f"{row['scale']} ({row['regions']})"


def power(case: Case) -> Finding:
    """Say which effect would have been found, and hold it against the effect at home."""
    first = case.first
    if not (np.isfinite(first.std_error) and first.std_error > 0):
        return not_known(f"{case.claim.text} has no standard error.", call="fit.tidy()")
    reach = float(stats.norm.isf(case.alpha / 2) + stats.norm.ppf(POWER))
    smallest = reach * first.std_error
    yardstick, name = _yardstick(case)
    table = pd.DataFrame(
        {
            "value": [
                first.estimate, first.std_error, smallest,
                np.nan if yardstick is None else yardstick,
                exaggeration(abs(first.estimate) / first.std_error, case.alpha),
            ]
        },
        index=pd.Index(
            ["estimate", "std_error", f"found with probability {POWER:g}", name or "yardstick",
             "exaggeration if the estimate were true"],
            name="quantity",
        ),
    )  # fmt: skip
    told = (
        f"With a standard error of {number(first.std_error)} an effect of {number(smallest)} is "
        f"found with probability {POWER:g} at {case.alpha:g}; the estimate is "
        f"{number(first.estimate)}. "
    )
    call = "fit.impacts()" if case.claim.of_impact else "fit.conf_int()"
    if first.says not in (NEITHER, "cannot tell"):
        factor = float(table["value"].iloc[-1])
        told += (
            f"Were the estimate the truth, significant estimates would exaggerate it by a factor "
            f"of {factor:.2f} on average."
        )
        answer = failed_if(factor > EXAGGERATED)
        said = f"detectable {number(smallest)}"
        return Finding(answer, told, table, number=smallest, call=call, brief=said)
    if yardstick is None:
        return not_known(
            f"{told}What size would matter has not been said: a margin would say it.",
            evidence=table,
            number=smallest,
            call=call,
        )
    blind = smallest > abs(yardstick)
    told += f"{opening(name)} is {number(yardstick)}: "
    told += (
        "an effect as large could have been missed, so that 'not significant' means 'cannot tell'."
        if blind
        else "an effect as large would have been found."
    )
    said = f"detectable {number(smallest)}"
    answer = failed_if(blind)
    return Finding(answer, told, table, number=smallest, call=call, brief=said)


def exaggeration(z: float, alpha: float) -> float:
    """Return E(|estimate| | significant) / truth of a normal estimate z standard errors from 0.

    Examples
    --------
    >>> round(exaggeration(2.8, 0.05), 2), round(exaggeration(1.0, 0.05), 2)
    (1.13, 2.49)
    """
    if z <= 0:
        return float("inf")
    c = stats.norm.isf(alpha / 2)
    upper, lower = stats.norm.sf(c - z), stats.norm.cdf(-c - z)
    mean = z * upper + stats.norm.pdf(c - z) - z * lower + stats.norm.pdf(-c - z)
    return float(mean / (upper + lower) / z)


def _yardstick(case: Case) -> tuple[float | None, str]:
    """Return the size that an effect is held against: a margin, or the direct impact."""
    claim = case.claim
    if claim.hypothesis is not None:
        margin = claim.hypothesis.margin
        return (margin, "the margin") if margin is not None else (None, "")
    if claim.effect != "indirect":
        return None, ""
    table = case.fit.impacts().tidy()
    return float(table.loc[(claim.term, "direct"), "estimate"]), "the direct impact"
