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
# registry of them, each row with the page that it is after, and asks three things: where they are,
# which figures of their regions they follow, and which fields are found beside which.
#
# **The registry is not complete and was not drawn at random.** It lists what public pages name: the
# pilot innovative territorial clusters of 2012 and 2015 [@kutsenko2015], the federal AI research
# centres of 2021 and 2023, and some multi-clusters. Where clusters *could* be, by the figures of
# regions, is another question [@zemtsov2016]. A region without a row may have clusters that nobody
# listed. Whoever has a better registry puts it in the place of this one: the form *cluster-registry*
# says its columns, and the study then runs on it. What that registry has no figures for is not
# answered, and the page says why.
#
# Tests are read at 5 %. The answer of each section stands at its end, in bold.

# %% tags=["parameters"]
lang = "en"

# %%
import geopandas as gpd
import numpy as np
import pandas as pd

import workbench as wb
from workbench.core.statistics import NotApplicable
from workbench.data.schemes import parents
from workbench.hypotheses import coefficient

wb.set_language(lang)

PILOT = "pilot innovative territorial cluster"
IT = "IT and electronics"
JOINED = {
    "AI": "ai|ии|искусственный интеллект|artificial intelligence",
    IT: "it|ит|икт|ict|электроника|electronics|информационные технологии|information technology",
    "life sciences": "pharma-bio|фармацевтика|биотехнологии|медицина|pharmaceuticals|biotechnology",
    "heavy engineering": "aerospace|nuclear|materials|chemistry|automotive|shipbuilding|energy|"
    "авиация|космос|атомная отрасль|материалы|химия|автомобилестроение|судостроение|энергетика|"
    "машиностроение",
    "other industries": "other|прочие",
}
FIELD_NAMES = {
    "AI": {"en": "AI", "ru": "ИИ"},
    IT: {"en": IT, "ru": "ИТ и электроника"},
    "life sciences": {"en": "life sciences", "ru": "науки о жизни"},
    "heavy engineering": {"en": "heavy engineering", "ru": "машиностроение и материалы"},
    "other industries": {"en": "other industries", "ru": "прочие отрасли"},
}
FIELDS = {word: field for field, words in JOINED.items() for word in words.split("|")}
DRAWS = 9999
LEVEL = 0.05
FEWEST = 5
INITIATIVE = "initiative within a multi-cluster"
AT_OWN_SITE = ["ai-centre-skoltech", "ai-centre-innopolis", "ai-centre-itmo"]
RESEARCHERS_A_SITE = 500


def tell(name, *parts, kind=None, drawn_by=None):
    """Publish sentences as one claim: pairs of a template in two languages and its numbers."""
    text = {lng: " ".join(template[lng] for template, _ in parts) for lng in ("en", "ru")}
    numbers = {k: v for _, own in parts for k, v in own.items()}
    wb.claim(name, text, numbers=numbers, kind=kind, drawn_by=drawn_by)


def not_asked(name, question, reason):
    """Publish that a question is not answered with this registry, and why."""
    tell(name, ({"en": "*{what}*: not answered with this registry, {why}.",
                 "ru": "*{what}*: по этому реестру ответить нельзя — {why}."},
                {"what": question, "why": reason}))  # fmt: skip


def unless_refused(*ways):
    """Return what the first way gives that is not refused, and the last refusal in words."""
    told = None
    for way in ways:
        try:
            return way(), None
        except wb.errors.WorkbenchError as refusal:
            why = f"{refusal.argument}: expected {refusal.expected}; got {refusal.found}"
            told = {"en": f"the method refuses ({why})", "ru": f"метод отказывает ({why})"}
    return None, told


# %% [markdown]
# ## What is claimed
#
# The hypotheses (@hypotheses) stand before the counts on this page; they are marked as exploratory all the same, as
# earlier drafts of it had seen the counts. The first two are about coefficients: whether a
# region that has more researchers (Rosstat counts those with a degree) is more likely to have a cluster
# *given its population*. The interval decides: all of it above zero supports the hypothesis, all of it
# below contradicts, otherwise the figures cannot tell. The others are about places, and
# chance decides: labels are thrown onto the same places at random. Each of these is asked in several
# ways, and is supported only if it holds each time.

# %%
H1 = wb.Hypothesis(
    "AI centres and alliances are where researchers are, not only where people are",
    coefficient("log(researchers)"),
    ">",
    0,
    name="H1",
    mechanism="Centres are chosen among research organisations",
)
H2 = wb.Hypothesis(
    "Territorial clusters (pilot ones where the registry tells them) are where researchers are, "
    "not only where people are",
    coefficient("log(researchers)"),
    ">",
    0,
    name="H2",
    mechanism="Firms of a cluster use what laboratories beside them know",
)
H3 = wb.Expectation(
    "AI is found beside IT more often than random labels would put it there",
    "colocation quotient from IT to AI, one and three neighbours",
    ">",
    null="labels thrown onto the same places at random",
    name="H3",
    mechanism="AI grows out of IT firms and hires the same people",
)
H4 = wb.Expectation(
    "AI and IT are found in the same regions more often than fields that settle independently",
    "coagglomeration of AI and IT, and regions with both",
    ">",
    null="fields that choose regions independently, tables with the same margins",
    name="H4",
    mechanism="AI grows out of IT firms and hires the same people",
)
H5 = wb.Expectation(
    "AI gathers beyond the other clusters, and beyond researchers",
    "M of AI where it stands out most",
    ">",
    null="labels thrown onto the same places at random",
    name="H5",
    mechanism="Teams of one field stay within reach of each other",
)
hypotheses = {one.name: one for one in (H1, H2, H3, H4, H5)}
IN_RUSSIAN = {
    H1.statement: "Центры и альянсы ИИ там, где исследователи, а не только там, где люди",
    H2.statement: "Территориальные кластеры (пилотные, если они в реестре отмечены) там, где "
    "исследователи, а не только там, где люди",
    H3.statement: "ИИ встречается рядом с ИТ чаще, чем при случайных метках",
    H4.statement: "ИИ и ИТ встречаются в одних регионах чаще, чем независимые области",
    H5.statement: "ИИ сосредоточен сильнее других кластеров и сильнее исследователей",
    H1.mechanism: "Центры выбирают среди научных организаций",
    H2.mechanism: "Фирмы кластера пользуются знаниями соседних лабораторий",
    H3.mechanism: "ИИ вырастает из фирм ИТ и нанимает тех же людей",
    H5.mechanism: "Коллективы одной области держатся поблизости друг от друга",
    H3.restriction: "коэффициент соседства от ИТ к ИИ при одном и трёх соседях > при случайных метках",
    H3.null: "метки случайно разложены по тем же местам",
    H4.restriction: "коагломерация ИИ и ИТ и число регионов с обеими областями > при независимости",
    H4.null: "области выбирают регионы независимо; таблицы с теми же итогами",
    H5.restriction: "функция M для ИИ там, где она выделяется сильнее всего > при случайных метках",
}
SAID_IN_BOTH = {text: {"en": text, "ru": ru} for text, ru in IN_RUSSIAN.items()}
wb.publish(
    wb.stated(list(hypotheses.values())),
    "hypotheses",
    labels=SAID_IN_BOTH | {"restriction": {"en": "what is claimed", "ru": "что утверждается"}},
    formats={"alpha": ".2f"},
    caption={"en": "What is claimed, before any count", "ru": "Что утверждается — до подсчётов"},
)

# %% [markdown]
# ## 1. What is listed
#
# Every row (@registry) was checked beyond its descriptor: the place lies in the region that the row states (within
# ten kilometres, since borders are simplified), years are years, members by kind do not contradict their
# total, nothing stands twice. Industries are joined to fields; one that the study does not know stays a
# field of its own.

# %%
own = wb.data.is_here("cluster-registry")
listed = wb.load("cluster-registry" if own else "ai-clusters")
regions = wb.load("russia-regions")
capitals = wb.load("russia-regions", part="capitals80")
names = regions["name_ru" if lang == "ru" else "name_en"]


def named(region):
    """Return the name of a region in each language."""
    return {lng: regions.loc[region, f"name_{lng}"] for lng in ("en", "ru")}


