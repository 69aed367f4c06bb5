"""A book as pages show it."""
