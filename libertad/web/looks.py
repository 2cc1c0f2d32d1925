"""Moved to libertad.look.looks."""

from libertad.look.looks import *  # noqa: F403
