"""Tests of a cross-section fit, and between fits."""
