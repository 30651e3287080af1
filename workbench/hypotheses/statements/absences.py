"""What a fit does not have: the refusal that a hypothesis turns into "not applicable"."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.errors import InputError, nearest


class NotInModelError(InputError):
    """A fit that lacks the term, parameter or effect that a hypothesis is about."""


def lacking(what: str, name: str, names: Iterable[str], *, model: str) -> NotInModelError:
    """Return the refusal of a term or parameter that a model does not have.

    Parameters
    ----------
    what : str
        ``"term"`` or ``"parameter"``.
    name : str
        As the hypothesis writes it.
    names : iterable of str
        Those that the model has.
    model : str
        What the model is, in words.
    """
    known = list(dict.fromkeys(names))
    return NotInModelError(
        what,
        expected=f"one of {', '.join(known)}" if known else "nothing: the model has none",
        found=f"{name!r}, which {model} does not have",
        remedy=nearest(name, known, alike=0.8),
    )
