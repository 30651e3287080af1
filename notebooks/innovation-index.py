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
#     picture: ranks
#     question: Which Russian regions lead in innovation, and how much of the ranking
#       is the recipe of the index?
#     question_ru: Какие регионы России лидируют в инновациях и какая часть рейтинга
#       — рецепт индекса?
#     title: Who leads, and how sure is it?
#     title_ru: Кто лидирует и насколько это надёжно?
# ---

# %% [markdown]
# # Who leads, and how sure is it?
#
# Rankings of regions by innovation are indices: indicators are chosen, brought to one scale, weighed
# and added up. Each of these steps could have been made otherwise. This study builds an index of
# Russia's regions from the official figures of 2016–2018, rebuilds it a thousand times with its
# choices drawn at random, and asks of every conclusion whether it survives: ranks, clusters on the
# map, types of regions. Four more measures stand beside the index: position on the map, what spills
# over and how far, efficiency, concentration.
#
# Tests are read at 5 %. The answer of each section stands at its end, in bold.

# %% tags=["parameters"]
lang = "en"

# %%
import pandas as pd

import workbench as wb

wb.set_language(lang)

YEARS = [2016, 2017, 2018]
DRAWS = 1000
LABELS = {
    name: {"en": name, "ru": russian}
    for name, russian in {
        "min": "минимум",
        "max": "максимум",
        "group": "группа",
        "direction": "направление",
        "unit": "единица",
        "results": "результаты",
        "science": "наука",
        "people": "люди",
        "economy": "экономика",
        "patents": "изобретения",
        "utility models": "полезные модели",
        "R&D": "исследования и разработки",
        "researchers": "исследователи",
        "students": "студенты",
        "unemployment": "безработица",
        "GRP": "ВРП",
        "investment": "инвестиции",
        "inventions per 100,000 people": "изобретений на 100 000 человек",
        "utility models per 100,000 people": "полезных моделей на 100 000 человек",
        "% of GRP": "% ВРП",
        "with a degree, per 10,000 people": "со степенью, на 10 000 человек",
        "per 1,000 people": "на 1000 человек",
        "% of the labour force": "% рабочей силы",
        "thousand RUB a head": "тыс. руб. на человека",
        "spillover": "переток",
        "spillover alone": "только переток",
        "beside a slope over the map": "рядом с наклоном по карте",
        "decay length, km": "длина затухания, км",
        "largest F": "наибольшее F",
        "envelopment": "метод оболочки",
        "frontier": "стохастическая граница",
        "index": "индекс",
        "science and means": "наука и средства",
        "science without means": "наука без средств",
        "means without science": "средства без науки",
        "neither": "ни того ни другого",
    }.items()
}
SAID = {name: label[lang] for name, label in LABELS.items()}  # in pictures

# %% [markdown]
# ## The figures
#
# Means of three years, because patents of small regions jump (@indicators). Regions without a figure on patents or
# researchers in any of these years (a dash at Rosstat: nothing, or what would identify single
# organisations) are left out by name rather than imputed, because what would be imputed is most of
# what the index measures. Neighbours share a border or a corner; Kaliningrad and Sakhalin
# are linked to the region nearest to their shore.

# %%
regions = wb.load("russia-regions")
capitals = wb.load("russia-regions", part="capitals80")
panel = wb.load("russia-innovation")
recent = (
    panel[panel.index.get_level_values("year").isin(YEARS)].groupby("region").mean(skipna=False)
)
incomplete = recent.index[recent.isna().any(axis=1)]
recent = recent.drop(index=incomplete)
recent["granted"] = recent["patents"] + recent["utility_models"]
shapes = regions.loc[recent.index]
names = shapes["name_en" if lang == "en" else "name_ru"]
W = wb.weights.queen(shapes, islands="nearest")

