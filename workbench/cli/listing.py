"""What there is: data sets and studies, as two terse tables."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workbench.errors import ReportError
from workbench.reports.ledger import LEDGER, read_ledger
from workbench.reports.parameters import defaults_of, told
from workbench.reports.project import Project
from workbench.reports.studies import Study, header_of, load_study, studies


def show(project: Project) -> None:
    """Print the data sets and the studies of a project."""
    console = Console()
    console.print(_datasets())
    console.print(_studies(project))


def _datasets() -> Table:
    from workbench.data import datasets

    table = Table("name", "title", "where", title="Data sets: wb.load(name)", title_justify="left")
    for name, row in datasets().iterrows():
        table.add_row(escape(str(name)), escape(str(row["title"])), escape(str(row["where"])))
    return table


def _studies(project: Project) -> Table:
    table = Table(
        "name",
        "title",
        "parameters",
        "report",
        title="Studies: workbench run NAME -p PARAMETER=VALUE",
        title_justify="left",
    )
    for study in studies(project.notebooks):
        title, parameters = _told(study)
        row = (study.name, title, parameters, _report(project, study.name))
        table.add_row(*map(escape, row))
    return table


def _told(study: Study) -> tuple[str, str]:
    """Return the title of a study in the language in use, and the defaults of its parameters."""
    try:
        notebook = load_study(study)
        title, _ = header_of(notebook, study=study.name).told()
        return title, told(defaults_of(notebook, study=study.name))
    except ReportError as error:
        return f"({error.found})", ""


def _report(project: Project, name: str) -> str:
    folder = project.reports / name
    if not (folder / LEDGER).exists():
        return "not rendered"
    others = len(list(project.reports.glob(f"{name}--*/{LEDGER}")))
    more = f", {others} with other parameters" if others else ""
    try:
        return f"reports/{name}: {len(read_ledger(folder).numbers)} numbers{more}"
    except ReportError:
        return "unreadable: render it again"
