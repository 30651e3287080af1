"""Cross-section models: the spatial autoregressive family, its diagnostics and its ladder."""

from workbench.models.binary import (
    BinaryResults,
    Classification,
    PrintedLogits,
    ProbabilityCurve,
    printed_logits,
)
from workbench.models.comparison.ladder import Ladder, ladder
from workbench.models.comparison.probabilities import weights_probabilities
from workbench.models.estimation.cross_section import fit_cross_section
from workbench.models.influence import Influence, influence
from workbench.models.resampling.bootstrap import Bootstrap, bootstrap
from workbench.models.resampling.bootstrap_tests import BootstrapTest, bootstrap_test
from workbench.models.resampling.schemes import simulate
from workbench.models.results import CrossSectionResults, Diagnostics
from workbench.models.testing.half_life import HalfLife, half_life
from workbench.models.testing.nested import nested_tests
from workbench.models.testing.non_nested import j_test
from workbench.models.testing.persistence import UnitRoots, spatial_differences, unit_roots
from workbench.regression.covariance_sets import Covariances
from workbench.regression.covariances import SCPC, Clustered, Conley, KelejianPrucha
from workbench.regression.instruments import GMM
from workbench.regression.probabilities import Probabilities

__all__ = [
    "GMM",
    "SCPC",
    "BinaryResults",
    "Bootstrap",
    "BootstrapTest",
    "Classification",
    "Clustered",
    "Conley",
    "Covariances",
    "CrossSectionResults",
    "Diagnostics",
    "HalfLife",
    "Influence",
    "KelejianPrucha",
    "Ladder",
    "PrintedLogits",
    "Probabilities",
    "ProbabilityCurve",
    "UnitRoots",
    "bootstrap",
    "bootstrap_test",
    "fit_cross_section",
    "half_life",
    "influence",
    "j_test",
    "ladder",
    "nested_tests",
    "printed_logits",
    "simulate",
    "spatial_differences",
    "unit_roots",
    "weights_probabilities",
]
