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
#     picture: curve
#     question: Is there a knowledge spillover from R&D in neighbouring regions, and
#       does it survive entity and time effects?
#     question_ru: Есть ли переток знаний от исследований и разработок в соседних регионах
#       и сохраняется ли он при эффектах регионов и времени?
#     title: Do Russian regions patent more because their neighbours do research?
#     title_ru: Патентуют ли регионы России больше оттого, что их соседи ведут исследования?
# ---

# %% [markdown]
# # Do Russian regions patent more because their neighbours do research?
#
# A region may invent because of what it has: research, people, income. It may also invent because of
# what its neighbours have: ideas travel with people who commute, change jobs and meet. The second
# part is called a *knowledge spillover*. This study estimates it for the regions of Russia, first
# across regions, then over time, under three ideas of who is whose neighbour.
#
# One estimate would answer nothing: it depends on who counts as a neighbour, on the model, on what is
# held constant and for whom. So the question is put as a hypothesis, frozen before patents are read,
# and asked of every combination of choices that could be defended; then of maps that are wrong on
# purpose, of other borders, and of a referee.
#
# The tool is the knowledge production function [@griliches1979; @jaffe1989]:
#
# $$\log(1 + P_i) = \alpha + \beta' \log x_i + \theta' \sum_j w_{ij} \log x_j
#   + \rho \sum_j w_{ij} \log(1 + P_j) + \varepsilon_i$$ {#eq-kpf}
#
# where $P_i$ counts the invention patents granted in region $i$, $x_i$ holds its R&D expenditure,
# students, researchers with a degree and income per head, and $w_{ij}$ are spatial weights whose rows
# sum to one. The hypothesis is about one number, the **indirect impact of R&D** [@lesage2009]: by how
# much patents change in a region, on average, when R&D rises by one per cent in all the others.

# %% tags=["parameters"]
lang = "en"

# %%
import pandas as pd

import workbench as wb

wb.set_language(lang)

FORMULA = "log(1 + patents) ~ log(rd) + log(students) + log(researchers) + log(grp / population)"
LEVEL = 0.05

# names of models, regions and inputs are in Russian where the report is
WORDS = {
    "queen": "по смежности", "distance": "по расстоянию", "nearest": "ближайшие",
    "W 'queen'": "W по смежности", "W 'distance'": "W по расстоянию", "W 'nearest'": "W ближайших",
    "item": "предмет", "content": "содержание", "kind": "вид",
    "none, time, two-way": "нет, периодов, регионов и периодов",
    "russia-innovation": "данные по регионам России",
    "min": "наименьшее", "max": "наибольшее",
    "patents": "патенты", "rd": "исследования и разработки", "students": "студенты",
    "researchers": "исследователи", "grp": "валовой региональный продукт",
    "population": "население", "value": "значение", "lag": "лаг",
    "model, neighbourhood, standard errors": "модель, соседство, стандартные ошибки",
    "effects, neighbourhood, covariance": "эффекты, соседство, ковариация",
    "pooled": "объединённая", "entity": "регионов", "two-way": "регионов и периодов",
    "random": "случайные", "time": "периодов", "fit": "модель", "hypothesis": "гипотеза", "verdict": "вывод",
    "status": "статус", "all": "все", "R&D alone": "только исследования и разработки",
    "and people": "и люди", "and income": "и доход",
    "without the two capitals": "без двух столиц",
    "change": "сдвиг", "share supported": "доля подтвердивших", "flipped": "сменилось выводов",
    "permuted": "регионы переставлены", "rewired": "связи перемешаны",
    "displaced": "карта повёрнута", "coefficient": "коэффициент",
    "across regions (SDM)": "между регионами (SDM)",
    "over time, period effects (SLX)": "во времени, эффекты времени (SLX)",
    "within regions, two-way effects (SLX)": "внутри регионов, эффекты регионов и периодов (SLX)",
}  # fmt: skip
WORDS |= {
    f"{model}, {name}, {errors}": f"{model}, {WORDS[name]}, {said}"
    for model in ("SLX", "SAR", "SDM")
    for name in ("queen", "distance", "nearest")
    for errors, said in (("classical", "классические"), ("robust", "робастные"))
}
WORDS |= {
    f"{effects}, {name}, {errors}": f"{said}, {WORDS[name]}, {by}"
    for effects, said in (("time", "эффекты времени"), ("two-way", "эффекты регионов и периодов"))
    for name in ("queen", "distance", "nearest")
    for errors, by in (("clustered", "кластерная"), ("driscoll-kraay", "Дрисколла–Края"))
}
LABELS = {name: {"en": name, "ru": said} for name, said in WORDS.items()}
CLAIMS = {
    "H1": "Исследования и разработки соседей повышают число патентов",
    "H2": "Собственные исследования и разработки региона повышают число его патентов",
    "H3": "Студенты значат больше, чем исследования и разработки",
}
LABELS["Tacit knowledge passes between people who meet"] = {
    "en": "Tacit knowledge passes between people who meet",
    "ru": "Неявное знание передаётся между людьми, которые встречаются",
}

# %% [markdown]
# ## Who is whose neighbour
#
# Neighbourhood is a hypothesis, so there are three (@weights). *Queen*: regions that share a border or a
# corner; the islands Kaliningrad and Sakhalin are linked to the region nearest to their shore
# (@map-queen). *Distance*: the
# inverse of the great-circle distance between capitals. *Nearest*: the six nearest capitals.

