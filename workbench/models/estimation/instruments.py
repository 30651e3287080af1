"""The instruments of a fit: exogenous regressors, their lags, and what the caller names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.expressions import evaluate, refuse_missing, refuse_nonfinite
from workbench.errors import CollinearityError, InputError, listing, nearest
from workbench.models.estimation.sample import Sample
from workbench.numerics.moments.two_stage import TwoStage, independent
from workbench.numerics.sparse.matrices import CsrArray
from workbench.regression.design import INTERCEPT, Design, lag_name
from workbench.regression.instruments import GMM
from workbench.regression.results import RHO
from workbench.regression.specification import LAGS_ERROR, LAGS_X, LAGS_Y, Specification
from workbench.typing import FloatArray

MISSING_REMEDY = 'complete them, or pass missing="drop"'


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns with their names.

    Attributes
    ----------
    names : tuple of str, length m
    values : ndarray, shape (n, m)
    """

    names: tuple[str, ...]
    values: FloatArray

    def beside(self, other: Columns) -> Columns:
        """Return these columns and then others."""
        both = np.column_stack([self.values, other.values])
        return Columns((*self.names, *other.names), both)

    def lagged(self, W: CsrArray) -> Columns:
        """Return Wx of each column."""
        return Columns(tuple(lag_name(name) for name in self.names), np.asarray(W @ self.values))

    def only(self, name: str) -> Columns:
        """Return one column."""
        at = self.names.index(name)
        return Columns((name,), self.values[:, [at]])

    def without(self, name: str) -> Columns:
        """Return the columns but one, which need not be there."""
        kept = [i for i, other in enumerate(self.names) if other != name]
        return Columns(tuple(self.names[i] for i in kept), self.values[:, kept])


@dataclass(frozen=True, slots=True, eq=False)
class Instruments:
    """What identifies the coefficients of a fit.

    Attributes
    ----------
    columns : Columns
        H: exogenous regressors first, then the excluded instruments, none a combination of
        earlier ones.
    Z : ndarray, shape (n, k)
        Regressors of the fit, Wy last where the model has it.
    terms : tuple of str, length k
        Their names; ``rho`` for Wy.
    endogenous : tuple of str
        Those of `terms` that are instrumented, ``rho`` among them.
    excluded : tuple of str
        Names of the instruments beside the exogenous regressors.
    notes : tuple of str
        What the reader must know.
    """

    columns: Columns
    Z: FloatArray
    terms: tuple[str, ...]
    endogenous: tuple[str, ...]
    excluded: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def named(self) -> tuple[str, ...]:
        """Endogenous regressors that the caller named, with their lags."""
        return tuple(term for term in self.endogenous if term != RHO)

    def positions(self, names: tuple[str, ...]) -> list[int]:
        """Return the places of some terms among the columns of Z."""
        return [self.terms.index(name) for name in names]


@dataclass(frozen=True, slots=True, eq=False)
class Instrumented:
    """What a moment estimator leaves behind for tests and other covariances.

    Attributes
    ----------
    gmm : GMM
        What was asked for.
    instruments : Instruments
    stage : TwoStage
        The two-stage least squares of the estimates; of variables transformed by the first-stage
        lambda where the model has one.
    transformed : tuple of ndarray or None
        Outcome and regressors of `stage` where they are transformed.
    inadmissible : str
        Why there are no impacts; empty where there are.
    """

    gmm: GMM
    instruments: Instruments
    stage: TwoStage
    transformed: tuple[FloatArray, FloatArray] | None = None
    inadmissible: str = ""


def build_instruments(
    specification: Specification, design: Design, sample: Sample, gmm: GMM
) -> Instruments:
    """Collect the instruments of a specification on its design and sample.

    With x the exogenous slopes (WX among them) and h the named instruments: x, h and, for a model
    with Wy, their lags up to W^q; for one with a disturbance the lags by its weights besides, that
    of the constant too where it varies (Kelejian and Prucha 1998, section 3).

    Raises
    ------
    InputError
        If an endogenous term is not in the formula, an instrument is, or there are fewer
        instruments than coefficients.
    """
    endogenous = _endogenous_terms(specification.endogenous, design)
    own = [i for i, term in enumerate(design.terms) if term not in endogenous]
    exogenous = Columns(tuple(design.terms[i] for i in own), design.X[:, own])
    given = _given(specification, design, sample)
    lags = _lags(specification, (exogenous, given), sample, gmm)
    every = exogenous.beside(given).beside(lags)
    kept = independent(every.values, first=len(own))
    H = Columns(tuple(every.names[i] for i in kept), every.values[:, kept])
    has_lag = specification.model in LAGS_Y
    terms = (*design.terms, RHO) if has_lag else design.terms
    Z = design.X
    if has_lag:
        Z = np.column_stack([Z, sample.require_weights().sparse @ design.y])
    instrumented = (*endogenous, RHO) if has_lag else endogenous
    excluded = H.names[len(own) :]
    _refuse_few(instrumented, excluded)
    notes = _notes(every, H, excluded) if instrumented else ()
    return Instruments(H, Z, terms, instrumented, excluded, notes)


