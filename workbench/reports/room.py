"""Files that a document is made from on its way: where there is no room for them, it is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workbench.errors import ReportError


@contextmanager
def room_for(what: str, *, kept: str = "the report from before is untouched") -> Iterator[None]:
    """Turn a disk that takes no file into an error that says what to do.

    Parameters
    ----------
    what : str
        What is being made.
    kept : str
        What is as it was.

    Raises
    ------
    ReportError
        If a file or folder cannot be written or read inside.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None:  # time that ran out, and the like
            raise
        raise ReportError(
            what,
            expected="room for the files that it is made from",
            found=f"{type(error).__name__}: {error.strerror or error}",
            remedy=f"free some space, there or in the folder of temporary files; {kept}",
        ) from error