# %%
regions = wb.load("russia-regions")
capitals = wb.load("russia-regions", part="capitals80")
neighbourhoods = {
    "queen": wb.weights.queen(regions, islands="nearest"),
    "distance": wb.weights.inverse_distance(capitals),
    "nearest": wb.weights.knn(capitals, 6),
}
queen = neighbourhoods["queen"]
cards = pd.concat({name: W.card().table()["value"] for name, W in neighbourhoods.items()}, axis=1)
wb.publish(
    cards,
    "weights",
    labels=LABELS,
    caption={
        "en": "The three spatial weights, side by side",
        "ru": "Три матрицы пространственных весов рядом",
    },
    notes="; ".join(queen.card().notes),
)

# %%
wb.publish(
    queen.plot(regions),
    "map-queen",
    caption={
        "en": "Queen contiguity: who is linked to whom",
        "ru": "Соседство по общей границе или вершине: кто с кем связан",
    },
)

# %% [markdown]
# ## What is claimed
#
# Three hypotheses (@hypotheses), each a statement about numbers that a model gives: on R&D next door [@jaffe1989;
# @anselin1997local], on a region's own R&D [@griliches1979] and on students beside R&D [@romer1990].
# The interval of the estimate decides: the hypothesis is *supported* if all of the interval lies on
# its side, *contradicted* if all of it lies on the other, and otherwise the figures *cannot tell*. A
# lock freezes hypotheses, weights, models and levels under one digest before the figures are loaded
# (@lock); whatever is changed later shows.
#
# All three are marked as exploratory although they are older than the figures: earlier versions of this
# page had seen the figures, and no lock can undo that.

# %%
hypotheses = {
    "H1": wb.Hypothesis(
        "R&D next door raises patenting",
        wb.indirect("log(rd)"),
        ">",
        0,
        name="H1",
        mechanism="Tacit knowledge passes between people who meet",
        reference="Jaffe 1989; Anselin, Varga and Acs 1997",
    ),
    "H2": wb.Hypothesis(
        "A region's own R&D raises its patenting",
        wb.direct("log(rd)"),
        ">",
        0,
        name="H2",
        reference="Griliches 1979",
    ),
    "H3": wb.Hypothesis(
        "Students count for more than R&D",
        "direct(log(students)) > direct(log(rd))",
        name="H3",
        reference="Romer 1990",
    ),
}
spillover = hypotheses["H1"]
wb.publish(
    wb.stated(list(hypotheses.values())),
    "hypotheses",
    labels=LABELS
    | {one.statement: {"en": one.statement, "ru": CLAIMS[name]} for name, one in hypotheses.items()},
    caption={
        "en": "Three hypotheses, and the number that each is about",
        "ru": "Три гипотезы, и число, о котором говорит каждая",
    },
)
locked = wb.lock(
    hypotheses.values(),
    weights=neighbourhoods,
    models=["slx", "sdm", "sdem"],
    formulas=[FORMULA],
    effects=["none", "time", "two-way"],
    alpha=LEVEL,
    outcomes=["russia-innovation"],
)
wb.publish(
    locked,
    "lock",
    labels=LABELS,
    caption={
        "en": "What was decided before the figures were loaded",
        "ru": "Что было решено до загрузки данных",
    },
    notes=" ".join(locked.notes),
)

# %% [markdown]
# ## The figures
#
# Patents, R&D, students, researchers, gross regional product and population come from Rosstat's
# yearbooks for 2000–2020. The 80 units follow the yearbooks: autonomous districts are counted within
# the region that contains them. In the yearbooks a dash stands for "nothing to report", so a blank
# patent count is taken as zero patents, unless the catalogue's quality report knows it for a gap.
# Blanks elsewhere stay missing. Regions are first compared by their means over 2010–2014, which @means
# sums up. <!-- given -->

# %%
panel = wb.load("russia-innovation")

odd = wb.quality("russia-innovation").anomalies
gaps = odd[(odd["field"] == "patents") & odd["note"].str.contains("a missing figure")]
gaps = gaps.set_index(["region", "year"]).index
panel["patents"] = panel["patents"].fillna(0)
panel.loc[gaps, "patents"] = float("nan")

recent = panel.loc[panel.index.get_level_values("year").isin(range(2010, 2015))]
means = wb.join(regions, recent.sort_index().groupby(level="region").mean()).sort_index()

wb.publish(
    means[["patents", "rd", "students", "researchers", "grp", "population"]]
    .agg(["mean", "median", "min", "max"])
    .T,
    "means",
    labels=LABELS,
    caption={
        "en": "Regional means 2010–2014: patents granted, R&D (million roubles), students (thousand), "
        "researchers with a degree, gross regional product (million roubles), population (thousand)",
        "ru": "Средние по регионам за 2010–2014 годы: выданные патенты, затраты на исследования и "
        "разработки (млн рублей), студенты (тыс.), исследователи с учёной степенью, валовой "
        "региональный продукт (млн рублей), население (тыс.)",
    },
)

