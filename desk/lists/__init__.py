"""Lists that the desk prints or takes along as a file."""
