"""What a hypothesis is about: an impact, a coefficient, an index, or a combination of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.core.vocabulary import check_level
from workbench.errors import InputError, check_number, check_option
from workbench.hypotheses.statements.absences import NotInModelError
from workbench.hypotheses.statements.atoms import LAMBDA, RHO, Effect, Index, Parameter
from workbench.hypotheses.statements.estimates import Estimate
from workbench.hypotheses.statements.linear import Parts, merged, scaled, text_of
from workbench.typing import Horizon, ImpactMethod

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults

__all__ = [
    "Estimand",
    "NotInModelError",
    "coefficient",
    "direct",
    "indirect",
    "lambda_",
    "moran_index",
    "rho",
    "total",
]


@dataclass(frozen=True, slots=True, repr=False)
class Estimand:
    """A linear combination of impacts and coefficients, or one index.

    Made by :func:`direct`, :func:`indirect`, :func:`total`, :func:`coefficient`, :func:`rho`,
    :func:`lambda_`, :func:`moran_index` and :func:`decay_length`; ``a - b``, ``a + b``, ``2 * a``
    and ``a / 2`` are estimands too.

    Attributes
    ----------
    parts : tuple of (float, atom)
        Factors and what they multiply, each atom once.

    Raises
    ------
    InputError
        If nothing is left, as of ``a - a``.

    Examples
    --------
    >>> spillover = indirect("log(rd)") - 0.5 * direct("log(rd)")
    >>> spillover.text
    'indirect(log(rd)) - 0.5*direct(log(rd))'
    >>> spillover.terms
    ('log(rd)',)
    """

    parts: Parts

    def __post_init__(self) -> None:
        parts = merged(self.parts)
        if not parts:
            raise InputError(
                "estimand",
                expected="an impact, a coefficient or a combination of them",
                found="nothing: all parts cancel",
                why="it is zero whatever the data",
            )
        for factor, _ in parts:
            check_number("factor", factor)
        object.__setattr__(self, "parts", parts)

    @property
    def text(self) -> str:
        """As the grammar writes it; :func:`parse` reads it back."""
        return text_of(self.parts)

    @property
    def terms(self) -> tuple[str, ...]:
        """Terms of a formula that it is about, rho and lambda not among them."""
        named = (atom.term for _, atom in self.parts)
        return tuple(dict.fromkeys(name for name in named if name not in (RHO, LAMBDA)))

    def estimate(
        self,
        fit: RegressionResults,
        *,
        level: float = 0.95,
        method: ImpactMethod = "delta",
        draws: int = 10_000,
        seed: int = 0,
    ) -> Estimate:
        """Return the estimate that a fit gives of it.

        Parameters
        ----------
        fit : RegressionResults
            A result of :func:`workbench.fit`.
        level : float
            Confidence level of the interval.
        method : {"delta", "monte-carlo"}
            Standard errors of impacts by analytic gradients, or from draws of the parameters,
            whose quantiles are the interval. Coefficients, and impacts of models without a spatial
            lag, are linear in the parameters: their standard errors are known without draws.
        draws : int
            Number of draws; of Moran's I, permutations and one.
        seed : int
            Of the draws or permutations.

        Returns
        -------
        Estimate
            Of one impact the row of ``fit.impacts()``, of one coefficient the row of
            ``fit.tidy()``, to the last bit; of a combination the joint standard error.

        Raises
        ------
        NotInModelError
            If the fit lacks a term, parameter, horizon or effect, or its impacts do not exist.
        InputError
            If the pieces have no covariance with each other.

        Notes
        -----
        Of Σ c_k f_k(θ) the variance is g′Vg with g = Σ c_k ∂f_k/∂θ, V the covariance of the
        estimates of the fit and the derivatives those of LeSage and Pace's impacts. The reference
        distribution is that of the tables of the fit.

        References
        ----------
        LeSage, J. and Pace, R. K. (2009). Introduction to Spatial Econometrics, section 2.7.

        Examples
        --------
        >>> import workbench as wb
        >>> y = wb.load("munnell-1990").xs(1986, level="year")
        >>> W = wb.weights.queen(wb.load("us-states"))
        >>> fit = wb.fit("log(gsp) ~ log(emp)", y, W, model="sar")
        >>> found = indirect("log(emp)").estimate(fit)
        >>> bool(found.value == fit.impacts()["log(emp)", "indirect"]["estimate"])
        True
        """
        from workbench.hypotheses.statements.estimation import estimate_of

        check_option("method", method, ImpactMethod)
        return estimate_of(
            self.parts, fit, level=check_level(level), method=method, draws=draws, seed=seed
        )

    def __add__(self, other: Estimand) -> Estimand:
        if not isinstance(other, Estimand):
            return NotImplemented
        return Estimand(self.parts + other.parts)

    def __sub__(self, other: Estimand) -> Estimand:
        if not isinstance(other, Estimand):
            return NotImplemented
        return Estimand(self.parts + scaled(other.parts, -1.0))

    def __mul__(self, factor: float) -> Estimand:
        return Estimand(scaled(self.parts, check_number("factor", factor)))

    __rmul__ = __mul__

    def __truediv__(self, divisor: float) -> Estimand:
        number = check_number("divisor", divisor)
        if number == 0.0:
            raise InputError("divisor", expected="a number other than 0", found="0")
        return Estimand(scaled(self.parts, 1.0 / number))

    def __neg__(self) -> Estimand:
        return Estimand(scaled(self.parts, -1.0))

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def direct(term: str, horizon: Horizon | None = None) -> Estimand:
    """Return the direct impact of a term: what a unit of it does at home, on average.

    Parameters
    ----------
    term : str
        As the formula writes it.
    horizon : {"short-run", "long-run"}, optional
        Of a dynamic panel; its short run without.
    """
    return Estimand(((1.0, Effect("direct", term, horizon)),))


def indirect(term: str, horizon: Horizon | None = None) -> Estimand:
    """Return the indirect impact of a term, the spillover; parameters as of :func:`direct`."""
    return Estimand(((1.0, Effect("indirect", term, horizon)),))


def total(term: str, horizon: Horizon | None = None) -> Estimand:
    """Return the total impact of a term, direct and indirect; parameters as of :func:`direct`."""
    return Estimand(((1.0, Effect("total", term, horizon)),))


def coefficient(term: str) -> Estimand:
    """Return a coefficient of the table of a fit.

    Parameters
    ----------
    term : str
        As the table names it: ``"log(rd)"``, ``"W(log(rd))"``, ``"C(type)[T.east]"``, ``"tau"``.
        With Wy in the model a coefficient is no effect.
    """
    return Estimand(((1.0, Parameter(term)),))


def rho() -> Estimand:
    """Return ρ, the coefficient of the spatially lagged outcome."""
    return coefficient(RHO)


def lambda_() -> Estimand:
    """Return λ, the coefficient of the spatially lagged disturbance."""
    return coefficient(LAMBDA)


def moran_index(variable: str) -> Estimand:
    """Return Moran's I of a variable over the W of a fit.

    It has a permutation p-value and neither standard error nor interval: a hypothesis on it is
    that it is above or below what independence gives.

    Parameters
    ----------
    variable : str
        An expression of the columns that the formula of the fit reads, or ``"residuals"``.
    """
    return Estimand(((1.0, Index(variable)),))
