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
#     - kemerovo-published
#     picture: profile
#     question: Where does one region stand in people, science, production, money and
#       inventions, and does it get out of its base what its like do?
#     question_ru: Какое место занимает регион по человеческому капиталу, науке, производству,
#       финансированию и изобретениям, и получает ли он от своей базы столько же, сколько
#       похожие на него?
#     title: The innovation potential of a region
#     title_ru: Инновационный потенциал региона
# ---

# %% [markdown]
# # The innovation potential of a region
#
# An industrial region has plants, investment and engineers. Does it have inventions to match, and if
# not, what is it short of? The study profiles **one region**, named by the parameter `region`: five
# components of its potential, its course since 2000, and its distance from the country and from
# regions that are like it. It was written for Kemerovo oblast, the coal and steel region of Siberia,
# whose published figures stand at the end beside the official panel; any other region of the panel is
# one parameter away.
#
# Official statistics by region hold no measure of technologies in use or of innovative output that is
# public from 2000 on: the components are what the panel has, and the last section says what they lack.

# %% tags=["parameters"]
lang = "en"
region = "RU-KEM"
peers = []
number_of_peers = 10

# %%
import numpy as np
import pandas as pd

import workbench as wb
from workbench.core.statistics import NotApplicable

wb.set_language(lang)
LEVEL = 0.05
LEAST = 3
YEARS = [2017, 2018, 2019]
FIRST = 2005
DRAWS = 1000

# %% [markdown]
# ## Hypotheses
#
# Three statements, fixed before anything is computed (@hypotheses). The second is about a coefficient of a panel.
# The first and the third are about one region, and no sample of regions can test them but by
# comparison: its place among all regions is what decides. Verdicts stand together at the end
# (@verdicts).

# %%
H1 = wb.Expectation(
    "In the region, results of innovation stand behind its production base, more than is usual",
    "percentile of (results less production)", "<",
    null="a region taken at random", name="results lag",
)  # fmt: skip
H2 = wb.Hypothesis(
    "Where R&D grows, more patents are granted", wb.hypotheses.coefficient("log(rd)"), ">", 0,
    name="R&D pays",
)  # fmt: skip
H3 = wb.Expectation(
    "Growing R&D goes with fewer new patents in this region than elsewhere",
    "slope of patents on R&D", "<",
    null="a region taken at random", name="R&D pays less here",
)  # fmt: skip
CLAIMS = {
    H1.statement: "Результаты инноваций в регионе отстают от производственной базы сильнее обычного",
    H1.restriction: "процентиль разности результатов и производства < случайно взятый регион",
    H1.null: "случайно взятый регион",
    H1.name: "результаты отстают",
    H2.statement: "Где растут затраты на НИОКР, патентов больше",
    H2.name: "НИОКР окупаются",
    H3.statement: "Рост НИОКР даёт в этом регионе меньше новых патентов, чем в других",
    H3.restriction: "наклон патентов по НИОКР < случайно взятый регион",
    H3.name: "НИОКР окупаются здесь хуже",
}
CLAIMS = {one: {"en": one, "ru": russian} for one, russian in CLAIMS.items()}
wb.publish(
    wb.stated([H1, H2, H3]),
    "hypotheses",
    labels=CLAIMS,
    caption={
        "en": "What is claimed, and what it is tested against, before anything is computed",
        "ru": "Что утверждается и с чем сравнивается — до всяких вычислений",
    },
)

# %% [markdown]
# ## 1. The figures, and who is like the region
#
# Means of 2017–2019 of the official panel, ratios to people or to gross regional product (GRP).
# **Peers** are the regions nearest by what a region is rather than by what it achieves: its size,
# income, how much of its product it invests, its unemployment. They are chosen among the regions with
# all figures; ids in the parameter `peers` are taken instead. An indicator without a figure of the
# region in one of the three years is left out, and said to be.

