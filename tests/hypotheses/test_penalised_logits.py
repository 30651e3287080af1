"""A verdict on a fit with Firth's penalty says the numbers of its table."""

import pandas as pd
import pytest

import workbench as wb


def test_statistic_p_value_and_interval_are_those_of_the_profile():
    table = wb.load("russia-innovation").xs(2018, level="year").dropna()
    created = (table["patents"] > table["patents"].quantile(0.9)).astype(int)
    fit = wb.fit(
        "created ~ log(rd) + log(population)",
        pd.concat([table, created.rename("created")], axis=1),
        family="binomial",
        method="firth",
    )
    row = fit.tidy().loc["log(rd)"]
    verdict = wb.Hypothesis("R&D", "coefficient(log(rd)) > 0").test(fit)
    told = verdict.tidy().iloc[0]
    for name in ("estimate", "statistic", "p_value", "conf_low", "conf_high"):
        assert told[name] == pytest.approx(row[name], rel=1e-9), name
    # a likelihood ratio, not the square of estimate over standard error
    assert told["statistic"] != pytest.approx(row["estimate"] / row["std_error"], rel=1e-3)
