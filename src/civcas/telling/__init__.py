"""Tells a result to a person: in the terminal, as a page, as JSON."""
