"""What `make run` loads once, for all of its programs, which are forked from it."""