people = recent["population"]  # thousand
indicators = pd.DataFrame(
    {
        "patents": 100 * recent["patents"] / people,
        "utility models": 100 * recent["utility_models"] / people,
        "R&D": 100 * recent["rd"] / recent["grp"],
        "researchers": 10 * recent["researchers"] / people,
        "students": 1000 * recent["students"] / people,
        "unemployment": recent["unemployment"],
        "GRP": recent["grp"] / people,
        "investment": recent["investment"] / people,
    }
)
metadata = wb.innovation.Indicators(
    pd.DataFrame(
        {
            "direction": ["higher"] * 5 + ["lower"] + ["higher"] * 2,
            "label": [SAID[name] for name in indicators.columns],
            "group": ["results"] * 2 + ["science"] * 2 + ["people"] * 2 + ["economy"] * 2,
            "unit": [
                "inventions per 100,000 people",
                "utility models per 100,000 people",
                "% of GRP",
                "with a degree, per 10,000 people",
                "per 1,000 people",
                "% of the labour force",
                "thousand RUB a head",
                "thousand RUB a head",
            ],
        },
        index=indicators.columns,
    )
)
wb.publish(
    indicators.describe()
    .T[["min", "50%", "mean", "max"]]
    .rename(columns={"50%": "median"})
    .join(metadata.table[["group", "direction", "unit"]]),
    "indicators",
    labels=LABELS,
    caption={
        "en": "The indicators: means of 2016–2018 over regions",
        "ru": "Показатели: средние за 2016–2018 годы по регионам",
    },
)

# %%
wb.claim(
    "coverage",
    {
        "en": "{regions} regions enter. Left out for missing figures: {left_out}.",
        "ru": "В расчёт входят регионы числом {regions}. Не вошли из-за пропусков в данных: "
        "{left_out}.",
    },
    numbers={
        "regions": len(recent),
        "left_out": {
            "en": ", ".join(regions.loc[incomplete, "name_en"]),
            "ru": ", ".join(regions.loc[incomplete, "name_ru"]),
        },
    },
)

# %% [markdown]
# ## 1. The index
#
# The usual recipe [@oecd2008]: outlying values pulled in where a distribution is very skewed, min–max
# to 0–100, equal weights within groups and between them, arithmetic means. @index shows what the groups
# contribute in the best forty regions, @index-map where the index is high.

# %%
index = wb.innovation.composite(indicators, metadata, outliers="winsorise")
wb.publish(
    index.plot(title="", names=names),
    "index",
    caption={
        "en": "The index and what its groups contribute, best forty regions",
        "ru": "Индекс и вклад в него групп показателей, сорок лучших регионов",
    },
)

# %%
wb.publish(
    wb.choropleth(index.scores, regions, k=5, legend_title={"en": "index", "ru": "индекс"}),
    "index-map",
    caption={"en": "The index, quintiles", "ru": "Индекс, квинтили"},
)

# %% [markdown]
# Does it hang together? Cronbach's α [@cronbach1951] asks whether the indicators of a group measure
# one thing; the last columns of @checks compare the weight of an indicator with how much the index in
# fact depends on it.

# %%
checks = index.checks()
wb.publish(
    checks.tidy()[["item_total", "weight", "linear_ratio", "effective_share"]],
    "checks",
    labels=LABELS,
    caption={
        "en": "What the index is made of: correlation with the other indicators of the group, weight, "
        "share of the variance of the index that the indicator explains, and its effective share",
        "ru": "Из чего состоит индекс: корреляция с остальными показателями группы, вес, доля "
        "дисперсии индекса, объясняемая показателем, и его действительная доля",
    },
)
wb.claim(
    "alphas",
    {
        "en": "Cronbach's α is {alpha:.2f} over all indicators; by group it is lowest for {lowest} ({low:.2f}).",
        "ru": "Альфа Кронбаха по всем показателям равна {alpha:.2f}; по группам она наименьшая в "
        "группе «{lowest}» ({low:.2f}).",
    },
    numbers={
        "alpha": float(checks.glance()["alpha"].iloc[0]),
        "lowest": LABELS[str(checks.groups["alpha"].iloc[:-1].idxmin())],
        "low": float(checks.groups["alpha"].iloc[:-1].min()),
    },
)

