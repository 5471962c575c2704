from __future__ import annotations

import json

from cadence.diagnostics import Finding, Place, Severity
from cadence.diagnostics.collector import Collector
from cadence.diagnostics.report import render, summary

FINDINGS = (
    Finding("unknown-key", "unknown key 'a,b'", Place("sequences/a b.yaml", 3, 7), "did you mean 'c'?"),
    Finding("no-assign", "100% nobody\nat all", Place("/tmp/x.yaml"), severity=Severity.WARNING),  # noqa: S108 - a name
    Finding("plan", "note", severity=Severity.NOTE),
)


def test_text_is_a_line_for_each_finding() -> None:
    assert render(FINDINGS) == (
        "sequences/a b.yaml:3:7: error[unknown-key] unknown key 'a,b'; did you mean 'c'?\n"
        "/tmp/x.yaml: warning[no-assign] 100% nobody\nat all\n"
        "note[plan] note\n"
    )
    assert render(()) == ""


def test_json_names_place_severity_code_message_and_hint() -> None:
    content = json.loads(render(FINDINGS, "json"))
    assert content["version"] == 1
    assert content["findings"][0] == {
        "path": "sequences/a b.yaml",
        "line": 3,
        "column": 7,
        "severity": "error",
        "code": "unknown-key",
        "message": "unknown key 'a,b'",
        "hint": "did you mean 'c'?",
    }
    assert content["findings"][2]["path"] is None


def test_github_gets_workflow_commands_with_its_escapes() -> None:
    assert render(FINDINGS, "github") == (
        "::error file=sequences/a b.yaml,line=3,col=7,title=unknown-key::unknown key 'a,b'; did you mean 'c'?\n"
        "::warning file=/tmp/x.yaml,title=no-assign::100%25 nobody%0Aat all\n"
        "::notice title=plan::note\n"
    )


def test_sarif_has_a_rule_with_help_for_each_code() -> None:
    log = json.loads(render(FINDINGS, "sarif"))
    run = log["runs"][0]
    assert (log["version"], run["tool"]["driver"]["name"], run["columnKind"]) == (
        "2.1.0",
        "cadence",
        "unicodeCodePoints",
    )
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["no-assign", "plan", "unknown-key"]
    assert all(rule["help"]["text"] for rule in rules)
    assert run["results"][0] == {
        "ruleId": "unknown-key",
        "ruleIndex": 2,
        "level": "error",
        "message": {"text": "unknown key 'a,b'; did you mean 'c'?"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "sequences/a%20b.yaml"},
                    "region": {"startLine": 3, "startColumn": 7},
                }
            }
        ],
    }
    assert run["results"][1]["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "file:///tmp/x.yaml"}}
    assert "locations" not in run["results"][2]


def test_a_summary_counts_in_words() -> None:
    assert summary(FINDINGS) == "1 error, 1 warning, 1 note"
    assert summary(FINDINGS[:1] * 2) == "2 errors"
    assert summary(()) == "no findings"


def test_a_collector_keeps_each_finding_once_in_the_order_of_the_file() -> None:
    found = Collector("f.yaml")
    found.warning("b", "second", Place("f.yaml", 2, 1))
    for _ in range(2):
        found.error("a", "first", Place("f.yaml", 1, 9))
    assert [finding.message for finding in found.findings] == ["first", "second"]
    assert found.has_errors
