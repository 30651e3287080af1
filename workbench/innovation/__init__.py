"""The measures of innovation geography."""
