"""Composite indices on arrays: imputation, outliers, normalisation, weights, aggregation."""
