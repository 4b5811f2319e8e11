"""The one Django app of the house: its rows."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Rows and the querysets that fetch them; decides nothing."""

    name = "goodwill.store"
    label = "store"
    verbose_name = "Goodwill"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Teach SQLite connections our pragmas and Unicode comparison."""
        from goodwill.store import sqlite

        sqlite.listen()
