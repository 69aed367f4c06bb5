"""Taking open loans in from other systems."""
