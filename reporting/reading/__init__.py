"""What is read from the counts: reports, tables of two axes, charts."""
