"""Outcomes of 0 and 1: logits by maximum likelihood and by Firth's penalised likelihood."""

from workbench.models.binary.curves import ProbabilityCurve
from workbench.models.binary.fitting import fit_binary
from workbench.models.binary.goodness import Classification
from workbench.models.binary.printed import PrintedLogits, printed_logits
from workbench.models.binary.results import BinaryResults

__all__ = [
    "BinaryResults",
    "Classification",
    "PrintedLogits",
    "ProbabilityCurve",
    "fit_binary",
    "printed_logits",
]
