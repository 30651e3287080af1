"""Panels without a spatial lag or error: least squares, instruments, counts."""
