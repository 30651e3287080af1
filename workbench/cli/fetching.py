"""Getting an external data set: its terms, the question, the download."""

from __future__ import annotations

import typer

from workbench.data import external
from workbench.data.bundled import bundled_root
from workbench.data.catalogue import Catalogue


def get(name: str, *, accepted: bool) -> None:
    """Show the terms of a data set, ask whether to download it, and load it once.

    Parameters
    ----------
    name : str
        Name in the catalogue.
    accepted : bool
        Whether the terms were accepted beforehand; nothing is asked then.
    """
    catalogue = Catalogue(bundled_root())
    if not catalogue.is_external(name):
        catalogue.load(name)
        typer.echo(f"{name}: nothing to download, it comes with the workbench")
        return
    descriptor = catalogue.descriptor(name)
    if external.where(descriptor) == external.NOT_HERE and not accepted:
        typer.echo(f"{name}\n  {external.terms(descriptor)}")
        typer.confirm("Download it under these terms?", abort=True)
    rows = len(catalogue.load(name, download=True))
    typer.echo(f"{name}: {rows} rows are here; in Python, wb.load({name!r})")
