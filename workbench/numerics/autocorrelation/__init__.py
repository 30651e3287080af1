"""Statistics of spatial autocorrelation, global and local."""
