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
#     - high-tech-exports
#     - munnell-1990
#     - us-states
#     picture: map
#     question: Do research, patents and people make regions export high technology,
#       and did the sanctions change it?
#     question_ru: Ведут ли исследования, патенты и кадры к экспорту высоких технологий
#       и изменили ли это санкции?
#     title: High-tech exports and national innovation systems
#     title_ru: Экспорт высоких технологий и национальные инновационные системы
# ---

# %% [markdown]
# # High-tech exports and national innovation systems
#
# Exports of high-technology goods by Russian region are not public in full: customs figures by region
# are published in part, and since 2022 hardly at all. This study therefore does three things. It
# fixes the **design** before any exports are seen: hypotheses, equation, lags, breaks, errors, and the
# effect that so many regions and years could show. It describes the **table that the user brings**
# (`workbench data form high-tech-exports`) and runs on it when it is there. And it tries the design **on what is
# public**: productivity of Russian regions, where the same claims can be asked, and productivity of
# US states, where the answer is in print.
#
# The equation is that of a national innovation system seen from its regions (Furman, Porter and Stern
# 2002): what a region sells depends on what it invested in knowledge *before*,
#
# $$\log y_{it} = \mu_i + \delta_t + \beta' x_{i,t-1} + \gamma\, \log R_{i,t-1}\, S_t
#   + \theta' \sum_j w_{ij} x_{j,t-1} + \varepsilon_{it}$$
#
# with research $R$, patents, students and investment in $x$, one year earlier, effects $\mu_i$ of regions
# and $\delta_t$ of years (which take out prices, exchange rates and everything that hits all regions
# alike), and $S_t$ = 1 from the first year after the sanctions of 2014. A break is thus not "exports fell",
# which the year effects absorb, but "research came to matter less (or more)".
#
# Inputs by year end before the sanctions of 2022. That break is therefore asked of what was there before:
# $R_i$ of the last three years of inputs, and whether exports fell more where it was larger,
#
# $$\log y_{it} = \mu_i + \delta_t + \gamma_{22}\, \log R_i\, S^{22}_t + \kappa\, \log R_i\, t + \varepsilon_{it}$$
#
# beside an even drift $\kappa$ that such regions may have had anyhow. Whether sanctions turned exports to
# friendly countries is asked of the share $f_{it}$ of friendly destinations, before and after, again beside an even
# drift: $f_{it} = \mu_i + \phi S_t + \kappa t + \varepsilon_{it}$.

# %% tags=["parameters"]
lang = "en"

# %%
import numpy as np
import pandas as pd

import workbench as wb

wb.set_language(lang)
hypotheses, innovation = wb.hypotheses, wb.innovation
SANCTIONS = 2015  # the first year after those of 2014
SECOND = 2022  # trade was cut within the year
FRIENDLY, UNFRIENDLY = "high_tech_to_friendly", "high_tech_to_unfriendly"
YEARS = range(2001, 2020)
FEWEST_YEARS, FEWEST_REGIONS = (
    3,
    20,
)  # of exports: below, effects of both leave next to nothing to see
FEWEST_BEFORE = 3  # years before a break that an even drift is known by
FEWEST_OTHERS = 4  # other first years beside which a shift may stand out
LATEST = 3  # years of inputs that say what a region spent on research before 2022
SHOWN = ["restriction", "estimate", "conf_low", "conf_high", "p_adjusted", "verdict"]
ERRORS, FEW_ERRORS = "clustered-two-way", "clustered"
YEARS_TO_CLUSTER = 15  # with fewer, years are too few clusters: by region alone
DRAWS = 199
PLAN = "b909d4f5f095f62c"  # digest of the decisions of section 1, as they were written down

LABELS = {
    "Research of the year before raises the outcome": {
        "en": "Research of the year before raises the outcome",
        "ru": "Исследования прошлого года повышают результат",
    },
    "Patents of the year before raise the outcome": {
        "en": "Patents of the year before raise the outcome",
        "ru": "Патенты прошлого года повышают результат",
    },
    "Students of the year before raise the outcome": {
        "en": "Students of the year before raise the outcome",
        "ru": "Численность студентов прошлого года повышает результат",
    },
    "Research next door raises the outcome": {
        "en": "Research next door raises the outcome",
        "ru": "Исследования у соседей повышают результат",
    },
    "Research matters less once sanctions cut technology and markets off": {
        "en": "Research matters less once sanctions cut technology and markets off",
        "ru": "После санкций, закрывших технологии и рынки, исследования значат меньше",
    },
    "New products come out of research, the more of them the more is spent": {
        "en": "New products come out of research, the more of them the more is spent",
        "ru": "Новые продукты рождаются из исследований: чем больше затрат, тем больше продуктов",
    },
    "What is patented is closer to the market than what is researched": {
        "en": "What is patented is closer to the market than what is researched",
        "ru": "Запатентованное ближе к рынку, чем исследуемое",
    },
    "Skilled people absorb technology that others made": {
        "en": "Skilled people absorb technology that others made",
        "ru": "Подготовленные кадры осваивают технологии, созданные другими",
    },
    "Suppliers and people cross the border": {
        "en": "Suppliers and people cross the border",
        "ru": "Поставщики и люди пересекают границы регионов",
    },
    "What research finds cannot be made without foreign equipment, or not be sold": {
        "en": "What research finds cannot be made without foreign equipment, or not be sold",
        "ru": "Найденное исследователями нельзя произвести без зарубежного оборудования или нельзя продать",
    },
    "research": {"en": "research", "ru": "исследования"},
    "patents": {"en": "patents", "ru": "патенты"},
    "people": {"en": "people", "ru": "кадры"},
    "spillover": {"en": "spillover", "ru": "перелив"},
    "by Driscoll and Kraay": {"en": "by Driscoll and Kraay", "ru": "по Дрисколлу и Краю"},
    "Exports turned to friendly countries after the sanctions of 2014": {
        "en": "Exports turned to friendly countries after the sanctions of 2014",
        "ru": "После санкций 2014 года экспорт повернулся к дружественным странам",
    },
    "Exports turned to friendly countries after the sanctions of 2022": {
        "en": "Exports turned to friendly countries after the sanctions of 2022",
        "ru": "После санкций 2022 года экспорт повернулся к дружественным странам",
    },
    "Exports fell more after 2022 where more had been spent on research": {
        "en": "Exports fell more after 2022 where more had been spent on research",
        "ru": "После 2022 года экспорт сильнее упал там, где на исследования тратили больше",
    },
    "What cannot be sold to some is offered to others": {
        "en": "What cannot be sold to some is offered to others",
        "ru": "Что нельзя продать одним, предлагают другим",
    },
    "What research makes depends most on foreign parts and buyers": {
        "en": "What research makes depends most on foreign parts and buyers",
        "ru": "Наукоёмкое производство сильнее всего зависит от зарубежных комплектующих и покупателей",
    },
    "Public capital of the year before raises productivity": {
        "en": "Public capital of the year before raises productivity",
        "ru": "Общественный капитал прошлого года повышает производительность",
    },
    "Private capital of the year before raises productivity": {
        "en": "Private capital of the year before raises productivity",
        "ru": "Частный капитал прошлого года повышает производительность",
    },
    "Public capital next door raises productivity": {
        "en": "Public capital next door raises productivity",
        "ru": "Общественный капитал у соседей повышает производительность",
    },
    "break of 2014": {"en": "break of 2014", "ru": "перелом 2014 года"},
    "break of 2022": {"en": "break of 2022", "ru": "перелом 2022 года"},
    "shift of 2014": {"en": "shift of 2014", "ru": "поворот 2014 года"},
    "shift of 2022": {"en": "shift of 2022", "ru": "поворот 2022 года"},
    "not asked": {"en": "not asked", "ru": "не проверялось"},
    "trial": {"en": "trial", "ru": "проба"},
    "confirmatory": {"en": "confirmatory", "ru": "подтверждающая"},
    "exploratory": {"en": "exploratory", "ru": "поисковая"},
    "million dollars": {"en": "million dollars", "ru": "млн долл."},
    "thousand dollars": {"en": "thousand dollars", "ru": "тыс. долл."},
    "Poisson": {"en": "Poisson", "ru": "Пуассон"},
    "measure": {"en": "measure", "ru": "мера"},
    "changed after the lock": {"en": "changed after the lock", "ru": "изменена после фиксации"},
    "no table of exports is here": {
        "en": "no table of exports is here",
        "ru": "таблицы экспорта здесь нет",
    },
    "too few regions or years": {
        "en": "too few regions or years",
        "ru": "слишком мало регионов или лет",
    },
    "too few years on one side": {
        "en": "too few years on one side",
        "ru": "слишком мало лет по одну из сторон",
    },
    "no exports by direction": {
        "en": "no exports by direction",
        "ru": "нет экспорта по направлениям",
    },
    "high-technology exports": {
        "en": "high-technology exports",
        "ru": "экспорт высоких технологий",
    },
    "productivity of Russian regions": {
        "en": "productivity of Russian regions",
        "ru": "производительность регионов России",
    },
    "productivity of US states": {
        "en": "productivity of US states",
        "ru": "производительность штатов США",
    },
    "fit": {"en": "fit", "ru": "модель"},
    "Research came to matter less for productivity after 2014": {
        "en": "Research came to matter less for productivity after 2014",
        "ru": "После 2014 года исследования стали значить для производительности меньше",
    },
    "change of the elasticity in units of its error": {
        "en": "change of the elasticity in units of its error",
        "ru": "изменение эластичности в единицах её ошибки",
    },
    "what random signs of each region's residuals give": {
        "en": "what random signs of each region's residuals give",
        "ru": "что дают случайные знаки остатков каждого региона",
    },
    "change of the elasticity in units of its error < "
    "what random signs of each region's residuals give": {
        "en": "change of the elasticity in units of its error < "
        "what random signs of each region's residuals give",
        "ru": "изменение эластичности в единицах её ошибки меньше, "
        "чем дают случайные знаки остатков каждого региона",
    },
    "break by signs": {"en": "break by signs", "ru": "перелом по знакам остатков"},
    "outcome": {"en": "outcome", "ru": "результат"},
    "productivity": {"en": "productivity", "ru": "производительность"},
    "inventions": {"en": "inventions", "ru": "изобретения"},
    "utility models": {"en": "utility models", "ru": "полезные модели"},
    **{
        f"{en}, beside an even drift": {
            "en": f"{en}, beside an even drift",
            "ru": f"{ru}, рядом с равномерным сдвигом",
        }
        for en, ru in (
            ("productivity", "производительность"),
            ("inventions", "изобретения"),
            ("utility models", "полезные модели"),
        )
    },
    "status": {"en": "status", "ru": "статус"},
    "other first years": {"en": "other first years", "ru": "другие первые годы"},
    "queen": {"en": "queen", "ru": "граница"},
    "six nearest": {"en": "six nearest", "ru": "шесть ближайших"},
    "alone": {"en": "alone", "ru": "отдельно"},
    "beside an even drift": {"en": "beside an even drift", "ru": "рядом с равномерным сдвигом"},
    "the break": {"en": "the break", "ru": "перелом"},
    "first year": {"en": "first year", "ru": "первый год"},
    "no effects": {"en": "no effects", "ru": "без эффектов"},
    "two-way effects": {"en": "two-way effects", "ru": "эффекты регионов и периодов"},
    "public capital": {"en": "public capital", "ru": "общественный капитал"},
    "private capital": {"en": "private capital", "ru": "частный капитал"},
    "next door": {"en": "next door", "ru": "у соседей"},
    "claim": {"en": "claim", "ru": "утверждение"},
    "mechanism": {"en": "mechanism", "ru": "механизм"},
}

