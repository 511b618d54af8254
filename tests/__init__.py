"""Tests: laws before examples, and a mirror of the packages."""