# %%
regions = wb.load("russia-regions")
figures = wb.load("russia-innovation")
names = regions["name_ru" if lang == "ru" else "name_en"]
people = figures["population"]  # thousand
panel = pd.DataFrame(
    {
        "students": 1000 * figures["students"] / people,
        "unemployment": figures["unemployment"],
        "researchers": 10 * figures["researchers"] / people,
        "GRP": figures["grp"] / people,
        "investment": figures["investment"] / people,
        "R&D": 100 * figures["rd"] / figures["grp"],
        "patents": 100 * figures["patents"] / people,
        "utility models": 100 * figures["utility_models"] / people,
    }
)
UNITS = [
    "per 1,000 people",
    "% of the labour force",
    "with a degree, per 10,000 people",
    "thousand RUB a head",
    "thousand RUB a head",
    "% of GRP",
    "per 100,000 people",
    "per 100,000 people",
]
RESULTS, BASE = "innovation activity", "production and technology"
RUSSIAN = [
    "студенты", "безработица", "исследователи", "ВРП", "инвестиции", "НИОКР", "изобретения",
    "полезные модели",
]  # fmt: skip
called = {
    one: {"en": one, "ru": russian} for one, russian in zip(panel.columns, RUSSIAN, strict=True)
}
indicators = wb.innovation.Indicators(
    pd.DataFrame(
        {
            "direction": ["higher", "lower"] + ["higher"] * 6,
            "group": ["human capital"] * 2 + ["science base"] + [BASE] * 2 + ["finance"] + [RESULTS] * 2,
            "unit": UNITS,
            "label": [f"{one}, {unit}" for one, unit in zip(panel.columns, UNITS, strict=True)],
        },
        index=panel.columns,
    )
)
recent = figures[figures.index.get_level_values("year").isin(YEARS)]
recent = recent.groupby("region").mean(skipna=False)
dated = panel[panel.index.get_level_values("year").isin(YEARS)]
own = dated[dated.index.get_level_values("region") == region]
lacking = list(own.columns[own.isna().any()])
every = indicators.table["group"].nunique(), len(indicators.names)
indicators = wb.innovation.Indicators(indicators.table.drop(index=lacking))
level = dated.groupby("region").mean(skipna=False)
able = level[list(indicators.names)].dropna().index
alike = peers or wb.innovation.peers(
    recent.loc[able],
    region,
    k=number_of_peers,
    columns=["log(population)", "log(grp / population)", "investment / grp", "unemployment"],
)
profile = wb.innovation.region_profile(
    panel,
    indicators,
    region,
    peers=alike,
    at=YEARS,
    weights=recent["population"],
    breaks={one: [2016] for one in ("GRP", "R&D") if one in indicators.names},
)
name = {"en": regions.loc[region, "name_en"], "ru": regions.loc[region, "name_ru"]}
chosen = not peers
have = len(profile.components)
rated = have >= LEAST

# %%
if lacking:
    wb.claim(
        "lacking",
        {
            "en": "{name} has no figure of {lacking} in some of the years: left out for all regions.",
            "ru": "{name}: в части лет нет данных — {lacking}; показатели исключены для всех регионов.",
        },
        numbers={"name": name, "lacking": {
                tongue: ", ".join(called[one][tongue] for one in lacking) for tongue in ("en", "ru")
            }},
    )
if chosen:
    wb.publish(
        alike.plot(title="", names=names),
        "peers",
        caption={
            "en": "The peers by their distance, in robust standard deviations; per cent: how often a peer "
            "stays when one of the four variables is left out",
            "ru": "Похожие регионы и расстояние до них в устойчивых стандартных отклонениях; проценты: "
            "как часто регион остаётся в списке, если убрать одну из четырёх переменных",
        },
    )
    wb.publish(
        alike.variables[["value", "peers_median", "peers_low", "peers_high", "country_median"]],
        "likeness",
        labels={
            "unemployment": {"en": "unemployment", "ru": "безработица"},
            "investment / grp": {"en": "investment / grp", "ru": "инвестиции / ВРП"},
        },
        caption={"en": "What makes them alike", "ru": "Чем они похожи"},
    )
    wb.claim(
        "answer-peers",
        {
            "en": "The peers of {name} are {peers}. {firm} of the {k} stay whichever variable is left "
            "out; the farthest is {distance:.2f} robust standard deviations away (@peers). What makes them alike "
            "is in @likeness.",
            "ru": "{name}: похожие регионы — {peers}. При исключении любой переменной в списке остаются "
            "{firm} из {k}; дальний отстоит на {distance:.2f} устойчивого стандартного отклонения (@peers). Чем они "
            "похожи, показано в таблице [-@likeness].",
        },
        numbers={
            "name": name,
            "peers": {
                tongue: ", ".join(regions.loc[list(alike.ids), f"name_{tongue}"])
                for tongue in ("en", "ru")
            },
            "firm": int((alike.tidy()["share_same"] == 1).sum()),
            "k": len(alike.ids),
            "distance": float(alike.tidy()["distance"].max()),
        },
    )

# %% [markdown]
# ## 2. Five components
#
# A percentile is the share of the other regions that are worse, whichever way an indicator points
# (@profile; the figures themselves are in @indicators, on three scales in @scaled).
# The score of a component is the mean of its indicators on a scale from 0 (worst region) to 100 (best).
# Two p-values stand beside it in @components. *Place*: how unusual its place among its own peers is; with few
# peers it cannot be small, however far the region is from them. *Placebo*: every region gets peers
# chosen in the same way, and the distance of ours from its peers is placed among the distances of all.
# A whole index is given where it rests on three components at least: a region that lacks the figures of
# the others would be ranked by something else than the rest of the report is about.

