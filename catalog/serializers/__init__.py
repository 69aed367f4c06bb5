"""What goes in and out at the catalogue's door."""
