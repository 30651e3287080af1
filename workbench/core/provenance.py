"""What produced a result: method, formula, sample, weights, seed, versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType

LIBRARIES = (
    "spatial-workbench", "numpy", "scipy", "pandas", "geopandas", "shapely", "libpysal", "esda",
    "spreg", "linearmodels", "statsmodels", "formulaic", "scikit-learn", "spopt", "mapclassify",
)  # fmt: skip
"""Libraries whose version can change a number."""


@cache
def library_versions() -> Mapping[str, str]:
    """Return the installed version of each library whose version can change a number."""
    found: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What produced a result; enough to say how to produce it again.

    Attributes
    ----------
    method : str
        What was computed, e.g. ``"sdm by maximum likelihood"``.
    formula : str
        The formula or variable expression, as the caller wrote it.
    nobs : int
        Number of observations used.
    ids_digest : str
        Digest of the region ids of the sample.
    weights : mapping or None
        The card of the spatial weights, as a dict; None without weights.
    seed : int or None
        Seed of the random steps; None when there was none.
    notes : tuple of str
        What was done to the sample or weights on the caller's word (e.g. regions left out).
    options : mapping of str to str
        Other choices that decide the numbers (covariance, effects, permutations ...).
    """

    method: str
    formula: str = ""
    nobs: int = 0
    ids_digest: str = ""
    weights: Mapping[str, object] | None = None
    seed: int | None = None
    notes: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of the libraries whose version can change a number."""
        return library_versions()

    def to_dict(self) -> dict[str, object]:
        """Return everything as plain values that JSON can hold."""
        plain = asdict(self)
        plain["versions"] = dict(self.versions)
        return plain
