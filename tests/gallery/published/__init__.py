"""Published architectures written as circuits, small, to be held against torch."""
