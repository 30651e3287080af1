"""What every measure asks of its tables before it computes."""
