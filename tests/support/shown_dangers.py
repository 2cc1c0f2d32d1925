"""The dangers that a page for closing shows, as its form sends them."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client


def shown_dangers(client: Client, address: str) -> list[str]:
    """Entries of the dangers on the page, the newest first; [] where there is no page."""
    text = client.get(address).content.decode()
    return re.findall(r'<input type="hidden" name="answers" value="([0-9a-f]{64})">', text)


def close_shown(client: Client, address: str, done: str) -> Any:
    """The answer of the form for closing, as it is filled in by somebody who has just opened its page."""
    return client.post(address, {"done": done, "answers": shown_dangers(client, address)})
