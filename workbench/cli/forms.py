"""Forms of the user's own tables: showing one, writing an empty one, checking a table."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from workbench.cli.terminal import inert
from workbench.data.forms.blank import meanings_of, write_blank
from workbench.data.forms.checking import check
from workbench.data.forms.own import FOLDER, YOURS, form_named, where

WORDS = {"columns": "{...}", "units": "{...}", "regions": "{...}", "scheme": "...",
         "decimal": "..."}  # fmt: skip
"""Keywords of a check that a remedy may name, and how they are shown."""


def show(name: str) -> None:
    """Print what a form's columns are, and whether the user's file of it is here."""
    form = form_named(name)
    typer.echo(f"{name}: {form.title} ({where(form)})\n{form.description}\n")
    for row in meanings_of(form).to_dict("records"):
        unit = f", {row['unit']}" if row["unit"] else ""
        needed = " (needed)" if row["needed"] == "yes" else ""
        typer.echo(f"  {row['column']}{unit}{needed}: {row['title']} / {row['title_ru']}")
    typer.echo(f"\nAn empty one: workbench data form {name} --to {name}.xlsx")


def write(name: str, to: Path) -> None:
    """Write an empty table of a form and say what to do with it."""
    for file in write_blank(name, to):
        typer.echo(f"written: {file}")
    typer.echo(
        f"Fill it in, check it (workbench data check {to} --form {name}), and put it into the "
        f"folder {FOLDER}/ of the project, or one that {YOURS} names, as {name}{to.suffix}"
    )


def examine(file: Path, form: str, *, sheet: str | None) -> bool:
    """Print the check of a file against a form; return whether it passed."""
    found = check(file, form, sheet=sheet)
    typer.echo(inert(str(found)))
    told = found.problems.query("mended != 'yes'")
    asked = "".join(told["remedy"])
    words = [word for word in WORDS if f"{word}=" in asked]
    if words:
        typer.echo(inert(in_python(file, form, words, sheet=sheet)))
    return found.passed


def in_python(file: Path, form: str, words: list[str], *, sheet: str | None) -> str:
    """Return how keywords that a check asks for are given: a command line has none of them."""
    given = ", ".join(
        [repr(str(file)), repr(form), *([f"sheet={sheet!r}"] if sheet else []),
         *(f"{word}={WORDS[word]}" for word in words)]
    )  # fmt: skip
    place = f"{os.environ.get(YOURS) or FOLDER}/{form}.csv"
    return (
        "What is said by keywords is said in Python, after import workbench as wb (write there "
        f"what the lines above say):\n  wb.data.check({given})\n"
        f"  wb.data.adopt({given}, to={place!r})"
    )
