"""How entries travel between nodes. Packages, each knowing those before it: protocol, peering, sending,
authorization, receiving, control, sync, onboarding and transport; then the scheduler, queries and pages."""