regions = wb.load("russia-regions")
rosstat = wb.load("russia-innovation")
names = regions["name_en" if lang == "en" else "name_ru"]

# %% [markdown]
# ## 1. Hypotheses
#
# Written down and locked before any exports are seen (@hypotheses): the digest is compared with the one that the notebook keeps
# (`PLAN`), so that a plan that was changed afterwards says so. Whoever changes both leaves that in the notebook's history. For exports the four claims about inputs are confirmatory: Holm's
# correction holds them together. Breaks and shifts are judged one by one, without a correction, and are therefore
# exploratory, though locked like the others. On public figures, which others and we have looked at before, the same claims are trials of the design. Equations, neighbours and
# standard errors are locked with them: a fit that departs from them is marked as changed. All verdicts stand in
# @all-verdicts at the end, with those that were not asked.

# %%
R, P, H = "log(rd_lag1)", "log(1 + patents_lag1)", "log(students_lag1)"
claims = {
    "research": wb.Hypothesis(
        "Research of the year before raises the outcome",
        f"direct({R}) > 0",
        mechanism="New products come out of research, the more of them the more is spent",
        name="research",
        kind="confirmatory",
    ),
    "patents": wb.Hypothesis(
        "Patents of the year before raise the outcome",
        f"direct({P}) > 0",
        mechanism="What is patented is closer to the market than what is researched",
        name="patents",
        kind="confirmatory",
    ),
    "people": wb.Hypothesis(
        "Students of the year before raise the outcome",
        f"direct({H}) > 0",
        mechanism="Skilled people absorb technology that others made",
        name="people",
        kind="confirmatory",
    ),
    "spillover": wb.Hypothesis(
        "Research next door raises the outcome",
        f"indirect({R}) > 0",
        mechanism="Suppliers and people cross the border",
        name="spillover",
        kind="confirmatory",
    ),
    "break of 2014": wb.Hypothesis(
        "Research matters less once sanctions cut technology and markets off",
        "coefficient(rd_since_2014) < 0",
        mechanism="What research finds cannot be made without foreign equipment, or not be sold",
        name="break of 2014",
        kind="exploratory",
    ),
    "break of 2022": wb.Hypothesis(
        "Exports fell more after 2022 where more had been spent on research",
        "coefficient(rd_since_2022) < 0",
        mechanism="What research makes depends most on foreign parts and buyers",
        name="break of 2022",
        kind="exploratory",
    ),
    "shift of 2014": wb.Hypothesis(
        "Exports turned to friendly countries after the sanctions of 2014",
        "coefficient(since_2014) > 0",
        mechanism="What cannot be sold to some is offered to others",
        name="shift of 2014",
        kind="exploratory",
    ),
    "shift of 2022": wb.Hypothesis(
        "Exports turned to friendly countries after the sanctions of 2022",
        "coefficient(since_2022) > 0",
        mechanism="What cannot be sold to some is offered to others",
        name="shift of 2022",
        kind="exploratory",
    ),
}
abroad = {
    "private capital": wb.Hypothesis(
        "Private capital of the year before raises productivity",
        "direct(log(pc_lag1 / emp)) > 0",
        name="private capital",
    ),
    "public capital": wb.Hypothesis(
        "Public capital of the year before raises productivity",
        "direct(log(pcap_lag1 / emp)) > 0",
        name="public capital",
    ),
    "next door": wb.Hypothesis(
        "Public capital next door raises productivity",
        "indirect(log(pcap_lag1 / emp)) > 0",
        name="next door",
    ),
}
by_signs = wb.Expectation(
    "Research came to matter less for productivity after 2014",
    "change of the elasticity in units of its error",
    "<",
    null="what random signs of each region's residuals give",
    name="break by signs",
)
family = ["research", "patents", "people", "spillover"]
CONTROLS = "log(investment_lag1) + log(population)"
RIGHT = f"{R} + {P} + {H} + {CONTROLS}"
EXPORTS = f"log(1 + high_tech_exports) ~ {RIGHT}"
EQUATIONS = {
    "break of 2014": f"{EXPORTS} + rd_since_2014",
    "break of 2022": "log(1 + high_tech_exports) ~ rd_since_2022 + rd_drift",
    "shift of 2014": "friendly_share ~ since_2014 + drift",
    "shift of 2022": "friendly_share ~ since_2022 + drift",
}
Q = wb.weights.queen(regions, islands="nearest")
K = wb.weights.knn(wb.load("russia-regions", part="capitals80"), 6)
lock = wb.lock(
    list(claims.values()),
    weights={"queen": Q, "six nearest": K},
    models=["slx", "ols"],
    formulas=[EXPORTS, *EQUATIONS.values()],
    effects=["two-way", "entity"],
    covariances={1: FEW_ERRORS, YEARS_TO_CLUSTER: ERRORS},
    outcomes=["high-tech-exports"],
)
wb.publish(
    wb.stated([*claims.values(), by_signs, *abroad.values()]),
    "hypotheses",
    labels=LABELS,
    caption={
        "en": "Hypotheses as they stand before any model; those on exports are locked",
        "ru": "Гипотезы до всех расчётов; гипотезы об экспорте зафиксированы",
    },
)
KEPT = {
    True: {"en": "the plan is unchanged", "ru": "план не менялся"},
    False: {
        "en": "the plan was changed since, and no verdict on exports counts as planned",
        "ru": "план с тех пор изменён, и ни один вывод об экспорте не считается запланированным",
    },
}
wb.claim(
    "locked",
    {
        "en": "The lock of these decisions has the digest {digest}; the notebook keeps {plan} as that of its plan: **{so}**.",
        "ru": "Цифровой отпечаток зафиксированных решений — {digest}, в блокноте записан отпечаток плана {plan}: **{so}**.",
    },
    numbers={"digest": lock.digest, "plan": PLAN, "so": KEPT[lock.digest == PLAN]},
)

