"""Tests of the canvas without a browser."""
