"""From curves and draws to tables: a row a sector and distance, and a row a sector."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.innovation.points.asking import USUAL, Asked
from workbench.innovation.points.curves import PointCurves
from workbench.innovation.points.establishments import named
from workbench.numerics.points.bands import Bands, bands
from workbench.typing import FloatArray, PointVerdict


@dataclass(frozen=True, slots=True)
class Compared:
    """A sector's curve, its bands, and what its row says beside.

    Attributes
    ----------
    observed : ndarray, shape (M,)
    simulated : ndarray, shape (R, M)
    facts : mapping of str to float
        Further columns of the sector's row.
    error : float
        Bound on what rounding distances into bins can change in a curve.
    notes : tuple of str
    """

    observed: FloatArray
    simulated: FloatArray
    facts: Mapping[str, float]
    error: float = 0.0
    notes: tuple[str, ...] = ()


def compare(
    asked: Asked,
    at: FloatArray,
    one: Callable[[int], Compared],
    *,
    title: str,
    notes: tuple[str, ...],
    options: Mapping[str, str],
) -> PointCurves:
    """Compute every sector's curve and bands, and put them into tables.

    Parameters
    ----------
    asked : Asked
    at : ndarray, shape (M,)
        Distances.
    one : callable
        From a sector's code to its curve and draws.
    title : str
        Of the method.
    notes : tuple of str
    options : mapping of str to str
        Choices beyond those that both measures share.
    """
    curves, rows, error = [], [], 0.0
    own: list[str] = []
    for sector in asked.sectors:
        found = one(sector)
        error = max(error, found.error)
        own.extend(found.notes)
        beyond = bands(found.observed, found.simulated, level=1.0 - asked.level)
        curves.append(_curve(asked, sector, at, found.observed, beyond))
        rows.append(_row(asked, sector, at, beyond, found.facts))
    labels = [asked.sites.labels[k] for k in asked.sectors]
    table = pd.DataFrame(rows, index=pd.Index(labels, name="sector", dtype=object))
    said = (*asked.sites.notes, *asked.notes, *notes, *own, *_cautions(asked, table))
    return PointCurves(
        measure=asked.measure,
        curves=pd.concat(curves, ignore_index=True),
        sectors=table,
        neighbours=_label(asked),
        null=asked.null,
        draws=asked.draws,
        level=asked.level,
        unit=asked.sites.unit,
        notes=said,
        provenance=Provenance(
            method=title,
            formula=asked.sites.column,
            nobs=len(asked.sites.ids),
            ids_digest=ids_digest(asked.sites.ids),
            seed=asked.seed,
            notes=said,
            options={
                "sectors": ", ".join(str(label) for label in labels),
                "neighbours": str(_label(asked)),
                "controls": _controls(asked),
                "null": asked.null,
                "draws": str(asked.draws),
                "level": f"{asked.level:g}",
                "distances": f"{at.size} from {at[0]:.6g} to {at[-1]:.6g} {asked.sites.unit}",
                "metric": asked.sites.metric,
                **({"binning error below": f"{error:.3g}"} if error else {}),
                **options,
            },
        ),
    )


def _label(asked: Asked) -> Any:
    return None if asked.neighbours is None else asked.sites.labels[asked.neighbours]


def _controls(asked: Asked) -> str:
    if asked.controls is None:
        return "all sectors"
    return ", ".join(str(asked.sites.labels[k]) for k in asked.controls)


def _curve(
    asked: Asked, sector: int, at: FloatArray, observed: FloatArray, beyond: Bands
) -> pd.DataFrame:
    # what is localised at some distance is not called dispersed at others
    low = np.zeros_like(beyond.below) if beyond.above.any() else beyond.below
    label = asked.sites.labels[sector]
    return pd.DataFrame(
        {
            "sector": pd.Series([label] * at.size, dtype=object),
            "distance": at,
            "estimate": observed,
            "expected": beyond.mean,
            "local_low": beyond.local_low,
            "local_high": beyond.local_high,
            "band_low": beyond.low,
            "band_high": beyond.high,
            "localisation": beyond.above,
            "dispersion": low,
        }
    )


def _row(
    asked: Asked, sector: int, at: FloatArray, beyond: Bands, facts: Mapping[str, float]
) -> dict[str, Any]:
    counts = np.bincount(asked.sites.codes)
    beside = {} if asked.neighbours is None else {"neighbour_points": counts[asked.neighbours]}
    above = at[beyond.above > 0]
    verdict: PointVerdict = "neither"
    if above.size:
        verdict = "localised"
    elif beyond.below.any():
        verdict = "dispersed"
    return {
        "points": counts[sector],
        **beside,
        "sites": asked.pool(sector).size,
        **facts,
        "localisation": _area(at, beyond.above),
        "dispersion": 0.0 if above.size else _area(at, beyond.below),
        "p_localised": beyond.p_above,
        "p_dispersed": beyond.p_below,
        "above_from": above[0] if above.size else np.nan,
        "above_to": above[-1] if above.size else np.nan,
        "verdict": verdict,
    }


def _area(at: FloatArray, height: FloatArray) -> float:
    """Return the sum of heights times steps, each distance standing for the step up to it.

    The first one stands for a step like the second: at distances 0, 1, 2, ... the sum of heights.
    """
    steps = np.diff(at, prepend=at[0])
    steps[0] = steps[1] if at.size > 1 else 1.0
    return float(height @ steps)


def _cautions(asked: Asked, table: pd.DataFrame) -> tuple[str, ...]:
    side = 1.0 - asked.level
    said = [
        f"Local intervals leave {side:.2g} of the draws on each side at one distance, global bands "
        f"{side:.2g} on each side over all {asked.draws} draws and distances together; a sector is "
        "localised where it is above its upper global band anywhere."
    ]
    if len(table) > 1:
        said.append(
            f"Of {len(table)} sectors without any pattern, {side * len(table):.2g} would be called "
            "localised by chance; adjust the p-values for them."
        )
    small = table.index[table["points"] < USUAL].tolist()
    if small:
        said.append(f"Fewer than {USUAL} establishments: {named(small)}; single pairs show.")
    return tuple(said)
