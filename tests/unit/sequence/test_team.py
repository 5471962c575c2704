from __future__ import annotations

from datetime import date

import pytest

from cadence.model.people import Business, Leave, Role, stable_id
from cadence.sequence import check_team, parse_team

ID = "6ca7b1a4-4dd1-5b7e-9d38-3f0b8c1c2f5e"


def test_a_team_is_people_with_zones_roles_hours_and_leave() -> None:
    team = parse_team(
        f"team:\n  - {{name: Ana, email: Ana@example.com, id: {ID}, timezone: Europe/Madrid, roles: [csm],\n"
        "     hours: {mon: 09:00-17:00}, leave: [2026-12-24..2027-01-02, {dates: 2027-02-01, reason: dentist}]}\n"
        "  - {name: Ben, email: Ben@example.com, hours: 09:00-17:00}\n"
        "  - {name: Cho, email: cho@example.com, hours: [09:00-12:00, 13:00-17:00]}\n"
        "business: {name: Example, country: NO, timezone: Europe/Oslo}\n"
    )
    ana, ben, cho = team.employees
    assert (ana.id, ana.name, ana.email, ana.timezone) == (ID, "Ana", "Ana@example.com", "Europe/Madrid")
    assert ana.hours == (((32_400, 61_200),), (), (), (), (), (), ())
    assert ana.leave == (
        Leave(date(2026, 12, 24), date(2027, 1, 2)),
        Leave(date(2027, 2, 1), date(2027, 2, 1), "dentist"),
    )
    assert (ben.id, ben.hours) == (stable_id("employee", "ben@example.com"), (((32_400, 61_200),),) * 7)
    assert cho.hours == (((32_400, 43_200), (46_800, 61_200)),) * 7
    assert team.roles == (Role(stable_id("role", "csm"), "csm"),)
    assert team.business == Business(stable_id("business", "Example"), "Example", "NO", "Europe/Oslo")


def test_roles_may_be_declared_with_the_ids_that_a_crm_gave_them() -> None:
    team = parse_team(f"roles: {{csm: {ID}}}\nteam: [{{name: Ana, email: a@example.com, roles: [csm]}}]\n")
    assert team.roles == (Role(ID, "csm"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "team: [{name: A, email: a@example.com}, {name: B, email: A@example.com}]",
            [("t.yaml:1:58: error[duplicate-person] email 'A@example.com' is used twice, first on line 1; "
             "give each person their own")],
        ),
        (
            "roles: [csm, sales]\nteam: [{name: A, email: a@example.com, roles: [cms]}]",
            ["t.yaml:2:48: error[unknown-role] unknown role 'cms'; did you mean 'csm'?"],
        ),
        (
            "team: [{name: A, email: nowhere}, {nam: B}]",
            [
                "t.yaml:1:25: error[bad-name] 'nowhere' is not usable as email; expected an email address",
                "t.yaml:1:35: error[missing-key] team has no 'name'; add 'name': what a person calls them",
                "t.yaml:1:35: error[missing-key] team has no 'email'; add 'email': the email address",
                "t.yaml:1:36: error[unknown-key] unknown key 'nam' in team; did you mean 'name'?",
            ],
        ),
        ("team: []", ["t.yaml:1:7: error[empty-value] team is empty; give a list of people, or remove the key"]),
        (
            "team: [{name: A, email: a@example.com}]\nbusiness: {name: X, country: no}",
            ["t.yaml:2:30: error[bad-name] 'no' is not usable as country; expected an ISO 3166 code"],
        ),
    ],
)  # fmt: skip
def test_a_team_may_not_say(text: str, expected: list[str]) -> None:
    assert [str(finding) for finding in check_team(text, path="t.yaml")[1]] == expected
