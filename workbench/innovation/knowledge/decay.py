"""How fast spillovers fall with distance: the decay estimated along with the coefficients."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.errors import InputError, PanelError, check_number, check_option, check_whole
from workbench.innovation.knowledge.decay_null import null_test
from workbench.innovation.knowledge.decay_result import SpilloverDecay
from workbench.innovation.knowledge.decay_sandwich import covariance_of
from workbench.innovation.knowledge.rows import Rows, column_of, rows_of
from workbench.innovation.position.sites import Sites, sites_of
from workbench.numerics.distance_decay.concentrated import Concentrated, minimise, solve
from workbench.numerics.distance_decay.pools import Pool
from workbench.numerics.threads import one_thread
from workbench.panels.effects import Cells, estimable_design, without_effects
from workbench.regression.design import Design, build_design, check_estimable
from workbench.typing import (
    DecayCovariance,
    EstimatedDecay,
    FixedEffects,
    FloatArray,
    Metric,
    Resampling,
    Unit,
)

LARGEST = 3_000
"""Regions whose distances are held at once and weighed anew at every decay."""
EXPONENTS = (0.05, 8.0)
"""Range that is searched for the exponent of a power."""
MISSING = "leave those rows out, or fill in their values"


@one_thread
def spillover_decay(
    formula: str,
    data: pd.DataFrame,
    places: Any,
    variable: str,
    *,
    form: EstimatedDecay = "exponential",
    effects: FixedEffects = "none",
    covariance: DecayCovariance = "classical",
    normalize: bool = False,
    shortest: float | None = None,
    longest: float | None = None,
    metric: Metric = "auto",
    unit: Unit = "km",
    null: Resampling | None = None,
    draws: int = 999,
    seed: int = 0,
) -> SpilloverDecay:
    """Estimate y = Xβ + γ Σ_{j≠i} f(d_ij; δ) x_j + ε with the decay δ among the unknowns.

    Parameters
    ----------
    formula : str
        ``"log(patents) ~ log(rd) + log(students)"``: outcome and regressors of the region itself.
    data : DataFrame
        Indexed by region id, or by (region, period); rows in any order. Missing values are refused.
    places : GeoDataFrame, GeoSeries or DataFrame
        Points or polygons by region id, or a square table of distances; others than the regions of
        the data are left out.
    variable : str
        x, what spills over: a column or expression such as ``"log(rd)"``. Of a panel it reaches
        others in its own period; :func:`lagged` makes earlier ones.
    form : {"exponential", "power", "gaussian"}
        f(d) = exp(−d/δ), d^−δ, or exp(−d²/2δ²).
    effects : {"none", "entity", "time", "two-way"}
        Fixed effects of a panel.
    covariance : {"classical", "robust", "clustered"}
        σ²(J′J)⁻¹ of the full Jacobian J; the sandwich with HC1; or by region, of a panel.
    normalize : bool
        Whether weights of a row are divided by their sum: x is then averaged, not added up. A sum
        grows with the number of regions near by, and of logarithms depends on their unit.
    shortest, longest : float, optional
        Range of δ, in `unit`: from half the median distance to the nearest region to the largest
        distance by default; of ``"power"`` of the exponent, 0.05 to 8.
    metric, unit
        How distances are measured, as in :func:`workbench.weights.distance_band`.
    null : {"parametric", "residual", "wild"}, optional
        How outcomes without a spillover are drawn for the test of γ = 0: with normal disturbances
        (exact for those), by permuted residuals (cross-sections), or by residuals with signs at
        random, one a region (for unequal variances, and dependence over time). By default as the
        standard errors have it: ``"parametric"`` with classical ones, ``"wild"`` with others. Of a
        panel whose disturbances are alike over time the first rejects far too often.
    draws, seed : int
        Of the test.

    Returns
    -------
    SpilloverDecay
        ``tidy() test interval() half_distance() effect_at() glance() augment() plot()``.

    Raises
    ------
    InputError, FormulaError, ValuesError, IdError, PanelError, CollinearityError, GeometryError
        If formula, data or places cannot be used, naming what is at fault.

    Notes
    -----
    β and γ are concentrated out: at each δ they are least squares, and the sum of squares is
    minimised along δ from every dip of a grid of 101 values over the range (so that a local
    minimum is not taken for the best). Standard errors of all, δ among them, are from the full
    Jacobian [X, s(δ), γ ∂s/∂δ] without the fixed effects, with Student's t. The interval of δ to
    trust is :meth:`SpilloverDecay.interval`, by the profile of the sum of squares: that of the
    table is symmetric where the truth is skewed, and an open end is infinite.

    Without a spillover there is no δ, and γ̂/se(γ̂), taken where it is largest, is not Student's t
    (Davies 1977). ``test`` therefore compares the largest F over the range with its distribution in
    outcomes drawn with γ = 0. Where it does not reject, δ and its interval mean nothing.

    Distances between regions only: x of places that are not regions of the data is not known. The
    regressor is taken as exogenous; common shocks in x and y that decay with distance look alike.

    References
    ----------
    Keller, W. (2002). Geographic localization of international technology diffusion. American
    Economic Review 92, 120-142, equation 5. Bottazzi, L. and Peri, G. (2003). Innovation and
    spillovers in regions. European Economic Review 47, 687-710. Davies, R. B. (1977). Hypothesis
    testing when a nuisance parameter is present only under the alternative. Biometrika 64,
    247-254. Bates, D. and Watts, D. (1988). Nonlinear Regression Analysis and Its Applications,
    chapter 6.

    Examples
    --------
    >>> import workbench as wb
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> found = spillover_decay(
    ...     "unemp ~ log(pc)", y, wb.load("us-states"), "log(pc)", normalize=True, draws=99
    ... )
    >>> found.tidy().index.tolist()
    ['Intercept', 'log(pc)', 'spillover', 'decay']
    """
    if null is None:
        null = "parametric" if covariance == "classical" else "wild"
    for name, word, option in (
        ("form", form, EstimatedDecay), ("effects", effects, FixedEffects),
        ("covariance", covariance, DecayCovariance), ("null", null, Resampling),
    ):  # fmt: skip
        check_option(name, word, option)
    _check_draws(draws, seed)
    if not isinstance(normalize, bool):
        raise InputError("normalize", expected="True or False", found=repr(normalize))
    rows = rows_of(data)
    _refuse_without_panel(rows, effects, covariance, null)
    x = column_of(variable, rows)
    sites = _sites(places, rows, form, metric=metric, unit=unit)
    distances = sites.matrix()
    low, high = _range(distances, form, shortest, longest)
    pool = Pool(distances, rows.spread(x), rows.present, rows.region, rows.period, form, normalize)
    problem, design, cells = _problem(formula, rows, pool, effects)
    _refuse_absent(problem, (low, high), variable)
    optimum = minimise(problem, low, high)
    solution = solve(problem, optimum.parameter)
    cov, scale = covariance_of(
        problem, solution, covariance, cells, effects, given=bool(optimum.at_end)
    )
    told = _notes(sites, pool, variable, normalize=normalize)
    test, curve = null_test(problem, (low, high), rows, null=null, draws=draws, seed=seed)
    options = {
        "form": form, "variable": variable, "effects": effects, "covariance": covariance,
        "normalize": str(normalize), "range": f"{low:.6g} to {high:.6g}",
        "unit": sites.unit, "null": null, "draws": str(draws),
    }  # fmt: skip
    return SpilloverDecay(
        variable=variable,
        form=form,
        effects=effects,
        unit="" if form == "power" else sites.unit,
        distance_unit=sites.unit,
        design=design,
        solution=solution,
        cov=cov,
        scale=scale,
        covariance=covariance,
        problem=problem,
        optimum=optimum,
        bounds=(low, high),
        farthest=float(distances.max()),
        spillover=pool.column(optimum.parameter),
        test=test,
        curve=curve,
        entities=len(rows.regions),
        provenance=Provenance(
            method="spillover decay by concentrated least squares",
            formula=formula,
            nobs=len(x),
            ids_digest=rows.digest,
            seed=seed,
            notes=told,
            options=options,
        ),
        source_notes=told,
        normalize=normalize,
    )


def _check_draws(draws: Any, seed: int) -> None:
    check_seed(seed)
    check_whole(
        "draws", draws, least=19, why="with fewer no p-value is below 0.05", remedy="draws=999"
    )


def _refuse_without_panel(
    rows: Rows, effects: FixedEffects, covariance: DecayCovariance, null: Resampling
) -> None:
    if rows.periods is None and (effects != "none" or covariance == "clustered"):
        what, word = ("effects", effects) if effects != "none" else ("covariance", covariance)
        raise PanelError(
            what,
            expected="data indexed by (region, period)",
            found=f"{what}={word!r} with an index of one level",
            remedy='frame.set_index(["region", "year"])',
        )
    if rows.periods is not None and null == "residual":
        raise PanelError(
            "null",
            expected="'parametric' or 'wild' for a panel",
            found="'residual'",
            why="permuted residuals would lose their dependence over time",
            remedy='null="wild"',
        )


def _sites(places: Any, rows: Rows, form: str, *, metric: Metric, unit: Unit) -> Sites:
    sites = sites_of(places, metric=metric, unit=unit).of(rows.regions, measured="data")
    if not 3 <= sites.n <= LARGEST:
        raise InputError(
            "data",
            expected=f"3 to {LARGEST:,} regions",
            found=f"{sites.n:,}",
            why="all distances between them are held",
        )
    if form == "power":
        sites.refuse_coincident(why="a power of distance 0 is infinite")
    return sites


def _range(d: FloatArray, form: EstimatedDecay, shortest: Any, longest: Any) -> tuple[float, float]:
    off = d[~np.eye(len(d), dtype=bool)].reshape(len(d), -1)
    nearest = off.min(axis=1)
    usual = EXPONENTS
    if form != "power":
        usual = (float(np.median(nearest[nearest > 0])) / 2 if nearest.any() else 0.0, off.max())
    low = usual[0] if shortest is None else check_number("shortest", shortest, above=0.0)
    if not low > 0:
        raise InputError("places", expected="places apart from each other", found="all at one")
    high = float(usual[1]) if longest is None else longest
    check_number("longest", high, above=low, why="it bounds the range that is searched")
    return float(low), float(high)


def _problem(
    formula: str, rows: Rows, pool: Pool, effects: FixedEffects
) -> tuple[Concentrated, Design, Cells]:
    design = build_design(formula, pd.DataFrame(rows.table), remedy=MISSING)
    cells = Cells(rows.region, rows.period, len(rows.regions), rows.T)
    design = (
        check_estimable(design) if effects == "none" else estimable_design(design, cells, effects)
    )

    take_out = partial(without_effects, cells=cells, effects=effects)
    y, X = take_out(design.y[:, None])[:, 0], take_out(design.X)
    df = design.nobs - X.shape[1] - 2 - cells.count(effects)
    if df <= 0:
        raise InputError(
            "formula",
            expected="more observations than coefficients, effects, spillover and decay",
            found=f"{design.nobs} observations, {design.nobs - df} parameters",
            remedy="take fewer terms or effects",
        )
    return Concentrated(y, X, pool, take_out, df), design, cells


def _refuse_absent(problem: Concentrated, ends: tuple[float, float], variable: str) -> None:
    """Refuse a spillover of which the regressors and effects leave nothing at any decay."""
    tried = np.geomspace(*ends, 7)
    if not any(problem.direction(float(at)).any() for at in tried):
        raise InputError(
            "variable",
            expected="a spillover that differs between rows beside regressors and effects",
            found=f"nothing left of that of {variable}",
            why="its coefficient cannot be told apart from theirs",
            remedy="other effects, or normalize=False",
        )


def _notes(sites: Sites, pool: Pool, variable: str, *, normalize: bool) -> tuple[str, ...]:
    told = [sites.note]
    if variable.lstrip().startswith("log") and not normalize:
        told.append(
            f"A sum of {variable} depends on its unit and on how many regions are near: "
            "normalize=True takes means."
        )
    told.append(
        "The spillover is a mean, weights of a row summing to 1."
        if normalize
        else "The spillover is a sum over all other regions."
    )
    if not pool.present.all():
        absent = int((~pool.present).sum())
        told.append(f"{absent} (region, period) pairs without a row do not spill over.")
    return tuple(told)
