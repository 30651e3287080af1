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
#     - ai-geography
#     - ai-geography-published
#     - russia-regions
#     - russia-innovation
#     picture: types-map
#     question: Which regions have the potential to create and to adopt AI technologies,
#       and what does creation there follow from?
#     question_ru: Какие регионы могут создавать и внедрять технологии ИИ и из чего
#       следует их создание?
#     title: Where Russia's regions can create and adopt AI
#     title_ru: Где регионы России могут создавать и внедрять ИИ
# ---

# %% [markdown]
# # Where Russia's regions can create and adopt AI
#
# Figures on artificial intelligence by region (research centres, developers, organisations that use
# it) are not public here. The study therefore defines their form, *ai-geography*: whoever has such a
# table puts it into the folder `yours`, and the index, the types and the logits of this page are computed
# from it. Without such a file, everything runs on **public proxies** of Rosstat's yearbooks: patents for
# inventions stand for creating new technology, utility models (the smaller patent, of devices in use)
# for adopting it, R&D, researchers, students, investment and gross regional product for what both need. What
# proxies say of AI is an analogy, not a measurement. The page says which of both it was made from.
#
# The idea that is examined is that of an innovation cycle. New technology is *created* where science
# and people are; it is *adopted* where there is production, investment and demand for it; it *spreads*
# to neighbours, along links that could be made. S. P. Zemtsov's studies of 2024 [@zemtsov2024] and 2025 give
# Russia's regions a potential to create and to adopt AI, put them into types, and explain the creation of AI
# by logits of one regressor each. These published logits stand here, too (@published-logits), and are asked
# whether their numbers agree. Types, named regions and logits were typed by hand from the published tables (*ai-geography-published*):
# a slip in typing would look like one in print.
#
# Tests are read at 5 %. The answer of each section stands at its end, in bold.

# %% tags=["parameters"]
lang = "en"

# %%
from itertools import combinations

import numpy as np
import pandas as pd

import workbench as wb
from workbench.core.statistics import NotApplicable

wb.set_language(lang)

WORDS = {
    "stage": "стадия", "hypothesis": "гипотеза", "claim": "утверждение", "number": "число",
    "geography": "география", "agreement of types": "согласие типов",
    "map of creation": "карта создания", "map of adoption": "карта внедрения",
    "creation": "создание", "adoption": "внедрение", "diffusion": "распространение",
    "science": "наука", "people": "люди", "links": "связи", "production": "производство",
    "investment": "инвестиции", "demand": "спрос", "neighbours": "соседи",
    "neighbours' investment": "инвестиции соседей", "R&D": "исследования и разработки",
    "researchers": "исследователи", "students": "студенты", "GRP": "ВРП",
    "R&D per head": "исследования и разработки на душу населения",
    "researchers per head": "исследователи на душу населения", "market in reach": "доступный рынок",
    "potential links": "потенциальные связи", "index without inventions": "индекс без изобретений",
    "potential": "потенциал", "create": "создание", "adopt": "внедрение", "test": "критерий",
    "type": "тип", "leader": "лидер", "creative core": "творческое ядро",
    "creative-acceptor centre": "творческо-акцепторный центр",
    "mainly acceptor centre": "преимущественно акцепторный центр",
    "minimal potential": "минимальный потенциал", "region": "регион", "published": "опубликовано",
    "here": "здесь", "sure here": "здесь надёжно", "as published": "как опубликовано",
    "probability": "вероятность", "regressor": "регрессор", "const": "константа",
    "const_se": "ст. ошибка константы", "const_sig": "значимость константы",
    "coef": "коэффициент", "coef_se": "ст. ошибка коэффициента",
    "coef_sig": "значимость коэффициента", "pseudo_r2": "псевдо-R²", "bic": "критерий Шварца",
    "z_low": "z от", "z_high": "z до", "stars": "звёздочки", "stars_implied": "следует",
    "turning_point": "точка перелома", "turning_low": "от", "turning_high": "до",
    "events": "события", "flag": "замечание",
    "const_stars": "звёздочки константы",
    "const_stars_implied": "следует", "ratio_low": "отношение правдоподобия не менее",
    "wald_high": "статистика Вальда не более", "by chance": "случайно",
    "rand": "скорр. индекс Рэнда", "separation": "разделение", "none": "нет",
    "estimate (ML)": "оценка (МП)", "estimate (Firth)": "оценка (Фирт)",
    "pseudo_rsquared": "псевдо-R²", "five": "пять", "eight": "восемь", "sixteen": "шестнадцать",
    "eight per head": "восемь на душу населения", "beside population": "кроме населения",
    "bounds": "границы", "agree": "совпадают с названными", "outcome": "исход",
    "population": "население", "analogue": "опубликованный регрессор",
    "published pseudo R²": "псевдо-R² опубл.", "published BIC": "критерий опубл.",
    "lag by 20 and 40 %": "отставание на 20 и 40 %", "lag by 30 and 50 %": "отставание на 30 и 50 %",
    "lag by 40 and 60 %": "отставание на 40 и 60 %", "lag by 50 and 70 %": "отставание на 50 и 70 %",
    "counts": "число", "inventions": "изобретения", "utility models": "полезные модели",
    "figures": "данные", "public proxies": "открытые заменители", "your file": "ваш файл",
    "map of neighbours": "карта соседей",
    "map of neighbours' investment": "карта инвестиций соседей", "spillover": "переток",
    "diffusion over time": "распространение во времени",
    "creation over time": "создание во времени",
    "neighbours over time": "соседи во времени",
    "neighbours' investment over time": "инвестиции соседей во времени",
    "neighbours of inventors over time": "соседи изобретающих во времени",
    "map of neighbours over time": "карта соседей во времени",
    "map of neighbours' investment over time": "карта инвестиций соседей во времени",
    "map of neighbours of inventors over time": "карта соседей изобретающих во времени",
    "estimate": "оценка", "p_permutation": "p перестановок",
    "significant_share": "доля значимых карт",
}  # fmt: skip
WORDS |= {
    "Of regions of equal population those with more R&D per head are among the creators":
        "При равном населении к создателям относятся регионы с бо́льшими исследованиями на душу",
    "Of regions of equal population those with more researchers per head are among the creators":
        "При равном населении к создателям относятся регионы с бо́льшим числом исследователей на душу",
    "Of regions of equal population those with more links that could be made are among the creators":
        "При равном населении к создателям относятся регионы с бо́льшим числом возможных связей",
    "Richer production adopts more": "Чем богаче производство, тем больше внедряется",
    "Regions that invest more adopt more": "Регионы, которые больше инвестируют, больше внедряют",
    "Regions with large markets in reach adopt more":
        "Регионы с большими доступными рынками внедряют больше",
    "R&D of neighbours raises adoption": "Исследования соседей повышают внедрение",
    "Types drawn here agree with the published ones, whatever the bounds":
        "Типы, выделенные здесь, согласуются с опубликованными при любых границах",
    "Neighbours have a similar potential to create": "У соседей сходный потенциал создания",
    "Neighbours have a similar potential to adopt": "У соседей сходный потенциал внедрения",
    "share of the named regions with the published type > published types dealt out at random among these regions":
        "доля названных регионов с опубликованным типом > при случайной раздаче опубликованных типов",
    "published types dealt out at random among these regions":
        "опубликованные типы розданы этим регионам случайно",
    "Moran's I of the potential to create > values dealt out at random over the regions":
        "I Морана потенциала создания > при случайном размещении значений",
    "Moran's I of the potential to adopt > values dealt out at random over the regions":
        "I Морана потенциала внедрения > при случайном размещении значений",
    "values dealt out at random over the regions": "значения размещены по регионам случайно",
    "Technology comes out of research": "Технологии рождаются из исследований",
    "Knowledge is in heads": "Знания живут в людях",
    "Ideas meet where many could meet": "Идеи встречаются там, где могут встретиться многие",
    "Technology is adopted where there is something to apply it to":
        "Технологии внедряют там, где их есть к чему применить",
    "New technology comes in new equipment": "Новые технологии приходят с новым оборудованием",
    "Near buyers make new technology pay": "Близкие покупатели окупают новые технологии",
    "People and suppliers carry knowledge over borders":
        "Люди и поставщики переносят знания через границы регионов",
    "Suppliers and buyers equip each other": "Поставщики и покупатели оснащают друг друга",
    "Both sort regions by science, people, production and demand":
        "Обе типологии упорядочивают регионы по науке, людям, производству и спросу",
    "Investment of neighbours raises adoption": "Инвестиции соседей повышают внедрение",
    "R&D of true neighbours raises adoption more than that of displaced ones":
        "Исследования истинных соседей повышают внедрение больше, чем исследования соседей на сдвинутой карте",
    "Investment of true neighbours raises adoption more than that of displaced ones":
        "Инвестиции истинных соседей повышают внедрение больше, чем инвестиции соседей на сдвинутой карте",
    "the map turned or mirrored": "карта повёрнута или отражена",
    "t of the indirect impact of R&D > the map turned or mirrored":
        "t косвенного эффекта исследований > на повёрнутых или отражённых картах",
    "t of the indirect impact of investment > the map turned or mirrored":
        "t косвенного эффекта инвестиций > на повёрнутых или отражённых картах",
    "A spillover needs the true neighbours": "Переток требует истинных соседей",
    "Where R&D of neighbours grew, adoption grew":
        "Где выросли исследования соседей, выросло внедрение",
    "Where investment of neighbours grew, adoption grew":
        "Где выросли инвестиции соседей, выросло внедрение",
    "Where R&D of neighbours grew, creation grew":
        "Где выросли исследования соседей, выросло создание",
    "Where R&D of true neighbours grew, adoption grew more than with displaced ones":
        "Где выросли исследования истинных соседей, внедрение выросло больше, чем при соседях на сдвинутой карте",
    "Where investment of true neighbours grew, adoption grew more than with displaced ones":
        "Где выросли инвестиции истинных соседей, внедрение выросло больше, чем при соседях на сдвинутой карте",
    "Where R&D of true neighbours grew, creation grew more than with displaced ones":
        "Где выросли исследования истинных соседей, создание выросло больше, чем при соседях на сдвинутой карте",
}  # fmt: skip
LABELS = {word: {"en": word, "ru": said} for word, said in WORDS.items()}
ENGLISH = {"bic": "BIC", "pseudo_rsquared": "pseudo R²", "pseudo_r2": "pseudo R²", "z_low": "z from",
           "z_high": "z to", "const": "constant", "const_se": "its std. error",
           "const_sig": "its stars", "coef": "coefficient", "coef_se": "its std. error",
           "coef_sig": "its stars", "stars_implied": "stars implied",
           "const_stars": "stars of the constant", "const_stars_implied": "stars implied",
           "ratio_low": "likelihood ratio, at least", "wald_high": "Wald statistic, at most",
           "flag": "what does not agree", "rand": "adjusted Rand",
           "turning_point": "turning point", "turning_low": "from", "turning_high": "to",
           "p_permutation": "p (permutations)", "significant_share": "share significant"}  # fmt: skip