# %%
wb.publish(
    profile.plot(title="", names=names),
    "profile",
    caption={
        "en": "Where the region stands: percentiles of its indicators and components (2017–2019)",
        "ru": "Место региона: процентили показателей и компонент (2017–2019)",
    },
)
both = pd.concat([profile.components, *([profile.overall] if rated else [])])
both = both.rename(index={"index": "whole index"})
shown = ["indicators", "score", "rank", "regions", "percentile", "country_median", "peers_median", "peer_place", "p_place"]
wb.publish(
    both[[*shown, *(["p_placebo"] if chosen else [])]],
    "components",
    caption={"en": "Components against the country and peers", "ru": "Компоненты, страна и похожие регионы"},
)
rows = profile.tidy()
labels = dict(zip(profile.indicators.names, profile.indicators.labels, strict=True))
wb.publish(
    rows[
        ["value", "rank", "regions", "missing_share", "country_median", "country_mean", "peers_median"]
    ].rename(index=labels),
    "indicators",
    caption={
        "en": "Indicators, means of 2017–2019: the region among those with a figure, and the share without "
        "one; the mean of the country is weighted by population",
        "ru": "Показатели, средние за 2017–2019: место среди регионов с данными и доля регионов без данных; "
        "среднее по стране взвешено по населению",
    },
)
wb.publish(
    rows[["percentile", "z", "index", "best_value"]]
    .assign(best=names[rows["best"]].to_numpy())
    .rename(index=labels),
    "scaled",
    caption={
        "en": "The indicators on three scales, higher is better, and the best region",
        "ru": "Показатели в трёх шкалах, больше — лучше, и лучший регион",
    },
)

# %%
ranked = profile.components.sort_values("percentile")
below = profile.components["peer_place"].str.startswith("below")
smallest = profile.components["p_placebo"].min() if chosen else profile.components["p_place"].min()
standing = {
    "name": name,
    "have": have,
    "every": every[0],
    "best": str(ranked.index[-1]),
    "high": float(ranked["percentile"].iloc[-1]),
    "worst": str(ranked.index[0]),
    "low": float(ranked["percentile"].iloc[0]),
    "below": int(below.sum()),
    "p_value": float(smallest),
}
if rated:
    wb.claim(
        "answer-profile",
        {
            "en": "**{name} has rank {rank} of {regions} regions by the whole index, which rests on {have} of "
            "{every} components ({used} of {indicators} indicators); it is strongest in {best} "
            "(percentile {high:.0f}), weakest in {worst} (percentile {low:.0f}; @profile).** In {below} of these "
            "components it is below the middle half of its peers (@components); the smallest p-value of a component is "
            "{p_value:p}, before allowing for how many are looked at.",
            "ru": "**{name}: {rank}-е место из {regions} по индексу в целом, который опирается на компоненты: "
            "{have} из {every} (показателей: {used} из {indicators}); сильнее всего {best} "
            "(процентиль {high:.0f}), слабее всего {worst} (процентиль {low:.0f}; @profile).** Компонент, по которым "
            "регион ниже средней половины похожих (@components): {below}; наименьшее p по компонентам — {p_value:p}, "
            "без поправки на их число.",
        },
        numbers=standing
        | {
            "rank": int(profile.overall["rank"].iloc[0]),
            "regions": int(profile.overall["regions"].iloc[0]),
            "used": len(indicators.names),
            "indicators": every[1],
        },
    )
else:
    wb.claim(
        "not-ranked",
        {
            "en": "**{name} is not ranked as a whole: it has figures of {have} of {every} components, fewer than "
            "{least}.** The map and the split of the whole index are left out. It is strongest in {best} "
            "(percentile {high:.0f}), weakest in {worst} (percentile {low:.0f}); in {below} of the components "
            "it is below the middle half of its peers, and the smallest p-value of a component is {p_value:p}, "
            "before allowing for how many are looked at.",
            "ru": "**{name}: место по индексу в целом не определяется, данные есть по {have} из {every} компонент, "
            "а нужно не меньше {least}.** Карта и разложение индекса опущены. Сильнее всего {best} "
            "(процентиль {high:.0f}), слабее всего {worst} (процентиль {low:.0f}); компонент, по которым регион "
            "ниже средней половины похожих: {below}; наименьшее p по компонентам — {p_value:p}, без поправки "
            "на их число.",
        },
        numbers=standing | {"least": LEAST},
    )

# %% [markdown]
# ### Do results stand behind production?

# %%
if {RESULTS, BASE} <= set(profile.components.index):
    lag = profile.between(RESULTS, BASE).iloc[0]
    first = H1.judge(
        100 * float(lag["share_lower"]), expected=50, p_value=float(lag["p_place"])
    )
    wb.claim(
        "answer-lag",
        {
            "en": "Results are at percentile {results:.0f}, production at {production:.0f}; in {lower:.0%} of "
            "the other regions the difference is lower still (place among all, two-sided: p = {p_value:p}).",
            "ru": "Результаты — процентиль {results:.0f}, производство — {production:.0f}; ещё ниже разность в "
            "{lower:.0%} других регионов (место среди всех, двусторонний тест: p = {p_value:p}).",
        },
        numbers={
            "results": float(lag["lagging"]),
            "production": float(lag["leading"]),
            "lower": float(lag["share_lower"]),
            "p_value": float(lag["p_place"]),
        },
    )
else:
    first = H1.judge(NotApplicable(H1.measure, H1.null, "no figures of results"))
    wb.claim(
        "no-lag",
        {
            "en": "{name} has no figures of results in these years: the first hypothesis is not asked.",
            "ru": "{name}: за эти годы нет данных о результатах, первая гипотеза не проверяется.",
        },
        numbers={"name": name},
    )

