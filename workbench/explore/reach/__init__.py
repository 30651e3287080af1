"""How far association reaches: correlograms and distance scatters."""
