"""Choices that decide what is drawn for a measure of structure, and the counts to draw from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.core.seeds import check_seed
from workbench.errors import InputError, check_option
from workbench.innovation.localisation.checks import check_draws, require_counts
from workbench.innovation.reading import TwoWay, two_way
from workbench.numerics.concentration import chance
from workbench.typing import Alternative, ChanceNull, StructureInterval, StructureReference


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices that decide the numbers; see :func:`specialisation`."""

    reference: StructureReference = "whole"
    interval: StructureInterval = "bootstrap"
    null: ChanceNull = "without-replacement"
    draws: int = 999
    seed: int = 0
    level: float = 0.95
    alternative: Alternative = "two-sided"

    def __post_init__(self) -> None:
        check_option("reference", self.reference, StructureReference)
        check_option("interval", self.interval, StructureInterval)
        check_option("null", self.null, ChanceNull)
        check_option("alternative", self.alternative, Alternative)
        check_draws(self.draws, self.level)
        check_seed(self.seed)

    @property
    def inferred(self) -> bool:
        """Whether anything is drawn."""
        return self.interval != "none"

    def told(self) -> dict[str, str]:
        """Return what a provenance says of them."""
        kept: dict[str, str] = {"reference": self.reference, "interval": self.interval}
        if self.inferred:
            kept |= {"null": self.null, "draws": str(self.draws), "level": f"{self.level:g}",
                     "alternative": self.alternative}  # fmt: skip
        return kept


def read_counts(
    table: pd.DataFrame, settings: Settings, *, fewest: tuple[int, int] = (2, 2)
) -> TwoWay:
    """Read a table, of counts where anything is drawn."""
    read = two_way(table, fewest=fewest)
    if settings.inferred:
        require_counts(
            read,
            argument="table",
            why="bootstrap and chance draw whole units",
            remedy='interval="none" measures figures that are no counts',
        )
        whole = float(read.values.sum())
        if settings.null == "without-replacement" and whole >= chance.LARGEST_POPULATION:
            raise InputError(
                "null",
                expected=f"fewer than {chance.LARGEST_POPULATION:.0e} units to draw from",
                found=f"{whole:.0f}",
                remedy='null="multinomial", the same for a region that is a small part',
            )
    return read
