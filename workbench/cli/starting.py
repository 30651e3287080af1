"""Beginning a thesis: questions where options leave something open, then the folder."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import typer

from workbench.core.language import say, speaking
from workbench.errors import InputError
from workbench.reports.thesis.draft import Draft, draft
from workbench.reports.thesis.folder import command_from, make_folder, refuse_existing
from workbench.reports.thesis.matched import OffMapError
from workbench.reports.thesis.wanted import BUNDLED_REGIONS, Wanted
from workbench.typing import Language


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
    with speaking(asked.lang):
        found = _drafted(asked)
        typer.echo(_told(found))
        written = make_folder(found, place, command=_command(place))
        typer.echo("\n" + say("{n} files in {place}. Next:", n=len(written), place=place))
        minute = say("about a minute: {page}", page=f"reports/{asked.name}/index.html")
        typer.echo(f"  cd {place}\n  make thesis   # {minute}")
        lab = say("the notebook: replace the words in «…», change the formula")
        typer.echo(f"  make lab      # {lab}")


def _drafted(asked: Wanted) -> Draft:
    """Read the files; on a terminal ask whether regions that only one of them has are left out."""
    try:
        return draft(asked)
    except OffMapError as error:
        if not sys.stdin.isatty():
            raise
        if error.without:
            typer.echo(say("Only on the map: {names}.", names=", ".join(error.without)))
        if error.beyond:
            typer.echo(say("Only in the table: {names}.", names=", ".join(error.beyond)))
        if not typer.confirm(say("Leave these regions out, and say so in the thesis?")):
            raise
        return draft(replace(asked, matched_only=True))


def questions(
    data: Path | None, table: Path | None, regions: str, *, lang: Language = "en"
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
    with speaking(lang):
        if not regions:
            said = _asked("Vector file of the regions (empty: regions of Russia)")
            data = Path(said) if said else None
        if data:
            said = _asked("Table of figures, Excel or CSV (empty: attributes of the map)")
        else:
            said = typer.prompt(say("Table of figures, Excel or CSV"))
    return data, Path(said) if said else None


def asked_further(asked: Wanted) -> Wanted:
    """Ask for columns that no option names; on a terminal only."""
    if not sys.stdin.isatty() or asked.table is None:
        return asked
    from workbench.data.files import read_table

    raw = read_table(asked.table, sheet=asked.sheet or None, decimal=asked.decimal)
    with speaking(asked.lang):
        columns = "; ".join(map(str, raw.frame.columns))
        typer.echo(say("Columns: {columns}", columns=columns))
        region = asked.region or _asked("Column of regions (empty: the one that holds them)")
        time = asked.time or _asked("Column of years (empty: one period)")
        outcome = asked.outcome or _asked("What is to be explained (empty: first)")
        factors = asked.regressors or _parts(
            _asked("What explains it, by semicolons (empty: next)")
        )
    return replace(asked, region=region, time=time, outcome=outcome, regressors=factors)


def _asked(question: str) -> str:
    return str(typer.prompt(say(question), default="", show_default=False)).strip()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _told(found: Draft) -> str:
    lines = [f"  {note}" for note in found.told]
    formula = f"{found.outcome} ~ {' + '.join(found.regressors)}"
    counts = say("{regions} regions, {rows} rows.", regions=found.regions, rows=len(found.figures))
    return "\n".join([counts, *lines, "  " + say("The draft explains: {formula}", formula=formula)])


def _command(place: Path) -> str:
    """Return how the folder's Makefile finds this workbench where it is not on the PATH."""
    beside = Path(sys.executable).parent / "workbench"
    program = beside if beside.exists() else Path(shutil.which("workbench") or "workbench")
    return command_from(place.resolve(), program.absolute())
