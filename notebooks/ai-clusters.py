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
#     - ai-clusters
#     - ai-maturity
#     - cluster-registry
#     - russia-innovation
#     - russia-regions
#     picture: map-forms
#     question: Where are Russia's AI centres and innovation clusters, what do they
#       follow, and what stands beside them?
#     question_ru: Где находятся центры ИИ и инновационные кластеры России, чему следует
#       их размещение и кто рядом с ними?
#     title: AI centres and industrial clusters
#     title_ru: Центры ИИ и промышленные кластеры
# ---

# %% [markdown]
# # AI centres and industrial clusters
#
# Clusters are places where firms, universities and laboratories of one field stand close together.
# Some are *territorial*; some are *initiatives within a multi-cluster*, such as the Moscow Innovation
# Cluster; the newest, for artificial intelligence, are nodes of *national networks*. This study keeps a
# registry of them, each row with the page it was read from, and asks three things: where they are,
# which figures of their regions they follow, and which fields are found beside which.
#
# **The registry is not complete and was not drawn at random.** It lists what public pages name: the
# pilot innovative territorial clusters of 2012 and 2015, the federal AI research centres of 2021 and
# 2023, and some multi-clusters. A region without a row may have clusters that nobody listed. Whoever has
# a better registry puts it in the place of this one: the form *cluster-registry* says its columns, and
# the study then runs on it (the sentences in bold were written on the bundled registry: of another one
# read their numbers, not their words).
#
# Tests are read at 5 %. The answer of each section stands at its end, in bold.

# %% tags=["parameters"]
lang = "en"

# %%
import geopandas as gpd
import numpy as np
import pandas as pd

import workbench as wb
from workbench.hypotheses import coefficient

wb.set_language(lang)

PILOT = "pilot innovative territorial cluster"
FIELDS = {
    "ai": "AI",
    "it": "IT and electronics",
    "pharma-bio": "life sciences",
    "ИИ": "AI",
    "ИТ": "IT and electronics",
}
DRAWS = 9999
LEVEL = 0.05
INITIATIVE = "initiative within a multi-cluster"
AT_OWN_SITE = ["ai-centre-skoltech", "ai-centre-innopolis", "ai-centre-itmo"]
RESEARCHERS_A_SITE = 500

# %% [markdown]
# ## What is claimed
#
# The hypotheses stand before the counts on this page; they are marked as exploratory all the same, as
# earlier drafts of it had seen the counts. The first two are about coefficients: whether a
# region that has more researchers (Rosstat counts those with a degree) is more likely to have a cluster
# *given its population*. The interval decides: all of it above zero supports the hypothesis, all of it
# below contradicts, otherwise the figures cannot tell. The third and fourth are about places, and
# chance decides: labels are thrown onto the same places at random.

# %%
hypotheses = {
    "H1": wb.Hypothesis(
        "AI centres and alliances are where researchers are, not only where people are",
        coefficient("log(researchers)"),
        ">",
        0,
        name="H1",
        mechanism="Centres are chosen among research organisations",
    ),
    "H2": wb.Hypothesis(
        "Pilot clusters are where researchers are, not only where people are",
        coefficient("log(researchers)"),
        ">",
        0,
        name="H2",
        mechanism="Firms of a cluster use what laboratories beside them know",
    ),
}
PLACES = {
    "H3": "AI is found beside IT more often than random labels would put it there",
    "H4": "AI and IT are found in the same regions more often than fields that settle independently",
}

# %% [markdown]
# ## 1. What is listed
#
# Every row was checked beyond its descriptor: the place lies in the region that the row states (within
# ten kilometres, since borders are simplified), years are years, members by kind do not contradict their
# total, nothing stands twice.

# %%
own = wb.data.is_here("cluster-registry")
listed = wb.load("cluster-registry" if own else "ai-clusters")
regions = wb.load("russia-regions")
capitals = wb.load("russia-regions", part="capitals80")
names = regions["name_ru" if lang == "ru" else "name_en"]
listed["field"] = listed["industry"].map(FIELDS).fillna("heavy engineering")
registry = wb.innovation.registry(listed, regions, by=["form", "field"])
ai = registry.only("field", "AI")
piloted = (listed["kind"] == PILOT).any()
pilot = registry.only("kind", PILOT) if piloted else registry.only("form", "territorial")

wb.publish(
    registry.augment()[
        ["name_ru" if lang == "ru" else "name_en", "form", "field", "region", "year_start"]
    ]
    .assign(
        region=lambda table: table["region"].map(names),
        year_start=lambda table: table["year_start"].astype("Int64").astype("string").fillna(""),
    )
    .rename(columns={"name_en": "name", "name_ru": "name", "year_start": "year"})
    .sort_values(["region", "year"], kind="stable"),
    "registry",
    caption={
        "en": "The registry: names, forms, fields, regions, years of start",
        "ru": "Реестр: названия, формы, области, регионы, годы начала",
    },
)

