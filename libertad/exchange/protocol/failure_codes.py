"""By which way the exchange with a peer goes, and what can fail there: codes, and the words for them.

Needs no database and no node: the mail, which knows of neither, reports in these codes.
"""

from __future__ import annotations

import ssl

from django.utils.translation import gettext_noop as _

ASK, LETTER_OUT, CARRY, LETTER_IN, BUNDLE_IN, STRANGE = (
    "ask",
    "letter-out",
    "carry",
    "letter-in",
    "bundle-in",
    "strange",
)
WAYS = {
    ASK: _("Asking over the network"),
    LETTER_OUT: _("Letters out, to the broker"),
    CARRY: _("Letters out, from the leaf to the hub"),
    LETTER_IN: _("Letters in"),
    BUNDLE_IN: _("Bundles in"),
    STRANGE: _("Letters in, of nobody known"),
}
BY_MAIL = (LETTER_OUT, CARRY, LETTER_IN, STRANGE)
ITSELF = ""  # in place of a peer's name: the broker itself, or whoever sealed nothing that we can open
_CALL = _("Call its people; it is tried again by itself.")
_LOG = _("Look into the log of this node.")
_LINE = _("Give the hub's operator the line of libertad exchange nkey, for libertad nats users and boxes.")
CODES = {
    "refused": (
        _("What it gave does not prove what it has to: nothing of it was taken"),
        _("Call its people: its node may have been changed. Then libertad exchange repair."),
    ),
    "unknown": (
        _("It does not know this node yet, has suspended it, or is not there"),
        _("Call its people and compare the words of both nodes."),
    ),
    "behind": (
        _("Its journal is shorter than what it has shown: it was restored from a backup"),
        _("Ask its authority to accept the restore; if it has, libertad exchange repair."),
    ),
    "down": (_("Nothing answers at its address: its node is down or its address has changed"), _CALL),
    "late": (_("No answer in time: the line is slow or cut"), _CALL),
    "certificate": (
        _("Its certificate is not believed"),
        _("Name the authority that signed it in LIBERTAD_EXCHANGE_CA, or ask its people."),
    ),
    "cut": (_("The line was cut, or what answers there is no node"), _CALL),
    "address": (_("Its address cannot be reached"), _("Ask its people where their node answers.")),
    "here": (_("It failed at this node"), _LOG),
    "not-taken": (
        _("The broker did not take a letter in time: it is sent again"),
        _("libertad doctor tries the way to the broker."),
    ),
    "no-broker": (
        _("No broker answers: letters wait at this node"),
        _("Start the leaf, or look at LIBERTAD_NATS_URL; libertad doctor tries it."),
    ),
    "no-hub": (
        _("The hub does not answer: letters wait on the leaf's disk"),
        _("Nothing is lost. Look at the leaf's log, or call the hub's operator."),
    ),
    "no-room": (
        _("The hub takes no letters for it: its box there is full"),
        _("Call its people: the box empties once its node runs. Else call the hub's operator."),
    ),
    "no-box-there": (
        _("It has no box at the hub: letters do not reach it"),
        _("Nothing to do where it is reached by bundles. Else call the hub's operator: libertad nats boxes."),
    ),
    "no-box": (_("The hub brings no letters: it does not answer, or has no box for this node"), _LINE),
    "stranger": (
        _("A letter that no peer sealed for this node was refused"),
        _("Ask the hub's operator who may write to it. A restored peer is known once it was heard."),
    ),
}
"""By code: what failed, and what to do."""
TOLD_ALONE = {"stranger", "no-box-there"}
"""What is told and no fault of this node: whoever may write to the hub can bring it about, or the peer takes
no letters and is reached in another way."""


def code_of(why: BaseException) -> str:
    """The code of what went wrong on the way to a peer's address."""
    if isinstance(why, ConnectionRefusedError):
        return "down"
    if isinstance(why, TimeoutError):
        return "late"
    if isinstance(why, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(why, ConnectionError):
        return "cut"
    return "address" if isinstance(why, OSError) else "here"
