from __future__ import annotations

import pytest

from cadence.crm.credentials import Credentials
from cadence.errors import ConfigError

KEY = "sk-5up3rs3cr3t"


def refusal(**changes: str) -> str:
    settings = {"base_url": "https://app.go.kizen.com", "api_key": KEY, "business_id": "b-1", "user_id": "u-1"}
    with pytest.raises(ConfigError) as caught:
        Credentials(**{**settings, **changes}, target="kizen")
    return str(caught.value)


def test_the_key_is_never_shown() -> None:
    credentials = Credentials("https://app.go.kizen.com/", KEY, "b-1", "u-1", target="kizen")
    assert KEY not in f"{credentials!r} {credentials}"
    assert credentials.base_url == "https://app.go.kizen.com"
    assert credentials.headers == {"X-API-KEY": KEY, "X-BUSINESS-ID": "b-1", "X-USER-ID": "u-1"}


@pytest.mark.parametrize(
    "url", ["http://localhost", "http://127.0.0.1:8765", "http://127.9.9.9", "http://[::1]:80", "https://crm/x/y"]
)
def test_https_is_required_except_on_this_machine(url: str) -> None:
    assert Credentials(url, KEY, "b-1", "u-1").base_url == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://app.go.kizen.com",
         "kizen: base_url 'http://app.go.kizen.com' would send the key unencrypted; use https://"),
        ("http://localhost.evil.com",
         "kizen: base_url 'http://localhost.evil.com' would send the key unencrypted; use https://"),
        ("app.go.kizen.com", "kizen: base_url 'app.go.kizen.com' is not a web address; write it as https://HOST"),
        ("localhost:8765", "kizen: base_url 'localhost:8765' is not a web address; write it as https://HOST"),
        ("ftp://host", "kizen: base_url 'ftp://host' is not a web address; write it as https://HOST"),
        ("", "kizen: base_url is empty; set it in [targets.kizen] of cadence.toml, or as CADENCE_TARGETS__KIZEN__BASE_URL"),
        ("https://user:hunter2@host/",
         ("kizen: base_url 'https://host/' carries more than a host and a path; "
         "write it as https://HOST and give the key as api_key")),
        ("https://host/?key=hunter2",
         ("kizen: base_url 'https://host/' carries more than a host and a path; "
         "write it as https://HOST and give the key as api_key")),
        ("https://ho st", "kizen: base_url cannot be read; write it as https://HOST[:PORT]"),
        ("https://host:99999", "kizen: base_url cannot be read; write it as https://HOST[:PORT]"),
        ("https://[::1", "kizen: base_url cannot be read; write it as https://HOST[:PORT]"),
        ("https://host\r\nX-Evil: 1", "kizen: base_url cannot be read; write it as https://HOST[:PORT]"),
    ],
)  # fmt: skip
def test_a_base_url_that_must_not_be_called_is_refused(url: str, message: str) -> None:
    assert refusal(base_url=url) == message


@pytest.mark.parametrize("setting", ["api_key", "business_id", "user_id"])
@pytest.mark.parametrize(
    ("character", "named"),
    [("\r", "000D"), ("\n", "000A"), ("\0", "0000"), ("é", "00E9"), (" ", "0020"), ("\x7f", "007F")],
)
def test_a_header_value_that_no_header_may_carry_is_refused_without_showing_it(
    setting: str, character: str, named: str
) -> None:
    message = refusal(**{setting: f"secret{character}X-Evil: 1"})
    assert message == (
        f"kizen: {setting} holds a character that no header may carry (U+{named} at position 7 of 16); "
        "copy it again, without spaces or line breaks"
    )
    assert "secret" not in message


def test_a_missing_value_says_where_to_set_it() -> None:
    assert refusal(api_key="") == (
        "kizen: api_key is empty; set it in [targets.kizen] of cadence.toml, or as CADENCE_TARGETS__KIZEN__API_KEY"
    )
