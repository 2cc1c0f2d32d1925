"""Joining an operation from another node."""
