"""What is published is recorded under unique ids; what cannot be recorded is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.errors import InputError
from workbench.reports.markup import grids_html, plain_text
from workbench.reports.studies import Study, disagreement, sync


@pytest.fixture(scope="module")
def models():
    states = wb.load("us-states")
    y = wb.load("munnell-1990").xs(1986, level="year")
    W = wb.weights.queen(states)
    formula = "log(gsp) ~ log(pcap) + log(emp)"
    return {word.upper(): wb.fit(formula, y, W, model=word) for word in ("ols", "sar", "sdm")}


def test_every_number_of_a_result_is_recorded(models):
    published = wb.publish(models["SAR"], "sar")
    ids = {number.id: number for number in published.numbers}
    assert ids["sar/rho/estimate"].value == models["SAR"].params["rho"]
    assert ids["sar/rho/estimate"].tolerance == "maximum likelihood"
    assert len(ids) == len(published.numbers)


def test_comparison_shows_estimates_errors_and_fit(models):
    table = wb.compare(models, impacts=True)
    published = wb.publish(table, "models")
    ids = {number.id for number in published.numbers}
    assert any("rho" in key and "SAR" in key for key in ids)
    html = table.to_html()
    for name in ("OLS", "SAR", "SDM", "W(log(pcap))", "rho", "indirect"):
        assert name in html


def test_comparison_prints_as_a_table(models):
    text = str(wb.compare(models, impacts=True))
    assert "Indirect impacts" in text
    rho = f"{models['SAR'].params['rho']:.3f}"
    assert any(line.startswith("rho") and rho in line for line in text.splitlines())


def test_comparison_goes_to_every_format(models, tmp_path):
    table = wb.compare(models)
    assert "\\begin{threeparttable}" in table.to_latex(tmp_path / "t.tex")
    assert "#table" in table.to_typst(tmp_path / "t.typ")
    table.to_docx(tmp_path / "t.docx")
    assert (tmp_path / "t.docx").stat().st_size > 5000
    with pytest.raises(InputError, match="make the folder first"):
        table.to_latex(tmp_path / "nowhere" / "t.tex")
    assert table.to_html() == wb.compare(models).to_html()


def test_counts_beside_fractions_stay_whole(models):
    published = wb.publish(models["SAR"], "sar")
    printed = {number.id: number.printed for number in published.numbers}
    assert printed["sar/glance/nobs"] == str(models["SAR"].nobs)
    assert [grid.header for grid in published.grids][1:] == [("Fit",)]


def test_what_was_not_fitted_has_a_summary():
    index = wb.innovation.composite(
        pd.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0]}, index=list("xyz")),
        {"a": "higher", "b": "lower"},
    )
    published = wb.publish(index, "index")
    assert [grid.header for grid in published.grids][1:] == [("Summary",)]
    printed = {number.id: number.printed for number in published.numbers}
    assert printed["index/glance/indicators"] == "2"


@pytest.mark.parametrize("name", ["Tab 1", "tab_1", "", "-x", "таблица"])
def test_names_are_plain_words(name):
    with pytest.raises(InputError, match="lower-case"):
        wb.publish(1.0, name)


def test_things_without_numbers_are_refused():
    with pytest.raises(InputError, match=r"tidy\(\)"):
        wb.publish(object(), "thing")


def test_claims_fill_in_and_refuse():
    claim = wb.claim("c", "It is {x:.1f} in {where}.", numbers={"x": 2.25, "where": "*Tomsk*"})
    assert claim.sentence == "It is 2.2 in \\*Tomsk\\*."
    with pytest.raises(InputError, match="did you mean 'value'"):
        wb.claim("c", "{valu}", numbers={"value": 1.0})
    with pytest.raises(InputError, match="unused"):
        wb.claim("c", "nothing", numbers={"value": 1.0})
    with pytest.raises(InputError, match="finite"):
        wb.claim("c", "{x}", numbers={"x": np.nan})


def test_small_p_values_read_as_a_relation():
    claim = wb.claim("c", "p = {x:p}, p = {y:p}, {x:p}.", numbers={"x": 1e-9, "y": 0.0412})
    assert claim.sentence == "p < 0.001, p = 0.041, <0.001."
    assert [number.printed for number in claim.numbers] == ["<0.001", "0.041", "<0.001"]


def test_p_values_are_known_by_the_end_of_their_name():
    """Of tables set side by side, of a statistic with a prefix, and of a claim's fields."""
    sided = pd.DataFrame({("SDM", "p_value"): [1e-9], ("SDM", "estimate"): [2.0]}, index=["x"])
    ranks = pd.DataFrame({"tau": [0.5], "tau_neighbors_p_permutation": [0.0412]}, index=["x"])
    published = [
        wb.publish(sided, "sided"),
        wb.publish(ranks, "ranks"),
        wb.claim(
            "said",
            "p = {drift_p_value:p}, permuted {us_p_permutation:p}, {other:p}, tau {tau:.2f}.",
            numbers={"drift_p_value": 0.2, "us_p_permutation": 0.002, "other": 0.3, "tau": 0.5},
        ),
    ]
    numbers = {number.id: number for one in published for number in one.numbers}
    assert {key for key, number in numbers.items() if number.p_value} == {
        "sided/x/SDM · p_value",
        "ranks/x/tau_neighbors_p_permutation",
        "said/drift_p_value",
        "said/us_p_permutation",
        "said/other",
    }
    assert numbers["sided/x/SDM · p_value"].printed == "<0.001"
    assert numbers["ranks/x/tau_neighbors_p_permutation"].printed == "0.041"
    permuted = {key for key, number in numbers.items() if number.tolerance == "permutation"}
    assert permuted == {"ranks/x/tau_neighbors_p_permutation", "said/us_p_permutation"}
    assert published[0].grids[0].header == ("SDM · p", "SDM · Estimate")


