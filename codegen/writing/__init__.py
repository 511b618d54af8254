"""Writing Python that a formatter leaves alone: identifiers, expressions, statements, blocks."""
