"""Where one unit stands among others: distances to it, ranks, and what chance would show."""
