"""The room `access` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "libertad.access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.access import fold, guarded, queries_complaints  # noqa: F401  each registers itself
        from libertad.access.file_ids import owner_by
        from libertad.access.lookup import kind_of, stated_readers
        from libertad.access.members_anew import fold_members
        from libertad.journal import keys_missing, node, sides, upgrade

        guarded.register()
        if owner_by not in node.OWNERS:
            node.OWNERS.append(owner_by)
        if kind_of not in sides.KINDS:
            sides.KINDS.append(kind_of)
        if stated_readers not in keys_missing.READERS:
            keys_missing.READERS.append(stated_readers)
        if fold_members not in upgrade.AT_ONCE:
            upgrade.AT_ONCE.append(fold_members)