# %% [markdown]
# ## 2. How sure are the ranks?
#
# The construction is replayed with its choices drawn together [@saisana2005]: how values are brought
# to one scale, how they are weighed, how they are put together, what is done about outliers, which
# indicator is left out, and weights moved by up to a quarter. No choice is *right*: the spread of
# ranks (@ranks, @ranks-table) is what readers of one recipe do not see. Which of the choices makes it is
# in @sobol.

# %%
uncertainty = index.uncertainty(draws=DRAWS)
sensitivity = index.sensitivity()
wb.publish(
    uncertainty.plot(title="", names=names),
    "ranks",
    caption={
        "en": "Ranks as recorded, and over a thousand constructions (median, 5 to 95 %)",
        "ru": "Места в исходном индексе и по тысяче вариантов построения (медиана, от 5 до 95 %)",
    },
)
wb.publish(
    sensitivity.plot(title=""),
    "sobol",
    caption={
        "en": "Which choice moves the ranks: shares of the variance of the mean shift",
        "ru": "Какой выбор сдвигает места: доли дисперсии среднего сдвига",
    },
)

# %%
table = uncertainty.table
wide = (table["rank_high"] - table["rank_low"]).sort_values()
choices = sensitivity.tidy().sort_values("total", ascending=False)
wb.publish(
    table.head(20).rename(index=shapes["name_en"]),
    "ranks-table",
    labels={
        row["name_en"]: {"en": row["name_en"], "ru": row["name_ru"]}
        for _, row in shapes.iterrows()
    },
    caption={
        "en": "The best twenty regions as recorded",
        "ru": "Двадцать лучших регионов исходного индекса",
    },
)
wb.claim(
    "answer-ranks",
    {
        "en": "**A rank is known to within {spread:.0f} places in the median region** (@ranks; the width of its 5 to "
        "95 % interval; {narrow} regions have five or fewer, {wide} have forty or more). {first} is first "
        "in {first_same:.0%} of constructions (@ranks-table). The choice that moves ranks most is {choice} (@sobol): "
        "{share:.0%} of the variance of the mean shift ({low:.0%} to {high:.0%}), interactions included.",
        "ru": "**Место медианного региона известно с точностью до {spread:.0f} позиций** (@ranks; такова "
        "ширина интервала от 5 до 95 %; не более пяти позиций — у {narrow} регионов, сорок и "
        "больше — у {wide}). {first}: первое место в {first_same:.0%} построений (@ranks-table). "
        "Сильнее всего сдвигает места выбор «{choice}» (@sobol): {share:.0%} дисперсии среднего сдвига (от "
        "{low:.0%} до {high:.0%}), включая взаимодействия.",
    },
    numbers={
        "spread": float(wide.median()),
        "narrow": int((wide <= 5).sum()),
        "wide": int((wide >= 40).sum()),
        "first": {
            "en": shapes.loc[table.index[0], "name_en"],
            "ru": shapes.loc[table.index[0], "name_ru"],
        },
        "first_same": float((uncertainty.ranks.loc[table.index[0]] == 1).mean()),
        "choice": str(choices.index[0]),
        "share": float(choices["total"].iloc[0]),
        "low": float(choices["total_low"].iloc[0]),
        "high": float(choices["total_high"].iloc[0]),
    },
    kind="simulation",
    drawn_by=[uncertainty, sensitivity],
)

# %% [markdown]
# ## 3. Are leaders clustered, whatever the recipe?
#
# Moran's *I* and local clusters of every drawn construction (@moran, @moran-draws), local ones adjusted
# for the number of regions [@benjamini1995].

