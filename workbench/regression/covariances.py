"""What a covariance of least-squares estimates is to allow for, as values that check themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.seeds import check_seed
from workbench.errors import InputError, OptionError, check_option, unknown_option
from workbench.regression.panel_covariances import DriscollKraay, PanelCorrected
from workbench.typing import (
    Covariance,
    LeastSquaresCovariance,
    Leverage,
    LikelihoodCovariance,
    Metric,
    SpatialKernel,
    Unit,
    words,
)

LABEL = "covariance_label"
"""Option of a fit's provenance: the label of the object of which its covariance was made."""

SMALLEST_SAMPLE = 200
"""Fewest places among which SCPC may compute its critical values."""


@dataclass(frozen=True, slots=True, eq=False)
class Clustered:
    """Any dependence within clusters, none between them.

    One way: G/(G − 1) · (n − 1)/(n − k) Σ_g (Σ_{i in g} a_i)(Σ_{i in g} a_i)′ with influences
    ``a_i = (X′X)⁻¹ x_i e_i`` (Liang and Zeger 1986, with Stata's factor); Student's t has G − 1
    degrees of freedom. Two ways: V₁ + V₂ − V₁₂, each with its own factor (Cameron, Gelbach and
    Miller 2011), and the smaller G − 1.

    Attributes
    ----------
    by : Series or DataFrame
        Cluster of each region, indexed by region id in any order; two columns for two ways.
        Regions that the fit does not have are ignored.

    Raises
    ------
    InputError
        If `by` is not a column or two.

    Examples
    --------
    >>> Clustered(pd.Series(["north", "south"], index=["a", "b"], name="part"))
    Clustered(by='part')
    """

    by: Any

    def __post_init__(self) -> None:
        if isinstance(self.by, pd.Series):
            return
        if not isinstance(self.by, pd.DataFrame) or self.by.shape[1] not in (1, 2):
            found = type(self.by).__name__
            if isinstance(self.by, pd.DataFrame):
                found = f"a table of {self.by.shape[1]} columns"
            raise InputError(
                "by",
                expected="a column indexed by region id, or a table of one or two",
                found=repr(self.by) if isinstance(self.by, str) else found,
                remedy='pass the column itself: Clustered(by=data["district"]), two ways: '
                'Clustered(by=data[["district", "sector"]])',
            )

    @property
    def ways(self) -> pd.DataFrame:
        """The clusters as a table of one or two columns."""
        return self.by.to_frame() if isinstance(self.by, pd.Series) else self.by

    @property
    def label(self) -> str:
        """A short name for columns of tables."""
        return "clustered by " + " and ".join(
            "cluster" if name is None else str(name) for name in self.ways.columns
        )

    def __repr__(self) -> str:
        names = [str(name) for name in self.ways.columns]
        return f"Clustered(by={names[0]!r})" if len(names) == 1 else f"Clustered(by={names!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Conley:
    """Dependence between regions that fades with their distance (Conley 1999).

    Σ_i Σ_j K(d_ij / D) a_i a_j′ with influences ``a_i = (X′X)⁻¹ x_i e_i``; Student's t keeps n − k
    degrees of freedom. With D below the smallest distance it is HC0.

    In a panel the sum is over pairs of regions of the same period, and over pairs of periods of
    the same region with Bartlett's weights 1 − |t − s|/(L + 1) up to lag L (Hsiang 2010).

    Attributes
    ----------
    points : GeoDataFrame or GeoSeries
        Points, or polygons taken at their centroids, indexed by region id in any order. Regions
        that the fit does not have are ignored.
    distance : float
        Bandwidth D > 0, beyond which regions are taken to be independent.
    unit : {"km", "m", "crs"}
        Unit of `distance`; ``"crs"`` is that of the coordinates.
    metric : {"auto", "planar", "great-circle", "ellipsoidal"}
        ``"auto"``: great-circle where the CRS is geographic, planar elsewhere.
    kernel : str
        ``"bartlett"`` (1 − x), ``"uniform"``, ``"spherical"`` (sure to be positive semi-definite in
        the plane and on the sphere), ``"epanechnikov"``, ``"bisquare"``, ``"parzen"``,
        ``"tukey-hanning"``, or ``"quadratic-spectral"``, which reaches beyond D to all regions.
    debiased : bool
        Whether to multiply by n/(n − k). Of a panel by n/(n − k − effects); without, still by
        n/(n − effects): what effects use up is no residual.
    time_lags : int or None
        L of a panel; None for ⌊4 (T/100)^(2/9)⌋, 0 for none. Nothing for cross-sections.

    References
    ----------
    Hsiang, S. (2010). Temperatures and cyclones strongly associated with economic production in
    the Caribbean and Central America. PNAS 107, pp. 15367-15372.

    Examples
    --------
    >>> import workbench as wb
    >>> Conley(wb.load("us-states"), distance=500).label
    'Conley 500 km, bartlett'
    """

    points: Any = field(repr=False)
    distance: float = field(kw_only=True)
    unit: Unit = field(default="km", kw_only=True)
    metric: Metric = field(default="auto", kw_only=True)
    kernel: SpatialKernel = field(default="bartlett", kw_only=True)
    debiased: bool = field(default=False, kw_only=True)
    time_lags: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        check_option("unit", self.unit, Unit)
        check_option("metric", self.metric, Metric)
        check_option("kernel", self.kernel, SpatialKernel)
        if not _is_number(self.distance) or self.distance <= 0:
            raise InputError(
                "distance",
                expected=f"a positive number, in {self.unit}",
                found=repr(self.distance),
                remedy="Conley(points, distance=300)",
            )
        if self.time_lags is not None and self.time_lags != 0 and not _is_count(self.time_lags):
            raise InputError(
                "time_lags", expected="a whole number from 0 on", found=repr(self.time_lags)
            )

    @property
    def label(self) -> str:
        """A short name for columns of tables."""
        unit = "" if self.unit == "crs" else f" {self.unit}"
        metric = "" if self.metric == "auto" else f", {self.metric}"
        lags = "" if self.time_lags is None else f", {self.time_lags} lags"
        return f"Conley {self.distance:g}{unit}, {self.kernel}{metric}{lags}"