# %%
wb.publish(
    registry.cross("field", "form"),
    "forms",
    caption={"en": "Clusters by field and form", "ru": "Кластеры по областям и формам"},
)
wb.publish(
    registry.plot("form", title="", names=names),
    "counts",
    caption={
        "en": "Clusters by region, and how many there were by the end of each year",
        "ru": "Кластеры по регионам и их число к концу каждого года",
    },
)
whole = registry.glance().iloc[0]
by_region = registry.counts("region").sort_values(ascending=False, kind="stable")
recalled = int((listed["basis"] == "in part").sum()) if "basis" in listed else 0
wb.claim(
    "listed",
    {
        "en": "The registry lists {clusters} clusters, centres and networks in {regions} of {all} "
        "regions and {places} towns; {ai} are for AI. {first} has {most} of them, {second} {next}. "
        "In {recalled} rows something (most often the town) is recalled and was not read again; "
        "the rows say what.",
        "ru": "В реестре {clusters} кластеров, центров и сетей в {regions} регионах из {all} и "
        "{places} городах; {ai} относятся к ИИ. {first}: {most}, {second}: {next}. В {recalled} "
        "строках что-то (чаще всего город) приведено по памяти и заново не прочитано; в строке "
        "сказано, что именно.",
    },
    numbers={
        "clusters": len(listed),
        "regions": int(whole["regions_with"]),
        "all": int(whole["regions"]),
        "places": int(whole["places"]),
        "ai": len(ai.table),
        "first": {lng: regions.loc[by_region.index[0], f"name_{lng}"] for lng in ("en", "ru")},
        "most": int(by_region.iloc[0]),
        "second": {lng: regions.loc[by_region.index[1], f"name_{lng}"] for lng in ("en", "ru")},
        "next": int(by_region.iloc[1]),
        "recalled": recalled,
    },
)

# %% [markdown]
# Money and members are published for few, and for unlike things. Sums are shown by what they are, and
# there is no total: a ceiling of a grant, a plan and a year's subsidy do not add up. Members are counted
# by unlike kinds, rules and dates, so that no table of sizes is made.

# %%
wb.publish(
    registry.investment(),
    "investment",
    caption={
        "en": "Published investment by what it is, mln RUB of its time; kinds must not be added up",
        "ru": "Опубликованные инвестиции по видам, млн руб. своего времени; складывать виды нельзя",
    },
)
known = registry.members()
wb.claim(
    "members",
    {
        "en": "Members are published by {any} of {clusters}; companies apart by {companies}, "
        "universities by {universities}, research organisations by {research}.",
        "ru": "Число участников опубликовано у {any} из {clusters}; отдельно компании — у "
        "{companies}, вузы — у {universities}, научные организации — у {research}.",
    },
    numbers={
        "any": int(known["cluster"].nunique()),
        "clusters": len(listed),
        **{
            kind: int((known["kind"] == kind).sum())
            for kind in ("companies", "universities", "research")
        },
    },
)

# %%
wb.publish(
    registry.map(by="form", title=""),
    "map-forms",
    caption={
        "en": "Clusters on the map: regions by their number, towns by form",
        "ru": "Кластеры на карте: регионы по числу кластеров, города по форме",
    },
)
wb.publish(
    registry.map(by="field", title=""),
    "map-fields",
    caption={
        "en": "The same by field",
        "ru": "То же по областям",
    },
)

# %% [markdown]
# ## 2. What do they follow?
#
# If clusters settled independently, each in a region with the probability of its share of *something*
# (people, students, researchers, money for R&D, patents), their counts would be multinomial. Five
# such shares are tried on the AI rows (figures of 2018–2020, before the centres were chosen) and on
# the pilot clusters (2009–2011, before the list). The log-likelihood says which share the places
# follow best; nothing is estimated, so that none has an advantage. Whether the best leads the second by more than
# chance is tried on counts drawn from the second; that the best of five was picked, this p-value does not know. (Three AI rows are of 2017 and 2019; the others are later
# than these figures.) Two tests ask whether chance would do
# as much: *over-dispersion* (a cluster in a region that should have none tells most) and *raw
# concentration* (many clusters in a region that should have few; Ellison and Glaeser 1997). A dash at
# Rosstat (nothing, or what would identify an organisation) is taken as a share of zero here.

# %%
panel = wb.load("russia-innovation")


def mean_of(first, last):
    """Return means over years, of the years that have figures."""
    years = panel.index.get_level_values("year")
    return panel[(years >= first) & (years <= last)].groupby("region").mean()


