"""Promise: a printed table of logits is held to its own numbers, within its rounding.

Reference: logits fitted here and rounded as papers round; the published table of nine logits.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from workbench.core.glossary import GLOSSARY
from workbench.core.language import said_word, speaking
from workbench.errors import InputError, OptionError, ValuesError
from workbench.models import printed_logits
from workbench.models.binary import printed_rows
from workbench.numerics.binary.logit import fit_logit
from workbench.numerics.binary.published import Bounds, null_deviance, turning_points


def stars(p):
    return "*" * sum(p < level for level in (0.1, 0.05, 0.01))


def printed_table(n=60, events=12, rows=6):
    """Univariate logits of one outcome on several regressors, printed with few digits."""
    from scipy import stats

    random = np.random.default_rng(8)
    y = np.zeros(n)
    y[:events] = 1.0
    made = []
    for at in range(rows):
        x = random.normal(size=n) + 0.3 * (at + 1) * y
        X = np.column_stack([np.ones(n), x])
        fit = fit_logit(y, X)
        se = np.sqrt(np.diag(fit.cov))
        p = 2 * stats.norm.sf(np.abs(fit.beta / se))
        made.append(
            {
                "regressor": f"x{at}",
                "const": round(fit.beta[0], 2),
                "const_se": round(se[0], 2),
                "const_sig": stars(p[0]),
                "coef": round(fit.beta[1], 2),
                "coef_se": round(se[1], 2),
                "coef_sig": stars(p[1]),
                "pseudo_r2": round(1 - fit.loglik / (-0.5 * float(null_deviance(n, events))), 3),
                "bic": round(-2 * fit.loglik + 2 * np.log(n), 2),
            }
        )
    return pd.DataFrame(made)


@pytest.fixture(scope="module")
def published():
    return wb.load("ai-geography-published", part="logits")


def test_a_table_without_errors_has_its_sample_and_no_flags():
    found = printed_logits(printed_table())
    assert (found.nobs, found.events) == (60, 12)
    assert found.table["consistent"].all()
    assert len(found.flags) == 0
    assert len(found.exchanged) == 0


def test_a_wrong_star_and_exchanged_criteria_are_found():
    table = printed_table()
    table.loc[5, "coef_sig"] = ""
    table.loc[[2, 4], "pseudo_r2"] = table.loc[[4, 2], "pseudo_r2"].to_numpy()
    found = printed_logits(table, nobs=60)
    assert found.events == 12
    assert found.exchanged.to_numpy().tolist() == [["x2", "x4"]]
    assert found.flags.set_index("row").loc["x5", "flag"] == printed_rows.STARS["coef"]
    assert found.table.loc["x5", "stars"] == "none" != found.table.loc["x5", "stars_implied"]
    assert set(found.table.index[~found.table["consistent"]]) == {"x2", "x4"}


def test_the_published_table_is_of_85_regions_with_5_events(published):
    found = printed_logits(published)  # no sample is told
    assert (found.nobs, found.events) == (85, 5)
    assert found.pairs["consistent"].iloc[:2].tolist() == [7, 6]
    # by hand: (14.0 - 2 log 85) / (1 - 0.86) = 36.5, of 85 regions with 5 events 38.03
    assert float(null_deviance(85, 5)) == pytest.approx(38.03, abs=0.005)
    row = found.table.loc["AI creation potential (integral)"]
    assert row["deviance_low"] == pytest.approx(13.95 - 2 * np.log(85))
    assert row["null_high"] == pytest.approx((14.05 - 2 * np.log(85)) / 0.135)
    assert row["turning_point"] == pytest.approx(-8.3 / 1.1)


def test_the_published_table_has_two_exchanged_rows_and_runaway_estimates(published):
    found = printed_logits(published, nobs=85)
    companies = ["share employed in software companies", "revenue of software companies"]
    assert found.exchanged.to_numpy().tolist() == [companies]
    flags = found.flags.groupby("row")["flag"].apply(list)
    assert any("standard error printed as 0" in flag for flag in flags["AI developers"])
    assert any("stars of the constant" in flag for flag in flags["AI developers"])
    assert any("other side of 0" in flag for flag in flags["AI creation potential (integral)"])
    assert any("runs away" in flag for flag in flags["S&T potential of region"])
    row = found.table.loc["S&T potential of region"]
    # R-squared from 0.795, criterion from 16.65; coefficient to 0.435, its error from 0.245
    assert row["ratio_low"] == pytest.approx(0.795 * (16.65 - 2 * np.log(85)) / 0.205)
    assert row["wald_high"] == pytest.approx((0.435 / 0.245) ** 2)
    assert "AI research centres" not in flags
    mended = published.copy()
    mended.loc[[6, 7], "pseudo_r2"] = mended.loc[[7, 6], "pseudo_r2"].to_numpy()
    assert printed_logits(mended, nobs=85).table["consistent"].all()


def test_rounding_is_that_of_the_last_digit_shown(published):
    # -150 may be anything that rounds to tens, 19.0 to units: 145/19.5 to 155/18.5
    row = printed_logits(published, nobs=85).table.loc["AI developers"]
    assert row["turning_low"] == pytest.approx(145 / 19.5)
    assert row["turning_high"] == pytest.approx(155 / 18.5)
    assert np.isinf(row["z_high"])
    coarse = printed_logits(published, nobs=85, decimals={"bic": 0, "pseudo_r2": 1})
    assert (coarse.table["null_high"] >= row["null_low"]).any()
    wide = coarse.table["null_high"] - coarse.table["null_low"]
    narrow = printed_logits(published, nobs=85).table.eval("null_high - null_low")
    assert (wide > narrow).all()


def test_zeros_at_the_end_may_be_filling(published):
    """18.0, 16.0, 13.0 and 14.0 of the criterion may have been printed without decimals."""
    shown: dict[str, Any] = {"bic": "shown", "pseudo_r2": "shown"}
    wide = printed_logits(published, decimals=shown)
    best = wide.pairs[wide.pairs["consistent"] == wide.pairs["consistent"].iloc[0]]
    # found by a loop over samples with bounds by hand
    assert sorted(best.index) == [(84, 5), (85, 5), (86, 5)]
    assert wide.pairs["consistent"].iloc[0] == 7
    assert any("or their criteria" in note for note in wide.notes)
    aligned = printed_logits(published, decimals={"bic": "aligned", "pseudo_r2": "aligned"})
    pd.testing.assert_frame_equal(aligned.table, printed_logits(published).table)
    with pytest.raises(OptionError, match="decimals"):
        printed_logits(published, decimals={"bic": "all"})  # type: ignore[dict-item]


def test_every_flag_and_every_range_of_stars_has_russian_words(published):
    implied = printed_logits(published, nobs=85).table["stars_implied"]
    assert implied.str.contains(" to ").any()
    flags = [*printed_rows.STARS.values(), printed_rows.UNFIT, printed_rows.OTHER_SIDE]
    ends = ["none", "*", "**", "***"]
    ranges = [f"{few} to {many}" for few, many in combinations(ends, 2)]
    with speaking("ru"):
        untold = [t for t in (*flags, *printed_rows.SEPARATION, *ranges) if said_word(t) == t]
    assert untold == []


def test_a_coefficient_that_may_be_zero_turns_anywhere():
    one = np.array([1.0])
    found = turning_points(Bounds(one, 2 * one), Bounds(-0.1 * one, 0.1 * one))
    assert (found.low[0], found.high[0]) == (-np.inf, np.inf)


def test_tables_use_the_glossary_and_the_picture_says_what_it_shows(published):
    found = printed_logits(published, nobs=85, events=5)
    assert set(found.glance().columns) <= set(GLOSSARY)
    assert found.glance()["consistent"][0] == 7
    picture = found.plot()
    assert "Sample: 38.0" in picture.alt
    assert "AI developers" in str(found)
    assert "<table" in found._repr_html_()


def test_what_is_no_such_table_is_refused(published):
    with pytest.raises(InputError, match="without bic"):
        printed_logits(published.drop(columns="bic"))
    with pytest.raises(ValuesError, match="0 to 1"):
        printed_logits(published.assign(pseudo_r2=80.0))
    with pytest.raises(ValuesError, match="asterisks"):
        printed_logits(published.assign(coef_sig="yes"))
    with pytest.raises(ValuesError, match="finite"):
        printed_logits(published.assign(const="n/a"))
    with pytest.raises(InputError, match="occur once"):
        printed_logits(published.assign(regressor="x"))
    with pytest.raises(InputError, match="columns among"):
        printed_logits(published, decimals={"criterion": 1})
    with pytest.raises(InputError, match="half the observations"):
        printed_logits(published, nobs=85, events=80)
    with pytest.raises(InputError, match="whole number"):
        printed_logits(published, nobs=85.0)
    with pytest.raises(InputError, match="levels"):
        printed_logits(published, stars=(0.01, 0.05, 0.1))
