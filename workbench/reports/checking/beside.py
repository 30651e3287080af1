"""What stands beside a report: provenance, README and crate, held against what they follow from.

They follow from the ledger, the files, the descriptors of the data and the project's own words on
authors and licence; and from the machine and the clock, of which nothing can be said afterwards.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from workbench.core.language import speaking
from workbench.hypotheses.work.store import code_digest
from workbench.reports.checking.environments import another_workbench
from workbench.reports.checking.faults import strange_files
from workbench.reports.checking.findings import Finding
from workbench.reports.datasets import sha256_of
from workbench.reports.evidence import CRATE, README, Run
from workbench.reports.evidence.citation import citation_of
from workbench.reports.evidence.crate import crate_json
from workbench.reports.evidence.facts import Facts
from workbench.reports.evidence.record import provenance_json
from workbench.reports.evidence.replication import replication_readme
from workbench.reports.evidence.sources import sources
from workbench.reports.ledger import LEDGER, PROVENANCE, SCHEMA, Ledger
from workbench.reports.manifest import MANIFEST
from workbench.reports.parameters import Setting
from workbench.reports.plain_json import parsed
from workbench.reports.project import Project
from workbench.reports.tools import PANDOC, WHEEL, departures, tool_versions

FILES = (PROVENANCE, README, CRATE)
SHOWN = 3
LONGEST = 90
TICKED, UNTICKED = "- [x] I certify", "- [ ] I certify"
"""What only an author can state, and does by a tick."""

_Path: TypeAlias = tuple[str | int, ...]
_STORAGE = re.compile(r"^- Storage: .*$", re.MULTILINE)
ABSENT = object()
"""What stands where a key is not: ``null`` is a value."""

MALFORMED = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Beside:
    """What came of the comparison: files compared, what is not as it should be, what is left.

    Of ``uncompared`` is what is compared elsewhere; ``unchecked`` is what nobody can check.
    """

    files: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()


def compared_beside(
    folder: Path,
    ledger: Ledger,
    project: Project,
    setting: Setting,
    *,
    again: Ledger | None = None,
    changed: Collection[str] = (),
) -> Beside:
    """Make provenance, README and crate again from what they follow from, and compare.

    Machine, time and commit are taken from the provenance as it is, and named as not checked.

    Parameters
    ----------
    folder : pathlib.Path
        The report.
    ledger : Ledger
        Of the report, as it lies there.
    project : Project
        With the descriptors of the data, authors, licence and lock.
    setting : Setting
        Of the report: its command and language.
    again : Ledger, optional
        Of a new run. What follows from either ledger is as it should be: where they differ, that
        is told of the ledger.
    changed : collection of str
        Files that are known not to be those of the report: that their digests and sizes are not
        as recorded is not told again.
    """
    if ledger.schema < SCHEMA:
        return _earlier(folder, ledger, setting)
    absent = [path for path in FILES if not (folder / path).is_file()]
    missing = tuple(Finding(path, "file", "missing, though a report has it") for path in absent)
    try:
        stored = parsed((folder / PROVENANCE).read_text(encoding="utf-8"))
        facts = _facts(folder, ledger, project, setting, stored)
        known = [facts]
        if again is not None:  # versions are those that the report names, whatever is here
            theirs = replace(again, versions=ledger.versions, tools=ledger.tools)
            known.append(replace(facts, ledger=theirs))
        with speaking(setting.lang):
            wanted = [_made(one, folder) for one in known]
        left = _unchecked(stored, project)
    except MALFORMED as error:
        told = f"not a record as this workbench writes it: {type(error).__name__} {error}"
        return Beside(findings=(*missing, Finding(PROVENANCE, "record", told)))
    same, others = [], []
    for path in FILES:
        if path not in absent:
            texts = [one[path] for one in wanted]
            told = _told(_differences(path, folder / path, texts, changed))
            others += [Finding(path, "record", told)] if told else []
            same += [path]
    reasons = {one.id: _obstacle(one.id, ledger, project) for one in others}
    open_ = [one for one in others if reasons[one.id]]
    same = [path for path in same if not reasons.get(path)]
    found = [one for one in others if not reasons[one.id]]
    found += _forged_versions(ledger, project, stored)
    told_open = (f"{one.id}, as {reasons[one.id]}: {one.told}" for one in open_)
    return Beside(tuple(same), (*missing, *found), tuple(left), tuple(told_open))


def _earlier(folder: Path, ledger: Ledger, setting: Setting) -> Beside:
    """Return that nothing is held against a ledger of an earlier schema, if it is what it says."""
    try:
        beside = parsed((folder / PROVENANCE).read_text(encoding="utf-8"))["schema"]
    except MALFORMED:
        beside = None
    if beside != ledger.schema:
        told = (
            f"of schema {ledger.schema}, though {PROVENANCE} is of "
            f"{'none that can be read' if beside is None else beside}"
        )
        return Beside(findings=(Finding(LEDGER, "record", told),))
    told = f"{', '.join(FILES)}, as an earlier workbench wrote them: {setting.command} renews them"
    return Beside(uncompared=(told,))


def _made(facts: Facts, folder: Path) -> dict[str, str]:
    return {
        PROVENANCE: provenance_json(facts),
        README: replication_readme(facts),
        CRATE: crate_json(_with_files(facts, folder, CRATE, *strange_files(folder, facts.ledger))),
    }


def _obstacle(path: str, ledger: Ledger, project: Project) -> str:
    """Return why the same facts may be written otherwise here; empty if they may not."""
    if another_workbench(project.root):
        return "another workbench wrote it"
    was, now = ledger.tools.get("rocrate"), tool_versions().get("rocrate")
    return "" if was == now or path != CRATE else f"rocrate was {was or 'absent'}, is {now}"


def _facts(
    folder: Path, ledger: Ledger, project: Project, setting: Setting, stored: Mapping[str, Any]
) -> Facts:
    run = stored["run"]
    facts = Facts(
        ledger,
        setting.command,
        {key: stored[key] for key in MACHINE},
        Run((), {"peak_memory_mib": run["peak_memory_mib"]}, run["wall_seconds"]),
        sources(ledger.datasets, geodata=project.geodata),
        citation_of(project.root),
        {},
        {},
    )
    return _with_files(facts, folder, README, CRATE, *strange_files(folder, ledger))


MACHINE = ("python", "implementation", "system", "architecture", "libc", "processors", "blas",
           "lock", "source", "code")  # fmt: skip
"""What a provenance tells of the machine and the source, by its key."""


def _with_files(facts: Facts, folder: Path, *without: str) -> Facts:
    """Return facts with the files of a report, but for those written afterwards."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    content = {
        name: path.read_bytes()
        for name, path in paths.items()
        if path.is_file() and name not in (*without, MANIFEST)
    }
    return replace(
        facts,
        sizes={name: len(held) for name, held in content.items()},
        digests={name: hashlib.sha256(held).hexdigest() for name, held in content.items()},
    )


