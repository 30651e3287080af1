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
#     question: Which Russian regions lead in innovation, and how much of the ranking
#       is the recipe of the index?
#     title: Who leads, and how sure is it?
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
# Tests are read at 5 %. The answers are at the end.

# %%
import math

import pandas as pd

import workbench as wb

YEARS = [2016, 2017, 2018]
DRAWS = 1000

# %% [markdown]
# ## The figures
#
# Means of three years, because patents of small regions jump. Three regions have no figures on
# researchers or patents in these years (Rosstat leaves out what would identify single
# organisations): they are left out by name rather than imputed, because what would be imputed is
# most of what the index measures. Neighbours share a border or a corner; Kaliningrad and Sakhalin
# are linked to the region nearest to their shore.

# %%
regions = wb.load("russia-regions")
capitals = wb.load("russia-regions", part="capitals80")
panel = wb.load("russia-innovation")
recent = panel[panel.index.get_level_values("year").isin(YEARS)].groupby("region").mean()
incomplete = recent.index[recent.isna().any(axis=1)]
recent = recent.drop(index=incomplete)
shapes = regions.loc[recent.index]
names = shapes["name_en"]
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
    indicators.describe().T[["min", "50%", "mean", "max"]]
    .rename(columns={"50%": "median"})
    .join(metadata.table[["group", "direction", "unit"]]),
    "indicators",
    caption="The indicators: means of 2016–2018 over regions",
)

# %%
wb.claim(
    "coverage",
    "{regions} regions enter. Left out for missing figures: {left_out}.",
    numbers={
        "regions": len(recent),
        "left_out": ", ".join(regions.loc[incomplete, "name_en"]),
    },
)

# %% [markdown]
# ## 1. The index
#
# The usual recipe: outlying values pulled in where a distribution is very skewed, min–max to 0–100,
# equal weights within groups and between them, arithmetic means.

# %%
index = wb.innovation.composite(indicators, metadata, outliers="winsorise")
wb.publish(
    index.plot(title="", names=names),
    "index",
    caption="The index and what its groups contribute, best forty regions",
)

# %%
wb.publish(
    wb.choropleth(index.scores, regions, k=5, legend_title="index"),
    "index-map",
    caption="The index, quintiles",
)

# %% [markdown]
# Does it hang together? Cronbach's α asks whether the indicators of a group measure one thing; the
# last columns compare the weight of an indicator with how much the index in fact depends on it.

# %%
checks = index.checks()
wb.publish(
    checks.tidy()[["item_total", "weight", "linear_ratio", "effective_share"]],
    "checks",
    caption="What the index is made of: correlation with the other indicators of the group, weight, "
    "share of the variance of the index that the indicator explains, and its effective share",
)
wb.claim(
    "alphas",
    "Cronbach's α is {alpha:.2f} over all indicators; by group it is lowest for {lowest} ({low:.2f}).",
    numbers={
        "alpha": float(checks.glance()["alpha"].iloc[0]),
        "lowest": str(checks.groups["alpha"].iloc[:-1].idxmin()),
        "low": float(checks.groups["alpha"].iloc[:-1].min()),
    },
)

# %% [markdown]
# ## 2. How sure are the ranks?
#
# The construction is replayed with its choices drawn together: how values are brought to one scale,
# how they are weighed, how they are put together, what is done about outliers, which indicator is
# left out, and weights moved by up to a quarter. No choice is *right*: the spread of ranks is what
# readers of one recipe do not see.

# %%
uncertainty = index.uncertainty(draws=DRAWS)
sensitivity = index.sensitivity()
wb.publish(
    uncertainty.plot(title="", names=names),
    "ranks",
    caption="Ranks as recorded, and over a thousand constructions (median, 5 to 95 %)",
)
wb.publish(
    sensitivity.plot(title=""),
    "sobol",
    caption="Which choice moves the ranks: shares of the variance of the mean shift",
)

# %%
table = uncertainty.table
wide = (table["rank_high"] - table["rank_low"]).sort_values()
choices = sensitivity.tidy().sort_values("total", ascending=False)
wb.publish(table.head(20), "ranks-table", caption="The best twenty regions as recorded")
wb.claim(
    "answer-ranks",
    "**A rank is known to within {spread:.0f} places in the median region** (the width of its 5 to "
    "95 % interval; {narrow} regions have five or fewer, {wide} have forty or more). {first} is first "
    "in {first_same:.0%} of constructions. The choice that moves ranks most is {choice}, with "
    "{share:.0%} of the variance of the mean shift.",
    numbers={
        "spread": float(wide.median()),
        "narrow": int((wide <= 5).sum()),
        "wide": int((wide >= 40).sum()),
        "first": names[table.index[0]],
        "first_same": float((uncertainty.ranks.loc[table.index[0]] == 1).mean()),
        "choice": str(choices.index[0]),
        "share": float(choices["total"].iloc[0]),
    },
    kind="simulation",
)

