"""Promise: the study of AI geography runs with whatever part of its form a user has."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb

pytestmark = pytest.mark.slow
WHOLE = ("st_potential", "research_centres", "developers", "adoption_share", "broadband_share")
SCRIPT = Path(__file__).parents[2] / "notebooks" / "ai-geography.py"
FEWER = {
    "MAPS = 199 ": "MAPS = 19 ",
    "DRAWS = 500\n": "DRAWS = 50\n",
    '"permutations": 999': '"permutations": 99',
}


def with_fewer_draws(folder):
    """Return the path of a copy of the study whose simulations are a tenth as long."""
    text = SCRIPT.read_text(encoding="utf-8")
    for written, fewer in FEWER.items():
        assert text.count(written) == 1, written
        text = text.replace(written, fewer)
    path = folder / SCRIPT.name
    path.write_text(text, encoding="utf-8")
    return path


def invented():
    """Return a table of the form over two years; every figure is drawn."""
    random = np.random.default_rng(7)
    names = wb.load("russia-regions")["name_ru"].to_numpy()
    strength = random.normal(size=len(names))
    years = [
        pd.DataFrame(
            {
                "region": names,
                "year": year,
                "ai_created": (strength + random.normal(size=len(names)) > 1.0).astype(int),
                "st_potential": (40 + 10 * strength).round(1),
                "research_centres": np.exp(0.8 * strength).round(),
                "developers": (5 * np.exp(strength)).round() + 1,
                "adoption_share": (8 + strength).round(2),
                "broadband_share": (80 + strength).round(1),
            }
        )
        for year in (2023, 2024)
    ]
    return pd.concat(years)


@pytest.mark.parametrize(
    ("change", "index", "logits", "unused"),
    [
        (lambda t: t, True, True, []),
        (lambda t: t[["region", "year", "ai_created", "developers"]], False, True, []),
        (lambda t: t.drop(columns="ai_created"), True, False, []),
        (lambda t: t.assign(ai_created=0), True, False, []),
        (
            lambda t: t.assign(developers=t["developers"].where(t["region"] != "Москва")),
            True,
            True,
            ["developers"],
        ),
    ],
    ids=["whole", "one column", "no outcome", "no event", "a gap"],
)
def test_the_study_takes_what_a_file_has(tmp_path, monkeypatch, change, index, logits, unused):
    change(invented()).to_csv(tmp_path / "ai-geography.csv", index=False)
    monkeypatch.setenv("WORKBENCH_YOURS", str(tmp_path))
    found = runpy.run_path(str(with_fewer_draws(tmp_path)))
    assert found["yours"]
    assert (found["own_index"], bool(found["own_logits"]), found["unused"]) == (
        index, logits, unused,
    )  # fmt: skip
    if logits:
        assert set(found["fits"]) == set(found["regressors"]) <= set(WHOLE)
    else:
        assert "population" in found["fits"]
