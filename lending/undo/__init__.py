"""Undo: returns, loans and renewals that are to be as if they had not been."""
