"""What the host answers a care node: it takes pages, gives answers away, takes pages back."""

from __future__ import annotations

from nacl.signing import SigningKey

from libertad.answer_page.messages import Reply, Standing
from libertad.answer_page.signing import public, read_request, sign_reply
from libertad.answer_page.store import Store, now

AGE = 10 * 24 * 3600 * 1000  # ms: an older request is one that somebody kept, or a clock is days away


def reply_to(message: bytes, store: Store, nodes: frozenset[str], key: SigningKey) -> bytes:
    """The signed reply; of a request of another time it tells this host's clock, and does nothing. Raises
    NotSigned."""
    request, moment = read_request(message, nodes, public(key)), now() * 1000
    pages: tuple[Standing, ...] = ()
    if abs(moment - request.sent_at) <= AGE:
        pages = tuple(store.answer_item(request.sender, item) for item in request.items)
    return sign_reply(Reply(request.nonce, moment, pages), message, key)
