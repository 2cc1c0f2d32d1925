"""What stands in a travel document, in forms about something that may be one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import PartialDateField
from libertad.look.lines import FoldedMixin
from libertad.look.words import choices
from libertad.vocabulary.verbs.documents import DOCUMENT, HOLDER, NUMBER


class DocumentFields(forms.Form):
    """Number, issuing country, expiry and holder, as they stand in it."""

    document_number = forms.CharField(label=_("Document number"), max_length=NUMBER, required=False)
    document_country = forms.ChoiceField(
        label=_("Issued by"), choices=choices("countries", blank=_("Not known")), required=False
    )
    document_expires = PartialDateField(label=_("Valid until"), required=False)
    document_holder = forms.CharField(
        label=_("Holder, as the document says"),
        help_text=_("As it is printed there; it may be false."),
        max_length=HOLDER,
        required=False,
    )


class DocumentMixin(FoldedMixin, DocumentFields):
    """They fold behind one line where what it is is asked on the same form."""

    FOLDED = DOCUMENT
    fold_title = _("If it is a travel document: number, country, expiry, holder")
