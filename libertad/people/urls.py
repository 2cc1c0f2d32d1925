from __future__ import annotations

from django.urls import path

from libertad.people import screens, screens_acts, screens_detention

urlpatterns = [
    path("people/", screens.people, name="people"),
    path("people/meet/", screens_acts.person_new, name="person-new"),
    path("people/<str:key>/", screens.person, name="person"),
    path("people/<str:key>/state/", screens_acts.person_state, name="person-state"),
    path("people/<str:key>/settle/", screens_acts.person_settle, name="person-settle"),
    path("people/<str:key>/view/", screens_acts.person_assess, name="person-assess"),
    path("people/<str:key>/same/", screens_acts.person_link, name="person-link"),
    path("people/<str:key>/share/", screens_acts.person_share, name="person-share"),
    path("people/<str:key>/readers/", screens.person_access, name="person-access"),
    path("people/<str:key>/property/", screens.person_property, name="person-property"),
    path("people/<str:key>/property/taken/", screens_acts.property_new, name="property-new"),
    path("property/<str:key>/", screens_acts.property_change, name="property"),
    path("detentions/", screens_detention.detentions, name="detentions"),
    path("detentions/new/", screens_detention.detention_new, name="detention-new"),
    path("detentions/<str:key>/", screens_detention.detention, name="detention"),
    path("detentions/<str:key>/next/", screens_detention.detention_next, name="detention-next"),
    path("detentions/<str:key>/hold/", screens_detention.hold, name="hold"),
]
