"""Draws: outcomes of a fit drawn and estimated again."""
