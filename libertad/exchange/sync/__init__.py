"""A node's side of the talk with its peers, and its repair."""
