"""The demo's routes: production's, a sign-in as each role, the gallery. Production never imports this."""

from __future__ import annotations

from django.urls import path

from libertad.web import demo
from libertad.web.gallery_urls import urlpatterns as gallery
from libertad.web.urls import handler400, handler403, handler404, handler500
from libertad.web.urls import urlpatterns as production

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("demo/", demo.sign_in_as, name="demo"),
    path("demo/five-minutes/", demo.five_minutes, name="demo-five-minutes"),
    path("demo/accounts.json", demo.accounts, name="demo-accounts"),
    *gallery,
    *production,
]
