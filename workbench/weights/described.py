"""The card of weights as plain values, made when somebody reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.weights.weights import Weights


class Described(Mapping[str, Any]):
    """What a result says of its weights: the card, found at first use.

    The admissible interval asks for extreme eigenvalues, which at a million regions take longer
    than a statistic; the digest is there at once. Copies and pickles are plain dicts.

    Parameters
    ----------
    weights : Weights
    """

    __slots__ = ("_card", "_weights")

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._card: dict[str, Any] | None = None

    def _found(self) -> dict[str, Any]:
        if self._card is None:
            self._card = self._weights.card().to_dict()
        return self._card

    def __getitem__(self, name: str) -> Any:
        return self._weights.digest if name == "digest" else self._found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return repr(self._found())

    def __deepcopy__(self, memo: object) -> dict[str, Any]:
        return dict(self._found())

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self._found()),)
