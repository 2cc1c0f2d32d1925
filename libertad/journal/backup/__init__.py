"""Backing a node up and restoring it elsewhere. docs/backup.md."""