# %% [markdown]
# ## 3. Are leaders clustered, whatever the recipe?
#
# Moran's *I* and local clusters of every drawn construction, local ones adjusted for the number of
# regions (Benjamini–Hochberg).

# %%
carried = uncertainty.moran(W)
local = uncertainty.lisa(W)
wb.publish(carried, "moran", caption="Moran's I of the index over all constructions")
wb.publish(carried.plot(title=""), "moran-draws", caption="Moran's I over all constructions")

# %%
clustered = local.tidy()
ever = 1 - clustered["not significant"]
one = carried.tidy().iloc[0]
wb.claim(
    "answer-clusters",
    "**Neighbours are alike whatever the recipe: Moran's *I* is {recorded:.2f} for the recorded index, "
    "{low:.2f} to {high:.2f} over the others, significant in {share:.0%} of them.** But no map of "
    "clusters can be drawn from it: with {tests} tests allowed for, {regions} regions belong to a "
    "local cluster of the recorded index, and {ever} in any construction (at most {most:.0%} of them).",
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
)

# %% [markdown]
# ## 4. Types of regions
#
# Two ways to put regions into types. The rating of HSE University cuts the distance to the leader at
# 20, 40 and 60 %. Levels of two sub-indices (science; economy) against their medians make four types
# that have names. Both are done with every drawn construction.

# %%
scaled = index.uncertainty(
    {"outliers": ["winsorise", "none"], "weighting": ["equal", "pca"], "left_out": True,
     "weight_noise": 0.25},
    draws=DRAWS,
)  # fmt: skip
leaders = wb.innovation.leader_types(index, draws=scaled)
levels = wb.innovation.combined_types(
    index.levels[["science", "economy"]],
    {
        ("high", "high"): "science and means",
        ("high", "low"): "science without means",
        ("low", "high"): "means without science",
        ("low", "low"): "neither",
    },
)
profiles = wb.innovation.typology_profiles(
    levels, indicators, made_from=["R&D", "researchers", "GRP", "investment"]
)
agreement = wb.innovation.compare_typologies(leaders, levels)
wb.publish(leaders, "leader-types", caption="Types by the distance to the leader")
wb.publish(
    levels.map(shapes, title=""),
    "types-map",
    caption="Types by the levels of science and economy",
)
wb.publish(
    profiles.plot(title=""),
    "profiles",
    caption="Profiles of the four types, in standard deviations",
)

# %%
sure = leaders.augment()
wb.claim(
    "answer-types",
    "**{first_group} regions are of type I, {last_group} of type IV.** In {sure} of {regions} regions "
    "nine tenths of the constructions that keep the scale give the same type. The two typologies "
    "have little in common: adjusted Rand {rand:.2f}.",
    numbers={
        "first_group": int((sure["type"] == "I").sum()),
        "last_group": int((sure["type"] == "IV").sum()),
        "sure": int((leaders.probabilities.max(axis=1) >= 0.9).sum()),
        "regions": len(sure),
        "rand": float(agreement.tidy().loc["adjusted Rand", "estimate"]),
    },
    kind="simulation",
)

# %% [markdown]
# ## 5. Position, and how far knowledge reaches
#
# The potential of a place is the sum of R&D everywhere, each divided by its distance: Harris's
# market potential with R&D in the place of markets. How far R&D of others reaches is estimated
# together with how strong it is; that it does not reach at all is tested with the distance left
# open, which the usual *t* of the spillover cannot do.

# %%
position = wb.innovation.potential(recent["rd"], shapes)
decay = wb.innovation.spillover_decay(
    "log(patents) ~ log(rd) + log(students)",
    recent,
    capitals.loc[recent.index],
    "log(rd)",
    normalize=True,
    draws=499,
)
wb.publish(position.map(shapes, title=""), "potential", caption="R&D potential relative to its mean")
wb.publish(decay, "decay", caption="Patents, and how far the R&D of other regions reaches")
wb.publish(
    decay.plot(title=""), "decay-profile", caption="The decay of the spillover by its profile"
)

# %%
coefficient = decay.tidy().loc["spillover"]
nearest, farthest = decay.interval()
wb.claim(
    "answer-spillover",
    "**Patents are higher where the R&D of other regions is higher: p = {p_value:p}, with the distance "
    "left open. How far it reaches these figures do not tell:** the decay length is at least {low:.0f} "
    "km (95 %) and {high}. Own R&D is {own:.0%} of the potential of the median region, and "
    "{capital:.0%} of Moscow's.",
    numbers={
        "p_value": decay.test.p_value,
        "low": nearest,
        "high": "has no upper end" if math.isinf(farthest) else f"at most {farthest:.0f} km",
        "own": float(position.table["own_share"].median()),
        "capital": float(position.table.loc["RU-MOW", "own_share"]),
    },
    kind="simulation",
)

