"""Our numbers under plm's names, from public calls."""

from __future__ import annotations

from functools import cache

import numpy as np

from tests.panels.references import (
    EFFECTS,
    constant,
    fitted,
    listed,
    names_of_regions,
    under,
)
from workbench.panels import DriscollKraay, PanelCorrected

METHODS = ("swar", "walhus", "amemiya", "nerlove")
MODELS = {
    "pooling individual": {"effects": "none"},
    **{f"within {name}": {"effects": effects} for name, effects in EFFECTS.items()},
    "between individual": {"effects": "between"},
    "fd individual": {"effects": "first-difference"},
    **{f"random individual {m}": {"effects": "random", "random_method": m} for m in METHODS},
    **{
        f"random twoways {m}": {"effects": "random-two-way", "random_method": m}
        for m in METHODS[:3]
    },
    "random time swar": {"effects": "random-time"},
}
# plm's test -> which fit's diagnostics, our name, statistic's name
TESTS = {
    "phtest": ("entity", "Hausman", "chisq"),
    "phtest_aux": ("random", "Hausman (auxiliary regression)", "chisq"),
    "pFtest_ind": ("entity", "Poolability F", "F"),
    "pFtest_two": ("two-way", "Poolability F", "F"),
    "plmtest bp individual": ("none", "Breusch-Pagan LM", "chisq"),
    "plmtest bp time": ("none", "Breusch-Pagan LM (periods)", "chisq"),
    "plmtest bp twoways": ("none", "Breusch-Pagan LM (both)", "chisq"),
    "plmtest honda individual": ("none", "Honda", "normal"),
    "plmtest honda time": ("none", "Honda (periods)", "normal"),
    "plmtest honda twoways": ("none", "Honda (both)", "normal"),
    "plmtest kw individual": ("none", "Honda", "normal"),
    "plmtest kw time": ("none", "Honda (periods)", "normal"),
    "plmtest kw twoways": ("none", "King-Wu (both)", "normal"),
    "plmtest_ghm": ("none", "Gourieroux-Holly-Monfort", "chibarsq"),
    "pcdtest_within_cd": ("entity", "Pesaran CD", "z"),
    "pcdtest_within_lm": ("entity", "Breusch-Pagan LM of regions", "chisq"),
    "pcdtest_within_sclm": ("entity", "Scaled LM of regions", "z"),
    "pcdtest_within_bcsclm": ("entity", "Bias-corrected scaled LM", "z"),
    "pcdtest_local_W": ("entity", "Local Pesaran CD", "z"),
    "pwartest": ("entity", "Wooldridge serial correlation", "F"),
    "pbsytest_AR": ("none", "Bera-Sosa-Yoon serial correlation", "chisq"),
    "pbsytest_RE": ("none", "Bera-Sosa-Yoon random effects", "z"),
    "pbsytest_J": ("none", "Baltagi-Li joint", "chisq"),
    "pbltest": ("none", "Baltagi-Li serial correlation", "chisq"),
    "pwtest": ("none", "Wooldridge unobserved effects", "z"),
}


