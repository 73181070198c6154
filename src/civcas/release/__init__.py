"""Fixes what a case says at a moment in a folder that never changes."""
