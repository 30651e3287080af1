"""Adapter: the table of Munnell (1990) that linearmodels installs.

The file is read without importing linearmodels, whose import costs seconds and adds nothing.
"""

from __future__ import annotations

import bz2
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from workbench.data.descriptor import Resource

FILES = {"munnell.csv": "datasets/munnell/munnell.csv.bz2"}
"""Where linearmodels keeps the (compressed) file of each resource."""

REGION_PREFIX = "US-"
"""What turns a two-letter postal code into ISO 3166-2."""


def resource_bytes(path: str) -> bytes:
    """Return the decompressed content of a file of linearmodels.

    The digest is of the content, so that compressing the file anew does not change it.

    Raises
    ------
    OSError
        If linearmodels, or the file in it, is not there.
    """
    spec = find_spec("linearmodels")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("linearmodels")
    return bz2.decompress((Path(spec.submodule_search_locations[0]) / FILES[path]).read_bytes())


def relabelled(table: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """Return the table under the descriptor's names, with ISO 3166-2 ids.

    The column STATE is left out: it is cut to 11 characters and misspells Tennessee. Ids come
    from the two-letter codes.

    Parameters
    ----------
    table : DataFrame of str
        Cells as in the file.
    resource : Resource
        Descriptor of the file; ``source_name`` of its fields are the columns to take.
    """
    names = {field.source_name: field.name for field in resource.fields}
    chosen = table.reindex(columns=list(names)).rename(columns=names)
    return chosen.assign(region=REGION_PREFIX + chosen["region"])
