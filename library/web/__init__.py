"""The web process: how it ends without failing anybody, and what its siblings share."""
