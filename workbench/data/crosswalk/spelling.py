"""What two spellings of one name have in common: the same words, whatever their case and order."""

from __future__ import annotations

import re
import unicodedata

DASHES = "\u002d\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\ufe58\ufe63\uff0d"
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0300-\u0305]")
APOSTROPHES = re.compile("['`´ʹʼ‘’′]")
FOOTNOTES = re.compile(
    r"(?:(?<=[^\W\d_])|(?<=[).\s]))\s*(?:\d{1,2}(?:[,;]\s?\d{1,2})*\)|[¹²³⁴-⁹⁰]+[⁾)]?|\*+)[;,]?"
    r"|(?<=[^\W\d_]{3})\d{1,2}(?=\s|$)"
)
DATED = re.compile(
    r"\(\s*(?:(?:с|до|по|from|since|until|to)\s[\d.\s/–—-]*(?:г\.?|года?)?|в границах[^)]*)\s*\)",
    re.I,
)
ALIKE = ("aceopxykmthbi", "асеорхукмтнві")
"""Letters of both alphabets that look alike."""

TO_CYRILLIC = str.maketrans(*ALIKE)
TO_LATIN = str.maketrans(*reversed(ALIKE))
GLUED = re.compile(r"(?<=[а-я]{3})(?=автономн|федеральн|област|республик)|(?<=область)(?=без)")

ABBREVIATIONS = {
    "обл": "область",
    "респ": "республика",
    "респуб": "республика",
    "р": "республика",
    "кр": "край",
    "авт": "автономный",
    "автономная": "автономный",
    "автономного": "автономный",
    "автономных": "автономный",
    "округа": "округ",
    "округов": "округ",
    "окр": "округ",
    "фед": "федеральный",
    "федер": "федеральный",
    "северный": "северная",
    "сев": "северная",
    "obl": "oblast",
    "region": "oblast",
    "kray": "krai",
    "territory": "krai",
    "rep": "republic",
    "respublika": "republic",
    "ao": "autonomous okrug",
    "ао": "автономный округ",
    "area": "okrug",
    "avtonomny": "autonomous",
    "avtonomnyy": "autonomous",
    "st": "saint",
    "sankt": "saint",
    "fd": "district",
}
"""Words that stand for one another, as :func:`words_of` writes them."""

NOISE = frozenset(
    [
        "г",
        "гор",
        "город",
        "города",
        "федерального",
        "значения",
        "city",
        "federal",
        "of",
        "the",
        "gorod",
        "g",
    ]
)
"""Words that tell no Russian region from another."""


def without_marks(name: str) -> str:
    """Return a name without its footnote marks and the dates in brackets after it.

    Examples
    --------
    >>> without_marks("Республика Крым2)"), without_marks("Сибирский2) федеральный округ")
    ('Республика Крым', 'Сибирский федеральный округ')
    >>> without_marks("Южный федеральный округ (с 29.07.2016)")
    'Южный федеральный округ'
    """
    return " ".join(FOOTNOTES.sub(" ", DATED.sub(" ", name)).split())


def words_of(name: str, noise: frozenset[str] = NOISE) -> list[str]:
    """Return the words of a name: lower case, ё as е, abbreviations written out.

    Letters that look alike in both alphabets are taken for those of the rest of their word.
    Words of `noise` are left out, unless the name has no others.

    Examples
    --------
    >>> words_of("г. Санкт–Петербург"), words_of("РЕСП.  Марий Эл")
    (['санкт', 'петербург'], ['республика', 'марий', 'эл'])
    """
    text = unicodedata.normalize("NFKC", without_marks(name))
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text)).casefold().replace("ё", "е")
    text = APOSTROPHES.sub("", text)
    text = re.sub(r"\b([аa])\s?\.\s?([оo])\b\.?", "ао", text)
    text = "".join(letter if letter.isalnum() else " " for letter in text)
    words = [_one_alphabet(word) for word in text.split()]
    glued = GLUED.sub(" ", " ".join(words)).split()
    spelt = " ".join(ABBREVIATIONS.get(word, word) for word in glued).split()
    return [word for word in spelt if word not in noise] or spelt


def key(name: str, noise: frozenset[str] = NOISE) -> str:
    """Return what all usual spellings of a name share: its words, sorted, each once.

    Examples
    --------
    >>> key("Татарстан, респ.") == key("Республика Татарстан (Татарстан)")
    True
    >>> key("Алтайский край") == key("Республика Алтай")
    False
    """
    return " ".join(sorted(set(words_of(name, noise))))


def _one_alphabet(word: str) -> str:
    latin = any("a" <= letter <= "z" for letter in word)
    cyrillic = any("а" <= letter <= "я" for letter in word)
    if not (latin and cyrillic):
        return word
    turned = word.translate(TO_CYRILLIC)
    if not any("a" <= letter <= "z" for letter in turned):
        return turned
    turned = word.translate(TO_LATIN)
    return word if any("а" <= letter <= "я" for letter in turned) else turned


LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
    "ю": "yu", "я": "ya",
}  # fmt: skip


def in_latin(name: str) -> list[str]:
    """Return a Russian name in Latin letters, in the usual ways.

    Examples
    --------
    >>> in_latin("Томская область")
    ['tomskaya oblast']
    """
    found = []
    for short_i in ("y", "i", ""):
        for kh, ts in (("kh", "ts"), ("h", "c")):
            table = {**LETTERS, "й": short_i, "х": kh, "ц": ts, "ё": "e"}
            found.append("".join(table.get(letter, letter) for letter in name.casefold()))
    return sorted(set(found))
