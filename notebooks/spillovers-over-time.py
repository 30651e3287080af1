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
#     - russia-regions
#     - russia-innovation
#     picture: all-rows
#     question: Does R&D next door raise the patenting of a Russian region over time,
#       net of region and period effects, persistence and common shocks?
#     question_ru: Повышают ли исследования и разработки у соседей патентование региона
#       России во времени — за вычетом эффектов регионов и периодов, устойчивости и
#       общих шоков?
#     title: When research grows next door, do patents follow?
#     title_ru: Когда исследования растут у соседей, растут ли вслед патенты?
# ---

# %% [markdown]
# # When research grows next door, do patents follow?
#
# Across the map, regions whose neighbours do much research patent more. That says little: neighbours
# also share history, industry and the distance to Moscow. The study *knowledge-spillovers* asks the
# question mostly across regions. This one asks it **over time**: when research *grows* next door, do
# patents *grow* here, more than the country's do?
#
# The model is a knowledge production function with neighbours [@griliches1979; @jaffe1989]:
#
# $$\log(1 + P_{it}) = \mu_i + \delta_t + \beta' x_{it} + \theta' \sum_j w_{ij} x_{jt}
#   + \rho \sum_j w_{ij} \log(1 + P_{jt}) + \varepsilon_{it}$$
#
# $P_{it}$ counts the invention patents granted in region $i$ and year $t$; $x_{it}$ holds the
# logarithms of R&D expenditure, students, researchers with a degree and income per head;
# $\mu_i$ is all that a region has for good, $\delta_t$ all that a year brings to everybody. What we
# look for is the **indirect impact**: the effect on a region of one per cent more of an input in all
# the others, through neighbours. It is asked for R&D first, and in the same rows for
# researchers and students.
#
# The order of the steps matters, because each can make the next pointless:
#
# 1. Which figures, and what is left of them once regions and years are taken out?
# 2. Do the series wander, and do they wander together?
# 3. Which effects? Pooled, between, within, random.
# 4. Is there spatial dependence left, and of which form?
# 5. Static spatial panels.
# 6. Persistence: dynamic spatial panels.
# 7. Common shocks instead of spillovers.
# 8. Patents as counts.
# 9. Other choices that could have been made.
#
# Every test is read at 5 %. Estimates of spillovers are counted at the end, wanted or not; those with
# classical standard errors, which the tests of step 3 rule out, are shown but not counted.

# %% tags=["parameters"]
lang = "en"

# %%
import textwrap

import numpy as np
import pandas as pd

import workbench as wb
from workbench.panels.testing.dependence import exponent_of
from workbench.views.style import ACCENT, SERIES_COLORS, Picture, styled

wb.set_language(lang)

LEVEL = 0.05
FORMULA = "log(1 + patents) ~ log(rd) + log(students) + log(researchers) + log(grp / population)"
COUNTS = FORMULA.replace("log(1 + patents)", "patents")
INPUTS = {"rd": "R&D", "researchers": "researchers", "students": "students"}
kept = {}


def keep(step, label, impacts):
    """Keep the indirect impacts of the three inputs for the count at the end."""
    for term in impacts.table.index.unique("term"):
        for word, name in INPUTS.items():
            if word in term:
                kept[name, step, label] = impacts[term, "indirect"]


def verdict(p):
    """Say whether a test rejects."""
    return "rejected" if p < LEVEL else "not rejected"


def shown(row):
    """Say what an estimate shows at 5 %."""
    if row["p_value"] >= LEVEL:
        return "not different from zero"
    return "positive" if row["estimate"] > 0 else "negative"


SHOWN = {
    "not different from zero": "от нуля не отличается",
    "positive": "положительна",
    "negative": "отрицательна",
}

# names of models, neighbourhoods, steps and inputs in tables
IN_RUSSIAN = {
    "researchers": "исследователи", "students": "студенты", "R&D": "НИОКР",
    "gross regional product": "валовой региональный продукт", "variable": "показатель",
    "between regions, %": "между регионами, %", "between years, %": "между годами, %",
    "what is left, %": "остаток, %",
    "IPS, intercept": "IPS, константа", "IPS, trend": "IPS, тренд",
    "CIPS, intercept": "CIPS, константа", "CIPS, trend": "CIPS, тренд",
    "dependence": "зависимость", "exponent": "показатель степени",
    "pooled": "объединённая", "between": "межгрупповая", "random": "случайные",
    "entity": "регионов", "time": "периодов", "two-way": "регионов и периодов",
    "queen": "по смежности", "distance": "по расстоянию", "nearest": "ближайшие",
    "by queen": "по смежности", "by distance": "по расстоянию", "by nearest": "ближайшие",
    "neighbours": "соседство", "standard errors": "стандартные ошибки", "model": "модель",
    "classical": "классические", "clustered": "кластерные",
    "clustered two-way": "кластерные по регионам и периодам", "Driscoll-Kraay": "Дрисколла–Края",
    "driscoll-kraay": "Дрисколла–Края",
    "Conley 500 km": "Конли, 500 км", "Conley 1,000 km": "Конли, 1000 км",
    "test against": "тест против", "demeaned": "центрирование", "transformed": "преобразование",
    "lag": "лаг", "error": "ошибка", "lag, error allowed for": "лаг при учёте ошибки",
    "error, lag allowed for": "ошибка при учёте лага",
    "shocks": "шоки", "shared unit root": "общий единичный корень",
    "largest root": "наибольший корень", "horizon": "горизонт",
    "short-run": "краткосрочный", "long-run": "долгосрочный", "instruments": "инструменты",
    "indirect impact of log R&D": "косвенный эффект НИОКР (в логарифмах)",
    "estimator": "способ оценки", "dependence left": "оставшаяся зависимость",
    "region and period effects": "эффекты регионов и периодов",
    "defactored": "с вычтенными факторами",
    "regions": "регионы", "all": "все", "without Moscow": "без Москвы",
    "what should be zero": "что должно быть нулём",
    "next year's R&D, own → patents": "НИОКР следующего года, свои → патенты",
    "next year's R&D, neighbours' → patents": "НИОКР следующего года, у соседей → патенты",
    "last year's patents, own → R&D": "патенты прошлого года, свои → НИОКР",
    "last year's patents, neighbours' → R&D": "патенты прошлого года, у соседей → НИОКР",
    "Poisson": "Пуассон", "Poisson, no Moscow": "Пуассон, без Москвы",
    "as above": "как выше",
    "R&D alone, without researchers and students": "только НИОКР, без исследователей и студентов",
    "R&D per unit of regional product": "НИОКР на единицу регионального продукта",
    "all per head": "всё на душу населения",
    "patents 2003–2019, inputs of the year": "патенты 2003–2019, ресурсы того же года",
    "inputs of one year before": "ресурсы годом раньше",
    "inputs of two years before": "ресурсы двумя годами раньше",
    "inputs of three years before": "ресурсы тремя годами раньше",
    "2005–2019, with Chechnya and Ingushetia": "2005–2019, с Чечнёй и Ингушетией",
    "2000–2020, without income and Volgograd": "2000–2020, без дохода и Волгограда",
    "odd figures filled in from the years around": "сомнительные числа заменены по соседним годам",
    "regions with odd figures left out": "без регионов с сомнительными числами",
    "regions with a filled gap left out": "без регионов с заполненным пропуском",
    "without Moscow and Moscow Oblast": "без Москвы и Московской области",
    "in changes from year to year": "в приращениях от года к году",
    "input next door": "ресурс у соседей", "step": "шаг", "rows": "строк",
    "positive": "положительных", "negative": "отрицательных",
    "positive, %": "положительных, %", "lowest": "наименьшая", "highest": "наибольшая",
    "not net of both effects": "без учёта обоих эффектов",
    "within regions (SLX)": "внутри регионов (SLX)",
    "static spatial panels": "статические пространственные панели",
    "dynamic spatial panels": "динамические пространственные панели",
    "common shocks out": "без общих шоков", "counts (Poisson)": "счётные модели (Пуассон)",
    "counts without Moscow": "счётные модели без Москвы", "other choices": "другие решения",
    "planted elasticity": "внесённая эластичность",
    "0.0": "0,0", "0.2": "0,2", "0.4": "0,4", "0.6": "0,6", "0.8": "0,8",
    "fixed effects": "фиксированные эффекты", "transformed out": "исключены преобразованием",
    "estimated, bias corrected": "оценены, смещение исправлено",
    "estimated as regressors": "оценены как регрессоры",
}  # fmt: skip
SHOWN_AS = {name: {"en": name, "ru": said} for name, said in IN_RUSSIAN.items()}

# %% [markdown]
# ## 1. The figures
#
# Rosstat's yearbooks, 80 units, 2000–2020. Four decisions, each with its reason: <!-- given -->
#
# - **Years.** Gross regional product ends in 2019, and one large region has no R&D figure for 2020:
#   2000–2019.
# - **Blank patents are zeros**, as the yearbooks' dash means "nothing to report". Two blanks lie between
#   large figures and are known as gaps: they are filled in from the years around them, because
#   leaving out two large regions would change the neighbours of many. Step 9 leaves them out.
# - **Blank inputs are gaps.** They come in runs of years, so there is nothing to fill them from. Regions
#   with such a gap are left out altogether (@gaps): spatial panels need everybody's neighbours in every year.
# - **Odd figures stay** as they were published. Step 9 replaces them, and leaves their regions out.
#
# The logarithm of one plus patents keeps zeros at the price of a scale that is arbitrary for regions
# with few patents; step 8 does without it.
#
# Where patents grew is in @map-patents, where research grew faster than in the country in @map-rd.

# %%
YEARS = range(2000, 2020)
FIELDS = ["rd", "researchers", "students", "grp"]
regions = wb.load("russia-regions")
capitals = wb.load("russia-regions", part="capitals80")
rosstat = wb.load("russia-innovation").sort_index()
odd = wb.quality("russia-innovation").anomalies
names = regions["name_en"]


def cells_of(rows):
    """Return (region, year, field) of odd figures."""
    return list(zip(rows["region"], rows["year"].astype(int), rows["field"], strict=True))


def side_by_side(series):
    """Return a series of a panel as a table of regions by years."""
    rows = series.rename("value").reset_index()
    return rows.pivot_table(index="region", columns="year", values="value")


def between(table, cells):
    """Fill cells in from the years around them, linearly in log(1 + x)."""
    table = table.copy()
    for region, year, field in cells:
        table.loc[(region, year), field] = float("nan")
    for field in sorted({field for _, _, field in cells}):
        wide = np.log1p(side_by_side(table[field])).interpolate(axis=1)
        for region, year, what in cells:
            if what == field:
                value = np.expm1(wide.loc[region, year])
                table.loc[(region, year), field] = round(value) if field == "patents" else value
    return table


gaps = odd[(odd["field"] == "patents") & odd["note"].str.contains("a missing figure")]
full = rosstat.copy()
full["patents"] = full["patents"].fillna(0)
full = between(full, cells_of(gaps))

year = full.index.get_level_values("year")
blank = full.loc[year.isin(YEARS), FIELDS].isna().groupby(level="region").sum()
blank = blank[blank.sum(axis=1) > 0]
panel = full[year.isin(YEARS)].drop(index=list(blank.index), level="region")
panel = panel.drop(columns=["investment", "utility_models", "unemployment"])
wb.publish(
    blank.join(names)
    .set_index("name_en")
    .rename_axis("region")
    .rename(columns={"rd": "R&D", "grp": "gross regional product"}),
    "gaps",
    labels=SHOWN_AS
    | {
        region["name_en"]: {"en": region["name_en"], "ru": region["name_ru"]}
        for _, region in regions.iterrows()
    },
    caption={
        "en": "Regions left out, and how many of the twenty years each lacks",
        "ru": "Невошедшие регионы и скольких из двадцати лет у каждого нет",
    },
)

