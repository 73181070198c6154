"""Gives the field's words a type: vocabularies, readings, estimates and table schemas, each with its meaning and unit."""
