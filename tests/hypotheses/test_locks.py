"""Locks: what is frozen, what is refused, what changed afterwards, and how verdicts are marked."""

from __future__ import annotations

import hashlib
import json

import pytest

import workbench as wb
from workbench.cli import locking
from workbench.data.register import forget_loaded, loaded
from workbench.errors import DataIntegrityError, FormulaError, InputError, OptionError, ReportError
from workbench.hypotheses.locks import Lock, lock
from workbench.hypotheses.locks.contradictions import reversed_direction
from workbench.hypotheses.statements.families import test_hypotheses as ask
from workbench.hypotheses.statements.hypothesis import Hypothesis

FORMULA = "log(gsp) ~ log(pc) + log(emp)"


def claim(name, restriction, kind="confirmatory", **others):
    return Hypothesis(f"Statement of {name}", restriction, kind=kind, name=name, **others)


H1 = claim("H1", "indirect(log(pc)) > 0")
H2 = claim("H2", "direct(log(emp)) > 0")
H3 = claim("H3", "indirect(log(emp)) > 0", kind="exploratory")


@pytest.fixture(scope="module")
def regions():
    return wb.load("us-states")


@pytest.fixture(scope="module")
def W(regions):
    return {"queen": wb.weights.queen(regions), "knn": wb.weights.knn(regions, 5)}


@pytest.fixture(scope="module")
def y(regions):
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture
def plan(W):
    return {
        "weights": W,
        "models": ["slx", "sdm"],
        "formulas": [FORMULA],
        "alpha": 0.05,
        "effects": ["none", "two-way"],
        "covariances": ["classical", "HC3"],
        "outcomes": ["munnell-1990"],
    }


# --- the digest


def test_digest_is_the_sha256_of_the_canonical_json(plan):
    made = lock([H1, H2, H3], **plan)
    plain = json.loads(made.to_json())
    assert plain.pop("digest") == made.digest
    plain.pop("loaded")
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == made.digest


def test_order_of_what_is_given_changes_nothing(plan):
    made = lock([H1, H2, H3], **plan)
    turned = {
        **plan,
        "weights": dict(reversed(plan["weights"].items())),
        "models": ("sdm", "slx", "sdm"),
        "formulas": ["log(gsp)~log(pc)+log(emp)"],
    }
    other = lock([H3, H1, H2, H1], **turned)
    assert other.to_json() == made.to_json()
    assert other == made
    assert hash(other) == hash(made)


@pytest.mark.parametrize(
    "change",
    [
        {"models": ["slx"]},
        {"effects": ["none"]},
        {"covariances": ["classical"]},
        {"alpha": None},
        {"formulas": ["log(gsp) ~ log(pc)"]},
        {"outcomes": ["gsp"]},
    ],
)
def test_every_choice_is_in_the_digest(plan, change):
    assert lock([H1], **{**plan, **change}) != lock([H1], **plan)


def test_weights_kinds_and_levels_are_in_the_digest(plan, W):
    made = lock([H1, H3], **plan)
    assert lock([H1, H3], **{**plan, "weights": {"queen": W["knn"], "knn": W["queen"]}}) != made
    firm = claim("H3", "indirect(log(emp)) > 0")
    assert lock([H1, firm], **plan) != made
    assert lock([claim("H1", H1.restriction, alpha=0.1), H3], **{**plan, "alpha": None}) != made


# --- the file


def test_a_file_comes_back_whole_and_stays_as_it_is(plan, tmp_path):
    path = tmp_path / "locks" / "study.json"
    made = lock([H1, H2], **plan, path=path)
    first = path.read_bytes()
    assert Lock.read(path).to_json().encode() == first
    assert Lock.read(path).hypotheses == (H1, H2)
    lock([H2, H1], **plan, path=path)
    assert path.read_bytes() == first
    for word in (str(tmp_path), "202", "root"):
        assert word.encode() not in first.replace(made.digest.encode(), b"")


def test_another_lock_at_the_same_path_is_refused(plan, tmp_path):
    path = tmp_path / "lock.json"
    lock([H1, H2], **plan, path=path)
    before = path.read_bytes()
    with pytest.raises(InputError, match="hypothesis 'H2' dropped"):
        lock([H1], **plan, path=path)
    assert path.read_bytes() == before


