"""The list of questions, in the order in which a referee would go through them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbench.hypotheses.referee.checks import (
    disturbances,
    form,
    neighbours,
    numbers,
    reach,
    spillovers,
    time,
)
from workbench.hypotheses.referee.findings import Question

_LIST = (
    Question(
        "weights",
        "Does the result depend on the choice of W?",
        "W is assumed, not estimated; a result of one W may be a result about that W.",
        "LeSage and Pace (2014), Econometrics 2; Gibbons and Overman (2012), J. Reg. Sci. 52",
        neighbours.weights,
    ),
    Question(
        "impacts",
        "Are spillovers stated as impacts, or read off coefficients?",
        "With Wy in the model no coefficient is the effect of anything.",
        "LeSage and Pace (2009), Introduction to Spatial Econometrics, chapter 2",
        spillovers.impacts,
    ),
    Question(
        "endogeneity",
        "Are regressors endogenous?",
        "A region that patents more also spends more on R&D: neighbours' R&D then answers theirs.",
        "Fingleton and Le Gallo (2008), Papers Reg. Sci. 87; Gibbons and Overman (2012)",
        spillovers.endogeneity,
    ),
    Question(
        "common factors",
        "Are spillovers only shocks that regions have in common?",
        "Regions that react to the same shock look like neighbours that learn from each other.",
        "Pesaran (2006), Econometrica 74; Burridge (1981), JRSS B 43",
        spillovers.common_factors,
    ),
    Question(
        "correlated errors",
        "Do standard errors allow for errors that are correlated in space?",
        "Correlated errors make significance cheap; the reach of the correlation is not known.",
        "Conley (1999), J. Econometrics 92; Müller and Watson (2022), Econometrica 90",
        disturbances.correlated_errors,
    ),
    Question(
        "heteroskedasticity",
        "Do the errors have one variance?",
        "Regions differ in size by orders; likelihoods of rho take one variance for granted.",
        "Lin and Lee (2010), J. Econometrics 157; MacKinnon and White (1985)",
        disturbances.heteroskedasticity,
    ),
    Question(
        "multiplicity",
        "How many tests were made, and does the finding survive that?",
        "Of twenty tests of nothing one is significant; a LISA map makes as many as regions.",
        "Holm (1979); Caldas de Castro and Singer (2006), Geogr. Analysis 38",
        reach.multiplicity,
    ),
    Question(
        "islands",
        "Which regions have no neighbours, or neighbours by decree?",
        "The lag of an island is zero, which a model takes for a value.",
        "Bivand and Portnov (2004), in Advances in Spatial Econometrics",
        neighbours.islands,
    ),
    Question(
        "zeros",
        "Does the treatment of zeros and counts decide the result?",
        "With log(1 + y) the unit of y is a choice that can make any percentage.",
        "Chen and Roth (2024), QJE 139; Santos Silva and Tenreyro (2006), REStat 88",
        form.zeros,
    ),
    Question(
        "influence",
        "Does one region carry the result?",
        "A capital or an oil region can be the whole correlation.",
        "Belsley, Kuh and Welsch (1980), Regression Diagnostics",
        reach.influence,
    ),
    Question(
        "incidental parameters",
        "Do estimated fixed effects bias the estimates?",
        "With few periods each region's effect is hardly known, and the error stays.",
        "Lee and Yu (2010), J. Econometrics 154; Nickell (1981), Econometrica 49",
        time.incidental,
    ),
    Question(
        "scale",
        "Would other borders or another scale give another answer?",
        "Correlations change with the size and the shape of areal units.",
        "Openshaw and Taylor (1979); Fotheringham and Wong (1991), Env. Planning A 23",
        reach.scale,
    ),
    Question(
        "sample",
        "Are sample and W of the same regions?",
        "Regions left out are missing from their neighbours' lags too.",
        "Wang and Lee (2013), J. Econometrics 177",
        neighbours.sample,
    ),
    Question(
        "nested models",
        "Does the model stand against those it contains and those that contain it?",
        "SAR, SEM and SLX tell different stories about the same map.",
        "Elhorst (2014), Spatial Econometrics, section 2.7; Florax, Folmer and Rey (2003)",
        form.nested,
    ),
    Question(
        "small sample",
        "Are intervals right with so few regions and errors that are not normal?",
        "The delta method takes products and ratios of estimates for normal.",
        "LeSage and Pace (2009), section 2.7; Davison and Hinkley (1997)",
        disturbances.small_sample,
    ),
    Question(
        "collinearity",
        "Can the regressors and their lags be told apart?",
        "Lags of smooth regressors resemble them.",
        "Belsley, Kuh and Welsch (1980), chapter 3",
        form.collinearity,
    ),
    Question(
        "unit roots",
        "Are the series stationary?",
        "Two trends correlate whatever they are of.",
        "Pesaran (2007), J. Appl. Econometrics 22; Beenstock and Felsenstein (2019)",
        time.stationarity,
    ),
    Question(
        "confounding",
        "What holds constant what changes in time and place?",
        "Prices, laws and booms move regressors and outcome at once.",
        "Elhorst (2014), chapter 3; Gibbons and Overman (2012)",
        spillovers.confounding,
    ),
    Question(
        "nonlinearity",
        "Is the relation linear in these terms?",
        "Curvature that is left out shows up as spatial dependence.",
        "Ramsey (1969), JRSS B 31; McMillen (2003), J. Reg. Sci. 43",
        form.nonlinearity,
    ),
    Question(
        "maxima",
        "Is the maximum one, and inside its interval?",
        "At the edge of the interval, or with two maxima, standard errors mean nothing.",
        "Anselin (1988), chapter 6; Lee and Yu (2010)",
        numbers.maxima,
    ),
    Question(
        "power",
        "What could these data have found?",
        "Not significant is no zero, and a significant estimate of a weak design exaggerates.",
        "Hoenig and Heisey (2001), Am. Statistician 55; Gelman and Carlin (2014)",
        reach.power,
    ),
    Question(
        "reproducibility",
        "Could somebody else get the same numbers?",
        "A number that does not come again is no finding.",
        "Peng (2011), Science 334",
        numbers.reproducibility,
    ),
)

QUESTIONS: Mapping[str, Question] = MappingProxyType({item.name: item for item in _LIST})
"""Every question by name; a new one is a function and an entry here."""
