"""Spatial cross-validation: whole blocks of regions predicted from the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core import display
from workbench.errors import ConvergenceError, InputError, check_option
from workbench.models.comparison.held_out import Blocks, blocks_for
from workbench.models.estimation.cross_section import ESTIMATORS
from workbench.models.estimation.sample import Sample
from workbench.models.results import CrossSectionResults
from workbench.numerics.geometry.blocks import within_steps
from workbench.numerics.responses.traces import solve_lag
from workbench.regression.design import INTERCEPT, check_estimable, lag_slopes
from workbench.regression.results import LAMBDA, RHO
from workbench.regression.specification import LAGS_X, NEEDS_W, Specification
from workbench.typing import BlockPredictor, BoolArray, FloatArray, Model
from workbench.weights import Weights

MEAN = "mean"
"""The model that has a constant only, against which the others are held."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CrossValidation:
    """How well each model predicts blocks of regions that it has not seen.

    Attributes
    ----------
    table : pandas.DataFrame
        Index ``model``, ``mean`` (a constant only) last; ``predictor``; ``rmse`` in units of the
        outcome with ``rmse_se``; ``log_score``, the log density of the regions left out, a region
        (larger is better), with ``log_score_se``; ``behind``, the best log score less this one,
        with ``behind_se``; ``regions``; ``reason`` where a model could not be estimated without a
        block. Standard errors are over blocks.
    by_block : pandas.DataFrame
        Index (model, block); ``regions``, ``rmse`` and ``log_score`` of each block.
    blocks : pandas.Series
        The block of each region.
    buffer : int
        Steps over W within which regions were left out besides.
    notes : tuple of str
    """

    table: pd.DataFrame
    by_block: pd.DataFrame
    blocks: pd.Series[Any]
    buffer: int
    notes: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[str, ...]:
        """The model of the best log score, and every one within a standard error of it."""
        scored = self.table.dropna(subset=["log_score"])
        near = scored["behind"] <= scored["behind_se"]
        return tuple(scored.index[near | (scored["behind"] == 0.0)])

    @property
    def model(self) -> str | None:
        """The only candidate; None where the data cannot tell."""
        return self.candidates[0] if len(self.candidates) == 1 else None

    @property
    def answer(self) -> str:
        """What the scores say, in a sentence."""
        if not self.candidates:
            return "No model could be estimated without every block."
        best = str(self.table["log_score"].idxmax())
        if self.model is not None:
            others = "every other is more than a standard error behind"
            said = f"{best} predicts best; {others}."
        else:
            near = ", ".join(model for model in self.candidates if model != best)
            said = (
                f"The data cannot tell: {best} scores best, but within a standard error of {near}."
            )
        if MEAN in self.candidates:
            said += " No model predicts clearly better than the mean."
        return said

    def tidy(self) -> pd.DataFrame:
        """Return the table."""
        return self.table.copy()

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``block``."""
        return self.blocks.rename("block").to_frame()

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.table.drop(columns="reason"))]

    def _heading(self) -> str:
        beside = f", buffer of {self.buffer}" if self.buffer else ""
        return f"Spatial cross-validation, {self.blocks.nunique()} blocks{beside}"

    def _notes(self) -> tuple[str, ...]:
        failed = self.table.loc[self.table["reason"] != "", "reason"]
        return (
            self.answer,
            *(f"{m}: not estimated {why}" for m, why in failed.items()),
            *self.notes,
        )

    def __str__(self) -> str:
        return display.text(self._heading(), self._parts(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), self._parts(), self._notes())


def shapes_of(data: Any) -> Any:
    """Return the shapes of a table that can be placed on the Earth or a plane; None of others."""
    if getattr(data, "active_geometry_name", None) is None or data.crs is None:
        return None
    usable = not (data.geometry.isna() | data.geometry.is_empty).any()
    return data.geometry if usable else None


def cross_validate(
    fits: Mapping[str, CrossSectionResults],
    blocks: Any,
    *,
    k: int | None,
    buffer: int,
    predictor: BlockPredictor,
) -> CrossValidation:
    """Score each model on blocks left out; see :meth:`Ladder.cross_validate`."""
    check_option("predictor", predictor, BlockPredictor)
    W = next((fit.weights for fit in fits.values() if fit.weights is not None), None)
    if W is None:
        raise InputError("W", expected="weights of the ladder", found="none")
    if isinstance(buffer, bool) or not isinstance(buffer, int | np.integer) or buffer < 0:
        raise InputError("buffer", expected="a number of steps, 0 or more", found=repr(buffer))
    first = next(iter(fits.values()))
    cut = blocks_for(blocks, first.design.index, W, k=k)
    folds = list(_folds(cut, W, int(buffer)))
    models = {**fits, MEAN: _mean_only(first)}
    every = {m: _Scored.of(fit, W, folds, predictor=predictor) for m, fit in models.items()}
    return CrossValidation(
        _table(every, predictor),
        pd.concat({m: s.by_block(cut) for m, s in every.items()}, names=["model", "block"]),
        cut.labels,
        int(buffer),
        cut.notes,
    )


@dataclass(frozen=True, slots=True)
class Fold:
    """One block: its label, its regions, and those around it that are left out besides."""

    label: Any
    out: BoolArray
    around: BoolArray


def _folds(cut: Blocks, W: Weights, buffer: int) -> Iterator[Fold]:
    for label in sorted(cut.labels.unique()):
        out = np.asarray(cut.labels == label)
        around = within_steps(out, W.sparse, buffer)
        if np.count_nonzero(~(out | around)) < 3:
            raise InputError(
                "buffer",
                expected="three regions or more outside every block and its buffer",
                found=f"{np.count_nonzero(~(out | around))} outside block {label}",
                remedy="a smaller buffer, or more and smaller blocks: k=20",
            )
        yield Fold(label, out, around)


def _mean_only(fit: CrossSectionResults) -> CrossSectionResults:
    """Return the least-squares fit of a constant on the same regions."""
    design = replace(fit.design, terms=(INTERCEPT,), X=np.ones((fit.design.nobs, 1)), lagged=())
    sample = Sample(pd.DataFrame(index=fit.design.index), None, ())
    return ESTIMATORS["ols"](Specification(fit.formula), design, sample)


@dataclass(frozen=True, slots=True)
class _Scored:
    """Squared errors, log densities and sizes of the blocks, or why there are none."""

    squares: FloatArray
    density: FloatArray
    size: FloatArray
    reason: str = ""

    @classmethod
    def of(
        cls,
        fit: CrossSectionResults,
        W: Weights,
        folds: list[Fold],
        *,
        predictor: BlockPredictor,
    ) -> _Scored:
        rows = []
        for fold in folds:
            try:
                other = _without(fit, fold.out | fold.around)
            except (ConvergenceError, InputError) as problem:
                why = f"without block {fold.label}: {' '.join(str(problem).split())}"
                none = np.full(len(folds), np.nan)
                return cls(none, none, np.zeros(len(folds)), why)
            errors, density = predict_block(
                other, fit, W, out=fold.out, unseen=fold.around, predictor=predictor
            )
            rows.append((float(errors @ errors), density, float(errors.size)))
        return cls(*np.array(rows).T)

    def by_block(self, cut: Blocks) -> pd.DataFrame:
        """Return a row a block."""
        size = np.where(self.size > 0, self.size, np.nan)
        return pd.DataFrame(
            {
                "regions": self.size.astype(int),
                "rmse": np.sqrt(self.squares / size),
                "log_score": self.density / size,
            },
            index=pd.Index(sorted(cut.labels.unique()), name="block"),
        )


def _mean_and_error(sums: FloatArray, size: FloatArray) -> tuple[float, float]:
    """Return a mean a region and its standard error over blocks of different sizes."""
    k, n = len(sums), size.sum()
    mean = float(sums.sum() / n) if n else float("nan")
    return mean, float(np.sqrt(k / (k - 1) * np.sum((sums - mean * size) ** 2)) / n) if n else mean


def _table(every: Mapping[str, _Scored], predictor: BlockPredictor) -> pd.DataFrame:
    scored = {m: s.density.sum() for m, s in every.items() if not s.reason}
    best = every[max(scored, key=lambda m: scored[m])] if scored else None
    rows = {m: _row(m, s, best, predictor) for m, s in every.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def _row(
    model: str, own: _Scored, best: _Scored | None, predictor: BlockPredictor
) -> dict[str, object]:
    mse, mse_se = _mean_and_error(own.squares, own.size)
    score, score_se = _mean_and_error(own.density, own.size)
    behind, behind_se = float("nan"), float("nan")
    if best is not None and not own.reason:
        behind, behind_se = _mean_and_error(best.density - own.density, own.size)
    rmse = float(np.sqrt(mse))
    return {
        "predictor": predictor if model not in ("ols", "slx", MEAN) else "trend",
        "rmse": rmse,
        "rmse_se": mse_se / (2.0 * rmse) if rmse > 0.0 else float("nan"),
        "log_score": score,
        "log_score_se": score_se,
        "behind": behind,
        "behind_se": behind_se,
        "regions": int(own.size.sum()),
        "reason": own.reason,
    }


def _without(fit: CrossSectionResults, out: BoolArray) -> CrossSectionResults:
    """Estimate the model again without some regions; W is restricted and normalised anew."""
    kept = fit.design.index[~out]
    own = len(fit.design.terms) - len(fit.design.lagged)
    c = fit.design.case_weights
    design = replace(
        fit.design,
        terms=fit.design.terms[:own],
        y=fit.design.y[~out],
        X=fit.design.X[~out, :own],
        index=kept,
        lagged=(),
        case_weights=None if c is None else c[~out],
    )
    model: Model = fit.model  # type: ignore[assignment]
    weights, of_error, of_x = (
        None if own is None else own.restrict(kept)
        for own in (fit.weights if model in NEEDS_W else None, fit.weights_error, fit.weights_x)
    )
    of_lags = of_x or weights
    if of_lags is not None and model in LAGS_X:
        design = lag_slopes(design, of_lags, fit.design.lagged)
    specification = Specification(fit.formula, model=model)
    sample = Sample(pd.DataFrame(index=kept), weights, (), error_weights=of_error, x_weights=of_x)
    return ESTIMATORS[model](specification, check_estimable(design), sample)


def predict_block(
    fit: CrossSectionResults,
    whole: CrossSectionResults,
    W: Weights,
    *,
    out: BoolArray,
    unseen: BoolArray,
    predictor: BlockPredictor = "BP",
) -> tuple[FloatArray, float]:
    """Return the errors of the conditional mean of some regions, and their log density.

    With A = (I − λV)(I − ρW) over all regions and Q = A′A, the regions whose outcomes are not
    known (u: those left out and their buffer) given the others (t) are normal with mean
    μ_u − Q_uu⁻¹ Q_ut (y_t − μ_t) and variance σ² Q_uu⁻¹, where μ = (I − ρW)⁻¹Zβ (Goulard, Laurent
    and Thomas-Agnan 2017, predictor BP). Without any known outcome (TC) the mean is μ_u.

    Parameters
    ----------
    fit : CrossSectionResults
        Estimated without the regions.
    whole : CrossSectionResults
        Of all regions: its design and weights of the disturbance.
    W : Weights
        Of all regions, in the order of the design.
    out : ndarray of bool, shape (n,)
        The m regions left out.
    unseen : ndarray of bool, shape (n,)
        Regions besides whose outcomes are not known.
    predictor : {"BP", "TC"}

    Returns
    -------
    errors : ndarray of shape (m,)
        Outcome minus prediction.
    log_density : float
        Of the m outcomes jointly.
    """
    design = whole.design
    V = W if whole.weights_error is None else whole.weights_error
    eye = sparse.eye_array(design.nobs, format="csc")
    rho = float(fit.params.get(RHO, 0.0))
    B = eye - rho * W.sparse
    A = sparse.csc_array((eye - float(fit.params.get(LAMBDA, 0.0)) * V.sparse) @ B)
    if design.case_weights is not None:
        A = sparse.csc_array(sparse.diags_array(np.sqrt(design.case_weights)) @ A)
    beta = fit.estimates.values[: len(design.terms)]
    mean = solve_lag(W.sparse, design.X @ beta, rho=rho)
    hidden = np.ones_like(out) if predictor == "TC" else out | unseen
    own = sparse.csc_array(A[:, hidden])
    precision: FloatArray = np.asarray((own.T @ own).toarray(), dtype=np.float64)
    rest = np.where(hidden, 0.0, design.y - mean)
    known = np.asarray(own.T @ (A @ rest), dtype=np.float64)
    at = out[hidden]
    unit = np.zeros((at.size, int(at.sum())))
    unit[np.flatnonzero(at), np.arange(unit.shape[1])] = 1.0
    solved = np.linalg.solve(precision, np.column_stack([known, unit]))
    errors = np.asarray(design.y[out] - mean[out] + solved[at, 0])
    variance = fit.fit.sigma2 * solved[at, 1:]
    log_det = np.linalg.slogdet(2.0 * np.pi * variance).logabsdet
    quadratic = errors @ np.linalg.solve(variance, errors)
    return errors, float(-0.5 * log_det - 0.5 * quadratic)
