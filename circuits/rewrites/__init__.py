"""Rewrites: pure functions from circuits to circuits, valid in and valid out."""
