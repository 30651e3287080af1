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
#     - nuts2-knowledge
#     picture: decay
#     question: Do regions of a country of Europe, or of all of Europe if the reader
#       has the table, apply for more patents because universities and firms in the
#       regions around them do research?
#     question_ru: Подают ли регионы одной страны Европы — или всей Европы, если таблица
#       есть у читателя, — больше патентных заявок оттого, что вокруг ведут исследования
#       университеты и фирмы?
#     title: Do regions of Europe patent more because their neighbours do research?
#     title_ru: Патентуют ли регионы Европы больше оттого, что их соседи ведут исследования?
# ---

# %% [markdown]
# # Do regions of Europe patent more because their neighbours do research?
#
# @bottazzi2003 found that patents of European regions rise with the research of regions
# around, within some 300 kilometres, and little. Their table could not be found. Eurostat's are, but no
# copy of all of Europe lies at an address that could be pinned; one of a single country does. So the
# study takes the reader's own table of regions of Europe where there is one (`workbench data form
# nuts2-knowledge` says what is in it), and that single country where there is none. Which of the two this
# page is of is said under *The figures*. <!-- given -->
#
# $$\log P_i = \alpha + \beta_b \log B_i + \beta_u \log U_i + \gamma' z_i
#   + \theta' \sum_j w_{ij} \log x_j + \rho \sum_j w_{ij} \log P_j + \varepsilon_i$$
#
# with patent applications $P$, R&D of businesses $B$ and of universities $U$ of the years before or at
# the start, in millions of euros, and $x$ = $(B, U)$. In $z$ is an effect of each country where there are
# several, and population where the table has it; nothing where the regions are of one country and their
# population is not known.
#
# Neither table comes with the workbench: `workbench data fetch eu-nuts2-knowledge` shows whose that of the
# single country is and under which terms, and downloads it. What is pinned are values: the rows and columns in use
# were read in the files at their addresses and copied out by hand, more than once, not taken
# from a download. A copy with other values is refused.

# %% tags=["parameters"]
lang = "en"
last_year = 0  # of patents, in a table of your own: 0 for the last that most regions have

# %%
from itertools import pairwise

import geopandas as gpd
import pandas as pd

import workbench as wb

wb.set_language(lang)

FORM = "nuts2-knowledge"
OWN = wb.data.is_here(FORM)  # the reader's table of Europe
BUSINESS, UNIVERSITY = "log(business_rd)", "log(university_rd)"
RD = [BUSINESS, UNIVERSITY]
LEVEL = 0.05
SEED = 2003
CRS = 3035 if OWN else 27700  # metres, of Europe or of the single country
RINGS = [0, 150, 300, 600, 900] if OWN else [0, 100, 200, 400]  # kilometres
BAND = 300 if OWN else 120
FEWEST = 30  # regions: fewer carry no model with neighbours
NEAR, FAR = (f"{low}_{high}" for low, high in ((RINGS[0], RINGS[1]), (RINGS[2], RINGS[3])))

WORDS = {
    "field": ("quantity", "показатель"), "min": ("least", "наименьшее"),
    "max": ("most", "наибольшее"), "fit": ("model", "модель"),
    "rings": (None, "кольца"), "all": (None, "все"), "nearest": (None, "ближайшие"),
    f"within {BAND} km": (None, f"не дальше {BAND} км"), "distance": (None, "по расстоянию"),
    "business alone": (None, "только бизнес"), "and universities": (None, "и университеты"),
    "some university research": (None, "есть исследования университетов"),
    "without the first five": (None, "без первых пяти"),
    "patents": (None, "патенты"), "business_rd": (None, "исследования бизнеса"),
    "university_rd": (None, "исследования университетов"),
}  # fmt: skip
WORDS |= {
    f"log_business_rd_{low}_{high}_km": (None, f"log(business_rd), {low}–{high} км")
    for low, high in pairwise(RINGS)
}
LABELS = {name: {"en": en or name, "ru": ru} for name, (en, ru) in WORDS.items()}
LABELS |= {
    f"{model}, {name}": {"en": f"{model}, {name}", "ru": f"{model}, {ru}"}
    for model in ("SLX", "SAR", "SDM")
    for name, ru in (
        ("nearest", "ближайшие"),
        (f"within {BAND} km", f"не дальше {BAND} км"),
        ("distance", "по расстоянию"),
    )
}

