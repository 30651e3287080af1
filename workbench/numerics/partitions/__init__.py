"""Groups of regions."""
