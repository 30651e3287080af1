"""Array aliases and every option word of the public surface.

The ``Literal`` types below are the single place where option words are spelt;
:func:`words` turns each into the tuple that validation and messages use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]

Language: TypeAlias = Literal["en", "ru"]

Said: TypeAlias = str | Mapping[str, str]
"""A text, or one in each language: ``{"en": ..., "ru": ...}``."""
Model: TypeAlias = Literal["ols", "slx", "sar", "sem", "sac", "sdm", "sdem", "gns"]
Effects: TypeAlias = Literal[
    "none",
    "entity",
    "time",
    "two-way",
    "random",
    "random-time",
    "random-two-way",
    "between",
    "first-difference",
    "fama-macbeth",
]
UnitRootTest: TypeAlias = Literal["cips", "ips", "hadri"]
Deterministic: TypeAlias = Literal["intercept", "trend", "none"]
EventMethod: TypeAlias = Literal["sun-abraham", "two-way", "callaway-santanna"]
Averaged: TypeAlias = Literal["times", "rows"]
Comparison: TypeAlias = Literal["never", "not-yet"]
RandomMethod: TypeAlias = Literal["swar", "walhus", "amemiya", "nerlove"]
LeeYu: TypeAlias = Literal["transformation", "bias-correction", "none"]
RandomStructure: TypeAlias = Literal["baltagi", "kkp"]
Dynamic: TypeAlias = Literal["none", "lag", "spatial-lag", "both"]
CorrelatedCells: TypeAlias = Literal["regions", "periods"]
LagErrorConvention: TypeAlias = Literal["transformed", "demeaned"]
Horizon: TypeAlias = Literal["short-run", "long-run"]
Change: TypeAlias = Literal["permanent", "temporary"]
DynamicEquations: TypeAlias = Literal["difference", "system"]
Transform: TypeAlias = Literal["differences", "deviations"]
Family: TypeAlias = Literal["gaussian", "poisson", "binomial"]
Factors: TypeAlias = Literal["none", "cce", "cce-mean-group", "defactored"]
Method: TypeAlias = Literal["ml", "gmm", "firth"]
LogitInterval: TypeAlias = Literal["wald", "profile"]
Digits: TypeAlias = Literal["aligned", "shown"]
ErrorMoments: TypeAlias = Literal["het", "hom", "kp99"]
QuadraticMoments: TypeAlias = Literal["het", "hom"]
Covariance: TypeAlias = Literal[
    "classical",
    "robust",
    "HC0",
    "HC1",
    "HC2",
    "HC3",
    "qml",
    "clustered",
    "clustered-time",
    "clustered-two-way",
    "driscoll-kraay",
    "newey-west",
]
LeastSquaresCovariance: TypeAlias = Literal["classical", "robust", "HC0", "HC1", "HC2", "HC3"]
LikelihoodCovariance: TypeAlias = Literal["classical", "qml"]
PanelLikelihoodCovariance: TypeAlias = Literal[
    "classical", "qml", "clustered", "clustered-time", "clustered-two-way", "driscoll-kraay"
]
Leverage: TypeAlias = Literal["HC0", "HC1", "HC2", "HC3"]
JCovariance: TypeAlias = Literal["classical", "robust"]
Align: TypeAlias = Literal["strict", "intersection"]
Missing: TypeAlias = Literal["error", "drop", "drop-regions"]
Join: TypeAlias = Literal["strict", "inner", "left"]

Islands: TypeAlias = Literal["error", "nearest", "keep", "drop"]
Normalization: TypeAlias = Literal[
    "none",
    "binary",
    "row",
    "global",
    "double",
    "doubly-stochastic",
    "spectral",
    "min-max",
    "variance",
]
Symmetry: TypeAlias = Literal["either", "mutual", "mean"]
Autocorrelation: TypeAlias = Literal["positive", "negative", "all"]
MapSelection: TypeAlias = Literal["forward", "global", "residual-moran"]
Diagonal: TypeAlias = Literal["error", "drop"]
FlowDirection: TypeAlias = Literal["in", "out", "both"]
Repeated: TypeAlias = Literal["error", "sum"]
FileValues: TypeAlias = Literal["weights", "links"]
IdType: TypeAlias = Literal["auto", "text", "integer"]
WeightsFormat: TypeAlias = Literal[
    "gal", "gwt", "swm", "stata", "matrix-market", "csv", "tsv", "parquet"
]
Written: TypeAlias = Literal["normalized", "as built"]
TravelDecay: TypeAlias = Literal["inverse", "exponential", "binary"]
Perturbation: TypeAlias = Literal[
    "permuted", "rewired", "rotated", "displaced", "random", "thinned"
]
Placebo: TypeAlias = Literal["permuted", "rewired", "displaced", "rotated"]
PlaceboNumber: TypeAlias = Literal["estimate", "statistic"]
Metric: TypeAlias = Literal["auto", "planar", "great-circle", "ellipsoidal"]
Unit: TypeAlias = Literal["km", "m", "crs"]
Decay: TypeAlias = Literal["binary", "inverse", "exponential", "double-power"]
Links: TypeAlias = Literal["directed", "either", "mutual"]
KernelFunction: TypeAlias = Literal["triangular", "uniform", "epanechnikov", "bisquare", "gaussian"]
SpatialKernel: TypeAlias = Literal[
    "bartlett",
    "uniform",
    "spherical",
    "epanechnikov",
    "bisquare",
    "parzen",
    "tukey-hanning",
    "quadratic-spectral",
]

Alternative: TypeAlias = Literal["two-sided", "greater", "less"]
Cluster: TypeAlias = Literal[
    "High-High", "Low-Low", "High-Low", "Low-High", "not significant", "isolated"
]
Correction: TypeAlias = Literal[
    "none", "bonferroni", "max-t", "benjamini-hochberg", "benjamini-yekutieli"
]
LocalInference: TypeAlias = Literal["permutation", "conditional", "total", "exact", "saddlepoint"]
StabilityBy: TypeAlias = Literal["thinned", "rewired", "seed"]
MoranVariance: TypeAlias = Literal["randomization", "normality"]
Dispersion: TypeAlias = Literal["std_log", "cv", "theil", "gini"]
TrendFilter: TypeAlias = Literal["hodrick-prescott", "none"]
ClubOrder: TypeAlias = Literal["last", "average"]
HacKernel: TypeAlias = Literal["quadratic-spectral", "bartlett"]
Classing: TypeAlias = Literal["quantiles", "equal-interval"]
RankStates: TypeAlias = Literal["ranks", "regions"]
InequalityMeasure: TypeAlias = Literal["gini", "theil", "log_deviation", "atkinson", "variation"]
LagStatistic: TypeAlias = Literal["moran", "geary", "correlation"]
ResidualInference: TypeAlias = Literal["normal", "exact", "saddlepoint"]
PairMeasure: TypeAlias = Literal["product", "semivariance"]
RegionScheme: TypeAlias = Literal["80", "82", "83", "85"]
Crosswalk: TypeAlias = Literal["russia-regions", "us-states"]
Unmatched: TypeAlias = Literal["refuse", "drop"]
DecimalMark: TypeAlias = Literal[".", ","]
Separator: TypeAlias = Literal[";", ",", "\t", "|"]
ThousandsMark: TypeAlias = Literal[" ", "'", ",", "."]
BassForm: TypeAlias = Literal["interval", "density"]
AdoptionKind: TypeAlias = Literal["new", "cumulative"]
HazardLink: TypeAlias = Literal["cloglog", "logit"]
HazardBaseline: TypeAlias = Literal["periods", "trend", "constant"]
ZeroTotals: TypeAlias = Literal["refuse", "allow"]
PointNull: TypeAlias = Literal["location", "labelling", "independence"]
PointMetric: TypeAlias = Literal["auto", "planar", "great-circle"]
ColocationKernel: TypeAlias = Literal["uniform", "gaussian"]
PointMeasure: TypeAlias = Literal["K-density", "M function"]
PointVerdict: TypeAlias = Literal["localised", "dispersed", "neither"]
ReturnsToScale: TypeAlias = Literal["crs", "vrs", "nirs", "ndrs", "fdh"]
FrontierOrientation: TypeAlias = Literal["input", "output"]
FrontierKind: TypeAlias = Literal["production", "cost"]
Inefficiency: TypeAlias = Literal["half-normal", "exponential", "truncated-normal"]
InefficiencyEffects: TypeAlias = Literal["pooled", "time-invariant", "decay"]
WrongSkew: TypeAlias = Literal["refuse", "ols"]
Scheme: TypeAlias = Literal["quantiles", "equal-interval", "fisher-jenks"]
Classification: TypeAlias = Literal[
    "fisher-jenks",
    "quantiles",
    "equal-interval",
    "maximum-breaks",
    "std-mean",
    "box-plot",
    "head-tail",
    "percentiles",
    "user",
]
PrintedVerdict: TypeAlias = Literal["same digits", "revised", "not comparable"]
PeerPlace: TypeAlias = Literal[
    "above all peers",
    "above the middle half of peers",
    "in the middle half of peers",
    "below the middle half of peers",
    "below all peers",
]
PeerMetric: TypeAlias = Literal["robust", "mahalanobis"]
Incomplete: TypeAlias = Literal["error", "drop"]
ProfileAgainst: TypeAlias = Literal["best", "peers", "country"]
PathsOf: TypeAlias = Literal["relative", "percentile", "value"]
Standardization: TypeAlias = Literal["z", "robust", "none"]
ClusterMethod: TypeAlias = Literal["k-means", "ward", "average", "complete"]
RegionMethod: TypeAlias = Literal["skater", "ward", "azp", "max-p"]
TreeCriterion: TypeAlias = Literal["squares", "distances"]
GroupStabilityBy: TypeAlias = Literal["seed", "resample", "perturbation", "noise", "indicators"]
ThresholdWord: TypeAlias = Literal["median", "mean"]
TypologyStabilityBy: TypeAlias = Literal[
    "noise", "resample", "indicators", "seed", "perturbation", "draws"
]
KappaWeights: TypeAlias = Literal["linear", "quadratic"]
PValueAdjustment: TypeAlias = Literal["holm", "fdr_bh", "none"]
CountedAt: TypeAlias = Literal["end", "start", "average"]
RateInterval: TypeAlias = Literal["clopper-pearson", "wilson", "poisson"]
AdoptionUnit: TypeAlias = Literal["percent", "fraction", "unbounded"]
ProfilePicture: TypeAlias = Literal["heat", "dots"]
Resampling: TypeAlias = Literal["parametric", "residual", "wild"]
Multipliers: TypeAlias = Literal["rademacher", "mammen", "webb"]
BootstrapInterval: TypeAlias = Literal["percentile", "basic", "bca", "studentised"]
ImpactEffect: TypeAlias = Literal["direct", "indirect", "total"]
ImpactMethod: TypeAlias = Literal["delta", "monte-carlo"]
Relation: TypeAlias = Literal[">", "<", "!=", "="]
VerdictWord: TypeAlias = Literal["supported", "contradicted", "cannot tell", "not applicable"]
HypothesisKind: TypeAlias = Literal["exploratory", "confirmatory"]
CurveNull: TypeAlias = Literal["regions", "periods", "relabelled"]
FamilyAdjustment: TypeAlias = Literal["holm", "fdr_bh", "none"]
DiagonalRoute: TypeAlias = Literal["auto", "exact", "probes"]
ElasticityAt: TypeAlias = Literal["formula", "means"]
Where: TypeAlias = Literal["observed", "means"]
Predictor: TypeAlias = Literal[
    "trend",
    "signal",
    "TS",
    "TC",
    "BP",
    "TC1",
    "TS1",
    "BP1",
    "BPW",
    "BPW1",
    "BPN",
    "BPN1",
    "KP2",
    "KP3",
    "KP5",
]
CurveEngine: TypeAlias = Literal["auto", "fit", "batch"]
BlockPredictor: TypeAlias = Literal["BP", "TC"]
PredictionScale: TypeAlias = Literal["formula", "median", "smearing"]
RefereeAnswer: TypeAlias = Literal["passed", "failed", "not applicable", "not known"]
Under: TypeAlias = Literal["std_error", "statistic", "p_value", "interval"]
Tolerance: TypeAlias = Literal[
    "closed form", "maximum likelihood", "permutation", "simulation", "exact"
]
AggregationRule: TypeAlias = Literal["sum", "mean"]
Disconnected: TypeAlias = Literal["error", "apart"]
Attributable: TypeAlias = Literal["estimate", "statistic"]
DecayForm: TypeAlias = Literal["power", "exponential", "gaussian", "binary"]
EstimatedDecay: TypeAlias = Literal["exponential", "power", "gaussian"]
DecayCovariance: TypeAlias = Literal["classical", "robust", "clustered"]
FixedEffects: TypeAlias = Literal["none", "entity", "time", "two-way"]
StockTiming: TypeAlias = Literal["end", "start"]
FirstStock: TypeAlias = Literal["textbook", "steady-state"]
ExpenditureGrowth: TypeAlias = Literal["estimated", "by-region"]
EmptyRing: TypeAlias = Literal["zero", "missing", "error"]
SelfPotential: TypeAlias = Literal["internal", "none"]
Band: TypeAlias = Literal["pointwise", "simultaneous"]
CapacityModel: TypeAlias = Literal["ols", "sem"]
Presence: TypeAlias = Literal["rca", "binary", "positive", "weighted"]
Among: TypeAlias = Literal["activities", "regions"]
RelatednessMeasure: TypeAlias = Literal[
    "proximity", "cosine", "jaccard", "association", "probability-index"
]
CoTotals: TypeAlias = Literal["occurrences", "co-occurrences"]
RelatednessNull: TypeAlias = Literal["none", "hypergeometric", "fixed-margins"]
RelatednessPicture: TypeAlias = Literal["network", "heatmap"]
OwnActivity: TypeAlias = Literal["excluded", "included"]
DensityScale: TypeAlias = Literal["share", "percent"]
EntryModelKind: TypeAlias = Literal["linear", "logit", "conditional-logit"]
EntryEffect: TypeAlias = Literal["region", "activity", "period"]
ComplexityMethod: TypeAlias = Literal["eigenvector", "reflections"]
EntropyCorrection: TypeAlias = Literal["none", "miller-madow", "chao-shen"]
Strategy: TypeAlias = Literal["classic", "florax", "koley-bera", "elhorst", "from-sdm", "from-gns"]
StructureReference: TypeAlias = Literal["whole", "rest", "others", "uniform"]
StructureMeasure: TypeAlias = Literal[
    "krugman",
    "hoover",
    "hachman",
    "theil",
    "gini",
    "herfindahl",
    "herfindahl_normalised",
    "number_equivalent",
    "entropy",
]
ChanceNull: TypeAlias = Literal["without-replacement", "multinomial"]
StructureInterval: TypeAlias = Literal["bootstrap", "none"]
QuotientInterval: TypeAlias = Literal["delta-log", "delta", "exact", "none"]
QuotientAdjustment: TypeAlias = Literal[
    "none", "bonferroni", "benjamini-hochberg", "benjamini-yekutieli"
]
GiniCounting: TypeAlias = Literal["reference", "equal"]
AgglomerationIndex: TypeAlias = Literal["ellison-glaeser", "maurel-sedillot"]
AgglomerationInference: TypeAlias = Literal["pearson", "normal", "simulation"]
ShiftShareForm: TypeAlias = Literal["classic", "esteban-marquillas", "arcelus", "spatial"]
ShiftShareTotals: TypeAlias = Literal["region", "activity", "cell"]

Imputation: TypeAlias = Literal[
    "refuse", "mean", "median", "group-mean", "group-median", "nearest", "em", "linear"
]
OutlierRule: TypeAlias = Literal["none", "winsorise", "trim", "log", "box-cox"]
Normalisation: TypeAlias = Literal[
    "min-max",
    "z-score",
    "rank",
    "borda",
    "percentile",
    "categorical",
    "distance-to-leader",
    "distance-to-reference",
    "percent-of-mean",
    "goalposts",
    "none",
]
IndexWeighting: TypeAlias = Literal["equal", "expert", "pca", "entropy", "bod"]
IndexAggregation: TypeAlias = Literal[
    "arithmetic",
    "geometric",
    "harmonic",
    "mazziotta-pareto",
    "adjusted-mazziotta-pareto",
    "condorcet",
]
IndicatorDirection: TypeAlias = Literal["higher", "lower"]
IndexOutput: TypeAlias = Literal["rank", "score"]


def words(option: Any) -> tuple[str, ...]:
    """Return the admissible words of a ``Literal`` option type, in order."""
    return get_args(option)
