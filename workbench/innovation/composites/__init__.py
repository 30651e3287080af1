"""Composite indices: built from indicators by a recorded recipe that can be replayed."""
