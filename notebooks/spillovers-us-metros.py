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
#     - us-metro-knowledge
#     - us-states
#     picture: decay-university
#     question: Do American metropolitan areas patent more because universities and
#       firms near by do research, and how far does it reach?
#     question_ru: Патентуют ли американские городские ареалы больше оттого, что рядом
#       ведут исследования университеты и фирмы, и как далеко это достаёт?
#     title: Do American cities patent more because their neighbours do research?
#     title_ru: Патентуют ли американские города больше оттого, что их соседи ведут
#       исследования?
# ---

# %% [markdown]
# # Do American cities patent more because their neighbours do research?
#
# @jaffe1989 found that firms patent more in states whose universities do more research, and
# @jaffe1993 that patents cite those of their own metropolitan area more often than chance would have
# it. @anselin1997local asked of metropolitan areas what Jaffe had asked of states and found that
# university research reaches over the border of the area, within about 75 miles, and private research
# does not. Their figures, of 1982, could not be found; these are of our time: metropolitan areas with
# the business R&D and the university R&D of 2015 and the patents granted in 2011–2015.
#
# The tool is the knowledge production function [@griliches1979]:
#
# $$\log P_i = \alpha + \beta_b \log B_i + \beta_u \log(1 + U_i) + \beta_j \log J_i
#   + \theta' \sum_j w_{ij} \log x_j + \rho \sum_j w_{ij} \log P_j + \varepsilon_i$$
#
# where $P$ counts patents a year, $B$ is business R&D and $U$ university R&D in millions of dollars,
# $J$ jobs in thousands, and $w_{ij}$ are spatial weights whose rows sum to one. Areas without a
# university that does research have $U = 0$, hence the one: a million dollars, which is a choice of
# unit, and matters for them alone.
#
# The data do not come with the workbench: `workbench data fetch us-metro-knowledge` shows whose they
# are and under which terms, and downloads them. What is pinned are values: the rows and columns in use
# were read in the files at their addresses and copied out by hand, more than once, not taken
# from a download. A copy with other values is refused.

# %% tags=["parameters"]
lang = "en"

# %%
import pandas as pd

import workbench as wb

wb.set_language(lang)

BUSINESS, UNIVERSITY, JOBS = "log(business_rd)", "log(1 + university_rd)", "log(jobs)"
FORMULA = f"log(patents) ~ {BUSINESS} + {UNIVERSITY} + {JOBS}"
LAGGED = [BUSINESS, UNIVERSITY, JOBS]
LEVEL = 0.05
NEAR, FAR = 120.7, 241.4  # kilometres: 75 and 150 miles
SEED = 1997

WORDS = {
    "field": ("quantity", "показатель"), "min": ("least", "наименьшее"),
    "max": ("most", "наибольшее"), "fit": ("model", "модель"),
    "rings": (None, "кольца"), "all": (None, "все"), "nearest": (None, "ближайшие"),
    "within 75 miles": (None, "не дальше 75 миль"), "distance": (None, "по расстоянию"),
    "permuted": ("areas exchanged", "ареалы переставлены"),
    "displaced": ("map turned or mirrored", "карта повёрнута или отражена"),
    "R&D of": (None, "исследования"), "neighbours": (None, "соседи"), "errors": (None, "ошибки"),
    "university": (None, "университетов"), "business": (None, "бизнеса"),
    "research alone": (None, "только исследования"), "and jobs": (None, "и рабочие места"),
    "not alone": (None, "не одинокие"), "with a university": (None, "с университетом"),
    "without the first five": (None, "без первых пяти"),
    "patents": (None, "патенты"), "business_rd": (None, "исследования бизнеса"),
    "university_rd": (None, "исследования университетов"),
    "institutions": (None, "университетов"), "jobs": (None, "рабочие места"),
    "alone": (None, "без соседей"),
    "robust": (None, "робастные"), "classical": (None, "классические"),
    "log_business_rd_0_120_7_km": (None, "log(business_rd), 0–120,7 км"),
    "log_business_rd_120_7_241_4_km": (None, "log(business_rd), 120,7–241,4 км"),
    "log_1_university_rd_0_120_7_km": (None, "log(1 + university_rd), 0–120,7 км"),
    "log_1_university_rd_120_7_241_4_km": (None, "log(1 + university_rd), 120,7–241,4 км"),
}  # fmt: skip
LABELS = {name: {"en": en or name, "ru": ru} for name, (en, ru) in WORDS.items()}
LABELS |= {
    f"{model}, {name}": {"en": f"{model}, {name}", "ru": f"{model}, {ru}"}
    for model in ("SLX", "SDM")
    for name, ru in (
        ("nearest", "ближайшие"),
        ("within 75 miles", "не дальше 75 миль"),
        ("distance", "по расстоянию"),
    )
}

