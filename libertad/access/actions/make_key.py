"""Give a program a key with which it asks as the acting officer."""

from __future__ import annotations

from datetime import datetime

from libertad.access.acting import Act, action
from libertad.vocabulary.verbs.access import KeyMake

INSERT = (
    'insert into access_api_key (id, digest, account_id, authority, role, made, expires, "window", asked) '
    "values (?, ?, ?, ?, ?, ?, ?, ?, 0)"
)


@action("key.make", "compartment.open")
def make_key(act: Act, *, program: str, account: int, digest: str, made: datetime, expires: datetime) -> str:
    """Returns the key's id. Its hash is stored with its entry: there is none without the other."""
    own = act.find_compartment("authority", act.actor.authority)
    place = own if own is not None else act.open("authority", act.actor.authority, ())
    key = act.new_id()
    act.say(
        place,
        KeyMake(program=program.strip(), until=expires.date().isoformat()),
        subject=key,
        source="decision",
    )
    moment = act.tx.sql.django.ops.adapt_datetimefield_value
    row = (key, digest, account, act.actor.authority, act.actor.role)
    act.tx.sql.run(INSERT, (*row, moment(made), moment(expires), moment(made)))
    return key
