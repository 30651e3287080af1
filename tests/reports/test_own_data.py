"""A study on a form says whether the user's file was here, and is verified as it was made."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.cli import main
from workbench.data.bundled import bundled_root
from workbench.data.forms import own
from workbench.reports.project import Project
from workbench.reports.running import run_study
from workbench.reports.studies import Study, sync
from workbench.reports.verifying import verify_report

NAME = "high-tech-exports"
TABLE = "region,year,high_tech_exports\nRU-TOM,2019,30.5\nRU-TA,2019,200\n"  # invented
SCRIPT = f"""\
# ---
# jupyter:
#   workbench:
#     title: Own figures
#     datasets:
#       - {NAME}
# ---

# %%
import workbench as wb

total = 1.0
if wb.data.is_here("{NAME}"):
    total = wb.load("{NAME}")["high_tech_exports"].sum()
wb.publish(total, "total")
"""


def lay_out(folder) -> Project:
    """A project whose study uses the user's file where there is one."""
    shutil.copytree(bundled_root() / NAME, folder / "geodata" / NAME)
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "owned.py").write_text(SCRIPT, encoding="utf-8")
    sync(Study("owned", folder / "notebooks"))
    return Project.at(folder)


def put(project: Project, text: str = TABLE) -> None:
    (project.root / "yours").mkdir(exist_ok=True)
    (project.root / "yours" / f"{NAME}.csv").write_text(text, encoding="utf-8")