LABELS |= {word: {"en": said, "ru": WORDS[word]} for word, said in ENGLISH.items()}

BEFORE, AFTER = [2015, 2016, 2017], [2018, 2019, 2020]
EVENTS = 8  # a tenth of the regions
MAPS = 199  # displaced ones for each spillover
DRAWS = 500

# %% [markdown]
# ## 1. What is claimed
#
# Hypotheses by stage of the cycle (@hypotheses). Each is a statement about one number, of a model or of a permutation test; its
# interval or its p-value decides whether it is *supported*, *contradicted*, or the figures *cannot
# tell*. The verdicts stand in @verdicts, in section 9. Creation and adoption are measured in 2018–2020, what they are explained by in 2015–2017: an
# index of potential that holds last year's patents would explain this year's by themselves. What is said *over
# time* is asked within regions, year by year. All are
# exploratory: the figures have been public for years, and the estimates over time had been seen here before they were
# held against displaced maps.

# %%
creation = [
    wb.Hypothesis(
        "Of regions of equal population those with more R&D per head are among the creators",
        "coefficient(log(rd / population)) > 0",
        name="science",
        mechanism="Technology comes out of research",
    ),
    wb.Hypothesis(
        "Of regions of equal population those with more researchers per head are among the creators",
        "coefficient(log((1 + researchers) / population)) > 0",
        name="people",
        mechanism="Knowledge is in heads",
    ),
    wb.Hypothesis(
        "Of regions of equal population those with more links that could be made are among the creators",
        "coefficient(log(1 + links)) > 0",
        name="links",
        mechanism="Ideas meet where many could meet",
        reference="Reed 2001",
    ),
]
adoption = [
    wb.Hypothesis(
        "Richer production adopts more",
        "coefficient(log(grp / population)) > 0",
        name="production",
        mechanism="Technology is adopted where there is something to apply it to",
    ),
    wb.Hypothesis(
        "Regions that invest more adopt more",
        "coefficient(log(investment / grp)) > 0",
        name="investment",
        mechanism="New technology comes in new equipment",
    ),
    wb.Hypothesis(
        "Regions with large markets in reach adopt more",
        "coefficient(log(market)) > 0",
        name="demand",
        mechanism="Near buyers make new technology pay",
        reference="Harris 1954",
    ),
]
diffusion = [
    wb.Hypothesis(
        "R&D of neighbours raises adoption",
        wb.indirect("log(rd / population)"),
        ">",
        0,
        name="neighbours",
        mechanism="People and suppliers carry knowledge over borders",
        reference="Jaffe 1989",
    ),
    wb.Hypothesis(
        "Investment of neighbours raises adoption",
        wb.indirect("log(investment / grp)"),
        ">",
        0,
        name="neighbours' investment",
        mechanism="Suppliers and buyers equip each other",
    ),
]
diffusion_over_time = [
    wb.Hypothesis(
        "Where R&D of neighbours grew, adoption grew",
        wb.indirect("log(rd)"),
        ">",
        0,
        name="neighbours over time",
        mechanism="People and suppliers carry knowledge over borders",
        reference="Jaffe 1989",
    ),
    wb.Hypothesis(
        "Where investment of neighbours grew, adoption grew",
        wb.indirect("log(investment / grp)"),
        ">",
        0,
        name="neighbours' investment over time",
        mechanism="Suppliers and buyers equip each other",
    ),
]
creation_over_time = [
    wb.Hypothesis(
        "Where R&D of neighbours grew, creation grew",
        wb.indirect("log(rd)"),
        ">",
        0,
        name="neighbours of inventors over time",
        mechanism="People and suppliers carry knowledge over borders",
        reference="Jaffe 1989",
    ),
]
displaced = [
    wb.Expectation(
        "R&D of true neighbours raises adoption more than that of displaced ones",
        "t of the indirect impact of R&D",
        ">",
        null="the map turned or mirrored",
        name="map of neighbours",
        mechanism="A spillover needs the true neighbours",
        reference="Gibbons and Overman 2012",
    ),
    wb.Expectation(
        "Investment of true neighbours raises adoption more than that of displaced ones",
        "t of the indirect impact of investment",
        ">",
        null="the map turned or mirrored",
        name="map of neighbours' investment",
        mechanism="A spillover needs the true neighbours",
        reference="Gibbons and Overman 2012",
    ),
]
displaced_over_time = [
    wb.Expectation(
        f"Where {what} of true neighbours grew, {grew} grew more than with displaced ones",
        f"t of the indirect impact of {what}",
        ">",
        null="the map turned or mirrored",
        name=f"map of {spillover.name}",
        mechanism="A spillover needs the true neighbours",
        reference="Gibbons and Overman 2012",
    )
    for spillover, what, grew in (
        (diffusion_over_time[0], "R&D", "adoption"),
        (diffusion_over_time[1], "investment", "adoption"),
        (creation_over_time[0], "R&D", "creation"),
    )
]
AT_RANDOM = "values dealt out at random over the regions"
geography = [
    wb.Expectation(
        "Types drawn here agree with the published ones, whatever the bounds",
        "share of the named regions with the published type",
        ">",
        null="published types dealt out at random among these regions",
        name="agreement of types",
        mechanism="Both sort regions by science, people, production and demand",
    ),
    wb.Expectation(
        "Neighbours have a similar potential to create",
        "Moran's I of the potential to create",
        ">",
        null=AT_RANDOM,
        name="map of creation",
        mechanism="People and suppliers carry knowledge over borders",
    ),
    wb.Expectation(
        "Neighbours have a similar potential to adopt",
        "Moran's I of the potential to adopt",
        ">",
        null=AT_RANDOM,
        name="map of adoption",
        mechanism="Suppliers and buyers equip each other",
    ),
]
STAGES = {
    "creation": creation,
    "adoption": adoption,
    "diffusion": [*diffusion, *displaced],
    "diffusion over time": [*diffusion_over_time, *displaced_over_time[:2]],
    "creation over time": [*creation_over_time, *displaced_over_time[2:]],
    "geography": geography,
}
claimed = pd.concat(
    {stage: wb.stated(several) for stage, several in STAGES.items()}, names=["stage"]
)
wb.publish(
    claimed[["statement", "restriction", "null", "mechanism"]],
    "hypotheses",
    labels=LABELS,
    caption={
        "en": "What is claimed, by stage of the innovation cycle, written down before any model; all exploratory, "
        "at 5 %",
        "ru": "Что утверждается, по стадиям инновационного цикла, записано до всех моделей; все гипотезы разведочные, "
        "уровень 5 %",
    },
)

# %% [markdown]
# ## 2. The figures
#
# The units of the yearbooks count the autonomous districts within the regions that contain them.
# A dash for patents stands for none; regions without a figure on R&D or researchers are left out by
# name. Means of 2015–2017 are what regions had, patents of 2018–2020 what came of it. Neighbours
# share a border or a corner; Kaliningrad and Sakhalin are linked to the region nearest to their shore.
# *Links* are the pairs of a researcher and a student that a region could have; *market* is the
# potential of gross regional product, each region's divided by its distance [@harris1954].

# %%
yours = wb.data.is_here("ai-geography")
regions = wb.load("russia-regions")
panel = wb.load("russia-innovation")
panel[["patents", "utility_models"]] = panel[["patents", "utility_models"]].fillna(0)
year = panel.index.get_level_values("year")
had = panel[year.isin(BEFORE)].groupby("region").mean(skipna=False)
left_out = had.index[had.isna().any(axis=1)]
had = had.drop(index=left_out)
granted = panel[year.isin(AFTER)].groupby("region")[["patents", "utility_models"]].sum()
granted = granted.loc[had.index]

shapes = regions.loc[had.index]
names = shapes["name_en"] if lang == "en" else shapes["name_ru"]
W = wb.weights.queen(shapes, islands="nearest")
agents = had[["researchers", "students"]].assign(students=1000 * had["students"])
links = wb.innovation.potential_links(
    agents.round().astype(int), between=[("researchers", "students")]
)
market = wb.innovation.potential(had["grp"], shapes)
had["links"], had["market"] = links.table["within"], market.values
had["created"] = granted["patents"].rank(ascending=False, method="min").le(EVENTS).astype(int)
had["intensity"] = (
    (granted["patents"] / had["population"])
    .rank(ascending=False, method="min")
    .le(EVENTS)
    .astype(int)
)
had["adopted"] = np.log((1 + granted["utility_models"]) / had["population"])

CREATE = ("st_potential", "research_centres", "education_programmes", "developers")
ADOPT = ("production_technologies", "software_revenue", "adoption_share", "broadband_share",
         "internet_share", "digital_costs")  # fmt: skip
ASKED = ("st_potential", "research_centres", "education_programmes", "developers",
         "production_technologies", "software_employment_share", "software_revenue",
         "counterparty_links", "creation_potential")  # fmt: skip
to_create, to_adopt, regressors, unused, own_index, own_logits = [], [], [], [], False, False
if yours:
    file = wb.load("ai-geography")
    periods = file.index.unique("year").sort_values()
    last = file.xs(periods[-1], level="year")
    first = file.xs(periods[-2 if len(periods) > 1 else -1], level="year")
    common = first.index.intersection(last.index).intersection(had.index)
    lost = regions.loc[regions.index.isin(file.index.unique("region").difference(common))]
    absent = regions.loc[had.index.difference(file.index.unique("region"))]
    first, last = first.loc[common], last.loc[common]
    whole = [c for c in first if first[c].notna().all() and first[c].min() < first[c].max()]
    unused = [c for c in dict.fromkeys(CREATE + ADOPT + ASKED) if c in first and c not in whole]
    to_create, to_adopt, regressors = (
        [c for c in wanted if c in whole] for wanted in (CREATE, ADOPT, ASKED)
    )
    own_index = min(len(to_create), len(to_adopt)) > 1
    outcomes = last["ai_created"] if "ai_created" in last else pd.Series(dtype=float)
    own_logits = bool(regressors) and outcomes.notna().all() and outcomes.nunique() == 2

wb.claim(
    "source",
    {
        "en": "This page was made from {source}. {regions} of the {units} units enter; left out for missing "
        "figures: {left_out}.",
        "ru": "Эта страница построена по {source}. Учтены {regions} из {units} единиц; пропущены из-за "
        "отсутствия данных: {left_out}.",
    },
    numbers={
        "source": {
            "en": "your file ai-geography and Rosstat's yearbooks"
            if yours
            else "public proxies: Rosstat's yearbooks alone",
            "ru": "вашему файлу ai-geography и сборникам Росстата"
            if yours
            else "открытым заменителям, только по сборникам Росстата",
        },
        "regions": len(had),
        "units": len(regions),
        "left_out": {
            "en": ", ".join(regions.loc[left_out, "name_en"]),
            "ru": ", ".join(regions.loc[left_out, "name_ru"]),
        },
    },
)

