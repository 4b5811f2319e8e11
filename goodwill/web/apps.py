"""The pages' app: templates, static files and template tags."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages; no rows."""

    name = "goodwill.web"
    label = "web"
