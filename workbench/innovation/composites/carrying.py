"""The uncertainty of an index carried on into Moran's I, local clusters and regressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.alignment import common_regions, match
from workbench.core.ids import region_ids
from workbench.core.vocabulary import two_sided_p
from workbench.errors import (
    FormulaError,
    IdError,
    InputError,
    PanelError,
    check_number,
    check_whole,
    listing,
    unknown_option,
)
from workbench.explore.local.moran import of_variable
from workbench.explore.local.plan import plan
from workbench.explore.overall.moran import moran
from workbench.explore.variable import Variable, read_variable
from workbench.fitting import fit
from workbench.innovation.composites.carried import CarriedFit, CarriedLisa, CarriedMoran
from workbench.numerics.autocorrelation import moran as kernel
from workbench.numerics.composites.pooling import rubin, t_interval
from workbench.numerics.threads import one_thread
from workbench.progress import progress
from workbench.regression.results import RegressionResults
from workbench.typing import FloatArray
from workbench.weights import as_weights

if TYPE_CHECKING:
    from workbench.innovation.composites.uncertainty import IndexUncertainty

POSITIONAL = ("formula", "data", "W")
FLAT = 1e-12
"""Scores that differ by less, relative to the largest, are the same everywhere."""
FEWEST_FITS = 5
"""Versions that a variance between them needs to be worth printing."""
FIT_OPTIONS = tuple(name for name in signature(fit).parameters if name not in POSITIONAL)
"""Arguments of a fit that can be passed on."""


@one_thread
def carried_moran(found: IndexUncertainty, W: Any, *, alpha: float = 0.05) -> CarriedMoran:
    """Return Moran's I of the scores of every draw.

    Parameters
    ----------
    found : IndexUncertainty
        From ``index.uncertainty()``; of a cross-section.
    W : Weights, Graph or libpysal W
        Of the same regions.
    alpha : float, default 0.05
        Level of the share of significant draws.

    Returns
    -------
    CarriedMoran
        A row a draw with ``statistic expected variance z p_value``: two-sided, by the analytic
        moments of randomisation (Cliff and Ord 1981), without permutations.

    Raises
    ------
    IdError, WeightsError, PanelError
        If regions and weights do not match, or the index is one of a panel.
    """
    alpha = check_number("alpha", alpha, above=0.0, below=1.0)
    read = _read(found, W)
    drawn, flat = _in_order(found, read)
    matrix = read.weights.sparse
    rows = []
    for values in drawn.T:
        one = kernel.moran(values, matrix)
        rows.append((one.I, one.expected, one.variance_randomisation, one.z_randomisation))
    table = pd.DataFrame(
        rows, columns=["statistic", "expected", "variance", "z"], index=_kept(found, flat)
    )
    table["p_value"] = two_sided_p(table["z"].to_numpy(dtype=float), df=None)
    recorded = moran(_nominal(found), None, W, permutations=0)
    return CarriedMoran(found, recorded, table, alpha, _flat_notes(flat))


def carried_lisa(
    found: IndexUncertainty,
    W: Any,
    *,
    alpha: float | None = None,
    fdr: float | None = None,
    permutations: int | None = None,
) -> CarriedLisa:
    """Return how often each region has each class of local Moran's I over the draws.

    Parameters
    ----------
    found : IndexUncertainty
        From ``index.uncertainty()``; of a cross-section.
    W : Weights, Graph or libpysal W
        Of the same regions.
    alpha, fdr : float, optional
        As in :func:`workbench.lisa`: a false discovery rate of 0.05 by default.
    permutations : int, optional
        Conditional permutations of each draw. Without it p-values are by the normal distribution
        with the moments of conditional permutation (Sokal et al. 1998), which is quick but a
        preview: on skewed scores some labels differ from those of permutations.

    Returns
    -------
    CarriedLisa

    Raises
    ------
    IdError, WeightsError, PanelError, InputError
        As :func:`workbench.lisa`, or if the index is one of a panel.
    """
    chosen = plan(
        permutations=permutations,
        seed=found.seed,
        fdr=fdr,
        alpha=alpha,
        correction=None,
        alternative="two-sided",
        inference="conditional" if permutations is None else "permutation",
        stop_after=None,
    )
    read = _read(found, W)
    drawn, flat = _in_order(found, read)
    base = of_variable(read, chosen)
    counts = {name: np.zeros(len(drawn)) for name in base.classes}
    with progress(drawn.shape[1], "local clusters") as tick:
        for values in drawn.T:
            cluster = of_variable(replace(read, values=values), chosen).local["cluster"].to_numpy()
            for name in pd.unique(cluster):
                counts[name] = counts.get(name, np.zeros(len(drawn))) + (cluster == name)
            tick(1)
    shares = pd.DataFrame(counts, index=base.local.index) / drawn.shape[1]
    return CarriedLisa(found, base, shares, drawn.shape[1], _flat_notes(flat))


def carried_fit(
    found: IndexUncertainty,
    formula: str,
    data: pd.DataFrame,
    *,
    W: Any = None,
    name: str = "index",
    draws: int = 100,
    standardise: bool = True,
    alpha: float = 0.05,
    options: Mapping[str, Any] | None = None,
) -> CarriedFit:
    """Return a regression with the index in it, refitted over the draws and pooled.

    Parameters
    ----------
    found : IndexUncertainty
        From ``index.uncertainty()``.
    formula : str
        For :func:`workbench.fit`; the index is the variable `name`, on either side.
    data : DataFrame
        The other variables, indexed like the scores, rows in any order.
    W : Weights, optional
        Of the regions.
    name : str, default "index"
        What the formula calls the index; no column of `data`.
    draws : int, default 100
        The first draws that could be built are used, at least 5; all if there are fewer.
    standardise : bool, default True
        Whether scores are scaled in every draw to mean 0 and standard deviation 1. Normalisations
        have scales of their own, so that coefficients of unscaled scores are not comparable.
    alpha : float, default 0.05
        Level of shares of significant draws.
    options : mapping, optional
        Further arguments of :func:`workbench.fit`, e.g. ``{"model": "sar"}``.

    Returns
    -------
    CarriedFit
        Estimates, and impacts where there is a spatial model, pooled by Rubin's rules.

    Raises
    ------
    FormulaError, IdError, InputError
        If the formula does not name the index, or `data` do not fit; whatever the fit refuses.

    Notes
    -----
    Rubin's rules take the draws as versions of an index that is not known: the pooled variance is
    the mean squared standard error plus (1 + 1/m) times the variance of the estimates over draws.
    The second part is what the choices behind the index add.

    References
    ----------
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Wiley. Barnard, J. and
    Rubin, D. B. (1999). Small-sample degrees of freedom with multiple imputation. Biometrika 86.
    """
    alpha = check_number("alpha", alpha, above=0.0, below=1.0)
    _require_named(formula, data, name)
    draws = check_whole("draws", draws, least=FEWEST_FITS)
    _require_same(found, data)
    _require_weights(data, W, options or {})
    for option in options or {}:
        if option not in FIT_OPTIONS:
            raise unknown_option("options", option, FIT_OPTIONS)
    scores = found.scores.loc[:, _varying(found.scores.to_numpy())].iloc[:, :draws]

    def one(values: pd.Series[Any]) -> RegressionResults:
        # scaled in the order of the scores, so that the order of the data changes no bit
        column = (values - values.mean()) / values.std() if standardise else values
        table = data.assign(**{name: column.reindex(data.index)})
        return fit(formula, table, W, **dict(options or {}))

    recorded = one(_nominal(found))
    _require_poolable(recorded)
    fits: list[RegressionResults] = []
    with progress(scores.shape[1], "fits") as tick:
        for draw in scores:
            fits.append(one(scores[draw]))
            tick(1)
    parts = [_pooled(recorded.tidy(), [each.tidy() for each in fits], recorded, alpha)]
    impacts = _impacts(recorded, fits, alpha) if _spatial(recorded) else None
    return CarriedFit(found, recorded, formula, parts[0], impacts, len(fits), alpha, standardise)


def _impacts(
    recorded: RegressionResults, fits: list[RegressionResults], alpha: float
) -> pd.DataFrame:
    tables = [one.impacts(method="delta").tidy() for one in (recorded, *fits)]
    return _pooled(tables[0], tables[1:], recorded, alpha)


def _pooled(
    recorded: pd.DataFrame, tables: list[pd.DataFrame], base: RegressionResults, alpha: float
) -> pd.DataFrame:
    """Pool tidy tables row by row."""
    estimates = np.array([table["estimate"].to_numpy(dtype=float) for table in tables])
    errors = np.array([table["std_error"].to_numpy(dtype=float) for table in tables])
    p_values = np.array([table["p_value"].to_numpy(dtype=float) for table in tables])
    df = base.estimates.df
    own = float(df) if isinstance(df, float | int) else np.inf
    pooled = rubin(estimates, errors**2, complete_df=own)
    statistic, p_value, low, high = t_interval(pooled, level=1.0 - alpha)
    sign = np.sign(recorded["estimate"].to_numpy(dtype=float))
    significant = p_values < alpha
    return pd.DataFrame(
        {
            "estimate": pooled.estimate,
            "std_error": pooled.std_error,
            "statistic": statistic,
            "p_value": p_value,
            "conf_low": low,
            "conf_high": high,
            "df": pooled.df,
            "share_between": pooled.share_between,
            "recorded": recorded["estimate"].to_numpy(dtype=float),
            "share_positive": (estimates > 0).mean(axis=0),
            "share_significant": significant.mean(axis=0),
            "share_holds": (significant & (np.sign(estimates) == sign)).mean(axis=0),
        },
        index=recorded.index,
    )


def _require_poolable(recorded: RegressionResults) -> None:
    """Refuse statistics with a law of their own: Rubin's rules pool Student's and normal ones."""
    df = recorded.estimates.df
    if df is not None and not isinstance(df, float | int):
        raise InputError(
            "options",
            expected="a covariance whose statistics are Student's or normal",
            found=type(df).__name__,
            why="Rubin's rules have no law for others, and the normal one would be too narrow",
            remedy='options={"covariance": "HC3"}',
        )


def _spatial(result: RegressionResults) -> bool:
    return result.model in ("slx", "sar", "sac", "sdm", "sdem", "gns")


def _require_named(formula: str, data: pd.DataFrame, name: str) -> None:
    if not isinstance(formula, str) or not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", formula):
        raise FormulaError(
            "formula",
            expected=f"a formula with the index, called {name!r}",
            found=repr(formula),
            remedy=f'e.g. "growth ~ {name} + log(rd)", or pass name=',
        )
    if name in data.columns:
        raise InputError(
            "name",
            expected="a name that no column of the data has",
            found=repr(name),
            why="the scores of each draw stand under that name",
            remedy='name="score", and say so in the formula',
        )


def _require_same(found: IndexUncertainty, data: pd.DataFrame) -> None:
    scores = found.scores
    absent = data.index.difference(scores.index)
    extra = scores.index.difference(data.index)
    if len(absent) or len(extra) or not data.index.is_unique:
        raise IdError(
            "data",
            expected="the regions of the index, each once",
            found=f"{len(absent)} that the index lacks ({listing(list(absent))}), "
            f"{len(extra)} that the data lack ({listing(list(extra))})",
            offenders=[*absent, *extra],
            remedy="build the index from the regions of the data",
        )


def _require_weights(data: pd.DataFrame, W: Any, options: Mapping[str, Any]) -> None:
    """Refuse weights of other regions, with the option that keeps the common ones."""
    if W is None or "align" in options or isinstance(data.index, pd.MultiIndex):
        return
    way = 'pass options={"align": "intersection"}, which keeps the common regions'
    match(data.index, as_weights(W).ids, argument="data", align="strict", remedy=way)


def _read(found: IndexUncertainty, W: Any) -> Variable:
    if isinstance(found.scores.index, pd.MultiIndex):
        raise PanelError(
            "W",
            expected="an index of one period",
            found="an index of regions and periods",
            remedy="build the index of one period: panel.xs(2020, level='year')",
        )
    region_ids(found.scores.index, argument="index")
    return read_variable(_nominal(found), None, W, align="strict", remedy=common_regions("data"))


def _nominal(found: IndexUncertainty) -> pd.Series[Any]:
    return pd.Series(np.asarray(found.index.scores), index=found.scores.index, name="index")


def _in_order(found: IndexUncertainty, read: Variable) -> tuple[FloatArray, Any]:
    """Return the scores of draws in the order of the weights, and which draws are flat."""
    order = found.scores.index.get_indexer(read.weights.ids)
    drawn = found.scores.to_numpy()[order]
    varying = _varying(drawn)
    return drawn[:, varying], ~varying


def _varying(drawn: FloatArray) -> Any:
    return np.ptp(drawn, axis=0) > FLAT * np.abs(drawn).max(axis=0)


def _kept(found: IndexUncertainty, flat: Any) -> pd.Index:
    kept: pd.Index = found.scores.columns[~flat]
    return kept


def _flat_notes(flat: Any) -> tuple[str, ...]:
    count = int(np.count_nonzero(flat))
    if not count:
        return ()
    return (f"{count} draws give every region the same score and count nowhere.",)
