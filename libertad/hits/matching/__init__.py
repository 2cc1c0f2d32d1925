"""The matcher, usable by itself: records in, pairs with their weights out. No framework, no database."""
