"""The region that a profile is of: known by its id, found by its name, with figures."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from workbench.data.bundled import bundled_root, verified_files
from workbench.data.descriptor import read_descriptor
from workbench.errors import IdError, nearest

ALIKE = 0.6
"""Likeness from which a name is suggested."""


def require_region(region: Any, ids: pd.Index, *, argument: str = "region") -> Any:
    """Return the id of a region that is among `ids`, or refuse it and say which id is meant.

    Parameters
    ----------
    region : hashable
        An id. Names are not taken for ids: they are spelt in too many ways.
    ids : pandas.Index
        Ids of the regions of the data.
    argument : str
        Name of the caller's argument, for messages.

    Raises
    ------
    IdError
        If it is not an id of the data; the message finds it by its English or Russian name.

    Examples
    --------
    >>> require_region("RU-KEM", pd.Index(["RU-KEM", "RU-TOM"]))
    'RU-KEM'
    """
    try:
        known = region in ids
    except TypeError:  # a list is no label
        known = False
    if known:
        return region
    raise IdError(
        argument,
        expected="the id of a region of the data",
        found=repr(region),
        why="an id is spelt in one way, a name in many",
        remedy=_meant(region, ids) or f"one of data.index, e.g. {argument}={ids[0]!r}",
    )


def _meant(region: Any, ids: pd.Index) -> str:
    """Return which region of the data a text names, or why it is not among them."""
    text = _plain(region)
    names = {key: found for key, found in known_names().items() if key in ids}
    if str(region) in known_names():
        return f"{' / '.join(known_names()[str(region)])} is not among the regions of the data"
    near = nearest(region, map(str, ids), alike=0.8)
    if near:
        return near
    spellings = {_plain(name): key for key, found in names.items() for name in found}
    within = [key for name, key in spellings.items() if len(text) > 3 and text in name]
    close = difflib.get_close_matches(text, list(spellings), n=1, cutoff=ALIKE)
    found = (
        spellings[text] if text in spellings
        else within[0] if len(set(within)) == 1
        else spellings[close[0]] if close
        else ""
    )  # fmt: skip
    return f"did you mean {found!r} ({', '.join(names[found])})?" if found else ""


def _plain(name: Any) -> str:
    return str(name).casefold().replace("ё", "е").replace("—", "-").replace("–", "-").strip()


@cache
def known_names() -> Mapping[str, tuple[str, ...]]:
    """Return English and Russian names of the regions of the catalogue, by id.

    Examples
    --------
    >>> known_names()["RU-KEM"]
    ('Kemerovo Oblast', 'Кемеровская область')
    """
    root = bundled_root()
    files = verified_files(read_descriptor(root / "russia-regions"), root=root)
    table = pd.read_csv(io.BytesIO(files["units"]))
    return {
        region: (english, russian)
        for region, english, russian in zip(
            table["region"], table["name_en"], table["name_ru"], strict=True
        )
    }
