"""What many do at the same moment, answered by one of their threads: docs/decisions/0042."""