# %% [markdown]
# ## 2. The inputs, a year earlier
#
# Rosstat's panel. Blank patents are zeros (the yearbooks' dash); blank inputs are gaps, and regions
# that have one in these years are left out by name, because a spatial panel needs everybody's neighbours
# in every year; neighbours are the locked ones among the regions that remain. R&D and investment are in current prices: year effects take out the price level of the
# country, not that of a region.

# %%
full = rosstat.assign(patents=rosstat["patents"].fillna(0))
inputs = innovation.lagged(full, ["rd", "patents", "students", "investment"]).augment()
LAGGED = ["rd_lag1", "students_lag1", "investment_lag1"]
known = inputs[[*LAGGED, "patents_lag1", "population"]].notna().all(axis=1)
of_exports = inputs[known & (inputs[LAGGED] > 0).all(axis=1)]  # product is no input of exports
year = inputs.index.get_level_values("year")
inputs = inputs[(year >= YEARS[0]) & (year <= YEARS[-1])]
USED = [*LAGGED, "patents_lag1", "population", "grp"]
gaps = inputs[USED].isna().groupby(level="region").sum()
zero = (inputs[LAGGED] <= 0).groupby(level="region").sum()
out = sorted(gaps.index[(gaps.sum(axis=1) > 0) | (zero.sum(axis=1) > 0)])
panel = inputs.drop(index=out, level="region")
since = (panel.index.get_level_values("year") >= SANCTIONS).astype(float)
typical = np.log(panel["rd_lag1"]).mean()
panel = panel.assign(
    since=since,
    rd_since_2014=(np.log(panel["rd_lag1"]) - typical) * since,
    productivity=1000 * panel["grp"] / panel["population"],
)
inside = panel.index.unique("region")
capitals = wb.load("russia-regions", part="capitals80")


def neighbourhoods(kept):
    """Return the locked neighbours among some of the regions; anew where one would have none."""
    try:
        return {"queen": Q.restrict(kept), "six nearest": K.restrict(kept)}
    except wb.errors.WeightsError:
        queen = wb.weights.queen(regions.loc[kept], islands="nearest")
        return {"queen": queen, "six nearest": wb.weights.knn(capitals.loc[kept], 6)}


maps = neighbourhoods(inside)
queen = maps["queen"]
wb.claim(
    "coverage",
    {
        "en": "{regions} regions, {first}–{last}, {rows} region-years. Left out for a gap or a zero in an input: {out}.",
        "ru": "Регионов: {regions}, годы {first}–{last}, наблюдений: {rows}. Исключены из-за пропуска или нуля: {out}.",
    },
    numbers={
        "regions": len(inside),
        "first": YEARS[0],
        "last": YEARS[-1],
        "rows": len(panel),
        "out": ", ".join(names[out]),
    },
)

# %% [markdown]
# The effects take out what a region always had, and what all regions had in a year. What the claims are
# tested by is left: where research grew faster than in the country. @map shows it over the whole
# panel. Where nothing moved against the country, this design learns nothing, whatever the level.

# %%
lagged_rd = np.log(panel["rd_lag1"])
against = lagged_rd - lagged_rd.groupby(level="year").transform("mean")
before = against.index.get_level_values("year") < 2010
moved = (
    against[~before].groupby(level="region").mean() - against[before].groupby(level="region").mean()
)
wb.publish(
    wb.choropleth(
        moved.reindex(regions.index),
        regions,
        k=5,
        legend_title={"en": "log, against the country", "ru": "логарифм, к стране"},
    ),
    "map",
    caption={
        "en": "What the design compares: growth of lagged R&D from 2001–2009 to 2010–2019, in logarithms, against the "
        "mean of regions; grey: left out",
        "ru": "Что сравнивает план: рост лагированных затрат на НИОКР от 2001–2009 к 2010–2019 гг., в логарифмах, относительно "
        "среднего по регионам; серым — исключённые регионы",
    },
)
alike = wb.moran(moved, None, queen)
wb.claim(
    "answer-map",
    {
        "en": "Between the two halves of the panel research moved against the country by {low:+.2f} ({lowest}) to {high:+.2f} "
        "({highest}) in logarithms. Moran's I of these changes is {moran:.2f} (p = {p_value:p}): the nearer to 1, the less a region's own "
        "changes can be kept apart from those next door.",
        "ru": "Между двумя половинами панели исследования изменились относительно страны на величину от {low:+.2f} ({lowest}) до {high:+.2f} "
        "({highest}) в логарифмах. Индекс Морана этих изменений — {moran:.2f} (p = {p_value:p}): чем он ближе к 1, тем труднее отделить "
        "изменения в самом регионе от изменений у соседей.",
    },
    numbers={
        "low": float(moved.min()),
        "lowest": str(names[moved.idxmin()]),
        "high": float(moved.max()),
        "highest": str(names[moved.idxmax()]),
        "moran": float(alike.statistic),
        "p_value": float(alike.p_permutation),
    },
    kind="permutation",
    drawn_by=alike,
)


# %% [markdown]
# ## 3. What could this design see?
#
# Before outcomes: how large an effect must be for its interval to leave zero in four cases of five (@power), at the
# regions and years at hand, net of effects, as the first of the eight answers that Holm's correction
# allows for (at 5 % over eight). Where a table of exports is here, these are the regions and years for which it has exports
# and the panel has inputs: which cells are filled is read here, what stands in them is not. Without one, or where it is
# too thin for the claims by year, they are those of the public panel. The disturbance of exports is not known; it is set to 0.5 in logarithms (a
# region's exports move by half from year to year for reasons of their own), and doubled. It is taken to be
# new in every year: what lasts for some years makes the least effect that can be seen larger than these.

# %%
def in_every_year(table):
    """Return the regions of a table that have a row in each of its years."""
    count = table.groupby(level="region").size()
    return sorted(count.index[count == table.index.unique("year").size])


def smallest_seen(table, W):
    """Return the smallest effect that a design sees, a row a claim and a column a disturbance."""
    seen = pd.DataFrame(index=pd.Index(family, name="hypothesis"))
    for sigma in (0.5, 1.0):
        for name in family:
            answer = wb.power(
                claims[name],
                table,
                W,
                formula=f"~ {RIGHT}",
                model="slx",
                effects="two-way",
                sigma=sigma,
                alpha=0.05 / (2 * len(family)),
            )
            seen.loc[name, f"σ = {sigma:g}"] = float(answer.glance()["minimum"].iloc[0])
    return seen


HERE = wb.data.is_here("high-tech-exports")
planned, planned_map, planned_on = panel, queen, "public"
if HERE:
    filled = wb.load("high-tech-exports")["high_tech_exports"].notna()
    cells = of_exports.loc[of_exports.index.intersection(filled.index[filled])]
    whole = in_every_year(cells)
    planned_on = "thin"
    if cells.index.unique("year").size >= FEWEST_YEARS and len(whole) >= FEWEST_REGIONS:
        planned = cells[cells.index.get_level_values("region").isin(whole)]
        planned_map, planned_on = neighbourhoods(whole)["queen"], "yours"