def _differences(path: str, file: Path, wanted: list[str], changed: Collection[str]) -> list[str]:
    """Return what a file says otherwise than each of the texts that it may be, a line each."""
    try:
        text = file.read_text(encoding="utf-8")
        if path == README:
            return list(_lines(_plain(text, changed), [_plain(one, changed) for one in wanted]))
        was, *known = (dict(_leaves(_by_id(parsed(one)))) for one in (text, *wanted))
    except MALFORMED as error:
        told = f" {error}" if isinstance(error, ValueError) else ""
        return [f"cannot be read: {type(error).__name__}{told}"]
    left: set[_Path] = {
        ("@graph", name, what) for name in changed for what in ("sha256", "contentSize")
    }
    left |= {("ledger", "sha256")} if LEDGER in changed else set()
    return [
        f"{_key(key)} is {_short(was.get(key, ABSENT))}, "
        f"should be {_short(known[-1].get(key, ABSENT))}"
        for key in dict.fromkeys(key for one in (was, *known) for key in one)
        if key not in left and all(_typed(was, key) != _typed(one, key) for one in known)
    ]


def _typed(leaves: Mapping[Any, Any], key: Any) -> tuple[type, Any]:
    """Return a value with its type: 4, 4.0 and true are not the same text."""
    value = leaves.get(key, ABSENT)
    return type(value), value


