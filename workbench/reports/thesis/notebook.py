"""The notebook of a thesis: a template of code, and guidance in the student's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from workbench.reports.thesis.draft import Draft
from workbench.reports.thesis.wanted import BUNDLED_REGIONS

TEMPLATES = Path(__file__).parent / "templates"
NEIGHBOURS = 6

_FIELD = re.compile(r"<<(\w+)>>")
_PHRASES = {
    ("en", False): {
        "per_period": "",
        "spread": ", with Moran's $I$ of each",
        "choices": "formulas, weights, models and samples",
    },
    ("en", True): {
        "per_period": " and year",
        "spread": ", over regions and years",
        "choices": "formulas, weights, models and effects",
    },
    ("ru", False): {
        "per_period": "",
        "spread": ", а также её индекс Морана",
        "choices": "формул, матриц весов, моделей и выборок",
    },
    ("ru", True): {
        "per_period": " и год",
        "spread": " по регионам и годам",
        "choices": "формул, матриц весов, моделей и эффектов",
    },
}
_WORDS = {
    "en": {
        "statement": "«More of it next door raises the outcome here»",
        "mechanism": "«why neighbours should matter»",
        "reference": "«who argued so»",
        "formula_all": "all regressors",
        "formula_main": "main alone",
        "sample_all": "all regions",
        "sample_less": "without the largest",
    },
    "ru": {
        "statement": "«Рост фактора у соседей повышает показатель в регионе»",
        "mechanism": "«почему соседи должны влиять»",
        "reference": "«кто это обосновал»",
        "formula_all": "все факторы",
        "formula_main": "один фактор",
        "sample_all": "все регионы",
        "sample_less": "без наибольшего",
    },
}


def script(draft: Draft) -> str:
    """Return the percent script of a thesis.

    Parameters
    ----------
    draft : Draft
        The files, read and matched.

    Returns
    -------
    str
        The same for the same draft.
    """
    fields, facts = _fields(draft), _facts(draft)
    said = _guidance(draft.wanted.lang, fields, facts)
    header = filled(_text("header.txt"), fields, facts)
    body = filled(_text("study.txt"), fields, facts)
    lines = []
    for line in body.splitlines():
        key = line.removeprefix("#say ")
        lines += [line] if key == line else _cell(said[key])
    return header + "\n".join(lines) + "\n"


def filled(template: str, fields: Mapping[str, str], facts: Mapping[str, bool]) -> str:
    r"""Return a template with its fields filled in and the lines that do not apply left out.

    ``<<name>>`` is a field; lines between ``#if fact`` or ``#if not fact``, ``#else`` and
    ``#endif`` stay where the fact holds.

    Examples
    --------
    >>> text = "#if panel\nyears\n#else\none year of <<name>>\n#endif\n"
    >>> filled(text, {"name": "x"}, {"panel": False})
    'one year of x\n'
    """
    kept, holding = [], [True]
    for line in template.splitlines():
        word, _, rest = line.partition(" ")
        if word == "#if":
            fact = rest.removeprefix("not ")
            holding.append(facts[fact] is not rest.startswith("not "))
        elif word == "#else":
            holding[-1] = not holding[-1]
        elif word == "#endif":
            holding.pop()
        elif all(holding):
            kept.append(line)
    return _FIELD.sub(lambda found: fields[found[1]], "\n".join(kept)) + "\n"


def _text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _guidance(lang: str, fields: Mapping[str, str], facts: Mapping[str, bool]) -> dict[str, str]:
    """Return what is said before each step, by its key."""
    text = filled(_text(f"guidance_{lang}.md"), fields, facts)
    parts = re.split(r"^<!-- (\w+) -->\n", text, flags=re.MULTILINE)
    return {key: said.strip("\n") for key, said in zip(parts[1::2], parts[2::2], strict=True)}


def _cell(text: str) -> list[str]:
    return ["# %% [markdown]", *(f"# {line}".rstrip() for line in text.splitlines())]


def _facts(draft: Draft) -> dict[str, bool]:
    return {
        "panel": draft.panel,
        "bundled": draft.places is None,
        "polygons": draft.places is None or draft.places.kind == "regions",
        "several": len(draft.regressors) > 1,
    }


def _fields(draft: Draft) -> dict[str, str]:
    wanted, facts = draft.wanted, _facts(draft)
    needed = (draft.outcome, *draft.regressors)
    last = str(draft.figures.index.get_level_values("year").max()) if draft.panel else ""
    unknown = [c.heading for c in draft.columns if c.unit == "?" and c.name in needed]
    headings = {column.name: column.heading for column in draft.columns}
    return {
        "name": wanted.name,
        "lang": wanted.lang,
        "title": "«Title of the thesis»",
        "title_ru": "«Название работы»",
        "question": "«What does the thesis ask?»",
        "question_ru": "«На какой вопрос отвечает работа?»",
        "outcome": draft.outcome,
        "outcome_heading": _plain(headings[draft.outcome]),
        "regressors": _listed(draft.regressors),
        "regressor_headings": "; ".join(_plain(headings[name]) for name in draft.regressors),
        "main": draft.regressors[0],
        "main_heading": _plain(headings[draft.regressors[0]]),
        "needed": ", ".join(_quoted(name) for name in needed),
        "figures_part": ', part="figures"',
        "regions_set": BUNDLED_REGIONS,
        "regions_part": draft.part,
        "how": "strict" if draft.complete else "inner",
        "k": str(min(NEIGHBOURS, draft.regions // 2 - 1)),
        "main_weights": "queen" if facts["polygons"] else "knn",
        "map_year": f", {last}" if last else "",
        "map_year_ru": f", {last} год" if last else "",
        **_PHRASES[wanted.lang, draft.panel],
        "unknown_units": "; ".join(map(_plain, unknown)) or "—",
        **_WORDS[wanted.lang],
    }


def _quoted(name: str) -> str:
    return f'"{name}"'


def _listed(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_quoted, names)) + "]"


def _plain(text: str) -> str:
    """Return a heading as words of Markdown that mean nothing else."""
    return re.sub(r"([\\`*_{}\[\]<>#$|~^!@])", r"\\\1", " ".join(text.split()))
