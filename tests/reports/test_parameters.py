"""A study with parameters: read without running it, reported apart, verified as reported."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape

import pytest

from workbench.errors import InputError, OptionError, ReportError
from workbench.reports import verifying
from workbench.reports.ledger import read_ledger
from workbench.reports.parameters import (
    Setting,
    defaults_of,
    setting_again,
    setting_of,
    told,
    with_values,
)
from workbench.reports.project import Project
from workbench.reports.running import run_study
from workbench.reports.studies import (
    Study,
    disagreement,
    header_of,
    load_study,
    read_notebook,
    sync,
)
from workbench.reports.verifying import verify_report
from workbench.reports.via_nbformat import nbformat

SCRIPT = """\
# ---
# jupyter:
#   workbench:
#     title: Profile of a <b>region & more
#     title_ru: Профиль региона
#     question: How is it there?
#     question_ru: Как там дела?
# ---

# %% [markdown]
# # Profile of a region
#
# Prose stays English.

# %% tags=["parameters"]
lang = "en"
region = "RU-KEM"
level = 0.05

# %%
import pandas as pd

import workbench as wb

wb.set_language(lang)
wb.claim(
    "said",
    {"en": "In {r} it is {x:,.2f}.", "ru": "{x:,.2f} в {r}."},
    numbers={"r": region, "x": 1000.5 + len(region)},
)

