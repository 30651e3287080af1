"""How innovations are drawn, as a caller chooses it; and outcomes drawn from a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.core.seeds import check_seed, generator
from workbench.errors import InputError, check_option
from workbench.models.resampling.draws import Scheme, innovations_in
from workbench.models.resampling.process import process_of
from workbench.numerics.likelihoods.simulate import Simulator
from workbench.typing import IntArray, Leverage, Multipliers, Resampling

if TYPE_CHECKING:
    from workbench.models.results import CrossSectionResults

FEW_CLUSTERS = 12
"""Clusters below which two-point multipliers give fewer than 4,096 different draws."""


def scheme_of(
    fit: CrossSectionResults,
    *,
    kind: Resampling,
    seed: int,
    multipliers: Multipliers,
    leverage: Leverage,
    by: pd.Series[Any] | None,
) -> Scheme:
    """Return the scheme that the options describe, or say which is wrong.

    Raises
    ------
    OptionError
        If a word is not among the options.
    InputError
        If `by` is given to another bootstrap than the wild one, or lacks a region.
    """
    check_option("kind", kind, Resampling)
    check_option("multipliers", multipliers, Multipliers)
    check_option("leverage", leverage, Leverage)
    if by is not None and kind != "wild":
        raise InputError(
            "by",
            expected='clusters for kind="wild" only',
            found=f"kind={kind!r}",
            why="the other kinds draw innovations that are independent over regions",
            remedy='kind="wild", or leave by out',
        )
    groups = None if by is None else _groups(by, fit.design.index)
    return Scheme(kind, multipliers, leverage, groups, check_seed(seed))


def _groups(by: Any, index: pd.Index) -> IntArray:
    if not isinstance(by, pd.Series) or not by.index.is_unique:
        raise InputError(
            "by",
            expected="a Series of labels indexed by region id, each once",
            found=type(by).__name__,
            remedy='table["federal_district"]',
        )
    missing = index.difference(by.dropna().index)
    if len(missing):
        raise InputError(
            "by",
            expected="a label for every region of the sample",
            found=f"{len(missing)} regions without one",
            offenders=missing,
            remedy="complete the labels, or leave by out",
        )
    codes, labels = pd.factorize(by.loc[index], sort=True)
    if len(labels) < 2:
        raise InputError("by", expected="two clusters or more", found="one", remedy="leave by out")
    return np.asarray(codes, dtype=np.int64)


def scheme_options(scheme: Scheme) -> dict[str, str]:
    """Return the choices that decide the draws, for the provenance."""
    if scheme.kind != "wild":
        return {"kind": scheme.kind}
    clusters = {} if scheme.groups is None else {"clusters": str(int(scheme.groups.max()) + 1)}
    return {
        "kind": scheme.kind,
        "multipliers": scheme.multipliers,
        "leverage": scheme.leverage,
        **clusters,
    }


def scheme_notes(scheme: Scheme) -> tuple[str, ...]:
    """Return what a reader must know of how innovations were drawn."""
    if scheme.kind == "parametric":
        return ("Innovations are normal with the variance of the fit.",)
    if scheme.kind == "residual":
        return ("Innovations are centred and rescaled residuals, drawn with replacement.",)
    G = 0 if scheme.groups is None else int(scheme.groups.max()) + 1
    shared = f" shared within {G} clusters" if G else ""
    told = [
        f"Innovations are residuals scaled as in {scheme.leverage}, times {scheme.multipliers} "
        f"multipliers{shared}."
    ]
    if 0 < G < FEW_CLUSTERS and scheme.multipliers != "webb":
        told.append(
            f"{G} clusters give {2**G} different draws with two-point multipliers: "
            'multipliers="webb" gives more.'
        )
    return tuple(told)


def simulate(
    fit: CrossSectionResults,
    draws: int = 1,
    *,
    kind: Resampling = "parametric",
    seed: int = 0,
    multipliers: Multipliers = "rademacher",
    leverage: Leverage = "HC2",
    by: pd.Series[Any] | None = None,
) -> pd.DataFrame:
    """Draw outcomes from a fit; see ``CrossSectionResults.simulate``.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.models import simulate
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> simulate(wb.fit("log(gsp) ~ log(emp)", y), 2).shape
    (48, 2)
    """
    scheme = scheme_of(fit, kind=kind, seed=seed, multipliers=multipliers, leverage=leverage, by=by)
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise InputError(
            "draws", expected="a whole number of at least 1", found=repr(draws), remedy="draws=1"
        )
    simulator, innovations = Simulator(process_of(fit)), innovations_in(fit, scheme)
    streams = [generator(seed, "bootstrap", number) for number in range(1, draws + 1)]
    outcomes = [simulator.outcome(innovations.draw(rng)) for rng in streams]
    columns = pd.RangeIndex(1, draws + 1, name="draw")
    return pd.DataFrame(np.column_stack(outcomes), index=fit.design.index, columns=columns)
