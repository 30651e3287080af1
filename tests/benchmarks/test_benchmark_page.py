"""The page on benchmarks holds what the scripts print: every case, size and engine of panels."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r" +(\d+)  (\w+) +(\d+\.\d+|left out: .*)")


@pytest.fixture(scope="module")
def command(timed):
    return timed.command


@pytest.fixture(scope="module")
def tables():
    """Rows (size, engine, what came) by the title of their table."""
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    block = re.search(r"## Panels\n.*?```\n(.*?)```", page, flags=re.DOTALL)[1]
    out = {}
    for table in block.strip().split("\n\n"):
        title, _, *rows = table.splitlines()
        out[title] = [ROW.match(row).groups() for row in rows]
    return out


def test_every_case_of_panels_is_there_at_every_size(command, tables):
    assert list(tables)[:-1] == list(command.CASES.values())
    for case, title in command.CASES.items():
        sizes = {int(size) for size, engine, _ in tables[title] if engine == "workbench"}
        assert sizes == set(command.SIZES.get(case, command.USUAL)), case
        others = {engine for _, engine, _ in tables[title]} - {"workbench"}
        assert others == ({command.PEERS[case]} if case in command.PEERS else set()), case


def test_what_a_peer_is_spared_is_said(command, tables):
    for case, (end, why) in command.PEERS_END.items():
        beyond = {
            int(size): came
            for size, engine, came in tables[command.CASES[case]]
            if engine == command.PEERS[case] and int(size) > end
        }
        assert beyond, case
        assert set(beyond.values()) == {f"left out: {why}"}, case


def test_answers_of_peers_are_ours(command):
    """The page says: every digit with spreg's likelihood and linearmodels' least squares."""
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for case in ("fe", "ols"):
        table = page.split(f"\n{command.CASES[case]}\n")[1].split("\n\n")[0]
        found = {}
        for line in table.splitlines()[1:]:
            if "left out" in line:
                continue
            words = line.split("  growth")[0].split()
            found.setdefault(words[0], set()).add(" ".join(words[6:]))
        assert found
        assert all(len(answers) == 1 for answers in found.values()), case
