"""Pictures of bootstrap draws: one panel a quantity, and a statistic among its draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from workbench.core.language import say
from workbench.errors import InputError
from workbench.typing import Said
from workbench.views.style import (
    ACCENT,
    INK,
    SERIES_COLORS,
    Picture,
    number,
    p_number,
    styled,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from workbench.models.resampling.bootstrap import Bootstrap
    from workbench.models.resampling.bootstrap_tests import BootstrapTest
    from workbench.typing import FloatArray

ACROSS = 3
"""Panels beside each other."""

MOST = 24
"""Panels that one picture has room for."""

LAW = SERIES_COLORS[1]


def bootstrap_chart(
    result: Bootstrap, *, quantities: Any = None, title: Said | None = None
) -> Picture:
    """Draw the draws of each quantity with its estimate and interval.

    Parameters
    ----------
    result : Bootstrap
        From ``fit.bootstrap()``.
    quantities : list, optional
        Columns of ``result.draws``, or terms (all their effects); all without, but those that are
        zero by the form of the model.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        Bars: the draws; solid line: the estimate; dashed: the ends of the interval; dotted: zero,
        where it is near.
    """
    chosen = _chosen(result, quantities)
    table = result.tidy()
    across = min(ACROSS, len(chosen))
    rows = -(-len(chosen) // across)
    told = [f"{_name(q)}: {number(float(table.loc[q, 'estimate']))}" for q in chosen]
    with styled():
        figure = Picture(
            2.6 * across,
            0.6 + 1.75 * rows,
            alt=say(
                "Histograms of {n} bootstrap draws, with {level:.0%} {interval} intervals. {told}.",
                n=len(result.draws),
                level=result.level,
                interval=say(result.interval),
                told="; ".join(told),
            ),
        )
        for place, quantity in enumerate(chosen):
            axes = figure.add_subplot(rows, across, place + 1)
            _panel(axes, result.draws[quantity].to_numpy(), table.loc[quantity])
            axes.set_title(_name(quantity), fontsize=8.5)
        heading = say(
            "{n} draws, {level:.0%} {interval} intervals",
            n=len(result.draws),
            level=result.level,
            interval=say(result.interval),
        )
        figure.suptitle(
            titled(title) if title is not None else heading, fontsize=10.5, x=0.02, ha="left"
        )
    return figure


def _chosen(result: Bootstrap, quantities: Any) -> list[Any]:
    columns: list[Any] = result.draws.columns.tolist()
    if quantities is None:
        free = ~result.tidy()["std_error"].isna().to_numpy()
        chosen = [c for c, shown in zip(columns, free, strict=True) if shown]
    else:
        wanted = [quantities] if isinstance(quantities, str | tuple) else list(quantities)
        known = [c for c in columns if c in wanted or (isinstance(c, tuple) and c[0] in wanted)]
        heads = {c[0] if isinstance(c, tuple) else c for c in columns} | set(columns)
        strange = [q for q in wanted if q not in heads]
        if strange:
            raise InputError(
                "quantities",
                expected=f"terms or columns of the draws: {', '.join(map(_name, columns))}",
                found=f"{len(strange)} others",
                offenders=strange,
                remedy=f"quantities=[{columns[0]!r}]",
            )
        chosen = known
    if not 1 <= len(chosen) <= MOST:
        raise InputError(
            "quantities",
            expected=f"1 to {MOST} quantities for one picture",
            found=str(len(chosen)),
            remedy=f"quantities=[{columns[0]!r}]",
        )
    return chosen


def _name(quantity: Any) -> str:
    if not isinstance(quantity, tuple):
        return str(quantity)
    term, effect = quantity[0], quantity[-1]
    return str(term) if effect == "coefficient" else f"{term}, {say(str(effect))}"


def _panel(axes: Axes, draws: FloatArray, row: Any) -> None:
    _histogram(axes, draws)
    axes.axvline(row["estimate"], color=INK, linewidth=1.2)
    for end in (row["conf_low"], row["conf_high"]):
        axes.axvline(end, color=ACCENT, linewidth=1.0, linestyle=(0, (4, 3)))
    low, high = axes.get_xlim()
    if low - 0.3 * (high - low) <= 0.0 <= high + 0.3 * (high - low):
        axes.axvline(0.0, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))


def _histogram(axes: Axes, draws: FloatArray) -> None:
    bins = int(np.clip(np.sqrt(draws.size), 8, 40))
    axes.hist(draws, bins=bins, density=True, color="#C9D6E3", edgecolor="white", linewidth=0.4)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=4)


def bootstrap_test_chart(result: BootstrapTest, *, title: Said | None = None) -> Picture:
    """Draw a statistic among its draws under the null, with its law for large samples.

    Parameters
    ----------
    result : BootstrapTest
        From ``fit.bootstrap_test()``.
    title : str, optional
        Heading.

    Returns
    -------
    Picture
        Bars: draws under the null; solid line: the statistic; curve: the density of the law for
        large samples, where there is one.
    """
    draws = result.draws.to_numpy()
    p = say("bootstrap p = {p_value}", p_value=p_number(result.p_value))
    facts = f"{result.name} = {number(result.statistic)}, {p}"
    with styled():
        figure = Picture(
            5.4,
            3.2,
            alt=say(
                "Histogram of {size} draws under the null. {facts}.", size=draws.size, facts=facts
            ),
        )
        axes = figure.add_subplot()
        _histogram(axes, draws)
        _law(axes, result, draws)
        axes.axvline(result.statistic, color=ACCENT, linewidth=1.6, label=say("observed"))
        axes.set_xlabel(say("{name} where {null}", name=result.name, null=result.null))
        axes.set_title(titled(title) if title is not None else facts)
        axes.legend(loc="best", frameon=True, facecolor="white", edgecolor="none")
    return figure


def _law(axes: Axes, result: BootstrapTest, draws: FloatArray) -> None:
    law = result.asymptotic
    if law is None or law.distribution not in ("chi2", "F", "normal"):
        return
    x = np.linspace(draws.min(), max(float(draws.max()), result.statistic), 400)
    if law.distribution == "normal":
        if law.expected is None or law.variance is None:
            return
        density = stats.norm.pdf(x, law.expected, np.sqrt(law.variance))
    else:
        density = getattr(stats, law.distribution.lower()).pdf(x, *law.df)
    # a chi-square with one degree of freedom has no bound at 0
    top = axes.get_ylim()[1]
    df = f" ({', '.join(number(float(d)) for d in law.df)})" if law.df else ""
    name = say("chi-square") if law.distribution == "chi2" else say(law.distribution)
    axes.plot(x, np.minimum(density, 1.3 * top), color=LAW, linewidth=1.3, label=f"{name}{df}")
