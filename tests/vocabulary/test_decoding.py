"""No two threads may meet a type that msgspec knows by half: that ends the process."""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Four threads decode types that nobody has decoded before, as four peers' first questions to a new node.
FIRST_USES = """
import sys, threading
import msgspec
from libertad.exchange.protocol import messages
from libertad.vocabulary import body

sys.setswitchinterval(1e-6)

def fresh(number):
    many = [(f"f{n}", dict[str, list[int]], msgspec.field(default_factory=dict)) for n in range(30)]
    inner = msgspec.defstruct(f"Inner{number}", many)
    return msgspec.defstruct(f"Outer{number}", [("a", list[inner]), ("b", inner)])

for number in range(50):
    kind = fresh(number)
    filled = {f"f{n}": {"a": [1]} for n in range(30)}
    plain = {"a": [filled], "b": filled}
    packed = messages.pack(plain)
    together = threading.Barrier(4)

    def decode(kind=kind, plain=plain, packed=packed, together=together):
        together.wait()
        USE

    threads = [threading.Thread(target=decode) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
print("all decoded")
"""


@pytest.mark.parametrize("use", ["messages.unpack(packed, kind)", "body.build(kind, plain)"])
def test_threads_that_first_use_a_type_at_once_do_not_end_the_process(use: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_USES.replace("USE", use)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode != -signal.SIGSEGV
    assert done.stdout == "all decoded\n", done.stderr


def decodings(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """Every type that something is decoded into: (line, expression)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not ast.unparse(node.func).startswith("msgspec."):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        types = [*node.args[1:2]] if name in ("convert", "decode") else node.args[:1]
        if name in ("convert", "decode", "Decoder"):
            types += [keyword.value for keyword in node.keywords if keyword.arg == "type"]
            yield from ((node.lineno, kind) for kind in types)


def test_nothing_is_decoded_into_a_type_that_is_not_prepared() -> None:
    count, wrong = 0, []
    for path in sorted((ROOT / "libertad").rglob("*.py")):
        if path.name == "decoding.py":
            continue
        for line, kind in decodings(ast.parse(path.read_text("utf-8"))):
            count += 1
            if not ast.unparse(kind).startswith("prepared("):
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {ast.unparse(kind)}")
    assert wrong == []
    assert count > 20
