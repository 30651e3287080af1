"""Headings of tables and the words in their cells."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "Term": "Переменная",
    "Estimate": "Оценка",
    "Std. error": "Ст. ошибка",
}
