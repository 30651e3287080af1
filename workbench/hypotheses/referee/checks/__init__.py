"""The checks, a group a module; each takes the case and returns a finding."""
