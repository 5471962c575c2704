from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence.config import TemporalSettings, load_settings
from cadence.engine.planning import project_rules
from cadence.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> Path:
    path = folder / "cadence.toml"
    path.write_text(text, encoding="utf-8")
    return path


def findings(error: ConfigError) -> list[str]:
    return [str(finding) for finding in error.findings]


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert settings.target().name == "local"
    assert settings.ledger_url == f"sqlite:///{tmp_path}/.cadence/ledger.db"
    assert settings.store_url == f"sqlite:///{tmp_path}/.cadence/activities.db"
    assert settings.calendars == tmp_path / "sequences" / "calendars"
    assert (settings.submit.quiet_period, settings.submit.timeout, settings.submit.marker) == (60, 30, "note")


def test_the_file_is_found_upwards_and_paths_count_from_its_folder(tmp_path: Path) -> None:
    write(tmp_path, '[ledger]\nurl = "sqlite:///state/l.db"\n[sequences]\npath = "seq"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    settings = load_settings(below, {})
    assert settings.root == tmp_path
    assert settings.ledger_url == f"sqlite:///{tmp_path}/state/l.db"
    assert settings.calendars == tmp_path / "seq" / "calendars"


def test_every_key_is_overridden_by_the_environment(tmp_path: Path) -> None:
    write(
        tmp_path, '[ledger]\nurl = "sqlite:///a.db"\n[submit]\ntimeout = 3\n[targets.kizen]\nbase_url = "https://a"\n'
    )
    environ = {
        "CADENCE_LEDGER__URL": "postgresql://db/cadence",
        "CADENCE_SUBMIT__QUIET_PERIOD": "0.5",
        "CADENCE_SUBMIT__CONCURRENCY": "3",
        "CADENCE_TARGETS__KIZEN__API_KEY": "k",
        "CADENCE_TARGETS__KIZEN__BUSINESS_ID": "b",
        "CADENCE_DEBUG": "1",
    }
    settings = load_settings(tmp_path, environ)
    assert settings.ledger_url == "postgresql://db/cadence"
    assert (settings.submit.quiet_period, settings.submit.timeout, settings.submit.concurrency) == (0.5, 3, 3)
    kizen = settings.target()
    assert (kizen.base_url, kizen.api_key, kizen.business_id) == ("https://a", "k", "b")


def test_rules_in_the_environment_are_numbers_lists_and_texts(tmp_path: Path) -> None:
    environ = {
        "CADENCE_RULES__MAX_PER_DAY": "2",
        "CADENCE_RULES__QUIET_HOURS": "20:00-08:00",
        "CADENCE_RULES__NOT_ON": '["2026-12-24", "2026-12-31"]',
        "CADENCE_RULES__MIN_GAP__GAP": "4 hours",
    }
    assert load_settings(tmp_path, environ).rules == {
        "max_per_day": 2,
        "quiet_hours": "20:00-08:00",
        "not_on": ["2026-12-24", "2026-12-31"],
        "min_gap": {"gap": "4 hours"},
    }


def test_a_wrong_rule_is_told_with_the_variable_or_the_file_that_it_comes_from(tmp_path: Path) -> None:
    path = write(tmp_path, '[rules]\nquiet_hours = "x"\nmin_gap = {gap = "1 hour", then = "never"}\n')
    environ = {"CADENCE_RULES__MAX_PER_DAY": "abc", "CADENCE_RULES__MIN_GAP__GAP": "soon"}
    with pytest.raises(ConfigError) as caught:
        project_rules(load_settings(tmp_path, environ))
    places = {
        finding.message.partition(" ")[0]: finding.place and finding.place.path for finding in caught.value.findings
    }
    assert places == {
        "hours": str(path),
        "max_per_day": "$CADENCE_RULES__MAX_PER_DAY",
        "offset": "$CADENCE_RULES__MIN_GAP__GAP",
        "unknown": str(path),
    }
    path.unlink()
    with pytest.raises(ConfigError) as caught:
        project_rules(load_settings(tmp_path, {"CADENCE_RULES__MAX_PER_DAY": "abc"}))
    assert str(caught.value) == "the section [rules] in $CADENCE_RULES__MAX_PER_DAY has an error"
    assert findings(caught.value) == [
        (
            "$CADENCE_RULES__MAX_PER_DAY: error[wrong-type] max_per_day is text; "
            "expected a whole number from 1 to 1,000,000"
        )
    ]


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("Kizen", "CADENCE_TARGETS__KIZEN__API_KEY"),
        ("Kizen", "CADENCE_TARGETS__kizen__api_key"),
        ("ki-zen", "CADENCE_TARGETS__KI_ZEN__API_KEY"),
        ("ki-zen", "CADENCE_TARGETS__KI-ZEN__API_KEY"),
        ("Ki_Zen", "CADENCE_TARGETS__KI_ZEN__API_KEY"),
        ("ki__zen", "CADENCE_TARGETS__KI__ZEN__API_KEY"),
        ("ki_", "CADENCE_TARGETS__KI___API_KEY"),
    ],
)
def test_a_variable_reaches_the_target_of_the_file_that_it_spells(tmp_path: Path, name: str, variable: str) -> None:
    write(tmp_path, f'[targets.{name}]\nbase_url = "https://a"\n')
    settings = load_settings(tmp_path, {variable: "k"})
    assert list(settings.targets) == [name]
    assert (settings.target().base_url, settings.target().api_key) == ("https://a", "k")


