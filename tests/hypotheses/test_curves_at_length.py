"""A curve is the same wherever it is computed, and goes on from what was done."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import distributed
import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.hypotheses.curve import evaluation
from workbench.hypotheses.curve.engine import specification_curve
from workbench.hypotheses.curve.plan import Plan
from workbench.hypotheses.statements.hypothesis import Hypothesis

NUMBERS = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
FORMULA = "log(gsp) ~ log(pc) + log(emp)"


@pytest.fixture(scope="module")
def y1986():
    return wb.load("munnell-1990").xs(1986, level="year")


@pytest.fixture(scope="module")
def choices():
    queen = wb.weights.queen(wb.load("us-states"))
    return {
        "formulas": ["log(gsp) ~ log(pc)", FORMULA],
        "weights": {"queen": queen, "two steps": queen.higher_order(2, lower_order=True)},
        "models": ["slx", "sar", "sdm"],
        "covariances": ["classical", "HC1"],
        "engine": "fit",
    }


@pytest.fixture(scope="module")
def spillover():
    return Hypothesis("Capital next door matters", "indirect(log(pc)) > 0")


def bits(curve):
    return curve.table[NUMBERS].to_numpy().tobytes(), curve.table["reason"].tolist()


@pytest.fixture
def evaluated(monkeypatch):
    """Numbers of the specifications that are evaluated in this process."""
    numbers = []
    plain = evaluation.evaluate

    def counted(work, number):
        numbers.append(number)
        return plain(work, number)

    monkeypatch.setattr("workbench.hypotheses.curve.running.evaluate", counted)
    return numbers


@pytest.mark.slow
def test_processes_and_clusters_give_what_one_process_gives(y1986, choices, spillover):
    alone = specification_curve(spillover, y1986, jobs=1, **choices)
    two = specification_curve(spillover, y1986, jobs=2, **choices)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        spread = specification_curve(spillover, y1986, client=client, **choices)
    assert bits(alone) == bits(two) == bits(spread)
    assert alone.digest == two.digest == spread.digest


def test_what_is_kept_is_not_estimated_again(y1986, choices, spillover, evaluated, tmp_path):
    kept = {"cache": tmp_path, "jobs": 1}
    few = specification_curve(spillover, y1986, **kept, **{**choices, "models": ["slx"]})
    assert len(evaluated) == 8
    all_of_them = specification_curve(spillover, y1986, **kept, **choices)
    assert len(evaluated) == 24
    fresh = specification_curve(spillover, y1986, jobs=1, **choices)
    assert bits(all_of_them) == bits(fresh)
    assert bits(few)[0] == fresh.table[fresh.table["model"] == "slx"][NUMBERS].to_numpy().tobytes()


def test_the_folder_may_be_told_by_the_environment(
    y1986, choices, spillover, evaluated, tmp_path, monkeypatch
):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    for _ in range(2):
        specification_curve(spillover, y1986, jobs=1, **choices)
    assert len(evaluated) == 24
    monkeypatch.delenv("WORKBENCH_CACHE")
    specification_curve(spillover, y1986, jobs=1, **choices)
    assert len(evaluated) == 48


@pytest.mark.slow
def test_what_decides_a_number_decides_its_place(
    y1986, choices, spillover, evaluated, tmp_path, monkeypatch
):
    one = {"formulas": FORMULA, "weights": choices["weights"]["queen"], "models": "slx"}
    base = {**one, "engine": "fit", "cache": tmp_path, "jobs": 1}
    specification_curve(spillover, y1986, **base)
    other_column = y1986.assign(unemp=0.0)  # no formula reads it
    specification_curve(spillover, other_column, **base)
    assert len(evaluated) == 1
    other_value = y1986.assign(emp=y1986["emp"] * np.where(y1986.index == "US-AL", 1 + 1e-12, 1))
    specification_curve(spillover, other_value, **base)
    specification_curve(spillover, y1986, **{**base, "weights": choices["weights"]["two steps"]})
    specification_curve(spillover, y1986, **{**base, "covariances": "HC3"})
    specification_curve(spillover, y1986, **{**base, "level": 0.9})
    stricter = Hypothesis("The same", "indirect(log(pc)) > 0", alpha=0.01)
    specification_curve(stricter, y1986, **base)
    assert len(evaluated) == 6
    words = Hypothesis("In other words", "indirect(log(pc)) > 0")
    specification_curve(words, y1986, **base)
    assert len(evaluated) == 6
    drawn = {**base, "method": "monte-carlo", "draws": 150}
    for changed in ({}, {"draws": 160}, {"seed": 1}):
        specification_curve(spillover, y1986, **{**drawn, **changed})
    assert len(evaluated) == 9
    swapped = y1986.index.to_list()
    swapped[0], swapped[1] = swapped[1], swapped[0]  # the same columns of other regions
    specification_curve(spillover, y1986.set_axis(pd.Index(swapped, name=y1986.index.name)), **base)
    assert len(evaluated) == 10
    monkeypatch.setattr("workbench.hypotheses.curve.keys.code_digest", lambda: "another version")
    specification_curve(spillover, y1986, **base)
    assert len(evaluated) == 11


def test_a_torn_entry_is_estimated_again_and_told(y1986, choices, spillover, evaluated, tmp_path):
    first = specification_curve(spillover, y1986, cache=tmp_path, jobs=1, **choices)
    entries = sorted(tmp_path.rglob("*.json"))
    assert len(entries) == 24
    entries = [entry for entry in entries if '"estimate": ' in entry.read_text()]
    torn, changed = entries[3], entries[7]
    torn.write_text(torn.read_text()[:40])
    changed.write_text(changed.read_text().replace('"estimate": ', '"estimate": 1'))
    again = specification_curve(spillover, y1986, cache=tmp_path, jobs=1, **choices)
    assert bits(again) == bits(first)
    assert len(evaluated) == 24 + 2
    assert "2 entries of the cache could not be read" in again.notes[-1]
    assert torn.stem in again.notes[-1]
    assert changed.stem in again.notes[-1]


def test_faults_of_the_machine_are_recorded_and_tried_again(
    y1986, choices, spillover, tmp_path, monkeypatch
):
    """A record that a full memory brought about must not outlive it in the cache."""
    one = {**choices, "models": ["slx"], "cache": tmp_path, "jobs": 1}
    with monkeypatch.context() as patch:
        patch.setattr(Plan, "fit", raising(MemoryError("12 GiB")))
        short = specification_curve(spillover, y1986, **one)
    assert short.table["status"].eq("failed").all()
    assert short.table["reason"].eq("MemoryError: 12 GiB").all()
    again = specification_curve(spillover, y1986, **one)
    assert again.table["status"].eq("estimated").all()


def test_answers_that_cannot_be_written_are_told(y1986, choices, spillover, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "replace", raising(PermissionError(13, "Permission denied")))
    one = {**choices, "models": ["slx"], "cache": tmp_path, "jobs": 1}
    curve = specification_curve(spillover, y1986, **one)
    assert curve.table["status"].eq("estimated").all()
    assert "8 answers could not be written to the cache (Permission denied)" in curve.notes[-1]


def raising(fault):
    def function(*given, **told):
        raise fault

    return function


SCRIPT = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    import workbench as wb
    from workbench.hypotheses.curve import evaluation, running
    from workbench.hypotheses.curve.engine import specification_curve
    from workbench.hypotheses.statements.hypothesis import Hypothesis

    folder = Path(sys.argv[1])
    plain = evaluation.evaluate

    def slow(work, number):
        time.sleep(0.02)
        answer = plain(work, number)
        with (folder / "calls").open("a") as file:
            file.write(f"{number}\\n")
        return answer

    running.evaluate = slow
    queen = wb.weights.queen(wb.load("us-states"))
    curve = specification_curve(
        Hypothesis("Capital next door matters", "indirect(log(pc)) > 0"),
        wb.load("munnell-1990").xs(1986, level="year"),
        formulas=["log(gsp) ~ log(pc)", "log(gsp) ~ log(pc) + log(emp)"],
        weights={"queen": queen, "two steps": queen.higher_order(2, lower_order=True)},
        models=["slx", "sar", "sdm"],
        covariances=["classical", "HC1"],
        engine="fit",
        cache=folder / "kept",
        jobs=1,
    )
    (folder / "digest").write_text(curve.digest)
    """
)


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_where_it_was(y1986, choices, spillover, tmp_path):
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    calls = tmp_path / "calls"
    first = subprocess.Popen(command)
    deadline = time.monotonic() + 120
    while not (calls.exists() and len(calls.read_text().split()) >= 6):
        assert time.monotonic() < deadline
        assert first.poll() is None
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    begun = calls.read_text().split()
    kept = len(list((tmp_path / "kept").rglob("*.json")))
    assert 5 <= kept <= len(begun) < 24
    assert not (tmp_path / "digest").exists()
    subprocess.run(command, check=True)
    done = calls.read_text().split()
    assert len(done) - len(begun) == 24 - kept
    assert set(map(int, done)) == set(range(1, 25))
    whole = specification_curve(spillover, y1986, jobs=1, **choices)
    assert (tmp_path / "digest").read_text() == whole.digest
