"""Who the peers are and how far we are with each."""
