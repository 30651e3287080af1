"""Which W sees the patterns of a field best."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.errors import InputError, WeightsError, check_option, unknown_option
from workbench.typing import Autocorrelation, FloatArray, MapSelection
from workbench.weights.assessment import RANKED, Assessment, Plan, assess, sidak, signs_of
from workbench.weights.candidates import field_values, of_same_regions
from workbench.weights.weights import Weights, WeightsLike

FEWEST = 10
"""Regions below which a selection of eigenvectors has no meaning."""

ORDER = (
    "rank", "rank_aicc", "status", "rsquared_adj", "aicc", "vectors", "vectors_available",
    "rsquared_adj_all", "p_value", "p_adjusted", "moran", "moran_z", "moran_p", "moran_residual",
    "aicc_error_model", "links", "mean_neighbors", "islands", "components", "rho_low", "rho_high",
    "weights",
)  # fmt: skip
"""Columns of a ranking's table."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ranking:
    """Candidate weights, the one that sees most of the field first; immutable.

    Attributes
    ----------
    field : str
        Name of the field.
    rows : DataFrame
        What :attr:`table` hands out copies of.
    selected : mapping of str to DataFrame
        What :meth:`maps` hands out copies of.
    notes : tuple of str
        How candidates were ranked, and which were not.
    provenance : Provenance
        Method, regions, seed and options.
    """

    field: str
    rows: pd.DataFrame
    selected: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def table(self) -> pd.DataFrame:
        """A row a candidate, the best first; columns as :func:`rank` describes them."""
        return self.rows.copy()

    @property
    def best(self) -> str | None:
        """Name of the candidate of rank 1, None where no candidate is significant."""
        first = self.rows.index[(self.rows["rank"] == 1).to_numpy(dtype=bool, na_value=False)]
        return str(first[0]) if len(first) else None

    def maps(self, candidate: str | None = None) -> pd.DataFrame:
        """Return the selected maps, of the best candidate unless another is named.

        They can be regressors: spatial filtering (Griffith 2003).

        Returns
        -------
        DataFrame
            A row a region; columns ``mem_1`` (the broadest) ... or ``mem_negative_1`` ... in the
            order of selection, orthonormal and of mean 0. No column where nothing was selected.

        Raises
        ------
        OptionError
            If no candidate has this name.
        InputError
            If none is named and none is ranked.
        """
        name = self.best if candidate is None else candidate
        if name is None:
            raise InputError(
                "candidate",
                expected="a candidate under which the field has a pattern",
                found="none that is ranked",
            )
        if name not in self.selected:
            raise unknown_option("candidate", name, self.selected)
        return self.selected[name].copy()

    def tidy(self) -> pd.DataFrame:
        """Return the table with the candidate as a column."""
        return self.rows.reset_index()

    def __repr__(self) -> str:
        return f"<Ranking of {len(self.rows)} candidate weights for {self.field}: {self.best}>"

    def __str__(self) -> str:
        return display.text(self._title, [("", self.rows.T)], self.notes)

    def _repr_html_(self) -> str:
        return display.html(self._title, [("", self.rows.T)], self.notes)

    @property
    def _title(self) -> str:
        return f"Candidate weights for {self.field}"


