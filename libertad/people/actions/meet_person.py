"""Meet a person: opens the person's own compartment, and counts the person once, anonymously."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from libertad.access.acting import Act, action
from libertad.access.actions._receiving import receiving_care
from libertad.access.closed import refuse_new
from libertad.access.matrix import matrix
from libertad.people.danger import tally_id
from libertad.people.tally_states import age_group
from libertad.vocabulary.values import Birth, Happened, PersonName, Refused
from libertad.vocabulary.verbs.danger import DangerTally
from libertad.vocabulary.verbs.people import PersonMeet, PersonState, TallyPerson, TallySeen
from libertad.vocabulary.written import check_birth


@action("person.meet", "person.state", "tally.person", "tally.seen", "danger.tally")
def meet_person(
    act: Act,
    *,
    country: str,
    site: str = "",
    visit: str = "",
    name: Sequence[PersonName] = (),
    birth: Birth | None = None,
    birth_source: str = "",
    other_birth: Birth | None = None,
    sex: str = "",
    language: Sequence[str] = (),
    nationality: Sequence[str] = (),
    needs: Sequence[str] = (),
    travel_document: str = "",
    with_whom: str = "",
    danger: str = "no",
    seen_as: str = "not-assessed",
    workplace: str = "",
    person: str | None = None,
) -> str:
    """Returns the person's id.

    The file is read by the authority that met the person and by the care authority that it confirmed as its
    own; where it confirmed none, by itself alone. `danger`: 'yes', 'no', or '' where nobody asked. Danger is
    counted for the coordinator without a name, and only where police say it: what care meets is not counted.
    An age that is not the word of who spoke (`birth_source`: an officer's estimate, a document) is an entry
    of its own, so that nobody is told to have said it; for a role that says no such entry, the whole of it
    is that source's. `other_birth`: an age that contradicts `birth`, for which danger does not wait: both
    stand on file until somebody settles which holds, and the rules for a child apply. Whom care alone met is
    no part of the open side: its node counts that person with what care decides. Of a closed operation police
    record whom they met before the close; who is in danger, and who comes to care, is taken up at any time.
    """
    own = act.member(act.actor.authority)
    if own is None or own["country"] != country:
        raise Refused(
            "country",
            "your authority does not work in this country; its own police or care meets people there",
        )
    if own["kind"] != "care" and danger != "yes":  # somebody in danger is taken up, closed or not
        refuse_new(act, "country", act.happened)
    if birth is not None and birth.date:
        check_birth(birth.date, act.now.date() + timedelta(days=1))
    subject, counting = person or act.new_id(), act.new_id()
    if act.find_compartment("person", subject) is not None:
        raise Refused("person", "this id is taken; leave it empty")
    source = birth_source if birth is not None and birth_source else act.source
    states = matrix().may_say(act.actor.role, PersonState.VERB, "person")
    if birth is not None and other_birth is not None and not states:
        birth, other_birth = _either(birth, other_birth, act.happened), None
    apart = source != act.source and states
    content = PersonMeet(
        reference=act.reference("P", "person", country),
        counting=counting,
        country=country,
        site=site,
        visit=visit,
        name=tuple(name),
        birth=None if apart else birth,
        sex=sex,
        language=tuple(language),
        nationality=tuple(nationality),
        needs=tuple(needs),
        travel_document=travel_document,
        with_whom=with_whom,
        danger=danger,
        seen_as=seen_as,
    )
    place = act.open("person", subject, receiving_care(act, own))
    act.say(place, content, subject=subject, source=act.source if apart else source)
    if apart:
        act.say(place, PersonState(birth=birth), subject=subject, supersedes={}, source=source)
    if other_birth is not None:
        act.say(place, PersonState(birth=other_birth), subject=subject, supersedes={}, source=source)
    if own["kind"] == "care":
        return subject
    count_meeting(act, subject, content, birth if other_birth is None else None, workplace)
    return subject


def count_meeting(act: Act, person: str, met: PersonMeet, birth: Birth | None, workplace: str) -> None:
    """Count whom police met, without a name: as who, where, and whether in danger. `birth`: the one statement
    that there is, None where there is none or two contradict each other."""
    tally = act.operation_compartment
    counted = TallyPerson(
        country=met.country,
        age_group=age_group(birth, act.happened.at),
        sex=met.sex or "not-said",
        workplace=workplace,
    )
    act.say(tally, counted, subject=met.counting, supersedes={})
    act.say(tally, TallySeen(seen_as=met.seen_as, country=met.country), subject=met.counting, supersedes={})
    if met.danger == "yes":
        act.say(tally, DangerTally(state="open"), subject=tally_id(person), supersedes={})


def _either(birth: Birth, other_birth: Birth, happened: Happened) -> Birth:
    """One statement that allows the ages of both, of a role that says no second one: not settled either."""
    ages = [*birth.ages_on(happened.at), *other_birth.ages_on(happened.at)]
    return Birth(age_from=min(ages), age_to=max(ages), on=happened.local.date().isoformat())
