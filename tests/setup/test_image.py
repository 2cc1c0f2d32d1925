"""deploy/Containerfile, instruction by instruction, and the node that it makes.

No engine builds it in a test; `tests/support/image.py` carries it out in a root of its own, in which what the
program needs is there already; `make soak` does so from the wheels of all that it needs.
"""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.setup.test_unit import end, served
from tests.support.databases import KIND
from tests.support.image import Image, instructions
from tests.support.outside import PASSPHRASE, ROOT
from tests.support.serving import free_port
from tests.support.unit import Namespace, bare_machine

pytestmark = [
    pytest.mark.skipif(KIND != "sqlite", reason="of the image, not of the database"),
    pytest.mark.xdist_group("package"),
]
TEXT = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
FOUND = (
    "libertad",
    "found",
    "--name",
    "The centre",
    "--kind",
    "centre",
    "--country",
    "BO",
    "--zone",
    "America/La_Paz",
    "--administrator",
    "X. Quillabamba",
    "--number",
    "BO-ADM",
)


def test_what_it_makes_serves_a_node_as_its_user(listed: Path, tmp_path: Path) -> None:
    with bare_machine(tmp_path) as at:
        image = Image.build(at, tmp_path / "root", listed, TEXT)
        serves(at, image, tmp_path / "log")


def serves(at: Namespace, image: Image, log: Path) -> None:
    """It founds a node in its volume, serves it, and ends by its own signal."""
    assert image.user not in ("root", "0") and image.volumes == ["/srv/libertad/node"]
    assert at.root(f"ls {image.root}/wheels 2>&1 || true").endswith("No such file or directory\n")
    secret = f"{image.root}{image.settings['LIBERTAD_PASSPHRASE_FILE']}"
    number = at.root(f"chroot {image.root} id -u {image.user}").strip()
    at.root(f"(umask 077; echo '{PASSPHRASE}' > {secret}); chown {number} {secret}")
    image.settings |= {"LIBERTAD_HOSTS": "localhost", "LIBERTAD_TRUSTED_PROXIES": "127.0.0.1"}
    subprocess.run(image.enter(*FOUND, user=image.user), check=True, capture_output=True)
    assert at.root(f"ls -A {image.root}{image.volumes[0]}").split(), "the node lies in the volume"
    (port,), free = image.ports, free_port()
    command = [str(free) if word == str(port) else word for word in image.command]
    assert command != image.command
    with log.open("wb") as file:
        process = subprocess.Popen(
            image.enter(*command, user=image.user), stdin=subprocess.DEVNULL, stdout=file, stderr=file
        )
    at.started.append(process)
    code, page = served(free, process, log)
    assert code == 200 and "csrfmiddlewaretoken" in page
    end(process, log, signal.Signals[image.stop])


@pytest.mark.soak
def test_from_the_wheels_of_all_that_it_needs(all_wheels: Path, tmp_path: Path) -> None:
    with bare_machine(tmp_path) as at:
        image = Image.build(at, tmp_path / "root", all_wheels, TEXT, needed=False)
        serves(at, image, tmp_path / "log")


def test_another_list_than_the_one_that_was_summed_builds_nothing(listed: Path, tmp_path: Path) -> None:
    with bare_machine(tmp_path) as at:
        at.root(f"cp -r {listed} {tmp_path}/other")
        text = (listed / "requirements.txt").read_text().replace("--hash=sha256:", "--hash=sha256:0", 1)
        (tmp_path / "other" / "requirements.txt").write_text(text)
        with pytest.raises(AssertionError, match="checksum"):
            Image.build(at, tmp_path / "root", tmp_path / "other", TEXT)


def test_every_instruction_is_one_that_is_carried_out() -> None:
    assert [name for name, _ in instructions("# x\nRUN a \\\n# y\n  && b\nUSER c\n")] == ["RUN", "USER"]
    assert {"COPY", "RUN", "USER", "CMD"} <= {name for name, _ in instructions(TEXT)}
