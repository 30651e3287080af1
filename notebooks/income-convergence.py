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
#     - us-states
#     - us-income
#     picture: growth-russia
#     question: Did Russian regions and US states grow alike, and does a region's path
#       depend on who its neighbours are?
#     question_ru: Сближались ли регионы России и штаты США и зависит ли путь региона
#       от того, кто его соседи?
#     title: Do poor regions catch up, and do their neighbours matter?
#     title_ru: Догоняют ли бедные регионы богатых и важны ли для этого соседи?
# ---

# %% [markdown]
# # Do poor regions catch up, and do their neighbours matter?
#
# Two federations, two windows. The 48 contiguous **US states**, personal income per head 1929–2009:
# the textbook case of convergence, and the one on which @rey2001 built the spatial Markov chain.
# The **regions of Russia**, gross regional product (GRP) per head 2000–2019: twenty years, no
# textbook. The same five questions are put to both: <!-- given -->
#
# 1. Did the regions become alike (σ), and did the poor grow faster (β)?
# 2. Are rich and poor regions clustered on the map, and did that change?
# 3. Does a region's next move depend on its neighbours?
# 4. How unequal are the regions, between and within districts?
# 5. One club or several?
#
# Every test is read at 5 %. Permutation p-values come from 999 permutations that put whole regions,
# with their history, on other places of the map; two-sided ones cannot be less than 0.002,
# one-sided ones (likelihood ratios) not less than 0.001. The answers are at the end. <!-- given -->

# %% tags=["parameters"]
lang = "en"

# %%
import pandas as pd

import workbench as wb
from workbench.views.style import ACCENT, SERIES_COLORS, Picture, styled

wb.set_language(lang)

LEVEL = 0.05
RUSSIA, STATES = "Russia", "United States"
IN_RUSSIAN = {RUSSIA: "Россия", STATES: "США"}
LABELS = {
    name: {"en": name, "ru": russian}
    for name, russian in {
        **IN_RUSSIAN,
        "place": "где",
        "lowest, %": "наименьшее, %",
        "median, %": "медиана, %",
        "highest, %": "наибольшее, %",
        "poorest": "беднейший",
        "richest": "богатейший",
        "trend": "тренд",
        "drift": "дрейф",
        "Carree-Klomp T2": "T2 Карре–Кломпа",
        "Carree-Klomp T3": "T3 Карре–Кломпа",
        "Pitman-Morgan": "t Питмана–Моргана",
        "model": "модель",
        "ols": "МНК",
        **{model: model.upper() for model in ("slx", "sar", "sem", "sdm")},
        "speed, %": "скорость, %",
        "from": "от",
        "to": "до",
        "half-life, years": "период полусближения, лет",
        "by chance": "случайно",
        "after FDR": "с поправкой FDR",
        "kept, %": "сохранились, %",
        "neighbours in class": "соседи в классе",
        "source": "источник",
        "printed": "напечатано",
        "here": "здесь",
        "all": "все",
        **{f"class {k}": f"класс {k}" for k in range(1, 6)},
        "variant": "вариант",
        "moves": "переходы",
        "few a cell": "мало в ячейке",
        "quintiles": "квинтили",
        "quintiles of each year": "квинтили каждого года",
        "terciles": "терцили",
        "up to 2015": "до 2015 года",
        "every third year": "каждый третий год",
        "every fifth year": "каждый пятый год",
        "six nearest": "шесть ближайших",
        "LISA Markov, likelihood ratio": "марковская цепь LISA, отношение правдоподобия",
        "share moving with the neighbours": "доля движущихся вместе с соседями",
        "τ of all pairs": "τ всех пар",
        "τ of neighbours": "τ соседей",
        "Russia, each region once": "Россия, каждый регион один раз",
        "Russia, each inhabitant once": "Россия, каждый житель один раз",
        "United States, each state once": "США, каждый штат один раз",
        "unit and filter": "единица и фильтр",
        "log t of all": "t для всех",
        "clubs": "клубов",
        "regions in each": "регионов в каждом",
        "divergent": "вне клубов",
        "thousand roubles, λ = 400": "тысячи рублей, λ = 400",
        "roubles, λ = 400": "рубли, λ = 400",
        "thousand roubles, λ = 6.25": "тысячи рублей, λ = 6,25",
        "thousand roubles, unfiltered": "тысячи рублей, без фильтра",
        "thousand roubles, up to 2015": "тысячи рублей, до 2015 года",
        "US, dollars, λ = 400": "США, доллары, λ = 400",
        "US, dollars, 1945–2009": "США, доллары, 1945–2009",
        "GRP redefined": "новое определение ВРП",
        "Moran's I of log income per head": "I Морана логарифма дохода на душу",
        "Moran's I of log income by year": "I Морана логарифма дохода по годам",
    }.items()
}


def verdict(p):
    """Say whether a test rejects."""
    return "rejected" if p < LEVEL else "not rejected"


# %% [markdown]
# ## The figures
#
# Levels are in current roubles and current dollars (@ends): only differences *between* regions in a
# year mean something, and most of what follows divides by the mean of the year. @map-russia shows who
# was rich and who was poor in Russia in the last year. Chechnya (RU-CE) has no GRP for its first years
# and is left out by name; its neighbours lose one neighbour each. Rosstat changed the methodology of
# GRP between 2015 and 2016, so key results are repeated up to 2015.
#
# Neighbours share a border or a corner (queen). Kaliningrad and Sakhalin are linked to the region
# nearest to their shore.

# %%
regions = wb.load("russia-regions")
states = wb.load("us-states")
rosstat = wb.load("russia-innovation")
income = wb.load("us-income")

has_grp = rosstat.index.get_level_values("year") <= 2019
grp = rosstat.loc[has_grp, ["grp", "population"]]
gaps = grp["grp"].isna().groupby(level="region").sum()
grp = grp.drop(index="RU-CE", level="region")
grp["income"] = grp["grp"] / grp["population"]  # thousand roubles a head

panels = {RUSSIA: grp, STATES: income}
shapes = {RUSSIA: regions, STATES: states}
queen = {
    RUSSIA: wb.weights.queen(regions, islands="nearest"),
    STATES: wb.weights.queen(states),
}
wide = {
    name: panel.reset_index().pivot_table(index="region", columns="year", values="income")
    for name, panel in panels.items()
}
ends = {name: [table.columns[0], table.columns[-1]] for name, table in wide.items()}
names = {name: shape["name_en"] for name, shape in shapes.items()}
in_pictures = regions["name_en" if lang == "en" else "name_ru"]

rows = {}
for place, table in wide.items():
    for year in ends[place]:
        level = table[year].sort_values()
        rows[place, year] = {
            "regions": len(level),
            "mean": round(level.mean()),
            "lowest, %": 100 * level.iloc[0] / level.mean(),
            "median, %": 100 * level.median() / level.mean(),
            "highest, %": 100 * level.iloc[-1] / level.mean(),
            "poorest": names[place][level.index[0]],
            "richest": names[place][level.index[-1]],
        }
wb.publish(
    pd.DataFrame(rows).T.infer_objects().rename_axis(["place", "year"]),
    "ends",
    labels=LABELS
    | {
        row["name_en"]: {"en": row["name_en"], "ru": row["name_ru"]}
        for _, row in regions.iterrows()
    },
    caption={
        "en": "The two ends of each window: mean of the regions (GRP per head in thousand roubles, "
        "personal income per head in dollars, current prices), and levels in per cent of it",
        "ru": "Начало и конец каждого окна: среднее по регионам (ВРП на душу в тысячах рублей, "
        "личный доход на душу в долларах, текущие цены) и уровни в процентах от него",
    },
)

