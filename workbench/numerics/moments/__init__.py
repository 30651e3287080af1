"""Estimation by moments: two-stage least squares, disturbances, instruments."""
