"""Spellings of the US states, beside the names and codes that the bundled table gives.

Names, postal and FIPS codes of the 48 contiguous states come from the dataset ``us-states``; here
stand older abbreviations, and what tables of states hold beside those 48.
"""

from __future__ import annotations

NOISE = frozenset(["state", "of", "the", "commonwealth"])
"""Words that tell no state from another; "city" does: Kansas City is none."""

SPELLINGS: dict[str, tuple[str, ...]] = {
    "US-AL": ("Ala.",), "US-AR": ("Ark.",), "US-AZ": ("Ariz.",), "US-CA": ("Calif.", "Cal."),
    "US-CO": ("Colo.",), "US-CT": ("Conn.",), "US-DE": ("Del.",), "US-FL": ("Fla.",),
    "US-ID": ("Ida.",), "US-IL": ("Ill.",), "US-IN": ("Ind.",), "US-KS": ("Kan.", "Kans."),
    "US-KY": ("Ken.",), "US-MA": ("Mass.",), "US-MI": ("Mich.",), "US-MN": ("Minn.",),
    "US-MS": ("Miss.",), "US-MT": ("Mont.",), "US-NC": ("N. Carolina", "N. C."),
    "US-ND": ("N. Dakota", "N. Dak.", "N. D."), "US-NE": ("Neb.", "Nebr."),
    "US-NH": ("N. Hampshire", "N. H."), "US-NJ": ("N. Jersey", "N. J."),
    "US-NM": ("N. Mexico", "N. Mex.", "N. M."), "US-NV": ("Nev.",), "US-NY": ("N. Y.",),
    "US-OK": ("Okla.",), "US-OR": ("Ore.", "Oreg."), "US-PA": ("Penn.", "Penna."),
    "US-RI": ("R. I.",), "US-SC": ("S. Carolina", "S. C."),
    "US-SD": ("S. Dakota", "S. Dak.", "S. D."), "US-TN": ("Tenn.",), "US-TX": ("Tex.",),
    "US-VT": ("Vt.",), "US-WA": ("Wash.",), "US-WI": ("Wis.", "Wisc."),
    "US-WV": ("W. Virginia", "W. Va."), "US-WY": ("Wyo.",),
}  # fmt: skip
"""Other names of a state, by its id."""

AGGREGATES: dict[str, tuple[str, ...]] = {
    "country": (
        "United States", "United States of America", "US", "USA", "U.S.", "U. S.", "U.S.A.",
        "Total", "US total", "United States total", "U.S. total", "США", "48 states",
    ),
    "census division": (
        "New England", "Middle Atlantic", "Mid-Atlantic", "East North Central",
        "West North Central", "South Atlantic", "East South Central", "West South Central",
        "Mountain", "Pacific",
    ),
    "census region": ("Northeast", "Midwest", "North Central", "South", "West"),
    "economic region": (
        "Mideast", "Great Lakes", "Plains", "Southeast", "Southwest", "Rocky Mountain",
        "Rocky Mountains", "Far West",
    ),
    "heading": ("State", "States", "State name", "including"),
    "outside the 48 states": (
        "Alaska", "AK", "02", "US-AK", "Аляска", "Hawaii", "HI", "15", "US-HI", "Гавайи",
        "District of Columbia", "DC", "D.C.", "D. C.", "11", "US-DC", "Washington, D.C.",
        "Washington DC", "Washington, D. C.", "Округ Колумбия", "Puerto Rico", "PR", "72",
        "US-PR", "Guam", "GU", "66", "American Samoa", "AS", "60", "Virgin Islands",
        "U.S. Virgin Islands", "VI", "78", "Northern Mariana Islands", "MP", "69",
    ),
}  # fmt: skip
"""Names in tables of states that are none of the 48, by what they are."""
