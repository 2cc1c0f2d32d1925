"""Say what care did about a person in danger. In care's own file: police learn neither that nor what."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import met, protection_file
from libertad.care.models import CareFile
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.danger import CareDangerClose


@action("care.danger_close")
def close_care_danger(act: Act, *, person: str, done: str) -> str:
    """Returns the entry's hash. The same words sent twice by one officer close once; others are refused.

    The protection file is opened by it where there is none. A closed file takes this word too.
    """
    place = protection_file(act, "care.danger_close", person)
    if met(act, person).danger != "yes":
        raise Refused("done", "nobody said that this person is in danger")
    row = act.get(CareFile, person)
    words = act.opened(CareFile, row) if row else {}
    for _ms, _zone, officer, _authority, told, entry in words.get("danger_closed", ()):
        if officer == act.actor.officer and told == done.strip():
            return str(entry)
        raise Refused("done", "this was closed meanwhile; read the file again")
    what = CareDangerClose(person=person, done=done.strip())
    return act.say(place, what, subject=person, supersedes={})
