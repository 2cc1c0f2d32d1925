"""The same person, phone or passport in another country: real time, in batches, and in private."""