SHARES = ["population", "students", "researchers", "rd", "patents"]
sets = {"AI": (ai, mean_of(2018, 2020)), "pilot clusters": (pilot, mean_of(2009, 2011))}
excess = {
    (who, share): group.excess(figures[share].fillna(0.0), draws=DRAWS)
    for who, (group, figures) in sets.items()
    for share in SHARES
}
followed = pd.concat(
    {key: found.glance().iloc[0] for key, found in excess.items()}, axis=1
).T.rename_axis(["clusters of", "share"])
wb.publish(
    followed[
        ["loglik", "overdispersion", "p_permutation", "raw_concentration", "p_concentration"]
    ].astype(float),
    "shares",
    caption={
        "en": "Counts by region against shares: log-likelihood, and two tests by draws",
        "ru": "Число кластеров по регионам против долей: логарифм правдоподобия и два теста",
    },
    kind="simulation",
)
wb.publish(
    excess["AI", "population"].plot(title="", names=names),
    "ai-population",
    caption={
        "en": "AI rows over the number that population would give, 95 % intervals",
        "ru": "Строки ИИ к числу, ожидаемому по населению, интервалы 95 %",
    },
)
wb.publish(
    excess["pilot clusters", "researchers"].plot(title="", names=names),
    "pilot-researchers",
    caption={
        "en": "Pilot clusters over the number that researchers would give, 95 % intervals",
        "ru": "Пилотные кластеры к числу, ожидаемому по исследователям, интервалы 95 %",
    },
)

# %%
fit_of = pd.DataFrame({who: followed.loc[who]["loglik"].astype(float) for who in sets})
draw = np.random.default_rng(2021)


def lead(who):
    """Return the two best shares, by how much the first leads, and how often chance does as much.

    Chance: clusters that follow the second. Cox's test of hypotheses that are not nested, by draws.
    """
    group, figures = sets[who]
    first, second = fit_of[who].sort_values(ascending=False).index[:2]
    one, other = (figures[name].fillna(0.0) / figures[name].sum() for name in (first, second))
    count = group.counts("region")[other.index]
    with np.errstate(divide="ignore"):
        ratio = np.log(one / other).where(other > 0, 0.0).to_numpy()
    drawn = draw.multinomial(int(count.sum()), other.to_numpy(), size=DRAWS)
    hits = drawn > 0
    leads = np.where(hits, drawn * np.where(hits, ratio, 0.0), 0.0).sum(axis=1)
    gap = float(fit_of.loc[first, who] - fit_of.loc[second, who])
    return first, second, gap, (1 + int((leads >= gap - 1e-9).sum())) / (1 + DRAWS)


leads = {who: lead(who) for who in sets}
tests = 2 * len(followed)
pilot_moscow = excess["pilot clusters", "researchers"].tidy().loc["RU-MOW"]
WORDS = {
    "population": {"en": "population", "ru": "население"},
    "students": {"en": "students", "ru": "студенты"},
    "researchers": {"en": "researchers", "ru": "исследователи"},
    "rd": {"en": "R&D expenditure", "ru": "затраты на исследования и разработки"},
    "patents": {"en": "patents", "ru": "патенты"},
}
wb.claim(
    "answer-shares",
    {
        "en": "**AI rows are nearest to {ai_best}, then {ai_second} ({ai_gap:.1f} units of log-likelihood behind, "
        "p = {ai_lead_p_value:p}); pilot clusters to {pilot_best}, then {pilot_second} ({pilot_gap:.1f}, "
        "p = {pilot_lead_p_value:p}).** Population explains the AI rows {gain:.1f} units worse than researchers do: against population "
        "they are more concentrated than chance (p = {ai_people_p_value:p}), against researchers that is not seen "
        "(p = {ai_research_p_value:p}). Pilot clusters are another matter: against researchers they differ from chance "
        "(p = {pilot_research_p_value:p}), against population that is not seen (p = {pilot_people_p_value:p}): "
        "Moscow has {held} of them where its researchers would give {expected:.1f}. The table has {tests} p-values; "
        "Bonferroni's bound over all of them is {bound:.4f}.",
        "ru": "**Строки ИИ ближе всего к показателю «{ai_best}», затем «{ai_second}» (на {ai_gap:.1f} единицы логарифма правдоподобия хуже, "
        "p = {ai_lead_p_value:p}); пилотные кластеры — к показателю «{pilot_best}», затем «{pilot_second}» ({pilot_gap:.1f}, "
        "p = {pilot_lead_p_value:p}).** Население описывает строки ИИ на {gain:.1f} единицы хуже, чем исследователи: против населения "
        "они сконцентрированы сильнее случайного (p = {ai_people_p_value:p}), против исследователей этого не видно "
        "(p = {ai_research_p_value:p}). У пилотных кластеров иначе: от исследователей они отличаются "
        "(p = {pilot_research_p_value:p}), отличия от населения не видно (p = {pilot_people_p_value:p}): "
        "в Москве их {held}, а по исследователям было бы {expected:.1f}. В таблице p-значений {tests}; "
        "граница Бонферрони для всех — {bound:.4f}.",
    },
    numbers={
        **{
            f"{key}_{part}": value
            for key, who in (("ai", "AI"), ("pilot", "pilot clusters"))
            for part, value in (
                ("best", WORDS[str(leads[who][0])]),
                ("second", WORDS[str(leads[who][1])]),
                ("gap", leads[who][2]),
                ("lead_p_value", leads[who][3]),
            )
        },
        "tests": tests,
        "bound": (1 - 0.95) / tests,
        "ai_people_p_value": float(followed.loc[("AI", "population"), "p_concentration"]),
        "ai_research_p_value": float(followed.loc[("AI", "researchers"), "p_concentration"]),
        "gain": float(fit_of.loc["researchers", "AI"] - fit_of.loc["population", "AI"]),
        "pilot_research_p_value": float(
            followed.loc[("pilot clusters", "researchers"), "p_concentration"]
        ),
        "pilot_people_p_value": float(
            followed.loc[("pilot clusters", "population"), "p_concentration"]
        ),
        "held": int(pilot_moscow["clusters"]),
        "expected": float(pilot_moscow["expected"]),
    },
    kind="simulation",
)

