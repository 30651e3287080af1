"""Where a term of a formula ends: brackets and quotes, whatever stands between them."""

from __future__ import annotations

CLOSES = {")": "(", "]": "[", "}": "{"}
QUOTES = "'\"`"


def closing(text: str, start: int) -> int:
    """Return where the bracket that opens at `start` closes; −1 where it does not.

    Quotes hide brackets, a backslash hides what follows in a quote; an apostrophe within a word,
    as in the name of a category, is none.

    Examples
    --------
    >>> closing('f(C(type)[T.")"]) > 0', 1)
    16
    """
    opened: list[str] = []
    at = start
    while at < len(text):
        mark = text[at]
        if _opens_quote(text, at):
            at = _after_quote(text, at)
            if at < 0:
                return -1
            continue
        if mark in "([{":
            opened.append(mark)
        elif mark in CLOSES:
            if not opened or opened.pop() != CLOSES[mark]:
                return -1
            if not opened:
                return at
        at += 1
    return -1


def fault_of(term: str) -> str:
    """Return what keeps a term from standing between brackets; empty where nothing does.

    Examples
    --------
    >>> fault_of("C(type)[T.x]"), fault_of("log(rd")
    ('', 'a bracket or quote opens or closes alone')
    """
    wrapped = f"({term})"
    alone = "a bracket or quote opens or closes alone"
    return "" if closing(wrapped, 0) == len(wrapped) - 1 else alone


def squeezed(term: str) -> str:
    """Return a term without blanks outside quotes: how spellings of one term are compared.

    Examples
    --------
    >>> squeezed("I(unemp ** 2)"), squeezed("C(kind)[T.far east]") == "C(kind)[T.fareast]"
    ('I(unemp**2)', True)
    """
    kept: list[str] = []
    at = 0
    while at < len(term):
        if _opens_quote(term, at):
            end = _after_quote(term, at)
            end = len(term) if end < 0 else end
            kept.append(term[at:end])
            at = end
            continue
        if not term[at].isspace():
            kept.append(term[at])
        at += 1
    return "".join(kept)


def _opens_quote(text: str, at: int) -> bool:
    return text[at] in QUOTES and not (at > 0 and text[at - 1].isalnum())


def _after_quote(text: str, start: int) -> int:
    """Return the place after a quote that opens at `start`; −1 where it does not close."""
    at = start + 1
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == text[start]:
            return at + 1
        at += 1
    return -1
