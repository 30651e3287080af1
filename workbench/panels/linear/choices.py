"""Which choices of a linear panel model go together, and how they are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from workbench.core.expressions import label
from workbench.core.panel_frame import longer_gaps
from workbench.errors import InputError, PanelError
from workbench.panels.effects import BY_ENTITY, FIXED, RANDOM, TITLES
from workbench.panels.linear.basis import Basis
from workbench.panels.sample import PanelSample
from workbench.regression.design import INTERCEPT, Design
from workbench.regression.specification import Specification
from workbench.typing import FloatArray

SUMS = (
    "classical",
    "robust",
    "clustered",
    "clustered-time",
    "clustered-two-way",
    "driscoll-kraay",
)
COVARIANCES_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"between": ("classical", "robust"), "fama-macbeth": ("classical", "newey-west")}
)
"""Words for covariances of the effects that do not have all of them."""

METHODS: Mapping[str, str] = MappingProxyType(
    {
        "swar": "Swamy and Arora",
        "walhus": "Wallace and Hussain",
        "amemiya": "Amemiya",
        "nerlove": "Nerlove",
    }
)


def is_plain(specification: Specification) -> bool:
    """Return whether linearmodels estimates the model from its levels."""
    special = specification.absorb or specification.endogenous
    levels = specification.effects in ("none", "random", *FIXED)
    return levels and not special and specification.random_method == "swar"


def title_of(specification: Specification) -> str:
    """Return the effects in words, what is absorbed and instrumented among them."""
    title = TITLES[specification.effects]
    if specification.absorb:
        absorbed = f"fixed effects of {', '.join(specification.absorb)}"
        title = absorbed if specification.effects == "none" else f"{title}; {absorbed}"
    if specification.effects in RANDOM and specification.random_method != "swar":
        title += f" ({METHODS[specification.random_method]})"
    if specification.endogenous:
        title += "; two-stage least squares"
    return title


def told_effects(specification: Specification) -> str:
    """Return the words of the effects for a table's row."""
    words = (specification.effects, *specification.absorb)
    kept = [word for word in words if word != "none"]
    return " + ".join(kept) or "none"


def notes_of(basis: Basis) -> tuple[str, ...]:
    """Return what the reader of a table must know of a transformation."""
    specification = basis.specification
    notes: list[str] = []
    if specification.effects in BY_ENTITY:
        notes += single_rows(basis.sample)
    if specification.effects == "first-difference":
        if INTERCEPT in basis.design.terms:
            notes.append(
                "The intercept is the average change from one period to the next, a linear trend "
                "in levels; '- 1' in the formula leaves it out."
            )
        gaps = longer_gaps(basis.sample.panel.periods)
        if gaps:
            notes.append(f"Changes are over steps of unequal length: {', '.join(gaps)}.")
    if specification.endogenous:
        notes.append(
            "Two-stage least squares has no likelihood; diagnostics() says what the instruments "
            "are worth."
        )
    return tuple(notes)


def single_rows(sample: PanelSample) -> tuple[str, ...]:
    """Name the regions with one row, which effects of regions take up whole."""
    cells = sample.cells
    alone = np.flatnonzero(np.bincount(cells.region, minlength=cells.N) == 1)
    if not len(alone):
        return ()
    names = ", ".join(map(label, sample.panel.regions[alone]))
    return (
        f"regions with a single row, which their own effect takes up: they tell nothing about the "
        f"coefficients ({len(alone)}): {names}",
    )


def refuse_unfit(specification: Specification) -> None:
    """Refuse choices that do not go together.

    Raises
    ------
    InputError, PanelError
        Naming the choice and the one that stands in its way.
    """
    effects = specification.effects
    specification.refuse_covariance(
        available=COVARIANCES_OF.get(effects, SUMS),
        why="HC0 to HC3 are those of cross-sections"
        if str(specification.covariance).startswith("HC")
        else f'effects="{effects}" has other ones',
    )
    if specification.random_method != "swar" and effects not in RANDOM:
        raise InputError(
            "random_method",
            expected="random effects beside it",
            found=f"effects={effects!r}",
            remedy='effects="random", or leave random_method out',
        )
    if specification.absorb and effects not in ("none", *FIXED):
        raise PanelError(
            "absorb",
            expected='effects "none", "entity", "time" or "two-way" beside it',
            found=repr(effects),
            remedy='effects="two-way"',
        )
    if specification.endogenous and specification.model == "slx":
        raise PanelError(
            "endogenous",
            expected="model='ols' beside it in a panel",
            found="model='slx'",
            why="the lag of an endogenous regressor is endogenous too",
            remedy='model="ols", with lags of exogenous columns as columns',
        )
    if specification.endogenous and (effects in RANDOM or effects == "fama-macbeth"):
        raise PanelError(
            "endogenous",
            expected="fixed effects, means or differences beside instruments",
            found=f"effects={effects!r}",
            why="variances of random effects, or regressions a period, would need instruments of "
            "their own",
            remedy='effects="entity"',
        )


def refuse_beside(specification: Specification) -> None:
    """Refuse what counts, common shocks and models of maximum likelihood do not have."""
    what = ""
    if specification.model not in ("ols", "slx"):
        what = f"model={specification.model!r}"
    if specification.factors != "none":
        what = f"factors={specification.factors!r}"
    if specification.family == "poisson":
        what = 'family="poisson"'
    if not what:
        return
    spatial = what.startswith("model")
    plain = 'model="ols"' if spatial else f"leave {what} out"
    for name in ("endogenous", "absorb"):
        if getattr(specification, name):
            raise PanelError(
                name,
                expected=f"nothing with {what}",
                found=", ".join(getattr(specification, name)),
                remedy=f"leave {name} out, or {plain}",
            )
    if specification.random_method != "swar":
        raise PanelError(
            "random_method",
            expected=f"nothing with {what}",
            found=repr(specification.random_method),
            remedy="leave it out",
        )
    if specification.effects not in ("none", "random", *FIXED):
        raise PanelError(
            "effects",
            expected=f"none, entity, time, two-way or random effects with {what}",
            found=repr(specification.effects),
            remedy='effects="entity"',
        )


def refuse_no_variance(specification: Specification, design: Design, cov: FloatArray) -> None:
    """Raise :class:`PanelError` if a variance is not positive, naming its terms."""
    bad = [term for term, v in zip(design.terms, np.diag(cov), strict=True) if not v > 0]
    if not bad:
        return
    word = specification.covariance_name
    why = "the terms reproduce the outcome: nothing is left to estimate a variance from"
    remedy = "other terms or effects"
    if word == "clustered-two-way":
        why = (
            "two-way clustering subtracts one covariance from two others, and few clusters may "
            "leave nothing"
        )
        remedy = 'covariance="clustered"'
    raise PanelError(
        "covariance",
        expected="positive variances",
        found=f"{len(bad)} that are not, with covariance={word!r}",
        offenders=bad,
        why=why,
        remedy=remedy,
    )
