"""How a result looks in a notebook, and the one table that says where its picture is drawn.

Results lie below the rooms that draw; they call :func:`picture`, which resolves a name at
the moment of the call. The mapping is literal, and a test resolves every entry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from importlib import import_module
from types import MappingProxyType
from typing import Any

import pandas as pd

from workbench.core.glossary import GLOSSARY
from workbench.core.language import decimal_comma, language, said_word, say
from workbench.core.provenance import Provenance

PICTURES: Mapping[str, str] = MappingProxyType(
    {
        "lisa map": "workbench.views.clusters:cluster_map",
        "significance map": "workbench.views.clusters:significance_map",
        "stability map": "workbench.views.clusters:stability_map",
        "moran scatterplot": "workbench.views.charts:moran_scatterplot",
        "permutation histogram": "workbench.views.permutations:permutation_histogram",
        "join counts": "workbench.views.permutations:join_count_chart",
        "smoothed rates": "workbench.views.rates:smoothing_chart",
        "impacts by order": "workbench.views.effects:orders_chart",
        "impact path": "workbench.views.paths:impact_path_chart",
        "impulse map": "workbench.views.effects:impulse_map",
        "predictions map": "workbench.views.effects:predictions_map",
        "regional impacts map": "workbench.views.effects:regional_map",
        "ladder": "workbench.views.ladder:ladder_chart",
        "power": "workbench.views.power:power_chart",
        "recovery": "workbench.views.power:recovery_chart",
        "impacts": "workbench.views.charts:impacts_chart",
        "bootstrap": "workbench.views.bootstraps:bootstrap_chart",
        "bootstrap test": "workbench.views.bootstraps:bootstrap_test_chart",
        "covariances": "workbench.views.covariances:covariances_chart",
        "common shocks": "workbench.views.shocks:shocks_chart",
        "identification": "workbench.views.identification:identification_chart",
        "probability curve": "workbench.views.logits:probability_curve_chart",
        "printed logits": "workbench.views.logits:printed_logits_chart",
        "probabilities": "workbench.views.probabilities:probabilities_chart",
        "moran by period": "workbench.views.paths:moran_chart",
        "impacts by period": "workbench.views.paths:impact_path_chart",
        "unit roots": "workbench.views.paths:unit_root_chart",
        "event study": "workbench.views.event_studies:event_chart",
        "curve test": "workbench.views.curve_tests:curve_test_chart",
        "connectivity map": "workbench.views.weights:connectivity_map",
        "transition heatmap": "workbench.views.dynamics:transition_heatmap",
        "conditional transitions": "workbench.views.dynamics:conditional_heatmaps",
        "rose": "workbench.views.dynamics:rose",
        "rank paths": "workbench.views.dynamics:rank_paths",
        "inequality over time": "workbench.views.inequality:inequality_lines",
        "cardinality histogram": "workbench.views.weights:cardinality_histogram",
        "dispersion": "workbench.views.growth:dispersion_chart",
        "growth scatterplot": "workbench.views.growth:growth_scatterplot",
        "convergence speeds": "workbench.views.growth:speed_chart",
        "transition paths": "workbench.views.growth:transition_chart",
        "club map": "workbench.views.growth:club_map",
        "referee": "workbench.views.referee:checklist_chart",
        "bass": "workbench.views.diffusion:bass_chart",
        "adoption hazard": "workbench.views.diffusion:hazard_chart",
        "adoption terms": "workbench.views.diffusion:adoption_terms_chart",
        "influence": "workbench.views.influence:influence_chart",
        "influence map": "workbench.views.influence:influence_map",
        "correlogram": "workbench.views.correlograms:correlogram_chart",
        "distance scatter": "workbench.views.correlograms:distance_scatter_chart",
        "classes map": "workbench.views.typology:classes_map",
        "typology map": "workbench.views.typology:typology_map",
        "typology profiles": "workbench.views.typology:profiles_chart",
        "verdicts": "workbench.views.verdicts:verdicts_chart",
        "number of groups": "workbench.views.typology:choice_chart",
        "placebo geography": "workbench.views.placebos:placebo_chart",
        "placebo outcomes": "workbench.views.placebos:outcomes_chart",
        "specification curve": "workbench.views.curves:curve_chart",
        "curve shares": "workbench.views.curve_parts:shares_chart",
        "curve attribution": "workbench.views.curve_parts:attribution_chart",
        "curve influence": "workbench.views.curve_parts:influence_chart",
        "scale ladder": "workbench.views.scales:scale_chart",
        "rank intervals": "workbench.views.composite_uncertainty:rank_intervals_chart",
        "index sensitivity": "workbench.views.composite_uncertainty:sensitivity_chart",
        "carried moran": "workbench.views.composite_uncertainty:carried_moran_chart",
        "carried clusters": "workbench.views.composite_uncertainty:carried_clusters_map",
        "index contributions": "workbench.views.composites:contributions_chart",
        "index profile": "workbench.views.composites:profile_chart",
        "indicator correlations": "workbench.views.composites:correlations_map",
        "point curves": "workbench.views.points:curves_chart",
        "colocation": "workbench.views.colocation:colocation_heatmap",
        "potential": "workbench.views.position:potential_chart",
        "potential map": "workbench.views.position:potential_map",
        "potential links": "workbench.views.position:potential_links_chart",
        "knowledge stock": "workbench.views.knowledge:stock_chart",
        "spillover decay": "workbench.views.knowledge:decay_chart",
        "absorptive capacity": "workbench.views.knowledge:capacity_chart",
        "group stability map": "workbench.views.typology:group_stability_map",
        "location quotients": "workbench.views.quotients:quotients_heatmap",
        "quotients forest": "workbench.views.quotients:quotients_forest",
        "structure measures": "workbench.views.localisation:structure_chart",
        "lorenz curves": "workbench.views.localisation:lorenz_chart",
        "agglomeration": "workbench.views.localisation:agglomeration_chart",
        "coagglomeration": "workbench.views.localisation:coagglomeration_heatmap",
        "shift-share": "workbench.views.localisation:shift_share_chart",
        "co-occurrence": "workbench.views.relatedness:co_occurrence_heatmap",
        "relatedness network": "workbench.views.networks:relatedness_network",
        "relatedness heatmap": "workbench.views.relatedness:relatedness_heatmap",
        "relatedness density": "workbench.views.relatedness:density_chart",
        "activity moves": "workbench.views.relatedness:moves_chart",
        "entry by density": "workbench.views.relatedness:entry_chart",
        "complexity": "workbench.views.complexity:complexity_chart",
        "fitness": "workbench.views.complexity:fitness_chart",
        "variety": "workbench.views.complexity:variety_chart",
        "types chart": "workbench.views.types:types_chart",
        "types map": "workbench.views.types:types_map",
        "type profiles": "workbench.views.types:type_profiles_chart",
        "type dots": "workbench.views.types:type_dots_chart",
        "typology comparison": "workbench.views.agreement:comparison_chart",
        "typology moves": "workbench.views.agreement:moves_chart",
        "typology stability": "workbench.views.agreement:stability_chart",
        "creation rates": "workbench.views.organisations:creation_chart",
        "growth rates": "workbench.views.organisations:growth_chart",
        "digital divide": "workbench.views.organisations:divide_chart",
        "registry": "workbench.views.registries:registry_chart",
        "registry map": "workbench.views.registries:registry_map",
        "regional excess": "workbench.views.registries:excess_chart",
        "efficiency": "workbench.views.frontiers:efficiency_chart",
        "frontier": "workbench.views.frontiers:frontier_chart",
        "peers": "workbench.views.profiles:peers_chart",
        "region profile": "workbench.views.profiles:profile_chart",
        "region paths": "workbench.views.profiles:paths_chart",
        "productivity": "workbench.views.frontiers:productivity_chart",
    }
)
"""Where each kind of picture is drawn: ``module:function``."""

SIGNIFICANT_DIGITS = 4


def picture(kind: str, *subjects: object, **options: Any) -> Any:
    """Draw a result with the function that :data:`PICTURES` names for its kind.

    A figure keeps, as ``provenance``, how the first of what it shows was made.
    """
    module, _, function = PICTURES[kind].partition(":")
    drawn = getattr(import_module(module), function)(*subjects, **options)
    known = (getattr(subject, "provenance", None) for subject in subjects)
    made = next((one for one in known if isinstance(one, Provenance)), None)
    if made is not None and hasattr(drawn, "savefig"):
        drawn.provenance = made
    return drawn


def number(value: object) -> str:
    """Return a cell's text: four significant digits, small p-values in scientific notation.

    Examples
    --------
    >>> number(0.123456), number(1234567), number(float("nan")), number("text")
    ('0.1235', '1234567', '', 'text')
    """
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        if value.is_integer() and abs(value) < 1e6:
            return f"{value:.0f}" if abs(value) >= 1 or value == 0 else f"{value:g}"
        return f"{value:.{SIGNIFICANT_DIGITS}g}"
    return str(value)


SMALLEST_P = 0.001
"""Below this a p-value is only said to be below it."""


def p_text(value: float) -> str:
    """Return a p-value as reports print it: three decimals, and ``<0.001`` below.

    Examples
    --------
    >>> p_text(0.00002), p_text(0.0412)
    ('<0.001', '0.041')
    """
    return f"<{SMALLEST_P}" if value < SMALLEST_P else f"{value:.3f}"


def _formatted(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype(object).map(number)


def _said(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of texts whose words are in the language in use, numbers with its mark."""
    if language() == "en":
        return _formatted(table)
    return (
        table.astype(object)
        .map(lambda value: said_word(value) if isinstance(value, str) else _numeral(value))
        .rename(index=_said_label, columns=_said_label)
    )


def _said_label(label: Any) -> Any:
    """Return a label whose word is a class; names of columns of results stay as they are."""
    return said_word(label) if isinstance(label, str) and label not in GLOSSARY else label


def _numeral(value: object) -> str:
    printed = number(value)
    return decimal_comma(printed) if isinstance(value, float) else printed


def html(title: str, tables: Sequence[tuple[str, pd.DataFrame]], notes: Sequence[str] = ()) -> str:
    """Return tables under a title as HTML in which every text is escaped."""
    parts = [f'<div class="workbench-result"><p><strong>{escape(title)}</strong></p>']
    for caption, table in tables:
        if caption:
            parts.append(f"<p>{escape(say(caption))}</p>")
        parts.append(_said(table).to_html(escape=True, border=0))
    parts.extend(f"<p><small>{escape(note)}</small></p>" for note in notes)
    return "\n".join([*parts, "</div>"])


def text(title: str, tables: Sequence[tuple[str, pd.DataFrame]], notes: Sequence[str] = ()) -> str:
    """Return tables under a title as plain text."""
    parts = [title]
    for caption, table in tables:
        if caption:
            parts.append(caption)
        parts.append(_formatted(table).to_string())
    return "\n".join([*parts, *notes])
