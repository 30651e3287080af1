"""Local statistics: where a variable clusters, differs or varies, with honest p-values."""