@dataclass(frozen=True, slots=True, eq=False)
class KelejianPrucha:
    """Dependence between nearest neighbours, with a bandwidth of its own for each region.

    Σ_i Σ_j K(d_ij / D_i) a_i a_j′, D_i the distance of region i to its k-th nearest neighbour,
    made symmetric (Kelejian and Prucha 2007, section 3, with the variable bandwidths of applied
    work); Student's t keeps n − k degrees of freedom. Kernels that end at 0 give the k-th
    neighbour no weight.

    Attributes
    ----------
    points : GeoDataFrame or GeoSeries
        Points, or polygons taken at their centroids, indexed by region id in any order.
    neighbors : int
        Number k of nearest neighbours.
    metric, kernel, debiased
        As in :class:`Conley`; a kernel without end has no place here.

    Examples
    --------
    >>> import workbench as wb
    >>> KelejianPrucha(wb.load("us-states"), neighbors=6).label
    'HAC of 6 neighbours, bartlett'
    """

    points: Any = field(repr=False)
    neighbors: int = field(kw_only=True)
    metric: Metric = field(default="auto", kw_only=True)
    kernel: SpatialKernel = field(default="bartlett", kw_only=True)
    debiased: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        check_option("metric", self.metric, Metric)
        check_option("kernel", self.kernel, SpatialKernel)
        if not _is_count(self.neighbors):
            raise InputError(
                "neighbors", expected="a positive whole number", found=repr(self.neighbors)
            )
        if self.kernel == "quadratic-spectral":
            raise OptionError(
                "kernel",
                expected="a kernel that ends at the k-th neighbour",
                found="'quadratic-spectral'",
                why="it weights pairs at any distance, not those of neighbours only",
                remedy='kernel="parzen", or Conley(..., kernel="quadratic-spectral")',
            )

    @property
    def label(self) -> str:
        """A short name for columns of tables."""
        return f"HAC of {self.neighbors} neighbours, {self.kernel}"


@dataclass(frozen=True, slots=True, eq=False)
class SCPC:
    """Spatial correlation of any persistence up to a bound (Müller and Watson 2022).

    The variance of an estimate is taken from its q weighted averages over space that strong
    correlation moves most, and t-statistics are compared with the critical value that is right for
    the worst case among correlations exp(−c d) whose mean over pairs is at most `rho_bar`: unlike
    kernel covariances, intervals stay honest where correlation reaches across the sample. q and
    critical value depend on the places alone. Influences of observations on a coefficient take the
    place of the paper's values; its later refinement for persistent regressors (2023) is not made.

    Attributes
    ----------
    points : GeoDataFrame or GeoSeries
        Points, or polygons taken at their centroids, indexed by region id in any order.
    rho_bar : float
        Largest mean correlation of pairs, between 0 and 1; 0.03 is the authors' default.
    level : float
        Of the interval whose expected length decides q.
    metric : {"auto", "planar", "great-circle"}
        How distances are measured.
    sample : int
        With more regions than this, critical value and components are computed among so many,
        drawn at random, and extended to all by Nyström's formula, as the authors do.
    seed : int
        Of that draw.

    References
    ----------
    Müller, U. K. and Watson, M. W. (2022). Spatial correlation robust inference. Econometrica 90,
    pp. 2901-2935.

    Examples
    --------
    >>> import workbench as wb
    >>> SCPC(wb.load("us-states")).label
    'SCPC 0.03'
    """

    points: Any = field(repr=False)
    rho_bar: float = field(default=0.03, kw_only=True)
    level: float = field(default=0.95, kw_only=True)
    metric: Metric = field(default="auto", kw_only=True)
    sample: int = field(default=2000, kw_only=True)
    seed: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        check_option("metric", self.metric, Metric)
        check_seed(self.seed)
        for name, value in (("rho_bar", self.rho_bar), ("level", self.level)):
            if not _is_number(value) or not 0 < value < 1:
                raise InputError(name, expected="a number between 0 and 1", found=repr(value))
        if not _is_count(self.sample) or self.sample < SMALLEST_SAMPLE:
            raise InputError(
                "sample",
                expected=f"a whole number of at least {SMALLEST_SAMPLE}",
                found=repr(self.sample),
            )
        if self.metric == "ellipsoidal":
            raise OptionError(
                "metric",
                expected="'auto', 'planar' or 'great-circle'",
                found="'ellipsoidal'",
                why="exp(-c d) is known to be a correlation for the first two only",
                remedy='metric="great-circle"',
            )

    @property
    def label(self) -> str:
        """A short name for columns of tables."""
        return f"SCPC {self.rho_bar:g}"


