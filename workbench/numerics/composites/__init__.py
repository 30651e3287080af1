"""Composite indices as arrays: weights, aggregations, and what moves them."""
