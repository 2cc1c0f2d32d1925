"""The room `web` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "libertad.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.access.form_actions import CONFIRM
        from libertad.look.form_errors import speak_plainly
        from libertad.web import signing_in  # noqa: F401  a session's end is set at sign-in
        from libertad.web.confirming import confirm

        speak_plainly()
        if confirm not in CONFIRM:
            CONFIRM.append(confirm)