# %%
wb.claim(
    "coverage",
    {
        "en": "{regions} Russian regions over {years} years and {states} states over {state_years} years "
        "enter, without a gap. Left out: {left_out}, without GRP in {missing} of its years.",
        "ru": "В расчёт без пропусков входят регионы России ({regions} за {years} лет) и штаты США "
        "({states} за {state_years} лет). Не вошли: {left_out}, где ВРП нет за {missing} из "
        "этих лет.",
    },
    numbers={
        "regions": len(wide[RUSSIA]),
        "years": wide[RUSSIA].shape[1],
        "states": len(wide[STATES]),
        "state_years": wide[STATES].shape[1],
        "left_out": {
            "en": ", ".join(names[RUSSIA][gaps[gaps > 0].index]),
            "ru": ", ".join(regions.loc[gaps[gaps > 0].index, "name_ru"]),
        },
        "missing": int(gaps.sum()),
    },
)
latest = ends[RUSSIA][1]
relative = 100 * wide[RUSSIA][latest] / wide[RUSSIA][latest].mean()
wb.publish(
    wb.choropleth(relative, regions, k=5, legend_title={
            "en": f"GRP per head {latest}, mean = 100",
            "ru": f"ВРП на душу, {latest}, среднее = 100",
        }),
    "map-russia",
    caption={
        "en": "GRP per head of Russian regions relative to the mean of regions, last year, quintiles",
        "ru": "ВРП на душу в регионах России относительно среднего по регионам, последний год, "
        "квинтили",
    },
)

# %% [markdown]
# ## 1. Did incomes converge?
#
# ### σ: did the regions become alike?
#
# The dispersion of log income is one number a year (@sigma-russia, @sigma-us), and the usual test
# regresses it on time. Where dispersion is persistent that test rejects too often: it takes a slow wave
# for a trend. So four others stand beside it in @sigma-tests: the *drift* (the mean yearly change, right
# for a random walk), the T₂ and T₃ of @carree1997 and the exact test of @pitman1939 and @morgan1939,
# which compare the first and the last year and know that they are the same regions.

# %%
sigma = {place: wb.growth.sigma_convergence("income", panel) for place, panel in panels.items()}
for place, result in sigma.items():
    wb.publish(
        result.plot(title=""),
        f"sigma-{'us' if place == STATES else 'russia'}",
        caption={
            "en": f"Dispersion of log income per head, {place}",
            "ru": f"Разброс логарифма дохода на душу, {IN_RUSSIAN[place]}",
        },
    )

# %%
wb.publish(
    pd.concat(
        {place: result.tests.tidy()[["statistic", "p_value"]] for place, result in sigma.items()},
        axis=1,
    ),
    "sigma-tests",
    labels=LABELS,
    caption={
        "en": "Has dispersion changed? Negative trend and drift, positive T₃ and Pitman–Morgan t "
        "mean convergence",
        "ru": "Изменился ли разброс? Отрицательные тренд и дрейф, положительные T₃ и t "
        "Питмана—Моргана означают сближение",
    },
    notes={
        "en": "T₂, T₃ and Pitman–Morgan take regions as independent of each other, which "
        "section 2 denies: their p-values are too small rather than too large.",
        "ru": "T₂, T₃ и тест Питмана—Моргана считают регионы независимыми, что опровергает "
        "раздел 2: их p-значения скорее занижены, чем завышены.",
    },
)

# %%
SIGMA = {
    "en": (
        "**{place}: the standard deviation of log income went from {first:.3f} in {start} to {last:.3f} "
        "in {end}** ({change:.0f} %); its lowest value was {lowest:.3f} in {when}. That nothing "
        "changed is {trend} by the trend test (p = {trend_p_value:p}, but deviations from the trend "
        "have autocorrelation {persistence:.2f}), {drift} by the drift (p = {drift_p_value:p}) and "
        "{exact} by Pitman and Morgan's test (p = {exact_p_value:p})."
    ),
    "ru": "**{place}: стандартное отклонение логарифма дохода изменилось с {first:.3f} ({start}) до "
    "{last:.3f} ({end})** ({change:.0f} %); наименьшим оно было в {when} году: {lowest:.3f}. "
    "Гипотеза о неизменности {trend} тестом тренда (p = {trend_p_value:p}, но отклонения от тренда "
    "имеют автокорреляцию {persistence:.2f}), {drift} тестом дрейфа (p = {drift_p_value:p}) и "
    "{exact} тестом Питмана—Моргана (p = {exact_p_value:p}).",
}
for place, result in sigma.items():
    spread, p = result.dispersion, result.tests.tidy()["p_value"]
    wb.claim(
        f"answer-sigma-{'us' if place == STATES else 'russia'}",
        SIGMA,
        numbers={
            "place": {"en": place, "ru": IN_RUSSIAN[place]},
            "first": spread.iloc[0],
            "start": int(spread.index[0]),
            "last": spread.iloc[-1],
            "end": int(spread.index[-1]),
            "change": 100 * (spread.iloc[-1] / spread.iloc[0] - 1),
            "lowest": spread.min(),
            "when": int(spread.idxmin()),
            "trend": verdict(p["trend"]),
            "trend_p_value": p["trend"],
            "persistence": result.trend.autocorrelation,
            "drift": verdict(p["drift"]),
            "drift_p_value": p["drift"],
            "exact": verdict(p["Pitman-Morgan"]),
            "exact_p_value": p["Pitman-Morgan"],
        },
    )

# %% [markdown]
# ### β: did the poor grow faster?
#
# Growth over the whole window on the log of the initial level [@barro1992], by ordinary least squares
# and by the four models that let neighbours in. Where neighbours matter, the coefficient of the
# initial level is no effect: what counts is its **total impact**, what happens if every region starts
# one unit higher. Speed and half-life are computed from that (@beta); the total and the direct speed of
# each model are drawn in @speeds-russia and @speeds-us.

# %%
steps = {
    place: wb.growth.convergence_ladder("income", panel, queen[place], align="intersection")
    for place, panel in panels.items()
}
total = {place: ladder.tidy().xs("total", level="effect") for place, ladder in steps.items()}


def speeds(table):
    """Return a row a model: speed in per cent a year and half-life with their intervals."""
    speed, half = (table.xs(term, level="term") for term in ("speed", "half-life"))
    return pd.DataFrame(
        {
            "speed, %": 100 * speed["estimate"],
            "from": 100 * speed["conf_low"],
            "to": 100 * speed["conf_high"],
            "p_value": speed["p_value"],
            "half-life, years": half["estimate"],
            "at least": half["conf_low"],
            "at most": half["conf_high"].where(half["conf_high"] < float("inf")),
        }
    )


wb.publish(
    pd.concat(
        {
            place: speeds(table).assign(AIC=steps[place].glance()["aic"])
            for place, table in total.items()
        },
        names=["place", "model"],
    ),
    "beta",
    labels=LABELS,
    caption={
        "en": "Speed of convergence from the total impact of the initial level, and half-life, with "
        "95 % intervals",
        "ru": "Скорость сближения по полному эффекту начального уровня и период полусближения, с "
        "95-процентными интервалами",
    },
    notes={
        "en": "at most: empty where the interval of the speed reaches zero, so that the half-life has no "
        "upper end.",
        "ru": "«не более»: пусто там, где интервал скорости достигает нуля и период полусближения "
        "не ограничен сверху.",
    },
    formats=dict.fromkeys(["half-life, years", "at least", "at most"], ".0f"),
    kind="maximum likelihood",
)

# %%
for place, ladder in steps.items():
    wb.publish(
        ladder.plot(title=""),
        f"speeds-{'us' if place == STATES else 'russia'}",
        caption={
            "en": f"Speed of convergence by model, {place}: total and direct, 95 % intervals",
            "ru": f"Скорость сближения по моделям, {IN_RUSSIAN[place]}: полная и прямая, 95-процентные интервалы",
        },
    )
