"""Moved to libertad.look.words and libertad.access.trying."""

from libertad.access.trying import try_perform  # noqa: F401
from libertad.look.words import *  # noqa: F403
