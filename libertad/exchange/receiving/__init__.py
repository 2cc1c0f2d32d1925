"""What a peer sent, checked and committed."""
