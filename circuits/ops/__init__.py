"""The ops: one family a file, primitives and composites alike."""