# %%
carried = uncertainty.moran(W)
local = uncertainty.lisa(W)
wb.publish(
    carried,
    "moran",
    caption={
        "en": "Moran's I of the index over all constructions",
        "ru": "Индекс Морана для сводного индекса по всем построениям",
    },
)
wb.publish(
    carried.plot(title=""),
    "moran-draws",
    caption={"en": "Moran's I over all constructions", "ru": "Индекс Морана по всем построениям"},
)

# %%
clustered = local.tidy()
ever = 1 - clustered["not significant"]
one = carried.tidy().iloc[0]
wb.claim(
    "answer-clusters",
    {
        "en": "**Neighbours are alike under nearly every recipe: Moran's *I* is {recorded:.2f} for the recorded "
        "index, {low:.2f} to {high:.2f} in 95 % of the others, and significant in {share:.1%} of all** (@moran-draws). But "
        "no map of clusters can be drawn from it: with {tests} tests allowed for, the regions in a local "
        "cluster of the recorded index are {regions}, and {ever} are in one under some construction (no "
        "region in more than {most:.0%} of them).",
        "ru": "**Соседи похожи почти при любом рецепте: индекс Морана равен {recorded:.2f} для "
        "исходного индекса, от {low:.2f} до {high:.2f} в 95 % остальных и значим в "
        "{share:.1%} всех** (@moran-draws). Но карту кластеров по нему не нарисовать: с учётом числа "
        "проверок, а их {tests}, в локальном кластере исходного индекса регионов {regions}, а"
        " хотя бы при одном построении — {ever} (ни один регион не бывает в нём чаще чем в "
        "{most:.0%} построений).",
    },
    numbers={
        "recorded": float(one["recorded"]),
        "low": float(one["conf_low"]),
        "high": float(one["conf_high"]),
        "share": float(one["share_significant"]),
        "tests": len(clustered),
        "regions": int((clustered["cluster"] != "not significant").sum()),
        "ever": int((ever > 0).sum()),
        "most": float(ever.max()),
    },
    kind="simulation",
    drawn_by=[carried, local],
)

# %% [markdown]
# ## 4. Types of regions
#
# Two ways to put regions into types. The rating of HSE University [@gokhberg2021] cuts the distance
# to the leader at 20, 40 and 60 % (@leader-types); it is repeated over constructions whose scale begins at zero,
# because a share of the leader's score means nothing on others. Levels of two sub-indices (science;
# economy) against their medians make four types that have names (@types-map; their profiles are in
# @profiles). How far the two agree is said by the adjusted Rand index [@hubert1985]. <!-- given -->

# %%
scaled = index.uncertainty(
    {"outliers": ["winsorise", "none"], "weighting": ["equal", "pca"], "left_out": True,
     "weight_noise": 0.25},
    draws=DRAWS,
)  # fmt: skip
leaders = wb.innovation.leader_types(index, draws=scaled)
levels = wb.innovation.combined_types(
    index.levels[["science", "economy"]].rename(columns=SAID),
    {
        ("high", "high"): SAID["science and means"],
        ("high", "low"): SAID["science without means"],
        ("low", "high"): SAID["means without science"],
        ("low", "low"): SAID["neither"],
    },
)
profiles = wb.innovation.typology_profiles(
    levels,
    indicators.rename(columns=SAID),
    made_from=[SAID[name] for name in ("R&D", "researchers", "GRP", "investment")],
)
agreement = wb.innovation.compare_typologies(leaders, levels)
wb.publish(
    leaders,
    "leader-types",
    caption={"en": "Types by the distance to the leader", "ru": "Типы по расстоянию до лидера"},
    drawn_by=scaled,
)
wb.publish(
    levels.map(regions, title=""),
    "types-map",
    caption={
        "en": "Types by the levels of science and economy",
        "ru": "Типы по уровням науки и экономики",
    },
)
wb.publish(
    profiles.plot(title=""),
    "profiles",
    caption={
        "en": "Profiles of the four types, in standard deviations",
        "ru": "Профили четырёх типов, в стандартных отклонениях",
    },
)

