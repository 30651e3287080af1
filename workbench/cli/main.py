"""The commands: each reads its arguments, calls one function below and says what came of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.parameters import values_by_name
from workbench.cli.progress import Progress
from workbench.cli.terminal import inert
from workbench.errors import AbsentDataError, InputError, ReportError, WorkbenchError

FAILED, MISUSED, ABSENT, PARTLY, STOPPED = 1, 2, 3, 4, 130

app = typer.Typer(
    name="workbench",
    help=(
        "A research workbench for spatial econometrics.\n\n"
        "Start with [bold]workbench list[/]; run a study with [bold]workbench run NAME[/] and open "
        "reports/NAME/index.html; check its numbers with [bold]workbench verify reports/NAME[/]."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
notebooks_app = typer.Typer(
    help="Keep each notebook and its percent script in step.", no_args_is_help=True
)
app.add_typer(notebooks_app, name="notebooks", rich_help_panel="Notebooks")
data_app = typer.Typer(
    help="Data that do not come with the workbench: external ones, and your own.",
    no_args_is_help=True,
)
app.add_typer(data_app, name="data", rich_help_panel="Look around")
lock_app = typer.Typer(
    help="What was decided before outcomes were seen, and whether a report keeps to it.",
    no_args_is_help=True,
)
app.add_typer(lock_app, name="lock", rich_help_panel="Studies")

Timeout = Annotated[float, typer.Option(help="Seconds that a notebook may take.", min=1)]


class _Place:
    """The project that a command works on; found when it is first needed."""

    folder: Path | None = None

    def project(self) -> Any:
        from workbench.reports.project import Project, find_root

        return Project.at(find_root(self.folder or Path.cwd()))


place = _Place()


@app.callback()
def options(
    project: Annotated[
        Path | None,
        typer.Option(help="Folder of the project; by default the one you are in.", exists=True),
    ] = None,
) -> None:
    """Take the options that stand before the command."""
    place.folder = project


@app.command("list", rich_help_panel="Look around")
def list_things() -> None:
    """List the data sets and the studies."""
    from workbench.cli.listing import show

    show(place.project())


@app.command("new", rich_help_panel="Studies")
def new(
    folder: Annotated[Path, typer.Argument(help="Folder of the thesis; its name is the study's.")],
    data: Annotated[Path | None, typer.Option(help="Vector file of the regions.")] = None,
    table: Annotated[Path | None, typer.Option(help="Table of figures: Excel, CSV ...")] = None,
    regions: Annotated[str, typer.Option(help="Bundled polygons: russia-regions.")] = "",
    region_id: Annotated[str, typer.Option("--id", help="Column of regions.")] = "",
    data_id: Annotated[str, typer.Option(help="The same in the vector file.")] = "",
    time: Annotated[str, typer.Option(help="Column of years.")] = "",
    sheet: Annotated[str, typer.Option(help="Sheet of an Excel file.")] = "",
    decimal: Annotated[str, typer.Option(help='Decimal mark, "," or ".".')] = "",
    outcome: Annotated[str, typer.Option(help="Column to be explained.")] = "",
    regressors: Annotated[str, typer.Option(help="Columns that explain, by semicolons.")] = "",
    crs: Annotated[str, typer.Option(help="CRS of a vector file that says none.")] = "",
    matched_only: Annotated[
        bool, typer.Option("--matched-only", help="Leave out regions that only one file has.")
    ] = False,
    lang: Annotated[str, typer.Option(help="en or ru.")] = "en",
) -> None:
    """Begin a thesis: describe your files, check them, write a folder with a notebook."""
    from workbench.cli.starting import asked_further, begin, questions
    from workbench.reports.thesis.wanted import Wanted

    data, table = questions(data, table, regions, lang="ru" if lang == "ru" else "en")
    asked = Wanted(
        folder.resolve().name, data, table, region_id, data_id, time, sheet, decimal or None,  # type: ignore[arg-type]
        outcome, tuple(one.strip() for one in regressors.split(";") if one.strip()), crs,
        matched_only, lang,  # type: ignore[arg-type]
    )  # fmt: skip
    begin(folder, asked_further(asked))


@app.command("run", rich_help_panel="Studies")
def run(
    study: Annotated[str, typer.Argument(help="Name of the study.")] = "",
    all_studies: Annotated[bool, typer.Option("--all", help="Run every study.")] = False,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--parameter",
            metavar="NAME=VALUE",
            help="Value of a parameter of the study, e.g. -p lang=ru; may be repeated.",
        ),
    ] = None,
    timeout: Timeout = 1800.0,
    scheduler: Annotated[
        str, typer.Option(help="Address of a dask cluster for long work, tcp://HOST:PORT.")
    ] = "",
) -> None:
    """Execute a study and write its report to reports/STUDY.

    With parameters other than the defaults it goes to reports/STUDY--NAME-VALUE; workbench list
    shows what a study takes. With --all every study runs with its defaults, and one whose external
    data are not here is skipped and its report left as it is.
    """
    from workbench.reports.running import run_study
    from workbench.reports.studies import studies

    project = place.project()
    _use_cluster(scheduler)
    if bool(study) == all_studies:
        raise InputError("study", expected="one name, or --all", found=repr(study) or "both")
    parameters = values_by_name(given or [])
    if all_studies and parameters:
        raise InputError(
            "parameter",
            expected="one study: --all runs each with its defaults",
            found="--all with -p",
            remedy="name the study: workbench run NAME -p NAME=VALUE",
        )
    names = [s.name for s in studies(project.notebooks)] if all_studies else [study]
    for name in names:
        try:
            with Progress(name) as progress:
                ledger = run_study(
                    project, name, parameters=parameters, timeout=timeout, progress=progress
                )
        except AbsentDataError as error:
            if not all_studies:
                raise
            typer.echo(f"{name}: skipped, its report is left as it is. It needs\n  {error}")
            continue
        typer.echo(f"{name}: {len(ledger.numbers)} numbers in reports/{ledger.report}/index.html")


def _use_cluster(scheduler: str) -> None:
    """Tell the notebook, by the environment of its kernel, which cluster does long work."""
    if scheduler:
        from workbench.hypotheses.work.running import SCHEDULER, require_distributed

        require_distributed()
        os.environ[SCHEDULER] = scheduler


@app.command("verify", rich_help_panel="Studies")
def verify(
    report: Annotated[
        Path, typer.Argument(help="Folder of a report, e.g. reports/NAME, or a bundle, NAME.zip.")
    ],
    fresh_env: Annotated[
        bool, typer.Option("--fresh-env", help="Execute it in an environment built from its lock.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Execute a notebook that is not the project's own.")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(help="Write certificate.pdf, .json and codecheck.yml to this folder."),
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the outcome in reports/checks/NAME.json.")
    ] = False,
    checked_by: Annotated[str, typer.Option(help="Who checks, for the certificate.")] = "",
    checked_on: Annotated[str, typer.Option(help="Date for the certificate, 2026-01-31.")] = "",
    timeout: Timeout = 1800.0,
) -> None:
    """Execute a report's notebook again and compare every number; exit 1 if one differs.

    Its files are held against its manifest first. A notebook that is not the project's own is
    shown and executed only after a yes; without one: exit 2. Exit 3: it cannot be executed,
    because external data that it needs are not here. Exit 4: nothing differs, but files of the
    report could not be compared.
    """
    from workbench.cli.verifying import Wishes
    from workbench.cli.verifying import verify as check
    from workbench.reports.checking.certificate import Checker

    wishes = Wishes(fresh_env, yes, certificate, record, Checker(checked_by, checked_on), timeout)
    outcome = check(report, wishes, start=place.folder)
    if not outcome.passed:
        raise typer.Exit({"absent": ABSENT, "partly": PARTLY}.get(outcome.outcome, FAILED))


@app.command("bundle", rich_help_panel="Studies")
def bundle(
    report: Annotated[Path, typer.Argument(help="Folder of a report, e.g. reports/NAME.")],
    to: Annotated[Path, typer.Option(help="The zip that is written.", dir_okay=False)],
) -> None:
    """Write a report, its project and the data that may be passed on as one zip."""
    from workbench.cli.bundling import pack

    pack(report, to, place.project())


@data_app.command("fetch")
def fetch(
    dataset: Annotated[str, typer.Argument(help="Name of the data set; see workbench list.")],
    yes: Annotated[bool, typer.Option("--yes", help="Accept its licence without asking.")] = False,
) -> None:
    """Show the licence of an external data set, ask, download it and check it."""
    from workbench.cli.fetching import get

    get(dataset, accepted=yes)


@data_app.command("form")
def form(
    name: Annotated[str, typer.Argument(help="Name of the form; see workbench list.")],
    to: Annotated[
        Path | None, typer.Option(help="Write an empty table, .csv or .xlsx.", dir_okay=False)
    ] = None,
) -> None:
    """Show the columns of a table that you may have; with --to, write an empty one."""
    from workbench.cli import forms

    if to is None:
        forms.show(name)
    else:
        forms.write(name, to)


@data_app.command("check")
def check_table(
    file: Annotated[Path, typer.Argument(help="Your table.", exists=True, dir_okay=False)],
    form: Annotated[str, typer.Option(help="Name of the form.")],
    sheet: Annotated[str | None, typer.Option(help="Sheet of an Excel file.")] = None,
) -> None:
    """Say what to change in a table of yours before it can be used; exit 1 if anything."""
    from workbench.cli.forms import examine

    if not examine(file, form, sheet=sheet):
        raise typer.Exit(FAILED)


@lock_app.command("show")
def show_lock(file: Annotated[Path, typer.Argument(help="A file that wb.lock wrote.")]) -> None:
    """Show what a lock holds, once its content has its digest."""
    from workbench.cli.locking import show

    show(file)


@lock_app.command("check")
def check_lock(
    file: Annotated[Path, typer.Argument(help="A file that wb.lock wrote.")],
    report: Annotated[Path, typer.Argument(help="Folder of the report.")],
) -> None:
    """Say whether a report publishes this lock and no other; exit 1 if not."""
    from workbench.cli.locking import check

    if not check(file, report):
        raise typer.Exit(FAILED)


@app.command("lab", rich_help_panel="Notebooks")
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    from workbench.lab import start_lab

    start_lab(place.project().notebooks)


@notebooks_app.command("check")
def check(
    prose: Annotated[
        bool, typer.Option("--prose", help="Also point at results that were typed into the text.")
    ] = False,
) -> None:
    """Say whether every pair agrees and holds no outputs; exit 1 if not."""
    from workbench.cli.pairs import check_pairs

    if not check_pairs(place.project().notebooks, prose=prose):
        raise typer.Exit(FAILED)


@notebooks_app.command("sync")
def sync(
    study: Annotated[str, typer.Argument(help="Name of the study; every one without.")] = "",
    source: Annotated[str, typer.Option("--from", help="Which file is right: py or ipynb.")] = "py",
) -> None:
    """Write the other file of each pair from its source, without outputs."""
    from workbench.reports.studies import find_study, studies
    from workbench.reports.studies import sync as bring_in_step

    folder = place.project().notebooks
    for one in [find_study(folder, study)] if study else studies(folder):
        written = bring_in_step(one, source=source)  # type: ignore[arg-type]
        typer.echo(f"{one.name}: {', '.join(p.name for p in written) or 'in step'}")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; refusals are shown as their message, without a traceback.

    Exit codes: 0 done, 1 a study or a verification failed, 2 wrong input, 3 external data are not
    here, 4 a report was compared in part only, 130 interrupted.
    """
    try:
        app(arguments, standalone_mode=True)
    except SystemExit as left:  # typer makes one of an interruption, and says nothing
        if left.code == STOPPED:
            typer.echo("Interrupted; the report from before is untouched.", err=True)
        raise
    except WorkbenchError as error:
        typer.echo(inert(f"{error}"), err=True)
        codes = {ReportError: FAILED, AbsentDataError: ABSENT}
        sys.exit(next((code for kind, code in codes.items() if isinstance(error, kind)), MISUSED))
