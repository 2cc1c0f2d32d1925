"""Acceptance scenarios: what the public record says, and a seeded generator for the rest."""
