"""Addresses of this layer's pages."""

from __future__ import annotations

from django.urls import path

from libertad.access import (
    screens,
    screens_amounts,
    screens_appointments,
    screens_attachments,
    screens_complaints,
    screens_receiving,
    screens_suspensions,
    screens_uploads,
)

urlpatterns = [
    path("entries/<str:name>/", screens.entry, name="entry"),
    path("openings/", screens_amounts.openings, name="openings"),
    path("officers/<str:key>/confirm/", screens_appointments.officer_confirm, name="officer-confirm"),
    path("appointments/", screens_appointments.appointments_confirm, name="appointments-confirm"),
    path("complaints/", screens_complaints.complaints_list, name="complaints"),
    path("complaints/new/", screens_complaints.complaint_new, name="complaint-new"),
    path("complaints/<str:key>/", screens_complaints.complaint_page, name="complaint"),
    path("complaints/<str:key>/add/", screens_complaints.complaint_add, name="complaint-add"),
    path("complaints/<str:key>/answer/", screens_complaints.complaint_answer, name="complaint-answer"),
    path("complaints/<str:key>/close/", screens_complaints.complaint_close, name="complaint-close"),
    path("complaints/<str:key>/read/", screens_complaints.complaint_read, name="complaint-read"),
    path("complaints/<str:key>/erase/", screens_complaints.complaint_erase, name="complaint-erase"),
    path("suspensions/", screens_suspensions.suspensions, name="suspensions"),
    path("officers/<str:key>/suspend/", screens_suspensions.officer_suspend, name="officer-suspend"),
    path("officers/<str:key>/suspension/", screens_suspensions.officer_suspension, name="officer-suspension"),
    path("care-authority/", screens_receiving.care_authority, name="care-authority"),
    path("care-authority/confirm/", screens_receiving.care_confirm, name="care-confirm"),
    path("care-authority/take-back/", screens_receiving.care_unconfirm, name="care-unconfirm"),
    path("care-authority/telephone/", screens_receiving.danger_contact, name="danger-contact"),
    path("attach/<str:kind>/<str:key>/", screens_attachments.attachment_add, name="attachment-add"),
    path("attach/<str:kind>/<str:key>/upload/", screens_uploads.upload, name="attachment-upload"),
    path("attach/<str:kind>/<str:key>/upload/<str:name>/", screens_uploads.part, name="attachment-part"),
    path("attachments/<str:key>/", screens_attachments.attachment, name="attachment"),
]
