"""Lays out what the case says at a moment, as tables an analyst can check by hand."""