# %%
if yours:
    none = {"en": "none", "ru": "нет"}
    proxies = {
        "en": "public proxies (your file has not two whole columns for each)",
        "ru": "открытые заменители (в файле нет по два полных столбца для каждого)",
    }
    no_logits = {
        "en": "public proxies (your file has no outcome ai_created with both values in its last "
        "year, or no whole regressor)",
        "ru": "открытые заменители (в файле нет исхода ai_created с обоими значениями в последнем "
        "году или нет полного регрессора)",
    }
    listed_columns = {
        "potentials": ", ".join((*to_create, *to_adopt)) if own_index else proxies,
        "logits": ", ".join(regressors) if own_logits else no_logits,
        "unused": ", ".join(unused) or none,
    }
    wb.claim(
        "your-file",
        {
            "en": "Of your file {regions} regions enter, outcomes of {last} and all else of {first}. In the file, "
            "but left out, because a year or Rosstat's figures are missing: {lost}; not in the file: {absent}. The "
            "potentials are made of {potentials}; the logits of {logits}. Not used, because a "
            "region has no figure or all have the same: {unused}.",
            "ru": "Из вашего файла учтено регионов: {regions}; исходы за {last} год, остальное за {first}. Есть в "
            "файле, но пропущены, так как нет одного из годов или данных Росстата: {lost}; нет в файле: {absent}. "
            "Потенциалы построены по столбцам: {potentials}; логит-модели: {logits}. Не "
            "использованы, так как у региона нет значения или все значения равны: {unused}.",
        },
        numbers={
            "regions": len(common),
            **{
                key: {
                    "en": ", ".join(found["name_en"]) or "none",
                    "ru": ", ".join(found["name_ru"]) or "нет",
                }
                for key, found in (("lost", lost), ("absent", absent))
            },
            "last": {"en": str(periods[-1]), "ru": str(periods[-1])},
            "first": {key: str(periods[-2 if len(periods) > 1 else -1]) for key in ("en", "ru")},
            **{
                key: said if isinstance(said, dict) else {"en": said, "ru": said}
                for key, said in listed_columns.items()
            },
        },
    )

# %% [markdown]
# ## 3. Two potentials
#
# The potential to create has science (R&D, its share of product), people (researchers and students, in
# all and per head) and results (inventions). The potential to adopt has production, investment,
# technology in use (utility models) and demand in reach. Sizes enter as logarithms, because Moscow is
# not a hundred times a region; intensities as they are. With a file of yours this goes by the unit: shares and
# points enter as they are, all else (organisations, programmes, roubles) as the logarithm of one more. Indicators are scaled from 0 to 100, weighed
# equally within groups and between them. @create-index shows what the groups contribute, @create-map and
# @adopt-map where the two are high. With a file of yours the indicators are those of its columns,
# if there are two for each potential without gaps.

# %%
people = had["population"]
proxies_create = pd.DataFrame(
    {
        "R&D": np.log(had["rd"]),
        "R&D intensity": 100 * had["rd"] / had["grp"],
        "researchers": np.log(1 + had["researchers"]),
        "researchers per head": 10 * had["researchers"] / people,
        "students": np.log(had["students"]),
        "students per head": 1000 * had["students"] / people,
        "inventions": np.log(1 + had["patents"]),
        "inventions per head": 100 * had["patents"] / people,
    }
)
proxies_adopt = pd.DataFrame(
    {
        "GRP": np.log(had["grp"]),
        "GRP per head": had["grp"] / people,
        "investment": np.log(had["investment"]),
        "investment per head": had["investment"] / people,
        "utility models": np.log(1 + had["utility_models"]),
        "utility models per head": 100 * had["utility_models"] / people,
        "market in reach": np.log(had["market"]),
    }
)
GROUPS_CREATE = ["science"] * 2 + ["people"] * 4 + ["results"] * 2
GROUPS_ADOPT = ["production"] * 2 + ["investment"] * 2 + ["technology"] * 2 + ["demand"]


def described(table, groups):
    return wb.innovation.Indicators(
        pd.DataFrame({"direction": "higher", "group": groups}, index=table.columns)
    )


unit = wb.data.describe("ai-geography").set_index("field")["unit"]
sized = unit.index[~unit.isin(["%", "points"])]
if own_index:
    levels = first[[*to_create, *to_adopt]].astype(float)
    counted_in = levels.columns.intersection(sized)
    levels[counted_in] = np.log1p(levels[counted_in])
    tables = {
        "create": (levels[to_create], ["AI"] * len(to_create)),
        "adopt": (levels[to_adopt], ["AI"] * len(to_adopt)),
    }
else:
    tables = {
        "create": (proxies_create, GROUPS_CREATE),
        "adopt": (proxies_adopt, GROUPS_ADOPT),
    }
potentials = {
    key: wb.innovation.composite(table, described(table, groups), outliers="winsorise")
    for key, (table, groups) in tables.items()
}
scores = pd.DataFrame({key: index.scores for key, index in potentials.items()})
inside = regions.loc[scores.index]
Wp = W if len(scores) == len(had) else wb.weights.queen(inside, islands="nearest")
wb.publish(
    potentials["create"].plot(title="", names=names),
    "create-index",
    caption={
        "en": "The potential to create and what its groups contribute, best forty regions",
        "ru": "Потенциал создания и вклад его групп, лучшие сорок регионов",
    },
)
for key, en, ru in (
    ("create", "The potential to create, quintiles", "Потенциал создания, квинтили"),
    ("adopt", "The potential to adopt, quintiles", "Потенциал внедрения, квинтили"),
):
    wb.publish(
        wb.choropleth(potentials[key].scores, regions, k=5, legend_title="0–100"),
        f"{key}-map",
        caption={"en": en, "ru": ru},
    )

# %%
wb.claim(
    "answer-potentials",
    {
        "en": "**{first} is first in the potential to create, with {create:.0f} of 100, and has {adopt:.0f} in "
        "that to adopt** (@create-map, @adopt-map). The two go together at a rank correlation of {rank:.2f}; the next to create are "
        "{next}.",
        "ru": "**По потенциалу создания первая {first}, {create:.0f} из 100; по потенциалу внедрения у неё "
        "{adopt:.0f}** (@create-map, @adopt-map). Ранговая корреляция двух потенциалов {rank:.2f}; следом по "
        "созданию идут {next}.",
    },
    numbers={
        "first": {
            "en": regions.loc[scores["create"].idxmax(), "name_en"],
            "ru": regions.loc[scores["create"].idxmax(), "name_ru"],
        },
        "create": float(scores["create"].max()),
        "adopt": float(scores.loc[scores["create"].idxmax(), "adopt"]),
        "rank": float(scores.rank().corr().iloc[0, 1]),
        "next": {
            "en": ", ".join(regions.loc[scores["create"].nlargest(5).index[1:], "name_en"]),
            "ru": ", ".join(regions.loc[scores["create"].nlargest(5).index[1:], "name_ru"]),
        },
    },
)

# %% [markdown]
# ## 4. Five types
#
# The published rule of types is not given in a form that could be repeated, so this study states its own: a **core** lags the
# leader in the potential to create by no more than 40 %, the first and second types of HSE's rating;
# a region that lags by no more than 60 % (the third of HSE's types) is a **creative-acceptor centre**; of the others those whose
# potential to adopt is at least the mean are **mainly acceptors**. The leader is counted among the cores.
# The index is rebuilt with indicators left out and weights moved, which gives each region a
# probability of its type. @types counts the regions of each, @types-map shows where they are. <!-- given -->
#
# These bounds were **not fixed beforehand**. They were taken after the numbers of regions by type had
# been seen under four pairs of bounds, so that the agreement with the published types (@members)
# is flattered. @types-bounds shows what other bounds give, and how much agreement chance gives: the published types are dealt
# out again at random among the regions that the publications name, with as many of each type.
#
# Counts do not compare one to one: the units here hold three of the published regions
# (Nenets, Khanty-Mansi, Yamal-Nenets) within others, and leave Crimea and Sevastopol out.

# %%
published_types = wb.load("ai-geography-published", part="types")
members = wb.load("ai-geography-published", part="members")
ORDER = ["creative core", "creative-acceptor centre", "mainly acceptor centre", "minimal potential"]
COUNTED = ("core", "both", "acceptor", "minimal")
published_sizes = dict(zip(COUNTED, published_types["regions"].astype(int), strict=True))
wb.claim(
    "published-types",
    {
        "en": "Published are {core} *creative cores*, with Moscow at their head, {both} *creative-acceptor centres*, "
        "{acceptor} *mainly acceptor centres* and {minimal} regions of *minimal potential* (one fewer in the "
        "abstract of the article): {total} regions, of which the publications name {named}.",
        "ru": "Опубликованы *творческие ядра* ({core}, во главе с Москвой), *творческо-акцепторные центры* ({both}), "
        "*преимущественно акцепторные центры* ({acceptor}) и регионы с *минимальным потенциалом* ({minimal}; в "
        "аннотации статьи на один меньше): всего регионов {total}, из них названы в публикациях {named}.",
    },
    numbers=published_sizes | {"total": sum(published_sizes.values()), "named": len(members)},
)

# %%
RULE = {
    (create, adopt): {
        "high": "creative core",
        "middle": "creative-acceptor centre",
        "low": {"high": "mainly acceptor centre", "low": "minimal potential"}[adopt],
    }[create]
    for create in ("high", "middle", "low")
    for adopt in ("high", "low")
}
uncertain = {
    key: index.uncertainty({"left_out": True, "weight_noise": 0.25}, draws=DRAWS)
    for key, index in potentials.items()
}
BOUNDS = (0.4, 0.6)
types = wb.innovation.combined_types(
    scores, RULE, cuts={"create": ("leader", *BOUNDS), "adopt": "mean"}, draws=uncertain
)
sizes = types.sizes.reindex(ORDER).fillna(0).astype(int)
sure = pd.Series(
    [int((types.probabilities.loc[types.members(n), n] >= 0.9).sum()) for n in ORDER], index=ORDER
)
counts = pd.DataFrame(
    {"published": published_types["regions"].to_numpy(), "here": sizes, "sure here": sure}
)
wb.publish(
    types.map(regions, title=""),
    "types-map",
    caption={
        "en": "Types by the potentials to create and to adopt",
        "ru": "Типы по потенциалам создания и внедрения",
    },
)
wb.publish(
    counts.rename_axis("type"),
    "types",
    labels=LABELS,
    caption={
        "en": f"Numbers of regions by type (the leader among the cores): as published (of {sum(published_sizes.values())}), here (of the units "
        "with figures), and here in nine tenths of the constructions",
        "ru": f"Число регионов по типам (лидер среди ядер): опубликованное (из {sum(published_sizes.values())}), здесь (из единиц с данными) и здесь "
        "не менее чем в девяти десятых построений",
    },
    kind="simulation",
    drawn_by=uncertain,
)

