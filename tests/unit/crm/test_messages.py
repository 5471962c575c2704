"""What a person reads when a read or an import fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from cadence.crm.transport import Outcome, Reply
from cadence.delivery.answer import InDoubt, NotSent
from cadence.errors import TargetError
from tests.unit.crm.scripted import client_of

JSON = "application/json"


def failure(*outcomes: Outcome) -> TargetError:
    client, _ = client_of(*outcomes)
    with pytest.raises(TargetError) as caught:
        asyncio.run(client.business())
    return caught.value


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(401, b'{"detail": "Invalid key.", "code": "not_authenticated"}', JSON, "r-9"),
         ("kizen: reading the business: the credentials were not accepted (status 401 not_authenticated): Invalid key. "
         "[request r-9]; check api_key, business_id and user_id of [targets.kizen]")),
        (Reply(403, b'{"detail": "No.", "code": "permission_required"}', JSON, "r-9"),
         ("kizen: reading the business: the key may not do this (status 403 permission_required): No. [request r-9]; "
         "ask an administrator of the CRM for a key with this permission")),
        (Reply(404, b'{"detail": "Not found.", "code": "not_found"}', JSON, "r-9"),
         ("kizen: reading the business: not found (status 404 not_found): Not found. [request r-9]; "
         "it is absent, or not visible to this key")),
        (Reply(400, b'{"page": ["Must be positive."]}', JSON, "r-9"),
         ("kizen: reading the business: the CRM refused it (status 400): page: Must be positive. [request r-9]; "
         "correct what it names")),
        (Reply(422, b'{"page": [{"message": "Must be positive.", "code": "min_value"}]}', JSON, "r-9"),
         ("kizen: reading the business: the CRM refused it (status 422 min_value): page: Must be positive. "
         "[request r-9]; correct what it names")),
        (Reply(409, b'{"detail": "Changed.", "code": "conflict"}', JSON, "r-9"),
         ("kizen: reading the business: somebody else changed it at the same time (status 409 conflict): Changed. "
         "[request r-9]; try again")),
        (Reply(429, b'{"detail": "Slow down."}', JSON, "r-9", timedelta(seconds=7)),
         "kizen: reading the business: too many requests (status 429): Slow down. [request r-9]; try again in 7 s"),
        (Reply(500, b'{"detail": "Oops."}', JSON, "r-9"),
         "kizen: reading the business: the CRM failed (status 500): Oops. [request r-9]; try again later"),
        (Reply(502, b"<html><h1>Bad gateway</h1></html>", "text/html"),
         ("kizen: reading the business: the CRM failed (status 502): "
         "a body of type 'text/html' in place of an explanation; try again later")),
        (Reply(301, b"", ""),
         ("kizen: reading the business: an answer that was not expected (status 301): "
         "an empty body in place of an explanation; check that base_url is the CRM's own address")),
        (Reply(200, b"<html>Sign in</html>", "text/html", "r-9"),
         ("kizen: reading the business: the answer cannot be read: expected JSON, got the type 'text/html' "
         "[request r-9]; check that base_url is the CRM's own address; else tell its support the request id")),
        (Reply(200, b'{"id": "b', JSON, "r-9", broken="no answer within 30 s"),
         "kizen: reading the business: the answer cannot be read: no answer within 30 s [request r-9]; try again"),
        (Reply(200, b'{"id": "b", "x": ' + b"[" * 60 + b"]" * 60 + b"}", JSON, "r-9"),
         ("kizen: reading the business: the answer cannot be read: it is nested deeper than 40 levels [request r-9]; "
         "check that base_url is the CRM's own address; else tell its support the request id")),
        (Reply(200, b'{"name": "Acme"}', JSON, "r-9"),
         ("kizen: reading the business: the answer cannot be read: field 'id': field required "
         "[request r-9]; check that base_url is the CRM's own address; else tell its support the request id")),
    ],
)  # fmt: skip
def test_each_answer_that_is_no_answer_has_its_words(reply: Reply, message: str) -> None:
    error = failure(*[reply] * 5)
    assert str(error) == message
    assert (error.status, error.request_id, error.retry_after) == (reply.status, reply.request_id, reply.retry_after)


@pytest.mark.parametrize(
    "body", [b'{"detail": "s3cret is no key", "code": "no_s3cret"}', b'{"detail": "s\\u0033cret"}']
)
def test_a_key_is_not_quoted_however_it_is_written(body: bytes) -> None:
    error = failure(Reply(401, body, JSON, secret="s3cret"))
    assert "s3cret" not in f"{error} {error.code}"
    assert "***" in str(error)


def test_a_key_is_not_quoted_where_a_long_message_is_cut() -> None:
    error = failure(Reply(400, b'{"detail": "' + b"x" * 397 + b's3cret"}', JSON, secret="s3cret"))
    assert "s3c" not in str(error)


def test_a_connection_that_cannot_be_made_has_its_words() -> None:
    error = failure(NotSent("ConnectError: refused"), NotSent("ConnectError: refused"))
    assert str(error) == (
        "kizen: reading the business: no connection could be made (ConnectError: refused); "
        "check base_url, the network and whether the service is running"
    )
    assert error.status is None


def test_silence_has_its_words() -> None:
    error = failure(InDoubt("no answer within 30 s"), InDoubt("no answer within 30 s"))
    assert str(error) == ("kizen: reading the business: no answer came (no answer within 30 s); try again")


def test_silence_after_a_write_does_not_say_that_nothing_was_done() -> None:
    client, _ = client_of(InDoubt("reset"))
    with pytest.raises(TargetError) as caught:
        asyncio.run(client.upsert_record("client_client", "ana@example.com", {}))
    assert str(caught.value) == (
        "kizen: importing 'ana@example.com': no answer came (reset); "
        "it may have been done all the same; look before trying again"
    )