# %% [markdown]
# ## What is claimed
#
# Five hypotheses (@hypotheses), of a region's own research [@griliches1979] and of research near by
# [@jaffe1989; @anselin1997local]. *Supported* is one if the interval of the estimate lies on its side and the p-value,
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
        f"Business research within {RINGS[1]} km counts for more than from {RINGS[2]} to {RINGS[3]} km",
        f"coefficient(log_business_rd_{NEAR}_km) - coefficient(log_business_rd_{FAR}_km) > 0",
        name="H5",
        reference="Bottazzi and Peri 2003",
    ),
}
CLAIMS_RU = {
    "H1": "Исследования университетов по соседству повышают число заявок",
    "H2": "Исследования бизнеса по соседству повышают число заявок",
    "H3": "Исследования собственного бизнеса повышают число заявок",
    "H4": "Исследования собственных университетов повышают число заявок",
    "H5": f"Исследования бизнеса ближе {RINGS[1]} км значат больше, чем от {RINGS[2]} до {RINGS[3]} км",
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
#
# Patents are means of three years, R&D is the mean of the first of them and the year before: the outcome
# follows the inputs by a year or two, with one year in both. Means are of the years that have a
# figure. @figures sums them up, @map-patents shows where patents are applied for. <!-- given -->

# %%
if OWN:
    panel = wb.load(FORM)
    year = panel.index.get_level_values("year")
    known = panel["patents"].groupby(level="year").count()
    LAST = last_year or int(known[known >= known.max() / 2].index.max())
    LATE, EARLY = [LAST - 2, LAST - 1, LAST], [LAST - 3, LAST - 2]
    by_years = {"patents": LATE, "business_rd": EARLY, "university_rd": EARLY, "population": LATE}
    means = {
        name: panel.loc[year.isin(years), name].groupby(level="region").mean()
        for name, years in by_years.items()
        if name in panel
    }
    every = panel.groupby(level="region")[["name", "longitude", "latitude"]].first().assign(**means)
    used = (every[["patents", "business_rd", "university_rd"]] > 0).all(axis=1)
    letters = every.index.str[:2].str.replace("GR", "EL")
    alone = ~pd.Series(letters, every.index)[used].duplicated(keep=False)
    every["country"] = pd.Series(letters, every.index).where(~alone.reindex(every.index, fill_value=False), "one")
    regions = gpd.GeoDataFrame(
        every[used],
        geometry=gpd.points_from_xy(every.loc[used, "longitude"], every.loc[used, "latitude"]),
        crs=4326,
    )
else:
    LATE, EARLY = [2010, 2011, 2012], [2009, 2010]
    regions = wb.load("eu-nuts2-knowledge")
    panel = wb.load("eu-nuts2-knowledge", part="panel")
if len(regions) < FEWEST:
    raise wb.errors.InputError(
        FORM,
        expected=f"{FEWEST} regions or more with patents in {LATE[0]}–{LATE[-1]} and R&D of businesses and "
        f"universities in {EARLY[0]}–{EARLY[-1]}, all above zero",
        found=f"{len(regions)}",
        remedy="fill in these years, or say the last year of patents: -p last_year=...",
    )
if last_year and not OWN:
    raise wb.errors.InputError(
        "last_year",
        expected=f"0 without a table of your own ({FORM})",
        found=f"{last_year}",
        why="the years of the single country are those that its table has",
    )
SIZED = OWN and "population" in regions and bool((regions["population"] > 0).all())
COUNTRIES = regions["country"].nunique() if OWN else 1
CONTROLS = (" + log(population)" if SIZED else "") + (" + C(country)" if COUNTRIES > 1 else "")
FORMULA = f"log(patents) ~ {BUSINESS} + {UNIVERSITY}{CONTROLS}"
YEARS = f"{LATE[0]}–{LATE[-1]}"
RD_YEARS = f"{EARLY[0]}–{EARLY[-1]}"
on_map = regions.to_crs(CRS)
seen = on_map
if OWN:  # overseas the map of Europe has no room
    seen = on_map[regions["longitude"].between(-32, 50) & regions["latitude"].gt(27)]
if OWN:
    wb.claim(
        "data",
        {
            "en": "The figures are the reader's own table: {regions} NUTS 2 regions of {countries} "
            "countries, applications to the European Patent Office with priority in {years}, R&D of "
            "businesses and of universities in {rd_years}. {size} {effects}",
            "ru": "Данные — собственная таблица читателя: регионов НУТС 2 {regions}, стран {countries}, заявки "
            "в Европейское патентное ведомство с приоритетом {years} гг., исследования бизнеса и "
            "университетов за {rd_years} гг. {size} {effects}",
        },
        numbers={
            "regions": len(regions),
            "countries": int(pd.Index(letters)[used].nunique()),
            "years": YEARS,
            "rd_years": RD_YEARS,
            "size": {
                "en": "Population holds size constant.",
                "ru": "Размер удержан постоянным по населению.",
            }
            if SIZED
            else {
                "en": "Size is not held constant: population of these years is not known for all "
                "regions.",
                "ru": "Размер не удержан: население за эти годы известно не по всем регионам.",
            },
            "effects": {
                "en": "Each country has an effect of its own; those with a single region share one.",
                "ru": "У каждой страны свой эффект; у стран с одним регионом он общий.",
            }
            if COUNTRIES > 1
            else "",
        },
    )
else:
    wb.claim(
        "data",
        {
            "en": "A table of Europe is not here, so this is of one of its countries, the United Kingdom: "
            "{regions} NUTS 2 regions, applications to the European Patent Office with priority in {years}, "
            "R&D of businesses and of universities in {rd_years}. London is not in it, because its R&D of "
            "these years is not. There is nothing else in the equation: so few regions do not carry more.",
            "ru": "Таблицы Европы здесь нет, поэтому взята одна её страна, Великобритания: регионов НУТС 2 "
            "{regions}, заявки в Европейское патентное ведомство с приоритетом {years} гг., исследования "
            "бизнеса и университетов за {rd_years} гг. Лондона в данных нет: нет его исследований за эти "
            "годы. Больше в уравнении ничего нет: столько регионов большего не выдержат.",
        },
        numbers={"regions": len(regions), "years": YEARS, "rd_years": RD_YEARS},
    )
wb.publish(
    regions[["patents", "business_rd", "university_rd"]]
    .agg(["mean", "median", "min", "max"])
    .T.rename_axis("field"),
    "figures",
    labels=LABELS,
    caption={
        "en": f"Regions: applications a year {YEARS}, business and university R&D a year {RD_YEARS} "
        "(million euros)",
        "ru": f"Регионы: заявок в год в {YEARS} гг., затраты на исследования бизнеса и университетов в "
        f"год в {RD_YEARS} гг. (млн евро)",
    },
)
WHERE = {
    True: {
        "en": "a dot a region, those overseas left out",
        "ru": "точка — регион, без заморских",
    },
    False: {
        "en": "a dot a region, London left out",
        "ru": "точка — регион, Лондона нет",
    },
}[OWN]
wb.publish(
    wb.choropleth(regions["patents"].reindex(seen.index), seen, k=5),
    "map-patents",
    caption={
        "en": f"Applications to the European Patent Office a year, means {YEARS}, quintiles: {WHERE['en']}",
        "ru": f"Заявок в Европейское патентное ведомство в год, средние за {YEARS} гг., квинтили: "
        f"{WHERE['ru']}",
    },
)
late = panel["patents"][panel.index.get_level_values("year").isin(LATE)]
by_region = late.groupby(level="region").sum()
tiny = regions["university_rd"] < 1
if OWN:
    left = by_region.drop(regions.index, errors="ignore")
    wb.claim(
        "coverage",
        {
            "en": "{regions} regions are used of {all} in the table; those without patents or R&D of these "
            "years above zero are not, and have {left:.0%} of its applications. With less than a million euros "
            "of university R&D a year, which weighs much in logarithms: {tiny} of them.",
            "ru": "Взято {regions} регионов из {all}, что есть в таблице; остальные — без патентов или "
            "исследований за эти годы либо с нулём — дают {left:.0%} её заявок. Исследований университетов "
            "меньше миллиона евро в год, что в логарифмах весит много, — у {tiny} из них.",
        },
        numbers={
            "regions": len(regions),
            "all": len(every),
            "left": float(left.sum() / by_region.sum()),
            "tiny": int(tiny.sum()),
        },
    )
else:
    london = by_region[["UKI1", "UKI2"]].sum() / by_region.sum()
    wb.claim(
        "coverage",
        {
            "en": "{regions} regions are used; London, which is not among them, has {london:.0%} of the "
            "applications. {tiny} regions have less than a million euros of university R&D a year "
            "({names}): in logarithms they weigh much.",
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
#
# Three ideas, as nobody knows the right one. *Nearest*: the four nearest regions. *Within* so many
# kilometres: all regions so near alike, and the nearest one where there is none. *Distance*: all
# regions, by the inverse of the great-circle distance. @weights sets them side by side.

# %%
neighbourhoods = {
    "nearest": wb.weights.knn(regions, 4),
    f"within {BAND} km": wb.weights.distance_band(regions, BAND, islands="nearest"),
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
    notes="; ".join(neighbourhoods[f"within {BAND} km"].card().notes),
)

# %% [markdown]
# ## Where patents cluster
#
# Applications are taken as they are, not by head: large regions next to large ones cluster too.
# Moran's *I* asks of all regions together whether they do (@moran), local Moran of each (@lisa-map).

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
#
# From no space at all (OLS), over neighbours' research (SLX) and neighbours' applications (SAR), to
# both (SDM): @ladder has the coefficients, @ladder-tests says which model is too small, and
# @impacts-plot shows what research does in the two that have applications of neighbours.

# %%
steps = wb.ladder(FORMULA, regions, nearest, models=["ols", "slx", "sar", "sdm"], durbin=RD)
of_countries = [term for term in steps["ols"].params.index if term.startswith("C(country)")]
wb.publish(
    wb.compare({name.upper(): fit for name, fit in steps.items()}, drop=of_countries),
    "ladder",
    caption={
        "en": f"Knowledge production functions of {len(regions)} regions, four nearest (standard errors in "
        "parentheses)",
        "ru": f"Производственные функции знаний {len(regions)} регионов, четыре ближайших (в скобках "
        "стандартные ошибки)",
    },
    notes={
        "en": "Effects of countries are in the models and not shown.",
        "ru": "Эффекты стран в моделях есть, здесь не показаны.",
    }
    if of_countries
    else "",
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
        "{rsquared:.2f} (@ladder). A spatial lag of applications is worth p = {sar:p} (@ladder-tests). "
        "Akaike's criterion is lowest for {best}.",
        "ru": "Без пространства эластичность заявок по исследованиям бизнеса равна {business:.2f}, по "
        "исследованиям университетов {university:.2f} (p = {p_university:p}); R² равен {rsquared:.2f} "
        "(@ladder). Пространственный лаг заявок даёт p = {sar:p} (@ladder-tests). Критерий Акаике "
        "наименьший у {best}.",
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
    wb.impacts_chart(
        {
            model.upper(): steps[model].impacts().tidy().query("term in @RD")
            for model in ("sar", "sdm")
        }
    ),
    "impacts-plot",
    caption={
        "en": "Impacts with 95 % intervals, four nearest regions",
        "ru": "Эффекты с 95-процентными интервалами, четыре ближайших региона",
    },
)

# %% [markdown]
# ## How far it reaches
#
# @rings takes the business research of neighbours apart by distance. @decay lets it fade with every
# kilometre, and asks how fast.

# %%
rings = wb.weights.rings(regions, RINGS)
made = wb.innovation.ring_spillovers(regions, BUSINESS, rings, rule="mean", empty="zero")
empty = {
    f"alone_{high}": (W.cardinalities.reindex(regions.index) == 0).astype(float)
    for high, W in zip(RINGS[1:], rings.values(), strict=True)
}
empty = {name: column for name, column in empty.items() if column.any()}
ringed_rows = made.table.assign(**empty)
if OWN:  # far islands are often all of their country: its effect is theirs already
    ringed_rows = ringed_rows[ringed_rows[list(empty)].sum(axis=1) == 0]
terms = [*made.columns, *([] if OWN else empty)]
ringed = wb.fit(f"{FORMULA} + {' + '.join(terms)}", ringed_rows)
NOBODY = {
    True: {
        "en": f"{len(regions) - len(ringed_rows)} regions with nobody in a ring are left out",
        "ru": f"без регионов, у которых кольцо пусто (их {len(regions) - len(ringed_rows)})",
    },
    False: {
        "en": "regions with nobody in a ring are told apart",
        "ru": "регионы, у которых кольцо пусто, отмечены",
    },
}[OWN]
wb.publish(
    ringed.tidy().loc[list(made.columns)],
    "rings",
    labels=LABELS,
    caption={
        "en": f"Business research of the neighbours in rings up to {RINGS[-1]} km; {NOBODY['en']}",
        "ru": f"Исследования соседнего бизнеса в кольцах до {RINGS[-1]} км; {NOBODY['ru']}",
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
        "en": "A spillover of business research that decays with distance (@decay) is told from none with "
        "p = {p:p}{so}.",
        "ru": "Затухающий с расстоянием переток исследований бизнеса (@decay) отличим от нуля с "
        "p = {p:p}{so}.",
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
    drawn_by=decay,
)

# %% [markdown]
# ## Verdicts
#
# The hypotheses, asked of models under each neighbourhood, and of the rings what the rings can answer;
# Holm's adjustment is over all of them. @verdicts has the answers, @verdicts-plot the estimates and
# intervals behind them.

# %%
asked = {
    f"{model.upper()}, {name}": wb.fit(
        FORMULA, regions, W, model=model, durbin=None if model == "sar" else RD
    )
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
near, far = (ringed.params[f"log_business_rd_{ring}_km"] for ring in (NEAR, FAR))
wb.claim(
    "rings-answer",
    {
        "en": "Between the nearest ring and that of {ring} km business research differs by {difference:.2f} "
        "(p = {p:p} by itself, {adjusted:p} among all questions). The coefficients are {near:.2f} near by "
        "and {far:.2f} far away (@rings){so}.",
        "ru": "Между ближним кольцом и кольцом {ring} км исследования бизнеса различаются на {difference:.2f} "
        "(p = {p:p} само по себе, {adjusted:p} среди всех вопросов). Коэффициенты равны {near:.2f} "
        "вблизи и {far:.2f} вдали (@rings){so}.",
    },
    numbers={
        "difference": float(difference["estimate"]),
        "p": float(difference["p_value"]),
        "adjusted": float(difference["p_adjusted"]),
        "near": float(near),
        "far": float(far),
        "ring": FAR.replace("_", "–"),
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
# Applications of all three years or without the last (of which not all may be in), which neighbours, which
# model, which regions: all, without those of tiny university research, without the five that apply most. @curve
# has every combination, and @curve-shares counts the verdicts, which are of single specifications and not
# adjusted.

# %%
to_last = panel["patents"][panel.index.get_level_values("year").isin(LATE[:-1])]
two_years = to_last.groupby(level="region").mean()
SHORT = f"patents_to_{LATE[-2]}"
rows = regions.assign(**{SHORT: two_years.reindex(regions.index)})
rows = rows[rows[SHORT] > 0]
# with effects of countries only research of neighbours is lagged: W(...) makes SLX and SDM of both
LAGS = [f" + W({term})" if OWN else "" for term in RD]
formulas = {
    "business alone": f"{BUSINESS}{CONTROLS}{LAGS[0]}",
    "and universities": f"{BUSINESS} + {UNIVERSITY}{CONTROLS}{''.join(LAGS)}",
}
FIRST_FIVE = regions["patents"].nlargest(5).index
curve = wb.specification_curve(
    hypotheses["H2"],
    rows,
    outcomes=["log(patents)", f"log({SHORT})"],
    formulas=formulas,
    weights={name: W.restrict(rows.index) for name, W in neighbourhoods.items()}
    if len(rows) < len(regions)
    else neighbourhoods,
    models=["slx", "sar"] if OWN else ["slx", "sar", "sdm"],
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
        "neighbours in {business}, more of their universities in {next} (@verdicts). Of {specifications} "
        "specifications (@curve-shares) {supported} support a spillover of business research and "
        "{contradicted} contradict it; of the {kept_of} without the five regions that apply most {kept} "
        "support it.",
        "ru": "Больше исследований собственного бизнеса — больше заявок региона в {own} из {models} "
        "моделей, собственных университетов — в {university}; соседского бизнеса — в {business}, соседских "
        "университетов — в {next} (@verdicts). Из {specifications} спецификаций (@curve-shares) переток "
        "исследований бизнеса поддерживают {supported}, противоречат ему {contradicted}; из {kept_of} без "
        "пяти первых по заявкам регионов его поддерживают {kept}.",
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
# - Regions that are not in the table and their effect on those round them: what comes from them is taken
#   for their neighbours'.
# - Where regions are few, intervals are wide, and those of indirect impacts still too narrow.
# - Size, where population is not among the terms: a large region has more of everything.
# - Applications of the last year may not all be in; those of regions are shared and rounded.
# - Applications are counted where people live, research where it is done: who commutes makes
#   neighbours alike without any spillover.
# - Regions without patents or without research have no logarithm, and are not in the models.
# - Impacts are associations.

# %%
if OWN:
    wb.claim(
        "limits",
        {
            "en": "The table is the reader's: that its columns are of the same regions, years and money was "
            "checked as far as figures show it. Effects of countries take out what differs between countries, "
            "and with it what spills over from one whole country to another. Prices are those of each "
            "year and country, exchange rates included.",
            "ru": "Таблица — читателя: что её столбцы говорят об одних и тех же регионах, годах и деньгах, "
            "проверено, насколько это видно по цифрам. Эффекты стран убирают различия между странами, а с "
            "ними и переток из одной целой страны в другую. Цены — своего года и своей страны, вместе с "
            "обменным курсом.",
        },
        numbers={},
    )
else:
    wb.claim(
        "limits",
        {
            "en": "Nothing is said here about Europe beyond one country; with a table of all regions the same "
            "questions are asked of them. London is missing, the largest neighbour of many. Size is not held "
            "constant: the repository's table of regional product is of other versions of the Scottish "
            "regions. Applications of 2012 are not all in, since Eurostat froze the table in April 2016. R&D of 2009 "
            "fell with the pound and the crisis; two regions have the same figure of business R&D in that year, "
            "which may be chance or a slip of the source.",
            "ru": "О Европе за пределами одной страны здесь не говорится ничего; с таблицей всех регионов те же "
            "вопросы задаются им. Нет Лондона, для многих — самого крупного соседа. Размер не удержан: "
            "таблица регионального продукта в репозитории — по другим версиям шотландских регионов. Заявки "
            "2012 года поступили не все: Евростат заморозил таблицу в апреле 2016 года. Исследования 2009 года "
            "упали вместе с фунтом и в кризис; у двух регионов в этом году одна и та же цифра по бизнесу — "
            "случайность или описка источника.",
        },
        numbers={},
    )