# %%
table = pd.DataFrame({"estimate": [level]}, index=[region])
wb.publish(table, "level", caption={"en": "The level", "ru": "Уровень"})
"""

OTHER = "small--lang-ru--region-RU-TOM"
HOSTILE = "<script>alert(1)</script>`$(x)`../*b*"


def notebook_of(source, *more):
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
    return nbformat.v4.new_notebook(cells=[*more, cell])


def setting(source, **given):
    return setting_of(notebook_of(source), study="s", given=given)


@pytest.fixture(scope="module")
def made(laid_out, tmp_path_factory) -> Project:
    """A project whose study was run with its defaults, and with others; not to be changed."""
    project = laid_out(tmp_path_factory.mktemp("parameters"), SCRIPT)
    run_study(project, "small")
    run_study(project, "small", parameters={"region": "RU-TOM", "lang": "ru"})
    return project


@pytest.fixture
def copied(made, tmp_path) -> Project:
    shutil.copytree(made.root, tmp_path / "copied")
    return Project.at(tmp_path / "copied")


def page(project, report):
    return (project.reports / report / "index.html").read_text(encoding="utf-8")


def test_a_cell_of_literals_is_read_and_not_executed():
    source = 'a = "x"  # a comment\nb: int = -3\nc = 0.5\nd = True\ne = None\nf = ["p", "q"]\n'
    assert defaults_of(notebook_of(source), study="s") == {
        "a": "x", "b": -3, "c": 0.5, "d": True, "e": None, "f": ["p", "q"],
    }  # fmt: skip
    assert defaults_of(nbformat.v4.new_notebook(), study="s") == {}


@pytest.mark.parametrize(
    "source",
    [
        "a = open('/tmp/never', 'w')",
        "import os",
        "a = b = 1",
        "a, b = 1, 2",
        "a = 1 + 1",
        "a = f'{1}'",
        "a = {'k': 1}",
        "a = (1, 2)",
        "a = [[1]]",
        "a = b'x'",
        "a = 1e999",
        "a = 'line\\nline'",
        "a = 1\nA = 2",
        "_a = 1",
        "x.y = 1",
        "a += 1",
        "%matplotlib inline",
        "print(1)",
        "lang = 'de'",
        "lang = ['en']",
    ],
)
def test_a_cell_of_anything_else_is_refused(source):
    with pytest.raises(ReportError, match="study 's'") as caught:
        defaults_of(notebook_of(source), study="s")
    assert "Way out" in str(caught.value)


def test_two_cells_of_parameters_and_what_another_program_left_are_refused():
    two = notebook_of("a = 1", nbformat.v4.new_code_cell("", metadata={"tags": ["parameters"]}))
    with pytest.raises(ReportError, match="2 cells"):
        defaults_of(two, study="s")
    left = nbformat.v4.new_code_cell("a = 2", metadata={"tags": ["injected-parameters"]})
    with pytest.raises(ReportError, match="injected-parameters"):
        defaults_of(notebook_of("a = 1", left), study="s")


@pytest.mark.parametrize(
    ("default", "given", "value"),
    [
        ("'x'", "2010", "2010"),
        ("2000", "2010", 2010),
        ("2000", "-1", -1),
        ("0.5", "2", 2.0),
        ("0.5", "1e-3", 0.001),
        ("0.5", 2, 2.0),
        ("True", "FALSE", False),
        ("None", "0.5", 0.5),
        ("None", "RU-TOM", "RU-TOM"),
        ("None", "'5'", "5"),
        ("[2000]", "2010,2020", [2010, 2020]),
        ("[2000]", "[2010]", [2010]),
        ("[0.5]", "[1, 2]", [1.0, 2.0]),
        ("['a']", "b, c", ["b", "c"]),
        ("['a']", "", []),
    ],
)
def test_a_text_becomes_a_value_of_the_type_of_the_default(default, given, value):
    found = setting(f"a = {default}", a=given)
    assert repr(found.values["a"]) == repr(value)
    # and the command that the page names gives the same report
    if found.changed:
        text = found._text("a")
        assert repr(setting(f"a = {default}", a=text).values["a"]) == repr(value)


@pytest.mark.parametrize(
    ("default", "given"),
    [
        ("2000", "2010.5"),
        ("2000", "1_000"),
        ("2000", ""),
        ("2000", True),
        ("0.5", "0,5"),
        ("0.5", "nan"),
        ("0.5", "inf"),
        ("True", "1"),
        ("[2000]", "a,b"),
        ("[2000]", "['a']"),
        ("[2000]", "__import__('os')"),
        ("'x'", 3),
        ("'x'", "two\nlines"),
        ("'x'", "\x1b[31mred"),
        ("'x'", "\u202eright to left"),
        ("'x'", "\udcff"),
        ("'x'", "x" * 10_000),
        ("None", "[" * 10_000),
        ("None", "{1: 2}"),
        ("[2000]", ",".join(["1"] * 10_000)),
    ],
)
def test_a_value_of_another_type_is_refused_and_the_default_shown(default, given):
    with pytest.raises(InputError) as caught:
        setting(f"a = {default}", a=given)
    text = str(caught.value)
    assert f"a = {default}" in text
    assert len(text) < 500
    assert "\x1b" not in text


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(InputError, match="did you mean 'region'"):
        setting("region = 'RU-KEM'", regoin="RU-TOM")
    with pytest.raises(InputError, match="no cell tagged parameters"):
        setting_of(nbformat.v4.new_notebook(), study="s", given={"region": "RU-TOM"})


def test_the_language_is_one_of_the_languages():
    with pytest.raises(OptionError, match="'en', 'ru'"):
        setting("lang = 'en'", lang="de")
    assert setting("lang = 'en'", lang="ru").lang == "ru"
    assert setting("a = 1").lang == "en"


def test_a_report_has_a_folder_by_what_is_not_the_default():
    source = 'lang = "en"\nregion = "RU-KEM"\nyear = 2000\nshare = 0.5\nall_of = True'
    assert setting(source).report == "s"
    assert setting(source, region="RU-KEM", year="2000").report == "s"
    assert setting(source, region="RU-TOM").report == "s--region-RU-TOM"
    assert setting(source, region="RU-TOM", lang="ru").report == "s--lang-ru--region-RU-TOM"
    assert setting(source, year="2015", share="0.25", all_of="false").report == (
        "s--all_of-false--share-0.25--year-2015"
    )
    with pytest.raises(ReportError, match="two hyphens"):
        setting_of(notebook_of(source), study="s--lang-ru", given={})


TEXTS = [
    "RU-TOM", "ru-tom", "Ru-Tom", "RU_TOM", "RU TOM", "ru", "RU", "a--b-c", "a-b", "a.b", "", "-1",
    "1", "../x", "/", "\\", ".", "..", "con", "x" * 200, "x" * 199, "Томск", "томск", "a" * 12,
    "0" * 12, "5", "'5'", "None", "none", "true", "True", HOSTILE,
]  # fmt: skip
VALUES = [None, True, False, 0, 1, -1, 1.0, -0.0, 0.0, 1e-5, 1e22, "1", "-1", "1.0", "true", "none"]
LISTS = [[], [1], ["1"], [1.0], [1, 2], ["1,2"], ["1", "2"], [None], ["None"], [True]]


@pytest.mark.parametrize(
    ("default", "values"), [("'default'", TEXTS), ("7", [1, -1, 11]), ("None", VALUES + TEXTS),
                            ("['x', 1]", LISTS)]
)  # fmt: skip
def test_different_values_never_share_a_folder(default, values):
    """Nor where a file system takes capitals for small letters."""
    defaults = defaults_of(notebook_of(f"a = {default}"), study="s")
    named = {repr(value): Setting("s", defaults, {"a": value}).report for value in values}
    # nor a value with another that is written like the folder of the first
    for name in list(named.values()) if default == "'default'" else ():
        text = name.removeprefix("s--a-")
        named[repr(text)] = Setting("s", defaults, {"a": text}).report
    assert len({name.lower() for name in named.values()}) == len(named)
    for name in named.values():
        assert re.fullmatch(r"s(--a-[A-Za-z0-9]+([-.][A-Za-z0-9]+)*)?", name)
        assert len(name) < 80


def test_many_long_values_make_a_short_name():
    source = "\n".join(f"p{i} = 'x'" for i in range(30))
    long = {f"p{i}": "y" * 100 for i in range(30)}
    names = {setting(source, **long).report, setting(source, **{**long, "p7": "z"}).report}
    assert len(names) == 2
    assert all(len(name) < 130 for name in names)


def test_values_are_assigned_in_a_cell_after_the_defaults():
    first = nbformat.v4.new_markdown_cell("# T")
    notebook = notebook_of("region = 'RU-KEM'\nyear = 2000", first)
    notebook.cells.append(nbformat.v4.new_code_cell("region"))
    same = setting_of(notebook, study="s", given={"year": "2000"})
    assert with_values(notebook, same) == notebook
    changed = setting_of(notebook, study="s", given={"region": "'; import os; '"})
    cells = with_values(notebook, changed).cells
    assert [cell.metadata.get("tags") for cell in cells] == [
        None, ["parameters"], ["injected-parameters"], None,
    ]  # fmt: skip
    space: dict[str, object] = {}
    exec(cells[2].source, {}, space)
    assert space == {"region": "'; import os; '"}
    assert len(notebook.cells) == 3


def test_reports_of_other_parameters_lie_beside_that_of_the_defaults(made):
    assert (made.reports / OTHER / "index.html").exists()
    plain, other = read_ledger(made.reports / "small"), read_ledger(made.reports / OTHER)
    assert plain.parameters == {"lang": "en", "region": "RU-KEM", "level": 0.05}
    assert other.parameters == {"lang": "ru", "region": "RU-TOM", "level": 0.05}
    assert plain.notebook == other.notebook, "the notebook is the source of both"
    assert (other.study, other.report) == ("small", OTHER)
    assert {place.cell for place in plain.published} == {place.cell for place in other.published}
    stored = read_notebook(made.reports / OTHER / "notebook.ipynb")
    assert not any("injected-parameters" in c.metadata.get("tags", ()) for c in stored.cells)
    index = (made.reports / "index.html").read_text(encoding="utf-8")
    assert index.count("<h2") == 1
    assert f'<a href="{OTHER}/index.html">' in index
    assert "lang = &#x27;ru&#x27;, region = &#x27;RU-TOM&#x27;" in index


def test_a_page_speaks_the_language_of_its_parameter(made):
    english, russian = page(made, "small"), page(made, OTHER)
    for text in ('<html lang="en">', "<h1>Profile of a &lt;b&gt;region &amp; more</h1>",
                 "<title>Profile of a &lt;b&gt;region &amp; more</title>", "How is it there?",
                 "<strong>Table 1.</strong> The level", "In RU-KEM it is 1,006.50.", "Code",
                 "Check this report"):  # fmt: skip
        assert text in english
    assert "Parameters" not in english
    for text in ('<html lang="ru">', "<h1>Профиль региона</h1>", "Как там дела?", ">0,05",
                 "<strong>Таблица 1.</strong> Уровень", "1\u202f006,50 в RU-TOM.", "Код",
                 "Проверка отчёта", f"workbench verify reports/{OTHER}",
                 "workbench run small -p lang=ru -p region=RU-TOM",
                 "<title>Профиль региона</title>", '<div lang="en">'):  # fmt: skip
        assert text in russian
    assert not re.search("Table|Figure|Code<|Check this", russian)


@pytest.mark.slow
def test_numbers_and_texts_are_the_same_in_both_languages(made, copied):
    run_study(copied, "small", parameters={"lang": "ru"})
    english = read_ledger(made.reports / "small")
    russian = read_ledger(copied.reports / "small--lang-ru")
    assert russian.numbers == english.numbers
    assert russian.texts == english.texts
    assert english.numbers["said/x"].printed == "1,006.50"


@pytest.mark.slow
def test_a_notebook_without_the_parameter_is_english_wherever_it_runs(new_project, monkeypatch):
    monkeypatch.setenv("WORKBENCH_LANG", "ru")
    project = new_project(
        "# %%\nimport workbench as wb\n"
        'wb.publish(1.5, "x", caption={"en": "A number", "ru": "Число"})\n'
    )
    ledger = run_study(project, "small")
    assert '<html lang="en">' in page(project, "small")
    assert "<strong>Table 1.</strong> A number" in page(project, "small")
    assert "parameters" not in json.loads(ledger.to_json())


def test_a_report_is_verified_with_its_own_parameters(made, frozen):
    before = frozen(made.root)
    outcome = verify_report(made.reports / OTHER, made)
    assert outcome.passed, outcome.certificate()
    assert outcome.compared == 2
    assert "lang = 'ru', level = 0.05, region = 'RU-TOM'" in outcome.certificate()
    assert frozen(made.root) == before


def test_a_report_from_before_there_were_parameters_is_read(made, copied):
    path = copied.reports / "small" / "ledger.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    del plain["parameters"]
    path.write_text(json.dumps(plain), encoding="utf-8")
    old = read_ledger(path.parent)
    assert (old.parameters, old.report) == ({}, "small")
    again = setting_again(
        load_study(Study("small", made.notebooks)), study="small", recorded={}, folder="small"
    )
    assert again.values == {"lang": "en", "region": "RU-KEM", "level": 0.05}


@pytest.mark.parametrize(
    ("parameters", "told_so"),
    [
        ({"lang": "ru", "region": "RU-TOM", "level": 0.05, "more": 1}, "'more', which"),
        ({"lang": "ru", "region": "RU-TOM"}, "no 'level'"),
        ({"lang": "ru", "region": 3, "level": 0.05}, "region = '3' instead of a text"),
        ({"lang": "de", "region": "RU-TOM", "level": 0.05}, "a language among en, ru"),
        ({"lang": "ru", "region": "a\nb", "level": 0.05}, "one line"),
        ({"lang": "ru", "region": "RU-TOM", "level": float("nan")}, "finite"),
        ({"lang": "ru", "region": {"a": 1}, "level": 0.05}, "a text"),
    ],
)
def test_a_ledger_with_parameters_that_the_notebook_has_not_is_refused(
    copied, monkeypatch, parameters, told_so
):
    monkeypatch.setattr(verifying, "execute", lambda *a, **more: pytest.fail("executed"))
    path = copied.reports / OTHER / "ledger.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**plain, "parameters": parameters}), encoding="utf-8")
    with pytest.raises(ReportError, match=told_so):
        verify_report(path.parent, copied)


@pytest.mark.slow
def test_a_ledger_with_other_values_does_not_hold(copied):
    path = copied.reports / OTHER / "ledger.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    plain["parameters"]["region"] = "RU-KEM"
    path.write_text(json.dumps(plain), encoding="utf-8")
    certificate = verify_report(path.parent, copied).certificate()
    assert "DOES NOT HOLD" in certificate
    assert "said/r: was 'RU-TOM', is 'RU-KEM'" in certificate
    assert "its parameters of 'small--lang-ru'" in certificate


@pytest.mark.slow
def test_hostile_values_are_inert(copied):
    ledger = run_study(copied, "small", parameters={"region": HOSTILE})
    assert {p.name for p in copied.reports.iterdir()} == {
        "small", OTHER, ledger.report, "index.html",
    }  # fmt: skip
    html = page(copied, ledger.report)
    assert "<script" not in html
    assert "<em>" not in html
    assert "In &lt;script&gt;alert(1)&lt;/script&gt;`$(x)`../*b* it is" in html
    index = (copied.reports / "index.html").read_text(encoding="utf-8")
    assert "<script" not in index
    assert "-p 'region=<script>alert(1)</script>`$(x)`../*b*'" in unescape(html)


def test_a_failing_cell_has_its_number_in_the_readers_notebook(new_project):
    project = new_project('# %% tags=["parameters"]\na = 1\n\n# %%\n1 / (a - 2)\n')
    with pytest.raises(ReportError, match="cell 2 of 2 failed"):
        run_study(project, "small", parameters={"a": "2"})


@pytest.mark.parametrize("word", ["title", "question", "title_ru", "question_ru"])
def test_a_header_says_words_in_both_languages(word):
    notebook = nbformat.v4.new_notebook(metadata={"workbench": {word: ["no text"]}})
    with pytest.raises(ReportError, match=f"workbench: {word}:"):
        header_of(notebook, study="s")


def test_a_header_without_russian_is_told_in_english():
    import workbench as wb

    notebook = nbformat.v4.new_notebook(
        metadata={"workbench": {"title": "T", "question": "Q?", "question_ru": "В?"}}
    )
    header = header_of(notebook, study="s")
    assert header.told() == ("T", "Q?")
    with wb.speaking("ru"):
        assert header.told() == ("T", "В?")


def test_a_script_holds_its_russian_title_in_letters(tmp_path):
    study = Study("small", tmp_path)
    study.script.write_text(SCRIPT, encoding="utf-8")
    sync(study)
    assert "title_ru: Профиль региона" in study.script.read_text(encoding="utf-8")
    assert sync(study) == []
    assert sync(study, source="ipynb") == []
    study.script.write_text(SCRIPT.replace("level = 0.05", "level = 1 / 20"), encoding="utf-8")
    sync(study)
    assert "level = 1 / 20" in disagreement(study)


def test_what_is_told_of_parameters_is_in_order():
    assert told({"b": 1, "a": "x"}) == "a = 'x', b = 1"
    assert list(setting("b = 1\na = 2", a="3", b="2").changed) == ["a", "b"]
