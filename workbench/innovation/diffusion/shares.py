"""Adoption as a share: innovation, imitation at home, and imitation of the neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.alignment import common_regions
from workbench.core.language import say
from workbench.core.panel_frame import period_text
from workbench.core.periods import cells, require_periods, times
from workbench.core.provenance import Provenance
from workbench.data.schemes import refuse_mixed
from workbench.errors import InputError, ValuesError, check_number, check_option, listing
from workbench.explore.panel_variable import PanelVariable, read_panel
from workbench.fitting import fit
from workbench.innovation.reading import series
from workbench.regression.results import RegressionResults
from workbench.typing import Covariance, Effects, FloatArray, Tolerance
from workbench.weights import WeightsLike

OWN, NEIGHBOURS, HIERARCHICAL = "own_adoption", "neighbours_adoption", "hierarchical"
RATE = "rate"
EFFECTS: tuple[Effects, ...] = ("none", "time", "entity", "two-way")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SpatialBass:
    """A Bass model with imitation of neighbours; immutable.

    Attributes
    ----------
    variable : str
        The share that spreads.
    fit : RegressionResults
        The regression behind it: tests, other standard errors, :func:`workbench.refit`.
    provenance : Provenance
    notes : tuple of str
    """

    variable: str
    fit: RegressionResults
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What spread."""
        return say("Spatial Bass diffusion of {variable}", variable=self.variable)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a term: what the rate of adoption depends on.

        Columns ``estimate std_error statistic p_value conf_low conf_high``. ``Intercept`` is
        innovation p, ``own_adoption`` imitation q within the region, ``neighbours_adoption`` that
        of neighbours; ``hierarchical`` is what a unit of log size adds to the rate.
        """
        return self.fit.tidy(level)

    def glance(self) -> pd.DataFrame:
        """Return one row on the regression."""
        return self.fit.glance()

    def augment(self) -> pd.DataFrame:
        """Return a row a region and period: the rate, fitted values and residuals."""
        return self.fit.augment()

    def plot(self, *, title: str | None = None) -> Any:
        """Return the terms with their intervals."""
        return display.picture("adoption terms", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [("Rate of adoption among those who have not adopted", self.tidy())]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def spatial_bass(
    share: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: WeightsLike,
    *,
    size: pd.Series[Any] | None = None,
    ceiling: float = 1.0,
    effects: Effects = "none",
    covariance: Covariance = "clustered",
) -> SpatialBass:
    """Estimate how a share spreads: by itself, within regions, and between neighbours.

    Parameters
    ----------
    share : str, DataFrame or Series
        Share of adopters by region and period: a column or expression of `panel`, or with
        ``panel=None`` a wide table or a series indexed by (region, period). Missing values are
        refused.
    panel : DataFrame or None
        Indexed by (region, period), rows in any order. Not changed.
    W : Weights, Graph or libpysal W
        Row-standardised weights make ``neighbours_adoption`` the neighbours' mean share.
    size : Series by region, optional
        Population or another size, positive; its logarithm is ``hierarchical``. Without fixed
        effects of regions only.
    ceiling : float
        Share at which all have adopted: 1, or 100 of per cents.
    effects : {"none", "time", "entity", "two-way"}
        Fixed effects. Those of regions bias the coefficient of own adoption downwards where
        periods are few (Nickell 1981).
    covariance : str
        As in :func:`workbench.fit`.

    Returns
    -------
    SpatialBass

    Raises
    ------
    ValuesError, PanelError, IdError, InputError
        If shares are missing, negative, at or above the ceiling before the last period; there are
        fewer than four periods; regions do not match.

    Notes
    -----
    (a_t − a_{t−1}) / (Δt (c − a_{t−1})) = p + q a_{t−1}/c + r (W a_{t−1})/c + γ log size + ε: the
    discrete Bass model (Bass 1969, eq. 5) with a term for neighbours, in the spirit of Haynes,
    Mahajan and White (1977). Shares that fall are kept and counted in a note; they are not
    diffusion.

    References
    ----------
    Bass, F. (1969). A new product growth for model consumer durables. Management Science 15(5),
    215-227.

    Haynes, K., Mahajan, V. and White, G. (1977). Innovation diffusion: a deterministic model of
    space-time integration with physical analog. Socio-Economic Planning Sciences 11(1), 25-29.

    Nickell, S. (1981). Biases in dynamic models with fixed effects. Econometrica 49(6), 1417-1426.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> start = np.linspace(0.01, 0.2, W.n)
    >>> wide = pd.DataFrame({2010: start}, index=W.ids)
    >>> for year in range(2011, 2016):
    ...     before = wide[year - 1]
    ...     near = W.sparse @ before.to_numpy()
    ...     wide[year] = before + (0.01 + 0.2 * before + 0.3 * near) * (1 - before)
    >>> spatial_bass(wide, None, W).tidy()["estimate"].round(6).tolist()
    [0.01, 0.2, 0.3]
    """
    check_number("ceiling", ceiling, above=0.0)
    held = getattr(share if panel is None else panel, "index", None)
    if isinstance(held, pd.MultiIndex):
        refuse_mixed(held, argument="panel")  # before rows of some periods are missed
    _refuse_effects(effects)
    remedy = common_regions(
        "share" if panel is None else "panel", panel=isinstance(held, pd.MultiIndex)
    )
    read = read_panel(share, panel, W, remedy=remedy)
    refuse_mixed(read.ids, argument="share")
    require_periods(read.periods, 4, purpose="a rate of adoption")
    _refuse_beyond(read, ceiling)
    table, falls = _rates(read, ceiling)
    terms = [OWN, NEIGHBOURS]
    if size is not None:
        sizes = np.log(series(size, argument="size", ids=read.ids, positive=True))
        table[HIERARCHICAL] = np.repeat(sizes.to_numpy(), len(read.periods) - 1)
        terms.append(HIERARCHICAL)
    regression = fit(f"{RATE} ~ {' + '.join(terms)}", table, effects=effects, covariance=covariance)
    notes = (*read.notes, *_told(falls, read), *regression.notes)
    return SpatialBass(read.name, regression, _provenance(regression, read, ceiling, notes), notes)


def _rates(read: PanelVariable, ceiling: float) -> tuple[pd.DataFrame, int]:
    """Return the regression's columns, and in how many cells the share falls."""
    if read.weights is None:  # read_panel was given W
        raise TypeError
    before, now = read.values[:, :-1], read.values[:, 1:]
    near: FloatArray = np.asarray(read.weights.sparse @ before)
    rate = (now - before) / (np.diff(times(read.periods)) * (ceiling - before))
    index = pd.MultiIndex.from_product([read.ids, read.periods[1:]])
    columns = {RATE: rate, OWN: before / ceiling, NEIGHBOURS: near / ceiling}
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)
    return table, int((now < before).sum())


