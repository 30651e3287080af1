"""Put models side by side: what is asked for, checked and collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from workbench.core.glossary import GLOSSARY
from workbench.errors import (
    InputError,
    WorkbenchError,
    check_option,
    check_whole,
    unknown_option,
)
from workbench.reports.claims import Wording, worded
from workbench.reports.comparison import EFFECTS, Comparison, tolerance_of
from workbench.reports.drawn import drawn_impacts
from workbench.reports.formats import render
from workbench.reports.made import provenances_of
from workbench.reports.records import label_text
from workbench.reports.terms import chosen_terms, grouped_terms, ordered_terms
from workbench.typing import ImpactEffect as Effect
from workbench.typing import Language, Under

Statistic: TypeAlias = str | Mapping[str, Callable[[Any], Any] | Mapping[Any, Any]]
"""A column of ``glance()``, or rows of one's own: heading to function or to values by model."""

LEVELS_OF_STARS = (0.1, 0.05, 0.01)
SYNONYMS = {"tstat": "statistic", "se": "std_error", "p": "p_value", "ci": "interval"}


def compare(
    models: Mapping[Any, Any],
    *,
    impacts: bool | Mapping[Any, Any] = False,
    effects: Sequence[Effect] = EFFECTS,
    statistics: Sequence[Statistic] = ("nobs", "loglik", "aic", "rsquared"),
    under: Under | None = "std_error",
    stars: bool | Sequence[float] = False,
    odds_ratios: bool = False,
    keep: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    order: Sequence[str] = (),
    groups: bool | Mapping[str, Sequence[str]] = False,
    labels: Mapping[str, Wording] | None = None,
    digits: int = 3,
    formats: Mapping[str, str] | None = None,
    caption: Wording = "",
    notes: Wording = "",
    lang: Language | None = None,
) -> Comparison:
    """Put models side by side: estimates, what tells their precision, impacts, fit.

    Parameters
    ----------
    models : mapping of str to results
        Heading of each column and its result (``tidy()``, ``glance()`` and, for impacts,
        ``impacts()`` in the vocabulary of :data:`workbench.core.glossary.GLOSSARY`). A tuple is a
        heading of several levels, as ``("1986", "SAR")``; equal upper ones stand once.
    impacts : bool or mapping of str to impacts, default False
        Whether direct, indirect and total impacts follow the coefficients; a model without
        impacts leaves its cells empty. A mapping gives impacts that were made before, e.g.
        ``{"SDM": fit.impacts(horizon="long-run")}``.
    effects : sequence of {"direct", "indirect", "total"}
        Which of them, in order.
    statistics : sequence of str or mapping
        Rows below: columns of ``glance()``, where a model that lacks one leaves its cell empty, and
        mappings from a heading to a function of the model or to values by model:
        ``{"Region effects": {"OLS": "no", "SDM": "yes"}}``,
        ``{"Terms": lambda fit: len(fit.params)}``.
        Values are numbers, texts, or texts in each language.
    under : {"std_error", "statistic", "p_value", "interval"} or None
        What stands under an estimate.
    stars : bool or sequence of float, default False
        Whether to mark p < 0.1, 0.05 and 0.01, or levels of your own; the notes say them.
    odds_ratios : bool, default False
        Whether to show exp of the estimates of logits, with standard errors by the delta method;
        the constant is left out. Stars and p-values test the ratio against 1.
    keep, drop, order : sequence of str, optional
        Terms to show, to leave out, and to show first; ``*`` stands for any characters. They hold
        for coefficients and impacts.
    groups : bool or mapping of str to terms, default False
        Whether headings part regressors, their lags and parameters; or headings of your own with
        the terms under each.
    labels : mapping of str to text, or to one in each language
        What is shown in the place of a term, a model, a statistic or a heading. A lag ``W(x)``
        without a label takes that of ``x``. Ids of numbers keep the names.
    digits : int, default 3
        Decimals of estimates and of what stands under them. A row whose smallest error would be
        nothing but zeros gets more, up to six; beyond that numbers get a power of ten.
    formats : mapping of str to str, optional
        Format of a statistic, e.g. ``{"aic": ".0f"}``.
    caption, notes : text, or one in each language
        Above the table, and below it after what the table says of itself.
    lang : {"en", "ru"}, optional
        Language of what is shown; that in use by default.

    Returns
    -------
    Comparison
        ``table`` of printed texts, and ``to_html() to_latex() to_typst() to_docx() to_csv()
        to_excel()``. Constant and regressors in the order of the formulas, then lagged terms
        ``W(x)``, then tau, eta, rho, lambda and phi.

    Raises
    ------
    InputError
        If there is no model, an object is no result or lacks what is to stand under its estimates,
        or keep, drop, order or groups name a term that no model has.
    OptionError
        If a statistic is neither in the glossary nor in a model's ``glance()``.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("munnell-1990").xs(1986, level="year")
    >>> fit = wb.fit("log(gsp) ~ log(emp)", states, model="ols")
    >>> table = wb.compare({"OLS": fit}, statistics=["nobs"], under=None, drop=["Intercept"])
    >>> list(table.table["OLS"])[-1]
    '48'
    """
    named = _checked_models(models)
    under = SYNONYMS.get(under, under) if isinstance(under, str) else under  # type: ignore[assignment]
    if under is not None:
        check_option("under", under, Under)
    if lang is not None:
        check_option("lang", lang, Language)
    coefficients = {name: _terms_of(model, odds_ratios) for name, model in named.items()}
    _refuse_without_estimates(named, coefficients, under)
    fits = {name: _fit_of(model) for name, model in named.items()}
    shown, extras = _statistics(statistics, named, fits)
    found = _impacts(impacts, named)
    known = ordered_terms([*coefficients.values(), *map(_by_term, found.values())])
    terms = chosen_terms(known, keep=keep, drop=drop, order=order)
    grouped_terms(terms, groups)
    _check_texts(labels, caption, notes)
    return Comparison(
        coefficients=coefficients,
        impacts=found,
        fits=fits,
        tolerances={name: tolerance_of(model) for name, model in named.items()},
        statistics=shown,
        terms=tuple(terms),
        extras=extras,
        groups=groups,
        effects=_effects(effects),
        under=under,
        stars=_levels(stars),
        digits=check_whole("digits", digits, least=0),
        formats=checked_formats(formats),
        labels=dict(labels or {}),
        caption=caption,
        remarks=notes,
        defaults=tuple(n for n, fit in fits.items() if impacts is True and "dynamic" in fit),
        odds=odds_ratios,
        lang=lang,
        provenances=provenances_of(named) | drawn_impacts(found),
    )


