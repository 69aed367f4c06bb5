"""What other libraries and services know of an ISBN."""
