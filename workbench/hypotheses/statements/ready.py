"""Hypotheses of the geography of innovation, ready to be asked: the terms are the arguments."""

from __future__ import annotations

from typing import Any

from workbench.errors import InputError
from workbench.hypotheses.statements.decay import decay_length
from workbench.hypotheses.statements.estimands import Estimand, coefficient, direct, indirect, total
from workbench.hypotheses.statements.hypothesis import Hypothesis
from workbench.typing import HypothesisKind, Relation


def localised_spillovers(
    term: str = "log(rd)", *, alpha: float = 0.05, kind: HypothesisKind = "exploratory"
) -> Hypothesis:
    """Return the hypothesis that a region gains from what its neighbours have.

    Parameters
    ----------
    term : str
        Knowledge input, as the formula writes it.
    alpha, kind
        As of :class:`Hypothesis`.

    Notes
    -----
    Mechanism: knowledge is partly tacit and passes between people who meet, so that research in a
    region raises the outcome next door (Jaffe, Trajtenberg and Henderson 1993; Anselin, Varga and
    Acs 1997). The estimand is the indirect impact; a coefficient of WX or ρ alone is none.

    Examples
    --------
    >>> localised_spillovers().restriction
    'indirect(log(rd)) > 0'
    """
    return Hypothesis(
        f"A region gains from {term} of its neighbours",
        indirect(term),
        ">",
        alpha=alpha,
        kind=kind,
        mechanism="Tacit knowledge passes between people who meet",
        reference="Jaffe, Trajtenberg and Henderson 1993; Anselin, Varga and Acs 1997",
        name="localised spillovers",
    )


def distance_decay(
    near: str | Estimand,
    far: str | Estimand | None = None,
    *,
    points: Any = None,
    within: float | None = None,
    alpha: float = 0.05,
    kind: HypothesisKind = "exploratory",
) -> Hypothesis:
    """Return the hypothesis that spillovers fall with distance.

    Parameters
    ----------
    near, far : str or Estimand
        Two terms of the table of a fit, such as a variable's means in a near and in a far ring;
        or estimands. The near one is the larger.
    points : GeoDataFrame, optional
        In the place of `far`: places of the regions; the decay length of the spillover of `near`
        is then below `within`.
    within : float, optional
        Kilometres, with `points`.
    alpha, kind
        As of :class:`Hypothesis`.

    Raises
    ------
    InputError
        If neither `far` nor `points` with `within` are given.

    Notes
    -----
    Mechanism: meeting costs time, which grows with distance; what regions gain from R&D elsewhere
    falls within a few hundred kilometres (Bottazzi and Peri 2003; Keller 2002).

    Examples
    --------
    >>> distance_decay("rd_0_300", "rd_300_600").restriction
    'coefficient(rd_0_300) - coefficient(rd_300_600) > 0'
    """
    claim: tuple[str, Estimand, Relation, float] | None = None
    if far is not None and points is None and within is None:
        said = f"Spillovers of {near} are larger than those of {far}"
        claim = (said, _named(near) - _named(far), ">", 0.0)
    if far is None and points is not None and within is not None and isinstance(near, str):
        said = f"Spillovers of {near} fall to 1/e within {within:g} km"
        claim = (said, decay_length(near, points), "<", within)
    if claim is None:
        raise InputError(
            "far",
            expected="a far term beside the near one, or points and within",
            found="both, or neither",
            remedy='distance_decay("rd_near", "rd_far") or '
            'distance_decay("log(rd)", points=regions, within=500)',
        )
    return Hypothesis(
        *claim,
        alpha=alpha,
        kind=kind,
        mechanism="Meeting costs time, which grows with distance",
        reference="Bottazzi and Peri 2003; Keller 2002",
        name="distance decay",
    )


def human_capital_over_rd(
    human_capital: str = "log(students)",
    rd: str = "log(rd)",
    *,
    alpha: float = 0.05,
    kind: HypothesisKind = "exploratory",
) -> Hypothesis:
    """Return the hypothesis that human capital matters more than spending on R&D.

    Parameters
    ----------
    human_capital, rd : str
        Terms, in logarithms or otherwise in units that can be compared.
    alpha, kind
        As of :class:`Hypothesis`.

    Notes
    -----
    Mechanism: people carry knowledge and take up that of others, so that their elasticity exceeds
    that of expenditure (Benhabib and Spiegel 1994; Crescenzi 2005). The difference of two total
    impacts has their joint standard error.

    Examples
    --------
    >>> human_capital_over_rd().restriction
    'total(log(students)) - total(log(rd)) > 0'
    """
    return Hypothesis(
        f"{human_capital} matters more than {rd}",
        total(human_capital) - total(rd),
        ">",
        alpha=alpha,
        kind=kind,
        mechanism="People carry knowledge, and take up that of others",
        reference="Benhabib and Spiegel 1994; Crescenzi 2005",
        name="human capital over R&D",
    )


