"""Sparse weights matrices: factors, determinants, entries of the inverse, spectra."""
