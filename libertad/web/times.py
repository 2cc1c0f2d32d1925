"""Moved to libertad.look.times."""

from libertad.look.times import *  # noqa: F403
