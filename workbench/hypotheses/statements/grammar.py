"""Hypotheses as text: a small grammar of linear combinations and relations, read without eval.

restriction :  sum relation sum | number < sum < number | "|" sum "|" < number
               | sum "=" sum "+-" number
sum         :  ["-"] product {("+" | "-") product}
product     :  factor {"*" factor | "/" factor}, one of which at most is no number
factor      :  number | estimand | "(" sum ")"
estimand    :  direct(TERM) | indirect(TERM) | total(TERM), with "[short-run]" or "[long-run]"
               before the bracket | coefficient(TERM) | moran_index(TERM) | rho | lambda

A TERM is whatever a formula calls it, up to the bracket that closes.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workbench.hypotheses.statements.estimands import Estimand
from workbench.hypotheses.statements.linear import Parts, merged, number_text, scaled
from workbench.hypotheses.statements.reading import Reader, Sum
from workbench.typing import Relation

TURNED: dict[Relation, Relation] = {">": "<", "<": ">", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a hypothesis says of an estimand.

    Attributes
    ----------
    estimand : Estimand
    relation : {">", "<", "!=", "="}
    value : float
        What it is compared with.
    margin : float or None
        Of equivalence, ``"="``: value ± margin counts as equal.
    """

    estimand: Estimand
    relation: Relation
    value: float = 0.0
    margin: float | None = None

    @property
    def text(self) -> str:
        """As the grammar writes it; :func:`parse_restriction` reads it back."""
        margin = "" if self.margin is None else f" +- {number_text(self.margin)}"
        return f"{self.estimand.text} {self.relation} {number_text(self.value)}{margin}"


def parse(text: str) -> Estimand:
    """Read an estimand.

    Parameters
    ----------
    text : str
        Such as ``"indirect(log(rd)) - 0.5*direct(log(rd))"``.

    Returns
    -------
    Estimand

    Raises
    ------
    FormulaError
        If the text cannot be read; the message points at the place.

    Examples
    --------
    >>> parse("total(log(rd))/2 - coefficient(C(type)[T.east])").text
    '0.5*total(log(rd)) - coefficient(C(type)[T.east])'
    """
    reader = Reader(text)
    found = reader.sum()
    if reader.peek().kind == "relation":
        raise reader.fault(
            "an estimand alone, without a relation",
            repr(reader.peek().text),
            at=reader.peek().at,
            remedy=f"{text[: reader.peek().at].strip()!r}, or the whole of it as a hypothesis: "
            f"wb.Hypothesis('what is claimed', {text!r})",
        )
    reader.end("an operator or the end of an estimand")
    if found.constant:
        raise reader.fault(
            "an estimand without a number of its own",
            f"{number_text(found.constant)} added to it",
            at=0,
            remedy="the number belongs into the relation: wb.Hypothesis(statement, estimand, "
            f"'>', {number_text(-found.constant)})",
        )
    return _estimand(reader, found.parts)


def parse_restriction(text: str, *, margin: float | None = None) -> Restriction:
    """Read a restriction: an estimand, a relation and a value.

    Parameters
    ----------
    text : str
        ``"indirect(log(rd)) > 0"``, ``"indirect(a) > direct(a)"``, of equivalence
        ``"-0.05 < indirect(x) < 0.05"``, ``"|total(x) - 1| < 0.1"`` or ``"total(x) = 1 +- 0.1"``.
        ``>=`` and ``<=`` are read as ``>`` and ``<``: of a continuous estimate they are the same.
    margin : float, optional
        Of an equivalence that the text writes without one, ``"total(x) = 1"``.

    Returns
    -------
    Restriction
        With all estimands on its left and one number on its right.

    Raises
    ------
    FormulaError
        If the text cannot be read, or an equivalence has no margin.

    Examples
    --------
    >>> parse_restriction("0.5 < indirect(log(rd)) - direct(log(rd))").text
    'indirect(log(rd)) - direct(log(rd)) > 0.5'
    >>> parse_restriction("|total(x) - 1| < 0.1").text
    'total(x) = 1 +- 0.1'
    """
    reader = Reader(text)
    if reader.peek().kind == "bar":
        return _within_bars(reader)
    first = reader.sum()
    relation = reader.relation()
    at = reader.peek().at
    second = reader.sum()
    if reader.peek().kind == "relation":
        return _chained(reader, first, relation, second)
    if relation == "=":
        return _equal(reader, first, second, at, margin)
    reader.end("the end of the restriction")
    left = merged((*first.parts, *scaled(second.parts, -1.0)))
    value = _exact(second.constant, first.constant)
    if not first.parts:
        value = _exact(first.constant, second.constant)
        return Restriction(_estimand(reader, second.parts), TURNED[relation], value)
    return Restriction(_estimand(reader, left), relation, value)


