"""How often each region keeps its label when the weights or the permutations change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import check_seed
from workbench.core.vocabulary import one_row
from workbench.errors import InputError, check_option
from workbench.explore.local.result import UNFLAGGED, LocalResult
from workbench.progress import progress
from workbench.typing import StabilityBy
from workbench.weights import Weights, align_to, perturbation
from workbench.weights.adoption import as_weights


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StabilityResult:
    """The share of draws in which each region had each label; immutable.

    Attributes
    ----------
    base : LocalResult
        The result whose labels are judged.
    shares : pandas.DataFrame
        What :attr:`table` is made of: a row a region, a column a class.
    changed : str
        What changed from draw to draw.
    draws : int
        How many draws.
    """

    base: LocalResult
    shares: pd.DataFrame
    changed: str
    draws: int

    @property
    def table(self) -> pd.DataFrame:
        """A row a region: ``cluster share`` of the base label, then the share of every class."""
        base = self.base.local["cluster"]
        columns = self.shares.columns.get_indexer(pd.Index(base))
        own = self.shares.to_numpy()[np.arange(len(base)), columns]
        lead = pd.DataFrame({"cluster": base, "share": own}, index=base.index)
        return pd.concat([lead, self.shares], axis=1)

    def sentence(self, region: Any) -> str:
        """Return one region's stability in words, e.g. ``"HH in 94 % of 200 perturbations"``."""
        row = self.table.loc[region]
        return f"{row['cluster']} in {row['share']:.0%} of {self.draws} draws ({self.changed})"

    def tidy(self) -> pd.DataFrame:
        """Return :attr:`table`."""
        return self.table

    def glance(self) -> pd.DataFrame:
        """Return one row: regions, draws, mean share of flagged and of other regions' labels."""
        table = self.table
        hit = ~table["cluster"].isin(UNFLAGGED)
        return one_row(
            nobs=len(table),
            draws=self.draws,
            share_flagged=float(table.loc[hit, "share"].mean()) if hit.any() else float("nan"),
            share=float(table["share"].mean()),
        )

    def augment(self) -> pd.DataFrame:
        """Return :attr:`table`."""
        return self.table

    @property
    def provenance(self) -> Provenance:
        """What produced the base result."""
        return self.base.provenance

    @property
    def notes(self) -> tuple[str, ...]:
        """Regions that are flagged in the base result but in fewer than half of the draws."""
        table = self.table
        weak = table.index[~table["cluster"].isin(UNFLAGGED) & (table["share"] < 0.5)]
        if not len(weak):
            return ()
        return (f"{len(weak)} flagged regions keep their label in fewer than half of the draws",)

    def plot(self, regions: Any = None, *, title: str | None = None) -> Any:
        """Return a map of the share of draws in which a flagged region kept its label."""
        return display.picture("stability map", self, regions, title=title)

    @property
    def heading(self) -> str:
        """What was judged, how often."""
        return say(
            "Stability of {heading}: {draws} draws, {changed}",
            heading=self.base.heading,
            draws=self.draws,
            changed=say(self.changed),
        )

    def _summary(self) -> list[tuple[str, pd.DataFrame]]:
        table = self.table
        hit = table[~table["cluster"].isin(UNFLAGGED)]
        return [("", (hit if len(hit) else table).head(20))]

    def __str__(self) -> str:
        return display.text(self.heading, self._summary(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._summary(), self.notes)


def stability(
    result: LocalResult, family: Mapping[str, Any] | Iterable[Any], *, seed: int = 0
) -> StabilityResult:
    """Compute a local statistic again under a family of weights and count each region's labels.

    Parameters
    ----------
    result : LocalResult
        From :func:`workbench.lisa` or any local statistic; its variable, level and correction
        are used again.
    family : mapping or iterable of Weights
        Rival neighbourhoods of the same regions, e.g. ``{"queen": W, "5 nearest": K}`` or
        ``wb.weights.perturbations(W, "rewired", draws=200)``.
    seed : int, default 0
        Seed of the permutations, the same for all members.

    Returns
    -------
    StabilityResult

    Raises
    ------
    InputError
        If the family is empty.
    IdError
        If a member has other regions.

    Examples
    --------
    >>> import libpysal, pandas as pd
    >>> from workbench.explore import lisa
    >>> queen = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5, rook=False))
    >>> rook = libpysal.graph.Graph.from_W(libpysal.weights.lat2W(5, 5))
    >>> x = pd.Series(range(25), index=range(25), name="x", dtype=float)
    >>> found = stability(lisa(x, None, queen, permutations=999), {"rook": rook})
    >>> found.sentence(12)
    'not significant in 100% of 1 draws (a family of 1 weights)'
    """
    _refuse_other_results(result)
    members = list(family.values()) if isinstance(family, Mapping) else list(family)
    if not members:
        raise InputError("family", expected="at least one Weights", found="none")
    index = result.local.index.to_frame(index=True, name="region")
    weights = [
        align_to(index, as_weights(W), argument="family", align="strict")[1] for W in members
    ]
    seeds = [check_seed(seed)] * len(weights)
    return _counted(result, weights, seeds, f"a family of {len(weights)} weights")


def _refuse_other_results(result: Any) -> None:
    if isinstance(result, LocalResult):
        return
    raise InputError(
        "result",
        expected="the result of a local statistic, e.g. lisa()",
        found=type(result).__name__,
        remedy="of groups from cluster() or regionalize() ask group_stability(result, by='noise')",
    )


def perturbed(
    result: LocalResult, *, by: str, draws: int, share: float, seed: int
) -> StabilityResult:
    """Compute a local statistic again under perturbed weights or other seeds."""
    check_option("by", by, StabilityBy)
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 1:
        raise InputError("draws", expected="a whole number from 1", found=repr(draws))
    base = result.weights
    own = result.provenance.seed
    if by == "seed":
        if own is None:
            raise InputError(
                "by",
                expected="weights to perturb",
                found="by='seed' for p-values without permutations",
                why="without random draws every seed gives the same labels",
                remedy='by="thinned"',
            )
        start = check_seed(seed) + 1
        # the judged result's own permutations would only agree with themselves
        seeds = [s for s in range(start, start + draws + 1) if s != own][:draws]
        return _counted(result, [base] * draws, seeds, "other permutations")
    if by == "thinned":
        made = (perturbation.thinned(base, share, seed=seed, draw=d) for d in range(draws))
        text = f"{share:.0%} of the links dropped"
    else:
        swaps = _swaps(share)
        made = (perturbation.rewired(base, seed=seed, draw=d, swaps=swaps) for d in range(draws))
        text = f"{share:.0%} of the links exchanged"
    return _counted(result, list(made), [own or 0] * draws, text)


def _swaps(share: float) -> float:
    if isinstance(share, bool) or not 0 < float(share) < 1:
        raise InputError("share", expected="a number between 0 and 1", found=repr(share))
    # each exchange touches two links
    return float(share) / 2


def _counted(
    result: LocalResult, family: list[Weights], seeds: list[int], changed: str
) -> StabilityResult:
    labels = list(dict.fromkeys([*result.classes]))
    counts = pd.DataFrame(0.0, index=result.local.index, columns=labels)
    with progress(len(family), "stability") as tick:
        for weights, seed in zip(family, seeds, strict=True):
            found = result.again(weights, seed).local["cluster"]
            for name in found.unique():
                counts[name] = counts.get(name, 0.0) + (found == name).astype(float)
            tick(1)
    return StabilityResult(result, counts / len(family), changed, len(family))
