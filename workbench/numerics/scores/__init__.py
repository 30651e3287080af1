"""Tests on residuals and scores, and distributions of quadratic forms."""
