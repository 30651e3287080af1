"""The referee: a checklist that a sceptical reader goes through, each item with its evidence."""
