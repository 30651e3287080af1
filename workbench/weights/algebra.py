"""Weights made of weights: united, intersected, multiplied, mixed, made symmetric."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from workbench.core.alignment import match
from workbench.errors import InputError, WeightsError, check_option, listing
from workbench.numerics.sparse.matrices import CsrArray
from workbench.typing import Align, Islands, Normalization, Symmetry
from workbench.weights.adoption import as_weights
from workbench.weights.graphs import canonical, is_symmetric
from workbench.weights.islands import settle
from workbench.weights.recipe import Recipe
from workbench.weights.weights import Weights, WeightsLike

SHARE_TOLERANCE = 1e-9
# Shares such as three times 1/3 sum to 1 up to rounding.


def union(
    first: WeightsLike,
    second: WeightsLike,
    *,
    align: Align = "strict",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Return the links that either of two weights has.

    Parameters
    ----------
    first, second : Weights, libpysal Graph or W
        Of the same regions, in any order; not changed.
    align : {"strict", "intersection"}, default "strict"
        Whether regions that only one has are refused or left out (noted).
    islands : {"error", "keep", "drop"}, default "error"
        What is done with regions that have no link in the result.
    normalize : Normalization, default "row"
        Of the result.

    Returns
    -------
    Weights
        0/1 links as built: weights of two kinds have no common unit. To mix weights, take
        :func:`combination`; to weigh the links of one by the other, :func:`product`.

    Raises
    ------
    IdError
        If regions differ under ``align="strict"``.
    WeightsError
        If the result has islands under ``islands="error"``.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> one = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": []})
    >>> two = Graph.from_dicts({"a": [], "b": ["c"], "c": ["b"]})
    >>> union(one, two).cardinalities.to_dict()
    {'a': 1, 'b': 2, 'c': 1}
    """
    return _combined(
        "union", (first, second), lambda a, b: _links(a) + _links(b), align, islands, normalize
    )


