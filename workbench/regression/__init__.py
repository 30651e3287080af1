"""What cross-section and panel models share: formula, design, results vocabulary, impacts."""
