"""What a lock holds, in plain values: hypotheses, weights, choices, and what was loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workbench.hypotheses.locks.covariances import LockedCovariance, covariance_from
from workbench.hypotheses.statements.expectations import Expectation
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.hypotheses.statements.stating import Stated
from workbench.weights import Weights

SCHEMA = 1
CHOICES = ("models", "effects", "covariances")
"""Choices of a fit that a lock lists by their words."""


@dataclass(frozen=True, slots=True)
class LockedWeights:
    """Spatial weights by what tells them from others.

    Attributes
    ----------
    digest : str
        Of ids and weights.
    recipe : str
        How they were built.
    normalization : str
    regions : int
    ids_digest : str
        Of the ids.
    """

    digest: str
    recipe: str
    normalization: str
    regions: int
    ids_digest: str

    @property
    def text(self) -> str:
        """Digest and recipe."""
        return f"{self.digest} ({self.recipe}, {self.normalization}, {self.regions} regions)"


@dataclass(frozen=True, slots=True)
class Content:
    """All that is frozen.

    Attributes
    ----------
    hypotheses : tuple of Hypothesis or Expectation
        By label.
    weights : mapping of str to LockedWeights
    formulas : mapping of str to str
    models, effects : tuple of str
        Sorted; nothing is said of a choice that is empty.
    covariances : tuple of LockedCovariance
        By name.
    alpha : float or None
        Of the study; None where each hypothesis has its own.
    outcomes : tuple of str
        Datasets or columns that hold outcomes.
    """

    hypotheses: tuple[Stated, ...]
    weights: Mapping[str, LockedWeights]
    formulas: Mapping[str, str]
    models: tuple[str, ...]
    effects: tuple[str, ...]
    covariances: tuple[LockedCovariance, ...]
    alpha: float | None
    outcomes: tuple[str, ...]

    def listed(self, choice: str) -> tuple[str, ...]:
        """Return what a choice of the lock allows, in words."""
        return tuple(str(getattr(one, "text", one)) for one in getattr(self, choice))

    def plain(self) -> dict[str, Any]:
        """Return plain values in an order that does not depend on the caller's."""
        return {
            "schema": SCHEMA,
            "hypotheses": [one.to_dict() for one in self.hypotheses],
            "weights": {name: asdict(one) for name, one in sorted(self.weights.items())},
            "formulas": dict(sorted(self.formulas.items())),
            "models": list(self.models),
            "effects": list(self.effects),
            "covariances": [one.plain() for one in self.covariances],
            "alpha": self.alpha,
            "outcomes": list(self.outcomes),
        }

    @property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the canonical JSON."""
        text = json.dumps(self.plain(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def content_from(plain: Mapping[str, Any]) -> Content:
    """Return the content that :meth:`Content.plain` wrote."""
    return Content(
        hypotheses=tuple(_stated_from(one) for one in plain["hypotheses"]),
        weights={name: LockedWeights(**one) for name, one in plain["weights"].items()},
        formulas=dict(plain["formulas"]),
        models=tuple(plain["models"]),
        effects=tuple(plain["effects"]),
        covariances=tuple(covariance_from(one) for one in plain["covariances"]),
        alpha=plain["alpha"],
        outcomes=tuple(plain["outcomes"]),
    )


def _stated_from(plain: Mapping[str, Any]) -> Stated:
    kind = Expectation if "measure" in plain else Hypothesis
    return kind.from_dict(plain)


def locked_weights(W: Weights) -> LockedWeights:
    """Return what tells weights from others."""
    return LockedWeights(W.digest, str(W.recipe), W.normalization, W.n, W.ids_digest)


def squeezed(formula: str) -> str:
    """Return a formula with blanks where they do not matter taken to one.

    Examples
    --------
    >>> squeezed(" y ~  log(x)+ z ")
    'y ~ log(x) + z'
    """
    spaced = formula
    for sign in ("~", "+"):
        spaced = spaced.replace(sign, f" {sign} ")
    return " ".join(spaced.split())