# %% [markdown]
# ## 3. The course since 2000
#
# Levels in roubles are at current prices, so that @paths shows the region **over the median of the
# country**. From 2016 GRP is counted by a new method (dotted line): growth, in @course, leaves that step
# out.

# %%
wb.publish(
    profile.plot_dynamics(title="", names=names),
    "paths",
    caption={
        "en": "The region over the median of the country, and the range of its peers, 2000–2020",
        "ru": "Регион относительно медианы страны и размах похожих регионов, 2000–2020",
    },
)
course = profile.dynamics()
wb.publish(
    course[
        ["relative_first", "relative_last", "rank_first", "rank_last", "growth",
         "country_growth", "peers_growth"]
    ].rename(index=labels),
    "course",
    caption={
        "en": "From the first to the last known year: value over the country's median, rank, and growth "
        "of the logarithm a year (region, median of the country, median of peers)",
        "ru": "От первого до последнего известного года: отношение к медиане страны, ранг, рост логарифма "
        "в год (регион, медиана страны, медиана похожих)",
    },
)  # fmt: skip

# %%
moved = course["places_gained"].sort_values()
wb.claim(
    "answer-course",
    {
        "en": "**Places were lost in {lost} of {all} indicators** (@course). The weakest course is that of {worst} (rank "
        "{from_} to {to}), the best that of {best} ({gained:+d} places).",
        "ru": "**Места потеряны по {lost} из {all} показателей** (@course). Хуже всего изменились {worst} (ранг с "
        "{from_} на {to}), лучше всего — {best} (мест: {gained:+d}).",
    },
    numbers={
        "lost": int((moved < 0).sum()),
        "all": len(moved),
        "worst": called[moved.index[0]],
        "from_": int(course.loc[moved.index[0], "rank_first"]),
        "to": int(course.loc[moved.index[0], "rank_last"]),
        "best": called[moved.index[-1]],
        "gained": int(moved.iloc[-1]),
    },
)

# %% [markdown]
# ## 4. On the map
#
# Is the region an exception among its neighbours, or one of a kind with them? The local Moran
# statistic [@anselin1995] compares its index with that of the regions around it; regions without a
# whole index are left out, and the islands are linked to the nearest region. There is no map of an
# index that rests on too few components.

# %%
scores = profile.scores["index"].dropna()
research = recent["rd"].dropna()
position = wb.innovation.potential(research, regions.loc[research.index]).table
if rated:
    wb.publish(
        wb.choropleth(
            scores, regions, k=5, legend_title={"en": "index", "ru": "индекс"}, highlight=[region]
        ),
        "map",
        caption={
            "en": "The index of innovation potential, quintiles; the region is outlined",
            "ru": "Индекс инновационного потенциала, квинтили; регион обведён",
        },
    )
    W = wb.weights.queen(regions.loc[scores.index], islands="nearest")
    local = wb.lisa(scores, None, W, fdr=LEVEL)
    spot = local.table.loc[region]
    mean_of = float(scores.mean())
    kind = {"en": "above", "ru": "выше"} if scores[region] > mean_of else {"en": "below", "ru": "ниже"}
    wb.claim(
        "answer-map",
        {
            "en": "The index of {name} is {own:.0f} (@map), {kind} the mean of {mean:.0f}. Local Moran: p = "
            "{p_value:p}, {p_adjusted:p} with all regions allowed for.",
            "ru": "{name}: индекс {own:.0f} (@map), {kind} среднего {mean:.0f}. Локальный индекс Морана: p = "
            "{p_value:p}, с поправкой на число регионов {p_adjusted:p}.",
        },
        numbers={
            "name": name,
            "own": float(scores[region]),
            "kind": kind,
            "mean": mean_of,
            "p_value": float(spot["p_value"]),
            "p_adjusted": float(spot["p_adjusted"]),
        },
        kind="permutation",
        drawn_by=local,
    )

# %%
if region in position.index:
    wb.claim(
        "reach",
        {
            "en": "Research within reach (R&D of every region over its distance) is {relative:.2f} of the mean "
            "of the country, {share:.0%} of it the region's own.",
            "ru": "Доступные исследования (затраты всех регионов, делённые на расстояние) — {relative:.2f} "
            "среднего по стране, из них {share:.0%} собственные.",
        },
        numbers={
            "relative": float(position.loc[region, "relative"]),
            "share": float(position.loc[region, "own_share"]),
        },
    )

# %% [markdown]
# ## 5. Does R&D pay off less here?
#
# Patents on R&D over the years from 2005 (@pays), with effects of regions and years, so that only changes count;
# `own_rd` is R&D of our region alone. Its clustered standard error rests on one region, and is far
# too small. So a second fit gives **every region a slope of its own**, and ours is placed among all:
# that is the test that counts. It takes all slopes for equally exact: those of regions with few patents are
# not, which widens the range, so that a region is told from the others only if its slope is far from most.

