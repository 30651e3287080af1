"""Growth: do regions become alike, do the poor grow faster, and towards which clubs."""

from workbench.growth.beta import BetaConvergence, beta_convergence
from workbench.growth.clubs import ConvergenceClubs, convergence_clubs
from workbench.growth.rungs import ConvergenceLadder, convergence_ladder
from workbench.growth.sigma import SigmaConvergence, sigma_convergence

__all__ = [
    "BetaConvergence",
    "ConvergenceClubs",
    "ConvergenceLadder",
    "SigmaConvergence",
    "beta_convergence",
    "convergence_clubs",
    "convergence_ladder",
    "sigma_convergence",
]