def ours(panel: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for case, options in MODELS.items():
        found |= _model(panel, case, options)
    for case, (effects, name, statistic) in TESTS.items():
        found |= _test(panel, case, effects, name, statistic)
    return found


def _model(panel, case, options):
    fit = fitted(panel, False, **options)
    df, n = fit.fit.df_resid, fit.nobs
    random = case.startswith("random")
    # of random effects plm's residuals are those of the quasi-demeaned regression
    ssr = fit.sigma2 * df if random else float(fit.fit.resids @ fit.fit.resids)
    found = under(f"{case}/coef", fit.params, constant) | under(
        f"{case}/se", fit.std_errors, constant
    )
    r2 = fit.rsquared
    found |= {f"{case}/r2/rsq": r2, f"{case}/r2/adjrsq": 1 - (1 - r2) * (n - 1) / df}
    found |= {f"{case}/ssr": ssr, f"{case}/df": df, f"{case}/sigma2": fit.sigma2}
    if random:
        found |= _components(case, fit)
    if case.startswith("within"):
        found |= _fixed(panel, case, fit)
    return found


def _components(case, fit):
    table = fit.variance_components()
    names = {"own": "idios", "region": "id", "period": "time"}
    found = under(f"{case}/ercomp/sigma2", table["variance"], names.__getitem__)
    theta = table["demeaned"].drop("own")
    if len(theta) == 1:
        return {**found, f"{case}/ercomp/theta": theta.iloc[0]}
    variance, (N, T) = table["variance"], (fit.cells.N, fit.cells.T)
    both = variance["own"] + T * variance["region"] + N * variance["period"]
    total = theta.sum() + np.sqrt(variance["own"] / both) - 1
    return found | listed(f"{case}/ercomp/theta", [*theta, total])


def _fixed(panel, case, fit):
    found: dict[str, float] = {}
    table = fit.effects_table()["estimate"]
    level = table.loc[("Intercept", "")]
    if "time" in case:
        found |= under(f"{case}/fixef", table.loc["time"] + level)
    else:
        # with two-way effects plm gives a region's effect in the first period
        first = table.loc["time"].iloc[0] if "twoways" in case else 0.0
        names = names_of_regions(panel)
        found |= under(f"{case}/fixef", table.loc["entity"] + level + first, names.__getitem__)
    n, k, T = fit.nobs, len(fit.params), fit.cells.T
    G = fit.cells.N
    regions = fit.with_covariance("clustered").std_errors
    # ours has Stata's factor G/(G - 1) (n - 1)/(n - columns), effects within clusters not counted
    columns = k if fit.effects == "entity" else n - fit.fit.df_resid
    plain = regions / np.sqrt(G / (G - 1) * (n - 1) / (n - columns))
    white = fit.with_covariance("robust").std_errors * np.sqrt(fit.fit.df_resid / n)
    lags = DriscollKraay(lags=int(T**0.25), debiased=False)
    errors = {
        "arellano_HC0": plain,
        "arellano_HC1": plain * np.sqrt(n / (n - k)),
        "white1": white,
        "driscoll_kraay": fit.with_covariance(lags).std_errors,
        "beckkatz": fit.with_covariance(PanelCorrected("periods", debiased=False)).std_errors,
    }
    for name, values in errors.items():
        found |= under(f"{case}/se_{name}", values)
    return found


@cache
def _diagnostics(panel, effects):
    return fitted(panel, effects=effects).diagnostics()


def _test(panel, case, effects, name, statistic):
    test = _diagnostics(panel, effects)[name]
    found = {f"{case}/statistic/{statistic}": test.statistic, f"{case}/p_value": test.p_value}
    if test.df:
        keys = {1: ["df"], 2: ["df1", "df2"], 3: ["df0", "df1", "df2"]}[len(test.df)]
        found |= {f"{case}/parameter/{k}": v for k, v in zip(keys, test.df, strict=True)}
    return found


def theirs(panel: str) -> dict[str, float]:
    """pbgtest stacks regions, so that the last residual of one precedes the first of the next."""
    from scipy import stats

    from workbench.numerics.panels.component_tests import breusch_godfrey
    from workbench.panels.effects import without_effects

    fit = fitted(panel, effects="entity")
    N, T = fit.cells.N, fit.cells.T
    columns = without_effects(np.column_stack([fit.design.y, fit.design.X]), fit.cells, "entity")
    names = names_of_regions(panel)
    ids = list(fit.design.index.get_level_values(0).unique())
    order = sorted(range(N), key=lambda i: names[ids[i]] if panel == "produc" else ids[i])
    rows = columns.reshape(N, T, -1)[order].reshape(N * T, -1)
    one = np.zeros(N * T, dtype=np.int64)
    value = breusch_godfrey(rows[:, 0], rows[:, 1:], one, np.arange(N * T), order=1)
    case = "pbgtest_order1"
    return {
        f"{case}/statistic/chisq": value,
        f"{case}/parameter/df": 1.0,
        f"{case}/p_value": float(stats.chi2.sf(value, 1)),
    }
