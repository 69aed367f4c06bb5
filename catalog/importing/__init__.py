"""Records from other systems, on their way into the catalogue."""
