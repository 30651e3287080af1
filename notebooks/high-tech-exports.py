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
# alike), and $S_t$ = 1 from the first year after sanctions. A break is thus not "exports fell", which
# the year effects absorb, but "research came to matter less (or more)".

# %% tags=["parameters"]
lang = "en"

# %%
import numpy as np
import pandas as pd

import workbench as wb

wb.set_language(lang)
hypotheses, innovation = wb.hypotheses, wb.innovation
SANCTIONS = 2015  # the first year after those of 2014; 2022 lies beyond the inputs
YEARS = range(2001, 2020)
FEWEST_YEARS, FEWEST_REGIONS = 3, 20  # of exports: below, effects of both leave next to nothing to see
SHOWN = ["restriction", "estimate", "conf_low", "conf_high", "p_adjusted", "verdict"]
ERRORS, FEW_ERRORS = "clustered-two-way", "clustered"
YEARS_TO_CLUSTER = 15  # with fewer, years are too few clusters: by region alone
DRAWS = 199

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
    "break": {"en": "break", "ru": "перелом"},
    "by Driscoll and Kraay": {"en": "by Driscoll and Kraay", "ru": "по Дрисколлу и Краю"},
    "sanctions": {"en": "break", "ru": "перелом"},
    "queen": {"en": "queen", "ru": "граница"},
    "six nearest": {"en": "six nearest", "ru": "шесть ближайших"},
    "alone": {"en": "alone", "ru": "отдельно"},
    "beside an even drift": {"en": "beside an even drift", "ru": "рядом с равномерным сдвигом"},
    "the break": {"en": "the break", "ru": "перелом"},
    "first year": {"en": "first year", "ru": "первый год"},
    "no effects": {"en": "no effects", "ru": "без эффектов"},
    "two-way effects": {"en": "two-way effects", "ru": "двусторонние эффекты"},
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
# Written down and locked before any exports are seen: the digest is in the ledger, so that a later reader
# sees whether they were changed afterwards. For exports they are confirmatory; on the public figures
# below, which others and we have looked at before, the same claims are trials of the design.

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
    "break": wb.Hypothesis(
        "Research matters less once sanctions cut technology and markets off",
        "coefficient(rd_sanctions) < 0",
        mechanism="What research finds cannot be made without foreign equipment, or not be sold",
        name="sanctions",
        kind="confirmatory",
    ),
}
family = ["research", "patents", "people", "spillover"]
CONTROLS = "log(investment_lag1) + log(population)"
RIGHT = f"{R} + {P} + {H} + {CONTROLS}"
EXPORTS = f"log(1 + high_tech_exports) ~ {RIGHT}"
Q = wb.weights.queen(regions, islands="nearest")
K = wb.weights.knn(wb.load("russia-regions", part="capitals80"), 6)
lock = wb.lock(
    list(claims.values()),
    weights={"queen": Q, "six nearest": K},
    models=["slx"],
    formulas=[EXPORTS, f"{EXPORTS} + rd_sanctions"],
    effects=["two-way"],
    outcomes=["high-tech-exports"],
)
wb.publish(
    pd.DataFrame(
        {
            "claim": [claim.statement for claim in claims.values()],
            "restriction": [str(claim.restriction) for claim in claims.values()],
            "mechanism": [claim.mechanism for claim in claims.values()],
        },
        index=pd.Index(claims, name="hypothesis"),
    ),
    "hypotheses",
    labels=LABELS,
    caption={"en": "Hypotheses as locked", "ru": "Гипотезы, зафиксированные до расчётов"},
)
wb.claim(
    "locked",
    {
        "en": "The lock of these decisions has the digest {digest}.",
        "ru": "Цифровой отпечаток зафиксированных решений — {digest}.",
    },
    numbers={"digest": lock.digest},
)