def _plain(text: str, changed: Collection[str]) -> str:
    """Return a README without ticks; and without its size, where files are known to be others."""
    unticked = text.replace(TICKED, UNTICKED)
    return _STORAGE.sub("", unticked) if changed else unticked


def _lines(was: str, wanted: list[str]) -> Iterator[str]:
    if was in wanted:
        return
    mine = Counter(was.splitlines())
    any_of, all_of = Counter(mine - mine), Counter(wanted[0].splitlines())
    for one in wanted:
        any_of |= Counter(one.splitlines())
        all_of &= Counter(one.splitlines())
    strange, lost = mine - any_of, all_of - mine
    yield from (f"says {_short(line)}" for line in strange)
    yield from (f"does not say {_short(line)}" for line in lost)
    if not strange and not lost and len(wanted) == 1:
        yield "its lines are in another order"


def _by_id(plain: Any) -> Any:
    """Return the entities of a crate by their id, other content as it is."""
    if isinstance(plain, dict) and "@graph" in plain:
        for name, count in Counter(one["@id"] for one in plain["@graph"]).items():
            if count > 1:
                raise ValueError(f"the entity {name!r} occurs twice")
        return {**plain, "@graph": {one["@id"]: one for one in plain["@graph"]}}
    return plain


def _leaves(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    if not value or not isinstance(value, dict | list):
        yield path, value
        return
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inside:
        yield from _leaves(one, (*path, key))


def _key(path: _Path) -> str:
    return "/".join(map(str, path[1:] if path[:1] == ("@graph",) else path))


def _short(value: object) -> str:
    told = "absent" if value is ABSENT else repr(value)
    return told if len(told) <= LONGEST else f"{told[:LONGEST]} …"


def _told(lines: list[str]) -> str:
    more = len(lines) - SHOWN
    return "; ".join([*lines[:SHOWN], *([f"and {more} more"] if more > 0 else [])])


def _forged_versions(
    ledger: Ledger, project: Project, stored: Mapping[str, Any]
) -> Iterator[Finding]:
    """Return a finding where versions are neither those of the lock nor said not to be."""
    lock = stored["lock"]
    if not lock["sha256"] or lock["sha256"] != _digest(project.lock):
        return
    found = departures({**ledger.versions, **ledger.tools}, project.lock)
    here = tool_versions().get(WHEEL) == ledger.tools.get(WHEEL)
    unknown = () if here else (PANDOC,)  # another wheel does not say what was inside that one
    said_so = {name: how for name, how in lock["departures"].items() if name not in unknown}
    if {name: how for name, how in found.items() if name not in unknown} != said_so:
        told = ", ".join(f"{name} {how}" for name, how in found.items()) or "none"
        said = ", ".join(f"{name} {how}" for name, how in lock["departures"].items()) or "none"
        what = f"versions that are not those of the lock: {told}; the report says: {said}"
        yield Finding(LEDGER, "record", what)


def _unchecked(stored: Mapping[str, Any], project: Project) -> list[str]:
    """Return what a report says of itself that nobody can find out afterwards."""
    source, run, lock = stored["source"], stored["run"], stored["lock"]
    state = "with changes beside it" if source.get("changed") else "without changes"
    memory = run["peak_memory_mib"]
    blas = [f"{one.get('internal_api', '')} {one.get('version', '')}" for one in stored["blas"]]
    lines = [
        f"commit {source['commit']} of {source['date']}, {state}"
        if source
        else "source: the report names no commit",
        f"run time {run['wall_seconds']} s, memory {'not known' if memory is None else memory} MiB",
        f"machine: {stored['implementation']} {stored['python']}, {stored['system']} "
        f"{stored['architecture']}, {stored['libc']}, {stored['processors']} processors, "
        f"{', '.join(blas) or 'no library of linear algebra'}",
    ]
    if lock["sha256"] != _digest(project.lock):
        lines.append(f"lock {lock['sha256'] or 'none'}, which is not that of the project here")
    if stored["code"] != code_digest():
        lines.append(f"source of the workbench, digest {stored['code']}: the one here is another")
    return [*lines, "rights to the data, which only the authors can state"]


def _digest(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""
