"""The Bass model: how fast an innovation spreads by itself and by imitation, region by region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.periods import times
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import check_level, coefficient_table
from workbench.errors import (
    PanelError,
    check_option,
    check_whole,
    listing,
)
from workbench.innovation.diffusion.adopters import (
    WHOLE,
    launched,
    markets,
    new_adopters,
    read_adoptions,
    refuse_gaps,
)
from workbench.numerics.diffusion import bass as kernel
from workbench.typing import AdoptionKind, BassForm, FloatArray, Tolerance

TERMS = ("market", "innovation", "imitation")
REASONS: Mapping[str, str] = {
    "no market": "the curve has hardly begun to bend: slower adoption in any larger market fits as "
    "well",
    "no imitation": "adoption falls from the first period on, q would be zero",
    "no innovators": "adoption is over within a period or two, or begins so long after the launch "
    "that p would be zero",
    "too few periods": "there are no more periods than parameters",
    "nothing adopted": "there are no adopters",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BassDiffusion:
    """Bass curves of regions, or of one series; immutable.

    Attributes
    ----------
    variable : str
        What spreads.
    adoptions : pandas.DataFrame
        New adopters, a row a region and a column a period.
    fits : mapping of region to numerics.diffusion.bass.BassFit
    form : {"interval", "density"}
    start, end : ndarray, shape (T,)
        Periods as intervals of time since the launch.
    launch : float
        The point in time at which nobody has adopted.
    provenance : Provenance
    notes : tuple of str
    """

    variable: str
    adoptions: pd.DataFrame
    fits: Mapping[Any, kernel.BassFit]
    form: BassForm
    start: FloatArray
    end: FloatArray
    launch: float
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "maximum likelihood"

    @property
    def heading(self) -> str:
        """What spread, where and when."""
        first, last = (period_text(period) for period in self.adoptions.columns[[0, -1]])
        many = len(self.adoptions)
        what = say(", {many} regions", many=many) if many > 1 else ""
        return say(
            "Bass diffusion of {variable}, {first} to {last}{what}",
            variable=self.variable,
            first=first,
            last=last,
            what=what,
        )

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a region and parameter: market m, innovation p, imitation q.

        Columns ``estimate std_error statistic p_value conf_low conf_high``; Student's t. A market
        that was given has no standard error. Curves that could not be fitted are left out;
        :meth:`glance` names them.
        """
        frames: dict[Any, pd.DataFrame] = {}
        for region, fit in self._fitted.items():
            se = np.sqrt(np.diag(fit.cov))
            se[se == 0] = np.nan
            estimates = np.array([fit.market, fit.p, fit.q])
            frames[region] = coefficient_table(TERMS, estimates, se, df=fit.df, level=level)
        if not frames:
            none = coefficient_table([], np.array([]), np.array([]), df=1.0, level=level)
            names = [self.adoptions.index.name, "term"]
            return none.set_axis(pd.MultiIndex.from_arrays([[], []], names=names))
        table: pd.DataFrame = pd.concat(frames, names=[self.adoptions.index.name])
        return table

    def glance(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a region: the curve in short.

        Columns ``market innovation imitation peak peak_low peak_high adopted_share rsquared status
        reason``. The peak of adoption is t* = ln(q/p)/(p + q) after the launch (Bass 1969, eq. 12),
        in units of the periods, with an interval by the delta method; where p ≥ q adoption falls
        from the start and there is none. A period's number is its end: a peak of 1985.6 lies 0.6
        years after the end of 1985. ``adopted_share`` is what has adopted by the last period over
        the market, before the record by the curve.
        """
        check_level(level)
        total = self.adoptions.sum(axis=1)
        rows = {region: self._row(fit, total[region], level) for region, fit in self.fits.items()}
        return pd.DataFrame(list(rows.values()), index=self.adoptions.index)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: parameters, and a row a region with its curve in short."""
        return {"Parameters": self.tidy(), "Curves": self.glance()}

    def augment(self) -> pd.DataFrame:
        """Return a row a region and period: ``adopted``, ``fitted`` and ``residual``."""
        index = pd.MultiIndex.from_product([self.adoptions.index, self.adoptions.columns])
        curves = [
            self._curve(self.fits[region], self.start, self.end) for region in index.levels[0]
        ]
        table = pd.DataFrame({"adopted": self.adoptions.to_numpy().ravel()}, index=index)
        table["fitted"] = np.concatenate(curves)
        table["residual"] = table["adopted"] - table["fitted"]
        return table

    def forecast(self, periods: int, *, level: float = 0.95) -> pd.DataFrame:
        """Return new and cumulative adopters of the periods to come.

        Parameters
        ----------
        periods : int
            How many, each as long as the last one of the record.
        level : float
            Of the intervals, which hold the curve (delta method), not what happens around it.

        Returns
        -------
        DataFrame
            A row a region and period: ``prediction conf_low conf_high`` of new adopters and
            ``cumulative_adopters``. Curves that could not be fitted are left out.

        Raises
        ------
        InputError
            If `periods` is no positive whole number.
        """
        count = check_whole("periods", periods)
        step = self.end[-1] - self.start[-1]
        start = self.end[-1] + step * np.arange(count)
        frames = {
            region: self._ahead(fit, start, start + step, level)
            for region, fit in self._fitted.items()
        }
        if not frames:
            raise PanelError(
                "forecast",
                expected="at least one curve that could be fitted",
                found="none",
                why=REASONS[next(iter(self.fits.values())).status],
            )
        ahead: pd.DataFrame = pd.concat(frames, names=[self.adoptions.index.name])
        return ahead

    def plot(self, *, title: str | None = None) -> Any:
        """Return the curves with what was observed; options in ``views.diffusion``."""
        return display.picture("bass", self, title=title)

    @property
    def _fitted(self) -> dict[Any, kernel.BassFit]:
        return {region: fit for region, fit in self.fits.items() if fit.status == "fitted"}

    def _missed(self, fit: kernel.BassFit) -> float:
        """Return the share that adopted between the launch and the first period, by the curve."""
        return float(kernel.cumulative(self.start[:1], fit.p, fit.q)[0])

    def _curve(self, fit: kernel.BassFit, start: FloatArray, end: FloatArray) -> FloatArray:
        if fit.status != "fitted":
            return np.full(len(start), np.nan)
        return fit.market * kernel.expected(start, end, fit.p, fit.q, self.form)[0]

    def _ahead(
        self, fit: kernel.BassFit, start: FloatArray, end: FloatArray, level: float
    ) -> pd.DataFrame:
        shape, slopes = kernel.expected(start, end, fit.p, fit.q, self.form)
        columns = np.column_stack([shape, fit.market * slopes])
        wide = stats.t.isf((1 - check_level(level)) / 2, fit.df) * np.sqrt(
            np.einsum("ti,ij,tj->t", columns, fit.cov, columns)
        )
        mean = fit.market * shape
        return pd.DataFrame(
            {
                "prediction": mean,
                "conf_low": mean - wide,
                "conf_high": mean + wide,
                "cumulative_adopters": fit.market * kernel.cumulative(end, fit.p, fit.q),
            },
            index=pd.Index(self.launch + end, name=self.adoptions.columns.name),
        )

    def _row(self, fit: kernel.BassFit, total: float, level: float) -> dict[str, object]:
        peak, se = _peak(fit)
        wide = stats.t.isf((1 - level) / 2, fit.df) * se if fit.df > 0 else np.nan
        return {
            "market": fit.market,
            "innovation": fit.p,
            "imitation": fit.q,
            "peak": self.launch + peak,
            "peak_low": self.launch + peak - wide,
            "peak_high": self.launch + peak + wide,
            "adopted_share": total / fit.market + self._missed(fit),
            "rsquared": fit.rsquared,
            "status": fit.status,
            "reason": REASONS.get(fit.status, ""),
        }

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        if len(self.fits) == 1 and not self._fitted:
            return [("", self.glance()[["status", "reason"]])]
        short = self.glance().drop(columns=["reason"])
        # four digits of a year tell nothing of its tenths
        peaks = ["peak", "peak_low", "peak_high"]
        short[peaks] = short[peaks].map(lambda year: "" if np.isnan(year) else f"{year:.1f}")
        if len(short) == 1:
            return [("", self.tidy().droplevel(0)), ("Peak", short.drop(columns=list(TERMS)))]
        return [("", short)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def bass(
    adoptions: pd.Series[Any] | pd.DataFrame,
    *,
    kind: AdoptionKind = "new",
    market: float | pd.Series[Any] | None = None,
    form: BassForm = "interval",
    launch: float | None = None,
) -> BassDiffusion:
    """Fit the Bass model to adoption over time, of one series or of each region.

    Parameters
    ----------
    adoptions : Series or DataFrame
        A Series by period; or of regions: a Series by (region, period) or a wide table, a row a
        region and a column a period. Non-negative numbers of adopters (organisations, people,
        per cents of them); missing values are refused. Not changed.
    kind : {"new", "cumulative"}
        Whether figures are those who adopted in the period, that is since the one before, or all
        who had by its end. A record of new adopters has no gap in time.
    market : float or Series by region, optional
        Eventual adopters m, where known, e.g. 100 of shares in per cent; estimated without.
    form : {"interval", "density"}
        ``"interval"``: adopters of a period are m (F(t) − F(t − 1)) (Srinivasan and Mason 1986).
        ``"density"``: m f(t) at its end, times its length.
    launch : float, optional
        Point in time before which nobody adopted, a number such as 1979 for the end of that year;
        one period before the first by default. Of an earlier launch, new adopters of the first
        period are those of one period, as long as the second, and who had adopted before it is left
        to the curve. A launch that is too late makes p too large.

    Returns
    -------
    BassDiffusion
        ``tidy() glance() augment() forecast() plot()``. Curves that the record cannot tell are
        named in ``glance`` with the reason and have no numbers.

    Raises
    ------
    ValuesError, PanelError, IdError, InputError
        If figures are missing, negative or falling though cumulative; the market is below what
        has adopted; periods are fewer than parameters, or new adopters of one are not given;
        regions lack periods.

    Notes
    -----
    F(t) = (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t}); a share p + q F(t) of those who have not
    adopted does so next. Least squares concentrate the market out and search p + q and q/p on a
    grid first: there need not be a minimum (Jukić 2011). Standard errors are σ²(J′J)⁻¹. Estimates
    made before the peak put the market too low and q too high (Van den Bulte and Lilien 1997); a
    note names such regions.

    References
    ----------
    Bass, F. (1969). A new product growth for model consumer durables. Management Science 15(5),
    215-227.

    Srinivasan, V. and Mason, C. (1986). Nonlinear least squares estimation of new product diffusion
    models. Marketing Science 5(2), 169-178.

    Van den Bulte, C. and Lilien, G. (1997). Bias and systematic change in the parameter estimates
    of macro-level diffusion models. Marketing Science 16(4), 338-353.

    Examples
    --------
    Video recorders in the United States, in thousands, 1980 to 1989:

    >>> sold = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
    >>> curve = bass(pd.Series(sold, index=range(1980, 1990), name="recorders"))
    >>> float(curve.glance()["peak"].round(1).iloc[0])
    1985.6
    """
    check_option("kind", kind, AdoptionKind)
    check_option("form", form, BassForm)
    read = read_adoptions(adoptions)
    new = new_adopters(read, kind)
    time = times(read.periods)
    if kind == "new":
        refuse_gaps(read.periods)
    steps = np.diff(time)
    begun = time[0] - steps[0] if launch is None else launched(launch, float(time[0]))
    # who adopted between an earlier launch and the record is in cumulative figures only
    first = begun if kind == "cumulative" else max(begun, time[0] - steps[0])
    start, end = np.r_[first, time[:-1]] - begun, time - begun
    sizes = markets(market, read.ids, new)
    ground = kernel.grid(start, end, form)
    fits = {
        region: _fitted(new[i], ground, None if sizes is None else float(sizes[i]))
        for i, region in enumerate(read.ids)
    }
    notes = (*read.notes, *_told(fits, end[-1]))
    return BassDiffusion(
        variable=read.name,
        adoptions=pd.DataFrame(new, index=read.ids, columns=read.periods),
        fits=fits,
        form=form,
        start=start,
        end=end,
        launch=float(begun),
        provenance=Provenance(
            method="Bass diffusion by nonlinear least squares",
            formula=read.name,
            nobs=new.size,
            ids_digest=ids_digest(read.ids),
            notes=notes,
            options={"kind": kind, "form": form, "launch": f"{begun:g}",
                     "market": "estimated" if market is None else "given"},
        ),
        notes=notes,
    )  # fmt: skip


def _fitted(adopted: FloatArray, ground: kernel.Grid, market: float | None) -> kernel.BassFit:
    if not adopted.any():
        nan = float("nan")
        return kernel.BassFit(nan, nan, nan, np.full((3, 3), nan), nan, 0, "nothing adopted")
    return kernel.fit_bass(adopted, ground, market=market)


def _peak(fit: kernel.BassFit) -> tuple[float, float]:
    """Return ln(q/p)/(p + q) and its standard error by the delta method."""
    if fit.status != "fitted" or fit.q <= fit.p:
        return np.nan, np.nan
    rate, log_ratio = fit.p + fit.q, np.log(fit.q / fit.p)
    slopes = (
        np.array([0.0, -1 / fit.p, 1 / fit.q]) / rate - np.array([0.0, 1, 1]) * log_ratio / rate**2
    )
    return float(log_ratio / rate), float(np.sqrt(slopes @ fit.cov @ slopes))


def _told(fits: Mapping[Any, kernel.BassFit], last: float) -> tuple[str, ...]:
    notes = []
    for status in REASONS:
        held = [region for region, fit in fits.items() if fit.status == status]
        if held:
            who = "" if held == [WHOLE] else f" ({listing(held)})"
            notes.append(f"{len(held)} curves were not fitted{who}: {REASONS[status]}.")
    early = [region for region, fit in fits.items() if _peak(fit)[0] > last]
    if early:
        notes.append(
            f"The peak lies after the last period in {len(early)} curves ({listing(early)}): there "
            "the market rests on the form of the curve, and tends to be too low."
        )
    return tuple(notes)
