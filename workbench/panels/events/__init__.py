"""Before and after a treatment, one's own and the neighbours'."""
