# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags,-all
#     formats: ipynb,py:percent
#     notebook_metadata_filter: workbench,-jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   workbench:
#     datasets:
#     - munnell-1990
#     - us-states
#     picture: elasticities-plot
#     question: Does the public capital of a state raise its output or that of its neighbours,
#       and are the numbers that others printed for these data met?
#     question_ru: Повышает ли общественный капитал штата выпуск в нём самом или у соседей
#       и совпадают ли числа, напечатанные другими по этим данным?
#     title: Is public capital productive, and does it spill over?
#     title_ru: Производителен ли общественный капитал и перетекает ли его действие
#       к соседям?
# ---

# %% [markdown]
# # Is public capital productive, and does it spill over?
#
# @munnell1990b regressed the output of 48 US states on their private capital, labour and *public*
# capital (highways, water and sewers, other public buildings) and found public capital productive.
# @baltagi1995 let every state have an effect of its own, and it was gone. @millo2012
# took the same panel to show what spatial panels are. It has since become the data on
# which such software is tried out, so that many of its numbers are in print. <!-- given -->
#
# $$\log y_{it} = \beta_1 \log k^{\text{public}}_{it} + \beta_2 \log k^{\text{private}}_{it}
#   + \beta_3 \log l_{it} + \beta_4 u_{it} + \mu_i + \lambda_t + \varepsilon_{it}$$ {#eq-production}
#
# Three questions are put to these figures:
#
# 1. **Are the printed numbers met?** Every number found in print is typed as it was printed and
#    set beside ours; where they differ the reason is given, and tried.
# 2. **Is public capital productive?** Is $\beta_1$ positive, and under which effects?
# 3. **Does it spill over?** Does output change in a state when public capital grows in its
#    neighbours: is the *indirect impact* of public capital different from zero?
#
# Every test is read at 5 %.

# %% tags=["parameters"]
lang = "en"

# %%
from decimal import Decimal

import numpy as np
import pandas as pd
from scipy.stats import norm

import workbench as wb
from workbench.numerics.panels.gmm import between as between_regions
from workbench.numerics.panels.gmm import error_components, spanning, stage_residuals, weighted_fit
from workbench.numerics.panels.gmm import within as within_regions
from workbench.numerics.panels.layers import one_layer
from workbench.views.style import ACCENT, SERIES_COLORS, Picture, styled

wb.set_language(lang)

FORMULA = "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp"
SHORT = "log(gsp) ~ log(pcap) + log(emp) + unemp"
PUBLIC = "log(pcap)"
INPUTS = [PUBLIC, "log(pc)", "log(emp)"]
LEVEL = 0.05
RUSSIAN = {
    "a state and year": "штат и год",
    "lowest": "наименьшее",
    "highest": "наибольшее",
    "gross state product (gsp), million dollars": "валовой продукт штата (gsp), млн долларов",
    "public capital (pcap), million dollars": "общественный капитал (pcap), млн долларов",
    "… of it highways, million dollars": "… в том числе дороги, млн долларов",
    "… water and sewers, million dollars": "… водоснабжение и канализация, млн долларов",
    "… other buildings and structures, million dollars": "… прочие здания и сооружения, млн долларов",
    "private capital (pc), million dollars": "частный капитал (pc), млн долларов",
    "employment (emp), thousand": "занятость (emp), тысяч",
    "unemployment (unemp), per cent": "безработица (unemp), %",
    # what is printed, and here
    "source": "источник",
    "model": "модель",
    "row": "строка",
    "printed": "напечатано",
    "here": "здесь",
    "difference": "разность",
    "s.e. printed": "ст. ошибка: напечатано",
    "s.e. here": "ст. ошибка: здесь",
    "s.e. difference": "ст. ошибка: разность",
    "verdict": "итог",
    "met": "совпало",
    "met so": "так совпало",
    "last digits so": "так расходятся последние цифры",
    "not met": "не совпало",
    "reason": "причина",
    "numbers": "чисел",
    "largest difference, %": "наибольшее расхождение, %",
    "what": "в чём дело",
    "unlike models": "несхожие модели",
    "factor": "множитель",
    "information": "информационная матрица",
    "ρ known": "ρ известно",
    "optimiser": "оптимизатор",
    "first step": "первый шаг",
    "effects uncounted": "эффекты не учтены",
    "scaled twice": "двойное взвешивание",
    "single precision": "одинарная точность",
    "per n": "деление на n",
    "constant counted": "константа учтена",
    "not clustered": "без кластеризации",
    "edge": "граница округления",
    "rounding": "округление",
    "C, moments": "C, метод моментов",
    # models and rows of the prints
    "FE, two-way": "FE, регионов и периодов",
    "RE, two-way (Amemiya)": "RE, регионов и периодов (Амэмия)",
    "between": "между штатами",
    "differences": "в разностях",
    "long: FE, clustered": "длинная: FE, кластеризованные",
    "FE, clustered": "FE, кластеризованные",
    "RE, clustered": "RE, кластеризованные",
    "tests": "тесты",
    "1970–74 pooled": "1970–74, объединённая",
    "1970–74 RE": "1970–74, RE",
    "RE, error": "RE, ошибка",
    "RE, KKP error": "RE, ошибка KKP",
    "RE, lag": "RE, лаг",
    "FE, error": "FE, ошибка",
    "FE, lag": "FE, лаг",
    "CCE, pooled": "CCE, объединённая",
    "CCE, mean group": "CCE, средние по группе",
    "pooled, robust": "объединённая, робастные",
    "pooled, instruments": "объединённая, инструменты",
    "pooled, lag": "объединённая, лаг",
    "pooled, lag, instruments": "объединённая, лаг, инструменты",
    "tests of instruments": "тесты инструментов",
    "FE, lag and error": "FE, лаг и ошибка",
    "RE, lag and error": "RE, лаг и ошибка",
    "tests of components": "тесты компонент",
    "RSS": "сумма квадратов остатков",
    "σ² own": "σ² собственная",
    "σ² states": "σ² штатов",
    "σ² years": "σ² лет",
    "Baltagi–Li joint": "Балтаджи–Ли, совместный",
    "Baltagi–Li joint, long": "Балтаджи–Ли, совместный, длинная",
    "Bera–Sosa–Yoon serial, long": "Бера–Сосы–Юна на автокорреляцию, длинная",
    "Bera–Sosa–Yoon effects, long": "Бера–Сосы–Юна на эффекты, длинная",
    "heteroscedasticity": "гетероскедастичность",
    "heteroscedasticity, long": "гетероскедастичность, длинная",
    "Breusch–Pagan LM": "LM Бройша–Пагана",
    "LM of pairs": "LM пар",
    "F of effects": "F эффектов",
    "Pesaran CD, RE": "CD Песарана, RE",
    "Mundlak": "Мундлака",
    "Mundlak, clustered": "Мундлака, кластеризованный",
    "Wooldridge": "Вулдриджа",
    "Sargan": "Саргана",
    "Hansen J": "J Хансена",
    "Wu-Hausman": "Ву–Хаусмана",
    # estimators
    "estimator": "способ оценки",
    "returns to scale": "отдача от масштаба",
    "its s.e.": "её ст. ошибка",
    "constant returns": "постоянная отдача",
    "between states": "между штатами",
    "effects of years": "эффекты лет",
    "random effects": "случайные эффекты",
    "random effects, spatial error": "случайные эффекты, пространственная ошибка",
    "random effects that spread": "случайные эффекты, расходящиеся в пространстве",
    "effects of states": "эффекты штатов",
    "… spatial error": "… пространственная ошибка",
    "effects of states and years": "эффекты штатов и лет",
    "… spatial error, two-way": "… пространственная ошибка, регионов и периодов",
    "… clustered by state": "… с кластеризацией по штатам",
    "… Driscoll–Kraay": "… по Дрисколлу–Краю",
    "first differences": "первые разности",
    "common correlated effects": "общие коррелированные эффекты",
    "… mean group": "… средние по группе",
    "defactored": "с вычтенными факторами",
    "pooled": "объединённая",
    "Mundlak, SAR": "Мундлака, SAR",
    "Mundlak, SEM": "Мундлака, SEM",
    "Mundlak, SDM": "Мундлака, SDM",
    # spatial models
    "effects": "эффекты",
    "entity": "штатов",
    "two-way": "регионов и периодов",
    "OLS": "МНК",
    "SDM, entity": "SDM, эффекты штатов",
    "SDM, two-way": "SDM, эффекты регионов и периодов",
    "sdm, two-way effects": "SDM, эффекты регионов и периодов",
    "SDEM, entity": "SDEM, эффекты штатов",
    "SDEM, two-way": "SDEM, эффекты регионов и периодов",
    "SLX, two-way": "SLX, эффекты регионов и периодов",
    "SLX, two-way, clustered by state": "SLX, эффекты регионов и периодов, с кластеризацией по штатам",
    "SLX, two-way, Driscoll–Kraay": "SLX, эффекты регионов и периодов, по Дрисколлу–Краю",
    "SLX, defactored": "SLX, с вычтенными факторами",
    "SDM, common correlated effects": "SDM, общие коррелированные эффекты",
    "fixed effects": "фиксированные эффекты",
    "indirect impact of public capital": "косвенный эффект общественного капитала",
    "estimated as regressors": "оценены как регрессоры",
    "estimated, bias corrected": "оценены, с поправкой на смещение",
    "transformed out": "исключены преобразованием",
    "series": "ряд",
    # words of pictures
    "Elasticity of public capital with 95 % intervals": "Эластичность по общественному капиталу с "
    "95-процентными интервалами",
    "elasticity of public capital, 95 % interval "
    "(orange: across states; purple: random effects; blue: within states)": "эластичность по "
    "общественному капиталу, 95-процентный интервал\n(оранжевый: между штатами; фиолетовый: "
    "случайные эффекты; синий: внутри штатов)",
    "thousand dollars per worker": "тысяч долларов на работника",
}
LABELS = {name: {"en": name, "ru": russian} for name, russian in RUSSIAN.items()}

# %% [markdown]
# ## The figures
#
# The panel is Munnell's [@munnell1990a], as the packages plm, Ecdat and linearmodels hand it on:
# stocks of capital and gross state product in millions of dollars of 1982, non-agricultural
# employment in thousands, the unemployment rate in per cent (@means). @map-public shows which states
# have most public capital for their workers. Neighbours share a border or a corner
# (queen contiguity, each row of W summing to one), which is the matrix `usaww` of splm; more of it is
# in @weights, at the end.

# %%
panel = wb.load("munnell-1990")
states = wb.load("us-states")
W = wb.weights.queen(states)
last = panel.index.get_level_values("year").max()
WORDS = {
    "gsp": "gross state product (gsp), million dollars",
    "pcap": "public capital (pcap), million dollars",
    "hwy": "… of it highways, million dollars",
    "water": "… water and sewers, million dollars",
    "util": "… other buildings and structures, million dollars",
    "pc": "private capital (pc), million dollars",
    "emp": "employment (emp), thousand",
    "unemp": "unemployment (unemp), per cent",
}
wb.publish(
    panel[list(WORDS)]
    .agg(["mean", "median", "min", "max"])
    .T.rename(index=WORDS)
    .rename(columns={"min": "lowest", "max": "highest"})
    .rename_axis("a state and year"),
    "means",
    labels=LABELS,
    caption={"en": "Munnell's panel (dollars of 1982)", "ru": "Панель Маннелл (доллары 1982 года)"},
)
wb.claim(
    "coverage",
    {
        "en": "{states} states and {years} years ({first}–{last}), {rows} rows, {missing} of them incomplete. A "
        "state has {fewest} to {most} neighbours, {mean:.1f} on average.",
        "ru": "Штатов {states}, лет {years} ({first}–{last}), строк {rows}, из них неполных "
        "{missing}. У штата от {fewest} до {most} соседей, в среднем {mean:.1f}.",
    },
    numbers={
        "missing": int(panel[list(WORDS)].isna().any(axis=1).sum()),
        "fewest": int(W.cardinalities.min()),
        "most": int(W.cardinalities.max()),
        "mean": float(W.cardinalities.mean()),
        "states": panel.index.unique("region").size,
        "years": panel.index.unique("year").size,
        "first": int(panel.index.get_level_values("year").min()),
        "last": int(last),
        "rows": len(panel),
    },
)