CovarianceOption: TypeAlias = (
    LeastSquaresCovariance
    | LikelihoodCovariance
    | Clustered
    | Conley
    | KelejianPrucha
    | SCPC
    | DriscollKraay
    | PanelCorrected
)
"""A word, or an object that says by which clusters or distances."""

WORDS = tuple(dict.fromkeys((*words(LeastSquaresCovariance), *words(LikelihoodCovariance))))
"""Words that say enough by themselves, for one kind of estimate or another."""

OBJECTS = {
    "clustered": "wb.Clustered(by=data['district'])",
    "cluster": "wb.Clustered(by=data['district'])",
    "clustered-two-way": "wb.Clustered(by=data[['district', 'sector']])",
    "driscoll-kraay": "wb.Conley(regions, distance=300)",
    "conley": "wb.Conley(regions, distance=300)",
    "hac": "wb.KelejianPrucha(regions, neighbors=12)",
    "kelejian-prucha": "wb.KelejianPrucha(regions, neighbors=12)",
    "scpc": "wb.SCPC(regions)",
    "panel-corrected": "wb.panels.PanelCorrected()",
    "pcse": "wb.panels.PanelCorrected()",
    "beck-katz": "wb.panels.PanelCorrected()",
}
"""The object to pass instead of a word that does not say enough."""


def options_with(
    before: Mapping[str, str], made: Mapping[str, str], option: Covariance | CovarianceOption
) -> dict[str, str]:
    """Return the options of a fit that got another covariance, with the label of its object.

    Examples
    --------
    >>> options_with({"covariance": "HC3"}, {"covariance": "clustered by part (2)"},
    ...     Clustered(pd.Series(["north", "south"], index=["a", "b"], name="part")))
    {'covariance': 'clustered by part (2)', 'covariance_label': 'clustered by part'}
    """
    kept = {name: told for name, told in before.items() if name != LABEL}
    own = {} if isinstance(option, str) else {LABEL: option.label}
    return {**kept, **made, **own}


def label_of(option: Covariance | CovarianceOption) -> str:
    """Return a short name of a covariance for columns of tables; refuse what is none.

    Examples
    --------
    >>> label_of("HC3")
    'HC3'
    """
    made = Clustered | Conley | KelejianPrucha | SCPC | DriscollKraay | PanelCorrected
    if isinstance(option, made):
        return option.label
    remedy = OBJECTS.get(str(option).lower(), "") if isinstance(option, str) else ""
    if option in WORDS:
        return str(option)
    if isinstance(option, str) and not remedy:
        if option.upper() in words(Leverage):
            raise OptionError(
                "covariance",
                expected=f"{option.upper()!r}, in capitals",
                found=repr(option),
                remedy=_both_ways(repr(option.upper())),
            )
        raise unknown_option("covariance", option, WORDS)
    raise OptionError(
        "covariance",
        expected="one of " + ", ".join(map(repr, WORDS)) + ", or a "
        "Clustered, Conley, KelejianPrucha or SCPC object",
        found=repr(option) if isinstance(option, str) else type(option).__name__,
        remedy=_both_ways(remedy or repr("HC3")),
    )


def _both_ways(option: str) -> str:
    return f"fit.with_covariance({option}), or at once wb.fit(..., covariance={option})"


def _is_number(value: Any) -> bool:
    kind = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return bool(kind and math.isfinite(value))


def _is_count(value: Any) -> bool:
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return bool(whole and value >= 1)
