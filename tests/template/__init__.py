"""Tests of the master template and of filled forms."""
