"""What the referee keeps to whatever the fit: no answer without evidence, no list that breaks."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.hypotheses.referee_cases import ask, lattice, multiplier, panel_of
from workbench.core.glossary import GLOSSARY
from workbench.errors import InputError, OptionError
from workbench.hypotheses.review import examination as room
from workbench.hypotheses.review.case import Trials
from workbench.hypotheses.review.deciding import becomes, decide
from workbench.hypotheses.review.examination import referee
from workbench.hypotheses.review.findings import Finding, Question, holds_a_number
from workbench.hypotheses.review.registry import QUESTIONS
from workbench.hypotheses.statements.hypothesis import Hypothesis

REGIONS = lattice(6)
W = wb.weights.queen(REGIONS)
HEAVY = ("small sample", "weights", "influence")  # left out where they are not what is tested


def table(seed=0):
    rng = np.random.default_rng(seed)
    n = len(REGIONS)
    x, z, e = rng.normal(size=(3, n))
    y = multiplier(W, 0.4) @ (1 + x + 0.5 * (W.sparse @ x) + z + e)
    count = rng.poisson(np.exp(0.5 + 0.3 * x)).astype(float)
    return pd.DataFrame({"y": y, "x": x, "z": z, "count": count}, index=REGIONS.index)


def panel(T=10):
    rng = np.random.default_rng(1)
    n = len(REGIONS)
    x, z, e = rng.normal(size=(3, n, T))
    y = multiplier(W, 0.4) @ (x + 0.5 * (W.sparse @ x) + z + e + rng.normal(size=(n, 1)))
    count = rng.poisson(np.exp(0.5 + 0.3 * x)).astype(float)
    return panel_of({"y": y, "x": x, "z": z, "count": count}, REGIONS)


@pytest.fixture(scope="module")
def fit():
    return wb.fit("y ~ x + z", table(), W, model="sdm")


@pytest.fixture(scope="module")
def review(fit):
    return referee(fit, regions=REGIONS, seed=3)


@pytest.mark.parametrize("answer", ["passed", "failed"])
@pytest.mark.parametrize(
    "evidence",
    [None, pd.DataFrame(), pd.DataFrame({"text": ["sound"]}), pd.DataFrame({"p": [np.nan]})],
)
def test_no_check_passes_or_fails_without_a_number_behind_it(answer, evidence):
    with pytest.raises(InputError, match="a check that shows nothing has not been made"):
        Finding(answer, "It holds, p = 0.3.", evidence)


def test_no_check_passes_in_a_sentence_without_numbers():
    with pytest.raises(InputError, match="sentence"):
        Finding("passed", "It holds.", pd.DataFrame({"p": [0.3]}))
    with pytest.raises(OptionError):
        Finding("fine", "p = 0.3", pd.DataFrame({"p": [0.3]}))


def boom(case):
    raise ZeroDivisionError("no such thing")


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        (boom, "ZeroDivisionError: no such thing"),
        (lambda case: Finding("passed", "It holds."), "a table with|could not be made"),
        (lambda case: case.again({"formula": "y ~ nothing"}), "nothing"),
    ],
)
def test_a_check_that_breaks_is_not_known_with_its_reason(fit, monkeypatch, check, reason):
    broken = Question("power", "?", "", "", check)
    monkeypatch.setattr(room, "QUESTIONS", {**QUESTIONS, "power": broken})
    found = ask(fit, "power")
    assert found.answer == "not known"
    assert found.raised
    assert pd.Series([found.sentence]).str.contains(reason).all()


def test_answers_come_in_the_order_of_the_list_with_evidence(review):
    assert list(review) == list(QUESTIONS)
    for name, found in review.items():
        assert not found.raised, (name, found.sentence)
        if found.answer in ("passed", "failed"):
            assert holds_a_number(review.evidence[name])
    shown = review.table
    assert shown["question"].tolist() == [q.question for q in QUESTIONS.values()]
    assert set(shown.columns) <= set(GLOSSARY) | {"why", "reference"}
    counts = review.glance().iloc[0]
    assert sum(counts[c] for c in ("passed", "failed", "not_applicable", "not_known")) == len(
        QUESTIONS
    )


def test_every_call_of_the_list_runs(review, fit, monkeypatch):
    monkeypatch.setattr(wb, "referee", referee, raising=False)
    names = {"wb": wb, "fit": fit, "regions": REGIONS}
    for name, found in review.items():
        if not found.call or found.call.startswith("wb.referee("):
            continue
        call = found.call.replace("draws=999", "draws=99").replace("draws=19", "draws=2")
        assert eval(call, dict(names)) is not None, name


def test_the_letter_has_every_question_that_arises_in_order(review):
    letter = review.letter()
    asked = [q for n, q in QUESTIONS.items() if review[n].answer != "not applicable"]
    places = [letter.index(q.question) for q in asked]
    assert places == sorted(places)
    for found in review.values():
        assert found.sentence.rstrip(".") in letter
    assert "publish" not in letter.lower()


def test_it_shows_itself_as_text_html_and_picture(review):
    text, html = str(review), review._repr_html_()
    for name, found in review.items():
        assert QUESTIONS[name].question in text
        assert found.answer in text
    assert html.count("<tr>") == len(QUESTIONS) + 1
    picture = review.plot()
    assert "Referee's checklist" in picture.alt
    words = [t.get_text() for axes in picture.axes for t in axes.texts]
    assert set(QUESTIONS) <= set(words)


@pytest.mark.slow
def test_numbers_do_not_depend_on_rows_seeds_repeat_and_nothing_is_changed(review):
    data = table()
    before = data.copy()
    shuffled = data.sample(frac=1, random_state=5)
    again = referee(
        wb.fit("y ~ x + z", shuffled, W, model="sdm"),
        regions=REGIONS.sample(frac=1, random_state=6),
        seed=3,
    )
    pd.testing.assert_frame_equal(data, before)
    for name, found in review.items():
        assert again[name].answer == found.answer
        assert again[name].sentence == found.sentence, name
        if found.evidence is not None:
            pd.testing.assert_frame_equal(again[name].evidence, found.evidence, check_exact=True)


def test_evidence_is_handed_out_as_copies(review):
    handed = review.evidence["weights"]
    handed.loc[:, "estimate"] = 0.0
    assert (review["weights"].evidence.iloc[:, 0] != 0.0).all()


def test_a_hypothesis_brings_its_own_level_and_words(fit):
    about = Hypothesis("Both alike", "direct(x) - direct(z) = 0", margin=10.0, alpha=0.1)
    found = referee(fit, hypothesis=about, skip=HEAVY)
    assert found.statement == about.restriction
    assert "supported" in found.notes[0]
    assert found["multiplicity"].answer == "not applicable"


def test_refusals_name_what_is_at_fault(fit):
    for bad, given, message in (
        (wb.weights.queen(REGIONS), {}, "fit: expected a result of wb.fit"),
        (fit, {"skip": ["wieghts"]}, "did you mean 'weights'"),
        (fit, {"skip": list(QUESTIONS)}, "a question left to ask"),
        (fit, {"lisa": "map"}, "lisa: expected a result of wb.lisa"),
        (fit, {"candidates": {}}, "candidates: expected weights by name"),
        (fit, {"scales": {"coarse": 3}}, "scales: expected fits by name"),
        (fit, {"regions": table()}, "regions: expected a GeoDataFrame"),
        (fit, {"regions": REGIONS.iloc[1:]}, "regions without"),
        (fit, {"alpha": 1.5}, "alpha"),
        (fit, {"seed": -1}, "seed"),
        (fit, {"hypothesis": Hypothesis("?", "direct(w) > 0")}, "hypothesis: expected a model"),
    ):
        with pytest.raises(InputError) as error:
            referee(bad, **given)
        assert message in str(error.value)


QUICK = [
    ("y ~ x + z", {"model": "ols"}),
    ("y ~ x + z", {"model": "sar", "method": "gmm"}),
    ("log(1 + count) ~ x", {"model": "slx", "covariance": "HC3"}),
    ("y ~ 1", {"model": "sar"}),
]
QUICK_PANELS = [
    ("y ~ x + z", {"model": "sdm", "effects": "two-way"}),
    ("y ~ x + z", {"model": "sar", "effects": "random"}),
    ("y ~ x + z", {"model": "sar", "effects": "entity", "dynamic": "lag", "method": "gmm"}),
    ("count ~ x", {"model": "slx", "effects": "entity", "family": "poisson"}),
]
MODELS = ("ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns")
OF_LIKELIHOODS = ("none", "entity", "time", "two-way", "random")
EFFECTS = (
    "none", "entity", "time", "two-way", "random", "random-time", "random-two-way", "between",
    "first-difference", "fama-macbeth",
)  # fmt: skip


def sound(fitted, **given):
    found = referee(fitted, **given)
    for name, one in found.items():
        assert one.raised in ("", "InputError", "PanelError", "ConvergenceError"), (
            name,
            one.sentence,
        )
        if one.answer in ("passed", "failed"):
            assert holds_a_number(one.evidence)
    assert found.letter()
    return found


@pytest.mark.quick_cases(1)
@pytest.mark.parametrize(("formula", "choices"), QUICK)
def test_no_cross_section_breaks_the_list(formula, choices):
    sound(wb.fit(formula, table(), W, **choices), skip=HEAVY)


@pytest.mark.slow
@pytest.mark.parametrize(("formula", "choices"), QUICK_PANELS)
def test_no_panel_breaks_the_list(formula, choices):
    sound(wb.fit(formula, panel(), W, **choices), skip=HEAVY)


@pytest.mark.slow
def test_without_weights_and_with_weights_by_period():
    found = sound(wb.fit("y ~ x", table()), skip=HEAVY)
    assert found["islands"].answer == "not applicable"
    data = panel(4)
    asked = {"model": "sdm", "effects": "entity", "lee_yu": "bias-correction"}
    by_period = dict.fromkeys(data.index.unique(level=1), W)
    sound(wb.fit("y ~ x", data, by_period, **asked), skip=HEAVY[:1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "method"),
    [(model, "ml") for model in MODELS]
    + [(model, "gmm") for model in MODELS if model not in ("ols", "slx")],
)
def test_no_model_of_a_cross_section_breaks_the_list(model, method):
    sound(wb.fit("y ~ x + z", table(), W, model=model, method=method), regions=REGIONS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "choices",
    [
        {"model": "sdm", "effects": "entity", "factors": "defactored"},
        {"model": "sar", "effects": "entity", "factors": "cce"},
        {"model": "sdm", "effects": "two-way", "dynamic": "both"},
        {"model": "sar", "effects": "entity", "method": "gmm"},
        {"model": "ols", "effects": "entity", "dynamic": "lag", "method": "gmm"},
    ],
)
def test_no_other_estimator_of_a_panel_breaks_the_list(choices):
    sound(wb.fit("y ~ x + z", panel(), W, **choices), regions=REGIONS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "effects"),
    [
        (model, effects)
        for model in MODELS
        for effects in EFFECTS
        if model in ("ols", "slx") or effects in OF_LIKELIHOODS
    ],
)
def test_no_model_of_a_panel_breaks_the_list(model, effects):
    sound(wb.fit("y ~ x + z", panel(), W, model=model, effects=effects))


@pytest.mark.slow
def test_processes_give_the_same_answers(review, fit):
    again = referee(fit, regions=REGIONS, seed=3, jobs=2)
    assert again.letter() == review.letter()


def read(estimate, low, high, says="positive", p=0.01):
    return {
        "estimate": estimate, "std_error": 1.0, "conf_low": low, "conf_high": high, "p_value": p,
        "says": says, "stands": says == "positive", "reason": "",
    }  # fmt: skip


def tried(*rows):
    """A case whose statement is positive, and what became of it under alternatives."""
    first = SimpleNamespace(
        estimate=2.0, conf_low=1.0, conf_high=3.0, text="2 [1, 3]", says="positive"
    )
    case = SimpleNamespace(claim=SimpleNamespace(subject="the direct impact of x"), first=first)
    named = {"as estimated": read(2.0, 1.0, 3.0)} | {f"a{i}": row for i, row in enumerate(rows)}
    return case, Trials(pd.DataFrame.from_dict(named, orient="index"))


def test_the_p_value_of_a_check_is_the_largest_under_its_alternatives():
    case, found = tried(read(2.0, 1.0, 3.0, p=0.002), read(1.5, 0.5, 2.5, p=0.03))
    told = decide(case, found, under="other weights", call="")
    assert (told.answer, told.p_value, told.number) == ("passed", 0.03, 0.0)
    case, found = tried(read(2.0, 1.0, 3.0), read(0.5, -0.5, 1.5, says="neither", p=0.3))
    told = decide(case, found, under="other weights", call="")
    assert (told.answer, told.p_value, told.number) == ("failed", 0.3, 1.0)


def test_a_statement_changes_only_where_every_alternative_speaks_against_it():
    against, blunt = read(-2.0, -3.0, -1.0, says="negative"), read(0.5, -4.0, 5.0, says="neither")
    assert becomes(*tried(against, against)) == "changes"
    assert becomes(*tried(against, blunt)) == "cannot tell"
    assert becomes(*tried(read(2.0, 1.0, 3.0))) == "stays"