# %% [markdown]
# ## 6. Who gets most out of what it has?
#
# Two answers to one question. Data envelopment compares each region with the best practice of those
# that have at most as much R&D and as many researchers, and names them; a bootstrap says how much of
# the distance is chance. A stochastic frontier assumes a production function and splits its residual
# into noise and inefficiency.

# %%
envelopment = wb.innovation.data_envelopment(
    recent[["rd", "researchers"]],
    recent[["patents", "utility_models"]],
    returns="vrs",
    orientation="output",
    bootstrap=DRAWS,
)
frontier = wb.innovation.stochastic_frontier("log(patents) ~ log(rd) + log(researchers)", recent)
wb.publish(
    envelopment.plot(title="", names=names),
    "envelopment",
    caption="Efficiency by envelopment: patents and utility models from R&D and researchers",
)
wb.publish(frontier, "frontier", caption="A stochastic frontier of patents")

# %%
both = pd.DataFrame(
    {
        "envelopment": envelopment.tidy()["corrected"],
        "frontier": frontier.augment()["efficiency"],
        "index": index.scores,
    }
)
ranks = both.rank().corr()
wb.publish(ranks, "efficiency-correlations", caption="Rank correlations of three scores")
best = envelopment.tidy()
wb.claim(
    "answer-efficiency",
    "**{efficient} of {regions} regions lie on the frontier of the envelopment; corrected for chance "
    "the median efficiency is {median:.2f}.** It agrees with that of the stochastic frontier at a rank "
    "correlation of {agree:.2f}, and with the index at {index:.2f}: efficiency and level are different "
    "things. That there is no inefficiency is rejected with p = {p_value:p}.",
    numbers={
        "efficient": int((best["efficiency"] > 1 - 1e-9).sum()),
        "regions": len(best),
        "median": float(best["corrected"].median()),
        "agree": float(ranks.loc["envelopment", "frontier"]),
        "index": float(ranks.loc["envelopment", "index"]),
        "p_value": frontier.tests["no inefficiency"].p_value,
    },
    kind="simulation",
)

# %% [markdown]
# ## 7. How concentrated is it?
#
# The locational Gini compares shares of an activity with those of population: 0 where both are spread
# alike. Location quotients say who specialises in inventions and who in utility models (the smaller
# patent), with intervals, so that a handful of patents does not make a specialist.

# %%
granted = panel.loc[(slice(None), YEARS), ["patents", "utility_models"]].groupby("region").sum()
granted = granted.loc[recent.index]
gini = wb.innovation.locational_gini(
    recent[["rd", "patents", "researchers", "students", "grp"]],
    reference=recent["population"],
    interval="none",
)
quotients = wb.innovation.location_quotients(granted, adjust="benjamini-hochberg")
wb.publish(gini.plot(title=""), "gini", caption="Lorenz curves against population")
said = quotients.tidy()["class"].xs("utility_models", level="activity")

# %%
coefficients = gini.tidy()["gini"]
wb.claim(
    "answer-concentration",
    "**R&D is the most concentrated: its locational Gini against population is {rd:.2f}, that of "
    "researchers {researchers:.2f}, of patents {patents:.2f}, of students {students:.2f}, of GRP "
    "{grp:.2f}.** {more} regions specialise in utility models, {less} in inventions; of {unclear} the "
    "patents of three years cannot tell.",
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
#   much else. The study *knowledge-spillovers* follows regions over time and finds less.
# - Efficiency is relative to these regions, these inputs and these outputs. With two inputs and two
#   outputs, envelopment flatters regions that are extreme in any one respect.
# - Types are cuts through something continuous: regions near a bound are named by their probability.
#
# ## References
#
# Harris, C. (1954). The market as a factor in the localization of industry in the United States.
# *Annals of the Association of American Geographers* 44, 315–348.
#
# OECD and JRC (2008). *Handbook on Constructing Composite Indicators: Methodology and User Guide*.
#
# Saisana, M., A. Saltelli and S. Tarantola (2005). Uncertainty and sensitivity analysis techniques as
# tools for the quality assessment of composite indicators. *Journal of the Royal Statistical Society A*
# 168, 307–323.
#
# Simar, L. and P. Wilson (1998). Sensitivity analysis of efficiency scores: how to bootstrap in
# nonparametric frontier models. *Management Science* 44, 49–61.
