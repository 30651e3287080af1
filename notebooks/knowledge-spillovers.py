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
#     question: Is there a knowledge spillover from R&D in neighbouring regions, and
#       does it survive entity and time effects?
#     title: Do Russian regions patent more because their neighbours do research?
# ---

# %% [markdown]
# # Do Russian regions patent more because their neighbours do research?
#
# A region may invent because of what it has: research, people, income. It may also invent because of
# what its neighbours have: ideas travel with people who commute, change jobs and meet. The second
# part is called a *knowledge spillover*. This study estimates it for the regions of Russia, first
# across regions, then over time, under three ideas of who is whose neighbour.
#
# The tool is the knowledge production function (Griliches 1979; Jaffe 1989):
#
# $$\log(1 + P_i) = \alpha + \beta' \log x_i + \theta' \sum_j w_{ij} \log x_j
#   + \rho \sum_j w_{ij} \log(1 + P_j) + \varepsilon_i$$
#
# where $P_i$ counts the invention patents granted in region $i$, $x_i$ holds its R&D expenditure,
# students, researchers with a degree and income per head, and $w_{ij}$ are spatial weights whose rows
# sum to one. The hypothesis is about one number, the **indirect impact of R&D**: by how much patents
# change in a region, on average, when R&D rises by one per cent in all the others.

# %%
import pandas as pd

import workbench as wb

FORMULA = "log(1 + patents) ~ log(rd) + log(students) + log(researchers) + log(grp / population)"
LEVEL = 0.05

# %% [markdown]
# ## The figures
#
# Patents, R&D, students, researchers, gross regional product and population come from Rosstat's
# yearbooks for 2000–2020. The 80 units follow the yearbooks: autonomous districts are counted within
# the region that contains them. In the yearbooks a dash stands for "nothing to report", so a blank
# patent count is taken as zero patents, unless the catalogue's quality report knows it for a gap.
# Blanks elsewhere stay missing.

# %%
regions = wb.load("russia-regions")
capitals = wb.load("russia-regions", part="capitals80")
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
    caption="Regional means 2010–2014: patents granted, R&D (million roubles), students (thousand), "
    "researchers with a degree, gross regional product (million roubles), population (thousand)",
)

# %%
blank = recent[["rd", "researchers"]].isna().any(axis=1).groupby(level="region").any()
wb.claim(
    "coverage",
    "All {regions} regions enter the cross-section. R&D or researchers are blank in some years "
    "for {blank} of them ({names}); their means are over the years that were reported.",
    numbers={
        "regions": len(means),
        "blank": int(blank.sum()),
        "names": ", ".join(means.loc[blank[blank].index, "name_en"]),
    },
)

# %% [markdown]
# ## Who is whose neighbour
#
# Neighbourhood is a hypothesis, so there are three. *Queen*: regions that share a border or a corner;
# the islands Kaliningrad and Sakhalin are linked to the region nearest to their shore. *Distance*: the
# inverse of the great-circle distance between capitals. *Nearest*: the six nearest capitals.

# %%
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
    caption="The three spatial weights, side by side",
    notes="; ".join(queen.card().notes),
)

# %%
wb.publish(queen.plot(regions), "map-queen", caption="Queen contiguity: who is linked to whom")

# %% [markdown]
# ## Where patents cluster
#
# Before any model: do regions that patent much lie next to regions that patent much? Moran's *I* asks
# that of the map as a whole, local Moran of each region. Both take the logarithm of patents per head.

# %%
INTENSITY = "log((1 + patents) / population)"
per_million = 1000 * means["patents"] / means["population"]
wb.publish(
    wb.choropleth(per_million.rename("patents per million"), regions, k=5),
    "map-patents",
    caption="Invention patents granted per million inhabitants, yearly means 2010–2014, quintiles",
)

# %%
moran = wb.moran(INTENSITY, means, queen, seed=2014)
wb.publish(moran, "moran", caption="Moran's I of patents per head, queen contiguity")
wb.publish(moran.plot(), "moran-plot", caption="Moran scatterplot of patents per head")

# %%
lisa = wb.lisa(INTENSITY, means, queen, seed=2014, fdr=LEVEL)
single = wb.lisa(INTENSITY, means, queen, seed=2014, alpha=LEVEL)
flagged = ["High-High", "Low-Low", "High-Low", "Low-High"]
wb.claim(
    "lisa-count",
    "Tested one by one, {single} of {regions} regions are significant at 5 %; about {chance:.0f} "
    "would be by chance alone. Once the false discovery rate over all of them is held at 5 %, "
    "{together} are.",
    numbers={
        "single": int(single.counts[flagged].sum()),
        "regions": len(means),
        "chance": LEVEL * len(means),
        "together": int(lisa.counts[flagged].sum()),
    },
    kind="permutation",
)
wb.publish(
    single.plot(title=""),
    "lisa-map",
    caption="Local Moran of patents per head, each region tested by itself at 5 %: an exploration, "
    "not a finding",
)
wb.publish(
    lisa.table.join(means["name_en"])
    .sort_values("p_value")
    .head(10)
    .set_index("name_en")[["value", "lag", "statistic", "p_value", "p_adjusted"]]
    .rename_axis("region"),
    "lisa",
    caption="The ten regions with the smallest p-values of local Moran, and what remains after "
    "adjusting for all regions",
    kind="permutation",
)

