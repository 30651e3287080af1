"""Regions and activities as a network of two kinds of nodes: who has what, and what goes together."""
