"""Likelihoods of spatial models: maxima, information, scores, draws."""
