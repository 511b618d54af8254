"""The target `torch`: plain readable PyTorch, a module class a subcircuit."""
