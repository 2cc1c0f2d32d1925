"""Entries -> read models of this room."""
