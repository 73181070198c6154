"""Models of counts: pure functions from arrays to frozen results, each citing its method."""
