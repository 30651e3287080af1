"""Pairs of points by distance: how many, how they are drawn, what curves they make."""
