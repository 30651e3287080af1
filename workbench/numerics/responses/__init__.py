"""What a change does through (I − ρW)⁻¹: traces, sums, impacts, predictions."""
