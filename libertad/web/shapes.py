"""Moved to libertad.look.shapes."""

from libertad.look.shapes import *  # noqa: F403