# %%
per_worker = panel["pcap"].xs(last, level="year") / panel["emp"].xs(last, level="year")
wb.publish(
    wb.choropleth(
        per_worker.rename(LABELS["thousand dollars per worker"][lang]).round(2), states, k=5
    ),
    "map-public",
    caption={
        "en": "Public capital per worker in the last year, thousand dollars of 1982, quintiles",
        "ru": "Общественный капитал на работника в последний год, тысячи долларов 1982 года, "
        "квинтили",
    },
)

# %% [markdown]
# ## 1. Are the printed numbers met?
#
# ### What is in print
#
# Only numbers that could be read at their source are used. Munnell's own tables, those of Baltagi and
# Pinnoi and of Baltagi's textbook, and the output printed in Millo and Piras's article were not at
# hand, and numbers from memory are no numbers. What was at hand are five
# texts that print what R and Stata answer on these data, and one that quotes Munnell:
#
# | | source | what it prints |
# |--|-----------------------------------|------------------------------|
# | A | "Lab 8: Introduction to panel data models", an R notebook on GitHub, no author named (plm, R 3.6) | pooled, one-way and two-way fixed, random effects; Hausman |
# | B | M. Nguyen, *A Guide on Data Analysis*, section on panel data (bookdown.org/mike/data_analysis) | the same without private capital, between, first differences, two-way random effects; tests; clustered errors |
# | C | T. Shimamura, "04 Further Topics in Spatial Econometrics", 8 June 2020, an R notebook on GitHub (plm, splm) | the calls of @millo2012: random and fixed effects with spatial lag and error, by likelihood and by moments; a panel of 1970–1974 |
# | D | plm's own tests: `inst/tests/test_pcce_pmg.Rout.save` of ycroissant/plm, commit 23fbd4d (R 4.4.1) | common correlated effects [@pesaran2006], pooled and mean group |
# | E | The Panel Data Toolbox for MATLAB [@alvarez2017], `unittests/ut_OLS.m`, `ut_PANEL.m`, `ut_IV2SLS.m`, `ut_SPANEL.m` of javierbarbero/PanelDataMATLAB | what Stata and splm answer: the textbook estimators and their tests, instruments, pooled and panel models with lag and error by moments |
# | F | R. Eisner, "Infrastructure and regional economic performance: comment", *New England Economic Review*, September/October 1991 (bostonfed.org), its first page | Munnell's own elasticities (her table 5), to two decimals |
#
# A and C were read in an index of public repositories that does not name theirs; their titles find them.
#
# ### How they are compared
#
# A printed number is *met* where ours, rounded to as many decimals, is the same: where it is off by
# half a unit of the last printed digit at most. Differences are rounded to the printed decimals, so
# that they are zero where a number is met. Where one is not, a reason is given, and where the reason
# is a formula it is tried: ours is computed as the source computes it and compared again, and "met so"
# says that it is met then. The word before the colon is the reason; all reasons are explained in
# @reasons. The tables of all numbers stand at the end of this page, under *Every printed
# number beside ours*; here follow the conventions in which the sources differ, and a summary.
#
# FE are fixed effects of states (each state has a level of its own), RE random effects (these levels
# are drawn from one distribution and unrelated to the inputs). RSS is the sum of squared residuals.

# %%
STATISTICS = {
    "R²": lambda fit: fit.rsquared,
    "RSS": lambda fit: float(fit.resids @ fit.resids),
    "σ²": lambda fit: fit.sigma2,
    "σ²_own": lambda fit: fit.glance().iloc[0]["sigma2_own"],
    "σ²_states": lambda fit: fit.glance().iloc[0]["sigma2_effects"],
    "σ²_years": lambda fit: fit.glance().iloc[0]["sigma2_periods"],
}
KINDS = {"estimate": "", "std_error": "s.e. "}
HALF = 0.5  # of a unit of the last printed digit
MET, MET_SO, NEARLY = "met", "met so", "last digits so"
OPTIMISER, ROUNDING, EDGE = "optimiser", "rounding", "edge"
LAST_DIGITS = (OPTIMISER, ROUNDING)
rows = []


def numbers_of(fit):
    """Return estimates, standard errors and statistics of a fit, by row and kind."""
    table = fit.tidy()[list(KINDS)].copy()
    for name, of in STATISTICS.items():
        try:
            table.loc[name] = [of(fit), np.nan]
        except (KeyError, TypeError):
            continue
    return table


def set_beside(source, model, ours, printed, reasons=None):
    """Set printed numbers beside ours; reasons are by kind, or by (row, kind)."""
    ours = ours if isinstance(ours, pd.DataFrame) else numbers_of(ours)
    ours = ours.rename(index=lambda row: row.replace("_", " "))
    for line in printed.strip().splitlines():
        row, *texts = line.split()
        row = row.replace("_", " ")
        for kind, text in zip(KINDS, texts, strict=False):
            here = float(ours.loc[row, kind])
            why, convert = (reasons or {}).get((row, kind), (reasons or {}).get(kind, ("", None)))
            converted = float("nan") if convert is None else float(convert[row])
            rows.append((source, model, row, kind, text, here, why, converted))


def off(here, text):
    """Return how many units of the last printed digit a number is off."""
    return (here - float(text)) / 10.0 ** Decimal(text).as_tuple().exponent


def word(row):
    """Say what became of a printed number."""
    if abs(row["off"]) <= HALF:
        return MET
    near = abs(row["here"] / float(row["printed"]) - 1) < 1e-5
    if not row["why"] or (row["why"] in LAST_DIGITS and not near):
        return "not met"
    if np.isnan(row["converted"]):
        return row["why"]
    if abs(off(row["converted"], row["printed"])) <= HALF:
        return f"{row['why']}: {MET_SO}"
    near = abs(row["converted"] / float(row["printed"]) - 1) < 1e-5
    return f"{row['why']}: {NEARLY}" if near else row["why"]


def compared(source):
    """Return the rows of a source as a table to publish."""
    table = pd.DataFrame(
        rows, columns=["source", "model", "row", "kind", "printed", "here", "why", "converted"]
    )
    pairs = list(zip(table["here"], table["printed"], strict=True))
    table["off"] = [off(here, text) for here, text in pairs]
    table["difference"] = [
        round(here - float(text), -Decimal(text).as_tuple().exponent) + 0.0 for here, text in pairs
    ]
    table["verdict"] = table.apply(word, axis=1)
    return table if source is None else table[table["source"] == source]


def in_russian(verdicts):
    """Return verdicts of a row in Russian, word by word."""
    several = [verdict.split(": ") for verdict in verdicts.split("; ")]
    return "; ".join(": ".join(RUSSIAN[word] for word in words) for words in several)


def side_by_side(source):
    """Return a row a term: printed and here, estimate and standard error, and the verdicts."""
    table = compared(source)
    parts = {}
    for kind, title in KINDS.items():
        part = table[table["kind"] == kind].set_index(["model", "row"])
        for column in ("printed", "here", "difference"):
            parts[f"{title}{column}"] = part[column]
    both = pd.DataFrame(parts).reindex(
        pd.MultiIndex.from_frame(table[["model", "row"]].drop_duplicates())
    )
    verdicts = table.groupby(["model", "row"], sort=False)["verdict"].agg(
        lambda words: "; ".join(dict.fromkeys(w for w in words if w != MET)) or MET
    )
    both["verdict"] = verdicts.reindex(both.index)
    printed = [column for column in both if column.endswith("printed")]
    both[printed] = both[printed].fillna("")
    return both


# %% [markdown]
# ### Without space: what the textbook estimators say (A)
#
# Source A (@printed-a) compares its *two-way* fixed effects with its *one-way* random effects and prints
# the contrast as "Hausman test". Hausman's test is about models that differ in one thing: ours compares
# one-way with one-way effects, and A's contrast is tried.

# %%
fits = {
    "pooled": wb.fit(FORMULA, panel, W),
    "states": wb.fit(FORMULA, panel, W, effects="entity"),
    "two-way": wb.fit(FORMULA, panel, W, effects="two-way"),
    "random": wb.fit(FORMULA, panel, W, effects="random"),
}
set_beside(
    "A",
    "pooled",
    fits["pooled"],
    """
    Intercept   1.643302  0.057587
    log(pcap)   0.155007  0.017154
    log(pc)     0.309190  0.010272
    log(emp)    0.593935  0.013747
    unemp      -0.006733  0.001416
    R²          0.9926
    """,
)
set_beside(
    "A",
    "FE",
    fits["states"],
    """
    log(pcap)  -0.02614965  0.02900158
    log(pc)     0.29200693  0.02511967
    log(emp)    0.76815947  0.03009174
    unemp      -0.00529774  0.00098873
    R²          0.94134
    RSS         1.1112
    """,
)
set_beside(
    "A",
    "FE, two-way",
    fits["two-way"],
    """
    log(pcap)  -0.0301761  0.0269365
    log(pc)     0.1688280  0.0276563
    log(emp)    0.7693062  0.0281418
    unemp      -0.0042211  0.0011388
    R²          0.75496
    RSS         0.87944
    """,
)
set_beside(
    "A",
    "RE",
    fits["random"],
    """
    Intercept   2.13541100  0.13346149
    log(pcap)   0.00443859  0.02341732
    log(pc)     0.31054843  0.01980475
    log(emp)    0.72967053  0.02492022
    unemp      -0.00617247  0.00090728
    R²          0.95933
    σ²_own      0.001454
    σ²_states   0.006838
    """,
)

# %%
hausman = fits["states"].diagnostics()["Hausman"]
terms = list(fits["two-way"].params.index)
gap = fits["two-way"].params - fits["random"].params[terms]
spread = fits["two-way"].cov - fits["random"].cov.loc[terms, terms]
unlike = pd.Series({"Hausman": float(gap @ np.linalg.solve(spread, gap))})
set_beside(
    "A",
    "tests",
    pd.DataFrame({"estimate": {"Hausman": hausman.statistic}}),
    "Hausman 116.69",
    {"estimate": ("unlike models", unlike)},
)

# %% [markdown]
# ### Without private capital, and tests (B)
#
# Source B (@printed-b) leaves private capital out: public capital then stands in for it. Its clustered standard
# errors have no small-sample factor; ours have Stata's, $G/(G-1) \cdot (n-1)/(n-k)$.

# %%
kinds = {
    "pooled": "none",
    "between": "between",
    "differences": "first-difference",
    "FE": "entity",
    "RE": "random",
}
short = {name: wb.fit(SHORT, panel, W, effects=effects) for name, effects in kinds.items()}
amemiya = wb.fit(SHORT, panel, effects="random-two-way", random_method="amemiya")
for name, printed in {
    "pooled": """
    Intercept   2.2124123  0.0790988
    log(pcap)   0.4121307  0.0216314
    log(emp)    0.6205834  0.0199495
    unemp      -0.0035444  0.0020539
    R²          0.98432
    RSS        13.326
    """,
    "between": """
    Intercept   2.0784403  0.3277756
    log(pcap)   0.4585009  0.0892620
    log(emp)    0.5751005  0.0828921
    unemp      -0.0031585  0.0145683
    R²          0.98652
    RSS         0.65861
    """,
    "differences": """
    Intercept   0.0101353  0.0013206
    log(pcap)  -0.0167634  0.0453958
    log(emp)    0.8212694  0.0362737
    unemp      -0.0061615  0.0007516
    R²          0.69086
    RSS         0.33394
    """,
    "FE": """
    log(pcap)   0.03488447  0.03092191
    log(emp)    1.03017988  0.02161353
    unemp      -0.00021084  0.00096121
    R²          0.93096
    RSS         1.3077
    """,
    "RE": """
    Intercept   3.10569727  0.14715985
    log(pcap)   0.03708054  0.02747015
    log(emp)    1.00937552  0.02103951
    unemp       0.00004806  0.00092301
    R²          0.94118
    σ²_own      0.001709
    σ²_states   0.014868
    """,
}.items():
    set_beside("B", name, short[name], printed)
