"""Common shocks taken out, and set beside spillovers."""
