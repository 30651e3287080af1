"""Panels: effects taken out, likelihoods, moments, tests, common factors, counts."""
