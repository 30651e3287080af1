"""Where a notebook is executed again: the environment at hand, or one built from a lock."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import workbench
from workbench.core.provenance import library_versions
from workbench.data.bundled import bundled_root
from workbench.errors import ReportError
from workbench.hypotheses.work.store import source_digest
from workbench.reports.checking.outcome import Machine
from workbench.reports.datasets import sha256_of
from workbench.reports.kernel import LEAKING
from workbench.reports.project import Project

INSTALLER = "uv.txt"
"""Lock of the installer, beside the lock of the environment."""

NAME = "spatial-workbench"

SOURCE = "*.py"

DATA, CACHE = "_geodata", "__pycache__"
"""Folders of the bundled datasets inside an installed package, and of what was compiled."""

SECONDS = 1800.0
"""That an installation may take."""

SHOWN_LINES = 12
_VERSIONS = (
    "import json; from workbench.core.provenance import library_versions; "
    "print(json.dumps(dict(library_versions())))"
)
_VERSION = re.compile(r"[0-9][0-9A-Za-z.]*")
_PIN = re.compile(r"^uv==([\w.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a notebook is executed.

    Attributes
    ----------
    python : str
        The interpreter of its kernel.
    versions : mapping of str to str
        Libraries that can change a number.
    told : str
        From which lock it was built; empty for the one at hand.
    """

    python: str
    versions: Mapping[str, str]
    told: str = ""


def machine_of(environment: Environment, made_with: Mapping[str, str]) -> Machine:
    """Return on what a notebook was executed, beside the versions that its report was made with.

    A new environment has the Python that built it.
    """
    here = environment.versions
    others = {name: was for name, was in made_with.items() if here.get(name) != was}
    others |= {name: "absent" for name in here if name not in made_with}
    return Machine(
        f"{platform.python_implementation()} {platform.python_version()}",
        f"{platform.system()}, {platform.machine()}",
        here,
        others,
    )


Environments: TypeAlias = Callable[[], AbstractContextManager[Environment]]


@contextmanager
def at_hand() -> Iterator[Environment]:
    """Give the environment that this runs in."""
    yield Environment(sys.executable, library_versions())


@dataclass(frozen=True, slots=True)
class Fresh:
    """Builds an environment from a project's lock, in a temporary folder that is gone afterwards.

    Attributes
    ----------
    project : Project
        Its lock says what is installed, each file by its SHA-256; its source is the workbench.
    say : callable of str
        Called with what is being done.
    """

    project: Project
    say: Callable[[str], None] = lambda _line: None

    @property
    def told(self) -> str:
        """What it installs from, in words; empty if there is no lock."""
        lock = self.project.lock
        return f"locks/{lock.name}, SHA-256 {sha256_of(lock)}" if lock.is_file() else ""

    @contextmanager
    def __call__(self) -> Iterator[Environment]:
        """Build it, give it, remove it.

        Raises
        ------
        ReportError
            If there is no lock, or what it names cannot be installed.
        """
        if not self.told:
            raise ReportError(
                f"locks/{self.project.lock.name}",
                expected="the lock of the environment",
                found="none",
                remedy="leave out --fresh-env, or take the bundle with its lock",
            )
        with tempfile.TemporaryDirectory(prefix="wb-env-", ignore_cleanup_errors=True) as place:
            folder = Path(place) / "env"
            self.say(f"building an environment from {self.told}")
            python = _venv(folder)
            _install(python, self.project.lock)
            _copy_workbench(python, self.project.root)
            yield Environment(str(python), _versions(python), f"new, from {self.told}")


def _venv(folder: Path) -> Path:
    _done([sys.executable, "-I", "-m", "venv", str(folder)], "a virtual environment")
    names = ("bin/python", "Scripts/python.exe")
    return next(folder / name for name in names if (folder / name).exists())


def _install(python: Path, lock: Path) -> None:
    """Install what the lock names: by the pinned uv, or by pip if that does not work."""
    known = ["--quiet", "--require-hashes", "-r", str(lock)]
    installer = _installer(python, lock.with_name(INSTALLER))
    if installer and _works([installer, "pip", "install", "--python", str(python), *known]):
        return
    _done([*_pip(python), *known], f"what {lock.name} names")


