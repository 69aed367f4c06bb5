"""How long one waits for a hold: a guess, and what a hold would come to."""