listed["region"] = listed["region"].replace(dict(parents()))
outside = ~listed["region"].isin(regions.index)
listed = listed[~outside]
industry = listed["industry"].str.strip()
listed = listed.assign(field=industry.str.casefold().map(FIELDS).fillna(industry))
every_name = listed["name_ru"]
named_rows = {
    row: {"en": english if isinstance(english, str) else russian, "ru": russian}
    for row, russian, english in zip(
        listed.index, listed["name_ru"], listed.get("name_en", every_name), strict=True
    )
}
if "name_en" in listed and lang == "en":
    every_name = listed["name_en"].fillna(every_name)
unsaid = pd.Series(False, index=listed.index)
if "investment_mln_rub" in listed:
    sums = listed["investment_mln_rub"]
    unsaid = sums.notna() & ("investment_kind" not in listed or listed["investment_kind"].isna())
    listed = listed.assign(investment_mln_rub=sums.mask(unsaid))
    listed = listed if "investment_kind" in listed else listed.drop(columns="investment_mln_rub")
dated = "year_start" in listed and listed["year_start"].notna().any()
registry = wb.innovation.registry(
    listed, regions, by=["form", "field"], year="year_start" if dated else None
)
points = registry.located()
ai = registry.only("field", "AI") if (listed["field"] == "AI").any() else None
piloted = "kind" in listed and (listed["kind"] == PILOT).any()

if own:
    wb.claim(
        "from",
        {
            "en": "The registry is the reader's own file, and is taken as it stands there.",
            "ru": "Реестр — собственный файл читателя и взят таким, каков он есть.",
        },
        numbers={},
    )
else:
    wb.claim(
        "from",
        {
            "en": "The rows were typed by hand: from the opening part of the pages that the column "
            "*source* names, with fields and forms chosen here; coordinates are those of the centres of "
            "towns.",
            "ru": "Строки набраны вручную по начальной части страниц, названных в столбце «источник»; "
            "области и формы выбраны здесь; координаты — центры городов.",
        },
        numbers={},
    )
if outside.any():
    wb.claim(
        "outside",
        {
            "en": "{rows} rows lie in regions for which there are no figures here, and are left out.",
            "ru": "Строк в регионах, показателей которых здесь нет: {rows}; они не учтены.",
        },
        numbers={"rows": int(outside.sum())},
    )
