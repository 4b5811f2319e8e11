"""Webhooks: the addresses outside that are told what happened."""

from django.db import models


class Webhook(models.Model):
    """An address to which chosen kinds of journal entries are sent, signed.

    `kinds` are codes of entries, none where it `wants_all`. `journal_id` is the last entry that was taken up for it:
    a paused webhook stays where it is in the journal and takes up from there. The secret is kept as it is, because
    it has to sign: whoever holds the database holds it. `previous_secret` signs beside it until `previous_until`.
    """

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=2000)
    wants_all = models.BooleanField(default=False)
    kinds = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    paused_why = models.CharField(max_length=12, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    secret = models.CharField(max_length=80)
    secret_made_at = models.DateTimeField()
    previous_secret = models.CharField(max_length=80, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    journal_id = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    """The first failure since the last success; null while all is well."""
    last_error = models.CharField(max_length=40, blank=True)

    class Meta:
        """By name."""

        ordering = ["name", "id"]
