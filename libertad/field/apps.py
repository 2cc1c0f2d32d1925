"""The room `field` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "libertad.field"
    default_auto_field = "django.db.models.BigAutoField"
