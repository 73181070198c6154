"""Turns one published format into tables that say what it says: nothing fixed, filled, guessed or dropped."""
