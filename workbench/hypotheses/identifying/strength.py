"""Item 2: strength and validity of the instruments of Wy, and what holds if they are weak."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from workbench.errors import CollinearityError, WeightsError
from workbench.hypotheses.identifying.lines import (
    STRENGTH,
    Line,
    Reading,
    Section,
    not_applicable,
    number,
)
from workbench.hypotheses.identifying.rho_estimates import (
    LEVEL,
    classical_variance,
    likelihood_of,
    two_stage_rho,
    wald_row,
)
from workbench.hypotheses.identifying.system import WITHIN, Frame, System, system_of
from workbench.hypotheses.wording import p_text
from workbench.numerics.moments.instruments import FirstStage, first_stage, overidentification
from workbench.numerics.moments.two_stage import TwoStage
from workbench.numerics.moments.weak_instruments import (
    AndersonRubin,
    EffectiveF,
    anderson_rubin,
    effective_f,
    hansen_j,
)
from workbench.numerics.threads import one_thread
from workbench.regression.results import RHO, RegressionResults
from workbench.regression.specification import LAGS_Y

WEAK = 10.0
"""First-stage F below which Staiger and Stock (1997) call instruments weak."""

QUESTIONS = (
    "first-stage F of Wy",
    "effective F of Wy",
    "Anderson–Rubin set of rho: p-value of rho = 0",
    "over-identification",
    "ML against 2SLS: difference of rho",
)

NO_LAG = "the model has no Wy, hence no rho to instrument"


@one_thread
def strength(fit: RegressionResults, frame: Frame | str) -> Section:
    """Measure the instruments of Wy: first stage, Anderson–Rubin set, over-identification, ML."""
    if fit.model not in LAGS_Y:
        return _nothing(NO_LAG)
    if isinstance(frame, str):
        return _nothing(frame)
    system = system_of(frame)
    if not system.identified:
        return _unidentified(system)
    try:
        stage = system.stage()
    except CollinearityError:
        return _unidentified(system)
    try:
        limits = frame.limits
    except WeightsError as error:
        return _nothing(f"rho has no bounds under this W ({error.found})")
    found = _Found.of(fit, system, stage, limits=limits)
    lines = (*found.first_lines(), found.set_line(), found.validity_line(), found.rival_line())
    tables = {"first_stage": found.first_table(), "rho": found.rho_table()}
    return Section(lines, tables, found.notes())


def _nothing(reason: str) -> Section:
    lines = tuple(not_applicable(STRENGTH, question, reason) for question in QUESTIONS)
    return Section(lines, {"first_stage": pd.DataFrame(), "rho": pd.DataFrame()})


def _unidentified(system: System) -> Section:
    first = Line(
        STRENGTH,
        QUESTIONS[0],
        "fails",
        f"{len(system.H_names)} instruments for {len(system.Y_names)} endogenous columns: lags of "
        "the regressors that are no combinations of the others are too few, so rho rests on the "
        "form of the likelihood alone.",
        float(system.H.shape[1]),
    )
    reason = "the instruments do not identify rho"
    rest = tuple(not_applicable(STRENGTH, question, reason) for question in QUESTIONS[1:])
    return Section((first, *rest), {"first_stage": pd.DataFrame(), "rho": pd.DataFrame()})


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Everything that the lines of this item say."""

    fit: RegressionResults
    system: System
    stage: TwoStage
    first: FirstStage
    effective: EffectiveF | None
    plain: AndersonRubin
    robust: AndersonRubin | None
    limits: tuple[float, float]
    rival: RegressionResults | None
    rival_reason: str

    @classmethod
    def of(
        cls,
        fit: RegressionResults,
        system: System,
        stage: TwoStage,
        *,
        limits: tuple[float, float],
    ) -> _Found:
        """Compute all of it."""
        X, Y, Q = system.X, system.Y, system.basis()
        y, x = system.left(system.y[:, None])[:, 0], system.left(Y)
        alone = Y.shape[1] == 1
        clusters, room = system.clusters, system.room
        rival, reason = likelihood_of(fit)
        return cls(
            fit,
            system,
            stage,
            first_stage(Y, X, H=system.H, absorbed=system.frame.absorbed),
            effective_f(x[:, 0], Q, room=room, robust=True, groups=clusters) if alone else None,
            anderson_rubin(y, x[:, -1], Q, room=room, others=x[:, :-1]),
            anderson_rubin(y, x[:, -1], Q, room=room, robust=True, groups=clusters)
            if alone
            else None,
            limits,
            rival,
            reason,
        )

    @property
    def f(self) -> float:
        """First-stage F of Wy, conditional where other columns are endogenous."""
        return float(self.first.conditional_f[-1])

    @property
    def strong(self) -> bool:
        """Whether no measure of strength is below its mark."""
        enough = self.effective is None or self.effective.value >= self.effective.critical
        return self.f >= WEAK and enough

    @property
    def preferred(self) -> AndersonRubin:
        """The test that allows for clusters in a panel; for one variance in a cross-section."""
        if self.robust is not None and self.robust.groups is not None:
            return self.robust
        return self.plain

    def first_lines(self) -> tuple[Line, Line]:
        """Return first-stage F and effective F."""
        count = len(self.system.H_names)
        kind = "conditional " if len(self.system.Y_names) > 1 else ""
        low = self.f < WEAK
        first = Line(
            STRENGTH,
            QUESTIONS[0],
            "fails" if low else "holds",
            f"{count} lags of the regressors instrument Wy with a {kind}first-stage F of "
            f"{number(self.f)}, {'below' if low else 'above'} the 10 of Staiger and Stock: "
            + ("the instruments are weak." if low else "by that rule they are not weak."),
            self.f,
            float(self.first.p_values[-1]),
        )
        if self.effective is None:
            reason = "it is made for one endogenous column; see the conditional F"
            return first, not_applicable(STRENGTH, QUESTIONS[1], reason)
        value, mark = self.effective.value, self.effective.critical
        reading: Reading = "holds" if value >= mark else "in doubt" if value >= WEAK else "fails"
        how = "clusters by region" if self.system.clusters is not None else "any variances"
        return first, Line(
            STRENGTH,
            QUESTIONS[1],
            reading,
            f"Allowing for {how} the effective F is {number(value)}; above {number(mark)} the bias "
            "of two-stage least squares is below a tenth of the worst, at 5 % (Montiel Olea and "
            "Pflueger).",
            value,
        )

    def pieces(self, test: AndersonRubin) -> tuple[tuple[float, float], ...]:
        """Return the set of rho that a test keeps."""
        return test.confidence_set(*self.limits, level=LEVEL)

    def set_line(self) -> Line:
        """Return the Anderson–Rubin set of rho."""
        pieces = self.pieces(self.preferred)
        reading = _set_reading(pieces, self.limits)
        rho = float(self.fit.params[RHO])
        inside = any(low <= rho <= high for low, high in pieces)
        if not pieces:
            told = "is empty: every admissible rho is rejected, so the instruments do not fit"
        else:
            told = f"is {_text(pieces)} within ({number(self.limits[0])}, {number(self.limits[1])})"
            told += f"; the fit's {number(rho)} lies {'inside' if inside else 'outside'}"
            if reading == "in doubt":
                told += "; it reaches an end of the admissible interval, or falls in pieces: the "
                told += "instruments do not bound rho"
        how = "" if self.preferred is self.plain else ", clustered by region"
        return Line(
            STRENGTH,
            QUESTIONS[2],
            reading,
            f"The 95 % set of rho that holds however weak the instruments are{how}, {told}.",
            self.preferred.statistic(0.0),
            self.preferred.p_value(0.0),
        )

    def validity(self) -> tuple[str, float, float]:
        """Return name, statistic and p-value of the over-identification test."""
        Z = np.column_stack([self.system.X, self.system.Y])
        df = self.stage.basis.shape[1] - Z.shape[1]
        if df == 0:
            return "", math.nan, math.nan
        if self.system.clusters is None:
            found = overidentification(self.system.y, Z, stage=self.stage)
            return "Sargan", found.sargan.statistic, found.sargan.pvalue
        j = hansen_j(
            self.system.y,
            Z,
            self.stage.basis,
            e=self.stage.residuals,
            groups=self.system.clusters,
        )
        return "Hansen J by region", j, float(stats.chi2.sf(j, df))

    def validity_line(self) -> Line:
        """Return the over-identification test."""
        name, statistic, p = self.validity()
        if not name:
            reason = "there are no more instruments than endogenous columns"
            return not_applicable(STRENGTH, QUESTIONS[3], reason)
        reading: Reading = "fails" if p < 0.05 else "holds" if self.strong else "in doubt"
        told = {
            "fails": "the instruments disagree about rho: some W(x) belongs in the model, or the "
            "regressors are endogenous",
            "holds": "the instruments agree with each other, which does not prove them valid",
            "in doubt": "the instruments do not disagree, but weak ones hardly could",
        }[reading]
        return Line(
            STRENGTH,
            f"{QUESTIONS[3]}: {name}",
            reading,
            f"{name} {number(statistic)}, {p_text(p)}: {told}.",
            statistic,
            p,
        )

    def rival_line(self) -> Line:
        """Return the difference of ρ by ML and by 2SLS."""
        if self.rival is None:
            return not_applicable(STRENGTH, QUESTIONS[4], self.rival_reason)
        if getattr(self.fit, "effects", "none") in WITHIN:
            reason = "the likelihood of random effects uses differences between regions too, 2SLS "
            reason += "here only what varies within: they may differ for that"
            return not_applicable(STRENGTH, QUESTIONS[4], reason)
        ml, moments = float(self.rival.params[RHO]), float(self.stage.delta[-1])
        gap = moments - ml
        spread = (
            classical_variance(self.system, self.stage) - float(self.rival.std_errors[RHO]) ** 2
        )
        both = f"rho is {number(ml)} by maximum likelihood and {number(moments)} by 2SLS"
        if spread <= 0:
            reason = (
                f"{both}, but 2SLS is not the less precise of the two: the variance of their "
                "difference is not positive"
            )
            return not_applicable(STRENGTH, QUESTIONS[4], reason)
        statistic = gap**2 / spread
        p = float(stats.chi2.sf(statistic, 1))
        reading: Reading = "fails" if p < 0.05 else "holds" if self.strong else "in doubt"
        told = {
            "fails": "they differ by more than chance allows: what the likelihood takes from its "
            "form the instruments do not confirm",
            "holds": "the difference is within chance",
            "in doubt": "the difference is within chance, but instruments this weak would hide one",
        }[reading]
        return Line(
            STRENGTH,
            QUESTIONS[4],
            reading,
            f"{both[0].upper()}{both[1:]} ({p_text(p)}): {told}.",
            gap,
            p,
        )

    def first_table(self) -> pd.DataFrame:
        """Return the first stage, a row an endogenous column."""
        rows = {
            "partial_r2": self.first.partial_r2,
            "shea_r2": self.first.shea_r2,
            "first_stage_f": self.first.f,
            "conditional_f": self.first.conditional_f,
            "p_value": self.first.p_values,
        }
        table = pd.DataFrame(rows, index=pd.Index(self.system.Y_names, name="term"))
        effective = self.effective
        return table.assign(
            effective_f=effective.value if effective else np.nan,
            effective_f_mark=effective.critical if effective else np.nan,
            instruments=len(self.system.H_names),
        )

    def rho_table(self) -> pd.DataFrame:
        """Return ρ by each method, with its interval or the hull of its set."""
        rows: dict[str, dict[str, object]] = {}
        if self.rival is not None:
            rows["ML"] = wald_row(float(self.rival.params[RHO]), float(self.rival.std_errors[RHO]))
        rows["2SLS"] = wald_row(*two_stage_rho(self.system, self.stage))
        rows["Anderson–Rubin, one variance"] = self._set_row(self.plain)
        if self.robust is not None:
            word = "clustered by region" if self.robust.groups is not None else "any variances"
            rows[f"Anderson–Rubin, {word}"] = self._set_row(self.robust)
        columns = ["estimate", "std_error", "p_value", "conf_low", "conf_high", "set"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis(
            "estimator"
        )

    def _set_row(self, test: AndersonRubin) -> dict[str, object]:
        pieces = self.pieces(test)
        return {
            "p_value": test.p_value(0.0),
            "conf_low": pieces[0][0] if pieces else math.nan,
            "conf_high": pieces[-1][1] if pieces else math.nan,
            "set": _text(pieces),
        }

    def notes(self) -> tuple[str, ...]:
        """Return what the reader of this item must know."""
        named = ", ".join(self.system.H_names[:6])
        more = len(self.system.H_names) - 6
        out = [f"Instruments of Wy: {named}{f' and {more} more' if more > 0 else ''}."]
        if self.fit.model in ("sac", "gns"):
            out.append(
                "The equation behind the instruments is filtered by the fit's lambda, as if known."
            )
        if getattr(self.fit, "effects", "none") in WITHIN:
            out.append(
                "Instruments are looked at within regions or periods: random effects as fixed."
            )
        if self.system.frame.groups is not None and self.system.clusters is None:
            out.append("Too few regions for clusters beside so many instruments: one variance.")
        return tuple(out)


def _set_reading(pieces: tuple[tuple[float, float], ...], limits: tuple[float, float]) -> Reading:
    if not pieces:
        return "fails"
    air = 1e-6 * (limits[1] - limits[0])
    bounded = pieces[0][0] > limits[0] + air and pieces[-1][1] < limits[1] - air
    return "holds" if bounded and len(pieces) == 1 else "in doubt"


def _text(pieces: tuple[tuple[float, float], ...]) -> str:
    if not pieces:
        return "empty"
    return " and ".join(f"[{number(low)}, {number(high)}]" for low, high in pieces)
