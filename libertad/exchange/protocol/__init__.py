"""What passes between two nodes as bytes: forms, seals, signatures and codes. No database."""
