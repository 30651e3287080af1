"""Kernels of outcomes that are 0 or 1: likelihoods, their penalty, profiles, separation."""