def _estimand(reader: Reader, parts: Parts) -> Estimand:
    if not merged(parts):
        raise reader.fault(
            "an impact, a coefficient or an index",
            "numbers only, or parts that cancel" if reader.text.strip() else "nothing",
            at=0,
            remedy="such as 'indirect(log(rd)) > 0'",
        )
    return Estimand(parts)


def _exact(a: float, b: float) -> float:
    """Return a − b as the decimal numbers that were written, so that 0.3 − 0.1 is 0.2."""
    return float(Decimal(repr(a)) - Decimal(repr(b))) + 0.0


def _chained(reader: Reader, low: Sum, relation: Relation, middle: Sum) -> Restriction:
    """Read ``a < estimand < b``: the estimand within half the distance of the middle."""
    at = reader.peek().at
    other = reader.relation()
    high = reader.sum()
    reader.end("the end of the restriction")
    if relation != other or relation not in ("<", ">"):
        raise reader.fault("two relations of one direction, as in 'a < x < b'", "others", at=at)
    if low.parts or high.parts:
        raise reader.fault("numbers on both sides of 'a < x < b'", "an estimand there", at=0)
    ends = [Decimal(repr(_exact(end.constant, middle.constant))) for end in (low, high)]
    if relation == ">":
        ends.reverse()
    if ends[0] >= ends[1]:
        raise reader.fault("a lower end below the upper", f"{ends[0]} and {ends[1]}", at=0)
    value, margin = float((ends[0] + ends[1]) / 2) + 0.0, float((ends[1] - ends[0]) / 2)
    return Restriction(_estimand(reader, middle.parts), "=", value, margin)


def _within_bars(reader: Reader) -> Restriction:
    """Read ``|estimand - a| < b``."""
    reader.take("bar")
    inside = reader.sum()
    reader.take("bar")
    at = reader.peek().at
    relation = reader.relation()
    margin = reader.sum()
    reader.end("the end of the restriction")
    if relation != "<" or margin.parts:
        raise reader.fault(
            "'|estimand - value| < margin'",
            f"'{relation}'" if relation != "<" else "an estimand as margin",
            at=at,
            remedy="of a size at least so large: two hypotheses, 'x > a' and 'x < -a'",
        )
    estimand = _estimand(reader, inside.parts)
    return Restriction(
        estimand, "=", _exact(0.0, inside.constant), _positive(reader, margin.constant, at)
    )


def _equal(reader: Reader, first: Sum, second: Sum, at: int, margin: float | None) -> Restriction:
    """Read ``estimand = value +- margin``."""
    if reader.peek().kind == "margin":
        reader.take("margin")
        place = reader.peek().at
        written = reader.sum()
        if written.parts:
            raise reader.fault("a number as margin", "an estimand", at=place)
        margin = _positive(reader, written.constant, place)
    reader.end("'+-' and a margin, or the end")
    if margin is None:
        raise reader.fault(
            "a margin: an estimate is never exactly equal",
            "none",
            at=at,
            remedy=f"'{reader.text.strip()} +- 0.1', with what counts as equal",
        )
    if not first.parts:
        first, second = second, first
    parts = merged((*first.parts, *scaled(second.parts, -1.0)))
    return Restriction(
        _estimand(reader, parts), "=", _exact(second.constant, first.constant), margin
    )


def _positive(reader: Reader, margin: float, at: int) -> float:
    if margin <= 0:
        raise reader.fault("a margin above 0", number_text(margin), at=at)
    return margin