# %% [markdown]
# ## What is claimed
#
# Four hypotheses (@hypotheses), each a statement about numbers that a model gives. *Supported* is one if the interval
# of the estimate lies on its side, *contradicted* if it lies on the other, and otherwise the figures
# *cannot tell*; where many are asked together, the p-value adjusted for all of them must be below 5 % as
# well, so an interval that leaves out zero is not enough. They are older than the figures, but the models
# below were chosen with the figures at hand: they are exploratory.
#
# Least squares is judged throughout by standard errors that are robust to unequal variances
# [@white1980]. Maximum likelihood has none such: where variances differ it misses $\rho$ itself. Its
# verdicts hold if variances are alike, and are counted apart.

# %%
RING = ("log_1_university_rd_0_120_7_km", "log_1_university_rd_120_7_241_4_km")
MECHANISM = "Graduates, consultants and seminars cross the border of an area"
hypotheses = {
    "H1": wb.Hypothesis(
        "University research near by raises patenting",
        wb.indirect(UNIVERSITY),
        ">",
        0,
        name="H1",
        mechanism=MECHANISM,
        reference="Jaffe 1989; Anselin, Varga and Acs 1997",
    ),
    "H2": wb.Hypothesis(
        "Business research near by raises patenting",
        wb.indirect(BUSINESS),
        ">",
        0,
        name="H2",
        reference="Jaffe, Trajtenberg and Henderson 1993",
    ),
    "H3": wb.Hypothesis(
        "An area's own university research raises its patenting",
        wb.direct(UNIVERSITY),
        ">",
        0,
        name="H3",
        reference="Jaffe 1989",
    ),
    "H4": wb.Hypothesis(
        "University research within 75 miles counts for more than from 75 to 150 miles",
        " - ".join(f"coefficient({ring})" for ring in RING) + " > 0",
        name="H4",
        reference="Anselin, Varga and Acs 1997",
    ),
}
CLAIMS_RU = {
    "H1": "Исследования университетов по соседству повышают число патентов",
    "H2": "Исследования бизнеса по соседству повышают число патентов",
    "H3": "Исследования собственных университетов повышают число патентов",
    "H4": "Исследования университетов ближе 75 миль значат больше, чем от 75 до 150 миль",
}
wb.publish(
    wb.stated(list(hypotheses.values())),
    "hypotheses",
    labels=LABELS
    | {h.statement: {"en": h.statement, "ru": CLAIMS_RU[name]} for name, h in hypotheses.items()}
    | {
        MECHANISM: {
            "en": MECHANISM,
            "ru": "Выпускники, консультанты и семинары переходят границу ареала",
        }
    },
    caption={
        "en": "Four hypotheses, and the number that each is about",
        "ru": "Четыре гипотезы, и число, о котором говорит каждая",
    },
)

# %% [markdown]
# ## The figures
#
# Business R&D is known for the hundred areas that the survey of 2015 shows by name, those with the
# most of it; two of them are micropolitan, without a figure of jobs, and left out. That is a selection
# by one of the inputs. University R&D is of institutions, by postal code. @figures sums up what is
# used, @map-patents shows where the patents are.

