"""A small operation on four nodes, for anyone to try: a centre in Barbados, one in Lyon, Guyana's police and a
care service in Guyana. Everybody in it is generated.
"""
