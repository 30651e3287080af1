"""Execute a notebook in a fresh kernel that knows nothing of the user's machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.language import VARIABLE as LANGUAGE
from workbench.data.external import MIRROR
from workbench.data.forms.own import YOURS
from workbench.errors import ReportError
from workbench.hypotheses.work.store import FOLDER as CACHE
from workbench.hypotheses.work.store import WITHOUT_CACHE
from workbench.reports.afterwards import MIME as ANSWER
from workbench.reports.afterwards import SOURCE
from workbench.reports.parameters import is_injected
from workbench.reports.room import room_for
from workbench.typing import Language

THREADS = (
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)  # fmt: skip
LEAKING = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT")
"""What must not reach into an environment of its own."""

SHOWN_LINES = 14
STARTUP_SECONDS = 120

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FAULT = re.compile(r"^-+>\s*(\d+)\s?(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Watch:
    """What to call while a notebook runs.

    Attributes
    ----------
    progress : callable of (done, total)
        Before each cell and at the end; counts code cells.
    finished : callable of (cell, number)
        After each code cell, with its outputs; may raise to stop the run.
    ended : callable of (answer), or None
        After the last cell, with what :func:`workbench.reports.afterwards.afterwards` says; the
        kernel is not asked without.
    """

    progress: Callable[[int, int], None] = lambda _done, _total: None
    finished: Callable[[Any, int], None] = lambda _cell, _number: None
    ended: Callable[[dict[str, Any]], None] | None = None


class Interrupted(KeyboardInterrupt):
    """The run was asked to end."""


def execute(
    notebook: Any,
    *,
    name: str,
    project: Path,
    timeout: float,
    watch: Watch,
    fresh: bool = False,
    lang: Language = "en",
    python: str = sys.executable,
) -> Any:
    """Execute a notebook and return a copy with its outputs.

    The kernel runs this Python, or another that is named, offline, on one thread, with a fixed
    hash seed, in a temporary folder that is gone afterwards; it speaks over files of that folder,
    not over ports.

    Parameters
    ----------
    notebook : NotebookNode
        Left as it is.
    name : str
        Name of the study, for messages.
    project : pathlib.Path
        Handed to the kernel as ``WORKBENCH_PROJECT``.
    timeout : float
        Seconds for the whole notebook.
    watch : Watch
        Called while it runs.
    fresh : bool
        Whether every number is computed anew, and no cache is read or written.
    lang : {"en", "ru"}
        Language of a notebook that sets none.
    python : str
        Interpreter of the kernel; nothing of this environment reaches into another one.

    Raises
    ------
    ReportError
        If a cell fails, the kernel dies or time runs out.
    """
    executed = deepcopy(notebook)
    place = tempfile.TemporaryDirectory
    with room_for(f"study {name!r}"), place(prefix="wb-", ignore_cleanup_errors=True) as folder:
        run = _Run(executed, name, Path(folder), watch, python)
        known = environment(run.folder, project, fresh=fresh, lang=lang)
        if python != sys.executable:
            known = {name: value for name, value in known.items() if name not in LEAKING}
        asyncio.run(run.whole(known, timeout))
    return executed


class _Run:
    def __init__(self, notebook: Any, name: str, folder: Path, watch: Watch, python: str) -> None:
        self.notebook = notebook
        self.name = name
        self.folder = folder
        self.watch = watch
        self.python = python
        self.cell = 0

    async def whole(self, known: dict[str, str], timeout: float) -> None:
        with _ended_by_signal():
            try:
                async with asyncio.timeout(timeout):
                    await self._cells(known)
            except TimeoutError:
                raise self._failure(
                    f"cell {self.cell} was still running after {timeout:g} seconds",
                    remedy="allow more time: --timeout SECONDS",
                ) from None

    async def _cells(self, known: dict[str, str]) -> None:
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        manager = _manager(self.folder, self.python)
        client = NotebookClient(
            self.notebook, km=manager, timeout=None, startup_timeout=STARTUP_SECONDS,
            record_timing=False, store_widget_state=False,
        )  # fmt: skip
        client.reset_execution_trackers()
        try:
            await manager.start_kernel(
                extra_arguments=["--HistoryManager.hist_file=:memory:"],
                cwd=str(self.folder),
                env=known,
            )
            await client.async_start_new_kernel_client()
            await self._each(client)
        except CellExecutionError as error:
            raise self._cell_failure(error) from None
        except DeadKernelError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # nbclient takes any cancellation for this
                raise asyncio.CancelledError from None
            raise self._failure(
                f"the kernel died in cell {self.cell}",
                remedy="a kernel that dies has usually run out of memory",
            ) from None
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)
            manager.context.destroy(linger=0)

    async def _each(self, client: Any) -> None:
        cells = self.notebook.cells
        total = sum(cell.cell_type == "code" for cell in cells)
        done = 0
        for index, cell in enumerate(cells):
            self.cell += not is_injected(cell)  # numbers are those of the reader's notebook
            if cell.cell_type == "code":
                self.watch.progress(done, total)
                await client.async_execute_cell(cell, index)
                self.watch.finished(cell, self.cell)
                done += 1
        if self.watch.ended is not None:
            self.watch.ended(await self._afterwards(client))
        self.watch.progress(total, total)

    async def _afterwards(self, client: Any) -> dict[str, Any]:
        """Ask the kernel what it computed, in a cell that the notebook does not keep."""
        from nbclient.exceptions import CellExecutionError

        from workbench.reports.via_nbformat import v4

        cells = self.notebook.cells
        cells.append(v4.new_code_cell(SOURCE))
        try:
            asked = await client.async_execute_cell(cells[-1], len(cells) - 1, store_history=False)
        except CellExecutionError as error:
            raise self._failure(
                f"after the last cell, {error.ename} when asked what was computed: {error.evalue}",
                remedy="look at the variables that the notebook leaves",
            ) from None
        finally:
            cells.pop()
        answers = (output.get("data", {}).get(ANSWER) for output in asked.get("outputs", ()))
        return next((dict(one) for one in answers if one is not None), {})

    def _cell_failure(self, error: Any) -> ReportError:
        text = _ANSI.sub("", str(error.traceback))
        fault = _FAULT.search(text)
        total = sum(not is_injected(cell) for cell in self.notebook.cells)
        where = f"cell {self.cell} of {total} failed"
        if fault:
            where += f" at line {fault[1]}:\n      {fault[2].strip()}"
        message = _ANSI.sub("", f"{error.ename}: {error.evalue}").strip().splitlines()
        shown = "\n".join(f"    {line}" for line in message[:SHOWN_LINES])
        return self._failure(f"{where}\n{shown}", remedy="mend the cell and run again")

    def _failure(self, found: str, *, remedy: str) -> ReportError:
        return ReportError(
            f"study {self.name!r}",
            expected="every cell to run",
            found=found,
            remedy=f"{remedy}; the report that was there before is untouched",
        )


def environment(
    folder: Path, project: Path, *, fresh: bool = False, lang: Language = "en"
) -> dict[str, str]:
    """Return the environment of the kernel: what can change a number or a picture is fixed."""
    import ipykernel  # noqa: F401  a missing kernel is better noticed here than in a subprocess

    fixed = {
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "TQDM_DISABLE": "1",  # a bar is no result, and how far it came depends on the machine
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MATPLOTLIBRC": str(Path(__file__).parent / "theme" / "matplotlibrc"),
        "IPYTHONDIR": str(folder / "ipython"),
        "WORKBENCH_PROJECT": str(project),
        LANGUAGE: lang,
    }
    for name in (MIRROR, CACHE, YOURS):
        if os.environ.get(name):  # the kernel runs in another folder
            fixed[name] = str(Path(os.environ[name]).expanduser().resolve())
    if fresh:
        fixed[WITHOUT_CACHE] = "1"
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONSTARTUP", "PYTHONWARNINGS")}
    return {**kept, **fixed, **dict.fromkeys(THREADS, "1")}


def _manager(folder: Path, python: str) -> Any:
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = KernelSpec(argv=argv, display_name="Python 3", language="python")

    class Manager(AsyncKernelManager):  # an installed kernel of the same name must not be taken
        @property
        def kernel_spec(self) -> Any:
            return spec

    return Manager(
        transport="ipc", ip=str(folder / "k"), connection_file=str(folder / "kernel.json")
    )


@contextlib.contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Turn a request to terminate into a cancelled run, so that everything is cleaned up."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked: list[int] = []

    def end() -> None:
        asked.append(signal.SIGTERM)
        if task is not None:
            task.cancel()

    try:
        loop.add_signal_handler(signal.SIGTERM, end)
    except (RuntimeError, ValueError, NotImplementedError):  # not the main thread, or Windows
        yield
        return
    try:
        yield
    except asyncio.CancelledError:
        if asked:
            raise Interrupted("terminated") from None
        raise
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