def test_an_edited_file_is_refused(plan, tmp_path):
    path = tmp_path / "lock.json"
    lock([H1], **plan, path=path)
    path.write_text(path.read_text().replace("(log(pc)) > 0", "(log(pc)) < 0"))
    with pytest.raises(DataIntegrityError, match="edited"):
        Lock.read(path)


@pytest.mark.parametrize("text", ["not json", "[]", '{"schema": 2}', '{"schema": 1}'])
def test_other_files_are_refused(tmp_path, text):
    path = tmp_path / "lock.json"
    path.write_text(text)
    with pytest.raises(DataIntegrityError, match=r"lock\.json"):
        Lock.read(path)
    with pytest.raises(InputError, match=r"wb\.lock"):
        Lock.read(tmp_path / "nothing.json")


# --- contradictions


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("indirect(x) > 0", "indirect(x) < 0", "no value satisfies both"),
        ("indirect(x) > 0.2", "indirect(x) = 0 +- 0.1", "no value satisfies both"),
        ("indirect(x) - direct(x) > 0", "direct(x) - indirect(x) > 0", "no value"),
        ("2*indirect(x) > 1", "indirect(x) < 0.5", "no value"),
        ("total(x) = 1 +- 0.1", "total(x) = 1 +- 0.2", "two margins"),
        ("total(x) = 1 +- 0.1", "total(x) = 2 +- 0.1", "no value"),
        ("rho != 0", "rho = 0 +- 0.05", "the same, the other that they are not"),
        ("indirect(x) > 0", "2*indirect(x) > 0", "the same claim under two names"),
    ],
)
def test_contradictory_hypotheses_are_refused(first, second, told):
    with pytest.raises(InputError, match=told):
        lock([claim("A", first), claim("B", second)])
    # one of them as exploratory is no contradiction
    assert lock([claim("A", first), claim("B", second, kind="exploratory")]).digest


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("indirect(x) > 0", "indirect(z) < 0"),
        ("indirect(x) > 0", "direct(x) < 0"),
        ("indirect(x) > 0", "indirect(x) > 0.2"),
        ("indirect(x) > 0", "indirect(x) = 0.1 +- 0.1"),
        ("rho != 0", "rho > 0"),
    ],
)
def test_hypotheses_that_can_hold_together_are_not(first, second):
    assert lock([claim("A", first), claim("B", second)]).digest


def test_one_name_or_claim_with_two_contents_is_refused(W):
    with pytest.raises(InputError, match="two hypotheses called 'H1'"):
        lock([H1, claim("H1", "indirect(log(pc)) > 1")])
    with pytest.raises(InputError, match="two levels of one claim"):
        lock([H1, claim("H9", H1.restriction, alpha=0.1)])
    with pytest.raises(InputError, match="'queen' twice"):
        lock(H1, weights=[("queen", W["queen"]), ("queen", W["knn"])])
    with pytest.raises(InputError, match="'main' twice"):
        lock(H1, formulas=[("main", "y ~ x"), ("main", "y ~ z")])
    with pytest.raises(InputError, match=r"hypotheses with alpha=0\.1"):
        lock([H1, claim("H9", "rho > 0", alpha=0.1)], alpha=0.1)


def test_bad_input_is_refused_by_name(W):
    with pytest.raises(InputError, match="at least one hypothesis"):
        lock([])
    with pytest.raises(InputError, match=r"wb\.Hypothesis"):
        lock(["indirect(x) > 0"])
    with pytest.raises(OptionError, match="models"):
        lock(H1, models=["sdmm"])
    with pytest.raises(OptionError, match="effects"):
        lock(H1, effects="fixed")
    with pytest.raises(OptionError, match="covariance"):
        lock(H1, covariances=["HC9"])
    with pytest.raises(InputError, match="formulas"):
        lock(H1, formulas=["log(x)"])
    with pytest.raises(InputError, match="outcomes"):
        lock(H1, outcomes=[3])


# --- what had been loaded


def test_outcomes_that_were_loaded_are_told(tmp_path, plan):
    path = tmp_path / "lock.json"
    forget_loaded()
    wb.load("us-states")
    before = lock([H1], **plan, path=path)
    assert before.loaded == ()
    assert "had not been loaded" in before.notes[-1]
    wb.load("munnell-1990")
    assert "gsp" in loaded()["munnell-1990"]
    after = lock([H1], **plan)
    assert after.loaded == ("munnell-1990",)
    assert "were loaded before" in after.notes[-1]
    assert after == before
    # the file keeps what was true when it was made
    assert lock([H1], **plan, path=path).loaded == ()