# %% [markdown]
# ## 2. The inputs, a year earlier
#
# Rosstat's panel, 80 units. Blank patents are zeros (the yearbooks' dash); blank inputs are gaps, and regions
# that have one in these years are left out by name, because a spatial panel needs everybody's neighbours
# in every year. R&D and investment are in current prices: year effects take out the price level of the
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
    rd_sanctions=(np.log(panel["rd_lag1"]) - typical) * since,
    productivity=1000 * panel["grp"] / panel["population"],
)
inside = panel.index.unique("region")
capitals = wb.load("russia-regions", part="capitals80")


def neighbourhoods(kept):
    """Return both neighbourhoods among some of the regions, islands joined to what is nearest."""
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
# tested by is left: where research grew faster than in the country. The map shows it over the whole
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
        "ru": "Что сравнивает план: рост лагированных затрат на ИиР от 2001–2009 к 2010–2019 гг., в логарифмах, относительно "
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
)

# %% [markdown]
# ## 3. What could this design see?
#
# Before outcomes: how large an effect must be for its interval to leave zero with a probability of 80 %, at the
# regions and years at hand, net of effects, as the first of the eight answers that Holm's correction
# allows for (at 5 % over eight). The disturbance of exports is not known; it is set to 0.5 in logarithms (a
# region's exports move by half from year to year for reasons of their own), and doubled. It is taken to be
# new in every year: what lasts for some years makes the least effect that can be seen larger than these.

# %%
reach = pd.DataFrame(index=pd.Index(family, name="hypothesis"))
for sigma in (0.5, 1.0):
    for name in family:
        answer = wb.power(
            claims[name],
            panel,
            queen,
            formula=f"~ {RIGHT}",
            model="slx",
            effects="two-way",
            sigma=sigma,
            alpha=0.05 / (2 * len(family)),
        )
        reach.loc[name, f"sigma = {sigma:g}"] = float(answer.glance()["minimum"].iloc[0])
wb.publish(
    reach,
    "power",
    labels=LABELS,
    caption={
        "en": "The smallest true elasticity that is found in four of five cases",
        "ru": "Наименьшая истинная эластичность, обнаруживаемая в четырёх случаях из пяти",
    },
)
wb.claim(
    "answer-power",
    {
        "en": "**The design sees an own elasticity to research of {own:.2f}, and a spillover of {spill:.2f}, if exports are "
        "disturbed by half a year's value** (twice that if by all of it). An elasticity of a few hundredths would not be seen.",
        "ru": "**План способен обнаружить собственную эластичность по исследованиям {own:.2f} и перелив {spill:.2f}, если стандартное отклонение "
        "экспорта — половина логарифмической единицы** (вдвое больше, если единица). Эластичность в несколько сотых он не увидит.",
    },
    numbers={
        "own": float(reach.loc["research", "sigma = 0.5"]),
        "spill": float(reach.loc["spillover", "sigma = 0.5"]),
    },
)


# %% [markdown]
# ## 4. Exports, where they are here
#
# The form `high-tech-exports` says which table the design needs: region, year, exports of high-technology
# goods in million dollars. `wb.data.check(file, "high-tech-exports")` says what to change in a table that
# has other names, units or years. Regions with exports and inputs in every year that the table shares with the
# inputs are used; the break is asked about where those years lie on both sides of it. Standard errors are clustered by
# region and by year where there are fifteen years or more, and by region alone where years are too few.

# %%
def asked(formula, table, maps, errors):
    """Fit the locked equation under both neighbourhoods and judge the family."""
    fits = {
        name: wb.fit(formula, table, W, model="slx", effects="two-way", covariance=errors)
        for name, W in maps.items()
    }
    return fits, hypotheses.test_hypotheses([claims[name] for name in family], fits)