shown = registry.augment()
shown = shown.assign(
    name=every_name,
    region=shown["region"].map(names),
    year=shown["year_start"].astype("Int64").astype("string").fillna("") if dated else "",
).sort_values(["region", "year"], kind="stable")
wb.publish(
    pd.DataFrame(shown)[
        [
            column
            for column in ("name", "form", "field", "region", "year", "basis", "source")
            if column in shown and (column != "year" or dated)
        ]
    ],
    "registry",
    labels={
        "source": {"en": "source", "ru": "источник"},
        "basis": {"en": "read or recalled", "ru": "прочитано или по памяти"},
        "read": {"en": "read", "ru": "прочитано"},
        "in part": {"en": "recalled in part", "ru": "отчасти по памяти"},
    },
    caption={
        "en": "The registry: names, forms, fields, regions, years of start, and what rows are after",
        "ru": "Реестр: названия, формы, области, регионы, годы начала и основания строк",
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
told = [
    (
        {
            "en": "The registry lists {clusters} clusters, centres and networks in {regions} of {all} "
            "regions; {ai} are for AI (@forms). {first} has {most} of them, {second} {next} (@counts).",
            "ru": "Кластеров, центров и сетей в реестре — {clusters}, регионов с ними — {regions} из {all}; "
            "к ИИ относятся {ai} (@forms). {first}: {most}, {second}: {next} (@counts).",
        },
        {
            "clusters": len(listed),
            "regions": int(whole["regions_with"]),
            "all": int(whole["regions"]),
            "ai": int((listed["field"] == "AI").sum()),
            "first": named(by_region.index[0]),
            "most": int(by_region.iloc[0]),
            "second": named(by_region.index[1]),
            "next": int(by_region.iloc[1]),
        },
    )
]
if len(points):
    told.append(
        (
            {
                "en": "{located} rows have a place, of {places} towns (@map-forms by form, @map-fields by field).",
                "ru": "Место указано в {located} строках, городов — {places} (по формам: @map-forms, по областям: "
                "@map-fields).",
            },
            {"located": len(points), "places": int(whole["places"])},
        )
    )
recalled = listed["basis"] == "in part" if "basis" in listed else pd.Series(False, listed.index)
if "basis" in listed:
    told.append(
        (
            {
                "en": "**Not every row was read from its page: {read} were, and in {recalled} something "
                "is recalled and was not read again;** the column *evidence* of the dataset says what.",
                "ru": "**Не каждая строка прочитана на своей странице: прочитано {read}, а в {recalled} "
                "что-то приведено по памяти и заново не прочитано;** что именно, сказано в столбце "
                "evidence набора данных.",
            },
            {"read": int((listed["basis"] == "read").sum()), "recalled": int(recalled.sum())},
        )
    )
tell("listed", *told)

# %% [markdown]
# Money and members are published for few, and for unlike things. Sums are shown by what they are, and
# there is no total: a ceiling of a grant, a plan and a year's subsidy do not add up. Members are counted
# by unlike kinds, rules and dates, so that no table of sizes is made.

# %%
if "investment_mln_rub" in listed and listed["investment_mln_rub"].notna().any():
    wb.publish(
        registry.investment(),
        "investment",
        labels={"investment_kind": {"en": "what the sum is", "ru": "что это за сумма"}},
        formats=dict.fromkeys(("smallest_sum", "largest_sum", "sum"), ",.1f"),
        caption={
            "en": "Published investment by what it is, mln RUB of its time; kinds must not be added up",
            "ru": "Опубликованные инвестиции по видам, млн руб. своего времени; складывать виды нельзя",
        },
    )
    paid = listed.loc[listed["investment_mln_rub"].notna(), "investment_kind"]
    tell(
        "sums",
        (
            {
                "en": "A sum is published for {rows} of {all} rows, and the sums are of {kinds} kinds (@investment).",
                "ru": "Сумма опубликована для {rows} строк из {all}, видов сумм — {kinds} (@investment).",
            },
            {"rows": len(paid), "all": len(listed), "kinds": int(paid.nunique())},
        ),
    )
else:
    not_asked(
        "no-investment",
        {"en": "Investment by kind", "ru": "Инвестиции по видам"},
        {
            "en": "no row has a sum with a word on what it is",
            "ru": "ни в одной строке нет суммы с указанием, что это за сумма",
        },
    )
if unsaid.any():
    wb.claim(
        "unsaid",
        {
            "en": "{rows} sums of which it is not said what they are, are left out.",
            "ru": "Сумм, о которых не сказано, что это такое: {rows}; они не учтены.",
        },
        numbers={"rows": int(unsaid.sum())},
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
if len(points):
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
            "en": "Clusters on the map: regions by their number, towns by field",
            "ru": "Кластеры на карте: регионы по числу кластеров, города по области",
        },
    )
else:
    not_asked(
        "no-map",
        {"en": "Clusters on the map", "ru": "Кластеры на карте"},
        {"en": "no row has coordinates", "ru": "ни в одной строке нет координат"},
    )

# %% [markdown]
# ## 2. What do they follow?
#
# If clusters settled independently, each in a region with the probability of its share of *something*
# (people, students, researchers, money for R&D, patents), their counts would be multinomial. Five
# such shares are tried on the AI rows (figures of 2018–2020, before the centres were chosen) and on
# the pilot clusters (2009–2011, before the list); of a registry that does not tell pilot clusters, on the
# territorial ones (2018–2020). The log-likelihood says which share the places
# follow best; nothing is estimated, so that none has an advantage. Whether the best leads the second by more than
# chance is tried on counts drawn from the second; that the best of five was picked, this p-value does not
# know. Two tests ask whether chance would do
# as much: *over-dispersion* (a cluster in a region that should have none tells most) and *raw
# concentration* [@ellison1997] (many clusters in a region that should have few). A dash at
# Rosstat (nothing, or what would identify an organisation) is taken as a share of zero here. A share that
# gives nothing to a region with a cluster is not tried, and fewer than five rows are not.

# %%
panel = wb.load("russia-innovation")
SHARES = ["population", "students", "researchers", "rd", "patents"]
WORDS = {
    "population": {"en": "population", "ru": "население"},
    "students": {"en": "students", "ru": "студенты"},
    "researchers": {"en": "researchers", "ru": "исследователи"},
    "rd": {"en": "R&D expenditure", "ru": "затраты на исследования и разработки"},
    "patents": {"en": "patents", "ru": "патенты"},
}
KEYS = {"AI": "ai", "pilot clusters": "pilot", "territorial clusters": "territorial"}
WHO = {
    "AI": {"en": "Rows for AI", "ru": "Строки ИИ"},
    "pilot clusters": {"en": "Pilot clusters", "ru": "Пилотные кластеры"},
    "territorial clusters": {"en": "Territorial clusters", "ru": "Территориальные кластеры"},
}
PERIODS = {"AI": (2018, 2020), "pilot clusters": (2009, 2011), "territorial clusters": (2018, 2020)}


def mean_of(first, last):
    """Return means over years, of the years that have figures."""
    years = panel.index.get_level_values("year")
    return panel[(years >= first) & (years <= last)].groupby("region").mean()


second = "pilot clusters" if piloted else "territorial clusters"
groups = {"AI": ai}
if piloted:
    groups[second] = registry.only("kind", PILOT)
else:
    placed = (listed["form"] == "territorial").any()
    groups[second] = registry.only("form", "territorial") if placed else None
figures = {who: mean_of(*PERIODS[who]) for who in groups}
rows_of = {who: 0 if group is None else len(group.table) for who, group in groups.items()}
sets = {who: group for who, group in groups.items() if rows_of[who] >= FEWEST}
for who in groups.keys() - sets.keys():
    not_asked(
        f"few-{KEYS[who]}",
        {lng: f"{WHO[who][lng]} — {what}" for lng, what in
         (("en", "which shares they follow"), ("ru", "за какими показателями они следуют"))},
        {"en": f"which has {rows_of[who]} such rows", "ru": f"таких строк в нём {rows_of[who]}"},
    )  # fmt: skip

excess, nothing = {}, {}
for who, group in sets.items():
    held = group.counts("region").loc[lambda count: count > 0].index
    for share in SHARES:
        masses = figures[who][share].fillna(0.0)
        lacking = [region for region in held if masses[region] == 0]
        if lacking:
            nothing[who, share] = lacking
        else:
            excess[who, share] = group.excess(masses, draws=DRAWS)
for (who, share), lacking in nothing.items():
    not_asked(
        f"nothing-{KEYS[who]}-{share}",
        {lng: f"{WHO[who][lng]} — {WORDS[share][lng]}" for lng in ("en", "ru")},
        {
            lng: f"{what}: {', '.join(named(region)[lng] for region in lacking)}"
            for lng, what in (
                ("en", "as that share gives nothing to a region with a cluster"),
                ("ru", "у региона с кластером такая доля нулевая"),
            )
        },
    )

# %%
if excess:
    followed = pd.concat(
        {key: found.glance().iloc[0] for key, found in excess.items()}, axis=1
    ).T.rename_axis(["clusters of", "share"])
    wb.publish(
        followed[
            ["loglik", "overdispersion", "p_permutation", "raw_concentration", "p_concentration"]
        ].astype(float),
        "shares",
        labels=WORDS | {"p_concentration": {"en": "p (concentration)", "ru": "p (концентрация)"}},
        caption={
            "en": "Counts by region against shares: log-likelihood, and two tests by draws",
            "ru": "Число кластеров по регионам против долей: логарифм правдоподобия и два теста",
        },
        kind="simulation",
        drawn_by=excess,
    )
CHARTS = {"AI": "population", second: "researchers"}
for who, share in CHARTS.items():
    if (who, share) in excess:
        wb.publish(
            excess[who, share].plot(title="", names=names),
            f"{KEYS[who]}-{share}",
            caption={
                lng: f"{WHO[who][lng]} {told}"
                for lng, told in (
                    ("en", f"over the number that {WORDS[share]['en']} would give, 95 % intervals"),
                    (
                        "ru",
                        f"к ожидаемому числу (показатель — {WORDS[share]['ru']}), интервалы 95 %",
                    ),
                )
            },
        )

# %%
SEED = 2021
draw = np.random.default_rng(SEED)


def lead(who, first, second):
    """Return by how much the best share leads the second, and how often chance does as much.

    Chance: clusters that follow the second. Cox's test of hypotheses that are not nested, by draws.
    """
    one, other = (excess[who, name].tidy().sort_index() for name in (first, second))
    total = int(one["clusters"].sum())
    share = (other["expected"] / total).to_numpy()
    with np.errstate(divide="ignore"):
        ratio = np.log(
            one["expected"].reindex(other.index).fillna(0.0) / other["expected"]
        ).to_numpy()
    drawn = draw.multinomial(total, share / share.sum(), size=DRAWS)
    hits = drawn > 0
    leads = np.where(hits, drawn * np.where(hits, ratio, 0.0), 0.0).sum(axis=1)
    gap = float(followed.loc[(who, first), "loglik"] - followed.loc[(who, second), "loglik"])
    return gap, (1 + int((leads >= gap - 1e-9).sum())) / (1 + DRAWS)


LEADS = {
    True: {"en": "more than chance gives", "ru": "больше, чем дал бы случай"},
    False: {"en": "chance may give as much", "ru": "столько мог дать и случай"},
}
DIFFERS = {
    True: {"en": "farther from it than chance gives", "ru": "расходится с ним сильнее случайного"},
    False: {"en": "not told from it", "ru": "от него не отличимо"},
}
for who in dict.fromkeys(name for name, _ in excess):
    own_fits = followed.loc[who]["loglik"].astype(float).sort_values(ascending=False, kind="stable")
    best, *others = own_fits.index
    told = []
    if others:
        gap, p_lead = lead(who, best, others[0])
        told.append(
            (
                {
                    "en": "**{who} are nearest to {best}, then {second} ({gap:.1f} units of "
                    "log-likelihood behind, p = {lead_p_value:p}: {lead}).**",
                    "ru": "**{who} ближе всего к показателю «{best}», затем «{second}» (на {gap:.1f} "
                    "единицы логарифма правдоподобия хуже, p = {lead_p_value:p}: {lead}).**",
                },
                {
                    "who": WHO[who],
                    "best": WORDS[best],
                    "second": WORDS[others[0]],
                    "gap": gap,
                    "lead_p_value": p_lead,
                    "lead": LEADS[p_lead < LEVEL],
                },
            )
        )
    for share in ("population", "researchers"):
        if share in own_fits:
            p_value = float(followed.loc[(who, share), "p_concentration"])
            drawn_in = f" (@{KEYS[who]}-{share})" if CHARTS.get(who) == share else ""
            told.append(
                (
                    {
                        "en": f"Where they are, against {share}{drawn_in}: {{{share}_told}} "
                        f"(p = {{{share}_p_value:p}}, raw concentration).",
                        "ru": f"Их размещение против показателя «{WORDS[share]['ru']}»{drawn_in}: {{{share}_told}} "
                        f"(p = {{{share}_p_value:p}}, исходная концентрация).",
                    },
                    {f"{share}_told": DIFFERS[p_value < LEVEL], f"{share}_p_value": p_value},
                )
            )
    base = "researchers" if "researchers" in own_fits else best
    apart = excess[who, base].tidy()
    apart = apart.loc[(apart["clusters"] - apart["expected"]).abs().idxmax()]
    told.append(
        (
            {
                "en": "The largest difference from {base} is that of {region}: {held} listed, "
                "{expected:.2f} expected.",
                "ru": "Сильнее всего от показателя «{base}» отличается {region}: в реестре {held}, "
                "ожидается {expected:.2f}.",
            },
            {
                "base": WORDS[base],
                "region": named(apart.name),
                "held": int(apart["clusters"]),
                "expected": float(apart["expected"]),
            },
        )
    )
    if dated:
        last = PERIODS[who][1]
        began = groups[who].table["year_start"]
        told.append(
            (
                {
                    "en": "{early} of {rows} rows began by {last}, when these figures end.",
                    "ru": "Из {rows} строк {early} начались до конца {last} года, когда кончаются эти "
                    "показатели.",
                },
                {"early": int((began <= last).sum()), "rows": len(began), "last": last},
            )
        )
    tell(
        f"answer-shares-{KEYS[who]}",
        *told,
        kind="simulation",
        drawn_by={"leads": SEED, **{key: found for key, found in excess.items() if key[0] == who}},
    )
if excess:
    p_values = followed[["p_permutation", "p_concentration"]].astype(float)
    wb.claim(
        "answer-shares-bound",
        {
            "en": "@shares has {tests} p-values; Bonferroni's bound over all of them is {bound:.4f}, and "
            "{below} are below it.",
            "ru": "В таблице [-@shares] p-значений {tests}; граница Бонферрони для всех — {bound:.4f}, ниже неё — "
            "{below}.",
        },
        numbers={
            "tests": int(p_values.size),
            "bound": LEVEL / p_values.size,
            "below": int((p_values < LEVEL / p_values.size).to_numpy().sum()),
        },
        kind="simulation",
        drawn_by=excess,
    )


# %% [markdown]
# ## 3. Researchers or people?
#
# A logit of whether a region has a cluster at all, on researchers and population. With few events the
# likelihood overstates slopes, so that Firth's penalised likelihood is used [@firth1993], with
# profile intervals. Regions without a figure on researchers are left out, and fewer than five regions
# with a cluster, or without one, are not asked. That AI centres are where researchers are may be what
# a competition was about: those that won are universities and institutes.

# %%
def logit(who, group):
    """Return the logit of whether a region has a row of the group, or None and why there is none."""
    table = figures[who].dropna(subset=["researchers"]).query("researchers > 0")
    count = 0 if group is None else group.counts("region")[table.index]
    table = table.assign(hosts=np.asarray(count > 0, dtype=int))
    with_, without = int(table["hosts"].sum()), int((table["hosts"] == 0).sum())
    if min(with_, without) < FEWEST:
        return None, {
            "en": f"where {with_} regions have such a row and {without} have none",
            "ru": f"такие строки есть в {with_} регионах, нет — в {without}",
        }
    return unless_refused(
        lambda: wb.fit(
            "hosts ~ log(researchers) + log(population)", table, family="binomial", method="firth"
        )
    )


fits, verdicts = {}, {}
for (who, group), name in zip(groups.items(), ("H1", "H2"), strict=True):
    fits[who], reason = logit(who, group)
    if fits[who] is None:
        del fits[who]
        not_asked(
            f"no-logit-{KEYS[who]}",
            {lng: f"{name} — {WHO[who][lng]}" for lng in ("en", "ru")},
            reason,
        )
        continue
    verdicts[name] = hypotheses[name].test(fits[who])
if fits:
    wb.publish(
        pd.concat({who: fit.tidy() for who, fit in fits.items()}, names=["clusters of", "term"]),
        "logits",
        caption={
            "en": "Whether a region has a cluster: logits by Firth's penalised likelihood",
            "ru": "Есть ли в регионе кластер: логиты, штраф Фёрта",
        },
    )

# %%
SIDES = {
    1: {"en": "all of the interval above zero", "ru": "весь интервал выше нуля"},
    0: {"en": "zero within the interval", "ru": "ноль внутри интервала"},
    -1: {"en": "all of the interval below zero", "ru": "весь интервал ниже нуля"},
}
for who, fit in fits.items():
    slope = fit.tidy().loc["log(researchers)"]
    wb.claim(
        f"answer-logits-{KEYS[who]}",
        {
            "en": "**{who}: given population, the coefficient of researchers is {slope:.2f} ({low:.2f} to "
            "{high:.2f}; @logits): {side}.** {hosts} of {all} regions have such a row.",
            "ru": "**{who}: при данном населении коэффициент исследователей равен {slope:.2f} (от "
            "{low:.2f} до {high:.2f}; @logits): {side}.** Такие строки есть в {hosts} регионах из {all}.",
        },
        numbers={
            "who": WHO[who],
            "slope": float(slope["estimate"]),
            "low": float(slope["conf_low"]),
            "high": float(slope["conf_high"]),
            "side": SIDES[int(slope["conf_low"] > 0) - int(slope["conf_high"] < 0)],
            "hosts": int((groups[who].counts("region") > 0).sum()),
            "all": len(regions),
        },
    )

# %% [markdown]
# ### Of rows that were read alone
#
# Where a row stands is the outcome here. A registry may say of its rows which were read and in which
# something is recalled; then sections 2 and 3 are asked again of read rows only. This decides
# nothing, as few are left: it says what hangs on rows with something recalled. The limits are the same,
# five rows for the shares, five regions with a row and five without for the logit. <!-- given -->

# %%
kept, read_fits, read_excess = {}, {}, {}
if recalled.any():
    fully = listed[~recalled]
    read_registry = wb.innovation.registry(
        fully, regions, by=["form", "field"], year="year_start" if dated else None
    )
    for who, group in groups.items():
        rows = 0 if group is None else int(fully.index.isin(group.table.index).sum())
        column, value = {
            "AI": ("field", "AI"),
            "pilot clusters": ("kind", PILOT),
            "territorial clusters": ("form", "territorial"),
        }[who]
        kept[who] = read_registry.only(column, value) if rows else None
        fit, _ = logit(who, kept[who])
        if fit is not None:
            read_fits[who] = fit
        if rows >= FEWEST:
            for share in (name for of, name in excess if of == who):
                masses = figures[who][share].fillna(0.0)
                read_excess[who, share] = kept[who].excess(masses, draws=DRAWS)
if read_fits:
    wb.publish(
        pd.concat({who: fit.tidy() for who, fit in read_fits.items()}, names=["clusters of", "term"]),
        "logits-read",
        caption={
            "en": "Whether a region has a cluster: the logits of only rows that were read",
            "ru": "Есть ли в регионе кластер: логиты только по прочитанным строкам",
        },
    )
if read_excess:
    read_followed = pd.concat(
        {key: found.glance().iloc[0] for key, found in read_excess.items()}, axis=1
    ).T.rename_axis(["clusters of", "share"])
    wb.publish(
        read_followed[
            ["loglik", "overdispersion", "p_permutation", "raw_concentration", "p_concentration"]
        ].astype(float),
        "shares-read",
        labels=WORDS | {"p_concentration": {"en": "p (concentration)", "ru": "p (концентрация)"}},
        caption={
            "en": "Counts by region against shares, only rows that were read",
            "ru": "Число кластеров по регионам против долей, только прочитанные строки",
        },
        kind="simulation",
        drawn_by=read_excess,
    )


def side(fit):
    """Return on which side of zero the interval of the coefficient of researchers is."""
    slope = fit.tidy().loc["log(researchers)"]
    return int(slope["conf_low"] > 0) - int(slope["conf_high"] < 0)


HANGS = {
    True: {"en": "so it is on all rows", "ru": "так же и по всем строкам"},
    False: {
        "en": "not so on all rows: the answer hangs on rows with something recalled",
        "ru": "не так, как по всем строкам: ответ зависит от строк, где что-то приведено по памяти",
    },
}
NEAREST = {
    True: {"en": "as on all rows", "ru": "как и по всем строкам"},
    False: {"en": "not so on all rows", "ru": "не так, как по всем строкам"},
}
on_read = {}
for (who, group), name in zip(groups.items(), ("H1", "H2"), strict=True):
    if who not in kept or who not in fits:
        continue
    rows = 0 if kept[who] is None else len(kept[who].table)
    hosts = 0 if kept[who] is None else int((kept[who].counts("region") > 0).sum())
    told = [
        (
            {
                "en": "{who}: {rows} of {all} were read, and stand in {hosts} regions; all stand in "
                "{all_hosts}.",
                "ru": "{who}: прочитано {rows} из {all}, они в {hosts} регионах; все вместе — в "
                "{all_hosts}.",
            },
            {
                "who": WHO[who],
                "rows": rows,
                "all": len(group.table),
                "hosts": hosts,
                "all_hosts": int((group.counts("region") > 0).sum()),
            },
        )
    ]
    if who in read_fits:
        slope = read_fits[who].tidy().loc["log(researchers)"]
        on_read[name] = "same" if side(read_fits[who]) == side(fits[who]) else "other"
        told.append(
            (
                {
                    "en": f"**{name} of read rows alone: the coefficient of researchers is "
                    "{slope:.2f} ({low:.2f} to {high:.2f}; @logits-read), {side}; {hangs}.**",
                    "ru": f"**{name} только по прочитанным строкам: коэффициент исследователей равен "
                    "{slope:.2f} (от {low:.2f} до {high:.2f}; @logits-read), {side}; {hangs}.**",
                },
                {
                    "slope": float(slope["estimate"]),
                    "low": float(slope["conf_low"]),
                    "high": float(slope["conf_high"]),
                    "side": SIDES[side(read_fits[who])],
                    "hangs": HANGS[on_read[name] == "same"],
                },
            )
        )
    else:
        on_read[name] = "not asked"
        told.append(
            (
                {
                    "en": f"**{name} cannot be asked of read rows alone:** what is found on all rows hangs "
                    "on those with something recalled.",
                    "ru": f"**{name} нельзя проверить только по прочитанным строкам:** найденное по всем "
                    "строкам зависит от тех, где что-то приведено по памяти.",
                },
                {},
            )
        )
    if any(of == who for of, _ in read_excess):
        best, best_read = (
            table.loc[who]["loglik"].astype(float).idxmax() for table in (followed, read_followed)
        )
        apart = pd.concat(
            [table.loc[who]["p_concentration"] < LEVEL for table in (followed, read_followed)],
            axis=1,
        )
        told.append(
            (
                {
                    "en": "Of the shares read rows are nearest to {best} ({nearest}; @shares-read); at 5 %, raw concentration is "
                    "read as on all rows against {agree} of {shares}.",
                    "ru": "Из показателей к прочитанным строкам ближе всего «{best}» ({nearest}; @shares-read); на уровне 5 % вывод "
                    "об исходной концентрации тот же, что по всем строкам, у {agree} показателей из {shares}.",
                },
                {
                    "best": WORDS[best_read],
                    "nearest": NEAREST[best == best_read],
                    "agree": int((apart.iloc[:, 0] == apart.iloc[:, 1]).sum()),
                    "shares": len(apart),
                },
            )
        )
    else:
        told.append(
            (
                {
                    "en": "Which shares they follow cannot be asked of read rows alone either."
                    if on_read[name] == "not asked"
                    else "Which shares they follow cannot be asked of read rows alone.",
                    "ru": "За какими показателями они следуют, по одним прочитанным строкам не "
                    "сказать.",
                },
                {},
            )
        )
    drawn = {
        (rows, *key): found
        for rows, several in (("all rows", excess), ("read rows", read_excess))
        for key, found in several.items()
        if key[0] == who and any(of == who for of, _ in read_excess)
    }
    tell(
        f"answer-read-{KEYS[who]}",
        *told,
        kind="simulation" if drawn else None,
        drawn_by=drawn or None,
    )

# %% [markdown]
# ## 4. Points
#
# Regions are large; the M of @marcon2010 looks at distances. *Among the clusters*: is a field
# over-represented around its own members, among all that are listed? Labels are thrown onto the listed
# towns. *Among researchers*: in each capital stands one site for every 500 researchers of the
# region, and AI is thrown onto these sites and its own; M = 1 then means that AI is as near to AI as
# researchers are. As sites stand in capitals and clusters in towns, distances begin at 200 km there. Where
# no row has a neighbour within such distances, they are taken from the distances between the rows.
# <!-- given -->

# %%
NEAR = [50, 100, 200, 300, 400, 600, 800, 1000, 1500, 2000]
FAR = [200, 400, 600, 800, 1000, 1500, 2000, 3000]
located = pd.DataFrame(points)["field"].value_counts() if len(points) else pd.Series(dtype=int)
looked = [field for field in dict.fromkeys(["AI", *registry.counts("field").index])
          if located.get(field, 0) >= 2][:3]  # fmt: skip
among, against = None, None
reason = {
    "en": f"where {len(points)} rows have a place, of {len(located)} fields",
    "ru": f"место есть у {len(points)} строк, областей — {len(located)}",
}
if len(points) >= FEWEST and len(located) > 1 and looked:
    among, reason = unless_refused(
        *(
            lambda distances=distances: wb.innovation.m_function(
                points, sector="field", sectors=looked, null="labelling", distances=distances
            )
            for distances in (NEAR, None)
        )
    )
if among is None:
    not_asked(
        "no-m-fields",
        {
            "en": "Does a field gather among the clusters",
            "ru": "Сосредоточена ли область среди кластеров",
        },
        reason,
    )
else:
    wb.publish(
        among.plot(title=""),
        "m-fields",
        caption={
            "en": "M by distance: each field around itself, among all listed clusters",
            "ru": "Функция M по расстоянию: каждая область вокруг себя среди всех кластеров реестра",
        },
    )
reason = {
    "en": f"where {located.get('AI', 0)} rows for AI have a place",
    "ru": f"место есть у {located.get('AI', 0)} строк ИИ",
}
if located.get("AI", 0) >= FEWEST:
    staff = figures["AI"]["researchers"].fillna(0.0)
    many = (staff / RESEARCHERS_A_SITE).round().astype(int)
    sites = gpd.GeoDataFrame(
        {"field": "researchers"},
        geometry=list(capitals.geometry.loc[many.index.repeat(many)]),
        index=[f"{region}-{k}" for region, count in many.items() for k in range(count)],
        crs=capitals.crs,
    )
    centres = points.loc[points["field"] == "AI", ["field", "geometry"]].to_crs(capitals.crs)
    beside = gpd.GeoDataFrame(pd.concat([centres, sites]), geometry="geometry", crs=capitals.crs)
    against, reason = unless_refused(
        *(
            lambda distances=distances: wb.innovation.m_function(
                beside, sector="field", sectors="AI", distances=distances
            )
            for distances in (FAR, None)
        )
    )
if against is None:
    not_asked(
        "no-m-researchers",
        {"en": "Does AI gather among researchers", "ru": "Сосредоточен ли ИИ среди исследователей"},
        reason,
    )
else:
    wb.publish(
        against.plot(title=""),
        "m-researchers",
        caption={
            "en": "M of AI among sites that stand for researchers",
            "ru": "Функция M для ИИ среди точек, представляющих исследователей",
        },
    )

# %%
AMONG = {
    "clusters": {"en": "the listed clusters", "ru": "кластеры реестра"},
    "researchers": {"en": "sites of researchers", "ru": "точки исследователей"},
}
TOO_FEW = {"en": "too few rows with a place", "ru": "слишком мало строк с местом"}
asked_of_ai = {}
for where, found in (("clusters", among), ("researchers", against)):
    name = AMONG[where][lang]
    if found is None or "AI" not in found.glance().index:
        asked_of_ai[name] = NotApplicable("M function", H5.null, TOO_FEW[lang])
        continue
    curve = found.curve("AI")
    most = curve.loc[(curve["estimate"] - curve["expected"]).idxmax()]
    asked_of_ai[name] = H5.judge(
        float(most["estimate"]),
        expected=float(most["expected"]),
        p_value=float(found.glance().loc["AI", "p_localised"]),
        alternative="greater",
    )
verdicts["H5"] = H5.judge(asked_of_ai)
SEEN = {
    True: {"en": "AI gathers", "ru": "ИИ сосредоточен"},
    False: {"en": "AI is not seen to gather", "ru": "не видно, чтобы ИИ был сосредоточен"},
}
told = []
for where, found, drawn_in in (("clusters", among, ""), ("researchers", against, " (@m-researchers)")):
    if found is not None and "AI" in found.glance().index:
        p_value = float(found.glance().loc["AI", "p_localised"])
        told.append(
            (
                {
                    "en": f"**Against {AMONG[where]['en']}{drawn_in}, {{{where}_seen}} "
                    f"(p = {{{where}_p_value:p}}, one-sided).**",
                    "ru": f"**Сравнение — {AMONG[where]['ru']}{drawn_in}: {{{where}_seen}} "
                    f"(p = {{{where}_p_value:p}}, односторонний тест).**",
                },
                {f"{where}_seen": SEEN[p_value < LEVEL / 2], f"{where}_p_value": p_value},
            )
        )
if among is not None:
    own_curves = among.glance()
    told.append(
        (
            {
                "en": "Of {fields} fields {localised} gather beyond the rest of the registry at some "
                "distance, each looked at by itself (@m-fields); the least p-value is {least_p_value:p} after "
                "Bonferroni.",
                "ru": "Из областей ({fields}) сильнее остального реестра на каком-то расстоянии "
                "сосредоточены {localised}, если смотреть на каждую отдельно (@m-fields); наименьшее p с поправкой "
                "Бонферрони — {least_p_value:p}.",
            },
            {
                "fields": len(own_curves),
                "localised": int((own_curves["verdict"] == "localised").sum()),
                "least_p_value": min(1.0, len(own_curves) * float(own_curves["p_localised"].min())),
            },
        )
    )
if told:
    curves = {"clusters": among, "researchers": against}
    tell(
        "answer-points",
        *told,
        kind="simulation",
        drawn_by={where: found for where, found in curves.items() if found is not None},
    )

# %% [markdown]
# ## 5. Who is beside whom?
#
# The colocation quotient [@leslie2011] is the share of a field among the nearest neighbours of
# another over its share among all other points: 2 is twice as often as random labels would have it.
# It is not symmetric. Points of one town are equally near and share the place of the nearest;
# neighbours could also count the less the farther they are [@cromley2014], here they count the same.
# Then regions: Ellison and Glaeser's coagglomeration of fields [@ellison1997], and pairs of fields
# that are present in the same regions against tables with the same margins.
#
# All of this takes rows for clusters of their own. Some are parts of others: an *initiative within a
# multi-cluster* stands where its multi-cluster stands, and the centres of Skoltech, Innopolis University and ITMO
# belong to sites (Skolkovo, Innopolis, Highpark) that are listed under IT themselves. Such a pair is beside itself by
# construction. So everything is asked several times: as listed, without initiatives, and without those
# centres besides, where the registry has such rows. H3 and H4 hold only if they hold each time. Rows that
# were read from their page, with nothing recalled, are asked by themselves at the end: this decides nothing,
# as few are left, and shows what hangs on what was recalled.

# %%
TWO_FIELDS = {
    "activity": {"en": "field", "ru": "область"},
    "other": {"en": "other field", "ru": "другая область"},
    "other_activity": {"en": "other field", "ru": "другая область"},
}
nearest, together, present = None, None, None
several = (located >= 1).sum() > 1 and (located >= 2).any() and len(points) >= FEWEST
reason = {
    "en": f"where {len(points)} rows have a place, of {len(located)} fields",
    "ru": f"место есть у {len(points)} строк, областей — {len(located)}",
}
if several:
    nearest, reason = unless_refused(
        lambda: wb.innovation.colocation_quotient(points, "field", permutations=DRAWS)
    )
if nearest is None:
    not_asked(
        "no-colocation",
        {"en": "Which fields are beside which", "ru": "Какие области рядом с какими"},
        reason,
    )
else:
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
reason = {
    "en": f"which has {held.shape[1]} fields in {len(held)} regions",
    "ru": f"областей в нём {held.shape[1]}, регионов — {len(held)}",
}
if min(held.shape) > 1:
    together, reason = unless_refused(lambda: wb.innovation.coagglomeration(held))
    present, why = unless_refused(
        lambda: wb.innovation.relatedness(
            held, presence="positive", null="fixed-margins", permutations=999
        )
    )
    reason = reason or why
if together is not None:
    wb.publish(
        together,
        "coagglomeration",
        labels=TWO_FIELDS,
        caption={
            "en": "Fields in the same regions: coagglomeration of pairs",
            "ru": "Области в одних регионах: коагломерация пар",
        },
    )
if present is not None:
    wb.publish(
        present,
        "same-regions",
        labels=TWO_FIELDS,
        caption={
            "en": "Fields present in the same regions, against tables of the same margins",
            "ru": "Присутствие областей в одних регионах против таблиц с теми же итогами",
        },
    )
told = []
if together is not None:
    pairs = together.tidy()
    told.append(
        (
            {
                "en": "Of {pairs} pairs of fields coagglomeration tells {apart} from fields that settle independently, "
                "at 5 % and each looked at by itself (@coagglomeration).",
                "ru": "Из {pairs} пар областей коагломерация на уровне 5 %, если смотреть на каждую отдельно, отличает "
                "от независимых {apart} (@coagglomeration).",
            },
            {"pairs": len(pairs), "apart": int((pairs["p_value"] < LEVEL).sum())},
        )
    )
if present is not None:
    common = present.tidy()
    told.append(
        (
            {
                "en": "By the regions in which both are present {related} of {all} are told from tables of the same "
                "margins, p-values adjusted (@same-regions).",
                "ru": "По регионам, где есть обе области, от таблиц с теми же итогами отличимы {related} из {all}, p с "
                "поправкой (@same-regions).",
            },
            {"related": int((common["p_adjusted"] < LEVEL).sum()), "all": len(common)},
        )
    )
if told:
    tell("sharing", *told, kind="simulation" if present is not None else None, drawn_by=present)
if together is None or present is None:
    not_asked(
        "no-same-regions",
        {"en": "Which fields share regions", "ru": "Какие области в одних регионах"},
        reason,
    )

# %%
it_ai, ai_it = (IT, "AI"), ("AI", IT)
kept_draws = {"beside": [], "shared": []}


def beside_of(rows):
    """Return what H3 asks of a registry of these rows."""
    there = wb.innovation.registry(rows, regions, by=["field"], year=None).located()
    found = [
        wb.innovation.colocation_quotient(there, "field", neighbours=k, permutations=DRAWS)
        for k in (1, 3)
    ]
    kept_draws["beside"] += found
    one, more = (quotient.tidy() for quotient in found)
    return {
        "colocation": float(one.loc[it_ai, "colocation"]),
        "p_adjusted": float(one.loc[it_ai, "p_adjusted"]),
        "colocation_3": float(more.loc[it_ai, "colocation"]),
        "p_3": float(more.loc[it_ai, "p_adjusted"]),
    }


def shared_by(rows):
    """Return what H4 asks of a registry of these rows."""
    group = wb.innovation.registry(rows, regions, by=["field"], year=None)
    fields = group.cross("region", "field").loc[lambda table: table.sum(axis=1) > 0]
    shared = wb.innovation.coagglomeration(fields).tidy()
    related = wb.innovation.relatedness(
        fields, presence="positive", null="fixed-margins", permutations=999
    )
    kept_draws["shared"].append(related)
    common = related.tidy()
    pair = ai_it if ai_it in common.index else it_ai
    gamma = shared.loc[ai_it if ai_it in shared.index else it_ai]
    return {
        "gamma": float(gamma["gamma"]),
        "gamma_expected": float(gamma["expected"]),
        "p_gamma": min(1.0, len(shared) * float(gamma["p_value"])),
        "both": float(common.loc[pair, "co_occurrences"]),
        "expected": float(common.loc[pair, "expected"]),
        "p_both": float(common.loc[pair, "p_adjusted"]),
    }


ROWS = {
    "as listed": {"en": "as listed", "ru": "весь реестр"},
    "without initiatives": {"en": "without initiatives", "ru": "без инициатив"},
    "without initiatives and centres at their own site": {
        "en": "without initiatives and centres at their own site",
        "ru": "без инициатив и центров на собственной площадке",
    },
    "only rows that were read": {
        "en": "only rows that were read",
        "ru": "только прочитанные строки",
    },
}
parts = {"as listed": listed, "without initiatives": listed[listed["form"] != INITIATIVE]}
parts["without initiatives and centres at their own site"] = parts["without initiatives"].drop(
    index=AT_OWN_SITE, errors="ignore"
)
before = len(listed)
for name in list(parts)[1:]:
    same, before = len(parts[name]) == before, len(parts[name])
    if same:
        del parts[name]
decisive = list(parts)
if recalled.any():
    parts["only rows that were read"] = listed[~recalled]
answers = {}
for name, rows in parts.items():
    answers[name] = {"clusters": len(rows)}
    if {"AI", IT} <= set(rows["field"]):
        for ask in (beside_of, shared_by):
            answers[name] |= unless_refused(lambda ask=ask, rows=rows: ask(rows))[0] or {}
answers = pd.DataFrame(answers).T.rename_axis("rows")
answers["clusters"] = answers["clusters"].astype(int)
if "both" in answers:
    answers["both"] = answers["both"].astype("Int64")
if len(answers.columns) > 1:
    wb.publish(
        answers.drop(columns="gamma_expected", errors="ignore"),
        "parts",
        labels=ROWS
        | {
            "rows": {"en": "rows", "ru": "строки"},
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
            "en": "AI and IT: colocation quotients from IT to AI with one and three neighbours, coagglomeration, "
            "regions with both; p-values adjusted over all pairs of fields",
            "ru": "ИИ и ИТ: коэффициенты соседства от ИТ к ИИ при одном и трёх соседях, коагломерация, регионы с "
            "обеими областями; p с поправкой на все пары областей",
        },
        kind="simulation",
        drawn_by=[*kept_draws["beside"], *kept_draws["shared"]],
    )
else:
    not_asked(
        "no-parts",
        {"en": "AI beside IT", "ru": "ИИ рядом с ИТ"},
        {
            "en": "which has too few rows of the one or the other",
            "ru": "слишком мало строк той или другой области",
        },
    )

# %%
ASKED = {
    "H3": (
        ("colocation", None, "p_adjusted", {"en": "one neighbour", "ru": "один сосед"}),
        ("colocation_3", None, "p_3", {"en": "three neighbours", "ru": "три соседа"}),
    ),
    "H4": (
        ("gamma", "gamma_expected", "p_gamma", {"en": "coagglomeration", "ru": "коагломерация"}),
        ("both", "expected", "p_both", {"en": "regions with both", "ru": "регионы с обеими"}),
    ),
}
for name, ways in ASKED.items():
    judged = {}
    for rows in decisive:
        for value, expected, p_value, way in ways:
            wanted = [value, p_value, *([expected] if expected else [])]
            row = answers.loc[rows].reindex(wanted).astype(float)
            judged[f"{ROWS[rows][lang]}, {way[lang]}"] = (
                hypotheses[name].judge(
                    row[value], expected=row[expected] if expected else 1.0, p_value=row[p_value]
                )
                if row.notna().all()
                else NotApplicable(value, hypotheses[name].null, TOO_FEW[lang])
            )
    verdicts[name] = hypotheses[name].judge(judged)

# %%
TOLD = {
    True: {"en": "told from chance", "ru": "отличимо от случайного"},
    False: {"en": "not told from chance", "ru": "от случайного не отличимо"},
}
told = []
for number, rows in enumerate(answers.index):
    row = answers.loc[rows].astype(float)
    if row.reindex(["colocation", "p_adjusted"]).isna().any():
        continue
    told.append(
        (
            {
                "en": f"{{rows_{number}}} {{ratio_{number}:.1f}} times as often (p = {{near_{number}_p_adjusted:p}}; "
                f"{{near_{number}_told}});",
                "ru": f"{{rows_{number}}} — в {{ratio_{number}:.1f}} раза к ожидаемому "
                f"(p = {{near_{number}_p_adjusted:p}}; {{near_{number}_told}});",
            },
            {
                f"rows_{number}": ROWS[rows],
                f"ratio_{number}": float(row["colocation"]),
                f"near_{number}_p_adjusted": float(row["p_adjusted"]),
                f"near_{number}_told": TOLD[bool(row["p_adjusted"] < LEVEL)],
            },
        )
    )
if told:
    tell(
        "answer-beside",
        (
            {
                "en": "**AI beside IT (@parts), against random labels:",
                "ru": "**ИИ рядом с ИТ (@parts), против случайных меток:",
            },
            {},
        ),
        *told[:-1],
        ({lng: text.rstrip(";") + ".**" for lng, text in told[-1][0].items()}, told[-1][1]),
        kind="simulation",
        drawn_by=kept_draws["beside"],
    )
told = []
for number, rows in enumerate(answers.index):
    row = answers.loc[rows].astype(float)
    if row.reindex(["both", "expected", "p_both"]).isna().any():
        continue
    told.append(
        (
            {
                "en": f"{{rows_{number}}} {{both_{number}}} where {{expected_{number}:.1f}} are expected "
                f"(p = {{both_{number}_p_adjusted:p}}; {{both_{number}_told}});",
                "ru": f"{{rows_{number}}} — {{both_{number}}}, ожидается {{expected_{number}:.1f}} "
                f"(p = {{both_{number}_p_adjusted:p}}; {{both_{number}_told}});",
            },
            {
                f"rows_{number}": ROWS[rows],
                f"both_{number}": int(row["both"]),
                f"expected_{number}": float(row["expected"]),
                f"both_{number}_p_adjusted": float(row["p_both"]),
                f"both_{number}_told": TOLD[bool(row["p_both"] < LEVEL)],
            },
        )
    )
if told:
    tell(
        "answer-regions",
        (
            {
                "en": "**Regions that have both AI and IT (@parts), against tables of the same margins:",
                "ru": "**Регионы, где есть и ИИ, и ИТ (@parts), против таблиц с теми же итогами:",
            },
            {},
        ),
        *told[:-1],
        ({lng: text.rstrip(";") + ".**" for lng, text in told[-1][0].items()}, told[-1][1]),
        kind="simulation",
        drawn_by=kept_draws["shared"],
    )
if nearest is not None:
    pairs = nearest.tidy().dropna(subset=["p_adjusted"])
    rest = pairs.drop(index=[it_ai], errors="ignore")
    first, other = rest["p_adjusted"].idxmin()
    like = float(nearest.glance()["p_permutation"].iloc[0])
    tell(
        "answer-pairs",
        (
            {
                "en": "Of {pairs} pairs of fields (@colocation, @colocation-table) {told} are told from random labels; of the other pairs "
                "the least p is that of “{other}” beside “{first}”, {ratio:.1f} times as often as random labels "
                "would have it (p = {pair_p_adjusted:p}).",
                "ru": "Из {pairs} пар областей (@colocation, @colocation-table) от случайных меток отличимы {told}; среди остальных пар "
                "наименьшее p — у пары «{other}» рядом с «{first}»: в {ratio:.1f} раза к ожидаемому "
                "(p = {pair_p_adjusted:p}).",
            },
            {
                "pairs": len(pairs),
                "told": int((pairs["p_adjusted"] < LEVEL).sum()),
                "first": FIELD_NAMES.get(first, first),
                "other": FIELD_NAMES.get(other, other),
                "ratio": float(rest.loc[(first, other), "colocation"]),
                "pair_p_adjusted": float(rest["p_adjusted"].min()),
            },
        ),
        (
            {
                "en": "Fields beside their like: {like} (p = {like_p_permutation:p}).",
                "ru": "Свои рядом со своими: {like} (p = {like_p_permutation:p}).",
            },
            {"like": TOLD[like < LEVEL], "like_p_permutation": like},
        ),
        kind="simulation",
        drawn_by=nearest,
    )

# %% [markdown]
# ## 6. Verdicts
#
# P-values are adjusted by the method of @holm1979 over the hypotheses that could be asked (@verdicts). What is
# claimed of several tests is decided by the one that bears it out least. Verdicts are of all rows;
# beside H1 and H2 stands what section 3 says of read rows alone, where the registry tells which those
# are.

# %%
family = wb.hypotheses.family([verdicts[name] for name in sorted(verdicts)])
wb.publish(
    family,
    "verdicts",
    labels=SAID_IN_BOTH,
    caption={
        "en": "Verdicts, p-values adjusted by Holm",
        "ru": "Вердикты, p с поправкой Холма",
    },
)
SAID = {
    "supported": {"en": "supported", "ru": "подтверждается"},
    "contradicted": {"en": "contradicted", "ru": "отвергается"},
    "cannot tell": {"en": "neither supported nor contradicted", "ru": "не решается"},
    "not applicable": {"en": "not asked", "ru": "не проверяется"},
}
ON_READ = {
    "same": {"en": "; the same of read rows alone", "ru": "; по прочитанным строкам — так же"},
    "other": {
        "en": " on all rows, otherwise of read rows alone",
        "ru": " по всем строкам, по прочитанным — иначе",
    },
    "not asked": {
        "en": " on all rows, cannot be asked of read rows alone",
        "ru": " по всем строкам, только по прочитанным проверить нельзя",
    },
}
by_name = {verdict.hypothesis.name: verdict.answer for verdict in family}
tell(
    "answer-hypotheses",
    *(
        (
            {
                lng: f"**{name}: {{{name.lower()}}}{{{name.lower()}_read}}.**"
                if name in on_read
                else f"**{name}: {{{name.lower()}}}.**"
                for lng in ("en", "ru")
            },
            {name.lower(): SAID[by_name.get(name, "not applicable")]}
            | ({f"{name.lower()}_read": ON_READ[on_read[name]]} if name in on_read else {}),
        )
        for name in hypotheses
    ),
)

# %% [markdown]
# ## 7. AI maturity
#
# No public figures on the AI maturity of clusters are known to this study, and none are invented here.
# What there is: Russia's index of readiness of *industries* (use, effects, and conditions such as
# personnel, data and infrastructure; not by cluster), and international indices of countries whose
# values by cluster do not exist. The form *ai-maturity* has the five sub-indices on which published
# models agree, each from 0 to 100 (@maturity-form). With the user's file the index is built from them, with
# its ranks over other weights; without one, that table is all there is.

# %%
PARTS = ["strategy_governance", "people", "data_infrastructure", "use_in_processes", "effects"]
asked = wb.describe("ai-maturity").set_index("field")
wb.publish(
    asked.loc[PARTS, ["title_ru" if lang == "ru" else "title", "unit",
                      "description_ru" if lang == "ru" else "description"]]
    .set_axis(["title", "unit", "description"], axis=1),
    "maturity-form",
    labels={
        "title": {"en": "title", "ru": "название"},
        "unit": {"en": "unit", "ru": "единица"},
        "description": {"en": "description", "ru": "описание"},
        "field": {"en": "column", "ru": "столбец"},
        "effects": {"en": "effects", "ru": "effects"},
    },
    caption={
        "en": "Sub-indices of AI maturity that the form asks for",
        "ru": "Субиндексы зрелости в области ИИ, которые запрашивает форма",
    },
)  # fmt: skip
mature = wb.data.is_here("ai-maturity")
maturity, ranked, reason = None, None, None
if mature:
    scores = wb.load("ai-maturity")
    latest_year = int(scores.index.get_level_values("year").max())
    latest = scores.xs(latest_year, level="year")
    maturity, reason = unless_refused(
        lambda: wb.innovation.composite(
            latest[PARTS], dict.fromkeys(PARTS, "higher"), normalisation="none"
        )
    )
if maturity is not None:
    ranked, _ = unless_refused(lambda: maturity.uncertainty(draws=999))
    wb.publish(
        pd.DataFrame({"index": maturity.scores, "rank": maturity.ranks}).sort_values(
            "rank", kind="stable"
        ),
        "maturity-table",
        labels={
            "index": {"en": "index, of 100", "ru": "индекс, из 100"},
            "rank": {"en": "rank", "ru": "ранг"},
            "unit": {"en": "cluster or region", "ru": "кластер или регион"},
        },
        caption={
            "en": "AI maturity: your figures, ranked",
            "ru": "Зрелость в области ИИ: ваши данные, ранги",
        },
    )
    wb.publish(
        maturity.plot(title=""),
        "maturity",
        caption={"en": "AI maturity: your figures", "ru": "Зрелость в области ИИ: ваши данные"},
    )
if ranked is not None:
    wb.publish(
        ranked.plot(title=""),
        "maturity-ranks",
        caption={
            "en": "Ranks of AI maturity over other ways to build the index",
            "ru": "Ранги зрелости при других способах построения индекса",
        },
    )
    wb.claim(
        "maturity-first",
        {
            "en": "{first} is first in {share:.0%} of the other ways to build the index (@maturity-ranks).",
            "ru": "{first}: первое место в {share:.0%} других построений индекса (@maturity-ranks).",
        },
        numbers={
            "first": str(maturity.ranks.idxmin()),
            "share": float((ranked.ranks.loc[maturity.ranks.idxmin()] == 1).mean()),
        },
        kind="simulation",
        drawn_by=ranked,
    )

# %% [markdown]
# How a table is checked, on two made-up rows. **They are an example of the form and of nothing else**:
# the decimal comma and the name of the region are mended, the score of 140 points is refused.
# <!-- given -->

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
checked = wb.data.check(example, "ai-maturity")
wb.claim(
    "maturity-example",
    {
        "en": "Of the example {mended} things are mended by the check, and {left} only its owner can mend.",
        "ru": "В примере проверка исправила сама: {mended}; исправить может только владелец: {left}.",
    },
    numbers={
        "mended": int((checked.problems["mended"] != "no").sum()),
        "left": int((checked.problems["mended"] == "no").sum()),
    },
)
checked if lang == "en" else None

# %%
if maturity is not None:
    order = maturity.ranks.sort_values(kind="stable")
    first, last = order.index[0], order.index[-1]
    wb.claim(
        "answer-maturity",
        {
            "en": "**By your figures of {year}, of {units} clusters and regions {first} is first ({high:.1f} of "
            "100) and {last} last ({low:.1f}; @maturity, @maturity-table).** These are your figures: the study has none of its own.",
            "ru": "**По вашим данным за {year} год из {units} кластеров и регионов первым идёт {first} "
            "({high:.1f} из 100), последним — {last} ({low:.1f}; @maturity, @maturity-table).** Это ваши данные: своих у исследования нет.",
        },
        numbers={
            "year": latest_year,
            "units": len(order),
            "first": str(first),
            "high": float(maturity.scores[first]),
            "last": str(last),
            "low": float(maturity.scores[last]),
        },
    )
elif mature:
    not_asked(
        "answer-maturity",
        {"en": "AI maturity by your file", "ru": "Зрелость в области ИИ по вашему файлу"},
        reason,
    )
else:
    wb.claim(
        "answer-maturity",
        {
            "en": "**AI maturity of clusters cannot be ranked from public figures.** No file of the form "
            "with its {parts} sub-indices was found.",
            "ru": "**Ранжировать кластеры по зрелости в области ИИ по открытым данным нельзя.** Файла по "
            "форме с {parts} субиндексами не найдено.",
        },
        numbers={"parts": len(PARTS)},
    )

# %% [markdown]
# ## What the registry does not allow to say
#
# - **How many clusters there are.** The bundled registry is a part: the HSE Cluster Observatory counted many
#   more initiatives; the winners of the third selection of AI centres are not in the registry because no
#   page that names them could be read, nor is one more pilot cluster that a source counts.
# - **That clusters settled where they are listed.** Most rows are decisions of programmes: a federal
#   list, a competition for grants. What follows researchers, or people,
#   may follow the rules of the programme.
# - **That rows are independent.** Draws and random labels place each row by itself. Rows of one organisation, or of
#   one competition that wished to spread its grants, are not placed so, and p-values are then too small.
# - **How large they are.** Members are counted by unlike rules and dates; investment figures are
#   ceilings, plans and subsidies. Neither is added up.
# - **Anything finer than a town.** Coordinates of the bundled registry are centres of towns; several rows share one, and the
#   nearest neighbour is then a tie.
# - **That nothing is there** where no test rejects: few rows tell large differences only. Fields were
#   joined by hand before the quotients were computed; other joins would give other numbers.
# - **What was closed.** Years of start are of rows that still stood, or still had a page.

# %%
told = [
    (
        {
            "en": "{ai} rows for AI stand in {regions} regions; {industries} industries were joined to {fields} "
            "fields.",
            "ru": "Строки ИИ ({ai}) находятся в {regions} регионах; {industries} отраслей сведены в {fields} "
            "областей.",
        },
        {
            "ai": int((listed["field"] == "AI").sum()),
            "regions": int(listed.loc[listed["field"] == "AI", "region"].nunique()),
            "industries": int(industry.nunique()),
            "fields": int(listed["field"].nunique()),
        },
    )
]
if len(points):
    shared = pd.DataFrame({"x": points.geometry.x, "y": points.geometry.y}).duplicated(keep=False)
    told.append(
        (
            {
                "en": "{shared} of {located} rows share their place with another.",
                "ru": "Строк, у которых место общее с другой: {shared} из {located}.",
            },
            {"shared": int(shared.sum()), "located": len(points)},
        )
    )
if "kind" in listed:
    winners = listed["kind"].fillna("").str.startswith("AI research centre")
    told.append(
        (
            {
                "en": "{pilots} rows are of the federal list of pilot clusters, {winners} won a competition for AI "
                "centres.",
                "ru": "Строк федерального перечня пилотных кластеров — {pilots}, победителей конкурсов центров ИИ "
                "— {winners}.",
            },
            {"pilots": int((listed["kind"] == PILOT).sum()), "winners": int(winners.sum())},
        )
    )
totals = known[known["kind"] == "total"].sort_values("members", kind="stable")
if len(totals) > 1:
    told.append(
        (
            {
                "en": "Published totals of members run from {least} ({smallest}) to {most} ({largest}): they "
                "are not of one kind.",
                "ru": "Опубликованное число участников — от {least} ({smallest}) до {most} ({largest}): это "
                "величины разного рода.",
            },
            {
                key: value
                for end, size, place in (("least", "smallest", 0), ("most", "largest", -1))
                for key, value in (
                    (end, int(totals["members"].iloc[place])),
                    (size, named_rows[totals["cluster"].iloc[place]]),
                )
            },
        )
    )
tell("limits", *told)
