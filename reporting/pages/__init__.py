"""The pages of statistics on the staff side."""
