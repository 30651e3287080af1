"""The region that a profile is of: known by its id, found by its name, with figures."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from workbench.data.bundled import bundled_root, verified_files
from workbench.data.crosswalk import match_regions
from workbench.data.crosswalk.russian import BEYOND
from workbench.data.descriptor import read_descriptor
from workbench.data.schemes import parents
from workbench.errors import IdError, WorkbenchError, nearest

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
    away = _elsewhere(region, ids)
    why, remedy = away or ("an id is spelt in one way, a name in many", _meant(region, ids))
    raise IdError(
        argument,
        expected="the id of a region of the data",
        found=repr(region),
        why=why,
        remedy=remedy or f"one of data.index, e.g. {argument}={ids[0]!r}",
    )


def _elsewhere(region: Any, ids: pd.Index) -> tuple[str, str] | None:
    """Return why a Russian region is not in the data, and which holds it in their scheme."""
    text = str(region).strip()
    found = next((one for one in (text, *_spelt(text)) if one in parents()), None)
    if found is None or found in ids:
        return None
    names = known_names()
    called = " / ".join(names[found] if found in names else BEYOND[found][:2])
    own = parents()[found]
    if own != found and own in ids:
        whole = f"take {own!r} ({', '.join(names[own])}), which has it inside"
        return f"{called} lies inside {own} in the scheme of these data", whole
    if found in BEYOND and not set(BEYOND) & set(ids):
        return f"{called} is not in the scheme of these data, without {' and '.join(BEYOND)}", ""
    return f"{called} is not among the regions of the data", ""


def _meant(region: Any, ids: pd.Index) -> str:
    """Return which region of the data a text names or resembles, or nothing."""
    text = str(region).strip()
    near = nearest(text, map(str, ids), alike=0.8)
    if near:
        return near
    here = {key: told for key, told in known_names().items() if key in ids}
    spellings = {name.casefold(): key for key, told in here.items() for name in told}
    close = difflib.get_close_matches(text.casefold(), list(spellings), n=1, cutoff=ALIKE)
    meant = [key for key in _spelt(text) if key in here] or [spellings[name] for name in close]
    return f"did you mean {meant[0]!r} ({', '.join(here[meant[0]])})?" if meant else ""


def _spelt(text: str) -> list[str]:
    """Return the id that a name has in one of its usual spellings, if it has one."""
    try:
        return [str(found) for found in match_regions([text]).ids.dropna()]
    except WorkbenchError:
        return []  # no text, or nothing that is a name


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