# %% [markdown]
# ## Across regions: the ladder of models
#
# From no space at all (OLS), over neighbours' inputs (SLX), neighbours' patents (SAR) and shared shocks
# (SEM), to both neighbours' inputs and patents (SDM). Likelihood-ratio tests compare nested models;
# Lagrange-multiplier tests ask the OLS residuals which neighbour should enter. R&D and students are
# logarithms, so their coefficients are elasticities (of one plus patents).

# %%
steps = wb.ladder(FORMULA, means, queen, models=["ols", "slx", "sar", "sem", "sdm"])
wb.publish(
    wb.compare({name.upper(): fit for name, fit in steps.items()}),
    "ladder",
    caption="Knowledge production functions across 80 regions, means 2010–2014, queen contiguity "
    "(standard errors in parentheses)",
)
wb.publish(
    steps.tests, "ladder-tests", caption="Tests between the models, and of the OLS residuals"
)
wb.claim(
    "ladder-choice",
    "Of these {tests} tests {rejecting} reject at 5 %; the smallest p-value is {smallest:.3f}. "
    "Akaike's criterion is lowest for {best} ({aic:.1f}); the SDM has {sdm:.1f}.",
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
    caption="Are the residuals of OLS normal, of one variance, and free of spatial correlation?",
)

# %%
sdm = steps["sdm"]
wb.publish(
    sdm.impacts(),
    "impacts",
    caption="Impacts in the spatial Durbin model, delta-method standard errors",
)
wb.publish(
    sdm.impacts().plot(),
    "impacts-plot",
    caption="Impacts in the spatial Durbin model with 95 % intervals",
)

# %% [markdown]
# ### The same under other neighbourhoods
#
# The tests on the OLS residuals also say whether the disturbances have one variance. Where they have
# not, the classical standard errors of SLX may be too small or too large; the robust ones (HC1) allow
# for it. The likelihood models (SAR, SDM) take one variance for granted.

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
    caption="Indirect impact of log R&D on log(1 + patents) across regions, by model and neighbourhood",
    kind="maximum likelihood",
)

# %% [markdown]
# ## Over time: the panel
#
# A cross-section cannot tell a neighbour's research from whatever else neighbours share: climate,
# history, industry, Moscow. A panel can, in part: *entity effects* compare each region with itself
# over time, *time effects* take out what moves all regions in a year, inflation of nominal R&D among
# it. The neighbours' inputs enter as in the SLX model. Standard errors are clustered by region, and
# once more by Driscoll and Kraay, which allows for shocks that neighbours share.
#
# Gross regional product ends in 2019, so the panel does too; regions with any gap are left out, so
# that everybody has the same neighbours in every year.

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
    caption="SLX panel models of log(1 + patents), 2000–2019, queen contiguity (standard errors clustered by region)",
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
    caption="Impacts across regions and within regions over time, queen contiguity, 95 % intervals",
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
    caption="Indirect impact of log R&D on log(1 + patents) in the panel, by effects, neighbourhood and covariance",
)


# %% [markdown]
# ## The answer

# %%
def verdict(table):
    """Count estimates and how often they are significantly positive or negative."""
    significant = table["p_value"] < LEVEL
    return {
        "rows": len(table),
        "estimates": int(table["estimate"].round(12).nunique()),
        "positive": int(((table["estimate"] > 0) & significant).sum()),
        "negative": int(((table["estimate"] < 0) & significant).sum()),
        "low": float(table["estimate"].min()),
        "high": float(table["estimate"].max()),
    }


def answer(counts):
    """Turn the counts into words that claim no more than they say."""
    if counts["positive"] == counts["rows"]:
        return "a positive spillover in every row"
    if counts["positive"] and counts["negative"]:
        return "the rows contradict each other"
    if counts["positive"]:
        return "a positive spillover in some rows, not in others"
    if counts["negative"]:
        return "no sign of a positive spillover, and some of a negative one"
    return "the figures cannot tell"


TEMPLATE = (
    "**{where}: {answer}.** The indirect impact of R&D was estimated {estimates} times, some with "
    "two kinds of standard errors: {rows} rows in all. It is positive and significant at 5 % in "
    "{positive}, negative and significant in {negative}; the estimates run from {low:.2f} to "
    "{high:.2f}."
)
two_way = over_time[over_time.index.str.startswith("two-way")]
for name, where, table in (
    ("answer-across", "Across regions", across),
    ("answer-over-time", "Within regions over time, under entity and time effects", two_way),
):
    counts = verdict(table)
    wb.claim(name, TEMPLATE, numbers={"where": where, "answer": answer(counts), **counts})

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
#   zero.
# - Several specifications were tried and all are shown. A single significant one among them would be
#   weak evidence.
#
# ## References
#
# Griliches, Z. (1979). Issues in assessing the contribution of research and development to
# productivity growth. *Bell Journal of Economics* 10, 92–116.
#
# Jaffe, A. B. (1989). Real effects of academic research. *American Economic Review* 79, 957–970.
#
# LeSage, J. and R. K. Pace (2009). *Introduction to Spatial Econometrics*. CRC Press.
