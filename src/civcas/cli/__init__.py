"""Turns typed words into one call."""
