"""Tests of the package editor."""
