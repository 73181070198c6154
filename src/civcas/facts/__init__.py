"""The published figures that ship with civcas, each with its source and hash."""
