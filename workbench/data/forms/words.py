"""What the user says of a table beside the table: the keywords of a check, validated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.data.descriptor import Descriptor
from workbench.data.forms import units as known
from workbench.errors import InputError, OptionError, check_option, nearest, unknown_option
from workbench.typing import RegionScheme

DECIMALS = (".", ",")


@dataclass(frozen=True, slots=True)
class Words:
    """The user's word on a table.

    Attributes
    ----------
    units : mapping of str to str
        Unit of a column, by field of the form.
    columns : mapping of str to (str or None)
        Field of the form by heading of the table; None leaves the column out. ``year`` in
        several headings of one field is read as the year of its figures.
    regions : mapping of str to (str or None)
        Id by name in the table; None leaves the rows out.
    scheme : str
        Scheme of regions to reach; empty for the form's own.
    decimal : str
        Decimal mark; empty for what the table shows.
    """

    units: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str | None] = field(default_factory=dict)
    regions: Mapping[str, str | None] = field(default_factory=dict)
    scheme: str = ""
    decimal: str = ""


def words_of(
    form: Descriptor,
    *,
    units: Mapping[str, str] | None,
    columns: Mapping[object, str | None] | None,
    regions: Mapping[str, str | None] | None,
    scheme: RegionScheme | None,
    decimal: str | None,
) -> Words:
    """Return the keywords of a check, or refuse one that the form cannot follow.

    Raises
    ------
    InputError
        If a keyword is no mapping, or a unit is none of the field's kind.
    OptionError
        If a field, scheme or decimal mark is unknown.
    """
    names = [item.name for item in form.fields_of(form.parts[0])]
    for argument, given in (("units", units), ("columns", columns), ("regions", regions)):
        if given is not None and not isinstance(given, Mapping):
            raise InputError(
                argument,
                expected="a mapping, e.g. {'theirs': 'ours'}",
                found=type(given).__name__,
            )
    for heading, target in (columns or {}).items():
        if target is not None and target not in names:
            raise unknown_option(f"columns[{heading!r}]", target, names)
    if scheme is not None:
        check_option("scheme", scheme, RegionScheme)
    if decimal is not None and decimal not in DECIMALS:
        raise unknown_option("decimal", decimal, DECIMALS)
    _check_units(form, units or {}, names)
    own = next((resource.scheme for resource in form.resources), "")
    return Words(
        units=dict(units or {}),
        columns={str(heading).strip(): target for heading, target in (columns or {}).items()},
        regions={str(name).strip(): target for name, target in (regions or {}).items()},
        scheme=scheme or own,
        decimal=decimal or "",
    )


def _check_units(form: Descriptor, given: Mapping[str, str], names: list[str]) -> None:
    fields = {item.name: item for item in form.fields_of(form.parts[0])}
    for name, unit in given.items():
        if name not in fields or not fields[name].unit or fields[name].type == "year":
            figures = [n for n in names if fields[n].unit and fields[n].type != "year"]
            raise OptionError(
                "units",
                expected="columns of the form that have a unit: " + ", ".join(figures),
                found=repr(name),
                remedy=nearest(name, figures),
            )
        own = fields[name].unit
        if not isinstance(unit, str) or known.factor(unit, own) is None:
            raise InputError(
                f"units[{name!r}]",
                expected=f"a unit that can be turned into {own}: "
                + ", ".join([own, *known.others(own)]),
                found=repr(unit),
                why="other kinds of figures are not the form's",
                remedy="convert them yourself first, e.g. by a year's exchange rate",
            )