# %%
known = figures[["patents", "rd"]].notna().all(axis=1)
known &= figures.index.get_level_values("year") >= FIRST
whole = known[figures.index.get_level_values("year") >= FIRST].groupby("region").all()
sample = figures[known & figures.index.get_level_values("region").isin(whole.index[whole])]
FORMULA = "log(1 + patents) ~ log(rd) + log(population)"
common = wb.fit(FORMULA, sample, effects="two-way", covariance="clustered")
in_sample = list(whole.index[whole])
second = H2.test(common)
third = H3.judge(NotApplicable(H3.measure, H3.null, "patents or R&D are missing in some year"))
wb.publish(
    common,
    "pays",
    labels={"ols": {"en": "ols", "ru": "МНК"}},
    caption={
        "en": "Patents on R&D within regions and years, standard errors clustered by region",
        "ru": "Патенты и НИОКР внутри регионов и лет, ошибки кластеризованы по регионам",
    },
)
if region in in_sample:
    ours = sample.index.get_level_values("region") == region
    table = sample.assign(own_rd=ours * np.log(sample["rd"]))
    naive = wb.fit(f"{FORMULA} + own_rd", table, effects="two-way", covariance="clustered")
    naive = naive.tidy().loc["own_rd"]
    slopes = wb.fit(
        "log(1 + patents) ~ log(population) + C(place):log(rd)",
        sample.assign(place=sample.index.get_level_values("region")),
        effects="two-way",
    ).params.filter(like="C(place)")
    each = slopes.set_axis([name[len("C(place)[") :].partition("]")[0] for name in slopes.index])

# %%
wb.claim(
    "answer-rd",
    {
        "en": "Over {regions} regions, 1 % more R&D goes with {estimate:.2f} % more patents (p = {p_value:p}; @pays).",
        "ru": "По {regions} регионам прирост НИОКР на 1 % сопровождается приростом патентов на {estimate:.2f} % (p = {p_value:p}; @pays).",
    },
    numbers={
        "regions": len(in_sample),
        "estimate": second.estimate,
        "p_value": second.p_value,
    },
)
if region in in_sample:
    lower, higher = (each <= each[region]).mean(), (each >= each[region]).mean()
    third = H3.judge(
        float(each[region]),
        expected=float(each.median()),
        p_value=min(1.0, 2 * float(min(lower, higher))),
    )
    wb.claim(
        "answer-own",
        {
            "en": "The term of {name} is {estimate:+.2f}; with its clustered error p = {clustered_p_value:p}, "
            "which takes one region for many. Its own slope is {slope:+.2f}, the median of {regions} regions "
            "{median:+.2f}; {lower} slopes are as low or lower (place among all, two-sided: p = {place_p_value:p}).",
            "ru": "{name}: член равен {estimate:+.2f}; по кластерной ошибке p = {clustered_p_value:p}, но она "
            "принимает один регион за многие. Собственный наклон {slope:+.2f}, медиана по {regions} регионам "
            "{median:+.2f}; не выше его наклонов {lower} (место среди всех, двусторонний тест: p = {place_p_value:p}).",
        },
        numbers={
            "name": name,
            "estimate": float(naive["estimate"]),
            "clustered_p_value": float(naive["p_value"]),
            "slope": third.estimate,
            "median": third.expected,
            "regions": len(in_sample),
            "lower": int((each <= each[region]).sum()),
            "place_p_value": third.p_value,
        },
    )
else:
    wb.claim(
        "no-own",
        {
            "en": "{name} lacks patents or R&D in some year from {first}: its own term is not estimated.",
            "ru": "{name}: в части лет с {first} нет патентов или НИОКР, член региона не оценён.",
        },
        numbers={"name": name, "first": str(FIRST)},
    )

# %% [markdown]
# ## 6. What would move it
#
# The whole index is a weighted mean, so that its distance from a region with the peers' median in every indicator splits into
# indicators. This is arithmetic of the index, not a forecast of what a policy does.

# %%
gaps = profile.gaps("peers")
if rated:
    wb.publish(
        gaps[["component", "index", "target_index", "gap", "share"]].rename(index=labels),
        "gaps",
        caption={
            "en": "What each indicator adds to the distance from the peers' median, in points of the index",
            "ru": "Вклад показателей в отставание от медианы похожих регионов, пункты индекса",
        },
    )
    wb.claim(
        "distance",
        {
            "en": "The index less that of a region with the peers' median in every indicator is {points:+.1f} "
            "points; @gaps splits it into indicators.",
            "ru": "Индекс минус индекс региона с медианой похожих по каждому показателю: {points:+.1f} пункта; "
            "по показателям разность разложена в таблице [-@gaps].",
        },
        numbers={"points": -float(gaps["gap"].sum())},
    )
behind = gaps[gaps["gap"] > 0]
if rated and len(behind) == 1:
    wb.claim(
        "answer-gaps",
        {
            "en": "**Against its peers the region lacks in one indicator only: {first}**; in the {others} others "
            "it is not below their median.",
            "ru": "**Регион отстаёт от похожих только по одному показателю: {first}**; по остальным "
            "({others}) он не ниже их медианы.",
        },
        numbers={"first": called[behind.index[0]], "others": len(gaps) - 1},
    )
