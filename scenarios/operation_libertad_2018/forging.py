"""What a changed node sends: a real node, with keys of its own, that says what is not its to say.

It joins by an invitation and a bundle like any other, in a process and a home of its own. Then it says, with
its own checks left out, that an officer of another authority has left, and sends that in a bundle. Everything
in the bundle is validly signed; what it says is held at whoever reads it, with an alarm. (A bundle whose
signature does not fit is refused as a whole, so that nothing of it could be held.)

`python -m scenarios.operation_libertad_2018.forging FOLDER` is its side, with its home in FOLDER: it takes
its turns, `join` and `forge`, from its input, a line each, and repeats the line when it has done so.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# No police and no centre: the figures count those, and the operation of 2018 had sixteen.
NAME = "Prosecution office, Barbados (generated)"
ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds for each of its two turns
VICTIM = "analyst"


class ChangedNode:
    """The process of the other node. What passes between the two lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {k: v for k, v in os.environ.items() if k != "LIBERTAD_DATABASE_URL"} | {
            "LIBERTAD_HOME": str(folder / "home"),
            "DJANGO_SETTINGS_MODULE": "libertad.web.settings.demo",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "scenarios.operation_libertad_2018.forging", str(folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def turn(self, name: str) -> None:
        """Let it take a turn. RuntimeError where it does not."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked and told  # noqa: S101  both are pipes
        try:
            asked.write(f"{name}\n".encode())
        except BrokenPipeError as why:
            raise RuntimeError("the changed node has ended") from why
        ready, _, _ = select.select([told], [], [], PATIENCE)
        if not ready or told.readline().decode().strip() != name:
            raise RuntimeError(f"the changed node did not {name}")

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def changed_node() -> Iterator[ChangedNode]:
    """It starts at once, beside whatever is done until its turns; nothing of it is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="libertad-forging-"))
    node = ChangedNode(folder)
    try:
        yield node
    finally:
        node.end()
        shutil.rmtree(folder, ignore_errors=True)


def receive_forgery(coordinator: Any, other: ChangedNode) -> str:
    """Invite the node, read what it sends, and return the id of the alarm that this raises.

    Needs this node and its clock.
    """
    from libertad.exchange.models import Alarm
    from libertad.exchange.onboarding import admission
    from libertad.exchange.sync.endpoint import Exchange
    from libertad.exchange.transport import bundle_exchange
    from libertad.journal.node import node

    folder = other.folder
    invitation, text = admission.invite_node(
        coordinator,
        name=NAME,
        kind="prosecution",
        country="BB",
        zone="America/Barbados",
        address="",
        provenance="generated",
    )
    (folder / "invitation").write_text(text)
    other.turn("join")
    came = admission.take_answer(node(), (folder / "answer").read_text())
    exchange = Exchange(node())
    bundle_exchange.write(exchange, came.origin, _new_folder(folder / "there"))
    other.turn("forge")
    bundle_exchange.read(exchange, sorted((folder / "back").iterdir()))
    alarm = Alarm.objects.filter(kind="about", who=invitation.authority).first()
    if alarm is None:
        raise RuntimeError("the forged entry was not held: run libertad journal verify")
    return str(alarm.pk)


def _new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


# -- the other node --------------------------------------------------------------------------------


def _join(folder: Path) -> None:
    from libertad.exchange.models import Peer
    from libertad.exchange.onboarding import admission

    text = (folder / "invitation").read_text()
    admission.join(text, administrator="Generated", service_number="X-1", address="", provenance="generated")
    (folder / "answer").write_text(admission.answer_for(Peer.objects.get().origin))


def _forge(folder: Path) -> None:
    from libertad.access.acting import Act
    from libertad.access.models import Account, Officer
    from libertad.access.operation_files import pinned_file
    from libertad.access.queries import actor_of
    from libertad.exchange.models import Peer
    from libertad.exchange.sync.endpoint import Exchange
    from libertad.exchange.transport import bundle_exchange
    from libertad.journal.node import node
    from libertad.vocabulary.verbs.access import OfficerWithdraw

    class Unchecked(Act):
        """An action without the checks that every node makes of its own officers."""

        def _check(self, *args: Any, **kwargs: Any) -> None:
            """None: that is what was changed."""

    exchange, origin = Exchange(node()), Peer.objects.get().origin
    bundle_exchange.read(exchange, sorted((folder / "there").iterdir()))
    actor = actor_of(Account.objects.get())
    if actor is None or not actor.operation:
        raise RuntimeError("the operation has not arrived")
    victim = Officer.objects.exclude(authority=actor.authority).filter(role=VICTIM).order_by("pk").first()
    if victim is None:
        raise RuntimeError("there is nobody of whom it could say anything")
    place = pinned_file(node().sql(), actor.operation) or ""
    content = OfficerWithdraw(reason="Generated: said by a node whose program was changed")
    node().writer.submit(
        lambda tx: Unchecked(tx, actor, provenance="generated").say(place, content, subject=victim.pk)
    )
    bundle_exchange.write(exchange, origin, _new_folder(folder / "back"))


def _take_turns(folder: Path) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    for line in sys.stdin:
        {"join": _join, "forge": _forge}[line.strip()](folder)
        print(line.strip(), flush=True)


if __name__ == "__main__":
    _take_turns(Path(sys.argv[1]))
