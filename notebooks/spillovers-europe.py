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
#     - eu-nuts2-knowledge
#     picture: decay
#     question: Do regions of the United Kingdom apply for more patents because universities
#       and firms in the regions around them do research?
#     question_ru: Подают ли регионы Великобритании больше патентных заявок оттого,
#       что вокруг ведут исследования университеты и фирмы?
#     title: Do regions of the United Kingdom patent more because their neighbours do
#       research?
#     title_ru: Патентуют ли регионы Великобритании больше оттого, что их соседи ведут
#       исследования?
# ---

# %% [markdown]
# # Do regions of the United Kingdom patent more because their neighbours do research?
#
# Bottazzi and Peri (2003) found that patents of European regions rise with the research of regions
# around, within some 300 kilometres, and little. Their table could not be found. Eurostat's are, but no copy of all of Europe lies
# at an address that could be pinned; one of the United Kingdom does. So this study is of one country of
# Europe: 35 NUTS 2 regions, patent applications to the European Patent Office with priority in
# 2010–2012, R&D of businesses and of universities in 2009–2010. The outcome follows
# the inputs by a year or two, with 2010 in both. London is not in it, because its R&D of these years is
# not. <!-- given -->
#
# $$\log P_i = \alpha + \beta_b \log B_i + \beta_u \log U_i
#   + \theta' \sum_j w_{ij} \log x_j + \rho \sum_j w_{ij} \log P_j + \varepsilon_i$$
#
# with $B$ and $U$ in millions of euros. There is nothing else in it: 35 regions do not carry more.
# <!-- given -->
#
# The data do not come with the workbench: `workbench data fetch eu-nuts2-knowledge` shows whose they
# are and under which terms, and downloads them. What is pinned are values: the rows and columns in use
# were read in the files at their addresses and copied out by hand, more than once, not taken
# from a download. A copy with other values is refused.

# %% tags=["parameters"]
lang = "en"

# %%
import pandas as pd

import workbench as wb

wb.set_language(lang)

BUSINESS, UNIVERSITY = "log(business_rd)", "log(university_rd)"
FORMULA = f"log(patents) ~ {BUSINESS} + {UNIVERSITY}"
LEVEL = 0.05
SEED = 2003
RINGS = [0, 100, 200, 400]  # kilometres

WORDS = {
    "field": ("quantity", "показатель"), "min": ("least", "наименьшее"),
    "max": ("most", "наибольшее"), "fit": ("model", "модель"),
    "rings": (None, "кольца"), "all": (None, "все"), "nearest": (None, "ближайшие"),
    "within 120 km": (None, "не дальше 120 км"), "distance": (None, "по расстоянию"),
    "business alone": (None, "только бизнес"), "and universities": (None, "и университеты"),
    "some university research": (None, "есть исследования университетов"),
    "without the first five": (None, "без первых пяти"),
    "patents": (None, "патенты"), "business_rd": (None, "исследования бизнеса"),
    "university_rd": (None, "исследования университетов"),
    "log_business_rd_0_100_km": (None, "log(business_rd), 0–100 км"),
    "log_business_rd_100_200_km": (None, "log(business_rd), 100–200 км"),
    "log_business_rd_200_400_km": (None, "log(business_rd), 200–400 км"),
}  # fmt: skip
LABELS = {name: {"en": en or name, "ru": ru} for name, (en, ru) in WORDS.items()}
LABELS |= {
    f"{model}, {name}": {"en": f"{model}, {name}", "ru": f"{model}, {ru}"}
    for model in ("SLX", "SAR", "SDM")
    for name, ru in (
        ("nearest", "ближайшие"),
        ("within 120 km", "не дальше 120 км"),
        ("distance", "по расстоянию"),
    )
}

# %% [markdown]
# ## What is claimed
#
# Five hypotheses. *Supported* is one if the interval of the estimate lies on its side and the p-value,
# adjusted for all that are asked together, is below 5 %; *contradicted* if both speak for the other side;
# otherwise the figures *cannot tell*. All are exploratory: the models were chosen with the figures at
# hand.

