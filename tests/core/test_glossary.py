"""A word of the glossary has one meaning."""

from __future__ import annotations

from collections import Counter

from workbench.core.glossary import GLOSSARY, PARTS


def test_every_word_stands_once():
    counts = Counter(word for part in PARTS for word in part)
    assert [word for word, count in counts.items() if count > 1] == []
    assert len(GLOSSARY) == len(counts)


def test_every_meaning_is_told():
    assert all(word.isidentifier() and meaning.strip() for word, meaning in GLOSSARY.items())
