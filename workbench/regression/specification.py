"""What is to be estimated, as a value that checks itself."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.errors import FormulaError, InputError, check_option
from workbench.regression.covariances import CovarianceOption, label_of
from workbench.regression.dynamic_moments import DynamicGMM
from workbench.regression.instruments import GMM
from workbench.typing import (
    Align,
    Covariance,
    Dynamic,
    Effects,
    Factors,
    Family,
    LeeYu,
    Method,
    Missing,
    Model,
    RandomMethod,
    RandomStructure,
    words,
)

NEEDS_W: frozenset[str] = frozenset({"slx", "sar", "sem", "sac", "sdm", "sdem", "gns"})
LEAST_SQUARES: tuple[Model, ...] = ("ols", "slx")
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
    method : {"ml", "gmm", "firth"}, GMM or DynamicGMM
        How the model is estimated.
    endogenous, instruments : tuple of str
        Terms that are correlated with the disturbance, and what instruments them.
    effects : {"none", "entity", "time", "two-way", "random", ...}
        Effects of a panel model, or the transformation that removes them.
    covariance : str, Clustered, Conley, KelejianPrucha or SCPC
        How standard errors are computed: ``"classical"``, ``"robust"``, ``"clustered"``, ...
    align : {"strict", "intersection"}
        What to do with ids that only the data or only the weights have.
    missing : {"error", "drop", "drop-regions"}
        What to do with rows that miss a variable.
    lee_yu : {"transformation", "bias-correction", "none"} or None
        What is done about the fixed effects of a spatial panel; None for the default.
    random : {"baltagi", "kkp"} or None
        Structure of random effects beside a spatial disturbance; None for the default.
    family : {"gaussian", "poisson", "binomial"}
        Linear model, counts with a log-linear mean, or an outcome of 0 and 1 (logit).
    exposure : str or None
        Column or expression to which expected counts are proportional.
    factors : {"none", "cce", "cce-mean-group", "defactored"}
        How common shocks of a panel are taken out.
    absorb : tuple of str
        Further fixed effects of a panel, by columns of categories.
    random_method : {"swar", "walhus", "amemiya", "nerlove"}
        How the variances of random effects are estimated.
    dynamic : {"none", "lag", "spatial-lag", "both"}
        Which lags in time of the outcome a spatial panel has.

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
    method: Method | GMM | DynamicGMM = "ml"
    endogenous: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    lee_yu: LeeYu | None = None
    random: RandomStructure | None = None
    absorb: tuple[str, ...] = ()
    random_method: RandomMethod = "swar"
    dynamic: Dynamic = "none"
    exposure: str | None = None

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
            if isinstance(self.covariance, str) and self.effects != "none":
                check_option("covariance", self.covariance, Covariance)
            label_of(self.covariance)
        check_option("align", self.align, Align)
        check_option("missing", self.missing, Missing)
        if self.lee_yu is not None:
            check_option("lee_yu", self.lee_yu, LeeYu)
        if self.random is not None:
            check_option("random", self.random, RandomStructure)
        check_option("family", self.family, Family)
        check_option("factors", self.factors, Factors)
        check_option("random_method", self.random_method, RandomMethod)
        check_option("dynamic", self.dynamic, Dynamic)
        self._check_durbin()
        self._check_method()
        self._check_exposure()

    @property
    def gmm(self) -> GMM | None:
        """How moments estimate the model; None for maximum likelihood and least squares."""
        if isinstance(self.method, GMM):
            return self.method
        return None if self.method in ("ml", "firth") else GMM()

    @property
    def dynamic_gmm(self) -> DynamicGMM | None:
        """How moments estimate a model with lags in time; None where they do not."""
        if self.dynamic == "none" or self.gmm is None:
            return None
        return self.method if isinstance(self.method, DynamicGMM) else DynamicGMM()

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Names that no regressor may have: results look parameters up by them.

        ``rho`` and ``lambda`` belong to every model, because tables set models side by side.
        """
        drawn = self.effects == "random" and self.model in NEEDS_W - {"slx"}
        has = {
            "tau": self.dynamic in ("lag", "both"),
            "eta": self.dynamic in ("spatial-lag", "both"),
            "phi": drawn,
            "rho": True,
            "lambda": True,
        }
        return tuple(name for name, holds in has.items() if holds)

    @property
    def reads(self) -> str:
        """A formula of every variable that the model needs, its instruments among them."""
        exposure = () if self.exposure is None else (f"I({self.exposure})",)
        return " + ".join((self.formula, *self.instruments, *exposure))

    @property
    def estimation(self) -> dict[str, str]:
        """What decides the numbers of a moment estimator, for the provenance."""
        gmm = self.gmm
        if gmm is None:
            return {}
        return {
            "method": "gmm",
            **({"errors": gmm.errors} if self.model in LAGS_ERROR else {}),
            "instrument_orders": str(gmm.instrument_orders),
            "lag_instruments": str(gmm.lag_instruments),
            "weighted_first": str(gmm.weighted_first),
            "endogenous": ", ".join(self.endogenous),
            "instruments": ", ".join(self.instruments),
        }

    def _check_exposure(self) -> None:
        if self.exposure is None:
            return
        if not isinstance(self.exposure, str):
            raise InputError(
                "exposure",
                expected="the name of a column, or an expression of columns",
                found=type(self.exposure).__name__,
                remedy='exposure="population"',
            )
        if self.family != "poisson":
            raise InputError(
                "exposure",
                expected='family="poisson" beside it',
                found=f"family={self.family!r}",
                why="it is what expected counts are proportional to",
                remedy='family="poisson", or log(y / population) as the outcome',
            )

    def _check_method(self) -> None:
        if not isinstance(self.method, GMM | DynamicGMM):
            check_option("method", self.method, Method)
        self._check_binary_method()
        self._check_dynamic_method()
        if bool(self.endogenous) != bool(self.instruments):
            given, absent = ("endogenous", "instruments")[:: 1 if self.endogenous else -1]
            raise InputError(
                absent,
                expected=f"{absent} beside {given}={list(getattr(self, given))}",
                found="none",
                why="an endogenous regressor is identified by what moves it from outside",
                remedy='endogenous=["x2"], instruments=["h1"]',
            )
        if self.gmm is None and self.endogenous:
            raise InputError(
                "method",
                expected="'gmm' with endogenous regressors",
                found=repr(self.method),
                why="least squares and the likelihood take every regressor as exogenous",
                remedy='method="gmm"',
            )
        without_lags = self.gmm is not None and self.dynamic == "none"
        if without_lags and self.model in LEAST_SQUARES and not self.endogenous:
            raise InputError(
                "method",
                expected=f"endogenous regressors, for model={self.model!r} with method='gmm'",
                found="none",
                why="without them two-stage least squares is least squares",
                remedy='leave method out, or endogenous=["x2"], instruments=["h1"]',
            )

    def _check_binary_method(self) -> None:
        """Refuse Firth's penalty of other outcomes than 0 and 1, and moments of these."""
        if self.method == "firth" and self.family != "binomial":
            raise InputError(
                "method",
                expected='family="binomial" beside "firth"',
                found=f"family={self.family!r}",
                why="the penalty is that of the logit",
                remedy='family="binomial" for an outcome of 0 and 1, or leave method out',
            )
        if self.family == "binomial" and self.method not in ("ml", "firth"):
            raise InputError(
                "method",
                expected='"ml" or "firth" with family="binomial"',
                found=repr(self.method),
                why="the logit is estimated by its likelihood, and takes regressors as exogenous",
                remedy='method="firth"',
            )

    def _check_dynamic_method(self) -> None:
        """Refuse moments of lags in time without such lags, and those of cross-sections with."""
        if isinstance(self.method, DynamicGMM) and self.dynamic == "none":
            raise InputError(
                "method",
                expected="lags in time beside DynamicGMM(...)",
                found="dynamic='none'",
                remedy='dynamic="lag", or method="gmm"',
            )
        if isinstance(self.method, GMM) and self.dynamic != "none":
            raise InputError(
                "method",
                expected="'gmm' or DynamicGMM(...) with dynamic",
                found=repr(self.method),
                why="GMM(...) has the options of static models",
                remedy="DynamicGMM(instrument_orders=...) has those of lags in time",
            )

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
