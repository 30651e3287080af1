"""What there is: data sets and studies, as two terse tables."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workbench.errors import ReportError
from workbench.reports.ledger import LEDGER, read_ledger
from workbench.reports.project import Project
from workbench.reports.studies import header_of, load_study, studies


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
        "name", "title", "report", title="Studies: workbench run NAME", title_justify="left"
    )
    for study in studies(project.notebooks):
        try:
            title = header_of(load_study(study), study=study.name).title
        except ReportError as error:
            title = f"({error.found})"
        table.add_row(escape(study.name), escape(title), _report(project, study.name))
    return table


def _report(project: Project, name: str) -> str:
    folder = project.reports / name
    if not (folder / LEDGER).exists():
        return "not rendered"
    try:
        return f"reports/{name}: {len(read_ledger(folder).numbers)} numbers"
    except ReportError:
        return "unreadable: render it again"