# %%
hypotheses = {
    "H1": wb.Hypothesis(
        "University research near by raises patenting",
        wb.indirect(UNIVERSITY),
        ">",
        0,
        name="H1",
        reference="Jaffe 1989; Anselin, Varga and Acs 1997",
    ),
    "H2": wb.Hypothesis(
        "Business research near by raises patenting",
        wb.indirect(BUSINESS),
        ">",
        0,
        name="H2",
        reference="Bottazzi and Peri 2003",
    ),
    "H3": wb.Hypothesis(
        "A region's own business research raises its patenting",
        wb.direct(BUSINESS),
        ">",
        0,
        name="H3",
        reference="Griliches 1979",
    ),
    "H4": wb.Hypothesis(
        "A region's own university research raises its patenting",
        wb.direct(UNIVERSITY),
        ">",
        0,
        name="H4",
        reference="Jaffe 1989",
    ),
    "H5": wb.Hypothesis(
        "Business research within 100 km counts for more than from 200 to 400 km",
        "coefficient(log_business_rd_0_100_km) - coefficient(log_business_rd_200_400_km) > 0",
        name="H5",
        reference="Bottazzi and Peri 2003",
    ),
}
CLAIMS_RU = {
    "H1": "Исследования университетов по соседству повышают число заявок",
    "H2": "Исследования бизнеса по соседству повышают число заявок",
    "H3": "Исследования собственного бизнеса повышают число заявок",
    "H4": "Исследования собственных университетов повышают число заявок",
    "H5": "Исследования бизнеса ближе 100 км значат больше, чем от 200 до 400 км",
}
wb.publish(
    wb.stated(list(hypotheses.values())),
    "hypotheses",
    labels=LABELS
    | {h.statement: {"en": h.statement, "ru": CLAIMS_RU[name]} for name, h in hypotheses.items()},
    caption={
        "en": "Five hypotheses, and the number that each is about",
        "ru": "Пять гипотез, и число, о котором говорит каждая",
    },
)

# %% [markdown]
# ## The figures

# %%
regions = wb.load("eu-nuts2-knowledge")
panel = wb.load("eu-nuts2-knowledge", part="panel")
on_map = regions.to_crs(27700)
wb.publish(
    regions[["patents", "business_rd", "university_rd"]]
    .agg(["mean", "median", "min", "max"])
    .T.rename_axis("field"),
    "figures",
    labels=LABELS,
    caption={
        "en": "Regions: applications a year 2010–2012, business and university R&D a year 2009–2010 "
        "(million euros)",
        "ru": "Регионы: заявок в год в 2010–2012 гг., затраты на исследования бизнеса и университетов в "
        "год в 2009–2010 гг. (млн евро)",
    },
)
wb.publish(
    wb.choropleth(regions["patents"], on_map, k=5),
    "map-patents",
    caption={
        "en": "Applications to the European Patent Office a year, means 2010–2012, quintiles: a dot a "
        "region, London left out",
        "ru": "Заявок в Европейское патентное ведомство в год, средние за 2010–2012 гг., квинтили: точка "
        "— регион, Лондона нет",
    },
)
late = panel["patents"][panel.index.get_level_values("year") >= 2010]
by_region = late.groupby(level="region").sum()
london = by_region[["UKI1", "UKI2"]].sum() / by_region.sum()
tiny = regions["university_rd"] < 1
wb.claim(
    "coverage",
    {
        "en": "{regions} regions are used; London, which is not among them, has {london:.0%} of the "
        "applications. {tiny} regions have less than a million euros of university R&D a year ({names}): "
        "in logarithms they weigh much.",
        "ru": "Взято {regions} регионов; на Лондон, которого среди них нет, приходится {london:.0%} "
        "заявок. В {tiny} регионах исследования университетов не достигают миллиона евро в год "
        "({names}): в логарифмах они весят много.",
    },
    numbers={
        "regions": len(regions),
        "london": float(london),
        "tiny": int(tiny.sum()),
        "names": ", ".join(regions.loc[tiny, "name"]),
    },
)

# %% [markdown]
# ## Who is whose neighbour

