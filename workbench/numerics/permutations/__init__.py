"""Permutations, streams of random numbers, and how draws are counted."""
