"""Answers one question with a number and its uncertainty, or refuses."""
