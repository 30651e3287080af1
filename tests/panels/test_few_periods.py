"""Standard errors of panels that are sums over few regions or periods say so."""

import pytest

import workbench as wb

FORMULA = "log(gsp) ~ log(pcap) + log(emp)"
DRISCOLL = "Only 17 periods: Driscoll and Kraay"
CLUSTERS = "Only 17 clusters of period"


@pytest.fixture(scope="module")
def munnell():
    return wb.load("munnell-1990")  # 48 states, 17 years


@pytest.mark.quick_cases(2)
@pytest.mark.parametrize(
    ("covariance", "note"),
    [
        ("driscoll-kraay", DRISCOLL),
        (wb.DriscollKraay(), DRISCOLL),
        ("clustered-two-way", CLUSTERS),
        ("clustered-time", CLUSTERS),
        ("clustered", None),
        ("classical", None),
    ],
)
def test_few_periods_are_said_where_errors_sum_over_them(munnell, covariance, note):
    notes = wb.fit(FORMULA, munnell, effects="two-way", covariance=covariance).notes
    assert [text for text in notes if text.startswith("Only")] == [
        text for text in notes if note and text.startswith(note)
    ]
    assert bool(note) == any(text.startswith("Only") for text in notes)


def test_the_note_goes_with_the_errors_it_was_of(munnell):
    fit = wb.fit(FORMULA, munnell, effects="two-way", covariance="driscoll-kraay")
    assert not any("Driscoll" in note for note in fit.with_covariance("clustered").notes)
    again = fit.with_covariance("clustered").with_covariance(wb.DriscollKraay(lags=1))
    assert sum("Driscoll" in note for note in again.notes) == 1


def test_few_regions_are_said_of_clusters_by_region(munnell):
    some = munnell.loc[munnell.index.unique("region")[:20].tolist()]
    notes = wb.fit(FORMULA, some, effects="entity", covariance="clustered").notes
    assert any("Only 20 clusters of region" in note for note in notes)
