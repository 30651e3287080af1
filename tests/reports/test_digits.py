"""Numbers of a column read as in a published table, and say the same in every format."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import workbench as wb
from workbench.core.language import speaking
from workbench.reports.formats import render

SUMMARY = pd.DataFrame(
    {
        "mean": [271.96, 615193.7, 0.312],
        "median": [92.4, 282266.9, 0.301],
        "min": [0.0, 30344.9, 0.0421],
        "max": [7782.2, 10720145.3, 0.884],
    },
    index=["patents", "output", "share"],
)
"""Variables of unlike size; 30344.90, 282267 and 1.072e+07 once stood in one column."""


def printed(published):
    """Return the printed texts of a table by row."""
    table = {}
    for number in published.numbers:
        table.setdefault(number.row, []).append(number.printed)
    return table


def decimals(texts):
    return {len(text.partition(".")[2]) for text in texts}


def test_summary_statistics_have_one_number_of_decimals_in_a_row():
    shown = printed(wb.publish(SUMMARY, "means"))
    assert shown["patents"] == ["272", "92", "0", "7,782"]
    assert shown["output"] == ["615,194", "282,267", "30,345", "10,720,145"]
    assert shown["share"] == ["0.3120", "0.3010", "0.0421", "0.8840"]


def test_a_description_counts_in_whole_numbers():
    states = pd.DataFrame({"a": [1.5, 2.25, 30.0], "b": [0.1, 0.2, 0.4]}).describe()
    upright, across = (printed(wb.publish(t, "described")) for t in (states, states.T))
    assert upright["count"] == ["3", "3"]
    assert across["a"][0] == across["b"][0] == "3"
    assert all(len(decimals(texts[1:])) == 1 for texts in across.values())


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([0.25, 12.5], ["0.25", "12.50"]),
        ([9999.5, 12345.67], ["10,000", "12,346"]),  # 9999.5 to even
        ([1998, 2014], ["1998", "2014"]),
        ([998, 20140], ["998", "20,140"]),
        ([2e9, 3.5e9], ["2,000,000,000", "3,500,000,000"]),
        ([2.5e10, 1e11], ["2.5e+10", "1e+11"]),
        ([0.00012, 0.00034], ["0.0001200", "0.0003400"]),
        ([1.2e-5, 3e-6], ["1.2e-05", "3e-06"]),
        ([0.01, 0.0, -1e-8], ["0.01", "0", "-1.0e-08"]),
        ([0.0, 0.000072, 0.02543], ["0", "0.000072", "0.025430"]),
        ([12.0, 345.0], ["12", "345"]),
        ([0.3, 2e8 + 0.5], ["0.30", "200,000,000"]),
    ],
)
def test_a_column_has_common_decimals_and_powers_of_ten_where_nothing_else_reads(values, wanted):
    published = wb.publish(pd.DataFrame({"x": values}), "t")
    assert [number.printed for number in published.numbers] == wanted


def test_codes_and_four_digits_are_not_parted():
    table = pd.DataFrame({"seed": [20140101, 7], "year": [1999, 2020], "people": [15000, 300]})
    shown = printed(wb.publish(table, "t"))
    assert shown == {"0": ["20140101", "1999", "15,000"], "1": ["7", "2020", "300"]}


def test_thousands_are_parted_in_a_whole_table_or_nowhere():
    """One measured number of five digits parts those of four in other columns; years never."""
    table = pd.DataFrame(
        {
            "year": [1999, 2020],
            "income": [75458.25, 900.25],
            "rent": [7585.0, 12.5],
            "seed": [1234, 7],
        }
    )
    shown = printed(wb.publish(table, "t"))
    assert shown["0"] == ["1999", "75,458", "7,585", "1234"]
    small = printed(wb.publish(table.assign(income=[5458.25, 900.25]), "t"))
    assert small["0"] == ["1999", "5458", "7585", "1234"]


def test_models_side_by_side_part_all_thousands_or_none():
    """Written out by hand: -8262.333 over -16,037.758 would be read as two kinds of numbers."""
    models = {"A": Model(-8262.333, 1.25, -16037.758)}
    rows = {key[1:]: list(row) for key, row in wb.compare(models).table.iterrows()}
    assert rows["x", "estimate"] == ["-8,262.333"]
    assert rows["Log-likelihood", "value"] == ["-16,037.76"]
    rows = {
        key[1:]: list(row)
        for key, row in wb.compare({"A": Model(-8262.333, 1.25, -6037.758)}).table.iterrows()
    }
    assert rows["x", "estimate"] == ["-8262.333"]


def test_an_estimate_has_the_decimals_of_its_error():
    table = pd.DataFrame(
        {
            "estimate": [12.3456, 0.000012],
            "std_error": [0.45678, 0.0123],
            "conf_low": [11.45, -0.0241],
            "p_value": [0.0001, 0.9],
        },
        index=["a", "b"],
    )
    shown = printed(wb.publish(table, "t"))
    assert shown == {
        "a": ["12.346", "0.457", "11.450", "<0.001"],
        "b": ["0.000", "0.012", "-0.024", "0.900"],
    }


class Model:
    """What `wb.compare` needs of a result."""

    tolerance = "closed form"

    def __init__(self, estimate, error, loglik):
        self.estimate, self.error, self.loglik = estimate, error, loglik

    def tidy(self):
        low, high = self.estimate - 2 * self.error, self.estimate + 2 * self.error
        row = [self.estimate, self.error, self.estimate / self.error, 0.04, low, high]
        names = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
        return pd.DataFrame([row], columns=names, index=pd.Index(["x"], name="term"))

    def glance(self):
        return pd.DataFrame([{"nobs": 12000, "loglik": self.loglik, "aic": 5.25}])


def test_models_side_by_side_have_the_same_decimals_in_a_row():
    models = {"A": Model(0.00125, 0.00031, -12345.678), "B": Model(2.5, 0.25, -3.21)}
    rows = {key[1:]: list(row) for key, row in wb.compare(models).table.iterrows()}
    assert rows["x", "estimate"] == ["0.00125", "2.50000"]
    assert rows["x", "std_error"] == ["(0.00031)", "(0.25000)"]
    assert rows["Log-likelihood", "value"] == ["-12,345.68", "-3.21"]
    assert rows["Observations", "value"] == ["12,000", "12,000"]
    lost = {"A": Model(0.5, 2e-8, 1.0), "B": Model(1e-9, 2e-9, 1.0)}
    rows = {key[1:]: list(row) for key, row in wb.compare(lost).table.iterrows()}
    assert rows["x", "estimate"] == ["0.500", "1.0e-09"]
    assert rows["x", "std_error"] == ["(2.0e-08)", "(2.0e-09)"]


def test_an_interval_of_large_numbers_keeps_its_minus():
    with speaking("ru"):
        table = wb.compare({"A": Model(-1234.5, 30000.25, 1.0)}, under="interval")
        assert "[−61\u202f235,000; 58\u202f766,000]" in table.to_html()


@pytest.mark.parametrize(("lang", "shown"), [("en", "30,345"), ("ru", "30\u202f345")])
def test_every_format_parts_thousands_as_its_language_does(lang, shown, tmp_path):
    table = wb.table(SUMMARY, lang=lang)
    assert shown in table.to_html()
    assert shown.replace("\u202f", "\\,") in table.to_latex()
    assert shown in table.to_typst()
    table.to_docx(tmp_path / "t.docx")
    with zipfile.ZipFile(tmp_path / "t.docx") as archive:
        assert shown in archive.read("word/document.xml").decode()
    table.to_excel(tmp_path / "t.xlsx")
    sheet = load_workbook(tmp_path / "t.xlsx").active
    cells = {cell.value: cell.number_format for row in sheet.iter_rows() for cell in row}
    assert cells[30344.9] == "#,##0"
    assert cells[0.0421] == "0.0000"
    text = table.to_csv()
    values = list(csv.reader(io.StringIO(text)))[1:]
    assert [[float(v) for v in row[1:]] for row in values] == SUMMARY.to_numpy().tolist()


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_ledger_prints_each_number_again(lang):
    rng = np.random.default_rng(7)
    wild = pd.DataFrame(
        {f"c{j}": rng.normal(size=12) * 10.0 ** rng.integers(-9, 12, 12) for j in range(6)}
    )
    with speaking(lang):
        published = wb.publish(wild, "wild")
    assert all(render(n.value, n.format) == n.printed for n in published.numbers)
    assert all(re.fullmatch(r"-?[\d,]+(\.\d+)?(e[+-]\d+)?", n.printed) for n in published.numbers)
    for number in published.numbers:
        seen = float(number.printed.replace(",", ""))
        assert seen == pytest.approx(number.value, rel=0.5), number  # one digit is always seen


@pytest.mark.slow
def test_formats_do_not_depend_on_how_a_process_hashes():
    told = (
        "from workbench.reports.digits import formats_of as f;"
        "print(f(['A · estimate', 'A · std_error', 'B · estimate', 'B · std_error'],"
        " [[1.5], [0.02], [20000.5], [0.3]], ['x']))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", told], env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in "12"
    }  # fmt: skip
    assert len(said) == 1
