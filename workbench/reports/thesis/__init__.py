"""A thesis begun: the student's own files described and checked, and a notebook to go on with."""
