"""What is to be estimated, as a value that checks itself."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.errors import FormulaError, InputError, check_option
from workbench.regression.covariances import CovarianceOption, label_of
from workbench.typing import (
    Align,
    Covariance,
    Effects,
    Factors,
    Family,
    Missing,
    Model,
    words,
)

NEEDS_W: frozenset[str] = frozenset({"slx", "sar", "sem", "sac", "sdm", "sdem", "gns"})
LAGS_X: frozenset[str] = frozenset({"slx", "sdm", "sdem", "gns"})
LAGS_Y: frozenset[str] = frozenset({"sar", "sac", "sdm", "gns"})
LAGS_ERROR: frozenset[str] = frozenset({"sem", "sac", "sdem", "gns"})


@dataclass(frozen=True, slots=True)
class Specification:
    """A model to estimate: formula and choices, validated on construction.

    Attributes
    ----------
    formula : str
        ``"y ~ x1 + x2"``.
    model : {"ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns"}
        Spatial form.
    durbin : tuple of str or None
        Terms whose spatial lags a model with WX takes; None for all of them.
    effects : {"none", "entity", "time", "two-way", "random"}
        Effects of a panel model.
    covariance : str, Clustered, Conley, KelejianPrucha or SCPC
        How standard errors are computed: ``"classical"``, ``"robust"``, ``"clustered"``, ...
    align : {"strict", "intersection"}
        What to do with ids that only the data or only the weights have.
    missing : {"error", "drop", "drop-regions"}
        What to do with rows that miss a variable.
    family : {"gaussian", "poisson"}
        Linear model, or counts with a log-linear mean.
    factors : {"none", "cce", "cce-mean-group", "defactored"}
        How common shocks of a panel are taken out.

    Raises
    ------
    OptionError
        If a word is not among the options.
    FormulaError
        If the formula is not text.
    """

    formula: str
    model: Model = "ols"
    effects: Effects = "none"
    covariance: Covariance | CovarianceOption = "classical"
    align: Align = "strict"
    missing: Missing = "error"
    durbin: tuple[str, ...] | None = None
    family: Family = "gaussian"
    factors: Factors = "none"

    def __post_init__(self) -> None:
        if not isinstance(self.formula, str):
            raise FormulaError(
                "formula",
                expected="text like 'y ~ x'",
                found=type(self.formula).__name__,
                remedy="the formula comes first: wb.fit(formula, data, W)",
            )
        check_option("model", self.model, Model)
        check_option("effects", self.effects, Effects)
        by_likelihood = self.model in NEEDS_W - {"slx"}  # refuses all but two words, with its why
        if self.covariance not in words(Covariance) and not by_likelihood:
            label_of(self.covariance)
        check_option("align", self.align, Align)
        check_option("missing", self.missing, Missing)
        check_option("family", self.family, Family)
        check_option("factors", self.factors, Factors)
        self._check_durbin()

    @property
    def covariance_name(self) -> str:
        """The word of the covariance, or the label of its object."""
        return self.covariance if isinstance(self.covariance, str) else self.covariance.label

    def _check_durbin(self) -> None:
        if self.durbin is None:
            return
        if self.model not in LAGS_X:
            raise InputError(
                "durbin",
                expected=f"a model with WX ({', '.join(sorted(LAGS_X))})",
                found=f"model={self.model!r}",
                why="this model has no spatially lagged regressors",
                remedy='model="sdm", or leave durbin out',
            )
        if not self.durbin or not all(isinstance(term, str) for term in self.durbin):
            raise InputError(
                "durbin",
                expected="terms of the formula, e.g. ['log(rd)']",
                found=repr(self.durbin),
                remedy="leave it out to lag every regressor",
            )

    def require_weights(self, W: object) -> None:
        """Raise :class:`~workbench.errors.InputError` if the model needs W and none was given."""
        if self.model in NEEDS_W and W is None:
            raise InputError(
                "W",
                expected=f"spatial weights for model={self.model!r}",
                found="None",
                remedy="pass weights as the third argument, e.g. wb.weights.queen(regions)",
            )

    def refuse_covariance(self, *, available: tuple[str, ...], why: str) -> None:
        """Raise :class:`~workbench.errors.InputError` unless the covariance is available."""
        if self.covariance not in available:
            raise InputError(
                "covariance",
                expected=f"one of {', '.join(map(repr, available))} for model={self.model!r}",
                found=repr(self.covariance),
                why=why,
                remedy=f"covariance={available[0]!r}",
            )
