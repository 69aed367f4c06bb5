"""What changes many holds at once: those that nobody collected, and last days that a closure moves."""
