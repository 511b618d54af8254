"""The regions: nodes that hold a body circuit."""
