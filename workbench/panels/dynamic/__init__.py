"""Dynamic spatial panels."""
