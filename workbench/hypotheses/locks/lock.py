"""A lock: what was decided, under one digest, in a file that anybody can check."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd

from workbench.core import display
from workbench.core.vocabulary import one_row
from workbench.errors import DataIntegrityError, InputError
from workbench.hypotheses.locks.changes import Changes, differences
from workbench.hypotheses.locks.records import SCHEMA, Content, content_from
from workbench.typing import Tolerance

if TYPE_CHECKING:
    from workbench.hypotheses.locks.marking import Marked
    from workbench.hypotheses.statements.families import Verdicts
    from workbench.hypotheses.statements.stating import Stated
    from workbench.hypotheses.statements.verdicts import Verdict
    from workbench.regression.covariances import CovarianceOption
    from workbench.typing import Covariance, Effects, Model
    from workbench.weights import Weights

    Planned: TypeAlias = (
        Covariance
        | CovarianceOption
        | Sequence[Covariance | CovarianceOption]
        | Mapping[int, Covariance | CovarianceOption]
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lock:
    """Hypotheses, weights, models and levels, frozen.

    Made by :func:`lock`. Two locks of the same decisions have the same digest, on every machine
    and in whatever order they were given.

    Attributes
    ----------
    content : Content
        What is frozen.
    loaded : tuple of str
        Outcomes that this process had loaded when the lock was made. Not part of the digest: it
        says when, not what.
    tolerance : str
    """

    content: Content
    loaded: tuple[str, ...] = ()
    tolerance: Tolerance = "exact"

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of what is frozen."""
        return self.content.digest

    @property
    def hypotheses(self) -> tuple[Stated, ...]:
        """The hypotheses, by label."""
        return self.content.hypotheses

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know: above all whether outcomes had been loaded."""
        if not self.content.outcomes:
            told = "No outcomes are named: whether they had been seen is not recorded."
        elif self.loaded:
            told = (
                f"Outcomes were loaded before the lock was made: {', '.join(self.loaded)}. "
                "What is called confirmatory here rests on the word of the author."
            )
        else:
            told = (
                "Outcomes had not been loaded when the lock was made: "
                f"{', '.join(self.content.outcomes)}. Tables that were read other than by wb.load "
                "are not seen."
            )
        return (f"Lock {self.digest}.", told)

    def to_json(self) -> str:
        """Return the lock as JSON: same decisions, same bytes; no clock, no path, no user."""
        plain = {"digest": self.digest, **self.content.plain(), "loaded": list(self.loaded)}
        return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"

    def save(self, path: str | os.PathLike[str]) -> Lock:
        """Write the lock to a file, or find it there.

        Parameters
        ----------
        path : str or path
            Folders are made. A file with the same decisions stays as it is.

        Returns
        -------
        Lock
            What the file holds: with a file that was there, its record of what was loaded.

        Raises
        ------
        InputError
            If the file holds another lock.
        DataIntegrityError
            If it holds something else.
        """
        target = Path(path)
        if target.exists():
            held = Lock.read(target)
            changes = held.compare(self)
            if not changes.none:
                raise InputError(
                    "path",
                    expected=f"a path without a lock, or with the same one ({self.digest})",
                    found=f"{target.name} with the lock {held.digest}",
                    offenders=[change.text for change in changes.changes],
                    why="what is decided anew after the outcomes is not what was locked",
                    remedy="keep the file: Lock.read(path).mark(verdicts) says what changed; a new "
                    "study has a new path",
                )
            return held
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.part")
        beside.write_text(self.to_json(), encoding="utf-8", newline="\n")
        beside.replace(target)
        return self

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Lock:
        """Return the lock that a file holds.

        Raises
        ------
        InputError
            If there is no such file.
        DataIntegrityError
            If it holds no lock, or one whose content does not have its digest.
        """
        source = Path(path)
        try:
            plain = json.loads(source.read_text(encoding="utf-8"))
        except OSError as fault:
            raise InputError(
                "path",
                expected="a file that Lock.save wrote",
                found=f"{source.name}: {fault.strerror or type(fault).__name__}",
                remedy="wb.lock(hypotheses, ..., path=path)",
            ) from fault
        except ValueError as fault:
            raise _no_lock(source, "no JSON") from fault
        if not isinstance(plain, dict) or plain.get("schema") != SCHEMA:
            raise _no_lock(source, "another content")
        try:
            found = cls(content_from(plain), tuple(plain["loaded"]))
        except (KeyError, TypeError, AttributeError) as fault:
            raise _no_lock(source, f"parts that are missing or of another kind ({fault})") from None
        if found.digest != plain.get("digest"):
            raise DataIntegrityError(
                source.name,
                expected=f"content with the digest {plain.get('digest')}",
                found=f"content with the digest {found.digest}",
                why="somebody edited the lock after it was made",
                remedy="restore the file from the version history",
            )
        return found

    def compare(self, other: Lock) -> Changes:
        """Return what another lock, made later, decides otherwise.

        Parameters
        ----------
        other : Lock
        """
        if not isinstance(other, Lock):
            raise InputError(
                "other", expected="a Lock", found=type(other).__name__, remedy="wb.lock(...)"
            )
        return Changes(differences(self.content, other.content), self.digest, other.digest)

    def check(
        self,
        hypotheses: Iterable[Stated] | None = None,
        *,
        weights: Mapping[str, Weights] | None = None,
        models: Sequence[Model] | None = None,
        formulas: Mapping[str, str] | Sequence[str] | None = None,
        alpha: float | None = None,
        effects: Sequence[Effects] | None = None,
        covariances: Planned | None = None,
    ) -> Changes:
        """Return what differs from what is used now; what is not given is not compared.

        Parameters
        ----------
        hypotheses, weights, models, formulas, alpha, effects, covariances
            As those of :func:`lock`.
        """
        from workbench.hypotheses.locks.making import now_content

        now = now_content(
            self.content,
            hypotheses=hypotheses,
            weights=weights,
            models=models,
            formulas=formulas,
            alpha=alpha,
            effects=effects,
            covariances=covariances,
        )
        return Changes(differences(self.content, now), self.digest, now.digest)

    def mark(self, verdicts: Verdict | Verdicts | Iterable[Verdict]) -> Marked:
        """Return verdicts with a column ``status``.

        Parameters
        ----------
        verdicts : Verdict, Verdicts or iterable of Verdict

        Returns
        -------
        Marked
            ``"confirmatory (lock 1a2b3c4d)"`` where hypothesis, W, model, effects, covariance and
            formula are those of the lock; ``"changed after the lock: ..."`` with what differs;
            ``"exploratory"`` for hypotheses that are not locked, or locked as such. Choices that
            the lock does not name are free.
        """
        from workbench.hypotheses.locks.marking import marked

        return marked(self, verdicts)

    def tidy(self) -> pd.DataFrame:
        """Return a row an item: index ``item``, columns ``content kind``."""
        content = self.content
        rows: list[tuple[str, str, str]] = [("lock", self.digest, "digest")]
        for one in content.hypotheses:
            told = f"{one.restriction}, alpha {one.alpha:g}"
            rows.append((f"hypothesis {one.label!r}", told, one.kind))
        rows += [(f"W {name!r}", W.text, "weights") for name, W in sorted(content.weights.items())]
        rows += [
            (f"formula {name!r}" if name != text else "formula", text, "formula")
            for name, text in sorted(content.formulas.items())
        ]
        for word in ("models", "effects", "covariances", "outcomes"):
            listed = content.listed(word)
            if listed:
                rows.append((word, ", ".join(listed), "choice"))
        if content.alpha is not None:
            rows.append(("alpha", f"{content.alpha:g}", "choice"))
        index = pd.Index([row[0] for row in rows], name="item")
        return pd.DataFrame([row[1:] for row in rows], index=index, columns=["content", "kind"])

    def glance(self) -> pd.DataFrame:
        """Return one row: the digest, how many hypotheses and choices, and what was loaded."""
        firm = sum(one.kind == "confirmatory" for one in self.hypotheses)
        return one_row(
            lock=self.digest,
            confirmatory=firm,
            exploratory=len(self.hypotheses) - firm,
            outcomes_loaded=", ".join(self.loaded) or "none",
        )

    def _heading(self) -> str:
        return f"Lock {self.digest}"

    def __str__(self) -> str:
        return display.text(self._heading(), [("", self.tidy())], self.notes)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html(self._heading(), [("", self.tidy())], self.notes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lock) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def _no_lock(source: Path, found: Any) -> DataIntegrityError:
    return DataIntegrityError(
        source.name,
        expected="a lock that Lock.save wrote",
        found=str(found),
        remedy="restore the file from the version history",
    )
