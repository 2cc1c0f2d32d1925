"""Tests, mirroring libertad/ path by path; support/ holds what they share."""
