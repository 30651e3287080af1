"""Change over time: chains, convergence, clubs, concordance."""