# %% [markdown]
# ## 3. Researchers or people?
#
# A logit of whether a region has a cluster at all, on researchers and population. With few events the
# likelihood overstates slopes, so that Firth's penalised likelihood is used, with profile intervals.
# Regions without a figure on researchers are left out.

# %%
fits = {}
for who, (group, figures) in sets.items():
    table = figures.dropna(subset=["researchers"]).query("researchers > 0")
    table = table.assign(hosts=(group.counts("region")[table.index] > 0).astype(int))
    fits[who] = wb.fit(
        "hosts ~ log(researchers) + log(population)", table, family="binomial", method="firth"
    )
wb.publish(
    pd.concat({who: fit.tidy() for who, fit in fits.items()}, names=["clusters of", "term"]),
    "logits",
    caption={
        "en": "Whether a region has a cluster: logits by Firth's penalised likelihood",
        "ru": "Есть ли в регионе кластер: логиты, штраф Фёрта",
    },
)
verdicts = {
    name: hypotheses[name].test(fit) for name, fit in zip(hypotheses, fits.values(), strict=True)
}
wb.publish(
    pd.concat([verdict.tidy() for verdict in verdicts.values()]),
    "verdicts",
    caption={"en": "Verdicts on H1 and H2", "ru": "Вердикты по H1 и H2"},
)

# %%
SAID = {
    "supported": {"en": "supported", "ru": "подтверждается"},
    "contradicted": {"en": "contradicted", "ru": "отвергается"},
    "cannot tell": {"en": "neither supported nor contradicted", "ru": "не решается"},
}
slopes = {who: fit.tidy().loc["log(researchers)"] for who, fit in fits.items()}
wb.claim(
    "answer-logits",
    {
        "en": "**H1 is {h1}: given population, the coefficient of researchers for AI is "
        "{ai:.2f} ({ai_low:.2f} to {ai_high:.2f}); H2 is {h2}: for pilot clusters it is "
        "{pilot:.2f} ({pilot_low:.2f} to {pilot_high:.2f}).** {ai_regions} regions have a row for "
        "AI, {pilot_regions} a pilot cluster. That AI centres are where researchers are is partly "
        "what the competition was about: those that won are universities and institutes.",
        "ru": "**H1 {h1}: при данном населении коэффициент исследователей для ИИ равен {ai:.2f} "
        "(от {ai_low:.2f} до {ai_high:.2f}); H2 {h2}: для пилотных кластеров он равен {pilot:.2f} "
        "(от {pilot_low:.2f} до {pilot_high:.2f}).** Строки ИИ есть в {ai_regions} регионах, "
        "пилотные кластеры — в {pilot_regions}. То, что центры ИИ там, где исследователи, отчасти "
        "следует из самого конкурса: его выиграли вузы и институты.",
    },
    numbers={
        "h1": SAID[str(verdicts["H1"].answer)],
        "h2": SAID[str(verdicts["H2"].answer)],
        **{
            f"{key}{end}": float(slopes[who][column])
            for key, who in (("ai", "AI"), ("pilot", "pilot clusters"))
            for end, column in (("", "estimate"), ("_low", "conf_low"), ("_high", "conf_high"))
        },
        "ai_regions": int((ai.counts("region") > 0).sum()),
        "pilot_regions": int((pilot.counts("region") > 0).sum()),
    },
)

