#say title

# %% tags=["parameters"]
lang = "<<lang>>"

# %%
import pandas as pd

import workbench as wb

wb.set_language(lang)

#say question

# %%
LEVEL = 0.05
OUTCOME = "<<outcome>>"
REGRESSORS = <<regressors>>
MAIN = REGRESSORS[0]  # «whose neighbours matter»
FORMULA = OUTCOME + " ~ " + " + ".join(REGRESSORS)
hypothesis = wb.Hypothesis(
    "<<statement>>",
    wb.indirect(MAIN),
    ">",
    0,
    name="H1",
    alpha=LEVEL,
    mechanism="<<mechanism>>",
    reference="<<reference>>",
)
wb.publish(
    wb.stated([hypothesis]),
    "hypothesis",
    caption={
        "en": "What is claimed, before any model",
        "ru": "Что утверждается, до всех моделей",
    },
)

#say data

# %%
figures = wb.load("<<name>>"<<figures_part>>)
wb.publish(
    wb.describe("<<name>>")
    .query("part == 'figures' and type != 'geometry'")
    .set_index("field")[["type", "unit", "title"]],
    "fields",
    caption={
        "en": "Columns of the table, with units",
        "ru": "Столбцы таблицы и единицы измерения",
    },
)

#say join

# %%
#if bundled
regions = wb.load("<<regions_set>>", part="<<regions_part>>")[["name_en", "name_ru", "geometry"]]
#else
regions = wb.load("<<name>>", part="regions")
#endif
#if panel
used = figures[[<<needed>>]]
gaps = used.isna().any(axis=1).groupby(level="region").any()
periods = used.groupby(level="region").size()
complete = gaps.index[~gaps & (periods == used.index.get_level_values("year").nunique())]
on_map = complete.intersection(regions.index)
sample = figures.loc[on_map].sort_index()
places = regions.loc[on_map].sort_index()
LAST = int(sample.index.get_level_values("year").max())
latest = wb.join(places, sample.xs(LAST, level="year"))
left_out = sorted(set(regions.index) - set(on_map))
#else
joined = wb.join(regions, figures, how="<<how>>")
gaps = joined[[<<needed>>]].isna().any(axis=1)
sample = joined[~gaps].sort_index()
places = sample
latest = sample
left_out = sorted(set(regions.index) - set(sample.index))
#endif
#if bundled
names = {"en": regions["name_en"], "ru": regions["name_ru"]}[lang]
#else
names = regions.index.to_series().astype(str)
#endif
wb.claim(
    "coverage",
    {
        "en": "The sample has {rows} rows of {regions} regions. Of the map {out} regions are left out, "
        "for want of figures or of some of them: {which}.",
        "ru": "В выборке наблюдений {rows}, регионов {regions}. Из регионов карты в неё не вошли "
        "{out}, у которых нет данных или их части: {which}.",
    },
    numbers={
        "rows": len(sample),
        "regions": len(places),
        "out": len(left_out),
        "which": ", ".join(names[left_out]) or "—",
    },
)

#say weights

# %%
#if polygons
neighbourhoods = {
    "queen": wb.weights.queen(places, islands="nearest"),
    "nearest": wb.weights.knn(places, <<k>>),
}
#else
neighbourhoods = {
    "nearest": wb.weights.knn(places, <<k>>),
    "distance": wb.weights.inverse_distance(places),
}
#endif
W = neighbourhoods["<<main_weights>>"]
wb.publish(
    pd.concat({name: w.card().table()["value"] for name, w in neighbourhoods.items()}, axis=1),
    "weights",
    caption={
        "en": "Spatial weights: what each sees",
        "ru": "Матрицы пространственных весов: что видит каждая",
    },
    notes="; ".join(W.card().notes),
)
wb.publish(
    W.plot(places),
    "weights-map",
    caption={
        "en": "Who is linked to whom",
        "ru": "Кто с кем связан",
    },
)

#say description

# %%
#if panel
described = wb.explore.descriptives([OUTCOME, *REGRESSORS], sample)
#else
described = wb.explore.descriptives([OUTCOME, *REGRESSORS], sample, W, seed=1)
#endif
wb.publish(
    described,
    "table-1",
    caption={
        "en": "Table 1: variables of the sample",
        "ru": "Описательные статистики переменных",
    },
    notes=" ".join(described.notes),
)

#say map

# %%
wb.publish(
    wb.choropleth(latest[<<map_column>>], places, k=5),
    "map",
    caption={
        "en": "The outcome on the map, quintiles<<map_year>>",
        "ru": "Зависимая переменная на карте, квинтили<<map_year_ru>>",
    },
)

#say moran

# %%
moran = wb.moran(OUTCOME, latest, W, seed=1)
lisa = wb.lisa(OUTCOME, latest, W, seed=1, fdr=LEVEL)
flagged = ["High-High", "Low-Low", "High-Low", "Low-High"]
wb.publish(
    moran,
    "moran",
    caption={
        "en": "Moran's I of the outcome",
        "ru": "Индекс Морана зависимой переменной",
    },
)
wb.publish(
    moran.plot(),
    "moran-plot",
    caption={
        "en": "Moran scatterplot of the outcome",
        "ru": "Диаграмма рассеяния Морана для зависимой переменной",
    },
)
wb.publish(
    lisa.plot(title=""),
    "lisa-map",
    caption={
        "en": "Local Moran, false discovery rate over all regions held at 5 %",
        "ru": "Локальный индекс Морана, доля ложных открытий по всем регионам удержана на уровне 5 %",
    },
)
wb.claim(
    "moran-answer",
    {
        "en": "Moran's I is {i:.3f} (p = {p:p} by permutation); {local} of {regions} regions stand out "
        "locally once the false discovery rate is held at 5 %.",
        "ru": "Индекс Морана равен {i:.3f} (p = {p:p} по перестановкам); локально выделяются {local} "
        "из {regions} регионов, если удерживать долю ложных открытий на уровне 5 %.",
    },
    numbers={
        "i": float(moran.statistic),
        "p": float(moran.p_permutation),
        "local": int(lisa.counts[flagged].sum()),
        "regions": len(latest),
    },
    kind="permutation",
)

