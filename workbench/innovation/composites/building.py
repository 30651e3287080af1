"""From a table of indicators and their metadata to a composite index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.errors import InputError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.index import CompositeIndex, assembled
from workbench.innovation.composites.indicators import Indicators
from workbench.innovation.composites.recipes import recipe, weighting_of
from workbench.innovation.composites.source import read_source, require_coverage
from workbench.typing import (
    Imputation,
    IndexAggregation,
    IndexWeighting,
    Normalisation,
    OutlierRule,
)


def composite(
    data: pd.DataFrame,
    indicators: Indicators | pd.DataFrame | Mapping[str, Any],
    *,
    imputation: Imputation = "refuse",
    outliers: OutlierRule = "none",
    normalisation: Normalisation = "min-max",
    weighting: IndexWeighting | Mapping[str, IndexWeighting] | None = None,
    aggregation: IndexAggregation | Mapping[str, IndexAggregation] = "arithmetic",
    span: tuple[float, float] | None = None,
    moments: tuple[float, float] | None = None,
    groups: pd.Series[Any] | None = None,
    reference: Any = None,
    reference_region: Any = None,
    coverage: float = 0.5,
    options: Mapping[str, Any] | None = None,
) -> CompositeIndex:
    """Build a composite index from indicators, to the handbook of the OECD and the JRC.

    Parameters
    ----------
    data : DataFrame, n × k
        Indexed by region id, or by (region, period) for a panel; a column an indicator, in any
        units, rows and columns in any order. Missing values are NaN. Not changed. Indicators
        should be rates: divide totals by population first.
    indicators : Indicators, DataFrame or mapping
        Metadata: which way is better (required), weights, groups, goalposts; see
        :class:`~workbench.innovation.composites.indicators.Indicators`.
    imputation : str
        What is done about missing values: ``refuse``; ``mean``, ``median`` of the indicator;
        ``group-mean``, ``group-median`` (with `groups`); ``nearest``, the mean of the regions that
        are most alike (one, hot deck, unless `options` says ``neighbours``); ``em``, expectation
        under a multivariate normal; ``linear`` in time, panels only. Averages of a panel are those
        of the period.
    outliers : str
        ``none``; ``winsorise``: where absolute skewness exceeds 2 and excess kurtosis 3.5, the
        outermost values are set to the next ones, up to five of them (``winsorised`` in
        `options`), and the logarithm is taken of indicators that need more; ``trim`` to 1.5
        interquartile ranges beyond the quartiles; ``log`` or ``box-cox`` of indicators that
        fail the first rule.
    normalisation : str
        ``min-max`` and ``goalposts`` (to `span`; ``capped`` in `options` cuts at the goalposts),
        ``z-score`` (to `moments`), ``rank``, ``borda``, ``percentile``, ``categorical`` (0 to 100
        by quantiles 15, 25, 65, 85, 95 %), ``distance-to-leader``, ``distance-to-reference``,
        ``percent-of-mean``, or ``none`` for indicators on one scale.
    weighting : str or mapping, optional
        Within each group: ``equal``, ``expert`` (the metadata's; the default where it has any),
        ``pca``, ``entropy``, ``bod`` (benefit of the doubt). A mapping of level to word where
        levels differ, as for `aggregation`.
    aggregation : str or mapping
        ``arithmetic``, ``geometric``, ``harmonic``, ``mazziotta-pareto``,
        ``adjusted-mazziotta-pareto``, ``condorcet`` (Copeland's scores). One for all levels, or by
        name of what is made: ``{"index": "geometric", "group": "arithmetic"}``; ``"sub-index"``
        also stands for the only level of groups.
    span, moments : (float, float), optional
        Ends of the scale; mean and standard deviation. 0 and 100, 0 and 1, unless an aggregation
        has its own: see :class:`~workbench.innovation.composites.construction.Construction`.
    groups : Series, optional
        Group of each region, for imputation by group.
    reference : period or sequence of periods, optional
        Of a panel: whose ranges, means and leaders normalise all periods. By default all rows
        together do, so periods compare either way.
    reference_region : id, optional
        The region that ``distance-to-reference`` relates to; of a panel, in the one period that
        `reference` names.
    coverage : float
        Least share of cells with a value, of every region and every indicator, under imputation.
    options : mapping, optional
        Choices of detail: ``capped``, ``neighbours``, ``winsorised``, ``bounds`` (of shares under
        ``bod``).

    Returns
    -------
    CompositeIndex
        ``scores ranks levels contributions weights imputed treated coverage checks() rebuild()``.

    Raises
    ------
    InputError
        If directions are not given, or data and metadata have different indicators.
    IdError, PanelError
        If ids are duplicated or mix schemes of regions; if the index is not that of a panel.
    ValuesError
        If values are missing (under ``refuse``) or infinite, an indicator is the same everywhere,
        or a step cannot be made on these values. Regions and indicators are named.

    Notes
    -----
    Steps 3 to 6 of the handbook: imputation, treatment of outliers, normalisation (where
    ``lower`` indicators are turned round), weighting and aggregation level by level. The recipe is
    kept with the result, so that it can be changed and replayed.

    References
    ----------
    OECD and JRC (2008). Handbook on Constructing Composite Indicators. Methodology and User Guide.

    Examples
    --------
    >>> data = pd.DataFrame(
    ...     {"patents": [1.0, 3.0, 5.0], "unemployment": [4.0, 8.0, 6.0]}, index=["a", "b", "c"]
    ... )
    >>> index = composite(data, {"patents": "higher", "unemployment": "lower"})
    >>> index.scores.to_dict(), index.ranks.to_dict()
    ({'a': 50.0, 'b': 25.0, 'c': 75.0}, {'a': 2, 'b': 3, 'c': 1})
    """
    metadata = indicators if isinstance(indicators, Indicators) else Indicators(indicators)
    choices = {
        "imputation": imputation,
        "outliers": outliers,
        "normalisation": normalisation,
        "weighting": weighting_of(metadata) if weighting is None else weighting,
        "aggregation": aggregation,
        "span": span,
        "moments": moments,
    }
    taken = sorted(set(options or {}) & set(choices))
    if taken:
        raise InputError(
            "options",
            expected="choices of detail",
            found="choices that have an argument of their own",
            offenders=taken,
            remedy=f"pass {taken[0]}=...",
        )
    construction = recipe(Construction().with_, {**choices, **(options or {})}, metadata)
    source = read_source(
        data, metadata, groups=groups, reference=reference, reference_region=reference_region
    )
    if imputation != "refuse":
        require_coverage(source.prepared, coverage)
    return assembled(source, construction, notes=())
