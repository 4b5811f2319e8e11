"""The WSGI application that `goodwill serve` runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodwill.config.settings")
application = get_wsgi_application()