elif rated and len(behind) == 2:
    wb.claim(
        "answer-gaps",
        {
            "en": "**{first} is {share:.0%} of what the region lacks against its peers**; the rest is {second}.",
            "ru": "**{share:.0%} отставания от похожих — {first}**; остальное — {second}.",
        },
        numbers={
            "first": called[behind.index[0]],
            "share": float(behind["share"].iloc[0]),
            "second": called[behind.index[1]],
        },
    )
elif rated and len(behind):
    wb.claim(
        "answer-gaps",
        {
            "en": "**{first} is {share:.0%} of what the region lacks against its peers**; the two largest of "
            "{lacking} together are {two:.0%}.",
            "ru": "**{share:.0%} отставания от похожих — {first}**; два крупнейших показателя из {lacking} "
            "вместе дают {two:.0%}.",
        },
        numbers={
            "first": called[behind.index[0]],
            "share": float(behind["share"].iloc[0]),
            "two": float(behind["share"].iloc[:2].sum()),
            "lacking": len(behind),
        },
    )

# %% [markdown]
# And what does the region make of what it has? Data envelopment [@banker1984] sets patents granted
# (inventions and utility models) against R&D and researchers, and compares every region with the best
# of those that use no more. All distance counts as inefficiency, errors of measurement included; the
# bootstrap [@simar1998] only allows for a frontier drawn through few regions.

# %%
used = recent.assign(granted=recent["patents"] + recent["utility_models"])
used = used[["rd", "researchers", "granted"]].dropna()
if region in used.index:
    enveloped = wb.innovation.data_envelopment(
        used[["rd", "researchers"]],
        used["granted"],
        returns="vrs",
        orientation="output",
        bootstrap=DRAWS,
    )
    envelope = enveloped.tidy()
    mine = envelope.loc[region]
    wb.claim(
        "answer-efficiency",
        {
            "en": "**Efficiency of {name} is {efficiency:.2f}, corrected for bias {corrected:.2f} ({low:.2f} to "
            "{high:.2f}); the median region has {median:.2f}.** {better} of {regions} regions are above it.",
            "ru": "**{name}: эффективность {efficiency:.2f}, с поправкой на смещение {corrected:.2f} "
            "(от {low:.2f} до {high:.2f}); у медианного региона {median:.2f}.** Выше — {better} из "
            "{regions} регионов.",
        },
        numbers={
            "name": name,
            "efficiency": float(mine["efficiency"]),
            "corrected": float(mine["corrected"]),
            "low": float(mine["conf_low"]),
            "high": float(mine["conf_high"]),
            "median": float(envelope["corrected"].median()),
            "better": int((envelope["corrected"] > mine["corrected"]).sum()),
            "regions": len(envelope),
        },
        kind="simulation",
        drawn_by=enveloped,
    )

# %% [markdown]
# ## 7. The published tables
#
# The study that this one grew from prints two tables: the economy of Kemerovo oblast in three years, and
# the share of innovation-active organisations in 2024 in a few regions. Where they have the region, the
# first is set beside the official panel, cell by cell, to the last printed digit, and the second beside
# what the panel has of patents and R&D.

# %%
published = wb.load("kemerovo-published")
active = wb.load("kemerovo-published", part="innovation-active")
share = active.xs(2024, level="year")["innovation_active"]
printed = share.drop("RU")
if region not in published.index:
    wb.claim(
        "not-printed",
        {
            "en": "The first published table is of {only} alone, so that nothing printed of the economy of {name} "
            "can be set beside the panel; the second ({regions}) {has}.",
            "ru": "В первой опубликованной таблице один регион, {only}; {name} в неё не входит, и сравнивать "
            "с панелью нечего. Во второй ({regions}) {has}.",
        },
        numbers={
            "name": name,
            "only": {
                tongue: ", ".join(
                    regions.loc[published.index.unique("region"), f"name_{tongue}"],
                )
                for tongue in ("en", "ru")
            },
            "regions": {
                tongue: ", ".join(regions.loc[printed.index, f"name_{tongue}"])
                for tongue in ("en", "ru")
            },
            "has": {"en": "has it", "ru": "этот регион есть"}
            if region in printed.index
            else {"en": "does not have it either", "ru": "этого региона тоже нет"},
        },
    )

