"""Frontiers of production: envelopment by linear programs, and composed errors by likelihood."""
