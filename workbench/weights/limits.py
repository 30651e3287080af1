"""How many links fit into memory, counted before they are made."""

from __future__ import annotations

from workbench.errors import WeightsError

MOST_LINKS = 100_000_000
"""Largest number of links: building and normalising takes 37 bytes each (measured): 3.7 GB."""


def check_links(links: int, *, argument: str, remedy: str) -> None:
    """Refuse more links than memory serves, before any is made."""
    if links > MOST_LINKS:
        raise WeightsError(
            argument,
            expected=f"at most {MOST_LINKS:,} links",
            found=f"{links:,}",
            why="the weights would not fit into memory",
            remedy=remedy,
        )