# %%
sure = leaders.augment()
wb.claim(
    "answer-types",
    {
        "en": "**{first_group} regions are of type I, {last_group} of type IV** (@leader-types). In {sure} of {regions} regions "
        "nine tenths of the constructions give the same type. The two typologies agree little more than "
        "by chance: adjusted Rand {rand:.2f} (p = {p_permutation:p}); where one type holds most regions "
        "it cannot be large.",
        "ru": "**Регионов типа I: {first_group}, типа IV: {last_group}** (@leader-types). Для {sure} "
        "из {regions} регионов девять десятых построений дают один и тот же тип. Две "
        "типологии согласуются немногим лучше, чем случайно: скорректированный индекс Рэнда "
        "{rand:.2f} (p = {p_permutation:p}); там, где большинство регионов одного типа, он и "
        "не может быть велик.",
    },
    numbers={
        "first_group": int((sure["type"] == "I").sum()),
        "last_group": int((sure["type"] == "IV").sum()),
        "sure": int((leaders.probabilities.max(axis=1) >= 0.9).sum()),
        "regions": len(sure),
        "rand": float(agreement.tidy().loc["adjusted Rand", "estimate"]),
        "p_permutation": float(agreement.tidy().loc["adjusted Rand", "p_permutation"]),
    },
    kind="simulation",
    drawn_by=[scaled, agreement],
)

# %% [markdown]
# ## 5. Position, and how far knowledge reaches
#
# The potential of a place (@potential) is the sum of R&D everywhere, each divided by its distance: the market
# potential of @harris1954 with R&D in the place of markets. How far R&D of others reaches is
# estimated together with how strong it is (@decay); that it does not reach at all is tested with the distance
# left open [@davies1987], which the usual *t* of the spillover cannot do. A second fit has longitude
# and latitude of the capitals beside it: what is left then is more than a slope over the whole map.
# @decay-profile is that of the first fit.

# %%
places = capitals.geometry.loc[recent.index]
recent["longitude"], recent["latitude"] = places.x, places.y
position = wb.innovation.potential(recent["rd"], shapes)
BESIDE = {"spillover alone": "", "beside a slope over the map": " + longitude + latitude"}
decays = {
    name: wb.innovation.spillover_decay(
        f"log(patents) ~ log(rd) + log(students){more}",
        recent,
        places,
        "log(rd)",
        normalize=True,
        draws=499,
    )
    for name, more in BESIDE.items()
}
wb.publish(
    position.map(regions, title=""),
    "potential",
    caption={
        "en": "R&D potential relative to its mean",
        "ru": "Потенциал исследований и разработок относительно среднего",
    },
)
rows = {}
for name, found in decays.items():
    low, high = found.interval()
    rows[name] = {
        "spillover": found.tidy().loc["spillover", "estimate"],
        "decay length, km": found.tidy().loc["decay", "estimate"],
        "at least": low,
        "at most": high,
        "largest F": found.test.statistic,
        "p_permutation": found.test.p_value,
    }
wb.publish(
    pd.DataFrame(rows).T,
    "decay",
    labels=LABELS,
    caption={
        "en": "Patents, and how far the R&D of other regions reaches: two fits, intervals by profile",
        "ru": "Патенты и дальность действия исследований и разработок других регионов: две оценки, "
        "интервалы по профилю",
    },
    kind="simulation",
    drawn_by=decays,
)
wb.publish(
    decays["spillover alone"].plot(title=""),
    "decay-profile",
    caption={
        "en": "The decay of the spillover by its profile, without a slope over the map",
        "ru": "Затухание перетока по его профилю, без наклона по карте",
    },
)

