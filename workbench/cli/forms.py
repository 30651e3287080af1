"""Forms of the user's own tables: showing one, writing an empty one, checking a table."""

from __future__ import annotations

from pathlib import Path

import typer

from workbench.cli.terminal import inert
from workbench.data.forms.blank import meanings_of, write_blank
from workbench.data.forms.checking import check
from workbench.data.forms.own import FOLDER, YOURS, form_named, where


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
    return found.passed
