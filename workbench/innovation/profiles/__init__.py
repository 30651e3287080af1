"""One region among others: who is like it, where it stands, which way it moves."""

from workbench.innovation.profiles.building import region_profile
from workbench.innovation.profiles.choosing import peers
from workbench.innovation.profiles.likeness import Peers
from workbench.innovation.profiles.profile import RegionProfile

__all__ = ["Peers", "RegionProfile", "peers", "region_profile"]
