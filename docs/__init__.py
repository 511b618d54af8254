"""Sources of the documentation: its figures, and what writes them."""
