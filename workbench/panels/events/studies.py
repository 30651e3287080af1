"""Event studies and staggered difference-in-differences, with spillovers on neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed, generator
from workbench.core.statistics import Answer, NotApplicable, chi2_test
from workbench.core.vocabulary import check_level
from workbench.errors import InputError, check_option, unknown_option
from workbench.panels.events.designs import dummies_of
from workbench.panels.events.samples import OWN, EventSample, event_sample
from workbench.panels.fit import fit_basis
from workbench.panels.linear.covariances import with_covariance
from workbench.regression.parameters import inference, square_root
from workbench.regression.specification import Specification
from workbench.typing import Align, Averaged, Comparison, EventMethod, FloatArray, Missing
from workbench.weights import WeightsLike

BAND_DRAWS = 20_000
TITLES = {
    "two-way": "leads and lags with two-way fixed effects",
    "sun-abraham": "interaction-weighted (Sun and Abraham)",
    "callaway-santanna": "group-time averages (Callaway and Sant'Anna)",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class EventStudy:
    """Effects by time since treatment.

    Attributes
    ----------
    outcome : str
    table : DataFrame
        Index (effect, time): ``own`` treatment, and ``exposure`` of regions never treated to
        treated neighbours (``exposure: name`` of several weights); time since its begin in
        periods. Columns: estimate to conf_high, ``band_low band_high``, which hold for all times of
        an effect at once, and ``nobs``, rows under it. The reference period is a row of zeros
        without error.
    cells : DataFrame
        Index (effect, cohort, period): estimates of each cohort, None for ``"two-way"``.
    cov : DataFrame
        Covariance of the estimates of `table` without the reference.
    df : float or None
        Degrees of freedom of Student's t.
    method, level : str, float
    notes : tuple of str
    provenance : Provenance
    """

    outcome: str
    table: pd.DataFrame
    cells: pd.DataFrame | None
    cov: pd.DataFrame
    df: float | None
    method: str
    level: float
    notes: tuple[str, ...]
    provenance: Provenance

    def tidy(self) -> pd.DataFrame:
        """Return the table, a row an effect and time."""
        return self.table.copy()

    def pretrend(self, effect: str = OWN) -> Answer:
        """Return the joint test that all effects before treatment are zero (Wald, chi-square).

        Parameters
        ----------
        effect : str
            ``"own"``, ``"exposure"`` or another of the table.

        Raises
        ------
        OptionError
            If the table does not have the effect.

        Examples
        --------
        >>> import workbench as wb
        >>> panel = wb.load("munnell-1990")
        >>> begun = panel.index.get_level_values(0).map({"US-TX": 1975, "US-CA": 1978})
        >>> found = wb.panels.event_study("log(gsp)", panel.assign(begun=begun), treated="begun",
        ...                               method="two-way", window=(-3, 3))
        >>> found.pretrend().df
        (2.0,)
        """
        if effect not in self.table.index.unique("effect"):
            raise unknown_option("effect", effect, self.table.index.unique("effect"))
        name, null = "Pre-trend", "effects before treatment are zero"
        leads = [key for key in self.cov.index if key[0] == effect and key[1] < 0]
        if not leads:
            return NotApplicable(name, null, "there is no period before the reference")
        if self.df is not None and len(leads) > self.df:
            return NotApplicable(name, null, "there are no more clusters than leads")
        b = self.table.loc[leads, "estimate"].to_numpy()
        V = self.cov.loc[leads, leads].to_numpy()
        return chi2_test(name, float(b @ np.linalg.solve(V, b)), len(leads), null=null)

    def average(self, by: Averaged = "times") -> pd.DataFrame:
        """Return the mean effect from treatment on, a row an effect, with intervals.

        Parameters
        ----------
        by : {"times", "rows"}
            ``"times"``: every time since treatment counts alike; ``"rows"``: every region and
            period under treatment does, so that early times, which more cohorts reach, count more
            (Callaway and Sant'Anna's simple average effect on the treated). Numbers of rows are
            taken as given.

        Returns
        -------
        pandas.DataFrame
            Index ``effect``, columns of an estimate with its interval.

        References
        ----------
        Callaway, B. and Sant'Anna, P. (2021). Journal of Econometrics 225, 200–230, section 3.

        Examples
        --------
        >>> import workbench as wb
        >>> panel = wb.load("munnell-1990")
        >>> begun = panel.index.get_level_values(0).map({"US-TX": 1975, "US-CA": 1978})
        >>> found = wb.panels.event_study("log(gsp)", panel.assign(begun=begun), treated="begun",
        ...                               method="two-way", window=(-3, 3))
        >>> found.average(by="rows").index.tolist()
        ['own']
        """
        check_option("by", by, Averaged)
        rows = {}
        for effect in self.cov.index.unique(0):
            after = [key for key in self.cov.index if key[0] == effect and key[1] >= 0]
            size = self.table.loc[after, "nobs"].to_numpy(dtype=float)
            a = np.ones(len(after)) if by == "times" else size
            a = a / a.sum()
            values = np.array([a @ self.table.loc[after, "estimate"].to_numpy()])
            variance = a @ self.cov.loc[after, after].to_numpy() @ a
            found = inference(values, np.sqrt([variance]), df=self.df, level=self.level)
            rows[effect] = {name: float(column[0]) for name, column in found.items()}
        return pd.DataFrame(rows).T.rename_axis("effect")

    def plot(self, *, title: str = "") -> Any:
        """Draw estimates with intervals and simultaneous bands, a panel an effect."""
        return display.picture("event study", self, title=title)

    def _heading(self) -> str:
        return f"Event study, {TITLES[self.method]}: {self.outcome}"

    def __str__(self) -> str:
        parts = [("", self.table), ("Mean from treatment on", self.average())]
        return display.text(self._heading(), parts, self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [("", self.table), ("Mean from treatment on", self.average())]
        return display.html(self._heading(), parts, self.notes)


def event_study(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike | Mapping[str, WeightsLike] | None = None,
    *,
    treated: str,
    method: EventMethod = "sun-abraham",
    comparison: Comparison = "never",
    window: tuple[int, int] | None = None,
    threshold: float = 0.0,
    covariance: Any = "clustered",
    level: float = 0.95,
    seed: int = 0,
    align: Align = "strict",
    missing: Missing = "error",
) -> EventStudy:
    """Estimate effects by time since treatment where regions are treated at different times.

    Parameters
    ----------
    formula : str
        Outcome, ``"log(gsp)"``, or outcome and covariates, ``"log(gsp) ~ unemp"``.
    data : DataFrame
        Indexed by (region, period), rows in any order.
    W : Weights, Graph or W, or mapping of str to these, optional
        Weights of the regions; several by name (rings, say) have an effect each,
        ``exposure: name``, beside one another. Regions never treated are exposed from the first
        period in which W × treated exceeds `threshold`; they are no comparison then, but have
        effects of their own (``exposure``), and rows of regions that are exposed before they are
        treated are left out (Butts 2021).
    treated : str
        Column with the first period of treatment, the same in all rows of a region; missing for
        regions never treated. Treatment lasts.
    method : {"sun-abraham", "two-way", "callaway-santanna"}
        ``"sun-abraham"``: effects of each cohort at each time, by a saturated regression with
        two-way effects, averaged by the cohorts' shares. ``"callaway-santanna"``: changes since
        the last period before treatment less those of comparison regions, likewise averaged; no
        covariates, balanced panels. ``"two-way"``: one effect a time for all cohorts, which mixes
        other times' effects into each where cohorts differ: for comparison.
    comparison : {"never", "not-yet"}
        Of ``"callaway-santanna"``: regions never treated, or also those treated later.
    window : (int, int), optional
        First and last time to report, e.g. ``(-5, 8)``; of ``"two-way"``, earlier and later times
        are in these ends.
    threshold : float
        Of the exposure.
    covariance : str, Clustered or Conley
        As ``with_covariance`` of a panel fit; ``"callaway-santanna"`` has ``"clustered"`` only.
    level : float
        Of intervals and bands.
    seed : int
        Of the draws behind simultaneous bands.
    align, missing : str
        As in :func:`workbench.fit`.

    Returns
    -------
    EventStudy

    Raises
    ------
    InputError
        If treatment changes within a region, nobody is treated, or no comparison is left.

    Notes
    -----
    Effects before −1 are relative to −1, the last period before treatment. Shares of cohorts are
    taken as given by ``"sun-abraham"`` and as estimated by ``"callaway-santanna"``. Bands are
    sup-t: the critical value is that of the largest of correlated t-ratios (Montiel Olea and
    Plagborg-Møller 2019).

    References
    ----------
    Sun, L. and Abraham, S. (2021). Journal of Econometrics 225, pp. 175-199. Callaway, B. and
    Sant'Anna, P. (2021). Journal of Econometrics 225, pp. 200-230. Butts, K. (2021).
    Difference-in-differences estimation with spatial spillovers. arXiv 2105.03737.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.panels import event_study
    >>> panel = wb.load("munnell-1990")
    >>> begun = {"US-TX": 1975, "US-CA": 1978, "US-NY": 1978, "US-OH": 1975}
    >>> region = panel.index.get_level_values("region")
    >>> found = event_study("log(gsp)", panel.assign(begun=region.map(begun)), treated="begun",
    ...                     window=(-3, 3))
    >>> found.table.index.get_level_values("time").tolist()
    [-3, -2, -1, 0, 1, 2, 3]
    """
    check_option("method", method, EventMethod)
    check_option("comparison", comparison, Comparison)
    check_level(level)
    check_seed(seed)
    _refuse_window(window)
    specification = Specification(
        formula if "~" in str(formula) else f"{formula} ~ 1",
        effects="two-way",
        covariance="clustered",
        align=align,
        missing=missing,
    )
    sample = event_sample(specification, data, W, treated=treated, threshold=threshold)
    if method == "callaway-santanna":
        from workbench.panels.events.group_time import by_group_time

        found = by_group_time(sample, comparison, window, covariance)
    else:
        found = _by_regression(sample, method, window, covariance)
    keys, estimates, cov, df, cells, rows, notes = found
    table = _table(keys, estimates, cov, df=df, level=level, seed=seed)
    counted = pd.Series(rows, index=pd.MultiIndex.from_tuples(keys), dtype=float)
    table["nobs"] = counted.reindex(table.index).to_numpy()
    index = pd.MultiIndex.from_tuples(keys, names=["effect", "time"])
    options = {"method": method, "comparison": comparison, "treated": treated}
    return EventStudy(
        formula,
        table,
        cells,
        pd.DataFrame(cov, index=index, columns=index),
        df,
        method,
        level,
        (*sample.notes, *notes),
        replace(sample.provenance(method), options=options, seed=seed),
    )


def _by_regression(
    sample: EventSample, method: str, window: tuple[int, int] | None, covariance: Any
) -> Any:
    """Estimate leads and lags, or cells of cohorts and times, with two-way fixed effects."""
    made = dummies_of(sample, saturated=method == "sun-abraham", window=window)
    fit = fit_basis(made.basis)
    if not isinstance(covariance, str) or covariance != "clustered":
        fit = with_covariance(fit, covariance)
    terms = list(fit.params.index)
    at = [terms.index(name) for name in made.names]
    params, V = fit.estimates.values[at], fit.estimates.cov[np.ix_(at, at)]
    keys = list(made.weights)
    A = np.array([made.weights[key] for key in keys])
    df = fit.estimates.df
    notes = (f"Standard errors are {fit.estimates.covariance}.", *made.notes, *fit.estimates.notes)
    cells = None
    if method == "sun-abraham":
        columns = {"estimate": params, "std_error": np.sqrt(np.diag(V))}
        cells = pd.DataFrame(columns, index=made.cells)
    known = df if isinstance(df, float) else None
    return keys, A @ params, A @ V @ A.T, known, cells, list(made.rows.values()), notes


def _table(
    keys: Sequence[tuple[str, int]],
    estimates: FloatArray,
    cov: FloatArray,
    *,
    df: float | None,
    level: float,
    seed: int,
) -> pd.DataFrame:
    """Return the rows of all effects and times, the reference period among them."""
    error = np.sqrt(np.diag(cov))
    columns = inference(estimates, error, df=df, level=level)
    index = pd.MultiIndex.from_tuples(keys, names=["effect", "time"])
    table = pd.DataFrame(columns, index=index)
    half = np.empty(len(error))
    for effect in index.unique(0):
        rows = index.get_level_values(0) == effect
        part = cov[np.ix_(rows, rows)]
        half[rows] = sup_t(part, df=df, level=level, seed=seed) * error[rows]
    table["band_low"], table["band_high"] = estimates - half, estimates + half
    for effect in index.unique(0):
        table.loc[(effect, -1), :] = np.nan
        table.loc[(effect, -1), "estimate"] = 0.0
    effects = dict.fromkeys(key[0] for key in keys)
    order = [(effect, time) for effect in effects for time in sorted(table.loc[effect].index)]
    return table.loc[order]


def sup_t(cov: FloatArray, *, df: float | None, level: float, seed: int) -> float:
    """Return the level's quantile of the largest absolute t-ratio of correlated estimates.

    Parameters
    ----------
    cov : ndarray, shape (q, q)
    df : float or None
        Of Student's t; None for the normal distribution.
    level : float
    seed : int

    Examples
    --------
    >>> round(sup_t(np.eye(1), df=None, level=0.95, seed=0), 1)
    2.0
    """
    scale = np.sqrt(np.diag(cov))
    root = square_root(cov / np.outer(scale, scale))
    random = generator(seed, "bands")
    draws = random.standard_normal((BAND_DRAWS, len(scale))) @ root.T
    if df is not None:
        draws /= np.sqrt(random.chisquare(df, (BAND_DRAWS, 1)) / df)
    return float(np.quantile(np.abs(draws).max(axis=1), level))


def _refuse_window(window: tuple[int, int] | None) -> None:
    if window is None:
        return
    whole = isinstance(window, tuple) and len(window) == 2 and all(type(e) is int for e in window)
    if not whole or window[0] > -1 or window[1] < 0:
        raise InputError(
            "window",
            expected="first and last time since treatment, as (-5, 8)",
            found=repr(window),
            remedy="window=(-5, 8)",
        )