def _installer(python: Path, pinned: Path) -> str:
    """Return the uv that the lock pins: one that is here, else installed; empty if neither."""
    if not pinned.is_file():
        return ""
    pin = _PIN.search(pinned.read_text(encoding="utf-8"))
    beside = str(Path(sys.executable).parent)
    here = shutil.which("uv", path=os.pathsep.join((beside, os.environ.get("PATH", ""))))
    if here and pin and _version(here) == pin[1]:
        return here
    installed = _works([*_pip(python), "--quiet", "--require-hashes", "-r", str(pinned)])
    return str(python.with_name("uv" + python.suffix)) if installed else ""


def _version(uv: str) -> str:
    words = _ran([uv, "--version"]).stdout.split()
    return words[1] if len(words) > 1 else ""


def _pip(python: Path) -> list[str]:
    return [str(python), "-I", "-m", "pip", "install", "--disable-pip-version-check"]


def _copy_workbench(python: Path, root: Path) -> None:
    """Copy the workbench of the project, or this one where the project brings none.

    The bundled datasets go into the package, where an installed wheel has them.
    """
    source, version, data = root / "workbench", _declared(root), root / "geodata"
    if not (source / "__init__.py").is_file():
        source, version = Path(str(workbench.__file__)).parent, library_versions().get(NAME, "")
        data = bundled_root()
    told = _done(
        [str(python), "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        "the folder of its packages",
    )
    packages = Path(told.strip())
    ignored = shutil.ignore_patterns(CACHE, "*.pyc", DATA)
    shutil.copytree(source, packages / "workbench", ignore=ignored)
    if data.is_dir():
        shutil.copytree(data, packages / "workbench" / DATA)
    if _VERSION.fullmatch(version):
        card = packages / f"{NAME.replace('-', '_')}-{version}.dist-info"
        card.mkdir()
        text = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n"
        (card / "METADATA").write_text(text, encoding="utf-8")


def _declared(root: Path) -> str:
    """Return the version that a project declares of its workbench; empty if it does not."""
    try:
        plain = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        return str(plain["project"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _versions(python: Path) -> Mapping[str, str]:
    told = _done([str(python), "-I", "-c", _VERSIONS], "the workbench in it")
    return {str(name): str(version) for name, version in json.loads(told).items()}


def _done(words: list[str], what: str) -> str:
    """Run a command and return what it printed, or say why it failed."""
    done = _ran(words)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()[-SHOWN_LINES:]
        raise ReportError(
            "--fresh-env",
            expected=f"to set up {what}",
            found=f"{Path(words[0]).name} left with {done.returncode}:\n"
            + "\n".join(f"    {line}" for line in lines),
            remedy="an index of packages, or a cache with all of them, must be within reach; "
            "without --fresh-env the environment at hand is used",
        )
    return done.stdout


def _works(words: list[str]) -> bool:
    return _ran(words).returncode == 0


def _ran(words: list[str]) -> subprocess.CompletedProcess[str]:
    known = {k: v for k, v in os.environ.items() if k not in LEAKING}
    known |= {"UV_PYTHON_DOWNLOADS": "never", "PYTHONNOUSERSITE": "1"}
    try:
        return subprocess.run(
            words, capture_output=True, text=True, check=False, timeout=SECONDS, env=known
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(words, 1, "", f"{type(error).__name__}: {error}")


def another_workbench(root: Path) -> bool:
    """Say whether a project brings a workbench of its own that is not the one at hand."""
    theirs, ours = root / "workbench", _at_hand()
    return theirs.is_dir() and _files(theirs) != _files(ours)


def unknown_workbench(root: Path, code: str, versions: Mapping[str, str]) -> bool:
    """Say whether a project brings one that is neither at hand nor what a report was made with.

    Parameters
    ----------
    root : pathlib.Path
        Of the project.
    code : str
        Digest of the source that the report was made with, as its provenance tells it.
    versions : mapping of str to str
        Libraries that the report was made with, which are in that digest.
    """
    if not another_workbench(root):
        return False
    theirs = root / "workbench"
    known = source_digest(theirs, versions) == code
    return not known or _files(theirs, SOURCE) == _files(_at_hand(), SOURCE)


def _at_hand() -> Path:
    return Path(str(workbench.__file__)).parent


def _files(folder: Path, pattern: str = "*") -> dict[str, str]:
    """Return the digests of a package's files; what Python and the data put there is left out."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob(pattern))
        if path.is_file() and not {DATA, CACHE} & {*path.parts}
    }
