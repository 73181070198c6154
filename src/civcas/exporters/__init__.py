"""Writes the register in a form others can open."""
