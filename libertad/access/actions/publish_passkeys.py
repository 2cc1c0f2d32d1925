"""Tell who reads an officer's decisions with which passkeys that officer confirms them."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.access.passkey_models import Passkey
from libertad.vocabulary.verbs.vouching import OfficerPasskey, OfficerPasskeyEnd


@action("officer.passkey", "officer.passkey_end")
def publish_passkeys(act: Act, *, keys: Sequence[tuple[str, str, str]]) -> list[str]:
    """Bring what is published of the acting officer's passkeys to `keys` (credential, public key, name of the
    page): what is new is said, what is no longer there is ended. Returns the ids of those that it began.

    In the operation's file, which every member reads; else in the authority's own.
    """
    place = act.find_compartment("operation", act.actor.operation)
    if place is None or not act.reads(place):
        place = act.compartment("authority", act.actor.authority)
    standing: dict[str, str] = {}
    for row in act.find(Passkey, officer=act.actor.officer, authority=act.actor.authority):
        if row["ended_at"] is None and row["compartment"] == place:
            standing[act.open_row(Passkey, row)["credential"]] = row["id"]
    requested = {credential: (public, name) for credential, public, name in keys}
    for credential in sorted(standing.keys() - requested.keys()):
        act.say(place, OfficerPasskeyEnd(credential=credential), subject=standing[credential])
    begun = []
    for credential in sorted(requested.keys() - standing.keys()):
        public, name = requested[credential]
        subject = act.new_id(place)
        act.say(place, OfficerPasskey(credential=credential, public=public, name=name), subject=subject)
        begun.append(subject)
    return begun
