"""Rows that a fit has not seen: their regressors, and weights that join them to the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.expressions import refuse_missing, refuse_nonfinite
from workbench.core.ids import canonical_order, region_ids
from workbench.errors import FormulaError, IdError, InputError, ValuesError, listing
from workbench.numerics.sparse.matrices import CsrArray
from workbench.regression.design import INTERCEPT, Design, raw_variables
from workbench.regression.marginal import evaluated_again, refuse_row_dependence
from workbench.typing import FloatArray, IntArray
from workbench.weights import Weights, as_weights

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults


def error_weights(fit: RegressionResults) -> Weights | None:
    """Return the weights of the disturbance: those of the outcome unless the fit has others."""
    other: Weights | None = getattr(fit, "weights_error", None)
    return fit.weights if other is None else other


def lag_weights(fit: RegressionResults) -> Weights | None:
    """Return the weights that lag regressors: those of the outcome unless the fit has others."""
    other: Weights | None = getattr(fit, "weights_x", None)
    return fit.weights if other is None else other


@dataclass(frozen=True, slots=True)
class NewRows:
    """Regressors of new rows, and of the sample for the lags that join them.

    Attributes
    ----------
    design : Design
        Of the fit.
    ids : pandas.Index of length p
        Of the new rows, sorted.
    X : ndarray of shape (p, k₀ + h)
        Their terms, spatial lags left out; then the h terms that enter by their lag alone.
    known : bool
        Whether the rows are of the sample's own regions.
    """

    design: Design
    ids: pd.Index
    X: FloatArray
    known: bool

    def with_lags(self, weights: Weights | None) -> FloatArray:
        """Return the regressors, lags among the same regions appended: shape (p, k)."""
        if not self.design.lagged or weights is None:
            return self.X
        return self._lagged(self.X, weights.sparse)

    def with_lags_over(self, W: CsrArray) -> FloatArray:
        """Return the regressors of sample and new rows, lags over both: shape (n + p, k)."""
        both = np.vstack([self.design.values(tuple(_base(self.design))), self.X])
        return self._lagged(both, W) if self.design.lagged else both

    def _lagged(self, X: FloatArray, W: CsrArray) -> FloatArray:
        names = _base(self.design)
        columns = [names.index(term) for term in self.design.lagged]
        own = X[:, : len(names) - len(self.design.lag_only)]
        return np.column_stack([own, W @ X[:, columns]])


def new_rows(fit: RegressionResults, newdata: pd.DataFrame) -> NewRows:
    """Evaluate the formula on new rows, as it was evaluated on the sample.

    Raises
    ------
    IdError
        If ids are not unique, are of the sample and new at once, or leave out some of the
        sample's regions in a model with W.
    FormulaError
        If a variable is missing from the table, or a term depends on all rows at once.
    ValuesError
        If a value is missing, not finite, or of a category that the sample does not have.
    """
    design = fit.design
    if not isinstance(newdata, pd.DataFrame):
        raise InputError(
            "newdata", expected="a DataFrame indexed by region id", found=type(newdata).__name__
        )
    ids = region_ids(newdata.index, argument="newdata")
    frame = newdata.iloc[canonical_order(ids)]
    known = _which(fit, frame.index)
    refuse_row_dependence(design)
    X = new_terms(design, frame)
    return NewRows(design, frame.index, X, known)


def _which(fit: RegressionResults, ids: pd.Index) -> bool:
    """Return whether the ids are the sample's; refuse a mixture, and a part under W."""
    inside = ids.isin(fit.design.index)
    if inside.any() and not inside.all():
        raise IdError(
            "newdata",
            expected="regions that are all new, or all of the sample",
            found=f"{int(inside.sum())} of the sample and {int((~inside).sum())} new",
            offenders=list(ids[inside]),
            why="the outcome of a region of the sample is known; that of a new one is predicted",
            remedy="newdata.drop(index=fit.design.index, errors='ignore') for the new ones",
        )
    left_out = fit.design.index.difference(ids)
    spatial = bool(fit.design.lagged) or "rho" in fit.estimates.terms
    if inside.all() and spatial and len(left_out):
        raise IdError(
            "newdata",
            expected="a row for every region of the sample",
            found=f"{len(left_out)} regions left out",
            offenders=list(left_out),
            why="their regressors enter the predictions of their neighbours",
            remedy="table = data.copy(); table.loc[ids, column] = ...; fit.predict(table)",
        )
    return bool(inside.all())


