"""Sending to programs of others: addresses that may be sent to, one bounded POST, signatures."""
