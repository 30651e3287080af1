"""Regions and activities as a network: who has what, and what goes together."""
