"""One hypothesis over every defensible specification."""
