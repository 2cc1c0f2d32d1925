"""The matcher, usable by itself: records in, pairs with their weights out. No framework, no database."""

from libertad.hits.matching.matcher import Matcher
from libertad.hits.matching.reasons import Hit, Reason, words
from libertad.hits.matching.record import Birth, Name, Record

__all__ = ["Birth", "Hit", "Matcher", "Name", "Reason", "Record", "words"]