reach = smallest_seen(planned, planned_map)
wb.publish(
    reach,
    "power",
    labels=LABELS,
    caption={
        "en": "The smallest true elasticity that is found in four of five cases",
        "ru": "Наименьшая истинная эластичность, обнаруживаемая в четырёх случаях из пяти",
    },
)
PLANNED_ON = {
    "public": {"en": "the public panel", "ru": "открытой панели"},
    "thin": {
        "en": "the public panel, because your table is too thin for the claims by year",
        "ru": "открытой панели, потому что ваша таблица слишком мала для погодовых гипотез",
    },
    "yours": {"en": "your table", "ru": "вашей таблицы"},
}
planned_years = planned.index.unique("year")
wb.claim(
    "power-design",
    {
        "en": "This is for the regions and years of {where}: {regions} regions, {years} years from {first} to {last}.",
        "ru": "Это для регионов и лет {where}: регионов {regions}, лет {years}, с {first} по {last} год.",
    },
    numbers={
        "where": PLANNED_ON[planned_on],
        "regions": planned.index.unique("region").size,
        "years": planned_years.size,
        "first": str(planned_years.min()),
        "last": str(planned_years.max()),
    },
)
SMALL = 0.05  # an elasticity of a few hundredths
LESS = {
    True: {
        "en": "an own elasticity of a few hundredths would rather be missed",
        "ru": "собственную эластичность в несколько сотых он, скорее всего, пропустит",
    },
    False: {
        "en": "an own elasticity of a few hundredths would be seen",
        "ru": "собственную эластичность в несколько сотых он увидит",
    },
}
wb.claim(
    "answer-power",
    {
        "en": "**The design sees an own elasticity to research of {own:.2f}, and a spillover of {spill:.2f}, if exports are "
        "disturbed by half a year's value** (@power; twice that if by all of it); {less}.",
        "ru": "**План способен обнаружить собственную эластичность по исследованиям {own:.2f} и перелив {spill:.2f}, если стандартное отклонение "
        "экспорта — половина логарифмической единицы** (@power; вдвое больше, если единица); {less}.",
    },
    numbers={
        "own": float(reach.loc["research", "σ = 0.5"]),
        "spill": float(reach.loc["spillover", "σ = 0.5"]),
        "less": LESS[bool(reach.loc["research", "σ = 0.5"] > SMALL)],
    },
)


# %% [markdown]
# ## 4. Exports, where they are here
#
# The form `high-tech-exports` says which table the design needs: region, year, exports of high-technology
# goods in million dollars. `wb.data.check(file, "high-tech-exports")` says what to change in a table that
# has other names, units or years. Regions with exports and inputs in every year that the table shares with the
# inputs are used; standard errors are clustered by region and by year from fifteen years on, and by region alone where
# years are too few, as the lock says.
#
# - **The break of 2014** is asked where these years lie on both sides of it.
# - **The break of 2022** needs no inputs of its years: three years before it from 2015 on, and one from it on. Regions
#   are compared by what they spent on research in the last three years of inputs.
# - **The shifts to friendly countries** need exports by direction, and the same years: that of 2014 up to 2021, that of 2022
#   from 2015 on. Friendly is what is not on the list of 2022 throughout, so that the list itself changes nothing. A shift
#   compares years, which all regions share: errors by region do not hold what a single year brought to all.
#   What other first years show is therefore told beside it.
#
# The four claims under two neighbourhoods are one family (Holm). Breaks and shifts are judged one by one, without a
# correction for being several: they are exploratory, and a support of one of them asks for another table to confirm it.
#
# The locked logarithm, of one more than the exports in million dollars, depends on the unit wherever exports are small or
# zero: counted in thousands the same table has other elasticities. The four claims and the break of 2014 are therefore tried again in
# thousands, and by Poisson's likelihood with the same effects, which has no such unit and keeps the zeros (Santos
# Silva and Tenreyro 2006). These trials are not locked.

# %%
def asked(formula, table, maps, errors):
    """Fit the locked equation under both neighbourhoods and judge the family."""
    fits = {
        name: wb.fit(formula, table, W, model="slx", effects="two-way", covariance=errors)
        for name, W in maps.items()
    }
    return fits, hypotheses.test_hypotheses([claims[name] for name in family], fits)


def errors_for(table):
    """Return the locked standard errors for the years of a table."""
    years = table.index.unique("year")
    return ERRORS if len(years) >= YEARS_TO_CLUSTER else FEW_ERRORS


def has_both_sides(table, first):
    """Whether a table has years enough for a drift before a first year, and one from it on."""
    years = table.index.unique("year")
    enough = len(in_every_year(table)) >= FEWEST_REGIONS
    return enough and (years < first).sum() >= FEWEST_BEFORE and (years >= first).any()


def within(table, low, high):
    """Return the rows of some years, of the regions that have all of them."""
    when = table.index.get_level_values("year")
    held = table[(when >= low) & (when <= high)]
    return held[held.index.get_level_values("region").isin(in_every_year(held))]


def turned(table, first):
    """Return a table of shares with what a shift at a first year needs."""
    when = table.index.get_level_values("year")
    since = (when >= first).astype(float)
    name = f"since_{2014 if first == SANCTIONS else 2022}"
    return table.assign(**{name: since, "drift": (when - first) / 10})


judged, single, unasked = None, {}, {}
if HERE:
    data = wb.load("high-tech-exports")
    exports = data["high_tech_exports"].dropna()
    own = of_exports.join(exports, how="inner")
    own = own.assign(
        rd_since_2014=(np.log(own["rd_lag1"]) - typical)
        * (own.index.get_level_values("year") >= SANCTIONS)
    )
    years = own.index.unique("year")
    lost = sorted(set(exports.index.unique("year")) - set(years))
    whole = in_every_year(own)
    present = set(exports.index.unique("region"))
    wb.claim(
        "exports-coverage",
        {
            "en": "Your table has {given} regions and years, {shared} of which have inputs of the year before ({span}). "
            "{regions} regions have exports and inputs in every shared year (years: {years}), and are used. Left out for gaps: {out}. "
            "Not in the table: {absent}. Years of the table without inputs: {lost}.",
            "ru": "В вашей таблице {given} пар «регион — год», у {shared} из них есть факторы предыдущего года ({span}). "
            "Регионов с экспортом и факторами за каждый год: {regions}, лет: {years}; они и взяты. Исключены из-за пропусков: {out}. "
            "Нет в таблице: {absent}. Годы таблицы, для которых факторов нет: {lost}.",
        },
        numbers={
            "given": len(exports),
            "shared": len(own),
            "span": "–".join(map(str, sorted({years.min(), years.max()}))) if len(years) else "—",
            "regions": len(whole),
            "years": len(years),
            "out": ", ".join(names[sorted(present - set(whole))]) or "—",
            "absent": ", ".join(names[sorted(set(regions.index) - present)]) or "—",
            "lost": ", ".join(map(str, lost)) or "—",
        },
    )
    if len(years) < FEWEST_YEARS or len(whole) < FEWEST_REGIONS:
        wb.claim(
            "thin",
            {
                "en": "**That is too little for the claims by year, which ask for {years} years and {regions} regions: none of them is estimated.**",
                "ru": "**Для погодовых гипотез этого мало: нужно лет — не меньше {years}, регионов — не меньше {regions}; ни одна не оценивается.**",
            },
            numbers={"years": FEWEST_YEARS, "regions": FEWEST_REGIONS},
        )
        unasked |= dict.fromkeys([*family, "break of 2014"], "too few regions or years")
    else:
        own = own[own.index.get_level_values("region").isin(whole)]
        fits, judged = asked(EXPORTS, own, neighbourhoods(whole), errors_for(own))
        wb.publish(
            judged.tidy().set_index(["hypothesis", "fit"])[SHOWN],
            "exports",
            labels=LABELS,
            caption={
                "en": "The locked claims about high-technology exports, Holm-adjusted",
                "ru": "Зафиксированные гипотезы об экспорте высоких технологий, с поправкой Холма",
            },
        )
        if years.min() < SANCTIONS <= years.max():
            single["break of 2014"] = claims["break of 2014"].test(
                wb.fit(
                    EQUATIONS["break of 2014"],
                    own,
                    effects="two-way",
                    covariance=errors_for(own),
                )
            )
        else:
            unasked["break of 2014"] = "too few years on one side"