# %%
areas = wb.load("us-metro-knowledge")
metros = areas.dropna(subset=["jobs"]).copy()
states = wb.load("us-states").to_crs(5070)
on_map = metros.to_crs(5070)
wb.publish(
    metros[["patents", "business_rd", "university_rd", "institutions", "jobs"]]
    .agg(["mean", "median", "min", "max"])
    .T.rename_axis("field"),
    "figures",
    labels=LABELS,
    caption={
        "en": "Areas: patents a year 2011–2015, business and university R&D of 2015 (million "
        "dollars), institutions that do research, jobs of 2010 (thousand)",
        "ru": "Ареалы: патентов в год в 2011–2015 гг., затраты на исследования бизнеса и "
        "университетов в 2015 г. (млн долларов), исследующие университеты, рабочие места в 2010 г. "
        "(тыс.)",
    },
)
wb.publish(
    wb.choropleth(metros["patents"].rename("patents"), on_map, ground=states, k=5),
    "map-patents",
    caption={
        "en": "Patents granted a year, means 2011–2015, quintiles",
        "ru": "Выданных патентов в год, средние за 2011–2015 гг., квинтили",
    },
)
first = metros["patents"].idxmax()
wb.claim(
    "coverage",
    {
        "en": "Of {all} areas {used} are used; {without} of them have no institution that does research. "
        "The five that patent most have {share:.0%} of the patents and {business:.0%} of the business "
        "R&D; first is {name}.",
        "ru": "Из {all} ареалов взято {used}; в {without} из них нет исследующего университета. На пять "
        "первых по патентам приходится {share:.0%} патентов и {business:.0%} исследований бизнеса; "
        "первый — {name}.",
    },
    numbers={
        "all": len(areas),
        "used": len(metros),
        "without": int((metros["university_rd"] == 0).sum()),
        "share": float(metros["patents"].nlargest(5).sum() / metros["patents"].sum()),
        "business": float(
            metros.loc[metros["patents"].nlargest(5).index, "business_rd"].sum()
            / metros["business_rd"].sum()
        ),
        "name": metros.loc[first, "name"],
    },
)

# %% [markdown]
# ## Who is whose neighbour
#
# *Within 75 miles*: areas whose points are at most so far (120.7 km) apart count alike. *Nearest*: the six
# nearest. *Distance*: all, by the inverse of the great-circle distance. The points lie inside the
# areas, at their middle rather than at their centre of work. @weights sets the three side by side.

# %%
neighbourhoods = {
    "within 75 miles": wb.weights.distance_band(metros, NEAR, islands="keep"),
    "nearest": wb.weights.knn(metros, 6),
    "distance": wb.weights.inverse_distance(metros),
}
near = neighbourhoods["within 75 miles"]
wb.publish(
    pd.concat({name: W.card().table()["value"] for name, W in neighbourhoods.items()}, axis=1),
    "weights",
    labels=LABELS,
    caption={
        "en": "The three spatial weights, side by side",
        "ru": "Три матрицы пространственных весов рядом",
    },
)
metros["alone"] = (near.cardinalities.reindex(metros.index) == 0).astype(float)
wb.claim(
    "alone",
    {
        "en": "{alone} of {areas} areas have none of the others within 75 miles. The lag of a logarithm "
        "is zero there, which is no amount of research; so a variable of its own, *alone*, tells them "
        "apart wherever neighbours within 75 miles are used.",
        "ru": "У {alone} из {areas} ареалов нет ни одного другого ближе 75 миль. Лаг логарифма у них "
        "равен нулю, а это не объём исследований; поэтому везде, где соседи — не дальше 75 миль, такие "
        "ареалы отмечены отдельной переменной *alone*.",
    },
    numbers={"alone": int(metros["alone"].sum()), "areas": len(metros)},
)

# %% [markdown]
# ## Where patents cluster
#
# Do areas that patent much for their size lie near others that do? Moran's *I* asks that of all areas
# together (@moran), local Moran of each (@lisa-map). Both take the logarithm of patents per thousand jobs.

# %%
INTENSITY = "log(patents / jobs)"
nearest = neighbourhoods["nearest"]
moran = wb.moran(INTENSITY, metros, nearest, seed=SEED)
wb.publish(
    moran,
    "moran",
    caption={
        "en": "Moran's I of patents per job, six nearest areas",
        "ru": "Индекс Морана для патентов на рабочее место, шесть ближайших ареалов",
    },
)
lisa = wb.lisa(INTENSITY, metros, nearest, seed=SEED, alpha=LEVEL)
wb.publish(
    lisa.plot(on_map, title="", ground=states),
    "lisa-map",
    caption={
        "en": "Local Moran of patents per job, each area tested by itself at 5 %: an exploration, not a "
        "finding",
        "ru": "Локальный индекс Морана для патентов на рабочее место, каждый ареал проверен отдельно на "
        "уровне 5 %: разведка, а не вывод",
    },
)
together = wb.lisa(INTENSITY, metros, nearest, seed=SEED, fdr=LEVEL)
flagged = ["High-High", "Low-Low", "High-Low", "Low-High"]
wb.claim(
    "lisa-count",
    {
        "en": "Tested one by one, {single} of {areas} areas are significant at 5 % (@lisa-map), {high} of "
        "them with much next to much; with the false discovery rate of all held at 5 %, {together} are.",
        "ru": "При проверке по одному на уровне 5 % значимы {single} из {areas} ареалов (@lisa-map), из них "
        "{high} — высокие среди высоких; если удерживать на уровне 5 % долю ложных открытий, остаётся "
        "{together}.",
    },
    numbers={
        "single": int(lisa.counts[flagged].sum()),
        "areas": len(metros),
        "high": int(lisa.counts["High-High"]),
        "together": int(together.counts[flagged].sum()),
    },
    kind="permutation",
    drawn_by=[lisa, together],
)

