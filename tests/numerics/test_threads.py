"""Estimators run on one thread of linear algebra, and leave the caller's number as it was."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_info

from workbench.numerics import threads
from workbench.numerics.threads import one_thread


def blas_threads():
    np.ones((2, 2)) @ np.ones((2, 2))  # the library is loaded
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]


def test_one_thread_inside_and_as_many_as_before_outside():
    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = blas_threads()
        inside = one_thread(blas_threads)()
        assert inside == [1] * len(before)
        assert blas_threads() == before


def test_the_number_is_restored_after_an_error():
    def fails():
        raise ValueError("inside")

    with ThreadpoolController().limit(limits=2, user_api="blas"):
        before = blas_threads()
        with pytest.raises(ValueError, match="inside"):
            one_thread(fails)()
        assert blas_threads() == before


def test_libraries_are_looked_for_once_until_modules_are_imported(monkeypatch):
    looked = []

    class Counting(ThreadpoolController):
        def __init__(self):
            looked.append(1)
            super().__init__()

    monkeypatch.setattr(threads, "ThreadpoolController", Counting)
    threads._libraries.cache_clear()
    task = one_thread(lambda: None)
    task()
    task()
    assert len(looked) == 1
    monkeypatch.setitem(threads.sys.modules, "a_module_imported_since", None)
    task()
    assert len(looked) == 2
    threads._libraries.cache_clear()