# %% [markdown]
# ## 4. Points
#
# Regions are large; Marcon and Puech's M looks at distances. *Among the clusters*: is a field
# over-represented around its own members, among all that are listed? Labels are thrown onto the listed
# towns. *Among researchers*: in each capital stands one site for every 500 researchers of the
# region, and AI is thrown onto these sites and its own; M = 1 then means that AI is as near to AI as
# researchers are. As sites stand in capitals and clusters in towns, distances begin at 200 km there.

# %%
NEAR = [50, 100, 200, 300, 400, 600, 800, 1000, 1500, 2000]
points = registry.augment()
among = wb.innovation.m_function(
    points, sector="field", sectors=list(registry.counts("field").index[:3]), null="labelling",
    distances=NEAR,
)  # fmt: skip
wb.publish(
    among.plot(title=""),
    "m-fields",
    caption={
        "en": "M by distance: each field around itself, among all listed clusters",
        "ru": "Функция M по расстоянию: каждая область вокруг себя среди всех кластеров реестра",
    },
)
staff = sets["AI"][1]["researchers"].fillna(0.0)
many = (staff / RESEARCHERS_A_SITE).round().astype(int)
sites = gpd.GeoDataFrame(
    {"field": "researchers"},
    geometry=list(capitals.geometry.loc[many.index.repeat(many)]),
    index=[f"{region}-{k}" for region, count in many.items() for k in range(count)],
    crs=capitals.crs,
)
beside = gpd.GeoDataFrame(
    pd.concat([ai.augment()[["field", "geometry"]], sites]), geometry="geometry", crs=capitals.crs
)
against = wb.innovation.m_function(
    beside, sector="field", sectors="AI", distances=[200, 400, 600, 800, 1000, 1500, 2000, 3000]
)
wb.publish(
    against.plot(title=""),
    "m-researchers",
    caption={
        "en": "M of AI among sites that stand for researchers",
        "ru": "Функция M для ИИ среди точек, представляющих исследователей",
    },
)

# %%
own_curves, own_ai = among.glance(), against.glance().loc["AI"]
wb.claim(
    "answer-points",
    {
        "en": "**That AI gathers is not seen: neither among the listed clusters (p = {among_p_value:p}) nor "
        "among researchers (p = {against_p_value:p}), with {rows} rows.** Of the {fields} fields with most rows "
        "{localised} gather beyond the rest of the registry at some distance, each looked at by itself; "
        "the least p-value is {least_p_value:p} after Bonferroni.",
        "ru": "**Что ИИ сосредоточен, не видно — ни среди кластеров реестра (p = {among_p_value:p}), ни "
        "среди исследователей (p = {against_p_value:p}); строк {rows}.** Из {fields} областей с наибольшим "
        "числом строк сильнее остального реестра на каком-то расстоянии сосредоточены {localised}, если "
        "смотреть на каждую отдельно; наименьшее p с поправкой Бонферрони — {least_p_value:p}.",
    },
    numbers={
        "among_p_value": float(own_curves.loc["AI", "p_localised"]),
        "against_p_value": float(own_ai["p_localised"]),
        "rows": len(ai.table),
        "least_p_value": min(1.0, len(own_curves) * float(own_curves["p_localised"].min())),
        "fields": len(own_curves),
        "localised": int((own_curves["verdict"] == "localised").sum()),
    },
    kind="simulation",
)

# %% [markdown]
# ## 5. Who is beside whom?
#
# The colocation quotient (Leslie and Kronenfeld 2011) is the share of a field among the nearest
# neighbours of another over its share among all other points: 2 is twice as often as random labels would
# have it. It is not symmetric. Points of one town are equally near and share the place of the nearest.
# Then regions: Ellison and Glaeser's coagglomeration of fields, and pairs of fields that are present in
# the same regions against tables with the same margins.
#
# All of this takes rows for clusters of their own. Some are parts of others: an *initiative within a
# multi-cluster* stands where its multi-cluster stands, and the centres of Skoltech, Innopolis University and ITMO
# belong to sites (Skolkovo, Innopolis, Highpark) that are listed under IT themselves. Such a pair is beside itself by
# construction. So everything is asked three times: as listed, without initiatives, and without those three
# centres besides. H3 and H4 hold only if they hold each time.

