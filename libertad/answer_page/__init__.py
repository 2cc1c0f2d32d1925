"""The page by which a service outside Libertad answers once: a program of its own, on a host of its own.

It knows nothing of a node: neither its database nor its keys (`lint-imports` holds that nothing of a node is
imported here). A care node calls it; it calls nobody.
"""