def _endogenous_terms(names: tuple[str, ...], design: Design) -> tuple[str, ...]:
    """Return the named terms and their spatial lags, which are endogenous too."""
    unknown = [name for name in names if name not in design.slopes]
    if unknown:
        raise InputError(
            "endogenous",
            expected=f"terms of the formula: {', '.join(design.slopes)}",
            found=f"{len(unknown)} others",
            offenders=unknown,
            remedy=nearest(unknown[0], design.slopes)
            or 'write the regressor into the formula too: "y ~ x1 + x2", endogenous=["x2"]',
        )
    wanted = {*names, *(lag_name(name) for name in names if name in design.lagged)}
    return tuple(term for term in design.terms if term in wanted)


def _given(specification: Specification, design: Design, sample: Sample) -> Columns:
    if not specification.instruments:
        return Columns((), np.empty((design.nobs, 0)))
    evaluated = evaluate(
        " + ".join(specification.instruments), sample.table, argument="instruments"
    )
    refuse_missing(sample.table, evaluated.variables, remedy=MISSING_REMEDY)
    columns: pd.DataFrame = evaluated.regressors.drop(columns=INTERCEPT, errors="ignore")
    refuse_nonfinite(columns)
    names = tuple(map(str, columns.columns))
    inside = [name for name in names if name in design.terms]
    if inside:
        raise InputError(
            "instruments",
            expected="variables that are not regressors themselves",
            found=f"{len(inside)} terms of the formula",
            offenders=inside,
            why="exogenous regressors instrument themselves, endogenous ones cannot",
            remedy="leave them out of instruments",
        )
    return Columns(names, columns.to_numpy(dtype=float))


def _lags(
    specification: Specification, parts: tuple[Columns, Columns], sample: Sample, gmm: GMM
) -> Columns:
    """Return the lags of exogenous columns that the model calls for, lowest orders first."""
    exogenous, given = parts
    model, constant = specification.model, INTERCEPT in exogenous.names
    seed = exogenous.without(INTERCEPT)
    if gmm.lag_instruments:
        seed = seed.beside(given)
    out = Columns((), np.empty((seed.values.shape[0], 0)))
    if model in LAGS_Y:
        if sample.x_weights is not None and gmm.lag_instruments:
            out = given.lagged(sample.x_weights.sparse)
        power = seed
        for _ in range(gmm.instrument_orders):
            power = power.lagged(sample.require_weights().sparse)
            out = out.beside(power)
    elif model in LAGS_X and specification.endogenous and gmm.lag_instruments:
        # V h instruments V x2.
        out = given.lagged(sample.weights_of_x().sparse)
    if model not in LAGS_ERROR:
        return out
    # (I - lambda M) of the exogenous columns, the constant too, is then within the instruments.
    every = exogenous.only(INTERCEPT) if constant else Columns((), out.values[:, :0])
    if sample.error_weights is not None or model not in LAGS_Y:
        every = every.beside(seed).beside(out)
    return out.beside(every.lagged(sample.weights_of_error().sparse))


def _refuse_few(endogenous: tuple[str, ...], excluded: tuple[str, ...]) -> None:
    if len(excluded) >= len(endogenous):
        return
    has_lag = endogenous[-1:] == (RHO,)
    raise InputError(
        "instruments",
        expected=f"at least {len(endogenous)} for {', '.join(endogenous)}",
        found=f"{len(excluded)}" + (f" ({', '.join(excluded)})" if excluded else ""),
        why="with fewer the coefficients are not identified"
        + ("; lags of exogenous regressors instrument Wy" if has_lag else ""),
        remedy="write regressors into the formula, or name more instruments"
        if has_lag
        else f"name {len(endogenous) - len(excluded)} more variables in instruments",
    )


def _notes(every: Columns, kept: Columns, excluded: tuple[str, ...]) -> tuple[str, ...]:
    lost = sorted(set(every.names) - set(kept.names) - {lag_name(INTERCEPT)})
    notes = []
    if excluded:
        notes.append(f"Instruments beside the exogenous regressors: {listing(excluded)}.")
    if lost:
        notes.append(
            f"Left out of the instruments, as combinations of the others: {listing(lost)}."
        )
    return tuple(notes)


def unidentified(error: CollinearityError, instruments: Instruments) -> CollinearityError:
    """Return a kernel's refusal in the names of the terms."""
    return CollinearityError(
        error.argument,
        expected=error.expected,
        found=error.found,
        offenders=[instruments.terms[i] for i in error.offenders],
        why=error.why,
        remedy=error.remedy,
    )