def ledger_of(project: Project):
    return json.loads((project.reports / "owned" / "ledger.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two projects with a report each: one with the user's file, one without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(own.YOURS, raising=False)
        patch.delenv(own.ASIDE, raising=False)
        projects = {}
        for kind in ("with", "without"):
            projects[kind] = lay_out(tmp_path_factory.mktemp(kind))
            if kind == "with":
                put(projects[kind])
            run_study(projects[kind], "owned")
        return projects


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    """Return a function to a copy of a project, to be changed at will."""
    monkeypatch.delenv(own.YOURS, raising=False)

    def copy(kind):
        shutil.copytree(made[kind].root, tmp_path / kind)
        return Project.at(tmp_path / kind)

    return copy


def test_the_ledger_and_the_page_say_whether_the_file_was_here(made):
    with_file, without = ledger_of(made["with"]), ledger_of(made["without"])
    digest = hashlib.sha256(TABLE.encode()).hexdigest()
    assert with_file["datasets"][0]["yours"] == "here"
    assert with_file["datasets"][0]["files"] == {f"{NAME}.csv": digest}
    assert without["datasets"][0]["yours"] == "not here"
    assert without["datasets"][0]["files"] == {}
    assert [n["value"] for n in with_file["numbers"]] == [230.5]
    assert [n["value"] for n in without["numbers"]] == [1.0]
    page = (made["without"].reports / "owned" / "index.html").read_text("utf-8")
    assert "it was not here, and the study ran without it" in page
    page = (made["with"].reports / "owned" / "index.html").read_text("utf-8")
    assert digest[:12] in page
    assert "RU-TOM" not in page


def test_as_it_was_it_holds(project):
    own_project = project("with")
    outcome = verify_report(own_project.reports / "owned", own_project)
    assert outcome.passed, outcome.certificate()
    assert outcome.identical == 1


def test_without_the_file_that_was_here_it_cannot_be_re_run(project, capsys, frozen):
    own_project = project("with")
    (own_project.root / "yours" / f"{NAME}.csv").unlink()
    before = frozen(own_project.reports)
    outcome = verify_report(own_project.reports / "owned", own_project)
    assert (outcome.passed, outcome.faults, outcome.compared) == (False, (), 0)
    assert "CANNOT BE RE-RUN" in outcome.certificate()
    assert "yours/" in outcome.certificate()
    assert f"it was {NAME}.csv, SHA-256 {hashlib.sha256(TABLE.encode()).hexdigest()}" in (
        outcome.certificate()
    )
    assert frozen(own_project.reports) == before
    with pytest.raises(SystemExit) as done:
        main(["--project", str(own_project.root), "verify", str(own_project.reports / "owned")])
    assert done.value.code == 3
    assert "CANNOT BE RE-RUN" in capsys.readouterr().out


@pytest.mark.slow
def test_another_file_than_the_one_that_was_here_is_told(project):
    own_project = project("with")
    put(own_project, TABLE.replace("30.5", "31.5"))
    outcome = verify_report(own_project.reports / "owned", own_project)
    assert not outcome.passed
    assert any("the data changed" in fault for fault in outcome.faults)
    assert any("was 230.5, is 231.5" in fault for fault in outcome.faults)


@pytest.mark.slow
def test_a_file_that_has_come_since_is_left_aside(project):
    own_project = project("without")
    put(own_project)
    outcome = verify_report(own_project.reports / "owned", own_project)
    assert outcome.passed, outcome.certificate()
    assert outcome.identical == 1
    assert any("left aside" in note for note in outcome.notes)
    ledger = run_study(own_project, "owned")
    assert [number.value for number in ledger.numbers.values()] == [230.5]


@pytest.mark.slow
def test_the_folder_may_be_elsewhere(project, tmp_path, monkeypatch):
    own_project = project("without")
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / f"{NAME}.csv").write_text(TABLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(own.YOURS, "shelf")
    ledger = run_study(own_project, "owned")
    assert [number.value for number in ledger.numbers.values()] == [230.5]
    assert str(tmp_path) not in (own_project.reports / "owned" / "ledger.json").read_text("utf-8")


@pytest.fixture
def command(capsys):
    """A function from words of the command line to exit code, output and errors."""

    def run(*words):
        try:
            code = main(list(map(str, words))) or 0
        except SystemExit as left:
            code = left.code or 0
        told = capsys.readouterr()
        return SimpleNamespace(code=code, out=told.out, err=told.err)

    return run


def test_the_commands_show_write_and_check(command, tmp_path):
    shown = command("data", "form", "ai-maturity")
    assert shown.code == 0
    assert "effects, points of 100 (needed): Effects / Эффекты" in shown.out
    file = tmp_path / "exports.csv"
    assert command("data", "form", NAME, "--to", file).code == 0
    assert (tmp_path / "exports-columns.csv").is_file()
    assert command("data", "form", NAME, "--to", file).code == 2
    empty = command("data", "check", file, "--form", NAME)
    assert empty.code == 1
    assert "no figures" in empty.out
    file.write_text(TABLE, encoding="utf-8")
    passed = command("data", "check", file, "--form", NAME)
    assert passed.code == 0
    assert "passed, 2 rows" in passed.out
    wrong = command("data", "check", file, "--form", "ai-geografy")
    assert wrong.code == 2
    assert "did you mean 'ai-geography'?" in wrong.err


INVENTED = {"share": 0.4, "turn": 0.2, "fall": -0.3}
"""Of exports_of: the share of friendly countries, and what it and the elasticity to research change
by from 2022 on."""


def exports_of(first: int, last: int, seed: int = 0, *, without: str = "") -> str:
    """Invented exports that follow research with an elasticity of a half, in thousand dollars.

    From 2022 on they follow it less, and turn to friendly countries.
    """
    rng = np.random.default_rng(seed)
    spent = np.log1p(wb.load("russia-innovation")["rd"].fillna(0)).unstack("year")  # noqa: PD010
    rows = []
    for region in spent.index.drop([without] if without else []):
        for year in range(first, last + 1):
            research = spent.loc[region, min(year - 1, 2020)]
            after = year >= 2022
            value = 1000 * np.exp((0.5 + INVENTED["fall"] * after) * research
                                  + rng.normal(0, 0.3))  # fmt: skip
            share = INVENTED["share"] + INVENTED["turn"] * after + rng.normal(0, 0.03)
            rows.append((region, f"{year} г.", value, value * share, value * (1 - share)))
    heads = ["Субъект РФ", "Год", *(f"{name}, тыс. долл. США" for name in (
        "Экспорт высокотехнологичных товаров",
        "Высокотехнологичный экспорт в дружественные страны",
        "Высокотехнологичный экспорт в недружественные страны",
    ))]  # fmt: skip
    table = pd.DataFrame(rows, columns=heads)
    for name in heads[2:]:
        table[name] = [f"{value:.3f}".replace(".", ",") for value in table[name]]
    return table.to_csv(sep=";", index=False)


def run_exports(tmp_path, text: str, *, plan: str = ""):
    """The ledger of the study of exports with a table of the user's, and another plan if given."""
    root = Path(__file__).parents[2]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "geodata").symlink_to(bundled_root())
    for suffix in (".py", ".ipynb"):
        text_of_study = (root / "notebooks" / f"{NAME}{suffix}").read_text("utf-8")
        assert "DRAWS = 199" in text_of_study  # of the part without the user's table
        fewer = text_of_study.replace("DRAWS = 199", "DRAWS = 9")
        if plan:
            fewer = re.sub(r'(PLAN = \\?")\w+', rf"\g<1>{plan}", fewer)
        (tmp_path / "notebooks" / f"{NAME}{suffix}").write_text(fewer, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    project = Project.at(tmp_path)
    put(project, text)
    return run_study(project, NAME)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("span", "asked", "thin"),
    [
        ((2010, 2019), {"by year", "break of 2014", "shift of 2014"}, False),
        ((2016, 2019), {"by year"}, False),
        ((2019, 2019), set(), True),
        ((2021, 2022), set(), True),
    ],
)
def test_the_study_of_exports_runs_on_whatever_years_the_users_file_has(
    tmp_path, monkeypatch, span, asked, thin
):
    monkeypatch.delenv(own.YOURS, raising=False)
    text = exports_of(*span) if span[1] < 2021 else (
        "region,year,high_tech_exports\nRU-TOM,2021,30\nRU-TOM,2022,31\n"
    )  # fmt: skip
    ledger = run_exports(tmp_path, text)
    held = {name.split("/")[0] for name in {*ledger.numbers, *ledger.texts}}
    assert "exports-coverage" in held
    assert "no-exports" not in held
    assert ("thin" in held) is thin
    assert ("exports" in held) is ("by year" in asked)
    single = {"break of 2014", "break of 2022", "shift of 2014", "shift of 2022"}
    unasked = {name for name in single if f"unasked-{name.replace(' ', '-')}" in held}
    assert unasked == single - asked


def verdicts_of(ledger) -> dict[str, str]:
    """Verdicts on exports by claim, with neighbours by border where there are two."""
    found = {}
    for name, text in ledger.texts.items():
        if name.startswith("all-verdicts/high-technology exports") and name.endswith("/verdict"):
            claim, fit = name.split("/")[1].split(" · ")[1:]
            if fit != "six nearest":
                found[claim] = text.text
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "without", "plan"), [(1, "", ""), (2, "RU-TOM", "another0plan0000")]
)
def test_the_study_of_exports_finds_what_was_put_into_the_users_file(
    tmp_path, monkeypatch, seed, without, plan
):
    monkeypatch.delenv(own.YOURS, raising=False)
    ledger = run_exports(tmp_path, exports_of(2010, 2023, seed, without=without), plan=plan)
    verdicts = verdicts_of(ledger)
    assert verdicts["research"] == verdicts["break of 2022"] == "supported"
    assert verdicts["shift of 2022"] == "supported"
    # none was put in: were these supported, one seed in forty would be by chance
    assert verdicts["break of 2014"] == verdicts["shift of 2014"] == "cannot tell"
    numbers = {name: number.value for name, number in ledger.numbers.items()}
    assert numbers["answer-shift-of-2022/change"] == pytest.approx(INVENTED["turn"], abs=0.03)
    assert numbers["answer-shift-of-2022/larger"] == 0
    assert numbers["exports-breaks/break of 2022/estimate"] == pytest.approx(
        INVENTED["fall"], abs=0.1
    )
    absent = ledger.texts["exports-coverage/absent"].text
    assert ("Tomsk" in absent) is bool(without)
    # the elasticity of a half is there whatever exports are measured by
    assert numbers["answer-poisson/low"] < 0.5 < numbers["answer-poisson/high"]
    statuses = {
        name.split("/")[1].split(" · ")[1]: text.text
        for name, text in ledger.texts.items()
        if name.startswith("all-verdicts/high-technology exports") and name.endswith("/status")
    }
    assert ("unchanged" in ledger.texts["locked/so"].text) is not bool(plan)
    assert set(statuses.values()) == ({"changed after the lock"} if plan else {
        "confirmatory", "exploratory"
    })  # fmt: skip
    assert plan or statuses["break of 2022"] == "exploratory" != statuses["research"]
