"""How far the structure of a region, or the places of an activity, differ from the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.core.vocabulary import one_row
from workbench.innovation.localisation.checks import check_measures, drawn_p
from workbench.innovation.localisation.settings import Settings, read_counts
from workbench.innovation.reading import TwoWay
from workbench.numerics.concentration import chance, structure
from workbench.typing import (
    Alternative,
    ChanceNull,
    FloatArray,
    StructureInterval,
    StructureMeasure,
    StructureReference,
    Tolerance,
)

DEFAULT: tuple[StructureMeasure, ...] = (
    "krugman", "hoover", "hachman", "theil", "gini",
    "herfindahl", "herfindahl_normalised", "number_equivalent", "entropy",
)  # fmt: skip
SHOWN = 12
"""Rows of a table that a result prints."""
INFERENCE = (
    "std_error", "bias", "conf_low", "conf_high", "expected", "chance_low", "chance_high", "p_value"
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StructureMeasures:
    """Measures of specialisation (a region) or of concentration (an activity); immutable.

    Attributes
    ----------
    of : {"region", "activity"}
        Whose structure was measured.
    table : pandas.DataFrame
        A row a (region or activity, measure); what :meth:`tidy` hands out copies of.
    shape : (int, int)
        Number of regions and of activities.
    settings : Settings
    provenance : Provenance
    notes : tuple of str
    """

    of: Literal["region", "activity"]
    table: pd.DataFrame
    shape: tuple[int, int]
    settings: Settings
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "simulation" if self.settings.inferred else "closed form"

    @property
    def measures(self) -> list[str]:
        """Names of the measures, in the order asked for."""
        return list(self.table.index.get_level_values("measure").unique())

    @property
    def heading(self) -> str:
        """What was measured."""
        what = (
            say("Specialisation of regions")
            if self.of == "region"
            else say("Concentration of activities")
        )
        return say(
            "{what}, {shape} regions × {shape_2} activities",
            what=what,
            shape=self.shape[0],
            shape_2=self.shape[1],
        )

    def wide(self) -> pd.DataFrame:
        """Return the measures alone: a row a region (activity), a column a measure."""
        names = self.table.index.get_level_values(0)[:: len(self.measures)]
        values = self.table["estimate"].to_numpy().reshape(-1, len(self.measures))
        columns = pd.Index(self.measures, name="measure")
        return pd.DataFrame(values.copy(), index=names, columns=columns)

    def tidy(self) -> pd.DataFrame:
        """Return a row a (region or activity, measure).

        Column ``estimate``; with draws also ``std_error bias conf_low conf_high`` (bootstrap) and
        ``expected chance_low chance_high p_value`` (by chance).
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``regions activities draws``."""
        draws = self.settings.draws if self.settings.inferred else 0
        return one_row(regions=self.shape[0], activities=self.shape[1], draws=draws)

    def plot(self, measure: str | None = None, *, title: str | None = None) -> Any:
        """Return a measure with its intervals and range by chance; see ``views.localisation``."""
        return display.picture("structure measures", self, measure=measure, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        wide = self.wide()
        first = wide.sort_values(wide.columns[0], ascending=False, kind="stable").head(SHOWN)
        cut = f" (first {SHOWN} of {len(wide)})" if len(wide) > SHOWN else ""
        return [(f"Highest {wide.columns[0]}{cut}", first)]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def specialisation(
    table: pd.DataFrame,
    *,
    measures: Sequence[StructureMeasure] = DEFAULT,
    reference: StructureReference = "whole",
    interval: StructureInterval = "bootstrap",
    null: ChanceNull = "without-replacement",
    draws: int = 999,
    seed: int = 0,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> StructureMeasures:
    """Measure how far the structure of each region differs from that of the whole.

    With p the shares of a region's activities and q those of the reference:

    ======================== ============================ ===========================
    measure                  formula                      range
    ======================== ============================ ===========================
    krugman                  Σ |p − q|                    0 to 2
    hoover                   ½ Σ |p − q|                  0 to 1
    hachman                  1 / Σ p² / q                 0 to 1, **1 is no difference**
    theil                    Σ p ln(p / q)                0 upwards, nats
    gini                     of p against q               0 to 1 − least q
    herfindahl               Σ p²                         1/k to 1
    herfindahl_normalised    (Σ p² − 1/k) / (1 − 1/k)     0 to 1
    number_equivalent        1 / Σ p²                     1 to k activities
    entropy                  −Σ p ln p                    0 to ln k, nats
    ======================== ============================ ===========================

    Parameters
    ----------
    table : DataFrame, n × k
        Regions × activities, non-negative, a unit the same everywhere (people, firms, patents);
        read by :func:`~workbench.innovation.reading.two_way`. Missing figures are refused.
    measures : sequence of str
        Which, in this order; all by default.
    reference : {"whole", "rest", "others", "uniform"}
        ``"whole"``: the shares of the whole table, the region included; ``"rest"``: of all other
        regions added up; ``"others"``: the mean of the shares of the other regions, each counting
        once; ``"uniform"``: equal shares, for absolute Theil and Gini measures. The last four rows
        above need none.
    interval : {"bootstrap", "none"}
        Parametric bootstrap of the region's counts, or neither interval nor comparison with chance,
        as for figures that are no counts.
    null : {"without-replacement", "multinomial"}
        What chance is: a region of its size is drawn from all units of the table, or each unit
        falls independently by the shares of the whole. The first is right for complete counts, in
        which the region is a part of the whole; the second for samples.
    draws, seed : int
        Number of draws for each of bootstrap and chance, and their seed.
    level : float
        Of the interval and of the range by chance.
    alternative : {"two-sided", "greater", "less"}
        Against chance; ``"greater"`` is a larger value of the measure.

    Returns
    -------
    StructureMeasures
        ``tidy() wide() glance() plot()``.

    Raises
    ------
    ValuesError, IdError, InputError
        If figures cannot be used (counts with a fraction under a bootstrap, empty regions or
        activities), naming regions and activities; if an option is unknown.

    Notes
    -----
    Counting error alone makes a small region look special: ``expected`` says how much, `bias` how
    much of the estimate the bootstrap repeats, and the interval is reflected at the estimate to
    take it away. Where a region does not differ from the whole, no interval is right near the bound
    of the measure: read the p-value there. Units are taken to be placed one by one; people placed
    by firms are not, and chance then does more than is said here: see
    :func:`~workbench.innovation.localisation.agglomeration.ellison_glaeser`. Time grows with
    regions × activities × draws: for thousands of regions take fewer draws, or none.

    References
    ----------
    Krugman, P. (1991). Geography and Trade. MIT Press, appendix.

    Hoover, E. M. (1936). The measurement of industrial localization. Review of Economics and
    Statistics 18(4), 162-171.

    Hachman, F. (1995). Economic diversity and economic diversification. Utah Economic and Business
    Review 55(9).

    Hoover, E. M. and Giarratani, F. (1985). An Introduction to Regional Economics, 3rd ed., ch. 9.

    Palan, N. (2010). Measurement of specialization: the choice of indices. FIW Working Paper 62.

    Theil, H. (1967). Economics and Information Theory. North-Holland.

    Examples
    --------
    >>> jobs = pd.DataFrame({"steel": [20, 0], "cars": [80, 0], "software": [0, 100]},
    ...                     index=["east", "west"])
    >>> specialisation(jobs, reference="rest", interval="none").wide().loc["east", "krugman"].item()
    2.0
    """
    settings = Settings(reference, interval, null, draws, seed, level, alternative)
    read = read_counts(table, settings)
    return _measured("region", read, check_measures(measures, StructureMeasure), settings)


def concentration(
    table: pd.DataFrame,
    *,
    measures: Sequence[StructureMeasure] = DEFAULT,
    reference: StructureReference = "whole",
    interval: StructureInterval = "bootstrap",
    null: ChanceNull = "without-replacement",
    draws: int = 999,
    seed: int = 0,
    level: float = 0.95,
    alternative: Alternative = "two-sided",
) -> StructureMeasures:
    """Measure how far the regions of each activity differ from those of all activities.

    The measures of :func:`specialisation` with p the shares of an activity's regions and q those of
    the reference: ``"whole"`` is relative to the regions' size (Hoover–Balassa, Krugman's
    concentration, relative Theil), ``"uniform"`` is absolute, ``"rest"`` and ``"others"`` are the
    other activities, added up or as a mean of their shares. Parameters are those of
    :func:`specialisation`.

    Returns
    -------
    StructureMeasures
        ``tidy() wide() glance() plot()``, a row an (activity, measure).

    Raises
    ------
    ValuesError, IdError, InputError
        If figures cannot be used (counts with a fraction under a bootstrap, empty regions or
        activities), naming regions and activities; if an option is unknown.

    References
    ----------
    Hoover, E. M. (1936). The measurement of industrial localization. Review of Economics and
    Statistics 18(4), 162-171.

    Haaland, J. I., Kind, H. J., Midelfart-Knarvik, K. H. and Torstensson, J. (1999). What
    determines the economic geography of Europe? CEPR Discussion Paper 2072.

    Examples
    --------
    >>> jobs = pd.DataFrame({"steel": [20, 0], "cars": [80, 0], "software": [0, 100]},
    ...                     index=["east", "west"])
    >>> concentration(jobs, interval="none").wide()["hoover"].tolist()
    [0.5, 0.5, 0.5]
    """
    settings = Settings(reference, interval, null, draws, seed, level, alternative)
    read = read_counts(table, settings)
    return _measured("activity", read, check_measures(measures, StructureMeasure), settings)


def _measured(
    of: Literal["region", "activity"], read: TwoWay, measures: tuple[str, ...], settings: Settings
) -> StructureMeasures:
    counts = read.values if of == "region" else np.ascontiguousarray(read.values.T)
    names = read.ids if of == "region" else read.activities
    frame = chance.Frame.of(counts, settings.reference)
    table = measured_table(frame, names, measures, settings, of=of)
    notes = _notes(of, table, measures, settings)
    provenance = Provenance(
        method="specialisation" if of == "region" else "concentration",
        formula=", ".join(measures),
        nobs=counts.size,
        ids_digest=ids_digest(read.ids),
        seed=settings.seed if settings.inferred else None,
        notes=notes,
        options=settings.told(),
    )
    return StructureMeasures(of, table, read.values.shape, settings, provenance, notes)


def measured_table(
    frame: chance.Frame, names: pd.Index, measures: tuple[str, ...], settings: Settings, *, of: str
) -> pd.DataFrame:
    """Return measures with what was drawn of them, a row a (name, measure)."""
    p = structure.shares(frame.counts)
    found = np.stack([structure.MEASURES[m](p, frame.compared) for m in measures], axis=1)
    index = pd.MultiIndex.from_product([names, list(measures)], names=[of, "measure"])
    columns = {"estimate": found.ravel()}
    if settings.inferred:
        rows = np.stack([
            _inferred(frame, row, names[row], measures, found[row], settings)
            for row in range(len(names))
        ])  # fmt: skip
        columns |= {name: rows[..., c].ravel() for c, name in enumerate(INFERENCE)}
    return pd.DataFrame(columns, index=index)


def _inferred(
    frame: chance.Frame,
    row: int,
    name: Any,
    measures: tuple[str, ...],
    found: FloatArray,
    settings: Settings,
) -> FloatArray:
    """Return bootstrap and chance of a row, shape (measures, 8): columns as in INFERENCE."""
    drawn = chance.bootstrap_draws(
        frame, row, measures,
        draws=settings.draws, generator=generator(settings.seed, "structure bootstrap", name),
    )  # fmt: skip
    by_chance = chance.null_draws(
        frame, row, measures, null=settings.null,
        draws=settings.draws, generator=generator(settings.seed, "structure chance", name),
    )  # fmt: skip
    tail = (1 - settings.level) / 2
    out = np.full((len(measures), len(INFERENCE)), np.nan)
    for m, measure in enumerate(measures):
        values, null, estimate = drawn[measure], by_chance[measure], float(found[m])
        bounds = structure.BOUNDS[measure]
        if np.isfinite(values).all() and np.isfinite(estimate):
            low, high = chance.basic_interval(estimate, values, level=settings.level, bounds=bounds)
            out[m, :4] = values.std(ddof=1), values.mean() - estimate, low, high
        if np.isfinite(null).all():
            out[m, 4:7] = null.mean(), *np.quantile(null, [tail, 1 - tail])
        out[m, 7] = drawn_p(estimate, null, settings.alternative)
    return out


def _notes(
    of: str, table: pd.DataFrame, measures: tuple[str, ...], settings: Settings
) -> tuple[str, ...]:
    notes = []
    endless = table.index[np.isinf(table["estimate"])].get_level_values(0).unique()
    if len(endless):
        notes.append(
            f"Theil's measure is infinite where the reference lacks what the {of} has: "
            f"{', '.join(map(str, endless[:5]))}."
        )
    if "hachman" in measures:
        notes.append("Hachman's index runs the other way: 1 is the structure of the reference.")
    if settings.inferred:
        notes.append(
            "Intervals and chance take units as placed one by one; what firms or offices place "
            "together varies more."
        )
    return tuple(notes)
