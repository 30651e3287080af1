"""Where a real estimate stands among placebos, and how often placebos are significant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.hypotheses.placebo.asking import ESTIMATED
from workbench.hypotheses.placebo.maps import apart
from workbench.typing import FloatArray

if TYPE_CHECKING:
    from workbench.hypotheses.statements import Hypothesis

TIE = 1e-10
"""Share of the real value within which a placebo ties with it: maps that are the same but for the
order of sums."""

OWN = re.compile(r"(?<!in)direct[\[(]|\btotal[\[(]|coefficient\((?!W\()")
"""Parts of an estimand that do not vanish where neighbours are wrong."""

STANDS, OTHER, HIDES = "stands out", "stands out on the other side", "does not stand out"
GENEROUS, SOUND, CAUTIOUS = "too many significant", "as many as should be", "too few significant"
NO_RATE = "no rate of false positives"


@dataclass(frozen=True, slots=True)
class Tails:
    """Draws as high or higher, and as low or lower, than the real value; failed ones in both."""

    above: int
    below: int
    draws: int

    @property
    def two_sided(self) -> float:
        """Twice the smaller tail, (M + 1) / (R + 1)."""
        return min(1.0, 2.0 * (min(self.above, self.below) + 1) / (self.draws + 1))

    @property
    def greater(self) -> float:
        """The upper tail."""
        return (self.above + 1) / (self.draws + 1)

    @property
    def less(self) -> float:
        """The lower tail."""
        return (self.below + 1) / (self.draws + 1)


def tails(placebos: FloatArray, real: float) -> Tails:
    """Count placebos on both sides of the real value; NaN counts on both.

    Examples
    --------
    >>> found = tails(np.array([1.0, 2.0, 3.0, np.nan]), 2.5)
    >>> found.above, found.below, found.greater
    (2, 3, 0.6)
    """
    room = TIE * max(abs(real), 1e-300)
    missing = np.isnan(placebos)
    above = int((missing | (placebos >= real - room)).sum())
    below = int((missing | (placebos <= real + room)).sum())
    return Tails(above, below, len(placebos))


def share_interval(share: float, number: float, *, level: float = 0.95) -> tuple[float, float]:
    """Return Clopper and Pearson's interval of a share among a number of draws.

    Examples
    --------
    >>> tuple(round(end, 4) for end in share_interval(0.05, 499))
    (0.0326, 0.073)
    """
    tail, count = (1 - level) / 2, share * number
    low = 0.0 if share <= 0 else float(stats.beta.ppf(tail, count, number - count + 1))
    high = 1.0 if share >= 1 else float(stats.beta.ppf(1 - tail, count + 1, number - count))
    return low, high


def summary_of(
    table: pd.DataFrame, real: Mapping[str, Any], hypothesis: Hypothesis, *, regions: int
) -> pd.DataFrame:
    """Return a row a kind of wrong map: see :meth:`PlaceboGeography.glance`."""
    kinds = table.index.unique("how")
    parts = {str(kind): pd.DataFrame(table.xs(kind, level="how")) for kind in kinds}
    rows = [_row(kind, part, real, hypothesis, regions) for kind, part in parts.items()]
    return pd.DataFrame(rows, index=pd.Index(kinds, name="how"))


def _row(
    how: str,
    part: pd.DataFrame,
    real: Mapping[str, Any],
    hypothesis: Hypothesis,
    regions: int,
) -> dict[str, Any]:
    known = part[part["status"] == ESTIMATED]
    alpha = float(hypothesis.alpha)
    studentised = bool(np.isfinite(real["statistic"]))
    by = "statistic" if studentised else "estimate"
    place = tails(part[by].to_numpy(dtype=float), float(real[by]))
    wrong = known[~known["near"]]
    share = float((wrong["p_value"] < alpha).mean())
    number = apart(how, regions, len(wrong))
    ends = share_interval(share, number) if len(wrong) else (np.nan, np.nan)
    row = {
        "draws": len(part),
        "failed": len(part) - len(known),
        "distinct": int(part["weights"].nunique()),
        "overlap": float(part["overlap"].mean()),
        "estimate": real["estimate"],
        "statistic": real["statistic"],
        **_middle(known, "estimate", alpha),
        **_middle(known, "statistic", alpha),
        "p_permutation": place.two_sided,
        "p_direction": _direction(place, hypothesis),
        "p_estimate": tails(part["estimate"].to_numpy(dtype=float), real["estimate"]).two_sided,
        "significant_share": share,
        "significant_low": ends[0],
        "significant_high": ends[1],
        "supported_share": float((wrong["verdict"] == "supported").mean()),
        "loglik": real["loglik"],
        "p_loglik": _likelihood(part, float(real["loglik"])),
    }
    row["position"] = _position(row, place, hypothesis)
    row["inference"] = _inference(row, hypothesis)
    return row


def _middle(known: pd.DataFrame, name: str, alpha: float) -> dict[str, float]:
    """Return between which values all placebos but a share of alpha lie."""
    values = known[name].dropna().to_numpy(dtype=float)
    ends = np.quantile(values, [alpha / 2, 1 - alpha / 2]) if values.size else (np.nan, np.nan)
    return {f"{name}_low": float(ends[0]), f"{name}_high": float(ends[1])}


def _direction(place: Tails, hypothesis: Hypothesis) -> float:
    if hypothesis.relation == ">":
        return place.greater
    return place.less if hypothesis.relation == "<" else float("nan")


def _likelihood(part: pd.DataFrame, real: float) -> float:
    """Return the share of maps that fit as well as the real one or better."""
    known = np.isfinite(real)
    return tails(part["loglik"].to_numpy(dtype=float), real).greater if known else float("nan")


def _position(row: Mapping[str, Any], place: Tails, hypothesis: Hypothesis) -> str:
    if row["p_permutation"] > hypothesis.alpha:
        return HIDES
    high = place.above < place.below
    expected = {">": high, "<": not high}.get(str(hypothesis.relation), True)
    return STANDS if expected else OTHER


def _inference(row: Mapping[str, Any], hypothesis: Hypothesis) -> str:
    if OWN.search(str(hypothesis.estimand.text)) or np.isnan(row["significant_share"]):
        return NO_RATE
    if row["significant_low"] > hypothesis.alpha:
        return GENEROUS
    return CAUTIOUS if row["significant_high"] < hypothesis.alpha else SOUND
