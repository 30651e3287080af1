"""Diffusion: curves of adoption, and who adopts next."""
