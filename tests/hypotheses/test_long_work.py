"""Long work gives the same answers wherever it is done, and goes on from what is kept."""

import errno
import math
import os
import signal
import threading
import time
from pathlib import Path

import distributed
import numpy as np
import pandas as pd
import pytest

from workbench.errors import InputError, WorkbenchError
from workbench.hypotheses.work.running import each
from workbench.hypotheses.work.store import Store, digest_of


def weighted(shared, item):
    return {"value": float(np.sin(shared[item]).sum())}


def dying(shared, item):
    """Kill the process at one item, once."""
    if item == 3 and not shared.exists():
        shared.write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def deadly(shared, item):
    """Kill the process whenever it has the item, and say which ones were begun."""
    with (shared / f"{item}").open("a") as file:
        file.write("x")
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def counted(shared, item):
    with (shared / "calls").open("a") as file:
        file.write(f"{item}\n")
    return item + 0.1


SHARED = {item: np.arange(item + 1.0) for item in range(12)}


def test_processes_give_what_one_process_gives():
    items = list(SHARED)
    assert each(weighted, SHARED, items, jobs=2) == each(weighted, SHARED, items, jobs=1)


def test_a_cluster_gives_what_one_process_gives():
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        answers = each(weighted, SHARED, list(SHARED), client=client)
    assert answers == each(weighted, SHARED, list(SHARED), jobs=1)


@pytest.mark.slow
def test_a_process_that_dies_loses_nothing(tmp_path):
    assert each(dying, tmp_path / "once", list(range(8)), jobs=2) == [i * i for i in range(8)]


@pytest.mark.slow
def test_an_item_that_kills_its_process_is_recorded_and_the_rest_done(tmp_path):
    store, keys = Store(tmp_path / "kept"), [digest_of(item) for item in range(8)]
    answers = each(
        deadly,
        tmp_path,
        list(range(8)),
        jobs=2,
        keys=keys,
        store=store,
        lost=lambda item: f"died of {item}",
    )
    assert answers == [0, 1, 4, "died of 3", 16, 25, 36, 49]
    assert [store.get(key) for key in keys] == [0, 1, 4, None, 16, 25, 36, 49]
    with pytest.raises(WorkbenchError, match="one that dies of item 3"):
        each(deadly, tmp_path, list(range(8)), jobs=2)


@pytest.mark.slow
def test_a_worker_of_a_cluster_that_dies_loses_nothing(tmp_path):
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        answers = each(dying, tmp_path / "once", list(range(8)), client=client)
    assert answers == [i * i for i in range(8)]


def test_what_is_kept_is_not_computed_again(tmp_path):
    store, keys = Store(tmp_path / "kept"), [digest_of(item) for item in range(6)]
    first = each(counted, tmp_path, [0, 1, 2], jobs=1, keys=keys[:3], store=store)
    both = each(counted, tmp_path, list(range(6)), jobs=1, keys=keys, store=store)
    assert both[:3] == first
    assert (tmp_path / "calls").read_text().split() == [str(item) for item in range(6)]


def test_a_torn_file_is_computed_again_and_named(tmp_path):
    store = Store(tmp_path)
    store.put("ab", 1.5)
    store._path("ab").write_text(store._path("ab").read_text().replace("1.5", "1.6"))
    assert each(counted, tmp_path, [7], keys=["ab"], store=store) == [7.1]
    assert store.unreadable == ["ab"]
    assert store.get("ab") == 7.1


@pytest.mark.parametrize("value", [0.1, -0.0, 1e-308, math.pi, math.inf, math.nan])
def test_numbers_come_back_to_the_last_bit(tmp_path, value):
    store = Store(tmp_path)
    store.put("cd", [value])
    assert np.float64(store.get("cd")[0]).tobytes() == np.float64(value).tobytes()


def test_digests_tell_contents_apart():
    table = pd.DataFrame({"x": [1.0, 2.0]}, index=["a", "b"])
    different = [
        digest_of(table),
        digest_of(table.rename(columns={"x": "y"})),
        digest_of(table * 1.0000000001),
        digest_of(table.set_axis(["b", "a"])),
        digest_of("a", "bc"),
        digest_of("ab", "c"),
        digest_of(1),
        digest_of(True),
        digest_of(["a"], "b"),
        digest_of(["a", "b"]),
        digest_of({"a": 1}),
    ]
    assert len(set(different)) == len(different)
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})


def test_digests_tell_apart_what_a_formula_reads_besides_values():
    """The first category is the reference of a formula; what is true or false is a category."""
    words = pd.Series(["a", "b", "a"])
    columns = [
        words,
        words.astype(pd.CategoricalDtype(["a", "b"])),
        words.astype(pd.CategoricalDtype(["b", "a"])),
        words.astype(pd.CategoricalDtype(["a", "b"], ordered=True)),
        pd.Series([True, False, True]),
        pd.Series([1.0, 0.0, 1.0]),
    ]
    assert len({digest_of(column) for column in columns}) == len(columns)


def test_a_disk_that_is_full_ends_no_work_and_leaves_no_part(tmp_path, monkeypatch):
    store = Store(tmp_path / "kept")

    def full(self, *given, **told):
        with self.open("w") as file:
            file.write("{")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert each(weighted, SHARED, [3], keys=["ab"], store=store) == [weighted(SHARED, 3)]
    assert store.unwritten == {"ab": "No space left on device"}
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_what_does_not_last_is_not_kept(tmp_path):
    store, keys = Store(tmp_path), ["ab", "cd"]
    each(weighted, SHARED, [0, 3], keys=keys, store=store, lasting=lambda a: a["value"] != 0.0)
    assert [store.get(key) is not None for key in keys] == [False, True]


def test_what_has_no_content_has_no_digest():
    with pytest.raises(InputError, match="leave cache out"):
        digest_of(lambda: 1)


def test_a_client_must_be_one():
    with pytest.raises(InputError, match=r"distributed\.Client"):
        each(weighted, SHARED, [1], client="tcp://nowhere:1")


def test_the_clock_decides_nothing(monkeypatch):
    """With work foreseen to be long, other processes take over in the middle."""
    ticks = iter(range(0, 10_000, 5))
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    monkeypatch.setenv("WORKBENCH_THREADS", "2")
    assert each(weighted, SHARED, list(SHARED)) == each(weighted, SHARED, list(SHARED), jobs=1)


def test_what_cannot_be_sent_stays_here_unless_processes_are_asked_for(monkeypatch):
    ticks = iter(range(0, 10_000, 5))
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    monkeypatch.setenv("WORKBENCH_THREADS", "2")
    shared = SHARED | {"lock": threading.Lock()}
    assert each(weighted, shared, list(SHARED)) == each(weighted, SHARED, list(SHARED), jobs=1)
    with pytest.raises(InputError, match="jobs=1"):
        each(weighted, shared, list(SHARED), jobs=2)