# %%
neighbourhoods = {
    "nearest": wb.weights.knn(regions, 4),
    "within 120 km": wb.weights.distance_band(regions, 120, islands="nearest"),
    "distance": wb.weights.inverse_distance(regions),
}
nearest = neighbourhoods["nearest"]
wb.publish(
    pd.concat({name: W.card().table()["value"] for name, W in neighbourhoods.items()}, axis=1),
    "weights",
    labels=LABELS,
    caption={
        "en": "The three spatial weights, side by side",
        "ru": "Три матрицы пространственных весов рядом",
    },
    notes="; ".join(neighbourhoods["within 120 km"].card().notes),
)

# %% [markdown]
# ## Where patents cluster
#
# Applications are taken as they are, since the figures hold nothing to divide them by: large regions
# next to large ones cluster too.

# %%
moran = wb.moran("log(patents)", regions, nearest, seed=SEED)
wb.publish(
    moran,
    "moran",
    caption={
        "en": "Moran's I of applications, four nearest regions",
        "ru": "Индекс Морана для заявок, четыре ближайших региона",
    },
)
lisa = wb.lisa("log(patents)", regions, nearest, seed=SEED, alpha=LEVEL)
wb.publish(
    lisa.plot(on_map, title=""),
    "lisa-map",
    caption={
        "en": "Local Moran of applications, each region tested by itself at 5 %: an exploration",
        "ru": "Локальный индекс Морана для заявок, каждый регион проверен отдельно на уровне 5 %: "
        "разведка",
    },
)

# %% [markdown]
# ## The ladder of models

