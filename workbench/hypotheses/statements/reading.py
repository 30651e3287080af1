"""The tokens of the grammar, and the sums that they add up to."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from workbench.errors import FormulaError, InputError
from workbench.hypotheses.statements.atoms import BARE, Atom, Effect, Index, Parameter
from workbench.hypotheses.statements.linear import Parts, merged, scaled
from workbench.hypotheses.statements.terms import closing
from workbench.typing import Horizon, Relation, words

Kind: TypeAlias = Literal["number", "estimand", "relation", "margin", "sign", "bar", "mark", "end"]
EFFECTS = ("direct", "indirect", "total")
MADE: Mapping[str, Callable[[str], Atom]] = {"coefficient": Parameter, "moran_index": Index}
KNOWN = (*EFFECTS, *MADE, *BARE)
RELATIONS: Mapping[str, Relation] = {
    ">": ">", ">=": ">", "≥": ">", "<": "<", "<=": "<", "≤": "<", "!=": "!=", "≠": "!=",
    "=": "=", "==": "=",
}  # fmt: skip

GREEK: Mapping[str, str] = {"ρ": "rho", "λ": "lambda"}
MEANT: Mapping[str, str] = {
    "decay_length": "a decay length has places: wb.hypotheses.decay_length(term, points), not text",
    **dict.fromkeys(("beta", "coef", "b", "coefficients", "param"), "coefficient(...)"),
    **dict.fromkeys(
        ("and", "or"), "one restriction a hypothesis; several hypotheses: [H1, H2], each its own"
    ),
    **dict.fromkeys(("inf", "nan", "infinity"), "a finite number"),
}
"""What words that are no estimand may have meant."""

_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NAME = re.compile(r"[^\W\d]\w*")
_RELATION = re.compile(r">=|<=|!=|==|[<>=≥≤≠]")
_MARGIN = re.compile(r"\+-|\+/-|±")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text and where it begins."""

    kind: Kind
    text: str
    at: int
    atom: Atom | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A linear combination and a number."""

    parts: Parts = ()
    constant: float = 0.0

    def plus(self, other: Sum, sign: float) -> Sum:
        """Return the sum with another, or the difference where `sign` is −1."""
        parts = (*self.parts, *scaled(other.parts, sign))
        return Sum(merged(parts), self.constant + sign * other.constant)

    def times(self, factor: float) -> Sum:
        """Return the sum times a number."""
        return Sum(merged(scaled(self.parts, factor)), factor * self.constant)


class Reader:
    """Reads sums, relations and margins from a text, and points at what it cannot read."""

    __slots__ = ("_at", "_tokens", "text")

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise InputError(
                "restriction",
                expected="text such as 'indirect(log(rd)) > 0'",
                found=type(text).__name__,
            )
        self.text = text
        self._at = 0
        self._tokens = self._read()

    def fault(self, expected: str, found: str, *, at: int, remedy: str = "") -> FormulaError:
        """Return the error that points at a place of the text."""
        caret = f"\n    {self.text}\n    {' ' * at}^"
        return FormulaError("restriction", expected=expected, found=found + caret, remedy=remedy)

    def peek(self) -> Token:
        """Return the next token, without taking it."""
        return self._tokens[self._at]

    def take(self, kind: Kind) -> Token:
        """Return the next token, which has to be of a kind."""
        token = self.peek()
        if token.kind != kind:
            raise self.fault(WORDS[kind], _shown(token), at=token.at)
        self._at += 1
        return token

    def end(self, expected: str) -> None:
        """Refuse a text that goes on."""
        token = self.peek()
        if token.kind != "end":
            margins = "a margin is that of '=': 'total(x) = 1 +- 0.1'; a number more than 0 "
            remedy = f"{margins}stands on its side: 'total(x) > 0.1'"
            raise self.fault(
                expected, _shown(token), at=token.at, remedy=remedy * (token.kind == "margin")
            )

    def relation(self) -> Relation:
        """Return the relation that comes next."""
        token = self.peek()
        if token.kind != "relation":
            raise self.fault(
                "a relation, one of > < = !=",
                _shown(token),
                at=token.at,
                remedy="'indirect(log(rd)) > 0'; an estimand alone takes its relation beside it, "
                "wb.Hypothesis(statement, estimand, '>', 0)",
            )
        self._at += 1
        return RELATIONS[token.text]

    def sum(self) -> Sum:
        """Read a sum of products."""
        sign = self._sign() if self.peek().kind == "sign" else 1.0
        found = self._product().times(sign)
        while self.peek().kind == "sign":
            sign = self._sign()
            found = found.plus(self._product(), sign)
        if not math.isfinite(found.constant) or not all(math.isfinite(f) for f, _ in found.parts):
            raise self.fault("finite numbers", "a number beyond them", at=0)
        return found

    def _sign(self) -> float:
        return -1.0 if self.take("sign").text == "-" else 1.0

    def _product(self) -> Sum:
        found = self._factor()
        while self.peek().kind == "mark" and self.peek().text in "*/":
            operator = self.take("mark")
            other = self._factor()
            if operator.text == "/":
                if other.parts or other.constant == 0.0:
                    raise self.fault(
                        "a number other than 0 below '/'",
                        "an estimand" if other.parts else "0",
                        at=operator.at,
                        remedy="restrictions are linear: 'a / b > 2' with b above 0 is "
                        "'a - 2*b > 0'",
                    )
                found = found.times(1.0 / other.constant)
            elif found.parts and other.parts:
                raise self.fault(
                    "a number on one side of '*'",
                    "estimands on both",
                    at=operator.at,
                    remedy="restrictions are linear: sums, differences and multiples",
                )
            else:
                found = found.times(other.constant) if found.parts else other.times(found.constant)
        return found

    def _factor(self) -> Sum:
        token = self.peek()
        if token.kind == "number":
            self._at += 1
            return Sum((), float(token.text))
        if token.kind == "estimand" and token.atom is not None:
            self._at += 1
            return Sum(((1.0, token.atom),))
        if token.kind == "mark" and token.text == "(":
            self._at += 1
            inside = self.sum()
            if self.peek().text != ")":
                raise self.fault("')'", _shown(self.peek()), at=self.peek().at)
            self._at += 1
            return inside
        raise self.fault(
            f"a number, '(' or one of {', '.join(KNOWN)}",
            _shown(token),
            at=token.at,
            remedy="such as 'indirect(log(rd)) > 0'",
        )

    def _read(self) -> list[Token]:
        tokens: list[Token] = []
        at = 0
        while at < len(self.text):
            if self.text[at].isspace():
                at += 1
                continue
            token, at = self._token(at)
            tokens.append(token)
        return [*tokens, Token("end", "", len(self.text))]

    def _token(self, at: int) -> tuple[Token, int]:
        """Return the token at a place, and where the next may begin."""
        for kind, pattern in (("number", _NUMBER), ("margin", _MARGIN), ("relation", _RELATION)):
            found = pattern.match(self.text, at)
            if found:
                return Token(cast(Kind, kind), found[0], at), found.end()
        mark = self.text[at]
        if mark in "+-":
            return Token("sign", mark, at), at + 1
        if mark == "−":  # a minus sign as it is printed
            return Token("sign", "-", at), at + 1
        if mark == "|":
            return Token("bar", mark, at), at + 1
        if mark in "*/()":
            return Token("mark", mark, at), at + 1
        if mark in GREEK:  # as papers print them
            return Token("estimand", GREEK[mark], at, Parameter(GREEK[mark])), at + 1
        name = _NAME.match(self.text, at)
        if not name:
            raise self.fault(
                "an estimand, a number or a relation",
                repr(mark),
                at=at,
                remedy="numbers have a point: 0.5" if mark == "," else "",
            )
        return self._named(name[0], at, name.end())

    def _named(self, name: str, at: int, end: int) -> tuple[Token, int]:
        if name in BARE:
            return Token("estimand", name, at, Parameter(name)), end
        if name not in KNOWN:
            raise self.fault(
                f"one of {', '.join(KNOWN)}", repr(name), at=at, remedy=self._instead(name, end)
            )
        horizon, start = self._horizon(name, end)
        if start >= len(self.text) or self.text[start] != "(":
            rest = re.split(r"\s*[<>=!≥≤≠]", self.text[start:], maxsplit=1)[0].strip()
            raise self.fault(
                f"'(' and a term after {name}",
                "something else",
                at=start,
                remedy=f"{name}({rest or 'log(rd)'})",
            )
        close = closing(self.text, start)
        if close < 0:
            inside = re.split(r"\s*[<>=!≥≤≠]", self.text[start + 1 :], maxsplit=1)[0]
            raise self.fault(
                "a bracket that closes",
                "one that does not",
                at=start,
                remedy=f"{name}({inside}{')' * (inside.count('(') - inside.count(')') + 1)}",
            )
        term = self.text[start + 1 : close].strip()
        if not term:
            raise self.fault("a term between the brackets", "nothing", at=start + 1)
        if name in EFFECTS:
            atom: Atom = Effect(name, term, horizon)  # type: ignore[arg-type]
        else:
            atom = MADE[name](term)
        return Token("estimand", self.text[at : close + 1], at, atom), close + 1

    def _horizon(self, name: str, at: int) -> tuple[Horizon | None, int]:
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        if at >= len(self.text) or self.text[at] != "[" or name not in EFFECTS:
            return None, at
        close = self.text.find("]", at)
        word = self.text[at + 1 : close].strip() if close > 0 else ""
        if word not in words(Horizon):
            raise self.fault(f"one of {', '.join(words(Horizon))} in []", repr(word), at=at + 1)
        after = close + 1
        while after < len(self.text) and self.text[after].isspace():
            after += 1
        return cast(Horizon, word), after

    def _instead(self, name: str, end: int) -> str:
        """Return what a name that is no estimand may have meant."""
        if name.lower() in MEANT:
            return MEANT[name.lower()]
        if re.search(r"\b(rho|lambda|ρ|λ)\s*\(\s*$", self.text[: end - len(name)]):
            return "a parameter stands alone: 'rho > 0'; terms stand in direct(...), indirect(...)"
        alike = difflib.get_close_matches(name, KNOWN, n=1, cutoff=0.6)
        if alike:
            return f"did you mean {alike[0]!r}?"
        called = self.text[end : end + 1] == "("
        close = closing(self.text, end) if called else -1
        term = name if not called else self.text[end - len(name) : close + 1]
        if called and close < 0:
            return "close the bracket"
        return f"a coefficient is written coefficient({term}), an impact total({term})"


WORDS: Mapping[str, str] = {
    "bar": "'|'",
    "margin": "'+-'",
    "sign": "'+' or '-'",
    "mark": "'*', '/', '(' or ')'",
    "number": "a number",
    "relation": "a relation",
    "estimand": "an estimand",
    "end": "the end",
}


def _shown(token: Token) -> str:
    return "the end of the text" if token.kind == "end" else repr(token.text)
