"""Evidence packages: what leaves, and who may make one."""

from __future__ import annotations

import pytest

from libertad.access.acting import Act
from libertad.access.attaching import ABOUT, attach
from libertad.access.entries import disclosed
from libertad.access.models import Opening
from libertad.evidence import package as form
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seize import seize
from libertad.evidence.events import KINDS
from libertad.evidence.models import Exhibit
from libertad.evidence.package import SignedEntry
from libertad.evidence.package_check import check_package
from libertad.evidence.package_keys import spaced
from libertad.journal import header
from libertad.vocabulary.verbs.evidence import CustodyStatement
from tests.evidence.packages import (
    OTHER,
    Made,
    device_of,
    files_of,
    open_signed,
    package_case,
    packaged,
    page_of,
)
from tests.support.lawless import lawless
from tests.support.pictures import jpeg
from tests.support.populated import Populated
from tests.support.sealed_rows import opened

__all__ = ["package_case"]
NAME, PICTURE = "The lock of the blue door", jpeg(b"the blue door, generated")


def test_the_prosecutor_makes_a_package_that_proves_the_chain(package_case: Made) -> None:
    page = package_case.world.client("prosecutor").get(f"/exhibits/{package_case.exhibit}/").content.decode()
    assert page_of(package_case.exhibit) in page
    report = check_package(package_case.data, list(package_case.keys.values()))
    assert report.is_intact, report.wrong
    assert report.vouched, report.keys
    assert report.story is not None
    titles = [line.title for line in report.story.lines]
    assert titles[0] == "Taken by Sgt. Name officer" and len(titles) == 9
    assert titles[5] == "Nobody is recorded as holding it for 2 h 00 min" and not report.story.lines[5].entry
    assert "Released by Sgt. Name exhibits-officer without a receiving officer: a gap begins" in titles
    assert "explained by a statement of Sgt. Name exhibits-officer" in report.story.sentence
    assert any("chain.html says exactly what the entries say" in line for line in report.proven)
    readable = files_of(package_case.data)["chain.html"].decode()
    assert "Generated for a demonstration: no real thing, no real person" in readable
    assert "It lay in the boat." in readable and "Phone, blue" in readable
    assert any("was appointed" in line for line in report.unproven)  # what it cannot prove is said too


def test_it_holds_this_exhibit_alone_and_nothing_of_care_nor_how_anybody_signs_in(package_case: Made) -> None:
    package = form.unpack(package_case.data)
    every_entry = [open_signed(entry) for entry in package.entries]
    assert None not in every_entry
    rooms = {entry.body.verb.partition(".")[0] for entry in every_entry}
    assert rooms == {"exhibit", "custody", "operation", "authority", "device"}
    kinds = {header.decode(entry.header).type_class for entry in package.entries}
    assert kinds <= {"case", "operation", "authority"}
    care = {package_case.world.authorities["care"], package_case.world.authorities["deciding"]}
    assert not care & (
        {one.body.authority for one in every_entry} | {one.body.subject for one in every_entry}
    )
    every = b"".join(files_of(package_case.data).values()) + b"".join(
        _decrypt_body(entry) for entry in package.entries
    )
    assert OTHER.encode() not in every
    for number in (b"N-officer", b"N-exhibits-officer", b"N-prosecutor", b"BB-001"):
        assert number not in every  # numbers with which officers sign in


def test_no_picture_of_it_and_no_entry_about_it_from_another_file_goes_along(populated: Populated) -> None:
    """Another case file may say what it likes of an exhibit; neither it nor a picture is in the package."""
    world = populated.world
    page = {"country": "GY", "kind": "document", "description": "A drawing, generated"}
    exhibit = str(world.perform("officer", seize, **page))
    officer, row = world.actor("officer"), Exhibit.objects.get(pk=exhibit)
    about = ABOUT["exhibit"](officer, exhibit)
    assert about is not None
    attach(officer, about, content=PICTURE, name=NAME, happened=world.at(5, 14))
    assert row.compartment == about.compartment, "sealed in the very file that the package is of"

    def elsewhere(act: Act) -> str:
        readers = [world.authorities[key] for key in ("police", "prosecution")]
        file = act.open("case", act.new_id(), readers)
        return act.say(file, CustodyStatement(words="Said in another file."), subject=exhibit)

    with lawless():
        entry_id = world.perform("officer", elsewhere)
    prosecutor = world.actor("prosecutor")
    behind = disclosed(prosecutor, [f"{Exhibit._meta.label}:{exhibit}"], kinds=("case",))
    assert entry_id in {disclosed_entry.said.id for disclosed_entry in behind}, (
        "the prosecutor reads it: only the file keeps it out"
    )
    data = packaged(world, exhibit)
    package = form.unpack(data)
    assert entry_id not in {open_signed(entry).id for entry in package.entries}
    assert {entry.compartment for entry in map(open_signed, package.entries) if entry.verb in KINDS} == {
        row.compartment
    }
    every = b"".join(files_of(data).values()) + b"".join(_decrypt_body(entry) for entry in package.entries)
    for excluded in (b"Said in another file.", NAME.encode(), PICTURE):
        assert excluded not in every


