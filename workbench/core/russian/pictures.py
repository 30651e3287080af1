"""Labels of maps and charts."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "not significant": "незначимо",
}
