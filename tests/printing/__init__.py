"""Labels and cards on sheets."""