# %%
named = members.join(types.labels.astype(str).rename("here"), how="left")
named["as published"] = named["order"].map(dict(enumerate(ORDER, start=1)))
named["probability"] = [
    float(types.probabilities.loc[r, t]) if r in types.probabilities.index else float("nan")
    for r, t in zip(named.index, named["as published"], strict=True)
]
named["agrees"] = named["as published"] == named["here"]
wb.publish(
    named[["as published", "here", "probability"]],
    "members",
    labels=LABELS | dict(regions["name_en" if lang == "en" else "name_ru"]),
    formats={"probability": ".2f"},
    caption={
        "en": "The regions that the publications name: their type there and here, and the share of "
        "constructions that give them the published type",
        "ru": "Регионы, названные в публикациях: тип там и здесь и доля построений, дающих "
        "опубликованный тип",
    },
    kind="simulation",
    drawn_by=uncertain,
)
published_type = pd.Series(pd.Categorical(named["as published"], ORDER), index=named.index)
known = int(named["here"].notna().sum())
CHANCE = {"align": "intersection", "alternative": "greater", "permutations": 999, "seed": 2024}


def beside_chance(found):
    """Return how far types agree with the published ones; nothing if the named regions are of one."""
    if found.labels.reindex(named.index).nunique() < 2:
        return None
    return wb.innovation.compare_typologies(found, published_type, **CHANCE).tidy()


by_bounds, agreement = {}, None
tried = {}
for core, middle in ((0.2, 0.4), (0.3, 0.5), BOUNDS, (0.5, 0.7)):
    other = wb.innovation.combined_types(
        scores, RULE, cuts={"create": ("leader", core, middle), "adopt": "mean"}
    )
    row = f"lag by {100 * core:.0f} and {100 * middle:.0f} %"
    there = other.labels.astype(str).reindex(named.index)
    tried[row] = {
        **other.sizes.reindex(ORDER).fillna(0).astype(int),
        "agree": int((there == named["as published"]).sum()),
    }
    with_chance = beside_chance(other)
    if (core, middle) == BOUNDS:
        agreement = with_chance
    if with_chance is not None:
        share, rand = with_chance.loc["share in agreement"], with_chance.loc["adjusted Rand"]
        tried[row] |= {
            "by chance": share["expected"] * known,
            "p_permutation": share["p_permutation"],
            "rand": rand["estimate"],
        }
        by_bounds[row] = geography[0].judge(
            share["estimate"],
            expected=share["expected"],
            p_value=share["p_permutation"],
            alternative="greater",
        )
tried = pd.DataFrame(tried).T.rename_axis("bounds").astype(dict.fromkeys([*ORDER, "agree"], int))
wb.publish(
    tried,
    "types-bounds",
    labels=LABELS,
    formats={"by chance": ".1f", "rand": ".2f"},
    caption={
        "en": "Numbers of regions by type (the leader among the cores) under four pairs of bounds, how "
        "many of the regions that the publications name then have the published type, how many would by "
        "chance, the p-value of as many (permutations of the published types among these regions), "
        "and the adjusted Rand index, 0 by chance",
        "ru": "Число регионов по типам (лидер среди ядер) при четырёх парах границ, сколько из "
        "названных в публикациях регионов имеют тогда опубликованный тип, сколько имели бы случайно, "
        "p-значение такого числа (перестановки опубликованных типов между этими регионами) и "
        "скорректированный индекс Рэнда, при случайности равный 0",
    },
    kind="permutation",
    drawn_by=CHANCE["seed"],
)
wb.claim(
    "answer-types",
    {
        "en": "**By a rule whose bounds were chosen after looking there are {core} cores, {first} among them alone at the head, {both} "
        "creative-acceptor centres, {acceptor} mainly acceptors and {minimal} regions of minimal potential (@types); "
        "published are {published_core}, {published_both}, {published_acceptor} and {published_minimal}.** Of {named} "
        "regions that the publications name {agree} have the same type here (@members), {least} to {most} under the {pairs} pairs "
        "of bounds (@types-bounds); another one have {different}.",
        "ru": "**По правилу, границы которого выбраны после просмотра, творческих ядер {core}, из них {first} отдельно во главе, "
        "творческо-акцепторных центров {both}, преимущественно акцепторных {acceptor}, регионов с минимальным "
        "потенциалом {minimal} (@types); опубликовано {published_core}, {published_both}, {published_acceptor} и "
        "{published_minimal}.** Из {named} названных в публикациях регионов тот же тип здесь имеют {agree} (@members; при разных "
        "парах границ, их {pairs}, от {least} до {most}, @types-bounds); другой тип: {different}.",
    },
    numbers={
        "core": int(sizes["creative core"]),
        "first": {
            "en": regions.loc[scores["create"].idxmax(), "name_en"],
            "ru": regions.loc[scores["create"].idxmax(), "name_ru"],
        },
        "both": int(sizes["creative-acceptor centre"]),
        "acceptor": int(sizes["mainly acceptor centre"]),
        "minimal": int(sizes["minimal potential"]),
        **{f"published_{key}": size for key, size in published_sizes.items()},
        "named": len(named),
        "agree": int(named["agrees"].sum()),
        "pairs": len(tried),
        "least": int(tried["agree"].min()),
        "most": int(tried["agree"].max()),
        "different": {
            "en": ", ".join(regions.loc[named.index[~named["agrees"]], "name_en"]) or "none",
            "ru": ", ".join(regions.loc[named.index[~named["agrees"]], "name_ru"]) or "нет",
        },
    },
    kind="simulation",
    drawn_by=uncertain,
)

# %%
if agreement is not None:
    p_agree = float(agreement.loc["share in agreement", "p_permutation"])
    wb.claim(
        "answer-agreement",
        {
            "en": "Chance would give {chance:.1f} of {known} the published type (p = {p_permutation:p}; adjusted for the "
            "{pairs} pairs of bounds that were looked at, p = {pairs_p_permutation:p}); the adjusted Rand index is "
            "{rand:.2f} (p = {rand_p_permutation:p}). Under {beyond} of the {pairs} pairs, each asked "
            "by itself, more agree than by chance at 5 %. {little}",
            "ru": "Случайно опубликованный тип получили бы {chance:.1f} из {known} (p = {p_permutation:p}; с поправкой на "
            "просмотренные пары границ, их {pairs}, p = {pairs_p_permutation:p}); скорректированный индекс Рэнда "
            "{rand:.2f} (p = {rand_p_permutation:p}). Взятые порознь, на уровне 5 % чаще случайного согласуются "
            "{beyond} из {pairs} пар границ. {little}",
        },
        numbers={
            "chance": float(agreement.loc["share in agreement", "expected"] * known),
            "known": known,
            "p_permutation": p_agree,
            "pairs": len(tried),
            "pairs_p_permutation": min(1.0, len(tried) * p_agree),
            "rand": float(agreement.loc["adjusted Rand", "estimate"]),
            "rand_p_permutation": float(agreement.loc["adjusted Rand", "p_permutation"]),
            "beyond": int((tried["p_permutation"] < 0.05).sum()),
            "little": {
                "en": "That two sortings which both follow size agree beyond chance is little, and which of them is "
                "right it does not say.",
                "ru": "Что две типологии, обе следующие за размером, согласуются чаще случайного, говорит немного; "
                "какая из них верна, отсюда не следует.",
            }
            if min(1.0, len(tried) * p_agree) < 0.05
            else {
                "en": "After that adjustment the two sortings are not told from sortings that agree by chance.",
                "ru": "С этой поправкой согласие двух типологий не отличить от случайного.",
            },
        },
        kind="permutation",
        drawn_by=CHANCE["seed"],
    )

# %% [markdown]
# ## 5. Do neighbours share their potential?
#
# Moran's *I* (@moran) and local clusters of both potentials, over all constructions of each index; local ones
# adjusted for the number of regions (Benjamini–Hochberg). The maps of them (@lisa-create, @lisa-adopt) are of the
# index as recorded, each region by itself.

# %%
carried = {key: found.moran(Wp) for key, found in uncertain.items()}
local = {key: found.lisa(Wp) for key, found in uncertain.items()}
wb.publish(
    pd.concat({key: found.tidy() for key, found in carried.items()}, names=["potential"]),
    "moran",
    labels=LABELS,
    caption={
        "en": "Moran's I of both potentials: as recorded and over the constructions",
        "ru": "Индекс Морана двух потенциалов: по принятому построению и по всем построениям",
    },
    kind="simulation",
    drawn_by=carried,
)
for key, en, ru in (
    ("create", "the potential to create", "потенциала создания"),
    ("adopt", "the potential to adopt", "потенциала внедрения"),
):
    wb.publish(
        wb.lisa(scores[key], inside, Wp, seed=2018, alpha=0.05).plot(title=""),
        f"lisa-{key}",
        caption={
            "en": f"Local Moran of {en}, each region tested by itself at 5 %: an exploration, not a "
            "finding",
            "ru": f"Локальный индекс Морана {ru}, каждый регион проверен отдельно на уровне 5 %: "
            "разведка, а не вывод",
        },
    )

# %%
ever = {key: 1 - found.tidy()["not significant"] for key, found in local.items()}
rows = {key: found.tidy().iloc[0] for key, found in carried.items()}
wb.claim(
    "answer-clusters",
    {
        "en": "**Moran's *I* is {create:.2f} for the potential to create ({create_low:.2f} to {create_high:.2f} "
        "in 95 % of the constructions, significant in {create_share:.0%}) and {adopt:.2f} for the "
        "potential to adopt ({adopt_low:.2f} to {adopt_high:.2f}, significant in {adopt_share:.0%}; @moran).** "
        "Regions in a local cluster in at least half of the constructions: {create_ever} and "
        "{adopt_ever}.",
        "ru": "**Индекс Морана {create:.2f} для потенциала создания (от {create_low:.2f} до "
        "{create_high:.2f} в 95 % построений, значим в {create_share:.0%}) и {adopt:.2f} для потенциала "
        "внедрения (от {adopt_low:.2f} до {adopt_high:.2f}, значим в {adopt_share:.0%}; @moran).** "
        "Регионов, входящих в локальный кластер не менее чем в половине построений: {create_ever} и "
        "{adopt_ever}.",
    },
    numbers={
        f"{key}{suffix}": value
        for key, row in rows.items()
        for suffix, value in (
            ("", float(row["recorded"])),
            ("_low", float(row["conf_low"])),
            ("_high", float(row["conf_high"])),
            ("_share", float(row["share_significant"])),
            ("_ever", int((ever[key] >= 0.5).sum())),
        )
    },
    kind="simulation",
    drawn_by=[*carried.values(), *local.values()],
)

