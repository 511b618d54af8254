"""Tests of the package circuits."""
