"""Spatial weights with their ids and their recipe, and the door through which data meet them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse

from workbench.core import display
from workbench.core.alignment import match
from workbench.core.ids import region_ids
from workbench.errors import IdError, InputError, ValuesError, WeightsError, check_option, listing
from workbench.numerics.matrices import CsrArray
from workbench.numerics.spectrum import Spectrum, extreme_eigenvalues
from workbench.typing import Align, Normalization
from workbench.weights import graphs
from workbench.weights.recipe import Recipe

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from workbench.weights.card import Card

Labelled = TypeVar("Labelled", pd.Series, pd.DataFrame)

WeightsLike: TypeAlias = "Weights | Graph | Any"
"""What every function takes as weights: :class:`Weights`, libpysal's Graph or W."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Weights:
    """Spatial weights of n regions: a libpysal Graph, what it was before normalisation, and how.

    Build them with :func:`queen`, :func:`rook`, :func:`knn`, :func:`distance_band` or
    :func:`inverse_distance`, or adopt a libpysal object with :func:`as_weights`.

    Attributes
    ----------
    graph : libpysal.graph.Graph
        Ids in sorted order, weights normalised. Its arrays are read-only.
    base : libpysal.graph.Graph
        The weights as built, from which :meth:`restrict` and :meth:`normalize` start.
    recipe : Recipe
        Builder, parameters, islands policy, CRS, unit and notes.
    normalization : {"row", "binary"}
        ``"row"``: each row sums to 1 (rows of islands to 0). ``"binary"``: weights as built,
        0/1 for contiguity, nearest neighbours and plain bands, 1/dᵖ with inverse decay.

    Notes
    -----
    Nothing in here follows the order of the caller's rows: ids are sorted first, so that
    shuffled input gives the same numbers to the last bit.
    """

    graph: Graph
    base: Graph
    recipe: Recipe
    normalization: Normalization
    _cache: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        check_option("normalization", self.normalization, Normalization)
        ids, matrix = graphs.matrix_of(self.graph, argument="graph")
        base_ids, base = graphs.matrix_of(self.base, argument="base")
        if not ids.equals(base_ids):
            raise IdError("base", expected="the ids of graph", found="other ids")
        self._cache.update(ids=ids, matrix=graphs.freeze(matrix), base=graphs.freeze(base))

    @property
    def ids(self) -> pd.Index:
        """Region ids in sorted order: the order of rows and columns of :attr:`sparse`."""
        ids: pd.Index = self._cache["ids"]
        return ids

    @property
    def n(self) -> int:
        """Number of regions."""
        return len(self.ids)

    @property
    def sparse(self) -> CsrArray:
        """Weights as a CSR array of shape (n, n), float64, in the order of ids; read-only."""
        return _view(self._cache["matrix"])

    @property
    def cardinalities(self) -> pd.Series:
        """Number of neighbours of each region, indexed by id (0 for islands)."""
        counts = np.diff(self._cache["matrix"].indptr).astype(np.int64)
        return pd.Series(counts, index=self.ids, name="cardinality")

    @property
    def islands(self) -> tuple[Any, ...]:
        """Ids of regions without neighbours (empty rows), sorted."""
        return tuple(self.ids[np.diff(self._cache["matrix"].indptr) == 0])

    @property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of sorted ids and weights (40 bits)."""
        if "digest" not in self._cache:
            self._cache["digest"] = graphs.weights_digest(self.ids, self._cache["matrix"])
        digest: str = self._cache["digest"]
        return digest

    @property
    def spectrum(self) -> Spectrum:
        """Extreme real eigenvalues and the admissible interval of rho; computed once.

        Raises
        ------
        WeightsError
            If no cycle of neighbours exists, so that rho is not bounded.
        """
        if "spectrum" not in self._cache:
            self._cache["spectrum"] = extreme_eigenvalues(self.sparse)
        spectrum: Spectrum = self._cache["spectrum"]
        return spectrum

    def card(self) -> Card:
        """Return what a reader must know about these weights: see :class:`Card`."""
        from workbench.weights.card import card_of

        return card_of(self)

    def lag(self, x: Labelled) -> Labelled:
        """Compute the spatial lag Wx: the weighted sum of the neighbours' values.

        Parameters
        ----------
        x : Series or DataFrame
            Numbers indexed by region id, in any order, for exactly the regions of these weights.

        Returns
        -------
        Series or DataFrame
            Same rows in the same order; a column ``x`` becomes ``W(x)``. Units of x. With
            ``normalization="row"`` an average over neighbours. Islands get 0.

        Raises
        ------
        IdError
            If ids are missing or unknown.
        ValuesError
            If a value is missing, infinite or not a number: nothing is filled or dropped.

        Examples
        --------
        >>> import pandas as pd
        >>> from libpysal.graph import Graph
        >>> W = as_weights(Graph.from_dicts({"a": ["b"], "b": ["a"]}))
        >>> W.lag(pd.Series({"b": 1.0, "a": 5.0}, name="x")).to_dict()
        {'b': 5.0, 'a': 1.0}
        """
        if not isinstance(x, (pd.Series, pd.DataFrame)):
            raise InputError(
                "x",
                expected="a Series or DataFrame indexed by region id",
                found=type(x).__name__,
                why="values without ids cannot be matched with neighbours",
            )
        match(x.index, self.ids, argument="x", align="strict")
        values = _numbers(x)[x.index.get_indexer(self.ids)]
        lagged = (self._cache["matrix"] @ values)[self.ids.get_indexer(x.index)]
        if isinstance(x, pd.DataFrame):
            return pd.DataFrame(lagged, index=x.index, columns=[f"W({name})" for name in x.columns])
        name = None if x.name is None else f"W({x.name})"
        return pd.Series(lagged, index=x.index, name=name)

    def normalize(self, normalization: Normalization) -> Weights:
        """Return the same links with rows that sum to 1 (``"row"``) or as built (``"binary"``).

        Raises
        ------
        WeightsError
            If the weights were adopted row-normalised, so that nobody knows what they were.
        """
        check_option("normalization", normalization, Normalization)
        if normalization == self.normalization:
            return self
        if normalization == "binary" and self.recipe.parameters.get("as_built") == "unknown":
            raise WeightsError(
                "normalization",
                expected="weights whose values before normalisation are known",
                found="weights that came row-normalised",
                why="what each row was divided by cannot be recovered",
                remedy="pass the original weights, e.g. a Graph before transform('R')",
            )
        return assemble(self.ids, self._cache["base"], self.recipe, normalization=normalization)

    def restrict(self, ids: Iterable[Any]) -> Weights:
        """Return the weights among some of the regions, normalised anew.

        Parameters
        ----------
        ids : iterable
            Region ids to keep, in any order.

        Returns
        -------
        Weights
            Links among the kept regions, from the weights as built; the recipe notes how many
            regions were left out and which ones became islands.

        Raises
        ------
        IdError
            If an id is unknown or repeated.
        WeightsError
            If regions lose all neighbours, unless the islands policy is ``"keep"``: the nearest
            of the regions that remain is not known without their geometry.
        """
        kept = self._known(ids)
        if len(kept) == self.n:
            return self
        positions = self.ids.get_indexer(kept)
        base = graphs.canonical(self._cache["base"][positions, :][:, positions])
        alone = kept[np.diff(base.indptr) == 0]
        arisen = [label for label in alone if label not in set(self.islands)]
        if arisen and self.recipe.islands != "keep":
            raise WeightsError(
                "W",
                expected=f'regions that keep a neighbour (islands="{self.recipe.islands}")',
                found=f"{len(arisen)} that would lose all their neighbours",
                offenders=arisen,
                why="their spatial lag would be 0, which is a value and not a missing one",
                remedy="build the weights from the regions that remain, e.g. "
                'wb.weights.queen(regions.loc[ids], islands="nearest"), leave those regions out '
                'too, or build them with islands="keep"',
            )
        counts = np.diff(base.indptr)
        recipe = self.recipe.noting(
            f"weights restricted from {self.n} to {len(kept)} regions and normalised anew; these "
            f"have {counts.min()} to {counts.max()} neighbours among themselves",
            f"{len(arisen)} became islands by the restriction ({listing(arisen)})"
            if arisen
            else "",
        )
        return assemble(kept, base, recipe, normalization=self.normalization)

    def plot(self, regions: Any) -> Any:
        """Draw the links over the map of `regions` (a GeoDataFrame indexed by region id)."""
        return display.picture("connectivity map", self, regions)

    def _known(self, ids: Iterable[Any]) -> pd.Index:
        wanted = region_ids(pd.Index(list(ids)), argument="ids")
        unknown = wanted[~wanted.isin(self.ids)]
        if len(unknown):
            raise IdError(
                "ids",
                expected="ids of these weights",
                found=f"{len(unknown)} unknown ids",
                offenders=list(unknown),
                remedy=f"ids look like {listing(list(self.ids))}",
            )
        kept = self.ids[self.ids.isin(wanted)]
        return kept

    def __repr__(self) -> str:
        return (
            f"<Weights of {self.n} regions, {self._cache['matrix'].nnz} links, "
            f"{len(self.islands)} islands, {self.normalization}: {self.recipe}; {self.digest}>"
        )

    def _repr_html_(self) -> str:
        html: str = self.card()._repr_html_()
        return html


def assemble(
    ids: pd.Index, base: CsrArray, recipe: Recipe, *, normalization: Normalization
) -> Weights:
    """Make :class:`Weights` of sorted ids and a canonical matrix as built.

    Raises
    ------
    WeightsError
        If a weight is missing, infinite or negative, or links a region to itself.
    """
    check_option("normalize", normalization, Normalization)
    graphs.check_weights(ids, base, argument="W")
    plain = "B" if bool((base.data == 1.0).all()) else "O"
    matrix = graphs.normalized(base, normalization)
    return Weights(
        graph=graphs.graph_of(ids, matrix, transformation="R" if normalization == "row" else plain),
        base=graphs.graph_of(ids, base, transformation=plain),
        recipe=recipe,
        normalization=normalization,
    )


def as_weights(W: WeightsLike, *, argument: str = "W") -> Weights:
    """Adopt weights built elsewhere; :class:`Weights` pass through.

    Parameters
    ----------
    W : Weights, libpysal.graph.Graph or libpysal.weights.W
        Labelled by region id; never changed, its ``transform`` neither.
    argument : str
        Name of the caller's argument, for messages.

    Returns
    -------
    Weights
        The values as they are, matched by label and put in sorted order. Rows that all sum
        to 1 are recorded as ``normalization="row"``, others as ``"binary"`` (as built).

    Raises
    ------
    InputError
        If `W` is of another kind.
    IdError
        If ids are duplicated, missing or mixed.
    WeightsError
        If a weight is missing, infinite or negative, or links a region to itself.

    Examples
    --------
    >>> from libpysal.graph import Graph
    >>> as_weights(Graph.from_dicts({"b": ["a"], "a": ["b"]})).ids.tolist()
    ['a', 'b']
    """
    if isinstance(W, Weights):
        return W
    ids, matrix = graphs.matrix_of(W, argument=argument)
    graphs.check_weights(ids, matrix, argument=argument)
    recipe = Recipe("adopted", {"source": f"libpysal {type(W).__name__}"})
    if not graphs.is_row_normalized(matrix):
        return assemble(ids, matrix, recipe, normalization="binary")
    largest = np.asarray(matrix.max(axis=1).todense()).ravel()[graphs.rows_of(matrix)]
    if np.abs(matrix.data - largest).max() <= graphs.UNIT_SUM_TOLERANCE:
        base = matrix.copy()
        base.data = np.ones_like(matrix.data)
        return assemble(ids, base, recipe, normalization="row")
    recipe = replace(recipe, parameters={**recipe.parameters, "as_built": "unknown"})
    return assemble(ids, matrix, recipe, normalization="row")


def align_to(
    table: Any, W: WeightsLike, *, argument: str, align: Align
) -> tuple[Any, Weights, str]:
    """Bring a table and weights to the same regions in the same, sorted, order.

    Parameters
    ----------
    table : DataFrame, GeoDataFrame or Series
        Indexed by region id, in any order; not changed.
    W : Weights, Graph or libpysal W
        Weights, any order.
    argument : str
        Name of the table's argument, for messages.
    align : {"strict", "intersection"}
        ``"strict"`` refuses ids that one side has alone; ``"intersection"`` keeps the common
        ones and normalises the weights anew.

    Returns
    -------
    table, weights, note
        The rows in sorted order (a copy), the weights of these regions, and one sentence on
        what was left out (empty if nothing was).

    Raises
    ------
    IdError
        If ids do not match.
    WeightsError
        If regions lose all neighbours under ``"intersection"`` and the policy is ``"error"``.
    """
    weights = as_weights(W)
    alignment = match(table.index, weights.ids, argument=argument, align=align)
    restricted, told = restrict_noted(weights, alignment.ids)
    notes = [alignment.note(), *told]
    rows = table.index.get_indexer(restricted.ids)
    return table.iloc[rows].copy(), restricted, "; ".join(note for note in notes if note)


def restrict_noted(weights: Weights, ids: pd.Index) -> tuple[Weights, tuple[str, ...]]:
    """Restrict weights and return them with what the restriction did, for a result's notes."""
    restricted = weights.restrict(ids)
    return restricted, restricted.recipe.notes[len(weights.recipe.notes) :]


def island_notes(weights: Weights | None) -> tuple[str, ...]:
    """Return a sentence naming the regions whose spatial lag is 0 for want of neighbours."""
    if weights is None or not weights.islands:
        return ()
    alone = listing(weights.islands)
    return (f"{len(weights.islands)} regions without neighbours, whose spatial lag is 0: {alone}",)


def _view(matrix: CsrArray) -> CsrArray:
    """Return a new container around the same read-only arrays."""
    out: CsrArray = sparse.csr_array(
        (matrix.data, matrix.indices, matrix.indptr), shape=matrix.shape, copy=False
    )
    out.has_sorted_indices = True
    out.has_canonical_format = True
    return out


def _numbers(x: pd.Series | pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        values = x.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValuesError("x", expected="numbers", found="values that are not numbers") from error
    bad = ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if bad.any():
        raise ValuesError(
            "x",
            expected="finite values",
            found=f"{int(bad.sum())} regions with missing or infinite values",
            offenders=list(x.index[bad]),
            why="the lag of every neighbour would be undefined",
            remedy="complete these values, or restrict the weights: W.restrict(ids)",
        )
    return values
