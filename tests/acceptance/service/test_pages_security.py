"""The pages as those see them who mean harm: another site, another business, a thief of tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.service.running import cadence, make_key, serve
from tests.pages import COOKIE, PATHS, Office, Visitor, furnish, schedule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow
FOREIGN = "http://elsewhere.example"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return furnish(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def served(office: Office) -> Iterator[Served]:
    with serve(office.folder) as running:
        yield running


@pytest.fixture(scope="module")
def task(served: Served, office: Office) -> str:
    return schedule(served, office.admin, hours=3, note="must stay open")


@pytest.fixture(scope="module")
def stranger(served: Served, office: Office) -> Visitor:
    return Visitor(served, make_key(office.folder, "--business", "new", "--scope", "admin"))


class TestSession:
    def test_a_token_from_before_the_sign_in_is_worth_nothing_after_it(self, served: Served, office: Office) -> None:
        visitor = Visitor(served, token="chosen-by-somebody-else")
        visitor.sign_in(office.admin)
        assert visitor.token != "chosen-by-somebody-else"
        thief = Visitor(served, token="chosen-by-somebody-else")
        assert thief.get("/today").headers["location"] == "/sign-in?next=%2Ftoday"

    def test_each_sign_in_has_a_token_of_its_own_and_ends_the_one_before(self, served: Served, office: Office) -> None:
        visitor = Visitor(served, office.admin)
        first = visitor.token
        visitor.sign_in(office.admin)
        second = visitor.token
        assert first != second
        assert Visitor(served, token=first).get("/today").status_code == 303
        assert Visitor(served, token=second).get("/today").status_code == 200

    def test_no_script_and_no_other_site_gets_the_cookie(self, served: Served, office: Office) -> None:
        visitor = Visitor(served)
        answer = visitor.post("/sign-in", data={"api_key": office.admin.api_key})
        flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
        assert flags == {"httponly", "path=/", "samesite=lax"}
        assert office.admin.api_key not in answer.headers["set-cookie"]

    def test_over_https_the_cookie_is_bound_to_this_very_host(self, office: Office) -> None:
        https = {"CADENCE_SERVICE__PUBLIC_URL": "https://cadence.example"}
        with serve(office.folder, environ=https) as behind:
            answer = Visitor(behind).post("/sign-in", data={"api_key": office.admin.api_key})
            name, *flags = (part.strip() for part in answer.headers["set-cookie"].split(";"))
            assert name.startswith(f"__Host-{COOKIE}=")
            assert "Secure" in flags

    def test_a_wrong_key_signs_nobody_in_and_is_not_repeated(self, served: Served) -> None:
        answer = Visitor(served).post("/sign-in", data={"api_key": "cad_wrong"})
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)
        assert "cad_wrong" not in answer.text

    def test_signing_out_ends_it_on_the_server_too(self, served: Served, office: Office) -> None:
        visitor = Visitor(served, office.admin)
        token = visitor.token
        assert visitor.do("/sign-out").headers["location"] == "/sign-in"
        assert Visitor(served, token=token).get("/today").status_code == 303

    def test_a_revoked_key_ends_it(self, served: Served, office: Office) -> None:
        visitor = Visitor(served, office.stranger)
        assert visitor.get("/today").status_code == 200
        done = cadence(office.folder, "keys", "revoke", office.stranger.api_key[:10])
        assert done.returncode == 0, done.stderr
        assert visitor.get("/today").status_code == 303

    @pytest.mark.parametrize(
        "to",
        [
            FOREIGN,
            "//elsewhere.example",
            "/\\elsewhere.example",
            "https:elsewhere.example",
            "/\t/elsewhere",
            "",
            "//[elsewhere",
        ],
    )
    def test_nobody_is_sent_to_another_site(self, served: Served, office: Office, to: str) -> None:
        visitor = Visitor(served)
        assert visitor.sign_in(office.admin, to=to).headers["location"] == "/"
        assert "elsewhere" not in Visitor(served).get("/sign-in", params={"next": to}).text

    def test_one_is_led_back_to_where_one_wanted_to_go(self, served: Served, office: Office) -> None:
        asked = Visitor(served).get("/today?state=done").headers["location"]
        assert asked == "/sign-in?next=%2Ftoday%3Fstate%3Ddone"
        assert Visitor(served).sign_in(office.admin, to="/today?state=done").headers["location"] == "/today?state=done"


class TestForgery:
    """Every change needs the proof of its own session, and comes from this site."""

    @pytest.fixture
    def visitor(self, served: Served, office: Office) -> Visitor:
        return Visitor(served, office.admin)

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": FOREIGN},
            {"Origin": "null"},
            {"Origin": "http://[::1"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ],
        ids=str,
    )
    def test_another_site_changes_nothing(self, visitor: Visitor, task: str, headers: dict[str, str]) -> None:
        answer = visitor.do(f"/today/{task}/complete", headers=headers)
        assert (answer.status_code, "Another site asked for this change; nothing was done." in answer.text) == (
            403,
            True,
        )
        assert f'action="/today/{task}/complete"' in visitor.see("/today?q=must+stay+open")

    @pytest.mark.parametrize("proof", ["", "wrong", "\u00e9", "0" * 10_000])
    def test_without_the_proof_nothing_is_changed(self, visitor: Visitor, task: str, proof: str) -> None:
        answer = visitor.do(f"/today/{task}/complete", {"csrf": proof})
        assert (answer.status_code, "This page is out of date" in answer.text) == (403, True)
        assert f'action="/today/{task}/complete"' in visitor.see("/today?q=must+stay+open")

    def test_the_proof_of_another_session_is_none(
        self, served: Served, office: Office, visitor: Visitor, task: str
    ) -> None:
        other = Visitor(served, office.admin)
        assert other.proof != visitor.proof
        assert visitor.do(f"/today/{task}/complete", {"csrf": other.proof}).status_code == 403
        assert f'action="/today/{task}/complete"' in visitor.see("/today?q=must+stay+open")

    @pytest.mark.parametrize(
        "path",
        ["/sign-out", "/zone", "/load", "/ledger/settle", "/ledger/retry", "/ledger/resolve", "/preview/drawing"],
    )
    def test_every_form_wants_it(self, visitor: Visitor, path: str) -> None:
        assert visitor.do(path, {"csrf": ""}).status_code == 403
        assert visitor.get("/today").status_code == 200

    def test_nothing_is_changed_by_following_a_link(self, visitor: Visitor, task: str) -> None:
        paths = (f"/today/{task}/complete", "/sign-out", "/ledger/settle")
        assert [visitor.get(path).status_code for path in paths] == [405, 405, 405]

    def test_another_site_signs_nobody_in(self, served: Served, office: Office) -> None:
        answer = Visitor(served).post("/sign-in", data={"api_key": office.admin.api_key}, headers={"Origin": FOREIGN})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


class TestHeaders:
    @pytest.mark.parametrize("path", [*PATHS, "/sign-in", "/enrollments/none", "/today/none/complete"])
    def test_every_page_is_in_no_frame_runs_only_our_scripts_and_is_kept_nowhere(
        self, served: Served, office: Office, path: str
    ) -> None:
        answer = Visitor(served, office.admin).get(path)
        policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
        assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
        assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:", answer.text)


class TestAnotherBusiness:
    def test_its_lists_hold_nothing_of_ours(self, stranger: Visitor) -> None:
        for path in PATHS:
            assert "Mia" not in stranger.see(path)
            assert "Ana Ruiz" not in stranger.see(path)

    def test_our_ids_are_not_there_for_it(self, served: Served, office: Office, stranger: Visitor) -> None:
        task, key = schedule(served, office.admin, hours=5), office.key_of("Mia Wolf")
        with office.ledger() as ledger:
            entry = ledger.execute("SELECT key FROM entries WHERE enrollment = ?", (key,)).fetchone()[0]
        assert stranger.get(f"/enrollments/{key}").status_code == 404
        assert stranger.get(f"/today/{task}/enrollment").status_code == 404
        for what in ("complete", "reopen", "reschedule", "reassign"):
            fields = {"due": "2030-01-01T10:00", "assignee": office.admin.user_id}
            assert stranger.do(f"/today/{task}/{what}", fields).status_code == 404
        for path in ("/ledger/retry", "/ledger/resolve"):
            assert stranger.do(path, {"entry": entry, "way": "drop"}).status_code == 404

    def test_settling_touches_nothing_of_ours(self, stranger: Visitor) -> None:
        assert "Settled: nothing to do." in stranger.do("/ledger/settle").text


class TestScope:
    def test_a_key_that_reads_sees_all_and_changes_nothing(self, served: Served, office: Office) -> None:
        reader, task = Visitor(served, office.reader), schedule(served, office.admin, hours=4)
        for path in PATHS:
            reader.see(path)
        assert f"/today/{task}/complete" not in reader.see("/today")
        paths = (f"/today/{task}/complete", "/ledger/settle", "/ledger/retry", "/ledger/resolve")
        assert [reader.do(path).status_code for path in paths] == [403, 403, 403, 403]


class TestDemo:
    def test_only_this_machine_by_its_own_name_is_signed_in(self, tmp_path: Path) -> None:
        with serve(tmp_path, "--demo", environ={"TMPDIR": str(tmp_path)}) as demo:
            visitor = Visitor(demo)
            for host in ("elsewhere.example", "127.0.0.1.elsewhere.example", "[::2]", "[::1", ""):
                answer = visitor.get("/today", headers={"Host": host})
                assert (answer.status_code, "set-cookie" in answer.headers) in ((403, False), (400, False))
            assert visitor.post("/ledger/settle", data={}).status_code == 403
            arrived = visitor.get("/today")
            assert (arrived.status_code, arrived.headers["location"]) == (303, "/today")
            assert "Demo: sample data" in visitor.see("/today")
