"""The people of the plot: met, assessed, linked; property; and what the care authorities do for them.

Everybody here is generated. Nothing is written about what was done to a person beyond what a step needs.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from libertad.vocabulary.values import Answer, Birth, PersonName
from scenarios.operation_libertad_2018 import caring, desk, disclosing, exploitation, names
from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage

UTC = dt.UTC
LAST = dt.datetime(2018, 4, 9, 22, 40, tzinfo=UTC)
START = dt.datetime(2018, 3, 1, tzinfo=UTC)
# Who of a country's records was met before in another: by place among those met again.
CROSS = {"CW": ("VE/1",), "LC": ("VC/20",), "VE": ("GY/30", "GY/31")}
# Met in two countries, and decided about by care in both: counted once, where first met.
DECIDED_TWICE = {"CW": "VE/1"}
# Met at a mine before its people were moved, and again at the second site.
MOVED = {
    "GY/30": ("GY-6", dt.datetime(2018, 4, 3, 15, 10, tzinfo=UTC)),
    "GY/31": ("GY-6", dt.datetime(2018, 4, 3, 15, 25, tzinfo=UTC)),
}
# Of these, who is found to be the same person by a hit that two officers read.
MOVED_BY_HIT = "GY/30"
AGAIN = ("VE-1", dt.datetime(2018, 4, 7, 17, 20, tzinfo=UTC))
PASSPORTS = 30
GUARDIAN = "Guardian of the child protection service"
SAID = [
    ("documents", "They took my passport the day we came. They said it was for registration."),
    ("pay", "I have not been paid. They say I still owe for the journey."),
    ("next", "I want to work, with pay. I do not want to go home now."),
    ("family", "My mother does not know where I am."),
    ("work", "The work was not what they told me."),
    ("housing", "We sleep where we work."),
]
ILO = (
    "retention-of-identity-documents",
    "withholding-of-wages",
    "restriction-of-movement",
    "debt-bondage",
    "deception",
)


# Said in danger when met: one long closed by both sides, and in one country the last one met, still open.
CLOSED = "VC/0"
STILL = ("GY",)
IN_DANGER: dict[str, Any] = {"danger": "yes", "needs": ("doctor", "interpreter", "safe-place")}


def people(
    book: Book, code: str, country: dict[str, Any], visited: list[tuple[int, dt.datetime]], kinds: list[str]
) -> None:
    """Spread a country's records over its visited sites; then what follows for each person."""
    rng = book.rng
    places = visited
    total = country["records"]
    fates = _fates(country, total)
    last: tuple[dt.datetime, dict[str, Any]] | None = None
    times: dict[str, dt.datetime] = {}
    children: list[str] = []
    for i, fate in enumerate(fates):
        if code == "VC" and i < PASSPORTS:
            n, at = places[0]
        else:
            n, at = places[i % len(places)]
        met = min(
            at + dt.timedelta(minutes=30 + 6 * (i // len(places) % 12)), LAST - dt.timedelta(minutes=40)
        )
        if code == "VC" and i < PASSPORTS:
            met = at + dt.timedelta(minutes=30 + 4 * i)
        first = _before(book, code, i, fates)
        if first in MOVED:
            n, met = int(AGAIN[0][3:]), AGAIN[1] + dt.timedelta(minutes=12 * (i - fates.index("again")))
        elif first:
            met = LAST - dt.timedelta(
                minutes=65
            )  # after any first meeting, so that it counts where first met
        drawn = _person_fields(rng, code, kinds[n], i, fate)
        if f"{code}/{i}" in MOVED:
            site, met = MOVED[f"{code}/{i}"]
            n, drawn = int(site[3:]), {**drawn, **_young_woman(f"{book.data['seed']} {code}/{i}")}
        drawn = names.given_name(f"{code}/{i}", drawn)
        book.met.setdefault(f"{code}-{n}", []).append(drawn)
        if f"{code}/{i}" == CLOSED:
            drawn |= IN_DANGER
            _danger_closed(book, code, CLOSED, met)
        if fate == "potential-victim" and (last is None or met > last[0]):
            last = met, drawn
        known = {k: drawn[k] for k in ("name", "birth", "sex", "language", "nationality")}
        book.add(START, lambda s, p=f"{code}/{i}", k=known: s.remember(f"who {p}", k))
        book.add(met, lambda s, c=code, k=f"{code}-{n}", p=f"{code}/{i}", w=drawn: _meet(s, c, k, p, w))
        _after(book, code, f"{code}/{i}", fate, met, i)
        exploitation.plan(book, code, f"{code}/{i}", fate, kinds[n], met, LAST)
        if fate != "again" or first:
            desk.taken(book, code, f"{code}/{i}", fate, met, drawn, LAST)
        times[f"{code}/{i}"] = met
        if fate in ("presumed", "confirmed") and drawn["birth"].ages_on(met)[1] < 18:
            children.append(f"{code}/{i}")
    caring.plan(book, code, fates, times, children, LAST)
    if code in STILL and last is not None:
        last[1].update(IN_DANGER)
    _twice(book, code, fates)


def _danger_closed(book: Book, code: str, key: str, met: dt.datetime) -> None:
    """Police and care each say for themselves what was done, neither of them reading the other's word."""
    lead = "Taken to the clinic by the second car; a constable stays until care is there."
    worker = "A worker is with her at the clinic. She sleeps at the shelter tonight."
    book.add(
        met + dt.timedelta(minutes=35),
        lambda s: s.do(
            code, "national-lead", "close_person_danger", person=s.get(f"person {key}"), done=lead
        ),
    )
    book.add(
        met + dt.timedelta(minutes=55),
        lambda s: s.do(
            f"{code}-care", "caseworker", "close_care_danger", person=s.get(f"person {key}"), done=worker
        ),
        f"{code}-care",
    )


def moved_again(book: Book) -> str:
    """Under which key who was moved is met again, in Venezuela."""
    country = book.data["countries"]["VE"]
    return f"VE/{_fates(country, country['records']).index('again')}"


def _before(book: Book, code: str, i: int, fates: list[str]) -> str:
    """Under which key this person was met before in another country of the play; or ''."""
    cross = CROSS.get(code, ())
    if fates[i] != "again" or i - fates.index("again") >= len(cross):
        return ""
    key = cross[i - fates.index("again")]
    return key if key[:2] in book.data["countries"] else ""


def _young_woman(seed: str) -> dict[str, Any]:
    """Who says her whole name and birth; by a seed of her own, so that nobody else becomes another."""
    own = Random(seed)
    forename = own.choice(("Yusmelis", "Marbelys", "Dayana"))
    family = " ".join(own.sample(("Quiroz", "Urdaneta", "Yánez"), 2))
    name = PersonName(text=f"{forename} {family}", given=forename, family=family)
    born = dt.date(own.randrange(1993, 2000), own.randrange(1, 13), own.randrange(1, 28))
    return {
        "name": (name,),
        "birth": Birth(date=born.isoformat()),
        "sex": "female",
        "language": ("spa",),
        "nationality": ("VE",),
        "seen_as": "potential-victim",
    }


def _fates(country: dict[str, Any], total: int) -> list[str]:
    """What becomes of each record, in a fixed order: the counts are the parameters'."""
    fates = ["confirmed"] * country["confirmed"] + ["presumed"] * country["presumed"]
    fates += ["not-a-victim"] * country["not_victim"] + ["not-assessed"] * country["unassessed"]
    rest = total - len(fates) - country["twice"]
    return fates + ["potential-victim"] * rest + ["again"] * country["twice"]


def _person_fields(rng: Random, code: str, kind: str, i: int, fate: str) -> dict[str, Any]:
    tongue = names.pick(rng, names.TONGUES[code])
    if code == "VC" and i < PASSPORTS:
        tongue = rng.choice(["vi", "vi", "zh"])
    share = {"night-club": 0.95, "gold-mine": 0.85, "market": 0.55, "factory": 0.5, "farm": 0.2}[kind]
    sex = "female" if rng.random() < share else "male"
    age = rng.choice([15, 16, 17]) if rng.random() < 0.08 else rng.randrange(18, 45)
    if code == "VC" and i == 0:
        tongue, sex = "vi", "female"
        birth = Birth(date="1999")
    elif rng.random() < 0.35:
        low = max(age - rng.randrange(1, 3), 12)
        birth = Birth(age_from=low, age_to=low + 3 if low >= 18 else min(low + 3, 19), on="2018-04-05")
    elif rng.random() < 0.3:
        birth = Birth(date=f"{2018 - age}-{rng.randrange(1, 13):02d}")
    else:
        birth = Birth(date=f"{2018 - age}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}")
    return {
        "name": names.person(rng, tongue, sex),
        "birth": birth,
        "sex": sex,
        "language": (names.LANGUAGE[tongue],),
        "nationality": (rng.choice(names.NATIONALITY[tongue]),),
        "needs": tuple(
            rng.sample(["doctor", "food-water", "interpreter", "safe-place"], rng.randrange(0, 3))
        ),
        "travel_document": "was-taken"
        if code == "VC" and i < PASSPORTS
        else rng.choice(["has-it", "was-taken", "was-taken", "not-asked"]),
        "with_whom": "With a sister and her child" if code == "GY" and i == 9 else "",
        "seen_as": "not-assessed" if fate == "not-assessed" else "potential-victim",
    }


def _meet(stage: Stage, code: str, site: str, key: str, drawn: dict[str, Any]) -> None:
    kind = stage.data["workplaces"][code][int(site[3:])]
    again = stage.ids.get(f"as {key}")
    if again:
        drawn = {**drawn, **stage.get(f"who {again}")}
        # In another country, and with one surname only, where the plot has its arcs.
        if again == MOVED_BY_HIT and stage.data.get("arcs", True):
            full_name = drawn["name"][0]
            family = full_name.family.split(" ")[0]
            drawn["name"] = (
                PersonName(text=f"{full_name.given} {family}", given=full_name.given, family=family),
            )
    stage.remember(
        f"person {key}",
        stage.do(
            code,
            "officer",
            "meet_person",
            by=stage.rng.randrange(2),
            source="said",
            country=code,
            site=stage.get(f"site {site}"),
            visit=stage.ids.get(f"visit {site}", ""),
            workplace=kind,
            **drawn,
        ),
    )


def _after(book: Book, code: str, key: str, fate: str, met: dt.datetime, i: int) -> None:
    rng = book.rng
    care = f"{code}-care"
    if rng.random() < 0.35 and fate != "again":
        topic, statement = rng.choice(SAID)
        book.add(
            met + dt.timedelta(minutes=5),
            lambda s: s.do(
                code,
                "officer",
                "state_person",
                source="said",
                person=s.get(f"person {key}"),
                topic=topic,
                words=statement,
            ),
        )
    if code == "VC" and i < PASSPORTS:
        _passport(book, code, key, met, i)
    if code == "VC" and i == 0:
        _two_birth_years(book, key)
    if fate in ("presumed", "confirmed", "not-a-victim"):
        _identified(book, code, key, fate, met, i)
        disclosing.plan(book, code, key, GUARDIAN)
    elif fate == "potential-victim" and rng.random() < 0.25:
        at = min(met + dt.timedelta(hours=3 + rng.randrange(20)), LAST)
        book.add(at, lambda s: _consent(s, care, key, at), care)


def _passport(book: Book, code: str, key: str, met: dt.datetime, i: int) -> None:
    """One of the 30 passports: taken by the employer, found in the office, returned and signed for."""
    book.add(
        met + dt.timedelta(minutes=2),
        lambda s: s.remember(
            f"passport {key}",
            s.do(
                code,
                "officer",
                "take_property",
                source="said",
                person=s.get(f"person {key}"),
                kind="passport",
                taken_by="employer",
                state="missing",
                description="Passport, taken on arrival",
            ),
        ),
    )
    found_at = dt.datetime(2018, 4, 6, 14, 0, tzinfo=UTC) + dt.timedelta(minutes=i)
    book.add(
        found_at,
        lambda s: s.do(
            code,
            "exhibits-officer",
            "change_property",
            property_id=s.get(f"passport {key}"),
            state="held",
            note="In the office safe",
        ),
    )
    back = dt.datetime(2018, 4, 8, 19, 0, tzinfo=UTC) + dt.timedelta(minutes=7 * i)
    if i == PASSPORTS - 1:
        back = dt.datetime(2018, 4, 9, 22, 31, tzinfo=UTC)
    book.add(
        back,
        lambda s: s.do(
            code,
            "exhibits-officer",
            "change_property",
            property_id=s.get(f"passport {key}"),
            state="returned",
            signed="yes",
            note="Checked by the owner",
        ),
    )


def _two_birth_years(book: Book, key: str) -> None:
    """A child with an uncertain age: she said 1999, the passport says 2001. Rules for a child apply."""
    book.add(
        dt.datetime(2018, 4, 8, 19, 31, tzinfo=UTC),
        lambda s: s.do(
            "VC-care",
            "caseworker",
            "state_person",
            source="document",
            person=s.get(f"person {key}"),
            birth=Birth(date="2001"),
            document_kind="passport",
            document_country="VN",
            topic="documents",
        ),
        "VC-care",
    )
    book.add(
        dt.datetime(2018, 4, 8, 20, 5, tzinfo=UTC),
        lambda s: s.do(
            "VC-care",
            "caseworker",
            "plan_safety",
            source="said",
            person=s.get(f"person {key}"),
            reach="Only through the shelter's duty line.",
            avoid="Never on her own phone.",
            checked=(s.now - dt.timedelta(days=1)).date().isoformat(),
        ),
        "VC-care",
    )


def _consent(stage: Stage, care: str, key: str, at: dt.datetime) -> None:
    rng, person = stage.rng, stage.get(f"person {key}")
    purpose, service = rng.choice([("shelter", "shelter"), ("doctor", "medical"), ("legal-aid", "legal-aid")])
    to = {"shelter": "Shelter A", "doctor": "Clinic of the centre", "legal-aid": "Legal aid office"}[purpose]
    drawn = stage.get(f"who {key}")
    young = drawn["birth"].ages_on(at)[0] < 18
    if young:
        stage.do(
            care,
            "caseworker",
            "assign_guardian",
            source="document",
            person=person,
            name=GUARDIAN,
            kind="institution",
            checked="yes",
        )
    consent = stage.do(
        care,
        "caseworker",
        "record_consent",
        source="said",
        person=person,
        purpose=purpose,
        recipient=to,
        agreed="yes",
        language=drawn["language"][0],
        capacity="guardian" if young else "able",
        guardian=GUARDIAN if young else "",
    )
    referral = stage.do(
        care,
        "caseworker",
        "refer",
        person=person,
        service=service,
        to=to,
        consent=consent,
        disclosed=("name", "languages"),
        needed_by=(at + dt.timedelta(days=rng.randrange(1, 4))).date().isoformat(),
    )
    if rng.random() < 0.97:
        # Minutes apart: of two answers in one moment neither is the later.
        stage.now = at + dt.timedelta(minutes=3)
        stage.do(
            care, "caseworker", "answer_referral", source="document", referral=referral, answer="accepted"
        )
        if rng.random() < 0.9 or at < dt.datetime(2018, 4, 7, tzinfo=UTC):
            stage.now = at + dt.timedelta(minutes=6)
            stage.do(
                care, "caseworker", "answer_referral", source="document", referral=referral, answer="given"
            )


def _identified(book: Book, code: str, key: str, fate: str, met: dt.datetime, i: int) -> None:
    rng, care = book.rng, f"{code}-care"
    screened = min(met + dt.timedelta(hours=4 + rng.randrange(16)), LAST - dt.timedelta(hours=2))
    screened = max(screened, met + dt.timedelta(minutes=10))
    forced = code == "GY" and i == 2
    denies = code == "JM" and i == 1
    answers = _answers(rng, fate)
    book.add(screened, lambda s: s.do_screening(care, key, answers), care)
    book.add(screened + dt.timedelta(minutes=1), lambda s: _consent(s, care, key, screened), care)
    decided = screened + dt.timedelta(minutes=20)

    def decide(stage: Stage, status: str, name: str) -> None:
        stage.remember(
            f"{name} {key}",
            stage.do(
                care,
                "caseworker",
                "identify",
                source="decision",
                person=stage.get(f"person {key}"),
                status=status,
                reasons=REASONS[status],
                screening=stage.get(f"screening {key}"),
                review_on="2018-04-23",
                non_punishment=forced and status != "not-a-victim",
                forced_to="carry gold across the border" if forced and status != "not-a-victim" else "",
                person_says="not-a-victim" if denies else "not-said",
            ),
        )

    def read(stage: Stage, name: str) -> None:
        stage.do(
            care,
            "caseworker",
            "read_identification",
            by=1,
            source="decision",
            identification=stage.get(f"{name} {key}"),
            agrees="yes",
        )

    first = "not-a-victim" if fate == "not-a-victim" else "presumed"
    book.add(decided, lambda s: decide(s, first, "first"), care)
    book.add(decided + dt.timedelta(minutes=15), lambda s: read(s, "first"), care)
    if fate == "confirmed":
        later = min(decided + dt.timedelta(hours=12), LAST - dt.timedelta(minutes=30))
        later = max(later, decided + dt.timedelta(minutes=16))
        book.add(later, lambda s: decide(s, "confirmed", "second"), care)
        book.add(later + dt.timedelta(minutes=10), lambda s: read(s, "second"), care)
        book.add(later + dt.timedelta(minutes=12), lambda s: _return_or_stay(s, code, key, i), care)


REASONS = {
    "presumed": "Documents kept by the employer, wages withheld, not free to leave.",
    "confirmed": "Presumed before; two officers and the person's own words agree; nothing speaks against it.",
    "not-a-victim": "Came and works by own choice, holds own documents, is paid, free to leave.",
}


def _answers(rng: Random, fate: str) -> tuple[Answer, ...]:
    answers = []
    for n, indicator in enumerate(ILO):
        likely = 0.08 if fate == "not-a-victim" else 0.75
        if n == 0 and fate != "not-a-victim":
            answer = "yes"
        else:
            answer = "yes" if rng.random() < likely else rng.choice(["no", "not-known", "refused"])
        answers.append(Answer(indicator=indicator, answer=answer))
    return tuple(answers)


def _ask(stage: Stage, code: str, key: str) -> None:
    """Care asks its country's deciding authority, once for each person: only then that one reads the file."""
    if f"asked {key}" not in stage.ids:
        asked = stage.do(
            f"{code}-care",
            "caseworker",
            "ask_decision",
            source="decision",
            person=stage.get(f"person {key}"),
            authority=stage.cast.authorities[f"{code}-deciding"],
            what="return",
            words="The wish is on file. The reflection period ends in thirty days.",
        )
        stage.remember(f"asked {key}", asked)


def _return_or_stay(stage: Stage, code: str, key: str, i: int) -> None:
    """The wish, then the decision by circumstances and the resources at hand."""
    rng, person = stage.rng, stage.get(f"person {key}")
    family = code == "GY" and i in (0, 1, 3)
    wish = "stay" if family else rng.choice(["stay", "stay", "return"])
    stage.do(
        f"{code}-care",
        "caseworker",
        "record_wish",
        source="said",
        person=person,
        wish=wish,
        words="I want to stay and work." if wish == "stay" else "I want to see my mother.",
    )
    circumstances = ["risk-of-re-trafficking"] if wish == "stay" else ["services-at-origin"]
    if family:
        circumstances.append("family-stays-together")
    if stage.get(f"who {key}")["birth"].ages_on(stage.now)[0] < 18 or (code, i) == ("VC", 0):
        circumstances += ["child-best-interest", "childs-views"]
    together = [f"GY/{n}" for n in (0, 1, 3) if n != i and f"screening GY/{n}" in stage.ids] if family else []
    for name in (key, *together):
        _ask(stage, code, name)
    decision = stage.do(
        f"{code}-deciding",
        "deciding-authority",
        "decide_return",
        source="decision",
        person=person,
        decision=wish,
        wish=wish,
        circumstances=tuple(circumstances),
        resources=("shelter-place", "reflection-period") if wish == "stay" else ("funds", "escort"),
        basis="Reflection period" if wish == "stay" else "",
        until="2018-07-09" if wish == "stay" else "",
        reasons="By the wish and the risk at origin."
        if wish == "stay"
        else "By the wish; services at origin confirmed.",
        review_on="2018-06-09",
        appeal_by="2018-05-09",
        together_with=tuple(stage.get(f"person {name}") for name in together),
    )
    stage.do(
        f"{code}-deciding",
        "deciding-authority",
        "read_return",
        by=1,
        source="decision",
        decision=decision,
        agrees="yes",
    )


def _twice(book: Book, code: str, fates: list[str]) -> None:
    """People met twice: the second record is linked to the first, so each is counted once."""
    again = [i for i, fate in enumerate(fates) if fate == "again"]
    potential = [i for i, fate in enumerate(fates) if fate == "potential-victim"]
    for place, i in enumerate(again):
        first = _before(book, code, i, fates) or f"{code}/{potential[place]}"
        elsewhere = "" if first.startswith(code) else first[:2]
        second = f"{code}/{i}"
        book.add(START, lambda s, a=first, b=second: s.remember(f"as {b}", a))
        if first == MOVED_BY_HIT:  # linked by the mission, once a second officer has read it
            continue
        at = LAST - dt.timedelta(minutes=60 - 3 * place)
        book.add(at, lambda s, c=code, o=elsewhere, a=first, b=second: _link(s, c, o, a, b))
        if DECIDED_TWICE.get(code) == first:
            book.add(
                at + dt.timedelta(minutes=8),
                lambda s, c=f"{code}-care", b=second: _decide_again(s, c, b),
                f"{code}-care",
            )


def _decide_again(stage: Stage, care: str, key: str) -> None:
    """Care where the person was met later decides too, and its second officer agrees."""
    decided = stage.do(
        care,
        "caseworker",
        "identify",
        source="decision",
        person=stage.get(f"person {key}"),
        status="presumed",
        reasons=REASONS["presumed"],
        review_on="2018-04-23",
    )
    stage.now += dt.timedelta(minutes=5)
    stage.do(
        care,
        "caseworker",
        "read_identification",
        by=1,
        source="decision",
        identification=decided,
        agrees="yes",
    )


def _link(stage: Stage, code: str, elsewhere: str, first: str, second: str) -> None:
    a, b = stage.get(f"person {first}"), stage.get(f"person {second}")
    if elsewhere:
        stage.share(
            elsewhere,
            a,
            stage.cast.authorities[code],
            "To tell whether it is the same person",
            "They telephoned about the document",
        )
    stage.link(
        code,
        b,
        a,
        "Same phone number, same name as said"
        if not elsewhere
        else "Same document number and photograph; met there some days before",
        "Both records compared",
    )
