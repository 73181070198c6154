"""Proposes which reports speak of the same incident, and how surely."""
