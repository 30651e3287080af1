"""How a reader checks a report: commands, data with their digests, libraries. In Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbench.core.language import say
from workbench.reports.datasets import Dataset
from workbench.reports.markup import inert_markdown
from workbench.reports.parameters import Setting, told

DIGITS = 12
"""Characters of a digest that a reader compares by eye."""

_BACKTICKS = re.compile(r"`+")


def footer(setting: Setting, datasets: list[Dataset], versions: Mapping[str, str]) -> str:
    """Return the section "Check this report" as Markdown in which every given text is inert.

    Parameters
    ----------
    setting : Setting
        Name and parameters of the report, for the commands.
    datasets : list of Dataset
        Named with the first digits of the checksums of their files.
    versions : mapping of str to str
        Libraries.
    """
    check = say(
        "{command} re-executes the notebook and compares every number with the ledger beside this "
        "page.",
        command=code(f"workbench verify reports/{setting.report}"),
    )
    libraries = ", ".join(inert_markdown(f"{name} {v}") for name, v in versions.items())
    data = [say("Data, with the first digits of each file's SHA-256:")] if datasets else []
    parts = [
        f"## {say('Check this report')} {{#check .unnumbered .unlisted}}",
        check,
        *_parameters(setting),
        *data,
        "\n".join(f"- {_dataset(dataset)}" for dataset in datasets),
        say("Made with {libraries}.", libraries=libraries),
    ]
    return "\n\n".join(part for part in parts if part)


def code(text: str) -> str:
    """Return a text as a code span, whatever backticks it has.

    Examples
    --------
    >>> print(code("a`b"))
    `` a`b ``
    """
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
    return f"{fence}{text}{fence}" if fence == "`" else f"{fence} {text} {fence}"


def _dataset(dataset: Dataset) -> str:
    files = ", ".join(f"{inert_markdown(f)} {code(s[:DIGITS])}" for f, s in dataset.files.items())
    named = f"{inert_markdown(dataset.shown)} ({code(dataset.name)}): "
    return named + files + not_distributed(dataset) + _yours(dataset)


def _parameters(setting: Setting) -> list[str]:
    if not setting.changed:
        return []
    return [
        say(
            "Parameters: {parameters}. Made by {command}.",
            parameters=code(told(setting.values)),
            command=code(setting.command),
        )
    ]


def _yours(dataset: Dataset) -> str:
    """Return what a reader needs to know of a table that only the author has."""
    if not dataset.yours:
        return ""
    text = (
        say("A table of the author's own, which the study used. Its columns: {command}.",
            command=code(f"workbench data form {dataset.name}"))
        if dataset.files
        else say("A table of the author's own: it was not here, and the study ran without it. "
                 "Its columns: {command}.", command=code(f"workbench data form {dataset.name}"))
    )  # fmt: skip
    return f"{'. ' if dataset.files else ''}{text}"


def not_distributed(dataset: Dataset) -> str:
    """Return what a reader needs to know of data that do not come with the workbench."""
    if not dataset.terms:
        return ""
    lines = (line.strip().partition(": ") for line in dataset.terms.splitlines())
    terms = ". ".join(f"{say(word)}: {rest}" for word, _, rest in lines)
    text = say(
        "checksum of the values. Not distributed with the workbench: {command}.",
        command=code(f"workbench data fetch {dataset.name}"),
    )
    return f", {text} {inert_markdown(terms)}."
