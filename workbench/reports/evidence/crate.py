"""The report as a Process Run Crate: RO-Crate 1.1, profile 0.5, written by ``rocrate``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from workbench.reports.evidence.facts import Facts
from workbench.reports.evidence.sources import Source
from workbench.reports.ledger import LEDGER, NOTEBOOK, PAGE, PROVENANCE
from workbench.reports.manifest import MANIFEST

CRATE = "ro-crate-metadata.json"
VERSION = "1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = {"sha256": "https://schema.org/sha256"}
"""Terms that the context of this version of RO-Crate lacks."""

FORMATS = {
    ".html": "text/html", ".pdf": "application/pdf", ".json": "application/json",
    ".ipynb": "application/x-ipynb+json", ".csv": "text/csv", ".svg": "image/svg+xml",
    ".png": "image/png", ".md": "text/markdown", ".txt": "text/plain",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
TOLD = {
    PAGE: "The report as a page",
    "report.pdf": "The report in print",
    "report.docx": "The report for a word processor",
    NOTEBOOK: "The notebook that was executed, without outputs",
    LEDGER: "Every number of the report with place, printed digits and tolerance",
    PROVENANCE: "On what the report was made",
    MANIFEST: "SHA-256 of every file",
    "replication/README.md": "How to replicate the report",
}
APPLICATION = "#workbench"


def crate_json(facts: Facts) -> str:
    """Return the metadata of the report as a crate.

    The execution is a ``CreateAction``: the notebook and the workbench are its instruments, data
    sets and parameters its objects, everything that was written its results. The date is that of
    the commit, and there is none without git.

    Parameters
    ----------
    facts : Facts
        Of the run.
    """
    from rocrate.model.data_entity import DataEntity  # type: ignore[import-untyped]
    from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

    crate = ROCrate(version=VERSION)
    crate.metadata.extra_terms.update(TERMS)
    del crate.root_dataset["datePublished"]
    paths = sorted({*facts.sizes, MANIFEST, "replication/README.md"})
    files = {
        path: crate.add(DataEntity(crate, quote(path), properties=_file(path, facts)))
        for path in paths
    }
    action = _action(crate, facts, files)
    crate.root_dataset.properties().update(_root(crate, facts))
    crate.root_dataset["mentions"] = action
    return json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1) + "\n"


def _add(crate: Any, identifier: str, kind: str | list[str], told: Mapping[str, Any]) -> Any:
    from rocrate.model.contextentity import ContextEntity  # type: ignore[import-untyped]

    known = {key: value for key, value in told.items() if value not in ("", [], None)}
    return crate.add(ContextEntity(crate, identifier, properties={"@type": kind, **known}))


def _file(path: str, facts: Facts) -> dict[str, Any]:
    known: dict[str, Any] = {
        "@type": ["File", "SoftwareSourceCode"] if path == NOTEBOOK else "File",
        "name": TOLD.get(path, path),
        "encodingFormat": FORMATS.get(PurePosixPath(path).suffix, "application/octet-stream"),
    }
    if path == NOTEBOOK:
        known["programmingLanguage"] = "Python"
    if path in facts.sizes:
        known |= {"contentSize": str(facts.sizes[path]), "sha256": facts.digests[path]}
    captions = {file: place.caption for place in facts.ledger.published for file in place.files}
    return {**known, "description": captions[path]} if captions.get(path) else known


def _root(crate: Any, facts: Facts) -> dict[str, Any]:
    ledger, commit = facts.ledger, facts.commit
    profile = _add(
        crate, PROFILE, "CreativeWork", {"name": "Process Run Crate", "version": PROFILE[-3:]}
    )
    authors = [
        _add(
            crate,
            author.orcid or f"#author-{number}",
            "Person" if author.person else "Organization",
            {"name": author.name},
        )
        for number, author in enumerate(facts.citation.authors, start=1)
    ]
    told: dict[str, Any] = {
        "name": ledger.title,
        "description": ledger.question or ledger.title,
        "conformsTo": {"@id": profile.id},
        "author": [{"@id": author.id} for author in authors],
        "datePublished": commit.get("date", ""),
        "license": _licence(crate, facts.citation.licence),
    }
    return {key: value for key, value in told.items() if value}


def _licence(crate: Any, identifier: str) -> dict[str, str]:
    if not identifier:
        return {}
    address = f"https://spdx.org/licenses/{quote(identifier)}"
    return {"@id": _add(crate, address, "CreativeWork", {"name": identifier}).id}


def _action(crate: Any, facts: Facts, files: Mapping[str, Any]) -> Any:
    ledger = facts.ledger
    commit = facts.commit.get("commit", "")
    application = _add(
        crate,
        APPLICATION,
        "SoftwareApplication",
        {
            "name": "A research workbench for spatial econometrics",
            "softwareVersion": ledger.versions.get("spatial-workbench", ""),
            "identifier": f"commit {commit}" if commit else "",
            "softwareRequirements": [
                f"{name} {version}" for name, version in {**ledger.versions, **ledger.tools}.items()
            ],
        },
    )
    results = [entity for path, entity in files.items() if path not in (NOTEBOOK, MANIFEST)]
    return _add(
        crate,
        "#execution",
        "CreateAction",
        {
            "name": f"Execution of the notebook {ledger.study}",
            "description": facts.command,
            "instrument": [files[NOTEBOOK], application],
            "object": [*_parameters(crate, facts), *_data(crate, facts.sources)],
            "result": results,
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )


def _parameters(crate: Any, facts: Facts) -> list[Any]:
    return [
        _add(
            crate,
            f"#parameter-{quote(name)}",
            "PropertyValue",
            {"name": name, "value": str(value)},
        )
        for name, value in facts.ledger.parameters.items()
    ]


def _data(crate: Any, sources: tuple[Source, ...]) -> list[Any]:
    return [_data_set(crate, source) for source in sources]


def _data_set(crate: Any, source: Source) -> Any:
    name = quote(source.name)
    parts = [
        _add(
            crate,
            f"#data-{name}/{quote(file)}",
            "CreativeWork",
            {"name": file, "sha256": digest},
        )
        for file, digest in source.files.items()
    ]
    licences = [
        _add(
            crate,
            link.url if link.url.startswith("https://") else f"#licence-{name}-{number}",
            "CreativeWork",
            {"name": link.title},
        )
        for number, link in enumerate(source.licences, start=1)
    ]
    return _add(
        crate,
        f"#data-{name}",
        "CreativeWork",
        {
            "name": source.title,
            "description": source.description,
            "license": licences,
            "isBasedOn": [link.title for link in source.references],
            "hasPart": parts,
        },
    )
