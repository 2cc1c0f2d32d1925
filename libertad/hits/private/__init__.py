"""Asking an authority that shares nothing whether it knows the same person, phone or document."""
