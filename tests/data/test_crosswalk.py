"""Names of regions find their ids in every usual spelling; what is not certain is never guessed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.data import merge_regions
from workbench.data.crosswalk import american, match_regions, russian
from workbench.data.crosswalk.lookup import american_lookup, russian_lookup
from workbench.data.crosswalk.spelling import key, words_of
from workbench.data.schemes import parents
from workbench.errors import IdError, InputError, OptionError

OKATO = {**russian_lookup().codes}
UNITS = sorted(parents())
NAMES = [(name, region) for region, pair in russian_lookup().titles.items() for name in pair]
CODES = [(code, one.ids[0]) for code, one in OKATO.items() if one.how == "OKATO code"]


def one(name, **options):
    """Return the id of a name alone, or its kind where it is no region."""
    row = match_regions([name], **options).table.iloc[0]
    return row["region"] if row["kind"] == "region" else row["kind"]


# -- every official name and code --


def test_every_name_and_code_of_the_85_units_is_itself():
    assert len(UNITS) == 85
    assert {region for _, region in NAMES} == {region for _, region in CODES} == set(UNITS)
    for column in (0, 1):
        names = {pair[column]: region for region, pair in russian_lookup().titles.items()}
        found = match_regions(list(names), scheme="85")
        assert found.ids.to_dict() == names
        assert found.complete
        assert found.scheme == "85"
    for name, region in [*NAMES, *CODES]:
        assert one(name) == region
    assert match_regions(UNITS).ids.to_dict() == {region: region for region in UNITS}
    assert match_regions(UNITS).scheme == "85"


def test_names_of_the_bundled_maps_are_their_ids():
    for part, scheme in (("regions80", None), ("regions83", "83")):
        regions = wb.load("russia-regions", part=part)
        for column in ("name_en", "name_ru"):
            found = match_regions(regions[column], scheme=scheme)
            assert found.ids.reindex(regions[column]).tolist() == regions.index.tolist()
            assert found.scheme == part[-2:]
    okato = wb.load("russia-regions", part="regions83")["okato"]
    for codes in (okato, okato + "000", okato.astype(int)):
        assert match_regions(codes, scheme="83").ids.sort_index().tolist() == [
            region for _, region in sorted(zip(codes.astype(str), okato.index, strict=True))
        ]


def test_two_digits_are_okato_where_all_can_be():
    okato = wb.load("russia-regions", part="regions83")["okato"]
    short = okato[okato.str.endswith("000000")].str[:2]
    found = match_regions(short)
    assert found.ids.to_dict() == {code: region for region, code in short.items()}
    assert any("two digits" in note for note in found.notes)
    # 02 is Bashkortostan for tax offices, and none in OKATO
    tax = match_regions(["01", "02", "70"])
    assert tax.ids.empty
    assert tax.ambiguous["name"].tolist() == ["01", "02", "70"]


def test_every_name_and_code_of_the_states_is_itself():
    states = wb.load("us-states")
    for column in ("name_en", "name_ru"):
        found = match_regions(states[column], to="us-states")
        assert found.ids.reindex(states[column]).tolist() == states.index.tolist()
    for codes in (states.index, states.index.str[3:]):
        assert match_regions(codes, to="us-states").ids.sort_index().tolist() == sorted(
            states.index
        )
    for name, region in [("06", "US-CA"), (6, "US-CA"), (6.0, "US-CA"), ("06000", "US-CA"),
                         ("6000", "US-CA"), ("State of New York", "US-NY"), ("N.Y.", "US-NY"),
                         ("washington state", "US-WA"), ("W. Va.", "US-WV"),
                         ("Commonwealth of Virginia", "US-VA")]:  # fmt: skip
        assert one(name, to="us-states") == region


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Alaska", "outside the 48 states"), ("02", "outside the 48 states"),
     (11, "outside the 48 states"), ("D.C.", "outside the 48 states"),
     ("Washington, DC", "outside the 48 states"),
     ("United States", "country"), ("U.S.", "country"), ("New England", "census division"),
     ("New York City", "unmatched"), ("Kansas City", "unmatched"), ("03", "unmatched"),
     ("06037", "unmatched"), ("Columbia", "unmatched")],
)  # fmt: skip
def test_what_is_no_state(name, kind):
    assert one(name, to="us-states") == kind


# -- spellings in use --


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("Респ. Татарстан", "RU-TA"),
        ("Татарстан", "RU-TA"),
        ("Татарстан Респ.", "RU-TA"),
        ("Республика Татарстан (Татарстан)", "RU-TA"),
        ("Republic of Tatarstan", "RU-TA"),
        ("Tatarstan Republic", "RU-TA"),
        ("Tatarstan, Rep. of", "RU-TA"),
        ("г. Москва", "RU-MOW"),
        ("Москва г.", "RU-MOW"),
        ("г.Москва", "RU-MOW"),
        ("Город Москва столица Российской Федерации город федерального значения", "RU-MOW"),
        ("Калинингpадская область", "RU-KGD"),  # a Latin p
        ("Hовгородская область", "RU-NGR"),  # a Latin H
        ("Р. Саха (Якутия)", "RU-SA"),
        ("Москва²", "RU-MOW"),
        ("Республика Бурятия (с 03.11.2018)", "RU-BU"),
        ("Архангельская без НАО", "RU-ARK"),
        ("Архангельская область и Ненецкий автономный округ3)", "RU-ARK"),
        ("Архангельская область - Ненецкий автономный округ", "ambiguous"),
        ("Тюменская область и ХМАО", "ambiguous"),
        ("без автономного округа", "unmatched"),
        ("федеральный округ", "unmatched"),
        ("Республика Крым и Севастополь", "unmatched"),
        ("Гл. мед. упр. Управления делами Президента РФ", "unmatched"),
        ("Сочи", "unmatched"),
        ("Москва - город федерального значения", "RU-MOW"),
        ("Город федерального значения Санкт-Петербург", "RU-SPE"),
        ("г. Cанкт-Петербург", "RU-SPE"),  # a Latin C
        ("St. Petersburg", "RU-SPE"),
        ("Saint-Petersburg (city)", "RU-SPE"),
        ("С.-Петербург", "RU-SPE"),
        ("Moscow Region", "RU-MOS"),
        ("Moscow City", "RU-MOW"),
        ("Moskovskaya oblast", "RU-MOS"),
        ("ХМАО", "RU-KHM"),
        ("ХМАО - Югра", "RU-KHM"),
        ("Ханты-Мансийский АО - Югра", "RU-KHM"),
        ("Ханты-Мансийскийавтономный округ– Югра", "RU-KHM"),
        ("Ханты-Мансийский авт. округ - Югра (Тюменская область)", "RU-KHM"),
        ("Ямало-Ненецкий АО", "RU-YAN"),
        ("Ненецкий АО", "RU-NEN"),
        ("Ненецкий автономный округ (Архангельская область)", "RU-NEN"),
        ("в том числе Ненецкий автономный округ", "RU-NEN"),
        ("в т.ч.: Ненецкий а.о.", "RU-NEN"),
        ("Еврейская АО", "RU-YEV"),
        ("Еврейская авт. обл.", "RU-YEV"),
        ("Jewish Autonomous Region", "RU-YEV"),
        ("Кемеровская область - Кузбасс", "RU-KEM"),
        ("Кемеровская область — Кузбасс", "RU-KEM"),
        ("Республика Саха (Якутия)", "RU-SA"),
        ("Саха (Якутия), республика", "RU-SA"),
        ("Якутия", "RU-SA"),
        ("Чувашия", "RU-CU"),
        ("Чувашская Республика - Чувашия", "RU-CU"),
        ("Северная Осетия-Алания", "RU-SE"),
        ("Республика Северная Осетия - Алания", "RU-SE"),
        ("Удмуртия", "RU-UD"),
        ("Марий-Эл", "RU-ME"),
        ("Республика Крым2)", "RU-CR"),
        ("г. Севастополь¹⁾", "RU-SEV"),
        ("Тульская обл.", "RU-TUL"),
        ("Тульская", "RU-TUL"),
        ("Орловская область", "RU-ORL"),
        ("Orel Oblast", "RU-ORL"),
        ("Tver' oblast", "RU-TVE"),
        ("Perm Krai", "RU-PER"),
        ("Пермский кр.", "RU-PER"),
        ("Altai Territory", "RU-ALT"),
        ("Республика Тува", "RU-TY"),
        ("Karachayevo-Cherkessian Republic", "RU-KC"),
        ("Khanty-Mansi Autonomous Okrug – Yugra", "RU-KHM"),
        ("11001000000**", "RU-ARK"),
        ("71140000000", "RU-YAN"),
        ("71900000", "RU-YAN"),
        (1000000, "RU-ALT"),
        (1000000000.0, "RU-ALT"),
        ("Moskva g.", "RU-MOW"),
        ("RU-TOM", "RU-TOM"),
        ("ru-tom", "RU-TOM"),
    ],
)
def test_spellings_in_use(name, region):
    assert one(name) == region


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Российская Федерация", "country"),
        ("Россия, всего", "country"),
        ("РФ", "country"),
        ("Russian Federation", "country"),
        (643, "country"),
        ("Центральный федеральный округ", "federal district"),
        ("Северо-Кавказскийфедеральный округ", "federal district"),
        ("Южный федеральный округ (с 29.07.2016)", "federal district"),
        ("Сибирский2) федеральный округ", "federal district"),
        ("Южный федеральный округ2); 3)", "federal district"),
        ("ПФО", "federal district"),
        ("Дальневосточный федеральный округ3", "federal district"),
        ("Северо-Кавказский федер. округ", "federal district"),
        ("Южный федеральный округ (по 2009 год)", "federal district"),
        ("Российская Федерация без учета новых субъектов (с 01.01.2023)", "country"),
        ("Российская Федерация (в границах до 2014 года)", "country"),
        ("Южный", "federal district"),
        ("Приволжский ФО", "federal district"),
        ("Far Eastern Federal District", "federal district"),
        ("Москва и Московская область", "several regions"),
        ("Moscow and Moscow Oblast", "several regions"),
        ("в том числе:", "heading"),
        ("Иные территории, включая Байконур", "outside the 85 units"),
        ("Херсонская область", "outside the 85 units"),
    ],
)
def test_aggregates_are_recognised_as_such(name, kind):
    found = match_regions([name])
    assert found.left_out["kind"].tolist() == [kind]
    assert found.complete
    assert found.ids.empty


@pytest.mark.parametrize("name", ["Томск", "Tomsk", "г. Казань", "Алтай", "Altai", "Amur"])
def test_a_city_or_half_a_name_is_ambiguous(name):
    found = match_regions([name])
    assert found.ambiguous["name"].tolist() == [name]
    assert "RU-" in found.ambiguous["nearest"].iloc[0]
    assert not found.complete


@pytest.mark.parametrize(
    ("name", "near"),
    [("Томкая область", "RU-TOM"), ("Tatarstn", "RU-TA"), ("Камчатская область", "RU-KAM"),
     ("Коми-Пермяцкий автономный округ", "RU-PER"), ("Новосибиская обл", "RU-NVS")],
)  # fmt: skip
def test_what_resembles_a_name_is_a_suggestion_only(name, near):
    found = match_regions([name])
    assert found.ids.empty
    assert near in found.unmatched["nearest"].iloc[0]


def test_spellings_mean_one_thing_each():
    for known, held, noise in (
        (russian_lookup(), {**russian.SPELLINGS}, russian_lookup().noise),
        (american_lookup(), {**american.SPELLINGS}, american.NOISE),
    ):
        for region, names in held.items():
            for name in names:
                assert known.names[key(name, noise)].ids == (region,), name
        for region, names in known.titles.items():
            for name in names:
                assert known.names[key(name, noise)].ids == (region,), name
    for table, known, noise in (
        (russian.AGGREGATES, russian_lookup(), russian_lookup().noise),
        (american.AGGREGATES, american_lookup(), american.NOISE),
    ):
        for kind, names in table.items():
            for name in names:
                assert known.names[key(name, noise)].kind == kind, name
    for names in russian.FORMER.values():
        assert all(russian_lookup().names[key(name)].kind == "unmatched" for name in names)


# -- properties --

DASHES = st.sampled_from(["-", "–", "—", "‑", "−", " - ", " – "])
GAPS = st.sampled_from([" ", "  ", "\u00a0", "\u2009", "\t", " \u200b"])


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(data=st.data(), known=st.sampled_from(NAMES))
def test_case_dashes_yo_and_spaces_do_not_matter(data, known):
    name, region = known
    letters = []
    for letter in name:
        if letter in "-—":
            letters.append(data.draw(DASHES))
        elif letter == " ":
            letters.append(data.draw(GAPS))
        elif letter in "её":
            letters.append(data.draw(st.sampled_from(["е", "ё", "Е", "Ё"])))
        else:
            letters.append(data.draw(st.sampled_from([letter, letter.upper(), letter.lower()])))
    edge = data.draw(st.sampled_from(["", " ", "\u00a0"]))
    assert one(edge + "".join(letters) + edge) == region


@settings(max_examples=60, deadline=None)
@given(data=st.data(), known=st.sampled_from(NAMES))
def test_word_order_does_not_matter(data, known):
    name, region = known
    words = data.draw(st.permutations(words_of(name)))
    assert one(" ".join(words)) == region


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    st.text(st.characters(categories=["L", "Z", "P"]), min_size=6, max_size=40).filter(
        lambda text: key(text) not in russian_lookup().names
    )
)
def test_a_random_string_is_never_a_region(text):
    assert one(text) == "unmatched"


@settings(max_examples=40, deadline=None)
@given(known=st.sampled_from(NAMES), data=st.data())
def test_a_name_with_a_wrong_letter_is_never_a_region(known, data):
    name, _ = known
    at = data.draw(st.integers(0, len(name) - 1).filter(lambda k: name[k].isalpha()))
    assert one(name[:at] + "ъъ" + name[at + 1 :]) in ("unmatched", "ambiguous")


# -- oblasts with okrugs: which scheme --

OKRUGS = ["Ханты-Мансийский автономный округ - Югра", "Ямало-Ненецкий автономный округ"]


def test_the_three_rows_of_a_yearbook():
    found = match_regions(
        ["Тюменская область", *OKRUGS, "Тюменская область без автономных округов",
         "Архангельская область", "в том числе: Ненецкий автономный округ",
         "Архангельская область без автономного округа", "Томская область"]
    )  # fmt: skip
    ids = found.ids
    assert ids["Тюменская область без автономных округов"] == "RU-TYU"
    assert ids["Архангельская область без автономного округа"] == "RU-ARK"
    assert found.scheme == "83"
    assert found.complete
    assert found.left_out["name"].tolist() == ["Архангельская область", "Тюменская область"]


@pytest.mark.parametrize(
    "without",
    [
        "Тюменская область без АО",
        "Тюменская область (без АО)",
        "Тюменская область без авт. округов",
        "Тюменская область без автономий",
        "Тюменская область (кроме Ханты-Мансийского автономного округа-Югры и Ямало-Ненецкого "
        "автономного округа)",
        "Тюменская областьбез автономных округов",
        "Tyumen Oblast without autonomous okrugs",
        "Юг Тюменской области",
        "71001000000",
    ],
)
def test_tyumen_without_its_okrugs(without):
    alone = match_regions([without])
    assert alone.ids.to_dict() == {without: "RU-TYU"}
    assert alone.scheme == "83"
    assert any("not in the list" in note for note in alone.notes)
    beside = match_regions([without, *OKRUGS])
    assert beside.scheme == "83"
    assert beside.notes == ()


def test_an_oblast_beside_its_okrugs_is_ambiguous_until_the_scheme_is_said():
    names = ["Тюменская область", *OKRUGS, "Томская область"]
    found = match_regions(names)
    assert found.ambiguous["name"].tolist() == ["Тюменская область"]
    assert found.scheme is None
    assert 'scheme="83" if without' in found.notes[0]
    apart = match_regions(names, scheme="83")
    assert apart.ids["Тюменская область"] == "RU-TYU"
    assert apart.scheme == "83"
    inside = match_regions(names, scheme="80")
    assert inside.ids.to_dict() == {"Тюменская область": "RU-TYU", "Томская область": "RU-TOM"}
    assert inside.left_out["kind"].tolist() == ["part of a region"] * 2
    assert inside.scheme == "80"


def test_of_which_says_that_the_oblast_is_the_whole():
    found = match_regions(["Архангельская область", "в том числе Ненецкий автономный округ"])
    assert found.ids.to_dict() == {"Архангельская область": "RU-ARK"}
    assert found.scheme == "80"
    said = match_regions(["Тюменская область (с автономными округами)", *OKRUGS])
    assert said.ids.to_dict() == {"Тюменская область (с автономными округами)": "RU-TYU"}


def test_an_oblast_alone_stands_with_its_okrugs():
    found = match_regions(["Тюменская область", "Архангельская область", "Томская область"])
    assert found.scheme == "80"
    assert found.notes == ()


def test_the_scheme_that_is_said_holds_without_okrugs_too():
    found = match_regions(["Тюменская область", "Томская область"], scheme="83")
    assert found.scheme == "83"
    assert any("not in the list" in note for note in found.notes)


def test_one_okrug_apart_and_one_inside_is_no_scheme():
    found = match_regions(["Тюменская область", "Архангельская область без АО", "Ненецкий АО"])
    assert found.scheme is None
    assert any("no one scheme" in note for note in found.notes)


def test_one_of_two_okrugs_taken_out_is_ambiguous():
    assert one("Тюменская область без Ханты-Мансийского АО") == "ambiguous"
    assert one("Московская область без Москвы") == "unmatched"


def test_the_scheme_of_80_needs_the_whole():
    names = ["Тюменская область без АО", *OKRUGS]
    found = match_regions(names, scheme="80")
    assert found.ambiguous["name"].tolist() == names[:1]


def test_units_beyond_the_scheme_are_left_out_by_name():
    found = match_regions(["Республика Крым", "Томская область"], scheme="83")
    assert found.ids.to_dict() == {"Томская область": "RU-TOM"}
    assert found.left_out["kind"].tolist() == ["outside the scheme"]
    assert match_regions(["Республика Крым", "Томская область"]).ids.size == 2


# -- the result, and a table keyed by it --


def test_two_names_of_one_region_are_named():
    found = match_regions(["Москва", "г. Москва", "Томская область"])
    assert found.repeated.to_dict() == {"RU-MOW": ("Москва", "г. Москва")}
    assert any("RU-MOW stands under several names" in note for note in found.notes)


def test_a_table_is_keyed_by_region_and_period():
    table = pd.DataFrame(
        {
            "where": [
                "Россия",
                "Кемеровская область",
                "Кемеровская область - Кузбасс",
                "Томская обл.",
            ],
            "year": [2018, 2018, 2019, 2018],
            "rd": [9.0, 1.0, 2.0, 3.0],
        }
    )
    before = table.copy()
    found = match_regions(table["where"])
    keyed = found.apply(table, "where", period="year")
    assert keyed.index.names == ["region", "year"]
    assert keyed["rd"].to_dict() == {
        ("RU-KEM", 2018): 1.0, ("RU-KEM", 2019): 2.0, ("RU-TOM", 2018): 3.0,
    }  # fmt: skip
    shuffled = table.iloc[::-1]
    pd.testing.assert_frame_equal(
        match_regions(shuffled["where"]).apply(shuffled, "where", period="year"), keyed
    )
    pd.testing.assert_frame_equal(table, before)
    with pytest.raises(IdError, match=r"Кемеровская область and Кемеровская область - Кузбасс"):
        found.apply(table, "where")


@pytest.mark.parametrize("years", [[2018, None], [2018, "2019"]])
def test_periods_are_there_and_of_one_kind(years):
    table = pd.DataFrame({"where": ["Томская область", "Омская область"], "rd": [1.0, 2.0]})
    table["year"] = pd.Series(years, dtype=object)
    with pytest.raises(InputError, match="a period in every row") as caught:
        match_regions(table["where"]).apply(table, "where", period="year")
    assert caught.value.offenders == ("1",)


def test_unknown_names_are_refused_or_dropped_on_the_callers_word():
    table = pd.DataFrame(
        {"where": ["Томская область", "Томкая область", None], "rd": [1.0, 2.0, 3]}
    )
    found = match_regions(table["where"])
    with pytest.raises(IdError) as caught:
        found.apply(table, "where")
    assert caught.value.offenders == ("(no name)", "Томкая область")
    assert found.apply(table, "where", unmatched="drop")["rd"].to_dict() == {"RU-TOM": 1.0}
    other = pd.DataFrame({"where": ["Омская область"], "rd": [1.0]})
    with pytest.raises(IdError, match="ambiguous or unknown"):
        found.apply(other, "where")
    with pytest.raises(InputError, match="a column of the table"):
        found.apply(table, "name")
    with pytest.raises(OptionError):
        found.apply(table, "where", unmatched="keep")


def test_okrugs_of_a_file_merge_into_the_scheme_of_80():
    table = pd.DataFrame(
        {"where": ["Тюменская область без АО", *OKRUGS, "Томская область"], "rd": [1.0, 2, 4, 8]}
    )
    keyed = match_regions(table["where"]).apply(table, "where")
    assert merge_regions(keyed, "80", how="sum")["rd"].to_dict() == {"RU-TOM": 8.0, "RU-TYU": 7.0}


def test_the_result_prints_what_matters_first():
    found = match_regions(["Томская область", "Томкая область", "РФ", "Алтай"])
    text = str(found)
    assert text.index("Ambiguous") < text.index("Not recognised") < text.index("Left out")
    assert "1 regions" in text.splitlines()[0]
    assert "Томкая область" in found._repr_html_()
    changed = found.table
    changed["region"] = "changed"
    assert found.ids.to_dict() == {"Томская область": "RU-TOM"}
    with pytest.raises(AttributeError):
        found.scheme = "80"


def test_the_order_of_names_does_not_matter():
    names = ["Томская область", "Алтай", "РФ", *OKRUGS, "Тюменская область"]
    first, second = match_regions(names), match_regions(names[::-1])
    pd.testing.assert_frame_equal(first.table, second.table)
    assert first.notes == second.notes


@pytest.mark.parametrize("names", ["Томская область", 5, [], pd.DataFrame({"a": ["x"]})])
def test_what_is_no_list_of_names_is_refused(names):
    with pytest.raises(InputError):
        match_regions(names)


def test_options_are_checked():
    with pytest.raises(OptionError):
        match_regions(["x"], to="eu")
    with pytest.raises(OptionError):
        match_regions(["x"], scheme="81")
    with pytest.raises(InputError, match="none for us-states"):
        match_regions(["x"], to="us-states", scheme="80")