def agglomeration(
    term: str = "log(density)", *, alpha: float = 0.05, kind: HypothesisKind = "exploratory"
) -> Hypothesis:
    """Return the hypothesis that density makes a region more inventive.

    Parameters
    ----------
    term : str
        Density or size of the region.
    alpha, kind
        As of :class:`Hypothesis`.

    Notes
    -----
    Mechanism: sharing, matching and learning where many are close (Duranton and Puga 2004; Carlino,
    Chatterjee and Hunt 2007, for patents per head). The estimand is the direct impact: what
    density does at home.

    Examples
    --------
    >>> agglomeration("log(population / area)").restriction
    'direct(log(population / area)) > 0'
    """
    return Hypothesis(
        f"{term} raises the outcome at home",
        direct(term),
        ">",
        alpha=alpha,
        kind=kind,
        mechanism="Sharing, matching and learning where many are close",
        reference="Duranton and Puga 2004; Carlino, Chatterjee and Hunt 2007",
        name="agglomeration",
    )


def potential_links(
    potential: str, other: str, *, alpha: float = 0.05, kind: HypothesisKind = "exploratory"
) -> Hypothesis:
    """Return the hypothesis that the potential to meet matters more than bordering.

    Parameters
    ----------
    potential : str
        Term of the table of a fit: what a region gets by its potential, masses of others over
        distances.
    other : str
        Term: what it gets from the regions that border it, in the same units.
    alpha, kind
        As of :class:`Hypothesis`.

    Notes
    -----
    Mechanism: contacts follow the size of places over the distance between them, as trade and
    migration do, rather than borders (Isard 1954; Autant-Bernard and LeSage 2011).

    Examples
    --------
    >>> potential_links("log(potential)", "log(bordering)").restriction
    'coefficient(log(potential)) - coefficient(log(bordering)) > 0'
    """
    return Hypothesis(
        f"{potential} matters more than {other}",
        coefficient(potential) - coefficient(other),
        ">",
        alpha=alpha,
        kind=kind,
        mechanism="Contacts follow the size of places over the distance between them",
        reference="Isard 1954; Autant-Bernard and LeSage 2011",
        name="potential links",
    )


def convergence(
    initial: str = "log(initial)", *, alpha: float = 0.05, kind: HypothesisKind = "exploratory"
) -> Hypothesis:
    """Return the hypothesis that regions that start behind grow faster.

    Parameters
    ----------
    initial : str
        Logarithm of the initial level in a regression of growth: room to grow.
    alpha, kind
        As of :class:`Hypothesis`.

    Notes
    -----
    Mechanism: what is known elsewhere can be taken up, and returns diminish (Barro and
    Sala-i-Martin 1992; Rey and Montouri 1999 in space). The estimand is the total
    impact, which is the coefficient β where the model has neither Wy nor WX.

    Examples
    --------
    >>> convergence("log(y2000)").restriction
    'total(log(y2000)) < 0'
    """
    return Hypothesis(
        f"Growth falls with {initial}",
        total(initial),
        "<",
        alpha=alpha,
        kind=kind,
        mechanism="What is known elsewhere can be taken up; returns diminish",
        reference="Barro and Sala-i-Martin 1992; Rey and Montouri 1999",
        name="convergence",
    )


def digital_divide(
    access: str,
    *,
    beside: str | None = None,
    alpha: float = 0.05,
    kind: HypothesisKind = "exploratory",
) -> Hypothesis:
    """Return the hypothesis that digital access widens the distance between regions.

    Parameters
    ----------
    access : str
        Term of access to the internet, in a regression of innovation or growth.
    beside : str, optional
        Term of what it interacts with, such as education; the claim is then that their product,
        ``access:beside``, has a positive impact: access serves those who are ahead.
    alpha, kind
        As of :class:`Hypothesis`.

    Notes
    -----
    Mechanism: access pays where skills to use it are (van Dijk 2020; Forman, Goldfarb and
    Greenstein 2012, for counties that were ahead already).

    Examples
    --------
    >>> digital_divide("internet", beside="log(students)").restriction
    'total(internet:log(students)) > 0'
    """
    term = access if beside is None else f"{access}:{beside}"
    said = f"{access} raises the outcome" + (f" more where {beside} is high" if beside else "")
    return Hypothesis(
        said,
        total(term),
        ">",
        alpha=alpha,
        kind=kind,
        mechanism="Access pays where the skills to use it are",
        reference="Forman, Goldfarb and Greenstein 2012; van Dijk 2020",
        name="digital divide",
    )


def _named(what: str | Estimand) -> Estimand:
    return coefficient(what) if isinstance(what, str) else what