else:
    unasked = dict.fromkeys(claims, "no table of exports is here")
    wb.claim(
        "no-exports",
        {
            "en": "**No table of exports is here: this report says nothing about exports.** What follows tries the same "
            "claims on productivity, {years} years of which are public.",
            "ru": "**Таблицы экспорта здесь нет: об экспорте этот отчёт не говорит ничего.** Ниже те же утверждения испытываются "
            "на производительности, открытой за {years} лет.",
        },
        numbers={"years": len(YEARS)},
    )

# %%
MEASURES = {
    "million dollars": "log(1 + high_tech_exports)",
    "thousand dollars": "log(1 + 1000 * high_tech_exports)",
    "Poisson": "high_tech_exports",
}


def by_measure(table, right, names, *given, **options):
    """Return verdicts on claims under each measure of exports, and why one was not estimated."""
    found, failed = [], {}
    for measure, left in MEASURES.items():
        how = options | ({"family": "poisson"} if measure == "Poisson" else {})
        try:
            fit = wb.fit(f"{left} ~ {right}", table, *given, effects="two-way", **how)
        except wb.errors.ConvergenceError as error:
            failed[measure] = str(error)
            continue
        tables = [claims[name].test(fit).tidy() for name in names]
        found.append(pd.concat(tables).assign(measure=measure))
    return pd.concat(found), failed


tried = None
if judged is not None:
    errors = errors_for(own)
    tried, failed = by_measure(
        own, RIGHT, family, neighbourhoods(whole)["queen"], model="slx", covariance=errors
    )
    if "break of 2014" in single:
        of_break, _ = by_measure(
            own, f"{RIGHT} + rd_since_2014", ["break of 2014"], covariance=errors
        )
        tried = pd.concat([tried, of_break])
    tried = tried.set_index(["hypothesis", "measure"])
    wb.publish(
        tried[["estimate", "conf_low", "conf_high", "p_value", "verdict"]],
        "exports-measures",
        labels=LABELS,
        caption={
            "en": "Trials, neighbours by border: exports as locked, in thousands, and by Poisson's likelihood; not adjusted, not locked",
            "ru": "Пробы, соседство по границе: экспорт как зафиксировано, в тысячах и по правдоподобию Пуассона; без поправки, не зафиксированы",
        },
    )
    of_research = tried.loc["research"]
    wb.claim(
        "answer-measures",
        {
            "en": "Of {rows} region-years {small} have exports below one million dollars, {zeros} of them none. The elasticity to research is "
            "{million:.3f} as locked (@exports) and {thousand:.3f} with exports in thousands (@exports-measures): the unit alone moves it by {moved:+.3f}.",
            "ru": "Из {rows} пар «регион — год» у {small} экспорт меньше миллиона долларов, из них нулевой — у {zeros}. Эластичность по исследованиям: "
            "{million:.3f}, как зафиксировано (@exports), и {thousand:.3f} при экспорте в тысячах (@exports-measures); одна лишь единица сдвигает её на {moved:+.3f}.",
        },
        numbers={
            "rows": len(own),
            "small": int((own["high_tech_exports"] < 1).sum()),
            "zeros": int((own["high_tech_exports"] == 0).sum()),
            "million": float(of_research.loc["million dollars", "estimate"]),
            "thousand": float(of_research.loc["thousand dollars", "estimate"]),
            "moved": float(of_research["estimate"].diff().loc["thousand dollars"]),
        },
    )
    if "Poisson" in failed:
        wb.claim(
            "no-poisson",
            {
                "en": "Poisson's likelihood has no estimate here: {why}.",
                "ru": "По правдоподобию Пуассона оценки здесь нет: {why}.",
            },
            numbers={"why": failed["Poisson"]},
        )
    else:
        wb.claim(
            "answer-poisson",
            {
                "en": "By Poisson's likelihood it is {estimate:.3f} ({low:.3f} to {high:.3f}): {verdict}; as locked, judged alone: {locked}.",
                "ru": "По правдоподобию Пуассона она равна {estimate:.3f} (от {low:.3f} до {high:.3f}): {verdict}; как зафиксировано, без поправки: {locked}.",
            },
            numbers={
                "estimate": float(of_research.loc["Poisson", "estimate"]),
                "low": float(of_research.loc["Poisson", "conf_low"]),
                "high": float(of_research.loc["Poisson", "conf_high"]),
                "verdict": of_research.loc["Poisson", "verdict"],
                "locked": of_research.loc["million dollars", "verdict"],
            },
        )

# %%
if HERE:
    spent = np.log(rosstat.loc[rosstat["rd"] > 0, "rd"])
    when = spent.index.get_level_values("year")
    before_2022 = spent[when > when.max() - LATEST].groupby(level="region").mean()
    late = exports.to_frame().join(
        (before_2022 - before_2022.mean()).rename("rd_before"), how="inner"
    )
    late = within(late, SANCTIONS, int(exports.index.unique("year").max()))
    if has_both_sides(late, SECOND):
        when = late.index.get_level_values("year")
        late = late.assign(
            rd_since_2022=late["rd_before"] * (when >= SECOND),
            rd_drift=late["rd_before"] * (when - SECOND) / 10,
        )
        single["break of 2022"] = claims["break of 2022"].test(
            wb.fit(EQUATIONS["break of 2022"], late, effects="two-way", covariance=errors_for(late))
        )
    else:
        unasked["break of 2022"] = "too few years on one side"

    if {FRIENDLY, UNFRIENDLY} <= set(data.columns):
        by_direction = data[[FRIENDLY, UNFRIENDLY]].dropna()
        total = by_direction.sum(axis=1)
        shares = (by_direction[FRIENDLY] / total)[total > 0].to_frame("friendly_share")
    else:
        shares = None
    STANDS_OUT = {"en": ": the shift stands out", "ru": ": поворот выделяется"}
    NO_MORE = {
        "en": ": what errors by region call a shift is no more than single years bring",
        "ru": ": то, что ошибки по регионам называют поворотом, приносят и отдельные годы",
    }
    TOO_FEW = {
        "en": ", too few years to say whether the shift stands out",
        "ru": " — лет слишком мало, чтобы сказать, выделяется ли поворот",
    }
    SO = {
        (held, larger, enough): (
            {"en": "", "ru": ""}
            if not held
            else NO_MORE
            if larger
            else STANDS_OUT
            if enough
            else TOO_FEW
        )
        for held in (True, False)
        for larger in (True, False)
        for enough in (True, False)
    }
    shifts = {}
    for name, first, low, high in (
        ("shift of 2014", SANCTIONS, YEARS[0], SECOND - 1),
        ("shift of 2022", SECOND, SANCTIONS, SECOND + 20),
    ):
        if shares is None:
            unasked[name] = "no exports by direction"
            continue
        held = within(shares, low, high)
        if not has_both_sides(held, first):
            unasked[name] = "too few years on one side"
            continue
        options = {"effects": "entity", "covariance": errors_for(held)}
        single[name] = claims[name].test(wb.fit(EQUATIONS[name], turned(held, first), **options))
        others = [year for year in held.index.unique("year")[FEWEST_BEFORE:] if year != first]
        jumps = {
            year: wb.fit(
                "friendly_share ~ since + drift",
                turned(held, first).assign(
                    since=(held.index.get_level_values("year") >= year).astype(float)
                ),
                **options,
            )
            .tidy()
            .loc["since", "estimate"]
            for year in others
        }
        shifts[name] = {
            "others": len(others),
            "larger": sum(jump >= single[name].estimate for jump in jumps.values()),
            "before": float(held[held.index.get_level_values("year") < first].mean().iloc[0]),
            "after": float(held[held.index.get_level_values("year") >= first].mean().iloc[0]),
        }
    if single:
        wb.publish(
            pd.concat([one.tidy() for one in single.values()]).set_index("hypothesis")[
                ["restriction", "estimate", "conf_low", "conf_high", "p_value", "verdict"]
            ],
            "exports-breaks",
            labels=LABELS,
            caption={
                "en": "Breaks and shifts of exports after the sanctions of 2014 and 2022, each judged by itself",
                "ru": "Переломы и повороты экспорта после санкций 2014 и 2022 годов, каждый оценён сам по себе",
            },
        )
        wb.claim(
            "breaks-asked",
            {
                "en": "Of the {all} breaks and shifts your table allows to ask {asked} (@exports-breaks).",
                "ru": "Переломов и поворотов — {all}; ваша таблица позволяет проверить из них {asked} (@exports-breaks).",
            },
            numbers={"all": len(EQUATIONS), "asked": len(single)},
        )
    for name, shift in shifts.items():
        wb.claim(
            f"answer-{name.replace(' ', '-')}",
            {
                "en": "The mean share of friendly countries is {before:.1%} before {first} and {after:.1%} from it on; beyond an even drift it changes "
                "by {change:+.3f} ({verdict}). Of {others} other first years {larger} show as large a rise{so}.",
                "ru": "Средняя доля дружественных стран до {first} года — {before:.1%}, с него — {after:.1%}; сверх равномерного сдвига она меняется на "
                "{change:+.3f} ({verdict}). Из других первых лет (их {others}) не меньший рост показывают {larger}{so}.",
            },
            numbers={
                "first": str(SANCTIONS if "2014" in name else SECOND),
                "change": single[name].estimate,
                "verdict": single[name].answer,
                "so": SO[
                    single[name].answer == "supported",
                    shift["larger"] > 0,
                    shift["others"] >= FEWEST_OTHERS,
                ],
                **shift,
            },
        )
    for name in [one for one in EQUATIONS if one in unasked]:
        wb.claim(
            f"unasked-{name.replace(' ', '-')}",
            {
                "en": "Not asked: {name} ({why}).",
                "ru": "Не проверялось: {name} ({why}).",
            },
            numbers={"name": LABELS[name], "why": LABELS[unasked[name]]},
        )

