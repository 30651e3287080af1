"""The convergence ladder: one growth regression by every model, and the tests between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core import display
from workbench.core.language import say
from workbench.core.statistics import Tests
from workbench.errors import InputError, unknown_name
from workbench.growth.beta import BetaConvergence, from_fit
from workbench.growth.sample import controls_at_start, growth_sample
from workbench.models import ladder
from workbench.models.comparison.rungs import RUNGS
from workbench.typing import Align, Model
from workbench.weights import WeightsLike


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ConvergenceLadder(Mapping[str, BetaConvergence]):
    """Growth regressions of one sample by several models; a mapping from model word to result.

    Attributes
    ----------
    rungs : mapping of str to BetaConvergence
        In the order of the models.
    tests : Tests
        Likelihood-ratio tests between nested models, Lagrange-multiplier tests on OLS.
    """

    rungs: Mapping[str, BetaConvergence]
    tests: Tests

    def __getitem__(self, model: str) -> BetaConvergence:
        if model not in self.rungs:
            raise unknown_name("model", model, self.rungs)
        return self.rungs[model]

    def __iter__(self) -> Iterator[str]:
        return iter(self.rungs)

    def __len__(self) -> int:
        return len(self.rungs)

    @property
    def heading(self) -> str:
        """What grew and when."""
        sample = next(iter(self.rungs.values())).sample
        return say(
            "Convergence ladder of {variable}, {when}", variable=sample.variable, when=sample.when
        )

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return slope, speed and half-life of every model, index (model, term, effect)."""
        parts = {name: rung.tidy(level) for name, rung in self.rungs.items()}
        return pd.concat(parts, names=["model"])

    def glance(self) -> pd.DataFrame:
        """Return a row a model: log-likelihood, AIC, BIC, R-squared."""
        rows = pd.concat([rung.glance() for rung in self.rungs.values()], ignore_index=True)
        return rows.set_index("model")[["nobs", "loglik", "aic", "bic", "sigma2", "rsquared"]]

    def plot(self, *, title: str | None = None) -> Any:
        """Return the speeds of all models with their intervals; options in ``views.growth``."""
        return display.picture("convergence speeds", self, title=title)

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        table = self.tidy()
        shown = table.index.get_level_values("term") != "initial"
        of_total = table.index.get_level_values("effect") == "total"
        total = table[shown & of_total].droplevel("effect")
        return [
            ("Speed and half-life from the total impact of the initial level", total),
            ("Fit", self.glance()),
            (self.tests.title, self.tests.tidy()),
        ]

    def _notes(self) -> tuple[str, ...]:
        notes = (note for rung in self.rungs.values() for note in rung.notes)
        return tuple(dict.fromkeys(notes))

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self._notes())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self._notes())


def convergence_ladder(
    variable: str | pd.DataFrame | pd.Series[Any],
    panel: pd.DataFrame | None,
    W: WeightsLike,
    *,
    start: Any = None,
    end: Any = None,
    controls: str | Sequence[str] = (),
    models: tuple[Model, ...] = RUNGS,
    align: Align = "strict",
) -> ConvergenceLadder:
    """Estimate one growth regression by every model and compare speeds of convergence.

    Parameters
    ----------
    variable, panel, W, start, end, controls, align
        As in :func:`beta_convergence`; weights are needed.
    models : tuple of str
        Models in order; all that :func:`workbench.ladder` knows by default.

    Returns
    -------
    ConvergenceLadder
        A mapping from model word to :class:`BetaConvergence`; ``tidy() glance() tests plot()``.

    Raises
    ------
    InputError
        As in :func:`beta_convergence`.

    Examples
    --------
    >>> import workbench as wb
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> steps = convergence_ladder("income", wb.load("us-income"), W, models=("ols", "sar"))
    >>> bool(steps["sar"].speed()["estimate"] > 0)
    True
    """
    sample = growth_sample(variable, panel, W, start=start, end=end, controls=controls, align=align)
    if sample.weights is None:
        raise InputError(
            "W",
            expected="spatial weights for the models of the ladder",
            found="None",
            remedy='pass them, or beta_convergence(..., model="ols") for the one that needs none',
        )
    with controls_at_start(sample):
        fits = ladder(sample.formula, sample.table, sample.weights, models=models)
    rungs: dict[str, BetaConvergence] = {name: from_fit(sample, fits[name]) for name in models}
    return ConvergenceLadder(rungs, fits.tests)