set_beside(
    "B",
    "RE, two-way (Amemiya)",
    amemiya,
    """
    Intercept   3.9581876  0.1767036
    log(pcap)   0.0378443  0.0253963
    log(emp)    0.8891887  0.0227677
    unemp      -0.0031568  0.0011240
    R²          0.81527
    σ²_own      0.001228
    σ²_states   0.041201
    σ²_years    0.001359
    """,
)

# %%
FACTOR = "factor"


def without_factor(fit, regressors):
    """Return clustered standard errors without Stata's factor."""
    groups, n = panel.index.unique("region").size, len(panel)
    return fit.std_errors / np.sqrt(groups / (groups - 1) * (n - 1) / (n - regressors))


for name, formula, effects, regressors, printed in (
    (
        "long: FE, clustered",
        FORMULA,
        "entity",
        4,
        """
        log(pcap)  -0.0261497  0.0603262
        log(pc)     0.2920069  0.0617425
        log(emp)    0.7681595  0.0816652
        unemp      -0.0052977  0.0024958
        """,
    ),
    (
        "FE, clustered",
        SHORT,
        "entity",
        3,
        """
        log(pcap)   0.03488447  0.06661083
        log(emp)    1.03017988  0.06413365
        unemp      -0.00021084  0.00217453
        """,
    ),
    (
        "RE, clustered",
        SHORT,
        "random",
        4,
        """
        Intercept   3.10569727  0.23261788
        log(pcap)   0.03708054  0.06125725
        log(emp)    1.00937552  0.06395880
        unemp       0.00004806  0.00215219
        """,
    ),
):
    fit = wb.fit(formula, panel, effects=effects, covariance="clustered")
    set_beside("B", name, fit, printed, {"std_error": (FACTOR, without_factor(fit, regressors))})

# %%
rows_of_one_year = panel.copy()
rows_of_one_year.index = [f"{region} {year}" for region, year in panel.index]


def heteroscedasticity(formula):
    """Return Koenker's form of the Breusch-Pagan test of the pooled regression."""
    return (
        wb.fit(formula, rows_of_one_year).diagnostics().tests["Breusch-Pagan (Koenker)"].statistic
    )


of_states, of_short = fits["states"].diagnostics(), short["FE"].diagnostics()
tests = {
    "Baltagi–Li_joint,_long": of_states["Baltagi-Li joint"],
    "Bera–Sosa–Yoon_serial,_long": of_states["Bera-Sosa-Yoon serial correlation"],
    "Bera–Sosa–Yoon_effects,_long": of_states["Bera-Sosa-Yoon random effects"],
    "Breusch–Pagan_LM": of_short["Breusch-Pagan LM"],
    "LM_of_pairs": of_short["Breusch-Pagan LM of regions"],
    "Pesaran_CD": of_short["Pesaran CD"],
    "F_of_effects": of_short["Poolability F"],
    "Hausman": of_short["Hausman"],
}
found = pd.DataFrame({"estimate": {name: test.statistic for name, test in tests.items()}})
found.loc["heteroscedasticity,_long", "estimate"] = heteroscedasticity(FORMULA)
found.loc["heteroscedasticity", "estimate"] = heteroscedasticity(SHORT)
set_beside(
    "B",
    "tests",
    found,
    """
    Baltagi–Li_joint,_long            4187.6
    Bera–Sosa–Yoon_serial,_long       52.636
    Bera–Sosa–Yoon_effects,_long      57.914
    heteroscedasticity,_long    80.033
    heteroscedasticity          98.223
    Breusch–Pagan_LM     4567.1
    LM_of_pairs          6490.4
    Pesaran_CD           37.13
    F_of_effects         149.58
    Hausman              84.924
    """,
)

# %% [markdown]
# ### With neighbours, by likelihood (C)
#
# These are the models of @millo2012: random effects with a spatial error, where effects of states
# stay where they are [@baltagi2003] or spread too [@kapoor2007], random effects with a spatial lag,
# and fixed effects with either (@printed-c). What splm calls λ is on Wy and is ρ here; its ρ is on the disturbance
# and is λ here. φ is the variance of the effects over that of the disturbances.
#
# Two conventions differ. splm takes standard errors of φ and of the spatial parameter under random
# effects from a numerical second derivative of the likelihood (the *observed* information), ours
# are of the *expected* information; if random effects were the truth, both would tell the same. And
# splm's standard errors of the slopes take the spatial parameter as known, which with Wy makes them
# too small.

# %%
early = panel[panel.index.get_level_values("year") <= 1974]
set_beside(
    "C",
    "1970–74 pooled",
    wb.fit(FORMULA, early),
    """
    Intercept   1.2054162  0.1151322
    log(pcap)   0.2140447  0.0355133
    log(pc)     0.3421465  0.0212932
    log(emp)    0.5113731  0.0261593
    unemp       0.0118651  0.0047056
    R²          0.99174
    RSS         2.126
    """,
)
set_beside(
    "C",
    "1970–74 RE",
    wb.fit(FORMULA, early, effects="random"),
    """
    Intercept   1.6620300  0.1929774
    log(pcap)   0.1006627  0.0522321
    log(pc)     0.3411402  0.0413144
    log(emp)    0.6212927  0.0376207
    unemp      -0.0099608  0.0027338
    R²          0.96706
    σ²_own      0.0005797
    σ²_states   0.0088851
    """,
)

# %%
OBSERVED, KNOWN = "information", "ρ known"
spatial = {
    "RE, error": wb.fit(FORMULA, panel, W, model="sem", effects="random", random="baltagi"),
    "RE, KKP error": wb.fit(FORMULA, panel, W, model="sem", effects="random", random="kkp"),
    "RE, lag": wb.fit(FORMULA, panel, W, model="sar", effects="random"),
    "FE, error": wb.fit(FORMULA, panel, W, model="sem", effects="entity", lee_yu="none"),
    "FE, lag": wb.fit(FORMULA, panel, W, model="sar", effects="entity", lee_yu="none"),
}


def as_if_known(fit, parameters):
    """Return standard errors of the slopes, given the other parameters."""
    slopes = [term for term in fit.params.index if term not in parameters]
    precision = pd.DataFrame(np.linalg.inv(fit.cov), fit.cov.index, fit.cov.columns)
    given = np.linalg.inv(precision.loc[slopes, slopes])
    return pd.Series(np.sqrt(np.diag(given)), slopes)


of_optimiser = dict.fromkeys(KINDS, (OPTIMISER, None))
of_second_derivatives = {(row, "std_error"): (OBSERVED, None) for row in ("phi", "rho", "lambda")}
lag = spatial["RE, lag"]
set_beside(
    "C",
    "RE, error",
    spatial["RE, error"],
    """
    phi         7.49518  1.73081
    lambda      0.53888  0.03371
    Intercept   2.3868275  0.1393798
    log(pcap)   0.0424138  0.0222037
    log(pc)     0.2418396  0.0202892
    log(emp)    0.7423454  0.0244061
    unemp      -0.0034279  0.0010614
    """,
    of_second_derivatives,
)
set_beside(
    "C",
    "RE, KKP error",
    spatial["RE, KKP error"],
    """
    phi         6.624775  1.549683
    lambda      0.526465  0.033338
    Intercept   2.3246707  0.1415894
    log(pcap)   0.0445475  0.0220377
    log(pc)     0.2461124  0.0211341
    log(emp)    0.7426319  0.0254663
    unemp      -0.0036045  0.0010637
    """,
    of_second_derivatives,
)
set_beside(
    "C",
    "RE, lag",
    lag,
    """
    phi        21.3175   8.3017
    rho         0.161615  0.029099
    Intercept   1.65814995  0.15071855
    log(pcap)   0.01294505  0.02493997
    log(pc)     0.22555376  0.02163422
    log(emp)    0.67081075  0.02642113
    unemp      -0.00579716  0.00089175
    """,
    {
        "estimate": (OPTIMISER, None),
        "std_error": (KNOWN, as_if_known(lag, ["rho", "phi"])),
        **of_second_derivatives,
    },
)
set_beside(
    "C",
    "FE, error",
    spatial["FE, error"],
    """
    lambda      0.557401   0.033075
    log(pcap)   0.0051438  0.0250109
    log(pc)     0.2053026  0.0231427
    log(emp)    0.7822540  0.0278057
    unemp      -0.0022317  0.0010709
    """,
    of_optimiser,
)
set_beside(
    "C",
    "FE, lag",
    spatial["FE, lag"],
    """
    rho         0.274689   0.023516
    log(pcap)  -0.0465819  0.0254425
    log(pc)     0.1874325  0.0230441
    log(emp)    0.6250902  0.0297044
    unemp      -0.0044816  0.0008653
    """,
    of_optimiser,
)

# %% [markdown]
# ### With neighbours, by moments (C)
#
# The same source prints splm's moment estimators (@printed-c-moments). Its random effects with a spatial
# error rest on the *first* step alone (`moments = "initial"`, splm's default): three moments, unweighted. Ours weigh all
# six moments, which the estimates feel. Its fixed effects with a spatial error divide the sum of squares by
# observations, not minus the effects; its random effects with a lag (EC2SLS) multiply by the
# variance of residuals that are already weighted to have variance one.

# %%
INITIAL, EFFECTS_FORGOTTEN, TWICE = "first step", "effects uncounted", "scaled twice"
moments = {
    (model, effects): wb.fit(FORMULA, panel, W, model=model, effects=effects, method="gmm")
    for model in ("sem", "sar")
    for effects in ("random", "entity")
}
n, years = len(panel), panel.index.unique("year").size
design = fits["pooled"].design
assert list(dict.fromkeys(design.index.get_level_values("region"))) == list(W.ids)
residuals = fits["pooled"].resids.loc[design.index].to_numpy()
limits = (W.spectrum.rho_low, W.spectrum.rho_high)
layers = one_layer(W.sparse, years)
unweighted = error_components(residuals, residuals, layers, limits=limits, weighted=False)
once = weighted_fit(design.y, design.X, H=None, M=layers, T=years, found=unweighted)
first_step = pd.DataFrame(
    {"estimate": once.delta, "std_error": np.sqrt(np.diag(once.covariance))}, design.terms
)
set_beside(
    "C, moments",
    "RE, error",
    moments["sem", "random"],
    """
    Intercept   2.2178061  0.1352650
    log(pcap)   0.0533878  0.0221395
    log(pc)     0.2587524  0.0210013
    log(emp)    0.7268627  0.0253709
    unemp      -0.0039258  0.0011000
    """,
    {kind: (INITIAL, first_step[kind]) for kind in KINDS},
)

fit = moments["sar", "random"]
ratio = np.sqrt(fit.sigma2 / fit.components.means)
means = fit.resids.groupby(level="region").transform("mean")
white = (fit.resids - (1 - ratio) * means) / np.sqrt(fit.sigma2)
again = float(white @ white) / (n - len(fit.params))
set_beside(
    "C, moments",
    "RE, lag",
    fit,
    """
    rho         0.04256929  0.01501675
    Intercept   1.89419519  0.16510513
    log(pcap)   0.02244269  0.02472283
    log(pc)     0.28871841  0.02114987
    log(emp)    0.70835224  0.02673746
    unemp      -0.00643463  0.00090743
    """,
    {"std_error": (TWICE, fit.std_errors * np.sqrt(again))},
)

