"""Several models of one sample: ladders, searches, criteria, probabilities."""
