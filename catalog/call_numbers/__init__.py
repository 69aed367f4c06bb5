"""Call numbers: the author mark that a name and a title give, and which class and number a new book may get."""
