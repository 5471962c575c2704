"""Signatures of webhooks, by the vectors of the Standard Webhooks libraries."""

from __future__ import annotations

import pytest

from cadence.server.webhooks.signature import is_signed, key_of, new_secret, sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, CONTENT = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="


def signed(header: str, *, content: bytes = CONTENT, event_id: str = ID, at: str = str(AT)) -> bool:
    return is_signed([key_of(SECRET)], header, event_id, at, content)


def test_the_published_vector_comes_out() -> None:
    assert sign(key_of(SECRET), ID, AT, CONTENT) == SIGNED


@pytest.mark.parametrize(
    "header", [SIGNED, f"{OTHER} {SIGNED}", f"{SIGNED} {OTHER}", f"v1a,x v2,{SIGNED[3:]} {SIGNED}"]
)
def test_one_signature_that_is_right_is_enough(header: str) -> None:
    assert signed(header)


@pytest.mark.parametrize(
    "header",
    ["", " ", "v1", "v1,", "v1,!", OTHER, SIGNED[3:], f"v2,{SIGNED[3:]}", f"v1a,{SIGNED[3:]}", f"{SIGNED}A", "v1,é"],
)
def test_anything_else_is_not(header: str) -> None:
    assert not signed(header)


def test_id_time_and_content_are_signed() -> None:
    assert not signed(SIGNED, content=CONTENT + b" ")
    assert not signed(SIGNED, event_id=f"{ID}x")
    assert not signed(SIGNED, at=str(AT + 1))


def test_while_a_secret_is_replaced_both_hold() -> None:
    assert is_signed([key_of(new_secret()), key_of(SECRET)], SIGNED, ID, str(AT), CONTENT)


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a secret begins with 'whsec_'"),
        ("whsec_not base64 at all, by any means!", "after 'whsec_' a secret is base64"),
        ("whsec_AAAA", "a secret is 24 to 64 bytes of base64 after 'whsec_'"),
        ("whsec_" + "AAAA" * 22, "a secret is 24 to 64 bytes of base64 after 'whsec_'"),
    ],
)
def test_a_secret_that_is_none_is_refused(secret: str, why: str) -> None:
    with pytest.raises(ValueError, match=r"^.+$") as refused:
        key_of(secret)
    assert str(refused.value) == why


def test_secrets_are_never_the_same() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
