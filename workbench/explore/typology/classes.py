"""Classes of one variable: intervals, who is in which, and how well they fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, ValuesError, WorkbenchError, check_option
from workbench.explore.typology.via_mapclassify import COUNTED, bounds
from workbench.explore.variable import geometry_of, read_column
from workbench.numerics.sparse.matrices import freeze
from workbench.typing import Classification, FloatArray, IntArray, Tolerance

DEFAULT_K = 5
COMPARED: tuple[Classification, ...] = (
    "fisher-jenks", "quantiles", "equal-interval", "maximum-breaks", "std-mean", "box-plot",
    "head-tail", "percentiles",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Classes:
    """Regions in classes of one variable; immutable.

    Attributes
    ----------
    values : pandas.Series
        The variable by region id, in sorted order.
    method : str
        How the bounds were set.
    upper : ndarray, shape (k,)
        Upper bounds of classes, part of them; read-only.
    membership : ndarray of int, shape (n,)
        Class of each region, 0 to k − 1; read-only.
    notes : tuple of str
        Classes without a region.
    provenance : Provenance
        What produced the result.
    geometry : geopandas.GeoSeries or None
        Of the sample, if the table had one.
    """

    values: pd.Series[Any]
    method: Classification
    upper: FloatArray
    membership: IntArray
    notes: tuple[str, ...]
    provenance: Provenance
    geometry: Any = None
    tolerance: Tolerance = "closed form"

    @property
    def variable(self) -> str:
        """As the caller wrote it."""
        return str(self.values.name)

    @property
    def k(self) -> int:
        """Number of classes, empty ones among them."""
        return len(self.upper)

    @property
    def lower(self) -> FloatArray:
        """Lower bounds; the first is the smallest value, or −∞ if the first class is empty."""
        smallest = float(self.values.min())
        first = smallest if smallest <= self.upper[0] else -np.inf
        return np.array([first, *self.upper[:-1]])

    @property
    def intervals(self) -> tuple[str, ...]:
        """Text of each class, e.g. ``(1.5, 3.2]``, with as many digits as tell bounds apart."""
        edges = [float(edge) for edge in (*self.lower[:1], *self.upper)]
        texts = _told_apart(edges)
        return tuple(
            f"{'[' if i == 0 and np.isfinite(edges[0]) else '('}{texts[i]}, {texts[i + 1]}]"
            for i in range(self.k)
        )

    @property
    def labels(self) -> pd.Series[Any]:
        """Interval of each region by id, an ordered categorical that has the empty classes too."""
        kinds = pd.CategoricalDtype(list(self.intervals), ordered=True)
        codes = pd.Categorical.from_codes(self.membership, dtype=kinds)
        return pd.Series(codes, index=self.values.index, name="class")

    @property
    def sizes(self) -> pd.Series[Any]:
        """Number of regions of each class."""
        counts = np.bincount(self.membership, minlength=self.k)
        return pd.Series(counts, index=pd.Index(self.intervals, name="class"), name="size")

    @property
    def gvf(self) -> float:
        """Goodness of variance fit: 1 − squares within classes / squares about the mean."""
        y = self.values.to_numpy()
        parts = [y[self.membership == c] for c in np.unique(self.membership)]
        within = sum(float(((part - part.mean()) ** 2).sum()) for part in parts)
        return 1.0 - within / float(((y - y.mean()) ** 2).sum())

    @property
    def adcm(self) -> float:
        """Sum of absolute deviations from class medians, in units of the variable."""
        y = self.values.to_numpy()
        parts = [y[self.membership == c] for c in np.unique(self.membership)]
        return sum(float(np.abs(part - np.median(part)).sum()) for part in parts)

    @property
    def heading(self) -> str:
        """Variable, method and number of classes in one line."""
        return say(
            "{variable} in {k} classes ({method})",
            variable=self.variable,
            k=self.k,
            method=say(self.method),
        )

    def tidy(self) -> pd.DataFrame:
        """Return a row a class: ``lower upper size mean``; the mean of an empty class is NaN."""
        table = pd.DataFrame(
            {"lower": self.lower, "upper": self.upper, "size": self.sizes.to_numpy()},
            index=self.sizes.index,
        )
        mean = self.values.groupby(self.membership).mean()
        table["mean"] = mean.reindex(range(self.k)).to_numpy()
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, classes, empty ones, goodness of fit."""
        return one_row(
            nobs=len(self.values),
            classes=self.k,
            empty=int((self.sizes == 0).sum()),
            gvf=self.gvf,
            adcm=self.adcm,
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region: ``value class``."""
        return pd.DataFrame({"value": self.values, "class": self.labels})

    def plot(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return the map of classes, of `regions` or of the table's own geometry."""
        return display.picture("classes map", self, regions, title=title)

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        return [("", self.glance().set_axis([""])), ("", self.tidy())]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def classify(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    *,
    method: Classification = "fisher-jenks",
    k: int | None = None,
    breaks: Sequence[float] | None = None,
) -> Classes:
    """Put regions into classes of one variable.

    Parameters
    ----------
    variable : str or pandas.Series
        A column, an expression such as ``"patents / population"``, or values by region id. Missing,
        infinite and constant values are refused.
    table : DataFrame or GeoDataFrame, or None
        Indexed by region id, in any order; None when `variable` is a series.
    method : str, default "fisher-jenks"
        ``"fisher-jenks"`` (least squares within), ``"quantiles"`` (equal counts),
        ``"equal-interval"``, ``"maximum-breaks"`` (the widest gaps): `k` classes.
        ``"std-mean"`` (mean −2, −1, +1, +2 standard deviations), ``"box-plot"`` (quartiles, fences
        at 1.5 times their range), ``"head-tail"`` (mean of all, of those above it, and so on),
        ``"percentiles"`` (1, 10, 50, 90, 99): as many as come out. ``"user"``: your `breaks`.
    k : int, optional
        Number of classes from 2, at most the number of different values; 5 if left out. Only for
        the methods that take it.
    breaks : sequence of float, optional
        Upper bounds of classes, ascending, for ``"user"``; the largest value is added if they end
        below it.

    Returns
    -------
    Classes
        ``.labels``, ``.sizes``, ``.gvf``, ``.adcm``, ``.tidy()``, ``.plot()``. Intervals are closed
        on the right. Classes without a region are kept and noted.

    Raises
    ------
    FormulaError, ValuesError, IdError
        If the variable cannot be read or has no valid values; if there are fewer different values
        than classes, or ties let bounds coincide.
    InputError
        If `k` or `breaks` do not go with the method.

    References
    ----------
    Fisher, W. D. (1958). On grouping for maximum homogeneity. JASA 53, 789-798. Jenks, G. F.
    (1977). Optimal data classification for choropleth maps. University of Kansas. Jiang, B.
    (2013). Head/tail breaks. The Professional Geographer 65(3), 482-494.

    Examples
    --------
    >>> rd = pd.Series([1.0, 2.0, 7.0, 8.0], index=list("abcd"), name="rd")
    >>> classify(rd, None, k=2).labels.astype(str).to_dict()
    {'a': '[1, 2]', 'b': '[1, 2]', 'c': '(2, 8]', 'd': '(2, 8]'}
    """
    check_option("method", method, Classification)
    values = read_column(variable, table)
    number = _number(method, k, values)
    upper = _bounds(values, method, number, _breaks(method, breaks))
    membership = np.searchsorted(upper, values.to_numpy(), side="left").astype(np.int64)
    counts = np.bincount(membership, minlength=len(upper))
    empty = int((counts == 0).sum())
    notes = (f"{empty} of {len(upper)} classes have no region",) if empty else ()
    return Classes(
        values=values,
        method=method,
        upper=freeze(upper),
        membership=freeze(membership),
        notes=notes,
        provenance=Provenance(
            method=f"classes by {method}",
            formula=str(values.name),
            nobs=len(values),
            ids_digest=ids_digest(values.index),
            options={"method": method, "classes": str(len(upper))},
        ),
        geometry=geometry_of(table, values.index),
    )


def compare_classifications(
    variable: str | pd.Series[Any],
    table: pd.DataFrame | None,
    *,
    methods: Sequence[Classification] = COMPARED,
    k: int = DEFAULT_K,
) -> pd.DataFrame:
    """Set several classifications of one variable side by side.

    Parameters
    ----------
    variable, table
        As for :func:`classify`.
    methods : sequence of str
        Words of `method` but ``"user"``.
    k : int, default 5
        For the methods that take a number of classes. GVF grows and ADCM falls with the number of
        classes: compare methods with equally many.

    Returns
    -------
    DataFrame
        A row a method: ``classes empty gvf adcm status``; a method that refuses has its reason as
        status and no numbers.

    Examples
    --------
    >>> rd = pd.Series([1.0, 2.0, 7.0, 8.0, 30.0], index=list("abcde"), name="rd")
    >>> both = compare_classifications(rd, None, methods=["quantiles", "fisher-jenks"], k=3)
    >>> both["gvf"].round(3)
    method
    quantiles       0.565
    fisher-jenks    0.998
    Name: gvf, dtype: float64
    """
    for method in methods:
        check_option("methods", method, Classification)
    values = read_column(variable, table)
    _number("quantiles", k, values)
    rows: list[dict[str, object]] = []
    for method in methods:
        try:
            one = classify(values, None, method=method, k=k if method in COUNTED else None)
        except WorkbenchError as error:
            rows.append({"status": f"refused: {error.found}"})
            continue
        empty = int((one.sizes == 0).sum())
        numbers = {"classes": one.k, "empty": empty, "gvf": one.gvf, "adcm": one.adcm}
        rows.append({**numbers, "status": "classified"})
    columns = ["classes", "empty", "gvf", "adcm", "status"]
    table_of = pd.DataFrame(rows, index=pd.Index(methods, name="method")).reindex(columns=columns)
    return table_of.astype({"classes": "Int64", "empty": "Int64", "gvf": float, "adcm": float})


def _number(method: Classification, k: int | None, values: pd.Series[Any]) -> int:
    if method not in COUNTED:
        if k is not None:
            raise InputError(
                "k",
                expected=f'no number of classes with method="{method}"',
                found=repr(k),
                why="the method finds it from the values",
                remedy=f"leave k out, or a method that takes it: {', '.join(COUNTED)}",
            )
        return 0
    number = DEFAULT_K if k is None else k
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 2:
        raise InputError(
            "k", expected="a whole number of classes from 2", found=repr(number), remedy="k=5"
        )
    distinct = int(values.nunique())
    if number > distinct:
        raise ValuesError(
            str(values.name),
            expected=f"at least {number} different values for {number} classes",
            found=f"{distinct}",
            why="a class could not be told from the next",
            remedy=f"k={distinct} or fewer",
        )
    return int(number)


def _breaks(method: Classification, breaks: Sequence[float] | None) -> FloatArray | None:
    if method != "user":
        if breaks is not None:
            raise InputError(
                "breaks",
                expected='bounds only with method="user"',
                found=repr(breaks),
                remedy='method="user", or leave breaks out',
            )
        return None
    try:
        found = np.asarray([] if breaks is None else breaks, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.array([])
    if (
        found.ndim != 1
        or not found.size
        or not np.isfinite(found).all()
        or (np.diff(found) <= 0).any()
    ):
        raise InputError(
            "breaks",
            expected="upper bounds of classes, finite and ascending",
            found=repr(breaks),
            remedy='method="user", breaks=[10, 50, 100]',
        )
    return found


def _bounds(values: pd.Series[Any], method: Classification, k: int, breaks: Any) -> FloatArray:
    y = values.to_numpy(dtype=np.float64)
    if method == "maximum-breaks":
        _refuse_equal_gaps(values, k)
    upper = bounds(y, method, k=k, breaks=breaks)
    # the last bound may fall short of the maximum by a rounding error
    upper[-1] = max(upper[-1], y.max())
    tied = np.flatnonzero(np.diff(upper) <= 0)
    if tied.size or (k and len(upper) != k):
        common = values.value_counts().sort_index().sort_values(kind="stable")
        value, count = float(common.index[-1]), int(common.iloc[-1])
        raise ValuesError(
            str(values.name),
            expected=f"values that {method} can cut into different classes",
            found="bounds that coincide" if tied.size else f"{len(upper)} of {k} classes",
            offenders=values.index[values == value] if count > 1 else (),
            why=f"{count} regions share the value {value:g}" if count > 1 else "",
            remedy='method="fisher-jenks", a smaller k, or method="user" with your own breaks',
        )
    return upper


def _refuse_equal_gaps(values: pd.Series[Any], k: int) -> None:
    """Refuse widest gaps that are tied at the last place: which one is cut would be arbitrary."""
    gaps = np.sort(np.diff(np.unique(values.to_numpy(dtype=np.float64))))[::-1]
    if k - 1 < gaps.size and math.isclose(gaps[k - 2], gaps[k - 1], rel_tol=1e-12):
        wider = int((gaps > gaps[k - 2] * (1 + 1e-12)).sum())
        raise ValuesError(
            str(values.name),
            expected=f"{k - 1} gaps wider than all others for {k} classes",
            found=f"{wider}, and several as wide as the next, {gaps[k - 2]:g}",
            why="which of them is cut would be arbitrary",
            remedy=f"k={wider + 1}" if wider else 'method="fisher-jenks"',
        )


def _told_apart(edges: Sequence[float]) -> list[str]:
    texts = [display.number(edge) for edge in edges]
    digits = display.SIGNIFICANT_DIGITS
    while len(set(texts[1:])) < len(texts) - 1 and digits < 17:
        digits += 1
        texts = [f"{edge:.{digits}g}" for edge in edges]
    return ["−∞" if edge == -math.inf else text for edge, text in zip(edges, texts, strict=True)]
