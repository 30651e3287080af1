"""Adapter: downloads by pooch, which is imported at the moment of a download only."""

from __future__ import annotations

import logging
from pathlib import Path


def download(url: str, *, folder: Path, name: str) -> Path:
    """Download a file; nothing is left in the folder if the transfer breaks off.

    Parameters
    ----------
    url : str
        Its address, at a fixed revision.
    folder : Path
        Where to put it.
    name : str
        Under which name.

    Returns
    -------
    Path
        The file. Its content is not checked: pinned are the values in it, not its bytes.

    Raises
    ------
    OSError
        If the address cannot be reached (requests' errors are of this kind).
    """
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)  # it would advise to pin the digest of the file
    try:
        return Path(pooch.retrieve(url=url, known_hash=None, fname=name, path=folder))
    finally:
        logger.setLevel(level)