# %%
blank = recent[["rd", "researchers"]].isna().any(axis=1).groupby(level="region").any()
wb.claim(
    "coverage",
    {
        "en": "All {regions} regions enter the cross-section. R&D or researchers are blank in some years "
        "for {blank} of them ({names}); their means are over the years that were reported.",
        "ru": "В пространственную выборку входят все регионы, их {regions}. Для {blank} из них "
        "({names}) затраты на исследования и разработки или число исследователей в отдельные "
        "годы не приведены; их средние взяты по тем годам, за которые есть данные.",
    },
    numbers={
        "regions": len(means),
        "blank": int(blank.sum()),
        "names": {
            "en": ", ".join(means.loc[blank[blank].index, "name_en"]),
            "ru": ", ".join(means.loc[blank[blank].index, "name_ru"]),
        },
    },
)

# %% [markdown]
# ## Where patents cluster
#
# Before any model: do regions that patent much (@map-patents) lie next to regions that patent much?
# Moran's *I* asks that of the map as a whole (@moran, @moran-plot), local Moran of each region
# (@lisa-map, @lisa). Both take the logarithm of patents per head.

# %%
INTENSITY = "log((1 + patents) / population)"
per_million = 1000 * means["patents"] / means["population"]
wb.publish(
    wb.choropleth(per_million.rename("patents per million"), regions, k=5),
    "map-patents",
    caption={
        "en": "Invention patents granted per million inhabitants, yearly means 2010–2014, quintiles",
        "ru": "Выданные патенты на изобретения на миллион жителей, средние за 2010–2014 годы, "
        "квинтили",
    },
)

# %%
moran = wb.moran(INTENSITY, means, queen, seed=2014)
wb.publish(
    moran,
    "moran",
    caption={
        "en": "Moran's I of patents per head, queen contiguity",
        "ru": "Индекс Морана для патентов на душу населения, соседство по границе",
    },
)
wb.publish(
    moran.plot(),
    "moran-plot",
    caption={
        "en": "Moran scatterplot of patents per head",
        "ru": "Диаграмма рассеяния Морана для патентов на душу населения",
    },
)

# %%
lisa = wb.lisa(INTENSITY, means, queen, seed=2014, fdr=LEVEL)
single = wb.lisa(INTENSITY, means, queen, seed=2014, alpha=LEVEL)
flagged = ["High-High", "Low-Low", "High-Low", "Low-High"]
wb.claim(
    "lisa-count",
    {
        "en": "Tested one by one, {single} of {regions} regions are significant at 5 % (@lisa-map); about "
        "{chance:.0f} would be by chance alone. Once the false discovery rate over all of them is held at "
        "5 % (@lisa), {together} are.",
        "ru": "При проверке по одному на уровне 5 % значимы {single} из {regions} регионов (@lisa-map); около "
        "{chance:.0f} были бы значимы по чистой случайности. Если удерживать на уровне 5 % "
        "долю ложных открытий по всем регионам (@lisa), остаётся {together}.",
    },
    numbers={
        "single": int(single.counts[flagged].sum()),
        "regions": len(means),
        "chance": LEVEL * len(means),
        "together": int(lisa.counts[flagged].sum()),
    },
    kind="permutation",
    drawn_by=[lisa, single],
)
wb.publish(
    single.plot(title=""),
    "lisa-map",
    caption={
        "en": "Local Moran of patents per head, each region tested by itself at 5 %: an exploration, "
        "not a finding",
        "ru": "Локальный индекс Морана для патентов на душу населения, каждый регион проверен "
        "отдельно на уровне 5 %: разведка, а не вывод",
    },
)
wb.publish(
    lisa.table.join(means["name_en"])
    .sort_values("p_value")
    .head(10)
    .set_index("name_en")[["value", "lag", "statistic", "p_value", "p_adjusted"]]
    .rename_axis("region"),
    "lisa",
    labels=LABELS
    | {
        region["name_en"]: {"en": region["name_en"], "ru": region["name_ru"]}
        for _, region in means.iterrows()
    },
    caption={
        "en": "The ten regions with the smallest p-values of local Moran, and what remains after "
        "adjusting for all regions",
        "ru": "Десять регионов с наименьшими p-значениями локального индекса Морана и то, что "
        "остаётся после поправки на число регионов",
    },
    kind="permutation",
    drawn_by=lisa,
)

# %% [markdown]
# ## Across regions: the ladder of models
#
# From no space at all (OLS), over neighbours' inputs (SLX), neighbours' patents (SAR) and shared shocks
# (SEM), to both neighbours' inputs and patents (SDM): @ladder. Likelihood-ratio tests compare nested
# models; Lagrange-multiplier tests ask the OLS residuals which neighbour should enter (@ladder-tests), and
# @diagnostics asks them what else is wrong. R&D and students are
# logarithms, so their coefficients are elasticities (of one plus patents). Beside neighbours' patents they
# are not the whole effect: what an input does at home and next door in the SDM is in @impacts and
# @impacts-plot.

