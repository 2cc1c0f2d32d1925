"""Operation Libertad, 3 to 9 April 2018. The record's fixed points are facts; all else is generated."""
