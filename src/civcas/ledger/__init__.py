"""Remembers every import and decision, in order, for ever."""