def intersection(
    first: WeightsLike,
    second: WeightsLike,
    *,
    align: Align = "strict",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Return the links that both of two weights have, as 0/1.

    Parameters, returns and errors are those of :func:`union`.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> one = Graph.from_dicts({"a": ["b"], "b": ["a", "c"], "c": ["b"]})
    >>> two = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": ["a"]})
    >>> intersection(one, two, islands="keep").cardinalities.to_dict()
    {'a': 1, 'b': 1, 'c': 0}
    """
    return _combined(
        "intersection",
        (first, second),
        lambda a, b: _links(a).multiply(_links(b)),
        align,
        islands,
        normalize,
        binary=True,
    )


def difference(
    first: WeightsLike,
    second: WeightsLike,
    *,
    align: Align = "strict",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Return the links of the first weights that the second do not have.

    Parameters and errors are those of :func:`union`.

    Returns
    -------
    Weights
        As built with the values of `first` as built.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> one = Graph.from_dicts({"a": ["b", "c"], "b": ["a", "c"], "c": ["a", "b"]})
    >>> two = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": []})
    >>> difference(one, two).cardinalities.to_dict()
    {'a': 1, 'b': 1, 'c': 2}
    """
    return _combined(
        "difference",
        (first, second),
        lambda a, b: a - a.multiply(_links(b)),
        align,
        islands,
        normalize,
        binary=False,
    )


def product(
    first: WeightsLike,
    second: WeightsLike,
    *,
    align: Align = "strict",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Multiply two weights element by element: geography times technology.

    Parameters and errors are those of :func:`union`.

    Returns
    -------
    Weights
        As built the product of the values as built: a link needs both, and 0/1 links of one
        choose among the weights of the other.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> near = Graph.from_weights_dict({"a": {"b": 0.5}, "b": {"a": 0.5}})
    >>> alike = Graph.from_weights_dict({"a": {"b": 4.0}, "b": {"a": 4.0}})
    >>> product(near, alike, normalize="none").sparse.toarray().tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    return _combined(
        "product",
        (first, second),
        lambda a, b: a.multiply(b),
        align,
        islands,
        normalize,
        binary=False,
    )


def combination(
    weights: Sequence[WeightsLike],
    shares: Sequence[float],
    *,
    align: Align = "strict",
    islands: Islands = "error",
    normalize: Normalization = "row",
) -> Weights:
    """Mix weights in given shares: W = Σ s_m W_m, each W_m as it is normalised.

    Parameters
    ----------
    weights : sequence of Weights, libpysal Graph or W
        Two or more of the same regions, all normalised alike so that shares mean what they say.
    shares : sequence of float
        Positive, one for each, of sum 1.
    align, islands, normalize
        As for :func:`union`.

    Returns
    -------
    Weights
        As built the weighted sum. Rows of row-normalised weights sum to 1 without being
        normalised again, except where a region is an island in one of them.

    Raises
    ------
    InputError
        If shares are not positive, do not sum to 1, or are not as many as weights; if weights
        are not normalised alike.
    IdError, WeightsError
        As for :func:`union`.

    References
    ----------
    Hazır, C. S., LeSage, J. and Autant-Bernard, C. (2018). The role of R&D collaboration
    networks on regional knowledge creation: evidence from information and communication
    technologies. Papers in Regional Science 97(3): convex combinations of W.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> one = Graph.from_dicts({"a": ["b"], "b": ["a"], "c": ["b"]})
    >>> two = Graph.from_dicts({"a": ["c"], "b": ["c"], "c": ["b"]})
    >>> combination([one, two], [0.75, 0.25]).sparse.toarray()[0].tolist()
    [0.0, 0.75, 0.25]
    """
    if isinstance(weights, str) or not isinstance(weights, Sequence):
        raise InputError(
            "weights", expected="a list of two weights or more", found=type(weights).__name__
        )
    members = [as_weights(W) for W in weights]
    parts = _check_shares(members, shares)
    parameters = {"shares": ", ".join(f"{part:g}" for part in parts)}

    def mixed(*matrices: CsrArray) -> Any:
        total: Any = parts[0] * matrices[0]
        for part, matrix in zip(parts[1:], matrices[1:], strict=True):
            total = total + part * matrix
        return total

    return _combined(
        "combination",
        members,
        mixed,
        align,
        islands,
        normalize,
        binary=False,
        values="normalized",
        parameters=parameters,
    )


def symmetrize(W: WeightsLike, how: Symmetry = "either") -> Weights:
    """Return weights that, as built, equal their transpose.

    Parameters
    ----------
    W : Weights, libpysal Graph or W
        Not changed.
    how : {"either", "mutual", "mean"}, default "either"
        For two regions the larger of the two weights as built, the smaller (0 where one link is
        missing), or their mean. For nearest neighbours: linked if either, or if both, have the
        other among their nearest.

    Returns
    -------
    Weights
        Normalised as `W` is. The islands policy is that of `W`; under ``"mutual"`` regions
        may lose all links.

    Raises
    ------
    WeightsError
        If regions become islands under the policies ``"error"`` and ``"nearest"``.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> chain = Graph.from_dicts({"a": ["b"], "b": ["c"], "c": ["b"]})
    >>> symmetrize(chain).cardinalities.to_dict()
    {'a': 1, 'b': 2, 'c': 1}
    """
    check_option("how", how, Symmetry)
    weights = as_weights(W)
    base = weights.sparse_base
    _refuse_unknown(weights, "symmetrize")
    if is_symmetric(base):
        return weights
    transpose: CsrArray = sparse.csr_array(base.T)
    rules: dict[str, Callable[[], Any]] = {
        "either": lambda: base.maximum(transpose),
        "mutual": lambda: base.minimum(transpose),
        "mean": lambda: (base + transpose) / 2,
    }
    policy: Islands = "error" if weights.recipe.islands == "nearest" else weights.recipe.islands
    recipe = replace(
        weights.recipe,
        parameters={**weights.recipe.parameters, "symmetrized": how},
        islands=policy,
        notes=tuple(note for note in weights.recipe.notes if "not symmetric" not in note),
    )
    return settle(weights.ids, canonical(rules[how]()), recipe, normalization=weights.normalization)


def _combined(
    name: str,
    weights: Sequence[WeightsLike],
    rule: Callable[..., Any],
    align: Align,
    islands: Islands,
    normalize: Normalization,
    *,
    binary: bool = True,
    values: str = "as built",
    parameters: dict[str, Any] | None = None,
) -> Weights:
    members = [as_weights(W) for W in weights]
    if values == "as built" and not binary:
        # A difference takes values of the first only.
        for W in members[:1] if name == "difference" else members:
            _refuse_unknown(W, name)
    matrices, ids, notes = _aligned(members, values, align)
    matrix = canonical(rule(*matrices))
    if binary:
        matrix.data[:] = 1.0
    made_of = {f"of_{k}": f"{W.recipe} {W.digest}" for k, W in enumerate(members, start=1)}
    units = {W.recipe.unit for W in members if W.recipe.unit}
    systems = {W.recipe.crs for W in members if W.recipe.crs}
    recipe = Recipe(
        name,
        {**(parameters or {}), **made_of},
        islands=islands,
        crs=systems.pop() if len(systems) == 1 else "",
        unit=units.pop() if len(units) == 1 else "",
        notes=tuple(dict.fromkeys([*notes, *(note for W in members for note in W.recipe.notes)])),
    )
    return settle(ids, matrix, recipe, normalization=normalize)


def _refuse_unknown(W: Weights, what: str) -> None:
    if W.recipe.as_built_unknown:
        raise WeightsError(
            "W",
            expected=f"weights whose values before normalisation are known for {what}",
            found="weights that came row-normalised",
            why="shares of one row cannot be compared with those of another",
            remedy="pass the original weights, e.g. a Graph before transform('R')",
        )


def _aligned(
    members: Sequence[Weights], values: str, align: Align
) -> tuple[list[CsrArray], Any, tuple[str, ...]]:
    """Bring matrices to the same sorted ids; values as built, or as each is normalised."""
    ids, notes = members[0].ids, []
    for position, W in enumerate(members[1:], start=2):
        alignment = match(W.ids, ids, argument=f"weights {position}", align=align)
        left = [*alignment.only_in_data, *alignment.only_in_weights]
        if left:
            notes.append(f"{len(left)} regions that not all weights have left out: {listing(left)}")
        ids = alignment.ids
    if align == "intersection" and values == "normalized":
        members = [W if W.ids.equals(ids) else W.restrict(ids) for W in members]
    matrices = []
    for W in members:
        rows = W.ids.get_indexer(ids)
        matrix = W.sparse if values == "normalized" else W.sparse_base
        matrices.append(matrix if len(ids) == W.n else canonical(matrix[rows, :][:, rows]))
    return matrices, ids, tuple(notes)


def _links(matrix: CsrArray) -> CsrArray:
    out = matrix.copy()
    out.data = np.ones_like(matrix.data)
    return out


def _check_shares(members: Sequence[Weights], shares: Sequence[float]) -> list[float]:
    numbers = all(
        isinstance(share, int | float | np.number) and not isinstance(share, bool)
        for share in shares
    )
    if not numbers:
        raise InputError("shares", expected="numbers", found=repr(shares))
    parts = [float(share) for share in shares]
    if len(members) < 2 or len(parts) != len(members):
        raise InputError(
            "shares",
            expected="two or more weights and one share for each",
            found=f"{len(members)} weights and {len(parts)} shares",
        )
    usable = all(math.isfinite(part) and part > 0 for part in parts)
    if not usable or abs(sum(parts) - 1.0) > SHARE_TOLERANCE:
        raise InputError(
            "shares",
            expected="positive numbers that sum to 1",
            found=f"{parts}, sum {sum(parts):g}",
            remedy="divide each by their sum",
        )
    kinds = sorted({W.normalization for W in members})
    if len(kinds) > 1:
        raise InputError(
            "weights",
            expected="weights that are normalised alike",
            found=f"normalisations {', '.join(kinds)}",
            why="shares of rows that sum to 1 and of raw weights do not mean the same",
            remedy='bring them to one: [W.normalize("row") for W in weights]',
        )
    return parts
