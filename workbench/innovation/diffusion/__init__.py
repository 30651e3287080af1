"""How an innovation spreads: curves of adoption, and who adopts next."""

from workbench.innovation.diffusion.bass import BassDiffusion, bass
from workbench.innovation.diffusion.hazard import AdoptionHazard, adoption_hazard
from workbench.innovation.diffusion.shares import SpatialBass, spatial_bass

__all__ = [
    "AdoptionHazard",
    "BassDiffusion",
    "SpatialBass",
    "adoption_hazard",
    "bass",
    "spatial_bass",
]