def test_columns_left_of_the_formulas_are_the_outcomes_where_none_are_named(plan):
    forget_loaded()
    rest = {name: value for name, value in plan.items() if name != "outcomes"}
    made = lock([H1], **{**rest, "formulas": ["log(1 + patents / population) ~ log(pc)"]})
    assert made.content.outcomes == ("patents", "population")
    assert lock([H1], **rest).content.outcomes == ("gsp",)
    wb.load("munnell-1990")
    assert lock([H1], **rest).loaded == ("gsp",)


def test_without_outcomes_nothing_is_claimed():
    assert "No outcomes are named" in lock(H1).notes[-1]


# --- what changed


def test_changes_are_told_item_by_item(plan, W):
    made = lock([H1, H2, H3], **plan)
    turned = claim("H1", "indirect(log(pc)) < 0", alpha=0.1)
    added = claim("H4", "rho > 0", kind="exploratory")
    found = made.check(
        [turned, H3, added],
        weights={"queen": W["knn"], "knn": W["knn"]},
        models=["slx", "sar"],
        alpha=0.1,
        formulas=[FORMULA],
    )
    rows = found.table.to_dict("index")
    assert rows["hypothesis 'H1'"]["difference"] == "direction reversed"
    assert rows["hypothesis 'H1', alpha"] == {
        "locked": "0.05",
        "now": "0.1",
        "difference": "changed",
    }
    assert rows["hypothesis 'H2'"]["difference"] == "dropped"
    assert rows["hypothesis 'H4'"]["difference"] == "added"
    assert rows["W 'queen'"]["locked"].startswith(W["queen"].digest)
    assert rows["W 'queen'"]["now"].startswith(W["knn"].digest)
    assert rows["model sar"]["difference"] == "added"
    assert rows["model sdm"]["difference"] == "dropped"
    assert rows["alpha"]["now"] == "0.1"
    assert len(rows) == 8
    assert "hypothesis 'H1', alpha: 0.05 -> 0.1." in found.notes


def test_nothing_changed_is_said_too(plan):
    made = lock([H1, H2], **plan)
    assert made.check([H2, H1], **{k: v for k, v in plan.items() if k != "outcomes"}).none
    again = made.compare(lock([H1, H2], **plan))
    assert again.notes == (f"Nothing changed after the lock {made.digest}.",)
    assert wb.publish(again, "changes").texts


# --- verdicts


def test_verdicts_are_marked(plan, W, y, regions):
    made = lock([H1, H2, H3], **plan)
    planned = wb.fit(FORMULA, y, W["queen"], model="slx", covariance="HC3")
    other = wb.fit(FORMULA, y, wb.weights.knn(regions, 3), model="sem")
    verdicts = ask([H2, H3, claim("late", "total(log(pc)) > 0")], {"a": planned, "b": other})
    marked = made.mark(verdicts)
    status = marked.table.set_index(["fit", "hypothesis"])["status"]
    assert status["a", "H2"] == f"confirmatory (lock {made.digest[:8]})"
    assert status["a", "H3"] == status["b", "H3"] == "exploratory"
    assert status["a", "late"] == "exploratory"
    assert status["b", "H2"].startswith("changed after the lock: model sem not locked; W ")
    assert "Locked as confirmatory and not tested here: H1." in marked.notes
    row = marked.glance().iloc[0]
    assert (row["confirmatory"], row["exploratory"], row["changed_after_the_lock"]) == (1, 4, 1)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (claim("H1", "indirect(log(pc)) < 0"), "direction reversed"),
        (claim("H1", "indirect(log(pc)) > 0", alpha=0.1), "alpha: 0.05 -> 0.1"),
        (claim("renamed", "indirect(log(pc)) > 0"), "name: H1 -> renamed"),
        (claim("H3", "indirect(log(emp)) > 0"), "kind: exploratory -> confirmatory"),
    ],
)
def test_hypotheses_that_changed_are_marked_so(plan, W, y, asked, told):
    fit = wb.fit(FORMULA, y, W["queen"], model="slx")
    status = lock([H1, H2, H3], **plan).mark(asked.test(fit)).table["status"].item()
    assert status.startswith("changed after the lock: ")
    assert told in status


def test_the_other_side_of_something_else_is_no_reversal():
    reversed_, other = claim("H1", "indirect(log(pc)) < 0"), claim("H1", "direct(log(pc)) < 0")
    assert reversed_direction(claim("H1", "indirect(log(pc)) > 0"), reversed_)
    assert not reversed_direction(claim("H1", "indirect(log(pc)) > 0"), other)


