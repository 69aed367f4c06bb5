"""What stands anew on the desk's page after each scan, written by pieces: see docs/decisions/0043."""
