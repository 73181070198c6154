"""Draws numbers as SVG that needs no script, each picture with its title, description and table twin."""