def _decrypt_body(entry: SignedEntry) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    bound = header.bound(header.decode(entry.header))
    return AESGCM(entry.key).decrypt(bytes(12), entry.body[32:], bound)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("prosecutor", 200),
        ("exhibits-officer", 200),
        ("national-lead", 200),
        ("officer", 404),
        ("analyst", 404),
        ("coordinator", 404),
        ("caseworker", 404),
        ("deciding-authority", 404),
        ("press", 404),
        ("other-lead", 404),
    ],
)
def test_only_who_may_make_one_gets_one(package_case: Made, role: str, status: int) -> None:
    """The matrix says who; another country's are told no more than that there is none."""
    before = len(opened(Opening, page="evidence-package"))
    answer = package_case.world.client(role).post(page_of(package_case.exhibit))
    assert answer.status_code == status
    assert (answer["Content-Type"] == "application/zip") == (status == 200)
    assert len(opened(Opening, page="evidence-package")) == before + (status == 200)


def test_each_package_is_recorded_before_it_leaves_and_two_posts_are_two(package_case: Made) -> None:
    client = package_case.world.client("prosecutor")
    response = client.get(page_of(package_case.exhibit))
    again = {"submission": response.content.decode().partition('name="submission" value="')[2][:22]}
    packages = opened(Opening, subject=package_case.exhibit, page="evidence-package")
    assert package_case.world.actor("prosecutor").officer in {row.officer for row in packages}
    before = len(packages)
    answers = [client.post(page_of(package_case.exhibit), again) for _ in range(2)]
    assert all(check_package(a.content, list(package_case.keys.values())).is_intact for a in answers)
    assert len(opened(Opening, subject=package_case.exhibit, page="evidence-package")) == before + 2
    numbers = client.get(page_of(package_case.exhibit)).content.decode()
    for number in (
        *package_case.keys.values(),
        *(package_case.world.authorities[key] for key in package_case.keys),
    ):
        assert spaced(number) in numbers, "what a court is told by another way"
    assert "Packages made so far" in client.get(page_of(package_case.exhibit)).content.decode()
    name = answers[0]["Content-Disposition"]
    assert 'filename="evidence-GY-' in name and answers[0]["Cache-Control"] == "no-store"


def test_an_exhibit_that_was_returned_says_so_in_its_package(populated: Populated) -> None:
    world = populated.world
    page = {"country": "GY", "kind": "document", "description": "A page, generated"}
    exhibit = world.perform("officer", seize, **page)
    aunt = {"signed": "yes", "in_person": "no", "to_name": "Her aunt"}
    world.perform("officer", return_exhibit, exhibit=exhibit, **aunt)
    report = check_package(packaged(world, exhibit, "national-lead"), [device_of(world, "police")])
    assert report.is_intact and report.story is not None
    last = report.story.lines[-1]
    assert last.title == "Returned by Sgt. Name officer: custody ends" and ("To", "Her aunt") in last.pairs


def test_what_audits_found_is_told_as_the_makers_word_and_their_entries_stay(populated: Populated) -> None:
    world = populated.world
    exhibit = populated.ids["stored"]
    data = packaged(world, exhibit)
    report = check_package(data, [device_of(world, key) for key in ("police", "prosecution", "centre")])
    readable = files_of(data)["chain.html"].decode()
    assert report.is_intact, report.wrong
    assert "is missing. Audit of Shelf 1" in readable and "Not explained" in readable
    assert any("What an audit found, as whoever made the file tells it" in line for line in report.unproven)
    assert all(open_signed(entry).body.verb != "store.audit" for entry in form.unpack(data).entries)