def _checked_models(models: Mapping[Any, Any]) -> dict[str, Any]:
    if not isinstance(models, Mapping) or not models:
        raise InputError(
            "models",
            expected='results by name, e.g. {"OLS": ols, "SDM": sdm}',
            found=type(models).__name__ if models else "none",
        )
    strangers = [name for name, model in models.items() if not hasattr(model, "tidy")]
    if strangers:
        raise InputError(
            "models",
            expected="results with tidy() and glance()",
            found=", ".join(type(models[name]).__name__ for name in strangers),
            offenders=strangers,
        )
    return {label_text(name): model for name, model in models.items()}


def _terms_of(model: Any, odds: bool) -> pd.DataFrame:
    """Return estimates by term, in texts."""
    table = pd.DataFrame(model.tidy())
    attrs = table.attrs
    if "term" in table.columns:
        table = table.set_index("term")
    table = table.set_axis(pd.Index([label_text(label) for label in table.index]), axis=0)
    if odds:
        table = _odds_of(model, table)
    table.attrs = dict(attrs)
    return table


def _odds_of(model: Any, table: pd.DataFrame) -> pd.DataFrame:
    if not hasattr(model, "odds_ratios"):
        raise InputError(
            "odds_ratios",
            expected="models of a yes or no, which have odds_ratios()",
            found=type(model).__name__,
            why="exp of a coefficient is a ratio of odds in a logit only",
            remedy="leave odds_ratios=False, or compare logits alone",
        )
    ratios = model.odds_ratios()
    kept = table.loc[[term for term in table.index if term in ratios.index]]
    odds = ratios.loc[kept.index, "odds_ratio"]
    return kept.assign(
        estimate=odds,
        std_error=kept["std_error"] * odds,
        conf_low=ratios.loc[kept.index, "conf_low"],
        conf_high=ratios.loc[kept.index, "conf_high"],
    )


def _refuse_without_estimates(
    models: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], under: Under | None
) -> None:
    """Refuse results that estimate nothing, or nothing that could stand under an estimate."""
    below = {None: set(), "interval": {"conf_low", "conf_high"}}.get(under, {str(under)})
    needed = {"estimate"} | below
    bare = [name for name, table in tables.items() if not needed <= {*table}]
    if bare:
        lacking = "estimate" in tables[bare[0]]
        raise InputError(
            "models",
            expected="results whose tidy() has an estimate"
            + (f" and its {', '.join(sorted(below))}" if below else ""),
            found=", ".join(type(models[name]).__name__ for name in bare),
            offenders=bare,
            why="a comparison sets what tells the precision under the estimates",
            remedy="under=None, or another word that all of them have"
            if lacking
            else "publish tables side by side, e.g. "
            "pandas.concat({name: result.tidy() for name, result in results.items()})",
        )