if wb.data.is_here("high-tech-exports"):
    exports = wb.load("high-tech-exports")["high_tech_exports"].dropna()
    own = of_exports.join(exports, how="inner")
    own = own.assign(
        rd_sanctions=(np.log(own["rd_lag1"]) - typical)
        * (own.index.get_level_values("year") >= SANCTIONS)
    )
    years = own.index.unique("year")
    lost = sorted(set(exports.index.unique("year")) - set(years))
    errors = ERRORS if len(years) >= YEARS_TO_CLUSTER else FEW_ERRORS
    count = own.groupby(level="region").size()
    whole = sorted(count.index[count == len(years)])
    wb.claim(
        "exports-coverage",
        {
            "en": "Your table has {given} regions and years, {shared} of which have inputs of the year before ({span}). "
            "{regions} regions have exports and inputs in each of these {years} years, and are used. Left out for gaps: {out}. "
            "Years of the table without inputs: {lost}.",
            "ru": "В вашей таблице {given} пар «регион — год», у {shared} из них есть факторы предыдущего года ({span}). "
            "Регионов с экспортом и факторами за каждый год: {regions}, лет: {years}; они и взяты. Исключены из-за пропусков: {out}. "
            "Годы таблицы, для которых факторов нет: {lost}.",
        },
        numbers={
            "given": len(exports),
            "shared": len(own),
            "span": f"{years.min()}–{years.max()}" if len(years) else "—",
            "regions": len(whole),
            "years": len(years),
            "out": ", ".join(names[sorted(set(exports.index.unique("region")) - set(whole))]) or "—",
            "lost": ", ".join(map(str, lost)) or "—",
        },
    )
    if len(years) < FEWEST_YEARS or len(whole) < FEWEST_REGIONS:
        wb.claim(
            "thin",
            {
                "en": "**That is too little for the design, which asks for {years} years and {regions} regions: nothing is estimated.**",
                "ru": "**Для плана этого мало: нужно лет — не меньше {years}, регионов — не меньше {regions}; ничего не оценивается.**",
            },
            numbers={"years": FEWEST_YEARS, "regions": FEWEST_REGIONS},
        )
    else:
        own = own[own.index.get_level_values("region").isin(whole)]
        fits, judged = asked(EXPORTS, own, neighbourhoods(whole), errors)
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
            after = wb.fit(
                f"{EXPORTS} + rd_sanctions", own, effects="two-way", covariance=errors
            )
            wb.publish(
                claims["break"].test(after),
                "exports-break",
                caption={"en": "The break of 2014", "ru": "Перелом 2014 года"},
            )
        else:
            wb.claim(
                "no-break",
                {
                    "en": "Years on both sides of {first} are needed for the break, and are not in the table.",
                    "ru": "Для проверки перелома нужны годы по обе стороны от {first}-го, а в таблице их нет.",
                },
                numbers={"first": SANCTIONS},
            )
else:
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

# %% [markdown]
# ## 5. The same claims about productivity of Russian regions
#
# Gross regional product per head in place of exports. It is no proxy of exports: oil and gas weigh in
# it, and prices differ between regions. What it shows is whether research, patents and students of
# the year before move with what a region makes, net of what is constant in the region and common to the year.
# Standard errors are clustered by region and by year: a region's disturbances last for years, and those of
# a year are shared. Driscoll and Kraay's errors rest on many years; how far nineteen go is tried in section 6.

