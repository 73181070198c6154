"""Counts, grades and attributes an incident by published, named rules."""
