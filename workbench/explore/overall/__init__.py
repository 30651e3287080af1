"""Global statistics: is a variable clustered in space at all."""
