"""A user's file: read as it stands, with what was found about it."""

from workbench.data.files.eurostat import read_eurostat
from workbench.data.files.numbers import is_missing, read_number, to_numbers, why_no_number
from workbench.data.files.reading import read_table
from workbench.data.files.table import RawTable

__all__ = [
    "RawTable",
    "is_missing",
    "read_eurostat",
    "read_number",
    "read_table",
    "to_numbers",
    "why_no_number",
]
