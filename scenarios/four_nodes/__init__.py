"""A small operation on four nodes, for anyone to try; everybody in it is generated.

A centre in Barbados, one in Lyon, Guyana's police, and a care service in Guyana.
"""