def rank(
    field: pd.Series | pd.DataFrame,
    candidates: Mapping[str, WeightsLike],
    *,
    method: MapSelection = "forward",
    autocorrelation: Autocorrelation = "positive",
    alpha: float = 0.05,
    permutations: int = 999,
    max_vectors: int | None = None,
    seed: int = 0,
) -> Ranking:
    """Rank weights by how much of a field their eigenvector maps account for.

    For each candidate: test the field against all its maps of the chosen sign (permutations of
    the field, Šidák-corrected for the number of tests); if it is significant, select maps and
    regress the field on them.

    Parameters
    ----------
    field : Series or DataFrame
        A variable or residuals (``fit.resids``), finite, indexed by region id in any order. The
        columns of a DataFrame are explained together and count equally (each is standardised).
    candidates : mapping of str to Weights, libpysal Graph or W
        All of exactly these regions.
    method : {"forward", "global", "residual-moran"}, default "forward"
        ``"forward"``: maps are added while significant and, after the first, while the adjusted
        R² stays below that of all maps; the largest adjusted R² ranks first. ``"global"``: all
        maps, ranked in the same way.
        ``"residual-moran"``: maps are added, the one that leaves least first, until Moran's I of
        the residuals is not significant; the fewest maps rank first, then adjusted R². One
        column only; its global test is Moran's I by permutation, one-sided.
    autocorrelation : {"positive", "negative", "all"}, default "positive"
        Sign of the maps. ``"all"``: each sign is tested (twice the tests are corrected for) and
        selected from alone, and adjusted R² and maps of the significant ones are added up. As all
        maps of both signs share the whole R², few fields are significant on both sides.
    alpha : float, default 0.05
        Level of the tests.
    permutations : int, default 999
        Of each test.
    max_vectors : int, optional
        Largest number of maps of a sign, the most autocorrelated ones. All up to 1,500 regions,
        200 beyond. Maps of one eigenvalue are kept or left out together.
    seed : int, default 0
        Of the permutations, which are the same for every candidate.

    Returns
    -------
    Ranking
        ``.table`` has for each candidate ``rank``, ``rank_aicc`` and ``status`` (``"ranked"``, or
        why it has no rank), ``rsquared_adj`` and ``aicc`` of the regression on the selected maps,
        ``vectors`` selected of ``vectors_available`` and ``rsquared_adj_all`` of these,
        ``p_value`` of the global test and ``p_adjusted``, ``moran`` of the field with ``moran_z``
        and ``moran_p`` and ``moran_residual`` of what the maps leave, ``aicc_error_model`` of a
        spatial-error model of the field with a constant only; and of the weights ``links``,
        ``mean_neighbors``, ``islands``, ``components``, ``rho_low``, ``rho_high``, ``weights``
        (the digest). Candidates without a rank have no statistics of selected maps; DataFrames
        of several columns no AICc, and a pooled Moran's I without z.

    Raises
    ------
    IdError
        If regions differ between candidates, or from the field's.
    InputError, ValuesError, WeightsError
        If a column is missing values, constant or no number; if there are fewer than 10 regions;
        if a candidate links fewer than 4; if options make no sense, or so few permutations are
        drawn that no p could reach alpha after correction.

    Notes
    -----
    The adjusted R² and the AICc are of maps chosen from many: compare them between candidates
    and take neither as the fit of a model. Among candidates that are much alike the adjusted R²
    often prefers another than the W of a spatial process; ``aicc_error_model``, the smaller the
    better, chooses nothing and tells them apart more surely where such a process is plausible.
    A W chosen by its fit to a field makes later tests of that field under this W optimistic.

    Where several maps share an eigenvalue (lattices, blocks) any basis of their space is as good:
    they enter together, so that no number depends on a basis. Time grows with the cube of n up to
    1,500 regions (a second a candidate) and about linearly beyond: 10,000 regions take 10 seconds
    a candidate and 0.5 GB.

    References
    ----------
    Bauman, D., Drouet, T., Fortin, M.-J. and Dray, S. (2018). Optimizing the choice of a spatial
    weighting matrix in eigenvector-based methods. Ecology 99(10). Bauman, D., Drouet, T., Dray,
    S. and Vleminckx, J. (2018). Disentangling good from bad practices in the selection of spatial
    or phylogenetic eigenvectors. Ecography 41. Blanchet, F. G., Legendre, P. and Borcard, D.
    (2008). Forward selection of explanatory variables. Ecology 89(9). Griffith, D. and
    Peres-Neto, P. (2006). Spatial modeling in ecology. Ecology 87(10).

    Examples
    --------
    >>> from libpysal.weights import lat2W
    >>> squares = lat2W(6, 6)
    >>> slope = pd.Series(np.arange(36.0) // 6, index=squares.id_order, name="slope")
    >>> rank(slope, {"squares": squares, "in a row": lat2W(36, 1)}).table["rank"].to_dict()
    {'in a row': 1, 'squares': 2}
    """
    check_option("method", method, MapSelection)
    check_option("autocorrelation", autocorrelation, Autocorrelation)
    found = _linked(of_same_regions(candidates))
    tests = len(found) * len(signs_of(autocorrelation))
    _check_numbers(alpha, permutations, max_vectors, tests)
    y = _prepared(field, next(iter(found.values())), method)
    rng = generator(seed, "rank")
    orders = np.array([rng.permutation(y.shape[0]) for _ in range(permutations)])
    plan = Plan(method, signs_of(autocorrelation), alpha, max_vectors, orders, len(found))
    # One thread: sums of several threads would differ with their number in the last bits.
    with threadpool_limits(1, user_api="blas"):
        assessed = {label: assess(y, W, plan) for label, W in found.items()}
    table = _ordered(assessed, method)
    name = _name(field)
    notes = _notes(table, assessed, plan, seed)
    options = {
        "method": method,
        "autocorrelation": autocorrelation,
        "alpha": f"{alpha:g}",
        "permutations": str(permutations),
        "max_vectors": str(max_vectors),
        **{f"candidate {label}": W.digest for label, W in found.items()},
    }
    provenance = Provenance(
        method=f"Moran's eigenvector maps, {method}",
        formula=name,
        nobs=y.shape[0],
        ids_digest=ids_digest(next(iter(found.values())).ids),
        seed=seed,
        notes=notes,
        options=options,
    )
    maps = {label: assessed[label].maps for label in table.index}
    return Ranking(name, table, maps, notes, provenance)