# %%
steps = wb.ladder(FORMULA, means, queen, models=["ols", "slx", "sar", "sem", "sdm"])
wb.publish(
    wb.compare({name.upper(): fit for name, fit in steps.items()}),
    "ladder",
    caption={
        "en": "Knowledge production functions across 80 regions, means 2010–2014, queen contiguity "
        "(standard errors in parentheses)",
        "ru": "Производственные функции знаний по 80 регионам, средние за 2010–2014 годы, соседство"
        " по границе (в скобках стандартные ошибки)",
    },
)
wb.publish(
    steps.tests,
    "ladder-tests",
    caption={
        "en": "Tests between the models, and of the OLS residuals",
        "ru": "Тесты между моделями и тесты остатков МНК",
    },
)
wb.claim(
    "ladder-choice",
    {
        "en": "Of the {tests} tests (@ladder-tests) {rejecting} reject at 5 %; the smallest p-value is "
        "{smallest:.3f}. Akaike's criterion is lowest for {best} ({aic:.1f}); the SDM has {sdm:.1f} "
        "(@ladder).",
        "ru": "Из этих тестов (@ladder-tests), а их {tests}, на уровне 5 % отвергают {rejecting}; "
        "наименьшее p-значение равно {smallest:.3f}. Критерий Акаике наименьший у {best} "
        "({aic:.1f}); у SDM он равен {sdm:.1f} (@ladder).",
    },
    numbers={
        "tests": len(steps.tests),
        "rejecting": sum(bool(test.p_value < LEVEL) for test in steps.tests.values()),
        "smallest": min(test.p_value for test in steps.tests.values()),
        "best": steps.glance()["aic"].idxmin().upper(),
        "aic": float(steps.glance()["aic"].min()),
        "sdm": steps["sdm"].aic,
    },
    kind="maximum likelihood",
)

# %%
wb.publish(
    steps["ols"].diagnostics().tests.made,
    "diagnostics",
    labels=LABELS,
    caption={
        "en": "Are the residuals of OLS normal, of one variance, and free of spatial correlation?",
        "ru": "Нормальны ли остатки МНК, одинакова ли их дисперсия и свободны ли они от "
        "пространственной корреляции?",
    },
)

# %%
sdm = steps["sdm"]
wb.publish(
    sdm.impacts(),
    "impacts",
    caption={
        "en": "Impacts in the spatial Durbin model, delta-method standard errors",
        "ru": "Эффекты в пространственной модели Дарбина, стандартные ошибки по дельта-методу",
    },
)
wb.publish(
    sdm.impacts().plot(),
    "impacts-plot",
    caption={
        "en": "Impacts in the spatial Durbin model with 95 % intervals",
        "ru": "Эффекты в пространственной модели Дарбина с 95-процентными интервалами",
    },
)

# %% [markdown]
# ### The same under other neighbourhoods
#
# The tests on the OLS residuals (@diagnostics) also say whether the disturbances have one variance. Where
# they have not, the classical standard errors of SLX may be too small or too large; the robust ones (HC1)
# allow for it. The likelihood models (SAR, SDM) take one variance for granted. @spillovers-across has all
# of them.

# %%
spillovers = {}
for name, W in neighbourhoods.items():
    for model, covariance in (
        ("slx", "classical"),
        ("slx", "robust"),
        ("sar", "classical"),
        ("sdm", "classical"),
    ):
        fit = wb.fit(FORMULA, means, W, model=model, covariance=covariance)
        label = f"{model.upper()}, {name}, {covariance}"
        spillovers[label] = fit.impacts()["log(rd)", "indirect"]
