"""Format numbers: what a version of the program can read. Nodes tell each other theirs in every message.

A node that tells none is of format 1, which is version 0.1. What an older node cannot read is not sent to it:
a new kind of file is opened only when every reader's node told that it knows it.
"""

from __future__ import annotations

from collections.abc import Mapping

FIRST = 1  # 0.1: tells no number
TODAY = 7  # 0.2, with phones; 6, 5, 4, 3 and 2 are 0.2 while it was made
# Of judging and folding: raised with any change of what becomes of entries that are on file already. A node
# then judges and folds all of them anew, once, before it serves (`journal/upgrade.py`). 1 is 0.1's.
RULES = 39
# By what it is called: the format that knows it. A new one goes here before anything makes use of it.
FEATURES: Mapping[str, int] = {
    "complaint": 4,  # files of the kind `complaint`, which no other node is given
    "count": 2,  # files of the kind `count`
    "desk": 2,  # files of the kind `desk`, which no other node is given
    "disclosure": 5,  # files of the kind `disclosure`
    "large": 4,  # attachments above 20 MB
    "leading": 6,  # files of the kind `leading`
    "phone": 7,  # an officer's phone: an older node holds its enrolment and takes nothing that it says
    "late": 3,  # files of the kind `late`, and numbers said by the hour
    "sides": 2,  # a tree, a cursor and a checkpoint for each side of a node
}


def needed(feature: str) -> int:
    """The format that knows a feature; FIRST for what was there from the beginning."""
    return FEATURES.get(feature, FIRST)
