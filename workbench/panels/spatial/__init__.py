"""Static spatial panels: likelihoods, moments, impacts, predictions."""