# %%
alone, beside = decays.values()
wb.claim(
    "answer-spillover",
    {
        "en": "**How far the R&D of others reaches these figures do not tell, nor whether it does.** That there is "
        "no spillover has p = {alone_p_value:p} with nothing beside it (@decay), and the fit is best at the edge of "
        "the distances ({length:.0f} km, @decay-profile), where the spillover is a slope over the whole country; with "
        "longitude and latitude in the equation it has p = {beside_p_value:p}. Own R&D is {own:.0%} of the "
        "potential of the median region, and {capital:.0%} of Moscow's.",
        "ru": "**Насколько далеко действуют чужие исследования и действуют ли вообще, эти данные не"
        " говорят.** Гипотеза об отсутствии перетока имеет p = {alone_p_value:p}, если рядом "
        "ничего нет (@decay), и лучше всего модель подходит на краю расстояний ({length:.0f} км, @decay-profile), где "
        "переток — это наклон через всю страну; с долготой и широтой в уравнении p = "
        "{beside_p_value:p}. На собственные исследования приходится {own:.0%} потенциала "
        "медианного региона и {capital:.0%} потенциала Москвы.",
    },
    numbers={
        "alone_p_value": alone.test.p_value,
        "beside_p_value": beside.test.p_value,
        "length": float(alone.tidy().loc["decay", "estimate"]),
        "own": float(position.table["own_share"].median()),
        "capital": float(position.table.loc["RU-MOW", "own_share"]),
    },
    kind="simulation",
    drawn_by=decays,
)

# %% [markdown]
# ## 6. Who gets most out of what it has?
#
# Two answers to one question: patents granted (inventions and utility models) for R&D and
# researchers. Data envelopment [@banker1984] compares each region with the best practice of those
# that have at most as much of both, and takes all distance for inefficiency (@envelopment); a bootstrap [@simar1998]
# corrects for a frontier that is drawn through few regions. A stochastic frontier [@aigner1977]
# assumes a production function and splits its residual into noise and inefficiency (@frontier).

# %%
envelopment = wb.innovation.data_envelopment(
    recent[["rd", "researchers"]],
    recent["granted"],
    returns="vrs",
    orientation="output",
    bootstrap=DRAWS,
)
frontier = wb.innovation.stochastic_frontier("log(granted) ~ log(rd) + log(researchers)", recent)
wb.publish(
    envelopment.plot(title="", names=names),
    "envelopment",
    caption={
        "en": "Efficiency by envelopment: patents granted, from R&D and researchers",
        "ru": "Эффективность по методу оболочки: выданные патенты от затрат на исследования и от "
        "исследователей",
    },
)
wb.publish(
    frontier,
    "frontier",
    caption={
        "en": "A stochastic frontier of patents granted",
        "ru": "Стохастическая граница для выданных патентов",
    },
)

# %%
both = pd.DataFrame(
    {
        "envelopment": envelopment.tidy()["corrected"],
        "frontier": frontier.augment()["efficiency"],
        "index": index.scores,
    }
)
ranks = both.rank().corr()
wb.publish(
    ranks,
    "efficiency-correlations",
    labels=LABELS,
    caption={"en": "Rank correlations of three scores", "ru": "Ранговые корреляции трёх оценок"},
)
best = envelopment.tidy()
wb.claim(
    "answer-efficiency",
    {
        "en": "**{efficient} of {regions} regions lie on the frontier of the envelopment; corrected for bias the "
        "median efficiency is {median:.2f}.** Its scores agree with those of the stochastic frontier at a "
        "rank correlation of {agree:.2f}, and with the index at {index:.2f} (@efficiency-correlations): efficiency and level are "
        "different things. That there is no inefficiency has p = {p_value:p}.",
        "ru": "**На границе оболочки лежат {efficient} из {regions} регионов; с поправкой на "
        "смещение медианная эффективность равна {median:.2f}.** Её оценки согласуются с "
        "оценками стохастической границы с ранговой корреляцией {agree:.2f}, а с индексом — "
        "{index:.2f} (@efficiency-correlations): эффективность и уровень — разные вещи. Гипотеза об отсутствии "
        "неэффективности имеет p = {p_value:p}.",
    },
    numbers={
        "efficient": int((best["efficiency"] > 1 - 1e-9).sum()),
        "regions": len(best),
        "median": float(best["corrected"].median()),
        "agree": float(ranks.loc["envelopment", "frontier"]),
        "index": float(ranks.loc["envelopment", "index"]),
        "p_value": frontier.tests["no inefficiency"].p_value,
    },
    kind="simulation",
    drawn_by=envelopment,
)