# %%
inside = panel.index.unique("region")
left_out = full[year.isin(YEARS)].loc[list(blank.index)]
everything = full[year.isin(YEARS)]
whole_map = wb.weights.queen(regions, islands="nearest")
linked = pd.DataFrame(whole_map.sparse.toarray() > 0, index=regions.sort_index().index)
linked.columns = linked.index
wb.claim(
    "coverage",
    {
        "en": "{regions} regions in {years} years, {rows} rows without a gap. The {out} regions left out hold "
        "{population:.1f} % of the population, {patents:.2f} % of the patents and {rd:.2f} % of the R&D "
        "that was reported: the panel loses little invention, but it loses the bottom end. {bereft} of the "
        "remaining regions lose a neighbour. {zeros} region-years have no patent at all, {filled} patent "
        "figures were filled in ({where}).",
        "ru": "Регионов {regions}, лет {years}, строк без пропусков {rows}. На невошедшие регионы, "
        "а их {out}, приходится {population:.1f} % населения, {patents:.2f} % патентов и "
        "{rd:.2f} % отражённых в отчётности затрат на исследования и разработки: изобретений "
        "панель теряет мало, но теряет нижний край. Соседа лишаются {bereft} из оставшихся "
        "регионов. Наблюдений совсем без патентов — {zeros}, восполнено значений патентов — "
        "{filled} ({where}).",
    },
    numbers={
        "regions": len(inside),
        "years": len(YEARS),
        "rows": len(panel),
        "out": len(blank),
        "population": 100 * left_out["population"].sum() / everything["population"].sum(),
        "patents": 100 * left_out["patents"].sum() / everything["patents"].sum(),
        "rd": 100 * left_out["rd"].sum() / everything["rd"].sum(),
        "bereft": int(linked.loc[inside, list(blank.index)].any(axis=1).sum()),
        "zeros": int((panel["patents"] == 0).sum()),
        "filled": len(gaps),
        "where": {
            "en": ", ".join(names[sorted(gaps["region"])]),
            "ru": ", ".join(regions.loc[sorted(gaps["region"]), "name_ru"]),
        },
    },
)

# %%
late, early = (
    panel[panel.index.get_level_values("year").isin(span)].groupby(level="region").sum()
    for span in (range(2015, 2020), range(2000, 2005))
)
growth = (late["patents"] / late["population"]) / (early["patents"] / early["population"])
share = (late["rd"] / late["rd"].sum()) / (early["rd"] / early["rd"].sum())
wb.publish(
    wb.choropleth(growth[np.isfinite(growth)], regions, k=5, legend_title={"en": "times as many", "ru": "во сколько раз"}),
    "map-patents",
    caption={
        "en": "Patents per inhabitant in 2015–2019 as a multiple of 2000–2004, quintiles",
        "ru": "Патенты на жителя в 2015–2019 годах как кратное 2000–2004 годам, квинтили",
    },
)
wb.publish(
    wb.choropleth(share, regions, k=5, legend_title={"en": "times the share", "ru": "отношение долей"}),
    "map-rd",
    caption={
        "en": "Share in the country's R&D in 2015–2019 as a multiple of that in 2000–2004, quintiles: "
        "where research grew next door, and where it shrank",
        "ru": "Доля в затратах страны на исследования и разработки в 2015–2019 годах как кратное "
        "доли 2000–2004 годов, квинтили: где исследования у соседей росли, а где сокращались",
    },
)

# %% [markdown]
# ### What is left once regions and years are taken out?
#
# Fixed effects use only the last column of @variance: what moves a region away from its own mean and
# from the country's year. If little is left of an input, no method can see its effect well.

# %%
SERIES = {
    "log(1 + patents)": np.log1p(panel["patents"]),
    "log(rd)": np.log(panel["rd"]),
    "log(students)": np.log(panel["students"]),
    "log(researchers)": np.log(panel["researchers"]),
    "log(grp / population)": np.log(panel["grp"] / panel["population"]),
}
parts = {}
for name, series in SERIES.items():
    wide = side_by_side(series)
    wide = wide - wide.to_numpy().mean()
    total = (wide**2).to_numpy().sum()
    of_regions = wide.shape[1] * (wide.mean(axis=1) ** 2).sum() / total
    of_years = wide.shape[0] * (wide.mean(axis=0) ** 2).sum() / total
    parts[name] = {
        "between regions, %": 100 * of_regions,
        "between years, %": 100 * of_years,
        "what is left, %": 100 * (1 - of_regions - of_years),
    }
parts = pd.DataFrame(parts).T.rename_axis("variable")
wb.publish(
    parts,
    "variance",
    labels=SHOWN_AS,
    caption={
        "en": "Where the variance of each variable lies",
        "ru": "Где лежит дисперсия каждой переменной",
    },
)


# %% [markdown]
# ### Who is whose neighbour
#
# Three ideas, as nobody knows the right one: *queen* (a common border; islands are linked to the
# nearest shore), *distance* (inverse great-circle distance between capitals), *nearest* (six nearest
# capitals). Rows sum to one: a neighbour's weight is its share. More of them is in @weights, at the end.

# %%
def neighbourhoods_of(ids):
    """Return the three weights of some regions."""
    here, cities = regions.loc[list(ids)], capitals.loc[list(ids)]
    return {
        "queen": wb.weights.queen(here, islands="nearest"),
        "distance": wb.weights.inverse_distance(cities),
        "nearest": wb.weights.knn(cities, 6),
    }


neighbourhoods = neighbourhoods_of(inside)
queen = neighbourhoods["queen"]

# %% [markdown]
# ## 2. Do the series wander, and do they wander together?
#
# Two series that wander without an anchor (*unit roots*) look related when they are not. And regions
# that ride the same waves are not independent witnesses. Tests: IPS [@im2003], which takes regions
# for independent, and CIPS [@pesaran2007], which allows for common waves. The null of both is a unit
# root in every region, so "not rejected" may also mean too few years. CD [@pesaran2004] asks whether
# regions move together at all, the exponent [@bailey2019] how many of them: near 1, all do; near ½,
# hardly any. @unit-roots has the answers for each variable.

# %%
roots, simulated = {}, {}
for name in SERIES:
    row = {}
    for test in ("ips", "cips"):
        for deterministic in ("intercept", "trend"):
            answer = wb.panels.unit_root(
                name, panel, test=test, deterministic=deterministic, lags=1, draws=999
            )
            row[f"{test.upper()}, {deterministic}", "p_value"] = answer.p_value
            if test == "cips":
                simulated[name, deterministic] = answer
    alone = wb.fit(f"{name} ~ 1", panel)
    row["dependence", "CD"] = alone.diagnostics()["Pesaran CD"].statistic
    row["dependence", "exponent"] = exponent_of(alone.fit.resids, alone.cells)
    roots[name] = row
roots = pd.DataFrame(roots).T.rename_axis("variable")
wb.publish(
    roots,
    "unit-roots",
    labels=SHOWN_AS,
    caption={
        "en": "Unit roots (p-values, one lagged change; simulated for CIPS) and dependence between "
        "regions, each variable",
        "ru": "Единичные корни (p-значения, один лаг приращения; для CIPS имитацией) и зависимость "
        "между регионами по каждой переменной",
    },
    kind="simulation",
    drawn_by=simulated,
)

# %% [markdown]
# What counts in the end is whether the *residuals* wander once effects and inputs are out: only then
# would the regression be spurious. Here are the same tests of the residuals of a panel with region and
# period effects and the neighbours' inputs. They know nothing of coefficients having been estimated,
# and so reject a little too readily.

# %%
two_way = wb.fit(FORMULA, panel, queen, model="slx", effects="two-way", covariance="clustered")
after = panel.assign(residual=two_way.resids)
of_residuals = {
    test: wb.panels.unit_root("residual", after, test=test, lags=1, draws=999)
    for test in ("ips", "cips")
}
wander = {test: answer.p_value for test, answer in of_residuals.items()}
wb.claim(
    "answer-roots",
    {
        "en": "**The levels are persistent, and regions ride common waves.** With a trend, CIPS rejects a unit "
        "root for {cips} of {variables} variables, IPS for {ips}; exponents run from {low:.2f} to "
        "{high:.2f} (@unit-roots). For the residuals a unit root is {of_ips} by IPS (p = {ips_p_value:p}) and {of_cips} "
        "by CIPS (p = {cips_p_value:p}). {so}",
        "ru": "**Уровни устойчивы, и регионы движутся на общих волнах.** С трендом CIPS отвергает "
        "единичный корень для {cips} из {variables} переменных, IPS — для {ips}; показатели "
        "зависимости — от {low:.2f} до {high:.2f} (@unit-roots). Для остатков гипотеза о единичном корне по"
        " IPS {of_ips} (p = {ips_p_value:p}), по CIPS {of_cips} (p = {cips_p_value:p}). {so}",
    },
    numbers={
        "cips": int((roots["CIPS, trend", "p_value"] < LEVEL).sum()),
        "ips": int((roots["IPS, trend", "p_value"] < LEVEL).sum()),
        "variables": len(roots),
        "low": roots["dependence", "exponent"].min(),
        "high": roots["dependence", "exponent"].max(),
        "of_ips": verdict(wander["ips"]),
        "ips_p_value": wander["ips"],
        "of_cips": verdict(wander["cips"]),
        "cips_p_value": wander["cips"],
        "so": {"en": "Regressions in levels stand.", "ru": "Регрессии в уровнях устояли."}
        if max(wander.values()) < LEVEL
        else {
            "en": "Regressions in levels are therefore not above suspicion: persistence is modelled in "
            "step 6, common waves in step 7, and step 9 repeats the regression in changes.",
            "ru": "Поэтому регрессии в уровнях не вне подозрений: устойчивость моделируется на шаге 6, "
            "общие волны — на шаге 7, а на шаге 9 регрессия повторена в приращениях.",
        },
    },
    kind="simulation",
    drawn_by=simulated | {"residuals": of_residuals["cips"]},
)

# %% [markdown]
# ## 3. Which effects?
#
# The same equation with the neighbours' inputs (SLX), under other ideas of what is compared with what:
# *between* compares regions' means; *pooled* everything with everything; *time* regions within a year;
# *entity* a region with itself; *two-way* a region with itself net of the country's year; *random*
# mixes between and within, and is right only if what a region has for good is unrelated to its inputs.
# @effects sets them side by side, @effect-tests says which of them will do.

# %%
kinds = {
    effects: wb.fit(
        FORMULA,
        panel,
        queen,
        model="slx",
        effects=effects,
        covariance="classical" if effects == "between" else "clustered",
    )
    for effects in ("none", "between", "time", "random", "entity", "two-way")
}
wb.publish(
    wb.compare(
        {("pooled" if name == "none" else name): fit for name, fit in kinds.items()},
        statistics=("nobs", "rsquared"),
    ),
    "effects",
    labels=SHOWN_AS,
    caption={
        "en": "The same equation under other effects, queen contiguity (standard errors in parentheses, "
        "clustered by region but for between)",
        "ru": "То же уравнение при других эффектах, соседство по границе (в скобках стандартные "
        "ошибки, кластеризованные по регионам, кроме between)",
    },
)
for name, fit in kinds.items():
    if name not in ("entity", "two-way"):
        keep("not net of both effects", f"SLX, {name}, queen", fit.impacts())
keep("not net of both effects", "SLX, entity, queen", kinds["entity"].impacts())

# %%
chosen = {
    "two-way": ["Poolability F"],
    "random": ["Breusch-Pagan LM (both)", "Hausman", "Mundlak (clustered)"],
    "entity": ["Wooldridge serial correlation", "Pesaran CD", "Juodis-Reese CDw+"],
}
effect_tests = pd.concat(
    [
        kinds[effects].diagnostics().tidy().loc[wanted, ["statistic", "p_value", "null"]]
        for effects, wanted in chosen.items()
    ]
)
wb.publish(
    effect_tests,
    "effect-tests",
    caption={
        "en": "Which effects, and what they leave in the residuals",
        "ru": "Какие эффекты и что они оставляют в остатках",
    },
    notes={
        "en": "Hausman's contrast takes disturbances as independent, which they are not; Mundlak's test, "
        "clustered by region, is the one to read.",
        "ru": "Контраст Хаусмана считает возмущения независимыми, а они такими не являются; "
        "смотреть следует на тест Мундлака, кластеризованный по регионам.",
    },
)

