"""Holds a written sentence against every defensible reading of the data."""
