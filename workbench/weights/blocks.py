"""Neighbours by membership: regions of the same federal district, country or class."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core.ids import canonical_order, region_ids
from workbench.errors import InputError, ValuesError, WeightsError
from workbench.typing import IntArray, Islands, Normalization
from workbench.weights.graphs import canonical
from workbench.weights.islands import refusal, settle
from workbench.weights.limits import check_links
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights


def block(
    groups: pd.Series, *, islands: Islands = "error", normalize: Normalization = "row"
) -> Weights:
    """Link all regions of the same group with each other.

    Parameters
    ----------
    groups : Series
        Group of each region (text, numbers or categories), indexed by region id in any order.
    islands : {"error", "keep", "drop"}, default "error"
        What is done with regions that are alone in their group.
    normalize : Normalization, default "row"
        Of the weights that come out.

    Returns
    -------
    Weights
        0/1 links as built, symmetric.

    Raises
    ------
    IdError
        If ids are duplicated, missing or mixed.
    ValuesError
        If a region has no group.
    WeightsError
        If a region is alone under ``islands="error"``; region and group are named.

    References
    ----------
    Case, A. C. (1991). Spatial patterns in household demand. Econometrica 59(4).

    Examples
    --------
    >>> districts = pd.Series({"a": "north", "b": "south", "c": "north", "d": "south"})
    >>> block(districts).graph["a"].index.tolist()
    ['c']
    """
    if not isinstance(groups, pd.Series):
        raise InputError(
            "groups",
            expected="a Series indexed by region id",
            found=type(groups).__name__,
            remedy='take one column: table["district"]',
        )
    ids = region_ids(groups.index, argument="groups")
    ordered = groups.iloc[canonical_order(ids)]
    if ordered.isna().any():
        raise ValuesError(
            "groups",
            expected="a group for every region",
            found=f"{int(ordered.isna().sum())} regions without",
            offenders=list(ordered.index[ordered.isna()]),
            remedy="complete these groups or leave the regions out",
        )
    codes, names = pd.factorize(ordered, sort=False)
    size = np.bincount(codes)
    check_links(int((size * (size - 1)).sum()), argument="groups", remedy="take smaller groups")
    member = sparse.csr_array(
        (np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), len(names))
    )
    matrix = canonical(member @ member.T - sparse.eye_array(len(codes)))

    def alone(lost: IntArray) -> WeightsError:
        named = [f"{ordered.index[i]} ({ordered.iloc[i]})" for i in lost]
        found = f"{lost.size} regions alone in their group: {', '.join(named[:5])}"
        return refusal(ordered.index, lost, found=found, measured=False)

    name = "" if groups.name is None else str(groups.name)
    recipe = Recipe("block", {"groups": name, "number": len(names)}, islands=islands)
    return settle(ordered.index, matrix, recipe, normalization=normalize, refuse=alone)