def test_what_columns_have_in_common_stands_above_them_once():
    columns = pd.MultiIndex.from_tuples([("SLX", "estimate"), ("SLX", "p_value"), ("a<b", "z")])
    published = wb.publish(pd.DataFrame([[1.5, 0.2, 3.5]], index=["x"], columns=columns), "t")
    page = grids_html(published)
    head = page[page.index("<thead>") : page.index("</thead>")]
    assert head.count("<tr>") == 2
    assert '<th class="over" scope="colgroup" colspan="2">SLX</th>' in head
    assert '<th class="over" scope="colgroup" colspan="1">a&lt;b</th>' in head
    assert '<th scope="col" rowspan="2"></th>' in head
    assert [text.split(">")[-1] for text in head.split("</th>")[3:6]] == ["Estimate", "p", "z"]
    assert "SLX · p" in plain_text(published)
    flat = grids_html(wb.publish(pd.DataFrame({"b": [1.5]}, index=["x"]), "u"))
    assert "rowspan" not in flat


def test_missing_cells_are_texts_not_numbers():
    published = wb.publish(pd.DataFrame({"a": [1.5, np.nan]}, index=["x", "y"]), "t")
    assert [number.id for number in published.numbers] == ["t/x/a"]
    assert [text.id for text in published.texts] == ["t/y/a"]


def test_pairs_are_kept_in_step(tmp_path):
    study = Study("pair", tmp_path)
    study.script.write_text("# %% [markdown]\n# # T\n\n# %%\n1 + 1\n", encoding="utf-8")
    assert "missing" in disagreement(study)
    sync(study)
    assert disagreement(study) == ""
    assert sync(study) == []
    study.script.write_text(study.script.read_text() + "\n# %%\n2\n", encoding="utf-8")
    assert "differ" in disagreement(study)
    sync(study, source="ipynb")
    assert disagreement(study) == ""
    assert "# %%\n2" not in study.script.read_text()


def test_headings_have_capitals_all_or_none():
    mixed = pd.DataFrame({"estimate": [1.0], "p_value": [0.5], "largest root": [0.9], "aic": [2.0]})
    (grid,) = wb.publish(mixed.rename_axis("model"), "mixed").grids
    assert (grid.corner, *grid.header) == ("model", "estimate", "p", "largest root", "AIC")
    (grid,) = wb.publish(mixed[["estimate", "aic"]].rename_axis("model"), "words").grids
    assert (grid.corner, *grid.header) == ("Model", "Estimate", "AIC")


def test_posterior_probabilities_have_four_decimals():
    table = pd.DataFrame({"probability": [0.99961, 5e-69]}, index=["sdm", "ols"])
    published = wb.publish(table, "probabilities")
    assert [number.printed for number in published.numbers] == ["0.9996", "0.0000"]
    assert published.numbers[1].value == 5e-69
