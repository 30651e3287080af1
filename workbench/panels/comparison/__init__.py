"""Several models of one panel."""
