"""The step that puts indicators on one scale, with what it refuses."""

from __future__ import annotations

from itertools import compress

import numpy as np

from workbench.errors import InputError, ValuesError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.prepared import Prepared
from workbench.innovation.composites.treating import SAME, cells
from workbench.numerics.composites import normalisation as scales
from workbench.numerics.composites.outliers import Treated
from workbench.typing import BoolArray, FloatArray


def normalised(changed: Treated, prepared: Prepared, construction: Construction) -> FloatArray:
    """Return indicators on one scale, more being better, shape (n, k).

    Raises
    ------
    ValuesError
        If an indicator is the same everywhere, or outside the domain of the scale; if a goalpost
        is missing; if logarithms meet a scale in the indicators' units.
    """
    X = changed.values
    word = construction.normalisation
    direction, rows = prepared.direction, prepared.rows
    if word == "goalposts":
        _require_goalposts(prepared)
        _require_own_units(changed, prepared, construction)
        return scales.goalposts(
            X, direction, prepared.low, prepared.high, span=construction.ends,
            capped=construction.capped,
        )  # fmt: skip
    if word == "none":
        _require_higher(prepared)
        _require_own_units(changed, prepared, construction)
        _require_varying(X if rows is None else X[rows], prepared)
        return X
    _require_varying(X if rows is None else X[rows], prepared)
    if word == "min-max":
        return scales.min_max(X, direction, span=construction.ends, rows=rows)
    if word == "z-score":
        return scales.z_score(
            X, direction, moments=construction.centre_and_spread, ddof=construction.ddof, rows=rows
        )
    return _relative(X, prepared, word)


def _relative(X: FloatArray, prepared: Prepared, word: str) -> FloatArray:
    """Return scales by rank, and by ratio to a value."""
    direction, rows = prepared.direction, prepared.rows
    if word == "rank":
        return scales.borda(X, direction, rows=rows) + 1.0
    if word == "borda":
        return scales.borda(X, direction, rows=rows)
    if word == "percentile":
        return scales.percentile(X, direction, rows=rows)
    if word == "categorical":
        return scales.categorical(X, direction, rows=rows)
    _require_positive(X, prepared, word)
    if word == "distance-to-leader":
        return scales.distance_to_leader(X, direction, rows=rows)
    if word == "distance-to-reference":
        return scales.ratio_to(X, direction, X[_target(prepared)])
    return scales.ratio_to(X, direction, (X if rows is None else X[rows]).mean(axis=0))


def _target(prepared: Prepared) -> int:
    if prepared.target is None:
        raise InputError(
            "reference_region",
            expected="the region that others are related to",
            found="none",
            remedy='name it, reference_region="RU-MOW"',
        )
    return prepared.target


def _named(prepared: Prepared, where: BoolArray) -> list[str]:
    return list(compress(prepared.names, where))


def _require_varying(frame: FloatArray, prepared: Prepared) -> None:
    same = np.ptp(frame, axis=0) <= SAME * np.abs(frame).max(axis=0)
    if same.any():
        raise ValuesError(
            "data",
            expected="indicators that differ between regions",
            found=f"{int(same.sum())} that are the same everywhere (after treatment of outliers)",
            offenders=_named(prepared, same),
            why="an indicator without differences has no range to be scaled by, and orders nothing",
            remedy="leave it out of data and metadata, or give goalposts and pass "
            'normalisation="goalposts"',
        )


def _require_positive(X: FloatArray, prepared: Prepared, word: str) -> None:
    wrong = X <= 0
    if wrong.any():
        raise ValuesError(
            "data",
            expected=f"values above zero for normalisation={word!r}",
            found=f"{int(wrong.sum())} that are zero or below",
            offenders=cells(prepared, wrong),
            why="a ratio to another region says nothing then",
            remedy='pass normalisation="min-max"',
        )


def _require_goalposts(prepared: Prepared) -> None:
    absent = np.isnan(prepared.low) | np.isnan(prepared.high)
    if absent.any():
        raise ValuesError(
            "indicators",
            expected='goalposts for every indicator under normalisation="goalposts"',
            found=f"{int(absent.sum())} without",
            offenders=_named(prepared, absent),
            remedy='give columns "low" and "high", or pass normalisation="min-max"',
        )


def _require_own_units(changed: Treated, prepared: Prepared, construction: Construction) -> None:
    if changed.transformed.any():
        raise ValuesError(
            "outliers",
            expected=f"indicators in their own units under {construction.normalisation!r}",
            found=f"{int(changed.transformed.sum())} of which outliers={construction.outliers!r} "
            "took the logarithm or a power",
            offenders=_named(prepared, changed.transformed),
            why="goalposts, and indicators on one scale, are in units that a logarithm leaves",
            remedy='pass outliers="trim", or normalisation="min-max"',
        )


def _require_higher(prepared: Prepared) -> None:
    lower = prepared.direction < 0
    if lower.any():
        raise ValuesError(
            "indicators",
            expected='only indicators of which more is better under normalisation="none"',
            found=f"{int(lower.sum())} of which less is",
            offenders=_named(prepared, lower),
            remedy='turn them round yourself, or pass normalisation="min-max"',
        )
