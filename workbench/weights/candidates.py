"""Several weights of the same regions, by name."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.errors import IdError, InputError
from workbench.weights.adoption import as_weights
from workbench.weights.weights import Weights, WeightsLike


def of_same_regions(candidates: Mapping[str, WeightsLike], *, least: int = 1) -> dict[str, Weights]:
    """Return candidates as weights, refused unless all are of the same regions."""
    if not isinstance(candidates, Mapping) or len(candidates) < least:
        raise InputError(
            "candidates",
            expected=f"{least} or more weights by name",
            found=f"{len(candidates)} of them"
            if isinstance(candidates, Mapping)
            else type(candidates).__name__,
            remedy='pass a dict: {"queen": W, "six nearest": K}',
        )
    found = {str(name): as_weights(W, argument=str(name)) for name, W in candidates.items()}
    (first, reference), *others = found.items()
    for name, W in others:
        different = W.ids.symmetric_difference(reference.ids)
        if len(different):
            raise IdError(
                "candidates",
                expected=f"the {reference.n} regions of {first!r} in every candidate",
                found=f"{len(different)} that {name!r} or {first!r} has alone",
                offenders=list(different),
                why="fits to different regions cannot be compared",
                remedy="restrict them to the common regions: W.restrict(ids)",
            )
    return found
