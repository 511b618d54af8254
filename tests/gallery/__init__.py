"""Tests of the package gallery."""
