"""Tables of statistics as files."""
