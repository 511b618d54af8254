"""Tests of the package codegen."""
