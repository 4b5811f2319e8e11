"""Findings: what the worker found in the lake, kept so that pages read rows and never an engine."""

from django.db import models


class Finding(models.Model):
    """A result as of a moment. `name` is the question's code, `recipe` makes the figures again, `result` is the
    estimator's own JSON; `refused` is its reason where there are no figures. Numbers only: nobody is named.
    """

    name = models.CharField(max_length=32)
    question = models.CharField(max_length=200)
    recipe = models.CharField(max_length=300)
    parameters = models.JSONField(default=dict)
    as_of = models.DateTimeField()
    computed_at = models.DateTimeField()
    engine = models.CharField(max_length=16)
    n = models.BigIntegerField(default=0)
    grade = models.CharField(max_length=20, blank=True)
    refused = models.CharField(max_length=40, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        """One answer to one question as of one moment; the newest first."""

        ordering = ["name", "-as_of"]
        constraints = [models.UniqueConstraint(fields=["name", "as_of"], name="finding_once")]
