"""A plate of the linear algebra of wires: bending, sliding, and the outer product."""
