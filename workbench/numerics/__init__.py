"""Array kernels: arrays in, frozen dataclasses out; no labels, no model names."""
