"""Entry models: do regions take up what is related to what they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import coefficient_table, critical_value, one_row
from workbench.errors import InputError, check_number, check_option
from workbench.innovation.activity_space.closeness import RelatednessDensity
from workbench.innovation.activity_space.entry_fits import Estimated, estimate
from workbench.innovation.activity_space.entry_sample import DENSITY, EntrySample, entry_sample
from workbench.innovation.activity_space.moves import Transitions
from workbench.typing import EntryEffect, EntryModelKind, FloatArray, Tolerance, words

BINS = 10
"""Groups of equal size by density, whose rates are shown."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EntryModelResult:
    """An entry or exit model; immutable.

    Attributes
    ----------
    kind : {"entry", "exit"}
        What is explained.
    model : {"linear", "logit", "conditional-logit"}
    effects, clusters : tuple of str
        Fixed effects, and by what standard errors are clustered.
    params, std_errors : pandas.Series
        By term.
    cov : pandas.DataFrame
        Of the terms that are shown; dummies of a logit are not.
    nobs, events : int
        Rows at risk, and how many of them it happened in.
    df : float or None
        Degrees of freedom of Student's t: the smaller number of clusters less one; None for the
        normal distribution.
    rsquared : float
        Of a linear model within what the effects leave; of a logit McFadden's.
    loglik : float
        Missing for a linear model.
    slope : float
        What a unit of density adds to the probability, averaged over the rows; of a conditional
        logit to the log odds.
    slope_se : float
    means : dict
        Mean density, and the probability at risk, of the rows used.
    rates : pandas.DataFrame
        Ten groups of equal size by density: ``density observed_rate rows``.
    provenance : Provenance
    notes : tuple of str
    """

    kind: str
    model: EntryModelKind
    effects: tuple[EntryEffect, ...]
    clusters: tuple[EntryEffect, ...]
    params: pd.Series[Any]
    std_errors: pd.Series[Any]
    cov: pd.DataFrame
    nobs: int
    events: int
    df: float | None
    rsquared: float
    loglik: float
    slope: float
    slope_se: float
    means: dict[str, float]
    rates: pd.DataFrame
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """How close a rerun comes."""
        return "closed form" if self.model == "linear" else "maximum likelihood"

    @property
    def heading(self) -> str:
        """What was estimated."""
        name = {"linear": "linear probability", "logit": "logit"}.get(
            self.model, "conditional logit"
        )
        beside = (
            say("; fixed effects of {effects}", effects=", ".join(self.effects))
            if self.effects
            else ""
        )
        return say(
            "{kind} of activities, {name}{beside}",
            kind=say(self.kind).capitalize(),
            name=say(name),
            beside=beside,
        )

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return ``estimate std_error statistic p_value conf_low conf_high`` by term."""
        return coefficient_table(
            list(self.params.index),
            self.params.to_numpy(),
            self.std_errors.to_numpy(),
            df=self.df,
            level=level,
        )

    def change(self, by: float = 0.10, *, level: float = 0.95) -> pd.DataFrame:
        """Return by how many per cent the probability changes with density.

        Parameters
        ----------
        by : float
            Growth of density from its mean: 0.10 is 10 %.
        level : float

        Returns
        -------
        DataFrame
            Rows: density higher by that share of its mean, by one standard deviation, and by 10
            points where density is in per cent (0.1 where it is a share). Columns ``estimate
            std_error conf_low conf_high`` in per cent of the mean probability; of a conditional
            logit in per cent of the odds, which is the same where the event is rare.
        """
        check_number("by", by, above=-1.0)
        mean, spread = self.means["density"], self.means["density_std"]
        steps = {
            f"density up {by:.0%} of its mean": by * mean,
            "density up one standard deviation": spread,
            f"density up {self.means['points']:g} points": self.means["points"],
        }
        step = np.array(list(steps.values()))
        half = critical_value(level, df=self.df)
        estimate, error = step * self.slope, np.abs(step) * self.slope_se
        low, high = estimate - half * error, estimate + half * error
        if self.model == "conditional-logit":
            columns = [100 * np.expm1(estimate), 100 * np.exp(estimate) * error,
                       100 * np.expm1(low), 100 * np.expm1(high)]  # fmt: skip
        else:
            unit = 100 / self.means["probability"]
            columns = [unit * estimate, unit * error, unit * low, unit * high]
        names = ["estimate", "std_error", "conf_low", "conf_high"]
        table = dict(zip(names, columns, strict=True))
        return pd.DataFrame(table, index=pd.Index(list(steps), name="change"))

    def glance(self) -> pd.DataFrame:
        """Return one row: ``model nobs moves move_rate rsquared loglik``."""
        return one_row(
            model=self.model,
            nobs=self.nobs,
            moves=self.events,
            move_rate=self.events / self.nobs,
            rsquared=self.rsquared,
            loglik=self.loglik,
        )

    def augment(self) -> pd.DataFrame:
        """Return rates of ten groups by density: ``density observed_rate rows``."""
        return self.rates.copy()

    def plot(self, *, title: str | None = None) -> Any:
        """Return rates by density with the fitted slope; options in ``views.relatedness``."""
        return display.picture("entry by density", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        of = "odds" if self.model == "conditional-logit" else "probability"
        return [
            ("", self.tidy()),
            (f"Change of the {of}, in per cent", self.change()),
            ("", self.glance()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def entry_model(
    transitions: Transitions,
    density: RelatednessDensity,
    *,
    model: EntryModelKind = "linear",
    region_controls: pd.DataFrame | None = None,
    activity_controls: pd.DataFrame | None = None,
    pair_controls: Mapping[str, pd.DataFrame] | None = None,
    effects: Sequence[EntryEffect] | None = None,
    clusters: Sequence[EntryEffect] | None = None,
) -> EntryModelResult:
    """Estimate how relatedness density moves the probability of entry, or of exit.

    Parameters
    ----------
    transitions : Transitions
        From :func:`entries` or :func:`exits`; rows are the cells at risk.
    density : RelatednessDensity
        Of the same data: that of the period in which an interval starts is used.
    model : {"linear", "logit", "conditional-logit"}
        Probabilities by least squares; Λ(Xβ) by maximum likelihood; or the logit given how many a
        group has, which needs no estimates of the group's effect and has no other effects. The
        last walks through every group in Python: thousands of rows a group take minutes.
    region_controls : DataFrame, optional
        Indexed by region, or by (region, period) with the period in which the interval starts;
        a column a term.
    activity_controls : DataFrame, optional
        Indexed by activity, or by (activity, period).
    pair_controls : mapping of str to DataFrame, optional
        Name of a term to its table of regions, or (region, period), × activities.
    effects : sequence of {"region", "activity", "period"}, optional
        Fixed effects. By default those of a linear model are all that there are several of; of a
        logit none; of a conditional logit the one group, the region.
    clusters : sequence of {"region", "activity", "period"}, optional
        At most two; standard errors allow for any dependence within. By default region and
        activity; of a conditional logit the group, and no other.

    Returns
    -------
    EntryModelResult
        ``tidy() change() glance() augment() plot()``.

    Raises
    ------
    InputError, OptionError
        If an option or a combination cannot be used.
    IdError, ValuesError
        If rows or controls do not match, are missing, infinite or constant; if nothing or
        everything happened; if outcomes are separated, naming by what.
    CollinearityError
        If a term is a combination of others or is taken up by the effects.
    ConvergenceError
        If a likelihood does not settle.

    Notes
    -----
    The effect is read off relative to the mean probability p̄ of the rows: with a linear slope β,
    density higher by 10 % of its mean d̄ moves it by 100 · β · 0.1 d̄ / p̄ per cent; of a logit β is
    the average marginal effect, by the delta method with the sandwich covariance.

    Density is estimated from the very table of which entries are explained; own activities are
    left out of it unless the caller included them. Effects of regions and activities use up many
    degrees of freedom: standard errors do not count those that are themselves clusters, as in
    Stata's reghdfe. A logit with dummies of effects is biased where a region or activity has few
    rows (Neyman and Scott 1948): then take the conditional one.

    References
    ----------
    Boschma, R., Balland, P.-A. and Kogler, D. F. (2015). Relatedness and technological change in
    cities. Industrial and Corporate Change 24(1), 223-250.

    Cameron, A. C., Gelbach, J. and Miller, D. (2011). Robust inference with multiway clustering.
    Journal of Business and Economic Statistics 29, 238-249.

    Examples
    --------
    >>> from workbench.innovation.activity_space import entries, relatedness_density
    >>> rng = np.random.default_rng(0)
    >>> names = dict(index=[f"r{i:02}" for i in range(30)], columns=[f"a{i:02}" for i in range(20)])
    >>> first = pd.DataFrame(rng.poisson(3, (30, 20)) + 1, **names)
    >>> data = {2010: first, 2015: first + rng.poisson(2, (30, 20))}
    >>> found = entry_model(entries(data), relatedness_density(data), effects=["activity"])
    >>> found.params.index.tolist(), found.nobs
    (['density'], 311)
    """
    check_option("model", model, EntryModelKind)
    sample = entry_sample(transitions, density, region_controls, activity_controls, pair_controls)
    used = _effects(model, effects, sample)
    by = _clusters(model, clusters, used)
    found = estimate(model, sample, used, by)
    kept = found.rows
    y, d = sample.y[kept], sample.X[kept, 0]
    notes = (*sample.notes, *found.notes)
    names = found.names
    return EntryModelResult(
        kind=transitions.kind,
        model=model,
        effects=used,
        clusters=by,
        params=pd.Series(found.params, index=names, name="estimate"),
        std_errors=pd.Series(np.sqrt(np.diag(found.cov)), index=names, name="std_error"),
        cov=pd.DataFrame(found.cov, index=names, columns=names),
        nobs=len(y),
        events=int(y.sum()),
        df=_df(by, sample, kept),
        rsquared=found.rsquared,
        loglik=found.loglik,
        slope=found.slope,
        slope_se=found.slope_se,
        means={"density": float(d.mean()), "density_std": float(d.std()),
               "probability": float(y.mean()),
               "points": 10.0 if density.scale == "percent" else 0.1},
        rates=_rates(y, d),
        provenance=_provenance(transitions, density, model, used, by, found, sample),
        notes=notes,
    )  # fmt: skip


def _provenance(
    transitions: Transitions,
    density: RelatednessDensity,
    model: EntryModelKind,
    effects: tuple[EntryEffect, ...],
    clusters: tuple[EntryEffect, ...],
    found: Estimated,
    sample: EntrySample,
) -> Provenance:
    return Provenance(
        method=f"{transitions.kind} model",
        formula=f"{transitions.kind} ~ {' + '.join(sample.names)}",
        nobs=int(found.rows.sum()),
        ids_digest=ids_digest(sample.rows.get_level_values("region").unique()),
        notes=(*sample.notes, *found.notes),
        options={
            "model": model,
            "effects": ", ".join(effects) or "none",
            "clusters": ", ".join(clusters) or "none",
            **{f"transitions {k}": v for k, v in transitions.provenance.options.items()},
            **{f"density {k}": v for k, v in density.provenance.options.items()},
        },
    )


def _effects(
    model: EntryModelKind, effects: Sequence[EntryEffect] | None, sample: EntrySample
) -> tuple[EntryEffect, ...]:
    if effects is None:
        several = tuple(name for name, codes in sample.codes.items() if codes.max() > 0)
        return {"linear": several, "logit": (), "conditional-logit": ("region",)}[model]
    used = _chosen("effects", effects)
    if model == "conditional-logit" and len(used) != 1:
        raise InputError(
            "effects",
            expected="one group, given whose number of events the likelihood is",
            found=", ".join(used) or "none",
            remedy='effects=["region"], or model="linear" for several',
        )
    single = [name for name in used if sample.codes[name].max() == 0]
    if single:
        raise InputError(
            "effects",
            expected="effects of what there are several of",
            found=f"one {single[0]} only",
            remedy=f"leave {single[0]!r} out",
        )
    return used


def _clusters(
    model: EntryModelKind, clusters: Sequence[EntryEffect] | None, used: tuple[EntryEffect, ...]
) -> tuple[EntryEffect, ...]:
    if clusters is None:
        return used if model == "conditional-logit" else ("region", "activity")
    by = _chosen("clusters", clusters)
    if len(by) > 2 or (model == "conditional-logit" and by != used):
        raise InputError(
            "clusters",
            expected="at most two" if len(by) > 2 else f"the group, {used[0]!r}",
            found=", ".join(by) or "none",
            remedy='clusters=["region", "activity"]' if len(by) > 2 else "leave clusters out",
        )
    return by


def _chosen(argument: str, given: Sequence[EntryEffect]) -> tuple[EntryEffect, ...]:
    if isinstance(given, str):
        raise InputError(
            argument,
            expected="a list of words",
            found=repr(given),
            remedy=f"{argument}=[{given!r}]",
        )
    for word in given:
        check_option(argument, word, EntryEffect)
    return tuple(word for word in words(EntryEffect) if word in given)  # type: ignore[misc]


def _df(by: tuple[EntryEffect, ...], sample: EntrySample, kept: Any) -> float | None:
    if not by:
        return None
    return float(min(len(np.unique(sample.codes[name][kept])) for name in by) - 1)


def _rates(y: FloatArray, d: FloatArray) -> pd.DataFrame:
    groups = np.array_split(np.argsort(d, kind="stable"), min(BINS, len(d)))
    return pd.DataFrame(
        {
            DENSITY: [d[group].mean() for group in groups],
            "observed_rate": [y[group].mean() for group in groups],
            "rows": [len(group) for group in groups],
        },
        index=pd.RangeIndex(1, len(groups) + 1, name="group"),
    )
