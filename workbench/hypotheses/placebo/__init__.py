"""Placebos: the same estimate under neighbours, or for outcomes, that cannot be behind it."""