def _refuse_beyond(read: PanelVariable, ceiling: float) -> None:
    before = read.values[:, :-1] >= ceiling
    beyond = np.column_stack([before, read.values[:, -1] > ceiling]) | (read.values < 0)
    if beyond.any():
        largest = float(read.values.max())
        raise ValuesError(
            "share",
            expected=f"shares from 0 to below the ceiling of {ceiling:g}",
            found=f"{int(beyond.sum())} others, {float(read.values.min()):g} to {largest:g}",
            offenders=cells(beyond, read.ids, read.periods),
            why="the rate is that of those who have not adopted",
            remedy="ceiling=100 of per cents"
            if ceiling == 1 and 1 < largest <= 100
            else "a larger ceiling=, or leave out regions or periods in which all have adopted",
        )


def _refuse_effects(effects: Effects) -> None:
    """Refuse effects under which terms are no rates of innovation and imitation."""
    check_option("effects", effects, Effects)
    if effects not in EFFECTS:
        raise InputError(
            "effects",
            expected=f"one of {', '.join(map(repr, EFFECTS))}",
            found=repr(effects),
            why="under other ones an intercept is no innovation, or last year's share is not given",
            remedy='effects="none"',
        )


def _told(falls: int, read: PanelVariable) -> tuple[str, ...]:
    told = [f"The share falls in {falls} cells, which is no diffusion."] if falls else []
    alone = list(read.weights.islands) if read.weights is not None else []
    if alone:
        told.append(f"{len(alone)} regions without neighbours ({listing(alone)}) imitate none: "
                    "their neighbours_adoption is 0.")  # fmt: skip
    return tuple(told)


def _provenance(
    regression: RegressionResults, read: PanelVariable, ceiling: float, notes: tuple[str, ...]
) -> Provenance:
    inner = regression.provenance
    first, last = period_text(read.periods[0]), period_text(read.periods[-1])
    return Provenance(
        method=f"spatial Bass diffusion, {inner.method}",
        formula=inner.formula,
        nobs=inner.nobs,
        ids_digest=inner.ids_digest,
        weights=None if read.weights is None else read.weights.described,
        notes=notes,
        options={**inner.options, "ceiling": f"{ceiling:g}", "periods": f"{first} to {last}"},
    )
