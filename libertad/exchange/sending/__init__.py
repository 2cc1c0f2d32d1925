"""What a peer may hold of our journal, and how it gets there."""
