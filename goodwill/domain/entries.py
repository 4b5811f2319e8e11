"""Entries: the past-tense kinds of the one journal."""

from enum import StrEnum


class Entry(StrEnum):
    """What happened. Entries carry ids, codes, moments and amounts only: no names, no free words."""

    FIRM_SET_UP = "firm_set_up"
    SETTINGS_CHANGED = "settings_changed"
    CALENDAR_CHANGED = "calendar_changed"
    POLICY_CHANGED = "policy_changed"
    SITE_CHANGED = "site_changed"
    UNIT_CHANGED = "unit_changed"
    TOUCHPOINT_CHANGED = "touchpoint_changed"
    PERSON_INVITED = "person_invited"
    PERSON_JOINED = "person_joined"
    PERSON_CHANGED = "person_changed"
    ROLES_CHANGED = "roles_changed"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    PASSWORD_RESET_ASKED = "password_reset_asked"  # noqa: S105
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    TOKEN_MADE = "token_made"  # noqa: S105 (a kind of entry, not a secret)
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    CUSTOMER_ADDED = "customer_added"
    CUSTOMER_CHANGED = "customer_changed"
    OWNER_CHANGED = "owner_changed"
    PERSON_ERASED = "person_erased"
    TAG_CHANGED = "tag_changed"
    OWN_FIELD_CHANGED = "own_field_changed"
    ORDER_PLACED = "order_placed"
    ORDER_CHANGED = "order_changed"
    INTERACTION_RECORDED = "interaction_recorded"
    PROMISE_MADE = "promise_made"
    PROMISE_AT_RISK = "promise_at_risk"
    PROMISE_WARNED = "promise_warned"
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_FULFILLED_LATE = "promise_fulfilled_late"
    PROMISE_WITHDRAWN = "promise_withdrawn"
    PROMISE_CORRECTED = "promise_corrected"
    PROMISE_GIVEN = "promise_given"
    SHIPMENT_REPORTED = "shipment_reported"
    PURCHASE_RATED = "purchase_rated"
    IMPORT_STARTED = "import_started"
    IMPORT_FINISHED = "import_finished"
    IMPORT_STOPPED = "import_stopped"
    IMPORT_TAKEN_BACK = "import_taken_back"
    EXPORTED = "exported"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
