"""The results vocabulary: one glossary of column names, and the tables made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import pandas as pd
from scipy import stats

from workbench.errors import InputError
from workbench.typing import FloatArray

GLOSSARY: Mapping[str, str] = MappingProxyType(
    {
        "term": "regressor or parameter, as the formula writes it",
        "effect": "direct, indirect or total impact",
        "estimate": "point estimate, in units of the outcome per unit of the term",
        "std_error": "standard error of the estimate",
        "statistic": "estimate over its standard error, or the statistic of a test",
        "p_value": "two-sided unless an alternative is named",
        "conf_low": "lower end of the confidence interval",
        "conf_high": "upper end of the confidence interval",
        "time": "periods since treatment or exposure began, 0 the first with it",
        "band_low": "lower end of the band for all times of an effect, or distances, at once",
        "band_high": "upper end of the band for all times of an effect, or distances, at once",
        "cohort": "first period of treatment of a group of regions",
        "order": "steps over W that an effect takes: 0 the region itself, 1 its neighbours",
        "cumulative": "sum of the estimates up to this order",
        "reads": "what a unit of the estimate is, in words",
        "prediction": "predicted outcome",
        "forecast_error": "standard deviation of the outcome minus its prediction",
        "null": "the null hypothesis in words",
        "alternative": "the alternative against which the p-value is taken",
        "distribution": "reference distribution of the statistic under the null",
        "df": "degrees of freedom of the reference distribution",
        "observed": "statistic of the data",
        "published": "statistic of all estimates of a curve, with their own standard errors",
        "expected": "expectation of the statistic under the null; of draws their median",
        "variance": "variance of the statistic under the null; of a part of the disturbance",
        "variance_share": "share of the part in the sum of the variances",
        "demeaned": "part of the means that quasi-demeaning takes away, theta",
        "z": "(statistic - expected) / sqrt(variance); of global Geary's C with the sign turned",
        "greater": "what alternative='greater' stands for",
        "p_permutation": "(M + 1) / (R + 1) over R permutations, doubled tail when two-sided",
        "permutations": "number of permutations R",
        "reason": "why a test does not apply",
        "about": "what a test is about: dependence, lagged regressors, normality ...",
        "small_p": "how to read a small p-value",
        "unit_root_p": "p-value of LFUR: small speaks against a spatial unit root",
        "stationary_p": "p-value of LFST: small speaks against weak dependence",
        "reading": "what two or more tests say together, or how evidence reads: holds, in doubt, "
        "fails, untested, not applicable",
        "line": "number of the line, from 1",
        "item": "question that a line of evidence belongs to",
        "claim": "estimand in question; empty where a line is about all of them",
        "evidence": "what was looked at",
        "sentence": "what it means, in words",
        "holds": "lines of evidence that do not speak against the claim",
        "in_doubt": "lines of evidence that leave it open",
        "fails": "lines of evidence that speak against it",
        "untested": "questions that these data do not answer",
        "lagged": "whether the spatial lag of the term is a regressor",
        "ratio": "indirect over direct impact",
        "within_share": "share of the variance of the term that effects leave",
        "theta_se": "standard error of the coefficient of the lag",
        "effective_f": "Montiel Olea and Pflueger's effective F",
        "effective_f_mark": "its value from which bias is below a tenth of the worst, at 5 %",
        "set": "values that a test does not reject, as text",
        "after_effects": "share of the variance of the lag that effects leave",
        "partial_r2_own": "R-squared of the lag on the own value, effects taken out",
        "partial_r2_all": "the same on all other columns of the model",
        "vif": "variance inflation factor",
        "averages": "independent values that the neighbours' averages are worth",
        "variable": "column of the model",
        "points": "number of establishments of the sector",
        "neighbour_points": "number of establishments of the sector that is looked at from there",
        "sites": "number of establishments among whose places sectors are drawn",
        "bandwidth": "bandwidth of the kernel, in the unit of distances",
        "local_low": "lower end of the interval of the draws at this distance by itself",
        "local_high": "upper end of the interval of the draws at this distance by itself",
        "localisation": "excess over the upper global band, summed over distances in glance()",
        "p_localised": "p-value against being above the null at some distance",
        "p_dispersed": "p-value against being below the null at some distance",
        "above_from": "shortest distance at which a curve is above its upper global band",
        "above_to": "longest distance at which a curve is above its upper global band",
        "measure": "what W makes of a region: number of neighbours, sum of links, weight in others",
        "method": "gmm where moments estimated the model",
        "partial_r2": "R-squared of the excluded instruments beside the exogenous regressors",
        "shea_r2": "the same beside the other endogenous regressors, as predicted",
        "first_stage_f": "F statistic of the excluded instruments",
        "conditional_f": "Sanderson and Windmeijer's F, beside the other endogenous regressors",
        "leverage": "diagonal of the hat matrix: how much the region fits itself",
        "studentized": "residual over its standard error without the region",
        "cook": "Cook's distance: how far estimates move without the region, over their number",
        "without": "estimate or impact without the region",
        "moved": "estimate less that without the region, over its standard error",
        "value": "the variable at the region, standardised where the statistic does so",
        "lag": "weighted sum of the neighbours' values",
        "quadrant": "High-High, Low-Low, High-Low, Low-High or isolated: value, then lag",
        "pair": "two colours whose joins are counted",
        "color": "category of the region, or the first of a pair",
        "neighbor_color": "the second category of a pair",
        "same_color": "sum of the weights of the neighbours of the region's colour",
        "events": "number of events",
        "population": "population at risk",
        "rate": "events over population",
        "rate_variance": "variance of the underlying rates, by moments",
        "smoothed": "rate drawn towards the rate of all regions",
        "smoothed_local": "rate drawn towards that of the region and its neighbours",
        "p_adjusted": "p-value adjusted for testing many regions at once",
        "cluster": "High-High, Low-Low, High-Low, Low-High, not significant or isolated; other "
        "local statistics have classes of their own",
        "level": "confidence level of intervals, or the rate or error that flagged regions are "
        "bounded by, see correction",
        "correction": "how p-values are adjusted for testing many regions",
        "members": "regions of a cluster that are flagged",
        "with_neighbors": "those regions and their neighbours",
        "share": "share of the draws in which a region kept its label; its mean over regions",
        "share_flagged": "the same over the regions that are flagged",
        "draws": "number of draws",
        "rank_shift": "mean absolute change of ranks against the index as recorded, in ranks",
        "rank_shift_high": "95 % quantile over draws of the mean absolute change of ranks",
        "rank_shift_most": "the same of the region that moves most",
        "evaluations": "constructions built",
        "additive": "sum of first-order indices: variance that choices make each by itself",
        "interactions": "rest of the variance, which choices make together",
        "rank_median": "median rank over draws",
        "rank_mean": "mean rank over draws",
        "rank_low": "5 % quantile of the rank over draws",
        "rank_high": "95 % quantile of the rank over draws",
        "share_top": "share of draws among the k best regions",
        "share_same": "share of draws with the rank of the index as recorded",
        "first": "first-order Sobol index: share of variance that a choice makes by itself",
        "first_low": "lower end of its interval",
        "first_high": "upper end of its interval",
        "total_low": "lower end of the interval of the total index",
        "total_high": "upper end of the interval of the total index",
        "cluster_stable": "most frequent class over draws",
        "share_stable": "share of draws with the most frequent class",
        "total": "total Sobol index: that share with all interactions",
        "share_between": "part of the variance of a pooled estimate that draws add",
        "share_positive": "share of draws with a positive estimate or statistic",
        "share_significant": "share of draws with p below alpha",
        "share_holds": "share of draws with p below alpha and the sign of the recorded index",
        "recorded": "the number with the index as recorded",
        "draw": "number of the draw, from 1; of placebo maps the argument draw=, from 0",
        "failed": "number of draws that could not be estimated, left out; of questions that the "
        "evidence answers against the study",
        "passed": "number of questions that a statement withstood",
        "not_known": "number of questions that these data cannot answer",
        "statement": "what had to stand",
        "question": "as a referee would ask it",
        "finding": "draft of the answer, with its numbers",
        "number": "the number that decides",
        "answer": "passed, failed, not applicable or not known",
        "call": "call that mends or deepens it",
        "stands": "whether the statement says the same under the alternative",
        "says": "positive, negative, not different from zero; of a hypothesis its verdict",
        "bias": "mean of the draws less the estimate",
        "quantity": "number that a statistic returns, by name",
        "kind": "parametric, residual or wild: how innovations are drawn; of a hypothesis, "
        "confirmatory or exploratory",
        "interval": "how intervals are read off the draws",
        "acceleration": "how fast the standard error changes with the estimate, of BCa intervals",
        "p_bootstrap": "(M + 1) / (R + 1) over R draws under the null, doubled tail if two-sided",
        "fitted": "fitted value of the outcome",
        "residual": "outcome minus fitted value",
        "case_weight": "c of a region: the variance of its disturbance is sigma2 / c",
        "weighted_residual": "residual times the root of the case weight, of variance sigma2",
        "model": "ols, slx, sar, sem or sdm",
        "family": "gaussian for a linear model, poisson for counts with a log-linear mean",
        "effects": "fixed or random effects of a panel model",
        "exponent": "exponent of dependence between regions: 0.5 weak, 1 common factors",
        "estimator": "how the model was estimated",
        "verdict": "what becomes of an effect under another estimator; of a hypothesis supported, "
        "contradicted, cannot tell or not applicable",
        "hypothesis": "name of the hypothesis, or its statement",
        "restriction": "what a hypothesis says of an estimand, as the grammar writes it",
        "hypotheses": "number of verdicts, one a hypothesis and fit",
        "alpha": "level of the decision of a hypothesis",
        "adjust": "how p-values of several hypotheses are adjusted",
        "supported": "number of hypotheses that are supported; of specifications that support one",
        "contradicted": "number of hypotheses that are contradicted; of specifications that do so",
        "cannot_tell": "number of hypotheses of which the fit cannot tell; of such specifications",
        "not_applicable": "number of hypotheses a fit lacks the terms for, of questions that do "
        "not arise, and of specifications that lack the terms or whose choices do not go together",
        "factors": "how common shocks of a panel were taken out",
        "covariance": "how standard errors were computed",
        "weights": "digest of the spatial weights",
        "nobs": "number of observations",
        "entities": "number of regions in a panel",
        "periods": "number of periods in a panel",
        "df_resid": "observations minus estimated coefficients",
        "rsquared": "1 - SSE / SST; for panels within the dimension that the effects leave",
        "loglik": "maximised log-likelihood with all constants",
        "aic": "Akaike information criterion, -2 loglik + 2 k",
        "bic": "Schwarz information criterion, -2 loglik + k log n",
        "sigma2": "residual variance; SSE / n under maximum likelihood",
        "rho": "coefficient of the spatially lagged outcome",
        "lambda": "coefficient of the spatially lagged disturbance",
        "phi": "variance of the regions' random effects over that of the disturbances",
        "lee_yu": "what was done about estimated fixed effects (Lee and Yu 2010)",
        "random": "structure of random effects: baltagi or kkp; empty where both are the same",
        "dynamic": "which lags in time of the outcome the model has: lag, spatial-lag or both",
        "largest_root": "largest eigenvalue of what carries shocks on; below 1 they die out",
        "horizon": "periods since a change, 0 its own",
        "nobs_effective": "observations that fixed effects leave to the likelihood",
        "equations": "difference for transformed equations, system for those in levels too",
        "instruments": "number of instruments, exogenous regressors among them",
        "sigma2_effects": "variance of the regions' random effects",
        "sigma2_periods": "variance of the periods' random effects",
        "sigma2_own": "variance of the disturbances beside random effects, as first estimated; "
        "sigma2 is that of the demeaned residuals",
        "how": "how a map is made wrong: permuted, rewired, displaced or rotated",
        "distinct": "number of draws that differ from each other in some link",
        "overlap": "share of the real weights that a wrong map has too, sum of minima over sum",
        "estimate_low": "lower end of the range of all placebo estimates but a share of alpha",
        "estimate_high": "upper end of that range",
        "statistic_low": "lower end of the range of all placebo statistics but a share of alpha",
        "statistic_high": "upper end of that range",
        "p_direction": "permutation p-value in the direction of the hypothesis",
        "p_estimate": "permutation p-value of the estimate, not of its statistic",
        "significant_share": "share of placebos that are significant at alpha",
        "significant_low": "lower end of the 95 % interval of that share",
        "significant_high": "upper end of the 95 % interval of that share",
        "supported_share": "share of placebos under which the hypothesis would be supported",
        "p_loglik": "share of wrong maps whose log-likelihood is as high, (M + 1) / (R + 1)",
        "position": "whether the real estimate stands out among placebos",
        "inference": "whether more or fewer placebos are significant than should be",
        "outcome": "outcome that a hypothesis says nothing of",
        "outcomes": "number of outcomes",
        "rejected": "number of outcomes with an adjusted p-value below alpha",
        "smallest_p": "smallest adjusted p-value",
        "candidate": "name of the weights that are compared",
        "status": "ranked, or why not; of a specification estimated, not applicable or failed",
        "rank": "1 for the highest value of a period, or for the candidate with the largest "
        "adjusted R-squared or the fewest vectors",
        "rank_aicc": "1 for the candidate with the smallest AICc of its selected maps",
        "rsquared_adj": "1 - (SSE / (n - k - 1)) / (SST / (n - 1))",
        "rsquared_adj_all": "the same of all available maps",
        "aicc": "AIC with the small-sample term 2 k (k + 1) / (n - k - 1)",
        "aicc_error_model": "the same of a spatial-error model of the field with a constant",
        "vectors": "number of eigenvector maps selected",
        "vectors_available": "number of eigenvector maps of the chosen sign",
        "moran": "Moran's I of the field",
        "moran_z": "its standard deviate under randomisation",
        "moran_p": "its two-sided p-value under randomisation",
        "moran_residual": "Moran's I of what the selected maps leave",
        "links": "ordered pairs of regions with a positive weight",
        "mean_neighbors": "links per region",
        "islands": "number of regions without neighbours",
        "components": "number of connected parts, islands among them",
        "rho_low": "lower end of the open interval of admissible rho",
        "dispersion": "how far apart the regions are in a period; of a curve of distance the "
        "shortfall from its lower band where nothing of it is above the upper one, or their sum",
        "initial": "logarithm of the variable in the first period",
        "growth": "average growth of the logarithm a unit of time",
        "club": "number of the convergence club, 1 the highest; missing where a region diverges",
        "initial_club": "number of the club before clubs were merged",
        "core": "whether the region belongs to the core that its club grew from",
        "clubs": "number of convergence clubs",
        "divergent": "number of regions that belong to no club",
        "threshold": "c* of the sieve: a region joins whose t with the core is above it",
        "rho_high": "upper end of the open interval of admissible rho",
        "from": "class in which a move begins",
        "to": "class in which a move ends, one period later",
        "lag_class": "class of the neighbours' weighted mean when a move begins",
        "class": "class of the value, 1 for the lowest, or its interval, closed on the right",
        "classes": "number of classes",
        "transitions": "number of moves from one period to the next",
        "significant": "whether local Moran's I of the region is significant in the period",
        "significant_both": "moves of which both quadrants are significant",
        "significant_start": "moves of which only the first quadrant is, or whether it is",
        "significant_end": "moves of which only the last quadrant is, or whether it is",
        "significant_neither": "moves of which neither quadrant is significant",
        "steady_state": "share of time in the class in the long run",
        "sojourn": "expected number of periods in the class once there",
        "shorrocks": "(k - trace) / (k - 1) of the transition probabilities; 0 is no mobility",
        "half_life": "periods until half of the distance to the steady state is gone",
        "sector": "number of the sector of directions, counter-clockwise from east; the industry "
        "of establishments",
        "angle": "direction of a move in degrees, counter-clockwise from east",
        "length": "length of a move",
        "change": "change of the region's own value, from start to end",
        "lag_change": "change of the neighbours' weighted mean",
        "start": "first period of the interval",
        "end": "last period of the interval",
        "tau": "Kendall's rank correlation of the two periods",
        "tau_neighbors": "the same over pairs of neighbours only",
        "tau_neighbors_expected": "mean of tau_neighbors over the permutations",
        "tau_neighbors_p_permutation": "permutation p-value of tau_neighbors",
        "theta_expected": "mean of theta over the permutations",
        "theta_p_permutation": "permutation p-value of theta",
        "angle_low": "where a sector of directions begins, in degrees",
        "angle_high": "where a sector of directions ends, in degrees",
        "theta": "rank changes that regions of a regime share, over all rank changes",
        "gini": "mean absolute difference over twice the mean",
        "theil": "Theil's T, mean of (y / mean) log(y / mean)",
        "between": "part between the groups: of the inequality, or of the sum of squared distances",
        "within": "part within the groups: of the inequality, or of the sum of squared distances",
        "between_share": "between over the whole",
        "neighbors": "part of the Gini coefficient from pairs of neighbours",
        "non_neighbors": "part of the Gini coefficient from all other pairs",
        "neighbor_share": "neighbors over the whole",
        "population_share": "share of the population, or of the regions, in the group",
        "value_share": "share of the group in the total",
        "log_deviation": "mean logarithmic deviation, mean of log(mean / y)",
        "polarization": "mean difference of other pairs over that of neighbours",
        "atkinson": "1 - equally distributed equivalent over the mean",
        "variation": "standard deviation over the mean",
        "mean": "mean, weighted by population where there is one",
        "pairs": "ordered pairs of regions at a lag; unordered ones in a distance scatter",
        "linked": "number of regions that have a neighbour at a lag",
        "distance": "mean distance of pairs of regions, or from the means of the group; that at "
        "which a curve is taken",
        "p_holm": "Holm's adjustment of the analytic p-values over all lags",
        "envelope_low": "lower end of the envelope that holds for all lags at once",
        "envelope_high": "upper end of the envelope that holds for all lags at once",
        "group": "number of the group, from 1: the largest first, equal sizes by their first id",
        "groups": "number of groups",
        "size": "number of regions of a group or class",
        "explained": "share of the total sum of squares between groups",
        "silhouette": "(b - a) / max(a, b), mean distances to the own and the nearest other group",
        "pieces": "number of connected pieces of a group",
        "floor_sum": "what the floor variable adds up to in a group",
        "gap": "mean log sum of squares within of data without groups, less that of the data",
        "gap_se": "standard error of the gap",
        "k_elbow": "number of groups at the elbow of the sums of squares within",
        "k_silhouette": "number of groups with the largest mean silhouette",
        "k_gap": "number of groups by the gap statistic",
        "rand": "adjusted Rand index of two partitions: 1 equal, 0 as by chance",
        "rand_low": "5 % quantile of the index over draws",
        "rand_high": "95 % quantile of the index over draws",
        "jaccard": "mean largest overlap of a group with a group of the draw",
        "recovered": "share of draws with an overlap above 0.75",
        "dissolved": "share of draws with an overlap of at most 0.5",
        "stays": "share of draws in which a region stays with its group",
        "present": "number of draws that have the region",
        "empty": "number of classes without a region",
        "lower": "lower bound of a class, not part of it but in the first",
        "upper": "upper bound of a class, part of it",
        "gvf": "goodness of variance fit, 1 - squares within classes / total squares",
        "parameters": "number of estimated parameters, the variance among them",
        "aic_weight": "exp(-difference / 2) of AIC to its smallest, over the sum of all models",
        "aicc_weight": "the same of AICc",
        "probability_bic": "the same of BIC: approximate posterior probability of the model when "
        "all are equally likely beforehand",
        "log_marginal": "log marginal likelihood of the model, up to a constant of all of them",
        "probability": "posterior probability of the model, all equally likely beforehand",
        "probability_low": "the lowest of it over several priors of the parameters",
        "probability_high": "the highest of it over several priors of the parameters",
        "strategy": "named strategy of specification search",
        "step": "number of the step, from 1",
        "test": "name of the test",
        "decision": "what a step makes of its test",
        "recommendation": "model that a strategy ends with, or that the data cannot tell",
        "rmse": "root of the mean squared error, of predictions or of estimates",
        "rmse_se": "its standard error over blocks of regions",
        "log_score_se": "standard error of log_score over blocks of regions",
        "behind": "the best log_score less that of the model",
        "behind_se": "its standard error over blocks, from paired differences",
        "predictor": "BP given the outcomes of the others, TC or trend given none",
        "block": "block of regions that is left out together",
        "log_score": "log density of the left-out outcomes given the others, a region",
        "regions": "number of regions predicted",
        "specification": "number of the specification, from 1",
        "specifications": "number of specifications, each once",
        "estimated": "specifications with an estimate",
        "median": "median of the estimates",
        "smallest": "smallest estimate",
        "largest": "largest estimate",
        "positive": "estimates above 0",
        "negative": "estimates below 0",
        "positive_significant": "estimates above 0 with a p-value below alpha",
        "negative_significant": "estimates below 0 with a p-value below alpha",
        "choices": "number of choices",
        "labels": "labels of the choices",
        "scale": "base, the name of a hierarchy, or random",
        "fewest_members": "smallest number of regions in a zone",
        "most_members": "largest number of regions in a zone",
        "partitions": "number of partitions of a scale",
        "share_supported": "supported over the estimates that are counted",
        "flipped": "number of verdicts that differ without the region",
        "with_all": "estimate with all regions",
        "also_left": "regions that leave because their only neighbours do",
        "dimension": "what specifications differ in: outcome, formula, weights, model ...",
        "choice": "label of a choice in a dimension",
        "estimates": "number of distinct estimates",
        "quartile_low": "first quartile of the estimates",
        "quartile_high": "third quartile of the estimates",
        "count": "number of specifications that are counted",
        "of": "number of specifications that a share is of",
        "alone": "R-squared of the dimension by itself",
        "last": "what the dimension adds to the R-squared of all others",
        "with_dimension": "the other dimension of an interaction",
        "true_value": "what an estimand truly is",
        "coefficient": "that of the term which makes the estimand what it truly is",
        "standardised": "standard deviations of the disturbance per standard deviation of the term",
        "power": "probability that the hypothesis is supported",
        "power_simulated": "share of drawn outcomes that support the hypothesis",
        "mc_error": "Monte Carlo error of a simulated share",
        "target": "power that is wanted",
        "minimum": "true value from which the power is as wanted",
        "minimum_standardised": "the same, standardised",
        "sigma": "assumed standard deviation of the disturbance",
        "truth": "what the outcomes were drawn from",
        "bias_error": "Monte Carlo error of the bias",
        "rmse_error": "Monte Carlo error of the root mean squared error",
        "deviation": "standard deviation of the estimates over draws: their true scatter",
        "std_error_mean": "mean of the standard errors over draws",
        "error_ratio": "mean standard error over the true scatter; below 1 it is too small",
        "ratio_error": "Monte Carlo error of this ratio",
        "coverage": "share of draws whose interval holds the truth",
        "coverage_error": "Monte Carlo error of the coverage",
        "coverage_low": "smallest coverage of a quantity",
        "coverage_high": "largest coverage of a quantity",
        "bias_largest": "largest bias of a quantity, in standard deviations of its estimates",
        "lock": "digest of what was decided before outcomes were seen",
        "locked": "what was locked, or the digest of the lock",
        "now": "what there is now: the choice that is used, the size of the design",
        "needed": "size from which the power is as wanted",
        "difference": "added, dropped, changed or direction reversed",
        "differences": "number of items that differ from the lock",
        "confirmatory": "number of hypotheses stated before outcomes were seen",
        "exploratory": "number of the others",
        "changed_after_the_lock": "number of verdicts on what is not as it was locked",
        "outcomes_loaded": "outcomes that had been loaded when the lock was made",
        "market": "eventual adopters, in the units of the adoptions",
        "p": "coefficient of innovation: rate of adoption of those who do not imitate",
        "q": "coefficient of imitation: what full adoption by others adds to that rate",
        "peak": "when adoption is fastest, in units of the periods",
        "peak_low": "lower end of the interval of the peak",
        "peak_high": "upper end of the interval of the peak",
        "adopted": "new adopters",
        "adopted_share": "adopters by the last period over the market",
        "cumulative_adopters": "adopters up to the end of the period",
        "hazard_ratio": "factor of the rate of adoption for one more unit of the term",
        "at_risk": "regions that have not adopted when the period begins, summed over periods",
        "adopters": "regions that adopt within the record",
        "adcm": "absolute deviations from class medians, summed",
        "score": "composite index of the region, larger is better",
        "direction": "of an indicator: whether higher or lower values are better",
        "weight": "of an indicator in the index: its own times those of its groups",
        "correlation": "of the normalised indicator with the index",
        "indicators": "number of indicators of a composite index",
        "known": "cells with a value, as given",
        "known_share": "the same as a share of all cells",
        "imputed": "cells that were missing and were filled",
        "outlying": "values that the treatment of outliers moved",
        "lowest": "smallest score",
        "highest": "largest score",
        "item_total": "correlation of an indicator with the sum of the others of its group",
        "alpha_without": "Cronbach's alpha of the group without the indicator",
        "sampling_adequacy": "Kaiser, Meyer and Olkin's measure",
        "linear_ratio": "squared correlation of the index with the indicator",
        "correlation_ratio": "share of the variance of the index that a smooth curve in the "
        "indicator explains",
        "effective_share": "correlation ratio over the sum of all",
        "eigenvalue": "of the correlation matrix",
        "variance_explained": "share of the variance of all indicators",
        "variance_cumulative": "the same, up to this component",
        "rank_other": "rank in the other index",
        "spearman": "rank correlation of two indices",
        "kendall": "the same by concordant pairs, tau-b",
        "mean_shift": "mean of absolute differences of ranks",
        "largest_shift": "largest absolute difference of ranks",
        "shift": "ranks gained against the other index; negative, lost",
        "activities": "number of activities: industries, technologies, products",
        "units": "units counted: people, firms, patents",
        "quotient": "location quotient: share in the region over share in the whole",
        "symmetric": "(quotient - 1) / (quotient + 1), from -1 to 1",
        "log_quotient": "logarithm of the quotient, missing where the region has none",
        "standardised_quotient": "quotient less its mean over regions, in standard deviations",
        "specialised": "quotients that are above 1",
        "not_specialised": "quotients that are below 1",
        "chance_low": "lower end of what the measure shows by chance, at the level",
        "chance_high": "upper end of what the measure shows by chance, at the level",
        "krugman": "sum of |share - share of the reference|, 0 to 2",
        "hoover": "half the sum of |share - share of the reference|, 0 to 1",
        "hachman": "1 over the sum of share^2 / share of the reference; 1 is no difference",
        "herfindahl": "sum of squared shares",
        "herfindahl_normalised": "the same from 0 (equal shares) to 1",
        "number_equivalent": "1 / sum of squared shares: number of equal shares as concentrated",
        "entropy": "- sum of share log(share), nats",
        "plants": "number of plants of the activity",
        "raw_concentration": "sum of squared differences of the shares of regions in the activity "
        "and in the whole (Maurel-Sedillot: difference of the sums of squares)",
        "gamma": "excess of geographic concentration over that of plants placed by chance",
        "localised": "class of gamma: below 0.02 not very, above 0.05 very localised",
        "national": "change had everything grown as the whole",
        "mix": "change from the growth of the activities that the region has",
        "regional": "change from growth of activities that differs from the whole's",
        "neighbour": "change from growth of activities in the neighbours that differs from the "
        "whole's",
        "competitive": "regional change had the region the structure of the whole",
        "allocation": "regional change from being specialised where it grows differently",
        "national_growth": "growth rate of the whole from start to end",
        "intervals": "number of intervals whose parts were added up",
        "national_allocation": "national part of what the region has beyond the whole's structure",
        "mix_allocation": "mix part of what the region has beyond the whole's structure",
        "regional_growth": "part from growth of the region that differs from the whole's",
        "regional_growth_allocation": "the same, of what the region has beyond the whole's "
        "structure",
        "regional_mix": "part from growth of an activity beyond that of region and activity",
        "regional_mix_allocation": "the same, of what the region has beyond the whole's structure",
    }
)
"""Every column that a results table may have, with its meaning."""

COEFFICIENT_COLUMNS = (
    "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high",
)  # fmt: skip


class Reference(Protocol):
    """A distribution of t-statistics that is neither normal nor Student's."""

    def p_value(self, statistic: Any) -> FloatArray:
        """Return two-sided p-values, element by element."""
        ...

    def critical_value(self, level: float) -> float:
        """Return the half-width of a `level` interval in standard errors."""
        ...