# %% [markdown]
# ## 5. The same claims about productivity of Russian regions
#
# Gross regional product per head in place of exports (@productivity). It is no proxy of exports: oil and gas weigh in
# it, and prices differ between regions. What it shows is whether research, patents and students of
# the year before move with what a region makes, net of what is constant in the region and common to the year.
# Standard errors are clustered by region and by year: a region's disturbances last for years, and those of
# a year are shared. Driscoll and Kraay's errors rest on many years; how far those at hand go is tried in section 6.

# %%
rosstat_fits, rosstat_judged = asked(f"log(productivity) ~ {RIGHT}", panel, maps, ERRORS)
wb.publish(
    wb.compare(rosstat_fits, impacts=True),
    "productivity",
    labels=LABELS,
    caption={
        "en": "Product per head on last year's inputs, two-way effects, errors clustered by region and by year",
        "ru": "Продукт на душу и прошлогодние факторы: эффекты регионов и периодов, ошибки кластеризованы по регионам и годам",
    },
)
wb.publish(
    rosstat_judged.tidy().set_index(["hypothesis", "fit"])[SHOWN],
    "verdicts",
    labels=LABELS,
    caption={
        "en": "The four claims under two neighbourhoods, adjusted for being eight (Holm)",
        "ru": "Четыре утверждения при двух матрицах соседства, с поправкой Холма на восемь проверок",
    },
)
told = rosstat_judged.tidy().set_index(["hypothesis", "fit"])
effect = told["estimate"].xs("queen", level="fit")
words = told["verdict"]
wb.claim(
    "answer-productivity",
    {
        "en": "**Research of the year before: {research} (elasticity {r:.3f}); patents: {patents} ({q:.3f}); students: {people} "
        "({h:.3f}); research next door: {spillover} ({s:.3f})**, with neighbours by border. With the six nearest: "
        "{research_k}, {patents_k}, {people_k}, {spillover_k} (@verdicts).",
        "ru": "**Исследования прошлого года: {research} (эластичность {r:.3f}); патенты: {patents} ({q:.3f}); студенты: {people} "
        "({h:.3f}); исследования соседей: {spillover} ({s:.3f})** — при соседстве по границе. При шести ближайших: "
        "{research_k}, {patents_k}, {people_k}, {spillover_k} (@verdicts).",
    },
    numbers={
        **{name: words[claims[name].name, "queen"] for name in family},
        **{f"{name}_k": words[claims[name].name, "six nearest"] for name in family},
        "r": float(effect["research"]),
        "q": float(effect["patents"]),
        "h": float(effect["people"]),
        "s": float(effect["spillover"]),
    },
)

# %% [markdown]
# ## 6. Did research come to matter less?
#
# The break is dated by history, not by the figures: inputs of the year before, so that 2015 is the first year
# after the sanctions of 2014. It is looked at from three sides.
#
# - **Other dates.** The same term with every other first year (@breaks). These are not so many tests: terms of neighbouring
#   dates share most of their years, so that a break shows at those beside it too. What it should do is to stand
#   out at its own date.
# - **An even drift.** The same term beside a slope that drifts evenly over all years (@break).
# - **The errors.** Where no break is, a test at 5 % should find one in 5 % of cases. That is tried on the figures
#   themselves: the equation is fitted without the break, the residuals of each region keep or change their
#   sign together at random, which leaves them as lasting as they are, and the break is tested in what
#   comes out, with errors clustered by region and year and with Driscoll and Kraay's. The same draws give a p-value that needs
#   no formula of errors (the wild bootstrap by clusters; Cameron, Gelbach and Miller 2008). What neighbouring regions
#   share is lost in these draws.
#
# The methodology of regional product changed between 2015 and 2016, next to the date that is asked about, which no design
# on these figures can tell apart from sanctions; the break of 2022 lies beyond product by region as it is here.

# %%
BREAK = f"log(productivity) ~ {RIGHT} + rd_since_2014"
breaks = {}
for first in range(2004, 2019):
    dated = panel.assign(
        rd_since=(np.log(panel["rd_lag1"]) - typical)
        * (panel.index.get_level_values("year") >= first)
    )
    fit = wb.fit(
        f"log(productivity) ~ {RIGHT} + rd_since", dated, effects="two-way", covariance=ERRORS
    )
    breaks[first] = fit.tidy().loc["rd_since"]
breaks = pd.DataFrame(breaks).T.infer_objects().rename_axis("first year")
wb.publish(
    breaks[["estimate", "std_error", "conf_low", "conf_high", "p_value"]],
    "breaks",
    labels=LABELS,
    caption={
        "en": "Change of the elasticity to research from each first year on; 2015 is the one asked about",
        "ru": "Изменение эластичности по исследованиям начиная с каждого года; вопрос задан о 2015-м",
    },
)
drifting = panel.assign(
    rd_drift=(np.log(panel["rd_lag1"]) - typical)
    * (panel.index.get_level_values("year") - SANCTIONS)
    / 10
)
tested = {
    "alone": wb.fit(BREAK, panel, effects="two-way", covariance=ERRORS),
    "beside an even drift": wb.fit(
        f"{BREAK} + rd_drift", drifting, effects="two-way", covariance=ERRORS
    ),
    "by Driscoll and Kraay": wb.fit(BREAK, panel, effects="two-way", covariance="driscoll-kraay"),
}
answers = {name: claims["break of 2014"].test(fit) for name, fit in tested.items()}
size = (breaks["estimate"] / breaks["std_error"]).abs()
wb.publish(
    pd.concat([answer.tidy() for answer in answers.values()]).set_axis(
        pd.Index(answers, name="the break"), axis=0
    )[["estimate", "conf_low", "conf_high", "p_value", "verdict"]],
    "break",
    labels=LABELS,
    caption={
        "en": "The claim about the break: alone, beside an even drift of the elasticity, and with other errors",
        "ru": "Гипотеза о переломе: отдельно, рядом с равномерным сдвигом эластичности и с другими ошибками",
    },
)

# %% [markdown]
# The same break in what else the public table says of each region (@break-elsewhere): patents for inventions and utility models, counts with the same
# effects (Poisson). Last year's patents are left out on the right, for with effects of regions an outcome must not stand
# beside its own past. Errors are clustered by region and year; the wild bootstrap is of productivity alone. An exploration, adjusted by Holm for all six; what does not outlast an even drift is no break at 2014.

