"""Tokens with which programs speak for people."""

from django.db import models


class ApiToken(models.Model):
    """A token of a person. Only the SHA-256 digest of its secret is kept: the secret is 256 random bits, so nothing
    slower would make it safer. `handle` is the part by which it is found and recognised."""

    person = models.ForeignKey("store.Person", models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    handle = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    """A day and no more: a token's every step is nobody's business."""
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ["-id"]