across = pd.DataFrame(spillovers).T.rename_axis("model, neighbourhood, standard errors")
wb.publish(
    across,
    "spillovers-across",
    labels=LABELS,
    caption={
        "en": "Indirect impact of log R&D on log(1 + patents) across regions, by model and neighbourhood",
        "ru": "Косвенный эффект log R&D для log(1 + patents) между регионами, по моделям и видам "
        "соседства",
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## Over time: the panel
#
# A cross-section cannot tell a neighbour's research from whatever else neighbours share: climate,
# history, industry, Moscow. A panel can, in part: *entity effects* compare each region with itself
# over time, *time effects* take out what moves all regions in a year, inflation of nominal R&D among
# it. The neighbours' inputs enter as in the SLX model (@panel). Standard errors are clustered by region, and
# once more by Driscoll and Kraay, which allows for shocks that neighbours share, but rests on many
# years: with twenty its intervals held the truth in 82.7 to 87.0 % of simulated panels where 95 % were
# due (`docs/validation.md`). What it alone finds significant is no finding here. <!-- given -->
#
# Gross regional product ends in 2019, so the panel does too; regions with any gap are left out, so
# that everybody has the same neighbours in every year. @impacts-both sets impacts within regions beside
# those across them, and @spillovers-over-time has that of the neighbours' R&D under other effects,
# neighbours and standard errors.

# %%
rows = panel.loc[panel.index.get_level_values("year") <= 2019]
effects = ("none", "time", "entity", "two-way", "random")
panels = {
    effect: wb.fit(
        FORMULA,
        rows,
        queen,
        model="slx",
        effects=effect,
        covariance="clustered",
        missing="drop-regions",
    )
    for effect in effects
}
wb.publish(
    wb.compare(
        {("pooled" if name == "none" else name): fit for name, fit in panels.items()},
        statistics=("nobs", "loglik", "aic"),
    ),
    "panel",
    labels=LABELS,
    caption={
        "en": "SLX panel models of log(1 + patents), 2000–2019, queen contiguity (standard errors clustered by region)",
        "ru": "Панельные модели SLX для log(1 + patents), 2000–2019 годы, соседство по границе "
        "(стандартные ошибки кластеризованы по регионам)",
    },
    notes="; ".join(panels["two-way"].notes),
)

# %%
wb.publish(
    wb.impacts_chart(
        {
            "across regions (SDM)": sdm.impacts(),
            "within regions over time (SLX, two-way effects)": panels["two-way"].impacts(),
        }
    ),
    "impacts-both",
    caption={
        "en": "Impacts across regions and within regions over time, queen contiguity, 95 % intervals",
        "ru": "Эффекты между регионами и внутри регионов во времени, соседство по границе, "
        "95-процентные интервалы",
    },
)

# %%
within = {}
for covariance in ("clustered", "driscoll-kraay"):
    for name, W in neighbourhoods.items():
        for effect in ("time", "two-way"):
            fit = wb.fit(
                FORMULA,
                rows,
                W,
                model="slx",
                effects=effect,
                covariance=covariance,
                missing="drop-regions",
            )
            within[f"{effect}, {name}, {covariance}"] = fit.impacts()["log(rd)", "indirect"]
over_time = pd.DataFrame(within).T.rename_axis("effects, neighbourhood, covariance")
wb.publish(
    over_time,
    "spillovers-over-time",
    labels=LABELS,
    caption={
        "en": "Indirect impact of log R&D on log(1 + patents) in the panel, by effects, neighbourhood and covariance",
        "ru": "Косвенный эффект log R&D для log(1 + patents) в панели, по фиксированным эффектам, "
        "соседству и ковариации",
    },
)

# %% [markdown]
# ## Verdicts, one model at a time
#
# The three hypotheses, asked of three of the fits above. Nine questions at once find something by
# chance more often than one, so Holm's adjustment holds the chance of any wrong claim among them at 5 %
# (@verdicts; the intervals are in @verdicts-plot).

# %%
asked = {
    "across regions (SDM)": sdm,
    "over time, period effects (SLX)": panels["time"],
    "within regions, two-way effects (SLX)": panels["two-way"],
}
verdicts = wb.hypotheses.test_hypotheses(hypotheses.values(), asked, adjust="holm")
marked = locked.mark(verdicts)
shown = [
    "fit",
    "hypothesis",
    "estimate",
    "conf_low",
    "conf_high",
    "p_adjusted",
    "verdict",
    "status",
]
wb.publish(
    marked.tidy()[shown],
    "verdicts",
    labels=LABELS,
    caption={
        "en": "Verdicts on the three hypotheses, p-values adjusted by Holm, and what the lock says of them",
        "ru": "Выводы о трёх гипотезах, p-значения с поправкой Холма, и что говорит о них протокол "
        "решений",
    },
    notes=" ".join(marked.notes),
    kind="maximum likelihood",
)
wb.publish(
    verdicts.plot(),
    "verdicts-plot",
    caption={
        "en": "Estimates and intervals behind the verdicts",
        "ru": "Оценки и интервалы, на которых основаны выводы",
    },
)

# %% [markdown]
# ## Every specification that could be defended
#
# Which outcome, which controls, which neighbours, which model, which effects, which standard errors,
# which regions and years? Each question has several good answers. The curve takes all combinations
# (@curve): the verdict of each, counted in @curve-shares, and what the whole says [@simonsohn2020]. Half of them have
# Driscoll and Kraay's errors, which call too much significant in so few years; shares of verdicts count
# them, but the test of the curve compares it with curves of no spillover that have the same errors. Time
# effects are in all of them, since R&D is in current roubles; they differ in whether regions are compared with
# each other or with themselves.

# %%
CAPITALS = ["RU-MOW", "RU-MOS", "RU-SPE", "RU-LEN"]
curve = wb.specification_curve(
    spillover,
    rows,
    outcomes=["log(1 + patents)", "asinh(patents)"],
    formulas={
        "R&D alone": "log(rd)",
        "and people": "log(rd) + log(students) + log(researchers)",
        "and income": "log(rd) + log(students) + log(researchers) + log(grp / population)",
    },
    weights=neighbourhoods,
    models=["slx", "sdm", "sdem"],
    effects=["time", "two-way"],
    covariances=["clustered", "driscoll-kraay"],
    samples={
        "2000–2019": None,
        "2010–2019": "year >= 2010",
        "without the two capitals": lambda table: ~table.index.isin(CAPITALS, level="region"),
    },
    options={"missing": "drop-regions"},
)
wb.publish(
    curve.plot(),
    "curve",
    caption={
        "en": "The indirect impact of R&D in every specification, sorted, with 95 % intervals and the choices behind each",
        "ru": "Косвенный эффект исследований и разработок во всех спецификациях по возрастанию, с "
        "95-процентными интервалами и сделанным в каждой выбором",
    },
    kind="maximum likelihood",
)
wb.publish(
    curve.shares()
    .table.reset_index()
    .query("specifications > 0")
    .set_index(["dimension", "choice"])[
        ["specifications", "estimated", "median", "supported", "contradicted", "cannot_tell"]
    ],
    "curve-shares",
    labels=LABELS,
    caption={
        "en": "Verdicts by choice: how many specifications support and contradict the spillover",
        "ru": "Выводы по вариантам выбора: сколько спецификаций подтверждают переток и сколько ему "
        "противоречат",
    },
    kind="maximum likelihood",
)
shares = curve.shares().table
everywhere = shares.xs(("all", "all"))
between, within = shares.loc[("effects", "time")], shares.loc[("effects", "two-way")]
wb.claim(
    "curve-counts",
    {
        "en": "Of {specifications} specifications {estimated} have an estimate; their median is {median:.2f}. "
        "{supported} support the spillover, {contradicted} contradict it, {cannot_tell} cannot tell "
        "(@curve-shares). "
        "Where regions are compared with each other (time effects), {between} of {between_of} support it "
        "and {between_against} contradict it; where each is compared with itself (two-way effects), "
        "{within} of {within_of} support it and {within_against} contradict it.",
        "ru": "Из {specifications} спецификаций оценку дают {estimated}; медиана оценок равна "
        "{median:.2f}. Подтверждают переток {supported}, противоречат ему {contradicted}, не "
        "позволяют судить {cannot_tell} (@curve-shares). Там, где регионы сравниваются между собой (эффекты "
        "времени), подтверждают {between} из {between_of} и противоречат {between_against}; "
        "там, где каждый сравнивается с самим собой (эффекты регионов и периодов), подтверждают "
        "{within} из {within_of} и противоречат {within_against}.",
    },
    numbers={
        "specifications": int(everywhere["specifications"]),
        "estimated": int(everywhere["estimated"]),
        "median": float(everywhere["median"]),
        "supported": int(everywhere["supported"]),
        "contradicted": int(everywhere["contradicted"]),
        "cannot_tell": int(everywhere["cannot_tell"]),
        "between": int(between["supported"]),
        "between_of": int(between["estimated"]),
        "between_against": int(between["contradicted"]),
        "within": int(within["supported"]),
        "within_of": int(within["estimated"]),
        "within_against": int(within["contradicted"]),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# Which choice decides? @curve-attribution divides the variance of the test statistic over the curve among
# the choices. It is a share of this grid, not of nature.

# %%
attribution = curve.attribution()
by_choice = attribution.table.xs("statistic")["variance_share"].astype(float)
wb.publish(
    attribution.table.xs("statistic")[["choices", "variance_share"]],
    "curve-attribution",
    caption={
        "en": "Share of the variance of the test statistic over the curve that belongs to each choice",
        "ru": "Доля дисперсии тестовой статистики по кривой, приходящаяся на каждый выбор",
    },
    notes=" ".join(attribution.notes),
    kind="maximum likelihood",
)
choices_alone = by_choice.drop(["interactions of two", "rest"])
DIMENSIONS = {
    "outcome": "показатель",
    "formula": "формула",
    "weights": "веса",
    "model": "модель",
    "effects": "эффекты",
    "covariance": "ковариация",
    "sample": "выборка",
}


def named(dimension):
    return {"en": dimension, "ru": DIMENSIONS.get(dimension, dimension)}


wb.claim(
    "curve-decides",
    {
        "en": "Most is decided by the choice of {largest} ({share:.0%}), then of {second} ({next:.0%}); the "
        "choice of weights decides {weights:.1%}, that of the model {model:.1%}.",
        "ru": "Больше всего решает выбор, обозначенный «{largest}» ({share:.0%}), затем «{second}» "
        "({next:.0%}); на выбор весов приходится {weights:.1%}, на выбор модели {model:.1%}.",
    },
    numbers={
        "largest": named(choices_alone.sort_values(ascending=False).index[0]),
        "share": float(choices_alone.max()),
        "second": named(choices_alone.sort_values(ascending=False).index[1]),
        "next": float(choices_alone.sort_values(ascending=False).iloc[1]),
        "weights": float(by_choice["weights"]),
        "model": float(by_choice["model"]),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# Could a curve like this come about without any spillover? Outcomes are drawn in which there is none,
# with the disturbances of each region kept together, and the whole curve is estimated on each draw
# (@curve-test, @curve-test-plot). And is the curve that of a few regions? @curve-influence leaves out those
# that move it most.

# %%
curve_test = curve.test(draws=199, seed=2014)
wb.publish(
    curve_test,
    "curve-test",
    caption={
        "en": "The curve against curves without a spillover",
        "ru": "Кривая рядом с кривыми без перетока",
    },
    notes=" ".join(curve_test.notes),
    kind="permutation",
)
wb.publish(
    curve_test.plot(),
    "curve-test-plot",
    caption={
        "en": "The curve and the range of curves without a spillover",
        "ru": "Кривая и размах кривых без перетока",
    },
)

# %%
influence = curve.influence(specifications=36, most=8)
wb.publish(
    influence.table,
    "curve-influence",
    labels=LABELS,
    caption={
        "en": "The curve without the regions that move it most",
        "ru": "Кривая без регионов, которые сдвигают её сильнее всего",
    },
    notes=" ".join(influence.notes[:2]),
    kind="maximum likelihood",
)

# %% [markdown]
# ## Would any map do?
#
# Spatial econometrics has been called mostly pointless, because a lag of neighbours is a smooth average
# that picks up whatever is smooth [@gibbons2012]. So the same models are estimated on maps
# that are wrong on purpose: regions exchanged at random, links exchanged at random, and the whole map
# turned or mirrored, so that every region gets the neighbours of a place where it is not. The last is
# the sharpest, because the false neighbours are as smooth as the true ones [@kelly2019]. @placebo-1 is of
# the model across regions, @placebo-2 of that over time, @placebo-3 of that within regions; @placebos says
# where the real map stands in each.
#
# Another question with a known answer: patents of years before cannot come from today's R&D next door. What
# they seem to owe to it is in @placebo-outcomes.

# %%
placebos = {
    name: wb.placebo_geography(spillover, fit, points=regions, draws=199, seed=2014)
    for name, fit in asked.items()
}
for number, (name, placebo) in enumerate(placebos.items(), start=1):
    wb.publish(
        placebo.plot(),
        f"placebo-{number}",
        caption={
            "en": f"The indirect impact of R&D under wrong maps: {name}",
            "ru": f"Косвенный эффект исследований и разработок на неверных картах: {WORDS[name]}",
        },
    )
stands = pd.concat({name: placebo.glance().T for name, placebo in placebos.items()}, axis=1).T
wb.publish(
    stands[["estimate", "statistic", "p_permutation", "significant_share", "overlap"]],
    "placebos",
    labels=LABELS,
    caption={
        "en": "Where the real map stands among wrong ones, and how many wrong maps are significant at 5 %",
        "ru": "Где стоит настоящая карта среди неверных и сколько неверных карт значимы на уровне 5"
        " %",
    },
    kind="permutation",
    drawn_by=placebos,
)
turned = stands.xs("displaced", level=1)
wb.claim(
    "placebo-answer",
    {
        "en": "Among regions exchanged at random the real map stands out at 5 % in {permuted} of {fits} models; "
        "among turned maps in {displaced}. In the model across regions {across:.0%} of the turned maps are "
        "“significant” at 5 %, under period effects {pooled:.0%}, within regions {within:.0%} (@placebos).",
        "ru": "Среди регионов, переставленных случайно, настоящая карта выделяется на уровне 5 % в "
        "{permuted} из {fits} моделей; среди повёрнутых карт — в {displaced}. В модели между "
        "регионами «значимы» на уровне 5 % {across:.0%} повёрнутых карт, с эффектами времени "
        "— {pooled:.0%}, внутри регионов — {within:.0%} (@placebos).",
    },
    numbers={
        "permuted": int((stands.xs("permuted", level=1)["p_permutation"] < LEVEL).sum()),
        "displaced": int((turned["p_permutation"] < LEVEL).sum()),
        "fits": len(turned),
        "across": float(turned["significant_share"].iloc[0]),
        "pooled": float(turned["significant_share"].iloc[1]),
        "within": float(turned["significant_share"].iloc[2]),
    },
    kind="permutation",
    drawn_by=placebos,
)

# %%
earlier = wb.hypotheses.placebo_outcomes(spillover, panels["two-way"], lags=[1, 2, 3])
wb.publish(
    earlier,
    "placebo-outcomes",
    caption={
        "en": "Can today's R&D next door “explain” the patents of earlier years? It must not",
        "ru": "Могут ли сегодняшние исследования у соседей «объяснить» патенты прежних лет? Не "
        "должны",
    },
)

# %% [markdown]
# ## What identifies it, and what could have been seen
#
# Within regions the estimate rests on what is left of R&D once every region's mean and every year's are
# out. @identification says how much that is, and what speaks for and against reading it as a spillover;
# @power says how large a spillover had to be to be found there. @recovery asks of the SDM across regions
# whether it finds what it is told when its own numbers are true.

# %%
others = {name: W for name, W in neighbourhoods.items() if name != "queen"}
identified = wb.identification(panels["two-way"], spillover, candidates=others)
wb.publish(
    identified,
    "identification",
    caption={
        "en": "What identifies the spillover within regions",
        "ru": "На чём держится оценка перетока внутри регионов",
    },
)

# %%
SLOPES = "~ log(rd) + log(students) + log(researchers) + log(grp / population)"
detectable = wb.power(
    spillover,
    rows,
    queen,
    formula=SLOPES,
    effects="two-way",
    missing="drop-regions",
    sigma=float(panels["two-way"].sigma2 ** 0.5),
)
recovered = wb.recovery(sdm, 199, seed=2014)
wb.publish(
    detectable.plot(),
    "power",
    caption={
        "en": "The chance that a true spillover of a given size would be found within regions",
        "ru": "Вероятность обнаружить внутри регионов истинный переток заданной величины",
    },
)
wb.publish(
    recovered.table[["truth", "bias", "rmse", "error_ratio", "coverage", "reading"]],
    "recovery",
    labels=LABELS,
    caption={
        "en": "Outcomes drawn from the estimated SDM and estimated again: bias, mean standard error over true scatter, coverage of 95 % intervals",
        "ru": "Исходы, разыгранные по оценённой SDM и оценённые заново: смещение, отношение средней"
        " стандартной ошибки к истинному разбросу, накрытие 95-процентных интервалов",
    },
    kind="simulation",
    drawn_by=recovered,
)
error = float(panels["two-way"].impacts()["log(rd)", "indirect"]["std_error"])
wb.claim(
    "power-answer",
    {
        "en": "With independent disturbances an elasticity of {minimum:.2f} would be found in four cases of five "
        "(@power); with the clustered standard error of the estimate ({error:.2f}) it takes {actual:.2f}. A smaller "
        "spillover within regions would mostly stay unseen.",
        "ru": "При независимых возмущениях эластичность {minimum:.2f} была бы обнаружена в "
        "четырёх случаях из пяти (@power); с кластеризованной стандартной ошибкой оценки ({error:.2f}) для "
        "этого нужно {actual:.2f}. Меньший переток внутри регионов чаще всего остался бы "
        "незамеченным.",
    },
    numbers={
        "minimum": float(detectable.minimum),
        "error": error,
        "actual": (1.959964 + 0.841621) * error,
    },
)

# %% [markdown]
# ## Other borders
#
# Regions are what administrators made them. @scales shows the same model with patents, R&D and students
# added up over larger zones: the eight federal districts, and random zones of neighbouring regions
# [@openshaw1984].

# %%
scales = wb.scale_ladder(
    spillover,
    means,
    queen,
    formula="log(1 + patents) ~ log(rd) + log(students)",
    model="slx",
    aggregate={"patents": "sum", "rd": "sum", "students": "sum"},
    hierarchy={"federal districts": regions["federal_district"]},
    random={"sizes": [60, 40, 20], "draws": 99},
    seed=2014,
)
wb.publish(
    scales.plot(),
    "scales",
    caption={
        "en": "The indirect impact of R&D at five scales (SLX across regions)",
        "ru": "Косвенный эффект исследований и разработок в пяти масштабах (SLX между регионами)",
    },
)

# %% [markdown]
# ## What a referee would ask
#
# @referee puts a sceptical reader's questions to the model within regions. A question that nothing at hand
# answers is left standing as one.

# %%
review = wb.referee(panels["two-way"], hypothesis=spillover, regions=regions, lisa=lisa)
wb.publish(
    review,
    "referee",
    caption={
        "en": "A sceptical reader's checklist for the model within regions",
        "ru": "Вопросы придирчивого читателя к модели внутри регионов",
    },
    notes=" ".join(review.notes),
)

# %% [markdown]
# ## The answer

# %%
turned_out = bool((turned["p_permutation"] < LEVEL).any())
p_curve = float(curve_test.p_value)
share_between = between["supported"] / between["estimated"]
share_within = within["supported"] / within["estimated"]
first = (
    {
        "en": "Regions near much R&D patent more",
        "ru": "Регионы, рядом с которыми много исследований, патентуют больше",
    }
    if share_between > 0.5
    else {
        "en": "Not even across regions does a majority of specifications show a spillover",
        "ru": "Даже между регионами большинство спецификаций не показывает перетока",
    }
)
second = (
    {
        "en": "and wrong maps of the same smoothness do not show it: neighbourhood itself is at work",
        "ru": "и неверные карты той же гладкости этого не показывают: действует само соседство",
    }
    if turned_out
    else {
        "en": "but maps turned the wrong way show the same: it is a pattern of the map, and these "
        "figures cannot say that neighbours make it",
        "ru": "но и повёрнутые карты показывают то же: это рисунок карты, и по этим данным нельзя "
        "сказать, что его создают соседи",
    }
)
third = (
    {
        "en": "Within regions over time the spillover is there too",
        "ru": "Внутри регионов во времени переток тоже есть",
    }
    if share_within > 0.5
    else {
        "en": "Within regions over time it is gone",
        "ru": "Внутри регионов во времени он исчезает",
    }
)
wb.claim(
    "answer",
    {
        "en": "**{first}, {second}.** Comparing regions with each other, {between:.0%} of the specifications "
        "support the hypothesis. **{third}**: comparing regions with themselves, {within:.0%} support it and "
        "{against:.0%} contradict it (@curve-shares). If there were no spillover anywhere, a curve that speaks "
        "for one as much as this does would still come about with probability {p:p} (@curve-test).",
        "ru": "**{first}, {second}.** При сравнении регионов между собой гипотезу подтверждают "
        "{between:.0%} спецификаций. **{third}**: при сравнении регионов с самими собой её "
        "подтверждают {within:.0%}, а противоречат ей {against:.0%} (@curve-shares). Если бы перетока не было"
        " нигде, кривая, говорящая о нём столь же определённо, всё равно возникла бы с "
        "вероятностью {p:p} (@curve-test).",
    },
    numbers={
        "first": first,
        "second": second,
        "third": third,
        "between": float(share_between),
        "within": float(share_within),
        "against": float(within["contradicted"] / within["estimated"]),
        "p": p_curve,
    },
    kind="permutation",
    drawn_by=curve_test,
)

# %% [markdown]
# ## What these figures do not allow to say
#
# - An indirect impact is an association between neighbours. Nobody assigned R&D to regions at random,
#   and the models hold constant only what they contain.
# - Patents are counted where the applicant has its seat. Institutes with branches patent in Moscow
#   what was invented elsewhere.
# - $\log(1 + P)$ keeps regions without patents in the sample at the price of a scale that matters for
#   the smallest of them.
# - R&D is in current roubles. Time effects take out common inflation, not regional differences in it;
#   models without time effects mix prices with quantities.
# - Some yearbook figures are odd in the source itself; the catalogue's quality report lists them, and
#   they are left as they were published.
# - Effects over 20 years rest on changes within regions, which are small beside the differences
#   between regions: "not significant" here means that the data cannot tell, not that the effect is
#   zero. <!-- given -->
# - The curve holds choices that somebody would defend, not all there are: other patents, other
#   neighbours, other years would make another curve. Its shares count choices, they are no
#   probabilities.
# - A placebo of displaced maps is the sharpest question asked here, and the bluntest instrument: few
#   turns of a map are really different from each other.