def check_level(level: float) -> float:
    """Return a confidence level strictly between 0 and 1, or refuse it."""
    number = isinstance(level, int | float | np.number)
    if not number or not 0.0 < float(level) < 1.0:
        raise InputError(
            "level",
            expected="a number between 0 and 1",
            found=repr(level),
            remedy="level=0.95",
        )
    return float(level)


def two_sided_p(statistic: FloatArray, *, df: float | Reference | None) -> FloatArray:
    """Return two-sided p-values from survival functions: Student with `df`, normal without.

    In the place of degrees of freedom may stand a distribution of its own.
    """
    magnitude = np.abs(statistic)
    if df is None:
        return np.asarray(2 * stats.norm.sf(magnitude))
    if isinstance(df, float | int):
        return np.asarray(2 * stats.t.sf(magnitude, df))
    return df.p_value(magnitude)


def critical_value(level: float, *, df: float | Reference | None) -> float:
    """Return the half-width of a `level` interval in standard errors."""
    tail = (1 - check_level(level)) / 2
    if df is None:
        return float(stats.norm.isf(tail))
    return float(stats.t.isf(tail, df)) if isinstance(df, float | int) else df.critical_value(level)


def coefficient_table(
    terms: Sequence[str],
    estimate: FloatArray,
    std_error: FloatArray,
    *,
    df: float | Reference | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Build the tidy table of estimates, a row a term.

    Parameters
    ----------
    terms : sequence of str, length k
        Names as the formula writes them.
    estimate, std_error : ndarray, shape (k,)
        Estimates and their standard errors, in the same order.
    df : float or Reference, optional
        Degrees of freedom of Student's t, or a distribution of its own; the normal distribution
        without.
    level : float, default 0.95
        Confidence level of the interval.

    Returns
    -------
    pandas.DataFrame
        Index ``term``; columns ``estimate std_error statistic p_value conf_low conf_high``.

    Examples
    --------
    >>> import numpy as np
    >>> table = coefficient_table(["x"], np.array([2.0]), np.array([1.0]))
    >>> table.round(3).loc["x", ["statistic", "p_value"]].tolist()
    [2.0, 0.046]
    """
    statistic = estimate / std_error
    half = critical_value(level, df=df) * std_error
    p_value = two_sided_p(statistic, df=df)
    columns = (estimate, std_error, statistic, p_value, estimate - half, estimate + half)
    frame = pd.DataFrame(dict(zip(COEFFICIENT_COLUMNS, columns, strict=True)))
    frame.index = pd.Index(terms, name="term")
    return frame


def one_row(**statistics: object) -> pd.DataFrame:
    """Build the ``glance()`` table: one row; every column must be in the glossary."""
    unknown = [name for name in statistics if name not in GLOSSARY]
    if unknown:
        raise InputError("glance", expected="columns of the glossary", found=repr(unknown))
    return pd.DataFrame([statistics])
