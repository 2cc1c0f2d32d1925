"""Who is a second person of an officer's suspension: as of an appointment (`appointments.yaml`), of the own
authority first, and where there is nobody, who coordinates the operation."""

from __future__ import annotations

from libertad.access.appointments import Staff, second_roles


def hands(officer: str, by: str) -> frozenset[str]:
    """Who had a hand in it: whom it is about, and who suspended."""
    return frozenset({officer, by})


def may_answer(staff: Staff, reader: str, role: str, names: frozenset[str], officer: str, by: str) -> bool:
    """Whether somebody is a second person at all: in a role that confirms, none of the two, no other account
    of theirs, and nobody whose own appointment stands by one.

    `staff`: of the officer's authority; its `withdrawn` are those without access, the suspended among them.
    """
    roles = second_roles().confirm.get(staff.kind, ())
    if reader in hands(officer, by) or reader in staff.unconfirmed:
        return False
    if role not in roles and role != "coordinator":
        return False
    return not any(names & staff.officers[name].names for name in (officer, by) if name in staff.officers)


def seconds(staff: Staff, officer: str, by: str) -> set[str]:
    """Who of the authority can answer now."""
    return {
        name
        for name, person in staff.officers.items()
        if not person.withdrawn and may_answer(staff, name, person.role, person.names, officer, by)
    }