def _impacts(impacts: bool | Mapping[Any, Any], models: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of impacts for each model, empty where there are none."""
    if isinstance(impacts, Mapping):
        given = {label_text(name): found for name, found in impacts.items()}
        strangers = [name for name in given if name not in models]
        if strangers:
            raise InputError(
                "impacts",
                expected="impacts by name of a model: " + ", ".join(models),
                found=", ".join(strangers),
            )
        return {n: _impact_table(given[n]) if n in given else pd.DataFrame() for n in models}
    if not impacts:
        return {name: pd.DataFrame() for name in models}
    return {name: _impacts_of(model) for name, model in models.items()}


def _impacts_of(model: Any) -> pd.DataFrame:
    if not hasattr(model, "impacts"):
        return pd.DataFrame()
    try:
        found = model.impacts()
    except WorkbenchError:  # a model without spillovers refuses to give impacts
        return pd.DataFrame()
    return _impact_table(found)


def _impact_table(found: Any) -> pd.DataFrame:
    table = found.tidy() if hasattr(found, "tidy") else found
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            "impacts",
            expected="what impacts() returns, or its tidy() table",
            found=type(found).__name__,
        )
    if {"term", "effect"} <= {*table.columns}:
        table = table.set_index(["term", "effect"])
    elif list(table.index.names) == ["effect", "term"]:
        table = table.swaplevel()
    if list(table.index.names) != ["term", "effect"] or not table.index.is_unique:
        raise InputError(
            "impacts",
            expected="a row for each term and effect",
            found=f"an index of {', '.join(map(str, table.index.names))}",
            remedy="impacts of one horizon or period, e.g. fit.impacts(horizon='long-run')",
        )
    table = pd.DataFrame(table).copy()
    if hasattr(found, "tolerance"):
        table.attrs["tolerance"] = tolerance_of(found)
        table.attrs["provenance"] = getattr(found, "provenance", None)
    return table


def _by_term(impacts: pd.DataFrame) -> pd.DataFrame:
    return impacts.droplevel("effect") if len(impacts) else impacts


def _fit_of(model: Any) -> pd.Series:
    if not hasattr(model, "glance"):
        return pd.Series(dtype=object)
    return pd.Series(model.glance().astype(object).iloc[0])


def _statistics(
    statistics: Sequence[Statistic], models: Mapping[str, Any], fits: Mapping[str, pd.Series]
) -> tuple[tuple[str, ...], dict[str, dict[str, Any]]]:
    """Return the names of the rows below, and the values of those of the caller's own."""
    if isinstance(statistics, str):
        statistics = (statistics,)
    known = set(GLOSSARY).union(*({*map(str, fit.index)} for fit in fits.values()))
    shown: list[str] = []
    extras: dict[str, dict[str, Any]] = {}
    for one in statistics:
        if isinstance(one, Mapping):
            extras |= {str(name): _own_row(str(name), what, models) for name, what in one.items()}
            shown += map(str, one)
        elif one in known:
            shown.append(one)
        else:
            raise unknown_option("statistics", one, sorted(known))
    twice = {name for name in shown if shown.count(name) > 1}
    if twice:
        raise InputError(
            "statistics", expected="each row once", found="twice", offenders=sorted(twice)
        )
    return tuple(shown), extras


def _own_row(name: str, what: Any, models: Mapping[str, Any]) -> dict[str, Any]:
    argument = f"statistics[{name!r}]"
    if callable(what):
        return {model: what(fit) for model, fit in models.items()}
    if not isinstance(what, Mapping):
        raise InputError(
            argument,
            expected="a function of the model, or values by model",
            found=type(what).__name__,
        )
    values = {label_text(model): value for model, value in what.items()}
    strangers = [model for model in values if model not in models]
    if strangers:
        raise InputError(
            argument,
            expected="values by model: " + ", ".join(models),
            found=", ".join(strangers),
        )
    for value in values.values():
        if isinstance(value, Mapping):
            worded(value, argument=argument)
    return values


def _effects(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    for effect in [effects] if isinstance(effects, str) else effects:
        check_option("effects", effect, Effect)
    return (effects,) if isinstance(effects, str) else tuple(effects)  # type: ignore[return-value]


def _levels(stars: bool | Sequence[float]) -> tuple[float, ...]:
    """Return the levels that are marked, the largest first: it gets one star."""
    if isinstance(stars, bool):
        return LEVELS_OF_STARS if stars else ()
    levels = np.atleast_1d(np.asarray(list(stars) if not np.isscalar(stars) else stars, float))
    if not (((levels > 0) & (levels < 1)).all() and len(set(levels.tolist())) == len(levels)):
        raise InputError(
            "stars",
            expected="True, or levels between 0 and 1, each once, e.g. (0.1, 0.05, 0.01)",
            found=repr(stars),
        )
    return tuple(sorted(levels.tolist(), reverse=True))


def _check_texts(labels: Mapping[str, Wording] | None, *texts: Wording) -> None:
    if labels is not None and not isinstance(labels, Mapping | pd.Series):
        raise InputError(
            "labels",
            expected="a mapping, or a Series, from a name to what is shown",
            found=type(labels).__name__,
            remedy='labels={"log(rd)": "R&D"}',
        )
    for text in (labels or {}).values():
        worded(text, argument="labels")
    for argument, text in zip(("caption", "notes"), texts, strict=True):
        worded(text, argument=argument)


def checked_formats(formats: Mapping[str, str] | None) -> dict[str, str]:
    """Return the formats, each one that a number can be printed in."""
    for column, spec in (formats or {}).items():
        try:
            render(1.0, spec)
        except (ValueError, TypeError) as error:
            raise InputError(
                f"formats[{column!r}]",
                expected='a format for numbers, e.g. ".1f"',
                found=f"{spec!r} ({error})",
            ) from error
    return dict(formats or {})
