"""Adapter to typst: a source as PDF/A, or its pages as pixels, the same bytes every time."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workbench.errors import ReportError
from workbench.reports.room import room_for

MAIN = "main.typ"
STANDARD = "a-2b"
"""PDF/A-2b: fonts inside, colours defined, nothing that another program may not show."""

PIXELS_PER_INCH = 150

_UNSET = re.compile(r'the text `"(.*)"` could not be displayed')
_SAFE = re.compile(r'([\\"])')


def quoted(text: str) -> str:
    r"""Return a text as a typst string, in which nothing is code or markup.

    Examples
    --------
    >>> print(quoted('#panic("x")'))
    "#panic(\"x\")"
    """
    inside = _SAFE.sub(r"\\\1", printable(text))
    return f'"{inside}"'


def printable(text: str) -> str:
    r"""Return a text without characters that control a terminal or the direction of writing.

    Examples
    --------
    >>> printable("a\x00\u202eb\tc")
    'ab c'
    """
    spaced = re.sub(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+", " ", text)
    return "".join(c for c in spaced if unicodedata.category(c) not in _UNPRINTED)


_UNPRINTED = frozenset({"Cc", "Cf", "Cs"})


def typeset(
    typst_source: str,
    *,
    files: Mapping[str, bytes] = MappingProxyType({}),
    where: Callable[[str], str] = lambda _text: "",
) -> bytes:
    """Return a typst source as PDF/A-2b: same source and files, same bytes.

    Fonts are those inside typst (Libertinus Serif, New Computer Modern, DejaVu Sans Mono) and
    DejaVu Sans, which matplotlib draws with; those of the machine are not looked at. The source
    reads no file but those that are given, and asks nothing of a network.

    Parameters
    ----------
    typst_source : str
        Texts of others in it must be :func:`quoted`.
    files : mapping of str to bytes
        Pictures and data by the name under which the source has them.
    where : callable of str to str
        Given a character that no font has, says where it stands, for the message.

    Raises
    ------
    ReportError
        If the source cannot be set, or a character has no glyph in any of the fonts.

    Examples
    --------
    >>> typeset("= Заголовок")[:5]
    b'%PDF-'
    """
    made = _compiled(typst_source, files, where, format="pdf", pdf_standards=STANDARD, timestamp=0)
    return bytes(made)


def pixels(
    typst_source: str,
    *,
    files: Mapping[str, bytes] = MappingProxyType({}),
    per_inch: float = PIXELS_PER_INCH,
) -> list[bytes]:
    """Return the pages of a typst source as PNG.

    Parameters
    ----------
    typst_source, files
        As in :func:`typeset`.
    per_inch : float
        Pixels per inch.

    Raises
    ------
    ReportError
        If the source cannot be set.

    Examples
    --------
    >>> pixels("#set page(width: 1cm, height: 1cm)", per_inch=30)[0][1:4]
    b'PNG'
    """
    made = _compiled(typst_source, files, lambda _text: "", format="png", ppi=per_inch)
    return list(made) if isinstance(made, list) else [made]


def told(typst_source: str, mark: str) -> Any:
    """Return the value that a typst source tells under a mark: ``#metadata(value) <mark>``.

    Parameters
    ----------
    typst_source : str
        As in :func:`typeset`.
    mark : str
        Name of its label.

    Examples
    --------
    >>> told("#metadata(1 + 1) <sum>", "sum")
    2
    """
    (value,) = marked(typst_source, mark)
    return value


def marked(
    typst_source: str, mark: str, *, files: Mapping[str, bytes] = MappingProxyType({})
) -> list[Any]:
    """Return the values that a typst source tells under a mark, in its order.

    Parameters
    ----------
    typst_source, files
        As in :func:`typeset`.
    mark : str
        Name of their label.

    Examples
    --------
    >>> marked("#metadata(1) <one> #metadata(2) <one>", "one")
    [1, 2]
    """

    def asked(main: Path, **options: Any) -> Any:
        import typst

        try:
            return typst.query(main, f"<{mark}>", field="value", **options)
        except RuntimeError as error:
            raise _refusal(str(error), lambda _text: "") from error

    return list(json.loads(_in_folder(typst_source, files, lambda _text: "", asked)))


def _compiled(
    source: str, files: Mapping[str, bytes], where: Callable[[str], str], **options: Any
) -> Any:
    def made(main: Path, **places: Any) -> Any:
        import typst

        return typst.compile(main, **places, **options)

    return _in_folder(source, files, where, made)


def _in_folder(
    source: str,
    files: Mapping[str, bytes],
    where: Callable[[str], str],
    made: Callable[..., Any],
) -> Any:
    import typst

    with room_for("pdf"), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = Path(folder) / "root"
        root.mkdir()
        for name, content in {**files, MAIN: source.encode()}.items():
            place = root / check_plain(name)
            place.write_bytes(content)
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[_fonts(Path(folder))])
        try:
            return made(root / MAIN, root=root, font_paths=fonts)
        except typst.TypstError as error:
            raise _refusal(str(error.message), where) from error


def check_plain(name: str) -> str:
    """Return the name of a file that stands beside a source, or refuse it."""
    if Path(name).name != name or name in (".", ".."):
        raise ReportError(f"file {name!r}", expected="a name without folders", found=repr(name))
    return name


def _refusal(message: str, where: Callable[[str], str]) -> ReportError:
    unset = _UNSET.search(message)
    if unset is None:
        return ReportError("pdf", expected="a source that typst sets", found=message[:300])
    names = ", ".join(
        f"{c} (U+{ord(c):04X} {unicodedata.name(c, 'without a name')})" for c in unset[1][:3]
    )
    place = where(unset[1])
    return ReportError(
        "pdf",
        expected="characters that the fonts of the report have",
        found=f"{names}{f' in {place}' if place else ''}",
        why="it would be printed as an empty box",
        remedy="write it in other characters",
    )


def _fonts(folder: Path) -> str:
    """Return a folder with the fonts that matplotlib draws with."""
    drawing = find_spec("matplotlib")  # not imported: that takes longer than to read its fonts
    if drawing is None or drawing.origin is None:
        raise ReportError("pdf", expected="matplotlib, whose fonts it is set in", found="none")
    kept = folder / "fonts"
    kept.mkdir()
    every = Path(drawing.origin).parent / "mpl-data" / "fonts" / "ttf"
    for font in sorted(every.glob("DejaVuSans*.ttf")):  # among them is one of empty boxes
        shutil.copy(font, kept)
    return str(kept)
