"""Loans, blocks and suspensions that are nobody's any more, and people who are erased."""
