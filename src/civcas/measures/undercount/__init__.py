"""Estimates how many are on no list from how the lists overlap (multiple systems estimation), or refuses."""
