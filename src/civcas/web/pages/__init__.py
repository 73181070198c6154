"""One page a file; each says its address, its template and what the template needs."""
