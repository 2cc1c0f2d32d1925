"""What holds for pages of every program: the languages that they are in, what a browser may load for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from libertad.installed import BASE

LOCALE_PATHS = [BASE / "libertad" / "locale"]
# A language whose catalogue is not there is not offered: the page would be English under another name.
LANGUAGES = [
    (code, name)
    for code, name in (
        ("en", _("English")),
        ("es", _("Spanish")),
        ("pt", _("Portuguese")),
        ("fr", _("French")),
        ("nl", _("Dutch")),
    )
    if code == "en" or (LOCALE_PATHS[0] / code / "LC_MESSAGES" / "django.mo").is_file()
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
