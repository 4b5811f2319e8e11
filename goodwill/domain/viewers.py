"""Viewers: who asks or acts, as plain facts, so that sight and rights can be judged apart from rows."""

from dataclasses import dataclass

from goodwill.domain.roles import May, Role, Scope, rights_of, scope_of


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. Every read takes one first and every deed takes one as `by`.

    `person_id` is the staff member, or None for the operator of the machine and for nobody;
    `unit_ids` and `site_ids` are the units the person works in and the sites those units serve;
    `customer_id` is set for a customer, who sees nothing of the staff's side; `only` narrows the rights of a program
    that speaks for the person (None: all that the roles grant).
    """

    person_id: int | None = None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    site_ids: frozenset[int] = frozenset()
    customer_id: int | None = None
    is_operator: bool = False
    language: str = "en"
    zone: str = "UTC"
    only: frozenset[May] | None = None

    @property
    def scope(self) -> Scope:
        """How far this viewer sees customers, orders and promises."""
        if self.is_operator:
            return Scope.ALL
        if self.customer_id is not None:
            return Scope.NOTHING
        return scope_of(self.roles)

    def may(self, right: May) -> bool:
        """True when a role of this viewer grants the right; the machine's operator may do anything."""
        if self.only is not None and right not in self.only:
            return False
        if self.is_operator:
            return True
        return self.customer_id is None and right in rights_of(self.roles)


NOBODY = Viewer()
OPERATOR = Viewer(name="operator", is_operator=True)
"""Whoever holds the shell and the database file: the command line and the worker act as this."""
