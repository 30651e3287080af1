"""Least squares and its covariances."""
