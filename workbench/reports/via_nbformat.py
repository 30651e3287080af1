"""`nbformat` and `jupytext`, imported without grammars for a check that no notebook asks for.

`jsonschema`, which both import, builds 38 parsers of internationalised addresses (RFC 3987) at its
import wherever `rfc3987_syntax` is installed, as it is beside JupyterLab. They take nine tenths of
the time of that import, two seconds and more, and no schema of a notebook has such an address. So
that package is out of sight while these are imported for the first time, and found again after.
"""

from __future__ import annotations

import sys

_GRAMMARS = "rfc3987_syntax"

_seen = _GRAMMARS in sys.modules
if not _seen:
    sys.modules[_GRAMMARS] = None  # type: ignore[assignment]  # an import of it fails, as if absent
try:
    import jupytext
    import nbformat
    from nbformat import v4
finally:
    if not _seen:
        del sys.modules[_GRAMMARS]

__all__ = ["jupytext", "nbformat", "v4"]
