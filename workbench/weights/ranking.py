"""Which W sees the patterns of a field best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.alignment import match
from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.errors import InputError, ValuesError, WorkbenchError, check_option
from workbench.numerics.eigenmaps import Eigenmaps, eigenmaps
from workbench.numerics.likelihood import fit_error
from workbench.numerics.moran import moran
from workbench.numerics.selection import Selection, global_test, select
from workbench.typing import Autocorrelation, FloatArray
from workbench.weights.candidates import of_same_regions
from workbench.weights.weights import Weights, WeightsLike

FEWEST = 10
"""Regions below which a selection of eigenvectors has no meaning."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ranking:
    """Candidate weights, the one that sees most of the field first.

    Attributes
    ----------
    field : str
        Name of the field.
    table : DataFrame
        A row a candidate, the best first; columns as :func:`rank` describes them.
    provenance : Provenance
        Method, regions, seed and options.
    """

    field: str
    table: pd.DataFrame
    provenance: Provenance

    @property
    def best(self) -> str | None:
        """Name of the candidate of rank 1, None where no candidate is significant."""
        first = self.table.index[self.table["rank"] == 1]
        return str(first[0]) if len(first) else None

    def tidy(self) -> pd.DataFrame:
        """Return the table with the candidate as a column."""
        return self.table.reset_index()

    def _said(self) -> tuple[str, list[str]]:
        title = f"Candidate weights for {self.field}"
        return title, list(self.provenance.notes)

    def __repr__(self) -> str:
        return f"<Ranking of {len(self.table)} candidate weights for {self.field}: {self.best}>"

    def __str__(self) -> str:
        title, notes = self._said()
        return display.text(title, [("", self.table.T)], notes)

    def _repr_html_(self) -> str:
        title, notes = self._said()
        return display.html(title, [("", self.table)], notes)


def rank(
    field: pd.Series,
    candidates: Mapping[str, WeightsLike],
    *,
    autocorrelation: Autocorrelation = "positive",
    alpha: float = 0.05,
    permutations: int = 999,
    max_vectors: int | None = None,
    seed: int = 0,
) -> Ranking:
    """Rank weights by how much of a field their eigenvector maps account for.

    For each candidate: test the field against all its maps of the chosen sign (permutations of
    the field, Šidák-corrected for the number of candidates); if it is significant, select maps
    forward while each is significant and the adjusted R² stays below that of all maps.

    Parameters
    ----------
    field : Series
        A variable or residuals (``fit.resids``), finite, indexed by region id in any order.
    candidates : mapping of str to Weights, libpysal Graph or W
        All of exactly these regions.
    autocorrelation : {"positive", "negative"}, default "positive"
        Sign of the maps.
    alpha : float, default 0.05
        Level of the tests.
    permutations : int, default 999
        Of each test.
    max_vectors : int, optional
        Largest number of maps, the most autocorrelated ones; all up to 1,500 regions, 200 beyond.
    seed : int, default 0
        Of the permutations, which are the same for every candidate.

    Returns
    -------
    Ranking
        ``.table`` has for each candidate ``rank`` (by adjusted R², none where the global test is
        not significant), ``rsquared_adj`` and ``aicc`` of the regression on the selected maps,
        ``vectors`` selected of ``vectors_available``, ``p_value`` of the global test and
        ``p_adjusted`` for the number of candidates, ``moran`` of the field with ``moran_p`` and
        ``moran_residual`` of what the maps leave, ``aicc_error_model`` of a spatial-error model
        of the field with a constant only, and ``links``, ``mean_neighbors``, ``islands``,
        ``weights`` (the digest).

    Raises
    ------
    IdError
        If regions differ between candidates, or from the field's.
    InputError, ValuesError
        If the field is missing values, constant or of fewer than 10 regions; if options make no
        sense.

    Notes
    -----
    The adjusted R² and the AICc are of maps chosen from many: compare them between candidates
    and take neither as the fit of a model. ``aicc_error_model`` chooses nothing.

    References
    ----------
    Bauman, D., Drouet, T., Fortin, M.-J. and Dray, S. (2018). Optimizing the choice of a spatial
    weighting matrix in eigenvector-based methods. Ecology 99(10). Blanchet, F. G., Legendre, P.
    and Borcard, D. (2008). Forward selection of explanatory variables. Ecology 89(9).

    Examples
    --------
    >>> from libpysal.weights import lat2W
    >>> rook = lat2W(6, 6)
    >>> slope = pd.Series(np.arange(36.0) // 6, index=rook.id_order, name="slope")
    >>> rank(slope, {"rook": rook, "queen": lat2W(6, 6, rook=False)}).table["rank"].tolist()
    [1, 2]
    """
    check_option("autocorrelation", autocorrelation, Autocorrelation)
    _check_numbers(alpha, permutations, max_vectors)
    found = of_same_regions(candidates)
    _check_reach(alpha, permutations, len(found))
    y, name = _values(field, next(iter(found.values())))
    rows = {}
    for label, W in found.items():
        maps = eigenmaps(W.sparse, sign=autocorrelation, most=max_vectors)
        rng = generator(seed, "rank")
        rows[label] = _row(y, W, maps, alpha, permutations, len(found), rng)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("candidate")
    significant = table["p_adjusted"] <= alpha
    scores = table["rsquared_adj"].where(significant)
    table.insert(0, "rank", scores.rank(ascending=False, method="first").astype("Int64"))
    table = table.sort_values(["rank", "p_value"], na_position="last", kind="stable")
    return Ranking(name, table, _provenance(found, name, seed, permutations, alpha, significant))