# %%
rosstat_fits, rosstat_judged = asked(f"log(productivity) ~ {RIGHT}", panel, maps, ERRORS)
wb.publish(
    wb.compare(rosstat_fits, impacts=True),
    "productivity",
    caption={
        "en": "Product per head on last year's inputs, two-way effects, errors clustered by region and by year",
        "ru": "Продукт на душу и прошлогодние факторы: двусторонние эффекты, ошибки кластеризованы по регионам и годам",
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
        "en": "**Research of the year before: {research} (elasticity {r:.3f}); patents: {patents} ({p:.3f}); students: {people} "
        "({h:.3f}); research next door: {spillover} ({s:.3f})**, with neighbours by border. With the six nearest: "
        "{research_k}, {patents_k}, {people_k}, {spillover_k}.",
        "ru": "**Исследования прошлого года: {research} (эластичность {r:.3f}); патенты: {patents} ({p:.3f}); студенты: {people} "
        "({h:.3f}); исследования соседей: {spillover} ({s:.3f})** — при соседстве по границе. При шести ближайших: "
        "{research_k}, {patents_k}, {people_k}, {spillover_k}.",
    },
    numbers={
        **{name: words[claims[name].name, "queen"] for name in family},
        **{f"{name}_k": words[claims[name].name, "six nearest"] for name in family},
        "r": float(effect["research"]),
        "p": float(effect["patents"]),
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
# - **Other dates.** The same term with every other first year. These are not so many tests: terms of neighbouring
#   dates share most of their years, so that a break shows at those beside it too. What it should do is to stand
#   out at its own date.
# - **An even drift.** The same term beside a slope that drifts evenly over all years.
# - **The errors.** Where no break is, a test at 5 % should find one in 5 % of cases. That is tried on the figures
#   themselves: the equation is fitted without the break, the residuals of each region keep or change their
#   sign together at random, which leaves them as lasting as they are, and the break is tested in what
#   comes out, with errors clustered by region and year and with Driscoll and Kraay's. The same draws give a p-value that needs
#   no formula of errors (the wild bootstrap by clusters; Cameron, Gelbach and Miller 2008). What neighbouring regions
#   share is lost in these draws.
#
# The methodology of regional product changed between 2015 and 2016, next to the date that is asked about, which no design
# on these figures can tell apart from sanctions; the break of 2022 lies beyond them.

# %%
BREAK = f"log(productivity) ~ {RIGHT} + rd_sanctions"
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
answers = {name: claims["break"].test(fit) for name, fit in tested.items()}
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
        word: wb.fit(BREAK, made, effects="two-way", covariance=word).tidy().loc["rd_sanctions"]
        for word in (ERRORS, "driscoll-kraay")
    }
    thrown.append({word: row["estimate"] / row["std_error"] for word, row in rows.items()}
                  | {f"{word} p": row["p_value"] for word, row in rows.items()})
thrown = pd.DataFrame(thrown)
wild = (1 + (thrown[ERRORS].abs() >= size[SANCTIONS]).sum()) / (1 + DRAWS)
found = {word: float((thrown[f"{word} p"] < 0.05).mean()) for word in (ERRORS, "driscoll-kraay")}
wb.claim(
    "answer-break",
    {
        "en": "**That research came to matter less for productivity after 2014: {verdict}** (change {estimate:.3f}, {low:.3f} to "
        "{high:.3f}; p = {wild_p_value:p} by the wild bootstrap). Of {dates} first years {significant} are significant at 5 %; {larger} have a larger change "
        "in units of its error than 2015, the largest is at {best}. Beside an even drift the claim is: {beside} ({left:.3f}, {left_low:.3f} to {left_high:.3f}). "
        "**Driscoll and Kraay's errors would have said: {other} (p = {other_p_value:p}), and would be wrong to: where no "
        "break is they find one in {found_other:.0%} of cases, those clustered by region and year in {found:.0%}.**",
        "ru": "**То, что после 2014 года исследования стали значить для производительности меньше: {verdict}** (изменение {estimate:.3f}, от {low:.3f} до "
        "{high:.3f}; p = {wild_p_value:p} по «дикому» бутстрепу). Из {dates} возможных дат на уровне 5 % значимы {significant}; у {larger} изменение в единицах "
        "ошибки больше, чем у 2015 года, наибольшее — у {best} года. Рядом с равномерным сдвигом ответ таков: {beside} ({left:.3f}, от {left_low:.3f} до {left_high:.3f}). "
        "**По ошибкам Дрисколла и Края ответ был бы «{other}» (p = {other_p_value:p}) — и напрасно: там, где перелома нет, они находят его "
        "в {found_other:.0%} случаев, а ошибки, кластеризованные по регионам и годам, — в {found:.0%}.**",
    },
    numbers={
        "verdict": answers["alone"].answer,
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
        "found_other": found["driscoll-kraay"],
        "found": found[ERRORS],
    },
    kind="simulation",
)

# %% [markdown]
# ## 7. The same design where the answer is in print
#
# Munnell's panel of US states: public capital looks productive between states, and stops doing so once
# effects of states are taken out (Baltagi and Pinnoi 1995; Holtz-Eakin 1994). A design that finds
# productivity in everything would find it here; one that finds nothing would miss private capital, on which
# the same literature agrees.

# %%
states = wb.load("us-states")
munnell = wb.load("munnell-1990")
earlier = innovation.lagged(munnell, ["pcap", "pc"]).augment().dropna()
earlier = earlier.assign(output=earlier["gsp"] / earlier["emp"])
US = wb.weights.queen(states)
public = wb.Hypothesis(
    "Public capital of the year before raises productivity",
    "direct(log(pcap_lag1 / emp)) > 0",
    name="public capital",
)
private = wb.Hypothesis(
    "Private capital of the year before raises productivity",
    "direct(log(pc_lag1 / emp)) > 0",
    name="private capital",
)
next_door = wb.Hypothesis(
    "Public capital next door raises productivity",
    "indirect(log(pcap_lag1 / emp)) > 0",
    name="next door",
)
EQUATION = "log(output) ~ log(pcap_lag1 / emp) + log(pc_lag1 / emp) + unemp"
designs = {
    "no effects": wb.fit(EQUATION, earlier, US, model="slx", covariance=ERRORS),
    "two-way effects": wb.fit(
        EQUATION, earlier, US, model="slx", effects="two-way", covariance=ERRORS
    ),
}
american = hypotheses.test_hypotheses([private, public, next_door], designs)
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
        "{within} ({b:.3f}).** Effects of states take {gone:.0%} of the estimate of public capital, as in the literature; with errors clustered by state "
        "and year it is told from zero in neither design. {missed}",
        "ru": "**Частный капитал: {private} без эффектов ({c:.3f}), {private_within} с ними ({d:.3f}). Общественный капитал: {without} ({a:.3f}), "
        "{within} ({b:.3f}).** Эффекты штатов отнимают {gone:.0%} оценки для общественного капитала, как и в литературе; при ошибках, кластеризованных по "
        "штатам и годам, она не отличается от нуля ни в одном из планов. {missed}",
    },
    numbers={
        "missed": MISSED[bool(missed)],
        "private": us.loc[("private capital", "no effects"), "verdict"],
        "private_within": us.loc[("private capital", "two-way effects"), "verdict"],
        "c": float(us.loc[("private capital", "no effects"), "estimate"]),
        "d": float(us.loc[("private capital", "two-way effects"), "estimate"]),
        "gone": float(
            1
            - us.loc[("public capital", "two-way effects"), "estimate"]
            / us.loc[("public capital", "no effects"), "estimate"]
        ),
        "without": us.loc[("public capital", "no effects"), "verdict"],
        "within": us.loc[("public capital", "two-way effects"), "verdict"],
        "a": float(us.loc[("public capital", "no effects"), "estimate"]),
        "b": float(us.loc[("public capital", "two-way effects"), "estimate"]),
    },
)

# %% [markdown]
# ## What the figures do not allow to say
#
# - **Anything about exports**, as long as the table is not here. Productivity is another outcome, and the trial on it
#   neither supports nor weakens a claim about exports.
# - **What sanctions did.** Everything that changed in 2014 and 2015 changed at once: the oil price, the exchange rate,
#   the methodology of regional product a year later. Regions were not sanctioned at random either: where the firms on the lists
#   stood is not in these figures.
# - **What regions share beyond neighbours and years.** If disturbances move with a region's research, as a boom of
#   oil would where research is in oil regions, neither clusters nor flipped signs allow for it.
# - **2022 and after.** The panel ends in 2019 for product and in 2020 for inputs.
# - **Cause.** Regions that expect to grow may spend on research beforehand. Lags by one year do not exclude it.
# - **The national system.** Year effects take out exactly what is national: laws, budgets, the exchange rate. What a national
#   innovation system as a whole does cannot be seen within one country.
