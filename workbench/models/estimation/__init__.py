"""From a specification and a table to a fit."""