def _row(
    y: FloatArray,
    W: Weights,
    maps: Eigenmaps,
    alpha: float,
    permutations: int,
    number: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    n = y.size
    orders = np.array([rng.permutation(n) for _ in range(permutations)])
    p = global_test(y, maps.vectors, orders)
    # Šidák: the chance that the smallest of several p-values is as small.
    adjusted = 1.0 - (1.0 - p) ** number
    chosen = Selection.none(y)
    if adjusted <= alpha:
        chosen = select(y, maps.vectors, orders, alpha=alpha)
    own = moran(y, W.sparse)
    left = moran(chosen.residuals, W.sparse).I if chosen.sse > 0 else math.nan
    return {
        "rsquared_adj": chosen.rsquared_adj,
        "aicc": _aicc(chosen.loglik, len(chosen.vectors) + 2, n),
        "vectors": len(chosen.vectors),
        "vectors_available": maps.vectors.shape[1],
        "p_value": p,
        "p_adjusted": adjusted,
        "moran": own.I,
        "moran_p": _two_sided(own),
        "moran_residual": left,
        "aicc_error_model": _error_model(y, W),
        "links": int(W.sparse.nnz),
        "mean_neighbors": W.sparse.nnz / W.n,
        "islands": len(W.islands),
        "weights": W.digest,
    }


def _two_sided(moments: Any) -> float:
    # Where every region neighbours every other alike, I is -1/(n - 1) whatever the field.
    if moments.variance_randomisation <= 1e-15:
        return math.nan
    z = (moments.I - moments.expected) / math.sqrt(moments.variance_randomisation)
    return math.erfc(abs(z) / math.sqrt(2.0))


def _error_model(y: FloatArray, W: Weights) -> float:
    """AICc of constant, λ and σ²; NaN where the model cannot be fitted under this W."""
    try:
        fit = fit_error(y, np.ones((y.size, 1)), W=W.sparse)
    except WorkbenchError:
        return math.nan
    return _aicc(fit.loglik, 3, y.size)


def _aicc(loglik: float, k: int, n: int) -> float:
    room = n - k - 1
    return math.inf if room <= 0 else -2 * loglik + 2 * k + 2 * k * (k + 1) / room


def _values(field: pd.Series, W: Weights) -> tuple[FloatArray, str]:
    if not isinstance(field, pd.Series):
        raise InputError(
            "field", expected="a Series indexed by region id", found=type(field).__name__
        )
    match(field.index, W.ids, argument="field", align="strict")
    try:
        y = field.reindex(W.ids).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValuesError("field", expected="numbers", found="values that are not") from error
    wrong = ~np.isfinite(y)
    if wrong.any():
        raise ValuesError(
            "field",
            expected="finite values",
            found=f"{int(wrong.sum())} missing or infinite",
            offenders=[label for label, is_wrong in zip(W.ids, wrong, strict=True) if is_wrong],
            remedy="leave these regions out of field and weights: W.restrict(ids)",
        )
    if y.size < FEWEST or np.ptp(y) <= 1e-12 * np.abs(y).max():
        found = f"{y.size} regions" if y.size < FEWEST else "a constant"
        raise ValuesError("field", expected=f"{FEWEST} regions that differ or more", found=found)
    return np.asarray(y), "field" if field.name is None else str(field.name)


def _check_numbers(alpha: float, permutations: int, most: int | None) -> None:
    if not isinstance(alpha, int | float | np.number) or not 0.0 < alpha < 1.0:
        raise InputError("alpha", expected="a number between 0 and 1", found=repr(alpha))
    for name, value, least in (("permutations", permutations, 99), ("max_vectors", most, 1)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if value is not None and not (whole and value >= least):
            raise InputError(name, expected=f"a whole number from {least}", found=repr(value))


def _check_reach(alpha: float, permutations: int, number: int) -> None:
    """Refuse permutations too few for any candidate to pass the corrected test."""
    smallest = 1.0 - (1.0 - 1.0 / (permutations + 1)) ** number
    if smallest > alpha:
        needed = math.ceil(1.0 / (1.0 - (1.0 - alpha) ** (1.0 / number))) - 1
        raise InputError(
            "permutations",
            expected=f"at least {needed} for {number} candidates at alpha = {alpha:g}",
            found=str(permutations),
            why=f"the smallest adjusted p-value would be {smallest:.3g}",
            remedy=f"permutations={needed + 1}, or fewer candidates",
        )


def _provenance(
    found: Mapping[str, Weights],
    name: str,
    seed: int,
    permutations: int,
    alpha: float,
    significant: pd.Series,
) -> Provenance:
    first = next(iter(found.values()))
    silent = [str(label) for label in significant.index[~significant]]
    notes = (
        f"selection among eigenvector maps at alpha = {alpha:g}, {permutations} permutations, "
        f"seed {seed}; p adjusted for {len(found)} candidates",
        f"not ranked, since the field has no significant pattern under them: {', '.join(silent)}"
        if silent
        else "",
    )
    return Provenance(
        method="Moran's eigenvector maps, forward selection",
        formula=name,
        nobs=first.n,
        ids_digest=ids_digest(first.ids),
        seed=seed,
        notes=tuple(note for note in notes if note),
        options={
            "alpha": f"{alpha:g}",
            "permutations": str(permutations),
            **{f"candidate {label}": W.digest for label, W in found.items()},
        },
    )
