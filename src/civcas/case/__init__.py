"""Ties the rooms to one folder."""