# %%
AGAIN = f"{R} + {H} + {CONTROLS} + rd_since_2014"
counts = {"inventions": "patents", "utility models": "utility_models"}
counting = drifting.assign(utility_models=drifting["utility_models"].fillna(0))
elsewhere = {
    f"{name}{beside}": fit
    for beside, drift in (("", ""), (", beside an even drift", " + rd_drift"))
    for name, fit in {
        "productivity": tested["beside an even drift" if drift else "alone"],
        **{
            name: wb.fit(
                f"{column} ~ {AGAIN}{drift}",
                counting,
                effects="two-way",
                family="poisson",
                covariance=ERRORS,
            )
            for name, column in counts.items()
        },
    }.items()
}
in_others = hypotheses.test_hypotheses([claims["break of 2014"]], elsewhere).tidy()
in_others = in_others.set_index("fit").rename_axis("outcome")
wb.publish(
    in_others[["estimate", "conf_low", "conf_high", "p_value", "p_adjusted", "verdict"]],
    "break-elsewhere",
    labels=LABELS,
    caption={
        "en": "The break of 2014 in three public outcomes, alone and beside an even drift of the elasticity, adjusted by Holm for six",
        "ru": "Перелом 2014 года в трёх открытых показателях, отдельно и рядом с равномерным сдвигом эластичности, с поправкой Холма на шесть",
    },
)
wb.claim(
    "answer-elsewhere",
    {
        "en": "Significant at 5 %, each of the {asked} asked by itself (@break-elsewhere): {alone}. After the adjustment the claim is supported in {held} ({which}) "
        "and contradicted in {against}; beside an even drift it is supported in {left} of {drifted}.",
        "ru": "Значимы на уровне 5 %, если брать каждый из ответов (их {asked}) порознь (@break-elsewhere): {alone}. С поправкой гипотеза подтверждается в {held} "
        "({which}) и опровергается в {against}; рядом с равномерным сдвигом подтверждается в {left} из {drifted}.",
    },
    numbers={
        "asked": len(in_others),
        "alone": int((in_others["p_value"] < 0.05).sum()),
        "held": int((in_others["verdict"] == "supported").sum()),
        "which": {
            spoken: ", ".join(
                LABELS[name][spoken]
                for name in in_others.index[in_others["verdict"] == "supported"]
            )
            or "—"
            for spoken in ("en", "ru")
        },
        "against": int((in_others["verdict"] == "contradicted").sum()),
        "drifted": int(in_others.index.str.endswith("drift").sum()),
        "left": int((in_others["verdict"][in_others.index.str.endswith("drift")] == "supported").sum()),
    },
)

# %%
without = wb.fit(f"log(productivity) ~ {RIGHT}", panel, effects="two-way").augment()
without = without["residual"].reindex(panel.index)
draw = np.random.default_rng(SANCTIONS)
thrown = []
for _ in range(DRAWS):
    signs = pd.Series(draw.choice([-1.0, 1.0], len(inside)), inside)
    flipped = signs.reindex(panel.index.get_level_values("region")).to_numpy() * without
    made = panel.assign(productivity=np.exp(np.log(panel["productivity"]) - without + flipped))
    rows = {
        word: wb.fit(BREAK, made, effects="two-way", covariance=word).tidy().loc["rd_since_2014"]
        for word in (ERRORS, "driscoll-kraay")
    }
    thrown.append(
        {word: row["estimate"] / row["std_error"] for word, row in rows.items()}
        | {f"{word} p": row["p_value"] for word, row in rows.items()}
    )
thrown = pd.DataFrame(thrown)
wild = (1 + (thrown[ERRORS].abs() >= size[SANCTIONS]).sum()) / (1 + DRAWS)
drawn = breaks.loc[SANCTIONS]
of_signs = by_signs.judge(
    float(drawn["estimate"] / drawn["std_error"]), expected=0.0, p_value=float(wild)
)
found = {word: float((thrown[f"{word} p"] < 0.05).mean()) for word in (ERRORS, "driscoll-kraay")}
TOO_OFTEN = 0.1  # twice the five per cent that are meant
TRUST = {
    (True, False): {
        "en": "So the former are too small for these figures, the latter will do.",
        "ru": "Значит, первые для этих данных слишком малы, а вторые годятся.",
    },
    (False, True): {
        "en": "So the latter are too small for these figures, the former will do.",
        "ru": "Значит, вторые для этих данных слишком малы, а первые годятся.",
    },
    (True, True): {
        "en": "So both are too small for these figures: the wild bootstrap decides.",
        "ru": "Значит, и те и другие для этих данных слишком малы: решает «дикий» бутстреп.",
    },
    (False, False): {
        "en": "So both will do for these figures.",
        "ru": "Значит, для этих данных годятся и те и другие.",
    },
}
wb.claim(
    "answer-break",
    {
        "en": "**That research came to matter less for productivity after 2014: {verdict}** (change {estimate:.3f}, {low:.3f} to "
        "{high:.3f}; by the wild bootstrap {signs}, p = {wild_p_value:p}). Of {dates} first years (@breaks) {significant} are significant at 5 %; {larger} have a larger change "
        "in units of its error than 2015, the largest is at {best}. Beside an even drift (@break) the claim is: {beside} ({left:.3f}, {left_low:.3f} to {left_high:.3f}). "
        "By Driscoll and Kraay's errors the answer would be: {other} (p = {other_p_value:p}). Where no break is, they "
        "find one in {found_other:.0%} of cases, those clustered by region and year in {found:.0%}. **{trust}**",
        "ru": "**То, что после 2014 года исследования стали значить для производительности меньше: {verdict}** (изменение {estimate:.3f}, от {low:.3f} до "
        "{high:.3f}; по «дикому» бутстрепу: {signs}, p = {wild_p_value:p}). Из {dates} возможных дат (@breaks) на уровне 5 % значимы {significant}; у {larger} изменение в единицах "
        "ошибки больше, чем у 2015 года, наибольшее — у {best} года. Рядом с равномерным сдвигом (@break) ответ таков: {beside} ({left:.3f}, от {left_low:.3f} до {left_high:.3f}). "
        "По ошибкам Дрисколла и Края ответ был бы таким: {other} (p = {other_p_value:p}). Там, где перелома нет, они находят его "
        "в {found_other:.0%} случаев, а ошибки, кластеризованные по регионам и годам, — в {found:.0%}. **{trust}**",
    },
    numbers={
        "verdict": answers["alone"].answer,
        "signs": of_signs.answer,
        "estimate": float(breaks.loc[SANCTIONS, "estimate"]),
        "low": float(breaks.loc[SANCTIONS, "conf_low"]),
        "high": float(breaks.loc[SANCTIONS, "conf_high"]),
        "wild_p_value": float(wild),
        "dates": len(breaks),
        "significant": int((breaks["p_value"] < 0.05).sum()),
        "larger": int((size > size[SANCTIONS]).sum()),
        "best": str(size.idxmax()),
        "beside": answers["beside an even drift"].answer,
        "left": answers["beside an even drift"].estimate,
        "left_low": float(answers["beside an even drift"].tidy()["conf_low"].iloc[0]),
        "left_high": float(answers["beside an even drift"].tidy()["conf_high"].iloc[0]),
        "other": answers["by Driscoll and Kraay"].answer,
        "other_p_value": float(answers["by Driscoll and Kraay"].tidy()["p_value"].iloc[0]),
        "trust": TRUST[found["driscoll-kraay"] > TOO_OFTEN, found[ERRORS] > TOO_OFTEN],
        "found_other": found["driscoll-kraay"],
        "found": found[ERRORS],
    },
    kind="simulation",
    drawn_by=SANCTIONS,
)

# %% [markdown]
# ## 7. The same design where the answer is in print
#
# Munnell's panel of US states (@states). In print public capital looks productive between states, and stops doing so once
# effects of states are taken out (Baltagi and Pinnoi 1995; Holtz-Eakin 1994). A design that finds
# productivity in everything would find it here; one that finds nothing would miss private capital, on which
# the same literature agrees.

