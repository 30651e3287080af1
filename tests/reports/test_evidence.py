"""Beside a report lies what it was made on, of and with, as files that anybody can read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.provenance import Provenance
from workbench.errors import InputError
from workbench.reports.checking.beside import _facts
from workbench.reports.entries import Cell, Grid, Made, Row
from workbench.reports.evidence.citation import citation_of
from workbench.reports.evidence.markdown import code, inline, table
from workbench.reports.evidence.record import draws, unseeded
from workbench.reports.evidence.replication import replication_readme
from workbench.reports.ledger import read_ledger
from workbench.reports.made import made_of, of_names
from workbench.reports.parameters import setting_again
from workbench.reports.publishing import claim, publish
from workbench.reports.running import run_study
from workbench.reports.studies import read_notebook
from workbench.reports.writers.comma import grid_csv, inert

HOSTILE = "=cmd|'/C calc'!A0 <script>alert(1)</script> | `x` [y](javascript:z) ## \\input{x} #eval"

STUDY = """\
# ---
# jupyter:
#   workbench:
#     title: "HOSTILE"
#     question: "- [ ] HOSTILE"
#     datasets:
#       - toy
# ---

# %% tags=["parameters"]
region = "RU-TOM"

# %%
import numpy as np
import pandas as pd

import workbench as wb

ids = pd.Index([f"r{i}" for i in range(12)], name="region")
ring = pd.DataFrame(0.0, index=ids, columns=ids)
for i in range(12):
    ring.iloc[i, (i + 1) % 12] = ring.iloc[(i + 1) % 12, i] = 1.0
W = wb.weights.from_matrix(ring)
table = pd.DataFrame({"y": np.arange(12.0) % 5, "x": np.arange(12.0) ** 2 % 7}, index=ids)
clusters = wb.lisa("y", table, W, permutations=99, seed=7)
kept = {"moran": [wb.moran("y", table, W, permutations=99, seed=11)]}

# %%
wb.publish(clusters, "clusters", caption="HOSTILE")
named = pd.DataFrame({"third": [1 / 3], "=1+1": ["HOSTILE"]})
named.index = pd.Index(["@SUM(A1)"], name="-a")
wb.publish(named, "named", caption="| HOSTILE")