# %% [markdown]
# ## The ladder of models
#
# From no space (OLS), over neighbours' inputs (SLX) and neighbours' patents (SAR), to both (SDM), with
# neighbours within 75 miles (@ladder). Likelihood-ratio tests compare nested models, Lagrange-multiplier
# tests ask the residuals of OLS (@ladder-tests).

# %%
NEARBY = f"{FORMULA} + alone"
steps = wb.ladder(NEARBY, metros, near, models=["ols", "slx", "sar", "sdm"], durbin=LAGGED)
wb.publish(
    wb.compare({name.upper(): fit for name, fit in steps.items()}),
    "ladder",
    labels=LABELS,
    caption={
        "en": "Knowledge production functions of metropolitan areas, neighbours within 75 miles "
        "(classical standard errors in parentheses)",
        "ru": "Производственные функции знаний городских ареалов, соседи не дальше 75 миль (в скобках "
        "классические стандартные ошибки)",
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
lags = steps.tests["LR slx vs ols"]
wb.claim(
    "ladder-answer",
    {
        "en": "Without space the elasticity of patents is {business:.2f} with respect to business R&D "
        "and {university:.2f} with respect to university R&D; R² is {rsquared:.2f} (@ladder). "
        "Neighbours' inputs are worth p = {p:p} (@ladder-tests). Akaike's criterion is lowest for {best}.",
        "ru": "Без пространства эластичность патентов по исследованиям бизнеса равна {business:.2f}, по "
        "исследованиям университетов {university:.2f}; R² равен {rsquared:.2f} (@ladder). Факторы "
        "соседей дают p = {p:p} (@ladder-tests). Критерий Акаике наименьший у {best}.",
    },
    numbers={
        "business": float(ols.params[BUSINESS]),
        "university": float(ols.params[UNIVERSITY]),
        "rsquared": float(ols.rsquared),
        "p": lags.p_value,
        "best": steps.glance()["aic"].idxmin().upper(),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ### Impacts, and the same under other neighbourhoods
#
# The indirect impact is by how much patents of an area change, on average, when the input of all others
# rises by one per cent. @impacts-plot has it, beside the direct one, where neighbours are within 75
# miles; @spillovers has it under each neighbourhood.

# %%
ERRORS = {"slx": "robust", "sdm": "classical"}


def fitted(name, *, model, covariance=None):
    """Return the model under a neighbourhood; within 75 miles those alone are told apart."""
    formula = NEARBY if name == "within 75 miles" else FORMULA
    return wb.fit(
        formula,
        metros,
        neighbourhoods[name],
        model=model,
        covariance=covariance or ERRORS[model],
        durbin=LAGGED,
    )


asked = {
    f"{model.upper()}, {name}": fitted(name, model=model)
    for name in neighbourhoods
    for model in ("slx", "sdm")
}
slx = asked["SLX, within 75 miles"].impacts()
wb.publish(
    wb.impacts_chart({"SLX": slx, "SDM": asked["SDM, within 75 miles"].impacts()}),
    "impacts-plot",
    caption={
        "en": "Impacts with 95 % intervals (SLX: robust), neighbours within 75 miles",
        "ru": "Эффекты с 95-процентными интервалами (SLX: робастными), соседи не дальше 75 миль",
    },
)
found = {}
for name in neighbourhoods:
    for model, covariance in (("slx", "classical"), ("slx", "robust"), ("sdm", "classical")):
        fit = fitted(name, model=model, covariance=covariance)
        for term, short in ((UNIVERSITY, "university"), (BUSINESS, "business")):
            found[short, model.upper(), name, covariance] = fit.impacts()[term, "indirect"]
wb.publish(
    pd.DataFrame(found)
    .T.sort_index(ascending=False)
    .rename_axis(["R&D of", "model", "neighbours", "errors"]),
    "spillovers",
    labels=LABELS,
    caption={
        "en": "Indirect impact of university and of business R&D, by model, neighbourhood and standard "
        "errors",
        "ru": "Косвенный эффект исследований университетов и бизнеса, по моделям, видам соседства и "
        "стандартным ошибкам",
    },
    kind="maximum likelihood",
)
naive = wb.fit(FORMULA, metros, near, model="slx", covariance=ERRORS["slx"])
naive = naive.impacts()[UNIVERSITY, "indirect"]
told = slx[UNIVERSITY, "indirect"]
wb.claim(
    "zeros",
    {
        "en": "Were the areas alone not told apart, university research near by would have an elasticity "
        "of {naive:.3f} (p = {p_naive:p}); told apart, it has {told:.3f} (p = {p_told:p}; @spillovers). A zero in the "
        "place of nobody makes {heading}.",
        "ru": "Если одинокие ареалы не отмечать, эластичность по исследованиям соседних университетов "
        "равна {naive:.3f} (p = {p_naive:p}); если отметить — {told:.3f} (p = {p_told:p}; @spillovers). Ноль на месте "
        "отсутствующих соседей {heading}.",
    },
    numbers={
        "naive": float(naive["estimate"]),
        "p_naive": float(naive["p_value"]),
        "told": float(told["estimate"]),
        "p_told": float(told["p_value"]),
        "heading": {
            "en": "much of the spillover that the literature expects",
            "ru": "создаёт немалую часть перетока, которого ждёт литература",
        }
        if naive["p_value"] < LEVEL <= told["p_value"]
        else {"en": "little difference here", "ru": "здесь мало что меняет"},
    },
)

# %% [markdown]
# ## How far it reaches
#
# First by rings: the mean of neighbours' inputs within 75 miles and from 75 to 150 miles, side by side
# in one regression (@rings). An area with nobody in a ring has zero there and is told apart. Then with the decay among the
# unknowns: a spillover that falls as $e^{-d/\delta}$, whose length $\delta$ is estimated, of universities
# (@decay-university) and of firms (@decay-business); without a
# spillover there is none, so it is first tested whether there is one. <!-- given -->

# %%
rings = wb.weights.rings(metros, [0, NEAR, FAR])
made = wb.innovation.ring_spillovers(
    metros, [UNIVERSITY, BUSINESS], rings, rule="mean", empty="zero"
)
_, outer = rings.values()
in_rings = made.table.assign(
    alone_far=(outer.cardinalities.reindex(metros.index) == 0).astype(float)
)
ringed = wb.fit(
    f"{NEARBY} + alone_far + {' + '.join(made.columns)}", in_rings, covariance=ERRORS["slx"]
)
wb.publish(
    ringed.tidy().loc[list(made.columns)],
    "rings",
    labels=LABELS,
    caption={
        "en": "Neighbours' research in two rings: within 75 miles and from 75 to 150 miles, robust "
        "standard errors",
        "ru": "Исследования соседей в двух кольцах: до 75 миль и от 75 до 150 миль, робастные "
        "стандартные ошибки",
    },
)
ring = ringed.tidy().loc[list(made.columns)]
inner, beyond = "log_business_rd_0_120_7_km", "log_business_rd_120_7_241_4_km"
wb.claim(
    "rings-answer",
    {
        "en": "Business research within 75 miles has p = {inner:p}, from 75 miles to 150 miles p = {beyond:p}; "
        "university research p = {university:p} and p = {university_beyond:p} (@rings).",
        "ru": "У исследований бизнеса ближе 75 миль p = {inner:p}, от 75 миль до 150 миль p = {beyond:p}; у "
        "исследований университетов p = {university:p} и p = {university_beyond:p} (@rings).",
    },
    numbers={
        "inner": float(ring.loc[inner, "p_value"]),
        "beyond": float(ring.loc[beyond, "p_value"]),
        "university": float(ring.loc[RING[0], "p_value"]),
        "university_beyond": float(ring.loc[RING[1], "p_value"]),
    },
)

# %%
decays = {
    term: wb.innovation.spillover_decay(
        FORMULA, metros, metros, term, normalize=True, draws=499, seed=SEED
    )
    for term in (UNIVERSITY, BUSINESS)
}
for name, term in (("university", UNIVERSITY), ("business", BUSINESS)):
    wb.publish(
        decays[term].plot(),
        f"decay-{name}",
        caption={
            "en": f"The spillover of {name} R&D by distance",
            "ru": "Переток исследований "
            + ("университетов" if name == "university" else "бизнеса")
            + " в зависимости от расстояния",
        },
    )
tests = {term: decay.test for term, decay in decays.items()}
wb.claim(
    "decay-answer",
    {
        "en": "A spillover that decays with distance is told from none with p = {university:p} for "
        "university R&D and p = {business:p} for business R&D. The length that fits best is "
        "{short:.0f} km for universities and {long:.0f} km for firms{so}. Where p is above {alpha:.0%}, "
        "the length means nothing; where the shaded lengths, which the figures do not refuse, are all "
        "that were tried, it is not known.",
        "ru": "Затухающий с расстоянием переток отличим от нуля с p = {university:p} для исследований "
        "университетов и p = {business:p} для исследований бизнеса. Лучше всего подходит длина "
        "{short:.0f} км для университетов и {long:.0f} км для фирм{so}. Где p выше {alpha:.0%}, длина "
        "ничего не значит; где закрашены, то есть данными не отвергаются, все испытанные длины, она "
        "неизвестна.",
    },
    numbers={
        "university": tests[UNIVERSITY].p_value,
        "business": tests[BUSINESS].p_value,
        "short": float(decays[UNIVERSITY].tidy().loc["decay", "estimate"]),
        "long": float(decays[BUSINESS].tidy().loc["decay", "estimate"]),
        "alpha": LEVEL,
        "so": {
            "en": ": the research of all others in the country then counts almost alike, "
            "and that is no neighbourhood",
            "ru": ": тогда почти одинаково значат исследования всех остальных в стране, а это уже не "
            "соседство",
        }
        if decays[BUSINESS].tidy().loc["decay", "estimate"] > 1000
        else "",
    },
    kind="simulation",
    drawn_by=decays,
)

# %% [markdown]
# ## Verdicts
#
# The hypotheses, asked of models under each neighbourhood, and of the rings what the rings can answer.
# Holm's adjustment [@holm1979] holds the chance of any wrong claim among all of them at 5 %. @verdicts
# has the answers, @verdicts-plot the estimates and intervals behind them.

# %%
every = {**asked, "rings": ringed}
verdicts = wb.hypotheses.test_hypotheses(list(hypotheses.values()), every, adjust="holm")
shown = ["estimate", "conf_low", "conf_high", "p_value", "p_adjusted", "verdict"]
answered = verdicts.answered.tidy().set_index(["hypothesis", "fit"])
wb.publish(
    answered.sort_index(kind="stable")[shown],
    "verdicts",
    labels=LABELS,
    caption={
        "en": "Verdicts on the four hypotheses, p-values adjusted by Holm; SLX and rings by robust "
        "standard errors",
        "ru": "Выводы о четырёх гипотезах, p-значения с поправкой Холма; SLX и кольца — с робастными "
        "стандартными ошибками",
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

squares = [fit for name, fit in every.items() if not name.startswith("SDM")]
unequal = [float(fit.diagnostics().tests["White"].p_value) for fit in squares]
wb.claim(
    "variances",
    {
        "en": "White's test refuses equal variances at {level:.0%} in {refused} of the {squares} fits by "
        "least squares (p from {least:p} to {most:p}).",
        "ru": "Тест Уайта отвергает равенство дисперсий на уровне {level:.0%} в {refused} из {squares} оценок "
        "по МНК (p от {least:p} до {most:p}).",
    },
    numbers={
        "level": LEVEL,
        "refused": sum(p_value < LEVEL for p_value in unequal),
        "squares": len(squares),
        "least": min(unequal),
        "most": max(unequal),
    },
)

# %% [markdown]
# ## Every specification that could be defended
#
# Patents with or without size held constant, which neighbours, which model, and which areas: all,
# those that have neighbours within 75 miles, all without the five that patent most, those with a
# university? The curve takes all combinations [@simonsohn2020]; @curve shows them, and @curve-shares
# counts their verdicts by choice. Nobody is told apart
# in it, so that "all" shows what the zeros do and "not alone" what remains without them. Patents per job
# beside jobs would be the same equations once more, and are not counted twice. Least squares stands
# with classical and with robust errors. The verdicts are of single specifications, not adjusted.

# %%
FIRST_FIVE = metros["patents"].nlargest(5).index
curve = wb.specification_curve(
    hypotheses["H1"],
    metros,
    outcomes=["log(patents)"],
    formulas={
        "research alone": f"{BUSINESS} + {UNIVERSITY}",
        "and jobs": f"{BUSINESS} + {UNIVERSITY} + {JOBS}",
    },
    weights=neighbourhoods,
    models=["slx", "sdm", "sdem"],
    covariances=["classical", "robust"],
    samples={
        "all": None,
        "not alone": "alone < 1",
        "without the first five": lambda table: ~table.index.isin(FIRST_FIVE),
        "with a university": "university_rd > 0",
    },
)
wb.publish(
    curve.plot(title={"en": hypotheses["H1"].statement, "ru": CLAIMS_RU["H1"]}),
    "curve",
    caption={
        "en": "The indirect impact of university R&D in every specification, with 95 % intervals and the "
        "choices behind each",
        "ru": "Косвенный эффект исследований университетов во всех спецификациях, с 95-процентными "
        "интервалами и выбором, который стоит за каждой",
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
    caption={
        "en": "Verdicts by choice",
        "ru": "Выводы по вариантам выбора",
    },
    kind="maximum likelihood",
)
everywhere = shares.xs(("all", "all"))
together = shares.loc[("sample", "not alone")]
wb.claim(
    "curve-counts",
    {
        "en": "Of {specifications} specifications {supported} support the spillover of university "
        "research and {contradicted} contradict it; the median is {median:.2f} (@curve-shares). Of the {kept_of} "
        "without the areas that are alone {kept} support it.",
        "ru": "Из {specifications} спецификаций переток университетских исследований поддерживают "
        "{supported}, противоречат ему {contradicted}; медиана равна {median:.2f} (@curve-shares). Из {kept_of}, где "
        "нет одиноких ареалов, его поддерживают {kept}.",
    },
    numbers={
        "specifications": int(everywhere["estimated"]),
        "supported": int(everywhere["supported"]),
        "contradicted": int(everywhere["contradicted"]),
        "median": float(everywhere["median"]),
        "kept": int(together["supported"]),
        "kept_of": int(together["estimated"]),
    },
    kind="maximum likelihood",
)

# %% [markdown]
# ## Would any map do?
#
# A lag of neighbours is a smooth average and picks up whatever is smooth [@gibbons2012]. So the Durbin
# model, with neighbours within 75 miles and with weights by distance, the smoothest of the three, is
# estimated on maps that are wrong on purpose: areas exchanged at random, the whole map turned or mirrored.
# Where the real map stands among them is in @placebos.

# %%
placebos = {
    name: wb.placebo_geography(
        hypotheses["H2"],
        asked[f"SDM, {name}"],
        how=["permuted", "displaced"],
        points=metros,
        draws=199,
        seed=SEED,
    )
    for name in ("within 75 miles", "distance")
}
stands = pd.concat(
    {name: placebo.glance() for name, placebo in placebos.items()}, names=["neighbours"]
)
wb.publish(
    stands[["estimate", "statistic", "p_permutation", "significant_share"]],
    "placebos",
    labels=LABELS,
    caption={
        "en": "Business research, SDM: where the real map stands among wrong ones",
        "ru": "Исследования бизнеса, SDM: место настоящей карты среди неверных",
    },
    kind="permutation",
    drawn_by=placebos,
)

# %% [markdown]
# ## The answer

# %%
verdict = answered.loc[[key for key in answered.index if key[1] in asked], "verdict"]


def counted(hypothesis):
    """Return how many of the models support a hypothesis."""
    return int((verdict.xs(hypothesis, level="hypothesis") == "supported").sum())


by_squares = [key for key in verdict.index if key[1].startswith("SLX")]
squares = int((verdict.loc[by_squares].xs("H2", level="hypothesis") == "supported").sum())
turned = {
    name: float(stands.loc[(name, "displaced"), "p_permutation"])
    for name in ("within 75 miles", "distance")
}
SLOPE = {
    (False, False): "",
    (False, True): {
        "en": ": within 75 miles what the models find there is told from a slope over the map, by distance "
        "it is not",
        "ru": ": не дальше 75 миль найденное моделями отличимо от уклона карты, по расстоянию — нет",
    },
    (True, False): {
        "en": ": by distance what the models find there is told from a slope over the map, within 75 miles "
        "it is not",
        "ru": ": по расстоянию найденное моделями отличимо от уклона карты, не дальше 75 миль — нет",
    },
    (True, True): {
        "en": ": what the models find there is not told from a slope over the map",
        "ru": ": найденное моделями неотличимо от уклона карты",
    },
}
wb.claim(
    "answer",
    {
        "en": "**{heading}.** More research of its own universities goes with more patents of an area in "
        "{own} of {models} models; research of its neighbours' universities in {university}, of their "
        "businesses in {business}: {squares} by least squares with robust errors, {likelihood} by "
        "likelihood, which takes variances to be alike (@verdicts). On turned maps a spillover of business research "
        "as clear as this comes about with p = {near:p} within 75 miles and p = {turned:p} by "
        "distance (@placebos){so}. Research is of the last of the years of the patents: which came first is not "
        "seen.",
        "ru": "**{heading}.** Больше исследований собственных университетов — больше патентов ареала в "
        "{own} из {models} моделей, соседских университетов — в {university}, соседского бизнеса — в "
        "{business}: по МНК с робастными ошибками — {squares}, методом правдоподобия, который считает "
        "дисперсии равными, — {likelihood} (@verdicts). На повёрнутых картах столь же заметный переток исследований "
        "бизнеса возникает с p = {near:p}, если соседи не дальше 75 миль, и с p = {turned:p}, если веса "
        "по расстоянию (@placebos){so}. Исследования относятся к последнему из лет, за которые взяты патенты: что "
        "было раньше, не видно.",
    },
    numbers={
        "heading": {
            "en": "Universities and patents go together at home; that they do next door these figures "
            "do not show",
            "ru": "Университеты и патенты связаны у себя дома; что они связаны по соседству, эти данные "
            "не показывают",
        }
        if counted("H3") == len(asked) and not counted("H1")
        else {
            "en": "Whether universities and patents go together depends on the model",
            "ru": "Связаны ли университеты и патенты, зависит от модели",
        },
        "own": counted("H3"),
        "models": len(asked),
        "university": counted("H1"),
        "business": counted("H2"),
        "squares": squares,
        "likelihood": counted("H2") - squares,
        "near": turned["within 75 miles"],
        "turned": turned["distance"],
        "so": SLOPE[turned["within 75 miles"] >= LEVEL, turned["distance"] >= LEVEL],
    },
    kind="permutation",
    drawn_by=placebos,
)

# %% [markdown]
# ## What these figures do not allow to say
#
# - The hundred areas are those with the most business R&D: they were selected by an input, and nothing
#   follows for the three hundred others. Their neighbours are neighbours among the hundred; what lies
#   between them is not seen.
# - The survey rounds and estimates the business R&D that it shows, and withholds some of it.
# - R&D is of 2015, patents were granted in 2011–2015 and applied for years before. The figures say
#   which places do both, not which came first; they stand for levels that hardly change.
# - A firm reports research where it is done and patents where its inventors live, or where its lawyers
#   say.
# - A university reports from the address of its campus. The survey of 2015 has the nanotechnology of
#   Albany in Utica and the medical school of Indianapolis in Bloomington, which is not among the areas.
#   An institution whose postal code touches two areas counts in both.
# - The source puts M. D. Anderson Cancer Center into Austin, which doubles Austin's research; here it is
#   in Houston. The sums of five years that the source also has repeat institutions once a county and
#   are not used.
# - Jobs are of 2010, without a source in the file, and stand for size and everything that goes with it.
# - Impacts are associations: nobody assigned universities to cities at random, and what attracts both
#   firms and universities to a coast is in none of the models.

# %%
apart = (metros["business_rd"] / metros["patents"]).idxmax()
wb.claim(
    "limit-places",
    {
        "en": "In {name} a patent goes with {dollars:.0f} million dollars of business R&D, in the middle "
        "area with {median:.1f}: research is counted where it is done, patents where their inventors "
        "live.",
        "ru": "В ареале {name} на один патент приходится {dollars:.0f} млн долларов затрат бизнеса, в "
        "среднем по порядку ареале — {median:.1f}: исследования учитывают там, где их ведут, патенты — "
        "там, где живут изобретатели.",
    },
    numbers={
        "name": metros.loc[apart, "name"],
        "dollars": float(metros.loc[apart, "business_rd"] / metros.loc[apart, "patents"]),
        "median": float((metros["business_rd"] / metros["patents"]).median()),
    },
)
