"""Units, the people in them, what each person is there and may do. A person is the account."""

from __future__ import annotations

from thidua.people.models.accounts import (
    AddressChange,
    AddressChangeQuerySet,
    ApiToken,
    ApiTokenQuerySet,
    FailedSignIn,
    SignIn,
    SignInQuerySet,
)
from thidua.people.models.letters import STILL_MAILED, Letter, LetterQuerySet
from thidua.people.models.people import (
    Dated,
    DateRange,
    Delegation,
    OfUnitQuerySet,
    Person,
    PersonManager,
    PersonQuerySet,
    Post,
    Role,
    SwappedDay,
    Unit,
    UnitQuerySet,
    choices,
    current,
    ends_after_start,
    not_ended,
)

__all__ = [
    "STILL_MAILED",
    "AddressChange",
    "AddressChangeQuerySet",
    "ApiToken",
    "ApiTokenQuerySet",
    "DateRange",
    "Dated",
    "Delegation",
    "FailedSignIn",
    "Letter",
    "LetterQuerySet",
    "OfUnitQuerySet",
    "Person",
    "PersonManager",
    "PersonQuerySet",
    "Post",
    "Role",
    "SignIn",
    "SignInQuerySet",
    "SwappedDay",
    "Unit",
    "UnitQuerySet",
    "choices",
    "current",
    "ends_after_start",
    "not_ended",
]
