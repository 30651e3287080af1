"""What falls with distance: weights, their slopes, sums over places, and decay estimated."""
