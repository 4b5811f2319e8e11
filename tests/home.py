"""A home of its own for every test process, chosen before Django reads its settings."""

import atexit
import os
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="goodwill-test-")
os.environ["GOODWILL_HOME"] = folder
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodwill.config.settings")
os.environ["GOODWILL_SECRET_KEY"] = "only-for-tests-" + "x" * 40
for name in ("URL", "HOSTS", "DEBUG", "MAIL_URL", "MAIL_FROM", "METRICS_TOKEN", "LOG", "LOG_LEVEL"):
    os.environ.pop(f"GOODWILL_{name}", None)
