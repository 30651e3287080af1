"""Labels, results vocabulary, tests as objects, provenance and seeds: what every room shares."""