# %% [markdown]
# ## 6. The published logits
#
# Each explains whether AI technologies were created in a region by one regressor (@published-logits). Numbers in a table
# are not independent of each other. Schwarz's criterion [@schwarz1978] gives the likelihood, McFadden's pseudo
# R² [@mcfadden1974] then that of a constant alone, and this is known once one knows how many regions there are and in how
# many of them there was creation. So the table can be asked how many there were, without being told, if all
# rows are of the same regions (@published-deviances). (A likelihood is the same when regions with and without creation change places; that
# the rarer outcome is creation is our reading.)

# %%
printed = wb.load("ai-geography-published", part="logits")
in_russian = dict(zip(printed["regressor"], printed["regressor_ru"], strict=True))
rows_named = LABELS | {en: {"en": en, "ru": ru} for en, ru in in_russian.items()}
from workbench.models import printed_logits

found = printed_logits(printed)
wb.publish(
    printed.set_index("regressor").drop(columns="regressor_ru").fillna("").astype(str),
    "published-logits",
    labels=rows_named,
    caption={
        "en": "Logits of the creation of AI technologies, typed from the published table (Zemtsov 2025)",
        "ru": "Логит-модели создания технологий ИИ, перепечатаны из опубликованной таблицы (Земцов 2025)",
    },
)
wb.publish(
    found.plot(title=""),
    "published-deviances",
    caption={
        "en": "The null deviance that each row implies, within its rounding, and that of the sample "
        "which most rows agree with",
        "ru": "Нулевая девианса, следующая из каждой строки в пределах округления, и девианса выборки, "
        "с которой согласны большинство строк",
    },
)
implied = ["z_low", "z_high", "stars", "stars_implied", "const_stars", "const_stars_implied",
           "turning_point", "turning_low", "turning_high", "ratio_low", "wald_high",
           "events"]  # fmt: skip
wb.publish(
    found.tidy()[implied].rename_axis("regressor"),
    "published-implied",
    labels=rows_named,
    caption={
        "en": "What the rows imply: z, stars of coefficient and constant, the value of the regressor at which the "
        "probability is one half, the least likelihood ratio and the largest Wald statistic within rounding, and the "
        "numbers of events that agree with criterion and pseudo R²",
        "ru": "Что следует из строк: z, звёздочки коэффициента и константы, значение регрессора при вероятности одна "
        "вторая, наименьшее отношение правдоподобия и наибольшая статистика Вальда в пределах округления и "
        "числа событий, согласные с критерием и псевдо-R²",
    },
)
wb.publish(
    found.flags.set_index("row").rename_axis("regressor"),
    "published-flags",
    labels=rows_named,
    caption={
        "en": "What does not agree, and what looks like separation",
        "ru": "Что не согласуется и что похоже на разделение",
    },
)

# %%
most = int(found.pairs["consistent"].iloc[0])
as_good = found.pairs[found.pairs["consistent"] == most]
second = int(found.pairs["consistent"][found.pairs["consistent"] < most].iloc[0])
# zeros at the end may have been filled in: each number up to its last digit that is not 0
shown = printed_logits(printed, decimals={"bic": "shown", "pseudo_r2": "shown"}).pairs
shown = shown[shown["consistent"] == shown["consistent"].iloc[0]]


def exchanged(first, second):
    """Return with how many rows the best sample agrees if two rows exchange their pseudo R²."""
    moved = printed.copy()
    values = moved["pseudo_r2"].to_numpy(copy=True)
    values[[first, second]] = values[[second, first]]
    moved["pseudo_r2"] = values
    return int(printed_logits(moved).pairs["consistent"].iloc[0])


exchanges = pd.Series({pair: exchanged(*pair) for pair in combinations(range(len(printed)), 2)})
companies = found.exchanged.iloc[0]
counted_events = sorted(set(shown.index.get_level_values("events")))
wb.claim(
    "answer-published",
    {
        "en": "**Of {tried} samples tried {as_good} agrees with {best} of the {rows} rows and none with more: {nobs} "
        "regions, {events} of them with creation (@published-deviances); the next best agrees with {second}.** The number of events "
        "is surer than that of regions: if zeros at the end only fill the column, {shown} samples "
        "agree equally well, of {smallest} to {largest} regions, and {counts} events. "
        "Of the other rows *{a}* and *{b}* agree once their pseudo R² are exchanged, or "
        "their criteria, which comes to the same: two numbers of the table seem to have changed places. Of all "
        "{exchanges} exchanges of two rows {whole} makes every row agree with some sample. "
        "With {events} events for a regressor the estimates are at the edge of what exists: {runaway} "
        "rows have a likelihood ratio far above Wald's statistic, a standard error printed as zero or a "
        "pseudo R² near one, the marks of (near) separation (@published-flags). The constant of the last row has another "
        "sign than the others, and puts the turning point at {turning:.1f} (@published-implied).",
        "ru": "**Из {tried} испытанных выборок с {best} из {rows} строк согласуется {as_good}, с большим числом ни "
        "одной: {nobs} регионов, в {events} из них технологии созданы (@published-deviances); следующая согласуется с {second}.** "
        "Число событий надёжнее числа регионов: если нули в конце лишь заполняют столбец, "
        "одинаково хорошо согласуются {shown} выборки, от {smallest} до {largest} регионов, событий {counts}. "
        "Из остальных строк *{a}* и *{b}* согласуются, если поменять "
        "местами их псевдо-R² или, что то же самое, критерии: похоже, два числа в таблице переставлены. Из "
        "{exchanges} перестановок двух строк все строки согласует с какой-либо выборкой {whole}. "
        "При {events} событиях на регрессор оценки находятся на грани "
        "существования: в {runaway} строках отношение правдоподобия намного превышает статистику "
        "Вальда, стандартная ошибка напечатана как ноль или псевдо-R² близок к единице, а это признаки (почти) полного разделения (@published-flags). "
        "Константа последней строки имеет иной знак, чем в остальных, и точка перелома "
        "равна {turning:.1f} (@published-implied).",
    },
    numbers={
        "tried": len(found.pairs),
        "as_good": len(as_good),
        "shown": len(shown),
        "smallest": int(shown.index.get_level_values("nobs").min()),
        "largest": int(shown.index.get_level_values("nobs").max()),
        "counts": {
            "en": " or ".join(map(str, counted_events)),
            "ru": " или ".join(map(str, counted_events)),
        },
        "exchanges": len(exchanges),
        "whole": int((exchanges == len(printed)).sum()),
        "best": most,
        "rows": len(printed),
        "nobs": found.nobs,
        "events": found.events,
        "second": second,
        "a": {"en": str(companies["first"]), "ru": in_russian[companies["first"]]},
        "b": {"en": str(companies["second"]), "ru": in_russian[companies["second"]]},
        "runaway": int(
            found.flags.loc[found.flags["flag"].str.endswith("(separation?)"), "row"].nunique()
        ),
        "turning": float(found.table["turning_point"].iloc[-1]),
    },
)

# %%
if found.events == published_sizes["core"]:
    wb.claim(
        "cores-as-outcome",
        {
            "en": "{events} is also the number of the creative cores. If the outcome is membership in the cores, "
            "then the last row explains a type by the index that the type was cut from, and its pseudo R² of "
            "{rsquared:.2f} is no finding. The published table does not say; the next section keeps outcome and "
            "regressors apart.",
            "ru": "Столько же, {events}, и творческих ядер. Если исход состоит в принадлежности к ядрам, то последняя "
            "строка объясняет тип индексом, по которому он выделен, и её псевдо-R² {rsquared:.2f} ничего не "
            "доказывает. В опубликованной таблице об этом не сказано; в следующем разделе исход и регрессоры "
            "разделены.",
        },
        numbers={"events": found.events, "rsquared": float(printed["pseudo_r2"].iloc[-1])},
    )

# %% [markdown]
# ## 7. Logits of creation
#
# A region *creates* if it is among the tenth with most inventions in 2018–2020 (with a file of yours: if
# its last year says so). Regressors are of 2015–2017 (of the year before; sizes as logarithms there, too), and the index of potential is
# rebuilt **without inventions**. Population is among the regressors: inventions are counted here, not
# inventions per head, and what explains a count no better than the number of people does explains nothing.
# Each logit has one regressor, as in the published table; @logits has them all, @logits-beside those with a
# published counterpart, and @curve-best is the curve of the one with the smallest criterion. Before maximum
# likelihood is believed, linear programs [@konis2007] ask whether the regressor separates the regions; where it
# does [@albert1984], there is no estimate, and Firth's penalised likelihood stands in [@firth1993; @heinze2002]. It is shown everywhere, because it
# also takes out most of the bias that few events leave.

# %%
without = proxies_create[[c for c in proxies_create if "inventions" not in c]]
ingredients = wb.innovation.composite(
    without, described(without, GROUPS_CREATE[:6]), outliers="winsorise"
)
had["potential"] = ingredients.scores
REGRESSORS = {
    "population": "log(population)",
    "R&D": "log(rd)",
    "researchers": "log(1 + researchers)",
    "students": "log(students)",
    "R&D per head": "log(rd / population)",
    "researchers per head": "log((1 + researchers) / population)",
    "GRP": "log(grp)",
    "investment": "log(investment)",
    "market in reach": "log(market)",
    "potential links": "log(1 + links)",
    "index without inventions": "potential",
}
data, outcome = had, "created"
ANALOGUES = {
    "R&D": "S&T potential of region",
    "students": "AI education programmes",
    "potential links": "potential links between counterparties",
    "index without inventions": "AI creation potential (integral)",
}
if own_logits:
    data = first.assign(created=outcomes.astype(int))
    REGRESSORS = {c: f"log(1 + {c})" if c in sized else c for c in regressors}
    ANALOGUES = dict(zip(ASKED, printed["regressor"], strict=True))


def logits(table, outcome, weights=None):
    """Fit a univariate logit a regressor: Firth's always, maximum likelihood where it exists."""
    made = {}
    for name, term in REGRESSORS.items():
        formula = f"{outcome} ~ {term}"
        firth = wb.fit(formula, table, weights, family="binomial", method="firth")
        separated = firth.separation.kind
        plain = wb.fit(formula, table, family="binomial") if separated == "none" else None
        made[name] = (firth, plain)
    return made


