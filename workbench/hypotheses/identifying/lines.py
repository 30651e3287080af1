"""One line of the panel: a question, its evidence, how it reads, and a plain sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import pandas as pd

Reading = Literal["holds", "in doubt", "fails", "untested", "not applicable"]

READINGS: tuple[Reading, ...] = ("holds", "in doubt", "fails", "untested", "not applicable")
"""How a line reads. ``untested``: the data of the fit cannot answer; it is never a pass."""

SOURCE = "what identifies it"
STRENGTH = "instruments of Wy"
OWN_VARIABLE = "WX as a variable"
SLX_FIRST = "SLX first"
WEIGHTS = "exogeneity of W"
SHOCKS = "common shocks"
REGRESSOR = "endogeneity of the regressor"

ITEMS: tuple[str, ...] = (
    SOURCE,
    STRENGTH,
    OWN_VARIABLE,
    SLX_FIRST,
    WEIGHTS,
    SHOCKS,
    REGRESSOR,
)
"""Items of the panel, in order."""

REFERENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        SOURCE: (
            "Manski, C. F. (1993). Identification of endogenous social effects: the reflection "
            "problem. Review of Economic Studies 60, 531–542.",
            "Bramoullé, Y., Djebbari, H. and Fortin, B. (2009). Identification of peer effects "
            "through social networks. Journal of Econometrics 150, 41–55.",
            "Elhorst, J. P. (2010). Applied spatial econometrics: raising the bar. Spatial "
            "Economic Analysis 5, 9–28.",
        ),
        STRENGTH: (
            "Kelejian, H. H. and Prucha, I. R. (1998). A generalized spatial two-stage least "
            "squares procedure. Journal of Real Estate Finance and Economics 17, 99–121.",
            "Staiger, D. and Stock, J. H. (1997). Instrumental variables regression with weak "
            "instruments. Econometrica 65, 557–586.",
            "Montiel Olea, J. L. and Pflueger, C. (2013). A robust test for weak instruments. "
            "Journal of Business and Economic Statistics 31, 358–369.",
            "Anderson, T. W. and Rubin, H. (1949). Estimation of the parameters of a single "
            "equation. Annals of Mathematical Statistics 20, 46–63.",
            "Guggenberger, P., Kleibergen, F., Mavroeidis, S. and Chen, L. (2012). On the "
            "asymptotic sizes of subset Anderson–Rubin and Lagrange multiplier tests. Econometrica "
            "80, 2649–2666.",
        ),
        OWN_VARIABLE: (
            "Gibbons, S. and Overman, H. G. (2012). Mostly pointless spatial econometrics? Journal "
            "of Regional Science 52, 172–191.",
            "Griffith, D. A. (2005). Effective geographic sample size in the presence of spatial "
            "autocorrelation. Annals of the Association of American Geographers 95, 740–760.",
        ),
        SLX_FIRST: (
            "Halleck Vega, S. and Elhorst, J. P. (2015). The SLX model. Journal of Regional "
            "Science 55, 339–363.",
            "Gibbons, S. and Overman, H. G. (2012). Mostly pointless spatial econometrics? Journal "
            "of Regional Science 52, 172–191.",
        ),
        WEIGHTS: (
            "Kelejian, H. H. and Piras, G. (2014). Estimation of spatial models with endogenous "
            "weighting matrices. Regional Science and Urban Economics 46, 140–149.",
            "Qu, X. and Lee, L.-F. (2015). Estimating a spatial autoregressive model with an "
            "endogenous spatial weight matrix. Journal of Econometrics 184, 209–232.",
        ),
        SHOCKS: (
            "Pesaran, M. H. (2006). Estimation and inference in large heterogeneous panels with a "
            "multifactor error structure. Econometrica 74, 967–1012.",
            "Pesaran, M. H. and Tosetti, E. (2011). Large panels with common factors and spatial "
            "correlation. Journal of Econometrics 161, 182–202.",
            "Juodis, A. and Reese, S. (2022). The incidental parameters problem in testing for "
            "remaining cross-section correlation. Journal of Business and Economic Statistics 40, "
            "1191–1203.",
        ),
        REGRESSOR: (
            "Wooldridge, J. M. (2010). Econometric Analysis of Cross Section and Panel Data, "
            "sections 6.3 and 10.7.1.",
            "Hausman, J. A. (1978). Specification tests in econometrics. Econometrica 46, "
            "1251–1271.",
        ),
    }
)
"""What each item rests on."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the panel.

    Attributes
    ----------
    item : str
        One of :data:`ITEMS`.
    evidence : str
        What was looked at.
    reading : str
        One of :data:`READINGS`.
    sentence : str
        What it means, in one plain sentence.
    statistic, p_value : float
        Not a number where there is none.
    claim : str
        The claim or term that it is about; empty where it is about all.
    """

    item: str
    evidence: str
    reading: Reading
    sentence: str
    statistic: float = math.nan
    p_value: float = math.nan
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one item, and the tables behind them.

    Attributes
    ----------
    lines : tuple of Line
    tables : mapping of str to pandas.DataFrame
        By the attribute of the result that holds them.
    notes : tuple of str
        What could not be had, with the reason.
    """

    lines: tuple[Line, ...]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def not_applicable(item: str, evidence: str, reason: str, *, claim: str = "") -> Line:
    """Return a line that says why a question does not arise here.

    Examples
    --------
    >>> not_applicable(STRENGTH, "first-stage F", "the model has no Wy").reading
    'not applicable'
    """
    return Line(item, evidence, "not applicable", f"Not applicable: {reason}.", claim=claim)


def untested(item: str, evidence: str, reason: str, *, claim: str = "") -> Line:
    """Return a line that says that a question arises and has no answer."""
    return Line(item, evidence, "untested", f"Untested: {reason}.", claim=claim)


def number(value: float, digits: int = 3) -> str:
    """Return a number for a sentence.

    Examples
    --------
    >>> number(0.12345), number(1234.5), number(0.00001)
    ('0.123', '1234', '1e-05')
    """
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.{digits}g}"
