"""Answer what a service told care of somebody: what care does, for the service to read."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import part
from libertad.care.models import Disclosure
from libertad.people.queries import concerns_of
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.serving import ServiceReply


@action("service.reply")
def reply_concern(act: Act, *, disclosure: str, entry: str, words: str) -> None:
    """Refused for another authority's disclosure, and for a concern that the service did not tell."""
    row = part(act, Disclosure, disclosure, "disclosure", "disclosure.end")
    if row["authority"] != act.actor.authority or not row["file"]:
        raise Refused("disclosure", "another care authority made it, and answers")
    if entry not in concerns_of(act, row["file"]):
        raise Refused("entry", "the service did not tell this: load the page again")
    act.say(row["file"], ServiceReply(entry=entry, words=words.strip()), subject=row["file"], supersedes={})
