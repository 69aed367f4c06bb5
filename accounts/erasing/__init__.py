"""People who are to be known no more."""