# %%
seen = {
    name: kinds[name].impacts()["log(rd)", "indirect"] for name in ("between", "time", "two-way")
}
own = kinds["two-way"].impacts()["log(rd)", "direct"]
mundlak_p = effect_tests.loc["Mundlak (clustered)", "p_value"]
wb.claim(
    "answer-effects",
    {
        "en": "**{heading}** Between regions the neighbours' R&D goes "
        "with {between:.2f} (p = {between_p_value:p}), within years with {time:.2f} (p = "
        "{time_p_value:p}); within regions and net of years with {within:.2f} (p = {within_p_value:p}), "
        "which is {word} (@effects). That random effects would do is {mundlak} (Mundlak, p = "
        "{mundlak_p_value:p}; @effect-tests). "
        "A region's *own* R&D has {own:.2f} (p = {own_p_value:p}) within regions{so}.",
        "ru": "**{heading}** Между регионами исследованиям соседей отвечает {between:.2f} (p = "
        "{between_p_value:p}), внутри лет — {time:.2f} (p = {time_p_value:p}); внутри "
        "регионов за вычетом лет — {within:.2f} (p = {within_p_value:p}), оценка: {word} (@effects). "
        "Гипотеза о том, что случайных эффектов достаточно, {mundlak} (Мундлак, p = "
        "{mundlak_p_value:p}; @effect-tests). *Собственные* исследования региона имеют внутри регионов "
        "{own:.2f} (p = {own_p_value:p}){so}.",
    },
    numbers={
        "heading": {
            "en": "What is seen across regions is not seen within them.",
            "ru": "То, что видно между регионами, внутри них не видно.",
        }
        if shown(seen["time"]) != shown(seen["two-way"])
        else {
            "en": "Across regions and within them the same is seen.",
            "ru": "Между регионами и внутри них видно одно и то же.",
        },
        "so": {
            "en": ": where one's own research cannot be seen to matter, the neighbours' is a lot to ask",
            "ru": ": где не видно действия собственных исследований, трудно ждать его от соседских",
        }
        if own["p_value"] >= LEVEL
        else "",
        "between": seen["between"]["estimate"],
        "between_p_value": seen["between"]["p_value"],
        "time": seen["time"]["estimate"],
        "time_p_value": seen["time"]["p_value"],
        "within": seen["two-way"]["estimate"],
        "within_p_value": seen["two-way"]["p_value"],
        "word": {"en": shown(seen["two-way"]), "ru": SHOWN[shown(seen["two-way"])]},
        "mundlak": verdict(mundlak_p),
        "mundlak_p_value": mundlak_p,
        "own": own["estimate"],
        "own_p_value": own["p_value"],
    },
)

# %% [markdown]
# ### How sure is "within"? One estimate, several standard errors
#
# *Clustered*: a region's years depend on each other. *Clustered two-way*: so do the regions of a year.
# *Driscoll–Kraay*: anything within a year, fading over years; it needs many years, and twenty are few: in
# simulated panels of twenty its intervals held the truth in 82.7 to 87.0 % where 95 % were due
# (`docs/validation.md`), so that it finds too much.
# *Conley*: regions nearer than the distance depend on each other, years fade. @within has the estimate
# with each of them, under the three neighbourhoods. <!-- given -->

# %%
COVARIANCES = {
    "classical": "classical",
    "clustered": "clustered",
    "clustered two-way": "clustered-two-way",
    "Driscoll-Kraay": "driscoll-kraay",
    "Conley 500 km": wb.Conley(capitals, distance=500, time_lags=3),
    "Conley 1,000 km": wb.Conley(capitals, distance=1000, time_lags=3),
}
KINDS_IN_RUSSIAN = {"Driscoll-Kraay": "Дрисколлу и Краю"}
within = {}
for name, W in neighbourhoods.items():
    fit = wb.fit(FORMULA, panel, W, model="slx", effects="two-way")
    for label, covariance in COVARIANCES.items():
        impacts = fit.with_covariance(covariance).impacts()
        within[name, label] = impacts["log(rd)", "indirect"]
        if label != "classical":
            keep("within regions (SLX)", f"SLX, {name}, {label}", impacts)
within = pd.DataFrame(within).T.rename_axis(["neighbours", "standard errors"])
wb.publish(
    within,
    "within",
    labels=SHOWN_AS,
    caption={
        "en": "Indirect impact of log R&D, SLX with region and period effects, by neighbours and kind "
        "of standard error",
        "ru": "Косвенный эффект log R&D, SLX с эффектами регионов и периодов, по соседству и виду "
        "стандартных ошибок",
    },
)

# %%
rejecting = within[within["p_value"] < LEVEL].drop(index="classical", level="standard errors")
divided = 0 < len(rejecting) < len(within.drop(index="classical", level="standard errors"))
kinds_rejecting = rejecting.index.get_level_values("standard errors").unique()
wb.claim(
    "limit-errors",
    {
        "en": "{word} of the {rows} rows (@within, classical standard errors aside) {rejecting} reject, "
        "{negative} of them with a negative sign{who}. For queen contiguity the largest standard error is {ratio:.1f} "
        "times the smallest{so}.",
        "ru": "{word} из этих строк (@within), а их {rows} без классических стандартных ошибок, отвергают "
        "{rejecting}, из них с отрицательным знаком {negative}{who}. Для соседства по границе"
        " наибольшая стандартная ошибка больше наименьшей в {ratio:.1f} раза{so}.",
    },
    numbers={
        "word": {"en": "An unfavourable finding:", "ru": "Неудобный вывод:"}
        if divided
        else {"en": "No contradiction:", "ru": "Противоречия нет:"},
        "rows": len(within.drop(index="classical", level="standard errors")),
        "rejecting": len(rejecting),
        "negative": int((rejecting["estimate"] < 0).sum()),
        "who": {
            "en": f", all by {kinds_rejecting[0]}",
            "ru": f", все по {KINDS_IN_RUSSIAN.get(kinds_rejecting[0], kinds_rejecting[0])}",
        }
        if len(kinds_rejecting) == 1
        else "",
        "so": {
            "en": ": errors that are too small in so few years decide, not the data",
            "ru": ": решают ошибки, заниженные за столь малое число лет, а не данные",
        }
        if divided and list(kinds_rejecting) == ["Driscoll-Kraay"]
        else {
            "en": ": the kind of standard error decides, not the data",
            "ru": ": решает вид стандартной ошибки, а не данные",
        }
        if divided
        else "",
        "ratio": within.loc["queen", "std_error"].max() / within.loc["queen", "std_error"].min(),
    },
)

# %% [markdown]
# ## 4. Is there spatial dependence left, and of which form?
#
# Residuals of the panel with region and period effects, *without* any neighbours' terms. Moran's *I* a
# year says whether neighbours still go together. One snag: effects of periods make the residuals of a
# year sum to zero, so that a region's residual is a little against its neighbours' even when nothing
# is spatial. The expectation of Moran's *I* that is taken off in @moran-by-year allows for that. So do
# Lagrange-multiplier tests after effects are transformed out [@debarsy2010]; the usual ones, on demeaned
# data [@elhorst2014], do not; @lm has both. @elhorst is the path from test to test, and the usual way to a
# model.

# %%
plain = wb.fit(FORMULA, panel, queen, effects="two-way")
moran = wb.panels.moran_by_period(plain)
with styled():
    figure = Picture(
        6.6,
        2.9,
        alt="Standardised Moran's I of residuals by year, from "
        f"{moran.table['z'].min():.1f} to {moran.table['z'].max():.1f}",
    )
    axes = figure.add_subplot()
    axes.axhspan(-1.96, 1.96, color="#EEEEEE", zorder=0)
    axes.axhline(0, color="#999999", linewidth=0.8)
    z = moran.table["z"]
    axes.vlines(z.index, 0, z, color=SERIES_COLORS[0], linewidth=1.6)
    axes.scatter(z.index, z, s=24, color=[ACCENT if abs(v) > 1.96 else SERIES_COLORS[0] for v in z])
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_ylabel("Moran's I, standardised")
wb.publish(
    figure,
    "moran-by-year",
    caption={
        "en": "Moran's I of the residuals, less its expectation and in standard deviations, year by year "
        "(grey: what chance gives 19 times in 20)",
        "ru": "Индекс Морана остатков за вычетом ожидания и в стандартных отклонениях, по годам "
        "(серым — то, что случайность даёт в 19 случаях из 20)",
    },
)

# %%
naive = wb.panels.lag_error_tests(plain, convention="demeaned").tidy()[["statistic", "p_value"]]
exact = wb.panels.lag_error_tests(plain).tidy()[["statistic", "p_value"]]
LM = {
    "lag": ("LM lag", "LM rho"),
    "error": ("LM error", "LM lambda"),
    "lag, error allowed for": ("Robust LM lag", "LM rho | lambda"),
    "error, lag allowed for": ("Robust LM error", "LM lambda | rho"),
}
wb.publish(
    pd.DataFrame(
        {
            against: {
                (how, column): tests.loc[name, column]
                for how, tests, name in (("demeaned", naive, old), ("transformed", exact, new))
                for column in ("statistic", "p_value")
            }
            for against, (old, new) in LM.items()
        }
    ).T.rename_axis("test against"),
    "lm",
    labels=SHOWN_AS,
    caption={
        "en": "Lagrange-multiplier tests of the panel without neighbours, queen contiguity",
        "ru": "Тесты множителей Лагранжа для панели без соседей, соседство по границе",
    },
    notes={
        "en": "demeaned: the usual tests on demeaned data (Elhorst 2014), which forget that effects of "
        "periods push residuals of neighbours apart; transformed: Debarsy and Ertur (2010), effects "
        "transformed out, and conditional rather than robust tests.",
        "ru": "Центрирование: обычные тесты на центрированных данных (Элхорст, 2014), забывающие, что "
        "эффекты периодов расталкивают остатки соседей; преобразование: Дебарси и Эртюр (2010), "
        "эффекты исключены преобразованием, тесты условные, а не робастные.",
    },
    kind="maximum likelihood",
)