def test_other_formulas_effects_and_covariances_are_marked(plan, W, y):
    made = lock([H1], **plan)
    fit = wb.fit("log(gsp) ~ log(pc)", y, W["queen"], model="slx", covariance="HC0")
    status = made.mark(H1.test(fit)).table["status"].item()
    assert "covariance HC0 not locked" in status
    assert "formula log(gsp) ~ log(pc) not locked" in status
    # what a lock does not name is free
    assert lock([H1]).mark(H1.test(fit)).table["status"].item().startswith("confirmatory")


def test_a_locked_w_among_the_regions_of_the_sample_is_the_locked_one(plan, W, y, regions):
    made = lock([H1], **plan)
    gap = y.copy()
    gap.iloc[7, gap.columns.get_loc("pc")] = float("nan")
    fit = wb.fit(FORMULA, gap, W["queen"], model="slx", missing="drop")
    marked = made.mark(H1.test(fit))
    assert marked.table["status"].item().startswith("confirmatory")
    assert any("W 'queen' is restricted from 48 to 47 regions" in note for note in marked.notes)
    # one that is built otherwise is not
    other = wb.fit(FORMULA, gap, wb.weights.knn(regions, 4), model="slx", missing="drop")
    assert "W " in made.mark(H1.test(other)).table["status"].item()
    # of adopted weights the recipe tells nothing
    adopted = lock([H1], **{**plan, "weights": {"queen": W["queen"].graph}})
    of_graph = wb.fit(FORMULA, gap, W["queen"].graph, model="slx", missing="drop")
    assert adopted.mark(H1.test(of_graph)).table["status"].item().startswith("changed")


def test_things_that_are_no_verdicts_are_refused(plan):
    made = lock([H1], **plan)
    for thing in ([], ["supported"]):
        with pytest.raises(InputError, match="verdicts"):
            made.mark(thing)


# --- standard errors of panels


BREAK = claim("B", "coefficient(log(pc)) > 0")


def of_years(count, covariance):
    panel = wb.load("munnell-1990")
    kept = panel[panel.index.get_level_values("year") < 1970 + count]
    return wb.fit("log(gsp) ~ log(pc)", kept, effects="two-way", covariance=covariance)


def status_of(made, fit):
    return made.mark(BREAK.test(fit)).table["status"].item()


@pytest.mark.parametrize(
    "word", ["clustered", "clustered-time", "clustered-two-way", "driscoll-kraay", "newey-west"]
)
def test_errors_of_panels_can_be_planned(word):
    made = lock(BREAK, covariances=[word])
    assert json.loads(made.to_json())["covariances"] == [word]
    assert made != lock(BREAK)


def test_errors_that_were_not_planned_are_a_change():
    made = lock(BREAK, covariances=["clustered-two-way"])
    assert status_of(made, of_years(17, "clustered-two-way")).startswith("confirmatory")
    assert status_of(made, of_years(17, "driscoll-kraay")) == (
        "changed after the lock: covariance driscoll-kraay not locked"
    )
    rows = made.check(covariances=["clustered"]).table["difference"]
    assert rows["covariance clustered-two-way"] == "dropped"
    assert rows["covariance clustered"] == "added"


@pytest.mark.slow
def test_errors_may_be_planned_by_the_number_of_periods(tmp_path):
    made = lock(BREAK, covariances={15: "clustered-two-way", 1: "clustered"})
    for count, word in ((14, "clustered"), (15, "clustered-two-way"), (17, "clustered-two-way")):
        assert status_of(made, of_years(count, word)).startswith("confirmatory")
    assert status_of(made, of_years(14, "clustered-two-way")) == (
        "changed after the lock: covariance clustered-two-way not locked for 14 periods "
        "(planned: clustered with 1 to 14 periods)"
    )
    assert "not locked for 15 periods" in status_of(made, of_years(15, "clustered"))
    assert Lock.read(made.save(tmp_path / "a.json") and tmp_path / "a.json") == made
    later = made.check(covariances={1: "clustered", 10: "clustered-two-way"})
    assert set(later.table.index) == {
        "covariance clustered with 1 to 14 periods",
        "covariance clustered with 1 to 9 periods",
        "covariance clustered-two-way from 10 periods on",
        "covariance clustered-two-way from 15 periods on",
    }
    assert made.check(covariances={1: "clustered", 15: "clustered-two-way"}).none
    with pytest.raises(InputError, match="whole numbers from 1"):
        lock(BREAK, covariances={0: "clustered"})
    with pytest.raises(OptionError, match="clustered-two-way"):
        lock(BREAK, covariances={1: "clustered-twoway"})