# %%
wb.publish(kept["moran"][0].plot(), "picture", caption="HOSTILE")
wb.claim("answer", "It is {x:.2f}.", numbers={"x": 1 / 3})
p_value = {"p_value": float(clusters.table["p_value"].iloc[0])}
wb.claim(
    "seeded", "p = {p_value:p}.", numbers=p_value, kind="permutation", drawn_by=clusters
)
wb.claim("unseeded", "p = {p_value:p}.", numbers=p_value, kind="permutation")
own = pd.DataFrame({"mean": [np.random.default_rng(3).normal()]})
wb.publish(own, "own-draws", kind="simulation", drawn_by=3)
""".replace("HOSTILE", HOSTILE.replace("\\", "\\\\"))

DESCRIPTOR = {
    "name": "toy",
    "title": HOSTILE,
    "description": f"| {HOSTILE}",
    "licenses": [{"name": "CC0-1.0", "title": HOSTILE, "path": "javascript:alert(1)"}],
    "sources": [{"title": HOSTILE, "path": "https://example.org/`x`|y"}],
    "resources": [{"name": "data", "path": "data.csv"}],
}


@pytest.fixture(scope="module")
def made(laid_out, tmp_path_factory):
    """A project with weights, seeds and hostile words, its study run; not to be changed."""
    project = laid_out(tmp_path_factory.mktemp("made"), STUDY)
    (project.geodata / "toy" / "datapackage.json").write_text(json.dumps(DESCRIPTOR), "utf-8")
    (project.root / "CITATION.cff").write_text(
        "authors:\n  - family-names: Ivanova\n    given-names: Anna\n"
        "    orcid: https://orcid.org/0000-0001-9842-9718\n  - name: A group\n"
        "license: BSD-3-Clause\n",
        encoding="utf-8",
    )
    run_study(project, "small")
    return project


@pytest.fixture(scope="module")
def folder(made):
    return made.reports / "small"


@pytest.fixture(scope="module")
def readme(folder):
    return (folder / "replication" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def crate(folder):
    plain = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    return {entity["@id"]: entity for entity in plain["@graph"]}


def test_ledger_tells_seed_and_weights_of_each_published_result(folder):
    ledger = read_ledger(folder)
    places = {place.name: place for place in ledger.published}
    (lisa,) = places["clusters"].made
    assert lisa.seed == 7
    assert lisa.weights in ledger.weights
    assert ledger.weights[lisa.weights]["n"] == 12
    assert ledger.weights[lisa.weights]["links"] == 24, "a ring of twelve"
    (drawn,) = places["picture"].made
    assert drawn.seed == 11, "a picture tells what it shows"
    computed = {made.label: made for made in ledger.computed}
    assert computed["kept['moran'][0]"].seed == 11, "also what was not published"
    assert computed["clusters"].weights == lisa.weights


def test_ledger_tells_table_row_and_column_of_each_number(folder):
    ledger = read_ledger(folder)
    places = {place.name: place for place in ledger.published}
    numbered = {name: (place.word, place.number) for name, place in places.items()}
    assert numbered["named"] == ("table", 2)
    assert numbered["picture"] == ("figure", 1)
    assert numbered["answer"] == ("", 0)
    assert places["named"].cell == 3
    third = ledger.numbers["named/@SUM(A1)/third"]
    assert (third.row, third.column) == ("@SUM(A1)", "third")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "Table 2." in page
    assert "Table 4." not in page


def test_ledger_read_again_is_the_ledger_that_was_written(folder):
    assert read_ledger(folder).to_json() == (folder / "ledger.json").read_text(encoding="utf-8")


def test_tables_are_files_at_full_precision(folder):
    ledger = read_ledger(folder)
    for place in ledger.published:
        assert all((folder / file).is_file() for file in place.files)
    with (folder / "tables" / "named.csv").open(encoding="utf-8", newline="") as handle:
        header, row = list(csv.reader(handle))
    assert header[1] == "third"
    assert float(row[1]) == 1 / 3
    assert pd.read_csv(folder / "tables" / "named.csv")["third"].iloc[0] == 1 / 3
    assert (folder / "figures" / "picture.svg").read_text(encoding="utf-8").startswith("<svg")


def test_no_cell_of_a_table_is_a_formula(folder):
    for path in folder.glob("tables/*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            for cell in row:
                assert not re.match(r"\s*[=+@\t\r]", cell), cell
                assert not cell.startswith("-") or float(cell) < 0, cell


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "a;=1+1", "a; -1", "＝1+1", "|calc"],
)
def test_a_text_that_a_spreadsheet_would_calculate_gets_an_apostrophe(text):
    told = inert(text)
    assert told.count("'") == 1
    assert not re.search(r"(\A|;)\s*[=+@|＝-]", told)
    assert told.replace("'", "").split() == text.split(), "shown, not lost"


def test_a_text_stays_in_one_cell():
    assert inert("a\n=1\r\n+2\t-3") == "a =1 +2 -3"


def test_an_interval_is_a_text_of_two_numbers():
    grid = Grid("a", ("x",), (Row("b", (Cell("[-0.5, 0.5]", "id", "-0.5, 0.5"),)),))
    assert grid_csv(grid) == '"a","x"\n"b","[-0.5, 0.5]"\n'


def test_numbers_of_a_table_stay_numbers_and_plain_texts_stay():
    grid = Grid("a", ("x",), (Row("b - c", (Cell("−0.5", "id", "-0.5"),)), Row("d", (), "group")))
    assert grid_csv(grid) == '"a","x"\n"b - c",-0.5\n"d",""\n'


def test_levels_of_labels_are_columns():
    grid = Grid("region · year", ("x",), (Row("RU-TOM · 2014", (Cell("1", "id", "1"),)),))
    assert grid_csv(grid) == '"region","year","x"\n"RU-TOM","2014",1\n'


def test_provenance_tells_kernel_time_data_and_seeds(folder):
    told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert told["run"]["wall_seconds"] > 0
    assert told["run"]["peak_memory_mib"] > 50, "an interpreter with numpy takes more"
    assert {library["num_threads"] for library in told["blas"]} == {1}, "the kernel has one thread"
    assert told["data"][0]["licences"][0]["name"] == "CC0-1.0"
    digest = hashlib.sha256(b"a\n1\n").hexdigest()
    assert told["data"][0]["files"] == {"data.csv": digest}
    assert {(one["result"], one["seed"]) for one in told["seeds"]} >= {
        ("clusters", 7),
        ("kept['moran'][0]", 11),
    }
    assert {(one["result"], one["seed"]) for one in told["seeds"]} >= {
        ("seeded draws", 7),
        ("own-draws draws", 3),
    }, "numbers that no longer know their result"
    assert told["draws"]["without_seed"] == {"unseeded": 1}
    ledger = (folder / "ledger.json").read_bytes()
    assert told["ledger"]["sha256"] == hashlib.sha256(ledger).hexdigest()


def test_crate_keeps_the_musts_of_its_profile(folder, crate):
    """RO-Crate 1.1, sections on the root; Process Run Crate 0.5, table of requirements."""
    descriptor, root = crate["ro-crate-metadata.json"], crate["./"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert descriptor["about"] == {"@id": "./"}
    assert root["@type"] == "Dataset"
    profile = crate[root["conformsTo"]["@id"]]
    assert profile["@id"] == "https://w3id.org/ro/wfrun/process/0.5"
    assert profile["@type"] == "CreativeWork"
    parts = {part["@id"] for part in root["hasPart"]}
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert parts == files - {"ro-crate-metadata.json"}
    action = crate[root["mentions"]["@id"]]
    assert action["@type"] == "CreateAction"
    instruments = [crate[one["@id"]] for one in action["instrument"]]
    kinds = {kind for one in instruments for kind in np.atleast_1d(one["@type"])}
    assert kinds >= {"SoftwareApplication", "SoftwareSourceCode"}
    named = {crate[one["@id"]]["name"] for one in action["object"]}
    assert named == {"region", HOSTILE}
    assert {"@id": "index.html"} in action["result"]


def test_every_reference_in_the_crate_leads_somewhere(crate):
    def references(value):
        if isinstance(value, dict):
            if set(value) == {"@id"}:
                yield value["@id"]
            for one in value.values():
                yield from references(one)
        elif isinstance(value, list):
            for one in value:
                yield from references(one)

    found = {one for entity in crate.values() for one in references(entity)}
    assert found - set(crate) <= {"https://w3id.org/ro/crate/1.1"}


def test_crate_is_read_back_by_rocrate_with_the_digests_of_the_files(folder):
    from rocrate.rocrate import ROCrate

    crate = ROCrate(folder)
    assert crate.root_dataset["name"] == HOSTILE
    assert [author["name"] for author in crate.root_dataset["author"]] == [
        "Anna Ivanova",
        "A group",
    ]
    assert crate.root_dataset["license"].id == "https://spdx.org/licenses/BSD-3-Clause"
    told = [entity for entity in crate.data_entities if "sha256" in entity]
    assert len(told) >= 6
    for entity in told:
        content = (folder / entity.id).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entity["sha256"], entity.id


def test_without_git_the_crate_has_no_date_and_with_it_the_commits(crate):
    from workbench.reports.machine import _commit

    assert "datePublished" not in crate["./"]
    from pathlib import Path

    known = _commit(Path(__file__).parents[2])
    if known:
        assert re.match(r"\d{4}-\d\d-\d\dT", known["date"])


def test_provenance_has_the_card_of_each_weights_matrix(folder):
    told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["weights"]
    assert told == read_ledger(folder).weights
    (card,) = told.values()
    assert (card["n"], card["links"]) == (12, 24), "a ring of twelve"


def test_readme_names_commands_as_they_are_typed_in_a_project_and_in_a_bundle(made, folder):
    """With a lock the commands are those of the environment that `make env` makes."""
    plain = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    setting = setting_again(
        read_notebook(folder / "notebook.ipynb"), study="small",
        recorded=read_ledger(folder).parameters, folder="small",
    )  # fmt: skip
    lock = {"file": "locks/environment.txt", "sha256": "a" * 64, "departures": {}}
    facts = _facts(folder, read_ledger(folder), made, setting, {**plain, "lock": lock})
    told = replication_readme(facts)
    for command in ("verify reports/small", "verify ../small", "run small",
                    "bundle reports/small --to small.zip"):  # fmt: skip
        assert f"`.venv/bin/workbench {command}`" in told
    assert not re.findall(r"(?<!bin/)workbench (?:verify|run|bundle)", told)


def test_readme_has_the_sections_of_the_template(readme):
    sections = (
        "## Overview",
        "## Data Availability and Provenance Statements",
        "### Statement about Rights",
        "### License for Data",
        "### Summary of Availability",
        "### Details on each Data Source",
        "## Dataset list",
        "## Computational requirements",
        "### Software Requirements",
        "### Controlled Randomness",
        "### Memory, Runtime, Storage Requirements",
        "## Description of programs/code",
        "## Instructions to Replicators",
        "## List of tables, figures and programs",
        "## References",
    )
    lines = readme.splitlines()
    assert [line for line in lines if line in sections] == list(sections)
    assert "- [x] I certify" not in readme, "only an author can"


def test_readme_leads_from_each_table_and_figure_to_cell_and_file(readme):
    assert re.search(
        r"\| Table 2 \|.*\| `notebooks/small.py` \| 3 \| `tables/named.csv` \|", readme
    )
    assert re.search(r"\| Figure 1 \|.*\| 4 \| `figures/picture.svg` \|", readme)
    assert re.search(r"\| `clusters` \|.*\| 7 \|", readme), "seeds"


def test_readme_says_which_numbers_from_draws_have_no_seed(folder, readme):
    told = "does not record the seed of the draws behind these numbers: `unseeded` (1); in all 1."
    assert told in readme
    assert re.search(r"\| `seeded draws` \| local Moran.* \| 7 \|", readme)
    assert "records a seed" not in readme, "nothing says that every place has one, or that none has"
    drawn = replace(read_ledger(folder), published=())
    assert sum(unseeded(drawn).values()) == sum(draws(drawn).values()) > 2
    assert not unseeded(replace(drawn, numbers={}))


@pytest.mark.parametrize("strange", [True, "7", 1.0, object(), pd.DataFrame()])
def test_what_tells_no_seed_is_refused_as_the_origin_of_draws(strange):
    with pytest.raises(InputError, match="drawn_by"):
        publish(0.5, "p", kind="permutation", drawn_by=strange)
    with pytest.raises(InputError, match="drawn_by"):
        claim("p", "{p}", numbers={"p": 0.5}, kind="permutation", drawn_by=[7, strange])


def test_a_result_without_draws_is_refused_as_the_origin_of_draws():
    class Estimate:
        provenance = Provenance("ols")

    with pytest.raises(InputError, match="no seed"):
        publish(0.5, "p", kind="permutation", drawn_by=Estimate())


def test_seeds_of_several_results_are_recorded_by_their_names():
    class Drawn:
        def __init__(self, seed):
            self.provenance = Provenance("drawn", seed=seed)

    class Knowing:
        provenance, seed = Provenance("drawn"), 5

    given = {("a", "b"): Drawn(0), "c": Knowing(), "d": np.int64(9)}
    made = claim("p", "{p}", numbers={"p": 0.5}, kind="permutation", drawn_by=given).made
    told = [(one.label, one.seed) for one in made]
    assert told == [("draws: a · b", 0), ("draws: c", 5), ("draws: d", 9)]


def test_impacts_that_were_drawn_tell_their_seed_in_a_comparison():
    states = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(wb.load("us-states"))
    fit = wb.fit("log(gsp) ~ log(emp)", states, W, model="sar")
    drawn = fit.impacts(method="monte-carlo", draws=100, seed=4)
    table = wb.compare({"SAR": fit}, impacts={"SAR": drawn})
    assert {one.seed for one in made_of(table)[0]} == {None, 4}


def test_hostile_words_are_inert_in_the_readme(readme):
    import pypandoc

    page = pypandoc.convert_text(readme, "html", format="gfm")
    assert "<script" not in page
    assert "javascript:z" not in re.sub(r">[^<]*<", "><", page), "no link, only words"
    assert page.count("<h1") == 1
    rows = [line for line in readme.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {4, 5, 6}
    assert "calc" in page, "shown, not lost"


@pytest.mark.parametrize("hostile", [HOSTILE, "# a", "- b", "1. c", "a\n\n# b", "![x](y)", "&lt;"])
def test_escaped_text_is_shown_as_it_was(hostile):
    import html

    import pypandoc

    page = pypandoc.convert_text(inline(hostile), "html", format="gfm", extra_args=["--wrap=none"])
    assert html.unescape(page.strip()) == f"<p>{' '.join(hostile.split())}</p>"
    spanned = pypandoc.convert_text(code(hostile), "html", format="gfm", extra_args=["--wrap=none"])
    shown = html.unescape(spanned.strip())
    assert shown == f"<p><code>{' '.join(hostile.split())}</code></p>"


def test_bars_do_not_break_a_table():
    import pypandoc

    lines = table(("a", "b"), [(inline("x | y"), code("z | w"))])
    page = pypandoc.convert_text("\n".join(lines), "html", format="gfm")
    assert page.count("<td") == 2


@pytest.mark.slow
def test_same_run_gives_the_same_bytes_of_what_is_promised(made, folder, tmp_path):
    import shutil

    from workbench.reports.project import Project

    shutil.copytree(made.root, tmp_path / "again")
    again = Project.at(tmp_path / "again")
    run_study(again, "small")
    promised = ["index.html", "ledger.json", "notebook.ipynb"]
    promised += [p.relative_to(folder).as_posix() for p in folder.glob("[ft]*/*")]
    assert len(promised) > 5
    for name in promised:
        assert (again.reports / "small" / name).read_bytes() == (folder / name).read_bytes(), name


def test_no_machine_path_is_in_any_file(made, folder):
    for path in (p for p in folder.rglob("*") if p.is_file()):
        assert str(made.root).encode() not in path.read_bytes(), path.name


def test_a_comparison_tells_how_each_of_its_models_was_made():
    class Several:
        def __init__(self, **provenances):
            self.provenances = provenances

    one, two = Provenance("ols", seed=0), Provenance("sar", "y ~ x", nobs=3)
    found, cards = made_of(Several(one=one, two=two))
    assert found == (Made("one", "ols", seed=0), Made("two", "sar", "y ~ x", 3))
    assert cards == {}
    assert made_of(pd.DataFrame({"provenance": [1]})) == ((), {})


def test_variables_of_others_are_not_touched():
    class Foreign:
        def __getattr__(self, name):
            raise RuntimeError(name)

    endless = []
    endless.append(endless)
    assert of_names({"foreign": Foreign(), "endless": endless, "_hidden": 1}) == ((), {})


def test_a_year_from_numpy_is_a_year_where_results_are_named():
    class Result:
        __module__ = "workbench.of_a_test"
        provenance = Provenance("local Moran", seed=7)

    class Several:
        def __init__(self):
            self.provenances = {("Russia", np.int64(2000)): Provenance("ols")}

    kept = {("Russia", np.int64(2000)): Result(), np.str_("all"): Result(), 2.5: Result()}
    computed, _ = of_names({"local": kept})
    assert [made.label for made in computed] == [
        "local[('Russia', 2000)]", "local['all']", "local[2.5]",
    ]  # fmt: skip
    assert made_of(Several())[0][0].label == "('Russia', 2000)"


def test_without_a_word_of_authors_there_are_none(tmp_path):
    assert citation_of(tmp_path).authors == ()
    (tmp_path / "CITATION.cff").write_text("- a\n: b: [", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nlicense = "MIT"\nauthors = [{name = "B", email = "b@c.d"}]', encoding="utf-8"
    )
    found = citation_of(tmp_path)
    assert [author.name for author in found.authors] == ["B"]
    assert found.licence == "MIT"
