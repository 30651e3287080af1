"""What the index page says of each report."""