@pytest.mark.slow
def test_errors_that_are_objects_are_known_again(regions, y):
    objects = [
        wb.panels.DriscollKraay(),
        wb.panels.DriscollKraay(lags=3),
        wb.panels.PanelCorrected(),
        wb.Conley(regions, distance=300),
    ]
    for one in objects:
        fit = of_years(17, one)
        assert status_of(lock(BREAK, covariances=[one]), fit).startswith("confirmatory")
        assert "not locked" in status_of(lock(BREAK, covariances=["clustered"]), fit)
    assert "Driscoll-Kraay, 3 lags not locked" in status_of(
        lock(BREAK, covariances=[objects[0]]), of_years(17, objects[1])
    )
    # an object without options is the word
    assert status_of(
        lock(BREAK, covariances=["driscoll-kraay"]), of_years(17, objects[0])
    ).startswith("confirmatory")
    clusters = wb.Clustered(by=regions["name_en"])
    fit = wb.fit("log(gsp) ~ log(pc)", y, covariance=clusters)
    made = lock(BREAK, covariances=[clusters])
    assert status_of(made, fit).startswith("confirmatory")
    assert "covariance HC3 not locked" in status_of(made, fit.with_covariance("HC3"))


# --- the report


def test_lock_and_marks_go_into_the_ledger(plan, W, y):
    made = lock([H1, H2], **plan)
    texts = {text.id: text.text for text in wb.publish(made, "lock").texts}
    assert texts["lock/lock/content"] == made.digest
    assert W["queen"].digest in texts["lock/W 'queen'/content"]
    fit = wb.fit(FORMULA, y, W["queen"], model="slx")
    marked = wb.publish(made.mark(ask([H1, H2], fit)), "verdicts")
    texts = {text.id: text.text for text in marked.texts}
    assert texts["verdicts/glance/lock"] == made.digest
    assert texts["verdicts/1/status"] == f"confirmatory (lock {made.digest[:8]})"


def report(folder, *texts):
    folder.mkdir()
    plain = {
        "schema": 2, "study": "s", "title": "t", "question": "q",
        "notebook": {"file": "notebook.ipynb", "sha256": "0"},
        "page": {"file": "index.html", "sha256": "0"},
        "datasets": [], "versions": {}, "published": [], "numbers": [],
        "computed": [], "weights": {},
        "texts": [{"id": one.id, "text": one.text} for one in texts],
    }  # fmt: skip
    (folder / "ledger.json").write_text(json.dumps(plain))
    return folder


def test_a_reviewer_checks_the_file_against_the_report(plan, W, y, tmp_path, capsys):
    path = tmp_path / "lock.json"
    made = lock([H1, H2], **plan, path=path)
    fit = wb.fit(FORMULA, y, W["knn"], model="sdem")
    marked = wb.publish(made.mark(ask([H1, H3], fit)), "verdicts")
    good = report(tmp_path / "good", *wb.publish(made, "lock").texts, *marked.texts)
    assert locking.check(path, good)
    told = capsys.readouterr().out
    assert f"good and lock.json agree: lock {made.digest}" in told
    assert "1 changed after the lock, 1 exploratory" in told
    assert "model sdem not locked" in told
    other = report(tmp_path / "other", *wb.publish(lock([H1], **plan), "lock").texts)
    assert not locking.check(path, other)
    assert not locking.check(path, report(tmp_path / "none"))
    with pytest.raises(ReportError):
        locking.check(path, tmp_path)
    locking.show(path)
    assert made.digest in capsys.readouterr().out


def test_a_formula_that_nobody_could_fit_is_not_locked():
    H = wb.Hypothesis("Capital next door matters", "indirect(log(pc)) > 0")
    with pytest.raises(FormulaError, match="formulas"):
        wb.lock(H, formulas=["log(y ~ x"])
    kept = ["y ~ x + W(log(x))", "y ~ C(type) + [x ~ h1 + h2] - 1", "log(ВРП) ~ `two words`"]
    assert len(wb.lock(H, formulas=kept).digest) == 16
