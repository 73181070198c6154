"""The version of the software, which every result carries."""

VERSION = "0.1.0"