wb.publish(
    steps[RUSSIA]["ols"].plot(title="", names=in_pictures),
    "growth-russia",
    caption={
        "en": "Yearly growth of GRP per head 2000–2019, in current prices, against its logarithm in "
        "2000, Russian regions, least squares",
        "ru": "Годовой рост ВРП на душу за 2000–2019 годы в текущих ценах в зависимости от его "
        "логарифма в 2000 году, регионы России, МНК",
    },
)

# %%
wb.publish(
    pd.concat(
        {place: ladder.tests.tidy()[["statistic", "p_value"]] for place, ladder in steps.items()},
        axis=1,
    ),
    "beta-tests",
    labels=LABELS,
    caption={
        "en": "Which neighbours enter the growth regression: likelihood-ratio tests between the "
        "models, Lagrange-multiplier tests of the least-squares residuals",
        "ru": "Какие соседи входят в уравнение роста: тесты отношения правдоподобия между моделями,"
        " тесты множителей Лагранжа для остатков МНК",
    },
    kind="maximum likelihood",
)
before = wb.growth.convergence_ladder(
    "income", grp, queen[RUSSIA], end=2015, models=("ols", "sdm"), align="intersection"
)

# %%
ols, sdm = (speeds(total[RUSSIA]).loc[model] for model in ("ols", "sdm"))
direct = steps[RUSSIA]["sdm"].speed("direct")
wb.claim(
    "answer-beta-russia",
    {
        "en": "**Russia: β-convergence hangs on the model.** Least squares (@growth-russia) finds {ols:.2f} % a "
        "year (p = {ols_p_value:p}), a half-life of {half_life:.0f} years. Once the neighbours' start and growth "
        "enter (SDM), the total speed is {sdm:.2f} % with an interval from {low:.2f} to {high:.2f} (p = "
        "{sdm_p_value:p}), the direct one {direct:.2f} % (p = {direct_p_value:p}): a region poorer than "
        "its neighbours gains on them, a poor part of the country does not gain on the others. The "
        "tests between the models (@beta-tests) do not settle which to believe.",
        "ru": "**Россия: β-сближение зависит от модели.** МНК (@growth-russia) даёт {ols:.2f} % в год "
        "(p = {ols_p_value:p}), период полусближения — {half_life:.0f} лет. Если учесть исходный "
        "уровень и рост соседей (SDM), полная скорость равна {sdm:.2f} % с интервалом от "
        "{low:.2f} до {high:.2f} (p = {sdm_p_value:p}), прямая — {direct:.2f} % (p = "
        "{direct_p_value:p}): регион беднее своих соседей догоняет их, а бедная часть страны "
        "остальных не догоняет. Какой из моделей верить, тесты между ними (@beta-tests) не "
        "решают.",
    },
    numbers={
        "ols": ols["speed, %"],
        "ols_p_value": ols["p_value"],
        "half_life": ols["half-life, years"],
        "sdm": sdm["speed, %"],
        "low": sdm["from"],
        "high": sdm["to"],
        "sdm_p_value": sdm["p_value"],
        "direct": 100 * direct["estimate"],
        "direct_p_value": direct["p_value"],
    },
    kind="maximum likelihood",
)
early = speeds(before.tidy().xs("total", level="effect"))
shorter = wb.growth.sigma_convergence("income", grp, periods=range(2000, 2016))
shorter_p = shorter.tests.tidy()["p_value"]
wb.claim(
    "limit-break",
    {
        "en": "An unfavourable finding: the window matters. Up to 2015, before GRP changed its definition, "
        "dispersion fell by {fall:.0f} % (drift p = {drift_p_value:p}, Pitman–Morgan p = "
        "{exact_p_value:p}), and the speed was {ols:.2f} % by least squares (p = {ols_p_value:p}) and "
        "{sdm:.2f} % in total by the SDM (p = {sdm_p_value:p}). Whatever came together until then came "
        "apart again, or was measured apart.",
        "ru": "Неудобный вывод: окно имеет значение. До 2015 года, когда изменилось определение "
        "ВРП, разброс сократился на {fall:.0f} % (дрейф p = {drift_p_value:p}, Питман—Морган "
        "p = {exact_p_value:p}), а скорость составляла {ols:.2f} % по МНК (p = "
        "{ols_p_value:p}) и {sdm:.2f} % в целом по SDM (p = {sdm_p_value:p}). Что сблизилось "
        "к тому времени, потом снова разошлось — или было иначе измерено.",
    },
    numbers={
        "fall": -100 * (shorter.dispersion.iloc[-1] / shorter.dispersion.iloc[0] - 1),
        "drift_p_value": shorter_p["drift"],
        "exact_p_value": shorter_p["Pitman-Morgan"],
        "ols": early.loc["ols", "speed, %"],
        "ols_p_value": early.loc["ols", "p_value"],
        "sdm": early.loc["sdm", "speed, %"],
        "sdm_p_value": early.loc["sdm", "p_value"],
    },
    kind="maximum likelihood",
)
us = speeds(total[STATES])
wb.claim(
    "answer-beta-us",
    {
        "en": "**United States: β-convergence whatever the model.** All {models} give between {low:.2f} and "
        "{high:.2f} % a year, half-lives of {short:.0f} to {long:.0f} years; the largest of "
        "their p-values is p = {largest_p_value:p}. Residual dependence is there (LM error p = {error_p_value:p}, @beta-tests) "
        "but hardly changes the speed.",
        "ru": "**США: β-сближение при любой модели.** Все модели, а их {models}, дают от {low:.2f} "
        "до {high:.2f} % в год, периоды полусближения от {short:.0f} до {long:.0f} лет; "
        "наибольшее из их p-значений: p = {largest_p_value:p}. Остаточная зависимость есть "
        "(LM-тест ошибок p = {error_p_value:p}, @beta-tests), но скорость она почти не меняет.",
    },
    numbers={
        "models": len(us),
        "low": us["speed, %"].min(),
        "high": us["speed, %"].max(),
        "short": us["half-life, years"].min(),
        "long": us["half-life, years"].max(),
        "largest_p_value": us["p_value"].max(),
        "error_p_value": steps[STATES].tests["LM error"].p_value,
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## 2. Are rich and poor clustered, and did that change?
#
# Moran's *I* of log income, year by year, is drawn in @moran-by-year.

# %%
moran, of_year = {}, {}
for place, panel in panels.items():
    for year in wide[place]:
        found = of_year[place, year] = wb.moran(
            "log(income)", panel.xs(year, level="year"), queen[place], align="intersection"
        )
        moran[place, year] = {
            "statistic": found.statistic,
            "p_value": found.p_value,
            "p_permutation": found.p_permutation,
        }
moran = pd.DataFrame(moran).T.rename_axis(["place", "year"])

above = LABELS["Moran's I of log income by year"][lang]
with styled():
    figure = Picture(
        6.6,
        3.4,
        alt=f"{above}: "
        + "; ".join(
            f"{LABELS[place][lang]} {values.iloc[0]:.2f} {LABELS['to'][lang]} {values.iloc[-1]:.2f}"
            for place, values in moran["statistic"].groupby(level="place")
        ),
    )
    axes = figure.add_subplot()
    for color, place in zip(SERIES_COLORS, panels, strict=False):
        line = moran.loc[place, "statistic"]
        axes.plot(line.index, line, color=color, linewidth=1.8, label=LABELS[place][lang])
    axes.axhline(0, color="#999999", linewidth=0.8)
    redefined = LABELS["GRP redefined"][lang]
    axes.axvline(2015.5, color=ACCENT, linewidth=1, dashes=(4, 3), label=redefined)
    axes.set_ylabel(LABELS["Moran's I of log income per head"][lang])
    figure.legend(loc="outside lower center", ncols=3)
wb.publish(
    figure,
    "moran-by-year",
    caption={
        "en": "Spatial autocorrelation of log income per head, year by year",
        "ru": "Пространственная автокорреляция логарифма дохода на душу по годам",
    },
)

# %% [markdown]
# Which regions? Local Moran in the first and the last year. Coloured regions are those with p below
# 5 % *one by one*: an exploration. @lisa says how many would be coloured by chance, how many remain
# when the false discovery rate over all regions is held at 5 %, and how often a coloured
# region keeps its colour when a tenth of the links is dropped at random (99 draws).

# %%
local, adjusted, counted = {}, {}, {}
for place, panel in panels.items():
    for year in ends[place]:
        now = panel.xs(year, level="year")
        one = wb.lisa("log(income)", now, queen[place], alpha=LEVEL, align="intersection")
        all_at_once = wb.lisa("log(income)", now, queen[place], fdr=LEVEL, align="intersection")
        local[place, year], adjusted[place, year] = one, all_at_once
        counted[place, year] = {
            **one.counts[["High-High", "Low-Low", "High-Low", "Low-High"]].to_dict(),
            "by chance": round(LEVEL * len(now)),
            "after FDR": int(all_at_once.flagged.sum()),
            "kept, %": round(100 * one.stability().glance()["share_flagged"].iloc[0]),
        }
counted = pd.DataFrame(counted).T.rename_axis(["place", "year"])
wb.publish(
    counted,
    "lisa",
    labels=LABELS,
    caption={
        "en": "Local Moran of log income: regions with p below 5 % by class",
        "ru": "Локальный индекс Морана для логарифма дохода: регионы с p ниже 5 % по классам",
    },
    kind="permutation",
    drawn_by=[*local.values(), *adjusted.values()],
)

# %%
for (place, year), result in local.items():
    wb.publish(
        result.plot(shapes[place], title=""),
        f"lisa-{'us' if place == STATES else 'russia'}-{year}",
        caption={
            "en": f"Local Moran of log income, {place} {year}, each region tested by itself at 5 % "
            f"(R = {result.permutations})",
            "ru": f"Локальный индекс Морана для логарифма дохода, {IN_RUSSIAN[place]}, {year} год, каждый регион проверен отдельно на уровне 5 % (R = {result.permutations})",
        },
    )

# %% [markdown]
# In 1929 the poor South and the rich Northeast face each other (@lisa-us-1929); by 2009 the Northeast is
# left and the South has all but gone (@lisa-us-2009). In Russia it is the resources of the North and the
# Far East against the North Caucasus, at the beginning (@lisa-russia-2000) and at the end
# (@lisa-russia-2019).
#
# How far does likeness reach? The correlogram of the last year (@reach-russia, @reach-us) compares
# regions with those one, two, three borders away; the band holds for all orders at once.

# %%
reach = {}
for place, panel in panels.items():
    now = panel.xs(ends[place][1], level="year")
    reach[place] = wb.explore.correlogram("log(income)", now, queen[place], align="intersection")
    wb.publish(
        reach[place].plot(title=""),
        f"reach-{'us' if place == STATES else 'russia'}",
        caption={
            "en": f"Correlogram of log income by order of contiguity, {place} {ends[place][1]}",
            "ru": f"Коррелограмма логарифма дохода по порядку соседства, {IN_RUSSIAN[place]}, {ends[place][1]} год",
        },
    )

capitals = wb.load("russia-regions", part="capitals80")
now = grp.xs(ends[RUSSIA][1], level="year")
kilometres = wb.explore.distance_correlogram(
    "log(income)", wb.join(capitals, now, how="inner")
).table
wb.claim(
    "limit-kilometres",
    {
        "en": "An unfavourable finding: measured in kilometres between capitals, no class of distances of "
        "Russian regions is alike beyond chance once all {classes} are tested together; the nearest "
        "pairs (on average {distance:.0f} km apart) have *I* = {nearest:.2f} with adjusted p = "
        "{nearest_p_adjusted:p}. A hundred kilometres are much around Moscow and nothing in Siberia.",
        "ru": "Неудобный вывод: если мерить километрами между центрами, ни в одном классе "
        "расстояний регионы России не похожи сверх случайного, когда все классы, а их "
        "{classes}, проверяются вместе; для ближайших пар (в среднем {distance:.0f} км) *I* ="
        " {nearest:.2f} с поправленным p = {nearest_p_adjusted:p}. Сто километров — много "
        "вокруг Москвы и ничто в Сибири.",
    },
    numbers={
        "classes": len(kilometres),
        "distance": kilometres["distance"].iloc[0],
        "nearest": kilometres["statistic"].iloc[0],
        "nearest_p_adjusted": kilometres["p_adjusted"].iloc[0],
    },
)


# %%
def orders(result):
    """Return the number of orders, from the first on, at which regions are significantly alike."""
    table = result.table
    alike = (table["statistic"] > 0) & (table["p_adjusted"] < LEVEL)
    return int(alike.cummin().sum())


CLUSTERED = {
    "en": (
        "**{place}: clustered from first to last, {word}.** Moran's *I* was {first:.2f} in {start} and "
        "{last:.2f} in {end} (both p = {p_permutation:p}; least {lowest:.2f} in {when}). One by one "
        "{one} and {two} regions are significant in these years (@lisa), about {chance:.0f} would be "
        "by chance; {fdr_one} and {fdr_two} survive the false discovery rate. The changes of log income "
        "between the two years have Moran's *I* {change:.2f} (p = {change_p_permutation:p}). "
        "Likeness reaches {reach} borders far."
    ),
    "ru": "**{place}: скопления от начала до конца, {word}.** Индекс Морана был {first:.2f} ({start}) и "
    "{last:.2f} ({end}) (в оба года p = {p_permutation:p}; наименьший {lowest:.2f}, {when} год). По "
    "одному в эти годы значимы {one} и {two} регионов (@lisa), случайно были бы около {chance:.0f}; с "
    "поправкой на долю ложных открытий остаются {fdr_one} и {fdr_two}. Изменения логарифма дохода "
    "между этими годами имеют индекс Морана {change:.2f} (p = {change_p_permutation:p}). Сходство "
    "простирается на столько границ: {reach}.",
}
differential = {}
for place, table in wide.items():
    start, end = ends[place]
    years = pd.DataFrame({"before": table[start], "after": table[end]})
    differential[place] = wb.explore.differential_moran(
        "log(after)", "log(before)", years, queen[place], align="intersection"
    )
    line, here = moran.loc[place], counted.loc[place]
    flagged = here[["High-High", "Low-Low", "High-Low", "Low-High"]].sum(axis=1)
    wb.claim(
        f"answer-clusters-{'us' if place == STATES else 'russia'}",
        CLUSTERED,
        numbers={
            "place": {"en": place, "ru": IN_RUSSIAN[place]},
            "word": {"en": "less so at the end", "ru": "к концу слабее"}
            if line.loc[end, "statistic"] < line.loc[start, "statistic"]
            else {"en": "no less at the end", "ru": "к концу не слабее"},
            "first": line.loc[start, "statistic"],
            "start": int(start),
            "last": line.loc[end, "statistic"],
            "end": int(end),
            "p_permutation": line.loc[[start, end], "p_permutation"].max(),
            "lowest": line["statistic"].min(),
            "when": int(line["statistic"].idxmin()),
            "one": int(flagged[start]),
            "two": int(flagged[end]),
            "chance": LEVEL * len(table),
            "fdr_one": int(here.loc[start, "after FDR"]),
            "fdr_two": int(here.loc[end, "after FDR"]),
            "change": differential[place].statistic,
            "change_p_permutation": differential[place].p_permutation,
            "reach": orders(reach[place]),
        },
        drawn_by={
            "changes": differential[place],
            **{year: of_year[place, year] for year in (start, end)},
        },
    )

# %% [markdown]
# ## 3. Does a region's move depend on its neighbours?
#
# Income relative to the mean of the year is cut into quintiles of the whole window. A Markov chain
# says how likely a region is to be in class *j* next year if it is in class *i* now. @rey2001
# asked whether these probabilities differ by the class of the *neighbours'* mean income: one chain
# for each (@markov-russia, @markov-us). The likelihood ratio compares them with one chain for all.

# %%
conditional = {
    place: wb.explore.spatial_markov(
        "income", panel, queen[place], relative=True, align="intersection"
    )
    for place, panel in panels.items()
}
for place, result in conditional.items():
    wb.publish(
        result.plot(title=""),
        f"markov-{'us' if place == STATES else 'russia'}",
        caption={
            "en": f"Probability of moving between quintiles of relative income in a year, by quintile "
            f"of the neighbours' mean, {place} (in parentheses the number of moves)",
            "ru": f"Вероятность перехода между квинтилями относительного дохода за год по квинтилю среднего у соседей, {IN_RUSSIAN[place]} (в скобках число переходов)",
        },
    )

# %% [markdown]
# ### Rey's result, reproduced
#
# @rey2009 print these chains for the 48 states over 1929–2000, with the quintiles of
# relative income at the beginning as limits of the classes (tables 27.1 and 27.3). @rey sets beside each
# other their probabilities of *staying* in a class and ours, with the same limits and years. Small differences
# are to be expected: their table of incomes is older and may differ from ours, they divide by a
# national average and we by the mean of the states, and our neighbours are those of queen contiguity.
# <!-- given -->

# %%
LIMITS = (0.661, 0.884, 1.031, 1.309)
NEVER = float("nan")
published = pd.DataFrame(
    {
        "1": [0.985, 0.871, 0.778, NEVER, NEVER],
        "2": [0.842, 0.940, 0.881, 0.679, 1.000],
        "3": [0.857, 0.916, 0.873, 0.936, 0.769],
        "4": [NEVER, 0.795, 0.870, 0.904, 0.863],
        "5": [NEVER, NEVER, 0.889, 0.929, 0.952],
        "all": [0.893, 0.913, 0.872, 0.913, 0.888],
    },
    index=range(1, 6),
).T
replica = wb.explore.spatial_markov(
    "income",
    income,
    queen[STATES],
    classes=LIMITS,
    relative=True,
    periods=range(1929, 2001),
)
chains = [*replica.conditional.values(), replica.pooled]
ours = pd.DataFrame(
    [[chain.probabilities.loc[k, k] for k in published] for chain in chains],
    index=published.index,
    columns=published.columns,
)
both = pd.concat({"printed": published, "here": ours}, names=["source", "neighbours in class"])
order = [(lag, source) for lag in published.index for source in ("printed", "here")]
wb.publish(
    both.swaplevel().loc[order].add_prefix("class "),
    "rey",
    labels=LABELS,
    caption={
        "en": "Probability of staying in a class of income, by class of the neighbours: printed by "
        "Rey and Le Gallo (2009), and here; empty where no state ever was",
        "ru": "Вероятность остаться в своём классе дохода по классу соседей: напечатано у Рея и Ле "
        "Галло (2009) и здесь; пусто там, где не было ни одного штата",
    },
)

# %%
gap = (ours - published).abs()
wb.claim(
    "answer-rey",
    {
        "en": "**Rey's tables are reproduced.** The chain of all moves differs by at most {pooled:.3f} from "
        "the printed one, the conditional chains by at most {largest:.3f} (median {median:.3f}; @rey), and "
        "the same {empty} cells are empty. The pattern is Rey's: a state of the poorest class "
        "moved up with probability {poor:.3f} among the poorest neighbours, {better:.3f} among "
        "those of the next class; a state of the richest stayed with probability {rich:.3f} among the "
        "richest neighbours and {less:.3f} one class below. The chi-square test says that one chain for "
        "all is {chi2} (LR = {ratio:.1f}, {df} degrees of freedom, p = {chi2_p_value:p}). The permutation "
        "test says that it is {permuted} (p = {p_permutation:p}).",
        "ru": "**Таблицы Рея воспроизведены.** Цепь по всем переходам отличается от напечатанной не"
        " более чем на {pooled:.3f}, условные цепи — не более чем на {largest:.3f} (медиана "
        "{median:.3f}; @rey), и пусты те же ячейки, их {empty}. Картина та же, что у Рея: штат "
        "беднейшего класса поднимался с вероятностью {poor:.3f} среди беднейших соседей и "
        "{better:.3f} среди соседей следующего класса; штат богатейшего класса оставался в "
        "нём с вероятностью {rich:.3f} среди богатейших соседей и {less:.3f} классом ниже. "
        "Гипотеза об одной цепи для всех тестом хи-квадрат {chi2} (LR = {ratio:.1f}, степеней"
        " свободы {df}, p = {chi2_p_value:p}). Перестановочным тестом она {permuted} (p = "
        "{p_permutation:p}).",
    },
    numbers={
        "pooled": gap.loc["all"].max(),
        "largest": gap.drop(index="all").max().max(),
        "median": gap.drop(index="all").melt()["value"].median(),
        "empty": int((ours.isna() & published.isna()).sum().sum()),
        "poor": 1 - ours.loc["1", 1],
        "better": 1 - ours.loc["2", 1],
        "rich": ours.loc["5", 5],
        "less": ours.loc["4", 5],
        "chi2": verdict(replica.tests["LR"].p_value),
        "chi2_p_value": replica.tests["LR"].p_value,
        "permuted": verdict(replica.tests["LR"].p_permutation),
        "ratio": replica.tests["LR"].statistic,
        "df": int(replica.tests["LR"].df[0]),
        "p_permutation": replica.tests["LR"].p_permutation,
    },
    drawn_by=replica,
)

# %% [markdown]
# ### Does it survive?
#
# The chi-square p-value takes every move as independent of every other. But a region is observed
# again and again, always next to the same neighbours, and shocks hit neighbours together. The
# permutation p-value puts whole histories elsewhere on the map and allows for that. @survival has both,
# for other classes, years and neighbours; among so many a single small one is weak evidence.

# %%
centres = states.set_geometry(states.representative_point())
nearest = {RUSSIA: wb.weights.knn(capitals, 6), STATES: wb.weights.knn(centres, 6)}
variants = {
    RUSSIA: {
        "quintiles": {},
        "quintiles of each year": {"pooled": False},
        "terciles": {"classes": 3},
        "up to 2015": {"periods": range(2000, 2016)},
        "every third year": {"periods": range(2001, 2020, 3)},
        "six nearest": {"W": nearest[RUSSIA]},
    },
    STATES: {
        "quintiles": {},
        "quintiles of each year": {"pooled": False},
        "terciles": {"classes": 3},
        "1929–1969": {"periods": range(1929, 1970)},
        "1969–2009": {"periods": range(1969, 2010)},
        "every fifth year": {"periods": range(1929, 2010, 5)},
        "six nearest": {"W": nearest[STATES]},
    },
}
survival, chains = {}, {}
for place, options in variants.items():
    for name, option in options.items():
        W = option.get("W", queen[place])
        rest = {key: value for key, value in option.items() if key != "W"}
        result = wb.explore.spatial_markov(
            "income", panels[place], W, relative=True, align="intersection", **rest
        )
        chains[place, name] = result
        ratio = result.tests["LR"]
        survival[place, name] = {
            "moves": int(result.pooled.counts.sum()),
            "LR": ratio.statistic,
            "df": int(ratio.df[0]),
            "p_value": ratio.p_value,
            "p_permutation": ratio.p_permutation,
            "few a cell": "yes" if any("rough" in note for note in result.notes) else "",
        }
survival = pd.DataFrame(survival).T.infer_objects().rename_axis(["place", "variant"])
wb.publish(
    survival,
    "survival",
    labels=LABELS,
    caption={
        "en": "One chain whatever the neighbours? Likelihood ratio, chi-square p and permutation p "
        "(999 permutations)",
        "ru": "Одна цепь при любых соседях? Отношение правдоподобия, p по хи-квадрат и "
        "перестановочное p (999 перестановок)",
    },
    notes={
        "en": "few a cell: most cells of the test expect fewer than five moves, so that the chi-square "
        "p is rough.",
        "ru": "Мало в ячейке: в большинстве ячеек теста ожидается меньше пяти переходов, поэтому p "
        "по хи-квадрат приблизительно.",
    },
    drawn_by=chains,
)


# %%
def up(result, lag):
    """Return the probability of leaving the lowest class, by class of the neighbours."""
    return 1 - result.conditional[lag].probabilities.loc[1, 1]


def stay(result, lag):
    """Return the probability of staying in the highest class."""
    return result.conditional[lag].probabilities.loc[5, 5]


CONDITIONAL = {
    "en": (
        "**{place}: {answer}.** By quintiles of the whole window one chain for all is {verdict} (LR = "
        "{ratio:.1f}; chi-square p = {chi2_p_value:p}, permutation p = {p_permutation:p}). The poorest "
        "fifth moves up with probability {poor:.3f} among the poorest neighbours and {better:.3f} "
        "among the next; the richest fifth stays with probability {rich:.3f} among the richest and "
        "{less:.3f} among the next. Of the {variants} variants (@survival) {chi2} reject by chi-square "
        "and {permuted} by permutation."
    ),
    "ru": "**{place}: {answer}.** По квинтилям всего окна гипотеза об одной цепи для всех {verdict} "
    "(LR = {ratio:.1f}; хи-квадрат p = {chi2_p_value:p}, перестановочное p = {p_permutation:p}). "
    "Беднейшая пятая часть поднимается с вероятностью {poor:.3f} среди беднейших соседей и "
    "{better:.3f} среди следующих; богатейшая остаётся на месте с вероятностью {rich:.3f} среди "
    "богатейших и {less:.3f} среди следующих. Из вариантов, а их {variants} (@survival), по хи-квадрат "
    "отвергают {chi2}, перестановками {permuted}.",
}


def answer(rejecting, variants):
    """Turn the count of rejections by permutation into words that claim no more than it says."""
    if rejecting == variants:
        return {
            "en": "neighbours matter, however it is cut",
            "ru": "соседи имеют значение, как данные ни разбивай",
        }
    if rejecting:
        return {
            "en": "neighbours matter in some cuts, not in others",
            "ru": "при одних разбиениях соседи имеют значение, при других нет",
        }
    return {"en": "no sign of neighbours", "ru": "признаков влияния соседей нет"}


for place, result in conditional.items():
    here, ratio = survival.loc[place], result.tests["LR"]
    rejecting = int((here["p_permutation"] < LEVEL).sum())
    wb.claim(
        f"answer-markov-{'us' if place == STATES else 'russia'}",
        CONDITIONAL,
        numbers={
            "place": {"en": place, "ru": IN_RUSSIAN[place]},
            "answer": answer(rejecting, len(here)),
            "verdict": verdict(ratio.p_permutation),
            "ratio": ratio.statistic,
            "chi2_p_value": ratio.p_value,
            "p_permutation": ratio.p_permutation,
            "poor": up(result, 1),
            "better": up(result, 2),
            "rich": stay(result, 5),
            "less": stay(result, 4),
            "variants": len(here),
            "chi2": int((here["p_value"] < LEVEL).sum()),
            "permuted": rejecting,
        },
        drawn_by=result,
    )

# %% [markdown]
# ### Moving together, changing places
#
# Three more looks at the same moves, all in @together. *LISA Markov*: do a region and its neighbours
# cross the mean together? *Directions* (@rose-us has those of the states): from first to last year, did
# regions and their neighbours move the same way, up or down, relative to the mean? *Ranks* (of Russian
# regions in @ranks-russia): how much of the order of regions is left (Kendall's τ, 1 for all of it), and
# did neighbours change places more often than others?

# %%
joint, direction, ranks = {}, {}, {}
for place, panel in panels.items():
    W, years = queen[place], ends[place]
    joint[place] = wb.explore.lisa_markov("income", panel, W, align="intersection")
    direction[place] = wb.explore.directional_lisa("income", panel, W, align="intersection")
    ranks[place] = wb.explore.rank_mobility("income", panel, W, periods=years, align="intersection")
together = {}
for place in panels:
    ratio, share = joint[place].tests["LR"], direction[place].together
    rank = ranks[place].tidy().iloc[0]
    together[place, "LISA Markov, likelihood ratio"] = {
        "statistic": ratio.statistic,
        "p_value": ratio.p_value,
        "p_permutation": ratio.p_permutation,
    }
    together[place, "share moving with the neighbours"] = {
        "statistic": share.statistic,
        "p_permutation": share.p_permutation,
    }
    together[place, "τ of all pairs"] = {"statistic": rank["tau"], "p_value": rank["p_value"]}
    together[place, "τ of neighbours"] = {
        "statistic": rank["tau_neighbors"],
        "p_permutation": rank["tau_neighbors_p_permutation"],
    }
wb.publish(
    pd.DataFrame(together).T.rename_axis(["place", "moves"]),
    "together",
    labels=LABELS,
    caption={
        "en": "Moves of regions and of their neighbours (p: chi-square for the likelihood ratio, "
        "Kendall's for τ)",
        "ru": "Переходы регионов и их соседей (p: хи-квадрат для отношения правдоподобия, Кендалл "
        "для τ)",
    },
    drawn_by=[*joint.values(), *direction.values(), *ranks.values()],
)
wb.publish(
    direction[STATES].plot(title=""),
    "rose-us",
    caption={
        "en": "Directions in which US states and their neighbours moved relative to the mean, "
        "1929 to 2009",
        "ru": "Направления, в которых штаты США и их соседи двигались относительно среднего, с 1929"
        " по 2009 год",
    },
)
wb.publish(
    wb.explore.rank_mobility("income", grp).plot(names=in_pictures, title=""),
    "ranks-russia",
    caption={
        "en": "Ranks of Russian regions by GRP per head; named are the largest changes",
        "ru": "Места регионов России по ВРП на душу; названы наибольшие перемены",
    },
)
wb.claim(
    "answer-moves",
    {
        "en": "**US states rose and fell together with their neighbours; Russian regions did so no more than "
        "by chance.** Between the ends of the window {us:.0f} % of the states (@rose-us) moved the same way as "
        "their neighbours (p = {us_p_permutation:p}), and {russia:.0f} % of the Russian regions (p = "
        "{russia_p_permutation:p}). The order was kept better in "
        "Russia (@ranks-russia; τ = {tau_russia:.2f} in {span_russia} years) than in the United States "
        "({tau_us:.2f} in {span_us}), but Russian neighbours changed places more often than other "
        "pairs (τ = {near:.2f}, p = {near_p_permutation:p}).",
        "ru": "**Штаты США поднимались и опускались вместе с соседями; регионы России — не чаще "
        "случайного.** Между началом и концом окна в ту же сторону, что и соседи, двигались "
        "{us:.0f} % штатов (@rose-us; p = {us_p_permutation:p}) и {russia:.0f} % регионов России (p = "
        "{russia_p_permutation:p}). Порядок лучше сохранялся в России (@ranks-russia; τ = {tau_russia:.2f} "
        "за {span_russia} лет), чем в США ({tau_us:.2f} за {span_us}), но соседи в России "
        "менялись местами чаще других пар (τ = {near:.2f}, p = {near_p_permutation:p}).",
    },
    numbers={
        "us": 100 * direction[STATES].together.statistic,
        "us_p_permutation": direction[STATES].together.p_permutation,
        "russia": 100 * direction[RUSSIA].together.statistic,
        "russia_p_permutation": direction[RUSSIA].together.p_permutation,
        "tau_russia": ranks[RUSSIA].tidy()["tau"].iloc[0],
        "span_russia": int(ends[RUSSIA][1] - ends[RUSSIA][0]),
        "tau_us": ranks[STATES].tidy()["tau"].iloc[0],
        "span_us": int(ends[STATES][1] - ends[STATES][0]),
        "near": ranks[RUSSIA].tidy()["tau_neighbors"].iloc[0],
        "near_p_permutation": ranks[RUSSIA].tidy()["tau_neighbors_p_permutation"].iloc[0],
    },
    drawn_by=[*direction.values(), *ranks.values()],
)
markov = {
    place: wb.explore.markov("income", panel, relative=True) for place, panel in panels.items()
}
ORDER = "order 1 against 2 (LR)"
wb.claim(
    "limit-markov",
    {
        "en": "An unfavourable finding for all of these chains: where a region goes depends not only on where "
        "it is, but also on where it was the year before (order 1 against 2: p = {russia_p_value:p} in "
        "Russia, p = {us_p_value:p} in the United States). Long-run shares computed from the chains are "
        "descriptions, not forecasts.",
        "ru": "Неудобный вывод для всех этих цепей: куда регион переходит, зависит не только от "
        "того, где он сейчас, но и от того, где он был годом раньше (порядок 1 против 2: p = "
        "{russia_p_value:p} в России, p = {us_p_value:p} в США). Долгосрочные доли, "
        "рассчитанные по цепям, — описания, а не прогнозы.",
    },
    numbers={
        "russia_p_value": markov[RUSSIA].tests[ORDER].p_value,
        "us_p_value": markov[STATES].tests[ORDER].p_value,
    },
)

# %% [markdown]
# ## 4. How unequal, between and within districts?
#
# Theil's T splits into inequality between groups of regions (federal districts; divisions of the US
# Census Bureau) and within them (@theil). Permutations ask whether *these* groups divide the map better
# than any groups of the same sizes. In Russia it is done twice: each region counting once, of which
# @theil-russia shows all years, and each inhabitant. The spatial Gini [@rey2013] asks how much of all
# differences is between neighbours (@gini).

# %%
districts = regions["federal_district"].drop("RU-CE")
parts = {
    "Russia, each region once": wb.explore.theil("income", grp, groups=districts),
    "Russia, each inhabitant once": wb.explore.theil(
        "income", grp, groups=districts, population="population"
    ),
    "United States, each state once": wb.explore.theil("income", income, groups=states["division"]),
}
ends_only = {name: part.tidy().iloc[[0, -1]] for name, part in parts.items()}
wb.publish(
    pd.concat(ends_only, names=["place"])[
        ["theil", "between", "within", "between_share", "expected", "p_permutation"]
    ],
    "theil",
    labels=LABELS,
    caption={
        "en": "Theil's T between and within districts, first and last year; expected: share between "
        "groups of these sizes by chance",
        "ru": "Индекс Тейла T между округами и внутри них, первый и последний год; ожидаемое: доля "
        "между группами таких размеров по случайности",
    },
    drawn_by=parts,
)
wb.publish(
    parts["Russia, each region once"].plot(title=""),
    "theil-russia",
    caption={
        "en": "Theil's T of GRP per head, between and within federal districts, each region once",
        "ru": "Индекс Тейла T для ВРП на душу, между федеральными округами и внутри них, каждый "
        "регион один раз",
    },
)

# %%
spatial = {
    place: wb.explore.spatial_gini("income", panel, queen[place], align="intersection")
    for place, panel in panels.items()
}
gini = {place: found.tidy() for place, found in spatial.items()}
wb.publish(
    pd.concat({place: table.iloc[[0, -1]] for place, table in gini.items()}, names=["place"])[
        ["gini", "neighbor_share", "expected", "p_permutation"]
    ],
    "gini",
    labels=LABELS,
    caption={
        "en": "Gini coefficient, the share of differences between neighbours, and the share expected "
        "on a random map",
        "ru": "Коэффициент Джини, доля различий между соседями и её ожидание на случайной карте",
    },
    drawn_by=spatial,
)
once, people, us = (table.iloc[-1] for table in ends_only.values())
wb.claim(
    "answer-inequality",
    {
        "en": "**Russia is the more unequal, and whether districts matter depends on who counts.** In the "
        "last year the Gini is {gini_russia:.3f} in Russia and {gini_us:.3f} in the United States "
        "(in the first {first_russia:.3f} and {first_us:.3f}; @gini). Federal districts account for "
        "{once:.0f} % of Theil's T (@theil) when each region counts once (p = {once_p_permutation:p}), US "
        "divisions for {us:.0f} % (p = {us_p_permutation:p}). When each inhabitant counts once, the "
        "Russian share is {people:.0f} %, and any districts of these sizes would have given "
        "{expected:.0f} % (p = {people_p_permutation:p}). Neighbours differ less than on a random map in "
        "both (p = {near_russia_p_permutation:p} and {near_us_p_permutation:p}).",
        "ru": "**В России неравенство больше, а значимы ли округа, зависит от того, кого считать.**"
        " В последнем году коэффициент Джини равен {gini_russia:.3f} в России и {gini_us:.3f}"
        " в США (в первом — {first_russia:.3f} и {first_us:.3f}; @gini). На федеральные округа "
        "приходится {once:.0f} % индекса Тейла T (@theil), если каждый регион считать один раз (p = "
        "{once_p_permutation:p}), на районы США — {us:.0f} % (p = {us_p_permutation:p}). Если"
        " один раз считать каждого жителя, российская доля равна {people:.0f} %, а любые "
        "округа таких размеров дали бы {expected:.0f} % (p = {people_p_permutation:p}). "
        "Соседи различаются меньше, чем на случайной карте, в обеих странах (p = "
        "{near_russia_p_permutation:p} и {near_us_p_permutation:p}).",
    },
    numbers={
        "gini_russia": gini[RUSSIA]["gini"].iloc[-1],
        "gini_us": gini[STATES]["gini"].iloc[-1],
        "first_russia": gini[RUSSIA]["gini"].iloc[0],
        "first_us": gini[STATES]["gini"].iloc[0],
        "once": 100 * once["between_share"],
        "once_p_permutation": once["p_permutation"],
        "us": 100 * us["between_share"],
        "us_p_permutation": us["p_permutation"],
        "people": 100 * people["between_share"],
        "expected": 100 * people["expected"],
        "people_p_permutation": people["p_permutation"],
        "near_russia_p_permutation": gini[RUSSIA]["p_permutation"].iloc[-1],
        "near_us_p_permutation": gini[STATES]["p_permutation"].iloc[-1],
    },
    drawn_by=parts | spatial,
)

# %% [markdown]
# ## 5. One club or several?
#
# The log *t* test of @phillips2007 asks whether all paths come together in the end; where they do
# not, their algorithm sorts regions into clubs that do. Clubs are the outcome of many tests in a row,
# and relative paths of a logarithm depend on its unit, so the unit and the filter are varied (@clubs).
# For the first variant @clubs-map shows the clubs and @clubs-paths the paths that lead to them.

# %%
clubs = {
    "thousand roubles, λ = 400": wb.growth.convergence_clubs("log(income)", grp),
    "roubles, λ = 400": wb.growth.convergence_clubs("log(1000 * income)", grp),
    "thousand roubles, λ = 6.25": wb.growth.convergence_clubs("log(income)", grp, smoothing=6.25),
    "thousand roubles, unfiltered": wb.growth.convergence_clubs("log(income)", grp, filter="none"),
    "thousand roubles, up to 2015": wb.growth.convergence_clubs(
        "log(income)", grp, periods=range(2000, 2016)
    ),
    "US, dollars, λ = 400": wb.growth.convergence_clubs("log(income)", income),
    "US, dollars, 1945–2009": wb.growth.convergence_clubs(
        "log(income)", income, periods=range(1945, 2010)
    ),
}
base = clubs["thousand roubles, λ = 400"]
variants = pd.DataFrame(
    {
        name: {
            "log t of all": result.whole.t,
            "clubs": len(result.clubs.clubs),
            "regions in each": ", ".join(str(len(club.members)) for club in result.clubs.clubs),
            "divergent": len(result.divergent),
        }
        for name, result in clubs.items()
    }
).T.infer_objects()
wb.publish(
    variants.rename_axis("unit and filter"),
    "clubs",
    labels=LABELS,
    caption={
        "en": "Convergence clubs of log income; convergence of all is rejected where t is not above "
        "−1.65",
        "ru": "Клубы сближения по логарифму дохода; сближение всех отвергается там, где t не выше "
        "−1,65",
    },
)
wb.publish(
    base.map(regions, title=""),
    "clubs-map",
    caption={
        "en": "Convergence clubs of Russian regions, first variant",
        "ru": "Клубы сближения регионов России, первый вариант",
    },
)
wb.publish(
    base.plot(title=""),
    "clubs-paths",
    caption={
        "en": "Relative paths of log GRP per head by club, first variant: thin lines are regions, "
        "thick ones clubs",
        "ru": "Относительные траектории логарифма ВРП на душу по клубам, первый вариант: тонкие "
        "линии — регионы, толстые — клубы",
    },
)

# %%
russian = variants[~variants.index.str.startswith("US")]
american = variants.drop(index=russian.index)
wb.claim(
    "answer-clubs",
    {
        "en": "**Russia: not one club, but how many cannot be told; United States: one.** That all Russian "
        "regions converge is rejected in {rejected} of {russian} variants (@clubs; t from {low:.1f} to "
        "{high:.1f}); the algorithm finds {fewest} to {most} clubs, depending on nothing but the "
        "unit, the filter and the window. Over the whole window all states belong to {american} club "
        "(t = {t:.1f}).",
        "ru": "**Россия: не один клуб, но о числе клубов нельзя судить; США: один.** Сближение всех "
        "регионов России отвергается в {rejected} из {russian} вариантов (@clubs; t от {low:.1f} до "
        "{high:.1f}); алгоритм находит от {fewest} до {most} клубов, и зависит это лишь от "
        "единицы, фильтра и окна. Для штатов за всё окно число клубов — {american} (t = "
        "{t:.1f}).",
    },
    numbers={
        "rejected": int((russian["log t of all"] <= -1.65).sum()),
        "russian": len(russian),
        "low": russian["log t of all"].min(),
        "high": russian["log t of all"].max(),
        "fewest": int(russian["clubs"].min()),
        "most": int(russian["clubs"].max()),
        "american": int(american["clubs"].max()),
        "t": american["log t of all"].iloc[0],
    },
)

# %% [markdown]
# ## The answer

# %%
first_half, second_half = (survival.loc[(STATES, years)] for years in ("1929–1969", "1969–2009"))
wb.claim(
    "answer-us",
    {
        "en": "**In the United States poor states caught up, and while they did their neighbours seem to have mattered.** "
        "Dispersion fell by {fall:.0f} %, every model says that gaps close by {low:.1f} to {high:.1f} % a "
        "year, and all states are one club. Moran's *I* fell from {first:.2f} to {last:.2f}: "
        "clusters weakened, they did not dissolve. That moves do not depend on neighbours is {early} "
        "for 1929–1969 (permutation p = {early_p_permutation:p}) and {late} for 1969–2009 (p = "
        "{late_p_permutation:p}); dispersion was least in {when}.",
        "ru": "**В США бедные штаты догнали остальных, и пока догоняли, их соседи, видимо, имели "
        "значение.** Разброс сократился на {fall:.0f} %, по всем моделям разрывы закрываются "
        "на {low:.1f}–{high:.1f} % в год, и все штаты составляют один клуб. Индекс Морана "
        "снизился с {first:.2f} до {last:.2f}: скопления ослабли, но не распались. Гипотеза о"
        " том, что переходы не зависят от соседей, для 1929–1969 годов {early} "
        "(перестановочное p = {early_p_permutation:p}), для 1969–2009 годов {late} (p = "
        "{late_p_permutation:p}); наименьшим разброс был в {when} году.",
    },
    numbers={
        "fall": -100 * (sigma[STATES].dispersion.iloc[-1] / sigma[STATES].dispersion.iloc[0] - 1),
        "low": speeds(total[STATES])["speed, %"].min(),
        "high": speeds(total[STATES])["speed, %"].max(),
        "first": moran.loc[STATES, "statistic"].iloc[0],
        "last": moran.loc[STATES, "statistic"].iloc[-1],
        "early": verdict(first_half["p_permutation"]),
        "early_p_permutation": first_half["p_permutation"],
        "late": verdict(second_half["p_permutation"]),
        "late_p_permutation": second_half["p_permutation"],
        "when": int(sigma[STATES].dispersion.idxmin()),
    },
    kind="maximum likelihood",
)
wb.claim(
    "answer-russia",
    {
        "en": "**In Russia twenty years show no convergence that does not hang on the model or the window.** "
        "Dispersion at the end is {ratio:.0f} % of that at the beginning; β-convergence of {ols:.2f} % a "
        "year by least squares becomes {sdm:.2f} % once neighbours enter; clusters of rich and poor are as strong as they were "
        "(Moran's *I* {first:.2f} and {last:.2f}). That moves do not depend on neighbours is rejected in "
        "{rejected} of {variants} ways of cutting the data: the usual one.",
        "ru": "**В России двадцать лет не показывают сближения, которое не зависело бы от модели "
        "или окна.** Разброс в конце составляет {ratio:.0f} % начального; β-сближение в "
        "{ols:.2f} % в год по МНК превращается в {sdm:.2f} %, когда учтены соседи; скопления "
        "богатых и бедных так же сильны, как были (индекс Морана {first:.2f} и {last:.2f}). "
        "Независимость переходов от соседей отвергается в {rejected} из {variants} способов "
        "разбить данные: в обычном.",
    },
    numbers={
        "ratio": 100 * sigma[RUSSIA].dispersion.iloc[-1] / sigma[RUSSIA].dispersion.iloc[0],
        "ols": speeds(total[RUSSIA]).loc["ols", "speed, %"],
        "sdm": speeds(total[RUSSIA]).loc["sdm", "speed, %"],
        "first": moran.loc[RUSSIA, "statistic"].iloc[0],
        "last": moran.loc[RUSSIA, "statistic"].iloc[-1],
        "rejected": int((survival.loc[RUSSIA, "p_permutation"] < LEVEL).sum()),
        "variants": len(survival.loc[RUSSIA]),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## What these figures do not allow to say
#
# - Everything is in current prices. Roubles and dollars buy less in rich regions, and prices move:
#   part of what looks like (non-)convergence is prices. GRP is also not income: in oil and gas
#   regions much of it leaves.
# - GRP has a break in methodology between 2015 and 2016, and ends in 2019 here. Twenty years are
#   few: one commodity cycle, in which 2000 and 2019 are arbitrary ends.
# - Autonomous districts are counted within the regions that contain them, which hides the richest
#   units.
# - Clusters and conditional chains are associations on the map. Neighbours share soil, climate,
#   history and industry; nothing here says that one *makes* the other rich.
# - Weights are a hypothesis. With the six nearest neighbours in place of borders the spatial Markov
#   test rejects in neither country.
# - Many tests were made and all are shown. Those that reject just so among many that do not are weak
#   evidence.
# - With 999 permutations a p-value near 5 % has a standard error of up to one percentage point.
# - No regression here has control variables: convergence is absolute, and a region with a low level
#   may simply be heading for a low level.