# %%
nearest = wb.innovation.colocation_quotient(points, "field", permutations=DRAWS)
wb.publish(
    nearest.plot(title=""),
    "colocation",
    caption={
        "en": "Colocation quotients: from the field in the row to the one beside it in the column",
        "ru": "Коэффициенты соседства: от области в строке к соседней области в столбце",
    },
)
wb.publish(
    nearest,
    "colocation-table",
    caption={
        "en": "Pairs of fields by nearest neighbour, random labels",
        "ru": "Пары областей по ближайшему соседу, случайные метки",
    },
)
held = registry.cross("region", "field").loc[lambda table: table.sum(axis=1) > 0]
together = wb.innovation.coagglomeration(held)
present = wb.innovation.relatedness(
    held, presence="positive", null="fixed-margins", permutations=999
)
wb.publish(
    together,
    "coagglomeration",
    caption={
        "en": "Fields in the same regions: coagglomeration of pairs",
        "ru": "Области в одних регионах: коагломерация пар",
    },
)
wb.publish(
    present,
    "same-regions",
    caption={
        "en": "Fields present in the same regions, against tables of the same margins",
        "ru": "Присутствие областей в одних регионах против таблиц с теми же итогами",
    },
)

# %%
pairs = nearest.tidy()
it_ai, ai_it = ("IT and electronics", "AI"), ("AI", "IT and electronics")


def asked(rows):
    """Return what H3 and H4 ask of a registry of these rows."""
    group = wb.innovation.registry(rows, regions, by=["form", "field"])
    there = group.augment()
    one, more = (
        wb.innovation.colocation_quotient(there, "field", neighbours=k, permutations=DRAWS).tidy()
        for k in (1, 3)
    )
    fields = group.cross("region", "field").loc[lambda table: table.sum(axis=1) > 0]
    shared = wb.innovation.coagglomeration(fields).tidy()
    common = wb.innovation.relatedness(
        fields, presence="positive", null="fixed-margins", permutations=999
    ).tidy()
    return {
        "clusters": len(rows),
        "colocation": float(one.loc[it_ai, "colocation"]),
        "p_adjusted": float(one.loc[it_ai, "p_adjusted"]),
        "colocation_3": float(more.loc[it_ai, "colocation"]),
        "p_3": float(more.loc[it_ai, "p_adjusted"]),
        "gamma": float(shared.loc[ai_it, "gamma"]),
        "p_gamma": min(1.0, len(shared) * float(shared.loc[ai_it, "p_value"])),
        "both": int(common.loc[ai_it, "co_occurrences"]),
        "expected": float(common.loc[ai_it, "expected"]),
        "p_both": float(common.loc[ai_it, "p_adjusted"]),
    }