#say ols

# %%
#if panel
EFFECTS = "two-way"
ols = wb.fit(FORMULA, sample, W, effects=EFFECTS)
#else
ols = wb.fit(FORMULA, sample, W)
#endif
wb.publish(
    wb.compare({"OLS": ols}),
    "ols",
    caption={
        "en": "Least squares (standard errors in parentheses)",
        "ru": "Метод наименьших квадратов (в скобках стандартные ошибки)",
    },
)
wb.publish(
    ols.diagnostics().tests.made,
    "diagnostics",
    caption={
        "en": "What the residuals of least squares say",
        "ru": "Что говорят остатки МНК",
    },
)

#say ladder

# %%
#if panel
steps = wb.ladder(FORMULA, sample, W, effects=EFFECTS)
#else
steps = wb.ladder(FORMULA, sample, W, models=["ols", "slx", "sar", "sem", "sdm"])
#endif
wb.publish(
    wb.compare({name.upper(): fit for name, fit in steps.items()}),
    "ladder",
    caption={
        "en": "From least squares to the spatial Durbin model (standard errors in parentheses)",
        "ru": "От МНК до пространственной модели Дарбина (в скобках стандартные ошибки)",
    },
)
wb.publish(
    steps.tests,
    "ladder-tests",
    caption={
        "en": "Tests between the models",
        "ru": "Тесты между моделями",
    },
)

#say chosen

# %%
CHOSEN = "sdm"  # «slx, sar, sem, sdm or sdem: and why»
#if panel
chosen = wb.fit(FORMULA, sample, W, model=CHOSEN, effects=EFFECTS)
#else
chosen = wb.fit(FORMULA, sample, W, model=CHOSEN)
#endif
wb.publish(
    chosen.impacts(),
    "impacts",
    caption={
        "en": "Direct, indirect and total impacts in the chosen model",
        "ru": "Прямые, косвенные и полные эффекты в выбранной модели",
    },
)
wb.publish(
    chosen.impacts().plot(),
    "impacts-plot",
    caption={
        "en": "Impacts with 95 % intervals",
        "ru": "Эффекты с 95-процентными интервалами",
    },
)

#say verdict

# %%
verdicts = wb.hypotheses.test_hypotheses([hypothesis], {CHOSEN.upper(): chosen}).tidy()
wb.publish(
    verdicts[["fit", "hypothesis", "estimate", "conf_low", "conf_high", "verdict"]],
    "verdict",
    caption={
        "en": "The hypothesis and what the chosen model says of it",
        "ru": "Гипотеза и что говорит о ней выбранная модель",
    },
    kind="maximum likelihood",
)
WORDS = {
    "supported": {"en": "supported", "ru": "подтверждается"},
    "contradicted": {"en": "contradicted", "ru": "опровергается"},
}
answer = verdicts.iloc[0]
wb.claim(
    "verdict-answer",
    {
        "en": "The hypothesis: **{verdict}**. The indirect impact is {x:.3g} (from {low:.3g} to {high:.3g}).",
        "ru": "Гипотеза: **{verdict}**. Косвенный эффект равен {x:.3g} (от {low:.3g} до {high:.3g}).",
    },
    numbers={
        "verdict": WORDS.get(
            str(answer["verdict"]),
            {"en": "the figures cannot tell", "ru": "данные не позволяют судить"},
        ),
        "x": float(answer["estimate"]),
        "low": float(answer["conf_low"]),
        "high": float(answer["conf_high"]),
    },
    kind="maximum likelihood",
)

#say curve

# %%
curve = wb.specification_curve(
    hypothesis,
    sample,
    formulas={
        "all": FORMULA,
#if several
        "main alone": OUTCOME + " ~ " + MAIN,
#endif
    },
    weights=neighbourhoods,
    models=["slx", "sdm", "sdem"],
#if panel
    effects=["time", "two-way"],
    covariances=["classical"],
#else
    covariances=["classical"],
    samples={"all": None, "without the largest": lambda table: table[<<map_column>>] < table[<<map_column>>].max()},
#endif
)
wb.publish(
    curve.plot(),
    "curve",
    caption={
        "en": "The indirect impact in every specification, with 95 % intervals",
        "ru": "Косвенный эффект во всех спецификациях, с 95-процентными интервалами",
    },
    kind="maximum likelihood",
)
everywhere = curve.shares().table.xs(("all", "all"))
wb.claim(
    "curve-counts",
    {
        "en": "Of {all} specifications {supported} support the hypothesis and {contradicted} contradict "
        "it; the median estimate is {median:.3g}.",
        "ru": "Из {all} спецификаций гипотезу подтверждают {supported}, противоречат ей {contradicted}; "
        "медиана оценок равна {median:.3g}.",
    },
    numbers={
        "all": int(everywhere["estimated"]),
        "supported": int(everywhere["supported"]),
        "contradicted": int(everywhere["contradicted"]),
        "median": float(everywhere["median"]),
    },
    kind="maximum likelihood",
)

#say referee

# %%
others = {name: w for name, w in neighbourhoods.items() if w is not W}
review = wb.referee(chosen, hypothesis=hypothesis, candidates=others, regions=places, lisa=lisa)
wb.publish(
    review,
    "referee",
    caption={
        "en": "What a referee would ask",
        "ru": "Что спросит рецензент",
    },
    notes=" ".join(review.notes),
)

#say limits
