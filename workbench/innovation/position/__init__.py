"""Position: potentials of regions, and links between the agents of ecosystems."""

from workbench.innovation.position.links import potential_links
from workbench.innovation.position.links_result import PotentialLinks
from workbench.innovation.position.potential_result import Potential
from workbench.innovation.position.potentials import potential

__all__ = ["Potential", "PotentialLinks", "potential", "potential_links"]
