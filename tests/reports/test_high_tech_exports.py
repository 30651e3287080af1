"""Promise: the study of exports says what it could see at the user's own regions and years."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import workbench as wb

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "high-tech-exports.ipynb"
YEARS = range(2012, 2020)


@pytest.fixture(scope="module")
def code():
    """The cells up to the power of the design, and no further: outcomes come after them."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    power = next(at for at, text in enumerate(sources) if '"power"' in text)
    assert not any("wb.fit(" in text for text in sources[: power + 1])
    return compile("\n".join(sources[: power + 1]), str(NOTEBOOK), "exec")


@pytest.fixture
def planned(code, tmp_path, monkeypatch):
    """A function from a table of exports to what the study then knows."""

    def run(table):
        table.to_csv(tmp_path / "high-tech-exports.csv", index=False)
        monkeypatch.setenv("WORKBENCH_YOURS", str(tmp_path))
        found = {"__name__": "study"}
        exec(code, found)
        return found

    return run


def invented(regions, seed=1, years=YEARS):
    """Return a table of the form; every figure is drawn."""
    cells = pd.MultiIndex.from_product([regions, years], names=["region", "year"])
    drawn = np.random.default_rng(seed).lognormal(3.0, 1.0, len(cells)).round(1)
    return pd.DataFrame({"high_tech_exports": drawn}, index=cells).reset_index()


@pytest.mark.slow
def test_power_is_of_the_cells_that_the_table_fills(planned):
    regions = sorted(wb.load("russia-regions").index)[:45]
    found = planned(invented(regions))
    kept = found["planned"].index
    assert found["planned_on"] == "yours"
    assert set(kept.unique("year")) == set(YEARS)
    assert set(kept.unique("region")) <= set(regions)
    # the same question put to the library, of these rows alone
    inputs = found["of_exports"]
    rows = inputs[
        inputs.index.get_level_values("region").isin(kept.unique("region"))
        & inputs.index.get_level_values("year").isin(YEARS)
    ]
    direct = wb.power(
        found["claims"]["research"],
        rows,
        found["neighbourhoods"](sorted(kept.unique("region")))["queen"],
        formula=f"~ {found['RIGHT']}",
        model="slx",
        effects="two-way",
        sigma=0.5,
        alpha=0.05 / 8,
    )
    assert found["reach"].loc["research", "σ = 0.5"] == pytest.approx(direct.minimum, rel=1e-9)
    assert found["lock"].digest == found["PLAN"]


@pytest.mark.slow
def test_other_exports_in_the_same_cells_leave_power_as_it_is(planned):
    regions = sorted(wb.load("russia-regions").index)[:45]
    one, two = (planned(invented(regions, seed))["reach"] for seed in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


@pytest.mark.slow
def test_a_table_too_thin_for_the_claims_leaves_the_public_panel(planned):
    regions = sorted(wb.load("russia-regions").index)[:6]
    found = planned(invented(regions))
    assert found["planned_on"] == "thin"
    assert found["planned"] is found["panel"]