# %%
steps = wb.ladder(FORMULA, regions, nearest, models=["ols", "slx", "sar", "sdm"])
wb.publish(
    wb.compare({name.upper(): fit for name, fit in steps.items()}),
    "ladder",
    caption={
        "en": "Knowledge production functions of 35 regions, four nearest (standard errors in "
        "parentheses)",
        "ru": "Производственные функции знаний 35 регионов, четыре ближайших (в скобках стандартные "
        "ошибки)",
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
ols = steps["ols"]
wb.claim(
    "ladder-answer",
    {
        "en": "Without space the elasticity of applications is {business:.2f} with respect to business "
        "R&D and {university:.2f} with respect to university R&D (p = {p_university:p}); R² is "
        "{rsquared:.2f}. A spatial lag of applications is worth p = {sar:p}. Akaike's criterion is lowest "
        "for {best}.",
        "ru": "Без пространства эластичность заявок по исследованиям бизнеса равна {business:.2f}, по "
        "исследованиям университетов {university:.2f} (p = {p_university:p}); R² равен {rsquared:.2f}. "
        "Пространственный лаг заявок даёт p = {sar:p}. Критерий Акаике наименьший у {best}.",
    },
    numbers={
        "business": float(ols.params[BUSINESS]),
        "university": float(ols.params[UNIVERSITY]),
        "p_university": float(ols.tidy().loc[UNIVERSITY, "p_value"]),
        "rsquared": float(ols.rsquared),
        "sar": steps.tests["LR sar vs ols"].p_value,
        "best": steps.glance()["aic"].idxmin().upper(),
    },
    kind="maximum likelihood",
)
wb.publish(
    wb.impacts_chart({"SAR": steps["sar"].impacts(), "SDM": steps["sdm"].impacts()}),
    "impacts-plot",
    caption={
        "en": "Impacts with 95 % intervals, four nearest regions",
        "ru": "Эффекты с 95-процентными интервалами, четыре ближайших региона",
    },
)

# %% [markdown]
# ## How far it reaches

# %%
rings = wb.weights.rings(regions, RINGS)
made = wb.innovation.ring_spillovers(regions, BUSINESS, rings, rule="mean", empty="zero")
empty = {
    f"alone_{high}": (W.cardinalities.reindex(regions.index) == 0).astype(float)
    for high, W in zip(RINGS[1:], rings.values(), strict=True)
}
empty = {name: column for name, column in empty.items() if column.any()}
terms = [*made.columns, *empty]
ringed = wb.fit(f"{FORMULA} + {' + '.join(terms)}", made.table.assign(**empty))
wb.publish(
    ringed.tidy().loc[list(made.columns)],
    "rings",
    labels=LABELS,
    caption={
        "en": "Business research of the neighbours in three rings; regions with nobody in a ring are told "
        "apart",
        "ru": "Исследования соседнего бизнеса в трёх кольцах; регионы, у которых кольцо пусто, отмечены",
    },
)
decay = wb.innovation.spillover_decay(
    FORMULA, regions, regions, BUSINESS, normalize=True, draws=499, seed=SEED
)
wb.publish(
    decay.plot(),
    "decay",
    caption={
        "en": "The spillover of business R&D by distance",
        "ru": "Переток исследований бизнеса в зависимости от расстояния",
    },
)
wb.claim(
    "decay-answer",
    {
        "en": "A spillover of business research that decays with distance is told from none with "
        "p = {p:p}{so}.",
        "ru": "Затухающий с расстоянием переток исследований бизнеса отличим от нуля с p = {p:p}{so}.",
    },
    numbers={
        "p": decay.test.p_value,
        "so": {
            "en": ": its length means nothing then",
            "ru": ": длина затухания тогда ничего не значит",
        }
        if decay.test.p_value >= LEVEL
        else "",
    },
    kind="simulation",
)

# %% [markdown]
# ## Verdicts
#
# The hypotheses, asked of models under each neighbourhood, and of the rings what the rings can answer;
# Holm's adjustment is over all of them.

# %%
asked = {
    f"{model.upper()}, {name}": wb.fit(FORMULA, regions, W, model=model)
    for name, W in neighbourhoods.items()
    for model in ("slx", "sar", "sdm")
}
every = {**asked, "rings": ringed}
verdicts = wb.hypotheses.test_hypotheses(list(hypotheses.values()), every, adjust="holm")
shown = ["estimate", "conf_low", "conf_high", "p_value", "p_adjusted", "verdict"]
answered = verdicts.answered.tidy().set_index(["hypothesis", "fit"])
wb.publish(
    answered.sort_index(kind="stable")[shown],
    "verdicts",
    labels=LABELS,
    caption={
        "en": "Verdicts on the five hypotheses, p-values adjusted by Holm",
        "ru": "Выводы о пяти гипотезах, p-значения с поправкой Холма",
    },
    kind="maximum likelihood",
)
wb.publish(
    verdicts.answered.plot(),
    "verdicts-plot",
    caption={
        "en": "Estimates and intervals behind the verdicts",
        "ru": "Оценки и интервалы, на которых основаны выводы",
    },
)

difference = answered.loc[("H5", "rings")]
near, far = (ringed.params[f"log_business_rd_{ring}_km"] for ring in ("0_100", "200_400"))
wb.claim(
    "rings-answer",
    {
        "en": "Between the nearest and the farthest ring business research differs by {difference:.2f} "
        "(p = {p:p} by itself, {adjusted:p} among all questions). The coefficients are {near:.2f} near by "
        "and {far:.2f} far away{so}.",
        "ru": "Между ближним и дальним кольцом исследования бизнеса различаются на {difference:.2f} "
        "(p = {p:p} само по себе, {adjusted:p} среди всех вопросов). Коэффициенты равны {near:.2f} "
        "вблизи и {far:.2f} вдали{so}.",
    },
    numbers={
        "difference": float(difference["estimate"]),
        "p": float(difference["p_value"]),
        "adjusted": float(difference["p_adjusted"]),
        "near": float(near),
        "far": float(far),
        "so": {
            "en": ": research near by shows no spillover that could fade, the far ring has a minus",
            "ru": ": перетока вблизи, который мог бы слабеть, не видно, а дальнее кольцо входит с "
            "минусом",
        }
        if far < 0 and near <= 0
        else "",
    },
)

# %% [markdown]
# ## Every specification that could be defended
#
# Applications of 2010–2012 or of 2010–2011 (those of 2012 are not all in), which neighbours, which model,
# which regions: all, without those of tiny university research, without the five that apply most. The
# verdicts are of single specifications, not adjusted.

# %%
to_2011 = panel["patents"][panel.index.get_level_values("year").isin([2010, 2011])]
two_years = to_2011.groupby(level="region").mean()
rows = regions.assign(patents_to_2011=two_years.reindex(regions.index))
FIRST_FIVE = regions["patents"].nlargest(5).index
curve = wb.specification_curve(
    hypotheses["H2"],
    rows,
    outcomes=["log(patents)", "log(patents_to_2011)"],
    formulas={"business alone": BUSINESS, "and universities": f"{BUSINESS} + {UNIVERSITY}"},
    weights=neighbourhoods,
    models=["slx", "sar", "sdm"],
    samples={
        "all": None,
        "some university research": "university_rd > 1",
        "without the first five": lambda table: ~table.index.isin(FIRST_FIVE),
    },
)
wb.publish(
    curve.plot(title={"en": hypotheses["H2"].statement, "ru": CLAIMS_RU["H2"]}),
    "curve",
    caption={
        "en": "The indirect impact of business R&D in every specification, with 95 % intervals",
        "ru": "Косвенный эффект исследований бизнеса во всех спецификациях, с 95-процентными интервалами",
    },
    kind="maximum likelihood",
)
shares = curve.shares().table
wb.publish(
    shares.reset_index()
    .query("specifications > 0")
    .set_index(["dimension", "choice"])[
        ["specifications", "estimated", "median", "supported", "contradicted", "cannot_tell"]
    ],
    "curve-shares",
    labels=LABELS,
    caption={"en": "Verdicts by choice", "ru": "Выводы по вариантам выбора"},
    kind="maximum likelihood",
)
everywhere, kept = shares.xs(("all", "all")), shares.loc[("sample", "without the first five")]

# %% [markdown]
# ## The answer

# %%
verdict = answered.loc[[key for key in answered.index if key[1] in asked], "verdict"]


def counted(hypothesis):
    """Return how many of the models support a hypothesis."""
    return int((verdict.xs(hypothesis, level="hypothesis") == "supported").sum())


wb.claim(
    "answer",
    {
        "en": "More business research of its own goes with more applications of a region in {own} of "
        "{models} models, more university research in {university}; more business research of its "
        "neighbours in {business}, more of their universities in {next}. Of {specifications} specifications {supported} support a spillover of "
        "business research and {contradicted} contradict it; of the {kept_of} "
        "without the five regions that apply most {kept} do.",
        "ru": "Больше исследований собственного бизнеса — больше заявок региона в {own} из {models} "
        "моделей, собственных университетов — в {university}; соседского бизнеса — в {business}, соседских "
        "университетов — в {next}. Из {specifications} спецификаций переток исследований бизнеса "
        "поддерживают {supported}, противоречат ему {contradicted}; из {kept_of} без пяти первых по заявкам "
        "регионов — {kept}.",
    },
    numbers={
        "own": counted("H3"),
        "models": len(asked),
        "university": counted("H4"),
        "business": counted("H2"),
        "next": counted("H1"),
        "specifications": int(everywhere["estimated"]),
        "supported": int(everywhere["supported"]),
        "contradicted": int(everywhere["contradicted"]),
        "kept": int(kept["supported"]),
        "kept_of": int(kept["estimated"]),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## What these figures do not allow to say
#
# - Anything about Europe beyond one country; with Eurostat's own tables of all regions the same models
#   could be asked.
# - London's research and its effect on the regions round it: the largest neighbour is not there, and
#   what comes from it is taken for theirs.
# - So few regions give wide intervals, and those of indirect impacts are still too narrow.
# - Size is not held constant: a large region has more of everything. The repository's table of regional
#   product is of other versions of the Scottish regions.
# - Applications of 2012 are not all in, since Eurostat froze the table in April 2016; those of regions
#   are rounded.
# - R&D of 2009 fell with the pound and the crisis; two regions have the same figure of business R&D in
#   that year, which may be chance or a slip of the source.
# - Applications are counted where people live, research where it is done: who commutes makes
#   neighbours alike without any spillover.
# - Impacts are associations.
#
# ## References
#
# Anselin, L., A. Varga and Z. Acs (1997). Local geographic spillovers between university research and
# high technology innovations. *Journal of Urban Economics* 42, 422–448.
#
# Bottazzi, L. and G. Peri (2003). Innovation and spillovers in regions: evidence from European patent
# data. *European Economic Review* 47, 687–710.
#
# Griliches, Z. (1979). Issues in assessing the contribution of research and development to
# productivity growth. *Bell Journal of Economics* 10, 92–116.
#
# Jaffe, A. B. (1989). Real effects of academic research. *American Economic Review* 79, 957–970.
