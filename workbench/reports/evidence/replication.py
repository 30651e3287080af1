"""``replication/README.md``, after the template of the Social Science Data Editors, version 1.1.

What only an author can say (rights, consent) is left to be ticked; everything else is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.reports.entries import DRAWN
from workbench.reports.evidence.facts import Facts
from workbench.reports.evidence.markdown import code, inline, table
from workbench.reports.evidence.record import seeds, unseeded
from workbench.reports.evidence.sources import Link, Source
from workbench.reports.ledger import NOTEBOOK, PAGE
from workbench.reports.manifest import MANIFEST
from workbench.reports.sentences import read_out

README = "replication/README.md"
TEMPLATE = (
    "Vilhuber, L., Koren, M., Llull, J., Connolly, M. and Morrow, P. (2022). A template README for "
    "social science replication packages. https://doi.org/10.5281/zenodo.7293838"
)
TIMES = ((600, "<10 minutes"), (3600, "10-60 minutes"), (8 * 3600, "1-8 hours"))
LONGER = "more than 8 hours"
PROVIDED = {"here": "yes", "elsewhere": "no", "yours": "no"}
MOST_SEEDS = 60


def replication_readme(facts: Facts) -> str:
    """Return the README of a replication package, generated from what is recorded.

    Parameters
    ----------
    facts : Facts
        Of the run.
    """
    parts = (_overview, _availability, _datasets, _requirements, _programs, _lists, _references)
    lines = [line for part in parts for line in part(facts)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _overview(facts: Facts) -> Iterator[str]:
    ledger = facts.ledger
    counts = Counter(place.word for place in ledger.published)
    yield from (f"# {inline(ledger.title)}", "", "## Overview", "")
    if ledger.question:
        yield from (inline(ledger.question), "")
    yield (
        f"One notebook, {code(f'notebooks/{ledger.study}')}, reads the data and makes all that is "
        f"in the report: tables: {counts['table']}, figures: {counts['figure']}, sentences with "
        f"numbers: {counts['']}, numbers in all: {len(ledger.numbers)}. Each number is in "
        "`ledger.json`. This file was generated with the report."
    )
    yield from ("", "```sh", _typed(facts, facts.command), "```", "")


def _availability(facts: Facts) -> Iterator[str]:
    yield from ("## Data Availability and Provenance Statements", "")
    if not facts.sources:
        yield from ("The notebook names no data set.", "")
        return
    yield from (
        "### Statement about Rights",
        "",
        "For the authors to state; a program cannot:",
        "",
        "- [ ] I certify that the author(s) of the manuscript have legitimate access to and "
        "permission to use the data used in this manuscript.",
        "- [ ] I certify that the author(s) of the manuscript have documented permission to "
        "redistribute/publish the data contained within this replication package.",
        "",
        "### License for Data",
        "",
    )
    for source in facts.sources:
        yield f"- {code(source.name)}: {_joined(source.licences, 'none stated')}"
    kinds = {source.availability for source in facts.sources}
    yield from (
        "",
        "### Summary of Availability",
        "",
        "What the data sets say of themselves:",
        "",
        f"- with the project, or in a package that it installs: {_names(facts, 'here')}",
        f"- from elsewhere, under terms of their own, not passed on: {_names(facts, 'elsewhere')}",
        f"- the author's own, not passed on: {_names(facts, 'yours')}",
        "",
        f"- [{'x' if kinds == {'here'} else ' '}] All data are in the project.",
        f"- [{'x' if kinds != {'here'} else ' '}] Some data are not in the project.",
        "",
        "### Details on each Data Source",
        "",
    )
    for source in facts.sources:
        yield from _details(source, _typed(facts, f"workbench data fetch {source.name}"))


def _details(source: Source, fetch: str) -> Iterator[str]:
    yield from (f"#### {inline(source.title)} ({code(source.name)})", "")
    for text in (source.description, source.origin):
        if text:
            yield from (inline(text), "")
    yield from (f"- Source: {_link(link)}" for link in source.references)
    yield f"- Licence: {_joined(source.licences, 'none stated')}"
    if source.availability == "elsewhere":
        yield f"- Access: {code(fetch)} shows the terms and asks."
    elif source.availability == "yours":
        yield "- Access: ask the authors; the file is not in this package."
    yield ""


def _datasets(facts: Facts) -> Iterator[str]:
    yield from ("## Dataset list", "")
    rows = [
        (code(file), code(source.name), code(digest), PROVIDED[source.availability])
        for source in facts.sources
        for file, digest in source.files.items()
    ]
    if not rows:
        yield from ("No file.", "")
        return
    yield from table(("Data file", "Source", "SHA-256", "Provided"), rows)
    yield ""


def _requirements(facts: Facts) -> Iterator[str]:
    machine = facts.machine
    yield from ("## Computational requirements", "", "### Software Requirements", "")
    yield f"- {inline(machine['implementation'])} {inline(machine['python'])}"
    yield from (f"  - {code(name)} {inline(v)}" for name, v in facts.ledger.versions.items())
    yield from (f"  - {code(name)} {inline(v)}" for name, v in facts.ledger.tools.items())
    if machine["lock"]["sha256"]:
        others = machine["lock"].get("departures", {})
        told = ", ".join(f"{code(name)} {inline(how)}" for name, how in others.items())
        pinned = f"pinned, but for {told}, in" if told else "all of it pinned in"
        yield f"- {pinned} {code(machine['lock']['file'])}, SHA-256 " + code(
            machine["lock"]["sha256"]
        )
    yield from _blas(facts)
    yield from ("", "No network is needed once the data are there.", "")
    yield from _randomness(facts)
    yield from _resources(facts)


def _blas(facts: Facts) -> Iterator[str]:
    for library in facts.machine["blas"]:
        known = [str(library[key]) for key in ("internal_api", "version") if key in library]
        more = [str(library[key]) for key in ("architecture", "threading_layer") if key in library]
        threads = f"threads: {library.get('num_threads', 'not known')}"
        yield f"- linear algebra: {inline(', '.join([' '.join(known), *more, threads]))}"


def _randomness(facts: Facts) -> Iterator[str]:
    yield from ("### Controlled Randomness", "")
    ledger, found = facts.ledger, seeds(facts.ledger)
    kinds = Counter(n.tolerance for n in ledger.numbers.values() if n.tolerance in DRAWN)
    told = ", ".join(f"{kind}: {kinds[kind]}" for kind in sorted(kinds)) or "none"
    yield from (f"Numbers that come from draws: {told}.", "")
    if found:
        yield from ("Seeds are arguments of the calls. Those that results record:", "")
        yield from table(("Result", "Method", "Seed"), [_seeded(one) for one in found[:MOST_SEEDS]])
        if len(found) > MOST_SEEDS:
            yield from ("", f"and {len(found) - MOST_SEEDS} more, in `provenance.json`.")
        yield ""
    without = unseeded(ledger)
    if without:
        places = ", ".join(f"{code(name)} ({count})" for name, count in without.items())
        yield from (
            "The report does not record the seed of the draws behind these numbers: "
            f"{places}; in all {sum(without.values())}.",
            "",
        )
    elif kinds:
        yield from ("Each place with such numbers records a seed.", "")


def _seeded(one: Mapping[str, Any]) -> tuple[str, str, str]:
    return code(one["result"]), inline(one["method"]), str(one["seed"])


def _resources(facts: Facts) -> Iterator[str]:
    seconds, machine = facts.run.seconds, facts.machine
    yield from ("### Memory, Runtime, Storage Requirements", "", "Time of the last run:", "")
    reached = next((words for limit, words in TIMES if seconds < limit), LONGER)
    words = (*(words for _, words in TIMES), LONGER)
    yield from (f"- [{'x' if one == reached else ' '}] {inline(one)}" for one in words)
    memory = "not known" if facts.memory is None else f"{facts.memory} MiB at most"
    size = sum(facts.sizes.values()) / 1e6
    yield from (
        "",
        f"- Run time: {seconds:.0f} seconds, with one thread.",
        f"- Memory: {memory}, in the kernel.",
        f"- Storage: {size:.1f} MB for the report.",
        f"- Last run on {inline(machine['system'])}, {inline(machine['architecture'])}, "
        f"{machine['processors']} processors.",
        "",
    )


def _programs(facts: Facts) -> Iterator[str]:
    ledger, commit = facts.ledger, facts.commit
    name = ledger.study
    yield from (
        "## Description of programs/code",
        "",
        f"- {code(f'notebooks/{name}.py')} and {code(f'notebooks/{name}.ipynb')}: the notebook, "
        f"twice the same; as it was executed it is {code(NOTEBOOK)}, SHA-256 "
        f"{code(ledger.notebook)}",
        f"- {code('workbench')}: the package that it imports, version "
        f"{inline(ledger.versions.get('spatial-workbench', 'not known'))}",
    )
    if facts.machine["lock"]["sha256"]:
        yield f"- {code(facts.machine['lock']['file'])}: every dependency with its hash"
    if commit:
        state = "with changes that are not in it" if commit["changed"] else "unchanged"
        yield f"- commit {code(commit['commit'])}, {state}"
    licence = facts.citation.licence
    yield from ("", f"License for code: {inline(licence) if licence else 'none stated'}.", "")
    yield from (
        "## Instructions to Replicators",
        "",
        "In the folder of the project, which is `project/` in a bundle:",
        "",
        "1. `make env` makes the environment from the locks (Python 3.11 or newer)."
        if facts.machine["lock"]["sha256"]
        else "1. Install the versions named above.",
        *_fetching(facts),
        f"1. {code(_typed(facts, f'workbench verify reports/{ledger.report}'))}, or in a bundle "
        f"{code(_typed(facts, f'workbench verify ../{ledger.report}'))}, executes the notebook "
        "again and compares every number with `ledger.json`.",
        f"1. {code(_typed(facts, facts.command))} writes the report anew, into `reports/`.",
        f"1. {code(_typed(facts, _bundling(ledger.report)))} then makes one zip of report and "
        "project.",
        "",
        f"`sha256sum -c {MANIFEST}`, in the folder of the report, checks its files.",
        "",
    )


def _bundling(report: str) -> str:
    return f"workbench bundle reports/{report} --to {report}.zip"


def _typed(facts: Facts, command: str) -> str:
    """Return a command as it is typed in the project: with the environment that `make env` made."""
    return f".venv/bin/{command}" if facts.machine["lock"]["sha256"] else command


def _fetching(facts: Facts) -> Iterator[str]:
    for source in facts.sources:
        if source.availability == "elsewhere":
            fetch = _typed(facts, f"workbench data fetch {source.name}")
            yield f"1. {code(fetch)} gets data under their terms."
        elif source.availability == "yours":
            yield f"1. Ask the authors for the file of {code(source.name)}."


def _lists(facts: Facts) -> Iterator[str]:
    ledger = facts.ledger
    program = code(f"notebooks/{ledger.study}.py")
    yield from ("## List of tables, figures and programs", "")
    yield from ("Every table, figure and number of the report was made by the code.", "")
    rows = [
        (
            f"{place.word.capitalize()} {place.number}" if place.word else "Sentence",
            inline(place.caption or read_out(place.sentence, ledger.published)) or code(place.name),
            program,
            str(place.cell),
            ", ".join(map(code, place.files)) or code(PAGE),
        )
        for place in ledger.published
    ]
    if rows:
        yield from table(("In the report", "Caption", "Program", "Cell", "File"), rows)
    yield ""


def _references(facts: Facts) -> Iterator[str]:
    yield from ("## References", "")
    known = {link.title: link for source in facts.sources for link in source.references}
    yield from (f"- {_link(link)}" for link in known.values())
    yield f"- {TEMPLATE}"


def _names(facts: Facts, kind: str) -> str:
    return ", ".join(code(s.name) for s in facts.sources if s.availability == kind) or "none"


def _joined(links: tuple[Link, ...], none: str) -> str:
    return "; ".join(map(_link, links)) or none


def _link(link: Link) -> str:
    return f"{inline(link.title)}, {code(link.url)}" if link.url else inline(link.title)
