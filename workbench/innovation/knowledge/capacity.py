"""Absorptive capacity: what a spillover is worth depends on what a region can do with it."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.errors import FormulaError, PanelError, WeightsError, check_option
from workbench.fitting import fit as fit_model
from workbench.innovation.knowledge.capacity_result import (
    CAPACITY,
    INTERACTION,
    SPILLOVER,
    AbsorptiveCapacity,
)
from workbench.innovation.knowledge.rows import Rows, column_of, rows_of
from workbench.regression.covariances import CovarianceOption
from workbench.regression.design import evaluated_model
from workbench.regression.lag_terms import LAG, has_lags
from workbench.typing import CapacityModel, Covariance, Effects, FloatArray
from workbench.weights import Weights, WeightsLike, as_weights


def absorptive_capacity(
    formula: str,
    data: pd.DataFrame,
    W: WeightsLike | None = None,
    *,
    spillover: str,
    capacity: str,
    model: CapacityModel = "ols",
    effects: Effects = "none",
    covariance: Covariance | CovarianceOption | None = None,
) -> AbsorptiveCapacity:
    """Estimate how the effect of a spillover depends on the region's own capacity.

    y = Xβ + γ (s − s̄) + ψ (z − z̄) + φ (s − s̄)(z − z̄) + ε with s = Wx: γ is the effect of the
    spillover at the mean capacity, γ + φ (z − z̄) that at capacity z.

    Parameters
    ----------
    formula : str
        Outcome and other regressors: ``"log(patents) ~ log(rd) + log(students)"``. A term that is
        the capacity itself is replaced by its deviation from the mean.
    data : DataFrame
        Indexed by region id, or by (region, period); missing values are refused.
    W : Weights, libpysal Graph or W, optional
        Where the spillover comes from; of a panel each period by itself, every region in every
        period. Without it `spillover` is a column that is one already (of
        :func:`ring_spillovers`, or ``spillover_decay(...).augment()``).
    spillover : str
        x whose neighbours' values s = Wx are, a column or expression: ``"log(rd)"``, or, as a
        formula names it, ``"W(log(rd))"``.
    capacity : str
        z: a column or expression such as ``"log(researchers)"``.
    model : {"ols", "sem"}
        Least squares, or with a spatial disturbance (needs W). In models with Wy coefficients are
        not effects, so that a marginal effect is not a line in z.
    effects, covariance
        As in :func:`workbench.fit`. Under fixed effects of regions the means are still those of
        all rows.

    Returns
    -------
    AbsorptiveCapacity
        ``tidy() marginal() significant() test glance() augment() plot() fit``.

    Raises
    ------
    FormulaError, ValuesError, IdError, PanelError, CollinearityError, WeightsError
        If columns cannot be used; if the formula has a spatial lag or a term named as ours.

    Notes
    -----
    Products of variables that were not centred make the coefficient of each the effect where the
    other is 0, which of logarithms of people or money is nowhere (Brambor, Clark and Golder 2006).
    Centring changes no fit. The bands hold at each capacity; those of ``band="simultaneous"`` at
    all of them at once (Scheffé). The regions of significance are Johnson and Neyman's (1936); a
    marginal effect that is significant somewhere is no test of the interaction: ``test`` is.

    References
    ----------
    Cohen, W. M. and Levinthal, D. A. (1989). Innovation and learning: the two faces of R&D.
    Economic Journal 99, 569-596; (1990). Absorptive capacity. Administrative Science Quarterly 35,
    128-152. Johnson, P. O. and Neyman, J. (1936). Tests of certain linear hypotheses and their
    application to some educational problems. Statistical Research Memoirs 1, 57-93. Brambor, T.,
    Clark, W. R. and Golder, M. (2006). Understanding interaction models. Political Analysis 14,
    63-82. Bauer, D. J. and Curran, P. J. (2005). Probing interactions in fixed and multilevel
    regression. Multivariate Behavioral Research 40, 373-400.

    Examples
    --------
    >>> import workbench as wb
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> found = absorptive_capacity(
    ...     "log(gsp) ~ log(emp)", y, W, spillover="log(pc)", capacity="log(emp)"
    ... )
    >>> found.tidy().index.tolist()
    ['spillover', 'capacity', 'spillover_x_capacity']
    """
    check_option("model", model, CapacityModel)
    rows = rows_of(data)
    weights = _weights(W, rows, model)
    spillover = _inside(spillover, weights)
    x, z = column_of(spillover, rows), column_of(capacity, rows)
    s = x if weights is None else _lag(weights, x, rows)
    table, names = _table(rows, s, z)
    asked = _formula(formula, rows, capacity)
    options: dict[str, Any] = {"model": model, "effects": effects, "covariance": covariance}
    found = fit_model(asked, table, weights, **options)
    source = spillover if weights is None else f"W({spillover})"
    notes = _notes(source, capacity, s, z, weights)
    return AbsorptiveCapacity(
        spillover=source,
        capacity=capacity,
        fit=found,
        center=float(z.mean()),
        values=pd.Series(z, index=rows.table.index, name=capacity),
        provenance=Provenance(
            method=f"absorptive capacity in {found.model}",
            formula=asked,
            nobs=len(z),
            ids_digest=rows.digest,
            weights=None if weights is None else weights.described,
            notes=notes,
            options={"spillover": source, "capacity": capacity, "model": model,
                     "effects": effects, "columns": ", ".join(names)},
        ),
        own_notes=notes,
    )  # fmt: skip


def _weights(W: WeightsLike | None, rows: Rows, model: CapacityModel) -> Weights | None:
    if W is None:
        if model == "sem":
            raise WeightsError(
                "W",
                expected="spatial weights for model='sem'",
                found="none",
                remedy='model="ols", or pass W',
            )
        return None
    if rows.periods is not None and not rows.present.all():
        raise PanelError(
            "data",
            expected="a row for every region in every period, with W",
            found=f"{int((~rows.present).sum())} (region, period) pairs without a row",
            why="the neighbours' mean would be over other regions from one period to the next",
            remedy="ring_spillovers(data, ..., rings={'W': W}) makes a column, then W=None",
        )
    return as_weights(W)


def _inside(spillover: str, W: Weights | None) -> str:
    """Return x of a spillover written ``W(x)``, which is the same as x with W; others as given."""
    if not has_lags(spillover):
        return spillover
    if W is None:
        raise WeightsError(
            "W",
            expected=f"spatial weights for spillover={spillover!r}",
            found="none",
            remedy=f"absorptive_capacity(formula, data, W, spillover={spillover!r}, ...)",
        )
    inner = spillover.strip()[len(LAG) :].strip()[1:-1].strip()
    depths = accumulate((mark == "(") - (mark == ")") for mark in inner)
    whole = "".join(spillover.split()) == f"{LAG}({''.join(inner.split())})"
    if not inner or not whole or min(depths) < 0 or has_lags(inner):
        raise FormulaError(
            "spillover",
            expected="one spatial lag and nothing beside or within it",
            found=repr(spillover),
            why="the neighbours' values of one variable are the spillover",
            remedy="W(x), or x alone, which W lags; other lags are terms of the formula",
        )
    return inner


def _lag(W: Weights, x: FloatArray, rows: Rows) -> FloatArray:
    from workbench.core.alignment import common_regions, match

    remedy = common_regions("data", panel=rows.periods is not None)
    match(rows.regions, W.ids, argument="data", align="strict", remedy=remedy)
    return np.asarray((W.sparse @ rows.spread(x))[rows.region, rows.period])


def _table(rows: Rows, s: FloatArray, z: FloatArray) -> tuple[pd.DataFrame, tuple[str, ...]]:
    names = (SPILLOVER, CAPACITY, INTERACTION)
    taken = [name for name in names if name in rows.table.columns]
    if taken:
        raise FormulaError(
            "data",
            expected=f"no columns named {', '.join(names)}, which are made here",
            found=", ".join(taken),
            remedy=f'data.rename(columns={{"{taken[0]}": "own_{taken[0]}"}})',
        )
    ds, dz = s - s.mean(), z - z.mean()
    table = rows.table.assign(**dict(zip(names, (ds, dz, ds * dz), strict=True)))
    return table, names


def _formula(formula: str, rows: Rows, capacity: str) -> str:
    """Return the formula with the three terms; the capacity among its terms gives way."""
    reading = evaluated_model(formula, pd.DataFrame(rows.table))
    terms = [str(column) for column in reading.own.regressors.columns]
    added = [SPILLOVER, CAPACITY, INTERACTION]
    gone = f" - {capacity}" if capacity in terms else ""
    return f"{formula}{gone} + {' + '.join(added)}"


def _notes(
    source: str, capacity: str, s: FloatArray, z: FloatArray, W: Weights | None
) -> tuple[str, ...]:
    told = [
        f"The effect of {source} is that at the mean of {capacity}, {z.mean():.4g}; both are "
        f"deviations from their means ({source}: {s.mean():.4g})."
    ]
    if W is not None and len(W.islands):
        told.append(
            f"{len(W.islands)} regions without neighbours have a spillover of 0 before centring: "
            f"{', '.join(map(str, W.islands[:5]))}."
        )
    return tuple(told)
