"""Forms: descriptors of tables that the user has; checking such a table, and taking it in."""
