"""The equation behind a fit as columns: outcome, Wy, regressors and instruments, effects out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.core.seeds import generator
from workbench.numerics.moments.two_stage import TwoStage, basis_of, independent, two_stage
from workbench.numerics.moments.weak_instruments import beside
from workbench.panels.effects import FIXED, Cells, without_effects
from workbench.panels.results import PanelResults
from workbench.regression.design import INTERCEPT, lag_name
from workbench.regression.instruments import GMM
from workbench.regression.results import LAMBDA, RHO, RegressionResults
from workbench.regression.specification import LAGS_ERROR, LAGS_Y
from workbench.typing import Effects, FloatArray, IntArray
from workbench.weights import Weights

LEFT = 1e-9
"""Share of a column's length that must be left once effects are out."""

WITHIN: dict[str, Effects] = {
    "random": "entity",
    "random-time": "time",
    "random-two-way": "two-way",
}
"""Fixed effects in the place of random ones: what then identifies is variation within."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """How columns of a fit's sample are lagged and rid of what the model takes out.

    Attributes
    ----------
    fit : RegressionResults
    effects : {"none", "entity", "time", "two-way"}
        That are taken out.
    cells : Cells or None
        Region and period of each row of a panel.
    lag : callable
        Wx of columns with all rows, shape (n, k).
    lag_x : callable
        The same by the weights of lagged regressors.
    clear : callable
        Columns with all rows filtered by (I − λM), weighted by √c, effects taken out; the rows in
        use are left.
    absorbed : int
        Degrees of freedom of the effects.
    groups : ndarray of int or None
        Regions as clusters, in a panel.
    """

    fit: RegressionResults
    effects: Effects
    cells: Cells | None
    lag: Callable[[FloatArray], FloatArray]
    lag_x: Callable[[FloatArray], FloatArray]
    clear: Callable[[FloatArray], FloatArray]
    absorbed: int
    groups: IntArray | None

    @property
    def weights(self) -> Weights:
        """W, of the last period where periods have their own."""
        if self.fit.weights is not None:
            return self.fit.weights
        spatial = getattr(self.fit, "spatial", None)
        if spatial is None:
            raise AssertionError  # frame_of has refused fits without W
        found: Weights = spatial.weights[-1]
        return found

    @property
    def limits(self) -> tuple[float, float]:
        """The open interval of ρ that W, or those of all periods, admit.

        Raises
        ------
        WeightsError
            If no cycle of neighbours bounds it.
        """
        spatial = getattr(self.fit, "spatial", None)
        every = (self.weights,) if spatial is None else spatial.weights
        spectra = [W.spectrum for W in every]
        return max(float(s.rho_low) for s in spectra), min(float(s.rho_high) for s in spectra)

    @property
    def endogenous(self) -> tuple[str, ...]:
        """Regressors that the caller named endogenous, with their lags."""
        iv, basis = getattr(self.fit, "iv", None), getattr(self.fit, "basis", None)
        if iv is not None:
            return tuple(iv.instruments.named)
        return tuple(basis.specification.endogenous) if basis is not None else ()

    @property
    def kept(self) -> tuple[str, ...]:
        """Terms of which the effects leave something."""
        left = np.linalg.norm(self.clear(self.fit.design.X), axis=0)
        whole = np.linalg.norm(self.fit.design.X, axis=0)
        return tuple(
            term
            for term, some, all_ in zip(self.fit.design.terms, left, whole, strict=True)
            if some > LEFT * all_
        )


def frame_of(fit: RegressionResults) -> Frame | str:
    """Return the frame of a fit, or the reason why its columns do not say what identifies it."""
    reason = _why_not(fit)
    if reason:
        return reason
    if not isinstance(fit, PanelResults):
        return _cross_section(fit)
    return _panel(fit, np.arange(fit.nobs))


def before_last(frame: Frame) -> Frame:
    """Return the frame of a balanced panel without its last period.

    Columns are given with all rows and lose those of the last period when they are cleared.
    """
    fit, cells = frame.fit, frame.cells
    if not isinstance(fit, PanelResults) or cells is None:
        raise AssertionError
    return _panel(fit, np.flatnonzero(cells.period < cells.T - 1))


def _panel(fit: PanelResults, rows: IntArray) -> Frame:
    cells, spatial = fit.cells, fit.spatial
    effects = WITHIN.get(fit.effects, fit.effects)
    lagged = fit.lagged or spatial
    if spatial is None or lagged is None:
        raise AssertionError
    error = getattr(fit, "error", None) or spatial
    share, periods = _lambda(fit), int(cells.period[rows].max()) + 1
    used = Cells(cells.region[rows], cells.period[rows], cells.N, periods)

    def clear(columns: FloatArray) -> FloatArray:
        if share:
            columns = columns - share * error.lag(columns, cells)
        return without_effects(columns[rows], used, effects)

    return Frame(
        fit,
        effects,
        used,
        lambda columns: spatial.lag(columns, cells),
        lambda columns: lagged.lag(columns, cells),
        clear,
        used.count(effects),
        used.region,
    )


def _why_not(fit: RegressionResults) -> str:
    spatial = getattr(fit, "spatial", None)
    if fit.weights is None and spatial is None:
        return "the fit has no W"
    if not isinstance(fit, PanelResults):
        return ""
    if fit.family != "gaussian":
        return "counts have no linear equation"
    if fit.factors != "none":
        return "common factors have been taken out of this fit"
    if "dynamic" in fit.extras:
        return "lags in time of the outcome are regressors: earlier outcomes are its instruments"
    if fit.effects not in (*FIXED, "none", *WITHIN):
        return f"effects={fit.effects!r} have rows of another kind"
    if fit.basis is not None and fit.basis.absorbed:
        return "absorbed categories stay in the columns"
    return ""


def _lambda(fit: RegressionResults) -> float:
    return float(fit.params[LAMBDA]) if fit.model in LAGS_ERROR else 0.0


def _cross_section(fit: RegressionResults) -> Frame:
    W = fit.weights
    if W is None:
        raise AssertionError
    lagged, error = fit.weights_x or W, fit.weights_error or W
    share, c = _lambda(fit), fit.design.case_weights

    def clear(columns: FloatArray) -> FloatArray:
        if share:
            columns = columns - share * np.asarray(error.sparse @ columns)
        return columns if c is None else np.sqrt(c)[:, None] * columns

    return Frame(
        fit,
        "none",
        None,
        lambda columns: np.asarray(W.sparse @ columns),
        lambda columns: np.asarray(lagged.sparse @ columns),
        clear,
        0,
        None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """y = Xβ + ρWy + (endogenous columns) + u with instruments, all cleared.

    Attributes
    ----------
    frame : Frame
    y : ndarray of shape (n,)
    X : ndarray of shape (n, k)
        Exogenous regressors.
    X_names : tuple of str
    Y : ndarray of shape (n, g)
        Endogenous columns, Wy (``rho``) last where the model has it.
    Y_names : tuple of str
    H : ndarray of shape (n, m)
        Excluded instruments, none a combination of X and the others.
    H_names : tuple of str
    """

    frame: Frame
    y: FloatArray
    X: FloatArray
    X_names: tuple[str, ...]
    Y: FloatArray
    Y_names: tuple[str, ...]
    H: FloatArray
    H_names: tuple[str, ...]

    @property
    def room(self) -> int:
        """Observations less regressors, effects and instruments."""
        return int(len(self.y) - self.X.shape[1] - self.H.shape[1] - self.frame.absorbed)

    @property
    def identified(self) -> bool:
        """Whether there are as many instruments as endogenous columns, and room."""
        return self.H.shape[1] >= self.Y.shape[1] and self.room > 0

    @property
    def clusters(self) -> IntArray | None:
        """Regions as clusters where they are more than the instruments; otherwise None."""
        groups = self.frame.groups
        if groups is None or int(groups.max()) + 1 <= 2 * self.H.shape[1]:
            return None
        return groups

    def basis(self) -> FloatArray:
        """Return orthonormal excluded instruments beside X, shape (n, m)."""
        return basis_of(beside(self.H, self.X))

    def left(self, columns: FloatArray) -> FloatArray:
        """Return columns beside X."""
        return beside(columns, self.X)

    def stage(self, more: FloatArray | None = None) -> TwoStage:
        """Return two-stage least squares of y on X, Y and further exogenous columns."""
        extra = np.empty((len(self.y), 0)) if more is None else more
        return two_stage(
            self.y,
            np.column_stack([self.X, extra, self.Y]),
            H=np.column_stack([self.X, extra, self.H]),
        )


def system_of(frame: Frame) -> System:
    """Return the equation of a fit with the instruments that its moments would use.

    Lags of the exogenous regressors up to the second power of W instrument Wy, beside what the
    caller named, as ``method="gmm"`` takes them; columns that effects absorb, or that are
    combinations of others, are left out.
    """
    fit = frame.fit
    iv = getattr(fit, "iv", None)
    own = [term for term in fit.design.terms if term not in frame.endogenous]
    X = fit.design.values(tuple(own))
    if iv is not None:
        k = len(iv.instruments.columns.names) - len(iv.instruments.excluded)
        H, names = iv.instruments.columns.values[:, k:], tuple(iv.instruments.excluded)
    else:
        H, names = _instruments(frame, own, X)
    Y, Y_names = fit.design.values(frame.endogenous), frame.endogenous
    if fit.model in LAGS_Y:
        Y = np.column_stack([Y, frame.lag(fit.design.y[:, None])])
        Y_names = (*Y_names, RHO)
    clean, at = _present(frame, X)
    tools, kept = _present(frame, H)
    both = np.column_stack([clean, tools])
    chosen = [i for i in independent(both, first=len(at)) if i >= len(at)]
    return System(
        frame,
        frame.clear(fit.design.y[:, None])[:, 0],
        clean,
        tuple(own[i] for i in at),
        frame.clear(Y),
        Y_names,
        both[:, chosen],
        tuple(names[kept[i - len(at)]] for i in chosen),
    )


def _present(frame: Frame, columns: FloatArray) -> tuple[FloatArray, list[int]]:
    """Return cleared columns of which something is left, and their positions."""
    cleared = frame.clear(columns)
    left = np.linalg.norm(cleared, axis=0) > LEFT * np.linalg.norm(columns, axis=0)
    at = [int(i) for i in np.flatnonzero(left)]
    return cleared[:, at], at


def _instruments(frame: Frame, own: list[str], X: FloatArray) -> tuple[FloatArray, tuple[str, ...]]:
    fit = frame.fit
    slopes = [i for i, term in enumerate(own) if term != INTERCEPT]
    given, given_names = _given(fit)
    out, names = [given], list(given_names)
    if fit.model in LAGS_Y:
        power = np.column_stack([X[:, slopes], given])
        labels = [*(own[i] for i in slopes), *given_names]
        for _ in range(GMM().instrument_orders):
            power, labels = frame.lag(power), [lag_name(name) for name in labels]
            out.append(power)
            names += labels
    return np.column_stack(out), tuple(names)


def _given(fit: RegressionResults) -> tuple[FloatArray, tuple[str, ...]]:
    basis: Any = getattr(fit, "basis", None)
    if basis is None or not basis.instrument_names:
        return np.empty((fit.nobs, 0)), ()
    return np.asarray(basis.instruments), tuple(basis.instrument_names)


def stream(seed: int, *names: object) -> np.random.Generator:
    """Return the random stream of a step of the panel."""
    return generator(seed, "identification", *names)