apart = listed[listed["form"] != INITIATIVE]
answers = pd.DataFrame(
    {
        "as listed": asked(listed),
        "without initiatives": asked(apart),
        "and without centres at their own site": asked(apart.drop(index=AT_OWN_SITE, errors="ignore")),
    }
).T.infer_objects().rename_axis("rows")
answers = answers.astype({"clusters": int, "both": int})
wb.publish(
    answers,
    "parts",
    labels={
        "rows": {"en": "rows", "ru": "строки"},
        "as listed": {"en": "as listed", "ru": "весь реестр"},
        "without initiatives": {"en": "without initiatives", "ru": "без инициатив"},
        "and without centres at their own site": {
            "en": "and without centres at their own site",
            "ru": "и без центров на собственной площадке",
        },
        "colocation": {"en": "AI beside IT", "ru": "ИИ рядом с ИТ"},
        "p_adjusted": {"en": "p", "ru": "p"},
        "colocation_3": {"en": "three neighbours", "ru": "три соседа"},
        "p_3": {"en": "p (three)", "ru": "p (три)"},
        "gamma": {"en": "coagglomeration", "ru": "коагломерация"},
        "p_gamma": {"en": "p (coagglomeration)", "ru": "p (коагломерация)"},
        "both": {"en": "regions with both", "ru": "регионов с обеими"},
        "expected": {"en": "expected", "ru": "ожидается"},
        "p_both": {"en": "p (both)", "ru": "p (обе)"},
    },
    caption={
        "en": "AI and IT: colocation quotients from IT to AI with one and three neighbours, coagglomeration, regions with "
        "both; p-values adjusted over all pairs of fields; as listed, and without rows that are parts of others",
        "ru": "ИИ и ИТ: коэффициенты соседства от ИТ к ИИ при одном и трёх соседях, коагломерация, регионы с "
        "обеими областями; p с поправкой на все пары областей; по всему реестру и без строк — частей других строк",
    },
    kind="simulation",
)
HELD = {
    True: {"en": "holds", "ru": "подтверждается"},
    False: {"en": "cannot be told", "ru": "не решается"},
}
whole, less, least = (row for _, row in answers.iterrows())
wb.claim(
    "answer-beside",
    {
        "en": "**H3 {h3}, H4 {h4}.** As listed, beside IT there is AI {ratio:.1f} times as often as random labels would put it "
        "there (p = {p_adjusted:p}, adjusted for {pairs} pairs; with three neighbours {wide:.1f} times, p = {wide_p_adjusted:p}), "
        "the coagglomeration of both is {gamma:.3f} (p = {gamma_p_value:p}), and {both} regions have both where tables of "
        "the same margins have {margins:.1f} (p = {both_p_adjusted:p}). **But part of it is one organisation in two rows: "
        "without initiatives the quotient is {less_ratio:.1f} (p = {less_p_adjusted:p}) and regions give "
        "p = {less_both_p_adjusted:p}; without centres at their own site {least_ratio:.1f} (p = {least_p_adjusted:p}; "
        "regions p = {least_both_p_adjusted:p}).** Beside IT, as listed, heavy engineering is {heavy:.1f} times as often "
        "as random labels would have it (p = {heavy_p_adjusted:p}). That fields are beside their like is not seen "
        "(p = {like_p_permutation:p}).",
        "ru": "**H3 {h3}, H4 {h4}.** По всему реестру рядом с ИТ искусственный интеллект встречается в {ratio:.1f} раза чаще, чем при "
        "случайных метках (p = {p_adjusted:p} с поправкой на {pairs} пар; при трёх соседях — в {wide:.1f} раза, p = {wide_p_adjusted:p}), "
        "коагломерация обеих областей — {gamma:.3f} (p = {gamma_p_value:p}), обе есть в {both} регионах, а в таблицах с теми же "
        "итогами — в {margins:.1f} (p = {both_p_adjusted:p}). **Но отчасти это одна организация в двух строках: "
        "без инициатив коэффициент равен {less_ratio:.1f} (p = {less_p_adjusted:p}), по регионам "
        "p = {less_both_p_adjusted:p}; без центров на собственной площадке — {least_ratio:.1f} (p = {least_p_adjusted:p}; "
        "по регионам p = {least_both_p_adjusted:p}).** Машиностроение и материалы рядом с ИТ, по всему реестру, встречаются в {heavy:.1f} "
        "раза к ожидаемому (p = {heavy_p_adjusted:p}). Что свои рядом со своими, не видно (p = {like_p_permutation:p}).",
    },
    numbers={
        "h3": HELD[bool((answers[["p_adjusted", "p_3"]] < LEVEL).all(axis=None)
                        and (answers[["colocation", "colocation_3"]] > 1).all(axis=None))],
        "h4": HELD[bool((answers[["p_gamma", "p_both"]] < LEVEL).all(axis=None)
                        and (answers["both"] > answers["expected"]).all())],
        "ratio": float(whole["colocation"]),
        "p_adjusted": float(whole["p_adjusted"]),
        "pairs": int(pairs["p_permutation"].notna().sum()),
        "wide": float(whole["colocation_3"]),
        "wide_p_adjusted": float(whole["p_3"]),
        "gamma": float(whole["gamma"]),
        "gamma_p_value": float(whole["p_gamma"]),
        "both": int(whole["both"]),
        "margins": float(whole["expected"]),
        "both_p_adjusted": float(whole["p_both"]),
        "less_ratio": float(less["colocation"]),
        "less_p_adjusted": float(less["p_adjusted"]),
        "less_both_p_adjusted": float(less["p_both"]),
        "least_ratio": float(least["colocation"]),
        "least_p_adjusted": float(least["p_adjusted"]),
        "least_both_p_adjusted": float(least["p_both"]),
        "heavy": float(pairs.loc[("IT and electronics", "heavy engineering"), "colocation"]),
        "heavy_p_adjusted": float(pairs.loc[("IT and electronics", "heavy engineering"), "p_adjusted"]),
        "like_p_permutation": float(nearest.glance()["p_permutation"].iloc[0]),
    },
    kind="simulation",
)

# %% [markdown]
# ## 6. AI maturity
#
# No public figures on the AI maturity of clusters are known to this study, and none are invented here.
# What there is: Russia's index of readiness of *industries* (use, effects, and conditions such as
# personnel, data and infrastructure; not by cluster), and international indices of countries whose
# values by cluster do not exist. The form *ai-maturity* has the five sub-indices on which published
# models agree, each from 0 to 100. With the user's file the index is built below, with its ranks over
# other weights; without, the cell shows what the form asks for.

