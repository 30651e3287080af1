"""Promise: what studies say in prose of simulated coverage is what the validation report says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUOTED = re.compile(r"held the truth in ([\d.]+) to ([\d.]+) %")


def in_one_line(path: Path) -> str:
    """Return a text without the marks of comments and line breaks."""
    return " ".join(re.sub(r"^# ?", "", path.read_text(encoding="utf-8"), flags=re.M).split())


@pytest.mark.parametrize("study", ["knowledge-spillovers", "spillovers-over-time"])
def test_coverage_of_driscoll_and_kraay_is_quoted_as_validated(study):
    quoted = QUOTED.findall(in_one_line(ROOT / "notebooks" / f"{study}.py"))
    assert len(quoted) == 1
    low, high = quoted[0]
    report = in_one_line(ROOT / "docs" / "validation.md")
    assert f"cover the four coefficients in only {low} to {high} % with 20 periods" in report
