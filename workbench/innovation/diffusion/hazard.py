"""Who adopts next: contagion from neighbours, or a hierarchy of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import display
from workbench.core.ids import ids_digest
from workbench.core.language import say
from workbench.core.provenance import Provenance
from workbench.core.seeds import generator
from workbench.core.statistics import Answer, NotApplicable, Statistic, Tests, chi2_test
from workbench.core.vocabulary import coefficient_table, one_row
from workbench.errors import check_option, listing
from workbench.explore.permuted import check_permutations, permutation_p
from workbench.innovation.diffusion.risk import RiskTable, risk_table
from workbench.innovation.diffusion.via_statsmodels import BinaryFit, binary_fit
from workbench.numerics.diffusion import hazards as kernel
from workbench.typing import HazardBaseline, HazardLink, Tolerance
from workbench.weights import Weights, WeightsLike, as_weights

CONTAGIOUS, HIERARCHICAL = "contagious", "hierarchical"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AdoptionHazard:
    """A hazard model of first adoption, with what speaks for contagion and hierarchy; immutable.

    Attributes
    ----------
    estimates : BinaryFit
        Of the model with every term.
    models : pandas.DataFrame
        A row a model: ``loglik parameters aic bic``.
    tests : Tests
        Likelihood ratios of each kind of diffusion, and the score of contagion under maps on which
        regions change places.
    risk : RiskTable
        Regions at risk by period.
    shown : tuple of str
        Terms of :meth:`tidy`; the effects of periods are left out.
    provenance : Provenance
    notes : tuple of str
    """

    estimates: BinaryFit
    models: pd.DataFrame
    tests: Tests
    risk: RiskTable
    shown: tuple[str, ...]
    provenance: Provenance
    notes: tuple[str, ...] = ()

    @property
    def tolerance(self) -> Tolerance:
        """Kind of the numbers, for comparison on another machine."""
        return "maximum likelihood"

    @property
    def heading(self) -> str:
        """What was asked."""
        return say("Hazard of adoption, {n} regions", n=len(self.risk.ids))

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return a row a term; ``hazard_ratio`` is exp of the estimate, of logits an odds ratio.

        Columns ``estimate std_error statistic p_value conf_low conf_high hazard_ratio``; normal
        distribution.
        """
        kept = list(self.shown)
        params = np.asarray(self.estimates.params[kept], dtype=np.float64)
        cov = self.estimates.cov.loc[kept, kept].to_numpy(dtype=np.float64)
        errors = np.asarray(np.sqrt(np.diag(cov)), dtype=np.float64)
        table = coefficient_table(kept, params, errors, level=level)
        table["hazard_ratio"] = np.exp(table["estimate"])
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: ``entities adopters at_risk loglik aic bic`` of the whole model."""
        last = self.models.iloc[-1]
        return one_row(
            entities=len(self.risk.ids),
            adopters=int(self.risk.y.sum()),
            at_risk=len(self.risk.y),
            loglik=float(last["loglik"]),
            aic=float(last["aic"]),
            bic=float(last["bic"]),
        )

    def augment(self) -> pd.DataFrame:
        """Return a row a region and period at risk: terms, ``adopted`` (0 or 1) and ``fitted``."""
        table = self.risk.terms.copy()
        table["adopted"] = self.risk.y
        table["fitted"], _ = kernel.probability(self.estimates.eta, self.risk.link)
        return table

    def plot(self, *, title: str | None = None) -> Any:
        """Return hazard ratios with intervals and the law of contagion under wrong maps."""
        return display.picture("adoption hazard", self, title=title)

    def to_publish(self) -> dict[str, pd.DataFrame]:
        """Return what a report shows: terms, what each kind of diffusion adds, and the tests."""
        tests = self.tests.tidy().drop(columns=["p_permutation"], errors="ignore")
        made = [self.tests[name] for name in tests.index]
        drawn = [getattr(one, "permutations", None) for one in made]
        # p-values of drawn maps are compared by another rule than those of likelihoods
        if any(drawn):
            tests["permutations"] = drawn
            tests["p_permutation"] = tests["p_value"].where(tests["permutations"].notna())
            tests["p_value"] = tests["p_value"].mask(tests["permutations"].notna())
        return {
            "Terms": self.tidy(),
            "Which kind of diffusion": self.models,
            "Tests": tests,
            "Fit": self.glance().set_axis(["whole model"]),
        }

    def _parts(self) -> list[tuple[str, pd.DataFrame]]:
        return [
            ("", self.tidy()),
            ("Which kind of diffusion", self.models),
            (self.tests.title, self.tests.tidy()),
        ]

    def __str__(self) -> str:
        return display.text(self.heading, self._parts(), self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self.heading, self._parts(), self.notes)


def adoption_hazard(
    adopted: pd.Series[Any],
    W: WeightsLike,
    *,
    size: pd.Series[Any] | None = None,
    controls: pd.DataFrame | None = None,
    periods: tuple[int, int] | None = None,
    link: HazardLink = "cloglog",
    baseline: HazardBaseline = "trend",
    permutations: int = 999,
    seed: int = 0,
) -> AdoptionHazard:
    """Estimate the rate at which regions adopt, and whether neighbours or size decide it.

    Parameters
    ----------
    adopted : Series by region
        Period of first adoption, a whole number such as a year; missing where a region had not
        adopted by the end. Not changed.
    W : Weights, Graph or libpysal W
        Who may catch it from whom; row-standardised weights make ``contagious`` the share of
        neighbours that have adopted.
    size : Series by region, optional
        Population or another size, positive: its logarithm is ``hierarchical``.
    controls : DataFrame by region, optional
        Further terms, constant over time.
    periods : (int, int), optional
        First and last period of the record; by default those of the first and the last adoption,
        which is too short a record where a later one went by without adoption.
    link : {"cloglog", "logit"}
        Complementary log-log is a proportional hazard in continuous time that is seen in periods.
    baseline : {"trend", "periods", "constant"}
        How the rate changes for all alike: linearly in time, freely by period (which takes waves
        that reach all regions at once for themselves, and leaves contagion what differs between
        places), or not at all.
    permutations : int
        Maps on which the regions change places.
    seed : int

    Returns
    -------
    AdoptionHazard
        ``tidy() glance() augment() models tests plot()``.

    Raises
    ------
    ValuesError, IdError, InputError, CollinearityError, ConvergenceError
        If periods are no whole numbers or outside the record, fewer than five regions adopt, sizes
        are not positive, regions differ between tables, a term is a linear combination of others,
        or one separates adopters from others.

    Notes
    -----
    Pr(i adopts in t | not before) = 1 − exp(−exp(α_t + β (W a_{t−1})_i + γ log size_i + …)), with
    a_{t−1} who had adopted before (Allison 1982). Contagious diffusion is β > 0, hierarchical γ > 0
    (Hägerstrand 1967; Berry 1972). What neighbours share without catching it from each other looks
    like contagion in β; the score under maps on which regions change places, together with
    histories and sizes, keeps everything but who neighbours whom, and has its p-value from them.
    It does not tell contagion from causes that neighbours share either.

    References
    ----------
    Allison, P. (1982). Discrete-time methods for the analysis of event histories. Sociological
    Methodology 13, 61-98.

    Berry, B. (1972). Hierarchical diffusion: the basis of developmental filtering and spread in a
    system of growth centers. In: Growth Centers in Regional Economic Development. Free Press.

    Hägerstrand, T. (1967). Innovation Diffusion as a Spatial Process. University of Chicago Press.

    Examples
    --------
    >>> import workbench as wb
    >>> states = wb.load("us-states")
    >>> W = wb.weights.queen(states)
    >>> east = states.bounds["maxx"].rank()
    >>> first = (2020 - east // 6).astype(int)
    >>> hazard = adoption_hazard(first, W, permutations=99)
    >>> bool(hazard.tidy().loc["contagious", "estimate"] > 0)
    True
    """
    check_option("link", link, HazardLink)
    check_option("baseline", baseline, HazardBaseline)
    draws = check_permutations(permutations, none_allowed=True)
    weights = as_weights(W)
    risk = risk_table(
        adopted, weights, size=size, controls=controls, periods=periods, link=link,
        baseline=baseline,
    )  # fmt: skip
    kinds = [name for name in (CONTAGIOUS, HIERARCHICAL) if name in risk.terms]
    fits = {
        name: binary_fit(risk.base, risk.without(left_out), risk.y, link=link)
        for name, left_out in _models(kinds)
    }
    tests = _tests(fits, risk, weights, kinds, draws, seed)
    notes = (*risk.notes, *_told(weights))
    return AdoptionHazard(
        estimates=fits["whole"],
        models=_table(fits, risk),
        tests=tests,
        risk=risk,
        shown=tuple(risk.terms.columns),
        provenance=Provenance(
            method="hazard of adoption by maximum likelihood",
            nobs=len(risk.y),
            ids_digest=ids_digest(risk.ids),
            weights=weights.described,
            seed=seed if draws else None,
            notes=notes,
            options={"link": link, "baseline": baseline, "permutations": str(draws)},
        ),
        notes=notes,
    )


def _models(kinds: list[str]) -> list[tuple[str, list[str]]]:
    """Return which kinds of diffusion each model leaves out."""
    rows = [("neither", kinds)]
    if len(kinds) > 1:
        rows += [(f"{name} only", [other for other in kinds if other != name]) for name in kinds]
    return [*rows, ("whole", [])]


def _table(fits: dict[str, BinaryFit], risk: RiskTable) -> pd.DataFrame:
    rows = {}
    for name, fit in fits.items():
        k = len(fit.params)
        rows[name] = {
            "loglik": fit.loglik,
            "parameters": k,
            "aic": 2 * k - 2 * fit.loglik,
            # regions, not rows: a region's later rows tell little that its first does not
            "bic": np.log(len(risk.ids)) * k - 2 * fit.loglik,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


def _tests(
    fits: dict[str, BinaryFit],
    risk: RiskTable,
    weights: Weights,
    kinds: list[str],
    permutations: int,
    seed: int,
) -> Tests:
    answers: dict[str, Answer] = {}
    for name in kinds:
        others = [kind for kind in kinds if kind != name]
        smaller = fits[f"{others[0]} only"] if others else fits["neither"]
        label = f"LR {name}"
        answers[label] = chi2_test(
            label,
            2 * (fits["whole"].loglik - smaller.loglik),
            1.0,
            null=f"adoption does not depend on what is {name}",
        )
    without = fits[f"{HIERARCHICAL} only"] if HIERARCHICAL in kinds else fits["neither"]
    label = "contagion under wrong maps"
    answers[label] = _permuted(label, without, risk, weights, permutations, seed)
    return Tests("Kinds of diffusion", answers)


def _permuted(
    label: str, fit: BinaryFit, risk: RiskTable, weights: Weights, permutations: int, seed: int
) -> Answer:
    null = "who neighbours whom does not matter to adoption"
    if not permutations:
        return NotApplicable(label, null, "no permutations were asked for")
    columns = pd.concat([risk.base, risk.terms], axis=1)[list(fit.params.index)]
    found = kernel.score(columns.to_numpy(), risk.y, fit.eta, risk.link)
    observed = found(risk.terms[CONTAGIOUS].to_numpy())
    drawn = kernel.permuted_scores(
        found, weights.sparse, risk.before, risk.rows,
        permutations=permutations, generator=generator(seed, "adoption", "maps"),
    )  # fmt: skip
    drawn = drawn[np.isfinite(drawn)]
    # what rounding could tell apart is a tie
    slack = 1e-9 * max(1.0, abs(observed))
    counts = int((drawn >= observed - slack).sum()), int((drawn <= observed + slack).sum())
    p = float(permutation_p(*counts, len(drawn), "two-sided"))
    return Statistic(
        label,
        observed,
        null=null,
        p_value=p,
        distribution="permutation",
        expected=float(drawn.mean()),
        variance=float(drawn.var(ddof=1)),
        p_permutation=p,
        permutations=len(drawn),
    )


def _told(weights: Weights) -> tuple[str, ...]:
    alone = list(weights.islands)
    if not alone:
        return ()
    return (f"{len(alone)} regions without neighbours ({listing(alone)}) catch nothing: their "
            "exposure is 0.",)  # fmt: skip