def row_of(firth, plain):
    term = firth.estimates.terms[1]
    penalised = firth.tidy().loc[term]
    return {
        "separation": firth.separation.kind,
        "estimate (ML)": plain.params[term] if plain else float("nan"),
        "estimate (Firth)": penalised["estimate"],
        "conf_low": penalised["conf_low"],
        "conf_high": penalised["conf_high"],
        "p_value": penalised["p_value"],
        "bic": firth.bic,
        "pseudo_rsquared": firth.pseudo_rsquared,
    }


fits = logits(data, outcome, None if own_logits else W)
table = pd.DataFrame({name: row_of(*both) for name, both in fits.items()}).T.rename_axis(
    "regressor"
)
table = table.infer_objects().sort_values("bic")
wb.publish(
    table,
    "logits",
    labels=LABELS,
    caption={
        "en": "Univariate logits of creation: separation, estimates by maximum likelihood (blank where none "
        "exists) and by Firth's penalised likelihood with profile interval and penalised "
        "likelihood-ratio p-value; Schwarz's criterion and McFadden's pseudo R² of the latter",
        "ru": "Логит-модели создания с одним регрессором: разделение, оценки максимального правдоподобия "
        "(пусто, где их нет) и штрафованного правдоподобия Фирта с профильным интервалом и p-значением "
        "отношения штрафованных правдоподобий; критерий Шварца и псевдо-R² МакФаддена последнего",
    },
    kind="maximum likelihood",
)
best = str(table.index[0])
# Holm: from the smallest on, as long as each stays below 5 % times what is left
ordered = np.sort(table["p_value"].to_numpy(dtype=float)) * np.arange(len(table), 0, -1)
holm_count = int((ordered < 0.05).cumprod().sum())
row_named = printed.set_index("regressor")
beside = pd.DataFrame(
    {
        name: {
            "analogue": in_russian[ANALOGUES[name]] if lang == "ru" else ANALOGUES[name],
            "published pseudo R²": float(row_named.loc[ANALOGUES[name], "pseudo_r2"]),
            "pseudo_rsquared": float(table.loc[name, "pseudo_rsquared"]),
            "published BIC": float(row_named.loc[ANALOGUES[name], "bic"]),
            "bic": float(table.loc[name, "bic"]),
        }
        for name in table.index
        if name in ANALOGUES
    }
).T.rename_axis("regressor")
if len(beside):
    wb.publish(
        beside.infer_objects(),
        "logits-beside",
        labels=LABELS,
        caption={
            "en": "Published logits beside those here that come nearest in meaning. Criteria are of "
            "other regions, events and methods: their order compares, their size does not",
            "ru": "Опубликованные логит-модели рядом с ближайшими по смыслу здешними. Критерии "
            "относятся к разным регионам, событиям и методам: сравним их порядок, а не величина",
        },
        kind="maximum likelihood",
    )
wb.publish(
    fits[best][0].curve().plot(title="", names=names),
    "curve-best",
    caption={
        "en": f"The probability of creation along the regressor of the smallest criterion: {best}",
        "ru": "Вероятность создания вдоль регрессора с наименьшим критерием: "
        f"{WORDS.get(best, best)}",
    },
)
if "R&D" in fits:
    wb.publish(
        fits["R&D"][0].curve().plot(title="", names=names),
        "curve-rd",
        caption={
            "en": "The probability of creation along log R&D; the creators are named, and regions that the curve "
            "gets wrong",
            "ru": "Вероятность создания вдоль логарифма затрат на исследования и разработки; названы "
            "создающие регионы и те, в которых кривая ошибается",
        },
    )

# %% [markdown]
# How much hangs on the number of creators? The same logits with the five, eight and sixteen regions of
# most inventions, and with the eight of most inventions *per head*, where size does not decide. Two
# regressors together separate more easily than one, so all pairs are asked as well, without population
# (which a figure and the same figure per head still hold together).

# %%
order = granted["patents"].rank(ascending=False, method="min")
marks = {
    "five": order.le(5).astype(int),
    "eight": had["created"],
    "sixteen": order.le(16).astype(int),
    "eight per head": had["intensity"],
}
if not own_logits:
    ladder = {}
    for mark, values in marks.items():
        for name, (firth, _) in logits(had.assign(created=values), "created").items():
            ladder.setdefault((name, "separation"), {})[mark] = firth.separation.kind
            ladder.setdefault((name, "pseudo R²"), {})[mark] = firth.pseudo_rsquared
            ladder.setdefault((name, "p"), {})[mark] = float(firth.tidy()["p_value"].iloc[1])
    ladder = pd.DataFrame(ladder).T.rename_axis(["regressor", "measure"])
    by_mark = ladder.xs("pseudo R²", level="measure").astype(float)
    separated = {
        mark: int((ladder.xs("separation", level="measure")[mark] != "none").sum())
        for mark in marks
    }
    pairs = list(combinations([t for t in REGRESSORS.values() if t != "log(population)"], 2))
    both_in = {
        mark: [
            wb.fit(
                f"created ~ {a} + {b}",
                had.assign(created=marks[mark]),
                family="binomial",
                method="firth",
            )
            for a, b in pairs
        ]
        for mark in ("five", "eight", "sixteen")
    }
    parted = {
        mark: [fit for fit in made if fit.separation.kind != "none"]
        for mark, made in both_in.items()
    }
    by_two = {mark: len(made) for mark, made in parted.items()}
    wb.publish(
        by_mark,
        "logits-events",
        labels=LABELS,
        caption={
            "en": "Pseudo R² of the univariate logits (Firth) with other numbers of creators",
            "ru": "Псевдо-R² логит-моделей с одним регрессором (Фирт) при другом числе создающих регионов",
        },
        kind="maximum likelihood",
    )
    for fit in [fit for made in parted.values() for fit in made][:1]:
        wb.publish(
            fit.tidy(),
            "separated",
            caption={
                "en": f"A pair that separates ({fit.formula}, {fit.events} creators): maximum "
                "likelihood is refused, Firth's penalised likelihood has wide intervals",
                "ru": f"Пара, дающая разделение ({fit.formula}, создающих регионов {fit.events}): "
                "максимальное правдоподобие не имеет оценки, у штрафованного правдоподобия Фирта "
                "широкие интервалы",
            },
            notes=" ".join(fit.notes),
            kind="maximum likelihood",
        )
    perhead = ladder.xs("p", level="measure")["eight per head"].astype(float)
    wb.claim(
        "answer-logits",
        {
            "en": "**Creation, counted, follows size: the smallest criterion is that of {best} ({bic:.1f}, "
            "pseudo R² {rsquared:.2f}), next comes {next} ({next_bic:.1f} and {next_rsquared:.2f}), and of {all} "
            "regressors {significant} are significant, {holm} after Holm's adjustment** (@logits; the curve of R&D is in "
            "@curve-rd). Alone "
            "{five} of them separate the regions with five creators, {eight} with eight, {sixteen} "
            "with sixteen; of {pairs} pairs {five_two}, {eight_two} and {sixteen_two}: there maximum "
            "likelihood has no estimate (one such pair is in @separated). Per head, where size does not decide, {perhead} of {all} are "
            "significant at 5 %, and the largest pseudo R² is {largest:.2f} (@logits-events).",
            "ru": "**Создание, измеренное числом, следует за размером: наименьший критерий у регрессора «{best}» "
            "({bic:.1f}, псевдо-R² {rsquared:.2f}), затем «{next}» ({next_bic:.1f} и {next_rsquared:.2f}), из {all} "
            "регрессоров значимы {significant}, с поправкой Холма {holm}** (@logits; кривая для затрат на исследования — "
            "@curve-rd). Поодиночке "
            "регионы разделяют {five} из них при пяти создающих, {eight} при восьми, {sixteen} при "
            "шестнадцати; из {pairs} пар {five_two}, {eight_two} и {sixteen_two}: там у максимального "
            "правдоподобия нет оценки (одна такая пара — @separated). На душу населения, где размер не решает, на уровне 5 % "
            "значимы {perhead} из {all}, наибольший псевдо-R² {largest:.2f} (@logits-events).",
        },
        numbers={
            "best": {"en": best, "ru": WORDS[best]},
            "bic": float(table["bic"].iloc[0]),
            "rsquared": float(table["pseudo_rsquared"].iloc[0]),
            "all": len(table),
            "significant": int((table["p_value"] < 0.05).sum()),
            "holm": holm_count,
            "next": {"en": str(table.index[1]), "ru": WORDS[str(table.index[1])]},
            "next_bic": float(table["bic"].iloc[1]),
            "next_rsquared": float(table["pseudo_rsquared"].iloc[1]),
            "pairs": len(pairs),
            **{key: separated[key] for key in by_two},
            **{f"{key}_two": count for key, count in by_two.items()},
            "perhead": int((perhead < 0.05).sum()),
            "largest": float(by_mark["eight per head"].max()),
        },
        kind="maximum likelihood",
    )

# %%
if own_logits:
    alone_apart = int((table["separation"] != "none").sum())
    wb.claim(
        "answer-logits",
        {
            "en": "**Of {all} regressors of your file {significant} are significant at 5 % ({holm} after "
            "Holm's adjustment), with {events} events among {regions} regions; the smallest criterion is that "
            "of {best} ({bic:.1f}, pseudo R² {rsquared:.2f}; @logits).** {separation}",
            "ru": "**Из {all} регрессоров вашего файла на уровне 5 % значимы {significant} (с поправкой Холма "
            "{holm}); событий {events}, регионов {regions}; наименьший критерий у регрессора {best} ({bic:.1f}, "
            "псевдо-R² {rsquared:.2f}; @logits).** {separation}",
        },
        numbers={
            "all": len(table),
            "significant": int((table["p_value"] < 0.05).sum()),
            "holm": holm_count,
            "events": int(data["created"].sum()),
            "regions": len(data),
            "best": {"en": best, "ru": best},
            "bic": float(table["bic"].iloc[0]),
            "rsquared": float(table["pseudo_rsquared"].iloc[0]),
            "separation": {
                "en": f"Alone {alone_apart} of them separate the regions: there maximum likelihood has no estimate.",
                "ru": f"Поодиночке регионы разделяют {alone_apart}: там у максимального правдоподобия нет оценки.",
            }
            if alone_apart
            else {
                "en": "None of them separates the regions alone.",
                "ru": "Ни один из них поодиночке регионы не разделяет.",
            },
        },
        kind="maximum likelihood",
    )

# %% [markdown]
# ## 8. The stages
#
# *Creation*: is the region among the creators, given its population; R&D and researchers per head, and links,
# each in a logit of its own beside population, by Firth. *Adoption*: utility models per head, by least
# squares with errors robust to unequal variances (HC3). *Diffusion*: the same regressors with what neighbours have [@jaffe1989]
# (SDM, by maximum likelihood, with errors of the likelihood, which take variances to be equal), of which the
# indirect impact is the hypothesis (@impacts). Market in reach is in as well: without it the neighbours' R&D would stand for
# a place near the middle of the country. A spillover must need the true neighbours: each is asked again with the
# map turned or mirrored (@placebo), and **counts as supported only where the true map stands out** from the displaced ones [@gibbons2012];
# else the verdict is *cannot tell*. This was decided after a model without market in reach had been seen.
# P-values are adjusted by Holm within each stage.
#
# These stages are asked of the public proxies also where a file of yours is here: it has too few
# years and columns for them.