def test_a_wrong_variable_of_a_target_is_named_with_the_target_that_it_reaches(tmp_path: Path) -> None:
    write(tmp_path, '[targets.ki-zen]\nbase_url = "https://a"\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {"CADENCE_TARGETS__KI_ZEN__API_KYE": "k"})
    assert findings(caught.value) == [
        (
            "$CADENCE_TARGETS__KI_ZEN__API_KYE: error[unknown-setting] unknown setting 'targets.ki-zen.api_kye'; "
            "did you mean 'api_key'?"
        )
    ]


def test_two_targets_that_no_variable_can_tell_apart_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, '[targets.ki-zen]\nbase_url = "https://a"\n[targets.Ki_zen]\nbase_url = "https://b"\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {"CADENCE_TARGETS__KI_ZEN__API_KEY": "k"})
    assert findings(caught.value) == [
        (
            f"{path}: error[bad-setting] targets.Ki_zen is the same as targets.ki-zen to variables: "
            "CADENCE_TARGETS__KI_ZEN__...; rename one of them"
        )
    ]


def test_the_key_of_a_target_is_never_shown(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"CADENCE_TARGETS__KIZEN__API_KEY": "s3cret"})
    assert "s3cret" not in repr(settings)


def test_all_findings_come_at_once_with_their_place(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[submit]\nquiet_perod = 3\ntimeout = "soon"\nmarker = "x"\n[targets.kizen]\nurl = "https://a"\n[legder]\n[plan]\nexpire = "1 h"\n',
    )
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {"CADENCE_SUBMIT__RATE": "-1"})
    assert findings(caught.value) == [
        f"{path}: error[unknown-setting] unknown setting 'legder'; did you mean 'ledger'?",
        f"{path}: error[unknown-setting] unknown setting 'plan.expire'; did you mean 'expires'?",
        (
            f"{path}: error[unknown-setting] unknown setting 'targets.kizen.url'; "
            "known: api_key, base_url, business_id, user_id"
        ),
        f"{path}: error[unknown-setting] unknown setting 'submit.quiet_perod'; did you mean 'quiet_period'?",
        f"{path}: error[bad-setting] submit.marker is 'x', expected 'note' or 'none'",
        f"{path}: error[bad-setting] submit.timeout is 'soon', expected a number from 0.001 to 86,400",
        (
            "$CADENCE_SUBMIT__RATE: error[bad-setting] submit.rate is '-1', "
            "expected 0 for no limit, or a number from 0.0001 to 10,000"
        ),
    ]


_LONG = "9" * 400

NUMBERS = [
    ("submit.concurrency", "inf", "a whole number from 1 to 1,000"),
    ("submit.concurrency", "nan", "a whole number from 1 to 1,000"),
    ("submit.concurrency", "3.7", "a whole number from 1 to 1,000"),
    ("submit.concurrency", "1001", "a whole number from 1 to 1,000"),
    ("submit.timeout", _LONG, "a number from 0.001 to 86,400"),
    ("submit.timeout", "86401", "a number from 0.001 to 86,400"),
    ("submit.quiet_period", "1e300", "a number from 0 to 2,592,000"),
    ("submit.quiet_period", "1e12", "a number from 0 to 2,592,000"),
    ("submit.rate", "1e-300", "0 for no limit, or a number from 0.0001 to 10,000"),
    ("submit.rate", "1e300", "0 for no limit, or a number from 0.0001 to 10,000"),
    ("submit.rate", "nan", "0 for no limit, or a number from 0.0001 to 10,000"),
    ("service.rate", "1e-300", "0 for no limit, or a number from 0.0001 to 10,000"),
    ("service.tasks_a_day", "10001", "a whole number from 1 to 10,000"),
    ("service.webhook_timeout", "inf", "a number from 0.1 to 86,400"),
    ("temporal.heartbeat", "1e9", "a number from 1 to 86,400"),
]


