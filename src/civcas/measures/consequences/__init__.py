"""Asks whether harm is followed by more violence or less, and whether the data at hand could tell."""