def _prepared(field: pd.Series | pd.DataFrame, W: Weights, method: MapSelection) -> FloatArray:
    y = field_values(field, W, least=FEWEST)
    if y.ndim == 1:
        return y
    if method == "residual-moran":
        raise InputError(
            "field",
            expected='one column for method="residual-moran"',
            found=f"{y.shape[1]} columns",
            why="Moran's I is of one variable",
            remedy='rank each column, or use method="forward"',
        )
    return np.asarray((y - y.mean(axis=0)) / y.std(axis=0))


def _name(field: pd.Series | pd.DataFrame) -> str:
    if isinstance(field, pd.DataFrame):
        return ", ".join(str(column) for column in field.columns)
    return "field" if field.name is None else str(field.name)


def _ordered(assessed: Mapping[str, Assessment], method: MapSelection) -> pd.DataFrame:
    """Return the table with its ranks, the best first, equals by name."""
    rows = {label: dict(item.row) for label, item in assessed.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("candidate")
    ranked = (table["status"] == RANKED).tolist()
    fewest = table["vectors"] if method == "residual-moran" else 0
    # Weights that differ by a factor have the same maps; what differs below 1e-10 is rounding.
    largest = -table["rsquared_adj"].round(10)
    keys = pd.DataFrame({"fewest": fewest, "largest": largest}, index=table.index)
    table["rank"] = _ranks([tuple(key) for key in keys.to_numpy().tolist()], ranked)
    known = [
        yes and bool(np.isfinite(value)) for yes, value in zip(ranked, table["aicc"], strict=True)
    ]
    table["rank_aicc"] = _ranks([(value,) for value in table["aicc"].round(8)], known)
    table = table.sort_values(["rank", "p_value", "candidate"], na_position="last", kind="stable")
    return table[list(ORDER)]


def _ranks(keys: list[tuple[float, ...]], ranked: list[bool]) -> Any:
    counted = [key for key, yes in zip(keys, ranked, strict=True) if yes]
    ranks = [
        1 + sum(other < key for other in counted) if yes else None
        for key, yes in zip(keys, ranked, strict=True)
    ]
    return pd.array(ranks, dtype="Int64")


def _linked(found: dict[str, Weights]) -> dict[str, Weights]:
    for name, W in found.items():
        linked = W.n - len(W.islands)
        if linked < min(4, W.n):
            raise WeightsError(
                f"candidates[{name!r}]",
                expected="weights under which 4 regions or more have neighbours",
                found=f"{linked} of {W.n}",
                why="there is no autocorrelation to measure",
                remedy="leave this candidate out",
            )
    return found


def _check_numbers(alpha: float, permutations: int, most: int | None, tests: int) -> None:
    if not isinstance(alpha, int | float | np.number) or not 0.0 < alpha < 1.0:
        raise InputError("alpha", expected="a number between 0 and 1", found=repr(alpha))
    for name, value, least in (("permutations", permutations, 99), ("max_vectors", most, 1)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if value is not None and not (whole and value >= least):
            raise InputError(name, expected=f"a whole number from {least}", found=repr(value))
    smallest = sidak(1 / (permutations + 1), tests)
    if smallest > alpha:
        needed = math.ceil(1.0 / sidak(alpha, 1 / tests)) - 1
        raise InputError(
            "permutations",
            expected=f"at least {needed} for {tests} tests at alpha = {alpha:g}",
            found=str(permutations),
            why=f"the smallest adjusted p-value would be {smallest:.3g}",
            remedy=f"permutations={needed + 1}, or fewer candidates",
        )


def _notes(
    table: pd.DataFrame, assessed: Mapping[str, Assessment], plan: Plan, seed: int
) -> tuple[str, ...]:
    tests = plan.candidates * len(plan.signs)
    said = [
        f"maps selected by method {plan.method!r} at alpha = {plan.alpha:g}, "
        f"{len(plan.orders)} permutations, seed {seed}; p adjusted for {tests} tests (Šidák)"
    ]
    for status, rows in table.groupby("status", sort=True):
        if status != RANKED:
            said.append(f"not ranked: {', '.join(rows.index)} ({status})")
    said.extend(f"{label}: {note}" for label in table.index for note in assessed[label].notes)
    return tuple(said)
