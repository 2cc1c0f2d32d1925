"""The ways that parcels go: HTTP, letters by NATS, bundles by hand."""