# %%
states = wb.load("us-states")
munnell = wb.load("munnell-1990")
earlier = innovation.lagged(munnell, ["pcap", "pc"]).augment().dropna()
earlier = earlier.assign(output=earlier["gsp"] / earlier["emp"])
US = wb.weights.queen(states)
EQUATION = "log(output) ~ log(pcap_lag1 / emp) + log(pc_lag1 / emp) + unemp"
designs = {
    "no effects": wb.fit(EQUATION, earlier, US, model="slx", covariance=ERRORS),
    "two-way effects": wb.fit(
        EQUATION, earlier, US, model="slx", effects="two-way", covariance=ERRORS
    ),
}
american = hypotheses.test_hypotheses(list(abroad.values()), designs)
wb.publish(
    american.tidy().set_index(["hypothesis", "fit"])[SHOWN],
    "states",
    labels=LABELS,
    caption={
        "en": "US states 1971–1986: the claim without effects and with them",
        "ru": "Штаты США, 1971–1986: гипотеза без эффектов и с ними",
    },
)
us = american.tidy().set_index(["hypothesis", "fit"])
public_words = us["verdict"].xs("public capital", level="hypothesis")[list(designs)]
TOLD = {
    (False, False): {
        "en": "With errors clustered by state and year it is told from zero in neither design.",
        "ru": "При ошибках, кластеризованных по штатам и годам, она не отличается от нуля ни в одном из планов.",
    },
    (True, False): {
        "en": "It is told from zero without effects only.",
        "ru": "Она отличается от нуля только без эффектов.",
    },
    (False, True): {
        "en": "It is told from zero with effects only.",
        "ru": "Она отличается от нуля только с эффектами.",
    },
    (True, True): {
        "en": "It is told from zero in both designs.",
        "ru": "Она отличается от нуля в обоих планах.",
    },
}
missed = us.loc[("private capital", "two-way effects"), "verdict"] != "supported"
MISSED = {
    True: {
        "en": "With effects the design misses private capital too: what it cannot tell may well be there.",
        "ru": "С эффектами план не находит и частного капитала: то, о чём он не может судить, вполне может быть.",
    },
    False: {
        "en": "Private capital is found with effects too.",
        "ru": "Частный капитал виден и с эффектами.",
    },
}
wb.claim(
    "answer-states",
    {
        "en": "**Private capital: {private} without effects ({c:.3f}), {private_within} with them ({d:.3f}). Public capital: {without} ({a:.3f}), "
        "{within} ({b:.3f}).** Of the estimate of public capital {left:.0%} is left "
        "with effects of states (@states). {told} {missed}",
        "ru": "**Частный капитал: {private} без эффектов ({c:.3f}), {private_within} с ними ({d:.3f}). Общественный капитал: {without} ({a:.3f}), "
        "{within} ({b:.3f}).** С эффектами штатов от оценки для общественного "
        "капитала остаётся {left:.0%} (@states). {told} {missed}",
    },
    numbers={
        "missed": MISSED[bool(missed)],
        "private": us.loc[("private capital", "no effects"), "verdict"],
        "private_within": us.loc[("private capital", "two-way effects"), "verdict"],
        "c": float(us.loc[("private capital", "no effects"), "estimate"]),
        "d": float(us.loc[("private capital", "two-way effects"), "estimate"]),
        "left": float(
            us.loc[("public capital", "two-way effects"), "estimate"]
            / us.loc[("public capital", "no effects"), "estimate"]
        ),
        "told": TOLD[tuple(bool(one != "cannot tell") for one in public_words)],
        "without": us.loc[("public capital", "no effects"), "verdict"],
        "within": us.loc[("public capital", "two-way effects"), "verdict"],
        "a": float(us.loc[("public capital", "no effects"), "estimate"]),
        "b": float(us.loc[("public capital", "two-way effects"), "estimate"]),
    },
)

# %% [markdown]
# ## 8. All verdicts
#
# @all-verdicts has every claim of section 1. Of exports the status is that of the lock; on public figures claims are trials. A
# claim that could not be asked says so. p-values are adjusted within a family (Holm) where there is one.

# %%
COLUMNS = ["estimate", "conf_low", "conf_high", "p_value", "verdict", "status"]
EXPORTED, RUSSIAN, AMERICAN = (
    "high-technology exports",
    "productivity of Russian regions",
    "productivity of US states",
)


def in_table(table, outcome, status):
    """Return verdicts as rows of the one table."""
    rows = table.assign(outcome=outcome, status=status)
    if "p_adjusted" in rows:
        rows["p_value"] = rows["p_adjusted"]
    rows["fit"] = rows.get("fit", "—")
    return rows.set_index(["outcome", "hypothesis", "fit"])[COLUMNS]


pieces = []
for held in [judged, *single.values()]:
    if held is not None:
        marked = lock.mark(held).table
        status = marked["status"].str.split(r" \(|:", regex=True).str[0]
        if lock.digest != PLAN:
            status = "changed after the lock"
        pieces.append(in_table(marked, EXPORTED, status))
if unasked:
    blank = pd.DataFrame(
        {
            "hypothesis": [claims[name].label for name in claims if name in unasked],
            "verdict": "not asked",
            "reason": [unasked[name] for name in claims if name in unasked],
        }
    ).assign(**dict.fromkeys(COLUMNS[:4], np.nan))
    pieces.append(in_table(blank, EXPORTED, blank["reason"]))
pieces.append(in_table(rosstat_judged.tidy(), RUSSIAN, "trial"))
pieces.append(in_table(answers["alone"].tidy(), RUSSIAN, "trial"))
pieces.append(in_table(of_signs.tidy(), RUSSIAN, "trial"))
pieces.append(in_table(american.tidy(), AMERICAN, "trial"))
every = pd.concat(pieces)
wb.publish(
    every,
    "all-verdicts",
    labels=LABELS,
    caption={
        "en": "All claims and what became of them",
        "ru": "Все гипотезы и что с ними стало",
    },
)
about = every.xs(EXPORTED, level="outcome")
wb.claim(
    "answer",
    {
        "en": "**Of exports {asked} of {claims} claims were asked, and {supported} found support** (@all-verdicts). Of the {trials} trials on public figures "
        "{told} told anything.",
        "ru": "**Об экспорте проверено гипотез: {asked} из {claims}, подтверждено: {supported}** (@all-verdicts). Из проб на открытых данных "
        "(их {trials}) хоть что-то сказали {told}.",
    },
    numbers={
        "asked": about[about["verdict"] != "not asked"].index.unique("hypothesis").size,
        "claims": len(claims),
        "supported": about[about["verdict"] == "supported"].index.unique("hypothesis").size,
        "trials": int((every["status"] == "trial").sum()),
        "told": int(
            (
                (every["status"] == "trial") & every["verdict"].isin(["supported", "contradicted"])
            ).sum()
        ),
    },
)
wb.claim(
    "answer-reach",
    {
        "en": "Product by region is known up to {product} here, and inputs up to {inputs}: of exports after that only the break and the shift "
        "of 2022 can be asked.",
        "ru": "Продукт по регионам известен здесь до {product} года, факторы — до {inputs}: об экспорте более поздних лет можно проверить только "
        "перелом и поворот 2022 года.",
    },
    numbers={
        "product": str(int(rosstat["grp"].dropna().index.get_level_values("year").max())),
        "inputs": str(int(rosstat["rd"].dropna().index.get_level_values("year").max())),
    },
)

# %% [markdown]
# ## What the figures do not allow to say
#
# - **Anything about exports**, as long as the table is not here. Productivity is another outcome, and the trial on it
#   neither supports nor weakens a claim about exports.
# - **An elasticity free of units, from the locked equation.** The logarithm of one more than exports in million dollars is nearly
#   exports themselves where these are far below a million, and their logarithm where far above. Where many regions export little, only what
#   the trials in thousands and by Poisson's likelihood agree on is an elasticity.
# - **What sanctions did.** Everything that changed in 2014 and 2015 changed at once: the oil price, the exchange rate,
#   the methodology of regional product a year later. So did everything in 2022. Regions were not sanctioned at random either: where
#   the firms on the lists stood is not in these figures.
# - **The break of 2022 in anything public.** Product and inputs by region, inventions and utility models end before it. Of the break of
#   2014 in inventions: a patent is granted a year or more after it is applied for, so that a break would come late and blurred.
# - **What regions share beyond neighbours and years.** If disturbances move with a region's research, as a boom of
#   oil would where research is in oil regions, neither clusters nor flipped signs allow for it.
# - **Where goods went in the end.** A share of friendly countries counts the first border that is declared: goods that pass through
#   a friendly country to another look like a shift.
# - **Cause.** Regions that expect to grow may spend on research beforehand. Lags by one year do not exclude it.
# - **The national system.** Year effects take out exactly what is national: laws, budgets, the exchange rate. What a national
#   innovation system as a whole does cannot be seen within one country.
