"""Gathers incidents into arrays, and carries their uncertainty into rates and ratios."""
