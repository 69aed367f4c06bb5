"""The web process: how it ends without failing anybody."""