def new_terms(design: Design, frame: pd.DataFrame) -> FloatArray:
    """Return the terms of a design on other rows, shape (p, k₀), spatial lags left out."""
    sample = raw_variables(design)
    needed = [str(name) for name in evaluated_again(design, sample).variables]
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise FormulaError(
            "newdata",
            expected=f"the variables of the formula: {', '.join(needed)}",
            found=f"a table without {', '.join(absent)}",
            offenders=absent,
            remedy="add the columns; the outcome is not needed",
        )
    refuse_missing(frame, needed, remedy="complete them, or leave those rows out of newdata")
    _refuse_text_for_numbers(sample, frame, needed)
    # Under the sample, so that categories are told apart as they were in the fit.
    both = pd.concat([sample[needed], frame[needed]], ignore_index=True)
    found = evaluated_again(design, both).regressors
    base = _base(design)
    if INTERCEPT not in base:  # fixed effects took it out
        found = found[[column for column in found.columns if str(column) != INTERCEPT]]
    if list(map(str, found.columns)) != base:
        strange = [str(c) for c in found.columns if c not in base]
        raise ValuesError(
            "newdata",
            expected="values of the same kinds and categories as in the sample",
            found=f"terms that the fit does not have: {', '.join(strange)}",
            offenders=strange,
            why="the fit has no coefficient for them",
            remedy="leave those rows out of newdata, or fit to a sample that has these categories",
        )
    rows = found.iloc[len(sample) :].set_axis(frame.index, axis=0)
    refuse_nonfinite(rows)
    return np.asarray(rows.to_numpy(), dtype=np.float64)


def _base(design: Design) -> list[str]:
    """Return the terms before any lag: those of a row's own, then those of lags alone."""
    own = len(design.terms) - len(design.lagged)
    return [*design.terms[:own], *design.lag_only]


def _refuse_text_for_numbers(
    sample: pd.DataFrame, frame: pd.DataFrame, needed: Sequence[str]
) -> None:
    numeric = pd.api.types.is_numeric_dtype
    for name in (n for n in needed if numeric(sample[n]) and not numeric(frame[n])):
        odd = pd.to_numeric(frame[name], errors="coerce").isna().to_numpy()
        example = frame[name].iloc[int(odd.argmax())]
        raise ValuesError(
            name,
            expected="numbers in newdata, as in the sample",
            found=f"{frame[name].dtype}, e.g. {example!r}",
            offenders=list(frame.index[odd]),
            remedy=f"newdata[{name!r}] = pandas.to_numeric(newdata[{name!r}])",
        )


@dataclass(frozen=True, slots=True)
class NewWeights:
    """Weights over sample and new regions, in this order.

    Attributes
    ----------
    outcome, disturbance, regressors : csr_array of shape (n + p, n + p)
        W of Wy, of u and of WX.
    given : bool
        False where the model needs no weights and none were given; then all are zero.
    """

    outcome: CsrArray
    disturbance: CsrArray
    regressors: CsrArray
    given: bool
    _labelled: tuple[Weights | None, Weights | None]
    _sample: pd.Index
    _new: pd.Index

    def without_others(self, new: int) -> tuple[CsrArray, CsrArray]:
        """Return the weights of outcome and disturbance among the sample and one new region.

        Links to the other new regions are taken away, and the rest is normalised anew.
        """
        ids = self._sample.append(self._new[[new]])
        first, second = self._labelled
        if first is None or second is None:
            empty: CsrArray = sparse.csr_array((len(ids), len(ids)))
            return empty, empty
        W = _ordered(first.restrict(ids), ids)
        return W, W if second is first else _ordered(second.restrict(ids), ids)


