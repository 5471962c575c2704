"""What `cadence init` puts into an empty folder."""

from __future__ import annotations

__all__ = ["CALENDAR", "IGNORE", "SEQUENCE", "SETTINGS"]

SETTINGS = """\
# Settings of Cadence. Every key can be overridden from the environment: CADENCE_SUBMIT__TIMEOUT=10
# Without a target, activities go to the embedded service in .cadence/. For a CRM:
#
# [targets.kizen]
# base_url = "https://app.go.kizen.com"
# business_id = "..."
# user_id = "..."
# The key stays out of this file: CADENCE_TARGETS__KIZEN__API_KEY

[submit]
timeout = 30        # seconds for one request
quiet_period = 60   # seconds before a send whose outcome is unknown is looked for
"""

SEQUENCE = """\
sequence: welcome
title: Welcome a new contact
calendar: office
# assign: {owner: true}    # who gets the steps: import the team with `cadence team import` first
steps:
  - id: hello
    activity: email
    due: 30 business minutes after start
    note: "Say hello to {{ record.first_name | default('our new contact') }}."
  - id: first-call
    activity: call
    due: 1 business day after hello at 10:00
  - id: check-in
    activity: task
    due: friday after first-call at 15:00
"""

CALENDAR = """\
calendar: office
hours: {mon-fri: "09:00-17:00"}
# holidays: [US]        # regions whose public holidays are closed; freeze them with `cadence calendar lock`
"""

IGNORE = "# The ledger and the embedded store of this machine.\n*\n"