fit = moments["sem", "entity"]
slopes = [term for term in fit.params.index if term != "lambda"]
counted = float(fit.resids @ fit.resids) / (n - len(slopes))
forgotten = fit.std_errors[slopes] * np.sqrt(counted / fit.sigma2)
set_beside(
    "C, moments",
    "FE, error",
    fit,
    """
    lambda      0.499871
    σ²          0.001105
    log(pcap)   0.0043026  0.0253425
    log(pc)     0.2144604  0.0232533
    log(emp)    0.7830897  0.0279794
    unemp      -0.0025609  0.0010546
    """,
    {"std_error": (EFFECTS_FORGOTTEN, forgotten)},
)

fit = moments["sar", "entity"]
shrunk = fit.sigma2 * (n - n // years - len(fit.params)) / (n - len(fit.params))
set_beside(
    "C, moments",
    "FE, lag",
    fit,
    """
    rho         0.19166263  0.02617774
    log(pcap)  -0.04040614  0.02666502
    log(pc)     0.21904067  0.02509769
    log(emp)    0.66833361  0.03077822
    unemp      -0.00472828  0.00090997
    σ²          0.0011506
    """,
    {("σ²", "estimate"): (EFFECTS_FORGOTTEN, pd.Series({"σ²": shrunk}))},
)

# %% [markdown]
# ### With common shocks (D)
#
# Averages over states stand for shocks that hit them all, each in its own way [@pesaran2006]: with
# elasticities that are the same in every state, and as the mean of those of single states (@printed-d).

# %%
cce = {
    word: wb.fit(FORMULA, panel, W, effects="entity", factors=word)
    for word in ("cce", "cce-mean-group", "defactored")
}
of_rounding = dict.fromkeys(KINDS, (ROUNDING, None))
set_beside(
    "D",
    "CCE, pooled",
    cce["cce"],
    """
    log(pcap)   0.0432375  0.1041125
    log(pc)     0.0363922  0.0368432
    log(emp)    0.8209631  0.1390202
    unemp      -0.0020925  0.0014973
    RSS         0.11927
    """,
    of_rounding,
)
set_beside(
    "D",
    "CCE, mean group",
    cce["cce-mean-group"],
    """
    log(pcap)   0.0899850  0.1176042
    log(pc)     0.0335784  0.0423362
    log(emp)    0.6258657  0.1071720
    unemp      -0.0031178  0.0014389
    RSS         0.056978
    """,
    of_rounding,
)

# %% [markdown]
# ### A published toolbox and its checks (E)
#
# The Panel Data Toolbox for MATLAB [@alvarez2017] comes with unit tests that
# hold what *Stata* and splm answer on Munnell's panel (@printed-e). Stata keeps the logarithms in single precision
# (`webuse productivity`), which moves the seventh digit: ours are tried on figures so rounded. Printed
# numbers of more than nine digits are cut. What it has from splm and source C prints too is left out.

# %%
SINGLE, PER_N, CONSTANT = "single precision", "per n", "constant counted"
CLUSTERED = "not clustered"


def single(values):
    """Return numbers as single precision keeps them."""
    return values.astype("float32").astype(float)


stata = pd.DataFrame(
    {
        name: single(np.log(single(panel[name])))
        for name in ("gsp", "pcap", "pc", "emp", "hwy", "water")
    }
).assign(unemp=single(panel["unemp"]))
PLAIN = "gsp ~ pcap + pc + emp + unemp"
NAMES = {"pcap": PUBLIC, "pc": "log(pc)", "emp": "log(emp)"}


def as_stata(**options):
    """Return the numbers of a fit of the figures that Stata keeps."""
    return numbers_of(wb.fit(PLAIN, stata, **options)).rename(index=NAMES)


def tried(table, reason=SINGLE, factor=1.0):
    """Return the reasons of a table whose standard errors are multiplied by a factor."""
    scaled = SINGLE if factor == 1.0 else reason
    return {
        "estimate": (SINGLE, table["estimate"]),
        "std_error": (scaled, table["std_error"] * factor),
    }


for name, effects, ours, printed in (
    (
        "pooled",
        "none",
        fits["pooled"],
        """
        log(pcap)   0.15500703  0.01715377
        log(pc)     0.30919016  0.01027199
        log(emp)    0.59393489  0.01374746
        unemp      -0.00673298  0.00141638
        Intercept   1.6433022   0.05758725
        R²          0.992593448
        RSS         6.29415387
        """,
    ),
    (
        "FE",
        "entity",
        fits["states"],
        """
        log(pcap)  -0.0261493   0.02900156
        log(pc)     0.29200668  0.02511967
        log(emp)    0.7681595   0.03009174
        unemp      -0.00529775  0.00098873
        R²          0.941335632
        RSS         1.11118816
        """,
    ),
    (
        "between",
        "between",
        wb.fit(FORMULA, panel, effects="between"),
        """
        log(pcap)   0.17936513  0.07197194
        log(pc)     0.30195423  0.04182148
        log(emp)    0.57612738  0.05637459
        unemp      -0.00389029  0.00990835
        Intercept   1.5894443   0.23297958
        R²          0.993908880
        RSS         0.297700795
        """,
    ),
    (
        "RE",
        "random",
        fits["random"],
        """
        log(pcap)   0.0044388   0.02341731
        log(pc)     0.31054829  0.01980475
        log(emp)    0.72967051  0.02492022
        unemp      -0.00617248  0.00090728
        Intercept   2.1354106   0.13346148
        """,
    ),
):
    set_beside("E", name, ours, printed, tried(as_stata(effects=effects)))

robust = {
    "pooled, robust": (
        {"covariance": "robust"},
        1.0,
        "0.01857351 0.01251743 0.01959449 0.00134067",
    ),
    "FE, clustered": (
        {"effects": "entity", "covariance": "clustered"},
        np.sqrt((n - 4) / (n - 5)),
        "0.06111477 0.06254953 0.08273258 0.00252846",
    ),
    "RE, clustered": (
        {"effects": "random", "covariance": "clustered"},
        1.0,
        "0.05531069 0.04416204 0.07088248 0.00236311",
    ),
}
for name, (options, factor, printed) in robust.items():
    set_beside(
        "E",
        name,
        wb.fit(FORMULA, panel, **options)
        .tidy()[["std_error"]]
        .rename(columns={"std_error": "estimate"}),
        "\n".join(map(" ".join, zip([*INPUTS, "unemp"], printed.split(), strict=True))),
        {
            "estimate": (
                SINGLE if factor == 1.0 else CONSTANT,
                as_stata(**options)["std_error"] * factor,
            )
        },
    )

# %%
flat = stata.copy()
flat.index = rows_of_one_year.index


def told(formula, data, rows_alone):
    """Return the tests of E, by name."""
    of_cells = wb.fit(formula, data, effects="entity").diagnostics()
    alone = wb.fit(formula, rows_alone).diagnostics().tests
    return pd.Series(
        {
            "heteroscedasticity": alone["Breusch-Pagan (Koenker)"].statistic,
            "White": alone["White"].statistic,
            "F of effects": of_cells["Poolability F"].statistic,
            "Hausman": of_cells["Hausman"].statistic,
            "Mundlak": of_cells["Hausman (auxiliary regression)"].statistic,
            "Mundlak, clustered": of_cells["Mundlak (clustered)"].statistic,
            "Breusch–Pagan LM": of_cells["Breusch-Pagan LM"].statistic,
            "Baltagi–Li joint": of_cells["Baltagi-Li joint"].statistic,
            "Pesaran CD": of_cells["Pesaran CD"].statistic,
            "Pesaran CD, RE": wb.fit(formula, data, effects="random")
            .diagnostics()["Pesaran CD"]
            .statistic,
            "Wooldridge": of_cells["Wooldridge serial correlation"].statistic,
        }
    )


carried = wb.fit(PLAIN, stata, effects="entity").resids.rename("e").to_frame()
carried["before"] = carried["e"].groupby(level="region").shift(1)
on_before = wb.fit("e ~ before", carried.dropna(), covariance="clustered")
away = on_before.params["before"] + 1 / (years - 1)
at_stata = told(PLAIN, stata, flat)
at_stata["Wooldridge"] = float((away / on_before.std_errors["before"]) ** 2)
set_beside(
    "E",
    "tests",
    told(FORMULA, panel, rows_of_one_year).to_frame("estimate"),
    """
    heteroscedasticity    80.0325223
    White                 295.205175
    F_of_effects          75.8204281
    Hausman               9.52539776
    Mundlak               9.71807886
    Mundlak,_clustered    19.3330386
    Breusch–Pagan_LM      4134.96140
    Baltagi–Li_joint      4187.59727
    Pesaran_CD            30.3684527
    Pesaran_CD,_RE        29.0787706
    Wooldridge            680.299338
    """,
    {"estimate": (SINGLE, at_stata), ("Wooldridge", "estimate"): (CLUSTERED, at_stata)},
)

# %% [markdown]
# Where public capital is itself in doubt, its two main parts, highways and water, instrument it. Pooled
# spatial models take all rows as one cross-section of 816, each year among its own neighbours.
# <!-- given -->

# %%
INSTRUMENTED = "gsp ~ [pcap ~ hwy + water] + pc + emp + unemp"
LONG = "log(gsp) ~ [log(pcap) ~ log(hwy) + log(water)] + log(pc) + log(emp) + unemp"
among_years = wb.weights.from_matrix(
    np.kron(W.sparse.toarray(), np.eye(years)), ids=list(flat.index)
)
pooled_by_moments = {
    "pooled, instruments": ("ols", "gmm", True, None),
    "pooled, lag": ("sar", "gmm", False, among_years),
    "pooled, lag, instruments": ("sar", wb.GMM(lag_instruments=False), True, among_years),
}
for name, printed in {
    "pooled, instruments": """
    log(pcap)   0.19696384  0.02100863
    log(pc)     0.29667868  0.01089453
    log(emp)    0.56665739  0.01585087
    unemp      -0.00691241  0.00141818
    Intercept   1.5608487   0.06234629
    """,
    "pooled, lag": """
    log(pcap)   0.1474823   0.0178043
    log(pc)     0.3092149   0.0102487
    log(emp)    0.6026597   0.0148493
    unemp      -0.0061726   0.0014596
    rho        -0.0092512   0.0060324
    Intercept   1.7486408   0.0895507
    """,
    "pooled, lag, instruments": """
    log(pcap)   0.1673200   0.0219589
    log(pc)     0.3039439   0.0108646
    log(emp)    0.5886492   0.0173264
    unemp      -0.0064108   0.0014708
    rho        -0.0065639   0.0061921
    Intercept   1.6833522   0.0975046
    """,
}.items():
    model, method, instrumented, weights = pooled_by_moments[name]
    ours = wb.fit(
        LONG if instrumented else FORMULA, rows_of_one_year, weights, model=model, method=method
    )
    rounded = wb.fit(
        INSTRUMENTED if instrumented else PLAIN, flat, weights, model=model, method=method
    )
    shrink = np.sqrt((n - len(ours.params)) / n)
    table = numbers_of(rounded).rename(index=NAMES)
    set_beside("E", name, ours, printed, tried(table, PER_N, shrink))

instruments = wb.fit(LONG, rows_of_one_year, method="gmm").diagnostics().tests
of_rounded = wb.fit(INSTRUMENTED, flat, method="gmm").diagnostics().tests
set_beside(
    "E",
    "tests of instruments",
    pd.DataFrame(
        {
            "estimate": {
                name: instruments[name].statistic for name in ("Sargan", "Hansen J", "Wu-Hausman")
            }
        }
    ),
    """
    Sargan      43.5074372
    Hansen_J    58.4882956
    Wu-Hausman  12.1751339
    """,
    {
        "estimate": (
            SINGLE,
            pd.Series(
                {name: of_rounded[name].statistic for name in ("Sargan", "Hansen J", "Wu-Hausman")}
            ),
        )
    },
)

# %%
both = {
    effects: wb.fit(FORMULA, panel, W, model="sac", effects=effects, method="gmm")
    for effects in ("entity", "random")
}
set_beside(
    "E",
    "FE, lag and error",
    both["entity"],
    """
    log(pcap)  -0.0205827  0.0268688
    log(pc)     0.1936870  0.0255383
    log(emp)    0.7291745  0.0303750
    unemp      -0.0037004  0.0010235
    rho         0.1327087  0.0245926
    """,
)
Z = np.column_stack([design.X, layers.lag(design.y[:, None])])
lags = layers.lag(design.X[:, 1:])
H = np.column_stack([design.X, lags, layers.lag(lags)])
inside, between_states = (
    stage_residuals(
        part(design.y[:, None], years)[:, 0],
        part(Z, years),
        H=part(H, years),
        whole=(Z, H),
    )[0]
    for part in (within_regions, between_regions)
)
unweighted = error_components(inside, between_states, layers, limits=limits, weighted=False)
spanned = spanning(
    np.column_stack([within_regions(H, years), between_regions(H, years)]), np.column_stack([H, H])
)
once = weighted_fit(design.y, Z, H=spanned, M=layers, T=years, found=unweighted)
first = pd.DataFrame(
    {"estimate": once.delta, "std_error": np.sqrt(np.diag(once.covariance))}, [*design.terms, "rho"]
)
set_beside(
    "E",
    "RE, lag and error",
    both["random"],
    """
    log(pcap)   0.04632588  0.02268646
    log(pc)     0.26797169  0.02047296
    log(emp)    0.72014854  0.02493860
    unemp      -0.00523286  0.00097817
    rho         0.02230657  0.01354214
    Intercept   2.00687954  0.16835095
    """,
    {kind: (INITIAL, first[kind]) for kind in KINDS},
)
components = wb.panels.component_tests(fits["pooled"])
set_beside(
    "E",
    "tests of components",
    pd.DataFrame({"estimate": {"BSJK J": components["BSJK J"].statistic}}),
    "BSJK_J 4290.422",
)

# %% [markdown]
# ### Munnell herself, as Eisner quotes her (F)
#
# The pooled regression is Munnell's own. The comment of @eisner1991, made from the same figures, quotes
# its three elasticities. Ours of public capital (@headline) is so near the middle between two roundings that the
# last digit hangs on the sixth decimal, which neither her figures nor her arithmetic can be held to.

# %%
set_beside(
    "F",
    "pooled",
    fits["pooled"].tidy()[["estimate"]],
    """
    log(pcap)   0.15
    log(pc)     0.31
    log(emp)    0.59
    """,
    {(PUBLIC, "estimate"): (EDGE, None)},
)

# %% [markdown]
# ### How many are met
#
# @headline has the number that this page is about, the elasticity of public capital, model by model.
# @sources counts how many numbers of each source are met, and @reasons says why the others are not.

# %%
WHAT = {
    "unlike models": "A's contrast of two-way fixed with one-way random effects, called a Hausman test",
    FACTOR: "clustered errors of B without Stata's factor",
    OBSERVED: "splm's standard errors of φ, ρ and λ come from the observed information, ours from the "
    "expected; not tried here, but in the tests of this project, from the dense likelihood",
    KNOWN: "splm's standard errors of slopes beside Wy take ρ and φ as known",
    OPTIMISER: "splm's maximum is within what its optimiser allows of ours",
    INITIAL: "splm's default takes the first, unweighted step of the moments",
    EFFECTS_FORGOTTEN: "splm divides by observations, not minus the effects",
    TWICE: "splm multiplies by the variance of residuals that are weighted to variance one",
    SINGLE: "Stata keeps the logarithms in single precision",
    PER_N: "Stata divides by n in two-stage least squares, ours by n − k; on figures in single precision",
    CONSTANT: "Stata counts the constant in the factor of clustered errors; in single precision",
    CLUSTERED: "Wooldridge's test by Stata clusters by state, ours (as plm's) does not",
    EDGE: "ours is in the middle between two roundings, but for the sixth decimal",
    ROUNDING: "D prints the same model twice, by two functions, and their last digits differ",
}
WHAT_RU = {
    "unlike models": "контраст фиксированных эффектов регионов и периодов со случайными "
    "эффектами одних регионов, названный в A тестом Хаусмана",
    FACTOR: "кластеризованные ошибки в B без поправочного множителя Stata",
    OBSERVED: "стандартные ошибки φ, ρ и λ в splm — по наблюдаемой информационной матрице, наши — по "
    "ожидаемой; проверено не здесь, а в тестах этого проекта, по плотному правдоподобию",
    KNOWN: "стандартные ошибки наклонов рядом с Wy в splm принимают ρ и φ за известные",
    OPTIMISER: "максимум splm отстоит от нашего не дальше, чем допускает его оптимизатор",
    INITIAL: "splm по умолчанию берёт первый, невзвешенный шаг метода моментов",
    EFFECTS_FORGOTTEN: "splm делит на число наблюдений, не вычитая эффектов",
    TWICE: "splm умножает на дисперсию остатков, уже взвешенных к единичной дисперсии",
    SINGLE: "Stata хранит логарифмы с одинарной точностью",
    PER_N: "в двухшаговом МНК Stata делит на n, мы — на n − k; по данным с одинарной точностью",
    CONSTANT: "Stata учитывает константу в множителе кластеризованных ошибок; с одинарной точностью",
    CLUSTERED: "в тесте Вулдриджа Stata кластеризует по штатам, мы (как plm) — нет",
    EDGE: "наше число лежит посередине между двумя округлениями, если бы не шестой знак",
    ROUNDING: "D печатает одну модель дважды, двумя функциями, и последние цифры у них разные",
}
every = compared(None)
outcomes = {
    text: {"en": text, "ru": in_russian(text)}
    for source in every["source"].unique()
    for text in [*every["verdict"], *side_by_side(source)["verdict"]]
}
every["fine"] = every["why"].isin(LAST_DIGITS) | every["verdict"].str.endswith(NEARLY)
every["so"] = every["verdict"].str.endswith(MET_SO)
every["gap"] = 100 * (every["here"] / every["printed"].astype(float) - 1).abs()
unmet = every[every["verdict"] != MET]
HEADLINE = {
    "F": ["pooled"],
    "A": ["pooled", "FE", "FE, two-way", "RE"],
    "E": ["between"],
    "C": ["RE, error", "RE, KKP error", "RE, lag", "FE, error", "FE, lag"],
    "C, moments": ["RE, error", "RE, lag", "FE, error", "FE, lag"],
    "D": ["CCE, pooled", "CCE, mean group"],
}
public = every[(every["row"] == PUBLIC) & (every["kind"] == "estimate")]
public = public.set_index(["source", "model"])[["printed", "here", "difference", "verdict"]]
wb.publish(
    public.loc[[(source, model) for source, models in HEADLINE.items() for model in models]],
    "headline",
    labels=LABELS | outcomes,
    caption={
        "en": "The elasticity of public capital, model by model: printed and here",
        "ru": "Эластичность по общественному капиталу, модель за моделью: напечатано и здесь",
    },
    kind="maximum likelihood",
)
reasons = pd.DataFrame(
    {
        why: {
            "numbers": len(part),
            MET_SO: int(part["so"].sum()),
            "largest difference, %": part["gap"].max(),
            "what": WHAT[why],
        }
        for why, part in unmet.groupby("why", sort=False)
        if why
    }
).T.infer_objects()
wb.publish(
    reasons.rename_axis("reason"),
    "reasons",
    labels=LABELS | {WHAT[why]: {"en": WHAT[why], "ru": WHAT_RU[why]} for why in WHAT},
    caption={
        "en": "Why printed numbers are not met, and how many are once ours are counted as the source does",
        "ru": "Почему с напечатанными числами нет совпадения и сколько их совпадает, если считать "
        "так же, как источник",
    },
    kind="maximum likelihood",
)
wb.publish(
    every.assign(met=every["verdict"] == MET)
    .groupby("source")
    .agg(numbers=("met", "size"), met=("met", "sum"), so=("so", "sum"))
    .rename(columns={"so": MET_SO}),
    "sources",
    labels=LABELS,
    caption={
        "en": "Printed numbers by source (a number printed twice counts twice), those met, and those "
        "met once counted as the source does",
        "ru": "Напечатанные числа по источникам (напечатанное дважды считается дважды), совпавшие и"
        " совпавшие при счёте, принятом в источнике",
    },
)
last_digits = unmet[unmet["fine"] & ~unmet["so"]]
others = unmet[~unmet["fine"] & ~unmet["so"]]
optimised = last_digits["converted"].fillna(last_digits["here"])
wb.claim(
    "answer-printed",
    {
        "en": "**Of {total} printed numbers {met} are met to the last printed digit, and {so} more once ours are "
        "counted as the source counts.** {fine} differ in their last digits (by {gap:.5f} % at most). "
        "{observed} are standard errors of another information matrix, {edge} lies in the middle between two "
        "roundings; without a reason remain {rest} (@reasons, @sources).",
        "ru": "**Из {total} напечатанных чисел {met} совпадают до последней напечатанной цифры и "
        "ещё {so} — если считать так же, как источник.** В последних цифрах расходятся {fine}"
        " (не более чем на {gap:.5f} %). Стандартных ошибок по другой информационной матрице "
        "— {observed}, посередине между двумя округлениями — {edge}; без объяснения остаётся "
        "{rest} (@reasons, @sources).",
    },
    numbers={
        "total": len(every),
        "met": len(every) - len(unmet),
        "so": int(unmet["so"].sum()),
        "fine": len(last_digits),
        "gap": 100 * (optimised / last_digits["printed"].astype(float) - 1).abs().max(),
        "observed": int((others["why"] == OBSERVED).sum()),
        "edge": int((others["why"] == EDGE).sum()),
        "rest": int((~others["why"].isin([OBSERVED, EDGE])).sum()),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# Three of the differences in @reasons are more than bookkeeping.
#
# - *Observed or expected information.* Where random effects hold, the two agree in large samples. Here
#   they do not agree beside a spatial lag, and @effects says why: random effects do not hold.
# - *ρ taken as known.* A standard error of a slope beside Wy that takes ρ as given is the smaller one.
# - *Single precision.* Seven digits in the figures are fewer in the elasticities: the inputs are so
#   collinear that what is lost at the end of a logarithm comes back in the fifth digit of a coefficient.
#
# **Not reproduced.** Random effects with serially correlated disturbances (`spreml` with errors
# `semsrre` or `sr`), Baltagi and Li's test of serial correlation, G2SLS, and public capital
# instrumented beside effects *and* a spatial term, which E has from splm: this workbench does not
# have them. Of E's pooled models with a spatial error the toolbox itself holds two digits; they are left
# out. The output that Millo and Piras's article prints, and the tables of Munnell (but for F), of Baltagi and Pinnoi
# and of Baltagi's book: not at hand. splm's other tests of error components and its spatial Hausman
# tests: no printed output for these data was found; ours are in @components and @effects.

# %% [markdown]
# ## 2. Is public capital productive?
#
# One coefficient, by one estimator after the other (@elasticities, @elasticities-plot). Between states and
# pooled, states that have more public capital than others produce more than their private capital and labour explain. Within
# states, and from one year to the next, the question is whether a state produces more *when* its public
# capital grows.

# %%
estimators = {
    "pooled": fits["pooled"],
    "between states": wb.fit(FORMULA, panel, W, effects="between"),
    "effects of years": wb.fit(FORMULA, panel, W, effects="time"),
    "random effects": fits["random"],
    "random effects, spatial error": spatial["RE, error"],
    "random effects that spread": spatial["RE, KKP error"],
    "effects of states": fits["states"],
    "… spatial error": wb.fit(FORMULA, panel, W, model="sem", effects="entity"),
    "effects of states and years": fits["two-way"],
    "… spatial error, two-way": wb.fit(FORMULA, panel, W, model="sem", effects="two-way"),
    "… clustered by state": wb.fit(FORMULA, panel, W, effects="two-way", covariance="clustered"),
    "… Driscoll–Kraay": wb.fit(FORMULA, panel, W, effects="two-way", covariance="driscoll-kraay"),
    "first differences": wb.fit(FORMULA, panel, W, effects="first-difference"),
    "common correlated effects": cce["cce"],
    "… mean group": cce["cce-mean-group"],
    "defactored": cce["defactored"],
}
ACROSS = ["pooled", "between states", "effects of years"]
RANDOM = [name for name in estimators if name.startswith("random")]


def elasticity(fit):
    """Return the elasticity of public capital, and the sum of the three with its test of one."""
    own = fit.tidy().loc[PUBLIC]
    total = float(fit.params[INPUTS].sum())
    error = float(np.sqrt(fit.cov.loc[INPUTS, INPUTS].to_numpy().sum()))
    return {
        **own[["estimate", "std_error", "p_value", "conf_low", "conf_high"]],
        "returns to scale": total,
        "its s.e.": error,
        "constant returns · p_value": float(2 * norm.sf(abs(total - 1) / error)),
    }


elasticities = pd.DataFrame({name: elasticity(fit) for name, fit in estimators.items()}).T
wb.publish(
    elasticities.rename_axis("estimator"),
    "elasticities",
    labels=LABELS,
    caption={
        "en": "Elasticity of output with respect to public capital; sum of the elasticities of public "
        "capital, private capital and labour, and p-value of constant returns (a sum of one)",
        "ru": "Эластичность выпуска по общественному капиталу; сумма эластичностей по общественному"
        " капиталу, частному капиталу и труду и p-значение постоянной отдачи (сумма равна "
        "единице)",
    },
    kind="maximum likelihood",
)

# %%
with styled():
    figure = Picture(
        7.2,
        4.6,
        alt=LABELS["Elasticity of public capital with 95 % intervals"][lang]
        + ": "
        + "; ".join(
            f"{LABELS[name][lang]} {row['estimate']:.2f}" for name, row in elasticities.iterrows()
        ),
    )
    axes = figure.add_subplot()
    for at, (name, row) in enumerate(elasticities.iterrows()):
        group = 0 if name in ACROSS else 1 if name in RANDOM else 2
        color = (SERIES_COLORS[1], SERIES_COLORS[3], SERIES_COLORS[0])[group]
        axes.plot([row["conf_low"], row["conf_high"]], [at, at], color=color, linewidth=1.6)
        axes.plot(row["estimate"], at, "o", color=color, markersize=5)
    axes.axvline(0, color=ACCENT, linewidth=1)
    axes.set_yticks(range(len(elasticities)), [LABELS[name][lang] for name in elasticities.index])
    axes.set_ylim(len(elasticities) - 0.5, -0.5)
    axes.set_xlabel(
        LABELS[
            "elasticity of public capital, 95 % interval "
            "(orange: across states; purple: random effects; blue: within states)"
        ][lang]
    )
wb.publish(
    figure,
    "elasticities-plot",
    caption={
        "en": "Elasticity of output with respect to public capital",
        "ru": "Эластичность выпуска по общественному капиталу",
    },
)

# %%
within = elasticities.drop(index=[*ACROSS, *RANDOM])
positive = (elasticities["estimate"] > 0) & (elasticities["p_value"] < LEVEL)
cautious = elasticities.loc["common correlated effects"]
wb.claim(
    "answer-productive",
    {
        "en": "**{heading}** The elasticity is {pooled:.3f} pooled and {between:.3f} between states "
        "(@elasticities). Of {within} estimators that compare a state with itself {found} find a positive one; they run from "
        "{low:.3f} to {high:.3f}. Random effects, which mix the two, give {random_low:.3f} to {random_high:.3f} ({random} of "
        "{of} positive and significant); whether they may be used is tested next. With effects of states "
        "and years the 95 % interval is {from_:.3f} to {to:.3f} (Driscoll–Kraay standard errors, which "
        "allow for memory and for states that move together, but make intervals too short in as few as "
        "{years} years); with common shocks taken out (common "
        "correlated effects, CCE) it is {shock_low:.2f} to {shock_high:.2f}{wide}.",
        "ru": "**{heading}** Эластичность равна {pooled:.3f} по объединённым данным и {between:.3f}"
        " между штатами (@elasticities). Из оценок, сравнивающих штат с самим собой, а их {within}, "
        "положительную дают {found}; они лежат от {low:.3f} до {high:.3f}. Случайные эффекты,"
        " смешивающие то и другое, дают от {random_low:.3f} до {random_high:.3f} "
        "(положительны и значимы {random} из {of}); можно ли ими пользоваться, проверяется "
        "дальше. С эффектами штатов и лет 95-процентный интервал — от {from_:.3f} до {to:.3f}"
        " (стандартные ошибки Дрисколла–Края, допускающие память и совместное движение "
        "штатов; за столь малое число лет, {years}, они дают слишком короткие интервалы); без общих шоков (общие коррелированные эффекты, CCE) — от {shock_low:.2f} "
        "до {shock_high:.2f}{wide}.",
    },
    numbers={
        "heading": {
            "en": "Across states public capital is productive; within states the figures do not show it.",
            "ru": "Между штатами общественный капитал производителен; внутри штатов данные этого не "
            "показывают.",
        }
        if positive[ACROSS].all() and not positive[within.index].any()
        else {
            "en": "Across states public capital is productive; within states it depends on the estimator.",
            "ru": "Между штатами общественный капитал производителен; внутри штатов это зависит от "
            "способа оценки.",
        }
        if positive[ACROSS].all()
        else {
            "en": "Whether public capital is productive depends on the estimator.",
            "ru": "Производителен ли общественный капитал, зависит от способа оценки.",
        },
        "wide": {
            "en": ", wide enough to hold zero as well as the estimate across states",
            "ru": "; этот интервал так широк, что вмещает и ноль, и оценку между штатами",
        }
        if cautious["conf_low"] < 0
        and cautious["conf_high"] > elasticities.loc["between states", "estimate"]
        else "",
        "pooled": elasticities.loc["pooled", "estimate"],
        "between": elasticities.loc["between states", "estimate"],
        "within": len(within),
        "found": int(positive[within.index].sum()),
        "low": within["estimate"].min(),
        "high": within["estimate"].max(),
        "random_low": elasticities.loc[RANDOM, "estimate"].min(),
        "random_high": elasticities.loc[RANDOM, "estimate"].max(),
        "random": int(positive[RANDOM].sum()),
        "of": len(RANDOM),
        "years": panel.index.unique("year").size,
        "from_": elasticities.loc["… Driscoll–Kraay", "conf_low"],
        "to": elasticities.loc["… Driscoll–Kraay", "conf_high"],
        "shock_low": cautious["conf_low"],
        "shock_high": cautious["conf_high"],
    },
    kind="maximum likelihood",
)
constant = elasticities["constant returns · p_value"] >= LEVEL
wb.claim(
    "returns",
    {
        "en": "Returns to scale: the three elasticities sum to {low:.2f} to {high:.2f}; constant returns are not "
        "rejected by {kept} of {all} estimators (@elasticities).",
        "ru": "Отдача от масштаба: сумма трёх эластичностей — от {low:.2f} до {high:.2f}; "
        "постоянную отдачу не отвергают {kept} из {all} оценок (@elasticities).",
    },
    numbers={
        "low": elasticities["returns to scale"].min(),
        "high": elasticities["returns to scale"].max(),
        "kept": int(constant.sum()),
        "all": len(constant),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ### Which effects?
#
# Effects of states and of years; random or fixed; and whether a year's disturbance tells the next
# one's (@effects). Tests that look for effects, spatial and serial correlation together [@baltagi2003;
# @baltagi2007] stand at the end of this page, in @components.

# %%
chosen = [
    "Poolability F",
    "Breusch-Pagan LM",
    "Breusch-Pagan LM (periods)",
    "Hausman",
    "Hausman (auxiliary regression)",
    "Mundlak (clustered)",
    "Wooldridge serial correlation",
    "Pesaran CD",
    "Juodis-Reese CDw+",
]
diagnostics = fits["states"].diagnostics().tidy().loc[chosen, ["statistic", "p_value", "null"]]
for model in ("sar", "sem", "sdm"):
    test = wb.panels.spatial_hausman(FORMULA, panel, W, model=model)["Mundlak"]
    diagnostics.loc[f"Mundlak, {model.upper()}"] = [test.statistic, test.p_value, test.null]
wb.publish(
    diagnostics,
    "effects",
    labels=LABELS,
    caption={
        "en": "Tests of the effects; last, fixed against random effects in spatial panels, by the means "
        "of the regressors",
        "ru": "Тесты эффектов; последним — фиксированные против случайных в пространственных "
        "панелях, по средним регрессоров",
    },
    kind="maximum likelihood",
)
p_of = diagnostics["p_value"]
of_random = p_of[["Hausman", "Mundlak (clustered)", "Mundlak, SAR"]]
memory = p_of[["Wooldridge serial correlation", "Pesaran CD"]]
wb.claim(
    "answer-effects",
    {
        "en": "That all states are alike is {pooling} (F = {f:.1f}, p = {f_p_value:p}). {random} Hausman's test has "
        "p = {hausman_p_value:p}, Mundlak's p = {mundlak_p_value:p}, and beside a spatial lag p = "
        "{lag_p_value:p} (@effects). That disturbances have no memory has p = {serial_p_value:p} (Wooldridge), that "
        "states do not move together p = {cd_p_value:p} (Pesaran){so}. Once serial and spatial correlation "
        "are allowed for (@components), the test against effects of states has p = {c3_p_value:p}{alike}.",
        "ru": "Гипотеза об одинаковости всех штатов {pooling} (F = {f:.1f}, p = {f_p_value:p}). "
        "{random} у теста Хаусмана p = {hausman_p_value:p}, у теста Мундлака p = "
        "{mundlak_p_value:p}, а рядом с пространственным лагом p = {lag_p_value:p} (@effects). Гипотеза "
        "об отсутствии памяти у возмущений имеет p = {serial_p_value:p} (Вулдридж), о том, "
        "что штаты не движутся вместе, — p = {cd_p_value:p} (Песаран){so}. С учётом временной"
        " и пространственной корреляции (@components) тест против эффектов штатов имеет p = "
        "{c3_p_value:p}{alike}.",
    },
    numbers={
        "pooling": {"en": "rejected", "ru": "отвергнута"}
        if p_of["Poolability F"] < LEVEL
        else {"en": "not rejected", "ru": "не отвергнута"},
        "random": {"en": "Random effects are no way out:", "ru": "Случайные эффекты не выход:"}
        if (of_random < LEVEL).all()
        else {"en": "Random effects are not rejected:", "ru": "Случайные эффекты не отвергнуты:"}
        if (of_random >= LEVEL).all()
        else {
            "en": "About random effects the tests disagree:",
            "ru": "О случайных эффектах тесты расходятся:",
        },
        "so": {
            "en": ", so that classical standard errors cannot be trusted",
            "ru": ", так что классическим стандартным ошибкам верить нельзя",
        }
        if (memory < LEVEL).any()
        else "",
        "alike": {
            "en": ": in so few years, levels that differ for good and disturbances that hardly fade look "
            "alike",
            "ru": ": за столь немногие годы постоянные различия уровней и почти не затухающие "
            "возмущения выглядят одинаково",
        }
        if components["BSJK C.3"].p_value >= LEVEL
        else "",
        "f": diagnostics.loc["Poolability F", "statistic"],
        "f_p_value": p_of["Poolability F"],
        "hausman_p_value": p_of["Hausman"],
        "mundlak_p_value": p_of["Mundlak (clustered)"],
        "lag_p_value": p_of["Mundlak, SAR"],
        "serial_p_value": p_of["Wooldridge serial correlation"],
        "cd_p_value": p_of["Pesaran CD"],
        "c3_p_value": components["BSJK C.3"].p_value,
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## 3. Does it spill over?
#
# ### Which spatial model?
#
# Two ways to choose: @path follows the tests of @elhorst2014, @probabilities has the posterior
# probabilities of the models that have one spatial parameter.

# %%
path = wb.panels.elhorst_path(FORMULA, panel, W)
wb.publish(
    path.tidy(),
    "path",
    caption={
        "en": "Elhorst's path: effects, then the spatial model",
        "ru": "Путь Элхорста: эффекты, затем пространственная модель",
    },
    notes=f"{path.reason}.",
    kind="maximum likelihood",
)
probabilities = {
    effects: wb.panels.model_probabilities(FORMULA, panel, W, effects=effects)
    for effects in ("entity", "two-way")
}
wb.publish(
    pd.concat(
        {
            name: result.table[["probability", "probability_low", "probability_high"]].rename(
                str.upper
            )
            for name, result in probabilities.items()
        },
        names=["effects", "model"],
    ),
    "probabilities",
    labels=LABELS,
    caption={
        "en": "Posterior probability of each model, and its range over other priors",
        "ru": "Апостериорная вероятность каждой модели и её размах при других априорных",
    },
    kind="maximum likelihood",
)
likely = {name: result.table["probability"] for name, result in probabilities.items()}
best = {name: likely[name].idxmax() for name in likely}
agree = {path.model, *best.values()}
versus_error = path.tests["LR sdm vs sem"]
wb.claim(
    "answer-model",
    {
        "en": "With effects of states and years, Elhorst's path ends at {path} (@path); the spatial Durbin model is set "
        "apart from the error model, in which nothing spills over but disturbances, with p = "
        "{ratio_p_value:p}. Posterior probabilities say {two} under the same effects "
        "({two_probability:.3f}) and {one} under effects of states alone ({one_probability:.2f}; "
        "@probabilities). {so}",
        "ru": "С эффектами штатов и лет путь Элхорста приводит к {path} (@path); от модели ошибок, в "
        "которой перетекают только возмущения, пространственную модель Дарбина отличает p = "
        "{ratio_p_value:p}. Апостериорные вероятности указывают на {two} при тех же эффектах "
        "({two_probability:.3f}) и на {one} при одних эффектах штатов "
        "({one_probability:.2f}; @probabilities). {so}",
    },
    numbers={
        "path": path.answer.split(",")[0].upper(),
        "ratio_p_value": versus_error.p_value,
        "two": best["two-way"].upper(),
        "two_probability": likely["two-way"].max(),
        "one": best["entity"].upper(),
        "one_probability": likely["entity"].max(),
        "so": {"en": "They agree.", "ru": "Они сходятся."}
        if len(agree) == 1
        else {
            "en": "They disagree: whether anything but disturbances spills over is open. The two Durbin "
            "models of the next section allow for both.",
            "ru": "Они расходятся: перетекает ли что-нибудь, кроме возмущений, остаётся открытым. Две "
            "модели Дарбина из следующего раздела допускают и то и другое.",
        },
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ### Impacts
#
# The spatial Durbin model (SDM: neighbours' output and inputs) and the Durbin error model (SDEM:
# neighbours' inputs and disturbances), with effects of states, and of states and years (@durbin,
# @impacts-plot). Fixed effects are transformed out [@lee2010]. The indirect impact is by how many per cent output changes in
# a state, on average, when public capital grows by one per cent in all others.

# %%
durbins = {
    f"{model.upper()}, {effects}": wb.fit(FORMULA, panel, W, model=model, effects=effects)
    for model in ("sdm", "sdem")
    for effects in ("entity", "two-way")
}
wb.publish(
    wb.compare(durbins, impacts=True, statistics=("nobs_effective", "loglik", "aic")),
    "durbin",
    labels=LABELS,
    caption={
        "en": "Durbin panels: coefficients and impacts (standard errors in parentheses)",
        "ru": "Панели Дарбина: коэффициенты и эффекты (в скобках стандартные ошибки)",
    },
)
wb.publish(
    wb.impacts_chart({LABELS[name][lang]: fit.impacts() for name, fit in durbins.items()}),
    "impacts-plot",
    caption={
        "en": "Direct, indirect and total impacts with 95 % intervals",
        "ru": "Прямые, косвенные и полные эффекты с 95-процентными интервалами",
    },
)

# %%
two_way = durbins["SDM, two-way"]
given = two_way.impacts_by_region(PUBLIC).table.xs("given", level="effect")
wb.claim(
    "given",
    {
        "en": "State by state: of the {states} sums of what one state's public capital gives to all others "
        "(SDM, two-way), {significant} differ from zero at 5 %.",
        "ru": "По штатам: из {states} сумм того, что общественный капитал одного штата даёт всем "
        "остальным (SDM, эффекты регионов и периодов), на уровне 5 % от нуля отличаются "
        "{significant}.",
    },
    numbers={"states": len(given), "significant": int((given["p_value"] < LEVEL).sum())},
    kind="maximum likelihood",
)

# %% [markdown]
# ### How fixed effects leave the likelihood
#
# With effects of years the direct approach biases ρ [@lee2010]. @lee-yu has the three ways to deal with
# it, for the spatial Durbin model with both effects.

# %%
WAYS = {
    "none": "estimated as regressors",
    "bias-correction": "estimated, bias corrected",
    "transformation": "transformed out",
}
ways = {
    said: wb.fit(FORMULA, panel, W, model="sdm", effects="two-way", lee_yu=way)
    for way, said in WAYS.items()
}
wb.publish(
    pd.DataFrame(
        {
            way: {
                "ρ": fit.params["rho"],
                "its s.e.": fit.std_errors["rho"],
                "σ²": fit.sigma2,
                "indirect impact of public capital": fit.impacts()[PUBLIC, "indirect"].estimate,
            }
            for way, fit in ways.items()
        }
    ).T.rename_axis("fixed effects"),
    "lee-yu",
    labels=LABELS,
    caption={
        "en": "Spatial Durbin model, effects of states and years, by what is done about the effects",
        "ru": "Пространственная модель Дарбина, эффекты штатов и лет, по способу обращения с "
        "эффектами",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ### Neighbours or common shocks?
#
# Oil prices, interest rates and the recessions of 1974 and 1982 hit states alike, each in its own
# way; neighbours that react alike look like neighbours that infect each other. Averages over states
# (CCE) and principal components (defactored instruments) take such shocks out. The exponent in
# @dependence says how much dependence is left: one is a shock felt everywhere, one half or less nothing
# that counts. @spillovers has the indirect impact of public capital with the shocks left in, and without.

# %%
shocks = wb.panels.common_shocks(two_way)
wb.publish(
    shocks.dependence,
    "dependence",
    labels=LABELS,
    caption={
        "en": "Dependence between states that is left: CD test with random signs, and its exponent",
        "ru": "Оставшаяся зависимость между штатами: тест CD со случайными знаками и её показатель",
    },
)
slx = {
    "SLX, two-way": wb.fit(FORMULA, panel, W, model="slx", effects="two-way"),
    "SLX, two-way, clustered by state": wb.fit(
        FORMULA, panel, W, model="slx", effects="two-way", covariance="clustered"
    ),
    "SLX, two-way, Driscoll–Kraay": wb.fit(
        FORMULA, panel, W, model="slx", effects="two-way", covariance="driscoll-kraay"
    ),
    "SLX, CCE": wb.fit(FORMULA, panel, W, model="slx", effects="entity", factors="cce"),
    "SLX, defactored": wb.fit(
        FORMULA, panel, W, model="slx", effects="entity", factors="defactored"
    ),
}
parts = {name: fit.impacts().table for name, fit in (durbins | slx).items()}
parts |= {
    f"SDM, {name}": shocks.impacts.loc[name]
    for name in shocks.impacts.index.unique("estimator")[1:]
}
spill = pd.DataFrame({name: table.loc[(PUBLIC, "indirect")] for name, table in parts.items()}).T
wb.publish(
    spill.rename_axis("model"),
    "spillovers",
    labels=LABELS,
    caption={
        "en": "Indirect impact of public capital, model by model",
        "ru": "Косвенный эффект общественного капитала, модель за моделью",
    },
    kind="maximum likelihood",
)
private = pd.DataFrame(
    {name: table.loc[("log(pc)", "indirect")] for name, table in parts.items()}
).T

# %%
significant = spill["p_value"] < LEVEL
helps = significant & (spill["estimate"] > 0)
harms = significant & (spill["estimate"] < 0)
of_private = (private["p_value"] < LEVEL) & (private["estimate"] > 0)
out = [name for name in spill.index if not name.startswith(("SDM, e", "SDM, t", "SDEM", "SLX, t"))]
left = shocks.dependence["p_value"]
wb.claim(
    "answer-spill",
    {
        "en": "**{heading}** Its indirect impact is positive and "
        "significant in {positive} of {all} rows, negative and significant in {negative} (@spillovers). That of SLX has "
        "p = {classical_p_value:p} with classical standard errors, p = {clustered_p_value:p} clustered by "
        "state and p = {robust_p_value:p} by Driscoll and Kraay, which in {years} years reject too often. Durbin models have it at "
        "{low:.3f} to {high:.3f}.",
        "ru": "**{heading}** Его косвенный эффект положителен и значим в {positive} из {all} строк,"
        " отрицателен и значим в {negative} (@spillovers). В SLX он имеет p = {classical_p_value:p} с "
        "классическими стандартными ошибками, p = {clustered_p_value:p} с кластеризацией по "
        "штатам и p = {robust_p_value:p} по Дрисколлу и Краю (за {years} лет их ошибки отвергают "
        "слишком часто). В моделях Дарбина он лежит от "
        "{low:.3f} до {high:.3f}.",
    },
    numbers={
        "heading": {
            "en": "No model shows that public capital helps the neighbours.",
            "ru": "Ни одна модель не показывает, что общественный капитал помогает соседям.",
        }
        if not helps.any()
        else {
            "en": "Every model shows that public capital helps the neighbours.",
            "ru": "Все модели показывают, что общественный капитал помогает соседям.",
        }
        if helps.all()
        else {
            "en": "Some models show that public capital helps the neighbours, others do not.",
            "ru": "Одни модели показывают, что общественный капитал помогает соседям, другие нет.",
        },
        "positive": int(helps.sum()),
        "negative": int(harms.sum()),
        "all": len(spill),
        "classical_p_value": spill.loc["SLX, two-way", "p_value"],
        "clustered_p_value": spill.loc["SLX, two-way, clustered by state", "p_value"],
        "years": panel.index.unique("year").size,
        "robust_p_value": spill.loc["SLX, two-way, Driscoll–Kraay", "p_value"],
        "low": spill.loc[list(durbins), "estimate"].min(),
        "high": spill.loc[list(durbins), "estimate"].max(),
    },
    kind="maximum likelihood",
)


def moves(p):
    """Say whether states still move together once a model is fitted."""
    if p < LEVEL:
        return {"en": "states that move together", "ru": "штаты движутся вместе"}
    return {
        "en": "no sign that states move together",
        "ru": "признаков совместного движения штатов нет",
    }


turns = (spill.loc[out, "estimate"] > 0).all() and (spill.loc[list(durbins), "estimate"] < 0).all()
wb.claim(
    "answer-shocks",
    {
        "en": "The Durbin model leaves {durbin} (p = {durbin_p_value:p}), averages over states leave {cce} (p = "
        "{cce_p_value:p}), principal components leave {defactored} (p = {defactored_p_value:p}); the exponents are "
        "{exponent:.2f}, {of_cce:.2f} and {of_defactored:.2f} (@dependence). With common shocks taken out the indirect "
        "impact of public capital {turns}{low:.2f} to {high:.2f}, and is not significant in "
        "{insignificant} of {out} rows{so}. That of private capital "
        "is positive and significant in {private} of {kept} rows with the shocks left in, and in "
        "{private_out} of {out} without.",
        "ru": "После модели Дарбина: {durbin} (p = {durbin_p_value:p}), после средних по штатам: "
        "{cce} (p = {cce_p_value:p}), после главных компонент: {defactored} (p = "
        "{defactored_p_value:p}); показатели зависимости — {exponent:.2f}, {of_cce:.2f} и "
        "{of_defactored:.2f} (@dependence). Без общих шоков косвенный эффект общественного капитала {turns}"
        " {low:.2f} до {high:.2f} и незначим в {insignificant} из {out} строк{so}. Косвенный "
        "эффект частного капитала положителен и значим в {private} из {kept} строк с шоками и"
        " в {private_out} из {out} без них.",
    },
    numbers={
        "durbin": moves(left.iloc[0]),
        "cce": moves(left.iloc[1]),
        "defactored": moves(left.iloc[2]),
        "durbin_p_value": left.iloc[0],
        "cce_p_value": left.iloc[1],
        "defactored_p_value": left.iloc[2],
        "exponent": shocks.dependence["exponent"].iloc[0],
        "of_cce": shocks.dependence["exponent"].iloc[1],
        "of_defactored": shocks.dependence["exponent"].iloc[2],
        "turns": {"en": "changes its sign, to ", "ru": "меняет знак и лежит от"}
        if turns
        else {"en": "is ", "ru": "лежит от"},
        "low": spill.loc[out, "estimate"].min(),
        "high": spill.loc[out, "estimate"].max(),
        "insignificant": int((~significant[out]).sum()),
        "so": {
            "en": ": these years know next to nothing about it",
            "ru": ": эти годы не знают о нём почти ничего",
        }
        if not significant[out].any()
        else "",
        "out": len(out),
        "kept": len(spill) - len(out),
        "private": int(of_private.drop(index=out).sum()),
        "private_out": int(of_private[out].sum()),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## 4. What the years say
#
# A regression in levels, of series that wander, needs them to wander together. Pesaran's CIPS test
# asks whether each state has a unit root once common movements are out (@unit-roots); the dynamic spatial
# Durbin model [@yu2008] says how much of last year's output is this year's (@dynamic).

# %%
tested = {
    name: wb.panels.unit_root(name, panel)
    for name in ("log(gsp)", PUBLIC, "log(pc)", "log(emp)")
}
roots = {name: found.tidy() for name, found in tested.items()}
wb.publish(
    pd.concat(roots).droplevel(1)[["statistic", "p_value"]].rename_axis("series"),
    "unit-roots",
    labels=LABELS,
    caption={
        "en": "Pesaran's CIPS: that every state has a unit root",
        "ru": "CIPS Песарана: гипотеза о единичном корне в каждом штате",
    },
    kind="simulation",
    drawn_by=tested,
)
moving = wb.fit(FORMULA, panel, W, model="sdm", effects="two-way", dynamic="both")
wb.publish(
    moving.tidy(),
    "dynamic",
    caption={
        "en": "Dynamic spatial Durbin panel, effects of states and years (Yu, de Jong and Lee 2008): tau is "
        "last year's output here, eta next door, rho this year's next door",
        "ru": "Динамическая пространственная панель Дарбина, эффекты штатов и лет (Ю, де Йонг и Ли,"
        " 2008): tau — прошлогодний выпуск здесь, eta — у соседей, rho — нынешний у соседей",
    },
    kind="maximum likelihood",
)
of_roots = pd.Series({name: float(table["p_value"].iloc[0]) for name, table in roots.items()})
capital = moving.tidy().loc[[PUBLIC, "log(pc)"]]
odd = bool(((capital["p_value"] < LEVEL) & (capital["estimate"] < 0)).any())
wb.claim(
    "answer-years",
    {
        "en": "That every state has a unit root is rejected for {rejected} of {series} series (smallest p = "
        "{p_value:p}; @unit-roots); {years} years give such tests little power. {tau:.2f} of last year's output is "
        "carried on, and beside it the coefficients of public and private capital are {public:.3f} (p = "
        "{public_p_value:p}) and {private:.3f} (p = {private_p_value:p}; @dynamic){so}.",
        "ru": "Гипотеза о единичном корне в каждом штате отвергается для {rejected} из {series} "
        "рядов (наименьшее p = {p_value:p}; @unit-roots); число лет, {years}, даёт таким тестам мало "
        "мощности. Переносится {tau:.2f} прошлогоднего выпуска, и рядом с ним коэффициенты "
        "общественного и частного капитала равны {public:.3f} (p = {public_p_value:p}) и "
        "{private:.3f} (p = {private_p_value:p}; @dynamic){so}.",
    },
    numbers={
        "rejected": int((of_roots < LEVEL).sum()),
        "series": len(of_roots),
        "p_value": of_roots.min(),
        "years": years,
        "tau": moving.params["tau"],
        "public": moving.params[PUBLIC],
        "public_p_value": capital.loc[PUBLIC, "p_value"],
        "private": moving.params["log(pc)"],
        "private_p_value": capital.loc["log(pc)", "p_value"],
        "so": {
            "en": ": a negative one nobody would read as a production function. What regressions in levels say "
            "is about slow movements, of which each state has few",
            "ru": ": отрицательный никто не принял бы за производственную функцию. Регрессии в уровнях "
            "говорят о медленных движениях, которых у каждого штата мало",
        }
        if odd
        else "",
    },
    kind="simulation",
    drawn_by=tested,
)

# %% [markdown]
# ## The answer

# %%
found = int(positive[within.index].sum())
same = len(every) - len(unmet) + int(unmet["so"].sum())
wb.claim(
    "answer",
    {
        "en": "Of the printed numbers {same} of {total} ({share:.0f} %; @sources) are met, as they stand or once counted as "
        "the source counts. Public capital {across} *between* states (elasticity {between:.2f}); when a state "
        "is compared with itself, {within} of {of} estimators find it productive, and the interval of the "
        "two-way one clustered by state is {low:.2f} to {high:.2f} (@elasticities). A spillover to neighbours "
        "is found in {spill} of {rows} rows (@spillovers).{so}",
        "ru": "Из напечатанных чисел совпадают {same} из {total} ({share:.0f} %; @sources) — как есть или при"
        " счёте, принятом в источнике. *Между* штатами общественный капитал {across} "
        "(эластичность {between:.2f}); при сравнении штата с самим собой производительным его"
        " находят {within} из {of} оценок, а интервал оценки с эффектами регионов и периодов и"
        " кластеризацией по штатам — от {low:.2f} до {high:.2f} (@elasticities). Переток к соседям найден в "
        "{spill} из {rows} строк (@spillovers).{so}",
    },
    numbers={
        "same": same,
        "total": len(every),
        "share": 100 * same / len(every),
        "across": {"en": "is productive", "ru": "производителен"}
        if positive["between states"]
        else {"en": "is not seen to be productive", "ru": "производительным не выглядит"},
        "between": elasticities.loc["between states", "estimate"],
        "within": found,
        "of": len(within),
        "low": elasticities.loc["… clustered by state", "conf_low"],
        "high": elasticities.loc["… clustered by state", "conf_high"],
        "spill": int(helps.sum()),
        "rows": len(spill),
        "so": {
            "en": " These are statements about what the figures show, not that there is nothing.",
            "ru": " Это утверждения о том, что показывают данные, а не о том, что ничего нет.",
        }
        if not found and not helps.any()
        else "",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## What these figures do not allow to say
#
# - *Not that public capital is useless.* An interval that holds zero holds other elasticities too, some
#   of which would make roads a good investment. Seventeen years in which stocks move slowly say little about
#   what happens when they change.
# - *Not what causes what.* Rich states build more, and states in trouble may be given more; neither
#   effects nor neighbours take that out. Nobody assigned public capital to states at random.
# - *Not what people gain.* Output does not count clean water or time saved, which is what much of
#   public capital is for.
# - *Not where a road's use is felt.* Spillovers along a network of highways need not follow borders;
#   queen contiguity is one hypothesis, taken because the printed numbers take it.
# - *Stocks are estimates.* They were made from past outlays with assumed lives, and shared out to
#   states; measurement error pulls elasticities within states towards zero more than across them
#   (Baltagi and Pinnoi find such errors).
# - *Printed numbers met are not numbers proved right.* Two programs may share a mistake; where they
#   did not, the reason is in @reasons.
# - *Not which of many models is right.* Many were fitted and all are shown. A single significant one
#   among them is weak evidence.
#
# ## Every printed number beside ours
#
# For those who check, source by source: @printed-a, @printed-b, @printed-c, @printed-c-moments, @printed-d
# and @printed-e. *difference* is ours less the printed number, rounded to the printed decimals;
# *s.e.* are standard errors. The reasons in the last column are explained in @reasons.

# %%
wb.publish(
    side_by_side("A"),
    "printed-a",
    labels=LABELS | outcomes,
    caption={
        "en": "Source A: printed, here, and the difference",
        "ru": "Источник A: напечатано, здесь и разность",
    },
)

wb.publish(
    side_by_side("B"),
    "printed-b",
    labels=LABELS | outcomes,
    caption={
        "en": "Source B: printed, here, and the difference (long: with private capital)",
        "ru": "Источник B: напечатано, здесь и разность (длинная — с частным капиталом)",
    },
)

wb.publish(
    side_by_side("C"),
    "printed-c",
    labels=LABELS | outcomes,
    caption={
        "en": "Source C, by least squares and likelihood: printed, here, and the difference",
        "ru": "Источник C, МНК и правдоподобие: напечатано, здесь и разность",
    },
    kind="maximum likelihood",
)

wb.publish(
    side_by_side("C, moments"),
    "printed-c-moments",
    labels=LABELS | outcomes,
    caption={
        "en": "Source C, by moments: printed, here, and the difference",
        "ru": "Источник C, метод моментов: напечатано, здесь и разность",
    },
    kind="maximum likelihood",
)

wb.publish(
    side_by_side("D"),
    "printed-d",
    labels=LABELS | outcomes,
    caption={
        "en": "Source D: printed, here, and the difference",
        "ru": "Источник D: напечатано, здесь и разность",
    },
)

wb.publish(
    side_by_side("E"),
    "printed-e",
    labels=LABELS | outcomes,
    caption={
        "en": "Source E: what Stata and splm answer, by the toolbox's tests, here, and the difference (robust "
        "and clustered: standard errors)",
        "ru": "Источник E: ответы Stata и splm по тестам пакета, здесь и разность (робастные и "
        "кластеризованные — стандартные ошибки)",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## More about weights and disturbances
#
# @weights says how the states are linked. @components looks for effects of states, spatial and serial
# correlation in the pooled regression, one by one and together.

# %%
wb.publish(
    W.card().table()["value"],
    "weights",
    caption={"en": "The spatial weights", "ru": "Пространственные веса"},
)
wb.publish(
    components,
    "components",
    caption={
        "en": "Error components of the pooled regression (Baltagi, Song and Koh 2003; Baltagi, Song, Jung "
        "and Koh 2007): effects of states, spatial and serial correlation",
        "ru": "Компоненты ошибки объединённой регрессии (Балтаджи, Сон и Ко, 2003; Балтаджи, Сон, "
        "Юн и Ко, 2007): эффекты штатов, пространственная и временная корреляция",
    },
    kind="maximum likelihood",
)