@pytest.mark.parametrize(("setting", "value", "expected"), NUMBERS)
def test_a_number_beyond_its_bounds_is_refused_in_the_file_and_in_the_environment(
    tmp_path: Path, setting: str, value: str, expected: str
) -> None:
    section, _, key = setting.partition(".")
    variable = f"CADENCE_{section.upper()}__{key.upper()}"
    path = write(tmp_path, f"[{section}]\n{key} = {value}\n")
    with pytest.raises(ConfigError) as of_file:
        load_settings(tmp_path, {})
    path.unlink()
    with pytest.raises(ConfigError) as of_environment:
        load_settings(tmp_path, {variable: value})
    for caught, place in ((of_file, str(path)), (of_environment, f"${variable}")):
        [finding] = findings(caught.value)
        assert finding.startswith(f"{place}: error[bad-setting] {setting} is '"), finding
        assert finding.endswith(f"', expected {expected}"), finding


def test_the_ends_of_the_bounds_may_be_set(tmp_path: Path) -> None:
    write(tmp_path, "[submit]\nquiet_period = 2_592_000\ntimeout = 0.001\nconcurrency = 1000\nrate = 0.0001\n")
    submit = load_settings(tmp_path, {}).submit
    assert (submit.quiet_period, submit.timeout, submit.concurrency, submit.rate) == (2_592_000, 0.001, 1000, 0.0001)
    assert load_settings(tmp_path, {"CADENCE_SUBMIT__RATE": "10000"}).submit.rate == 10_000
    assert load_settings(tmp_path, {"CADENCE_SUBMIT__RATE": "0"}).submit.rate == 0


def test_a_long_value_is_shown_cut(tmp_path: Path) -> None:
    path = write(tmp_path, f"[submit]\ntimeout = {_LONG}\nconcurrency = 0x{'f' * 4000}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert findings(caught.value) == [
        f"{path}: error[bad-setting] submit.timeout is '{'9' * 79}…', expected a number from 0.001 to 86,400",
        (
            f"{path}: error[bad-setting] submit.concurrency is 'a number of thousands of digits', "
            "expected a whole number from 1 to 1,000"
        ),
    ]


def test_a_number_longer_than_python_reads_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, f"[submit]\ntimeout = {'1' * 5_000}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert str(caught.value) == (
        f"{path}: holds a number of more than 4,300 digits; see the settings in docs/reference/settings.md"
    )
    path.unlink()
    assert load_settings(tmp_path, {"CADENCE_RULES__MAX_PER_DAY": "1" * 5_000}).rules == {"max_per_day": "1" * 5_000}


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        ("900000 weeks", "plan.expires is '900000 weeks', expected at most 10 years; write it as in '24 hours'"),
        ("999999999 weeks", "plan.expires is '999999999 weeks', expected at most 10 years; write it as in '24 hours'"),
        ("2 months", "plan.expires is '2 months', expected hours, days or weeks; write it as in '24 hours'"),
        ("soon", "plan.expires: offset 'soon' has 'soon' where a number is expected; write it as '2 business days'"),
    ],
)
def test_how_long_a_plan_holds_is_read_with_the_settings(tmp_path: Path, expires: str, said: str) -> None:
    path = write(tmp_path, f'[plan]\nexpires = "{expires}"\n[submit]\nmarker = "x"\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert findings(caught.value) == [
        f"{path}: error[bad-setting] {said}",
        f"{path}: error[bad-setting] submit.marker is 'x', expected 'note' or 'none'",
    ]


def test_a_file_that_begins_with_a_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "cadence.toml").write_bytes(b"\xef\xbb\xbf[submit]\ntimeout = 3\n")
    assert load_settings(tmp_path, {}).submit.timeout == 3