# %%
if region in published.index:
    compared = wb.data.compare_printed(
        published,
        figures,
        columns={"grp": "grp / 1000", "investment": "investment / 1000", "employed": None},
        decimals=1,
    )
    wb.publish(
        compared.tidy(),
        "printed",
        labels={
            one: {"en": one, "ru": russian}
            for one, russian in {
                "population": "население, тыс.",
                "grp": "ВРП, млрд руб.",
                "investment": "инвестиции, млрд руб.",
                "employed": "занятые, тыс.",
                "unemployment": "безработица, %",
                "the dataset has no year 2022": "в наборе данных нет 2022 года",
            }.items()
        },
        caption={
            "en": "The published table beside the panel: difference (ours less printed) in units of the "
            "last printed digit",
            "ru": "Опубликованная таблица и панель: разность (панель минус печать) в единицах последнего "
            "напечатанного знака",
        },
    )
    wb.claim(
        "typed",
        {
            "en": "Both tables ({first} and {second} figures) were typed by hand from the printed study, not read "
            "from a file of its authors; nothing in them was computed or corrected.",
            "ru": "Обе таблицы ({first} и {second} чисел) перепечатаны вручную из опубликованного исследования, "
            "а не взяты из файла авторов; ничего не досчитано и не исправлено.",
        },
        numbers={"first": int(published.count().sum()), "second": int(active.count().sum())},
    )
    counted = compared.glance().iloc[0]
    average = figures.loc[region, "population"]
    at_end = pd.Series(
        {2015: average[[2015, 2016]].mean(), 2020: average[2020] + (average[2020] - average[2019]) / 2}
    )
    printed_people = published.loc[region, "population"][[2015, 2020]]
    differ, differ_end = printed_people - average[[2015, 2020]], printed_people - at_end
    apart = np.array([differ, differ_end], dtype=float)  # rows: average, end of year; columns: years
    printed_last, panel_last = (
        1000 * published.loc[(region, 2020), "investment"],
        figures.loc[(region, 2020), "investment"],
    )
    verdicts = compared.tidy()["verdict"].loc[region]
    SAME_PRODUCT = {
        True: {"en": "is the panel's to the digit", "ru": "совпадает до знака"},
        False: {"en": "is not the panel's", "ru": "не совпадает с панелью"},
    }
    LATER = {
        "en": "both are lower in print, and the distance grows: that fits a series recounted back after the census "
        "of 2021, which the panel precedes, and does not tell which date is meant",
        "ru": "в печати ниже оба, и разность растёт: так выглядит ряд, пересчитанный назад по переписи 2021 года, "
        "которой панель предшествует; какая дата имелась в виду, отсюда не видно",
    }
    UNEQUAL = {
        "en": "neither date makes them equal, and we know no one recount that would",
        "ru": "ни одна дата их не уравнивает, и единого пересчёта, который дал бы это, мы не знаем",
    }
    EQUAL = {
        "en": "one of the dates makes them equal in some year",
        "ru": "одна из дат в каком-то году их уравнивает",
    }
    unequal = bool((np.abs(apart).round(1) > 0).all())
    grows = bool((apart < 0).all() and (apart[:, 1] < apart[:, 0]).all())
    PEOPLE = LATER if grows and unequal else UNEQUAL if unequal else EQUAL
    REASONS = {
        "the dataset has no such column": {"en": "no such column", "ru": "нет столбца"},
        "the dataset has no figure here": {"en": "no figure", "ru": "нет числа"},
        "the dataset has no year 2022": {"en": "no year 2022", "ru": "нет 2022 года"},
    }
    why = compared.tidy()["reason"]
    why = why[compared.tidy()["verdict"] == "not comparable"].value_counts()
    wb.claim(
        "answer-printed",
        {
            "en": "**{same} of {all} printed figures have the panel's digits, {revised} differ, {not_} cannot be "
            "compared** (@printed; in the panel: {why}). GRP of 2015, {grp:.1f} bn in print, {product}. Investment of 2020 in print "
            "less the panel's is {investment:+.1f} bn ({share:+.1%}). Population in print less the panel's is {less:+.1f} and "
            "{less_later:+.1f} thousand (2015, 2020) if it is the annual average, {end:+.1f} and "
            "{end_later:+.1f} if it is that of the end of the year: {people}.",
            "ru": "**{same} из {all} напечатанных чисел совпадают с панелью до знака, {revised} расходятся, {not_} "
            "несопоставимы** (@printed; в панели: {why}). ВРП 2015 года, в печати {grp:.1f} млрд, {product}. Инвестиции 2020 года "
            "(печать минус панель): {investment:+.1f} млрд ({share:+.1%}). Население (печать минус панель): {less:+.1f} и "
            "{less_later:+.1f} тыс. (2015, 2020), если это среднегодовое, и {end:+.1f} и {end_later:+.1f}, "
            "если на конец года; {people}.",
        },
        numbers={
            "same": int(counted["same"]),
            "all": len(compared.tidy()),
            "revised": int(counted["revised"]),
            "not_": int(counted["incomparable"]),
            "why": {
                word: ", ".join(f"{REASONS[one][word]} — {count}" for one, count in why.items())
                for word in ("en", "ru")
            },
            "grp": float(published.loc[(region, 2015), "grp"]),
            "product": SAME_PRODUCT[verdicts[2015, "grp"] == "same digits"],
            "investment": float((printed_last - panel_last) / 1000),
            "share": float(printed_last / panel_last - 1),
            "less": float(differ[2015]),
            "less_later": float(differ[2020]),
            "end": float(differ_end[2015]),
            "end_later": float(differ_end[2020]),
            "people": PEOPLE,
        },
    )

