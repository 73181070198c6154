"""Says what of a case anyone may see: allow-listed, masked, and checked for leaks."""