def test_a_wrong_key_in_a_secret_is_not_echoed(tmp_path: Path) -> None:
    write(tmp_path, "[targets.kizen]\napi_key = 12345\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert "12345" not in "".join(findings(caught.value))


def test_a_file_that_is_not_toml_says_where(tmp_path: Path) -> None:
    path = write(tmp_path, "[submit\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert str(caught.value).startswith(f"{path}: not valid TOML: ")
    assert "line 1" in str(caught.value)


def test_a_file_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, f"x = {'[' * 5_000}{']' * 5_000}\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert str(caught.value) == (
        f"{path}: nested too deeply to be settings; see the settings in docs/reference/settings.md"
    )


def test_an_unknown_target_names_the_known_ones(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"CADENCE_TARGETS__KIZEN__BASE_URL": "https://a"})
    with pytest.raises(ConfigError) as caught:
        settings.target("kisen")
    assert str(caught.value) == (
        "unknown target 'kisen'; did you mean 'kizen'? a target is a section [targets.kisen] in cadence.toml"
    )


def test_several_targets_without_a_default_are_not_guessed_at(tmp_path: Path) -> None:
    path = write(tmp_path, '[targets.a]\nbase_url = "https://a"\n[targets.b]\nbase_url = "https://b"\n')
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {}).target()
    assert str(caught.value) == (
        f"{path}: several targets are configured (a, b) and none is chosen; "
        "choose one with --target NAME, or set `default` in [targets]"
    )
    assert load_settings(tmp_path, {"CADENCE_TARGETS__DEFAULT": "b"}).target().name == "b"
    assert load_settings(tmp_path, {}).target("local").is_local


def test_temporal_is_local_and_open_unless_told_otherwise(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).temporal == TemporalSettings("localhost:7233", "default", "cadence")


def test_a_certificate_is_counted_from_the_root_and_flags_are_words_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "cadence.toml").write_text('[temporal]\ncert = "tls/me.pem"\nkey = "tls/me.key"\n', encoding="utf-8")
    environ = {"CADENCE_TEMPORAL__ADDRESS": "t.example:443", "CADENCE_TEMPORAL__TRACES": "true"}
    assert load_settings(tmp_path, environ).temporal == TemporalSettings(
        "t.example:443", cert=f"{tmp_path}/tls/me.pem", key=f"{tmp_path}/tls/me.key", traces=True
    )


def test_every_wrong_setting_of_temporal_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cadence.toml"
    path.write_text(
        '[temporal]\naddress = "https://t.example"\ntls = "yes"\ncert = "me.pem"\nheartbeat = 0\ntaskqueue = "x"\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as raised:
        load_settings(tmp_path, {"CADENCE_TEMPORAL__API_KEY": "s3cret"})
    assert findings(raised.value) == [
        f"{path}: error[unknown-setting] unknown setting 'temporal.taskqueue'; did you mean 'task_queue'?",
        f"{path}: error[bad-setting] temporal.address is 'https://t.example', expected host:port, as in 'localhost:7233'",
        f"{path}: error[bad-setting] temporal.tls is 'yes', expected true or false",
        f"{path}: error[bad-setting] temporal.heartbeat is '0', expected a number from 1 to 86,400",
        f"{path}: error[bad-setting] temporal.cert is 'me.pem', expected temporal.key beside it",
    ]


def test_places_inside_are_a_list_in_the_file_and_apart_by_commas_in_the_environment(tmp_path: Path) -> None:
    write(tmp_path, '[service]\nwebhooks_allow = ["hooks.internal", "127.0.0.1:9000"]\n')
    assert load_settings(tmp_path, {}).service.webhooks_allow == ("hooks.internal", "127.0.0.1:9000")
    environ = {"CADENCE_SERVICE__WEBHOOKS_ALLOW": "a.internal, b.internal:80,"}
    assert load_settings(tmp_path, environ).service.webhooks_allow == ("a.internal", "b.internal:80")


def test_what_is_no_list_of_places_is_refused_and_a_secret_is_not_shown(tmp_path: Path) -> None:
    path = write(tmp_path, "[service]\nwebhooks_allow = [1]\nhook_secret = 12345\n")
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, {})
    assert findings(caught.value) == [
        f"{path}: error[bad-setting] service.webhooks_allow is '[1]', expected a list of texts",
        f"{path}: error[bad-setting] service.hook_secret is a secret, expected a text in quotes",
    ]
    path.unlink()
    settings = load_settings(tmp_path, {"CADENCE_SERVICE__HOOK_SECRET": "whsec_x"})
    assert settings.service.hook_secret == "whsec_x"
    assert "whsec_x" not in repr(settings)