def aligned_new(
    fit: RegressionResults, rows: NewRows, given: tuple[Any, Any, Any], *, needed: bool
) -> NewWeights:
    """Bring weights over old and new regions into the order of sample and new rows.

    Raises
    ------
    InputError
        If the model has W and no weights over old and new regions are given.
    IdError
        If these weights lack a region, or have one more.
    """
    W_new, W_error_new, W_x_new = given
    sample, ids = fit.design.index, fit.design.index.append(rows.ids)
    spatial = {"rho", "lambda"} & set(fit.estimates.terms)
    if W_new is None:
        if fit.design.lagged or (spatial and needed):
            raise InputError(
                "W_new",
                expected="spatial weights over the sample's regions and the new ones together",
                found="None",
                why="new regions are predicted from their neighbours",
                remedy="W_new=wb.weights.queen(all_regions)",
            )
        n = len(ids)
        empty: CsrArray = sparse.csr_array((n, n))
        return NewWeights(empty, empty, empty, not spatial, (None, None), sample, rows.ids)
    weights = _checked(as_weights(W_new, argument="W_new"), ids, "W_new")
    second = _other(fit, "weights_error", ids, W_error_new, argument="W_error_new") or weights
    third = _other(fit, "weights_x", ids, W_x_new, argument="W_x_new") or weights
    W, V, X = (_ordered(each, ids) for each in (weights, second, third))
    return NewWeights(W, V, X, True, (weights, second), sample, rows.ids)


def _other(
    fit: RegressionResults, name: str, ids: pd.Index, given: Any, *, argument: str
) -> Weights | None:
    """Return weights of their own over old and new regions; refuse a fit that needs them."""
    if given is not None:
        return _checked(as_weights(given, argument=argument), ids, argument)
    own = getattr(fit, name, None)
    if own is None or own is fit.weights:
        return None
    what = "disturbance" if name == "weights_error" else "lagged regressors"
    raise InputError(
        argument,
        expected=f"weights of the {what} over the sample's regions and the new ones together",
        found="None",
        why=f"the fit has other weights for the {what} than for the outcome",
        remedy=f"{argument}=, built as they were for the fit, from all regions",
    )


def _checked(weights: Weights, ids: pd.Index, argument: str) -> Weights:
    absent, extra = ids.difference(weights.ids), weights.ids.difference(ids)
    if len(absent):
        raise IdError(
            argument,
            expected="weights over the sample's regions and the new ones together",
            found=f"weights without {len(absent)} of them",
            offenders=list(absent),
            why="the neighbours of the new regions are what predicts them",
            remedy="build them from all regions, e.g. wb.weights.queen(all_regions)",
        )
    if len(extra):
        raise IdError(
            argument,
            expected="no regions but the sample's and the new ones",
            found=f"{len(extra)} more ({listing(list(extra))})",
            offenders=list(extra),
            why="regions without regressors have no expectation",
            remedy=f"give their regressors in newdata too, or {argument}.restrict(ids)",
        )
    return weights


def _ordered(weights: Weights, ids: pd.Index) -> CsrArray:
    lost = ids.difference(weights.ids)
    if len(lost):
        raise IdError(
            "W_new",
            expected="weights that keep a region when the other new ones are left out",
            found=f"{len(lost)} that lose all their neighbours and are dropped",
            offenders=list(lost),
            why='their builder was told islands="drop"',
            remedy='build W_new with islands="keep", or predict all new regions with kind="BP"',
        )
    at: IntArray = weights.ids.get_indexer(ids)
    return sparse.csr_array(weights.sparse[at, :][:, at])
