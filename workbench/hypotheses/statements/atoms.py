"""What an estimand is made of: impacts, parameters, indices; frozen values with a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from workbench.errors import FormulaError, InputError, check_option
from workbench.hypotheses.statements.sites import Sites
from workbench.hypotheses.statements.terms import fault_of
from workbench.typing import Horizon, ImpactEffect

RHO, LAMBDA = "rho", "lambda"
BARE = (RHO, LAMBDA)
"""Parameters that the grammar writes without a function."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A direct, indirect or total impact of a term, at a horizon where the model has several."""

    effect: ImpactEffect
    term: str
    horizon: Horizon | None = None

    def __post_init__(self) -> None:
        check_option("effect", self.effect, ImpactEffect)
        if self.horizon is not None:
            check_option("horizon", self.horizon, Horizon)
        object.__setattr__(self, "term", term_of(self.term))

    @property
    def text(self) -> str:
        """As the grammar writes it: ``indirect[long-run](log(rd))``."""
        horizon = f"[{self.horizon}]" if self.horizon else ""
        return f"{self.effect}{horizon}({self.term})"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A coefficient of the table of a fit, rho and lambda among them."""

    term: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "term", term_of(self.term))

    @property
    def text(self) -> str:
        """As the grammar writes it: ``coefficient(log(rd))``, ``rho``."""
        return self.term if self.term in BARE else f"coefficient({self.term})"


@dataclass(frozen=True, slots=True)
class Index:
    """Moran's I of a variable, or of the residuals."""

    term: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "term", term_of(self.term, argument="variable"))

    @property
    def text(self) -> str:
        """As the grammar writes it: ``moran_index(residuals)``."""
        return f"moran_index({self.term})"


@dataclass(frozen=True, slots=True)
class Decay:
    """The length over which the spillover of a term decays, within a range, between places."""

    term: str
    sites: Sites
    shortest: float
    longest: float
    normalize: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "term", term_of(self.term))

    @property
    def unit(self) -> str:
        """Unit of the length."""
        return self.sites.unit

    @property
    def text(self) -> str:
        """What identifies it; the places stand there by their digest, so it is not read back."""
        kind = "row" if self.normalize else "none"
        span = f"{self.shortest:.10g}..{self.longest:.10g} {self.unit}"
        return f"decay_length[{span}, {kind}, {self.sites.digest}]({self.term})"


Atom: TypeAlias = Effect | Parameter | Index | Decay
Alone: TypeAlias = Index | Decay
"""What has no standard error, and therefore stands alone."""


def term_of(term: object, *, argument: str = "term") -> str:
    """Return a term without the blanks around it, or refuse what the grammar could not read back.

    Raises
    ------
    InputError
        If the term is no text, or empty.
    FormulaError
        If a bracket or a quote in it is not closed.
    """
    if not isinstance(term, str) or not term.strip():
        raise InputError(
            argument,
            expected="a term as the formula writes it, such as 'log(rd)'",
            found=repr(term) if isinstance(term, str) else type(term).__name__,
        )
    text = term.strip()
    fault = fault_of(text)
    if fault:
        raise FormulaError(
            argument,
            expected="a term with every bracket and quote closed",
            found=repr(text),
            why=fault,
        )
    return text
