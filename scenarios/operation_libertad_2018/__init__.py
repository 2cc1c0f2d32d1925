"""Operation Libertad, 3 to 9 April 2018. Only the fixed points of the record are facts; all else is generated."""
