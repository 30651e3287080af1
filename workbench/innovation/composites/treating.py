"""The steps before normalisation: missing values and outliers, with what they refuse."""

from __future__ import annotations

from itertools import compress

import numpy as np

from workbench.errors import ConvergenceError, PanelError, ValuesError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.prepared import Prepared
from workbench.numerics.composites import imputation, outliers
from workbench.numerics.composites.outliers import Treated
from workbench.typing import BoolArray, FloatArray, IntArray

POLICIES = 'pass imputation="median", "nearest" or "em", or leave those regions or indicators out'

SAME = 1e-12
"""A range below this share of the largest value is rounding, not difference."""


def cells(prepared: Prepared, where: BoolArray) -> list[str]:
    """Return ``"region: indicator"`` of each cell that is true."""
    return [f"{label_of(prepared.ids[i])}: {prepared.names[j]}" for i, j in np.argwhere(where)]


def label_of(one: object) -> str:
    """Return the text of a region, or of a region and period."""
    return " ".join(map(str, one)) if isinstance(one, tuple) else str(one)


def complete(prepared: Prepared, construction: Construction) -> FloatArray:
    """Return the data with missing values imputed, shape (n, k).

    Raises
    ------
    ValuesError
        If values are missing and the recipe refuses them, or are still missing after imputation,
        naming regions and indicators.
    """
    X = prepared.X
    missing = np.isnan(X)
    if not missing.any():
        return X
    if construction.imputation == "refuse":
        raise _lacking(prepared, missing, found="missing", remedy=POLICIES)
    _require_values(prepared, missing)
    filled = _imputed(prepared, construction)
    left = np.isnan(filled)
    if left.any():
        raise _lacking(
            prepared,
            left,
            found=f"still missing after imputation={construction.imputation!r}",
            remedy='pass imputation="em", or leave those regions or indicators out',
        )
    return filled


def _imputed(prepared: Prepared, construction: Construction) -> FloatArray:
    word, X = construction.imputation, prepared.X
    if word == "nearest":
        return imputation.nearest(X, construction.neighbours)
    if word == "linear":
        if prepared.entity is None or prepared.times is None:
            raise PanelError(
                "imputation",
                expected="a panel, indexed by region and period, for 'linear'",
                found="one cross-section",
                remedy=POLICIES,
            )
        return imputation.linear_in_time(X, prepared.entity, prepared.times)
    if word == "em":
        return _by_em(prepared)
    codes = _codes(prepared, grouped=word.startswith("group"))
    return imputation.by_group(X, codes, "median" if word.endswith("median") else "mean")


def _codes(prepared: Prepared, *, grouped: bool) -> IntArray:
    """Return which rows an average is taken over: those of a period, of a group, of both."""
    codes = (
        np.zeros(len(prepared.X), dtype=np.int64) if prepared.period is None else prepared.period
    )
    if not grouped:
        return codes
    if prepared.groups is None:
        raise ValuesError(
            "groups",
            expected="a group for every region under imputation by group",
            found="none",
            remedy='pass groups=regions["district"], or imputation="mean"',
        )
    return codes * (int(prepared.groups.max()) + 1) + prepared.groups


def _by_em(prepared: Prepared) -> FloatArray:
    n, k = prepared.X.shape
    if n <= k:
        raise ValuesError(
            "data",
            expected=f"more than {k} regions for imputation='em' of {k} indicators",
            found=str(n),
            why="a covariance matrix of all indicators is estimated",
            remedy='pass imputation="nearest" or "median"',
        )
    same = np.nanmax(prepared.X, axis=0) - np.nanmin(prepared.X, axis=0) <= (
        SAME * np.nanmax(np.abs(prepared.X), axis=0)
    )
    if same.any():
        raise ValuesError(
            "data",
            expected="indicators that differ between regions for imputation='em'",
            found=f"{int(same.sum())} that are the same everywhere",
            offenders=list(compress(prepared.names, same)),
            why="a variance of zero has no correlations",
            remedy='leave it out, or pass imputation="nearest"',
        )
    found = imputation.normal_em(prepared.X)
    if not found.converged:
        raise ConvergenceError(
            "imputation",
            expected=f"EM to arrive within {imputation.EM_STEPS} steps",
            found="that it did not",
            why="too few values are shared by indicators",
            remedy='pass imputation="nearest" or "median"',
        )
    return found.values


def _require_values(prepared: Prepared, missing: BoolArray) -> None:
    for axis, what, labels in (
        (0, "indicators", list(prepared.names)),
        (1, "regions", [label_of(one) for one in prepared.ids]),
    ):
        empty = np.asarray(missing.all(axis=axis))
        if empty.any():
            raise ValuesError(
                "data",
                expected=f"{what} with at least one value",
                found=f"{int(empty.sum())} with none",
                offenders=[label for label, gone in zip(labels, empty, strict=True) if gone],
                why="nothing would be known of them",
                remedy="leave them out",
            )


def _lacking(prepared: Prepared, where: BoolArray, *, found: str, remedy: str) -> ValuesError:
    return ValuesError(
        "data",
        expected="a value in every cell",
        found=f"{int(where.sum())} {found}",
        offenders=cells(prepared, where),
        why="what a missing value is taken for moves scores and ranks",
        remedy=remedy,
    )


def treated(X: FloatArray, prepared: Prepared, construction: Construction) -> Treated:
    """Return the data after the treatment of outliers, and what it changed.

    Raises
    ------
    ValuesError
        If an indicator that is the same everywhere, or fewer than four regions, were to be treated.
    """
    word = construction.outliers
    if word == "none":
        return Treated(X, np.zeros(X.shape, dtype=bool), np.zeros(X.shape[1], dtype=bool))
    if len(X) < 4:
        raise ValuesError(
            "data",
            expected=f"at least four regions for outliers={word!r}",
            found=", ".join(label_of(one) for one in prepared.ids),
            why="kurtosis needs four values",
            remedy='pass outliers="none"',
        )
    if word == "winsorise":
        return outliers.winsorise(X, construction.winsorised)
    if word == "trim":
        return outliers.trim(X)
    return outliers.transform(X, power=word == "box-cox")