# %%
BESIDE = "created ~ log(population)"
LOGIT = {"family": "binomial", "method": "firth"}
creators = {
    "R&D": wb.fit(f"{BESIDE} + log(rd / population)", had, W, **LOGIT),
    "researchers": wb.fit(f"{BESIDE} + log((1 + researchers) / population)", had, W, **LOGIT),
    "links": wb.fit(f"{BESIDE} + log(1 + links)", had, W, **LOGIT),
}
NARROW = "adopted ~ log(grp / population) + log(investment / grp) + log(rd / population)"
ADOPTED = f"{NARROW} + log(market)"
adopters = wb.fit(ADOPTED, had, W, covariance="HC3")
spread = wb.fit(ADOPTED, had, W, model="sdm")
wb.publish(
    spread.impacts(),
    "impacts",
    caption={
        "en": "Direct, indirect and total impacts on utility models per head (SDM), logs",
        "ru": "Прямые, косвенные и полные эффекты для полезных моделей на душу населения (SDM), "
        "логарифмы",
    },
)

# %%
placebos = {
    asked_of.name: wb.placebo_geography(
        asked_of, spread, how=["displaced"], points=shapes, draws=MAPS, seed=2018, jobs=1
    )
    for asked_of in diffusion
}
turned = {name: placebo.glance().loc["displaced"] for name, placebo in placebos.items()}
wb.publish(
    pd.DataFrame(turned)
    .T[["estimate", "statistic", "p_permutation", "significant_share"]]
    .infer_objects()
    .rename_axis("spillover"),
    "placebo",
    labels=LABELS,
    caption={
        "en": "Indirect impacts under the true map, where they stand among those under 199 turned or mirrored "
        "maps, and the share of these maps that are significant at 5 %",
        "ru": "Косвенные эффекты на истинной карте, их место среди эффектов на 199 повёрнутых или отражённых "
        "картах и доля таких карт, значимых на уровне 5 %",
    },
    kind="permutation",
    drawn_by=placebos,
)
narrow = wb.fit(NARROW, had, W, model="sdm").impacts().tidy()
near_rd = ("log(rd / population)", "indirect")
wb.claim(
    "answer-diffusion",
    {
        "en": "**With market in reach the indirect impact of R&D is {with_it:.2f} (p = {with_it_p_value:p}; @impacts), without "
        "it {without:.2f} (p = {without_p_value:p}).** On displaced maps it is significant at 5 % in "
        "{share:.0%}, where it should be in about 5 %; the true map {stands} among them "
        "(p = {map_p_permutation:p}; @placebo).",
        "ru": "**С доступным рынком косвенный эффект исследований {with_it:.2f} (p = {with_it_p_value:p}; @impacts), без "
        "него {without:.2f} (p = {without_p_value:p}).** На сдвинутых картах он значим на уровне 5 % в "
        "{share:.0%} случаев, а должен быть примерно в 5 %; истинная карта среди них {stands} "
        "(p = {map_p_permutation:p}; @placebo).",
    },
    numbers={
        **{
            f"{key}{suffix}": float(impacts.loc[near_rd, column])
            for key, impacts in (("with_it", spread.impacts().tidy()), ("without", narrow))
            for suffix, column in (("", "estimate"), ("_p_value", "p_value"))
        },
        "share": float(turned["neighbours"]["significant_share"]),
        "map_p_permutation": float(turned["neighbours"]["p_permutation"]),
        "stands": {"en": "stands out", "ru": "выделяется"}
        if turned["neighbours"]["p_permutation"] < 0.05
        else {"en": "does not stand out", "ru": "не выделяется"},
    },
    kind="permutation",
    drawn_by=placebos,
)