# %%
PARTS = ["strategy_governance", "people", "data_infrastructure", "use_in_processes", "effects"]
asked = wb.describe("ai-maturity").set_index("field")
wb.publish(
    asked.loc[PARTS, ["title_ru" if lang == "ru" else "title", "unit",
                      "description_ru" if lang == "ru" else "description"]]
    .set_axis(["title", "unit", "description"], axis=1),
    "maturity-form",
    caption={
        "en": "Sub-indices of AI maturity that the form asks for",
        "ru": "Субиндексы зрелости в области ИИ, которые запрашивает форма",
    },
)  # fmt: skip
mature = wb.data.is_here("ai-maturity")
if mature:
    figures = wb.load("ai-maturity")
    latest = figures.xs(figures.index.get_level_values("year").max(), level="year")
    maturity = wb.innovation.composite(
        latest[PARTS], dict.fromkeys(PARTS, "higher"), normalisation="none"
    )
    wb.publish(
        maturity.plot(title=""),
        "maturity",
        caption={"en": "AI maturity: your figures", "ru": "Зрелость в области ИИ: ваши данные"},
    )
    wb.publish(
        maturity.uncertainty(draws=999).plot(title=""),
        "maturity-ranks",
        caption={
            "en": "Ranks of AI maturity over other ways to build the index",
            "ru": "Ранги зрелости при других способах построения индекса",
        },
    )

# %% [markdown]
# How a table is checked, on two made-up rows. **They are an example of the form and of nothing else**,
# and are not published: the decimal comma and the name of the region are mended, the score of
# 140 points is refused.

# %%
example = pd.DataFrame(
    {
        "Кластер": ["made-up cluster A", "made-up cluster B"],
        "Год": [2024, 2024],
        "Субъект РФ": ["Томская область", "Республика Татарстан"],
        **{part: ["50,5", "60"] for part in PARTS[:4]},
        "effects": ["140", "20"],
    }
)
wb.data.check(example, "ai-maturity")

# %%
wb.claim(
    "answer-maturity",
    {
        "en": "**AI maturity of clusters cannot be ranked from public figures.** Files of "
        "the user's that were found for the {parts} sub-indices of the form: {files}.",
        "ru": "**Ранжировать кластеры по зрелости в области ИИ по открытым данным нельзя.** Файлов "
        "пользователя для {parts} субиндексов формы найдено: {files}.",
    },
    numbers={"files": int(mature), "parts": len(PARTS)},
)

# %% [markdown]
# ## What the registry does not allow to say
#
# - **How many clusters there are.** The HSE Cluster Observatory counted more than two hundred
#   initiatives; the winners of the third selection of AI centres are not in the registry because no
#   page that names them could be read, nor is one more pilot cluster that a source counts.
# - **That clusters settled where they are listed.** Most rows are decisions of programmes: a federal
#   list, a competition that twelve universities and institutes won. What follows researchers, or people,
#   may follow the rules of the programme.
# - **That rows are independent.** Draws and random labels place each row by itself. Rows of one organisation, or of
#   one competition that wished to spread its grants, are not placed so, and p-values are then too small.
# - **How large they are.** Members are counted by unlike rules and dates (forty thousand participants
#   of the Moscow Innovation Cluster are not the thirty-three of Zelenograd); investment figures are
#   ceilings, plans and subsidies. Neither is added up.
# - **Anything finer than a town.** Coordinates are centres of towns; several rows share one, and the
#   nearest neighbour is then a tie.
# - **That nothing is there** where no test rejects. Fifteen rows for AI in eight regions tell large
#   differences only. Fields were joined to four by hand before the quotients were computed; other
#   joints would give other numbers.
# - **What was closed.** Years of start are of rows that still stood, or still had a page.
# - In some rows a cell is recalled and was not read again; they say which.
#
# ## References
#
# Cromley, R., D. Hanink and G. Bentley (2014). Geographically weighted colocation quotients:
# specification and application. *The Professional Geographer* 66, 138–148.
#
# Ellison, G. and E. Glaeser (1997). Geographic concentration in U.S. manufacturing industries: a
# dartboard approach. *Journal of Political Economy* 105, 889–927.
#
# Firth, D. (1993). Bias reduction of maximum likelihood estimates. *Biometrika* 80, 27–38.
#
# Kutsenko, E. (2015). Pilot innovative territorial clusters in Russia: a sustainable development model.
# *Foresight-Russia* 9(1), 32–55.
#
# Leslie, T. and B. Kronenfeld (2011). The colocation quotient: a new measure of spatial association
# between categorical subsets of points. *Geographical Analysis* 43, 306–326.
#
# Marcon, E. and F. Puech (2010). Measures of the geographic concentration of industries: improving
# distance-based methods. *Journal of Economic Geography* 10, 745–762.
#
# Zemtsov, S., V. Barinova, A. Pankratov and E. Kutsenko (2016). Potential high-tech clusters in Russian
# regions. *Foresight* 10(3), 34–52.
