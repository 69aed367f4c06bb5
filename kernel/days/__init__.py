"""Which days a library is open, and arithmetic with them: plain values, no database, no clock."""