# %% [markdown]
# ## 7. How concentrated is it?
#
# The locational Gini [@krugman1991] compares shares of an activity with those of population: 0 where
# both are spread alike (@gini). Location quotients say who specialises in inventions and who in utility
# models (the smaller patent), with intervals, so that a handful of patents does not make a
# specialist.

# %%
granted = (len(YEARS) * recent[["patents", "utility_models"]]).round().astype(int)
gini = wb.innovation.locational_gini(
    recent[["rd", "patents", "researchers", "students", "grp"]],
    reference=recent["population"],
    interval="none",
)
quotients = wb.innovation.location_quotients(granted, adjust="benjamini-hochberg")
wb.publish(
    gini.plot(title=""),
    "gini",
    caption={
        "en": "Lorenz curves against population",
        "ru": "Кривые Лоренца относительно населения",
    },
)
said = quotients.tidy()["class"].xs("utility_models", level="activity")

# %%
coefficients = gini.tidy()["gini"]
wb.claim(
    "answer-concentration",
    {
        "en": "**Of the five, R&D is the most concentrated: its locational Gini against population is {rd:.2f}, that of "
        "researchers {researchers:.2f}, of patents {patents:.2f}, of students {students:.2f}, of GRP "
        "{grp:.2f}** (@gini). {more} regions specialise in utility models, {less} in inventions; of {unclear} the "
        "patents of three years cannot tell.",
        "ru": "**Из пяти величин сильнее всего сосредоточены исследования и разработки: их "
        "локационный индекс Джини относительно населения равен {rd:.2f}, исследователей — "
        "{researchers:.2f}, патентов — {patents:.2f}, студентов — {students:.2f}, ВРП — "
        "{grp:.2f}** (@gini). На полезных моделях специализируются {more} регионов, на изобретениях —"
        " {less}; о {unclear} патенты трёх лет судить не позволяют.",
    },
    numbers={
        **{name: float(coefficients[name]) for name in coefficients.index},
        "more": int((said == "specialised").sum()),
        "less": int((said == "not specialised").sum()),
        "unclear": int((said == "cannot tell").sum()),
    },
    kind="closed form",
)

# %% [markdown]
# ## What these figures do not allow to say
#
# - An index has no true value. Intervals of ranks show what follows from choices that we thought of;
#   they are not confidence intervals, and a choice nobody drew (other indicators above all) is not in
#   them.
# - Eight indicators of what happens to be counted are not innovation: there is no innovative output of
#   firms, no design, no software, nothing that is kept secret. Patents are counted where the applicant
#   has its seat, which favours Moscow.
# - R&D and GRP are in current prices of the years, and prices differ between regions.
# - Regions with suppressed figures are left out, and with them the emptiest part of the map.
# - A spillover estimated from a cross-section is an association in space: regions near to R&D differ in
#   much else. The study *knowledge-spillovers* follows regions over time.
# - Efficiency is relative to these regions, these inputs and these outputs. Envelopment
#   flatters regions that are extreme in any one respect.
# - Intervals of location quotients take patents one by one; patents of one firm come together, and
#   chance then does more than they say.
# - Types are cuts through something continuous: regions near a bound are named by their probability.
