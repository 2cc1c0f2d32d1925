"""Moved to libertad.look.fields."""

from libertad.look.fields import *  # noqa: F403
