"""Beginning a thesis: questions where options leave something open, then the folder."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import typer

from workbench.errors import InputError
from workbench.reports.thesis.draft import Draft, draft
from workbench.reports.thesis.folder import command_from, make_folder, refuse_existing
from workbench.reports.thesis.wanted import BUNDLED_REGIONS, Wanted


def begin(place: Path, asked: Wanted) -> None:
    """Read the files, say what was found, and write the folder.

    Parameters
    ----------
    place : Path
        Where the folder is to be.
    asked : Wanted
        The answers.

    Raises
    ------
    WorkbenchError
        If a file, a column or the match of regions does not hold; nothing is written then.
    """
    refuse_existing(place)
    found = draft(asked)
    typer.echo(_told(found))
    written = make_folder(found, place, command=_command(place))
    typer.echo(f"\n{len(written)} files in {place}. Next:")
    typer.echo(f"  cd {place}\n  make thesis   # about a minute: reports/{asked.name}/index.html")
    typer.echo("  make lab      # the notebook: replace the words in «…», change the formula")


def questions(
    data: Path | None, table: Path | None, regions: str
) -> tuple[Path | None, Path | None]:
    """Ask for the files that no option names; on a terminal only.

    Raises
    ------
    InputError
        If the named set of regions has no polygons here.
    """
    if regions and (regions != BUNDLED_REGIONS or data is not None):
        raise InputError(
            "regions",
            expected=f"{BUNDLED_REGIONS!r}, without --data",
            found=repr(regions) if data is None else "both --regions and --data",
            remedy="give the map of other regions as --data FILE",
        )
    if data is not None or table is not None or not sys.stdin.isatty():
        return data, table
    if not regions:
        said = typer.prompt("Vector file of the regions (empty: regions of Russia)", default="")
        data = Path(said) if said else None
    said = typer.prompt(
        "Table of figures, Excel or CSV" + (" (empty: attributes of the map)" if data else ""),
        default="" if data else None,
    )
    return data, Path(said) if said else None


def asked_further(asked: Wanted) -> Wanted:
    """Ask for columns that no option names; on a terminal only."""
    if not sys.stdin.isatty() or asked.table is None:
        return asked
    from workbench.data.files import read_table

    raw = read_table(asked.table, sheet=asked.sheet or None, decimal=asked.decimal)
    typer.echo("Columns: " + "; ".join(map(str, raw.frame.columns)))
    region = asked.region or typer.prompt("Column of regions")
    time = asked.time or typer.prompt("Column of years (empty: one period)", default="")
    outcome = asked.outcome or typer.prompt("What is to be explained (empty: first)", default="")
    factors = asked.regressors or tuple(
        part.strip()
        for part in typer.prompt("What explains it, by semicolons (empty: next)", default="").split(
            ";"
        )
        if part.strip()
    )
    return replace(asked, region=region, time=time, outcome=outcome, regressors=factors)


def _told(found: Draft) -> str:
    lines = [f"  {note}" for note in found.told]
    formula = f"{found.outcome} ~ {' + '.join(found.regressors)}"
    return "\n".join([f"{found.regions} regions, {len(found.figures)} rows.", *lines,
                      f"  The draft explains: {formula}"])  # fmt: skip


def _command(place: Path) -> str:
    """Return how the folder's Makefile finds this workbench where it is not on the PATH."""
    beside = Path(sys.executable).parent / "workbench"
    program = beside if beside.exists() else Path(shutil.which("workbench") or "workbench")
    return command_from(place.resolve(), program.absolute())