# %%
path = wb.panels.elhorst_path(FORMULA, panel, queen)
wb.publish(
    path.tidy(),
    "elhorst",
    caption={"en": "Elhorst's path, test by test", "ru": "Путь Элхорста, тест за тестом"},
    kind="maximum likelihood",
)
elsewhere = {
    name: wb.panels.elhorst_path(FORMULA, panel, W, effects="two-way").answer.split(",")[0].upper()
    for name, W in neighbourhoods.items()
    if name != "queen"
}
odd_years = moran.table["p_value"] < LEVEL
against = int((odd_years & (moran.table["z"] < 0)).sum())
along = int((odd_years & (moran.table["z"] > 0)).sum())
wb.claim(
    "answer-dependence",
    {
        "en": "**{heading}** Moran's *I* is significantly below its expectation in {negative} of {years} years, "
        "above it in {positive} (@moran-by-year); together the years {joint} (p = {joint_p_value:p}). On "
        "demeaned data a lag is {naive} (p = {naive_p_value:p}), on transformed data {exact} (p = "
        "{exact_p_value:p}; @lm). Elhorst's path ends at *{queen}* by queen contiguity (@elhorst), at "
        "*{distance}* by distance, at *{nearest}* by nearest capitals.",
        "ru": "**{heading}** Индекс Морана значимо ниже ожидания в {negative} из {years} лет, выше "
        "— в {positive} (@moran-by-year); вместе годы {joint} (p = {joint_p_value:p}). На "
        "центрированных данных лаг {naive} (p = {naive_p_value:p}), на преобразованных {exact} (p = "
        "{exact_p_value:p}; @lm). Путь Элхорста приводит к *{queen}* при соседстве по границе (@elhorst), к "
        "*{distance}* по расстоянию, к *{nearest}* по ближайшим столицам.",
    },
    numbers={
        "heading": {
            "en": "No dependence between neighbours is left.",
            "ru": "Зависимости между соседями не осталось.",
        }
        if moran.joint.p_value >= LEVEL
        else {
            "en": "What dependence is left has the wrong sign for a spillover.",
            "ru": "У оставшейся зависимости знак, противоположный перетоку.",
        }
        if against > 2 * along
        else {"en": "Neighbours' residuals go together.", "ru": "Остатки соседей движутся вместе."}
        if along > 2 * against
        else {
            "en": "What dependence is left is of no one sign.",
            "ru": "Оставшаяся зависимость не имеет одного знака.",
        },
        "negative": against,
        "positive": along,
        "years": len(moran.table),
        "joint": {"en": "reject independence", "ru": "отвергают независимость"}
        if moran.joint.p_value < LEVEL
        else {"en": "do not reject independence", "ru": "не отвергают независимость"},
        "joint_p_value": moran.joint.p_value,
        "naive": {"en": "found", "ru": "найден"}
        if naive.loc["LM lag", "p_value"] < LEVEL
        else {"en": "not found", "ru": "не найден"},
        "naive_p_value": naive.loc["LM lag", "p_value"],
        "exact": {"en": "found", "ru": "найден"}
        if exact.loc["LM rho", "p_value"] < LEVEL
        else {"en": "not found", "ru": "не найден"},
        "exact_p_value": exact.loc["LM rho", "p_value"],
        "queen": path.answer.split(",")[0].upper(),
        **elsewhere,
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## 5. Static spatial panels
#
# From neighbours' inputs (SLX), over neighbours' patents (SAR) and shared disturbances (SEM), to both
# inputs and patents (SDM) or both inputs and disturbances (SDEM): @static. Region and period effects are
# transformed out before the likelihood is written down [@lee2010]: estimated along with the
# rest they would leave the variance too small (@lee-yu). The errors in @static are those of the
# information matrix, for the likelihood-ratio tests of @static-tests; impacts (@static-rd, @static-impacts)
# have errors clustered by region, as step 3 asks.

# %%
MODELS = ["slx", "sar", "sem", "sdm", "sdem", "gns"]
steps = wb.panels.panel_ladder(FORMULA, panel, queen, models=MODELS)
wb.publish(
    wb.compare({name.upper(): fit for name, fit in steps.items()}, statistics=("nobs", "sigma2")),
    "static",
    caption={
        "en": "Static spatial panels with region and period effects, queen contiguity (standard errors "
        "in parentheses)",
        "ru": "Статические пространственные панели с эффектами регионов и периодов, соседство по "
        "границе (в скобках стандартные ошибки)",
    },
)

# %%
static, durbin = {}, {}
for name, W in neighbourhoods.items():
    for model in ("sar", "sdm", "sdem", "gns"):
        impacts = wb.fit(
            FORMULA, panel, W, model=model, effects="two-way", covariance="clustered"
        ).impacts()
        static[name, model.upper()] = impacts["log(rd)", "indirect"]
        keep("static spatial panels", f"{model.upper()}, {name}", impacts)
        if model == "sdm":
            durbin[name] = impacts
static = pd.DataFrame(static).T.rename_axis(["neighbours", "model"])
wb.publish(
    static,
    "static-rd",
    labels=SHOWN_AS,
    caption={
        "en": "Indirect impact of log R&D on log(1 + patents) in static spatial panels, errors clustered by "
        "region",
        "ru": "Косвенный эффект log R&D для log(1 + patents) в статических пространственных "
        "панелях, ошибки кластеризованы по регионам",
    },
    kind="maximum likelihood",
)
wb.publish(
    wb.impacts_chart({f"SDM, {name}": impacts for name, impacts in durbin.items()}),
    "static-impacts",
    caption={
        "en": "Impacts in the spatial Durbin panel under the three neighbourhoods, 95 % intervals",
        "ru": "Эффекты в пространственной панели Дарбина при трёх видах соседства, 95-процентные "
        "интервалы",
    },
)

# %% [markdown]
# ### Global or local?
#
# In the SDM a spillover travels on to the neighbours' neighbours and back; in the SDEM it stops next
# door. The two are not nested; posterior probabilities compare them [@lesage2014spatial], here with
# all five models under all three neighbourhoods (@probabilities).

# %%
models = ["slx", "sar", "sem", "sdm", "sdem"]
posterior = wb.panels.model_probabilities(FORMULA, panel, neighbourhoods, models=models)
pairs = {
    name: wb.panels.model_probabilities(FORMULA, panel, W, models=["sdm", "sdem"])
    for name, W in neighbourhoods.items()
}
wb.publish(
    pd.DataFrame(
        {
            (name, label): posterior.table.xs(name, level="weights")[column].round(4)
            for name in neighbourhoods
            for column, label in (("probability", "probability"), ("probability_high", "at most"))
        }
    )
    .loc[models]
    .rename(str.upper)
    .rename_axis("model"),
    "probabilities",
    labels=SHOWN_AS,
    caption={
        "en": "Posterior probabilities, all models and neighbourhoods equally likely beforehand; at most: "
        "the highest under other priors",
        "ru": "Апостериорные вероятности при заранее равновероятных моделях и видах соседства; «не "
        "более»: наибольшая при других априорных",
    },
    kind="maximum likelihood",
)
table = posterior.table["probability"]
with_inputs = table.index.get_level_values("model").isin(["slx", "sdm", "sdem"])
duel = pd.Series({name: pair.table.loc["sdm", "probability"] for name, pair in pairs.items()})
best = table.idxmax()
wb.claim(
    "answer-static",
    {
        "en": "**{heading}** Of the {rows} rows (@static-rd) {positive} are positive and significant, {negative} "
        "negative and significant. Models in which the neighbours' inputs enter have a posterior probability of "
        "{inputs:.3f} together ({high_inputs:.2f} at most under other priors; @probabilities); the most probable is {model} ({best:.2f}){none}. Between SDM and SDEM the "
        "SDM has {low:.2f} to {high:.2f}: {duel}. That the SDM fits as well as the model with both Wy and Wu "
        "(GNS) is {gns} (p = {gns_p_value:p}; @static-tests); that one has ρ = {rho:.2f} and λ = {lambda_:.2f}{cancel}.",
        "ru": "**{heading}** Из этих строк (@static-rd), а их {rows}, положительны и значимы {positive}, отрицательны"
        " и значимы {negative}. Модели, в которые входят факторы соседей, вместе имеют "
        "апостериорную вероятность {inputs:.3f} (при других априорных не более "
        "{high_inputs:.2f}; @probabilities); вероятнее всех {model} ({best:.2f}){none}. В выборе между SDM и "
        "SDEM у SDM от {low:.2f} до {high:.2f}: {duel}. Гипотеза о том, что SDM подходит не "
        "хуже модели и с Wy, и с Wu (GNS), {gns} (p = {gns_p_value:p}; @static-tests); у последней ρ = "
        "{rho:.2f} и λ = {lambda_:.2f}{cancel}.",
    },
    numbers={
        "heading": {
            "en": "Static spatial panels find no positive spillover of R&D.",
            "ru": "Статические пространственные панели положительного перетока не находят.",
        }
        if not ((static["p_value"] < LEVEL) & (static["estimate"] > 0)).any()
        else {
            "en": "Some static spatial panels find a positive spillover of R&D.",
            "ru": "Некоторые статические пространственные панели находят положительный переток.",
        },
        "rows": len(static),
        "positive": int(((static["p_value"] < LEVEL) & (static["estimate"] > 0)).sum()),
        "negative": int(((static["p_value"] < LEVEL) & (static["estimate"] < 0)).sum()),
        "inputs": table[with_inputs].sum(),
        "high_inputs": min(1.0, posterior.table.loc[with_inputs, "probability_high"].sum()),
        "model": f"{best[1].upper()} by {best[0]}",
        "best": table.max(),
        "low": duel.min(),
        "high": duel.max(),
        "none": {"en": ", which has none of them", "ru": ", где их нет"}
        if best[1] in ("sar", "sem")
        else "",
        "duel": {
            "en": "the data do not know whether spillovers are global or local",
            "ru": "глобальны перетоки или локальны, данные не знают",
        }
        if duel.between(0.25, 0.75).all()
        else {
            "en": "under some neighbourhoods the data take sides",
            "ru": "при некоторых видах соседства данные делают выбор",
        },
        "gns": verdict(steps.tests["LR gns vs sdm"].p_value),
        "cancel": {
            "en": ", two numbers of opposite sign that nearly cancel and should not be read apart",
            "ru": " — два числа противоположного знака, которые почти уничтожают друг друга и порознь "
            "не читаются",
        }
        if steps["gns"].params["rho"] * steps["gns"].params["lambda"] < 0
        else "",
        "gns_p_value": steps.tests["LR gns vs sdm"].p_value,
        "rho": steps["gns"].params["rho"],
        "lambda_": steps["gns"].params["lambda"],
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## 6. Persistence: dynamic spatial panels
#
# This year's patents resemble last year's: applications take years, offices have queues. A static
# model takes that for an effect of whatever moves slowly too. The dynamic model (@dynamic) adds last year's
# patents here ($\tau$) and next door ($\eta$). With effects of regions such lags are biased when years
# are few; the bias of order 1/T is taken out [@yu2008; @lee2010]. Then there
# are two impacts (@dynamic-rd): at once, and in the end, once a change that stays has worked through.
# @dynamic-path shows the years between.

# %%
dynamic = {
    name: wb.fit(FORMULA, panel, W, model="sdm", effects="two-way", dynamic="both")
    for name, W in neighbourhoods.items()
}
GREEK = {"tau": "τ", "eta": "η", "rho": "ρ"}
feedback = {}
for name, fit in dynamic.items():
    lags = fit.tidy().loc[["tau", "eta", "rho"], ["estimate", "p_value"]]
    feedback[name] = {
        **{(GREEK[term], column): lags.loc[term, column] for term in GREEK for column in lags},
        ("shocks", "largest root"): fit.roots.largest,
        ("shared unit root", "p_value"): fit.diagnostics()["Wald unit root"].p_value,
    }
feedback = pd.DataFrame(feedback).T.rename_axis("neighbours")
damped = feedback["shocks", "largest root"].max()
certain = feedback["η", "estimate"][feedback["η", "p_value"] < LEVEL]
wb.publish(
    feedback,
    "dynamic",
    labels=SHOWN_AS,
    caption={
        "en": "Persistence in time (τ), from neighbours a year ago (η) and now (ρ); shocks die out "
        "where the largest root is below 1",
        "ru": "Устойчивость во времени (τ), от соседей год назад (η) и сейчас (ρ); шоки затухают "
        "там, где наибольший корень меньше 1",
    },
    kind="maximum likelihood",
)

# %%
horizons = {}
for name, fit in dynamic.items():
    for horizon in ("short-run", "long-run"):
        impacts = fit.impacts(horizon=horizon)
        horizons[name, horizon] = impacts["log(rd)", "indirect"]
        keep("dynamic spatial panels", f"dynamic SDM, {name}, {horizon}", impacts)
horizons = pd.DataFrame(horizons).T.rename_axis(["neighbours", "horizon"])
wb.publish(
    horizons,
    "dynamic-rd",
    labels=SHOWN_AS,
    caption={
        "en": "Indirect impact of log R&D in the dynamic spatial Durbin panel, at once and in the end",
        "ru": "Косвенный эффект log R&D в динамической пространственной панели Дарбина, сразу и в "
        "итоге",
    },
    kind="maximum likelihood",
)
wb.publish(
    dynamic["queen"].impacts_over_time(10).plot(terms=["log(rd)", "log(students)"]),
    "dynamic-path",
    caption={
        "en": "Impacts over time of a change that stays, queen contiguity, with 95 % intervals for each "
        "year alone",
        "ru": "Эффекты сохраняющегося изменения во времени, соседство по границе, с 95-процентными "
        "интервалами для каждого года отдельно",
    },
)

# %%
wb.claim(
    "answer-dynamic",
    {
        "en": "**{heading}** τ is between {low:.2f} and {high:.2f}, the largest root at most {root:.2f} (@dynamic){half}. "
        "Neighbours' patents now (ρ) are significant in {rho} of "
        "{rows} neighbourhoods; those of a year ago (η) in {eta}{sign}. In the long run the indirect "
        "impact of R&D is {long:.2f} by queen contiguity (p = {long_p_value:p}, from {from_:.2f} to "
        "{to:.2f}; @dynamic-rd).",
        "ru": "**{heading}** τ лежит от {low:.2f} до {high:.2f}, наибольший корень не более "
        "{root:.2f} (@dynamic){half}. Нынешние патенты соседей (ρ) значимы в {rho} из {rows} видов "
        "соседства, прошлогодние (η) — в {eta}{sign}. В долгосрочном итоге косвенный эффект "
        "исследований и разработок равен {long:.2f} при соседстве по границе (p = "
        "{long_p_value:p}, от {from_:.2f} до {to:.2f}; @dynamic-rd).",
    },
    numbers={
        "heading": {
            "en": "Patenting is persistent, but shocks die out.",
            "ru": "Патентование устойчиво, но шоки затухают.",
        }
        if damped < 1
        else {
            "en": "Shocks do not die out under every neighbourhood.",
            "ru": "Шоки затухают не при всяком соседстве.",
        },
        "low": feedback["τ", "estimate"].min(),
        "high": feedback["τ", "estimate"].max(),
        "root": damped,
        "half": {
            "en": f": half of a shock is gone within {np.log(0.5) / np.log(damped):.1f} years",
            "ru": ": половина шока исчезает за "
            + f"{np.log(0.5) / np.log(damped):.1f} года".replace(".", ","),
        }
        if 0 < damped < 1
        else "",
        "rho": int((feedback["ρ", "p_value"] < LEVEL).sum()),
        "rows": len(feedback),
        "eta": len(certain),
        "sign": ""
        if certain.empty
        else {"en": ", always negative", "ru": ", всегда отрицательны"}
        if (certain < 0).all()
        else {"en": ", always positive", "ru": ", всегда положительны"}
        if (certain > 0).all()
        else {"en": ", not of one sign", "ru": ", не одного знака"},
        "long": horizons.loc[("queen", "long-run"), "estimate"],
        "long_p_value": horizons.loc[("queen", "long-run"), "p_value"],
        "from_": horizons.loc[("queen", "long-run"), "conf_low"],
        "to": horizons.loc[("queen", "long-run"), "conf_high"],
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ### The same by moments
#
# The likelihood takes disturbances as alike and needs its bias corrected. Dynamic GMM
# [@arellano1995] needs neither: effects are taken out by subtracting the mean of later years, earlier
# patents here and next door instrument last year's, and neighbours' neighbours' inputs instrument what
# neighbours patent now. Twenty years offer far more instruments than 76 regions can bear, so that each
# has three lags and one moment a lag. In @dynamic-gmm *F* says how well they foretell ρ's term (below 10 is
# weak), *J* whether they contradict each other. <!-- given -->

# %%
by_moments = {}
MOMENTS = wb.DynamicGMM(transform="deviations", lags=(2, 4))
for name, W in neighbourhoods.items():
    fit = wb.fit(FORMULA, panel, W, model="sdm", effects="two-way", dynamic="both", method=MOMENTS)
    lags, asked = fit.tidy().loc[["tau", "eta", "rho"]], fit.diagnostics()
    by_moments[name] = {
        ("instruments", "F"): asked["First stage F: rho"].statistic,
        ("J", "p_value"): asked["Hansen J"].p_value,
        **{
            (GREEK[term], column): lags.loc[term, column]
            for term in ("tau", "rho")
            for column in ("estimate", "std_error")
        },
    }
    if W.spectrum.rho_low < fit.params["rho"] < W.spectrum.rho_high:
        impacts = fit.impacts()
        for column in ("estimate", "p_value"):
            value = impacts["log(rd)", "indirect"][column]
            by_moments[name]["indirect impact of log R&D", column] = value
        keep("dynamic spatial panels", f"dynamic SDM by moments, {name}", impacts)
by_moments = pd.DataFrame(by_moments).T.rename_axis("neighbours")
wb.publish(
    by_moments,
    "dynamic-gmm",
    labels=SHOWN_AS,
    caption={
        "en": "The dynamic spatial Durbin panel by moments, and its indirect impact at once (empty where ρ "
        "lies outside what the model allows)",
        "ru": "Динамическая пространственная панель Дарбина методом моментов и её немедленный "
        "косвенный эффект (пусто там, где ρ вне допустимого моделью)",
    },
    kind="maximum likelihood",
)
wider = by_moments["ρ", "std_error"] / pd.Series(
    {name: fit.std_errors["rho"] for name, fit in dynamic.items()}
)
gap = (by_moments["τ", "estimate"] - feedback["τ", "estimate"]).abs() / by_moments["τ", "std_error"]
found = by_moments["indirect impact of log R&D"].dropna()
wb.claim(
    "dynamic-gmm-says",
    {
        "en": "**{heading}** τ is {low:.2f} to {high:.2f}, at most {gap:.1f} of its standard errors from the "
        "likelihood's. Standard errors of ρ are {least:.0f} to {most:.0f} times as large{weak}. An indirect "
        "impact of R&D exists in {rows} of {all} neighbourhoods and is significant in {significant} "
        "(@dynamic-gmm).",
        "ru": "**{heading}** τ — от {low:.2f} до {high:.2f}, не далее {gap:.1f} своих стандартных "
        "ошибок от оценки правдоподобия. Стандартные ошибки ρ больше в {least:.0f}–{most:.0f}"
        " раз{weak}. Косвенный эффект исследований и разработок существует в {rows} из {all} "
        "видов соседства и значим в {significant} (@dynamic-gmm).",
    },
    numbers={
        "heading": {
            "en": "Moments agree about persistence, and know little about neighbours.",
            "ru": "Моменты согласны насчёт устойчивости и мало знают о соседях.",
        }
        if gap.max() < 2 and wider.min() > 2
        else {
            "en": "Moments and the likelihood do not tell the same.",
            "ru": "Моменты и правдоподобие говорят не одно и то же.",
        }
        if gap.max() >= 2
        else {
            "en": "Moments tell what the likelihood tells.",
            "ru": "Моменты говорят то же, что и правдоподобие.",
        },
        "low": by_moments["τ", "estimate"].min(),
        "high": by_moments["τ", "estimate"].max(),
        "gap": gap.max(),
        "least": wider.min(),
        "most": wider.max(),
        "weak": {
            "en": ", as what instruments the neighbours' patents is weak",
            "ru": ", так как инструменты для патентов соседей слабы",
        }
        if (by_moments["instruments", "F"] < 10).any()
        else "",
        "rows": len(found),
        "all": len(by_moments),
        "significant": int((found["p_value"] < LEVEL).sum()),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## 7. Common shocks instead of spillovers
#
# Effects of periods take out what moves all regions *alike*. Oil prices, sanctions or a state programme
# move regions each in its own way; regions that react alike look like neighbours that learn. Two
# estimators take such shocks out: *CCE* [@pesaran2006; with Wy: @yang2021] by averages over regions,
# *defactored* instruments [@cui2023] by principal components. @shocks has the impact of R&D before and
# after, and the dependence that is left, tested by CDw+ [@juodis2022].

# %%
SHORT = {"common correlated effects": "CCE", "defactored instruments": "defactored"}
shocks, dependence, taken_out = {}, {}, {}
for name, W in neighbourhoods.items():
    for model in ("slx", "sdm"):
        base = wb.fit(FORMULA, panel, W, model=model, effects="two-way", covariance="clustered")
        beside = taken_out[name, model.upper()] = wb.panels.common_shocks(base)
        for estimator in beside.dependence.index:
            label = "region and period effects" if "two-way" in estimator else SHORT[estimator]
            key = name, model.upper(), label
            dependence[key] = beside.dependence.loc[estimator]
            if (estimator, "log(rd)", "indirect") not in beside.impacts.index:
                shocks[key] = pd.Series(dtype=float)
                continue
            shocks[key] = beside.impacts.loc[(estimator, "log(rd)", "indirect")]
            if "two-way" not in estimator:
                for word, what in INPUTS.items():
                    kept[what, "common shocks out", f"{model.upper()}, {name}, {estimator}"] = (
                        beside.impacts.loc[(estimator, f"log({word})", "indirect")]
                    )
levels = ["neighbours", "model", "estimator"]
shocks = pd.DataFrame(shocks).T.rename_axis(levels)
dependence = pd.DataFrame(dependence).T.rename_axis(levels)
wb.publish(
    pd.concat(
        {
            "indirect impact of log R&D": shocks[["estimate", "std_error", "p_value"]],
            "dependence left": dependence[["p_value", "exponent"]],
        },
        axis=1,
    ),
    "shocks",
    labels=SHOWN_AS,
    caption={
        "en": "Before and after common shocks are taken out; dependence by CDw+ (Juodis and Reese 2022) "
        "and the exponent",
        "ru": "До и после исключения общих шоков; зависимость по CDw+ (Юодис и Рис, 2022) и "
        "показателю",
    },
    notes={
        "en": "Empty: ρ came out where the model has no reduced form, so that there is no impact.",
        "ru": "Пусто: ρ оказалось там, где у модели нет приведённой формы, и эффекта нет.",
    },
    kind="simulation",
    drawn_by=taken_out,
)

# %%
out = shocks.drop(index="region and period effects", level="estimator")
BLUNT = 2.0
wide = (out["conf_high"] - out["conf_low"] > BLUNT) | out["estimate"].isna()
sharp = out[~wide]
wb.claim(
    "answer-shocks",
    {
        "en": "**{heading}** Of {rows} estimates with shocks taken out (@shocks) {blunt} are blunt: they have no impact, or an interval wider than "
        "{width:.0f}, and neither confirm nor deny; {sdm} of these are SDM, in which the neighbours' patents "
        "have to be instrumented. The other {sharp} run from {low:.2f} to {high:.2f}; {positive} of them are "
        "positive and significant. {left} CD rejects for {cd} of {rows}, and "
        "exponents are between {exponent_low:.2f} and {exponent_high:.2f}.",
        "ru": "**{heading}** Из оценок без общих шоков (@shocks), а их {rows}, тупых {blunt}: у них нет эффекта или интервал "
        "шире {width:.0f}, и они ничего не подтверждают и не опровергают; из них SDM, где для"
        " патентов соседей нужны инструменты, — {sdm}. Остальные, их {sharp}, лежат от "
        "{low:.2f} до {high:.2f}; положительны и значимы {positive} из них. {left} CD "
        "отвергает для {cd} из {rows}, а показатели — от {exponent_low:.2f} до "
        "{exponent_high:.2f}.",
    },
    numbers={
        "heading": {
            "en": "Taking common shocks out uncovers no spillover of R&D.",
            "ru": "Исключение общих шоков перетока не открывает.",
        }
        if not ((sharp["p_value"] < LEVEL) & (sharp["estimate"] > 0)).any()
        else {
            "en": "With common shocks out, some rows show a spillover of R&D.",
            "ru": "Без общих шоков некоторые строки показывают переток.",
        },
        "rows": len(out),
        "blunt": int(wide.sum()),
        "width": BLUNT,
        "sdm": int((wide[wide].index.get_level_values("model") == "SDM").sum()),
        "sharp": len(sharp),
        "low": sharp["estimate"].min(),
        "high": sharp["estimate"].max(),
        "positive": int(((sharp["p_value"] < LEVEL) & (sharp["estimate"] > 0)).sum()),
        "left": {"en": "Dependence is not exhausted:", "ru": "Зависимость не исчерпана:"}
        if (dependence.loc[out.index, "p_value"] < LEVEL).any()
        else {"en": "Little dependence is left:", "ru": "Зависимости осталось мало:"},
        "cd": int((dependence.loc[out.index, "p_value"] < LEVEL).sum()),
        "exponent_low": dependence.loc[out.index, "exponent"].min(),
        "exponent_high": dependence.loc[out.index, "exponent"].max(),
    },
    kind="simulation",
    drawn_by=taken_out,
)

# %% [markdown]
# ## 8. Patents as counts
#
# Poisson with multiplicative region and period effects needs no log of zero, and is consistent
# whatever the distribution of counts, as long as the mean is right [@wooldridge1999]. But it answers
# a slightly different question: it weighs regions by their counts, so that a region with thousands of
# patents speaks louder than dozens with a few. Hence each row of @counts stands there twice: with all
# regions, and without the one that holds most patents, Moscow.

# %%
POISSON = {"model": "slx", "effects": "two-way", "family": "poisson"}
PLACES = {
    "all": ("counts (Poisson)", panel),
    "without Moscow": ("counts without Moscow", panel.drop(index="RU-MOW", level="region")),
}
counts = {}
for place, (step, data) in PLACES.items():
    for name, W in neighbourhoods_of(data.index.unique("region")).items():
        for label in ("clustered", "driscoll-kraay"):
            fit = wb.fit(COUNTS, data, W, covariance=label, **POISSON)
            counts[place, name, label] = fit.impacts()["log(rd)", "indirect"]
            keep(step, f"Poisson, {name}, {label}", fit.impacts())
counts = pd.DataFrame(counts).T.rename_axis(["regions", "neighbours", "standard errors"])
wb.publish(
    counts,
    "counts",
    labels=SHOWN_AS,
    caption={
        "en": "Indirect impact of log R&D on the log of the expected number of patents, with all "
        "regions and without Moscow",
        "ru": "Косвенный эффект log R&D для логарифма ожидаемого числа патентов, со всеми регионами"
        " и без Москвы",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# Leaving Moscow out takes away two things: Moscow as a *receiver*, whose own patents are explained, and
# Moscow as a *source*, whose R&D lies next door to others. To tell them apart, the neighbours' means
# are computed with Moscow, and only then its own rows are left out.

# %%
TERMS = {
    "near_rd": "log(rd)",
    "near_students": "log(students)",
    "near_researchers": "log(researchers)",
    "near_income": "log(grp / population)",
}


def of_neighbours(series):
    """Return the neighbours' means of a series, year by year."""
    wide = side_by_side(series)
    means = queen.lag(wide).set_axis(wide.columns, axis=1).reset_index()
    return means.melt(id_vars="region", var_name="year").set_index(["region", "year"])["value"]


near = pd.DataFrame({name: of_neighbours(SERIES[term]) for name, term in TERMS.items()})
source = wb.fit(
    f"{COUNTS} + {' + '.join(near)}",
    panel.join(near).drop(index="RU-MOW", level="region"),
    effects="two-way",
    family="poisson",
    covariance="clustered",
).tidy()
significant = counts["p_value"] < LEVEL
up = significant & (counts["estimate"] > 0)
with_it, bare = up.loc["all"], up.loc["without Moscow"]
if with_it.any() and not bare.any():
    heading = {
        "en": "The only positive spillover is Moscow's.",
        "ru": "Единственный положительный переток — московский.",
    }
elif with_it.any():
    heading = {
        "en": "As counts, patents show a positive spillover with and without Moscow.",
        "ru": "Как счётная величина патенты показывают положительный переток и с Москвой, и без неё.",
    }
else:
    heading = {
        "en": "As counts, patents show no positive spillover.",
        "ru": "Как счётная величина патенты положительного перетока не показывают.",
    }
wb.claim(
    "answer-counts",
    {
        "en": "**{heading}** With all regions {with_it} of {rows} rows are positive and significant (@counts), {clustered} "
        "of them with errors clustered by region (Driscoll and Kraay's find too much in so few years; queen "
        "contiguity: {queen:.2f}, p = {queen_p_value:p} clustered by region). Without Moscow, which holds "
        "{capital:.0f} % of the patents, {without} of {rows} are (queen: {bare:.2f}, p = {bare_p_value:p}). "
        "Kept as a source and left out as a receiver only, the neighbours' R&D has {source:.2f} (p = "
        "{source_p_value:p}). {so}",
        "ru": "**{heading}** Со всеми регионами положительны и значимы {with_it} из {rows} строк (@counts), "
        "из них с кластеризацией ошибок по регионам {clustered} (ошибки Дрисколла и Края за столь "
        "малое число лет находят лишнее; соседство по границе: {queen:.2f}, p = {queen_p_value:p} с "
        "кластеризацией по регионам). Без Москвы, на которую приходится {capital:.0f} % патентов, — {without} "
        "из {rows} (соседство по границе: {bare:.2f}, p = {bare_p_value:p}). Если оставить её"
        " источником и исключить только как получателя, исследованиям соседей отвечает "
        "{source:.2f} (p = {source_p_value:p}). {so}",
    },
    numbers={
        "heading": heading,
        "with_it": int(with_it.sum()),
        "clustered": int(with_it.xs("clustered", level="standard errors").sum()),
        "rows": len(with_it),
        "queen": counts.loc[("all", "queen", "clustered"), "estimate"],
        "queen_p_value": counts.loc[("all", "queen", "clustered"), "p_value"],
        "capital": 100 * panel.loc["RU-MOW", "patents"].sum() / panel["patents"].sum(),
        "without": int(bare.sum()),
        "bare": counts.loc[("without Moscow", "queen", "clustered"), "estimate"],
        "bare_p_value": counts.loc[("without Moscow", "queen", "clustered"), "p_value"],
        "source": source.loc["near_rd", "estimate"],
        "source_p_value": source.loc["near_rd", "p_value"],
        "so": {
            "en": "So the finding is Moscow's own history: its patents grew with the R&D of the "
            f"{int(queen.cardinalities['RU-MOW'])} neighbours it has in this graph, and that is one "
            f"region's curve, not a law about {len(inside)}.",
            "ru": "Значит, найденное — история самой Москвы: её патенты росли вместе с исследованиями "
            f"соседей, которых у неё в этом графе {int(queen.cardinalities['RU-MOW'])}, и это кривая "
            f"одного региона, а не закон для {len(inside)}.",
        }
        if with_it.any() and not bare.any() and shown(source.loc["near_rd"]) != "positive"
        else "",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## 9. Other choices that could have been made
#
# ### Prices
#
# R&D is in current roubles. Effects of periods take out inflation that is common to all regions, to
# the last digit: dividing everybody's R&D by one price index a year moves the logarithm by a constant
# of the year, here and next door. What they do not take out are regional differences of inflation;
# R&D *per unit of regional product* does, as far as both have the same prices.

# %%
index = panel["rd"].groupby(level="year").sum()
deflated = panel.assign(rd=panel["rd"] / index.loc[panel.index.get_level_values("year")].to_numpy())
gap = (
    (
        wb.fit(FORMULA, deflated, queen, model="sdm", effects="two-way").impacts().table["estimate"]
        - durbin["queen"].table["estimate"]
    )
    .abs()
    .max()
)
wb.claim(
    "deflated",
    {
        "en": "Dividing R&D by the country's R&D of the year, a crude deflator, {word} the impacts of the SDM.",
        "ru": "Деление затрат на исследования и разработки на их сумму по стране за год, грубый "
        "дефлятор, {word} эффекты SDM.",
    },
    numbers={
        "word": {"en": "changes nothing in", "ru": "не меняет"}
        if gap < 1e-6
        else {"en": "does change", "ru": "меняет"}
    },
)

# %% [markdown]
# ### Does the future matter?
#
# All estimators above take inputs as *strictly exogenous*: past patents must not bring today's R&D. If
# they do, fixed effects and spillovers are biased. Two looks at it (@exogeneity): next year's R&D should say nothing
# about this year's patents, and last year's patents nothing about this year's R&D.

# %%
lagged = panel.groupby(level="region")
shifted = panel.assign(
    next_rd=lagged["rd"].shift(-1), past_patents=lagged["patents"].shift(1)
).dropna()
options = {"model": "slx", "effects": "two-way", "covariance": "clustered"}
lead = wb.fit(f"{FORMULA} + log(next_rd)", shifted, queen, **options).tidy()
back = wb.fit(
    "log(rd) ~ log(1 + past_patents) + log(students) + log(researchers) + log(grp / population)",
    shifted,
    queen,
    **options,
).tidy()
exogeneity = pd.DataFrame(
    {
        "next year's R&D, own → patents": lead.loc["log(next_rd)"],
        "next year's R&D, neighbours' → patents": lead.loc["W(log(next_rd))"],
        "last year's patents, own → R&D": back.loc["log(1 + past_patents)"],
        "last year's patents, neighbours' → R&D": back.loc["W(log(1 + past_patents))"],
    }
).T.rename_axis("what should be zero")
wb.publish(
    exogeneity[["estimate", "std_error", "p_value", "conf_low", "conf_high"]],
    "exogeneity",
    labels=SHOWN_AS,
    caption={
        "en": "Is there feedback? Region and period effects, clustered by region",
        "ru": "Есть ли обратная связь? Эффекты регионов и периодов, кластеризация по регионам",
    },
)

# %%
wb.claim(
    "limit-feedback",
    {
        "en": "Of the four rows (@exogeneity) {rejecting} differ from zero at 5 %; the smallest p-value is p = "
        "{smallest_p_value:p} ({which}). {so}",
        "ru": "Из этих четырёх строк (@exogeneity) на уровне 5 % от нуля отличаются {rejecting}; наименьшее p-значение:"
        " p = {smallest_p_value:p} ({which}). {so}",
    },
    numbers={
        "rejecting": int((exogeneity["p_value"] < LEVEL).sum()),
        "smallest_p_value": exogeneity["p_value"].min(),
        "which": exogeneity["p_value"].idxmin(),
        "so": {
            "en": "Strict exogeneity is not contradicted, which is less than being shown.",
            "ru": "Строгой экзогенности это не противоречит, но и не доказывает её.",
        }
        if (exogeneity["p_value"] >= LEVEL).all()
        else {
            "en": "Strict exogeneity is contradicted: the estimates above may be biased by feedback.",
            "ru": "Это противоречит строгой экзогенности: оценки выше могут быть смещены обратной "
            "связью.",
        },
    },
)


# %% [markdown]
# ### The same question, asked otherwise
#
# @choices has every variant by the SLX and the spatial Durbin panel (clustered by region), and as counts
# with and without Moscow; queen contiguity, weights of the regions that remain. *Lags*: ideas take time, and inputs of years ago
# cannot have been brought about by this year's patents; all four rows have the same years of patents.

# %%
def years_of(table, first, last):
    """Return the rows of some years."""
    here = table.index.get_level_values("year")
    return table[(here >= first) & (here <= last)]


def earlier(lag):
    """Return the panel with inputs of some years before; patents are of 2003 to 2019."""
    inputs = ["rd", "students", "researchers", "grp", "population"]
    moved = panel.groupby(level="region")[inputs].shift(lag)
    return years_of(panel[["patents"]].join(moved), 2003, 2019)


def without(*ids):
    """Return the panel without some regions."""
    return panel.drop(index=[i for i in ids if i in inside], level="region")


strange = odd[odd["field"].isin(["patents", "rd", "students", "researchers"])].dropna(
    subset=["region", "value"]
)
strange = strange[strange["region"].isin(inside) & strange["year"].isin(YEARS)]
PER_HEAD = (
    " ~ log(rd / population) + log(students / population) + log(researchers / population)"
    " + log(grp / population)"
)
NO_GRP = "log(1 + patents) ~ log(rd) + log(students) + log(researchers)"
wider = full.drop(index=["RU-CHU", "RU-YEV"], level="region")
longer = full.drop(index=[*blank.index, "RU-VGG"], level="region")
variants = {
    "as above": (panel, FORMULA, COUNTS),
    "R&D alone, without researchers and students": (
        panel,
        "log(1 + patents) ~ log(rd) + log(grp / population)",
        "patents ~ log(rd) + log(grp / population)",
    ),
    "R&D per unit of regional product": (
        panel,
        FORMULA.replace("log(rd)", "log(rd / grp)"),
        COUNTS.replace("log(rd)", "log(rd / grp)"),
    ),
    "all per head": (
        panel,
        "log((1 + patents) / population)" + PER_HEAD,
        "patents" + PER_HEAD + " + log(population)",
    ),
    "patents 2003–2019, inputs of the year": (earlier(0), FORMULA, COUNTS),
    "inputs of one year before": (earlier(1), FORMULA, COUNTS),
    "inputs of two years before": (earlier(2), FORMULA, COUNTS),
    "inputs of three years before": (earlier(3), FORMULA, COUNTS),
    "2000–2009": (years_of(panel, 2000, 2009), FORMULA, COUNTS),
    "2010–2019": (years_of(panel, 2010, 2019), FORMULA, COUNTS),
    "2005–2019, with Chechnya and Ingushetia": (years_of(wider, 2005, 2019), FORMULA, COUNTS),
    "2000–2020, without income and Volgograd": (
        longer,
        NO_GRP,
        NO_GRP.replace("log(1 + patents)", "patents"),
    ),
    "odd figures filled in from the years around": (
        between(panel, cells_of(strange)),
        FORMULA,
        COUNTS,
    ),
    "regions with odd figures left out": (without(*strange["region"]), FORMULA, COUNTS),
    "regions with a filled gap left out": (without(*gaps["region"]), FORMULA, COUNTS),
    "without Moscow and Moscow Oblast": (without("RU-MOW", "RU-MOS"), FORMULA, COUNTS),
}
FITS = {
    "SLX": {"model": "slx", "effects": "two-way", "covariance": "clustered"},
    "SDM": {"model": "sdm", "effects": "two-way", "covariance": "clustered"},
    "Poisson": {**POISSON, "covariance": "clustered"},
    "Poisson, no Moscow": {**POISSON, "covariance": "clustered"},
}


def bordering(table):
    """Return queen weights of the regions of a panel."""
    return wb.weights.queen(regions.loc[list(table.index.unique("region"))], islands="nearest")


tried = {}
for name, (data, formula, count) in variants.items():
    W = bordering(data)
    for model, choices in FITS.items():
        here, links = data, W
        if model == "Poisson, no Moscow" and "RU-MOW" in data.index.unique("region"):
            here = data.drop(index="RU-MOW", level="region")
            links = bordering(here)
        elif model == "Poisson, no Moscow":
            continue
        equation = count if model.startswith("Poisson") else formula
        impacts = wb.fit(equation, here, links, **choices).impacts()
        term = next(t for t in impacts.table.index.unique("term") if "rd" in t)
        tried[name, model] = impacts[term, "indirect"]
        if name != "as above":
            step = {
                "Poisson": "counts (Poisson)" if "RU-MOW" in data.index.unique("region") else None,
                "Poisson, no Moscow": "counts without Moscow",
            }.get(model, "other choices")
            keep(step or "counts without Moscow", f"{model}, {name}", impacts)

logs = pd.DataFrame(
    {word: SERIES[f"log({word})"] for word in INPUTS}
    | {"income": SERIES["log(grp / population)"], "patents": SERIES["log(1 + patents)"]}
)
changes = logs.groupby(level="region").diff().dropna()
for model in ("SLX", "SDM"):
    impacts = wb.fit(
        "patents ~ rd + students + researchers + income",
        changes,
        queen,
        **{**FITS[model], "effects": "time"},
    ).impacts()
    tried["in changes from year to year", model] = impacts["rd", "indirect"]
    keep("other choices", f"{model}, in changes", impacts)
tried = pd.DataFrame(tried).T.rename_axis(["choice", "model"])
order = [*variants, "in changes from year to year"]
wb.publish(
    pd.DataFrame(
        {
            (model, column): tried.xs(model, level="model")[column].reindex(order)
            for model in FITS
            for column in ("estimate", "p_value")
        }
    ).rename_axis("choice"),
    "choices",
    labels=SHOWN_AS,
    caption={
        "en": "Indirect impact of log R&D under other choices, queen contiguity, region and period "
        "effects (empty: not made, or Moscow is out already)",
        "ru": "Косвенный эффект log R&D при других решениях, соседство по границе, эффекты регионов"
        " и периодов (пусто: не делалось или Москвы уже нет)",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## The answer
#
# @verdicts counts the rows of all steps, for R&D, researchers and students next door. @all-rows shows those
# of R&D one by one, but for the ones of step 3 that are not net of both effects.

# %%
rows = pd.DataFrame(kept).T.astype(float).rename_axis(["input", "step", "row"])
NET = rows.index.get_level_values("step") != "not net of both effects"
LABELS = list(dict.fromkeys(rows.index.get_level_values("step")))


def counted(table):
    """Count rows, and how many are significantly positive or negative."""
    up = (table["p_value"] < LEVEL) & (table["estimate"] > 0)
    down = (table["p_value"] < LEVEL) & (table["estimate"] < 0)
    return {
        "rows": len(table),
        "positive": int(up.sum()),
        "negative": int(down.sum()),
        "positive, %": round(100 * float(up.mean())),
        "median": table["estimate"].median(),
        "lowest": table["estimate"].min(),
        "highest": table["estimate"].max(),
    }


grouped = dict(list(rows.groupby(level=["input", "step"])))
verdicts = {
    (name, step): counted(grouped[name, step])
    for name in INPUTS.values()
    for step in LABELS
    if (name, step) in grouped
}
wb.publish(
    pd.DataFrame(verdicts)
    .T.rename_axis(["input next door", "step"])
    .astype({"rows": int, "positive": int, "negative": int, "positive, %": int}),
    "verdicts",
    labels=SHOWN_AS,
    caption={
        "en": "How often the indirect impact is positive, or negative, and significant at 5 %, by step",
        "ru": "Как часто косвенный эффект положителен или отрицателен и значим на уровне 5 %, по "
        "шагам",
    },
    notes={
        "en": "Rows share data and are no independent witnesses; some are one estimate under several "
        "standard errors.",
        "ru": "Строки опираются на одни и те же данные и не являются независимыми свидетелями; "
        "некоторые — одна оценка с разными стандартными ошибками.",
    },
    kind="maximum likelihood",
)

# %%
curve = rows[NET].xs("R&D", level="input")
LIMIT = 1.0
beyond = int(((curve["conf_low"] < -LIMIT) | (curve["conf_high"] > LIMIT)).sum())
SHOWN = {
    "positive": (ACCENT, "positive, significant"),
    "negative": (SERIES_COLORS[0], "negative, significant"),
    "not different from zero": ("#8A8A8A", "not different from zero"),
}
with styled():
    figure = Picture(
        7.6,
        4.4,
        alt=f"{len(curve)} estimates of the indirect impact of R&D by step, from "
        f"{curve['estimate'].min():.2f} to {curve['estimate'].max():.2f}, with intervals, most of "
        "which contain zero",
    )
    axes = figure.add_subplot()
    axes.axhline(0, color="#999999", linewidth=0.9)
    place, ticks = 0, {}
    for step in LABELS[1:]:
        part = curve.xs(step, level="step").sort_values(["estimate", "p_value"])
        at = place + np.arange(len(part))
        ticks[step] = at.mean()
        place = at[-1] + 4
        for word, (color, _) in SHOWN.items():
            here = np.array([shown(row) == word for _, row in part.iterrows()])
            low, high = (part[end].clip(-LIMIT, LIMIT)[here] for end in ("conf_low", "conf_high"))
            axes.vlines(at[here], low, high, color=color, linewidth=1.2, alpha=0.6)
            axes.scatter(at[here], part["estimate"][here], s=13, color=color, zorder=3)
    for color, label in SHOWN.values():
        axes.scatter([], [], s=18, color=color, label=label)
    axes.set_ylim(-LIMIT, LIMIT)
    axes.set_xticks(list(ticks.values()), [textwrap.fill(step, 11) for step in ticks])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("indirect impact of log R&D")
    figure.legend(loc="outside lower center", ncols=3)
wb.publish(
    figure,
    "all-rows",
    caption={
        "en": "All rows net of region and period effects, by step: indirect impact of R&D with 95 % "
        "intervals",
        "ru": "Все строки за вычетом эффектов регионов и периодов, по шагам: косвенный эффект "
        "исследований и разработок с 95-процентными интервалами",
    },
    notes={
        "en": f"Intervals of {beyond} rows reach beyond the picture, some estimates too.",
        "ru": f"Интервалы у {beyond} строк, а у некоторых и оценки, выходят за пределы рисунка.",
    },
)

# %%
total = {name: counted(rows[NET].xs(name, level="input")) for name in INPUTS.values()}
of_moscow = counted(
    curve[curve.index.get_level_values("step") == "counts (Poisson)"]
)  # counts with Moscow in
apart = counted(curve[curve.index.get_level_values("step") != "counts (Poisson)"])


def answer(everywhere, elsewhere):
    """Turn the counts of rows into words that claim no more than they say."""
    if not everywhere["positive"]:
        return {
            "en": "No: in no row does research next door raise patenting",
            "ru": "Нет: ни в одной строке исследования у соседей не повышают патентования",
        }
    if not elsewhere["positive"]:
        return {
            "en": "Not beyond Moscow: only counts dominated by Moscow show a spillover of R&D",
            "ru": "Вне Москвы нет: переток показывают лишь счётные модели, где преобладает Москва",
        }
    if everywhere["positive"] > everywhere["rows"] / 2:
        return {
            "en": "Mostly yes: more than half of the rows show a spillover of R&D",
            "ru": "Скорее да: переток показывает больше половины строк",
        }
    return {
        "en": "Here and there: some rows show a spillover of R&D, most do not",
        "ru": "Местами: одни строки показывают переток, большинство нет",
    }


wb.claim(
    "answer-rd",
    {
        "en": "**{answer}.** Net of region and period effects the indirect impact of R&D was estimated in {rows} "
        "rows (@all-rows). It is positive and significant in {positive} ({share:.0f} %), negative and "
        "significant in {negative}; about {chance:.0f} of either would be there by chance alone, were rows independent. "
        "Of the positive ones {moscow} are counts with Moscow among the regions; of the {others} other rows "
        "{elsewhere} are positive and {against} negative.",
        "ru": "**{answer}.** За вычетом эффектов регионов и периодов косвенный эффект исследований "
        "и разработок оценён в стольких строках: {rows} (@all-rows). Положителен и значим он в {positive}"
        " ({share:.0f} %), отрицателен и значим в {negative}; тех и других по чистой "
        "случайности было бы около {chance:.0f}, будь строки независимы. Из положительных "
        "{moscow} — счётные модели с Москвой среди регионов; из прочих строк, а их {others}, "
        "положительны {elsewhere} и отрицательны {against}.",
    },
    numbers={
        "answer": answer(total["R&D"], apart),
        "rows": total["R&D"]["rows"],
        "positive": total["R&D"]["positive"],
        "share": total["R&D"]["positive, %"],
        "negative": total["R&D"]["negative"],
        "chance": LEVEL / 2 * total["R&D"]["rows"],
        "moscow": of_moscow["positive"],
        "others": apart["rows"],
        "elsewhere": apart["positive"],
        "against": apart["negative"],
    },
    kind="maximum likelihood",
)
people = {
    name: counted(
        rows[NET & (rows.index.get_level_values("step") != "counts (Poisson)")].xs(
            name, level="input"
        )
    )
    for name in ("researchers", "students")
}
wb.claim(
    "answer-people",
    {
        "en": "**People next door: {word}.** Researchers in the neighbours are positive and significant in "
        "{researchers} of {researcher_rows} rows, negative in {researchers_down}; students in {students} of "
        "{student_rows}, negative in {students_down} (@verdicts). Without the counts that Moscow dominates it is "
        "{bare_researchers} and {bare_students}.",
        "ru": "**Люди у соседей: {word}.** Исследователи у соседей положительны и значимы в "
        "{researchers} из {researcher_rows} строк, отрицательны в {researchers_down}; "
        "студенты — в {students} из {student_rows}, отрицательны в {students_down} (@verdicts). Без "
        "счётных моделей, где преобладает Москва, — {bare_researchers} и {bare_students}.",
    },
    numbers={
        "word": {
            "en": "a weak sign for students, none that agrees for researchers",
            "ru": "слабый признак для студентов, согласованного для исследователей нет",
        }
        if total["students"]["positive"] > 0.1 * total["students"]["rows"]
        and not total["students"]["negative"]
        and total["researchers"]["negative"]
        else {"en": "some signs, not of one kind", "ru": "признаки есть, но разные"}
        if total["students"]["positive"] + total["researchers"]["positive"]
        else {"en": "no sign", "ru": "признаков нет"},
        "researchers": total["researchers"]["positive"],
        "researcher_rows": total["researchers"]["rows"],
        "researchers_down": total["researchers"]["negative"],
        "students": total["students"]["positive"],
        "student_rows": total["students"]["rows"],
        "students_down": total["students"]["negative"],
        "bare_researchers": people["researchers"]["positive"],
        "bare_students": people["students"]["positive"],
    },
    kind="maximum likelihood",
)

# %%
POWER = 1.96 + 0.84  # two-sided 5 %, four times in five
slx_row = within.loc[("queen", "clustered")]
sdm_row = static.loc[("queen", "SDM")]
wb.claim(
    "limit-power",
    {
        "en": "**How large could it be and stay unseen?** With the standard errors at hand (queen contiguity) an "
        "indirect elasticity is found four times in five only from {slx:.2f} on by the SLX panel and from "
        "{sdm:.2f} on by the SDM. The 95 % intervals end at {slx_high:.2f} and {sdm_high:.2f}; by "
        "distance, where every region is everybody's neighbour, that of the SLX panel reaches to {far:.2f}. "
        "{so}After region and year effects "
        "{left:.1f} % of the variance of R&D is left to learn from.",
        "ru": "**Насколько большим он мог бы быть и остаться незамеченным?** При имеющихся "
        "стандартных ошибках (соседство по границе) косвенная эластичность обнаруживается в "
        "четырёх случаях из пяти лишь начиная с {slx:.2f} в панели SLX и с {sdm:.2f} в SDM. "
        "95-процентные интервалы кончаются на {slx_high:.2f} и {sdm_high:.2f}; по расстоянию,"
        " когда каждый регион сосед каждому, у панели SLX — на {far:.2f}. {so}После эффектов "
        "регионов и лет остаётся {left:.1f} % дисперсии затрат на исследования и разработки.",
    },
    numbers={
        "slx": POWER * slx_row["std_error"],
        "sdm": POWER * sdm_row["std_error"],
        "slx_high": slx_row["conf_high"],
        "sdm_high": sdm_row["conf_high"],
        "so": {
            "en": "Spillovers within these limits cannot be told from none. ",
            "ru": "Перетоки в этих пределах не отличить от их отсутствия. ",
        }
        if max(slx_row["p_value"], sdm_row["p_value"]) >= LEVEL
        else "",
        "far": within.loc[("distance", "clustered"), "conf_high"],
        "left": parts.loc["log(rd)", "what is left, %"],
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ### Would it have been seen?
#
# A test of the tests. Patents are multiplied by what a spillover of known size would have added: a
# factor that rises with the neighbours' R&D, relative to the region's own mean and to the year's.
# Then the same regressions are run. What they find on top of the first row of @planted is their answer to
# a question whose answer is known.

# %%
deviation = side_by_side(of_neighbours(SERIES["log(rd)"]))
deviation = deviation.sub(deviation.mean(axis=1), axis=0)
deviation = deviation.sub(deviation.mean(axis=0), axis=1).reset_index()
deviation = deviation.melt(id_vars="region", var_name="year").set_index(["region", "year"])
planted = {}
for size in (0.0, 0.2, 0.4, 0.6, 0.8):
    factor = np.exp(size * deviation["value"]).reindex(panel.index)
    data = panel.assign(patents=(panel["patents"] * factor).round())
    for model, choices in FITS.items():
        here = data.drop(index="RU-MOW", level="region") if "no Moscow" in model else data
        equation = COUNTS if model.startswith("Poisson") else FORMULA
        row = wb.fit(equation, here, bordering(here), **choices).impacts()["log(rd)", "indirect"]
        planted[size, model] = row
planted = pd.DataFrame(planted).T.rename_axis(["planted", "model"])
wb.publish(
    pd.DataFrame(
        {
            (model, column): planted.xs(model, level="model")[column]
            for model in FITS
            for column in ("estimate", "p_value")
        }
    ).rename_axis("planted elasticity"),
    "planted",
    labels=SHOWN_AS,
    caption={
        "en": "Indirect impact of log R&D when a spillover of known size is planted in the patents, queen "
        "contiguity",
        "ru": "Косвенный эффект log R&D, когда в патенты внесён переток известной величины, "
        "соседство по границе",
    },
    kind="maximum likelihood",
)
sizes = {
    model: next(
        (
            {"en": f"from {size:.1f} on", "ru": f"начиная с {size:.1f}".replace(".", ",")}
            if size
            else {"en": "even with none planted", "ru": "даже без внесённого"}
            for size in planted.index.unique("planted")
            if shown(planted.loc[(size, model)]) == "positive"
        ),
        {"en": "not up to the largest planted", "ru": "ни при какой из внесённых"},
    )
    for model in FITS
}
wb.claim(
    "limit-planted",
    {
        "en": "**{heading}** A planted elasticity is found to be positive at 5 % {slx} by the SLX panel, {sdm} by the "
        "SDM, {count} by counts with Moscow and {bare} by counts without (@planted).",
        "ru": "**{heading}** Внесённая эластичность признаётся положительной на уровне 5 %: панелью"
        " SLX — {slx}, SDM — {sdm}, счётной моделью с Москвой — {count}, без неё — {bare} (@planted).",
    },
    numbers={
        "heading": {
            "en": "A large spillover would have been seen, a small one not.",
            "ru": "Большой переток был бы замечен, малый — нет.",
        }
        if sizes["SLX"]["en"].startswith("from")
        else {
            "en": "What these methods would have seen depends on the model.",
            "ru": "Что заметили бы эти методы, зависит от модели.",
        },
        "slx": sizes["SLX"],
        "sdm": sizes["SDM"],
        "count": sizes["Poisson"],
        "bare": sizes["Poisson, no Moscow"],
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ### In plain words

# %%
side, follow = shown(seen["time"]), shown(seen["two-way"])
wb.claim(
    "plain-within",
    {
        "en": "- Put regions side by side within a year, and those with researching neighbours {side}. Follow each "
        "region over time, and those whose neighbours' research grew {follow}.{so}",
        "ru": "- Если сравнивать регионы в пределах года, те, у кого соседи ведут исследования, "
        "{side}. Если следить за каждым регионом во времени, те, у чьих соседей исследования "
        "росли, {follow}.{so}",
    },
    numbers={
        "side": {
            "positive": {"en": "patent more", "ru": "патентуют больше"},
            "negative": {"en": "patent less", "ru": "патентуют меньше"},
        }.get(side, {"en": "patent no more than others", "ru": "патентуют не больше других"}),
        "follow": {
            "positive": {
                "en": "began to patent more than others",
                "ru": "стали патентовать больше других",
            },
            "negative": {
                "en": "began to patent less than others",
                "ru": "стали патентовать меньше других",
            },
        }.get(
            follow,
            {
                "en": "did not begin to patent more than others",
                "ru": "не стали патентовать больше других",
            },
        ),
        "so": {
            "en": " What looked like a spillover may be what neighbours have in common for good.",
            "ru": " То, что походило на переток, может быть постоянным сходством соседей.",
        }
        if side == "positive" and follow != "positive"
        else "",
    },
)
wb.claim(
    "plain-counts",
    "- {text}",
    numbers={
        "text": {
            "en": "The one exception is instructive. Count patents instead of taking logarithms, and a "
            "spillover appears under some neighbourhoods; leave out Moscow, and it disappears under all. An "
            "estimator that weighs regions by their patents describes the capital before anything else.",
            "ru": "Единственное исключение поучительно. Если считать патенты, а не брать логарифмы, при"
            " некоторых видах соседства переток появляется; без Москвы он исчезает при всех. "
            "Оценка, взвешивающая регионы по их патентам, описывает прежде всего столицу.",
        }
        if with_it.any() and not bare.any()
        else {
            "en": "Counting patents instead of taking logarithms shows a spillover that does not hang on "
            "Moscow.",
            "ru": "Счёт патентов вместо логарифмов показывает переток, который не держится на Москве.",
        }
        if with_it.any()
        else {
            "en": "Counting patents instead of taking logarithms changes nothing.",
            "ru": "Счёт патентов вместо логарифмов ничего не меняет.",
        }
    },
)
wb.claim(
    "plain-negative",
    "- {text}",
    numbers={
        "text": {
            "en": "Signs of the opposite, negative impacts, appear in some rows. They may be competition "
            "for researchers and money, or chance among many rows: they are as fragile as positive ones.",
            "ru": "Признаки обратного, отрицательные эффекты, в некоторых строках есть. Это может быть "
            "соперничество за исследователей и деньги или случайность среди многих строк: они так"
            " же хрупки, как положительные.",
        }
        if apart["negative"]
        else {
            "en": "Nothing speaks for the opposite, that research next door draws patents away.",
            "ru": "Ничто не говорит и об обратном — что исследования у соседей оттягивают патенты.",
        }
    },
)
wb.claim(
    "plain-limits",
    "- {text}",
    numbers={
        "text": {
            "en": "None of this shows that there are no spillovers. It shows that twenty years of yearbook "
            "figures do not contain them in a form that survives fair comparison.",
            "ru": "Всё это не показывает, что перетоков нет. Это показывает, что двадцать лет данных "
            "ежегодников не содержат их в виде, который выдержал бы честное сравнение.",
        }
        if not apart["positive"]
        else {
            "en": "Where a spillover shows it is an association within regions, not a proof of cause.",
            "ru": "Там, где переток виден, это связь внутри регионов, а не доказательство причины.",
        }
    },
)

# %% [markdown]
# ## What these figures do not allow to say
#
# - **Where ideas arise.** Patents are counted where the applicant has its address. Institutes with
#   branches patent in Moscow what was invented elsewhere, and a company that moves its seat moves its
#   patents. A "spillover" to or from Moscow may be book-keeping.
# - **What ideas are worth.** A count of grants mixes the trivial and the important, and is a queue:
#   grants follow applications by a year or more. Lags of up to three years are shown; longer ones would
#   eat the years there are.
# - **Real research.** R&D is cost in current roubles, without regional prices. Effects of periods take
#   out common inflation only. Much of R&D is wages; a raise is not an idea.
# - **Cause.** Nobody assigned R&D by lot. Effects take out what is constant, common shocks what is
#   shared; a programme that raises R&D and patents of neighbours together is still there. Inputs are
#   taken as strictly exogenous; two looks for feedback are no proof.
# - **Small or slow effects.** What is left after region and year effects is small beside the noise, so
#   that "not significant" means "cannot be told", within the limits given above.
# - **Other distances.** Borders, capitals and nearest capitals are hypotheses. Ideas may follow
#   airlines, ministries or corporations instead, which no map of borders contains.
# - **Other units.** Eighty units of very different size are what Rosstat publishes, autonomous districts
#   within larger regions; spillovers within a city or an agglomeration are inside a unit. The
#   regions left out are among the least inventive.
# - **Standard errors of the likelihood models** take disturbances as independent and of one variance,
#   which the panel's own tests deny; those of the least-squares panels do not, and are larger.
# - **Many rows.** Most were estimated on the same figures. A share of significant rows is a summary of
#   what was tried, not a test.
#
# ## Tables for those who check
#
# What the text above rests on, and does not need. @weights has the weights of step 1, @components the tests
# of the pooled panel of step 4 [@baltagi2003; @baltagi2007]; of step 5 are the tests between the static
# models, in @static-tests, and how fixed effects leave the likelihood, in @lee-yu.

# %%
cards = pd.concat(
    {f"by {name}": W.card().table()["value"] for name, W in neighbourhoods.items()}, axis=1
)
wb.publish(
    cards,
    "weights",
    labels=SHOWN_AS,
    caption={
        "en": "The three spatial weights, side by side",
        "ru": "Три матрицы пространственных весов рядом",
    },
)

# %%
wb.publish(
    wb.panels.component_tests(wb.fit(FORMULA, panel, queen))
    .tidy()
    .loc[
        ["BSK LMJ", "BSK CLM lambda", "BSK CLM mu", "BSJK C.1", "BSJK C.2", "BSJK C.3"],
        ["statistic", "p_value", "null"],
    ],
    "components",
    caption={
        "en": "Of the pooled panel: effects of regions, spatial and serial correlation, jointly and each "
        "allowing for the others (Baltagi, Song and Koh 2003; with Jung 2007)",
        "ru": "Для объединённой панели: эффекты регионов, пространственная и временная корреляция, "
        "вместе и каждая с учётом остальных (Балтаджи, Сон и Ко, 2003; с Юном, 2007)",
    },
    kind="maximum likelihood",
)

# %%
wb.publish(
    steps.tests.tidy()[["statistic", "p_value"]],
    "static-tests",
    caption={
        "en": "Likelihood-ratio tests between nested models",
        "ru": "Тесты отношения правдоподобия между вложенными моделями",
    },
    kind="maximum likelihood",
)

WAYS = {
    "transformation": "transformed out",
    "bias-correction": "estimated, bias corrected",
    "none": "estimated as regressors",
}
leeyu = {
    said: wb.fit(FORMULA, panel, queen, model="sdm", effects="two-way", lee_yu=word)
    for word, said in WAYS.items()
}
wb.publish(
    pd.DataFrame(
        {
            said: {
                "ρ": fit.params["rho"],
                "σ²": fit.sigma2,
                **fit.impacts()["log(rd)", "indirect"][["estimate", "std_error", "p_value"]],
            }
            for said, fit in leeyu.items()
        }
    ).T.rename_axis("fixed effects"),
    "lee-yu",
    labels=SHOWN_AS,
    caption={
        "en": "How effects leave the likelihood: the SDM, queen contiguity, and its indirect impact of "
        "log R&D",
        "ru": "Как эффекты уходят из правдоподобия: SDM, соседство по границе, и её косвенный "
        "эффект log R&D",
    },
    kind="maximum likelihood",
)