# %%
apart = [name for name, fit in creators.items() if fit.separation.kind != "none"]
alone = wb.fit(BESIDE, had, **LOGIT).separation.kind != "none"
wb.claim(
    "creation-separated",
    {
        "en": "Population alone {alone} the {events} creators from the rest; beside it {apart} of the {all} logits "
        "are separated ({names}). Where population is enough, the figures have nothing to say of a second "
        "regressor: *cannot tell* is then a fact of the outcome, not of science, people or links. Other outcomes are tried in "
        "@creation-outcomes.",
        "ru": "Одно население {alone} {events} создающих регионов от остальных; вместе с ним разделение есть в "
        "{apart} из {all} логит-моделей ({names}). Где достаточно населения, данные ничего не "
        "говорят о втором регрессоре: вывод «нельзя судить» относится тогда к исходу, а не к "
        "науке, людям или связям. Другие исходы испытаны в таблице [-@creation-outcomes].",
    },
    numbers={
        "alone": {"en": "tells", "ru": "отделяет"}
        if alone
        else {"en": "does not tell", "ru": "не отделяет"},
        "events": int(had["created"].sum()),
        "apart": len(apart),
        "all": len(creators),
        "names": {
            "en": ", ".join(apart) or "none",
            "ru": ", ".join(WORDS[name] for name in apart) or "нет",
        },
    },
)
asked_again = {
    (mark, name): {
        "separation": fit.separation.kind,
        **fit.tidy().loc[fit.estimates.terms[2], ["estimate", "conf_low", "conf_high", "p_value"]],
    }
    for mark, values in marks.items()
    for name, made in creators.items()
    for fit in [wb.fit(made.formula, had.assign(created=values), **LOGIT)]
}
asked_again = pd.DataFrame(asked_again).T.rename_axis(["outcome", "regressor"]).infer_objects()
wb.publish(
    asked_again,
    "creation-outcomes",
    labels=LABELS,
    caption={
        "en": "R&D, researchers and links beside population: coefficients with other outcomes (numbers of creators, and "
        "creators per head), by Firth: an exploration, made after the verdicts were seen, unadjusted",
        "ru": "Исследования, исследователи и связи рядом с населением: коэффициенты при других исходах (число создающих регионов и "
        "создающие на душу населения), Фирт: разведка после того, как выводы стали известны, без поправки",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# The largest regions have the most inventions. Where creation is counted per head, size does not decide
# (@curve-perhead).

# %%
perhead_fit = wb.fit("intensity ~ log(rd / population)", had, W, **LOGIT)
wb.publish(
    perhead_fit.curve().plot(title="", names=names),
    "curve-perhead",
    caption={
        "en": "The probability of being among the tenth with most inventions per head, along log R&D per "
        "head; these regions are named, and those that the curve gets wrong",
        "ru": "Вероятность попасть в десятую часть регионов по числу изобретений на душу населения вдоль "
        "логарифма затрат на исследования на душу населения; названы эти регионы и те, в которых кривая "
        "ошибается",
    },
)

# %% [markdown]
# What is left in space once the regressors are in? Residuals of the logits of creation against random
# permutations, and by the test of @kelejian2001 for outcomes of 0 and 1 (@dependence).

# %%
left = pd.concat(
    {name: fit.dependence(seed=2018).tidy() for name, fit in creators.items()},
    names=["beside population"],
)
wb.publish(
    left[["statistic", "distribution", "p_value"]],
    "dependence",
    labels=LABELS,
    caption={
        "en": "Spatial dependence of what the logits of creation leave unexplained",
        "ru": "Пространственная зависимость того, что логит-модели создания оставили необъяснённым",
    },
    kind="permutation",
    drawn_by=2018,
)

# %% [markdown]
# And over time? Creation and adoption of the same region, year by year from 2005 to 2019, counts with
# effects of regions and years (Poisson, errors clustered by region; @over-time): what a region always was, and
# what all had in a year, is out. R&D and investment of neighbours are in as lags. The rule of the map holds here,
# too: a spillover over time counts as supported only where the true map stands out from the displaced ones (@placebo-over-time). Errors by
# region take what neighbours share in a year for news from each of them; turned maps keep what is smooth smooth.

# %%
over = panel[year.isin(range(2005, 2020))]
COUNTS = "{} ~ log(rd) + log(investment / grp) + log(grp / population)"
counted = {
    name: wb.fit(
        COUNTS.format(column),
        over,
        wb.weights.queen(regions, islands="nearest"),
        model="slx",
        family="poisson",
        effects="two-way",
        missing="drop-regions",
    )
    for name, column in (("inventions", "patents"), ("utility models", "utility_models"))
}
within = pd.concat({name: fit.impacts().tidy() for name, fit in counted.items()}, names=["counts"])
wb.publish(
    within[["estimate", "std_error", "p_value", "conf_low", "conf_high"]],
    "over-time",
    labels=LABELS,
    caption={
        "en": "Growth within regions, 2005–2019: direct and indirect impacts on the log of expected "
        "patents, region and year effects",
        "ru": "Рост внутри регионов, 2005–2019: прямые и косвенные эффекты для логарифма ожидаемого "
        "числа патентов, эффекты регионов и лет",
    },
)

# %%
OVER_TIME = {
    **dict.fromkeys(diffusion_over_time, counted["utility models"]),
    **dict.fromkeys(creation_over_time, counted["inventions"]),
}
placebos_over_time = {
    one.name: wb.placebo_geography(
        one, fit, how=["displaced"], points=regions, draws=MAPS, seed=2018, jobs=1
    )
    for one, fit in OVER_TIME.items()
}
turned_over_time = {
    name: placebo.glance().loc["displaced"] for name, placebo in placebos_over_time.items()
}
wb.publish(
    pd.DataFrame(turned_over_time)
    .T[["estimate", "statistic", "p_permutation", "significant_share"]]
    .infer_objects()
    .rename_axis("spillover"),
    "placebo-over-time",
    labels=LABELS,
    caption={
        "en": f"Indirect impacts within regions under the true map, where they stand among those under {MAPS} turned "
        "or mirrored maps, and the share of these maps that are significant at 5 %",
        "ru": f"Косвенные эффекты внутри регионов на истинной карте, их место среди эффектов на {MAPS} повёрнутых или "
        "отражённых картах и доля таких карт, значимых на уровне 5 %",
    },
    kind="permutation",
    drawn_by=placebos_over_time,
)
STANDS = {
    "stands out": {"en": "stands out", "ru": "выделяется"},
    "stands out on the other side": {
        "en": "stands out on the other side",
        "ru": "выделяется в другую сторону",
    },
    "does not stand out": {"en": "does not stand out", "ru": "не выделяется"},
}
wb.claim(
    "answer-over-time",
    {
        "en": "**Within regions the true map {stands} for R&D of neighbours and inventions (p = {near_p_permutation:p} "
        "among {maps} maps; by errors clustered by region p = {near_p_value:p}).** For R&D of neighbours and utility models it "
        "{model_stands} (p = {model_p_permutation:p}; by the errors p = {model_p_value:p}), for investment of neighbours and "
        "utility models it {spent_stands} (p = {spent_p_permutation:p}; by the errors p = {spent_p_value:p}). Significant at 5 % "
        "are {near_share:.0%}, {model_share:.0%} and {spent_share:.0%} of the displaced maps, where about 5 % should be. With "
        "{maps} maps no p-value is below {least_p_permutation:p} or, adjusted by Holm for {family}, below "
        "{adjusted_p_permutation:p}.",
        "ru": "**Внутри регионов истинная карта для исследований соседей и изобретений {stands} (p = {near_p_permutation:p}, "
        "карт {maps}; по ошибкам, кластеризованным по регионам, p = {near_p_value:p}).** Для исследований соседей и полезных "
        "моделей она {model_stands} (p = {model_p_permutation:p}; по ошибкам p = {model_p_value:p}), для инвестиций соседей и "
        "полезных моделей {spent_stands} (p = {spent_p_permutation:p}; по ошибкам p = {spent_p_value:p}). На уровне 5 % значимы "
        "{near_share:.0%}, {model_share:.0%} и {spent_share:.0%} сдвинутых карт, а должны быть примерно 5 %. При {maps} "
        "картах p-значение не бывает меньше {least_p_permutation:p}, а с поправкой Холма на {family} меньше "
        "{adjusted_p_permutation:p}.",
    },
    numbers={
        "maps": MAPS,
        "family": len(STAGES["diffusion over time"]),
        "least_p_permutation": 2 / (MAPS + 1),
        "adjusted_p_permutation": len(STAGES["diffusion over time"]) * 2 / (MAPS + 1),
        **{
            key: value
            for name, word, one in (
                ("near", "stands", "neighbours of inventors over time"),
                ("model", "model_stands", "neighbours over time"),
                ("spent", "spent_stands", "neighbours' investment over time"),
            )
            for row in [turned_over_time[one]]
            for key, value in (
                (word, STANDS[row["position"]]),
                (f"{name}_p_permutation", float(row["p_permutation"])),
                (f"{name}_share", float(row["significant_share"])),
            )
        },
        **{
            f"{name}_p_value": float(within.loc[(counts, term, "indirect"), "p_value"])
            for name, counts, term in (
                ("near", "inventions", "log(rd)"),
                ("model", "utility models", "log(rd)"),
                ("spent", "utility models", "log(investment / grp)"),
            )
        },
    },
    kind="permutation",
    drawn_by=placebos_over_time,
)

# %% [markdown]
# ## 9. The verdicts
#
# All hypotheses of section 1 (@verdicts), p-values adjusted by Holm within each stage. The agreement of types must hold under
# every pair of bounds, because the bounds were chosen after looking: the largest p-value decides. One-sided p-values
# of permutations are doubled. A spillover, between regions or over time, is supported only where its map is, and
# contradicted only where its map is: else *cannot tell*, whatever its own p-value.

# %%
maps = {
    key: wb.moran(scores[key], inside, Wp, permutations=999, seed=2018)
    for key in ("create", "adopt")
}
agreed = geography[0].judge(
    by_bounds
    or NotApplicable("agreement of types", geography[0].null, "the named regions are of one type")
)
on_maps = [
    expected.judge(
        float(row["statistic"]),
        expected=(row["statistic_low"] + row["statistic_high"]) / 2,
        p_value=float(row["p_permutation"]),
    )
    for expected, row in zip(
        [*displaced, *displaced_over_time],
        [*turned.values(), *turned_over_time.values()],
        strict=True,
    )
]
by_itself = [one.test(spread) for one in diffusion] + [
    one.test(fit) for one, fit in OVER_TIME.items()
]
pairs_of = {"diffusion": slice(0, 2), "diffusion over time": slice(2, 4), "creation over time": slice(4, 5)}
asked = {
    "creation": wb.hypotheses.test_hypotheses(creation, creators),
    "adoption": wb.hypotheses.test_hypotheses(adoption, {"least squares": adopters}),
    **{
        stage: wb.hypotheses.only_where(
            wb.hypotheses.family([*by_itself[these], *on_maps[these]]),
            {
                one.hypothesis.label: map_of.hypothesis.label
                for one, map_of in zip(by_itself[these], on_maps[these], strict=True)
            },
        )
        for stage, these in pairs_of.items()
    },
    "geography": wb.hypotheses.family(
        [agreed, geography[1].judge(maps["create"]), geography[2].judge(maps["adopt"])]
    ),
}
answers = pd.concat({stage: made.tidy() for stage, made in asked.items()}, names=["stage"])
answers = answers[answers["verdict"] != "not applicable"].reset_index().set_index("hypothesis")
of_file = answers["stage"].eq("geography") & own_index
answers["figures"] = np.where(of_file, "your file", "public proxies")
wb.publish(
    answers[
        [
            "stage",
            "figures",
            "estimate",
            "conf_low",
            "conf_high",
            "p_value",
            "p_adjusted",
            "verdict",
        ]
    ],
    "verdicts",
    labels=LABELS,
    caption={
        "en": "Verdicts by stage, p-values adjusted by Holm within the stage; where a test decides, its statistic "
        "stands for the estimate",
        "ru": "Выводы по стадиям, p-значения с поправкой Холма внутри стадии; где решает тест, вместо оценки стоит "
        "его статистика",
    },
    kind="maximum likelihood",
)


# %%
def counted_verdicts(rows):
    """Return how many hypotheses have each verdict, and which."""
    found = {"all": len(rows)}
    for word, number, which in (
        ("supported", "supported", "which"),
        ("contradicted", "contradicted", "against"),
        ("cannot tell", "open", "unclear"),
    ):
        named_ = rows.index[rows["verdict"] == word].tolist()
        found |= {
            number: len(named_),
            which: {
                "en": ", ".join(named_) or "none",
                "ru": ", ".join(WORDS[name] for name in named_) or "нет",
            },
        }
    return found


wb.claim(
    "answer-stages",
    {
        "en": "**On public proxies: of {all} hypotheses {supported} are supported ({which}), {contradicted} contradicted "
        "({against}), and of {open} the figures cannot tell ({unclear}; @verdicts).** Of {spillovers} spillovers {alone} would be "
        "supported by the errors of the model alone; {held} are, where the map must bear them out. Within regions over time a "
        "per cent more R&D of one's own goes with {own:.2f} per cent more inventions "
        "(p = {own_p_value:p}) and of neighbours with {near:.2f} (p = {near_p_value:p}; the true map {near_stands} among "
        "displaced ones); utility models with {model:.2f} (p = {model_p_value:p}) and {model_near:.2f} "
        "(p = {model_near_p_value:p}; the map {model_stands}).",
        "ru": "**По открытым заменителям: гипотез {all}, подтверждены {supported} ({which}), опровергнуты {contradicted} "
        "({against}), нельзя судить о {open} ({unclear}; @verdicts).** Перетоков {spillovers}; по одним ошибкам модели подтвердились бы "
        "{alone}, с требованием к карте подтверждены {held}. Внутри регионов во времени на "
        "процент большие собственные затраты на исследования сопутствуют изменению числа изобретений на {own:.2f} "
        "процента (p = {own_p_value:p}), затраты соседей на {near:.2f} (p = {near_p_value:p}; истинная карта среди сдвинутых "
        "{near_stands}); для полезных моделей {model:.2f} (p = {model_p_value:p}) и {model_near:.2f} "
        "(p = {model_near_p_value:p}; карта {model_stands}).",
    },
    numbers={
        **counted_verdicts(answers[~of_file]),
        "spillovers": len(by_itself),
        "near_stands": STANDS[turned_over_time["neighbours of inventors over time"]["position"]],
        "model_stands": STANDS[turned_over_time["neighbours over time"]["position"]],
        "alone": sum(one.answer == "supported" for one in by_itself),
        "held": int((answers.loc[[one.hypothesis.label for one in by_itself], "verdict"] == "supported").sum()),
        **{
            f"{key}{suffix}": float(within.loc[(counts, "log(rd)", effect), column])
            for key, counts, effect in (
                ("own", "inventions", "direct"),
                ("near", "inventions", "indirect"),
                ("model", "utility models", "direct"),
                ("model_near", "utility models", "indirect"),
            )
            for suffix, column in (("", "estimate"), ("_p_value", "p_value"))
        },
    },
    kind="maximum likelihood",
)
if of_file.any():
    wb.claim(
        "answer-file",
        {
            "en": "**On your file: of {all} hypotheses {supported} are supported ({which}), {contradicted} "
            "contradicted ({against}), and of {open} the figures cannot tell ({unclear}).**",
            "ru": "**По вашему файлу: гипотез {all}, подтверждены {supported} ({which}), опровергнуты "
            "{contradicted} ({against}), нельзя судить о {open} ({unclear}).**",
        },
        numbers=counted_verdicts(answers[of_file]),
        kind="permutation",
    )

# %% [markdown]
# ## What the figures do not allow to say
#
# - **Nothing here measures AI**, unless the page was made from a file of yours. Patents and utility models are
#   of all technology; regions that lead in them need not lead in AI. That types drawn from proxies agree with
#   the published ones says that potential in general and potential in AI look alike, or that both follow size.
# - Types are cuts through something continuous, by a rule of ours. Its bounds
#   were chosen after looking, and others are as good; the probabilities say how much hangs on weights and
#   indicators, not on the rule.
# - The units hide three autonomous districts in others, and leave Crimea and Sevastopol out: counts of
#   types cannot equal the published ones.
# - Agreement with the published types is judged on the regions that the publications name, which are no sample: they
#   are the ones worth naming, and both typologies follow size.
# - A logit of so few events has room for one regressor, perhaps two. Intervals of Firth's fits are honest about
#   it by being wide; which of several regressors that go together creates technology they do not say.
# - Where R&D of neighbours goes with adoption, this may be no spillover but a slope over the map, from the capital
#   outwards: the study *innovation-index* asks what longitude and latitude take of it. What is said of growth
#   within regions is in current roubles, without prices.
# - Outcomes are later than regressors, but regions change slowly, and most of what they had later they had before. Order in time is
#   no cause.
# - Patents are counted where the applicant has its seat, which favours Moscow; patents abroad and what is kept
#   secret are not counted. R&D and product are in current prices.
# - The published logits are known here by their table alone. That two of its numbers have changed places (two pseudo
#   R² or two criteria: which, it does not say) is the simplest reading of what does not fit; only the author's files could tell. What looks like
#   separation is read off likelihoods, not off regions.
# - Links are those that could be made, which grow faster than their ends [@reed2001]; how many are made nobody counted.
