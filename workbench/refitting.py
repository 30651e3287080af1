"""A fit asked again with something changed: what every question about robustness does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbench.errors import InputError
from workbench.fitting import fit as fit_anew

if TYPE_CHECKING:
    from workbench.regression.results import RegressionResults


def refit(fit: RegressionResults, changes: Mapping[str, object]) -> RegressionResults:
    """Estimate a model again with something changed: other weights, another sample, other errors.

    Parameters
    ----------
    fit : RegressionResults
        A result of :func:`fit`, of any model.
    changes : mapping of str to object
        Arguments of :func:`fit` by name, such as ``{"W": other}``, ``{"data": table}``,
        ``{"formula": "y ~ x"}`` or ``{"covariance": "HC3"}``; all others stay as they were. Tables
        and series are aligned by region id, as in :func:`fit`.

    Returns
    -------
    RegressionResults

    Raises
    ------
    OptionError
        If a name is no argument of :func:`fit`.
    InputError
        If the fit does not know what it was asked, or :func:`fit` refuses the change.

    Notes
    -----
    A fit keeps the columns that its formula reads. A formula with other columns needs ``data``.

    Examples
    --------
    >>> import workbench as wb
    >>> from workbench.refitting import refit
    >>> W, panel = wb.weights.queen(wb.load("us-states")), wb.load("munnell-1990")
    >>> slx = wb.fit("log(gsp) ~ log(emp)", panel.xs(1986, level="year"), W, model="slx")
    >>> refit(slx, {"W": wb.weights.permuted(W, seed=1), "covariance": "HC3"}).weights == W
    False
    """
    if fit.call is None:
        raise InputError(
            "fit",
            expected="a result of wb.fit",
            found=f"{fit.provenance.method}, which does not know what it was asked",
            remedy="wb.fit(formula, data, W, model=...)",
        )
    arguments = fit.call.changed(changes)
    formula, data, W = (arguments.pop(name) for name in ("formula", "data", "W"))
    return fit_anew(formula, data, W, **arguments)
