"""Is an index one phenomenon: correlations, reliability, components, weights against importance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.statistics import Answer, NotApplicable, Tests, chi2_test
from workbench.core.vocabulary import one_row
from workbench.errors import ValuesError, listing
from workbench.numerics.composites import reliability
from workbench.typing import FloatArray, IntArray, Tolerance

if TYPE_CHECKING:
    from workbench.innovation.composites.index import CompositeIndex

AGAINST = -0.1
"""Correlation below which two indicators of a group run against each other; nearer to zero the sign
is chance in a hundred regions."""
REDUNDANT = 0.9
"""Correlation from which two indicators of a group count one thing twice."""
RELIABLE = 0.7
"""Alpha below which a group is hardly one thing (Nunnally 1978)."""
ADEQUATE = 0.6
"""Measure of sampling adequacy below which components mean little (Kaiser and Rice 1974)."""
ALL = "all indicators"
NULL = "no two indicators are correlated"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IndexChecks:
    """Multivariate checks of a composite index; immutable.

    All are of normalised indicators, turned so that more is better.

    Attributes
    ----------
    correlations : pandas.DataFrame
        Of indicators with each other, grouped.
    with_levels : pandas.DataFrame
        Of indicators (rows) with every sub-index and the index.
    groups : pandas.DataFrame
        A row a group of the lowest level, one for all at last: ``indicators alpha
        sampling_adequacy eigenvalue variance_explained``, the last two of the first component.
    items : pandas.DataFrame
        What :meth:`tidy` hands out.
    components : pandas.DataFrame
        Of all indicators: ``eigenvalue variance_explained variance_cumulative``.
    tests : Tests
        Bartlett's sphericity by group and of all.
    provenance : Provenance
    notes : tuple of str
        Negative correlations in a group, redundancy, low reliability, weights that mislead.
    """

    correlations: pd.DataFrame
    with_levels: pd.DataFrame
    groups: pd.DataFrame
    items: pd.DataFrame
    components: pd.DataFrame
    tests: Tests
    membership: pd.Series[Any]
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "closed form"

    @property
    def heading(self) -> str:
        """What was checked."""
        return say("Checks of a composite index of {n} indicators", n=len(self.items))

    @property
    def alpha(self) -> float:
        """Cronbach's alpha of all indicators, standardised."""
        return float(self.groups["alpha"].to_numpy()[-1])

    def tidy(self) -> pd.DataFrame:
        """Return a row an indicator.

        ``item_total``, ``alpha_without`` and ``sampling_adequacy`` within its group of the lowest
        level; ``linear_ratio`` and ``correlation_ratio`` of the index on the indicator,
        ``weight`` and ``effective_share``, which a nominal weight is taken to be.
        """
        return self.items.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: number, alpha and adequacy of all, share of the first component."""
        columns = ("alpha", "sampling_adequacy", "variance_explained")
        total = {name: float(self.groups[name].to_numpy()[-1]) for name in columns}
        return one_row(indicators=len(self.items), **total)

    def plot(self, *, title: str | None = None) -> Any:
        """Return the map of correlations, grouped; options in ``views.composites``."""
        return display.picture("indicator correlations", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("Groups", self.groups),
            ("Indicators", self.items),
            ("Principal components", self.components),
            (self.tests.title, self.tests.tidy()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def checks(index: CompositeIndex) -> IndexChecks:
    """Check an index for internal consistency.

    Parameters
    ----------
    index : CompositeIndex
        From :func:`workbench.innovation.composites.building.composite`.

    Returns
    -------
    IndexChecks

    Raises
    ------
    ValuesError
        If there are fewer than four rows, or normalised indicators without differences.

    References
    ----------
    OECD and JRC (2008). Handbook on Constructing Composite Indicators, step 4. Paruolo, P.,
    Saisana, M. and Saltelli, A. (2013). Ratings and rankings: voodoo or science? Journal of the
    Royal Statistical Society A 176, 609-634.

    Examples
    --------
    >>> from workbench.innovation.composites import composite
    >>> data = pd.DataFrame(
    ...     {"rd": [1.0, 2.0, 3.0, 5.0], "patents": [2.0, 3.0, 5.0, 4.0]}, index=list("abcd")
    ... )
    >>> round(checks(composite(data, {"rd": "higher", "patents": "higher"})).alpha, 2)
    0.81
    """
    Z, y, names = index.stages.normalised, index.built.scores, index.indicators.names
    _require_differences(Z, y, names)
    R = _correlations(Z)
    groups = _groups(index)
    items = _items(index, Z, y, R, groups)
    values = np.maximum(np.linalg.eigvalsh(R)[::-1], 0.0)
    table = pd.DataFrame(R, index=list(names), columns=list(names))
    membership = {names[j]: group for group, part in groups.items() for j in part}
    return IndexChecks(
        correlations=table,
        with_levels=_with_levels(index),
        groups=_by_group(R, groups),
        items=items,
        components=_components(values),
        tests=_tests(R, groups, len(Z)),
        membership=pd.Series(membership).reindex(list(names)),
        provenance=Provenance(
            method="checks of a composite index",
            formula=", ".join(names),
            nobs=len(Z),
            ids_digest=index.source.digest,
            options=index.construction.to_dict(),
        ),
        notes=_notes(table, groups, items, names),
    )


def _correlations(Z: FloatArray) -> FloatArray:
    D = Z - Z.mean(axis=0)
    D = D / np.sqrt((D**2).sum(axis=0))
    R = D.T @ D
    np.fill_diagonal(R, 1.0)
    return np.asarray(R)


def _groups(index: CompositeIndex) -> dict[str, IntArray]:
    names = index.indicators.groups
    if not names:
        return {}
    codes = index.indicators.tree[0]
    return {name: np.flatnonzero(codes == code) for code, name in enumerate(names[0])}


def _by_group(R: FloatArray, groups: dict[str, IntArray]) -> pd.DataFrame:
    rows = {}
    for name, part in {**groups, ALL: np.arange(len(R))}.items():
        own = R[np.ix_(part, part)]
        first = float(np.linalg.eigvalsh(own)[-1])
        rows[name] = {
            "indicators": len(part),
            "alpha": reliability.cronbach_alpha(own),
            "sampling_adequacy": reliability.sampling_adequacy(own)[0],
            "eigenvalue": first,
            "variance_explained": first / len(part),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="group")


def _items(
    index: CompositeIndex,
    Z: FloatArray,
    y: FloatArray,
    R: FloatArray,
    groups: dict[str, IntArray],
) -> pd.DataFrame:
    names = index.indicators.names
    table = pd.DataFrame(index=pd.Index(names, name="indicator"))
    within = {name: np.full(len(names), math.nan) for name in ("total", "without", "adequacy")}
    for part in (groups or {ALL: np.arange(len(names))}).values():
        own = R[np.ix_(part, part)]
        within["total"][part] = reliability.item_total(own)
        within["without"][part] = reliability.alpha_without(own)
        within["adequacy"][part] = reliability.sampling_adequacy(own)[1]
    table["item_total"] = within["total"]
    table["alpha_without"] = within["without"]
    table["sampling_adequacy"] = within["adequacy"]
    effects = reliability.main_effects(Z, y)
    linear = _correlations(np.column_stack([Z, y]))[:-1, -1]
    table["weight"] = index.tidy()["weight"].to_numpy()
    table["linear_ratio"] = linear**2
    table["correlation_ratio"] = effects
    table["effective_share"] = effects / effects.sum()
    return table


def _components(values: FloatArray) -> pd.DataFrame:
    shares = values / values.sum()
    return pd.DataFrame(
        {
            "eigenvalue": values,
            "variance_explained": shares,
            "variance_cumulative": np.cumsum(shares),
        },
        index=pd.RangeIndex(1, len(values) + 1, name="component"),
    )


def _with_levels(index: CompositeIndex) -> pd.DataFrame:
    scores = pd.concat([index.levels, index.scores], axis=1)
    normalised = index.normalised
    return pd.DataFrame({name: normalised.corrwith(scores[name]) for name in scores})


def _tests(R: FloatArray, groups: dict[str, IntArray], n: int) -> Tests:
    answers: dict[str, Answer] = {}
    for name, part in {**groups, ALL: np.arange(len(R))}.items():
        statistic, df = reliability.sphericity(R[np.ix_(part, part)], n)
        label = f"Bartlett, {name}"
        if math.isnan(statistic):
            why = "one indicator" if len(part) < 2 else "indicators are combinations of each other"
            answers[label] = NotApplicable(label, NULL, why)
        else:
            answers[label] = chi2_test(
                label, statistic, df, null=NULL, assumptions="rows are independent and normal"
            )
    return Tests("Sphericity", answers)


def _notes(
    table: pd.DataFrame,
    groups: dict[str, IntArray],
    items: pd.DataFrame,
    names: tuple[str, ...],
) -> tuple[str, ...]:
    R = table.to_numpy()
    notes = []
    for group, part in (groups or {"the index": np.arange(len(names))}).items():
        pairs = [(i, j) for place, i in enumerate(part) for j in part[place + 1 :]]
        against = [
            f"{names[i]} and {names[j]} ({R[i, j]:.2f})" for i, j in pairs if R[i, j] < AGAINST
        ]
        twice = [f"{names[i]} and {names[j]} ({R[i, j]:.2f})" for i, j in pairs
                 if R[i, j] > REDUNDANT]  # fmt: skip
        if against:
            notes.append(
                f"Indicators of {group} run against each other: {listing(against)}. Check their "
                "directions; what one gains the other loses in the mean."
            )
        if twice:
            notes.append(f"Indicators of {group} are nearly the same: {listing(twice)}; "
                         "together they count one thing twice.")  # fmt: skip
        alpha = reliability.cronbach_alpha(R[np.ix_(part, part)])
        if alpha < RELIABLE:
            notes.append(f"Cronbach's alpha of {group} is {alpha:.2f}, below {RELIABLE}.")
    unheard = items.index[items["effective_share"] < items["weight"] / 2].tolist()
    if unheard:
        notes.append(
            "Weights mislead: the index depends on these indicators less than half as much as their"
            f" weights say: {listing(unheard)}."
        )
    return tuple(notes)


def _require_differences(Z: FloatArray, y: FloatArray, names: tuple[str, ...]) -> None:
    if len(Z) < 4:
        raise ValuesError(
            "index", expected="at least four regions", found=str(len(Z)),
            why="correlations of fewer say nothing",
        )  # fmt: skip
    both = np.column_stack([Z, y])
    same = np.ptp(both, axis=0) <= 1e-12 * np.abs(both).max(axis=0)
    if same.any():
        labels = (*names, "the index")
        raise ValuesError(
            "index",
            expected="normalised indicators that differ between regions",
            found=f"{int(same.sum())} that do not",
            offenders=[label for label, flat in zip(labels, same, strict=True) if flat],
            why="they correlate with nothing",
            remedy="leave them out",
        )
