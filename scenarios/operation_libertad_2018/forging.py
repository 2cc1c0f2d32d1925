"""What a changed node sends: a real node, with keys of its own, that says what is not its to say.

It joins by an invitation and a bundle like any other, in a process and a home of its own. Then it says, with
its own checks left out, that an officer of another authority has left, and sends that in a bundle. Everything
in the bundle is validly signed; what it says is held at whoever reads it, with an alarm. (A bundle whose
signature does not fit is refused as a whole, so that nothing of it could be held.)

`python -m scenarios.operation_libertad_2018.forging join|forge FOLDER` is its side, with its home in FOLDER.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

# No police and no centre: the figures count those, and the operation of 2018 had sixteen.
NAME = "Prosecution office, Barbados (generated)"
ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds for each of its two turns
VICTIM = "analyst"


def receive_forgery(coordinator: Any) -> str:
    """Invite the node, read what it sends, and return the id of the alarm that this raises.

    Needs this node and its clock; the node that forges is gone when it returns.
    """
    from libertad.exchange.models import Alarm
    from libertad.exchange.onboarding import admission
    from libertad.exchange.sync.endpoint import Exchange
    from libertad.exchange.transport import bundle_exchange
    from libertad.journal.node import node

    folder = Path(tempfile.mkdtemp(prefix="libertad-forging-"))
    try:
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
        _turn("join", folder)
        came = admission.take_answer(node(), (folder / "answer").read_text())
        exchange = Exchange(node())
        bundle_exchange.write(exchange, came.origin, _new_folder(folder / "there"))
        _turn("forge", folder)
        bundle_exchange.read(exchange, sorted((folder / "back").iterdir()))
        alarm = Alarm.objects.filter(kind="about", who=invitation.authority).first()
        if alarm is None:
            raise RuntimeError("the forged entry was not held: run libertad journal verify")
        return str(alarm.pk)
    finally:
        shutil.rmtree(folder)


def _new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _turn(turn: str, folder: Path) -> None:
    """One turn of the other node, in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "LIBERTAD_DATABASE_URL"} | {
        "LIBERTAD_HOME": str(folder / "home"),
        "DJANGO_SETTINGS_MODULE": "libertad.web.settings.demo",
    }
    subprocess.run(
        [sys.executable, "-m", __name__ if __name__ != "__main__" else str(__spec__.name), turn, str(folder)],
        cwd=ROOT,
        env=environment,
        check=True,
        timeout=PATIENCE,
        stdout=subprocess.DEVNULL,
    )


# -- the other node --------------------------------------------------------------------------------


def _join(folder: Path) -> None:
    from django.core.management import call_command

    from libertad.exchange.models import Peer
    from libertad.exchange.onboarding import admission

    call_command("migrate", verbosity=0)
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


if __name__ == "__main__":
    import django

    django.setup()
    {"join": _join, "forge": _forge}[sys.argv[1]](Path(sys.argv[2]))