# %%
if region in printed.index:
    beside = pd.DataFrame(
        {
            "innovation_active": share,
            "patents": level["patents"].reindex(share.index),
            "rd": level["R&D"].reindex(share.index),
        }
    ).sort_values("innovation_active", ascending=False)
    titles = [
        "innovation-active organisations in 2024, %",
        "patents per 100,000 people, 2017–2019",
        "R&D in 2017–2019, % of GRP",
    ]
    wb.publish(
        beside.set_axis(titles, axis=1).rename(index=names),
        "active",
        formats={titles[0]: ".1f"},
        labels={
            "RU": {"en": "Russia", "ru": "Россия"},
            titles[0]: {"en": titles[0], "ru": "инновационно-активные организации в 2024 г., %"},
            titles[1]: {"en": titles[1], "ru": "патенты на 100 000 чел., 2017–2019"},
            titles[2]: {"en": titles[2], "ru": "НИОКР в 2017–2019 гг., % ВРП"},
        },
        caption={
            "en": "The second published table, beside the panel",
            "ru": "Вторая опубликованная таблица и панель",
        },
    )
    leader = printed.idxmax()
    told = {
        "en": "In 2024 {own:.1f} % of organisations of {name} were innovation-active, {ratio:.0%} of the "
        "share of the country ({country:.1f} %), place {place} of the {printed} regions printed (@active)",
        "ru": "{name}: в 2024 году инновационно активны {own:.1f} % организаций, {ratio:.0%} от доли "
        "по стране ({country:.1f} %), место {place} из {printed} напечатанных регионов (@active)",
    }
    numbers = {
        "own": float(share[region]),
        "name": name,
        "ratio": float(share[region] / share["RU"]),
        "country": float(share["RU"]),
        "place": int((printed >= share[region]).sum()),
        "printed": len(printed),
    }
    if region != leader:
        told["en"] += "; {leader} has {times:.1f} times as much"
        told["ru"] += "; {leader} — в {times:.1f} раза больше"
        numbers["leader"] = {
            tongue: regions.loc[leader, f"name_{tongue}"] for tongue in ("en", "ru")
        }
        numbers["times"] = float(share[leader] / share[region])
    wb.claim(
        "answer-active",
        {tongue: f"{text}." for tongue, text in told.items()},
        numbers=numbers,
    )

# %% [markdown]
# ## 8. The verdicts
#
# Each claim of the beginning, once (@verdicts). A place among regions is two-sided and decides at 5 %, as an
# interval does; p-values are adjusted for the three that are asked [@holm1979]. *Cannot tell* is no
# evidence of absence.

# %%
verdicts = wb.hypotheses.family([first, second, third])
wb.publish(
    verdicts.tidy().set_index("hypothesis")[
        ["restriction", "estimate", "conf_low", "conf_high", "p_value", "p_adjusted", "verdict"]
    ],
    "verdicts",
    labels=CLAIMS,
    caption={
        "en": "The verdicts at 5 %: of places among regions the measure itself, which has no interval",
        "ru": "Решения на уровне 5 %; для мест среди регионов показана сама мера, интервала у неё нет",
    },
)
wb.claim(
    "answer-verdicts",
    {
        "en": "{one}: **{first}.** {two}: **{second}.** {three}: **{third}.**",
        "ru": "{one}: **{first}.** {two}: **{second}.** {three}: **{third}.**",
    },
    numbers={
        "one": CLAIMS[H1.statement],
        "first": verdicts[0].answer,
        "two": CLAIMS[H2.statement],
        "second": verdicts[1].answer,
        "three": CLAIMS[H3.statement],
        "third": verdicts[2].answer,
    },
)

# %% [markdown]
# ## What the figures do not allow to say
#
# - **Nothing after 2020.** The panel ends in 2020, GRP in 2019. The years 2022 and 2024 stand in the
#   published tables only, for a handful of figures and regions.
# - **No technologies, no innovative output.** Equipment, digital technologies, shares of innovative goods
#   and innovation-active organisations have no public series by region here; patents are what stands for
#   results, and much of what an industrial region improves is never patented. "Production and technology"
#   is income and investment, and is high where mines and wells are.
# - **Rank is not distance.** The score of a component runs from the worst region to the best, and
#   one outlying region sets its scale; percentiles do not see by how much.
# - **Like in four respects.** Peers are alike in size, income, investment and unemployment; the panel has
#   no structure of industries. Who is chosen changes with the variables; section 1 says how much.
# - **One region is one case.** Both p-values compare it with other regions; neither is
#   about causes, and five components looked at together find something small by chance.
# - **Roubles of the day.** Growth is that of current prices; read it against the country's beside it.

# %%
missing = {"share": float(profile.tidy()["missing_share"].max())}
if rated:
    wb.claim(
        "limit-missing",
        {
            "en": "Regions without a figure of some indicator are absent from its ranking: up to {share:.0%} of "
            "the regions; {left} of {all} have a whole index.",
            "ru": "Регионы без данных по показателю не входят в его ранжирование: до {share:.0%} регионов; индекс "
            "в целом есть у {left} из {all}.",
        },
        numbers=missing | {"left": len(scores), "all": len(regions)},
    )
else:
    wb.claim(
        "limit-indicators",
        {
            "en": "Regions without a figure of one of the {used} indicators left are absent from its ranking: up "
            "to {share:.0%} of the regions.",
            "ru": "Регионы без данных по одному из оставшихся показателей ({used}) не входят в его ранжирование: "
            "до {share:.0%} регионов.",
        },
        numbers=missing | {"used": len(indicators.names)},
    )
