"""What nodes tell each other besides entries: keys, checkpoints, successions, requests to erase."""
