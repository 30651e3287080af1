"""Spatial weights with their ids and their recipe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from workbench.core import display
from workbench.core.alignment import match
from workbench.core.ids import ids_digest
from workbench.errors import InputError, ValuesError, WeightsError, check_option
from workbench.numerics.sparse.matrices import CsrArray, Symmetrized
from workbench.numerics.sparse.scaling import rows_of, scaled
from workbench.numerics.sparse.spectrum import Spectrum, extreme_eigenvalues
from workbench.typing import Normalization, Symmetry, Written
from workbench.weights import graphs
from workbench.weights.described import Described
from workbench.weights.recipe import Recipe

if TYPE_CHECKING:
    from libpysal.graph import Graph

    from workbench.weights.card import Card

Labelled = TypeVar("Labelled", pd.Series, pd.DataFrame)

WeightsLike: TypeAlias = "Weights | Graph | Any"
"""What every function takes as weights: :class:`Weights`, libpysal's Graph or W."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Weights:
    """Spatial weights of n regions: sparse, labelled, normalised, and how they were built.

    Build them with a function of this room, e.g. :func:`queen`, :func:`knn` or
    :func:`distance_band`, or adopt a libpysal object with :func:`as_weights`.

    Attributes
    ----------
    ids : pandas.Index
        Region ids in sorted order: the order of rows and columns of :attr:`sparse`.
    recipe : Recipe
        Builder, parameters, islands policy, CRS, unit and notes.
    normalization : Normalization
        ``"row"``: each row sums to 1 (rows of islands to 0). ``"none"``: weights as built.
        All words: :func:`workbench.numerics.sparse.scaling.scaled`.

    Notes
    -----
    Nothing in here follows the order of the caller's rows: ids are sorted first, so that
    shuffled input gives the same numbers to the last bit. Arrays are read-only.
    """

    ids: pd.Index
    recipe: Recipe
    normalization: Normalization
    _matrix: CsrArray
    _as_built: CsrArray
    _cache: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        check_option("normalization", self.normalization, Normalization)
        shape = (len(self.ids), len(self.ids))
        for name, matrix in (("_matrix", self._matrix), ("_as_built", self._as_built)):
            if matrix.shape != shape:
                raise WeightsError(name, expected=f"shape {shape}", found=f"shape {matrix.shape}")
            graphs.freeze(matrix)

    def __reduce__(self) -> tuple[Any, ...]:
        # The cache stays behind, and arrays are read-only again on arrival.
        return Weights, (self.ids, self.recipe, self.normalization, self._matrix, self._as_built)

    @property
    def n(self) -> int:
        """Number of regions."""
        return len(self.ids)

    @property
    def sparse(self) -> CsrArray:
        """Weights as a CSR array of shape (n, n), float64, in the order of ids; read-only."""
        return _view(self._matrix)

    @property
    def sparse_base(self) -> CsrArray:
        """Weights as built, before normalisation: CSR array of shape (n, n); read-only."""
        return _view(self._as_built)

    @property
    def graph(self) -> Graph:
        """The weights as a libpysal Graph, ids in sorted order; made at first use, then kept."""
        return self._graph("graph", self._matrix, self.normalization)

    @property
    def base(self) -> Graph:
        """The weights as built, before normalisation, as a libpysal Graph."""
        return self._graph("base", self._as_built, "none")

    @property
    def cardinalities(self) -> pd.Series:
        """Number of neighbours of each region, indexed by id (0 for islands)."""
        counts = np.diff(self._matrix.indptr).astype(np.int64)
        return pd.Series(counts, index=self.ids, name="cardinality")

    @property
    def islands(self) -> tuple[Any, ...]:
        """Ids of regions without neighbours (empty rows), sorted."""
        return tuple(self.ids[np.diff(self._matrix.indptr) == 0])

    @property
    def components(self) -> pd.Series:
        """Number of the connected part of each region, indexed by id: 0 is the largest part.

        Directions of links are ignored. Parts of equal size are numbered by their first id.
        """
        labels = csgraph.connected_components(self._matrix, connection="weak")[1]
        return pd.Series(graphs.largest_first(labels), index=self.ids, name="component")

    @property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of sorted ids and weights (40 bits)."""
        if "digest" not in self._cache:
            self._cache["digest"] = graphs.weights_digest(self.ids, self._matrix)
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
            self._cache["spectrum"] = extreme_eigenvalues(self.sparse, twin=self._twin())
        spectrum: Spectrum = self._cache["spectrum"]
        return spectrum

    @property
    def ids_digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the sorted ids."""
        if "ids" not in self._cache:
            self._cache["ids"] = ids_digest(self.ids)
        digest: str = self._cache["ids"]
        return digest

    def card(self) -> Card:
        """Return what a reader must know about these weights: see :class:`Card`."""
        from workbench.weights.card import card_of

        return card_of(self)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows of weights: their card."""
        return self.card().to_publish()

    @property
    def notes(self) -> tuple[str, ...]:
        """Links that were added, regions that were left out."""
        return self.recipe.notes

    @property
    def described(self) -> Described:
        """The card as plain values, found when it is first read: for a result's provenance."""
        return Described(self)

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
        >>> from workbench.weights import as_weights
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
        lagged = (self._matrix @ values)[self.ids.get_indexer(x.index)]
        if isinstance(x, pd.DataFrame):
            return pd.DataFrame(lagged, index=x.index, columns=[f"W({name})" for name in x.columns])
        name = None if x.name is None else f"W({x.name})"
        return pd.Series(lagged, index=x.index, name=name)

    def normalize(self, normalization: Normalization) -> Weights:
        """Return the same links under another normalisation, from the weights as built.

        Parameters
        ----------
        normalization : Normalization
            ``"row"``, ``"none"``, ``"binary"``, ``"global"``, ``"double"``,
            ``"doubly-stochastic"``, ``"spectral"``, ``"min-max"`` or ``"variance"``: see
            :func:`workbench.numerics.sparse.scaling.scaled` for the formulae.

        Raises
        ------
        WeightsError
            If the weights were adopted row-normalised, so that nobody knows what they were; if
            they cannot be normalised so.
        """
        check_option("normalization", normalization, Normalization)
        if normalization == self.normalization:
            return self
        if self.recipe.as_built_unknown and normalization not in ("row", "binary"):
            raise WeightsError(
                "normalization",
                expected="weights whose values before normalisation are known",
                found="weights that came row-normalised",
                why="what each row was divided by cannot be recovered",
                remedy="pass the original weights, e.g. a Graph before transform('R')",
            )
        return assemble(self.ids, self._as_built, self.recipe, normalization=normalization)

    def restrict(self, ids: Iterable[Any]) -> Weights:
        """Return the weights among some of the regions, normalised anew: see :func:`restrict`."""
        from workbench.weights.restriction import restrict

        return restrict(self, ids)

    def symmetrize(self, how: Symmetry = "either") -> Weights:
        """Return weights that equal their transpose: see :func:`symmetrize`."""
        from workbench.weights.algebra import symmetrize

        return symmetrize(self, how)

    def higher_order(self, order: int, *, lower_order: bool = False) -> Weights:
        """Return neighbours of neighbours: see :func:`higher_order`."""
        from workbench.weights.orders import higher_order

        return higher_order(self, order, lower_order=lower_order)

    def write(
        self, path: str | Path, *, values: Written = "normalized", overwrite: bool = False
    ) -> Path:
        """Write these weights to a file whose ending says the format: see :func:`write`."""
        from workbench.weights.files import write

        return write(self, path, values=values, overwrite=overwrite)

    def plot(self, regions: Any) -> Any:
        """Draw the links over the map of `regions` (a GeoDataFrame indexed by region id)."""
        return display.picture("connectivity map", self, regions)

    def plot_cardinalities(self) -> Any:
        """Draw how many regions have how many neighbours."""
        return display.picture("cardinality histogram", self)

    def _graph(self, name: str, matrix: CsrArray, normalization: Normalization) -> Graph:
        if name not in self._cache:
            word = {"row": "R", "double": "D", "variance": "V"}.get(normalization, "O")
            plain = word == "O" and bool((matrix.data == 1.0).all())
            self._cache[name] = graphs.graph_of(
                self.ids, matrix, transformation="B" if plain else word
            )
        graph: Graph = self._cache[name]
        return graph

    def _twin(self) -> Symmetrized | None:
        """Return the symmetric matrix similar to row-normalised weights, symmetric as built."""
        built = self._as_built
        if self.normalization != "row" or not graphs.is_symmetric(built):
            return None
        sums = np.asarray(built.sum(axis=1), dtype=np.float64).ravel()
        d = np.where(sums > 0, sums, 1.0)
        S = built.copy()
        S.data = built.data / np.sqrt(d[rows_of(built)] * d[built.indices])
        return Symmetrized(S, d)

    def __repr__(self) -> str:
        return (
            f"<Weights of {self.n} regions, {self._matrix.nnz} links, "
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
        If a weight is missing, infinite or negative, or links a region to itself; if the
        weights cannot be normalised so.
    """
    check_option("normalize", normalization, Normalization)
    graphs.check_weights(ids, base, argument="W")
    return Weights(ids, recipe, normalization, scaled(base, normalization), base)


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
