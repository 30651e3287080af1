"""What reaches a place from all others: sums of f(d_ij) x_j, as a function of the decay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.numerics.distance_decay.forms import change, falling
from workbench.typing import BoolArray, DecayForm, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The spillover Σ_{j≠i} f(d_ij; δ) x_jt of each row (i, t), or their mean with weights f.

    Attributes
    ----------
    distances : ndarray, shape (N, N)
        The diagonal is not used.
    values : ndarray, shape (N, T)
        x; 0 where a place is absent.
    present : ndarray of bool, shape (N, T)
        Which places have a row in which period.
    region, period : ndarray of int, shape (n,)
        Place and period of each row.
    form : DecayForm
    normalize : bool
        Whether the weights of a row are divided by their sum over the places present.
    """

    distances: FloatArray
    values: FloatArray
    present: BoolArray
    region: IntArray
    period: IntArray
    form: DecayForm
    normalize: bool = False

    def column(self, parameter: float) -> FloatArray:
        """Return the spillover at a parameter, shape (n,)."""
        return self._weighed(self._weights(parameter))[0]

    def column_and_slope(self, parameter: float) -> tuple[FloatArray, FloatArray]:
        """Return the spillover and its derivative by the parameter, shape (n,) each."""
        F = self._weights(parameter)
        s, total = self._weighed(F)
        dF = self._off(change(self._relative(), self.form, parameter))
        by = (self.region, self.period)
        ds = (dF @ self.values)[by]
        if self.normalize:
            ds = (ds - (dF @ self.present)[by] * s) / total
        return s, np.asarray(ds)

    def _weights(self, parameter: float) -> FloatArray:
        return self._off(falling(self._relative(), self.form, parameter))

    def _relative(self) -> FloatArray:
        """Return distances; of a mean those beyond the nearest, so that nothing underflows.

        A factor of a row is lost in the mean: exp(−d/δ) of the nearest, or exp(−d²/2δ²); the sums
        need the distances themselves.
        """
        d = self.distances
        if not self.normalize or self.form not in ("exponential", "gaussian"):
            return self._filled(d)
        off = d + np.diag(np.full(len(d), np.inf))
        nearest = off.min(axis=1, keepdims=True)
        if self.form == "exponential":
            return self._filled(d - nearest)
        return self._filled(np.sqrt(np.maximum(d**2 - nearest**2, 0.0)))

    @staticmethod
    def _filled(d: FloatArray) -> FloatArray:
        out = np.array(d)
        np.fill_diagonal(out, 1.0)  # what _off takes out again; a power of 0 has no value
        return out

    @staticmethod
    def _off(F: FloatArray) -> FloatArray:
        np.fill_diagonal(F, 0.0)
        return F

    def _weighed(self, F: FloatArray) -> tuple[FloatArray, FloatArray]:
        by = (self.region, self.period)
        s = (F @ self.values)[by]
        if not self.normalize:
            return s, np.ones_like(s)
        total = (F @ self.present)[by]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(total > 0, s / total, 0.0)
        return mean, np.where(total > 0, total, 1.0)
