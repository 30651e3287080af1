"""The referee: every question put to one fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workbench.core.seeds import check_seed
from workbench.errors import InputError, WorkbenchError, check_number, unknown_option
from workbench.hypotheses.review.candidates import family, given_weights, of_ids
from workbench.hypotheses.review.case import Case
from workbench.hypotheses.review.claims import claim_of
from workbench.hypotheses.review.findings import NOT_KNOWN, Finding
from workbench.hypotheses.review.registry import QUESTIONS
from workbench.hypotheses.review.result import Referee
from workbench.hypotheses.work import running
from workbench.regression.results import RegressionResults, require_linear

if TYPE_CHECKING:
    from workbench.hypotheses.statements.hypothesis import Hypothesis
    from workbench.weights import WeightsLike


def referee(
    fit: RegressionResults,
    *,
    hypothesis: Hypothesis | None = None,
    candidates: Mapping[str, WeightsLike] | None = None,
    regions: Any = None,
    lisa: Any = None,
    scales: Any = None,
    alpha: float = 0.05,
    seed: int = 0,
    jobs: int | None = None,
    skip: Sequence[str] = (),
) -> Referee:
    """Go through the questions that a sceptical referee would ask of a fit.

    Each question is ``"passed"``, ``"failed"``, ``"not applicable"`` or ``"not known"``, with the
    table behind the answer, a draft sentence for the letter, and the call that mends or deepens
    it. Nothing is passed without evidence; a check that cannot be made is not known, with the
    reason. There is no overall verdict.

    Parameters
    ----------
    fit : RegressionResults
        Of ``wb.fit``: any model, cross-section or panel.
    hypothesis : Hypothesis, optional
        The statement that must stand, with its own level. Without one it is the indirect impact
        of the first regressor that has one, else its direct impact: chosen by its place in the
        formula, never by its p-value.
    candidates : mapping of str to Weights, optional
        Other weights that a reader may hold against W, of the same regions. Without: nearest
        neighbours, distance bands, inverse distances and contiguity where `regions` are given,
        neighbours of neighbours, W with a tenth of its links away.
    regions : GeoDataFrame or GeoSeries, optional
        Polygons or points by region id, for distances: candidates of W, Conley's errors.
    lisa : LocalResult, optional
        Local statistics that the study shows, for the number of its tests.
    scales : mapping of str to RegressionResults, or a scale ladder, optional
        The same model at other aggregations.
    alpha : float
        Level of tests and intervals without a hypothesis.
    seed : int
        Of thinned links, draws and random signs.
    jobs : int, optional
        Processes among which the questions are divided; one without, unless the work is long.
    skip : sequence of str
        Names of questions that are not asked; the notes say so.

    Returns
    -------
    Referee

    Raises
    ------
    InputError
        If the fit does not know what it was asked, lacks what the hypothesis is about, or an
        argument cannot be used.
    OptionError
        If `skip` names no question.

    Notes
    -----
    A statement *stands* under an alternative where it says the same: positive, negative or not
    different from zero at `alpha`; of a hypothesis, the same verdict. A question about
    alternatives is failed where one of them says something else. Tests that do not reject prove
    nothing; the evidence has their p-values.

    References
    ----------
    Gibbons, S. and Overman, H. G. (2012). Mostly pointless spatial econometrics? Journal of
    Regional Science 52, 172-191.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.hypotheses.review.examination import referee
    >>> y = wb.load("munnell-1990").xs(1986, level="year")
    >>> W = wb.weights.queen(wb.load("us-states"))
    >>> review = referee(wb.fit("log(gsp) ~ log(emp)", y, W, model="sar"), skip=["influence"])
    >>> review["scale"].answer, review["impacts"].answer
    ('not known', 'passed')
    """
    asked = _asked(skip)
    case = _case(
        fit,
        hypothesis,
        {"candidates": candidates, "regions": regions, "lisa": lisa, "scales": scales},
        alpha=check_number("alpha", alpha, above=0.0, below=0.5),
        seed=check_seed(seed),
    )
    found = running.each(examine, case, asked, jobs=jobs, title="referee")
    notes = (
        f"The statement that must stand: {case.claim.text} ({case.first.text}; {case.first.says})."
        + (
            ""
            if hypothesis is not None
            else " No hypothesis was given: it is the first effect that the formula has."
        ),
        *((f"Weights held against W: {', '.join(case.candidates)}.",) if case.candidates else ()),
        *((f"Not asked: {', '.join(sorted(skip))}.",) if skip else ()),
    )
    provenance = replace(
        fit.provenance,
        method=f"referee's checklist of: {fit.provenance.method}",
        seed=int(seed),
        notes=(*fit.provenance.notes, *notes),
    )
    return Referee(
        findings=dict(zip(asked, found, strict=True)),
        statement=case.claim.text,
        title=f"{fit.title}: {fit.formula}",
        notes=notes,
        provenance=provenance,
    )


def examine(case: Case, name: str) -> Finding:
    """Put one question; what goes wrong on the way is an answer that is not known.

    Parameters
    ----------
    case : Case
    name : str
        A name of :data:`workbench.hypotheses.review.registry.QUESTIONS`.
    """
    try:
        return QUESTIONS[name].check(case)
    except WorkbenchError as error:
        said = f"The check could not be made: {error.argument}: {error.found.rstrip('.')}."
        return Finding(NOT_KNOWN, said, raised=type(error).__name__)
    except Exception as error:  # noqa: BLE001 - one broken check must not take the list with it
        said = f"The check could not be made: {type(error).__name__}: {error}."
        return Finding(NOT_KNOWN, said, raised=type(error).__name__)


def _asked(skip: Sequence[str]) -> list[str]:
    names = (skip,) if isinstance(skip, str) else tuple(skip)
    for name in names:
        if name not in QUESTIONS:
            raise unknown_option("skip", name, tuple(QUESTIONS))
    kept = [name for name in QUESTIONS if name not in names]
    if not kept:
        raise InputError("skip", expected="a question left to ask", found="all of them")
    return kept


def _case(
    fit: RegressionResults,
    hypothesis: Hypothesis | None,
    given: Mapping[str, Any],
    *,
    alpha: float,
    seed: int,
) -> Case:
    """Return the case, refused where nothing could be asked of it."""
    if not isinstance(fit, RegressionResults) or fit.call is None:
        raise InputError(
            "fit",
            expected="a result of wb.fit",
            found=type(fit).__name__,
            remedy="wb.fit(formula, data, W, model=...)",
        )
    require_linear(fit, what="the questions of a referee")
    _refuse_unusable(given)
    claim = claim_of(fit, hypothesis, alpha=alpha)
    bare = Case(fit, claim, seed, **{k: given[k] for k in ("regions", "lisa", "scales")})
    bare.first  # noqa: B018 - a fit that lacks the statement is refused here, not item by item
    if bare.regions is not None:
        of_ids(bare.regions, bare.used)
    W = bare.fit.weights
    if given["candidates"] is not None:
        return replace(bare, candidates=given_weights(given["candidates"]), derived=False)
    if W is None:
        return bare
    return replace(
        bare, candidates=family(W, bare.regions, seed=seed), derived=bare.regions is None
    )


def _refuse_unusable(given: Mapping[str, Any]) -> None:
    from workbench.explore.local.result import LocalResult

    if given["lisa"] is not None and not isinstance(given["lisa"], LocalResult):
        raise InputError(
            "lisa",
            expected="a result of wb.lisa",
            found=type(given["lisa"]).__name__,
            remedy="wb.lisa(variable, data, W)",
        )
    candidates, scales = given["candidates"], given["scales"]
    if candidates is not None and not (isinstance(candidates, Mapping) and candidates):
        raise InputError(
            "candidates",
            expected="weights by name",
            found=f"{type(candidates).__name__}" if candidates else "none",
            remedy='candidates={"six nearest": wb.weights.knn(regions, 6)}',
        )
    if scales is None or hasattr(scales, "tidy"):
        return
    fits = isinstance(scales, Mapping) and all(
        isinstance(one, RegressionResults) for one in scales.values()
    )
    if not fits or not scales:
        raise InputError(
            "scales",
            expected="fits by name, or a scale ladder",
            found=type(scales).__name__,
            remedy='scales={"provinces": fit_of_provinces}',
        )
